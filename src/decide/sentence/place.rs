//! Sentences about where pods may stand.

use std::collections::BTreeSet;

use crate::catalog::{condition::Condition, license::License};

use super::{
    super::{Allowance, Chips, Places, case::Case, place::Narrowing, policy::Holding},
    Said, and, cite,
    license::only_by_name,
    near, or,
};

pub(in super::super) fn own_contradiction() -> Said {
    (
        "spec.placement leaves no place: what it allows, it also denies, or no listed region lies in a listed country."
            .into(),
        "The author of the manifest lists places in spec.placement that agree.".into(),
    )
}

pub(in super::super) fn nothing_left(by: &[String]) -> Said {
    (
        format!("no place is left that {} all let.", and(by)),
        "Who keeps one of them lists a place that the others let as well.".into(),
    )
}

pub(in super::super) fn not_permitted(policy: &Holding<'_>, lost: &[String], placed: bool) -> Said {
    let says = policy.says();
    let sentence = match lost {
        [] if placed => format!("{says} permits nothing that spec.placement lets."),
        [] => format!(
            "{says} leaves no place: what it allows, it also denies, or its regions lie in none of its countries."
        ),
        lost => format!("{says} does not permit {}, and spec.placement allows nothing else.", and(lost)),
    };
    (sentence, format!("Who keeps {} decides on places.", policy.words()))
}

pub(in super::super) fn accelerator_not_permitted(policy: &Holding<'_>, product: &str, chips: &[&str]) -> Said {
    let product = product.escape_debug();
    let what = match chips {
        [] => format!("{product}, which the catalogue does not know"),
        [chip] => format!("{product}, which is {chip}"),
        several => format!("{product}, which may be {}", or(several)),
    };
    (
        format!("{} does not permit the accelerator that spec.accelerators.product names: {what}.", policy.says()),
        format!("Who keeps {} decides on accelerators.", policy.words()),
    )
}

pub(in super::super) fn narrowed_to_accelerators(policy: &str, chips: &Chips, enforces: bool) -> String {
    let kept = match chips {
        Chips::Never(never) if never.is_empty() => "off no accelerator: it lists none that is known".to_owned(),
        Chips::Never(never) => format!("off {} accelerators", never.len()),
        Chips::Only(only) => format!("to {} accelerators, and off those that are not known", only.len()),
    };
    if enforces { format!("{policy}: pods keep {kept}.") } else { format!("{policy} would keep pods {kept}.") }
}

pub(in super::super) fn narrowed_by_policy(policy: &str, lost: &[String], enforces: bool) -> String {
    match (lost, enforces) {
        ([], _) => format!("{policy} would let pods stand in fewer places."),
        (lost, true) => format!("{policy} does not permit {}: pods keep out of it.", and(lost)),
        (lost, false) => format!("{policy} would not permit {}.", and(lost)),
    }
}

/// A node of a region may stand abroad, where the enforced rules were not asked.
pub(in super::super) fn region_country(regions: &[String], countries: &BTreeSet<String>) -> String {
    let countries: Vec<String> = countries.iter().cloned().collect();
    format!(
        "spec.placement allows {}: pods keep to {}, as an enforced rule may hold for nodes of that region elsewhere.",
        and(regions),
        and(&countries)
    )
}

/// Pods or people are where the licence excludes it. `lost` is empty where pods have other places.
pub(in super::super) fn excluded(
    case: &Case<'_>,
    narrowing: &Narrowing<'_>,
    lost: &[String],
) -> (String, Option<String>) {
    let (license, condition) = (narrowing.license, narrowing.condition);
    let term = format!("{} {}", cite(license, condition.clause.as_deref()), condition.sentence);
    let near = narrowing.near.as_ref();
    let by_name = near.and_then(|near| near::remedy(case, license, condition, near));
    let by_name = by_name.unwrap_or_else(|| format!("{}.", only_by_name(license, condition)));
    let (sentence, remedy) = match (lost, narrowing.serves) {
        ([], Some(country)) => (
            format!("{term}; spec.usage.serves says {country}."),
            format!("Nodes in other places change nothing while people are served there. {by_name}"),
        ),
        (lost, Some(country)) => (
            format!("{term}; spec.placement allows {}, and spec.usage.serves says {country}.", and(lost)),
            format!("Nodes elsewhere would do only for people served elsewhere too. {by_name}"),
        ),
        ([], None) => (format!("{term}; no other place is left."), by_name),
        (lost, None) => (format!("{term}; spec.placement allows {} and nothing else.", and(lost)), by_name),
    };
    let sentence = match near {
        Some(near) => format!("{}; {}.", sentence.trim_end_matches('.'), near::words(near)),
        None => sentence,
    };
    (sentence, Some(remedy))
}

pub(in super::super) fn narrowed_by_license(license: &License, condition: &Condition, lost: &[String]) -> String {
    format!("{} {}: pods keep out of {}.", cite(license, condition.clause.as_deref()), condition.sentence, and(lost))
}

/// Other places were decided with, and would do.
pub(in super::super) fn elsewhere(places: &Places) -> String {
    let of = |allowance: &Allowance, within: &str| match (allowance.words(), allowance.restricts()) {
        (_, false) => None,
        (words, true) => Some(match words.strip_prefix("not ") {
            Some(never) => format!("anywhere but {within} {never}"),
            None => format!("{within} {words}"),
        }),
    };
    let regions = places.regions.as_ref().map(|regions| match regions.iter().collect::<Vec<_>>().as_slice() {
        [(provider, region)] => format!("in {provider}/{region}"),
        several => format!("in {} regions", several.len()),
    });
    let denied = (!places.regions_denied.is_empty()).then(|| format!("out of {} regions", places.regions_denied.len()));
    let all = [of(&places.countries, "in"), of(&places.providers, "on"), regions, denied];
    let all: Vec<String> = all.into_iter().flatten().collect();
    let pods = if all.is_empty() { "anywhere".into() } else { all.join(", ") };
    format!("Decided again without spec.placement.allow: Allowed, with pods {pods}.")
}
