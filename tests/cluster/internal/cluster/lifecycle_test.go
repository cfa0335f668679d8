package cluster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"modelport.dev/cluster/internal/cluster"
)

// bin is the folder of the built programs. These tests run real clusters, and
// fail where they cannot.
func bin(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("../../build.sh", "--print").Output()
	if err != nil {
		t.Fatalf("build.sh --print: %v", err)
	}
	dir := strings.TrimSpace(string(out))
	if _, err := os.Stat(filepath.Join(dir, "modelport-cluster")); err != nil {
		t.Fatalf("the programs are not built from these sources: run tests/cluster/build.sh first (%v)", err)
	}
	if os.Geteuid() != 0 {
		t.Fatal("these tests start clusters, which needs root: run them as root")
	}
	return dir
}

// session runs modelport-cluster with a cache folder of its own.
type session struct {
	t     *testing.T
	bin   string
	cache string
}

func newSession(t *testing.T) *session {
	s := &session{t: t, bin: bin(t)}
	cache, err := os.MkdirTemp("", "mpc-")
	if err != nil {
		t.Fatal(err)
	}
	s.cache = cache
	t.Cleanup(func() { os.RemoveAll(cache) })
	return s
}

// run returns standard output, standard error and the exit code.
func (s *session) run(args ...string) (string, string, int) {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, "modelport-cluster"), args...)
	cmd.Env = append(os.Environ(), "MODELPORT_CACHE="+s.cache)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// must fails the test when the command does.
