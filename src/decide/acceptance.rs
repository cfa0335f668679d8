//! Licences that want to be accepted on record.
//!
//! Using the model accepts most texts: that is listed as owed, and never waits. A text behind a form or a click wants
//! a dated record in the Licensee: without one the decision waits, because the fact is missing, not broken. Who got the
//! model inside somebody else's product accepted nothing and need not.

use crate::{
    catalog::{
        license::{License, Mechanism},
        words::Role,
    },
    manifest::Reason,
};

use super::{
    Effect,
    case::{Case, Found, finding},
    identity::Model,
    licensee::Who,
    record::{self, Standing},
    sentence,
};

/// Looks for the acceptances; answers which licences have one.
pub(super) fn check<'a>(case: &Case<'a>, model: &Model<'a>, found: &mut Found) -> Vec<&'a License> {
    let mut accepted = Vec::new();
    if case.request.spec.usage.role == Some(Role::EndUserOfIntegratedProduct) {
        return accepted;
    }
    for layer in &model.layers {
        let license = layer.license;
        let records = case.licensee().map_or(&[][..], |fact| &fact.spec.accepted);
        let wanted = record::Wanted { licenses: &layer.ids, country: None };
        let hit = record::find(case, records, wanted, |_| true, &mut found.changes);
        let voucher = case.licensee().map(|fact| sentence::licensee(&fact.name));
        match hit {
            Some(hit) if hit.standing == Standing::InForce => {
                accepted.push(license);
                let sentence = sentence::license::accepted(license, hit.record);
                let passes = finding(Reason::Allowed, Effect::Passes, &license.short, sentence);
                found.add(passes.text(license, None).voucher(voucher));
            }
            _ if !wants_record(license) => {}
            Some(hit) if hit.standing == Standing::Ended => {
                let (sentence, remedy) = sentence::license::acceptance_ended(case, license, &hit);
                let ended = finding(Reason::RecordEnded, Effect::Waits, &license.short, sentence);
                found.add(ended.remedy(remedy).text(license, None).voucher(voucher));
            }
            _ => match &case.who {
                Who::Several(_) => {}
                Who::Unread(unread) => found.add(sentence::facts::unread(unread)),
                Who::Nobody | Who::One(_) => {
                    if matches!(case.who, Who::Nobody) {
                        found.add(sentence::facts::licensee_missing(case, &license.short));
                    }
                    let (sentence, remedy) = sentence::license::acceptance_missing(case, license);
                    let missing = finding(Reason::AcceptanceMissing, Effect::Waits, &license.short, sentence);
                    found.add(missing.remedy(remedy).text(license, None).voucher(voucher));
                }
            },
        }
    }
    accepted
}

fn wants_record(license: &License) -> bool {
    license.acceptance.gated.is_yes()
        || matches!(license.acceptance.mechanism, Mechanism::ClickThrough | Mechanism::RequestForm)
}
