//! The record that names a rule and does not answer it: a finding that asks for one says which stands there, and what it
//! lacks.

use crate::{
    catalog::{Rule, rule::Gate},
    manifest::{record::Record, written::WrittenCountry},
};

use super::{
    case::Case,
    record::{self, Kind, Standing, Wanted},
};

/// A record that does not reach.
#[derive(Clone, Debug)]
pub(super) struct Short<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its list.
    pub list: &'static str,
    /// Why it does not answer.
    pub lacks: Lacks,
}

/// Why a record about a rule does not answer it.
#[derive(Clone, Debug)]
pub(super) enum Lacks {
    /// It covers this, and not that.
    Other(String, String),
    /// It does not say this.
    Unsaid(&'static str),
    /// It has one that cannot be read: a date, a country.
    Unread(&'static str),
}

/// The first record about the rule that covers something else, or lacks what makes it count; asked of these countries, each
/// of which it would have to cover.
pub(super) fn find<'a>(
    case: &Case<'a>,
    rule: &Rule,
    gate: Gate,
    ids: &[&str],
    countries: &[&str],
) -> Option<Short<'a>> {
    let spec = &case.licensee()?.spec;
    let filings = spec.filings.iter().filter(|_| gate != Gate::Deny).map(|record| ("filings", record));
    let judged = spec.not_applicable.iter().map(|record| ("notApplicable", record));
    let about = |(list, record): &(&str, &Record)| match record.answers() {
        word if *list == "filings" => rule.is_named(word),
        word => word == rule.id,
    };
    filings.chain(judged).filter(about).find_map(|(list, record)| {
        let misses = |country| record::misses(case, &record.covers, Wanted { licenses: ids, country: Some(country) });
        let all: Vec<(Kind, &str)> =
            countries.iter().filter_map(|country| misses(country).map(|kind| (kind, *country))).collect();
        let lacks = match all.first() {
            Some((Kind::Country, _)) if record::unread_country(case, &record.covers) => Lacks::Unread("country"),
            Some((kind, _)) => {
                let (covers, this) = other(case, record, *kind, &all)?;
                Lacks::Other(covers, this)
            }
            None if list == "notApplicable" && record.maker().is_none() => Lacks::Unsaid("who judged it"),
            None if list == "notApplicable" && record.grounds().is_none() => Lacks::Unsaid("a reason"),
            None if record::standing(case, record) == Standing::Unreadable => Lacks::Unread("date"),
            None => return None,
        };
        Some(Short { record, list, lacks })
    })
}

/// What a record covers, and what is asked instead.
fn other(case: &Case<'_>, record: &Record, kind: Kind, missed: &[(Kind, &str)]) -> Option<(String, String)> {
    let covers = &record.covers;
    let whole = |name: &String| name.contains('/');
    Some(match kind {
        // Another licence is another question.
        Kind::License => return None,
        Kind::Service if !covers.services.iter().all(whole) => {
            let named = covers.services.join(", ");
            (named, format!("{}: a service is written with its namespace", case.service()))
        }
        Kind::Service => (covers.services.join(", "), case.service()),
        Kind::Model => (covers.models.join(", "), case.names.join(" and ")),
        Kind::Country => {
            let covered = covers.countries.iter().filter_map(WrittenCountry::text);
            let asked: Vec<&str> = missed.iter().map(|(_, country)| *country).collect();
            (covered.collect::<Vec<_>>().join(", "), asked.join(", "))
        }
    })
}
