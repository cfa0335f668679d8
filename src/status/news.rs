//! What a decision says that the status does not say yet: told once, in log and events. Pure.
//!
//! A decision is new by its id or its verdict. Time alone takes steps beside that, which the id does not hold: a figure
//! falls due, the end of a verdict comes within 30, 7, 1 days. Each step is told when its words change, and a look that
//! finds the same words tells nothing.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::{
    decide::{Decision, Effect, Finding},
    manifest::Reason,
    manifest::condition::Kind,
    manifest::status::{MAX_STATUS_FINDINGS, ModelDeploymentStatus, StatusFinding},
};

/// What is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News<'a> {
    /// Whether the decision is new or another one.
    pub decided: bool,
    /// What time alone has brought, in the order of the findings.
    pub steps: Vec<&'a Finding>,
}

/// What a decision says that the status written last does not.
#[must_use]
pub fn news<'a>(before: Option<&ModelDeploymentStatus>, decision: &'a Decision) -> News<'a> {
    let same = |status: &ModelDeploymentStatus| {
        status.decision.as_deref() == Some(decision.short_id())
            && status.verdict.as_deref() == Some(decision.verdict.word())
    };
    let known = before.map_or(&[][..], |status| &status.findings);
    let steps = shown(decision).filter(|finding| finding.reason.is_of_the_clock());
    News { decided: !before.is_some_and(same), steps: steps.filter(|step| !known.contains(&short(step))).collect() }
}

/// What is said anew of pods that stand wrong.
pub fn stands_wrong<'a>(before: &'a [Condition], now: &'a [Condition]) -> impl Iterator<Item = &'a Condition> {
    let placeable = |c: &&Condition| c.type_ == Kind::Placeable.word();
    let known = before.iter().find(placeable).map(|c| c.reason.as_str());
    let wrong = [Reason::PodStandsWrong, Reason::MoveHeld, Reason::MoveOverdue].map(Reason::code);
    now.iter().filter(placeable).filter(move |c| wrong.contains(&c.reason.as_str()) && known != Some(&c.reason))
}

/// The findings that a status shows: no step beyond them is told, since nothing would remember that it was.
pub(super) fn shown(decision: &Decision) -> impl Iterator<Item = &Finding> {
    worth_telling(decision).take(MAX_STATUS_FINDINGS)
}

/// The findings that are not checks that passed.
pub(super) fn worth_telling(decision: &Decision) -> impl Iterator<Item = &Finding> {
    decision.findings.iter().filter(|finding| finding.effect != Effect::Passes)
}

/// A finding as the status shows it.
pub(super) fn short(finding: &Finding) -> StatusFinding {
    StatusFinding {
        reason: finding.reason.code().into(),
        effect: finding.effect.word().into(),
        message: match &finding.remedy {
            Some(remedy) => format!("{} {remedy}", finding.sentence),
            None => finding.sentence.clone(),
        },
    }
}
