//! An atom, taken apart.

use super::atom::{
    Atom, LicenseeTest, MetricTest, OfferTest, PlaceTest, PolicyTest, PurposeTest, RoleTest, SeatTest, SectorTest,
    StateTest, TrainingTest, UnreadTerm,
};
use super::words::YesNo;

/// An atom, taken apart: what the decision matches on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Predicate<'a> {
    /// What the model is used for.
    Purpose(&'a PurposeTest),
    /// Whether it is used in production.
    Production(YesNo),
    /// A figure against a limit.
    Metric(&'a MetricTest),
    /// Where the licensee sits.
    Seat(&'a SeatTest),
    /// Where it runs and is seen.
    Place(&'a PlaceTest),
    /// How it is offered.
    Offer(&'a OfferTest),
    /// Who the licensee is.
    Licensee(&'a LicenseeTest),
    /// Which sectors.
    Sector(&'a SectorTest),
    /// Training on outputs.
    TrainsOnOutputs(&'a TrainingTest),
    /// A vouched state.
    State(&'a StateTest),
    /// The role.
    Role(&'a RoleTest),
    /// A policy followed.
    Policy(&'a PolicyTest),
    /// A term that nobody read.
    Unread(&'a UnreadTerm),
}

impl Atom {
    /// The one member that is set; `None` when none is, or several are: such an atom is not understood, and the
    /// decision waits.
    #[must_use]
    pub fn predicate(&self) -> Option<Predicate<'_>> {
        let Self {
            purpose,
            production,
            metric,
            seat,
            place,
            offer,
            licensee,
            sector,
            trains_on_outputs,
            state,
            role,
            policy,
            unread,
        } = self;
        // Asked for each term several times in a decision: one look at each member, and no list of them.
        let (mut only, mut several) = (None, false);
        let mut set = |predicate| several |= only.replace(predicate).is_some();
        production.map(Predicate::Production).into_iter().for_each(&mut set);
        purpose.as_ref().map(Predicate::Purpose).into_iter().for_each(&mut set);
        metric.as_ref().map(Predicate::Metric).into_iter().for_each(&mut set);
        seat.as_ref().map(Predicate::Seat).into_iter().for_each(&mut set);
        place.as_ref().map(Predicate::Place).into_iter().for_each(&mut set);
        offer.as_ref().map(Predicate::Offer).into_iter().for_each(&mut set);
        licensee.as_ref().map(Predicate::Licensee).into_iter().for_each(&mut set);
        sector.as_ref().map(Predicate::Sector).into_iter().for_each(&mut set);
        trains_on_outputs.as_ref().map(Predicate::TrainsOnOutputs).into_iter().for_each(&mut set);
        state.as_ref().map(Predicate::State).into_iter().for_each(&mut set);
        role.as_ref().map(Predicate::Role).into_iter().for_each(&mut set);
        policy.as_ref().map(Predicate::Policy).into_iter().for_each(&mut set);
        unread.as_ref().map(Predicate::Unread).into_iter().for_each(&mut set);
        only.filter(|_| !several)
    }
}
