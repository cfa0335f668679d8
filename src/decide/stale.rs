//! Facts that have a date and are older than a policy lets them be. They count still; the finding says how old they are,
//! and where the policy holds them, what rests on them waits.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use crate::manifest::{Reason, record::Record};

use super::{
    case::{Case, Found, finding},
    policy::AgesPart,
    sentence,
};

const HOURS_PER_DAY: i64 = 24;

/// A record that something rests on: how old it is, from the day it was made, else from the day it is in force.
pub(super) fn record(case: &Case<'_>, list: &str, record: &Record, found: &mut Found) {
    let day = record.when.as_deref().or(record.from.as_deref()).and_then(|text| text.get(..10));
    let what = || format!("record {}", record.name);
    check(case, AgesPart::Records, day, (what, || sentence::list_of(case, list)), found);
}

/// A fact with its day: what it is called, and the object that holds it.
pub(super) fn check(
    case: &Case<'_>,
    part: AgesPart,
    day: Option<&str>,
    (what, place): (impl FnOnce() -> String, impl FnOnce() -> String),
    found: &mut Found,
) {
    if case.policies.age_limits(part).next().is_none() {
        return;
    }
    let day: Option<Date> = day.and_then(|text| text.parse().ok());
    let begins = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
    if let Some(begins) = begins {
        found.changes.extend(case.policies.age_limits(part).filter_map(|stale| turns(begins, stale.limit_days)));
    }
    // What has no date that can be read may have any age.
    let age = day.and_then(|day| case.today.since(day).ok()).map_or(i64::MAX, |span| i64::from(span.get_days()));
    if let Some(stale) = case.policies.stale(part, age) {
        let what = what();
        let (sentence, remedy) = sentence::policy::stale(&what, &place(), day, &stale);
        let new = finding(Reason::FactStale, stale.effect, &what, sentence);
        found.add(new.remedy(remedy).voucher(Some(stale.by)));
    }
}

/// The instant from which a fact is older than the limit.
fn turns(begins: Timestamp, limit_days: i64) -> Option<Timestamp> {
    let hours = limit_days.checked_add(1)?.checked_mul(HOURS_PER_DAY)?;
    begins.checked_add(SignedDuration::from_hours(hours)).ok()
}
