//! Licences that want to be accepted on record.
//!
//! Using the model accepts most texts: that is listed as owed, and never waits. A text behind a form or a click wants
//! a dated record in the Licensee: without one the decision waits, because the fact is missing, not broken; where a policy
//! requires acceptances on record (obligations: Accept: Require), it refuses, because that policy is broken. Who got the
//! model inside somebody else's product accepted nothing and need not. A record that names the text counts only for
//! that text, where the entry knows its own; one that names none counts, and says so. One that does not say who accepted
//! it, nor when, counts with a warning: whoever asks for proof will not find it there.

use crate::{
    catalog::{
        license::{License, Mechanism},
        obligation::DutyKind,
        words::Role,
    },
    manifest::{Reason, record::Record},
};

use super::{
    Effect,
    case::{Case, Found, finding},
    identity::Model,
    licensee::Who,
    near::{self, Why},
    record::{self, Standing},
    sentence, stale,
};

/// What is on record about a licence.
#[derive(Clone, Copy, Debug)]
pub(super) enum Accepting<'a> {
    /// It was accepted.
    By(&'a Record),
    /// Another text was.
    OtherText(&'a Record),
}

/// Looks for the acceptances; answers what is on record for which licence.
pub(super) fn check<'a>(case: &Case<'a>, model: &Model<'a>, found: &mut Found) -> Vec<(&'a License, Accepting<'a>)> {
    let mut accepted = Vec::new();
    if received_in_a_product(case) {
        return accepted;
    }
    let required = case.policies.requiring(DutyKind::Accept).find(|policy| policy.enforces);
    for layer in &model.layers {
        let license = layer.license;
        let records = case.licensee().map_or(&[][..], |fact| &fact.spec.accepted);
        let wanted = record::Wanted { licenses: &layer.ids, country: None };
        let hit = record::find(case, records, wanted, |record| same_text(license, record), &mut found.changes);
        let other = record::find(case, records, wanted, |record| !same_text(license, record), &mut found.changes);
        let other = other.filter(|hit| hit.standing == Standing::InForce).map(|hit| hit.record);
        let voucher = case.voucher();
        if let Some(record) = other {
            accepted.push((license, Accepting::OtherText(record)));
        }
        match hit {
            Some(hit) if hit.standing == Standing::InForce => {
                accepted.push((license, Accepting::By(hit.record)));
                let sentence = sentence::acceptance::accepted(license, hit.record);
                let passes = finding(Reason::Allowed, Effect::Passes, &license.short, sentence);
                found.add(passes.text(license, None).voucher(voucher.clone()));
                stale::record(case, "accepted", hit.record, found);
                if let Some(lacks) = hit.record.lacks() {
                    let (sentence, remedy) = sentence::acceptance::unsigned(case, license, hit.record, lacks);
                    let warns = finding(Reason::LicenseeIncomplete, Effect::Warns, &license.short, sentence);
                    found.add(warns.remedy(remedy).text(license, None).voucher(voucher));
                }
            }
            _ if !wants_record(license) => {}
            Some(hit) if hit.standing == Standing::Ended => {
                let (sentence, remedy) = sentence::acceptance::ended(case, license, &hit, required);
                let effect = if required.is_some() { Effect::Refuses } else { Effect::Waits };
                let ended = finding(Reason::RecordEnded, effect, &license.short, sentence);
                found.add(ended.remedy(remedy).text(license, None).voucher(voucher));
            }
            _ => match &case.who {
                Who::Several(_) => {}
                Who::Unread(unread) => found.add(sentence::facts::unread(unread)),
                Who::Nobody | Who::One(_) => {
                    if matches!(case.who, Who::Nobody) {
                        found.add(sentence::facts::licensee_missing(case, &license.short));
                    }
                    let near = near::of_acceptance(case, license, &layer.ids).filter(|_| other.is_none());
                    // Where something is recorded that may yet count, or nobody to record it for, that is waited for.
                    let open = near.as_ref().is_some_and(|near| matches!(near.why, Why::Begins(_) | Why::Unread(_)));
                    let none = other.is_none() && !open && matches!(case.who, Who::One(_));
                    let required = required.filter(|_| none);
                    let (sentence, remedy) =
                        sentence::acceptance::missing(case, license, other, near.as_ref(), required);
                    let effect = if required.is_some() { Effect::Refuses } else { Effect::Waits };
                    let missing = finding(Reason::AcceptanceMissing, effect, &license.short, sentence);
                    found.add(missing.remedy(remedy).text(license, None).voucher(voucher));
                }
            },
        }
    }
    accepted
}

/// Who received the model inside somebody else's product.
pub(super) fn received_in_a_product(case: &Case<'_>) -> bool {
    case.request.spec.usage.role == Some(Role::EndUserOfIntegratedProduct)
}

fn same_text(license: &License, record: &Record) -> bool {
    match (&license.text.sha256, &record.text_sha256) {
        (Some(known), Some(read)) => known.eq_ignore_ascii_case(read),
        _ => true,
    }
}

fn wants_record(license: &License) -> bool {
    license.acceptance.gated.is_yes()
        || matches!(license.acceptance.mechanism, Mechanism::ClickThrough | Mechanism::RequestForm)
}
