//! `spec.model.source`: a total reading of the address where the bytes come from.

use std::fmt;

use super::hub_address::HubAddress;
pub use crate::catalog::words::Hub;

/// Where the bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A repository on a hub.
    Hub {
        /// Which hub.
        hub: Hub,
        /// `org/name`.
        repository: String,
        /// Branch, tag or commit after `@`.
        revision: Option<String>,
    },
    /// An OCI artefact.
    Oci {
        /// Reference without scheme, tag and digest included.
        reference: String,
        /// Digest, where the reference pins one.
        digest: Option<String>,
    },
    /// A claim in the deployment's namespace.
    Pvc {
        /// Claim name.
        claim: String,
        /// Path inside it; empty for its root.
        path: String,
    },
    /// An object store or a web address.
    Url {
        /// `s3`, `gs`, `oss`, `az` or `https`.
        scheme: &'static str,
        /// All that follows `://`.
        rest: String,
    },
}

/// Why an address cannot be read. Each says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No known scheme.
    #[error("starts with none of hf://, modelscope://, oci://, pvc://, s3://, gs://, oss://, az://, https://")]
    Scheme,
    /// Longer than [`MAX_SOURCE_CHARS`].
    #[error("is longer than 512 characters")]
    TooLong,
    /// A path that climbs, or characters that no address has.
    #[error("holds '..', a backslash, a space or a control character")]
    Unsafe,
    /// Not `org/name`.
    #[error("is not org/name after the scheme, with an optional @revision")]
    Repository,
    /// Not a claim name.
    #[error("is not claim/path after pvc://")]
    Claim,
    /// Nothing after the scheme, or a digest that is none.
    #[error("names no artefact, or a digest that is not sha256: and 64 hexadecimal digits")]
    Reference,
}

/// Longest address.
pub const MAX_SOURCE_CHARS: usize = 512;

impl Source {
    /// Reads an address; never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if text.len() > MAX_SOURCE_CHARS {
            return Err(SourceError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(SourceError::Scheme)?;
        if rest.split(['/', '@']).any(|part| part == "." || part == "..")
            || rest.contains("..")
            || rest.chars().any(|c| c == '\\' || c.is_whitespace() || c.is_control())
        {
            return Err(SourceError::Unsafe);
        }
        match scheme {
            "hf" => hub(Hub::HuggingFace, rest),
            "modelscope" => hub(Hub::ModelScope, rest),
            "oci" => oci(rest),
            "pvc" => pvc(rest),
            "s3" => url("s3", rest),
            "gs" => url("gs", rest),
            "oss" => url("oss", rest),
            "az" => url("az", rest),
            "https" => url("https", rest),
            _ => Err(SourceError::Scheme),
        }
    }

    /// The repository whose model it is, where the address itself says so.
    #[must_use]
    pub fn repository(&self) -> Option<(Hub, &str)> {
        match self {
            Self::Hub { hub, repository, .. } => Some((*hub, repository)),
            _ => None,
        }
    }
}

/// Whether a text is `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn hub(hub: Hub, rest: &str) -> Result<Source, SourceError> {
    let HubAddress { org, repo, revision } = HubAddress::parse(rest).map_err(|_| SourceError::Repository)?;
    Ok(Source::Hub { hub, repository: format!("{org}/{repo}"), revision: revision.map(str::to_owned) })
}

fn oci(rest: &str) -> Result<Source, SourceError> {
    let digest = match rest.split_once('@') {
        Some((_, digest)) => {
            if !is_digest(digest) {
                return Err(SourceError::Reference);
            }
            Some(digest.to_owned())
        }
        None => None,
    };
    let path = rest.split('@').next().unwrap_or_default();
    let fine = path.contains('/')
        && path.split('/').all(|part| !part.is_empty())
        && path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':'));
    if fine { Ok(Source::Oci { reference: rest.to_owned(), digest }) } else { Err(SourceError::Reference) }
}

fn pvc(rest: &str) -> Result<Source, SourceError> {
    let (claim, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name_fine = (1..=253).contains(&claim.len())
        && claim.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'))
        && claim.starts_with(|c: char| c.is_ascii_alphanumeric())
        && claim.ends_with(|c: char| c.is_ascii_alphanumeric());
    if name_fine && !path.starts_with('/') {
        Ok(Source::Pvc { claim: claim.to_owned(), path: path.trim_end_matches('/').to_owned() })
    } else {
        Err(SourceError::Claim)
    }
}

fn url(scheme: &'static str, rest: &str) -> Result<Source, SourceError> {
    let host = rest.split('/').next().unwrap_or_default();
    // A user in the address would be a credential in the open.
    if host.is_empty() || host.contains('@') {
        return Err(SourceError::Reference);
    }
    Ok(Source::Url { scheme, rest: rest.to_owned() })
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub { hub, repository, revision } => {
                write!(f, "{}://{repository}", hub.scheme())?;
                revision.iter().try_for_each(|r| write!(f, "@{r}"))
            }
            Self::Oci { reference, .. } => write!(f, "oci://{reference}"),
            Self::Pvc { claim, path } if path.is_empty() => write!(f, "pvc://{claim}"),
            Self::Pvc { claim, path } => write!(f, "pvc://{claim}/{path}"),
            Self::Url { scheme, rest } => write!(f, "{scheme}://{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_written_forms_are_read() {
        for text in [
            "hf://meta-llama/Llama-2-7b-chat-hf",
            "hf://Qwen/Qwen3-8B@main",
            "modelscope://qwen/Qwen2.5-7B-Instruct@v1.0.0",
            "pvc://weights/models/tiny",
            "pvc://weights",
            "oci://registry.example.com:5000/models/qwen:8b",
            "s3://bucket/key",
            "https://models.example.com/a.gguf",
        ] {
            assert_eq!(Source::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_bad_address_says_what_is_wrong() {
        for (text, error) in [
            ("meta-llama/Llama-2", SourceError::Scheme),
            ("ftp://a/b", SourceError::Scheme),
            ("hf://a/../b", SourceError::Unsafe),
            ("hf://only-a-name", SourceError::Repository),
            ("hf://a/b/c", SourceError::Repository),
            ("hf://a/b@", SourceError::Repository),
            ("oci://reg/x@sha256:12", SourceError::Reference),
            ("pvc:///x", SourceError::Claim),
            ("https://user:secret@host/x", SourceError::Reference),
            ("hf://a b/c", SourceError::Unsafe),
        ] {
            assert_eq!(Source::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_never_panics(text in "\\PC{0,600}") {
            let _ = Source::parse(&text);
        }

        #[test]
        fn what_is_read_is_printed_back(org in "[A-Za-z0-9][A-Za-z0-9-]{0,20}", name in "[A-Za-z0-9][A-Za-z0-9_-]{0,20}") {
            let text = format!("hf://{org}/{name}");
            prop_assert_eq!(Source::parse(&text).unwrap().to_string(), text);
        }
    }
}
