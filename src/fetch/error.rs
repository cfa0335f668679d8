//! What can go wrong, under a stable reason, in one sentence that says what to do.
//!
//! No message holds a token, a query string or anything else that a hub sent.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::path::PathFault;

/// The stable codes under which a fetch fails; they become reasons of the condition `ModelReady`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The hub wants to know who asks.
    HubUnauthorized,
    /// The hub knows who asks, and says no.
    HubForbidden,
    /// No such repository, revision or file.
    ModelNotFound,
    /// The hub asks to come back later, and went on asking.
    HubBusy,
    /// The hub does not answer, or answers with its own failure.
    HubUnavailable,
    /// A file is not as long as the hub said.
    SizeMismatch,
    /// A file is not what the hub said.
    DigestMismatch,
    /// A file's name would leave the folder.
    PathUnsafe,
    /// The model is larger than the limit given.
    TooLarge,
    /// The disk is full.
    NoSpace,
    /// The weights come only in a format that runs code when it is read.
    UnsafeFormat,
    /// There are no weights in the repository.
    NothingToServe,
    /// More than one set of weights, and nobody said which.
    SeveralFiles,
    /// The hub's answer makes no sense.
    BadAnswer,
    /// The hub sends the reader to a place that is not safe to follow.
    RedirectUnsafe,
    /// A setting of the fetch itself is wrong.
    BadSetting,
    /// The folder cannot be written.
    CannotWrite,
    /// The fetch was asked to stop.
    Stopped,
    /// A code of a newer release, read by an older one.
    #[serde(other)]
    Unknown,
}

/// A fetch that failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// 401 without a credential.
    #[error(
        "{host} answers 401 for {model}: it is private, gated, or not there, and no token is mounted for this host; \
         check the name, or put a token under the key {key} of the Secret that the deployment names"
    )]
    NoToken {
        /// The hub.
        host: String,
        /// `org/repo`.
        model: String,
        /// The key that the Secret needs.
        key: String,
    },
    /// 401 with a credential.
    #[error(
        "{host} answers 401 for {model} to the token under the key {key}: \
         the token is no longer valid, or the model does not exist; check the name, or renew the token"
    )]
    TokenRefused {
        /// The hub.
        host: String,
        /// `org/repo`.
        model: String,
        /// The key in the Secret.
        key: String,
    },
    /// 403, or the hub's own word for a gated model.
    #[error(
        "{host} does not let this reader have {model}: \
         accept the terms on the model's page, or mount a token (key {key}) of someone who has"
    )]
    Forbidden {
        /// The hub.
        host: String,
        /// `org/repo`.
        model: String,
        /// The key in the Secret.
        key: String,
    },
    /// 404.
    #[error(
        "{host} has no {what}: check the name and the revision; a private model also looks like this without a token"
    )]
    NotFound {
        /// The hub.
        host: String,
        /// What was asked for.
        what: String,
    },
    /// 429 to the last attempt too.
    #[error(
        "{host} still asks to slow down after {attempts} attempts: \
         try again later, mount a token (its limits are wider), or set a mirror as the endpoint"
    )]
    Busy {
        /// The hub.
        host: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// 5xx, no connection, or silence, to the last attempt too.
    #[error(
        "{host} cannot be read after {attempts} attempts ({why}): check the endpoint, the proxy and the network policy"
    )]
    Unavailable {
        /// The hub, or the store it sends readers to.
        host: String,
        /// How often it was asked.
        attempts: u32,
        /// What was seen last.
        why: String,
    },
    /// Another length than listed.
    #[error(
        "{path} should be {expected} bytes and is {got}: nothing of it is kept; the mirror or proxy in between is the first suspect"
    )]
    Size {
        /// The file.
        path: String,
        /// As listed.
        expected: u64,
        /// As received, or at least that.
        got: u64,
    },
    /// Another digest than listed.
    #[error(
        "{path} should have the digest {expected} and has {got}: nothing of it is kept; the mirror or proxy in between is the first suspect"
    )]
    Digest {
        /// The file.
        path: String,
        /// As listed.
        expected: String,
        /// As computed.
        got: String,
    },
    /// A name that would leave the folder.
    #[error("the hub lists a file named {shown}, and {fault}: nothing is fetched from such a repository")]
    Path {
        /// The name, escaped and cut.
        shown: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// More than `--max-bytes`.
    #[error(
        "the files are {total} bytes together, over the limit of {limit}: raise the limit and the volume, or choose a smaller file"
    )]
    TooLarge {
        /// All files chosen.
        total: u64,
        /// The limit given.
        limit: u64,
    },
    /// More files than a model has.
    #[error("the repository lists {limit} files or more: name the files to fetch in a repository of their own")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// No room.
    #[error("the volume is full while writing {path}: give the deployment a larger one")]
    NoSpace {
        /// The file or folder.
        path: String,
    },
    /// Only pickles.
    #[error(
        "{model} has its weights only as {example}, a format that runs code when it is read: \
         use a revision or a conversion with safetensors or GGUF files"
    )]
    UnsafeFormat {
        /// `org/repo`.
        model: String,
        /// One of the files.
        example: String,
    },
    /// No weights.
    #[error("{model} has no {wanted} at this revision: check the repository, the revision and the file asked for")]
    NothingToServe {
        /// `org/repo`.
        model: String,
        /// What was looked for.
        wanted: String,
    },
    /// Several GGUF files.
    #[error("{model} has several GGUF files ({some}): say which one by its name or a pattern, such as *{example}*")]
    SeveralFiles {
        /// `org/repo`.
        model: String,
        /// A few of them.
        some: String,
        /// A pattern that would do.
        example: String,
    },
    /// Not the answer of a hub.
    #[error(
        "{host} does not answer as a hub does ({why}): check that the endpoint is a model hub and not a login page or a proxy"
    )]
    BadAnswer {
        /// The hub.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// A redirect that is not followed.
    #[error("{host} redirects {why}: it is not followed; check the endpoint")]
    Redirect {
        /// Who redirects.
        host: String,
        /// Where to, in words.
        why: &'static str,
    },
    /// A setting that cannot be.
    #[error("{0}")]
    Setting(String),
    /// A disk that cannot be written.
    #[error("{path} cannot be {action} ({why}): check the volume and the user the pod runs as")]
    Disk {
        /// The file or folder.
        path: String,
        /// Read or written.
        action: &'static str,
        /// The system's word.
        why: String,
    },
    /// SIGTERM.
    #[error("stopped while fetching: what was complete is kept, and the next run goes on from there")]
    Stopped,
}

