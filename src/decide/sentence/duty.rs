//! Words about duties: by what one is shown to be met, and what is said where a policy requires that and it is not.

use crate::{
    catalog::{DutyKind, license::License},
    manifest::record::Record,
};

use super::super::{Owed, atom::Used, case::Case, cure};
use super::{Said, cite, license, list_of, record_words, short_hash};

/// What is not looked at.
pub(in super::super) const NOT_CHECKED: &str = "not checked";
/// Notices and copies stand beside the weights, and nobody has listed these files yet.
pub(in super::super) const FILES_NOT_KNOWN: &str = "not checked: the files beside the weights are not known";
/// Who received it in a product accepted nothing.
pub(in super::super) const ACCEPTED_BY_THE_MAKER: &str = "received inside a finished product, whose maker accepts";
/// Nothing in the list covers it.
pub(in super::super) const NO_ACCEPTANCE: &str = "no record in accepted covers it";
/// Nothing in the list covers it.
pub(in super::super) const NO_REGISTRATION: &str = "no record in registered covers it";
/// The rule is about another model's name.
pub(in super::super) const OTHER_MODELS_NAME: &str = "not checked: the name of what is trained on it is not known here";
/// The address names no repository.
pub(in super::super) const NO_NAME: &str = "not checked: the model has no name";

/// By a record.
pub(in super::super) fn by_record(record: &Record) -> String {
    let reference = record.reference.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
    format!("by {}{reference}", record_words(record))
}

/// By an acceptance, with the hash of the text.
pub(in super::super) fn by_acceptance(record: &Record) -> String {
    ["by ", &record_words(record), ", ", &super::text_words(record)].concat()
}

/// An acceptance of another text.
pub(in super::super) fn other_text(license: &License, record: &Record) -> String {
    let words = |hash: Option<&str>| short_hash(hash).unwrap_or_else(|| "not known".into());
    format!(
        "{} is of text {}, and the entry is of text {}",
        record_words(record),
        words(record.text_sha256.as_deref()),
        words(license.text.sha256.as_deref())
    )
}

/// By a person's judgement.
pub(in super::super) fn judged(record: &Record) -> String {
    let reason = record.reason.as_deref().unwrap_or_default();
    format!("judged not to apply: \"{reason}\", {}", record_words(record))
}

/// By the name.
pub(in super::super) fn name_fits(name: &str, rule: &str) -> String {
    format!("the name {name} {rule}")
}

/// The text lifts the duty here.
pub(in super::super) fn spared(case: &Case<'_>, by: Used<'_>) -> String {
    license::why(case, by).map_or_else(|| "spared".into(), |why| format!("spared ({why})"))
}

/// A duty is owed, a policy wants it shown to be met, and it is not.
pub(in super::super) fn unmet(case: &Case<'_>, policy: &str, owed: &Owed, kind: DutyKind, license: &License) -> Said {
    let word = kind.word();
    let id = &license.id;
    let how = if owed.met.is_none() { "no record shows it" } else { &owed.how };
    let asks = if kind == DutyKind::Display { "asks to show" } else { "asks for this:" };
    (
        format!(
            "{} {asks} {}; {policy} requires the duty {word} to be shown to be met, and {how}.",
            cite(license, owed.clause.as_deref()),
            owed.what
        ),
        match cure::of_duty(kind) {
            None => format!("The author of {} gives it such a name in spec.model.servedName.", case.service()),
            Some(list @ "accepted") => format!("Legal accepts the terms and records it in {}.", list_of(case, list)),
            Some(list @ "registered") => format!("Legal records it in {}.", list_of(case, list)),
            Some(list) => format!("Who sees to it records it in {}, with rule: {id}/{word}.", list_of(case, list)),
        },
    )
}
