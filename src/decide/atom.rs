//! One question of a licence, answered with three values.
//!
//! What a manifest leaves unsaid is unknown, and asks only where it decides: a false conjunct settles a term whatever
//! else is missing. Three things are read from silence, because a deployment that does not say them does not do them:
//!
//! - the role is `licensee`: who deploys a model itself did not receive it inside somebody else's product;
//! - weights are not handed on;
//! - conduct that a use policy bans (sectors, training on outputs) does not stand in the way while it is not declared:
//!   it becomes a duty to keep out of it, so that the short manifest stays the normal one. Declared, it is tested.

use crate::{
    catalog::{
        atom::{Atom, MetricTest, ModalityScope, PlaceTest, SeatTest, StateName},
        condition::{Condition, Test},
        predicate::Predicate,
        words::{LicenseeKind, Modality, Purpose, Role, YesNo as Said},
    },
    manifest::{
        record::Record,
        written::{WrittenCountry, YesNo},
    },
};

use super::{case::Case, conduct, listed, metric, record};

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome<'a> {
    /// It holds, by these facts.
    Holds(Vec<Used<'a>>),
    /// It does not, by these facts; none where silence decides.
    Fails(Vec<Used<'a>>),
    /// It hangs on these.
    Unknown(Vec<Missing<'a>>),
}

/// A fact that answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Used<'a> {
    /// What the use is for.
    Purpose(Purpose),
    /// In production or not.
    Production(bool),
    /// A figure, or none because the organisation was founded later; and the test.
    Figure(&'a MetricTest, Option<metric::Figure<'a>>),
    /// The seat.
    Seat(&'a str),
    /// That the term covers multimodal models only.
    TextModel,
    /// A country of the people served, inside the place or, when it fails, the first outside.
    Serves(&'a str),
    /// Pods stand inside the place.
    Nodes,
    /// How it is offered.
    Offer(&'static str),
    /// What the organisation is.
    Kind(LicenseeKind),
    /// A list of the Licensee, by its field.
    Listed(&'static str),
    /// A sector that is declared.
    Sector(&'a str),
    /// That none of the restricted sectors is declared.
    NoSector,
    /// Whether outputs train another model.
    Trains(bool),
    /// A technical state or an act.
    State(StateName),
    /// The role.
    Role,
    /// A policy of the licensor that is followed.
    Follows(&'a str),
}

/// A fact that is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Missing<'a> {
    /// A field of the manifest.
    Declared(&'static str),
    /// A figure; with a figure that does not answer.
    Figure(&'a MetricTest, Option<metric::Unfit<'a>>),
    /// The seat.
    Seat,
    /// Another field of the Licensee.
    Attribute(&'static str),
    /// A list of the Licensee that cannot be read as it stands.
    Listed(&'static str, listed::Unclear<'a>),
    /// A record that a policy of the licensor is followed.
    Followed(&'a str),
    /// What kind of organisation, or anything else, because no Licensee speaks for the namespace.
    Modality,
    /// A term that nobody read.
    Unread(&'a str),
    /// An atom that does not say one thing.
    NotUnderstood,
}

impl Missing<'_> {
    /// Whether the Licensee would supply it.
    pub(super) fn asks_licensee(&self) -> bool {
        matches!(self, Self::Figure(..) | Self::Seat | Self::Attribute(_) | Self::Listed(..) | Self::Followed(_))
    }
}

/// Where the questions are asked: the case, the layer's ids, the model's modality, and whether pods stand inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'c, 'a> {
    /// The case.
    pub case: &'c Case<'a>,
    /// Ids of the layer.
    pub ids: &'c [&'a str],
    /// What the model takes in and gives out.
    pub modality: Option<Modality>,
    /// Whether pods are taken to stand inside the places asked about.
    pub nodes_inside: bool,
}

impl<'a> Ground<'_, 'a> {
    /// A condition: its test holds, and none of its exemptions does.
    pub(super) fn condition(&self, condition: &'a Condition) -> Outcome<'a> {
        let used = match self.test(&condition.when) {
            Outcome::Holds(used) => used,
            settled @ Outcome::Fails(_) => return settled,
            Outcome::Unknown(missing) => {
                // An exemption that is known settles it; one that is not asks for nothing more.
                for exemption in &condition.unless {
                    if let Outcome::Holds(used) = self.atom(exemption) {
                        return Outcome::Fails(used);
                    }
                }
                return Outcome::Unknown(missing);
            }
        };
        let mut missing = Vec::new();
        for exemption in &condition.unless {
            match self.atom(exemption) {
                Outcome::Holds(used) => return Outcome::Fails(used),
                Outcome::Fails(_) => {}
                Outcome::Unknown(more) => missing.extend(more),
            }
        }
        if missing.is_empty() { Outcome::Holds(used) } else { Outcome::Unknown(missing) }
    }

    /// By which fact one of these exemptions is known to hold; one that is open lifts nothing.
    pub(super) fn exempts(&self, unless: &'a [Atom]) -> Option<Used<'a>> {
        unless.iter().find_map(|exemption| match self.atom(exemption) {
            Outcome::Holds(used) => used.first().copied(),
            Outcome::Fails(_) | Outcome::Unknown(_) => None,
        })
    }

    fn test(&self, test: &'a Test) -> Outcome<'a> {
        let mut used = Vec::new();
        let mut missing = Vec::new();
        for atom in &test.all_of {
            match self.atom(atom) {
                Outcome::Holds(more) => used.extend(more),
                settled @ Outcome::Fails(_) => return settled,
                Outcome::Unknown(more) => missing.extend(more),
            }
        }
        if !test.any_of.is_empty() {
            let mut open = Vec::new();
            let mut failed = Vec::new();
            let mut any = false;
            for atom in &test.any_of {
                match self.atom(atom) {
                    Outcome::Holds(more) => {
                        any = true;
                        used.extend(more);
                    }
                    Outcome::Fails(by) => failed.extend(by),
                    Outcome::Unknown(more) => open.extend(more),
                }
            }
            match (any, open.is_empty()) {
                (true, _) => {}
                (false, true) => return Outcome::Fails(failed),
                (false, false) => missing.extend(open),
            }
        }
        if missing.is_empty() { Outcome::Holds(used) } else { Outcome::Unknown(missing) }
    }

    fn atom(&self, atom: &'a Atom) -> Outcome<'a> {
        let usage = &self.case.request.spec.usage;
        match atom.predicate() {
            None => unknown(Missing::NotUnderstood),
            Some(Predicate::Purpose(test)) => match usage.purpose {
                Some(purpose) => known(test.holds(purpose), Used::Purpose(purpose)),
                None => unknown(Missing::Declared("usage.purpose")),
            },
            Some(Predicate::Production(asked)) => match (usage.production, usage.purpose) {
                (Some(YesNo::Yes), _) => known(asked == Said::Yes, Used::Production(true)),
                (Some(YesNo::No), _) | (None, Some(Purpose::Evaluation)) => {
                    known(asked == Said::No, Used::Production(false))
                }
                _ => unknown(Missing::Declared("usage.production")),
            },
            Some(Predicate::Metric(test)) => self.metric(test),
            Some(Predicate::Seat(test)) => self.seat(test),
            Some(Predicate::Place(test)) => self.place(test),
            Some(Predicate::Offer(test)) => conduct::offer(usage, test),
            Some(Predicate::Licensee(test)) => listed::licensee(self.case, test),
            Some(Predicate::Sector(test)) => match self.case.declares(&test.within) {
                Some(sector) => Outcome::Holds(vec![Used::Sector(sector)]),
                None if usage.sectors.is_empty() => Outcome::Fails(Vec::new()),
                None => Outcome::Fails(vec![Used::NoSector]),
            },
            Some(Predicate::TrainsOnOutputs(test)) => conduct::trains(usage, test),
            Some(Predicate::Role(test)) => known(usage.role.unwrap_or(Role::Licensee) == test.role, Used::Role),
            Some(Predicate::Policy(test)) => {
                let wanted = record::Wanted { licenses: self.ids, country: None };
                let records = self.case.licensee().map_or(&[][..], |fact| &fact.spec.follows_policy);
                let of = |r: &Record| {
                    [r.name.as_str(), r.answers()].contains(&test.not_followed.as_str()) && r.lacks().is_none()
                };
                // The instants at which this changes are noted by the check of the licence, which asks again.
                let followed = record::find(self.case, records, wanted, of, &mut Vec::new());
                match followed {
                    Some(found) if found.standing == record::Standing::InForce => {
                        Outcome::Fails(vec![Used::Follows(&found.record.name)])
                    }
                    _ => unknown(Missing::Followed(&test.not_followed)),
                }
            }
            Some(Predicate::State(test)) => conduct::state(usage, test),
            Some(Predicate::Unread(term)) => unknown(Missing::Unread(&term.what)),
        }
    }

    fn metric(&self, test: &'a MetricTest) -> Outcome<'a> {
        let Some(fact) = self.case.licensee() else { return unknown(Missing::Figure(test, None)) };
        match metric::answer(test, &fact.spec, self.case) {
            metric::Answer::Passed(figure) => Outcome::Holds(vec![Used::Figure(test, Some(figure))]),
            metric::Answer::Clear(figure) => Outcome::Fails(vec![Used::Figure(test, Some(figure))]),
            metric::Answer::NotFounded => Outcome::Fails(vec![Used::Figure(test, None)]),
            metric::Answer::Missing(unfit) => unknown(Missing::Figure(test, unfit)),
        }
    }

    fn seat(&self, test: &'a SeatTest) -> Outcome<'a> {
        let limited = test.modality == ModalityScope::Multimodal;
        if limited && (self.modality == Some(Modality::Text) || self.modality.is_none() && self.text_only()) {
            return Outcome::Fails(vec![Used::TextModel]);
        }
        let Some(seat) = self.case.seat() else { return unknown(Missing::Seat) };
        match self.inside(&test.within, seat) {
            None => unknown(Missing::NotUnderstood),
            Some(false) => Outcome::Fails(vec![Used::Seat(seat)]),
            Some(true) if limited && self.modality.is_none() => unknown(Missing::Modality),
            Some(true) => Outcome::Holds(vec![Used::Seat(seat)]),
        }
    }

    /// Whether the licence has text models only, so that a term about its multimodal ones covers nothing: the term is
    /// about the models that the licence is for, whatever somebody made of them.
    fn text_only(&self) -> bool {
        let families = self.ids.last().into_iter().flat_map(|id| self.case.facts.catalog.families().under(id));
        let mut known = families.filter_map(|family| family.modality).peekable();
        known.peek().is_some() && known.all(|modality| modality == Modality::Text)
    }

    fn place(&self, test: &'a PlaceTest) -> Outcome<'a> {
        let nodes = test.asks_for_nodes() && self.nodes_inside;
        let serves = &self.case.request.spec.usage.serves;
        if !test.within.iter().all(|area| self.case.facts.catalog.places().is_area(area)) {
            return unknown(Missing::NotUnderstood);
        }
        if test.asks_for_people_served() {
            let mut people = serves.iter().filter_map(WrittenCountry::text);
            if let Some(country) = people.find(|country| self.inside(&test.within, country) == Some(true)) {
                return Outcome::Holds(vec![Used::Serves(country)]);
            }
        }
        if nodes {
            return Outcome::Holds(vec![Used::Nodes]);
        }
        match serves.iter().find_map(WrittenCountry::text) {
            None if test.asks_for_people_served() => unknown(Missing::Declared("usage.serves")),
            first => Outcome::Fails(first.map(Used::Serves).into_iter().collect()),
        }
    }

    /// Whether a country lies in one of the areas; nothing where an area is not known.
    fn inside(&self, areas: &[String], country: &str) -> Option<bool> {
        let places = self.case.facts.catalog.places();
        let mut all_known = true;
        for area in areas {
            match places.contains(area, country) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all_known = false,
            }
        }
        all_known.then_some(false)
    }
}

/// How a word of the catalogue is written.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Settled, by a fact.
pub(super) fn known(holds: bool, by: Used<'_>) -> Outcome<'_> {
    if holds { Outcome::Holds(vec![by]) } else { Outcome::Fails(vec![by]) }
}

/// Not settled.
pub(super) fn unknown(missing: Missing<'_>) -> Outcome<'_> {
    Outcome::Unknown(vec![missing])
}
