//! What a permitted deployment owes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::atom::Atom;
use super::words::YesNo;

/// Something that a permitted deployment owes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Obligation {
    /// What sort of duty.
    pub kind: DutyKind,
    /// What is to be done, short and concrete; for `Display` the very words when `literal` is `Yes`.
    pub what: String,
    /// Whether `what` is the exact text to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub literal: Option<YesNo>,
    /// How the name has to begin, for a name rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_prefix: Option<String>,
    /// What the name has to contain, for a name rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_contains: Option<String>,
    /// Other words that do as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
    /// Where it has to be seen.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The clause, as the text numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What makes it due.
    pub trigger: Trigger,
    /// The condition that makes it due, for `ThresholdExceeded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Whether offering the model as a hosted service leaves it undue.
    pub exempt_when_hosted: YesNo,
    /// Each of these lifts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Atom>,
}

macro_rules! duties {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        /// What sort of duty. One that a policy cannot name is none: such a policy is not read, and what it holds for
        /// waits.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum DutyKind { $($(#[doc = $doc])+ $name),+ }

        impl DutyKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word, as it is written and printed.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

duties! {
    /// Accept the terms, on record.
    Accept,
    /// Register with the licensor, on record.
    Register,
    /// Tell the licensor.
    Notify,
    /// Pay the licensor.
    Royalty,
    /// Show a text to people.
    Display,
    /// Name models by a rule.
    NameRule,
    /// Hand a notice file on with the weights.
    NoticeFile,
    /// Hand the licence on.
    LicenseCopy,
    /// Bind others to the same restrictions.
    PassThrough,
    /// Say what was changed.
    MarkChanges,
    /// Keep a technical state, or keep out of a use.
    Keep,
    /// Tell people that a machine made it.
    Disclose,
}

/// What makes a duty due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Trigger {
    /// Running the model at all.
    Always,
    /// Anything that third parties reach: a product, an API, the weights.
    MakingAvailable,
    /// Handing on the weights.
    HandingOnWeights,
    /// A condition of the licence, named beside it.
    ThresholdExceeded,
    /// Handing on a changed model.
    DerivativeDistributed,
    /// A changed model that third parties reach: a product, an API, the weights.
    ChangedMadeAvailable,
    /// Handing on a model that was trained on this one or on its outputs.
    DerivedModelDistributed,
    /// Publishing results.
    Publication,
    /// A commercial product or service.
    CommercialProduct,
    /// Commercial use of any kind.
    CommercialUse,
    /// A multimodal model of this licence that is offered or handed on.
    MultimodalModel,
    /// Asked for, not demanded.
    Encouraged,
}
