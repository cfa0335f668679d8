//! One GET, done right: bounded, patient, and with a token for one host only.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, HeaderMap, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

use super::credential::{Credentials, key_for};
use super::error::FetchError;
use super::hub_huggingface::bad;

const CONNECT_TIMEOUT_SECONDS: u64 = 15;
/// Longest silence in the middle of an answer.
const READ_TIMEOUT_SECONDS: u64 = 60;
const MAX_REDIRECTS: usize = 5;
/// Largest answer that is not a file, in bytes.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;
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
}

/// A reader of one hub.
pub struct HubClient {
    http: Client,
    credentials: Credentials,
    patience: Patience,
    model: String,
    cookie: bool,
}

enum Failure {
    Final(FetchError),
    Passing { asked_wait: Option<Duration>, error: Box<dyn Fn(u32) -> FetchError + Send> },
}

impl HubClient {
    /// Builds the reader; `ca_bundle` is PEM, and is trusted besides the system's own authorities.
    pub fn new(
        endpoint: &Url,
        ca_bundle: Option<&[u8]>,
        credentials: Credentials,
        patience: Patience,
        model: String,
        cookie: bool,
    ) -> Result<Self, FetchError> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("modelport/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_SECONDS))
                .read_timeout(patience.read_timeout)
                .redirect(reqwest::redirect::Policy::none())
        };
        let built = match ca_bundle {
            Some(pem) => {
                let authorities = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
                if authorities.is_empty() {
                    return Err(FetchError::Setting("the CA bundle holds no certificate in PEM form".to_owned()));
                }
                builder().tls_certs_merge(authorities).build()
            }
            None => builder().build(),
        };
        // An image without certificates can still read a mirror over plain HTTP.
        let http = built.or_else(|error| match endpoint.scheme() {
            "http" => builder().tls_certs_only([]).build(),
            _ => Err(error),
        });
        let http = http.map_err(|error| {
            FetchError::Setting(format!("no connection can be secured ({}): set a CA bundle", root_cause(&error)))
        })?;
        Ok(Self { http, credentials, patience, model, cookie })
    }

    /// How patient this reader is.
    #[must_use]
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// An answer of bounded size, and its headers.
    pub async fn get_small(&self, url: &Url) -> Result<(HeaderMap, Vec<u8>), FetchError> {
        let host = shown_host(url);
        let mut attempt = 1;
        loop {
            let mut response = self.get(url, 0).await?;
            let headers = response.headers().clone();
            let mut body = Vec::new();
            let broken = loop {
                match response.chunk().await {
                    Ok(Some(bytes)) if body.len() + bytes.len() > MAX_ANSWER_BYTES => {
                        return Err(bad(&host, "its answer is larger than any file list"));
                    }
                    Ok(Some(bytes)) => body.extend_from_slice(&bytes),
                    Ok(None) => return Ok((headers, body)),
                    Err(error) => break root_cause(&error),
                }
            };
            if attempt >= self.patience.attempts {
                return Err(FetchError::Unavailable { host, attempts: attempt, why: broken });
            }
            tokio::time::sleep(self.patience.wait(attempt)).await;
            attempt += 1;
        }
    }

    /// An answer from that byte on, asked for again while the hub is busy or away.
    pub async fn get(&self, url: &Url, from: u64) -> Result<Response, FetchError> {
        let mut attempt = 1;
        loop {
            let (asked_wait, error) = match self.follow(url, from).await {
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { asked_wait, error }) => (asked_wait, error(attempt)),
            };
            if attempt >= self.patience.attempts {
                return Err(error);
            }
            let wait = asked_wait.map_or_else(|| self.patience.wait(attempt), |asked| asked.min(self.patience.max_asked_wait));
            tracing::info!(%error, attempt, wait_millis = wait.as_millis(), "the hub is asked again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn follow(&self, start: &Url, from: u64) -> Result<Response, Failure> {
        let mut url = start.clone();
        let mut trusted = true; // once a redirect left the host, no token goes anywhere
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.http.get(url.clone()).header(ACCEPT_ENCODING, "identity");
            if from > 0 {
                request = request.header(RANGE, format!("bytes={from}-"));
            }
            if trusted {
                for (name, value) in self.credentials.headers_for(&url, self.cookie) {
                    request = request.header(name, value);
                }
            }
            let host = shown_host(&url);
            let response = request.send().await.map_err(|error| passing_unavailable(host.clone(), root_cause(&error)))?;
            let status = response.status();
            if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return self.judge(&url, start, trusted, response);
            }
            let next = redirect_target(&url, response.headers())
                .map_err(|why| Failure::Final(FetchError::Redirect { host, why }))?;
            trusted = trusted && next.origin() == start.origin();
            url = next;
        }
        let host = shown_host(start);
        Err(Failure::Final(FetchError::Redirect { host, why: "in a circle, or too often" }))
    }

    fn judge(&self, url: &Url, start: &Url, trusted: bool, response: Response) -> Result<Response, Failure> {
        let (host, status) = (shown_host(url), response.status());
        let gated = response.headers().get("x-error-code").is_some_and(|code| code == "GatedRepo");
        let (model, key) = (self.model.clone(), key_for(start));
        let sent = trusted && self.credentials.has(url);
        Err(match status {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => return Ok(response),
            StatusCode::UNAUTHORIZED if !sent => Failure::Final(FetchError::NoToken { host, model, key }),
            StatusCode::UNAUTHORIZED if !gated => Failure::Final(FetchError::TokenRefused { host, model, key }),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
                Failure::Final(FetchError::Forbidden { host, model, key })
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => Failure::Final(FetchError::NotFound { host, what: model }),
            StatusCode::TOO_MANY_REQUESTS => Failure::Passing {
                asked_wait: asked_wait(response.headers(), Timestamp::now()),
                error: Box::new(move |attempts| FetchError::Busy { host: host.clone(), attempts }),
            },
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                let mut failure = passing_unavailable(host, format!("status {}", status.as_u16()));
                if let Failure::Passing { asked_wait: wait, .. } = &mut failure {
                    *wait = asked_wait(response.headers(), Timestamp::now());
                }
                failure
            }
            status => Failure::Final(bad(&host, &format!("status {}", status.as_u16()))),
        })
    }
}

