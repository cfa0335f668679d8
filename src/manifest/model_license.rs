//! `ModelLicense`: which licence a model is under, or the terms of a licence; adds to the catalogue or overrides by id.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::license::License;

/// A licence's terms, or which models are under it. Written by the legal or the platform team.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "modelport.dev",
    version = "v1alpha1",
    kind = "ModelLicense",
    plural = "modellicenses",
    category = "modelport",
    status = "ModelLicenseStatus",
    derive = "PartialEq",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "License", type_ = "string", json_path = ".spec.license"),
    printcolumn(name = "Overrides", type_ = "boolean", json_path = ".spec.overrides"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.terms) || has(self.models) || has(self.reviews)")
    .message("write terms (a licence's own), models (which models are under the licence), or reviews (who read it)").reason(Reason::FieldValueRequired))]
#[x_kube(validation = Rule::new("!has(self.terms) || self.terms.id == self.license")
    .message("terms.id and license name the same licence").reason(Reason::FieldValueInvalid))]
pub struct ModelLicenseSpec {
    /// Licence id: an SPDX id or `LicenseRef-...`.
    #[schemars(length(min = 1, max = 128))]
    pub license: String,
    /// Models under this licence, such as `example/merge-7b`; a trailing `*` stands for any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 256), inner(length(min = 3, max = 192)))]
    pub models: Vec<String>,
    /// The licence's terms, for one that the catalogue lacks, or with `overrides` in place of the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<License>,
    /// These terms replace those that the catalogue has under the same id.
    #[serde(default)]
    pub overrides: bool,
    /// Who read the text and when. With `models`, a review counts for these only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub reviews: Vec<Review>,
}

/// That a person read a licence text.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Who.
    #[schemars(length(min = 1, max = 128))]
    pub by: String,
    /// Day, YYYY-MM-DD.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub date: String,
    /// Where the review is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub reference: Option<String>,
    /// SHA-256 of the text read.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::hash::bare")]
    #[schemars(regex(pattern = "^(sha256:)?[0-9a-f]{64}$"))]
    pub text_sha256: Option<String>,
    /// SHA-256 of the catalogue's entry that was reviewed, as `modelport catalog licenses ID` prints it: a review of an
    /// entry that has changed since is outdated.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::hash::bare")]
    #[schemars(regex(pattern = "^(sha256:)?[0-9a-f]{64}$"))]
    pub entry_sha256: Option<String>,
}

/// What the operator found in the object.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ModelLicenseStatus {
    /// `Ready`, with what is wrong in the object if it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}
