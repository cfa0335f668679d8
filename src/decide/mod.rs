//! The decision: may this organisation run this model, for this use, in these places? Pure.
//!
//! `decide` is the only place that answers. Admission, the reconciler, the command line and the reports call it, so
//! that all of them carry the same reason code and the same sentence.

mod acceptance;
mod ahead;
mod atom;
mod case;
mod chain;
mod chips;
mod conduct;
mod country_words;
pub mod cure;
mod declared;
mod descent;
mod due;
mod expand;
mod id;
mod identity;
mod judged;
mod license;
mod licensee;
mod listed;
mod met;
mod metric;
mod near;
mod owed;
mod permitted;
mod place;
mod places;
mod policy;
mod policy_chips;
mod policy_words;
mod reached;
mod record;
mod region_country;
mod relatives;
mod requant;
mod review;
mod rule_answer;
mod rule_ban;
mod rule_chips;
mod rule_near;
mod rule_open;
mod rule_record;
mod rule_report;
mod rules;
mod sentence;
mod served;
mod stale;
pub mod stopping;
mod surveyed;
mod vouch;
pub mod waiver;

pub use chain::decide;
pub use chips::{ChipLimit, Chips};
pub use places::{Allowance, KeptOff, Part, Places};
pub use policy::BUILT_IN_DEFAULT;
pub(crate) use sentence::number;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalog::DutyKind,
    manifest::{Reason, model_deployment::ModelDeploymentSpec},
};

/// What is asked: a manifest in its namespace.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Namespace of the deployment.
    pub namespace: &'a str,
    /// Name of the deployment.
    pub name: &'a str,
    /// UID of the deployment; without it (a file, an object not stored yet) no Waiver applies.
    pub uid: Option<&'a str>,
    /// What is written.
    pub spec: &'a ModelDeploymentSpec,
}

/// The answer. Data: no node, no clock, no version of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// SHA-256 over manifest, facts, policies and catalogue entries used.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Which model, and which licences apply to it.
    pub model: Identity,
    /// All that was found, weightiest first; within one weight in the order of the checks.
    pub findings: Vec<Finding>,
    /// What is owed while it runs.
    pub obligations: Vec<Owed>,
    /// Where pods may stand.
    pub places: Places,
    /// What the policies say about refusing and stopping.
    pub policy: Policy,
    /// Facts used, by hash; with the catalogue entries used.
    pub inputs: Vec<Input>,
    /// The next instant at which the verdict can change by itself.
    pub next_change: Option<Timestamp>,
    /// The next instant at which to decide again: the next change, a warning ahead of one, or another wording.
    pub decide_again: Option<Timestamp>,
}

/// Allowed, refused, or a fact is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Nothing speaks against it.
    Allowed,
    /// A fact or a text is missing; named, with who can supply it.
    Waiting,
    /// A licence, a rule or a policy speaks against it.
    Refused,
}

impl Verdict {
    /// The word that is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::Waiting => "Waiting",
            Self::Refused => "Refused",
        }
    }
}

/// What a finding does to the verdict, in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    /// The verdict is `Refused`.
    Refuses,
    /// The verdict is `Waiting`, unless something refuses.
    Waits,
    /// Reported; the verdict stands.
    Warns,
    /// A check that passed, for `explain`.
    Passes,
}

impl Effect {
    /// The word that is printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refuses => "Refuses",
            Self::Waits => "Waits",
            Self::Warns => "Warns",
            Self::Passes => "Passes",
        }
    }
}

/// Who or what a finding hangs on: decides the grace before something that runs is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// Something that a person wrote, withdrew, or let end: manifest, Licensee, policy.
    Person,
    /// Our own catalogue.
    Catalogue,
    /// The place where a pod stands.
    Place,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stable code.
    pub reason: Reason,
    /// What it does to the verdict.
    pub effect: Effect,
    /// What it is about: a licence's short name, a rule's id, a policy, a field.
    pub about: String,
    /// What and why in one sentence, with clause, fact, its date and whose it is. No full stop missing, no code in front.
    pub sentence: String,
    /// Who does what next; never a hint to declare something else.
    pub remedy: Option<String>,
    /// Clause or article.
    pub clause: Option<String>,
    /// Object that vouches for the fact, such as `Licensee/acme`.
    pub voucher: Option<String>,
    /// Address of the text, or "text not kept".
    pub source: Option<String>,
    /// Who or what it hangs on.
    pub cause: Cause,
    /// The Waiver that lets it pass for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Box<Waived>>,
    /// The same in ids, for the reports. It is in no log and no status, and not in the decision's id.
    #[serde(skip)]
    pub subject: Subject,
}

