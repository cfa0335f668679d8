//! Which licences and publishers the policies permit, refuse, and speak of.

use crate::manifest::{Reason, license_rules::Entry};

use super::{
    Finding,
    case::{Case, Found, finding, fits},
    identity::Layer,
    policy::Holding,
    sentence,
};

/// Which licences and publishers the policies permit and refuse. Every licence that applies must be permitted, by its
/// id, by the combination that led to it, by its class, or by the model's name.
pub(super) fn check(case: &Case<'_>, layers: &[Layer<'_>], found: &mut Found) {
    let model = case.names.first().copied().unwrap_or("the model");
    for policy in &case.policies.all {
        found.uses("ModelPolicy", &policy.fact.name, &policy.fact.hash);
        let rules = &policy.spec().licenses;
        for (list, entries) in [("allow", &rules.allow), ("refuse", &rules.refuse), ("needReview", &rules.need_review)]
        {
            for entry in entries.iter().filter(|entry| matches!(Entry::parse(entry), Entry::NoClass(_))) {
                let (sentence, remedy) = sentence::policy::no_class(&policy.words(), list, entry);
                let new = finding(Reason::PolicyInvalid, policy.waits(), &policy.words(), sentence);
                found.add(new.remedy(remedy).voucher(Some(policy.words())));
            }
        }
        // What an entry that is no class was meant to permit is not known: that waits above, and refuses nobody.
        let unread = rules.allow.iter().any(|entry| matches!(Entry::parse(entry), Entry::NoClass(_)));
        for layer in layers {
            let short = &layer.license.short;
            if let Some(entry) = rules.refuse.iter().find(|entry| names_layer(entry, layer)) {
                let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), short, entry);
                found.add(refused(Reason::LicenseRefusedByPolicy, policy, short, sentence, remedy));
            }
            let by_name = |entry: &str| matches!(Entry::parse(entry), Entry::Model(name) if case.all_names_fit(name));
            let permitted = rules.allow.iter().any(|entry| by_name(entry) || names_layer(entry, layer));
            if !rules.allow.is_empty() && !permitted && !unread {
                let (sentence, remedy) = sentence::policy::license_not_permitted(&policy.words(), short);
                found.add(refused(Reason::LicenseNotPermitted, policy, short, sentence, remedy));
            }
        }
        for entry in rules.refuse.iter().filter(|entry| names_model(case, entry)) {
            let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), model, entry);
            found.add(refused(Reason::LicenseRefusedByPolicy, policy, model, sentence, remedy));
        }
    }
}

/// Whether an entry names a licence: by id, by that of a combination that led to it, or by class.
pub(super) fn names_layer(entry: &str, layer: &Layer<'_>) -> bool {
    match Entry::parse(entry) {
        Entry::License(pattern) => layer.ids.iter().any(|id| fits(pattern, id)),
        Entry::Class(class) => class.holds(layer.license),
        Entry::Model(_) | Entry::NoClass(_) => false,
    }
}

/// Whether an entry names the model, by any of its names: for what refuses, or asks for more.
pub(super) fn names_model(case: &Case<'_>, entry: &str) -> bool {
    matches!(Entry::parse(entry), Entry::Model(pattern) if case.any_name_fits(pattern))
}

fn refused(reason: Reason, policy: &Holding<'_>, about: &str, sentence: String, remedy: String) -> Finding {
    finding(reason, policy.refuses(), about, sentence).remedy(remedy).voucher(Some(policy.words()))
}
