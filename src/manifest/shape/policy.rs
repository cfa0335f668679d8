//! Problems of a ModelPolicy.

use std::collections::BTreeSet;

use crate::{
    catalog::Catalog,
    manifest::{
        Reason,
        model_policy::{AreaList, ModelPolicySpec, RegionRules, seconds},
        placement::PlaceList,
        written::WrittenCountry,
    },
};

use super::{
    ShapeProblem, check_country, check_places, license_rules, near_words, nearest,
    places::check_areas,
    selection::{selection, unguarded},
    shown,
};

/// What is wrong in a ModelPolicy, in the order of its fields.
#[must_use]
pub fn policy_problems(spec: &ModelPolicySpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    selection(&spec.selection(), spec.default == Some(true), Reason::PolicyInvalid, &mut all);
    for (field, text) in [
        ("spec.grace.person", &spec.grace.person),
        ("spec.grace.catalogue", &spec.grace.catalogue),
        ("spec.grace.place", &spec.grace.place),
    ] {
        if seconds(text).is_none() {
            all.push(ShapeProblem::new(
                Reason::ManifestInvalid,
                field,
                format!("{field} {} is no duration; the built-in one holds.", shown(text)),
                "Write a number with a unit: 10s, 30m, 24h or 30d.",
            ));
        }
    }
    license_rules::problems(&spec.licenses, spec.default == Some(true), catalog, &mut all);
    all.extend(place_problems(spec, catalog));
    all.extend(contradiction(&spec.regions, catalog));
    all.extend(without_rules(&spec.regions, catalog));
    unguarded(&spec.selection(), &mut all);
    all
}

/// What is wrong in what a ModelPolicy says about places, in the order of its fields. Every decision asks it, so that
/// nothing is made where nothing is wrong.
#[must_use]
pub fn place_problems(spec: &ModelPolicySpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    let regions = &spec.regions;
    for (field, list) in [(ALLOWED_PLACES, &regions.allow), ("spec.regions.deny", &regions.deny)] {
        if let Some(list) = list {
            check_places(list, field, catalog, &mut all);
        }
    }
    if let Some(AreaList { countries, groups }) = regions.serves.as_ref().map(|served| &served.deny) {
        let field = "spec.regions.serves.deny";
        check_areas(countries, groups, field, catalog, &mut all);
        if countries.is_empty() && groups.is_empty() {
            let sentence = format!("{field} lists nobody.");
            all.push(ShapeProblem::new(Reason::ManifestInvalid, field, sentence, "List countries or groups."));
        }
    }
    accelerators(spec, catalog, &mut all);
    for (i, mode) in regions.rules.iter().enumerate() {
        if !is_rule(&mode.rule, catalog) {
            all.push(no_rule(&mode.rule, &format!("spec.regions.rules[{i}].rule"), catalog));
        }
    }
    all
}

/// Places that are let and denied by one policy. Decisions do not ask: they read both, and what is denied counts.
fn contradiction(regions: &RegionRules, catalog: &Catalog) -> Option<ShapeProblem> {
    let (allow, deny) = (regions.allow.as_ref()?, regions.deny.as_ref()?);
    // Of a country in which one provider is denied, the others are left.
    if !deny.providers.is_empty() || !deny.regions.is_empty() {
        return None;
    }
    let within = |list: &PlaceList| -> BTreeSet<String> {
        let countries = list.countries.iter().filter_map(WrittenCountry::text);
        let areas = countries.chain(list.groups.iter().map(String::as_str));
        areas.flat_map(|area| catalog.places().expand(area)).map(str::to_owned).collect()
    };
    let (allowed, denied) = (within(allow), within(deny));
    let canonical =
        |country: &'_ WrittenCountry| country.text().map(|text| catalog.places().canonical(text).to_owned());
    let twice = allow.countries.iter().filter_map(canonical).find(|country| denied.contains(country));
    let (sentence, remedy) = if !allowed.is_empty() && allowed.is_subset(&denied) {
        let named: Vec<&str> = allowed.iter().take(MAX_NAMED).map(String::as_str).collect();
        let more = if allowed.len() > MAX_NAMED { " and more" } else { "" };
        let sentence =
            format!("spec.regions allows {}{more} and denies all of it, which leaves no place.", named.join(", "));
        (sentence, "Take out of one of the two lists what is meant for the other.".to_owned())
    } else {
        let twice = twice?;
        let sentence = format!("spec.regions both allows and denies {twice}; what is denied counts.");
        (sentence, "Write it in one of the two lists.".to_owned())
    };
    Some(ShapeProblem::new(Reason::PlaceContradicts, "spec.regions", sentence, remedy))
}

