//! `Waiver`: a time-limited, recorded exception to named findings, for one deployment by its UID and model.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{Reason, shape::end_of};

/// Longest time that a Waiver lets something pass, from its creation. A longer exception is a change of a policy, or a
/// fact to record.
pub const MAX_WAIVER_DAYS: i64 = 30;

/// A time-limited, recorded exception for one deployment. Written by who holds the verb `waive` on the policy; it is
/// never changed, and ends early by being deleted.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "Waiver",
    plural = "waivers",
    category = "modelport",
    status = "WaiverStatus",
    derive = "PartialEq",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Namespace", type_ = "string", json_path = ".spec.deployment.namespace"),
    printcolumn(name = "Deployment", type_ = "string", json_path = ".spec.deployment.name"),
    printcolumn(name = "Waives", type_ = "string", json_path = ".spec.findings[*].code"),
    printcolumn(name = "Until", type_ = "string", json_path = ".spec.until"),
    printcolumn(name = "ApprovedBy", type_ = "string", json_path = ".spec.approvedBy"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self == oldSelf")
    .message("a Waiver is a record and is not changed; to end it delete it, and for another exception create another").reason(Reason::FieldValueForbidden))]
pub struct WaiverSpec {
    /// Which deployment. One that is deleted and made anew has another UID, and needs another Waiver.
    pub deployment: WaivedDeployment,
    /// The model, by its repository, as the decision names it: `status.model.name` of the deployment.
    #[schemars(length(min = 1, max = 192))]
    pub model: String,
    /// The ModelPolicy under which it is waived: it holds for the namespace, and lets these findings be waived.
    #[schemars(length(min = 1, max = 253))]
    pub policy: String,
    /// What is let pass.
    #[schemars(length(min = 1, max = 16))]
    pub findings: Vec<WaivedFinding>,
    /// Why, for who reads the record later.
    #[schemars(length(min = 10, max = 512))]
    pub reason: String,
    /// Until when: an instant in RFC 3339, or a day in UTC, which is included. At most 30 days after the creation.
    #[schemars(regex(
        pattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
    ))]
    pub until: String,
    /// Who approves it: the user who creates it, as the API server knows him; another name is not stored.
    #[schemars(length(min = 1, max = 512))]
    pub approved_by: String,
}

/// A deployment, by name and UID.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct WaivedDeployment {
    /// Its namespace.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Its `metadata.uid`.
    #[schemars(length(min = 1, max = 64))]
    pub uid: String,
}

/// A finding that is let pass.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct WaivedFinding {
    /// Its code, such as `FilingMissing`.
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[A-Za-z]+$"))]
    pub code: String,
    /// What it is about, such as a licence's short name or a rule's id; absent: all findings of this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub about: Option<String>,
}

/// What the operator found in the object.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WaiverStatus {
    /// Findings that it lets pass at present.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waives: Vec<String>,
    /// `Ready`: in force, expired, or void and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

impl WaiverSpec {
    /// The first instant at which it is no longer in force; nothing where `until` cannot be read.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        end_of(&self.until).ok()
    }

    /// Whether it names this finding.
    #[must_use]
    pub fn names(&self, reason: Reason, about: &str) -> bool {
        self.findings.iter().any(|finding| {
            finding.code == reason.code()
                && finding.about.as_deref().is_none_or(|written| written.eq_ignore_ascii_case(about))
        })
    }
}

/// The latest end of a Waiver created at this instant.
#[must_use]
pub fn latest_end(created: Timestamp) -> Timestamp {
    created.checked_add(SignedDuration::from_hours(MAX_WAIVER_DAYS * 24)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_named_by_its_code_and_where_written_by_what_it_is_about() {
        let finding =
            |code: &str, about: Option<&str>| WaivedFinding { code: code.into(), about: about.map(Into::into) };
        let spec = WaiverSpec {
            deployment: WaivedDeployment::default(),
            model: "a/b".into(),
            policy: "p".into(),
            findings: vec![finding("FilingMissing", Some("cn-genai-filing")), finding("UserThreshold", None)],
            reason: "it is late".into(),
            until: "2026-11-30".into(),
            approved_by: "alice".into(),
        };
        assert!(spec.names(Reason::FilingMissing, "CN-genai-filing"));
        assert!(!spec.names(Reason::FilingMissing, "another-rule"));
        assert!(spec.names(Reason::UserThreshold, "Llama 2"));
        assert!(!spec.names(Reason::SeatMissing, "Llama 2"));
        assert_eq!(spec.end(), Some("2026-12-01T00:00:00Z".parse().unwrap()), "the day is included");
    }
}
