package image

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Push sends the one image of an OCI tar to a registry under ref, with the
// credentials that `docker login` or `podman login` left, and returns the
// reference by digest.
func Push(file, ref string) (string, error) {
	target, err := name.ParseReference(ref)
	if err != nil {
		return "", fmt.Errorf("%q is no image reference: %w", ref, err)
	}
	dir, err := os.MkdirTemp("", "modelport-image-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := untar(file, dir); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return "", fmt.Errorf("%s holds no OCI image: %w", file, err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return "", err
	}
	if len(manifest.Manifests) != 1 {
		return "", fmt.Errorf("%s holds %d images, not one", file, len(manifest.Manifests))
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		return "", err
	}
	if err := remote.Write(target, image, remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return "", err
	}
	return target.Context().Digest(manifest.Manifests[0].Digest.String()).String(), nil
}

// untar unpacks plain files; a name that leaves the folder is an error.
func untar(file, dir string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	for r := tar.NewReader(in); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("the name %q leaves the folder", header.Name)
		}
		path := filepath.Join(dir, header.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		out, err := os.Create(path)
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, r); err != nil {
			out.Close()
			return err
		}
		if err := out.Close(); err != nil {
			return err
		}
	}
}
