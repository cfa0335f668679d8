package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// An image holds what it was given, under its name, and the same input gives
// the same bytes.
func TestBuild(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "app"), []byte("#!"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("app", filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	for _, zip := range []bool{false, true} {
		spec := Spec{Name: "local.test/app:1", Folders: []string{root}, Entrypoint: []string{"/app"}, User: "65532:65532", Gzip: zip}
		var made [2][]byte
		for i := range made {
			out := filepath.Join(t.TempDir(), "app.tar")
			if err := Build(spec, out); err != nil {
				t.Fatal(err)
			}
			made[i], _ = os.ReadFile(out)
		}
		if !bytes.Equal(made[0], made[1]) {
			t.Error("two builds differ")
		}
		files := unpack(t, made[0])
		var index struct {
			Manifests []struct {
				Digest      string
				Annotations map[string]string
			}
		}
		if err := json.Unmarshal(files["index.json"], &index); err != nil {
			t.Fatal(err)
		}
		if got := index.Manifests[0].Annotations[containerdName]; got != spec.Name {
			t.Errorf("name %q", got)
		}
		if _, ok := files["oci-layout"]; !ok {
			t.Error("no oci-layout")
		}
	}
	if err := Build(Spec{Name: "x:1"}, filepath.Join(t.TempDir(), "x.tar")); err == nil {
		t.Error("an empty image was made")
	}
}

// What is pushed to a registry can be pulled from it, by the digest that is told.
func TestPush(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "app"), []byte("#!"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app.tar")
	if err := Build(Spec{Name: "docker.io/library/app:1", Folders: []string{root}, Entrypoint: []string{"/app"}}, file); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New())
	defer server.Close()
	digest, err := Push(file, strings.TrimPrefix(server.URL, "http://")+"/team/app:1")
	if err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(digest)
	if err != nil {
		t.Fatal(err)
	}
	image, err := remote.Image(ref)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil || len(config.Config.Entrypoint) != 1 || config.Config.Entrypoint[0] != "/app" {
		t.Errorf("pulled %+v, %v", config, err)
	}
	if _, err := Push(file, "not a reference"); err == nil {
		t.Error("pushed to nowhere")
	}
}

func unpack(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name], _ = io.ReadAll(r)
	}
}
