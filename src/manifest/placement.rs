//! `spec.placement`: where the pods may stand, and the same lists in a ModelPolicy.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written::WrittenCountry;

/// Where the pods may stand.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Places allowed; absent means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<PlaceList>,
    /// Places excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny: Option<PlaceList>,
    /// Further node labels to match. The keys under `modelport.dev.node-restriction.kubernetes.io` are not for here: use allow.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("!self.exists(k, k.startsWith('modelport.dev.node-restriction.kubernetes.io'))")
        .message("nodeSelector: places are written in placement.allow and placement.deny").reason(Reason::FieldValueForbidden))]
    pub node_selector: BTreeMap<String, String>,
    /// Taints that the pods tolerate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub tolerations: Vec<Toleration>,
}

/// A list of places. To allow, the kinds that are written hold together: countries [CN] and providers [alibaba] is Alibaba
/// in China. To deny, each entry is denied by itself: all of China, and all of Alibaba.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PlaceList {
    /// ISO 3166-1 alpha-2 codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 249))]
    pub countries: Vec<WrittenCountry>,
    /// Groups of countries that the catalogue lists, such as `EU` or `EEA`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 40)))]
    pub groups: Vec<String>,
    /// Providers that the catalogue lists, such as `alibaba` or `aws`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 40)))]
    pub providers: Vec<String>,
    /// Regions, each with its provider: the same region name is another country on another provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64))]
    pub regions: Vec<Region>,
}

/// A provider's region.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Provider, such as `aws`.
    #[schemars(length(min = 1, max = 40))]
    pub provider: String,
    /// Region, such as `ap-southeast-1`.
    #[schemars(length(min = 1, max = 63))]
    pub region: String,
}

/// A taint that the pods tolerate.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Toleration {
    /// Taint key; absent with operator Exists tolerates all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub key: Option<String>,
    /// `Exists` or `Equal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^(Exists|Equal)$"))]
    pub operator: Option<String>,
    /// Taint value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub value: Option<String>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^(NoSchedule|PreferNoSchedule|NoExecute)$"))]
    pub effect: Option<String>,
}
