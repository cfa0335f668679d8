//! `Licensee`: the organisation behind the selected namespaces, its figures and its records.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, LabelSelector};
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    record::{Metric, Record},
    selection::Selection,
    written::WrittenCountry,
};
pub use crate::catalog::words::LicenseeKind;

/// The organisation behind the selected namespaces. Written by the legal or the platform team, once.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "Licensee",
    plural = "licensees",
    category = "modelport",
    status = "LicenseeStatus",
    derive = "PartialEq",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.kind"),
    printcolumn(name = "Seat", type_ = "string", json_path = ".spec.seat"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.namespaces) != has(self.namespaceSelector)")
    .message("write exactly one of namespaces and namespaceSelector ({} selects all)").reason(Reason::FieldValueInvalid))]
pub struct LicenseeSpec {
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
    /// What the organisation is.
    pub kind: LicenseeKind,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub display_name: Option<String>,
    /// Day it was founded, YYYY-MM-DD: an organisation had no users before. It says nothing of a parent in another country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub founded: Option<String>,
    /// Country of the principal place of business (company) or domicile (person).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<WrittenCountry>,
    /// Country of the headquarters of the ultimate parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headquarters: Option<WrittenCountry>,
    /// For a natural person: the employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub employer: Option<String>,
    /// Own and affiliates' businesses that licences name, such as `cloud-provider`; `[none]` for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64)))]
    pub business_types: Vec<String>,
    /// Organisations that it competes with, where a licence asks; `[none]` for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64)))]
    pub competes_with: Vec<String>,
    /// Figures, each with the period it speaks of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub metrics: Vec<Metric>,
    /// Licence texts accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub accepted: Vec<Record>,
    /// Registrations with a licensor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub registered: Vec<Record>,
    /// Licences granted by a licensor beyond the public text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub separate_licenses: Vec<Record>,
    /// Use policies that the organisation follows, and duties of licences that it meets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub follows_policy: Vec<Record>,
    /// Filings with an authority; `rule` says which rule they answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub filings: Vec<Record>,
    /// Rules, terms and duties of licences that do not apply, each with who decided it and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub not_applicable: Vec<Record>,
}

/// What the operator found in the object.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LicenseeStatus {
    /// `Ready`, with what is wrong in the object if it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

impl LicenseeSpec {
    /// One that says nothing yet but for which namespaces it is.
    #[must_use]
    pub fn of(namespaces: Vec<String>, kind: LicenseeKind) -> Self {
        Self {
            namespaces: Some(namespaces),
            namespace_selector: None,
            kind,
            display_name: None,
            founded: None,
            seat: None,
            headquarters: None,
            employer: None,
            business_types: Vec::new(),
            competes_with: Vec::new(),
            metrics: Vec::new(),
            accepted: Vec::new(),
            registered: Vec::new(),
            separate_licenses: Vec::new(),
            follows_policy: Vec::new(),
            filings: Vec::new(),
            not_applicable: Vec::new(),
        }
    }

    /// Which namespaces are selected.
    #[must_use]
    pub fn selection(&self) -> Selection<'_> {
        Selection { namespaces: self.namespaces.as_deref(), selector: self.namespace_selector.as_ref() }
    }

    /// Every record list with its field name, in the order of the schema.
    #[must_use]
    pub fn records(&self) -> [(&'static str, &[Record]); 6] {
        [
            ("accepted", &self.accepted),
            ("registered", &self.registered),
            ("separateLicenses", &self.separate_licenses),
            ("followsPolicy", &self.follows_policy),
            ("filings", &self.filings),
            ("notApplicable", &self.not_applicable),
        ]
    }
}
