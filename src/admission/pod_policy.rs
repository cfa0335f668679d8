//! The ValidatingAdmissionPolicy on what carries our label: in process in the API server, needing no server of ours.
//!
//! What carries the label is created, and its spec changed, by the operator's account or the built-in controller of
//! that kind only. Without parameters: a policy with parameters can fail open when its last binding goes (see
//! kubernetes#130887), and nothing here depends on a fact that changes.

use serde_json::{Value, json};

use crate::manifest::names::{DEPLOYMENT_LABEL, NODE_COUNTRY, POD_POLICY};

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
                    {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments", "replicasets", "controllerrevisions"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods", "services"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": ["policy"], "apiVersions": ["v1"], "resources": ["poddisruptionbudgets"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"}
                ]
            },
            "variables": [
                {"name": "owner", "expression": format!("object != null && has(object.metadata.labels) && '{label}' in object.metadata.labels ? object.metadata.labels['{label}'] : oldObject.metadata.labels['{label}']")},
                {"name": "operator", "expression": format!("request.userInfo.username == '{}'", operator.replace('\'', ""))},
                {"name": "controller", "expression": format!("request.userInfo.username in [{}]", list(controllers))},
                {"name": "sameContent", "expression": "request.operation == 'UPDATE' && (has(object.spec) ? has(oldObject.spec) && object.spec == oldObject.spec : !has(oldObject.spec)) && (has(object.data) ? has(oldObject.data) && object.data == oldObject.data : !has(oldObject.data))"},
                {"name": "sameLabel", "expression": format!("request.operation == 'CREATE' || (has(object.metadata.labels) && '{label}' in object.metadata.labels && has(oldObject.metadata.labels) && '{label}' in oldObject.metadata.labels && object.metadata.labels['{label}'] == oldObject.metadata.labels['{label}'])")}
            ],
            "validations": [
                {
                    "expression": "variables.operator || variables.controller || variables.sameContent",
                    "reason": "Forbidden",
                    "messageExpression": "'Modelport makes this object for ModelDeployment ' + variables.owner + ' and keeps it as decided. Edit that instead: kubectl edit mpd ' + variables.owner"
                },
                {
                    "expression": "variables.sameLabel",
                    "reason": "Forbidden",
                    "messageExpression": format!("'The label {label} says whose object this is and is not added to or taken from a living one. Edit ModelDeployment ' + variables.owner + ' instead: kubectl edit mpd ' + variables.owner")
                },
                {
                    "expression": "request.resource.resource != 'pods' || request.operation != 'CREATE' || ((!has(object.spec.nodeName) || object.spec.nodeName == '') && (!has(object.spec.schedulerName) || object.spec.schedulerName == 'default-scheduler'))",
                    "reason": "Forbidden",
                    "messageExpression": format!("'A pod of ModelDeployment ' + variables.owner + ' is placed by the scheduler, by {NODE_COUNTRY} and nothing else: no nodeName, no other scheduler. Edit the ModelDeployment instead: kubectl edit mpd ' + variables.owner")
                }
            ]
        }
    })
}
