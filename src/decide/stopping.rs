//! Stopping what runs is a decision of its own. Pure.
//!
//! | | nothing runs | something runs |
//! |---|---|---|
//! | `Allowed` | run | run |
//! | `Waiting` | hold | goes on as it is; growth and rollout wait |
//! | `Refused`, the allowed generation still `Allowed` | hold | goes on; the newer generation is not rolled out |
//! | `Refused`, and so is what runs | hold | goes on until the grace of its cause has passed, then stops |
//!
//! `whenRefused: Warn` never stops. One cause that would stop many is held until a person confirms it.

use jiff::{SignedDuration, Timestamp};

use super::{Cause, Decision, Effect, Finding, Input, Verdict};
use crate::manifest::Reason;

/// One cause may stop this many deployments without a person's word.
pub const MAX_STOPS_PER_CAUSE: usize = 10;
/// ... or this share of those that run, in percent,
pub const MAX_STOPS_PERCENT: usize = 10;
/// ... but a share is no measure for a handful: up to this many are never held.
pub const STOPS_NEVER_HELD: usize = 2;

/// What happens to the pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// No pod exists, and none is made.
    Hold,
    /// The manifest as it stands is rolled out.
    Run,
    /// What runs goes on as it is, replacements included; growth and rollout wait.
    GoOn(Reason),
    /// What runs goes on until this instant.
    StopAt(Timestamp),
    /// The grace has passed, and the cause would stop too many: a person must confirm it.
    Held {
        /// The word to put into the annotation `modelport.dev/confirm-stop`.
        cause: String,
        /// How many deployments it would stop.
        would_stop: usize,
    },
    /// The pods are stopped.
    Stop,
}

/// What is known of a deployment that has pods.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// The decision over the generation that the pods belong to, on today's facts.
    pub decision: &'a Decision,
    /// The inputs of the decision that last allowed it.
    pub allowed_inputs: &'a [Input],
    /// Since when it is refused, as first seen.
    pub refused_since: Option<Timestamp>,
}

/// How many deployments one cause would stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brake {
    /// Deployments that this cause would stop, this one included.
    pub would_stop: usize,
    /// Deployments that run.
    pub running: usize,
    /// Whether a person confirmed the cause.
    pub confirmed: bool,
}

impl Brake {
    /// Whether the stop is held.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.confirmed
            && self.would_stop > STOPS_NEVER_HELD
            && (self.would_stop > MAX_STOPS_PER_CAUSE || self.would_stop * 100 > self.running * MAX_STOPS_PERCENT)
    }
}

/// What happens to the pods of a deployment.
#[must_use]
pub fn course(verdict: Verdict, running: Option<Running<'_>>, brake: &Brake, now: Timestamp) -> Course {
    let Some(running) = running else {
        return if verdict == Verdict::Allowed { Course::Run } else { Course::Hold };
    };
    if verdict == Verdict::Allowed {
        return Course::Run;
    }
    match running.decision.verdict {
        Verdict::Allowed => Course::GoOn(Reason::SpecRefused),
        Verdict::Waiting => Course::GoOn(Reason::RunsOnWhileWaiting),
        Verdict::Refused if !running.decision.policy.stop => Course::GoOn(Reason::StopNotWanted),
        Verdict::Refused => {
            let at = stop_at(running, now);
            if now < at {
                Course::StopAt(at)
            } else if brake.holds() {
                Course::Held { cause: cause_id(running.decision), would_stop: brake.would_stop }
            } else {
                Course::Stop
            }
        }
    }
}

/// When the grace ends.
#[must_use]
pub fn stop_at(running: Running<'_>, now: Timestamp) -> Timestamp {
    let since = running.refused_since.unwrap_or(now);
    let grace = running.decision.policy.grace_seconds(cause(running.decision, running.allowed_inputs));
    since.checked_add(SignedDuration::from_secs(grace)).unwrap_or(Timestamp::MAX)
}

/// What a refusal of something that was allowed hangs on: our own corrected catalogue gives the longest grace.
#[must_use]
pub fn cause(refused: &Decision, allowed_inputs: &[Input]) -> Cause {
    if refused.cause() == Some(Cause::Place) {
        return Cause::Place;
    }
    let catalogue = |inputs: &[Input]| {
        inputs.iter().filter(|i| i.kind.starts_with("catalogue")).cloned().collect::<std::collections::BTreeSet<_>>()
    };
    if catalogue(&refused.inputs) == catalogue(allowed_inputs) { Cause::Person } else { Cause::Catalogue }
}

/// The word by which a person confirms a cause: the object that changed and the first digits of its hash.
#[must_use]
pub fn cause_id(refused: &Decision) -> String {
    let voucher = refusing(refused).and_then(|f| f.voucher.clone()).unwrap_or_else(|| "catalogue".into());
    let hash = refused
        .inputs
        .iter()
        .find(|i| format!("{}/{}", i.kind, i.name) == voucher)
        .or_else(|| refused.inputs.iter().find(|i| i.kind.starts_with("catalogue")))
        .map_or("", |i| i.hash.get(..8).unwrap_or_default());
    format!("{voucher}:{hash}").replace('/', "-")
}

