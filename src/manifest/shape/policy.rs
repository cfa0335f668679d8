//! Problems of a ModelPolicy.

use crate::{
    catalog::Catalog,
    manifest::{
        Reason,
        model_policy::{AreaList, ModelPolicySpec, seconds},
        placement::PlaceList,
    },
};

use super::{
    ShapeProblem, check_country, check_places, license_rules, nearest,
    objects::{selection, unguarded},
    shown,
};

/// What is wrong in a ModelPolicy, in the order of its fields.
#[must_use]
pub fn policy_problems(spec: &ModelPolicySpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    selection(&spec.selection(), spec.default == Some(true), &mut all);
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
    for (field, list) in [("spec.regions.allow", &spec.regions.allow), ("spec.regions.deny", &spec.regions.deny)] {
        if let Some(list) = list {
            check_places(list, field, catalog, &mut all);
        }
    }
    if let Some(served) = &spec.regions.serves {
        let AreaList { countries, groups } = served.deny.clone();
        let list = PlaceList { countries, groups, ..PlaceList::default() };
        check_places(&list, "spec.regions.serves.deny", catalog, &mut all);
    }
    accelerators(spec, catalog, &mut all);
    for (i, mode) in spec.regions.rules.iter().enumerate() {
        let known = catalog.rule(&mode.rule).is_some() || catalog.places().is_area(&mode.rule);
        if !known {
            let near = nearest(&mode.rule, catalog.rules().map(|rule| rule.id.as_str()));
            let near = near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default();
            let field = format!("spec.regions.rules[{i}].rule");
            all.push(ShapeProblem::new(
                Reason::PlaceUnknown,
                field.clone(),
                format!("{field} is {}, which is no rule and no country.{near}", shown(&mode.rule)),
                "`modelport catalog rules` lists them.",
            ));
        }
    }
    unguarded(&spec.selection(), &mut all);
    all
}

fn accelerators(spec: &ModelPolicySpec, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let Some(rules) = &spec.regions.accelerators else { return };
    for (side, list) in [("allow", &rules.allow), ("deny", &rules.deny)] {
        let Some(list) = list else { continue };
        let field = format!("spec.regions.accelerators.{side}");
        if list.ids.is_empty() && list.origins.is_empty() && list.classes.is_empty() {
            all.push(ShapeProblem::new(
                Reason::PolicyInvalid,
                field.clone(),
                format!("{field} names no accelerator."),
                "Write ids, origins or classes, or leave it out.",
            ));
        }
        for (i, country) in list.origins.iter().enumerate() {
            check_country(country, &format!("{field}.origins[{i}]"), catalog, all);
        }
        for (i, id) in list.ids.iter().enumerate() {
            if catalog.accelerators().get(id).is_some() {
                continue;
            }
            let near = nearest(id, catalog.accelerators().all().iter().map(|chip| chip.id.as_str()));
            let near = near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default();
            let field = format!("{field}.ids[{i}]");
            all.push(ShapeProblem::new(
                Reason::PolicyInvalid,
                field.clone(),
                format!("{field} is {}, which is no accelerator that the catalogue lists.{near}", shown(id)),
                "`modelport catalog accelerators` lists them.",
            ));
        }
    }
}
