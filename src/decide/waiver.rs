//! What a Waiver lets pass: the last step of the chain. Pure.
//!
//! A finding that refuses or waits only warns while a Waiver for this deployment (by UID) and this model names its code,
//! every policy that is enforced here lets the code be waived, and the Waiver's end is not reached. From that second on
//! it is as if there were no Waiver, its hash in the decision's id included. Who may create one is not asked here: the
//! API server has asked it (`admission::waiver_policy`).

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    facts::{Fact, Facts},
    manifest::{Reason, shape, waiver::WaiverSpec},
};

use super::{
    Decision, Effect, Request, Waived,
    case::{Case, Found},
    policy::Policies,
    sentence::waiver as sentence,
};

/// How a Waiver stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It lets pass what it names until this instant.
    InForce(Timestamp),
    /// It ended at this instant.
    Ended(Timestamp),
    /// It has no effect, for this reason; a sentence.
    Void(String),
}

impl Standing {
    /// What a person reads of it, with the codes that it lets pass at present.
    #[must_use]
    pub fn words(&self, waives: &[String]) -> (Reason, String) {
        match self {
            Self::InForce(at) => (Reason::WaiverInForce, sentence::in_force(waives, *at)),
            Self::Ended(at) => (Reason::WaiverExpired, sentence::ended(*at)),
            Self::Void(why) => (Reason::WaiverVoid, sentence::void(why)),
        }
    }
}

/// What may be waived for a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waivable {
    /// The policies that are enforced there, by name, with the codes that each lets be waived.
    pub policies: Vec<(String, BTreeSet<Reason>)>,
    /// The codes that all of them let.
    pub codes: BTreeSet<Reason>,
}

/// What may be waived for a deployment: what every policy that is enforced there lets. Where none is, nothing.
#[must_use]
pub fn waivable(request: &Request<'_>, facts: &Facts<'_>) -> Waivable {
    of_policies(&Policies::select(request, facts))
}

fn of_policies(policies: &Policies<'_>) -> Waivable {
    let codes = |list: &[String]| -> BTreeSet<Reason> {
        list.iter().filter_map(|code| Reason::of_code(code)).filter(|reason| reason.may_be_waived()).collect()
    };
    let each: Vec<(String, BTreeSet<Reason>)> = policies
        .enforcing()
        .map(|policy| (policy.fact.name.clone(), codes(&policy.spec().licenses.waivable)))
        .collect();
    let all = each.iter().map(|(_, codes)| codes.clone()).reduce(|one, other| &one & &other).unwrap_or_default();
    Waivable { policies: each, codes: all }
}

