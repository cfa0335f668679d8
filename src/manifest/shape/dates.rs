//! Between which instants a record is in force.
//!
//! A bare date is a whole day in the record's own time zone, UTC if it names none; `until` is included.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::manifest::record::Record;

/// The instants between which a record is in force, the second no longer; `Err` with what is no date or time zone.
pub fn span(record: &Record) -> Result<(Option<Timestamp>, Option<Timestamp>), String> {
    let zone = match record.time_zone.as_deref() {
        None | Some("UTC") => TimeZone::UTC,
        Some(name) => TimeZone::get(name).map_err(|_| name.to_owned())?,
    };
    let first = record.from.as_deref().or(record.when.as_deref());
    let from = first.map(|text| instant(text, &zone, false)).transpose()?;
    let until = record.until.as_deref().map(|text| instant(text, &zone, true)).transpose()?;
    Ok((from, until))
}

/// The first instant after an `until`: an instant in RFC 3339, or the end of a day in UTC; `Err` with what is neither.
pub fn end_of(until: &str) -> Result<Timestamp, String> {
    instant(until, &TimeZone::UTC, true)
}

/// Whether a text is written as a day; one that is, and is none, is a day that the calendar has not.
pub(super) fn written_as_day(text: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    matches!(text.split('-').collect::<Vec<_>>().as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

/// What is wrong with what is no day, and what to write where nothing but a day, or this, may stand.
pub(super) fn no_day(text: &str, or: &str) -> (&'static str, String) {
    if written_as_day(text) {
        ("and there is no such day", "Write a day that the calendar has.".into())
    } else if or.is_empty() {
        ("which is no day", "Write YYYY-MM-DD.".into())
    } else {
        ("which is no day, instant or time zone", format!("Write YYYY-MM-DD, {or}."))
    }
}

fn instant(text: &str, zone: &TimeZone, end_of_day: bool) -> Result<Timestamp, String> {
    let unreadable = || text.to_owned();
    if text.len() > 10 {
        return text.parse().map_err(|_| unreadable());
    }
    let mut day: Date = text.parse().map_err(|_| unreadable())?;
    if end_of_day {
        day = day.tomorrow().map_err(|_| unreadable())?;
    }
    day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(from: Option<&str>, until: Option<&str>, zone: Option<&str>) -> Record {
        Record {
            from: from.map(Into::into),
            until: until.map(Into::into),
            time_zone: zone.map(Into::into),
            ..Record::default()
        }
    }

    #[test]
    fn a_bare_date_is_a_whole_day_and_until_is_included() {
        let (from, until) = span(&record(Some("2026-11-02"), Some("2026-11-30"), None)).unwrap();
        assert_eq!(from.unwrap().to_string(), "2026-11-02T00:00:00Z");
        assert_eq!(until.unwrap().to_string(), "2026-12-01T00:00:00Z");
    }

    #[test]
    fn the_day_is_the_records_own() {
        let (_, until) = span(&record(None, Some("2026-11-30"), Some("Asia/Shanghai"))).unwrap();
        assert_eq!(until.unwrap().to_string(), "2026-11-30T16:00:00Z");
    }

    #[test]
    fn an_instant_is_an_instant() {
        let (_, until) = span(&record(None, Some("2026-11-30T12:00:00+08:00"), None)).unwrap();
        assert_eq!(until.unwrap().to_string(), "2026-11-30T04:00:00Z");
    }

    #[test]
    fn a_date_or_zone_that_is_none_is_said_so() {
        assert!(span(&record(Some("2026-13-01"), None, None)).is_err());
        assert!(span(&record(Some("2026-11-01"), None, Some("Mars/Base"))).is_err());
        assert!(span(&record(None, Some("9999-12-31"), None)).is_err());
    }
}