impl FetchError {
    /// The stable code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::NoToken { .. } | Self::TokenRefused { .. } => Reason::HubUnauthorized,
            Self::Forbidden { .. } => Reason::HubForbidden,
            Self::NotFound { .. } => Reason::ModelNotFound,
            Self::Busy { .. } => Reason::HubBusy,
            Self::Unavailable { .. } => Reason::HubUnavailable,
            Self::Size { .. } => Reason::SizeMismatch,
            Self::Digest { .. } => Reason::DigestMismatch,
            Self::Path { .. } => Reason::PathUnsafe,
            Self::TooLarge { .. } | Self::TooManyFiles { .. } => Reason::TooLarge,
            Self::NoSpace { .. } => Reason::NoSpace,
            Self::UnsafeFormat { .. } => Reason::UnsafeFormat,
            Self::NothingToServe { .. } => Reason::NothingToServe,
            Self::SeveralFiles { .. } => Reason::SeveralFiles,
            Self::BadAnswer { .. } => Reason::BadAnswer,
            Self::Redirect { .. } => Reason::RedirectUnsafe,
            Self::Setting(_) => Reason::BadSetting,
            Self::Disk { .. } => Reason::CannotWrite,
            Self::Stopped => Reason::Stopped,
        }
    }

    /// A failure of the disk, told apart from a full one.
    #[must_use]
    pub fn disk(path: &Path, action: &'static str, error: &io::Error) -> Self {
        let path = path.display().to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::NoSpace { path }
            }
            kind => Self::Disk { path, action, why: kind.to_string() },
        }
    }

    /// A name from a hub, shown so that it can do no harm in a log.
    #[must_use]
    pub fn path(name: &str, fault: PathFault) -> Self {
        const SHOWN_CHARS: usize = 80;
        Self::Path { shown: name.chars().take(SHOWN_CHARS).flat_map(char::escape_debug).collect(), fault }
    }
}

impl Reason {
    /// The exit code of `modelport fetch`, by who can do something about it.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::BadSetting | Self::Unknown => 1,
            Self::HubUnauthorized | Self::HubForbidden => 3,
            Self::ModelNotFound | Self::NothingToServe | Self::UnsafeFormat | Self::SeveralFiles => 4,
            Self::HubBusy | Self::HubUnavailable => 5,
            Self::SizeMismatch | Self::DigestMismatch | Self::PathUnsafe | Self::BadAnswer | Self::RedirectUnsafe => 6,
            Self::TooLarge | Self::NoSpace | Self::CannotWrite => 7,
            Self::Stopped => 143, // 128 + SIGTERM, as shells report it
        }
    }
}
