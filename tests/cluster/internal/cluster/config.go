package cluster

import (
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// writeConfig writes a typed configuration as YAML.
func writeConfig(path string, v any) error {
	data, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
