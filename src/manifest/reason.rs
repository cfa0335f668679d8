//! Every reason code, once. The same word stands in a denial, a condition, an event, a metric label, a table and a log.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        /// Why something is as it is. Stable: a code is never reused for another meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[doc = $doc])+ $name),+ }

        impl Reason {
            /// Every code, in the order of this file.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code, as it is printed.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The code that is written so.
            #[must_use]
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|reason| reason.code() == code)
            }

            /// What the code means, for the reference page.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

reasons! {
    // What is written.
    /// A field of the manifest cannot be read as what it stands for.
    ManifestInvalid,
    /// Files hold two manifests of one namespace and name, or two objects of one kind and name.
    ManifestDoubled,
    /// A country is not an ISO 3166-1 code, or was not quoted.
    CountryUnknown,
    /// A provider or a group of countries is not one that the catalogue lists.
    PlaceUnknown,
    /// A place is both allowed and denied.
    PlaceContradicts,
    // Which licence.
    /// No licence that the catalogue knows could be found for the model.
    LicenseUnknown,
    /// Several licences are possible, and the revision does not tell which.
    LicenseAmbiguous,
    /// The licence is known by the repository's name only, not by its files.
    LicenseByName,
    /// The licence or the model's name is said by the author alone.
    LicenseClaimed,
    /// What the model's own files declare, or what it inherits, differs from what else is known: all of it applies.
    LicenseConflict,
    /// The licence is declared by the model's own files alone, and no catalogue entry knows the model.
    LicenseDeclared,
    /// A file of the model that says which licence or base it has cannot be read.
    MetadataUnreadable,
    /// A licence entry was not verified against its text.
    LicenseUnverified,
    /// A term of the licence is of a kind that Modelport does not decide yet.
    PredicateNotSupported,
    /// A policy does not list the licence among those it allows.
    LicenseNotPermitted,
    /// A policy refuses the licence or the publisher.
    LicenseRefusedByPolicy,
    /// A policy wants the licence reviewed first, and no review of it that counts is recorded.
    ReviewMissing,
    /// The licence was reviewed, and its entry or its text is another one now.
    ReviewOutdated,
    /// A policy has an entry that cannot be read as what it stands for.
    PolicyInvalid,
    // Licence terms.
    /// A licence's limit on users is passed, and no separate licence is recorded.
    UserThreshold,
    /// A licence's limit on revenue is passed, and no separate licence is recorded.
    RevenueThreshold,
    /// Another dated figure passes a licence's limit.
    MetricThreshold,
    /// The licence does not permit this purpose.
    PurposeNotPermitted,
    /// The licence does not permit licensees with their seat there.
    SeatExcluded,
    /// The licence excludes this place, of pods or of people served.
    PlaceExcluded,
    /// The licence does not permit this sector.
    SectorExcluded,
    /// The licence does not permit training other models on outputs.
    OutputTrainingExcluded,
    /// Another term of the licence is not met.
    TermNotMet,
    /// A term of the licence can be read both ways.
    TermUnclear,
    /// The licence wants to be accepted, and no acceptance that covers this is recorded.
    AcceptanceMissing,
    /// The licence wants a registration, and none that covers this is recorded.
    RegistrationMissing,
    /// A grant, an acceptance or a filing was recorded, and has ended.
    RecordEnded,
    /// A duty is owed, a policy requires it, and it is not shown to be met.
    ObligationUnmet,
    // Facts.
    /// No Licensee selects the namespace.
    LicenseeMissing,
    /// Several Licensees select the namespace.
    LicenseeConflict,
    /// The Licensee cannot be read as written.
    LicenseeInvalid,
    /// A figure that a licence asks for is not recorded.
    FigureMissing,
    /// The newest figure is not due yet, and an earlier one decides until it is.
    FigureDue,
    /// The verdict ends by itself within 30 days.
    VerdictEnds,
    /// The seat of the organisation is not recorded.
    SeatMissing,
    /// The Licensee does not say something about the organisation that a licence asks.
    LicenseeIncomplete,
    /// The manifest does not say something that decides.
    DeclarationMissing,
    /// Facts could not be read yet.
    FactsNotReady,
    /// A figure, a review or a record is older than a policy lets it be.
    FactStale,
    // Places and rules.
    /// No place is left that manifest, policy, licence and rules all let.
    PlacementEmpty,
    /// A policy does not let these places.
    PlaceNotPermitted,
    /// A policy does not let this accelerator be used.
    AcceleratorNotPermitted,
    /// A rule asks for a filing, and none that covers this is recorded.
    FilingMissing,
    /// A rule of the place refuses this, and no filing lifts it.
    RuleRefuses,
    /// A rule asks for evidence that is not recorded.
    EvidenceMissing,
    /// A rule of the place concerns this, and is only reported.
    RuleWarns,
    /// A rule is enforced by policy, and Modelport does not decide it yet.
    RuleNotSupported,
    /// No rule of this country is in the catalogue: nobody looked for one.
    CountryNotSurveyed,
    // Runtime and source.
    /// The named runtime does not exist.
    RuntimeMissing,
    /// The runtime cannot serve the model's format.
    RuntimeUnfit,
    /// The runtime does not list this argument.
    ArgumentNotListed,
    /// A newer content of the runtime exists; the pinned one goes on.
    RuntimeOutdated,
    /// A part that is not built yet.
    NotBuiltYet,
    /// The address of the model cannot be read.
    SourceInvalid,
    /// The registry is being asked what a tag stands for.
    DigestResolving,
    /// A tag could not be resolved to a digest.
    DigestMissing,
    // Life of the pods.
    /// Nothing speaks against it.
    Allowed,
    /// Pods exist and are getting ready.
    Progressing,
    /// Pods are ready and the engine answers.
    Serving,
    /// Weights are being fetched.
    FetchingWeights,
    /// Weights could not be fetched.
    FetchFailed,
    /// Weights are in place.
    WeightsReady,
    /// No node fits at present; the pods pend.
    NoNodeNow,
    /// Nodes fit.
    NodesFit,
    /// The pods do not get ready.
    PodsFailing,
    /// The rollout is complete.
    RolloutComplete,
    /// Stopped by `spec.suspend`.
    Suspended,
    /// Scaled to zero by `spec.scaling`.
    ScaledToZero,
    /// A newer generation is refused or waits; the last allowed one goes on.
    SpecRefused,
    /// The deployment became refused and will be stopped at the time named.
    StopScheduled,
    /// The deployment became refused and was stopped.
    Stopped,
    /// The policy never stops what runs.
    StopNotWanted,
    /// One cause would stop many deployments, and is held until a person confirms it.
    StopHeld,
    /// The verdict waits for a fact; what runs goes on.
    RunsOnWhileWaiting,
    /// A pod stands where it may not stand any more, and is being moved.
    PodStandsWrong,
    /// A pod stands where it may not stand any more, and a budget holds its eviction.
    MoveHeld,
    /// A pod stands where it may not stand any more, and the policy never makes it go.
    MoveOverdue,
    /// A pod was moved from where it may not stand any more.
    PodMoved,
    /// An object that is not ours already has the name.
    ForeignObject,
    /// A write did not go through; it is tried again.
    ApplyFailed,
    /// The API server does not take what the manifest asks for; only another manifest will do.
    ApplyInvalid,
    // Objects of the platform and legal teams.
    /// The object is read as written.
    Accepted,
    /// A record covers nothing.
    RecordCoversNothing,
    /// A period or a date cannot be read.
    DateInvalid,
    /// The selector uses a label that a tenant may be able to write.
    SelectorUnguarded,
    /// The object has the id of a built-in entry and does not say that it overrides it.
    OverrideNotSaid,
    // Waivers.
    /// What speaks against it is let pass for a time, by a Waiver.
    Waived,
    /// The Waiver lets pass what it names, until its end.
    WaiverInForce,
    /// The Waiver has ended, and has no effect from that second.
    WaiverExpired,
    /// The Waiver has no effect: its deployment, its model or its policy is another by now, or the policy does not let it.
    WaiverVoid,
    // Nodes.
    /// Evidence about a node's country disagrees.
    NodeContradiction,
    /// A licence or a policy asks in which country a pod stands, and that is not known.
    NodeCountryUnknown,
}

