//! The ValidatingAdmissionPolicy on what carries our label: in process in the API server, needing no server of ours.
//!
//! What carries the label is created, and its spec changed, by the operator's account or the built-in controller of
//! that kind only. Without parameters: a policy with parameters can fail open when its last binding goes (see
//! kubernetes#130887), and nothing here depends on a fact that changes.

use serde_json::{Value, json};

use crate::manifest::names::{DEPLOYMENT_LABEL, NODE_COUNTRY, NODE_DOMAIN, PLACED_LABEL, POD_POLICY};

/// The policy for these accounts.
#[must_use]
pub fn policy(operator: &str, controllers: &[String]) -> Value {
    let list = |accounts: &[String]| {
        accounts.iter().map(|a| format!("'{}'", a.replace('\'', ""))).collect::<Vec<_>>().join(", ")
    };
    let label = DEPLOYMENT_LABEL;
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": POD_POLICY},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "objectSelector": {"matchExpressions": [{"key": label, "operator": "Exists"}]},
                "resourceRules": [
                    {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments", "replicasets", "statefulsets", "daemonsets", "controllerrevisions"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods", "pods/ephemeralcontainers", "pods/resize", "services", "replicationcontrollers", "podtemplates"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": ["batch"], "apiVersions": ["v1"], "resources": ["jobs", "cronjobs"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments", "replicasets"], "operations": ["DELETE"], "scope": "Namespaced"},
                    {"apiGroups": ["policy"], "apiVersions": ["v1"], "resources": ["poddisruptionbudgets"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"}
                ]
            },
            "variables": [
                // Whose it is, before whose somebody would make it.
                {"name": "owner", "expression": format!("oldObject != null && has(oldObject.metadata.labels) && '{label}' in oldObject.metadata.labels ? oldObject.metadata.labels['{label}'] : object.metadata.labels['{label}']")},
                // There is no object then, and nothing of it is asked: whoever may delete does, and the pods go with it.
                {"name": "goes", "expression": "request.operation == 'DELETE'"},
                {"name": "leavesPods", "expression": "variables.goes && has(request.options) && (has(request.options.propagationPolicy) && request.options.propagationPolicy == 'Orphan' || has(request.options.orphanDependents) && request.options.orphanDependents == true)"},
                {"name": "operator", "expression": format!("request.userInfo.username == '{}'", operator.replace('\'', ""))},
                {"name": "controller", "expression": format!("request.userInfo.username in [{}]", list(controllers))},
                {"name": "sameContent", "expression": "request.operation == 'UPDATE' && (has(object.spec) ? has(oldObject.spec) && object.spec == oldObject.spec : !has(oldObject.spec)) && (has(object.data) ? has(oldObject.data) && object.data == oldObject.data : !has(oldObject.data)) && (has(object.template) ? has(oldObject.template) && object.template == oldObject.template : !has(oldObject.template))"},
                // Who takes our owner away takes the object out of what is stopped, narrowed and collected.
                {"name": "sameOwners", "expression": "request.operation == 'UPDATE' && (has(object.metadata.ownerReferences) ? has(oldObject.metadata.ownerReferences) && object.metadata.ownerReferences == oldObject.metadata.ownerReferences : !has(oldObject.metadata.ownerReferences))"},
                {"name": "newPod", "expression": "request.resource.resource == 'pods' && (!has(request.subResource) || request.subResource == '') && request.operation == 'CREATE'"},
                {"name": "terms", "expression": "variables.newPod && has(object.spec.affinity) && has(object.spec.affinity.nodeAffinity) && has(object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution) ? object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms : []"},
                {"name": "placedTerms", "expression": format!("variables.terms.filter(t, has(t.matchExpressions) && t.matchExpressions.exists(e, e.key.startsWith('{NODE_DOMAIN}')))")},
                {"name": "sameLabel", "expression": format!("request.operation == 'CREATE' || (has(object.metadata.labels) && '{label}' in object.metadata.labels && has(oldObject.metadata.labels) && '{label}' in oldObject.metadata.labels && object.metadata.labels['{label}'] == oldObject.metadata.labels['{label}'])")}
            ],
            "validations": [
                {
                    "expression": "variables.goes || variables.operator || variables.controller || variables.sameContent && variables.sameOwners",
                    "reason": "Forbidden",
                    "messageExpression": "'Modelport makes this object for ModelDeployment ' + variables.owner + ' and keeps it as decided. Edit that instead: kubectl edit mpd ' + variables.owner"
                },
                {
                    "expression": "variables.goes || variables.sameLabel",
                    "reason": "Forbidden",
                    "messageExpression": format!("'The label {label} says whose object this is and is not added to or taken from a living one. Edit ModelDeployment ' + variables.owner + ' instead: kubectl edit mpd ' + variables.owner")
                },
                {
                    "expression": "variables.goes || !variables.newPod || ((!has(object.spec.nodeName) || object.spec.nodeName == '') && (!has(object.spec.schedulerName) || object.spec.schedulerName == 'default-scheduler'))",
                    "reason": "Forbidden",
                    "messageExpression": format!("'A pod of ModelDeployment ' + variables.owner + ' is placed by the scheduler, by {NODE_COUNTRY} and nothing else: no nodeName, no other scheduler. Edit the ModelDeployment instead: kubectl edit mpd ' + variables.owner")
                },
                {
                    // Terms are alternatives: one that another webhook added without the place would let every node.
                    "expression": "variables.goes || size(variables.placedTerms) == 0 || size(variables.placedTerms) == size(variables.terms)",
                    "reason": "Forbidden",
                    "messageExpression": format!("'A pod of ModelDeployment ' + variables.owner + ' has an alternative in its node affinity that does not say where it may stand ({NODE_COUNTRY}). Edit the ModelDeployment instead: kubectl edit mpd ' + variables.owner")
                },
                {
                    "expression": format!("variables.goes || !variables.newPod || !('{PLACED_LABEL}' in object.metadata.labels) || size(variables.placedTerms) > 0"),
                    "reason": "Forbidden",
                    "messageExpression": format!("'A pod of ModelDeployment ' + variables.owner + ' comes without the node affinity that says where it may stand ({NODE_COUNTRY}): another admission policy or webhook took it out. Whoever runs that leaves the affinity of pods with the label {DEPLOYMENT_LABEL} as it is'")
                },
                {
                    "expression": "!variables.leavesPods",
                    "reason": "Forbidden",
                    "messageExpression": "'Pods of ModelDeployment ' + variables.owner + ' are not left without what keeps them in place: delete without --cascade=orphan. To stop the model: kubectl delete mpd ' + variables.owner"
                }
            ]
        }
    })
}
