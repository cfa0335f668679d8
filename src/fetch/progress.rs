//! A line every 10 % or every 10 seconds, whichever comes first.

use std::sync::Mutex;
use std::time::{Duration, Instant};

const STEP_PERCENT: u64 = 10;
const QUIET_SECONDS: u64 = 10;

/// How far a piece of work is, counted in bytes.
pub struct Progress {
    what: &'static str,
    total: u64,
    state: Mutex<State>,
}

struct State {
    done: u64,
    said_percent: u64,
    said_at: Instant,
}

impl Progress {
    /// Starts a piece of work of that many bytes.
    #[must_use]
    pub fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, state: Mutex::new(State { done: 0, said_percent: 0, said_at: Instant::now() }) }
    }

    /// Counts bytes that are done.
    pub fn add(&self, bytes: u64) {
        if let Some((done, percent)) = self.count(bytes, Instant::now()) {
            tracing::info!(done_bytes = done, total_bytes = self.total, percent, "{}", self.what);
        }
    }

    /// Takes back bytes that must be done once more.
    pub fn take_back(&self, bytes: u64) {
        if let Ok(mut state) = self.state.lock() {
            state.done = state.done.saturating_sub(bytes);
        }
    }

    fn count(&self, bytes: u64, now: Instant) -> Option<(u64, u64)> {
        let mut state = self.state.lock().ok()?;
        state.done = state.done.saturating_add(bytes);
        let percent = percent(state.done, self.total);
        let step = percent / STEP_PERCENT * STEP_PERCENT;
        let quiet = now.saturating_duration_since(state.said_at) >= Duration::from_secs(QUIET_SECONDS);
        if step <= state.said_percent && !quiet {
            return None;
        }
        state.said_percent = step.max(state.said_percent);
        state.said_at = now;
        Some((state.done, percent))
    }
}

fn percent(done: u64, total: u64) -> u64 {
    let whole = u128::from(done) * 100 / u128::from(total.max(1));
    u64::try_from(whole.min(100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenth_is_said_once_and_silence_is_broken_after_ten_seconds() {
        let progress = Progress::new("fetching", 1000);
        let start = Instant::now();
        assert_eq!(progress.count(50, start), None);
        assert_eq!(progress.count(50, start), Some((100, 10)));
        assert_eq!(progress.count(10, start), None);
        assert_eq!(progress.count(10, start + Duration::from_secs(11)), Some((120, 12)));
        assert_eq!(progress.count(880, start + Duration::from_secs(11)), Some((1000, 100)));
        assert_eq!(percent(u64::MAX, 1), 100);
        assert_eq!(percent(0, 0), 0);
    }
}
