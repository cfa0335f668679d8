//! The questions that a term of a licence can ask.
//!
//! An [`Atom`] has exactly one member set, as a Kubernetes volume source has, so that the same type is a line of our
//! YAML and a structural schema. [`Atom::predicate`] turns it into the [`super::Predicate`] that the decision matches on: a
//! new kind of question does not compile until every place that evaluates it knows it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{
    BusinessType, LicenseeKind, MetricName, OfferMode, Purpose, Role, Scope, YesNo, amount_schema, areas_schema,
    date_schema,
};

/// One question about the deployment or its licensee. Exactly one member is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Atom {
    /// What the model is used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeTest>,
    /// Whether it is used in production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<YesNo>,
    /// A figure against a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<MetricTest>,
    /// Where the licensee sits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatTest>,
    /// Where the model runs and where its outputs go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceTest>,
    /// How it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferTest>,
    /// Who the licensee is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licensee: Option<LicenseeTest>,
    /// Which sectors or acts it is used in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<SectorTest>,
    /// Whether another model is trained on its outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trains_on_outputs: Option<TrainingTest>,
    /// A technical state or an act that somebody vouches for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateTest>,
    /// In which role the organisation runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleTest>,
    /// Whether a policy of the licensor is on record as followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyTest>,
    /// A term that nobody read: never true and never false, always a missing fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadTerm>,
}

/// Purposes in a list, or outside of it. Exactly one of the two is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PurposeTest {
    /// Holds for these purposes.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Purpose>,
    /// Holds for every purpose but these.
    #[serde(default, rename = "notIn", skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Purpose>,
}

impl PurposeTest {
    /// Whether the test holds for a purpose.
    #[must_use]
    pub fn holds(&self, purpose: Purpose) -> bool {
        if self.outside.is_empty() { self.within.contains(&purpose) } else { !self.outside.contains(&purpose) }
    }
}

/// A figure compared with a constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricTest {
    /// Which figure.
    pub name: MetricName,
    /// Strictly above, or at the limit already.
    pub comparator: Comparator,
    /// The limit, in whole units.
    #[schemars(schema_with = "amount_schema")]
    pub value: u64,
    /// ISO 4217 code, for money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whose figure.
    pub scope: Scope,
    /// The country whose people are counted, ISO 3166-1; absent: people anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    pub country: Option<String>,
    /// Over what time.
    pub window: Window,
    /// The date at which the question is frozen: the window is the one before this date, whatever comes later. Absent:
    /// asked again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "date_schema")]
    pub frozen_at: Option<Date>,
    /// Which products count, in the words of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<String>,
}

/// The comparison that triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Comparator {
    /// Above the limit; the limit itself is still free.
    GreaterThan,
    /// The limit or more.
    AtLeast,
}

impl Comparator {
    /// Whether a figure triggers the test.
    #[must_use]
    pub fn triggers(self, figure: u64, limit: u64) -> bool {
        match self {
            Self::GreaterThan => figure > limit,
            Self::AtLeast => figure >= limit,
        }
    }
}

/// The time that a figure covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Window {
    /// The calendar month before the date asked about.
    CalendarMonth,
    /// A month; the text does not say which. Read as the newest whole one.
    Month,
    /// A day; read as the newest.
    Day,
    /// The calendar year before the date asked about.
    CalendarYear,
    /// A year; the text does not say whether calendar, financial or trailing.
    Year,
    /// The twelve months before the date asked about.
    TrailingTwelveMonths,
    /// Any twelve months in a row: the highest sum counts.
    AnyTwelveConsecutiveMonths,
    /// The yearly rate now.
    AnnualRate,
    /// The text says nothing of time.
    Unspecified,
}

/// The licensee's seat: principal place of business of a company, domicile of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeatTest {
    /// Countries and groups of countries.
    #[serde(rename = "in")]
    #[schemars(schema_with = "areas_schema")]
    pub within: Vec<String>,
    /// Which models of the licence the term covers.
    pub modality: ModalityScope,
}

