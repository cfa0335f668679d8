package fakenodes

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// crashEvery is the time between two ends of a crashing container. The kubelet
// waits longer each time; a test need not.
const crashEvery = 5 * time.Second

// moment is where a pod stands in its script.
type moment struct {
	now      time.Time
	since    time.Duration // since the script began for this pod
	started  time.Time     // when the pod came to the node
	restarts int32         // before this script
	nodeIP   string
	podIP    string
}

// advance computes a pod's status at a moment, and when it will change next
// (0: not by itself). It is pure: the same pod at the same moment gives the
// same status.
func advance(pod *corev1.Pod, s Script, m moment) (corev1.PodStatus, time.Duration) {
	status := *pod.Status.DeepCopy()
	status.ObservedGeneration = pod.Generation
	status.StartTime = &metav1.Time{Time: m.started}
	status.HostIP, status.HostIPs = m.nodeIP, []corev1.HostIP{{IP: m.nodeIP}}
	status.QOSClass = pod.Status.QOSClass

	inits := pod.Spec.InitContainers
	initialized := time.Duration(len(inits)) * s.InitDelay.Duration
	running := initialized + s.Delay.Duration
	failInit := s.Fail == FailInit && len(inits) > 0
	switch {
	case s.Fail == FailPull:
		return pulling(pod, status, m), 0
	case failInit:
		return initFailing(pod, status, s, m)
	case m.since < initialized:
		done := int(m.since / s.InitDelay.Duration)
		status.InitContainerStatuses = initStatuses(pod, done, m)
		status.ContainerStatuses = waiting(pod.Spec.Containers, "PodInitializing", "", m.restarts)
		return conclude(pod, status, corev1.PodPending, false, false, m), time.Duration(done+1)*s.InitDelay.Duration - m.since
	}
	status.InitContainerStatuses = initStatuses(pod, len(inits), m)
	switch {
	case s.Fail == FailHang:
		status.ContainerStatuses = waiting(pod.Spec.Containers, "ContainerCreating", "", m.restarts)
		return conclude(pod, status, corev1.PodPending, true, false, m), 0
	case m.since < running:
		status.ContainerStatuses = waiting(pod.Spec.Containers, "ContainerCreating", "", m.restarts)
		return conclude(pod, status, corev1.PodPending, true, false, m), running - m.since
	}
	status.PodIP, status.PodIPs = m.podIP, []corev1.PodIP{{IP: m.podIP}}
	after := m.since - running
	switch {
	case s.Fail == FailCrashLoop, s.Fail == FailOOM:
		return crashing(pod, status, s, m, after)
	case completes(pod) && after >= s.CompleteAfter.Duration:
		status.ContainerStatuses = ended(pod.Spec.Containers, 0, "Completed", m)
		return conclude(pod, status, corev1.PodSucceeded, true, false, m), 0
	}
	ready := s.Fail != FailUnready
	status.ContainerStatuses = up(pod.Spec.Containers, ready, m)
	next := time.Duration(0)
	if completes(pod) {
		next = s.CompleteAfter.Duration - after
	}
	return conclude(pod, status, corev1.PodRunning, true, ready, m), next
}

// completes tells pods that run to an end from those that serve.
func completes(pod *corev1.Pod) bool {
	return pod.Spec.RestartPolicy != corev1.RestartPolicyAlways
}

// pulling is a pod whose image cannot be had: of its first init container, or
// of its containers.
func pulling(pod *corev1.Pod, status corev1.PodStatus, m moment) corev1.PodStatus {
	const reason = "ImagePullBackOff"
	message := func(c corev1.Container) string {
		return fmt.Sprintf("Back-off pulling image %q: ErrImagePull: not found", c.Image)
	}
	if inits := pod.Spec.InitContainers; len(inits) > 0 {
		status.InitContainerStatuses = initStatuses(pod, 0, m)
		status.InitContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message(inits[0])}}
		status.ContainerStatuses = waiting(pod.Spec.Containers, "PodInitializing", "", m.restarts)
		return conclude(pod, status, corev1.PodPending, false, false, m)
	}
	status.ContainerStatuses = waiting(pod.Spec.Containers, reason, "", m.restarts)
	for i, c := range pod.Spec.Containers {
		status.ContainerStatuses[i].State.Waiting.Message = message(c)
	}
	return conclude(pod, status, corev1.PodPending, true, false, m)
}

func initFailing(pod *corev1.Pod, status corev1.PodStatus, s Script, m moment) (corev1.PodStatus, time.Duration) {
	status.InitContainerStatuses = initStatuses(pod, 0, m)
	status.ContainerStatuses = waiting(pod.Spec.Containers, "PodInitializing", "", m.restarts)
	if m.since < s.InitDelay.Duration {
		return conclude(pod, status, corev1.PodPending, false, false, m), s.InitDelay.Duration - m.since
	}
	count, next := crashes(m.since - s.InitDelay.Duration)
	first := &status.InitContainerStatuses[0]
	first.RestartCount = count
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
		first.State = terminated(1, "Error", m)
		return conclude(pod, status, corev1.PodFailed, false, false, m), 0
	}
	first.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "back-off restarting failed container"}}
	first.LastTerminationState = terminated(1, "Error", m)
	return conclude(pod, status, corev1.PodPending, false, false, m), next
}

func crashing(pod *corev1.Pod, status corev1.PodStatus, s Script, m moment, after time.Duration) (corev1.PodStatus, time.Duration) {
	code, reason := int32(1), "Error"
	if s.Fail == FailOOM {
		code, reason = 137, "OOMKilled"
	}
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
		status.ContainerStatuses = ended(pod.Spec.Containers, code, reason, m)
		return conclude(pod, status, corev1.PodFailed, true, false, m), 0
	}
	count, next := crashes(after)
	status.ContainerStatuses = waiting(pod.Spec.Containers, "CrashLoopBackOff", "back-off restarting failed container", m.restarts+count)
	for i := range status.ContainerStatuses {
		status.ContainerStatuses[i].LastTerminationState = terminated(code, reason, m)
	}
	return conclude(pod, status, corev1.PodRunning, true, false, m), next
}

