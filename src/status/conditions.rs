//! The conditions, in the order a person reads them; `Ready` is their summary. Pure.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::{Seen, pods::Pods, stand};
use crate::{
    decide::{Decision, Effect, Finding, Verdict, stopping::Course},
    manifest::{
        Reason,
        condition::{Kind, Truth, condition},
    },
    plan::{Obstacle, groups},
};

/// What one condition says.
pub(super) struct Says {
    pub(super) truth: Truth,
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl Says {
    pub(super) fn new(truth: impl Into<Truth>, reason: Reason, message: impl Into<String>) -> Self {
        Self { truth: truth.into(), reason, message: message.into() }
    }
}

/// All conditions.
#[must_use]
pub fn all(seen: &Seen<'_>, pods: &Pods) -> Vec<Condition> {
    let ready = ready(seen, pods);
    let says = [
        (Kind::Eligible, decided(&seen.next.decision, false)),
        (Kind::Placeable, placeable(seen, pods)),
        (Kind::ModelReady, model_ready(seen, pods)),
        (Kind::Progressing, progressing(seen, pods)),
        (Kind::Available, available(seen, pods)),
        (Kind::Stalled, stalled(seen, &ready)),
        (Kind::Ready, ready),
    ];
    let made = says.into_iter().map(|(kind, says)| {
        condition(
            kind.word(),
            says.truth,
            says.reason,
            &says.message,
            Some(seen.owner.generation),
            seen.before,
            seen.now,
        )
    });
    made.collect()
}

/// Whether a reason is about places and rules, not about the licence.
fn is_about_place(reason: Reason) -> bool {
    use Reason as R;
    matches!(
        reason,
        R::PlacementEmpty
            | R::PlaceNotPermitted
            | R::AcceleratorNotPermitted
            | R::PlaceContradicts
            | R::PlaceUnknown
            | R::CountryUnknown
            | R::PlaceExcluded
            | R::FilingMissing
            | R::RuleRefuses
            | R::EvidenceMissing
            | R::RuleWarns
            | R::RuleNotSupported
            | R::CountryNotSurveyed
    )
}

fn line(finding: &Finding) -> String {
    match &finding.remedy {
        Some(remedy) => format!("{} {remedy}", finding.sentence),
        None => finding.sentence.clone(),
    }
}

/// What a Waiver lets pass of the licence, or of places.
fn waived(decision: &Decision, place: bool) -> Option<&Finding> {
    decision.findings.iter().find(|f| f.waived.is_some() && is_about_place(f.reason) == place)
}

/// What the decision says about the licence, or about places.
fn decided(decision: &Decision, place: bool) -> Says {
    let first = decision.findings.iter().find(|f| f.effect <= Effect::Waits && is_about_place(f.reason) == place);
    match first {
        Some(finding) if finding.effect == Effect::Refuses => Says::new(false, finding.reason, line(finding)),
        Some(finding) => Says::new(Truth::Unknown, finding.reason, line(finding)),
        None if waived(decision, place).is_some() => {
            Says::new(true, Reason::Waived, waived(decision, place).map(Finding::line).unwrap_or_default())
        }
        None => Says::new(
            true,
            Reason::Allowed,
            if place { "No rule speaks against the places." } else { "No licence term speaks against this." },
        ),
    }
}

fn placeable(seen: &Seen<'_>, pods: &Pods) -> Says {
    let rules = decided(&seen.next.decision, true);
    if rules.truth != Truth::True {
        return rules;
    }
    let Some(inputs) = &seen.next.inputs else {
        return Says::new(
            Truth::Unknown,
            seen.next.decision.weightiest().map_or(Reason::Progressing, |f| f.reason),
            "No pods are planned, so no node was looked at.",
        );
    };
    if let Some(says) = stand::says(seen, false) {
        return says;
    }
    let words = groups::short(seen.fit, &inputs.places);
    if pods.exist > 0 && pods.unscheduled.is_none() || seen.fit.fit > 0 {
        disagrees(seen).unwrap_or_else(|| Says::new(true, Reason::NodesFit, "Nodes fit."))
    } else {
        Says::new(false, Reason::NoNodeNow, format!("{words}. The pods pend, so that an autoscaler can add one."))
    }
}

/// Sentences about nodes that a condition holds at most; `kubectl modelport nodes` shows all.
const MAX_SENTENCES: usize = 3;

/// A warning about where the pods stand, or could. No node is named: which, and how many, changes too often.
fn disagrees(seen: &Seen<'_>) -> Option<Says> {
    let sentences: Vec<&str> = seen.disagrees.iter().take(MAX_SENTENCES).map(String::as_str).collect();
    let more = if seen.disagrees.len() > MAX_SENTENCES { "; and more" } else { "" };
    (!sentences.is_empty()).then(|| {
        let message = format!(
            "Nodes fit. Evidence about where some of them stand disagrees: {}{more}. See: kubectl modelport nodes",
            sentences.join("; ")
        );
        Says::new(true, Reason::NodeContradiction, message)
    })
}

fn model_ready(seen: &Seen<'_>, pods: &Pods) -> Says {
    if let Some(refused) = seen.apply.filter(|refused| refused.reason == Reason::DigestMissing) {
        return Says::new(false, refused.reason, refused.sentence.clone());
    }
    if let Some(obstacle) = seen.next.obstacle.as_ref() {
        return Says::new(false, obstacle.reason, obstacle.sentence.clone());
    }
    if pods.ready > 0 || pods.fetched {
        let claim = seen.next.inputs.as_ref().is_some_and(|inputs| inputs.spec.model.source.starts_with("pvc://"));
        let words = if claim {
            "The weights are in place, as the claim holds them; nobody verified them."
        } else {
            "The weights are in place and verified."
        };
        return Says::new(true, Reason::WeightsReady, words);
    }
    if let Some((code, message)) = &pods.fetch_failed {
        return Says::new(false, Reason::FetchFailed, format!("{code}: {message}"));
    }
    if pods.fetching {
        return Says::new(false, Reason::FetchingWeights, "The weights are being fetched.");
    }
    Says::new(Truth::Unknown, Reason::Progressing, "No pod has looked for the weights yet.")
}

fn progressing(seen: &Seen<'_>, pods: &Pods) -> Says {
    match &seen.next.course {
        Course::GoOn(reason) if *reason != Reason::StopNotWanted => Says::new(false, *reason, going_on(seen, *reason)),
        Course::Hold => Says::new(false, verdict_reason(seen), "Nothing is rolled out."),
        _ if seen.next.obstacle.is_some() => {
            let says = says_obstacle(seen);
            Says { truth: (says.reason == Reason::DigestResolving).into(), ..says }
        }
        _ if done(seen, pods) => Says::new(false, Reason::RolloutComplete, "The pods are as planned."),
        _ => Says::new(true, Reason::Progressing, "Pods are on their way."),
    }
}

fn available(seen: &Seen<'_>, pods: &Pods) -> Says {
    if pods.ready > 0 {
        Says::new(
            true,
            Reason::Serving,
            format!("{} of {} replicas answer their health check.", pods.ready, seen.next.replicas),
        )
    } else {
        let reason = ready(seen, pods).reason;
        Says::new(false, reason, "No replica answers its health check.")
    }
}

/// Whether a person must act before anything goes on. What serves until its stop, or by the policy for good, is as it
/// is meant to be: kstatus would call it failed.
fn stalled(seen: &Seen<'_>, ready: &Says) -> Says {
    if ready.truth == Truth::True && matches!(seen.next.course, Course::StopAt(_) | Course::GoOn(Reason::StopNotWanted))
    {
        return Says::new(false, ready.reason, "What runs is as it is meant to be; the condition Ready says why.");
    }
    let refused = seen.next.decision.verdict == Verdict::Refused;
    // A registry is asked again by itself.
    let asked_again = |o: &Obstacle| matches!(o.reason, Reason::DigestResolving | Reason::DigestMissing);
    let stuck = refused
        || seen.apply.is_some_and(|refused| refused.reason == Reason::ApplyInvalid)
        || seen.next.obstacle.as_ref().is_some_and(|obstacle| !asked_again(obstacle))
        || ready.reason == Reason::ForeignObject;
    if stuck {
        Says::new(
            true,
            if refused { verdict_reason(seen) } else { ready.reason },
            "It does not go on by itself; the other conditions say who can do what.",
        )
    } else {
        Says::new(false, Reason::Progressing, goes_on(seen, ready))
    }
}

/// Why it is not stalled: kstatus calls what waits for a fact in progress, though somebody has to supply it.
fn goes_on(seen: &Seen<'_>, ready: &Says) -> &'static str {
    let in_the_way = matches!(ready.reason, Reason::FetchFailed | Reason::PodsFailing);
    match seen.next.decision.verdict {
        Verdict::Waiting => "It goes on by itself once what is missing is there; the condition Ready says who has it.",
        _ if in_the_way || seen.apply.is_some() => {
            "It is tried again by itself; the condition Ready says what is in the way."
        }
        _ => "Nothing is asked of a person.",
    }
}

fn ready(seen: &Seen<'_>, pods: &Pods) -> Says {
    let serves = pods.ready > 0;
    if let Some(obstacle) = seen.apply {
        // Of all that is written, only the question is not let in: what runs serves on.
        let still = serves && obstacle.reason == Reason::DigestMissing;
        return Says::new(still, obstacle.reason, obstacle.sentence.clone());
    }
    let decision = &seen.next.decision;
    match &seen.next.course {
        Course::Hold => {
            let message = decision.weightiest().map(line).unwrap_or_default();
            Says::new(false, verdict_reason(seen), message)
        }
        Course::GoOn(reason) => Says::new(serves, *reason, going_on(seen, *reason)),
        Course::StopAt(at) => Says::new(serves, Reason::StopScheduled, format!("Stops at {at}. {}", why(decision))),
        Course::Held { cause, would_stop } => Says::new(
            serves,
            Reason::StopHeld,
            format!(
                "One cause would stop {would_stop} deployments, and is held. A person who means it annotates the object that changed with modelport.dev/confirm-stop={cause}. {}",
                why(decision)
            ),
        ),
        Course::Stop => Says::new(false, Reason::Stopped, format!("Stopped. {}", why(decision))),
        Course::Run => running(seen, pods),
    }
}

fn running(seen: &Seen<'_>, pods: &Pods) -> Says {
    if seen.next.obstacle.is_some() {
        let says = says_obstacle(seen);
        return Says { truth: (pods.ready > 0).into(), ..says };
    }
    if seen.next.replicas == 0 {
        let suspended = seen.next.inputs.as_ref().is_some_and(|i| i.spec.suspend);
        return if suspended {
            Says::new(false, Reason::Suspended, "spec.suspend is true.")
        } else {
            Says::new(false, Reason::ScaledToZero, "spec.scaling.replicas is 0.")
        };
    }
    if let Some(says) = stand::says(seen, pods.ready > 0) {
        return says;
    }
    if pods.ready >= seen.next.replicas && done(seen, pods) {
        return Says::new(
            true,
            Reason::Serving,
            format!("{} of {} replicas answer their health check.", pods.ready, seen.next.replicas),
        );
    }
    if let Some((code, message)) = &pods.fetch_failed {
        return Says::new(false, Reason::FetchFailed, format!("{code}: {message}"));
    }
    if let Some(why) = &pods.failing {
        return Says::new(false, Reason::PodsFailing, format!("{why}."));
    }
    if let Some(why) = &pods.not_created {
        let message = format!("A pod is not let into the namespace: {}.", why.trim_end_matches('.'));
        return Says::new(pods.ready > 0, Reason::PodsFailing, message);
    }
    if let Some(why) = &pods.unscheduled {
        let reason = if seen.fit.fit == 0 { Reason::NoNodeNow } else { Reason::Progressing };
        return Says::new(false, reason, format!("{}. The scheduler says: {why}", seen.fit.words()));
    }
    if pods.fetching {
        return Says::new(false, Reason::FetchingWeights, "The weights are being fetched.");
    }
    Says::new(
        false,
        Reason::Progressing,
        format!("{} of {} replicas answer their health check.", pods.ready, seen.next.replicas),
    )
}

fn says_obstacle(seen: &Seen<'_>) -> Says {
    match &seen.next.obstacle {
        Some(obstacle) => Says::new(false, obstacle.reason, obstacle.sentence.clone()),
        None => Says::new(false, Reason::Progressing, ""),
    }
}

fn done(seen: &Seen<'_>, pods: &Pods) -> bool {
    pods.observed
        && pods.ready == seen.next.replicas
        && pods.exist == seen.next.replicas
        && pods.updated >= seen.next.replicas
}

fn verdict_reason(seen: &Seen<'_>) -> Reason {
    seen.next.decision.weightiest().map_or(Reason::Allowed, |f| f.reason)
}

fn why(decision: &Decision) -> String {
    decision.weightiest().map(Finding::line).unwrap_or_default()
}

fn going_on(seen: &Seen<'_>, reason: Reason) -> String {
    let what = match reason {
        Reason::SpecRefused => "The manifest as it stands is not rolled out; what was allowed before goes on.",
        Reason::RunsOnWhileWaiting => "What runs goes on; growth and rollout wait.",
        _ => "What runs goes on, by the policy.",
    };
    format!("{what} {}", why(&seen.next.decision))
}
