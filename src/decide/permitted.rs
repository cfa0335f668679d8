//! Which licences and publishers the policies permit, refuse, and speak of.

use crate::manifest::{Reason, license_rules::Entry, shape::license_entry_problem};

use super::{
    Finding,
    case::{Case, Found, finding, fits},
    identity::{Layer, Model},
    policy::Holding,
    sentence::{self, Said},
};

/// Which licences and publishers the policies permit and refuse. Every licence that applies must be permitted, by its
/// id, by the combination that led to it, by its class, or by the model's name.
///
/// A publisher is permitted where all that the model was made from and runs with is, and refused where any of it is.
pub(super) fn check(case: &Case<'_>, of: &Model<'_>, found: &mut Found) {
    let model = case.names.first().copied().unwrap_or("the model");
    for policy in &case.policies.all {
        found.uses("ModelPolicy", &policy.fact.name, &policy.fact.hash);
        let rules = &policy.spec().licenses;
        for (list, entries) in [("allow", &rules.allow), ("refuse", &rules.refuse), ("needReview", &rules.need_review)]
        {
            let unread = entries.iter().filter(|entry| !is_read(case, entry));
            for (sentence, remedy) in unread.map(|entry| not_read(case, policy, list, entry)) {
                let new = finding(Reason::PolicyInvalid, policy.waits(), &policy.words(), sentence);
                found.add(new.remedy(remedy).voucher(Some(policy.words())));
            }
        }
        // What an entry that is not read was meant to permit is not known: that waits above, and refuses nobody.
        let unread = rules.allow.iter().any(|entry| !is_read(case, entry));
        let entries = || {
            rules.allow.iter().filter_map(|entry| match Entry::parse(entry) {
                Entry::Model(pattern) => Some(pattern),
                Entry::License(_) | Entry::Class(_) | Entry::NoClass(_) => None,
            })
        };
        let own = entries().any(|pattern| case.all_names_fit(pattern));
        let outside = of.relatives.iter().filter(|other| !other.by_name);
        let outside = outside.map(|other| &*other.name).find(|name| !entries().any(|pattern| fits(pattern, name)));
        let by_name = own && outside.is_none();
        for layer in &of.layers {
            let short = &layer.license.short;
            if let Some(entry) = rules.refuse.iter().find(|entry| names_layer(entry, layer)) {
                let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), short, entry);
                found.add(refused(Reason::LicenseRefusedByPolicy, policy, short, sentence, remedy));
            }
            let permitted = by_name || rules.allow.iter().any(|entry| names_layer(entry, layer));
            if !rules.allow.is_empty() && !permitted && !unread {
                let (sentence, remedy) =
                    sentence::policy::license_not_permitted(&policy.words(), short, outside.filter(|_| own));
                found.add(refused(Reason::LicenseNotPermitted, policy, short, sentence, remedy));
            }
        }
        for entry in &rules.refuse {
            let Entry::Model(pattern) = Entry::parse(entry) else { continue };
            let relative = of.relatives.iter().find(|other| fits(pattern, &other.name));
            let about = match relative {
                _ if case.any_name_fits(pattern) => model.to_owned(),
                Some(other) => sentence::policy::relative(model, other),
                None => continue,
            };
            let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), &about, entry);
            found.add(refused(Reason::LicenseRefusedByPolicy, policy, model, sentence, remedy));
        }
    }
}

/// Whether an entry can be read: a class that there is, a licence that the catalogue or a ModelLicense has, a model.
fn is_read(case: &Case<'_>, entry: &str) -> bool {
    let own = |pattern: &str| {
        let mut ids = case.facts.licenses.iter().filter_map(|fact| fact.spec.terms.as_ref());
        ids.any(|terms| fits(pattern, &terms.id))
    };
    match Entry::parse(entry) {
        Entry::License(pattern) if own(pattern) => true,
        _ => license_entry_problem("", entry, case.facts.catalog).is_none(),
    }
}

/// What is said of an entry that cannot be read.
fn not_read(case: &Case<'_>, policy: &Holding<'_>, list: &str, entry: &str) -> Said {
    match (Entry::parse(entry), license_entry_problem(&format!("spec.licenses.{list}"), entry, case.facts.catalog)) {
        (Entry::NoClass(_), _) | (_, None) => sentence::policy::no_class(&policy.words(), list, entry),
        (_, Some(problem)) => sentence::policy::unread(policy, &problem),
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

/// Whether an entry names the model or a relative of it: for what asks for more.
pub(super) fn names_model(case: &Case<'_>, of: &Model<'_>, entry: &str) -> bool {
    let Entry::Model(pattern) = Entry::parse(entry) else { return false };
    case.any_name_fits(pattern) || of.relatives.iter().any(|other| fits(pattern, &other.name))
}

fn refused(reason: Reason, policy: &Holding<'_>, about: &str, sentence: String, remedy: String) -> Finding {
    finding(reason, policy.refuses(), about, sentence).remedy(remedy).voucher(Some(policy.words()))
}
