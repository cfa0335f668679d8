//! Rules of places: what a law, an authority or a policy of a place asks of a deployment there.
//!
//! A rule is reported as a rule, with its source; Modelport never says what the law demands.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::words::YesNo;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Stable id, such as `cn-genai-filing`.
    pub id: String,
    /// Whose rule: a country, a group of countries, or a state such as `US-CA`.
    pub jurisdiction: String,
    /// The text.
    pub law: Law,
    /// One plain clause that follows "rule ID": "asks for a filing for a public service in CN".
    pub sentence: String,
    /// What sort of text it is.
    pub kind: RuleKind,
    /// Where it stands.
    pub status: RuleStatus,
    /// Since when, or from when on, it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// The month, where the day is not known: `2027-05`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_month: Option<String>,
    /// `No` where the date is background knowledge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_verified: Option<YesNo>,
    /// To whom it applies.
    pub applies_when: AppliesWhen,
    /// What it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
    /// What takes a deployment out of it, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt_when: Vec<String>,
    /// What a deployment that it applies to meets.
    pub gate: Gate,
    /// Whether Modelport decides it already.
    pub support: Support,
    /// Whether it was read in a text.
    pub verified: YesNo,
    /// The month of the newest reading.
    pub read: String,
    /// Where it was read.
    pub source: String,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Rule {
    /// Whether the rule applies on a day; a rule without a date does.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.effective.is_none_or(|since| since <= day)
    }

    /// Title and article, as a sentence cites them.
    #[must_use]
    pub fn cite(&self) -> String {
        match &self.law.article {
            Some(article) => format!("{}, {article}", self.law.title),
            None => self.law.title.clone(),
        }
    }
}

/// The text of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Law {
    /// Its name.
    pub title: String,
    /// The article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
}

/// What sort of text a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleKind {
    /// Binding rule of a state.
    Law,
    /// View of an authority, not binding by itself.
    Guidance,
    /// Policy of an executive.
    Policy,
    /// A bill.
    Draft,
    /// No rule was found.
    Observation,
}

/// Where a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleStatus {
    /// In force.
    InForce,
    /// Adopted; in force from its date.
    Adopted,
    /// Applied by letters to single companies.
    InForceByLetter,
    /// A bill before a parliament.
    Pending,
    /// In force step by step.
    Phased,
    /// Printed, and not enforced.
    PrintedNotEnforced,
    /// Published by an authority.
    Published,
    /// Reported by the press.
    Reported,
    /// Not clear.
    Unclear,
    /// Nobody looked.
    Unverified,
}

/// To whom a rule applies. What Modelport can see is typed; the rest is listed for a person to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppliesWhen {
    /// Who is served.
    pub audience: Vec<AudienceKind>,
    /// Where the people served are. Typed once the rule is decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    /// Where the nodes are. Typed once the rule is decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes_in: Vec<String>,
    /// In which role, in the rule's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Its reach, in the rule's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// What Modelport cannot see, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_confirm: Vec<String>,
    /// Figures that the rule names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

/// Who is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AudienceKind {
    /// Anyone outside the organisation, free or paid. Partners count as public.
    Public,
    /// Staff or own processes only.
    Internal,
}

/// A figure of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Threshold {
    /// What is counted.
    pub name: String,
    /// The figure.
    pub value: String,
}

/// Something that a rule asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirement {
    /// The key under which evidence of it is recorded.
    pub key: String,
    /// What it is.
    pub what: String,
    /// What the evidence looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What a deployment meets where a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gate {
    /// Explicitly fine.
    Allow,
    /// Nothing to check.
    Info,
    /// Allowed, and reported.
    Warn,
    /// Asks for evidence; without it the policy decides.
    RequireEvidence,
    /// Refused without evidence.
    DenyWithoutEvidence,
    /// Refused.
    Deny,
}

/// Whether Modelport decides a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Support {
    /// Its conditions are typed, and decided.
    Decided,
    /// Its conditions are sentences still: shown, and never decided.
    NotYet,
}

/// Something a company may choose and no statute demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyPolicy {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Why companies choose it.
    pub why: String,
}
