//! `spec.usage`: what the model is used for, as its author declares it.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written::{WrittenCountry, YesNo};
pub use crate::catalog::words::{Purpose, Role};

/// What the model is used for. Everything may stay unsaid: it is then first decided as the strictest value, and asked
/// for only where that does not pass.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.sectors) || size(self.sectors) == 1 || !self.sectors.exists(s, s == 'none')")
    .message("sectors: write either [none] or the sectors, not both").reason(Reason::FieldValueInvalid))]
pub struct Usage {
    /// Who is offered the service: `public` (anyone outside, free or paid), `partners`, or `internal` (own staff and processes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Countries of the people served.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 249))]
    pub serves: Vec<WrittenCountry>,
    /// What the use is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whose model it is: `licensee` (runs it under a licence of its own) or `end-user-of-integrated-product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// In production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<YesNo>,
    /// Inference offered to third parties as such (an API, model as a service). Teams of one legal entity are none; another
    /// company of the group is one, unless somebody has read that the licence lets affiliates use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosted_for_third_parties: Option<YesNo>,
    /// The weights, or a product that holds them, are handed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redistributes_weights: Option<YesNo>,
    /// Sectors of use, such as `medical`: `modelport catalog sectors` lists them. `[none]` says that it is in none of the
    /// restricted ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64), pattern("^[a-z0-9-]+$")))]
    pub sectors: Vec<String>,
    /// The outputs train or improve another model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trains_on_outputs: Option<YesNo>,
    /// What is trained on the outputs, where a licence spares some of it; unsaid: any model of another family, handed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained_model: Option<TrainedModel>,
    /// Personal data is processed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_data: Option<YesNo>,
    /// Technical states that someone vouches for, such as `content-filter`, `output-review`, `keeps-provenance`; `[none]`
    /// says that there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64)))]
    pub assurances: Vec<String>,
    /// Acts that some licences name, such as `sublicenses`, or `removes-provenance`; `[none]` says that there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64)))]
    pub acts: Vec<String>,
    /// Framework that the model is used in, such as `livekit-agents`, where a licence asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[a-z0-9-]+$"))]
    pub framework: Option<String>,
    /// Devices at the edge that run it, at most, where a licence asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub edge_devices: Option<i64>,
    /// Tokens that it puts out in a month, at most, where a licence asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub output_tokens_per_month: Option<i64>,
    /// Product that uses the model, as the Licensee's figures of scope `product` name it; unsaid: one of the deployment's
    /// own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub product: Option<String>,
    /// Names of records in the Licensee that this deployment relies on, never the record itself; `[none]` says that it relies
    /// on none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 64)))]
    pub evidence: Vec<String>,
}

impl Usage {
    /// The records relied on, without the word that says that there are none.
    pub fn evidence(&self) -> impl Iterator<Item = &str> {
        self.evidence.iter().map(String::as_str).filter(|name| *name != "none")
    }
}

/// Technical states that licences ask for.
pub const ASSURANCES: [&str; 3] = ["content-filter", "output-review", "keeps-provenance"];

/// Acts that licences name.
pub const ACTS: [&str; 3] =
    ["removes-provenance", "sublicenses", "transfers-derivative-to-unlicensed-commercial-entity"];

/// The model that is trained on the outputs.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TrainedModel {
    /// It is of the same family, or a derivative, of the model that is run here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_family: Option<YesNo>,
    /// What it is; unsaid: a foundation model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TrainedKind>,
    /// It competes with what the licensor offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competes: Option<YesNo>,
    /// It is handed on, or offered to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributed: Option<YesNo>,
}

/// What a trained model is.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TrainedKind {
    /// A foundation model, or one for general purposes.
    FoundationModel,
    /// A large language model that is not a foundation model.
    LanguageModel,
    /// A model that makes images from text, and is no foundation model.
    ImageModel,
    /// Another model, such as a classifier, an embedding or a vision model.
    Other,
}

/// Who is offered the service.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Anyone outside the organisation, free or paid.
    Public,
    /// Named other organisations.
    Partners,
    /// Own staff and processes only.
    Internal,
}

impl Audience {
    /// The word that people write.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Partners => "partners",
            Self::Internal => "internal",
        }
    }
}
