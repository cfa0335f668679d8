package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"golang.org/x/sys/unix"
)

const cgroupMount = "/sys/fs/cgroup"

// cgroupName is the cluster's own group, under which the kubelet puts its pods.
// State directories tell two clusters of one name apart.
func cgroupName(dir Dir, name string) string {
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf("modelport-%s-%x", name, sum[:3])
}

// cgroupRoots are the mounted hierarchies: one of version 2, or one a
// controller of version 1.
func cgroupRoots() ([]string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(cgroupMount, &st); err != nil {
		return nil, fmt.Errorf("%s: %w", cgroupMount, err)
	}
	if st.Type == unix.CGROUP2_SUPER_MAGIC {
		return []string{cgroupMount}, nil
	}
	entries, err := os.ReadDir(cgroupMount)
	if err != nil {
		return nil, err
	}
	var roots []string
	for _, e := range entries {
		path := filepath.Join(cgroupMount, e.Name())
		if err := unix.Statfs(path, &st); err == nil && (st.Type == unix.CGROUP_SUPER_MAGIC || st.Type == unix.CGROUP2_SUPER_MAGIC) {
			roots = append(roots, path)
		}
	}
	return roots, nil
}

// makeCgroups makes the cluster's group in every hierarchy. A new cpuset of
// version 1 is empty, and takes no process until it is given CPUs and memory.
func makeCgroups(name string) error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	for _, root := range roots {
		group := filepath.Join(root, name)
		if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			all, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				continue // not the cpuset hierarchy of version 1
			}
			if err := os.WriteFile(filepath.Join(group, file), all, 0o644); err != nil {
				return fmt.Errorf("fill %s of the cgroup: %w", file, err)
			}
		}
	}
	return nil
}

// removeCgroups removes the cluster's groups, deepest first. They are empty by
// then; one that is not is an error.
func removeCgroups(name string) error {
	roots, err := cgroupRoots()
	if err != nil {
		return err
	}
	var failed []error
	for _, root := range roots {
		var groups []string
		err := filepath.WalkDir(filepath.Join(root, name), func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if e.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		if err != nil {
			failed = append(failed, err)
		}
		sort.Sort(sort.Reverse(sort.StringSlice(groups)))
		for _, group := range groups {
			if err := os.Remove(group); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}
