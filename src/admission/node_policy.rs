//! The ValidatingAdmissionPolicy on nodes: who may write the guarded keys, and what the operator may write of a node.

use serde_json::{Value, json};

use crate::catalog::node_place::COUNTRY_LABEL;
use crate::manifest::names::{LABEL_PLACE_VERB, NODE_DOMAIN as DOMAIN, NODE_POLICY};

/// Labels that a place or an accelerator is read from and that others write by right: a change by the node itself is
/// recorded in the audit log, and never refused, or nodes would not join.
const EVIDENCE: &[&str] = &[
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "node.kubernetes.io/instance-type",
    "nvidia.com/gpu.product",
    "aliyun.accelerator/nvidia_name",
    "accelerator",
    "node.kubernetes.io/npu.chip.name",
];

/// The policy for the operator's account. Administrators hold the verb `label-place` on nodes by RBAC of their own.
/// A country outside of `countries` (ISO 3166-1 alpha-2) is refused from anybody: a template that says `NotIn [FR]` would
/// take a node that says `fr`.
#[must_use]
pub fn policy<'c>(operator: &str, countries: impl IntoIterator<Item = &'c str>) -> Value {
    let countries = countries.into_iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
    let operator = operator.replace('\'', "");
    let guarded = |object: &str| {
        format!(
            "(has({object}.metadata.labels) ? {object}.metadata.labels : {{}}).transformMapEntry(k, v, k.startsWith('{DOMAIN}'), {{k: v}})"
        )
    };
    let evidence = EVIDENCE.iter().map(|key| format!("'{key}'")).collect::<Vec<_>>().join(", ");
    let value = |object: &str| {
        format!("(has({object}.metadata.labels) && k in {object}.metadata.labels ? {object}.metadata.labels[k] : '')")
    };
    let others = |object: &str| {
        format!(
            "(has({object}.metadata.labels) ? {object}.metadata.labels : {{}}).transformMapEntry(k, v, !k.startsWith('{DOMAIN}'), {{k: v}})"
        )
    };
    let country = |object: &str| {
        format!(
            "(has({object}.metadata.labels) && '{COUNTRY_LABEL}' in {object}.metadata.labels ? {object}.metadata.labels['{COUNTRY_LABEL}'] : '')"
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
                    {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["nodes", "nodes/status"], "operations": ["CREATE", "UPDATE"], "scope": "Cluster"}
                ]
            },
            "variables": [
                {"name": "operator", "expression": format!("request.userInfo.username == '{operator}'")},
                {"name": "create", "expression": "request.operation == 'CREATE'"},
                {"name": "sameGuarded", "expression": format!("variables.create ? size({}) == 0 : {} == {}", guarded("object"), guarded("object"), guarded("oldObject"))},
                {"name": "sameOthers", "expression": format!("!variables.create && {} == {}", others("object"), others("oldObject"))},
                {"name": "country", "expression": country("object")},
                {"name": "isCountry", "expression": format!("variables.country == '' || !variables.create && variables.country == {} || variables.country in [{countries}]", country("oldObject"))},
                {"name": "changedEvidence", "expression": format!("variables.create ? [] : [{evidence}].filter(k, {} != {})", value("object"), value("oldObject"))}
            ],
            "validations": [
                {
                    "expression": format!("variables.sameGuarded || variables.operator || authorizer.group('modelport.dev').resource('nodes').check('{LABEL_PLACE_VERB}').allowed()"),
                    "reason": "Forbidden",
                    "message": format!("The labels under {DOMAIN} say where a node stands, which accelerator it has and what covers that. They are written by Modelport, and by administrators who hold the verb {LABEL_PLACE_VERB} on nodes.modelport.dev.")
                },
                {
                    "expression": "variables.isCountry",
                    "reason": "Invalid",
                    "messageExpression": format!("'{COUNTRY_LABEL} says ' + variables.country + ', which is no country code: write ISO 3166-1 alpha-2 in capitals, such as SG or DE.'"),
                    "message": format!("{COUNTRY_LABEL} is a country code of ISO 3166-1 alpha-2 in capitals, such as SG or DE.")
                },
                {
                    "expression": "!variables.operator || (variables.sameOthers && object.spec == oldObject.spec)",
                    "reason": "Forbidden",
                    "message": format!("Modelport writes of a node the labels under {DOMAIN} and nothing else.")
                }
            ],
            "auditAnnotations": [{
                "key": "evidence-changed-by-node",
                "valueExpression": "size(variables.changedEvidence) > 0 && 'system:nodes' in request.userInfo.groups ? variables.changedEvidence.join(', ') : ''"
            }]
        }
    })
}
