// Package image writes OCI images without any container engine: one layer from
// a folder or a tar, a configuration, and an OCI layout in one tar file, which
// containerd imports and registries take.
package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// containerdName is the annotation by which containerd names an imported image.
const containerdName = "io.containerd.image.name"

// refName is the annotation of the OCI layout for the same.
const refName = "org.opencontainers.image.ref.name"

// Spec says what goes into an image.
type Spec struct {
	Name       string   // registry/path:tag
	Folders    []string // each becomes a layer
	Tars       []string // each becomes a layer as it is
	Entrypoint []string
	Cmd        []string
	Env        []string
	User       string
	WorkDir    string
	Labels     map[string]string
	Gzip       bool // for registries; plain layers import faster
}

// Build writes the image as a tar. The same content gives the same bytes.
func Build(s Spec, out string) error {
	img, err := assemble(s)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(out), ".image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	index, err := layout.Write(temp, empty.Index)
	if err != nil {
		return err
	}
	err = index.AppendImage(img,
		layout.WithAnnotations(map[string]string{containerdName: s.Name, refName: s.Name}),
		layout.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	if err != nil {
		return err
	}
	return writeTar(temp, out)
}

func assemble(s Spec) (v1.Image, error) {
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	var layers [][]byte
	for _, folder := range s.Folders {
		data, err := tarFolder(folder)
		if err != nil {
			return nil, err
		}
		layers = append(layers, data)
	}
	for _, path := range s.Tars {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		layers = append(layers, data)
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("nothing to put into the image: give --from DIR or --rootfs TAR")
	}
	for _, data := range layers {
		layer, err := newLayer(data, s.Gzip)
		if err != nil {
			return nil, err
		}
		if img, err = mutate.Append(img, mutate.Addendum{
			Layer:   layer,
			History: v1.History{CreatedBy: "modelport-cluster image build", Created: v1.Time{Time: time.Unix(0, 0).UTC()}},
		}); err != nil {
			return nil, err
		}
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Created = v1.Time{Time: time.Unix(0, 0).UTC()}
	config.Config = v1.Config{
		Entrypoint: s.Entrypoint, Cmd: s.Cmd, Env: s.Env, User: s.User, WorkingDir: s.WorkDir, Labels: s.Labels,
	}
	return mutate.ConfigFile(img, config)
}

func newLayer(data []byte, zip bool) (v1.Layer, error) {
	if !zip {
		return static.NewLayer(data, types.OCIUncompressedLayer), nil
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(gzip.BestCompression))
}

// tarFolder packs a folder, owned by root and without times.
func tarFolder(root string) ([]byte, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || path == root {
			return err
		}
		return addFile(w, root, path, info)
	})
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// writeTar packs the OCI layout itself.
func writeTar(root, out string) error {
	temp, err := os.CreateTemp(filepath.Dir(out), ".image-*.tar")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	w := tar.NewWriter(temp)
	err = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || path == root {
			return err
		}
		return addFile(w, root, path, info)
	})
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := temp.Chmod(0o644); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), out)
}

func addFile(w *tar.Writer, root, path string, info os.FileInfo) error {
	name, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&os.ModeSymlink != 0 {
		if link, err = os.Readlink(path); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = filepath.ToSlash(name)
	if info.IsDir() {
		header.Name += "/"
	}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	header.ModTime, header.AccessTime, header.ChangeTime = time.Unix(0, 0), time.Time{}, time.Time{}
	header.Format = tar.FormatPAX
	if err := w.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
