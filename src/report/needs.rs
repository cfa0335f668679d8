//! What is missing, as a person would write it down: which object, which field, who may write it, and the YAML to paste.
//!
//! Nothing here decides. Each proposal is tried: the decision is made again with a value filled in, and a proposal under
//! which the finding does not go away is not made. No proposal changes what is declared already.

mod answers;
mod ask;
mod filing;
mod judged;
mod paste;
mod trial;

pub(super) use ask::word;
pub use ask::{Ask, Object};
pub use paste::{Paste, licensee_document, pastes};

use serde::Serialize;

use crate::{
    catalog::{condition::Condition, license::License},
    decide::{Decision, Effect, Finding, Request},
    facts::Facts,
    manifest::{
        Reason,
        licensee::{LicenseeKind, LicenseeSpec},
    },
};

use trial::Trial;

/// Rounds in which facts that come up after others are filled in are asked for.
const MAX_ROUNDS: usize = 8;

/// Findings of one decision that are looked at.
const MAX_FINDINGS: usize = 128;

/// One missing fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Need {
    /// Where it is written.
    pub object: Object,
    /// What is written there.
    pub ask: Ask,
    /// Code of the finding.
    pub reason: Reason,
    /// Who asks, in the words of the finding.
    pub why: String,
}

/// Everything that is missing for one deployment, in the order of the findings; what comes up only once the
/// organisation's other facts are known comes after.
#[must_use]
pub fn needs(request: &Request<'_>, facts: &Facts<'_>) -> Vec<Need> {
    let mut trial = Trial::new(request, facts);
    let mut all: Vec<Need> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let before = all.len();
        for need in round(&trial) {
            if !all.iter().any(|known| known.object == need.object && known.ask == need.ask) {
                all.push(need);
            }
        }
        let new = all.get(before..).unwrap_or_default();
        if new.is_empty() {
            break;
        }
        for need in new.iter().filter(|need| matches!(need.object, Object::Licensee { .. })) {
            trial = trial.with(&need.ask);
        }
    }
    all
}

/// What one organisation's Licensee must say for all these deployments: the needs, and what is left for others to say.
#[must_use]
pub fn of_licensee<'a>(
    name: &str,
    namespaces: &[String],
    requests: &'a [(Request<'a>, Facts<'a>)],
) -> (Vec<Need>, Vec<Need>) {
    let mut spec = LicenseeSpec::of(namespaces.to_vec(), LicenseeKind::Company);
    let (mut wanted, mut others): (Vec<Need>, Vec<Need>) = (Vec::new(), Vec::new());
    for _ in 0..MAX_ROUNDS {
        let before = wanted.len();
        for (request, facts) in requests {
            let trial = Trial::new(request, facts).run_by(name, spec.clone());
            for need in round(&trial) {
                let list = match need.object {
                    Object::Licensee { .. } => &mut wanted,
                    Object::ModelDeployment { .. } | Object::ModelLicense => &mut others,
                };
                if !list.iter().any(|known| known.ask == need.ask && known.object == need.object) {
                    list.push(need);
                }
            }
        }
        let new = wanted.get(before..).unwrap_or_default();
        if new.is_empty() {
            break;
        }
        for need in new {
            need.ask.fill_licensee(&mut spec, trial::day(requests.first().map(|(_, facts)| facts.now)));
        }
    }
    (wanted, others)
}

/// Each finding that refuses or waits, with what is to be written about it; nothing where no fact of a Licensee, a
/// manifest or a ModelLicense settles it, and then its remedy says what does.
#[must_use]
pub fn of_each(request: &Request<'_>, facts: &Facts<'_>) -> Vec<(Finding, Option<Need>)> {
    asked(&Trial::new(request, facts))
}

/// What the findings of one decision ask for.
fn round(trial: &Trial<'_>) -> Vec<Need> {
    asked(trial).into_iter().filter_map(|(_, need)| need).collect()
}

fn asked(trial: &Trial<'_>) -> Vec<(Finding, Option<Need>)> {
    let decision = trial.decide();
    let need = |finding: &Finding| {
        let mut candidates = ask::candidates(trial, &decision, finding).into_iter();
        let ask = candidates.find(|ask| settles(trial, &decision, ask, finding))?;
        Some(Need { object: trial.object(&ask), ask, reason: finding.reason, why: why(trial.facts, finding) })
    };
    let decisive = decision.findings.iter().filter(|finding| finding.effect <= Effect::Waits);
    decisive.take(MAX_FINDINGS).map(|finding| (finding.clone(), need(finding))).collect()
}

/// Whether the finding goes away with a value filled in.
fn settles(trial: &Trial<'_>, decision: &Decision, ask: &Ask, finding: &Finding) -> bool {
    // Its sentence may be another one afterwards ("what is recorded does not answer"), so that like ones are counted.
    let count = |decision: &Decision| {
        let like = |other: &&Finding| {
            other.reason == finding.reason
                && other.about == finding.about
                && other.effect == finding.effect
                && other.subject.license == finding.subject.license
                && (finding.subject.terms.is_empty()
                    || other.subject.terms.iter().any(|term| finding.subject.terms.contains(term)))
        };
        decision.findings.iter().filter(like).count()
    };
    count(&trial.with(ask).decide()) < count(decision)
}

/// Who asks, in short.
fn why(facts: &Facts<'_>, finding: &Finding) -> String {
    match conditions(facts, finding).first() {
        Some((license, condition)) => format!("{}.", license.says(condition)),
        None => finding.sentence.clone(),
    }
}

/// The terms that a finding speaks of.
fn conditions<'a>(facts: &Facts<'a>, finding: &Finding) -> Vec<(&'a License, &'a Condition)> {
    let term = |term: &String| {
        let (of, id) = term.rsplit_once('/')?;
        let license = license(facts, of)?;
        license.conditions.iter().find(|condition| condition.id == id).map(|condition| (license, condition))
    };
    finding.subject.terms.iter().filter_map(term).collect()
}

/// A licence, as the organisation's own object or the catalogue gives it.
#[must_use]
pub fn license<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a License> {
    let built_in = facts.catalog.license(id);
    let objects = facts.licenses.iter().filter(|object| object.spec.overrides || built_in.is_none());
    objects.filter_map(|object| object.spec.terms.as_ref()).find(|terms| terms.id == id).or(built_in)
}