func (s *session) must(args ...string) string {
	s.t.Helper()
	stdout, stderr, code := s.run(args...)
	if code != 0 {
		s.t.Fatalf("modelport-cluster %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

func (s *session) kubectl(args ...string) string {
	s.t.Helper()
	return s.must(append([]string{"exec", "--", "kubectl"}, args...)...)
}

// until polls for a condition that the cluster reaches by itself.
func (s *session) until(what string, check func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !check(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("never: %s", what)
		}
	}
}

// snapshot is what a cluster must leave as it was.
func snapshot(t *testing.T, cache string) string {
	t.Helper()
	var b strings.Builder
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(mounts)) {
		lines = append(lines, line)
	}
	sort.Strings(lines)
	b.WriteString(strings.Join(lines, ""))
	for _, name := range []string{"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "kernel/hostname", "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max"} {
		value, err := os.ReadFile(filepath.Join("/proc/sys", name))
		fmt.Fprintf(&b, "%s=%s %v\n", name, value, err)
	}
	// Only what a cluster of this test could leave: others may run beside it.
	for _, name := range []string{"default", "a", "b"} {
		own := cluster.CgroupName(cluster.Dir(filepath.Join(cache, "run", name)), name)
		groups, _ := filepath.Glob("/sys/fs/cgroup/*/" + own)
		b.WriteString(strings.Join(groups, "\n"))
	}
	for _, pattern := range []string{
		"/sys/class/net/*", "/sys/fs/cgroup/*/kubepods", "/run/netns/*", "/run/containerd", "/run/nri", "/run/runc", "/run/flannel",
		"/var/lib/cni", "/var/lib/kubelet", "/var/lib/containerd", "/var/log/containers", "/var/log/pods", "/etc/cni", "/opt/cni", "/opt/containerd", "/opt/nri",
	} {
		found, _ := filepath.Glob(pattern)
		b.WriteString(strings.Join(found, "\n") + "\n")
	}
	for _, pid := range processesOf(cache) {
		fmt.Fprintf(&b, "process %s\n", pid)
	}
	return b.String()
}

// processesOf finds processes whose arguments name the cache folder.
func processesOf(cache string) []string {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []string
	for _, path := range all {
		cmdline, err := os.ReadFile(path)
		if err == nil && bytes.Contains(cmdline, []byte(cache)) {
			found = append(found, path)
		}
	}
	return found
}

// A whole life: up, a second up refused, status, commands inside, pods on the
// real and on a fake node, a pool that fills, a component stopped and started,
// down, and no trace.
func TestFullTier(t *testing.T) {
	s := newSession(t)
	before := snapshot(t, s.cache)
	t.Cleanup(func() { s.run("down") })

	if _, _, code := s.run("status"); code != 3 {
		t.Errorf("status without a cluster: exit code %d, want 3", code)
	}
	if _, stderr, code := s.run("exec", "--", "true"); code != 1 || !strings.Contains(stderr, "modelport-cluster up") {
		t.Errorf("exec without a cluster: exit code %d, %s", code, stderr)
	}
	start := time.Now()
	s.must("up", "--tier", "full", "--nodes", "builtin",
		"--node-label", "topology.kubernetes.io/region=cn-hangzhou", "--node-label", "modelport.dev.node-restriction.kubernetes.io/country=CN",
		"--node-provider-id", "cn-hangzhou.i-local")
	t.Logf("up --tier full took %.1f s", time.Since(start).Seconds())

	_, stderr, code := s.run("up", "--tier", "api")
	if code != 1 || !strings.Contains(stderr, "already") || !strings.Contains(stderr, "modelport-cluster down") {
		t.Errorf("second up: exit code %d, %s", code, stderr)
	}

	var status struct {
		Running    bool
		Components []struct{ Name, State string }
	}
	if err := json.Unmarshal([]byte(s.must("status", "--json")), &status); err != nil {
		t.Fatal(err)
	}
	if !status.Running || len(status.Components) != 9 {
		t.Errorf("status: %+v", status)
	}
	for _, c := range status.Components {
		if c.State != "Running" {
			t.Errorf("%s is %s", c.Name, c.State)
		}
	}

	t.Run("exec", func(t *testing.T) {
		if _, _, code := s.run("exec", "--", "sh", "-c", "exit 42"); code != 42 {
			t.Errorf("exit code %d, want 42", code)
		}
		here, _ := os.Getwd()
		if got := s.must("exec", "--", "sh", "-c", "pwd; hostname"); got != here+"\nnode1\n" {
			t.Errorf("folder and host inside: %q", got)
		}
	})
	t.Run("from the machine", func(t *testing.T) {
		cmd := exec.Command("sh", "-c", s.must("env")+"kubectl get nodes -o name && helm list -A")
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Count(string(out), "node/") != 24 {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("node label and id", func(t *testing.T) {
		got := s.kubectl("get", "node", "node1", "-o", `jsonpath={.spec.providerID} {.metadata.labels.modelport\.dev\.node-restriction\.kubernetes\.io/country}`)
		if got != "cn-hangzhou.i-local CN" {
			t.Error(got)
		}
	})
	t.Run("pods", func(t *testing.T) {
		s.kubectl("create", "deployment", "real", "--image", "local.test/pause:1", "--replicas", "2")
		s.kubectl("create", "deployment", "fake", "--image", "any/engine:1", "--replicas", "3")
		s.kubectl("patch", "deployment", "fake", "--patch", gpuPatch("topology.kubernetes.io/region", "cn-hangzhou"))
		s.kubectl("create", "deployment", "pool", "--image", "any/engine:1")
		s.kubectl("patch", "deployment", "pool", "--patch", gpuPatch("topology.kubernetes.io/region", "asia-northeast1"))
		for _, name := range []string{"real", "fake", "pool"} {
			s.kubectl("rollout", "status", "deployment/"+name, "--timeout=40s")
		}
		nodes := func(app string) string {
			return s.kubectl("get", "pods", "-l", "app="+app, "--field-selector", "status.phase=Running", "-o", "jsonpath={.items[*].spec.nodeName}")
		}
		if got := nodes("real"); got != "node1 node1" {
			t.Errorf("real pods run on %s", got)
		}
		if got := nodes("fake"); strings.Count(got, "ali-hz-a10-") != 3 {
			t.Errorf("fake pods run on %s", got)
		}
		if got := nodes("pool"); got != "gcp-tokyo-l4-1" {
			t.Errorf("the pool's pod runs on %s", got)
		}
		s.must("fake", "fail", "crashLoop", "--selector", "app=fake")
		s.until("fake pods crash", func() bool {
			return strings.Count(s.kubectl("get", "pods", "-l", "app=fake"), "CrashLoopBackOff") == 3
		})
		s.must("fake", "clear")
		s.kubectl("rollout", "status", "deployment/fake", "--timeout=30s")
	})
	t.Run("audit log", func(t *testing.T) {
		log, err := os.ReadFile(filepath.Join(s.cache, "run/default/audit.log"))
		if err != nil {
			t.Fatal(err)
		}
		var creates int
		for line := range bytes.Lines(log) {
			var e struct {
				Verb      string
				User      struct{ Username string }
				ObjectRef struct{ Resource, Name string }
			}
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			if e.Verb == "create" && e.User.Username == "modelport-admin" && e.ObjectRef.Resource == "deployments" {
				creates++
			}
		}
		if creates != 3 {
			t.Errorf("%d deployments were created by the administrator, want 3", creates)
		}
	})
	t.Run("component", func(t *testing.T) {
		s.must("component", "stop", "kube-apiserver")
		if _, _, code := s.run("exec", "--", "kubectl", "get", "ns"); code == 0 {
			t.Error("the API server still answers")
		}
		s.must("component", "start", "kube-apiserver")
		s.kubectl("get", "ns")
	})

	s.must("down")
	after := snapshot(t, s.cache)
	if before != after {
		t.Errorf("the cluster left traces:\n%s", difference(before, after))
	}
	if _, _, code := s.run("status"); code != 3 {
		t.Error("status after down")
	}
	s.must("down") // again is no error
}

// The fake tier has a fake node in the place of the real one, and Jobs that end.
func TestFakeTier(t *testing.T) {
	s := newSession(t)
	t.Cleanup(func() { s.run("down") })
	s.must("up", "--tier", "fake", "--node-label", "topology.kubernetes.io/region=cn-hangzhou", "--node-provider-id", "cn-hangzhou.i-local")
	s.kubectl("create", "job", "fetch", "--image", "any/fetcher:1")
	s.kubectl("wait", "--for=condition=Complete", "job/fetch", "--timeout=30s")
	if got := s.kubectl("get", "pods", "-l", "job-name=fetch", "-o", "jsonpath={.items[*].spec.nodeName} {.items[*].status.phase}"); got != "node1 Succeeded" {
		t.Error(got)
	}
	s.must("down")
}

// Two clusters run side by side, and killing a supervisor ends all of its own
// cluster and nothing of the other.
func TestKilledSupervisorEndsItsCluster(t *testing.T) {
	s := newSession(t)
	before := snapshot(t, s.cache)
	t.Cleanup(func() { s.run("down", "--name", "a"); s.run("down", "--name", "b") })
	s.must("up", "--tier", "api", "--name", "a")
	s.must("up", "--tier", "api", "--name", "b")
	s.must("exec", "--name", "a", "--", "kubectl", "create", "namespace", "only-in-a")
	if _, _, code := s.run("exec", "--name", "b", "--", "kubectl", "get", "namespace", "only-in-a"); code == 0 {
		t.Error("the clusters are one")
	}
	var status struct{ Supervisor int }
	if err := json.Unmarshal([]byte(s.must("status", "--json", "--name", "a")), &status); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(status.Supervisor, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until("all processes of the cluster are gone", func() bool {
		return len(processesOf(filepath.Join(s.cache, "run/a"))) == 0
	})
	if _, _, code := s.run("status", "--name", "a"); code != 3 {
		t.Error("a killed cluster still shows as running")
	}
	s.must("exec", "--name", "b", "--", "kubectl", "get", "namespace", "default")
	s.must("up", "--tier", "api", "--name", "a") // starts again over the remains
	s.must("down", "--name", "a")
	s.must("down", "--name", "b")
	if after := snapshot(t, s.cache); before != after {
		t.Errorf("the clusters left traces:\n%s", difference(before, after))
	}
}

// gpuPatch lets a deployment ask for a GPU at a place.
func gpuPatch(key, value string) string {
	return fmt.Sprintf(`{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null},"template":{"spec":{"nodeSelector":{%q:%q},"containers":[{"name":"engine","image":"any/engine:1","resources":{"limits":{"nvidia.com/gpu":"1"}}}]}}}}`, key, value)
}

func difference(before, after string) string {
	had := map[string]bool{}
	for line := range strings.Lines(before) {
		had[line] = true
	}
	var b strings.Builder
	for line := range strings.Lines(after) {
		if !had[line] {
			b.WriteString("+ " + line)
		}
		delete(had, line)
	}
	for line := range had {
		b.WriteString("- " + line)
	}
	return b.String()
}
