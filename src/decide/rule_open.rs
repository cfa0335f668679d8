//! What a rule answers, and which facts are missing where it hangs on some.

use smallvec::SmallVec;

use crate::catalog::rule::Exemption;

/// A fact that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ask {
    /// A field of the manifest.
    Manifest(&'static str),
    /// A field of the Licensee.
    Licensee(&'static str),
    /// Which accelerator it is, or what is known of it.
    Accelerator,
    /// What the catalogue does not know of the model.
    Model(&'static str),
}

/// The facts that are missing; few, and kept without an allocation.
pub(super) type Asks = SmallVec<[Ask; 3]>;

/// Whether a rule applies.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer<'a> {
    /// It does; with whether that rests on what Modelport cannot see.
    Applies,
    /// It does not.
    Not,
    /// It would, and this takes the deployment out of it.
    Lifted(&'a Exemption),
    /// It hangs on these. With whether only an exemption is open, and the rule holds until somebody says so.
    Open(Asks, bool),
}

impl Answer<'_> {
    /// Whether it holds as long as nobody says more.
    pub(super) fn holds(&self) -> bool {
        matches!(self, Self::Applies | Self::Open(_, true))
    }

    /// Whether it may hold.
    pub(super) fn may(&self) -> bool {
        matches!(self, Self::Applies | Self::Open(..))
    }

    /// Whether it hangs on the accelerator.
    pub(super) fn on_chip(&self) -> bool {
        matches!(self, Self::Open(asks, _) if asks.contains(&Ask::Accelerator))
    }

    /// The more, the more stands in the way.
    pub(super) fn weight(&self) -> u8 {
        match self {
            Self::Applies => 4,
            Self::Open(..) if !self.on_chip() => 3,
            Self::Open(..) => 2,
            Self::Lifted(_) => 1,
            Self::Not => 0,
        }
    }
}
