//! What a review of a Waiver is answered. Pure: manifest and facts are passed in.
//!
//! A courtesy, so that a Waiver that would have no effect is told so before it is stored: the decision looks at the same
//! again each time. Who may create one is not asked here but in process ([`super::waiver_policy`]), where it needs no
//! server of ours.

use jiff::Timestamp;
use kube::core::admission::Operation;

use super::{
    parse::Review,
    verdict::{Answer, one_line},
};
use crate::{
    decide::{
        Decision, Effect, Request, decide,
        waiver::{Standing, standing},
    },
    facts::{Fact, Facts},
    manifest::{ModelDeployment, Reason, Waiver, shape},
};

/// What a Waiver is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The deployment that it names, where there is one.
    pub manifest: Option<&'a ModelDeployment>,
    /// The facts there.
    pub facts: &'a Facts<'a>,
}

/// Answers a review.
#[must_use]
pub fn answer(review: &Review<Waiver>, now: Timestamp, target: Option<&Target<'_>>) -> Answer {
    if review.operation != Operation::Create || !review.subresource.is_empty() {
        return Answer::pass();
    }
    let waiver = match &review.object {
        Ok(Some(waiver)) => waiver,
        Ok(None) => return Answer::pass(),
        Err(why) => return deny(Reason::ManifestInvalid, &format!("the Waiver cannot be read: {why}.")),
    };
    if let Some(problem) = shape::waiver_problems(&waiver.spec, Some(now)).into_iter().next() {
        return deny(problem.reason, &format!("{} {}", problem.sentence, problem.remedy));
    }
    if waiver.spec.approved_by != review.user {
        let sentence = format!(
            "spec.approvedBy is {}, and the one who creates it is {user}. Write approvedBy: {user}.",
            waiver.spec.approved_by,
            user = review.user
        );
        return deny(Reason::WaiverVoid, &sentence);
    }
    let Some(target) = target else { return Answer::pass() };
    if target.facts.unread.iter().any(|unread| unread.kind == "ModelPolicy") {
        return deny(Reason::FactsNotReady, "the policies could not be read yet. Try again in a moment.");
    }
    let name = if review.name.is_empty() { "waiver" } else { &review.name };
    let fact = Fact { created: Some(now), ..Fact::new(name, None, waiver.spec.clone()) };
    let Some(manifest) = target.manifest else { return judged(&standing(&fact, None, target.facts), None) };
    let deployment = &waiver.spec.deployment;
    let request = Request {
        namespace: &deployment.namespace,
        name: &deployment.name,
        uid: manifest.metadata.uid.as_deref(),
        spec: &manifest.spec,
    };
    let decision = decide(&request, target.facts);
    let unused = (!names_a_finding(waiver, &decision)).then_some(&decision);
    judged(&standing(&fact, Some((&request, &decision)), target.facts), unused)
}

/// Whether it names something that refuses or waits at present, or that another Waiver lets pass.
fn names_a_finding(waiver: &Waiver, decision: &Decision) -> bool {
    let blocks = decision.findings.iter().filter(|f| f.effect <= Effect::Waits || f.waived.is_some());
    blocks.into_iter().any(|finding| waiver.spec.names(finding.reason, &finding.about))
}

fn judged(stands: &Standing, unused: Option<&Decision>) -> Answer {
    match (stands, unused) {
        (Standing::InForce(_), None) => Answer::pass(),
        (Standing::InForce(_), Some(decision)) => Answer::Pass {
            warnings: vec![one_line(&format!(
                "nothing that this Waiver names speaks against the deployment at present; its verdict is {}.",
                decision.verdict.word()
            ))],
            decision: None,
        },
        (Standing::Ended(at), _) => deny(Reason::WaiverExpired, &format!("spec.until has passed: it ends at {at}.")),
        (Standing::Void(why), _) => deny(Reason::WaiverVoid, why),
    }
}

fn deny(reason: Reason, sentence: &str) -> Answer {
    Answer::Deny { message: format!("{reason}: {sentence}"), decision: None }
}
