//! How long and how often a hub or a registry is waited for. Pure, but for the spread and the waits themselves.

use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Longest silence in the middle of an answer.
const READ_TIMEOUT_SECONDS: u64 = 60;
const MAX_ATTEMPTS: u32 = 6;
const FIRST_WAIT_SECONDS: u64 = 1;
const MAX_WAIT_SECONDS: u64 = 30;
/// Longest wait that a hub may ask for; Hugging Face counts in windows of five minutes.
const MAX_ASKED_WAIT_SECONDS: u64 = 300;

/// How long and how often the fetcher waits for a hub.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often one address is asked, the first time included.
    pub attempts: u32,
    /// The first wait; each next one is twice as long.
    pub first_wait: Duration,
    /// The longest of these waits.
    pub max_wait: Duration,
    /// The longest wait that a hub may ask for.
    pub max_asked_wait: Duration,
    /// Longest silence in the middle of an answer.
    pub read_timeout: Duration,
}

/// Why one attempt brought nothing.
pub enum Failure<E> {
    /// The next would bring nothing either.
    Final(E),
    /// The next may bring something.
    Passing {
        /// The wait that was asked for.
        asked_wait: Option<Duration>,
        /// What is wrong, once it was asked so often.
        error: Box<dyn Fn(u32) -> E + Send>,
    },
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: MAX_ATTEMPTS,
            first_wait: Duration::from_secs(FIRST_WAIT_SECONDS),
            max_wait: Duration::from_secs(MAX_WAIT_SECONDS),
            max_asked_wait: Duration::from_secs(MAX_ASKED_WAIT_SECONDS),
            read_timeout: Duration::from_secs(READ_TIMEOUT_SECONDS),
        }
    }
}

impl Patience {
    /// The wait before the next attempt, spread so that many pods do not come back at once.
    #[must_use]
    pub fn wait(&self, attempt: u32) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(self.max_wait);
        let spread = RandomState::new().hash_one(attempt) % 1000;
        doubled.saturating_mul(u32::try_from(500 + spread).unwrap_or(1000)) / 1000
    }

    /// Waits after an attempt, counted from 1, that brought nothing; the error where no other is worth it. `whom` is the one
    /// that is asked, for the log.
    pub async fn after<E: Display + Send>(&self, failure: Failure<E>, attempt: u32, whom: &str) -> Result<(), E> {
        let (asked_wait, error) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Passing { asked_wait, error } => (asked_wait, error(attempt)),
        };
        if attempt >= self.attempts {
            return Err(error);
        }
        let wait = asked_wait.map_or_else(|| self.wait(attempt), |asked| asked.min(self.max_asked_wait));
        tracing::info!(%error, attempt, wait_millis = wait.as_millis(), "{whom} is asked again");
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// How long a hub asks to wait: `Retry-After` in seconds or as a date, or the `t=` of `RateLimit`.
#[must_use]
pub fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(after) = text(RETRY_AFTER.as_str()) {
        if let Ok(seconds) = after.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = jiff::fmt::rfc2822::parse(after.trim()).ok()?.timestamp();
        return Some(Duration::try_from(date.duration_since(now)).unwrap_or_default()); // a past date: now
    }
    let seconds = text("ratelimit")?.split(';').find_map(|part| part.trim().strip_prefix("t="))?;
    seconds.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_wait_that_a_hub_asks_for_is_read_in_its_three_forms() {
        let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let seconds = |headers: &HeaderMap| asked_wait(headers, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(&headers("retry-after", "7")), Some(7));
        assert_eq!(seconds(&headers("retry-after", "Wed, 25 Nov 2026 10:01:30 GMT")), Some(90));
        assert_eq!(seconds(&headers("retry-after", "Wed, 25 Nov 2026 09:00:00 GMT")), Some(0));
        assert_eq!(seconds(&headers("ratelimit", r#""resolvers";r=0;t=123"#)), Some(123));
        assert_eq!(seconds(&headers("retry-after", "soon")), None);
        assert_eq!(seconds(&HeaderMap::new()), None);
    }

    #[test]
    fn waits_double_within_bounds_and_are_spread() {
        let patience = Patience::default();
        for attempt in 1..100 {
            let wait = patience.wait(attempt);
            assert!(wait >= Duration::from_millis(500) && wait <= patience.max_wait * 3 / 2, "{attempt}: {wait:?}");
        }
    }
}