// crashes counts the ends of a crashing container, and says when the next comes.
func crashes(after time.Duration) (int32, time.Duration) {
	count := after / crashEvery
	return int32(count) + 1, (count+1)*crashEvery - after
}

func waiting(containers []corev1.Container, reason, message string, restarts int32) []corev1.ContainerStatus {
	all := make([]corev1.ContainerStatus, len(containers))
	for i, c := range containers {
		all[i] = corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, RestartCount: restarts, Started: new(bool),
			State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
		}
	}
	return all
}

func up(containers []corev1.Container, ready bool, m moment) []corev1.ContainerStatus {
	started := true
	all := make([]corev1.ContainerStatus, len(containers))
	for i, c := range containers {
		all[i] = corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: "fake://" + c.Image, ContainerID: "fake://" + m.podIP + "/" + c.Name,
			RestartCount: m.restarts, Ready: ready, Started: &started,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(m.now)}},
		}
	}
	return all
}

func ended(containers []corev1.Container, code int32, reason string, m moment) []corev1.ContainerStatus {
	all := make([]corev1.ContainerStatus, len(containers))
	for i, c := range containers {
		all[i] = corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: "fake://" + c.Image, RestartCount: m.restarts,
			Started: new(bool), State: terminated(code, reason, m),
		}
	}
	return all
}

func terminated(code int32, reason string, m moment) corev1.ContainerState {
	at := metav1.NewTime(m.now)
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, StartedAt: metav1.NewTime(m.started), FinishedAt: at,
	}}
}

// initStatuses has the first `done` init containers completed and the next running.
func initStatuses(pod *corev1.Pod, done int, m moment) []corev1.ContainerStatus {
	var all []corev1.ContainerStatus
	for i, c := range pod.Spec.InitContainers {
		s := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: "fake://" + c.Image, Started: new(bool)}
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		switch {
		case i < done && sidecar:
			started := true
			s.Ready, s.Started = true, &started
			s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(m.now)}}
		case i < done:
			s.Ready = true
			s.State = terminated(0, "Completed", m)
		case i == done:
			s.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(m.now)}}
		default:
			s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}}
		}
		all = append(all, s)
	}
	return all
}

// conclude sets the phase and the conditions that a kubelet sets, and leaves
// other people's conditions alone.
func conclude(pod *corev1.Pod, status corev1.PodStatus, phase corev1.PodPhase, initialized, ready bool, m moment) corev1.PodStatus {
	status.Phase = phase
	reason, message := "ContainersNotReady", "containers with unready status"
	if phase == corev1.PodSucceeded {
		reason, message = "PodCompleted", ""
	} else if phase == corev1.PodFailed {
		reason, message = "PodFailed", ""
	}
	gates := true
	for _, g := range pod.Spec.ReadinessGates {
		gates = gates && isTrue(status.Conditions, g.ConditionType)
	}
	set := func(kind corev1.PodConditionType, ok bool, reason, message string) {
		c := corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reason, Message: message, ObservedGeneration: pod.Generation, LastTransitionTime: metav1.NewTime(m.now)}
		if ok {
			c.Status, c.Reason, c.Message = corev1.ConditionTrue, "", ""
		}
		status.Conditions = setCondition(status.Conditions, c)
	}
	set(corev1.PodReadyToStartContainers, status.PodIP != "", "", "")
	set(corev1.PodInitialized, initialized, "ContainersNotInitialized", "containers with incomplete status")
	set(corev1.ContainersReady, ready, reason, message)
	if ready && !gates {
		set(corev1.PodReady, false, "ReadinessGatesNotReady", "a readiness gate is not true")
	} else {
		set(corev1.PodReady, ready, reason, message)
	}
	return status
}

func isTrue(conditions []corev1.PodCondition, kind corev1.PodConditionType) bool {
	for _, c := range conditions {
		if c.Type == kind {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// setCondition keeps the transition time of a condition that did not change.
func setCondition(conditions []corev1.PodCondition, c corev1.PodCondition) []corev1.PodCondition {
	for i, old := range conditions {
		if old.Type == c.Type {
			if old.Status == c.Status {
				c.LastTransitionTime = old.LastTransitionTime
			}
			conditions[i] = c
			return conditions
		}
	}
	return append(conditions, c)
}

// keepTimes takes the times of container states that did not change from the
// status before, so that looking again at a pod changes nothing.
func keepTimes(old, fresh []corev1.ContainerStatus) {
	for i := range fresh {
		for _, o := range old {
			if o.Name != fresh[i].Name {
				continue
			}
			keepStateTimes(o.State, &fresh[i].State)
			if o.RestartCount == fresh[i].RestartCount {
				keepStateTimes(o.LastTerminationState, &fresh[i].LastTerminationState)
			}
		}
	}
}

func keepStateTimes(old corev1.ContainerState, fresh *corev1.ContainerState) {
	if old.Running != nil && fresh.Running != nil {
		fresh.Running.StartedAt = old.Running.StartedAt
	}
	if old.Terminated != nil && fresh.Terminated != nil && old.Terminated.ExitCode == fresh.Terminated.ExitCode && old.Terminated.Reason == fresh.Terminated.Reason {
		fresh.Terminated.StartedAt, fresh.Terminated.FinishedAt = old.Terminated.StartedAt, old.Terminated.FinishedAt
	}
}