/// Which models of a licence a term covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum ModalityScope {
    /// Every model.
    Any,
    /// Only models that are not text in, text out.
    Multimodal,
}

/// The place of what is done: nodes, people served, outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceTest {
    /// Countries and groups of countries.
    #[serde(rename = "in")]
    #[schemars(schema_with = "areas_schema")]
    pub within: Vec<String>,
    /// Which acts the text binds to the place.
    pub covers: Vec<Act>,
}

impl PlaceTest {
    /// Whether the place of the nodes decides.
    #[must_use]
    pub fn asks_for_nodes(&self) -> bool {
        self.covers.contains(&Act::Use)
    }

    /// Whether the place of the people who are served, or who see the outputs, decides.
    #[must_use]
    pub fn asks_for_people_served(&self) -> bool {
        self.covers.iter().any(|act| matches!(act, Act::Outputs | Act::Display | Act::Distribution))
    }
}

/// An act that a licence binds to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Act {
    /// Running the model.
    Use,
    /// Copying it.
    Reproduction,
    /// Changing it.
    Modification,
    /// Handing it on.
    Distribution,
    /// Showing it.
    Display,
    /// Giving or using what it puts out.
    Outputs,
}

/// How the model is offered: holds when the deployment is offered in one of these modes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfferTest {
    /// The modes.
    #[serde(rename = "in")]
    pub within: Vec<OfferMode>,
}

/// Who the licensee is: every member that is set must match, own and affiliates' businesses count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LicenseeTest {
    /// One of these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<LicenseeKind>,
    /// One of these businesses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub business_types: Vec<BusinessType>,
    /// Competes with one of these companies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub competes_with: Vec<String>,
}

/// Sectors and acts, by the ids of the catalogue's own list: holds when one of them is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SectorTest {
    /// The sectors.
    #[serde(rename = "in")]
    pub within: Vec<String>,
}

/// Training another model on what this one puts out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainingTest {
    /// What kind of model is trained.
    pub target: TrainingTarget,
    /// Whether training the licence's own family, or its derivatives, is spared.
    pub own_family_spared: YesNo,
    /// Whether only a trained model that is handed on or offered counts.
    pub only_if_distributed: YesNo,
}

/// The kind of model that may not be trained on outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum TrainingTarget {
    /// Any AI model.
    AnyModel,
    /// A large language model.
    LanguageModel,
    /// A foundation model.
    FoundationModel,
    /// A model that competes with the licensor's.
    CompetingModel,
    /// A model that makes images from text.
    ImageModel,
}

/// A state or an act: exactly one of `is`, `isNot` and `above` is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateTest {
    /// Which state.
    pub name: StateName,
    /// Holds when the state is so.
    #[serde(default, rename = "is", skip_serializing_if = "Option::is_none")]
    pub answer: Option<YesNo>,
    /// Holds when the state is another word than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_not: Option<String>,
    /// Holds when the number is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "amount_schema")]
    pub above: Option<u64>,
}

/// States and acts that somebody vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StateName {
    /// A content filter stands before the outputs.
    ContentFilter,
    /// A person reviews each output before it is handed on.
    OutputReview,
    /// Watermark, provenance, safety and disclosure features are left in place.
    KeepsProvenance,
    /// The framework that the model runs in.
    Framework,
    /// How many edge devices run it.
    EdgeDevices,
    /// How many tokens it puts out in a month.
    OutputTokensPerMonth,
    /// The right to use it commercially is licensed on to others.
    Sublicenses,
    /// A derivative is handed to a commercial entity that has no paid licence.
    TransfersDerivativeToUnlicensedCommercialEntity,
}

/// The role of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleTest {
    /// Holds in this role.
    #[serde(rename = "is")]
    pub role: Role,
}

/// A policy of the licensor that must be on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyTest {
    /// Holds when no record says that this policy is followed.
    pub not_followed: String,
}

/// A term that nobody read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnreadTerm {
    /// What was not read, and where it can be.
    pub what: String,
}
