//! The ValidatingAdmissionPolicy on nodes: who may write the guarded keys, and what the operator may write of a node.

use serde_json::{Value, json};

use crate::manifest::names::NODE_POLICY;

/// Domain of the guarded keys.
const DOMAIN: &str = "modelport.dev.node-restriction.kubernetes.io/";

/// The policy for the operator's account. Administrators hold the verb `label-place` on nodes by RBAC of their own.
#[must_use]
pub fn policy(operator: &str) -> Value {
    let operator = operator.replace('\'', "");
    let guarded = |object: &str| {
        format!(
            "(has({object}.metadata.labels) ? {object}.metadata.labels : {{}}).transformMapEntry(k, v, k.startsWith('{DOMAIN}'), {{k: v}})"
        )
    };
    let others = |object: &str| {
        format!(
            "(has({object}.metadata.labels) ? {object}.metadata.labels : {{}}).transformMapEntry(k, v, !k.startsWith('{DOMAIN}'), {{k: v}})"
        )
    };
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": NODE_POLICY},
        "spec": {
            // A node must be able to join and to report while this policy is mended.
            "failurePolicy": "Ignore",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["nodes", "nodes/status"], "operations": ["UPDATE"], "scope": "Cluster"}
                ]
            },
            "variables": [
                {"name": "operator", "expression": format!("request.userInfo.username == '{operator}'")},
                {"name": "sameGuarded", "expression": format!("{} == {}", guarded("object"), guarded("oldObject"))},
                {"name": "sameOthers", "expression": format!("{} == {}", others("object"), others("oldObject"))}
            ],
            "validations": [
                {
                    "expression": "variables.sameGuarded || variables.operator || authorizer.group('modelport.dev').resource('nodes').check('label-place').allowed()",
                    "reason": "Forbidden",
                    "message": format!("The labels under {DOMAIN} say where a node stands, which accelerator it has and what covers that. They are written by Modelport, and by administrators who hold the verb label-place on nodes.modelport.dev.")
                },
                {
                    "expression": "!variables.operator || (variables.sameOthers && object.spec == oldObject.spec)",
                    "reason": "Forbidden",
                    "message": format!("Modelport writes of a node the labels under {DOMAIN} and nothing else.")
                }
            ]
        }
    })
}
