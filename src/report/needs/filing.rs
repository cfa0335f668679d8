//! The filing that would answer a rule: which countries it covers, and what its reference is.

use std::collections::BTreeSet;

use crate::{
    catalog::{Catalog, Rule},
    decide::{Decision, Finding},
    manifest::{record::Covers, written::WrittenCountry},
};

use super::{
    ask::{Ask, slug},
    trial::Trial,
};

/// Filings that could answer, the narrowest first. A rule about the place of pods is answered for the countries where
/// they may stand, and for no other that it is about; else for the country whose rule it is.
pub(super) fn filings(trial: &Trial<'_>, decision: &Decision, finding: &Finding) -> Vec<Ask> {
    let catalog = trial.facts.catalog;
    let rule = catalog.rule(&finding.about);
    let of_pods = rule.filter(|rule| !rule.named().is_empty()).map(|_| stand(decision, catalog));
    let of_rule = rule.map(|rule| BTreeSet::from([rule.country().to_owned()])).unwrap_or_default();
    let covering = |countries: BTreeSet<String>| Ask::Record {
        list: "filings".into(),
        name: slug(&format!("{} {}", finding.about, trial.name)),
        rule: Some(finding.about.clone()),
        covers: Covers {
            services: vec![format!("{}/{}", trial.namespace, trial.name)],
            countries: countries.into_iter().map(WrittenCountry::Text).collect(),
            ..Covers::default()
        },
        reference: rule.map(reference).unwrap_or_default(),
    };
    let of_pods = of_pods.filter(|countries| !countries.is_empty());
    of_pods.into_iter().chain([of_rule]).map(covering).collect()
}

/// The countries where pods may stand, where they are listed.
fn stand(decision: &Decision, catalog: &Catalog) -> BTreeSet<String> {
    let places = &decision.places;
    if let Some(countries) = &places.countries.only {
        return countries.clone();
    }
    let regions = places.regions.iter().flatten();
    regions.filter_map(|(p, r)| catalog.places().region(p, r)?.country.clone()).collect()
}

/// What the reference of a filing is, in words.
fn reference(rule: &Rule) -> String {
    match rule.requires.iter().find_map(|requirement| requirement.evidence.as_ref()) {
        Some(evidence) => format!("the {evidence}"),
        None => "where that it is met is written down".into(),
    }
}
