//! The ValidatingAdmissionPolicy on Waivers: who may create one. In process in the API server, needing no server of ours.
//!
//! The very requester is asked for, not a name that a webhook of ours once saw: a Waiver that is stored has passed this,
//! with our webhook deleted or down as well. ModelPolicy is a cluster-scoped kind, so a RoleBinding cannot grant a verb
//! on it: who holds `*` in a namespace does not hold `waive`.

use serde_json::{Value, json};

use crate::manifest::{
    names::{WAIVE_VERB, WAIVER_POLICY},
    waiver::MAX_WAIVER_DAYS,
};

/// The policy.
#[must_use]
pub fn policy() -> Value {
    let hours = MAX_WAIVER_DAYS * 24;
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": WAIVER_POLICY},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "matchPolicy": "Equivalent",
                "resourceRules": [
                    {"apiGroups": ["modelport.dev"], "apiVersions": ["v1alpha1"], "resources": ["waivers"], "operations": ["CREATE", "UPDATE"], "scope": "Cluster"}
                ]
            },
            "variables": [
                {"name": "create", "expression": "request.operation == 'CREATE'"},
                // A day is included; an instant is itself.
                {"name": "end", "expression": "size(object.spec.until) == 10 ? timestamp(object.spec.until + 'T00:00:00Z') + duration('24h') : timestamp(object.spec.until)"}
            ],
            "validations": [
                {
                    "expression": format!("!variables.create || authorizer.group('modelport.dev').resource('modelpolicies').name(object.spec.policy).check('{WAIVE_VERB}').allowed()"),
                    "reason": "Forbidden",
                    "messageExpression": format!("'user ' + request.userInfo.username + ' does not hold the verb {WAIVE_VERB} on modelpolicies.modelport.dev/' + object.spec.policy + '. A cluster administrator grants it: kubectl create clusterrole waive-' + object.spec.policy + ' --verb={WAIVE_VERB} --resource=modelpolicies.modelport.dev --resource-name=' + object.spec.policy + ' && kubectl create clusterrolebinding waive-' + object.spec.policy + ' --clusterrole=waive-' + object.spec.policy + ' --user=USER'")
                },
                {
                    "expression": "!variables.create || object.spec.approvedBy == request.userInfo.username",
                    "reason": "Forbidden",
                    "messageExpression": "'spec.approvedBy is ' + object.spec.approvedBy + ', and the one who creates it is ' + request.userInfo.username + '. Write approvedBy: ' + request.userInfo.username"
                },
                {
                    "expression": format!("!variables.create || variables.end <= timestamp(object.metadata.creationTimestamp) + duration('{hours}h')"),
                    "reason": "Invalid",
                    "message": format!("spec.until is more than {MAX_WAIVER_DAYS} days after the creation. What lasts longer is a change of the policy, or a fact to record.")
                },
                {
                    "expression": "variables.create || object.spec == oldObject.spec",
                    "reason": "Forbidden",
                    "message": "A Waiver is a record and is not changed. To end it: kubectl delete waiver NAME. For another exception create another."
                }
            ]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requester_is_asked_for_on_the_policy_that_the_waiver_names() {
        let made = policy();
        let first = made["spec"]["validations"][0]["expression"].as_str().unwrap();
        assert!(first.contains(".name(object.spec.policy).check('waive').allowed()"), "{first}");
        assert_eq!(made["spec"]["failurePolicy"], "Fail");
        assert_eq!(made["spec"]["matchConstraints"]["resourceRules"][0]["operations"], json!(["CREATE", "UPDATE"]));
    }

    #[test]
    fn no_expression_is_longer_than_the_api_server_takes() {
        for validation in policy()["spec"]["validations"].as_array().unwrap() {
            for field in ["expression", "messageExpression"] {
                assert!(validation[field].as_str().unwrap_or_default().len() < 1024, "{validation}");
            }
        }
    }
}
