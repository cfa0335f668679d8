//! What a person has judged not to apply: a term or a duty of a licence, or a rule of a place, by its id.
//!
//! A record counts only with who judged it and why, for what it covers, while it is in force. A term is written
//! `<license id>/<condition id>`, a duty `<license id>/<kind>`; the licence is the one that decides, or a combination
//! that led to it.

use crate::{
    catalog::{condition::Condition, license::License},
    manifest::{Reason, record::Record},
};

use super::{
    Effect, Finding,
    case::{Case, Found, finding},
    identity::Layer,
    record::{self, Standing, Wanted},
    sentence, stale,
};

/// Whether a record says which licence's term or duty it speaks of: `<one of the ids>/<name>`.
pub(super) fn names(record: &Record, ids: &[&str], name: &str) -> bool {
    let parts = record.rule.as_deref().and_then(|rule| rule.rsplit_once('/'));
    parts.is_some_and(|(license, of)| of == name && ids.iter().any(|id| id.eq_ignore_ascii_case(license)))
}

/// The record in force by which a person judged that something does not apply.
pub(super) fn not_applicable<'a>(
    case: &Case<'a>,
    wanted: Wanted<'_>,
    of: impl Fn(&Record) -> bool,
    found: &mut Found,
) -> Option<&'a Record> {
    let records = case.licensee().map_or(&[][..], |fact| &fact.spec.not_applicable);
    let signed = |record: &Record| of(record) && record.maker().is_some() && record.grounds().is_some();
    let hit = record::find(case, records, wanted, signed, &mut found.changes)?;
    let record = (hit.standing == Standing::InForce).then_some(hit.record)?;
    stale::record(case, "notApplicable", record, found);
    Some(record)
}

/// A term that a person has judged not to apply here, as a finding that says who and why.
pub(super) fn term(case: &Case<'_>, layer: &Layer<'_>, condition: &Condition, found: &mut Found) -> Option<Finding> {
    let wanted = Wanted { licenses: &layer.ids, country: None };
    let record = not_applicable(case, wanted, |record| names(record, &layer.ids, &condition.id), found)?;
    let license: &License = layer.license;
    let sentence = sentence::license::judged(license, condition, record);
    let voucher = case.voucher();
    let passes = finding(Reason::Allowed, Effect::Passes, &license.short, sentence);
    Some(passes.term(license, condition).voucher(voucher).by_record(sentence::license::judging(record)))
}
