package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/sys/unix"
)

// SandboxImage is the image of the pause container, built with this program.
const SandboxImage = "local.test/pause:1"

// containerdConfig is the part of containerd's configuration that differs from
// its defaults.
type containerdConfig struct {
	Version int                       `toml:"version"`
	Root    string                    `toml:"root"`
	State   string                    `toml:"state"`
	GRPC    containerdListen          `toml:"grpc"`
	TTRPC   containerdListen          `toml:"ttrpc"`
	Plugins map[string]map[string]any `toml:"plugins"`
}

type containerdListen struct {
	Address string `toml:"address"`
}

func newContainerdConfig(dir Dir, bin, runc string) (containerdConfig, error) {
	snapshotter, err := snapshotterFor(dir)
	if err != nil {
		return containerdConfig{}, err
	}
	return containerdConfig{
		Version: 3,
		Root:    dir.Node("containerd", "root"),
		State:   dir.Private("containerd"),
		GRPC:    containerdListen{dir.ContainerdSocket()},
		TTRPC:   containerdListen{dir.ContainerdSocket() + ".ttrpc"},
		Plugins: map[string]map[string]any{
			"io.containerd.internal.v1.opt": {"path": dir.Node("containerd", "opt")},
			"io.containerd.nri.v1.nri":      {"disable": true},
			"io.containerd.cri.v1.images": {
				"snapshotter":   snapshotter,
				"pinned_images": map[string]any{"sandbox": SandboxImage},
				"registry":      map[string]any{"config_path": dir.Config("registries")},
			},
			"io.containerd.cri.v1.runtime": {
				// Root here may lack CAP_SYS_RESOURCE, and then runc may not
				// lower a score below that of its parent.
				"restrict_oom_score_adj": true,
				"disable_apparmor":       true,
				"cni": map[string]any{
					"bin_dirs": []string{bin},
					"conf_dir": dir.Config("cni"),
				},
				"containerd": map[string]any{
					"default_runtime_name": "runc",
					"runtimes": map[string]any{"runc": map[string]any{
						"runtime_type": "io.containerd.runc.v2",
						"options":      map[string]any{"BinaryName": runc, "SystemdCgroup": false},
					}},
				},
			},
		},
	}, nil
}

// snapshotterFor chooses how image layers are stacked: an overlay cannot have
// another overlay for its upper layer, as in a container, and there they are copied.
func snapshotterFor(dir Dir) (string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(string(dir), &st); err != nil {
		return "", err
	}
	if st.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "native", nil
	}
	return "overlayfs", nil
}

// cniConfig is a list of CNI plugins.
type cniConfig struct {
	CNIVersion string      `json:"cniVersion"`
	Name       string      `json:"name"`
	Plugins    []cniPlugin `json:"plugins"`
}

type cniPlugin struct {
	Type         string          `json:"type"`
	Bridge       string          `json:"bridge,omitempty"`
	IsGateway    bool            `json:"isGateway,omitempty"`
	HairpinMode  bool            `json:"hairpinMode,omitempty"`
	IPAM         *cniIPAM        `json:"ipam,omitempty"`
	Capabilities map[string]bool `json:"capabilities,omitempty"`
}

type cniIPAM struct {
	Type    string       `json:"type"`
	Ranges  [][]cniRange `json:"ranges"`
	Routes  []cniRoute   `json:"routes"`
	DataDir string       `json:"dataDir"`
}

type cniRange struct {
	Subnet string `json:"subnet"`
}

type cniRoute struct {
	Dst string `json:"dst"`
}

// newCNIConfig joins pods to one bridge. There is no masquerading, since there
// is no outside.
func newCNIConfig(dir Dir) cniConfig {
	return cniConfig{CNIVersion: "1.0.0", Name: "pods", Plugins: []cniPlugin{
		{
			Type: "bridge", Bridge: podBridge, IsGateway: true, HairpinMode: true,
			IPAM: &cniIPAM{
				Type:    "host-local",
				Ranges:  [][]cniRange{{{Subnet: podSubnet}}},
				Routes:  []cniRoute{{Dst: "0.0.0.0/0"}},
				DataDir: dir.Private("ipam"),
			},
		},
		{Type: "portmap", Capabilities: map[string]bool{"portMappings": true}},
	}}
}

// containerdProgram writes the configuration and names the program.
func containerdProgram(dir Dir, bin string) (program, error) {
	runc, err := exec.LookPath("runc")
	if err != nil {
		return program{}, fmt.Errorf("runc is not installed: apt-get install -y --no-install-recommends runc")
	}
	typed, err := newContainerdConfig(dir, bin, runc)
	if err != nil {
		return program{}, err
	}
	config, err := toml.Marshal(typed)
	if err != nil {
		return program{}, err
	}
	file := dir.Config("containerd.toml")
	cni, err := json.MarshalIndent(newCNIConfig(dir), "", "  ")
	if err != nil {
		return program{}, err
	}
	trust := fmt.Appendf(nil, "server = %q\n[host.%[1]q]\nca = %q\n", "https://"+RegistryAddress, dir.PKI("ca.crt"))
	files := map[string][]byte{
		file:                               config,
		dir.Config("cni/10-pods.conflist"): cni,
		dir.Config("registries/" + RegistryAddress + "/hosts.toml"): trust,
	}
	for path, data := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return program{}, err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return program{}, err
		}
	}
	return program{
		name:  "containerd",
		args:  []string{"containerd", "--config", file, "--log-level", "warn"},
		ready: accepts(dir.ContainerdSocket()),
	}, nil
}

// ImportImages loads OCI tars into containerd, where the kubelet finds them.
func ImportImages(dir Dir, bin string, tars []string) error {
	for _, tar := range tars {
		cmd := exec.Command(filepath.Join(bin, "ctr"), importArgs(dir, tar)[1:]...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("import %s: %w\n%s", tar, err, out)
		}
	}
	return nil
}

func importArgs(dir Dir, tar string) []string {
	return []string{"ctr", "--address", dir.ContainerdSocket(), "--namespace", "k8s.io", "images", "import", tar}
}
