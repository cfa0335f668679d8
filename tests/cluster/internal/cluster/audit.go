package cluster

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	audit "k8s.io/apiserver/pkg/apis/audit/v1"
)

// auditPolicy records every write with who made it and with the annotations of
// admission, and nothing else: tests count a user's writes in this log. Left
// out are the cluster's own heartbeat and what asks without changing.
func auditPolicy() *audit.Policy {
	return &audit.Policy{
		TypeMeta:   metav1.TypeMeta{APIVersion: audit.SchemeGroupVersion.String(), Kind: "Policy"},
		OmitStages: []audit.Stage{audit.StageRequestReceived},
		Rules: []audit.PolicyRule{
			{Level: audit.LevelNone, Verbs: []string{"get", "list", "watch"}},
			{Level: audit.LevelNone, Users: []string{"system:apiserver"}},
			{Level: audit.LevelNone, UserGroups: []string{"system:nodes"}, Resources: []audit.GroupResources{
				{Group: "", Resources: []string{"nodes/status"}},
			}},
			{Level: audit.LevelNone, Resources: []audit.GroupResources{
				{Group: "", Resources: []string{"events"}},
				{Group: "events.k8s.io", Resources: []string{"events"}},
				{Group: "coordination.k8s.io", Resources: []string{"leases"}},
				{Group: "authentication.k8s.io", Resources: []string{"*"}},
				{Group: "authorization.k8s.io", Resources: []string{"*"}},
				{Group: "", Resources: []string{"serviceaccounts/token"}},
			}},
			{Level: audit.LevelMetadata, Verbs: []string{"create", "update", "patch", "delete", "deletecollection"}},
		},
	}
}
