//! A licence: one version of one text, or a combination of several.
//!
//! The same type is an entry of the built-in catalogue and the terms of a ModelLicense object, so an object of the same
//! id replaces an entry. It carries what was read, in our own words, with the clause and the source of each.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::obligation::Obligation;
use super::words::{Answer, YesNo, date_schema};

/// A licence and its terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct License {
    /// SPDX id, or `LicenseRef-...`.
    pub id: String,
    /// The title of the text.
    pub name: String,
    /// As people say it: "Llama 2".
    pub short: String,
    /// The version, where the text has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who wrote it.
    pub publisher: String,
    /// Whether it is one text, several texts together, or a declaration that names none.
    #[serde(default)]
    pub kind: LicenseKind,
    /// What sort of licence it is, for lists of what is allowed and for people.
    pub class: Class,
    /// Since when it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "date_schema")]
    pub released: Option<Date>,
    /// How that date is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_basis: Option<DateBasis>,
    /// Where the text is, and what was read.
    pub text: Text,
    /// How much of the text was read.
    pub verification: Verification,
    /// On what the reading rests.
    pub evidence: Evidence,
    /// How model cards name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<HubTag>,
    /// The licences that apply together, when this is a combination: they decide, each with its own terms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<Member>,
    /// The entry that replaced it under the same repository names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// Terms that can stand in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What a permitted deployment owes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// The acceptable use policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_restrictions: Option<UseRestrictions>,
    /// What may be done with outputs.
    pub outputs: Outputs,
    /// What the text says of hosting for third parties.
    pub hosting: Hosting,
    /// How it is accepted.
    pub acceptance: Acceptance,
    /// Whether what was granted can be taken back from who keeps to the terms; absent where the text does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// What ends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub termination: Vec<String>,
    /// What becomes of fine-tunes, adapters, merges and quantisations.
    pub inheritance: Inheritance,
    /// Handing the model on, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redistribution: Option<String>,
    /// Which law governs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governing_law: Option<String>,
    /// What declarations seen in the wild contradict it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared_conflicts: Vec<String>,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Where it was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl License {
    /// A condition as a sentence without its end: "Llama 2 (clause 2) asks for a licence from Meta above ...".
    #[must_use]
    pub fn says(&self, condition: &Condition) -> String {
        match condition.cite() {
            Some(clause) => format!("{} ({clause}) {}", self.short, condition.sentence),
            None => format!("{} {}", self.short, condition.sentence),
        }
    }
}

/// What an entry stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum LicenseKind {
    /// One version of one text.
    #[default]
    License,
    /// Several texts that apply together.
    Composite,
    /// A declaration that does not say which text applies, such as the card tag `other`.
    Ambiguous,
}

/// What sort of licence it is. A summary: only conditions decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Class {
    /// Approved by the Open Source Initiative, or a public-domain dedication of the same effect.
    Osi,
    /// Permissive, and not on the OSI's list.
    Permissive,
    /// Copyleft: changes are handed on under the same text.
    Copyleft,
    /// Commercial use without thresholds, within a list of uses that are banned.
    UseRestricted,
    /// A publisher's own text with thresholds, places, registrations or other gates on who may use it.
    Community,
    /// No commercial use.
    NonCommercial,
    /// Research only.
    ResearchOnly,
    /// Which text applies is not known.
    Unknown,
}

/// How a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum DateBasis {
    /// The text or its publisher gives it.
    Publisher,
    /// It is that of a commit or a stored copy.
    Snapshot,
    /// Somebody else reports it.
    Secondary,
    /// Background knowledge.
    Background,
    /// Not known.
    Unknown,
}

/// Where the text is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Text {
    /// Its address. Mutable, so a hash is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was read: a date or a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// SHA-256 of the text that was read; absent where the text was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// How much of a text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Verification {
    /// All of it.
    FullText,
    /// The clauses behind the terms recorded here.
    OperativeClauses,
    /// None of it: what is recorded is hearsay, and what is not recorded is not known. Such an entry carries a
    /// condition with an `unread` atom, so that the evaluation needs no rule for it.
    NotVerified,
}

/// On what a reading rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Evidence {
    /// The publisher's own file.
    PublishersText,
    /// The full text in a licence database.
    VerbatimCopy,
    /// Clauses of the publisher's text.
    PublishersExcerpt,
    /// Quoted by somebody else.
    QuotedElsewhere,
    /// Background knowledge.
    Background,
    /// A reading recorded by the organisation itself in a ModelLicense.
    OwnReview,
}

/// The front matter of a model card that names this licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HubTag {
    /// `license`.
    pub license: String,
    /// `license_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license_name: Option<String>,
}

/// A part of a combination. Exactly one of `license`, `policy`, `own` and `byBaseModel` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// Another entry, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// A use policy of the publisher, described in `useRestrictions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The entry's own conditions count beside those of the other members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<YesNo>,
    /// The base model decides which entry: the first pattern that fits its repository name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_base_model: Vec<ByBaseModel>,
}

/// Which licence a base model brings along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ByBaseModel {
    /// A repository name, or the beginning of one followed by `*`.
    pub pattern: String,
    /// The entry that applies.
    pub license: String,
}

impl ByBaseModel {
    /// Whether a repository name fits the pattern; case does not matter.
    #[must_use]
    pub fn fits(&self, repo: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(prefix) => repo.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
            None => repo.eq_ignore_ascii_case(&self.pattern),
        }
    }
}

/// A list of uses that are banned. The ban itself is a condition; this is what surrounds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UseRestrictions {
    /// Where the list is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether the licensor may change it later.
    pub updatable: Answer,
    /// What it bans, in a few words each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prohibits: Vec<String>,
    /// Whether it bans military use; `No`: read, and not mentioned.
    pub military: Answer,
    /// Whether others must be bound to it.
    pub pass_through: Answer,
    /// Whether outputs must be disclosed as made by a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclose_machine_generated: Option<YesNo>,
    /// More, for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What may be done with outputs. The ban itself is a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outputs {
    /// Whether they may train other models.
    pub may_train_others: Answer,
    /// The clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// More, for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Hosting for third parties. What is not allowed is also a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hosting {
    /// What the text says.
    pub for_third_parties: HostingTerm,
    /// More, for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a text says of hosting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum HostingTerm {
    /// Allowed as any use is.
    Allowed,
    /// Allowed with conditions.
    Conditional,
    /// Needs a licence agreed on beside this one.
    SeparateLicenseRequired,
    /// Not commercially.
    NotCommercially,
    /// Not at all.
    Prohibited,
    /// Not known.
    NotKnown,
}

/// How the terms are accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acceptance {
    /// By what.
    pub mechanism: Mechanism,
    /// Whether the download is behind a form, so that an acceptance must be on record.
    pub gated: YesNo,
    /// More, for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// By what terms are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Mechanism {
    /// By using it.
    Use,
    /// By a click, or by using it.
    ClickThroughOrUse,
    /// By a click.
    ClickThrough,
    /// By a form that the licensor answers.
    RequestForm,
    /// By accepting the base model's licence.
    ByBaseLicense,
}

/// Whether a grant can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Grant {
    /// Not by its own words: a copy taken under it stays under it, whatever text replaces it.
    Irrevocable,
    /// The licensor keeps the right to.
    Revocable,
}

/// What is passed down to what is made from the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inheritance {
    /// Whether fine-tunes, merges and conversions stay under it.
    pub covers_derivatives: Answer,
    /// Whether outputs, and models made from them, are bound as well.
    pub covers_outputs: Answer,
    /// More, for the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
