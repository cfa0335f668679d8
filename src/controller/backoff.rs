//! How long a deployment that failed waits, each for itself; and a watch that was cut off.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use backon::ExponentialBuilder;
use kube::runtime::{
    utils::{Backoff, ResetTimerBackoff},
    watcher::ExponentialBackoff,
};

/// First wait after a failed reconcile; it doubles up to [`LONGEST_BACKOFF`].
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// Longest wait after a failed reconcile.
const LONGEST_BACKOFF: Duration = Duration::from_mins(2);

/// First and longest wait of a watch that was cut off. Chance adds up to as much again, so that not all of them come
/// back at once. kube's own default goes on to a minute: after an API server that was away for one, two pass before a
/// manifest is seen.
const WATCH_BACKOFF: (Duration, Duration) = (Duration::from_millis(800), Duration::from_secs(8));
/// A watch that held for as long starts over with the first wait.
const WATCH_HELD: Duration = Duration::from_mins(2);

/// How long a watch that was cut off waits before it tries again.
#[must_use]
pub fn of_a_watch() -> impl Backoff + use<> {
    let (first, longest) = WATCH_BACKOFF;
    let doubling = ExponentialBuilder::default().with_min_delay(first).with_max_delay(longest).with_factor(2.0);
    ResetTimerBackoff::new(ExponentialBackoff::from(doubling.with_jitter().without_max_times()), WATCH_HELD)
}

/// Failures in a row of each object, forgotten at the first success.
#[derive(Debug, Default)]
pub struct Failures(Mutex<HashMap<String, u32>>);

impl Failures {
    /// One more failure; how long to wait after it.
    pub fn next(&self, key: &str) -> Duration {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match failures.entry(key.to_owned()) {
            Entry::Occupied(mut seen) => {
                *seen.get_mut() = seen.get().saturating_add(1);
                *seen.get()
            }
            Entry::Vacant(first) => *first.insert(0),
        };
        FIRST_BACKOFF.saturating_mul(1 << count.min(10)).min(LONGEST_BACKOFF)
    }

    /// A success.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// A failing watch has its own back-off; the controller as a whole waits for nothing.
#[derive(Debug)]
pub struct Brief;

impl Iterator for Brief {
    type Item = Duration;
    fn next(&mut self) -> Option<Duration> {
        Some(Duration::from_millis(1))
    }
}

impl Backoff for Brief {
    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_object_waits_longer_each_time_and_starts_over_after_a_success() {
        let failures = Failures::default();
        let waits: Vec<_> = (0..9).map(|_| failures.next("a").as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        failures.forget("a");
        assert_eq!(failures.next("a"), FIRST_BACKOFF);
    }

    #[test]
    fn a_watch_that_was_cut_off_is_back_within_seconds_of_its_api_server() {
        let waits: Vec<_> = of_a_watch().take(50).collect();
        let (first, longest) = WATCH_BACKOFF;
        assert!(waits.iter().all(|wait| *wait >= first && *wait <= longest * 2), "{waits:?}");
        assert_eq!(waits.len(), 50, "it never gives up");
    }
}
