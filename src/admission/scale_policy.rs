//! The ValidatingAdmissionPolicy on `/scale` of what we make: in process in the API server, needing no server of ours.
//!
//! A Scale carries no labels and no owner, so that no selector finds ours; what it does carry, filled in by the API
//! server from the stored object, is the selector of the pods, and ours names the ModelDeployment. Whoever may scale is
//! the operator, the built-in controllers and the autoscalers.
//!
//! It looks at every scale in the cluster, so it may never be in the way of a foreign one: a failure of the policy lets
//! it pass, and the operator puts its own numbers back anyway.

use serde_json::{Value, json};

use crate::manifest::names::{DEPLOYMENT_LABEL, SCALE_POLICY};

/// The policy for these accounts.
#[must_use]
pub fn policy(operator: &str, controllers: &[String], autoscalers: &[String]) -> Value {
    let accounts = std::iter::once(operator).chain(controllers.iter().chain(autoscalers).map(String::as_str));
    let accounts: Vec<String> = accounts.map(|a| format!("'{}'", a.replace('\'', ""))).collect();
    let ours = format!("{DEPLOYMENT_LABEL}=");
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": SCALE_POLICY},
        "spec": {
            "failurePolicy": "Ignore",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "resourceRules": [
                    {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments/scale", "replicasets/scale"], "operations": ["UPDATE"], "scope": "Namespaced"}
                ]
            },
            "matchConditions": [{
                "name": "ours",
                "expression": format!("has(oldObject.status) && has(oldObject.status.selector) && oldObject.status.selector.split(',').exists(s, s.startsWith('{ours}'))")
            }],
            "variables": [
                {"name": "owner", "expression": format!("oldObject.status.selector.split(',').filter(s, s.startsWith('{ours}'))[0].substring({})", ours.len())},
                {"name": "sameReplicas", "expression": "(has(object.spec.replicas) ? object.spec.replicas : 0) == (has(oldObject.spec.replicas) ? oldObject.spec.replicas : 0)"}
            ],
            "validations": [{
                "expression": format!("variables.sameReplicas || request.userInfo.username in [{}]", accounts.join(", ")),
                "reason": "Forbidden",
                "messageExpression": "'Modelport keeps the replicas of ModelDeployment ' + variables.owner + ' as decided. Scale that instead: kubectl scale mpd ' + variables.owner + ' --replicas=N'"
            }]
        }
    })
}