/// The first country or group that a word about rules names and that has none: it enforces nothing.
fn without_rules(regions: &RegionRules, catalog: &Catalog) -> Option<ShapeProblem> {
    let has = |word: &str| {
        let canonical = catalog.places().canonical(word);
        catalog.rules().any(|rule| {
            let whose = [rule.jurisdiction.as_str(), rule.country()].contains(&canonical);
            rule.id == word || rule.verified.is_yes() && (whose || rule.whose().contains(canonical))
        })
    };
    let (i, mode) =
        regions.rules.iter().enumerate().find(|(_, mode)| is_rule(&mode.rule, catalog) && !has(&mode.rule))?;
    let field = format!("spec.regions.rules[{i}].rule");
    let sentence =
        format!("{field} is {}, of which the catalogue has no verified rule, so it says nothing.", shown(&mode.rule));
    let remedy = "`modelport catalog rules` lists whose rules there are; one that nobody verified, and those of a member or a wider group, are written by themselves.";
    Some(ShapeProblem::new(Reason::CountryNotSurveyed, field, sentence, remedy))
}

/// Countries that a sentence names.
const MAX_NAMED: usize = 3;

/// The field of the places that a policy lets.
pub const ALLOWED_PLACES: &str = "spec.regions.allow";

/// The field of the accelerators that a policy lets.
pub const ALLOWED_ACCELERATORS: &str = "spec.regions.accelerators.allow";

/// Whether a word names a rule, or rules by whose they are: a country's, a group's, a state's.
fn is_rule(word: &str, catalog: &Catalog) -> bool {
    catalog.rule(word).is_some()
        || catalog.places().is_area(word)
        || catalog.rules().any(|rule| rule.jurisdiction == word)
}

fn no_rule(word: &str, field: &str, catalog: &Catalog) -> ShapeProblem {
    let places = catalog.places();
    let whose = |known: &str| word.eq_ignore_ascii_case(known);
    let areas = places.countries().map(|country| country.code.as_str()).chain(places.groups().map(|g| g.id.as_str()));
    let mut areas = areas.chain(catalog.rules().map(|rule| rule.jurisdiction.as_str()));
    let near = areas.find(|area| whose(area)).or_else(|| nearest(word, catalog.rules().map(|rule| rule.id.as_str())));
    ShapeProblem::new(
        Reason::PlaceUnknown,
        field,
        format!("{field} is {}, which is no rule, and no country, group or state.{}", shown(word), near_words(near)),
        "`modelport catalog rules` lists them; a country, a group or a state stands for its verified rules.",
    )
}

fn accelerators(spec: &ModelPolicySpec, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let Some(rules) = &spec.regions.accelerators else { return };
    for (field, list) in [(ALLOWED_ACCELERATORS, &rules.allow), ("spec.regions.accelerators.deny", &rules.deny)] {
        let Some(list) = list else { continue };
        if list.ids.is_empty() && list.origins.is_empty() && list.classes.is_empty() {
            all.push(ShapeProblem::new(
                Reason::PolicyInvalid,
                field,
                format!("{field} names no accelerator."),
                "Write ids, origins or classes, or leave it out.",
            ));
        }
        for (i, country) in list.origins.iter().enumerate() {
            check_country(country, format_args!("{field}.origins[{i}]"), catalog, all);
        }
        for (i, id) in list.ids.iter().enumerate().filter(|(_, id)| catalog.accelerators().get(id).is_none()) {
            let chips = || catalog.accelerators().all().iter().map(|chip| chip.id.as_str());
            let named = catalog.accelerators().meant(id).first().map(|chip| chip.id.as_str());
            let near = named.or_else(|| nearest(id, chips()));
            let at = format!("{field}.ids[{i}]");
            all.push(ShapeProblem::new(
                Reason::PolicyInvalid,
                at.as_str(),
                format!("{at} is {}, which is no accelerator that the catalogue lists.{}", shown(id), near_words(near)),
                "`modelport catalog accelerators` lists them.",
            ));
        }
    }
}