impl Reason {
    /// Whether the clock alone brings it, so that it is no part of what a decision is known by.
    #[must_use]
    pub fn is_of_the_clock(self) -> bool {
        matches!(self, Self::FigureDue | Self::VerdictEnds)
    }

    /// Whether it is what a rule of a place stands in the way with.
    #[must_use]
    pub fn is_of_rule(self) -> bool {
        matches!(self, Self::FilingMissing | Self::RuleRefuses | Self::EvidenceMissing | Self::RecordEnded)
    }

    /// The codes that a policy may list as waivable: what a licence, a fact or a rule of a place stands in the way with.
    /// A manifest or an object that cannot be read is mended, and who speaks for a namespace is settled, never waived.
    pub fn waivable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|reason| reason.may_be_waived())
    }

    /// Whether a policy may let this be waived. What cannot be read is not decided on, facts that are not known may forbid,
    /// and where pods stand is a predicate that stays as narrow as it is.
    #[must_use]
    pub fn may_be_waived(self) -> bool {
        matches!(
            self,
            Self::LicenseUnknown
                | Self::LicenseAmbiguous
                | Self::LicenseByName
                | Self::LicenseClaimed
                | Self::LicenseUnverified
                | Self::PredicateNotSupported
                | Self::LicenseNotPermitted
                | Self::LicenseRefusedByPolicy
                | Self::ReviewMissing
                | Self::ReviewOutdated
                | Self::UserThreshold
                | Self::RevenueThreshold
                | Self::MetricThreshold
                | Self::PurposeNotPermitted
                | Self::SeatExcluded
                | Self::SectorExcluded
                | Self::OutputTrainingExcluded
                | Self::TermNotMet
                | Self::AcceptanceMissing
                | Self::RegistrationMissing
                | Self::RecordEnded
                | Self::ObligationUnmet
                | Self::LicenseeMissing
                | Self::FigureMissing
                | Self::FactStale
                | Self::SeatMissing
                | Self::LicenseeIncomplete
                | Self::DeclarationMissing
                | Self::FilingMissing
                | Self::RuleRefuses
                | Self::EvidenceMissing
                | Self::RuleNotSupported
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn every_code_has_a_meaning_and_fits_a_condition() {
        for reason in Reason::ALL {
            assert!(reason.meaning().len() > 10, "{reason}");
            assert!(reason.code().chars().all(|c| c.is_ascii_alphanumeric()), "{reason}");
        }
    }
}
