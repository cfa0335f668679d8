//! The last word of the pod that asks a registry: the digest, or why there is none. Pure.
//!
//! The operator reads it from the status of a pod in a tenant's namespace, so nothing in it is believed but its form.

use serde::{Deserialize, Serialize};

use super::error::{Code, RegistryError};
use crate::manifest::source::is_digest;

/// Longest termination message that a kubelet keeps, in bytes.
const MAX_MESSAGE_BYTES: usize = 4096;
/// Longest sentence inside it, in bytes: room for the rest and for JSON's escapes.
const MAX_SENTENCE_BYTES: usize = 1000;

/// The last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `sha256:` and 64 hexadecimal digits.
    Digest(String),
    /// Why there is none.
    Failed {
        /// The stable code.
        reason: Code,
        /// One sentence.
        message: String,
    },
    /// Neither of both.
    Unreadable,
}

#[derive(Serialize, Deserialize)]
struct Failed {
    reason: Code,
    message: String,
}

impl Answer {
    /// Reads a message; never panics, whatever the text.
    #[must_use]
    pub fn parse(message: &str) -> Self {
        let text = message.trim();
        if is_digest(text) {
            return Self::Digest(text.to_owned());
        }
        if text.len() > MAX_MESSAGE_BYTES {
            return Self::Unreadable;
        }
        match serde_json::from_str(text) {
            Ok(Failed { reason, message }) => Self::Failed { reason, message: shown(&message) },
            Err(_) => Self::Unreadable,
        }
    }

    /// The message, short enough for a kubelet.
    #[must_use]
    pub fn to_message(&self) -> String {
        match self {
            Self::Digest(digest) => digest.clone(),
            Self::Failed { reason, message } => {
                // These types always serialise.
                serde_json::to_string(&Failed { reason: *reason, message: shown(message) }).unwrap_or_default()
            }
            Self::Unreadable => String::new(),
        }
    }
}

impl From<&RegistryError> for Answer {
    fn from(error: &RegistryError) -> Self {
        Self::Failed { reason: error.code(), message: shown(&error.to_string()) }
    }
}

/// A sentence that can do no harm on a terminal or in a condition.
fn shown(text: &str) -> String {
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.truncate(line.floor_char_boundary(MAX_SENTENCE_BYTES));
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_survives_the_pod_status() {
        let digest = Answer::Digest(format!("sha256:{}", "0a".repeat(32)));
        let failed = Answer::from(&RegistryError::NotFound { host: "r.example".into(), image: "m:1".into() });
        for answer in [digest, failed] {
            assert_eq!(Answer::parse(&answer.to_message()), answer);
        }
    }

    #[test]
    fn what_only_looks_like_a_digest_is_none() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for text in [
            "",
            "sha256:",
            &format!("{digest}a"),
            &format!("sha256:{}", "A".repeat(64)),
            &format!("sha512:{}", "a".repeat(64)),
            &format!("{digest}\n{digest}"),
            &format!("r.example/m@{digest}"),
            "Killed",
        ] {
            assert_eq!(Answer::parse(text), Answer::Unreadable, "{text}");
        }
        assert_eq!(Answer::parse(&format!("{digest}\n")), Answer::Digest(digest));
    }

    #[test]
    fn a_code_of_a_newer_release_is_still_a_failure() {
        let newer = Answer::parse(r#"{"reason":"SomethingNew","message":"x\u001b[31m"}"#);
        assert_eq!(newer, Answer::Failed { reason: Code::Unknown, message: "x [31m".into() });
    }

    proptest! {
        #[test]
        fn any_message_is_read_and_a_digest_is_64_digits(text in "(sha256:)?[\\PC\\x00-\\x1f]{0,80}|[0-9a-f]{64}") {
            if let Answer::Digest(digest) = Answer::parse(&text) {
                prop_assert!(digest.len() == 71 && digest.starts_with("sha256:"));
                prop_assert!(digest[7..].bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()));
            }
        }

        #[test]
        fn a_message_always_fits_a_kubelet(text in "[\\x00-\\x7f😀]{0,5000}") {
            let answer = Answer::from(&RegistryError::Setting(text));
            prop_assert!(answer.to_message().len() <= MAX_MESSAGE_BYTES);
            prop_assert_eq!(Answer::parse(&answer.to_message()), answer);
        }
    }
}
