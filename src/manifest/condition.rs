//! Conditions: which there are, in the order a person reads them, and how one is made. The clock is a parameter.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::reason::Reason;

/// The conditions of a ModelDeployment, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The licence lets it.
    Eligible,
    /// A place lets it, and a node fits.
    Placeable,
    /// The weights are in place.
    ModelReady,
    /// Something is on its way.
    Progressing,
    /// Enough replicas answer.
    Available,
    /// All of it.
    Ready,
    /// It will not go on by itself (kstatus).
    Stalled,
}

impl Kind {
    /// The word in `type`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Eligible => "Eligible",
            Self::Placeable => "Placeable",
            Self::ModelReady => "ModelReady",
            Self::Progressing => "Progressing",
            Self::Available => "Available",
            Self::Ready => "Ready",
            Self::Stalled => "Stalled",
        }
    }
}

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// `True`.
    True,
    /// `False`.
    False,
    /// `Unknown`.
    Unknown,
}

impl Truth {
    /// The word in `status`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Longest message of a condition, in characters; longer ones end with an ellipsis.
pub const MAX_MESSAGE_CHARS: usize = 1024;

/// A condition whose transition time is kept from `previous` unless the status flips.
#[must_use]
pub fn condition(
    kind: &str,
    truth: Truth,
    reason: Reason,
    message: &str,
    generation: Option<i64>,
    previous: &[Condition],
    now: jiff::Timestamp,
) -> Condition {
    let since =
        previous.iter().find(|c| c.type_ == kind && c.status == truth.word()).map(|c| c.last_transition_time.clone());
    Condition {
        type_: kind.to_owned(),
        status: truth.word().to_owned(),
        reason: reason.code().to_owned(),
        message: shortened(message),
        observed_generation: generation,
        last_transition_time: since.unwrap_or_else(|| Time(whole_second(now))),
    }
}

fn shortened(message: &str) -> String {
    if message.chars().count() <= MAX_MESSAGE_CHARS {
        return message.to_owned();
    }
    message.chars().take(MAX_MESSAGE_CHARS - 3).chain("...".chars()).collect()
}

/// The API server stores whole seconds; anything finer would differ on every comparison.
#[must_use]
pub fn whole_second(at: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transition_time_moves_only_when_the_status_flips() {
        let at = |s| jiff::Timestamp::from_second(s).unwrap();
        let first = condition("Ready", Truth::False, Reason::Progressing, "a", Some(1), &[], at(100));
        let same =
            condition("Ready", Truth::False, Reason::NoNodeNow, "b", Some(1), std::slice::from_ref(&first), at(200));
        assert_eq!(same.last_transition_time, first.last_transition_time);
        let flipped = condition("Ready", Truth::True, Reason::Serving, "c", Some(1), &[same], at(300));
        assert_eq!(flipped.last_transition_time, Time(at(300)));
    }

    #[test]
    fn a_long_message_is_cut_with_dots() {
        let made = condition(
            "Ready",
            Truth::False,
            Reason::Progressing,
            &"é".repeat(5000),
            None,
            &[],
            jiff::Timestamp::UNIX_EPOCH,
        );
        assert_eq!(made.message.chars().count(), MAX_MESSAGE_CHARS);
        assert!(made.message.ends_with("..."));
    }
}
