//! Rules of places: what a law, an authority or a policy of a place asks of a deployment there.
//!
//! A rule is reported as a rule, with its source; Modelport never says what the law demands.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    Catalog,
    country_set::{CountrySet, number},
    rule_known::RuleKnown,
    rule_test::RuleTest,
    words::YesNo,
};
use crate::manifest::model_policy::ModelPolicySpec;

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// The first day on which it no longer applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What a deployment meets before the rule applies, where the text is in force already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
    /// Who has more time, where the text says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// To whom it applies, in the words of the text.
    pub words: RuleWords,
    /// What it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
    /// What takes a deployment out of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Exemption>,
    /// What of it no filing lets, whatever its gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban: Option<Ban>,
    /// What a deployment that it applies to meets.
    pub gate: Gate,
    /// When it applies. A rule without it does not load: no rule applies always.
    pub when: RuleTest,
    /// Whether it was confirmed in what `source` names, which need not be the text of the law.
    pub verified: YesNo,
    /// The month of the newest reading.
    pub read: String,
    /// Where it was read.
    pub source: String,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What follows from the rest.
    #[serde(skip)]
    pub(super) known: RuleKnown,
}

impl Rule {
    /// What a deployment that it applies to meets at an instant; nothing before and after the rule.
    #[must_use]
    pub fn gate_at(&self, now: Timestamp) -> Option<Gate> {
        let known = &self.known;
        match (known.until, known.from) {
            (Some(until), _) if until <= now => None,
            (_, Some(from)) if from > now => {
                known.earlier.filter(|earlier| *earlier <= now).and(self.earlier.as_ref()).map(|earlier| earlier.gate)
            }
            _ => Some(self.gate),
        }
    }

    /// Since when it applies, as its text says it: a day, or a month. What is no rule applies to nobody.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Option<&str> {
        self.known.from.filter(|from| *from <= now && self.kind != RuleKind::Observation)?;
        self.known.since.as_deref()
    }

    /// Who has more time at this instant.
    #[must_use]
    pub fn leaves_time(&self, now: Timestamp) -> Option<&str> {
        self.known.transition.filter(|until| *until > now)?;
        self.transition.as_ref().map(|transition| transition.sentence.as_str())
    }

    /// The instants at which it begins, changes and ends, and those that its conditions name.
    #[must_use]
    pub fn turns(&self) -> &[Timestamp] {
        &self.known.turns
    }

    /// SHA-256 of its canonical form.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.known.hash
    }

    /// The countries whose rule it is.
    #[must_use]
    pub fn whose(&self) -> &CountrySet {
        &self.known.whose
    }

    /// The countries that its questions about pods name, by code, each with the number of its like: of countries with one
    /// number the rule has one answer. Empty where the place of pods decides nothing.
    #[must_use]
    pub fn named(&self) -> &[(String, usize)] {
        &self.known.named
    }

    /// Of each like the first country that its questions about pods name, with the number of the like.
    pub fn firsts(&self) -> impl Iterator<Item = (&str, usize)> {
        let named = self.known.firsts.iter().filter_map(|at| self.known.named.get(*at));
        named.map(|(country, like)| (country.as_str(), *like))
    }

    /// The number of a country's like; nothing for one that its questions about pods do not name.
    #[must_use]
    pub fn like(&self, country: &str) -> Option<usize> {
        let at = self.known.numbers.binary_search(&number(country)?).ok()?;
        self.named().get(at).map(|(_, like)| *like)
    }

    /// Whether a record under this word is about the rule: its id, or the key of something that it asks for.
    #[must_use]
    pub fn is_named(&self, word: &str) -> bool {
        self.id == word || self.requires.iter().any(|requirement| requirement.key == word)
    }

    /// The country or the group of countries whose rule it is; of a state of a federation, its country.
    #[must_use]
    pub fn country(&self) -> &str {
        self.jurisdiction.split_once('-').map_or(self.jurisdiction.as_str(), |(country, _)| country)
    }

    /// What keeps it from being decided.
    pub(super) fn problem(&self, catalog: &Catalog) -> Option<String> {
        let exemptions = || self.exempt.iter().find_map(|exemption| exemption.when.fault(catalog));
        let known = |id: &String| catalog.sectors().iter().any(|sector| sector.id == *id);
        let ban = || {
            let unknown = self.ban.iter().flat_map(|ban| &ban.declares).find(|id| !known(id));
            unknown.map(|id| format!("{id} is no sector"))
        };
        let month = || {
            let unread = self.effective_month.is_some() && self.known.from.is_none();
            unread.then(|| "its month is no month".to_owned())
        };
        let area = || {
            let unknown = !catalog.places().is_area(self.country());
            unknown.then(|| format!("{} is no place", self.country()))
        };
        self.when.problem(catalog).or_else(exemptions).or_else(ban).or_else(month).or_else(area)
    }

    /// Title and article, as a sentence cites them.
    #[must_use]
    pub fn cite(&self) -> &str {
        &self.known.cite
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

/// To whom a rule applies, in the words of the text. Nothing is decided from these: `when` is the same as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleWords {
    /// In which role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Its reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// Its conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Figures that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

/// What takes a deployment out of a rule: the sentence of the text, and the same as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exemption {
    /// In the words of the text.
    pub sentence: String,
    /// When it lifts the rule.
    pub when: RuleTest,
}

/// What a rule refuses outright of what it otherwise lets with evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ban {
    /// One plain clause that follows "rule ID", in place of the rule's own.
    pub sentence: String,
    /// Sectors and acts, one of which the manifest declares.
    pub declares: Vec<String>,
}

/// A time that a rule leaves to some, beside the day from which it applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transition {
    /// The first day on which it is over.
    pub until: Date,
    /// One plain clause: whom it leaves how much time for what.
    pub sentence: String,
}

/// What holds before a rule applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Earlier {
    /// From when on.
    pub from: Date,
    /// What a deployment meets until then.
    pub gate: Gate,
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

/// Something a company may choose and no statute demands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyPolicy {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Why companies choose it.
    pub why: String,
    /// Whether it holds where no policy says anything, so that an object adds nothing.
    #[serde(default = "no")]
    pub by_default: YesNo,
    /// The spec of a ModelPolicy, without its namespaces.
    pub spec: ModelPolicySpec,
}

fn no() -> YesNo {
    YesNo::No
}
