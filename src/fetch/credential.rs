//! Tokens, each for one host only.
//!
//! The folder is a mounted Secret: a file named `<host>` (or `<host>_<port>` where the port is not the scheme's own)
//! holds the token for that host, and no other host ever sees it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use reqwest::Url;
use reqwest::header::HeaderValue;

use super::error::FetchError;

/// Longest token, in bytes.
const MAX_TOKEN_BYTES: usize = 4096;

/// The tokens of a deployment, by the host they are for.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, String>);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish() // hosts, never tokens
    }
}

impl Credentials {
    /// Reads a folder in which each file is named by its host.
    pub fn read(folder: &Path) -> Result<Self, FetchError> {
        let unreadable = |error: std::io::Error| {
            FetchError::Setting(format!("the credentials in {} cannot be read ({})", folder.display(), error.kind()))
        };
        let mut tokens = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            // A Secret's mount keeps its versions in names that start with "..".
            let Some(host) =
                entry.file_name().to_str().filter(|name| !name.starts_with('.')).map(str::to_ascii_lowercase)
            else {
                continue;
            };
            if !entry.path().is_file() {
                continue;
            }
            let token = std::fs::read_to_string(entry.path()).map_err(unreadable)?;
            tokens.insert(host.clone(), checked(&host, &token)?);
        }
        Ok(Self(tokens))
    }

    /// One token for one host; for tests and for tools without a Secret.
    pub fn one(host: &str, token: &str) -> Result<Self, FetchError> {
        let token = checked(host, token)?;
        Ok(Self(BTreeMap::from([(host.to_ascii_lowercase(), token)])))
    }

    /// The headers that carry the token of this address' host, if there is one.
    #[must_use]
    pub fn headers_for(&self, url: &Url, cookie: bool) -> Vec<(reqwest::header::HeaderName, HeaderValue)> {
        let Some(token) = self.0.get(&key_for(url)) else {
            return Vec::new();
        };
        let mut headers = vec![(reqwest::header::AUTHORIZATION, format!("Bearer {token}"))];
        if cookie {
            // ModelScope's older addresses know a session by its cookie only.
            headers.push((reqwest::header::COOKIE, format!("m_session_id={token}")));
        }
        let secret = |(name, text): (_, String)| {
            let mut value = HeaderValue::from_str(&text).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        };
        headers.into_iter().filter_map(secret).collect()
    }

    /// Whether there is a token for this address' host.
    #[must_use]
    pub fn has(&self, url: &Url) -> bool {
        self.0.contains_key(&key_for(url))
    }
}

/// The key under which a Secret holds the token of this address' host: `host`, or `host_port`.
#[must_use]
pub fn key_for(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    match url.port() {
        Some(port) => format!("{host}_{port}"),
        None => host,
    }
}

fn checked(host: &str, token: &str) -> Result<String, FetchError> {
    let token = token.trim();
    let sane = !token.is_empty() && token.len() <= MAX_TOKEN_BYTES;
    if sane && token.bytes().all(|b| b.is_ascii_graphic() && b != b';' && b != b',') {
        return Ok(token.to_owned());
    }
    Err(FetchError::Setting(format!(
        "the token under the key {host} is not one: a token is up to {MAX_TOKEN_BYTES} printable characters without spaces"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_token_is_for_exactly_the_host_that_its_key_names() {
        let credentials = Credentials::one("Hub.example", "s3cret").unwrap();
        assert!(credentials.has(&url("https://hub.example/a")));
        assert!(credentials.has(&url("https://HUB.example:443/a")));
        for other in [
            "https://hub.example:8443/a",
            "https://cdn.hub.example/",
            "https://hub.example.evil/",
            "https://evil/?hub.example",
        ] {
            assert!(!credentials.has(&url(other)), "{other}");
            assert!(credentials.headers_for(&url(other), true).is_empty(), "{other}");
        }
        assert_eq!(key_for(&url("http://mirror.models.svc:8080/")), "mirror.models.svc_8080");
    }

    #[test]
    fn a_token_never_shows_in_debug_output_or_in_an_error() {
        let credentials = Credentials::one("hub.example", "s3cret").unwrap();
        assert!(!format!("{credentials:?}").contains("s3cret"));
        let headers = credentials.headers_for(&url("https://hub.example/"), true);
        assert_eq!(headers.len(), 2);
        assert!(!format!("{headers:?}").contains("s3cret"));
        let error = Credentials::one("hub.example", "s3cret with a space").unwrap_err();
        assert!(!error.to_string().contains("s3cret"));
    }
}
