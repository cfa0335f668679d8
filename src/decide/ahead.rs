//! What is allowed now and ends by itself: said 30, 7 and 1 days before, so that nobody is surprised.

use jiff::{SignedDuration, Timestamp};

use crate::{facts::Facts, manifest::Reason};

use super::{Decision, Effect, Request, Verdict, case::finding, chain::once, sentence};

/// Days before the end at which it is said, and said again.
const DAYS_BEFORE: [i64; 3] = [30, 7, 1];

/// Most instants that are looked at, so that a Licensee with many dated records costs no more than this.
const MAX_INSTANTS: usize = 8;

/// Adds the warning, and the instants at which it is given.
pub(super) fn warn(request: &Request<'_>, facts: &Facts<'_>, changes: &[Timestamp], decision: &mut Decision) {
    let before = |at: Timestamp, days: i64| at.checked_sub(SignedDuration::from_hours(24 * days)).ok();
    let spoken = changes.iter().flat_map(|at| DAYS_BEFORE.into_iter().filter_map(move |days| before(*at, days)));
    decision.decide_again = spoken.filter(|at| *at > facts.now).chain(decision.decide_again).min();
    for at in changes.iter().take(MAX_INSTANTS) {
        let step = DAYS_BEFORE.into_iter().rev().find(|days| before(*at, *days).is_some_and(|at| at <= facts.now));
        let Some(days) = step else { return };
        let (then, _) = once(request, &Facts { now: *at, ..facts.clone() });
        let Some(first) = then.weightiest().filter(|_| then.verdict != Verdict::Allowed) else { continue };
        let sentence = sentence::time::ends(*at, days, then.verdict, first.reason, &first.about);
        let mut ends =
            finding(Reason::VerdictEnds, Effect::Warns, &first.about, sentence).voucher(first.voucher.clone());
        ends.remedy.clone_from(&first.remedy);
        let place = decision.findings.partition_point(|known| known.effect < Effect::Warns);
        decision.findings.insert(place, ends);
        return;
    }
}