/// What a finding speaks of, by the ids of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The licence.
    pub license: Option<String>,
    /// Its terms, each as `<license id>/<condition id>`; several where one question is asked for all of them.
    pub terms: Vec<String>,
    /// The duty.
    pub duty: Option<DutyKind>,
    /// The model, base model or adapter whose licence is asked for.
    pub model: Option<String>,
    /// The licences of which one applies to it; empty: any may.
    pub candidates: Vec<String>,
    /// By which record of the Licensee a term is out of the way, in words.
    pub by_record: Option<String>,
    /// The model that it was made from, as its name says.
    pub made_from: Option<String>,
}

impl Subject {
    /// Whether it is about this term of a licence.
    #[must_use]
    pub fn has_term(&self, license: &str, condition: &str) -> bool {
        self.terms.iter().any(|term| term.rsplit_once('/') == Some((license, condition)))
    }
}

/// That a Waiver lets a finding pass, and what the finding did before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waived {
    /// Name of the Waiver.
    pub waiver: String,
    /// Who approved it.
    pub by: String,
    /// Why, in the approver's words.
    pub reason: String,
    /// The first instant at which it is no longer in force.
    pub until: Timestamp,
    /// What the finding does without it.
    pub from: Effect,
}

impl Finding {
    /// Code, sentence and remedy, as a denial prints them.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}: {} {}", self.reason, self.sentence, remedy),
            None => format!("{}: {}", self.reason, self.sentence),
        }
    }
}

/// Which model, and which licences apply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Repository, such as `Qwen/Qwen3-8B`; nothing where nobody says.
    pub name: Option<String>,
    /// Revision that is asked for.
    pub revision: Option<String>,
    /// Licences that apply, layer by layer: (id, short name).
    pub licenses: Vec<(String, String)>,
    /// How the licence is known, in words.
    pub known_by: String,
}

impl Identity {
    /// Short names for a table: `MIT and Llama 3.3`, or `-`.
    #[must_use]
    pub fn license_words(&self) -> String {
        if self.licenses.is_empty() {
            return "-".into();
        }
        self.licenses.iter().map(|(_, short)| short.as_str()).collect::<Vec<_>>().join(" and ")
    }

    /// Last part of the repository's name, or `-`.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.as_deref().and_then(|n| n.rsplit('/').next()).unwrap_or("-")
    }
}

/// Something that is owed while the deployment runs, or would be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owed {
    /// Kind, such as `Display`.
    pub kind: Cow<'static, str>,
    /// What, in words.
    pub what: String,
    /// Short name of the licence.
    pub license: String,
    /// Clause.
    pub clause: Option<String>,
    /// Whether it is owed now, by what the manifest declares.
    pub now: bool,
    /// When it is owed, in words: "if weights or product are handed on".
    pub when: Cow<'static, str>,
    /// Whether it is shown to be met; nothing where that is not checked.
    #[serde(default)]
    pub met: Option<bool>,
    /// By what it is shown, or why not: "record llama of 2026-11-02 by legal@acme.example", "not checked".
    #[serde(default)]
    pub how: Cow<'static, str>,
}

impl Owed {
    /// Whether it is owed now and not shown to be met: what a person has to look at.
    #[must_use]
    pub fn open(&self) -> bool {
        self.now && self.met != Some(true)
    }
}

/// What the policies that select the namespace say, combined: the stricter wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Names of the policies, or `built-in default`.
    pub names: Vec<String>,
    /// Whether a refused manifest is denied at admission.
    pub deny: bool,
    /// Whether what runs is stopped when it becomes refused.
    pub stop: bool,
    /// Seconds of grace when a person withdrew something.
    pub grace_person_seconds: i64,
    /// Seconds of grace when our catalogue was corrected.
    pub grace_catalogue_seconds: i64,
    /// Seconds of grace for a pod in a place no longer allowed.
    pub grace_place_seconds: i64,
}

impl Policy {
    /// Seconds of grace for a cause.
    #[must_use]
    pub fn grace_seconds(&self, cause: Cause) -> i64 {
        match cause {
            Cause::Person => self.grace_person_seconds,
            Cause::Catalogue => self.grace_catalogue_seconds,
            Cause::Place => self.grace_place_seconds,
        }
    }
}

/// A fact that was used, by hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// `Licensee`, `ModelPolicy`, `ModelLicense`, `catalogue license`, `catalogue rule`.
    pub kind: Cow<'static, str>,
    /// Name or id.
    pub name: String,
    /// SHA-256.
    pub hash: String,
}

impl Decision {
    /// The id in short form, for people.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }

    /// The weightiest finding that decided, if the verdict is not `Allowed`.
    #[must_use]
    pub fn weightiest(&self) -> Option<&Finding> {
        self.findings.first().filter(|f| f.effect <= Effect::Waits)
    }

    /// The cause of a refusal that comes soonest: a person's before the catalogue's.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.findings.iter().filter(|f| f.effect == Effect::Refuses).map(|f| f.cause).min()
    }
}
