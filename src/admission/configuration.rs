//! The ValidatingWebhookConfiguration, as the operator wants it.

use serde_json::{Value, json};

use crate::manifest::names::{
    GROUP, NODE_POLICY, POD_POLICY, SCALE_POLICY, WAIVER_POLICY, WAIVER_WEBHOOK, WEBHOOK, WEBHOOK_CONFIGURATION,
};

/// Seconds that the API server waits for an answer.
pub const WEBHOOK_TIMEOUT_SECONDS: i32 = 3;
/// Path that reviews are sent to.
pub const PATH: &str = "/validate";

/// How the API server reaches the webhook.
#[derive(Clone, Debug)]
pub enum Reach {
    /// Through a Service.
    Service {
        /// Its namespace, which the webhook leaves alone.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// By an address, for an operator outside the cluster.
    Url(String),
}

/// The configuration; `bundle` is base64 of the authorities' certificates.
#[must_use]
pub fn webhook(reach: &Reach, own_namespace: &str, bundle: &str) -> Value {
    let mut client = match reach {
        Reach::Service { namespace, name } => {
            json!({"service": {"namespace": namespace, "name": name, "path": PATH, "port": 443}})
        }
        Reach::Url(url) => json!({"url": format!("{}{PATH}", url.trim_end_matches('/'))}),
    };
    if let Some(map) = client.as_object_mut() {
        map.insert("caBundle".into(), bundle.into());
    }
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": WEBHOOK_CONFIGURATION},
        "webhooks": [{
            "name": WEBHOOK,
            "admissionReviewVersions": ["v1"],
            "clientConfig": client.clone(),
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "sideEffects": "None",
            "timeoutSeconds": WEBHOOK_TIMEOUT_SECONDS,
            "namespaceSelector": {"matchExpressions": [
                {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": [own_namespace]}
            ]},
            "rules": [{
                "apiGroups": [GROUP],
                "apiVersions": ["v1alpha1"],
                "resources": ["modeldeployments"],
                "operations": ["CREATE", "UPDATE"],
                "scope": "Namespaced"
            }],
            "matchConditions": [{
                "name": "a-decided-field-may-have-changed",
                "expression": "request.operation == 'CREATE' || (object.spec != oldObject.spec && !has(object.metadata.deletionTimestamp))"
            }]
        }, {
            // Who may create one is asked in process, by the policy on Waivers; this says early what would have no effect.
            "name": WAIVER_WEBHOOK,
            "admissionReviewVersions": ["v1"],
            "clientConfig": client,
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "sideEffects": "None",
            "timeoutSeconds": WEBHOOK_TIMEOUT_SECONDS,
            "rules": [{
                "apiGroups": [GROUP],
                "apiVersions": ["v1alpha1"],
                "resources": ["waivers"],
                "operations": ["CREATE"],
                "scope": "Cluster"
            }]
        }]
    })
}

/// A binding of one of our policies to everything that it matches.
#[must_use]
pub fn binding(policy: &str) -> Value {
    debug_assert!([POD_POLICY, SCALE_POLICY, NODE_POLICY, WAIVER_POLICY].contains(&policy));
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": policy},
        "spec": {"policyName": policy, "validationActions": ["Deny"]}
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_webhook_matches_our_kinds_alone_and_leaves_its_own_namespace_alone() {
        let made = webhook(&Reach::Url("https://127.0.0.1:9443/".into()), "modelport-system", "YQ==");
        let hook = &made["webhooks"][0];
        assert_eq!(hook["rules"].as_array().unwrap().len(), 1);
        assert_eq!(hook["rules"][0]["resources"], json!(["modeldeployments"]));
        assert_eq!(hook["clientConfig"]["url"], "https://127.0.0.1:9443/validate");
        assert_eq!(hook["failurePolicy"], "Fail");
        assert_eq!(hook["timeoutSeconds"], 3);
        assert_eq!(made["webhooks"].as_array().unwrap().len(), 2);
        let waivers = &made["webhooks"][1];
        assert_eq!(waivers["rules"][0]["resources"], json!(["waivers"]));
        assert_eq!(waivers["rules"][0]["operations"], json!(["CREATE"]), "a record is not changed, and can always go");
        assert_eq!(waivers["failurePolicy"], "Fail");
    }
}
