//! What a fetch leaves behind: the record beside the weights, and the message in the pod's status. Pure.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::{FetchError, Reason};
use crate::manifest::names::hex;

/// Longest termination message that a kubelet keeps, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4096;
/// Longest sentence inside it, in bytes: room for the rest and for JSON's escapes.
const MAX_SENTENCE_BYTES: usize = 1500;

/// A complete, verified set of files: `.modelport/fetched.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// The source without its revision.
    pub source: String,
    /// The commit.
    pub revision: String,
    /// One digest over all files, see [`digest_of`].
    pub digest: String,
    /// The choice of files, as it was asked for.
    pub selection: String,
    /// The files, by path.
    pub files: Vec<FetchedFile>,
}

/// One file of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FetchedFile {
    /// Its path below the folder.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

impl Fetched {
    /// Puts files in order and seals them with their digest.
    #[must_use]
    pub fn new(source: String, revision: String, selection: String, mut files: Vec<FetchedFile>) -> Self {
        files.sort();
        let digest = digest_of(&files);
        Self { source, revision, digest, selection, files }
    }

    /// All bytes together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }
}

/// The digest of a set of files: SHA-256 over `path \0 size \0 sha256 \n` of each, ordered by path.
#[must_use]
pub fn digest_of(files: &[FetchedFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(format!("{}\0{}\0{}\n", file.path, file.size, file.sha256));
    }
    format!("sha256:{}", hex(&hash.finalize()))
}

/// The termination message of the init container; the operator reads it from the pod's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Fetched and verified.
    Fetched {
        /// The commit.
        revision: String,
        /// The digest over all files.
        digest: String,
        /// How many bytes.
        bytes: u64,
        /// How many files.
        files: usize,
    },
    /// Not fetched.
    Failed {
        /// The stable code.
        reason: Reason,
        /// One sentence.
        message: String,
    },
}

impl Outcome {
    /// The message in one line of JSON, short enough for a kubelet.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() // these types always serialise
    }

    /// Reads a message; `None` where it is not ours.
    #[must_use]
    pub fn parse(message: &str) -> Option<Self> {
        if message.len() > MAX_MESSAGE_BYTES { None } else { serde_json::from_str(message).ok() }
    }
}

impl From<&Fetched> for Outcome {
    fn from(fetched: &Fetched) -> Self {
        Self::Fetched {
            revision: fetched.revision.clone(),
            digest: fetched.digest.clone(),
            bytes: fetched.bytes(),
            files: fetched.files.len(),
        }
    }
}

impl From<&FetchError> for Outcome {
    fn from(error: &FetchError) -> Self {
        let mut message = error.to_string();
        message.truncate(message.floor_char_boundary(MAX_SENTENCE_BYTES));
        Self::Failed { reason: error.reason(), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_outcome_survives_the_pod_status() {
        let file = FetchedFile { path: "a".into(), size: 3, sha256: "b".repeat(64) };
        let fetched = Fetched::new("hf://o/r".into(), "c".repeat(40), String::new(), vec![file]);
        for outcome in [Outcome::from(&fetched), Outcome::from(&FetchError::Stopped)] {
            assert_eq!(Outcome::parse(&outcome.to_json()), Some(outcome));
        }
        assert_eq!(Outcome::parse("Killed"), None);
        let newer = Outcome::parse(r#"{"reason":"SomethingNew","message":"x"}"#);
        assert_eq!(newer, Some(Outcome::Failed { reason: Reason::Unknown, message: "x".into() }));
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order_of_arrival() {
        let file = |path: &str| FetchedFile { path: path.into(), size: 3, sha256: "b".repeat(64) };
        let one = Fetched::new(String::new(), String::new(), String::new(), vec![file("a"), file("b")]);
        let two = Fetched::new(String::new(), String::new(), String::new(), vec![file("b"), file("a")]);
        assert_eq!(one.digest, two.digest);
    }

    proptest! {
        #[test]
        fn a_message_always_fits_a_kubelet(text in "[\\x00-\\x7f😀]{0,5000}") {
            let outcome = Outcome::from(&FetchError::Setting(text.replace(|c: char| c.is_control(), " ")));
            prop_assert!(outcome.to_json().len() <= MAX_MESSAGE_BYTES);
        }
    }
}
