//! How long a deployment that failed waits, each for itself.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kube::runtime::utils::Backoff;

/// First wait after a failed reconcile; it doubles up to [`LONGEST_BACKOFF`].
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// Longest wait after a failed reconcile.
const LONGEST_BACKOFF: Duration = Duration::from_mins(2);

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
}
