//! Nodes of a listed region may stand in another country: a zone abroad, a rack at a customer's. Rules are asked of the
//! countries that the tables give for the regions; where an enforced one may hold in another, pods keep to those.
//!
//! Where none may, nothing is added, so that a template without enforced rules stays as it is.

use crate::{catalog::Rule, manifest::Reason};

use super::{
    Effect, Places,
    case::{Case, Found, finding},
    identity::Model,
    reached,
    rule_answer::{self, Answer, Pods},
    sentence,
};

/// Who restricts, in words.
const WRITTEN_IN: &str = "spec.placement";

/// Keeps pods to the countries of the listed regions, where one of the `enforced` rules may hold elsewhere. With whether a
/// policy names the very rule.
pub(super) fn keep<'a>(
    case: &Case<'a>,
    model: &Model<'_>,
    (written, pods): (&Places, &Pods<'_>),
    enforced: impl Fn(&'a Rule) -> Option<bool>,
    places: &mut Places,
    found: &mut Found,
) {
    let (Some(listed), Some(regions)) = (pods.listed(), &written.regions) else { return };
    let anywhere = Places { regions: None, ..written.clone() };
    let elsewhere = Pods::of(case, &anywhere);
    let reached = reached::of(case, elsewhere.listed());
    let holds = |(rule, by_name): (&'a Rule, bool)| {
        let hits = rule_answer::ask(case, model, (rule, by_name), &elsewhere).spread(rule, &elsewhere);
        let other = |country: Option<&str>| country.is_none_or(|country| !listed.contains(&country));
        hits.placed && hits.iter().any(|(stand, answer)| other(stand) && Answer::may(answer))
    };
    let of_elsewhere = case.facts.catalog.rules_that_reach(&reached);
    if !of_elsewhere.filter_map(|rule| Some((rule, enforced(rule)?))).any(holds) {
        return;
    }
    let countries = listed.iter().map(|country| (*country).to_owned()).collect();
    places.countries.keep_to(&countries);
    let own = places.parts.iter_mut().filter(|part| part.by == WRITTEN_IN);
    own.for_each(|part| part.countries.keep_to(&countries));
    let regions: Vec<String> = regions.iter().map(|(provider, region)| format!("{provider}/{region}")).collect();
    let sentence = sentence::place::region_country(&regions, &countries);
    found.add(finding(Reason::Allowed, Effect::Passes, WRITTEN_IN, sentence));
}