fn refusing(decision: &Decision) -> Option<&Finding> {
    decision.findings.iter().find(|f| f.effect == Effect::Refuses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{Identity, Places, Policy, Subject};

    fn decision(verdict: Verdict, stop: bool) -> Decision {
        let finding = Finding {
            reason: Reason::UserThreshold,
            effect: Effect::Refuses,
            about: "Llama 2".into(),
            sentence: "asks for a licence".into(),
            remedy: None,
            clause: None,
            voucher: Some("Licensee/acme".into()),
            source: None,
            cause: Cause::Person,
            waived: None,
            subject: Subject::default(),
        };
        Decision {
            id: "0".repeat(64),
            verdict,
            model: Identity::default(),
            findings: if verdict == Verdict::Refused { vec![finding] } else { vec![] },
            obligations: vec![],
            places: Places::default(),
            policy: Policy {
                names: vec![],
                deny: true,
                stop,
                grace_person_seconds: 24 * 3600,
                grace_catalogue_seconds: 30 * 86_400,
                grace_place_seconds: 3600,
            },
            inputs: vec![
                Input { kind: "Licensee".into(), name: "acme".into(), hash: "aaaaaaaabbbb".into() },
                Input { kind: "catalogue license".into(), name: "LicenseRef-llama-2".into(), hash: "cccc".into() },
            ],
            next_change: None,
            decide_again: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn running(decision: &Decision, since: Option<i64>) -> Running<'_> {
        Running { decision, allowed_inputs: &decision.inputs, refused_since: since.map(at) }
    }

    #[test]
    fn nothing_runs_and_only_allowed_makes_a_pod() {
        let brake = Brake::default();
        assert_eq!(course(Verdict::Allowed, None, &brake, at(0)), Course::Run);
        assert_eq!(course(Verdict::Waiting, None, &brake, at(0)), Course::Hold);
        assert_eq!(course(Verdict::Refused, None, &brake, at(0)), Course::Hold);
    }

    #[test]
    fn waiting_never_stops_what_runs() {
        let waiting = decision(Verdict::Waiting, true);
        let far = running(&waiting, Some(0));
        assert_eq!(
            course(Verdict::Waiting, Some(far), &Brake::default(), at(10_000_000_000)),
            Course::GoOn(Reason::RunsOnWhileWaiting)
        );
    }

    #[test]
    fn a_refused_newer_generation_leaves_the_allowed_one_running() {
        let allowed = decision(Verdict::Allowed, true);
        assert_eq!(
            course(Verdict::Refused, Some(running(&allowed, None)), &Brake::default(), at(0)),
            Course::GoOn(Reason::SpecRefused)
        );
    }

    #[test]
    fn a_person_who_withdraws_gives_a_day() {
        let refused = decision(Verdict::Refused, true);
        let course_at = |now| course(Verdict::Refused, Some(running(&refused, Some(0))), &Brake::default(), at(now));
        assert_eq!(course_at(10), Course::StopAt(at(86_400)));
        assert_eq!(course_at(86_399), Course::StopAt(at(86_400)));
        assert_eq!(course_at(86_400), Course::Stop);
    }

    #[test]
    fn a_corrected_catalogue_gives_thirty_days() {
        let refused = decision(Verdict::Refused, true);
        let mut before = refused.inputs.clone();
        before[1].hash = "dddd".into();
        let run = Running { decision: &refused, allowed_inputs: &before, refused_since: Some(at(0)) };
        assert_eq!(course(Verdict::Refused, Some(run), &Brake::default(), at(86_400)), Course::StopAt(at(30 * 86_400)));
    }

    #[test]
    fn a_place_no_longer_allowed_gives_an_hour() {
        let mut refused = decision(Verdict::Refused, true);
        refused.findings[0].cause = Cause::Place;
        assert_eq!(
            course(Verdict::Refused, Some(running(&refused, Some(0))), &Brake::default(), at(60)),
            Course::StopAt(at(3600))
        );
    }

    #[test]
    fn a_policy_that_only_warns_never_stops() {
        let refused = decision(Verdict::Refused, false);
        assert_eq!(
            course(Verdict::Refused, Some(running(&refused, Some(0))), &Brake::default(), at(10_000_000_000)),
            Course::GoOn(Reason::StopNotWanted)
        );
    }

    #[test]
    fn one_cause_that_would_stop_many_is_held_until_a_person_confirms() {
        let refused = decision(Verdict::Refused, true);
        let brake = |would_stop, running, confirmed| Brake { would_stop, running, confirmed };
        let go = |brake: Brake| course(Verdict::Refused, Some(running(&refused, Some(0))), &brake, at(1_000_000));
        assert_eq!(go(brake(11, 1000, false)), Course::Held { cause: "Licensee-acme:aaaaaaaa".into(), would_stop: 11 });
        assert_eq!(go(brake(11, 1000, true)), Course::Stop);
        assert_eq!(go(brake(10, 1000, false)), Course::Stop);
        assert!(matches!(go(brake(4, 39, false)), Course::Held { .. }));
        assert_eq!(go(brake(2, 2, false)), Course::Stop, "a handful is never held");
    }
}
