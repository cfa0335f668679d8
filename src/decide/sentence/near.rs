//! Sentences about a record that stands there and does not count.

use crate::{
    catalog::{condition::Condition, license::License},
    manifest::shape::shown,
};

use super::super::{
    case::Case,
    near::{Near, Why},
};
use super::{list_of, record_words};

/// The record, and what keeps it from counting.
pub(in super::super) fn words(near: &Near<'_>) -> String {
    let (record, list) = (record_words(near.record), near.list);
    match &near.why {
        Why::Ended(until) => format!("{record} covered it until {until}"),
        Why::Begins(from) => format!("{record} covers it from {from} on, not yet"),
        Why::Unread(what) => format!("{record} in {list} has a {what} that cannot be read, and so counts for nothing"),
        Why::Lacks(what) => format!("{record} in {list} does not say {what}, and so counts for nothing"),
        Why::NotNamed => format!("{record} in {list} does not name this term, and only one that does lifts it"),
        Why::Nothing => format!("{record} in {list} says nothing that it covers, and so counts for nothing"),
        Why::Other(covers, this) => format!("{record} in {list} covers {}, and this is {this}", shown(covers)),
    }
}

/// Who mends what cannot be read of a record.
pub(in super::super) fn mends(what: &str, name: &str, list: &str) -> String {
    format!("Legal writes the {what} of {name} in {list} so that it can be read.")
}

/// Who mends it, where mending that record is what is left to do.
pub(in super::super) fn remedy(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    near: &Near<'_>,
) -> Option<String> {
    let (name, list) = (&near.record.name, list_of(case, near.list));
    match &near.why {
        Why::Ended(_) | Why::Nothing | Why::Other(..) => None,
        Why::Begins(from) => Some(format!(
            "It goes on by itself from {from} on; before, Legal records in {list} a grant that is in force."
        )),
        Why::Unread(what) => Some(mends(what, name, &list)),
        Why::Lacks(what) => Some(format!("Legal writes {what}, in {name} of {list}.")),
        Why::NotNamed => Some(format!(
            "If {}'s grant is about this term, Legal writes rule: {}/{} in {name} of {list}.",
            condition.granted_by.as_deref().unwrap_or(&license.publisher),
            license.id,
            condition.id
        )),
    }
}
