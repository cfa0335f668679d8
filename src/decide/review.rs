//! Licences that a policy wants reviewed first.
//!
//! A review counts with who, a day that has come, and the hash of the entry as it stands: an entry that has changed is
//! another one than the one that was looked at, and a review that names none may be of any. A text hash that is not that
//! of the entry's text, where that is known, is of another text.

use std::cmp::Reverse;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    catalog::{atom::Atom, hash_of, license::Verification, predicate::Predicate},
    manifest::{
        Reason,
        model_license::{ModelLicenseSpec, Review},
    },
};

use super::{
    Effect,
    case::{Case, Found, finding},
    expand,
    identity::{Layer, Model},
    permitted::{names_layer, names_model},
    policy::{AgesPart, Holding},
    sentence, stale,
};

/// What a review comes to, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It is of this entry.
    Counts,
    /// It is of another text than the entry's.
    OtherText,
    /// It is of an entry that has changed since.
    Outdated,
    /// It does not say which entry it is of.
    NoEntry,
    /// Its day has not come, or is none.
    NoDay,
}

/// A review, and the ModelLicense that holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reviewed<'a> {
    /// What it comes to.
    pub standing: Standing,
    /// The review.
    pub review: &'a Review,
    /// Name of the object.
    pub object: &'a str,
}

/// Looks for the reviews that the policies want.
pub(super) fn check(case: &Case<'_>, model: &Model<'_>, found: &mut Found) {
    for layer in &model.layers {
        unread(layer, found);
        let mut known = None;
        for policy in &case.policies.all {
            let wanting = &policy.spec().licenses.need_review;
            let entry = wanting.iter().find(|entry| names_layer(entry, layer) || names_model(case, model, entry));
            let Some(entry) = entry else { continue };
            let (hash, best) = known.get_or_insert_with(|| {
                let hash = entry_hash(case, &layer.license.id);
                let best = best(case, layer, &hash, found);
                (hash, best)
            });
            judge(case, layer, policy, entry, (hash, *best), found);
        }
    }
}

/// The hash of the entry that decides: the built-in one's, or that of the terms in a ModelLicense.
fn entry_hash(case: &Case<'_>, id: &str) -> String {
    match expand::license(case, id) {
        Some((terms, Some(_))) => hash_of(terms).unwrap_or_default(),
        _ => case.facts.catalog.license_hash(id).unwrap_or_default().to_owned(),
    }
}

/// The best review of a licence. Where its object lists models, it counts only if all names of the model are among them.
fn best<'a>(case: &Case<'a>, layer: &Layer<'_>, hash: &str, found: &mut Found) -> Option<Reviewed<'a>> {
    let about = |spec: &ModelLicenseSpec| {
        let models = spec.models.is_empty() || spec.models.iter().any(|pattern| case.all_names_fit(pattern));
        spec.license == layer.license.id && models
    };
    let mut best: Option<Reviewed<'a>> = None;
    for object in case.facts.licenses.iter().copied().filter(|object| about(&object.spec)) {
        if !object.spec.reviews.is_empty() {
            found.uses("ModelLicense", &object.name, &object.hash);
        }
        for review in &object.spec.reviews {
            let begins = begins(review);
            found.changes.extend(begins.filter(|at| *at > case.facts.now));
            let standing = standing(case, layer, hash, review, begins);
            // The order of the objects decides nothing.
            let rank = |standing: Standing, review: &Review| (standing, Reverse(review.date.clone()));
            let newer = |known: &Reviewed<'_>| {
                let (this, that) = (rank(standing, review), rank(known.standing, known.review));
                this < that || this == that && object.name.as_str() < known.object
            };
            if best.as_ref().is_none_or(newer) {
                best = Some(Reviewed { standing, review, object: &object.name });
            }
        }
    }
    best
}

fn begins(review: &Review) -> Option<Timestamp> {
    let day: Date = review.date.parse().ok()?;
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn standing(case: &Case<'_>, layer: &Layer<'_>, hash: &str, review: &Review, begins: Option<Timestamp>) -> Standing {
    let other_text = match (&layer.license.text.sha256, &review.text_sha256) {
        (Some(known), Some(read)) => !known.eq_ignore_ascii_case(read),
        _ => false,
    };
    match &review.entry_sha256 {
        _ if begins.is_none_or(|at| at > case.facts.now) || review.by.trim().is_empty() => Standing::NoDay,
        None => Standing::NoEntry,
        Some(of) if !of.eq_ignore_ascii_case(hash) || hash.is_empty() => Standing::Outdated,
        Some(_) if other_text => Standing::OtherText,
        Some(_) => Standing::Counts,
    }
}

fn judge(
    case: &Case<'_>,
    layer: &Layer<'_>,
    policy: &Holding<'_>,
    entry: &str,
    (hash, best): (&str, Option<Reviewed<'_>>),
    found: &mut Found,
) {
    let license = layer.license;
    let object = best.map(|best| format!("ModelLicense/{}", best.object));
    let (reason, (sentence, remedy)) = match best {
        Some(one) if one.standing == Standing::Counts => {
            let sentence = sentence::policy::reviewed(&policy.words(), license, &one);
            let passes = finding(Reason::Allowed, Effect::Passes, &license.short, sentence);
            found.add(passes.text(license, None).voucher(object.clone()));
            let what = || format!("the review of {} by {}", license.short, one.review.by);
            let place = || object.unwrap_or_default();
            return stale::check(case, AgesPart::Reviews, Some(&one.review.date), (what, place), found);
        }
        Some(one) if matches!(one.standing, Standing::Outdated | Standing::OtherText) => {
            (Reason::ReviewOutdated, sentence::policy::review_outdated(&policy.words(), license, &one, hash))
        }
        other => (
            Reason::ReviewMissing,
            sentence::policy::review_missing(&policy.words(), license, entry, other.as_ref(), hash),
        ),
    };
    let new = finding(reason, policy.waits(), &license.short, sentence).remedy(remedy);
    found.add(new.text(license, None).voucher(Some(policy.words())));
}

/// Terms that say that nobody read them, and name none that is unread: of what is not listed nothing is known.
fn unread(layer: &Layer<'_>, found: &mut Found) {
    let license = layer.license;
    let says = |atom: &Atom| matches!(atom.predicate(), Some(Predicate::Unread(_)));
    let named = license.conditions.iter().any(|condition| {
        condition.when.all_of.iter().chain(&condition.when.any_of).any(says) || !condition.verified.is_yes()
    });
    if license.verification == Verification::NotVerified && !named {
        let (sentence, remedy) = sentence::license::unread_terms(license);
        let new = finding(Reason::LicenseUnverified, Effect::Waits, &license.short, sentence);
        found.add(new.remedy(remedy).text(license, None));
    }
}
