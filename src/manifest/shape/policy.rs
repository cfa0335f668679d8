//! Problems of a ModelPolicy.

use crate::{
    catalog::Catalog,
    manifest::{
        Reason,
        model_policy::{AreaList, ModelPolicySpec, seconds},
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