/// How a Waiver stands for the deployment that it names, with the decision about it; `None` where there is none.
#[must_use]
pub fn standing(
    waiver: &Fact<WaiverSpec>,
    deployment: Option<(&Request<'_>, &Decision)>,
    facts: &Facts<'_>,
) -> Standing {
    let Some((request, decision)) = deployment else {
        return match end(waiver, facts.now) {
            Err(other) => other,
            Ok(_) => Standing::Void(sentence::no_deployment(&waiver.spec)),
        };
    };
    let waivable = waivable(request, facts);
    stands(waiver, request, decision.model.name.as_deref(), &waivable, facts.now)
}

/// The end of a Waiver that is written rightly and has not ended.
fn end(waiver: &Fact<WaiverSpec>, now: Timestamp) -> Result<Timestamp, Standing> {
    // One that no API server has stored is at best made now.
    let problem = shape::waiver_problems(&waiver.spec, waiver.created.or(Some(now))).into_iter().next();
    match (problem, waiver.spec.end()) {
        (Some(problem), _) => Err(Standing::Void(format!("{} {}", problem.sentence, problem.remedy))),
        (None, Some(at)) if at > now => Ok(at),
        (None, at) => Err(Standing::Ended(at.unwrap_or(now))),
    }
}

fn stands(
    waiver: &Fact<WaiverSpec>,
    request: &Request<'_>,
    model: Option<&str>,
    waivable: &Waivable,
    now: Timestamp,
) -> Standing {
    let end = match end(waiver, now) {
        Ok(end) => end,
        Err(other) => return other,
    };
    let spec = &waiver.spec;
    let deployment = &spec.deployment;
    if deployment.namespace != request.namespace || deployment.name != request.name {
        return Standing::Void(sentence::no_deployment(spec));
    }
    match request.uid {
        None => return Standing::Void(sentence::not_stored(spec)),
        Some(uid) if uid != deployment.uid => return Standing::Void(sentence::other_uid(spec, uid)),
        Some(_) => {}
    }
    if !model.is_some_and(|model| model.eq_ignore_ascii_case(&spec.model)) {
        return Standing::Void(sentence::other_model(spec, model));
    }
    if !waivable.policies.iter().any(|(name, _)| *name == spec.policy) {
        let holding: Vec<String> = waivable.policies.iter().map(|(name, _)| format!("ModelPolicy/{name}")).collect();
        return Standing::Void(sentence::policy_does_not_hold(spec, &holding));
    }
    for finding in &spec.findings {
        let Some(reason) = Reason::of_code(&finding.code) else { continue };
        if !reason.may_be_waived() {
            return Standing::Void(sentence::never_waivable(reason));
        }
        if let Some((policy, _)) = waivable.policies.iter().find(|(_, codes)| !codes.contains(&reason)) {
            return Standing::Void(sentence::not_waivable(policy, reason.code()));
        }
    }
    Standing::InForce(end)
}

/// Lets pass what Waivers name. Of several that name one finding the last to end counts.
pub(super) fn apply(case: &Case<'_>, model: Option<&str>, found: &mut Found) {
    let blocks = |effect: Effect| effect <= Effect::Waits;
    let Some(uid) = case.request.uid else { return };
    // Most decisions end here: what is allowed asks no Waiver.
    if !found.findings.iter().any(|finding| blocks(finding.effect)) {
        return;
    }
    let mut named = case.facts.waivers.iter().copied().filter(|fact| fact.spec.deployment.uid == uid).peekable();
    if named.peek().is_none() {
        return;
    }
    let waivable = of_policies(&case.policies);
    let mut in_force: Vec<(Timestamp, &Fact<WaiverSpec>)> = named
        .filter_map(|fact| match stands(fact, case.request, model, &waivable, case.facts.now) {
            Standing::InForce(until) => Some((until, fact)),
            Standing::Ended(_) | Standing::Void(_) => None,
        })
        .collect();
    in_force.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| a.name.cmp(&b.name)));
    let mut used = Vec::new();
    for finding in found.findings.iter_mut().filter(|finding| blocks(finding.effect)) {
        if !finding.reason.may_be_waived() {
            continue;
        }
        let by = in_force.iter().find(|(_, fact)| fact.spec.names(finding.reason, &finding.about));
        let Some((until, fact)) = by else { continue };
        finding.waived = Some(Box::new(Waived {
            waiver: fact.name.clone(),
            by: fact.spec.approved_by.clone(),
            reason: fact.spec.reason.clone(),
            until: *until,
            from: finding.effect,
        }));
        finding.effect = Effect::Warns;
        finding.sentence = format!("{} {}", finding.sentence, sentence::waived(&fact.name, &fact.spec, *until));
        finding.remedy = Some(sentence::before_it_ends(finding.remedy.as_deref(), *until));
        used.push((*until, *fact));
    }
    for (until, fact) in used {
        found.uses("Waiver", &fact.name, &fact.hash);
        found.changes.push(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_of_a_waiver_says_what_passes_until_when_and_why_not() {
        let at = "2026-11-25T03:00:00Z".parse().unwrap();
        let (reason, message) = Standing::InForce(at).words(&["FilingMissing".into()]);
        assert_eq!(reason, Reason::WaiverInForce);
        assert_eq!(message, "Lets FilingMissing pass until 2026-11-25T03:00:00Z.");
        assert!(Standing::InForce(at).words(&[]).1.contains("nothing that it names is found"));
        assert_eq!(Standing::Ended(at).words(&[]).0, Reason::WaiverExpired);
        assert_eq!(Standing::Void("it is so.".into()).words(&[]).1, "It has no effect: it is so.");
    }
}
