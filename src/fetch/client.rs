//! One GET, done right: bounded, patient, and with a token for one host only.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, HeaderMap, LOCATION, RANGE};
use reqwest::{Client, Response, StatusCode, Url};

use super::credential::{Credentials, key_for};
use super::error::FetchError;
use super::hub_huggingface::bad;
use super::hub_modelscope;
use super::patience::{self, Patience, asked_wait};
use super::source::{Hub, Source};

const CONNECT_TIMEOUT_SECONDS: u64 = 15;
const MAX_REDIRECTS: usize = 5;
/// Largest answer that is not a file, in bytes.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// Largest body of a refusal that is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;
/// Longest text of a cause in a message.
const CAUSE_CHARS: usize = 160;

/// A reader of one hub.
pub struct HubClient {
    http: Client,
    credentials: Credentials,
    patience: Patience,
    model: String,
    modelscope: bool,
}

type Failure = patience::Failure<FetchError>;

/// A client that follows no redirect by itself; `ca_bundle` is PEM, and is trusted besides the system's own authorities.
pub fn http_client(ca_bundle: Option<&[u8]>, read_timeout: Duration, plain: bool) -> Result<Client, FetchError> {
    let builder = || {
        Client::builder()
            .user_agent(concat!("modelport/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_SECONDS))
            .read_timeout(read_timeout)
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
    let built = built.or_else(|error| if plain { builder().tls_certs_only([]).build() } else { Err(error) });
    built.map_err(|error| {
        FetchError::Setting(format!("no connection can be secured ({}): set a CA bundle", root_cause(&error)))
    })
}

impl HubClient {
    /// Builds the reader; `ca_bundle` is PEM, and is trusted besides the system's own authorities.
    pub fn new(
        endpoint: &Url,
        ca_bundle: Option<&[u8]>,
        credentials: Credentials,
        patience: Patience,
        source: &Source,
    ) -> Result<Self, FetchError> {
        let http = http_client(ca_bundle, patience.read_timeout, endpoint.scheme() == "http")?;
        Ok(Self { http, credentials, patience, model: source.model(), modelscope: source.hub == Hub::ModelScope })
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
            match self.follow(url, from).await {
                Ok(response) => return Ok(response),
                Err(failure) => self.patience.after(failure, attempt, "the hub").await?,
            }
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
                for (name, value) in self.credentials.headers_for(&url, self.modelscope) {
                    request = request.header(name, value);
                }
            }
            let host = shown_host(&url);
            let response =
                request.send().await.map_err(|error| passing_unavailable(host.clone(), root_cause(&error)))?;
            let status = response.status();
            if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return self.judge(&url, start, trusted, response).await;
            }
            let next = redirect_target(&url, response.headers())
                .map_err(|why| Failure::Final(FetchError::Redirect { host, why }))?;
            trusted = trusted && next.origin() == start.origin();
            url = next;
        }
        let host = shown_host(start);
        Err(Failure::Final(FetchError::Redirect { host, why: "in a circle, or too often" }))
    }

    async fn judge(&self, url: &Url, start: &Url, trusted: bool, mut response: Response) -> Result<Response, Failure> {
        let (host, status) = (shown_host(url), response.status());
        let gated = response.headers().get("x-error-code").is_some_and(|code| code == "GatedRepo");
        let hidden = status == StatusCode::NOT_FOUND && self.modelscope && says_denied(&mut response).await;
        let (model, key) = (self.model.clone(), key_for(start));
        let sent = trusted && self.credentials.has(url);
        Err(match status {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => return Ok(response),
            StatusCode::NOT_FOUND if hidden && sent => Failure::Final(FetchError::Forbidden { host, model, key }),
            StatusCode::NOT_FOUND if hidden => Failure::Final(FetchError::NoToken { host, model, key }),
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

/// ModelScope refuses with status 404 and says in the body what it means.
async fn says_denied(response: &mut Response) -> bool {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes);
        if body.len() > MAX_REFUSAL_BYTES {
            return false;
        }
    }
    hub_modelscope::is_denial(&body)
}

fn passing_unavailable(host: String, why: String) -> Failure {
    let error = move |attempts| FetchError::Unavailable { host: host.clone(), attempts, why: why.clone() };
    Failure::Passing { asked_wait: None, error: Box::new(error) }
}

/// Where a redirect leads, or why it is not followed.
pub fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, &'static str> {
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
    if std::ptr::addr_eq(cause, error) {
        return "the connection failed".to_owned();
    }
    cause.to_string().chars().filter(|c| !c.is_control()).take(CAUSE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())])
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
}
