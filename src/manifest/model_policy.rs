//! `ModelPolicy`: what holds for the selected namespaces: mode, admission, stopping, licences, places.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, LabelSelector};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::license_rules::{LicenseRules, Strictness};
use super::{placement::PlaceList, selection::Selection, written::WrittenCountry};
use crate::catalog::rule_test::ChipClass;

/// What holds for the selected namespaces. Written by the platform and the legal teams.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "ModelPolicy",
    plural = "modelpolicies",
    category = "modelport",
    status = "ModelPolicyStatus",
    derive = "PartialEq",
    derive = "Default",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Mode", type_ = "string", json_path = ".spec.mode"),
    printcolumn(name = "Admission", type_ = "string", json_path = ".spec.admission"),
    printcolumn(name = "WhenRefused", type_ = "string", json_path = ".spec.whenRefused"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("[has(self.namespaces), has(self.namespaceSelector), has(self.default) && self.default].exists_one(x, x)")
    .message("write exactly one of namespaces, namespaceSelector ({} selects all) and default: true").reason(Reason::FieldValueInvalid))]
pub struct ModelPolicySpec {
    /// Namespaces, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 256),
        inner(length(min = 1, max = 63), regex(pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))
    )]
    pub namespaces: Option<Vec<String>>,
    /// Namespaces, by label; a label that tenants may write is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    /// Replaces the built-in default. It holds everywhere, and the policies that select a namespace can only tighten it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    /// `Enforce` (default) or `Audit`: report only.
    #[serde(default)]
    pub mode: Mode,
    /// `Deny` (default: a refused manifest is not stored) or `Warn` (stored, never run).
    #[serde(default)]
    pub admission: AdmissionMode,
    /// What happens to pods that run when their deployment becomes refused: `Stop` after the grace, or `Warn` and never stop.
    #[serde(default)]
    pub when_refused: WhenRefused,
    /// How long what runs goes on after it became refused, by cause.
    #[serde(default)]
    pub grace: Grace,
    /// Licences and publishers, duties, ages, waivers.
    #[serde(default)]
    pub licenses: LicenseRules,
    /// Places and the rules of places.
    #[serde(default)]
    pub regions: RegionRules,
}

/// Whether a policy is enforced.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It decides.
    #[default]
    Enforce,
    /// It only reports what it would have decided.
    Audit,
}

/// What admission does with a refused manifest.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdmissionMode {
    /// It is not stored.
    #[default]
    Deny,
    /// It is stored with a warning, and no pod starts.
    Warn,
}

/// What happens to running pods whose deployment became refused.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenRefused {
    /// They are stopped after the grace.
    #[default]
    Stop,
    /// They are never stopped.
    Warn,
}

/// How long what runs goes on after it became refused. Numbers with a unit: `10s`, `30m`, `24h`, `30d`.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Grace {
    /// A person withdrew or changed something: a grant, a filing, a waiver, a policy.
    #[serde(default = "day")]
    #[schemars(regex(pattern = "^[0-9]{1,6}[smhd]$"))]
    pub person: String,
    /// Our own catalogue was corrected.
    #[serde(default = "month")]
    #[schemars(regex(pattern = "^[0-9]{1,6}[smhd]$"))]
    pub catalogue: String,
    /// A pod stands in a place that is no longer allowed.
    #[serde(default = "hour")]
    #[schemars(regex(pattern = "^[0-9]{1,6}[smhd]$"))]
    pub place: String,
}

impl Default for Grace {
    fn default() -> Self {
        Self { person: day(), catalogue: month(), place: hour() }
    }
}

fn day() -> String {
    "24h".into()
}
fn month() -> String {
    "30d".into()
}
fn hour() -> String {
    "1h".into()
}

/// Places, and the rules of places.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct RegionRules {
    /// Only here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<PlaceList>,
    /// Never here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny: Option<PlaceList>,
    /// How strictly rules of places are taken. What is not listed: `Warn` for a verified rule, `Off` to refuse for an unverified one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["rule".into()]))]
    pub rules: Vec<RuleMode>,
    /// Nodes of which the country is not known: `Warn` (default: they serve where nothing asks for a country) or `Refuse`
    /// (pods stand only where it is known).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_country: Option<Unknown>,
    /// People who may be served, wherever the pods stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serves: Option<ServedRules>,
    /// Accelerators that pods may use, wherever they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerators: Option<AcceleratorRules>,
    /// What an enforced rule about accelerators takes an unknown one for: `Warn` (default: not controlled, and said) or
    /// `Refuse` (controlled).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_accelerator: Option<Unknown>,
}

/// What is done about something that is not known.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// It is let, and said.
    #[default]
    Warn,
    /// It is refused.
    Refuse,
}

/// People who may be served, by where they are.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ServedRules {
    /// Nobody there.
    pub deny: AreaList,
}

/// Countries and groups of countries.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AreaList {
    /// ISO 3166-1 alpha-2 codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 249))]
    pub countries: Vec<WrittenCountry>,
    /// Groups of countries that the catalogue lists, such as `EU` or `EEA`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 40)))]
    pub groups: Vec<String>,
}

/// Accelerators that pods may use.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorRules {
    /// Only these, and none that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<AcceleratorList>,
    /// Never these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny: Option<AcceleratorList>,
}

/// A list of accelerators: one is in it when any entry names it.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AcceleratorList {
    /// Ids of the catalogue, such as `nvidia-a10`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 128), inner(length(min = 1, max = 63)))]
    pub ids: Vec<String>,
    /// Countries whose product they are, as ISO 3166-1 codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16))]
    pub origins: Vec<WrittenCountry>,
    /// Classes of the catalogue, such as `Export3A090`; one of which the class is not known is not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 8))]
    pub classes: Vec<ChipClass>,
}

/// How strictly one rule, or all rules of a country, are taken.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct RuleMode {
    /// Rule id, such as `cn-genai-filing`; or a country, a group or a state such as `US-CA` for all its verified rules,
    /// which then only warn of internal use where they ask for evidence, and do not ask for sectors.
    #[schemars(length(min = 2, max = 64))]
    pub rule: String,
    /// `Enforce`, `Warn` or `Off`.
    pub mode: RuleStrictness,
}

/// How strictly a rule is taken.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleStrictness {
    /// Not looked at.
    Off,
    /// Reported.
    Warn,
    /// It decides.
    Enforce,
}

/// What the operator found in the object.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ModelPolicyStatus {
    /// `Ready`, with what is wrong in the object if it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

impl ModelPolicySpec {
    /// Which namespaces are selected; a default policy selects none by itself.
    #[must_use]
    pub fn selection(&self) -> Selection<'_> {
        Selection { namespaces: self.namespaces.as_deref(), selector: self.namespace_selector.as_ref() }
    }
}

/// Seconds of a duration such as `10s`, `30m`, `24h`, `30d`; nothing for anything else.
#[must_use]
pub fn seconds(duration: &str) -> Option<i64> {
    let unit = duration.chars().last()?;
    let number: i64 = duration.strip_suffix(unit)?.parse().ok().filter(|n| (0..=999_999).contains(n))?;
    Some(
        number
            * match unit {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                _ => return None,
            },
    )
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_duration_is_a_number_with_a_unit() {
        assert_eq!(seconds("10s"), Some(10));
        assert_eq!(seconds("30d"), Some(2_592_000));
        for bad in ["", "s", "10", "-1s", "10 s", "1w", "é"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
