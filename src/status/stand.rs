//! What the conditions say of pods that stand where they may not stand any more. Pure.

use super::{Seen, conditions::Says};
use crate::{
    manifest::Reason,
    plan::standing::{Step, Wrong},
};

/// What is said, where a pod stands wrong.
pub(super) fn says(seen: &Seen<'_>, truth: bool) -> Option<Says> {
    let wrong = &seen.next.wrong;
    let first = wrong.first()?;
    let held = seen.held.filter(|_| matches!(first.step, Step::Evict | Step::Delete));
    let reason = match first.step {
        Step::Stays => Reason::MoveOverdue,
        _ if held.is_some() => Reason::MoveHeld,
        _ => Reason::PodStandsWrong,
    };
    let others = match wrong.len() {
        1 => String::new(),
        2 => " So does 1 other.".into(),
        n => format!(" So do {} others.", n - 1),
    };
    let message = format!(
        "Pod {} stands in {}, where this deployment may not stand any more, since {}.{others} {}",
        first.pod,
        first.place,
        first.seen.since,
        what(first, held)
    );
    Some(Says::new(truth, reason, message))
}

/// What is done about it.
fn what(wrong: &Wrong, held: Option<&str>) -> String {
    let until = wrong.until;
    let then = if wrong.ends {
        format!("It is made to go at {until}.")
    } else {
        "The policy never makes it go (whenRefused: Warn).".to_owned()
    };
    match (wrong.step, held) {
        (Step::Evict, Some(held)) => format!("It is asked to go, and is held: {held} {then}"),
        (Step::Delete, Some(held)) => format!("Its time ended at {until}, and it could not be deleted: {held}"),
        (Step::Settles | Step::Evict, _) => format!("It is asked to go. {then}"),
        (Step::Rollout, _) => format!("The rollout of the narrower template moves it. {then}"),
        (Step::KeptForLackOfNode, _) => {
            format!(
                "It is the only one and no node would take the next one at present: it is asked to go once one does. {then}"
            )
        }
        (Step::Delete | Step::LetGo, _) => format!("Its time ended at {until}: it is made to go."),
        (Step::Stays, _) => format!(
            "Its time ended at {until}, and the policy never stops what runs (whenRefused: Warn): it stays until somebody deletes it."
        ),
    }
}