fn passing_unavailable(host: String, why: String) -> Failure {
    let error = move |attempts| FetchError::Unavailable { host: host.clone(), attempts, why: why.clone() };
    Failure::Passing { asked_wait: None, error: Box::new(error) }
}

fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, &'static str> {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).ok_or("to nowhere")?;
    let next = from.join(location).map_err(|_| "to something that is no address")?;
    match (from.scheme(), next.scheme()) {
        ("https", "http") => return Err("from https to plain http"),
        (_, "http" | "https") => {}
        _ => return Err("to something other than http or https"),
    }
    if !next.username().is_empty() || next.password().is_some() {
        return Err("to an address with a user name in it");
    }
    Ok(next)
}

/// How long a hub asks to wait: `Retry-After` in seconds or as a date, or the `t=` of `RateLimit`.
fn asked_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
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

/// Where a partial answer starts, from `Content-Range: bytes 5-9/10`.
#[must_use]
pub fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    range.split_once('-')?.0.parse().ok()
}

/// A host and its port for a message: no path and no query, which may hold a signature.
#[must_use]
pub fn shown_host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The innermost cause of a failure, which is the one that says something; never the address.
#[must_use]
pub fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    const SHOWN_CHARS: usize = 160;
    if std::ptr::addr_eq(cause, error) {
        return "the connection failed".to_owned();
    }
    cause.to_string().chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect()
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
    fn a_redirect_never_leaves_https_and_never_carries_a_user() {
        let https: Url = "https://hub.example/a".parse().unwrap();
        let target = |location: &str| redirect_target(&https, &headers("location", location));
        assert_eq!(target("/b?x=1").unwrap().as_str(), "https://hub.example/b?x=1");
        assert_eq!(target("https://cdn.example/b").unwrap().as_str(), "https://cdn.example/b");
        for refused in ["http://hub.example/b", "ftp://x/", "file:///etc/passwd", "https://u:p@x/", "https://"] {
            assert!(target(refused).is_err(), "{refused}");
        }
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
