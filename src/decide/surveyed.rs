//! Countries of which the catalogue has no rule of their own: nobody looked for one, and absence is no permission. Where a
//! policy enforces rules it is a warning; where none does it is told, and decides nothing.

use std::collections::BTreeSet;

use crate::manifest::{Reason, model_policy::RuleStrictness, written::WrittenCountry};

use super::{
    Effect, Places,
    case::{Case, Found, finding},
    place,
    policy::Holding,
    sentence,
};

/// Says it of the countries that the manifest lists, for people or for pods; where it lists none, nothing asks.
pub(super) fn check(case: &Case<'_>, written: &Places, found: &mut Found) {
    let enforces =
        |policy: &&Holding<'_>| policy.spec().regions.rules.iter().any(|mode| mode.mode == RuleStrictness::Enforce);
    let policy = case.policies.enforcing().find(enforces).map(Holding::words);
    let surveyed = case.facts.catalog.surveyed();
    let people = case.request.spec.usage.serves.iter().filter_map(WrittenCountry::text);
    let pods = place::standing(case, written).unwrap_or_default();
    let unknown: BTreeSet<&str> = people.chain(pods).filter(|country| !surveyed.contains(country)).collect();
    if unknown.is_empty() {
        return;
    }
    let countries: Vec<String> = unknown.into_iter().map(str::to_owned).collect();
    let sentence = sentence::rule::not_surveyed(&countries, policy.as_deref());
    let effect = if policy.is_some() { Effect::Warns } else { Effect::Passes };
    found.add(finding(Reason::CountryNotSurveyed, effect, &countries.join(","), sentence).voucher(policy));
}
