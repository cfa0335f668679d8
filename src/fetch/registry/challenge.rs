//! How a registry says that it wants a login: the header `WWW-Authenticate`. Pure.

use reqwest::Url;

/// Longest header that is read, in bytes.
const MAX_HEADER_BYTES: usize = 4096;

/// What a registry wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// User and password with each request.
    Basic,
    /// A token, which another address gives.
    Bearer {
        /// Where.
        realm: Url,
        /// For which service.
        service: Option<String>,
    },
}

impl Challenge {
    /// Reads a header; nothing where it asks for what is not known here.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        if header.len() > MAX_HEADER_BYTES {
            return None;
        }
        let header = header.trim();
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut realm = None;
        let mut service = None;
        for (name, value) in parameters(rest) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => realm = Some(value),
                "service" => service = Some(value),
                _ => {}
            }
        }
        let realm: Url = realm?.parse().ok()?;
        let plain = matches!(realm.scheme(), "https" | "http") && realm.has_host();
        (plain && realm.username().is_empty() && realm.password().is_none()).then_some(Self::Bearer { realm, service })
    }
}

/// `name="value"`, with commas between them and inside of the quotes.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ']).to_owned();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        found.push((name, value.trim().to_owned()));
        rest = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_challenges_of_known_registries_are_read() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.parse().unwrap(), service: service.map(Into::into) })
        };
        assert_eq!(
            Challenge::parse(
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ),
            bearer("https://auth.docker.io/token", Some("registry.docker.io"))
        );
        assert_eq!(
            Challenge::parse(r#"bearer service="a, b", realm="https://r.example/t?x=1""#),
            bearer("https://r.example/t?x=1", Some("a, b"))
        );
        assert_eq!(Challenge::parse(r#"Basic realm="Registry""#), Some(Challenge::Basic));
        assert_eq!(Challenge::parse("Basic"), Some(Challenge::Basic));
        for other in [
            "",
            "Negotiate",
            "Bearer",
            "Bearer realm=",
            r#"Bearer realm="ftp://x""#,
            r#"Bearer realm="https://u:p@x/""#,
        ] {
            assert_eq!(Challenge::parse(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_not_and_never_panics(text in "(Bearer |Basic )?[ -~]{0,300}") {
            let _ = Challenge::parse(&text);
        }
    }
}
