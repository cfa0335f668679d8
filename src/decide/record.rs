//! Whether a dated record counts: what it covers, and whether it is in force at the instant decided for.
//!
//! A bare date is a whole day in the record's own time zone, UTC if it names none; `until` is included. A date that
//! cannot be read makes the record count for nothing, and [`crate::manifest::shape`] says so on the Licensee.

use jiff::Timestamp;

use crate::manifest::{
    record::{Covers, Record},
    shape::span,
    written::WrittenCountry,
};

use super::case::{Case, fits};

/// Where a record stands in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// In force now.
    InForce,
    /// Begins later.
    NotYet,
    /// Has ended.
    Ended,
    /// One of its dates cannot be read.
    Unreadable,
}

/// What a record is asked to cover. What is `None` is not asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// Licences, any one of which will do: a layer's id and that of the combination it belongs to.
    pub licenses: &'a [&'a str],
    /// A country that the question is about.
    pub country: Option<&'a str>,
}

/// A kind of what a record covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The licence.
    License,
    /// The deployment.
    Service,
    /// The model, by all of its names.
    Model,
    /// The countries.
    Country,
}

/// Whether a record covers what is asked, for this deployment. Kinds that are written hold together.
pub(super) fn covers(case: &Case<'_>, covers: &Covers, wanted: Wanted<'_>) -> bool {
    misses(case, covers, wanted).is_none()
}

/// The first kind by which a record does not cover what is asked, for this deployment; a kind that is not written does.
pub(super) fn misses(case: &Case<'_>, covers: &Covers, wanted: Wanted<'_>) -> Option<Kind> {
    if covers.is_empty() {
        return Some(Kind::License);
    }
    let request = case.request;
    let license = covers.licenses.is_empty()
        || covers.licenses.iter().any(|pattern| wanted.licenses.iter().any(|id| fits(pattern, id)));
    let service = covers.services.is_empty()
        || covers.services.iter().any(|pattern| {
            pattern.split_once('/').is_some_and(|(space, name)| space == request.namespace && fits(name, request.name))
        });
    let model = || covers.models.is_empty() || covers.models.iter().any(|pattern| case.all_names_fit(pattern));
    let country = || covers.countries.is_empty() || case.countries_within(&covers.countries, wanted.country);
    match () {
        () if !license => Some(Kind::License),
        () if !service => Some(Kind::Service),
        () if !model() => Some(Kind::Model),
        () if !country() => Some(Kind::Country),
        () => None,
    }
}

/// Whether a record is limited to countries of which one is no country that the catalogue knows: what it covers is not known.
pub(super) fn unread_country(case: &Case<'_>, covers: &Covers) -> bool {
    covers.countries.iter().any(|country| case.country(country).is_none())
}

/// Where a record stands in time at the instant decided for.
pub(super) fn standing(case: &Case<'_>, record: &Record) -> Standing {
    stands(case.facts.now, &span(record))
}

fn stands(now: Timestamp, span: &Result<(Option<Timestamp>, Option<Timestamp>), String>) -> Standing {
    match span {
        Err(_) => Standing::Unreadable,
        Ok((_, Some(until))) if *until <= now => Standing::Ended,
        Ok((Some(from), _)) if *from > now => Standing::NotYet,
        Ok(_) => Standing::InForce,
    }
}

/// The best record of a list: one in force, else one that has ended, else one that begins later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    /// The record.
    pub record: &'a Record,
    /// Where it stands.
    pub standing: Standing,
    /// When it ends or ended.
    pub until: Option<Timestamp>,
}

/// Looks for a record that covers what is asked; notes every instant at which the answer can change.
pub(super) fn find<'a>(
    case: &Case<'a>,
    records: &'a [Record],
    wanted: Wanted<'_>,
    accept: impl Fn(&Record) -> bool,
    changes: &mut Vec<Timestamp>,
) -> Option<Found<'a>> {
    let now = case.facts.now;
    let mut best: Option<Found<'a>> = None;
    for record in records.iter().filter(|record| accept(record) && covers(case, &record.covers, wanted)) {
        let span = span(record);
        let standing = stands(now, &span);
        let (from, until) = span.unwrap_or_default();
        changes.extend(from.into_iter().chain(until).filter(|at| *at > now));
        let rank = |standing| match standing {
            Standing::InForce => 0,
            Standing::Ended => 1,
            Standing::NotYet => 2,
            Standing::Unreadable => 3,
        };
        if best.is_none_or(|found| rank(standing) < rank(found.standing)) {
            best = Some(Found { record, standing, until });
        }
    }
    best
}

/// Whether every written country is a code, and the one asked for is among them.
pub(super) fn lists(countries: &[WrittenCountry], code: &str) -> bool {
    countries.iter().any(|country| country.text() == Some(code))
}
