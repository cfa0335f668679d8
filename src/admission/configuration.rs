//! The ValidatingWebhookConfiguration, as the operator wants it.

use serde_json::{Value, json};

use crate::manifest::names::{
    BINDING_WEBHOOK, GROUP, NODE_POLICY, POD_POLICY, REPORT_BINDINGS, SCALE_POLICY, TEMPLATE_POLICY, WAIVER_POLICY,
    WAIVER_WEBHOOK, WEBHOOK, WEBHOOK_CONFIGURATION,
};

/// Seconds that the API server waits for an answer.
pub const WEBHOOK_TIMEOUT_SECONDS: i32 = 3;
/// Path that reviews are sent to.
pub const PATH: &str = "/validate";
/// Path that bindings are reported to.
pub const BINDINGS_PATH: &str = "/report-binding";
/// Seconds that a binding waits for its report.
const BINDING_TIMEOUT_SECONDS: i32 = 1;

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

fn client(reach: &Reach, path: &str, bundle: &str) -> Value {
    let mut client = match reach {
        Reach::Service { namespace, name } => {
            json!({"service": {"namespace": namespace, "name": name, "path": path, "port": 443}})
        }
        Reach::Url(url) => json!({"url": format!("{}{path}", url.trim_end_matches('/'))}),
    };
    if let Some(map) = client.as_object_mut() {
        map.insert("caBundle".into(), bundle.into());
    }
    client
}

/// The report on bindings: never in the way of one, and only in namespaces that ask for it.
fn bindings(reach: &Reach, bundle: &str) -> Value {
    json!({
        "name": BINDING_WEBHOOK,
        "admissionReviewVersions": ["v1"],
        "clientConfig": client(reach, BINDINGS_PATH, bundle),
        "failurePolicy": "Ignore",
        "matchPolicy": "Equivalent",
        "sideEffects": "None",
        "timeoutSeconds": BINDING_TIMEOUT_SECONDS,
        "namespaceSelector": {"matchLabels": {REPORT_BINDINGS: "true"}},
        "rules": [{
            "apiGroups": [""],
            "apiVersions": ["v1"],
            "resources": ["pods/binding"],
            "operations": ["CREATE"],
            "scope": "Namespaced"
        }]
    })
}

/// The configuration; `bundle` is base64 of the authorities' certificates.
#[must_use]
pub fn webhook(reach: &Reach, own_namespace: &str, bundle: &str, report_bindings: bool) -> Value {
    let client = client(reach, PATH, bundle);
    let mut made = json!({
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
    });
    if let (true, Some(hooks)) = (report_bindings, made.get_mut("webhooks").and_then(Value::as_array_mut)) {
        hooks.push(bindings(reach, bundle));
    }
    made
}

/// A binding of one of our policies to everything that it matches.
#[must_use]
pub fn binding(policy: &str) -> Value {
    debug_assert!([POD_POLICY, TEMPLATE_POLICY, SCALE_POLICY, NODE_POLICY, WAIVER_POLICY].contains(&policy));
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
        let made = webhook(&Reach::Url("https://127.0.0.1:9443/".into()), "modelport-system", "YQ==", false);
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

    #[test]
    fn bindings_are_reported_on_where_that_is_switched_on_and_never_held_up() {
        let reach = Reach::Service { namespace: "modelport-system".into(), name: "modelport".into() };
        let made = webhook(&reach, "modelport-system", "YQ==", true);
        assert_eq!(made["webhooks"].as_array().unwrap().len(), 3);
        let hook = &made["webhooks"][2];
        assert_eq!(hook["failurePolicy"], "Ignore");
        assert_eq!(hook["timeoutSeconds"], 1);
        assert_eq!(hook["rules"][0]["resources"], json!(["pods/binding"]));
        assert_eq!(hook["namespaceSelector"]["matchLabels"], json!({"modelport.dev/report-bindings": "true"}));
        assert_eq!(hook["clientConfig"]["service"]["path"], "/report-binding");
    }
}
