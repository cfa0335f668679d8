//! The ValidatingAdmissionPolicy on pod templates that carry our label: in process in the API server, needing no server
//! of ours.
//!
//! A tenant's own Deployment without our label may hold a template with it. Its pods are then made by the built-in
//! controllers, which may make ours: they would be told apart by nothing, and take part in our Service. So whoever
//! writes such a template is the operator or, for a ReplicaSet, the built-in controller.
//!
//! No selector finds a template, so it looks at every workload in the cluster and may never be in the way of a foreign
//! one: a failure of the policy lets it pass.

use serde_json::{Value, json};

use crate::manifest::names::{DEPLOYMENT_LABEL, TEMPLATE_POLICY};

/// The policy for these accounts.
#[must_use]
pub fn policy(operator: &str, controllers: &[String]) -> Value {
    let accounts = std::iter::once(operator).chain(controllers.iter().map(String::as_str));
    let accounts: Vec<String> = accounts.map(|a| format!("'{}'", a.replace('\'', ""))).collect();
    let label = DEPLOYMENT_LABEL;
    // A CronJob's template stands one level deeper, a PodTemplate's one level higher.
    let found = |object: &str| {
        let (job, spec) = (format!("{object}.spec.jobTemplate.spec"), format!("{object}.spec"));
        let carries = |at: &str| {
            format!(
                "(has({at}.template.metadata) && has({at}.template.metadata.labels) && '{label}' in {at}.template.metadata.labels)"
            )
        };
        format!(
            "(has({spec}) ? (has({spec}.jobTemplate) ? {} : has({spec}.template) && {}) : has({object}.template) && {})",
            carries(&job),
            carries(&spec),
            carries(object)
        )
    };
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": TEMPLATE_POLICY},
        "spec": {
            "failurePolicy": "Ignore",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "resourceRules": [
                    {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments", "replicasets", "statefulsets", "daemonsets"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": ["batch"], "apiVersions": ["v1"], "resources": ["jobs", "cronjobs"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"},
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["replicationcontrollers", "podtemplates"], "operations": ["CREATE", "UPDATE"], "scope": "Namespaced"}
                ]
            },
            "matchConditions": [{"name": "ours", "expression": found("object")}],
            "variables": [
                {"name": "labels", "expression": "has(object.spec) ? (has(object.spec.jobTemplate) ? object.spec.jobTemplate.spec.template.metadata.labels : object.spec.template.metadata.labels) : object.template.metadata.labels"},
                {"name": "sameContent", "expression": "request.operation == 'UPDATE' && (has(object.spec) ? has(oldObject.spec) && object.spec == oldObject.spec : object.template == oldObject.template)"}
            ],
            "validations": [{
                "expression": format!("variables.sameContent || request.userInfo.username in [{}]", accounts.join(", ")),
                "reason": "Forbidden",
                "messageExpression": format!("'The label {label} in a pod template makes its pods those of ModelDeployment ' + variables.labels['{label}'] + ', which Modelport alone makes. Take it out, or edit that instead: kubectl edit mpd ' + variables.labels['{label}']")
            }]
        }
    })
}
