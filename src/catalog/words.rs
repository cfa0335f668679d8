//! Words shared by licences, rules and manifests.
//!
//! One rule for their spelling: a word that a person also writes in a manifest to say something about the world (a
//! purpose, a kind of organisation, a metric) is kebab-case; a word of Modelport's own structure (an effect, a scope,
//! a comparator) is PascalCase, as in Kubernetes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Yes or no, said by a person. Never a bare boolean, which YAML 1.1 readers mistake for a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl YesNo {
    /// Whether this is `Yes`.
    #[must_use]
    pub fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// An answer read in a text, or the fact that nobody looked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Answer {
    /// The text says yes.
    Yes,
    /// The text says no, or says nothing where it would have to.
    No,
    /// Yes with conditions, which the detail gives.
    Conditional,
    /// Nobody looked: a missing fact, never a no.
    NotChecked,
}

/// What a model is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// For commercial advantage: products, services, paid or free.
    Commercial,
    /// Without commercial advantage, and not research.
    NonCommercial,
    /// For the organisation's own work, offered to nobody. Licences count it as commercial use.
    InternalBusiness,
    /// Non-commercial research.
    Research,
    /// Trying the model out, outside production.
    Evaluation,
    /// A natural person's own, unpaid use.
    Personal,
}

/// How a model is offered. A deployment may be several of these at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfferMode {
    /// Nobody outside the organisation reaches it.
    Internal,
    /// Inside a product or service of the licensee's own, for people outside.
    EmbeddedProduct,
    /// The model itself, by API, for third parties.
    HostedService,
    /// Shared inference of models as a business.
    ModelAsAService,
    /// The weights are handed on.
    WeightsRedistribution,
    /// Third parties fine-tune it through the licensee.
    FineTuningService,
}

/// What kind of organisation or person the licensee is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LicenseeKind {
    /// A company.
    Company,
    /// A single person.
    NaturalPerson,
    /// A non-profit body.
    Nonprofit,
    /// A university or research body.
    Academic,
    /// A public authority.
    Government,
}

/// A business that a licence singles out; the licensee's own and its affiliates' count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BusinessType {
    /// Offers inference or fine-tuning of models to others as a business.
    ModelAsAService,
    /// Offers an AI assistant for work: coding, office.
    AiWorkAssistant,
    /// Provides software services.
    SoftwareProvider,
    /// Provides cloud services.
    CloudProvider,
    /// Image generation or editing is a core business.
    ImageGeneration,
}

impl BusinessType {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ModelAsAService,
        Self::AiWorkAssistant,
        Self::SoftwareProvider,
        Self::CloudProvider,
        Self::ImageGeneration,
    ];

    /// The word that people write.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ModelAsAService => "model-as-a-service",
            Self::AiWorkAssistant => "ai-work-assistant",
            Self::SoftwareProvider => "software-provider",
            Self::CloudProvider => "cloud-provider",
            Self::ImageGeneration => "image-generation",
        }
    }
}

/// In which role the organisation runs the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the model under its licence.
    Licensee,
    /// Received the model inside a finished product that somebody else built.
    EndUserOfIntegratedProduct,
}

/// A figure about an organisation or a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MetricName {
    /// People who used a product or service in a month.
    MonthlyActiveUsers,
    /// Unique users in a month, as Playground's text counts them.
    MonthlyUniqueUsers,
    /// Visits in a month.
    MonthlyVisits,
    /// People who used a product or service on a day.
    DailyActiveUsers,
    /// Revenue of a year.
    AnnualRevenue,
    /// Revenue of a month.
    MonthlyRevenue,
    /// Annual recurring revenue.
    AnnualRecurringRevenue,
    /// Revenue that the use of the model brought in.
    AttributableRevenue,
    /// Revenue added up over the months that the window names.
    AggregateRevenue,
}

impl MetricName {
    /// Whether the figure is money, and so has a currency.
    #[must_use]
    pub fn is_money(self) -> bool {
        match self {
            Self::MonthlyActiveUsers | Self::MonthlyUniqueUsers | Self::MonthlyVisits | Self::DailyActiveUsers => false,
            Self::AnnualRevenue
            | Self::MonthlyRevenue
            | Self::AnnualRecurringRevenue
            | Self::AttributableRevenue
            | Self::AggregateRevenue => true,
        }
    }
}

/// Whose figures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The licensee alone.
    Licensee,
    /// The licensee and its affiliates.
    Group,
    /// The one product or service that uses the model.
    Product,
    /// The licensee's group or, for a natural person, the employer's.
    Employer,
}

/// What a model takes in or gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Modality {
    /// Text in, text out.
    Text,
    /// Text together with images, sound or video.
    Multimodal,
    /// Images.
    Vision,
    /// Speech and sound.
    Audio,
    /// Video.
    Video,
    /// 3D shapes and worlds.
    ThreeD,
}

/// What a model makes besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// Images.
    Image,
    /// Video.
    Video,
    /// Speech, music and sound.
    Audio,
    /// 3D shapes and worlds.
    ThreeD,
}

/// Where a repository lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Hub {
    /// huggingface.co.
    HuggingFace,
    /// modelscope.cn.
    ModelScope,
}

impl Hub {
    /// The scheme in a source.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::HuggingFace => "hf",
            Self::ModelScope => "modelscope",
        }
    }

    /// Where the hub stands unless a setting says otherwise.
    #[must_use]
    pub fn default_endpoint(self) -> &'static str {
        match self {
            Self::HuggingFace => "https://huggingface.co",
            Self::ModelScope => "https://modelscope.cn",
        }
    }

    /// The branch that is meant when nobody names one.
    #[must_use]
    pub fn default_revision(self) -> &'static str {
        match self {
            Self::HuggingFace => "main",
            Self::ModelScope => "master",
        }
    }
}

/// JSON schema of a calendar date, `YYYY-MM-DD`.
#[must_use]
pub fn date_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date"})
}

/// JSON schema of a count or an amount in whole units.
#[must_use]
pub fn amount_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "integer", "format": "int64", "minimum": 0})
}

/// JSON schema of a list of countries and groups of countries.
#[must_use]
pub fn areas_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,40}$"}})
}
