//! An image's name as a container runtime reads it: host, repository, tag. Pure.

use std::fmt;

/// Longest tag.
const MAX_TAG_CHARS: usize = 128;
/// Longest repository.
const MAX_REPOSITORY_CHARS: usize = 255;
/// The host that a name without one means, and the address that answers for it.
const DEFAULT_HOST: (&str, &str) = ("docker.io", "registry-1.docker.io");

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Host, with its port where one is written.
    pub host: String,
    /// Repository.
    pub repository: String,
    /// Tag.
    pub tag: String,
}

/// Why a name cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It holds a digest.
    #[error("names a digest already, and nothing is left to ask")]
    Digest,
    /// The host.
    #[error("names no host: write registry.example.com/repository:tag")]
    Host,
    /// The repository.
    #[error("names a repository that is not lower-case letters and digits, with . _ - and / between them")]
    Repository,
    /// The tag.
    #[error("names a tag that is not up to 128 letters, digits, _ . and -")]
    Tag,
}

impl Reference {
    /// Reads a name; never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.contains('@') {
            return Err(ReferenceError::Digest);
        }
        // A name whose first part is no host is one of the default host's.
        let (host, rest) = match text.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest.to_owned()),
            Some(_) => (DEFAULT_HOST.0, text.to_owned()),
            None => (DEFAULT_HOST.0, format!("library/{text}")),
        };
        let (repository, tag) = rest.rsplit_once(':').unwrap_or((&rest, "latest"));
        if !is_host(host) {
            return Err(ReferenceError::Host);
        }
        if repository.len() > MAX_REPOSITORY_CHARS || !repository.split('/').all(is_part) {
            return Err(ReferenceError::Repository);
        }
        if !is_tag(tag) {
            return Err(ReferenceError::Tag);
        }
        Ok(Self { host: host.to_ascii_lowercase(), repository: repository.to_owned(), tag: tag.to_owned() })
    }

    /// The host that answers.
    #[must_use]
    pub fn address(&self) -> &str {
        if self.host == DEFAULT_HOST.0 || self.host == "index.docker.io" { DEFAULT_HOST.1 } else { &self.host }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.host, self.repository, self.tag)
    }
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn is_part(part: &str) -> bool {
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(end) && part.ends_with(end) && part.chars().all(|c| end(c) || matches!(c, '.' | '_' | '-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= MAX_TAG_CHARS && tag.starts_with(word) && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (String, String, String) {
        let Reference { host, repository, tag } = Reference::parse(text).unwrap();
        (host, repository, tag)
    }

    #[test]
    fn a_name_is_read_as_a_container_runtime_reads_it() {
        let is = |text: &str, host: &str, repository: &str, tag: &str| {
            assert_eq!(read(text), (host.into(), repository.into(), tag.into()), "{text}");
        };
        is("registry.example.com/ai/model:8b", "registry.example.com", "ai/model", "8b");
        is("Registry.example.com:5000/m", "registry.example.com:5000", "m", "latest");
        is("localhost/m:1", "localhost", "m", "1");
        is("10.0.0.1:5000/m:1", "10.0.0.1:5000", "m", "1");
        is("team/model:1", "docker.io", "team/model", "1");
        is("model:1", "docker.io", "library/model", "1");
        assert_eq!(Reference::parse("team/model:1").unwrap().address(), "registry-1.docker.io");
        assert_eq!(Reference::parse("r.example/m:1").unwrap().address(), "r.example");
    }

    #[test]
    fn a_name_that_no_registry_has_is_refused() {
        for (text, error) in [
            ("r.example/m@sha256:12", ReferenceError::Digest),
            ("r.example:0/m", ReferenceError::Host),
            ("r.example:port/m", ReferenceError::Host),
            ("-r.example/m", ReferenceError::Host),
            ("r..example/m", ReferenceError::Host),
            ("r.example/Model", ReferenceError::Repository),
            ("r.example/a//b", ReferenceError::Repository),
            ("r.example/", ReferenceError::Repository),
            ("r.example/m:", ReferenceError::Tag),
            ("r.example/m:-1", ReferenceError::Tag),
            ("r.example/m?x=1", ReferenceError::Repository),
            ("r.example/m:1?x=1", ReferenceError::Tag),
        ] {
            assert_eq!(Reference::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_never_panics(text in "\\PC{0,600}") {
            let _ = Reference::parse(&text);
        }

        #[test]
        fn what_is_read_stays_inside_its_part_of_an_address(text in "[a-zA-Z0-9.:/_@?#%-]{0,80}") {
            if let Ok(read) = Reference::parse(&text) {
                let url: reqwest::Url = format!("https://{}/v2/{}/manifests/{}", read.address(), read.repository, read.tag).parse().unwrap();
                let path = format!("/v2/{}/manifests/{}", read.repository, read.tag);
                prop_assert_eq!(url.path(), path);
                prop_assert!(url.query().is_none() && url.username().is_empty());
            }
        }
    }
}
