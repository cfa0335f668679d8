//! What can go wrong at a registry, under a stable code, in one sentence that says what to do.
//!
//! No message holds a password, a token or anything else that a registry sent.

use serde::{Deserialize, Serialize};

use crate::fetch::error::FetchError;

/// The stable codes under which a tag is not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// The registry wants to know who asks.
    RegistryUnauthorized,
    /// The registry knows who asks, and says no.
    RegistryForbidden,
    /// No such repository or tag.
    ImageNotFound,
    /// The registry asks to come back later, and went on asking.
    RegistryBusy,
    /// The registry does not answer, or answers with its own failure.
    RegistryUnavailable,
    /// The answer is none of a registry.
    BadAnswer,
    /// A setting of the question is wrong.
    BadSetting,
    /// A code of a newer release, read by an older one.
    #[serde(other)]
    Unknown,
}

/// A tag that was not resolved.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// 401 without a login.
    #[error(
        "{host} answers 401 for {image}: it is private or not there, and no pull secret of the deployment has a login \
         for it; check the name, or list a secret of kubectl create secret docker-registry in \
         spec.runtime.pod.imagePullSecrets"
    )]
    NoLogin {
        /// The registry.
        host: String,
        /// The image.
        image: String,
    },
    /// 401 with a login.
    #[error("{host} answers 401 for {image} to the login in the deployment's pull secret: renew it, or check the name")]
    LoginRefused {
        /// The registry.
        host: String,
        /// The image.
        image: String,
    },
    /// 403.
    #[error(
        "{host} answers 403 for {image}: whoever the pull secret logs in may not read it; ask for that right, or name \
         another secret in spec.runtime.pod.imagePullSecrets"
    )]
    Forbidden {
        /// The registry.
        host: String,
        /// The image.
        image: String,
    },
    /// 404.
    #[error("{host} has no {image}: check the repository and the tag")]
    NotFound {
        /// The registry.
        host: String,
        /// The image.
        image: String,
    },
    /// 429 to the last attempt too.
    #[error("{host} still asks to slow down after {attempts} attempts: a login has wider limits")]
    Busy {
        /// The registry.
        host: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// 5xx, no connection, or silence, to the last attempt too.
    #[error(
        "{host} cannot be read after {attempts} attempts ({why}): check the address, the proxy, the authorities and \
         the network policy"
    )]
    Unavailable {
        /// The registry, or who gives its tokens.
        host: String,
        /// How often it was asked.
        attempts: u32,
        /// What was seen last.
        why: String,
    },
    /// Not the answer of a registry.
    #[error(
        "{host} does not answer as a registry does ({why}): check that it is an image registry and not a login page or \
         a proxy"
    )]
    BadAnswer {
        /// The registry, or who gives its tokens.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// A setting that cannot be.
    #[error("{0}")]
    Setting(String),
}

impl RegistryError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NoLogin { .. } | Self::LoginRefused { .. } => Code::RegistryUnauthorized,
            Self::Forbidden { .. } => Code::RegistryForbidden,
            Self::NotFound { .. } => Code::ImageNotFound,
            Self::Busy { .. } => Code::RegistryBusy,
            Self::Unavailable { .. } => Code::RegistryUnavailable,
            Self::BadAnswer { .. } => Code::BadAnswer,
            Self::Setting(_) => Code::BadSetting,
        }
    }
}

/// What a client is made of is shared with the fetch, and so is what can be wrong with it.
impl From<FetchError> for RegistryError {
    fn from(error: FetchError) -> Self {
        Self::Setting(error.to_string())
    }
}
