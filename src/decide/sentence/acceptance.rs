//! Sentences about licences that are accepted on record.

use crate::{catalog::license::License, manifest::record::Record};

use super::super::{
    case::Case,
    near::{Near, Why},
    policy::Holding,
    record,
};
use super::{Said, license::records, list_of, near, record_words, text_words};

/// An acceptance is on record.
pub(in super::super) fn accepted(license: &License, record: &Record) -> String {
    let [by, who] = record.who.as_deref().map(|who| [" by ", who]).unwrap_or_default();
    let [at, when] = record.when.as_deref().map(|when| [" ", when]).unwrap_or_default();
    ["the terms of ", &license.short, " were accepted", at, when, by, who, ", ", &text_words(record), "."].concat()
}

/// An acceptance is asked for, and none is on record, or one of another text.
pub(in super::super) fn missing(
    case: &Case<'_>,
    license: &License,
    other: Option<&Record>,
    near: Option<&Near<'_>>,
    required: Option<&Holding<'_>>,
) -> Said {
    let has = match (other, near) {
        (Some(record), _) => super::duty::other_text(license, record),
        (None, Some(near)) => near::words(near),
        (None, None) => format!("{} no acceptance that covers {}", records(case), case.service()),
    };
    let list = list_of(case, "accepted");
    let remedy = match near.map(|near| (&near.why, &near.record.name)).filter(|_| other.is_none()) {
        Some((Why::Begins(from), _)) => format!("It goes on by itself from {from} on."),
        Some((Why::Unread(what), name)) => near::mends(what, name, &list),
        _ => format!("Legal accepts the terms with {} and records it in {list}.", license.publisher),
    };
    let by = requires(required);
    (format!("{} is accepted by a form or a click before it is downloaded; {has}{by}.", license.short), remedy)
}

/// ", and ModelPolicy/legal requires one on record".
fn requires(by: Option<&Holding<'_>>) -> String {
    by.map(|policy| format!(", and {} requires one on record", policy.words())).unwrap_or_default()
}

/// An acceptance was on record, and has ended.
pub(in super::super) fn ended(
    case: &Case<'_>,
    license: &License,
    ended: &record::Found<'_>,
    required: Option<&Holding<'_>>,
) -> Said {
    let until = ended.until.map_or_else(|| "now".into(), |at| at.to_string());
    (
        format!(
            "{} was accepted by {}, which ended at {until}{}.",
            license.short,
            record_words(ended.record),
            requires(required)
        ),
        format!("Legal accepts the terms with {} and records it in {}.", license.publisher, list_of(case, "accepted")),
    )
}

/// An acceptance counts, and does not say by whom or when.
pub(in super::super) fn unsigned(case: &Case<'_>, license: &License, record: &Record, lacks: &str) -> Said {
    let list = list_of(case, "accepted");
    (
        format!("{} is accepted by {} in {list}, which does not say {lacks}.", license.short, record_words(record)),
        format!("Legal writes it in {list}: without it nobody can show the acceptance."),
    )
}
