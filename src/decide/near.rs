//! The record that comes nearest to what would lift a term or show an acceptance, and does not count: a sentence that asks
//! for a record names the one that stands there already, and what keeps it from counting.

use jiff::Timestamp;

use crate::{
    catalog::{condition::Condition, license::License},
    manifest::{
        record::{Covers, Record},
        shape::{letters, nearest, span},
        written::WrittenCountry,
    },
};

use super::{
    case::Case,
    cure::{self, Cure},
    judged,
    record::{self, Kind, Standing, Wanted},
};

/// Why a record does not count, that which comes nearest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// It has ended.
    Ended(Timestamp),
    /// It begins later.
    Begins(Timestamp),
    /// It has one that cannot be read: a date, a country.
    Unread(&'static str),
    /// It does not say this.
    Lacks(&'static str),
    /// It does not name the term, and only one that does lifts it.
    NotNamed,
    /// It says nothing that it covers.
    Nothing,
    /// It covers this, and not that.
    Other(String, String),
}

/// A record that does not count.
#[derive(Clone, Debug)]
pub(super) struct Near<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its list.
    pub list: &'static str,
    /// Why it does not count.
    pub why: Why,
}

/// What a record has to be besides covering the licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    NotNamed,
    No,
}

/// The record that comes nearest to lifting a term.
pub(super) fn of_term<'a>(case: &Case<'a>, license: &License, condition: &Condition, ids: &[&str]) -> Option<Near<'a>> {
    let spec = &case.licensee()?.spec;
    let names = |record: &Record| judged::names(record, ids, &condition.id);
    let (lists, by_name): (&[&str], bool) = match cure::of_term(license, condition) {
        Cure::Records(lists) => (lists, false),
        Cure::GrantByName => (&["separateLicenses"], true),
    };
    let fit = |record: &Record| match &record.rule {
        Some(_) if names(record) => Fit::Yes,
        Some(_) => Fit::No,
        None if by_name => Fit::NotNamed,
        None => Fit::Yes,
    };
    let lists = spec.records().into_iter().filter(|(name, _)| lists.contains(name));
    lists.filter_map(|(list, records)| best(case, license, ids, (list, records), fit)).min_by(|a, b| a.why.cmp(&b.why))
}

/// The record that comes nearest to an acceptance of a licence.
pub(super) fn of_acceptance<'a>(case: &Case<'a>, license: &License, ids: &[&str]) -> Option<Near<'a>> {
    let records = &case.licensee()?.spec.accepted;
    best(case, license, ids, ("accepted", records), |_| Fit::Yes)
}

fn best<'a>(
    case: &Case<'a>,
    license: &License,
    ids: &[&str],
    (list, records): (&'static str, &'a [Record]),
    fit: impl Fn(&Record) -> Fit,
) -> Option<Near<'a>> {
    let why = |record: &Record| {
        let wanted = Wanted { licenses: ids, country: None };
        if let Some(missed) = record::misses(case, &record.covers, wanted) {
            return other(case, license, &record.covers, missed, records.len() == 1);
        }
        match fit(record) {
            Fit::No => return None,
            Fit::NotNamed => return Some(Why::NotNamed),
            Fit::Yes => {}
        }
        let standing = record::standing(case, record);
        match (standing, span(record)) {
            (Standing::Ended, Ok((_, Some(until)))) => Some(Why::Ended(until)),
            (Standing::NotYet, Ok((Some(from), _))) => Some(Why::Begins(from)),
            (Standing::Unreadable, _) => Some(Why::Unread("date")),
            _ if list == "accepted" => None,
            _ => record.lacks().map(Why::Lacks),
        }
    };
    let near = records.iter().filter_map(|record| Some(Near { record, list, why: why(record)? }));
    near.min_by(|one, other| one.why.cmp(&other.why))
}

/// What a record covers instead, where that may be a slip: another spelling of the licence, or the licence and another
/// service, model or country. A record of its own list alone is named whatever it covers.
fn other(case: &Case<'_>, license: &License, covers: &Covers, missed: Kind, alone: bool) -> Option<Why> {
    let id = license.id.as_str();
    let bare = id.strip_prefix("LicenseRef-").unwrap_or(id);
    let spelling = |pattern: &String| {
        // Only what is about as long can be another spelling.
        let one = letters(pattern);
        [id, bare, &license.short].into_iter().any(|name| one.len() <= name.len() && one == letters(name))
            || nearest(pattern, [id, bare].into_iter()).is_some()
    };
    let slip = missed != Kind::License || covers.licenses.iter().any(spelling);
    if !(slip || alone) {
        return None;
    }
    let countries: Vec<&str> = covers.countries.iter().filter_map(WrittenCountry::text).collect();
    let (covered, this) = match missed {
        _ if covers.is_empty() => return Some(Why::Nothing),
        Kind::License => (covers.licenses.join(", "), id.to_owned()),
        Kind::Service => (covers.services.join(", "), case.service()),
        Kind::Model => (covers.models.join(", "), case.names.join(" and ")),
        Kind::Country if record::unread_country(case, covers) => return Some(Why::Unread("country")),
        Kind::Country => (countries.join(", "), countries_of(case)),
    };
    Some(Why::Other(covered, this))
}

/// The countries that the deployment serves and may run in, by name where it names them.
fn countries_of(case: &Case<'_>) -> String {
    let spec = case.request.spec;
    let allowed = spec.placement.allow.iter().flat_map(|allow| &allow.countries);
    let mut named: Vec<&str> = spec.usage.serves.iter().chain(allowed).filter_map(WrittenCountry::text).collect();
    named.sort_unstable();
    named.dedup();
    let places =
        spec.placement.allow.as_ref().is_some_and(|allow| !(allow.countries.is_empty() && allow.groups.is_empty()));
    match named.as_slice() {
        // A record for some countries covers nothing that may stand or serve in others.
        [_, ..] if !places => format!("{}, which does not say in spec.placement.allow where it runs", case.service()),
        [_, ..] if spec.usage.serves.is_empty() => {
            format!("{}, which does not say in spec.usage.serves whom it serves", case.service())
        }
        [] => format!("all countries of {}", case.service()),
        _ => format!("{} ({} serves people or runs there)", named.join(", "), case.service()),
    }
}
