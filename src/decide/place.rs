//! Where pods may stand: what manifest, policies and licences let, together. A predicate; no node is looked at.
//!
//! In a list of places to allow, kinds that are written hold together: countries [CN] and providers [alibaba] is
//! Alibaba in China. In a list to deny each entry is denied by itself, which is never wider. Countries and groups are
//! one kind.

use std::collections::BTreeSet;

use crate::{
    catalog::{condition::Condition, license::License},
    manifest::{
        Reason,
        model_policy::Unknown,
        placement::{PlaceList, Region},
        shape::ALLOWED_PLACES,
        written::WrittenCountry,
    },
};

use super::{
    Allowance, ChipLimit, Effect, Finding, Part, Places,
    case::{Case, Found, finding},
    near::Near,
    policy_chips, sentence,
};

/// A licence's term that keeps pods out of places.
#[derive(Clone, Debug)]
pub(super) struct Narrowing<'a> {
    /// The licence.
    pub license: &'a License,
    /// The term.
    pub condition: &'a Condition,
    /// Its countries and groups of countries.
    pub areas: &'a [String],
    /// A country inside of which people are served, if there is one: the term is broken by that already.
    pub serves: Option<&'a str>,
    /// The record that comes nearest to lifting the term.
    pub near: Option<Near<'a>>,
}

/// Computes the places, before the rules of places. The second are those that the manifest alone lets: rules are
/// asked of these, so that no policy takes a rule of another one away.
pub(super) fn check<'a>(case: &Case<'a>, narrowings: &[Narrowing<'a>], found: &mut Found) -> (Places, Places) {
    let placement = &case.request.spec.placement;
    let mut places = Places::default();
    if placement.allow.is_some() || placement.deny.is_some() {
        let (allow, deny) = (placement.allow.as_ref(), placement.deny.as_ref());
        restrict(case, &mut places, allow, deny);
        // It is the first who restricts, so that what is left is what it lets.
        places.parts.push(Part::of("spec.placement".into(), places.clone()));
        if empty(case, &places) {
            let (sentence, remedy) = sentence::place::own_contradiction();
            found.add(finding(Reason::PlacementEmpty, Effect::Refuses, "spec.placement", sentence).remedy(remedy));
            return (places.clone(), places);
        }
    }
    let written = places.clone();
    policy_chips::check(case, &mut places, found);
    policies(case, &written, &mut places, found);
    licenses(case, &written, &mut places, narrowings, found);
    (places, written)
}

/// Finds where none is left, once all have had their word.
pub(super) fn conclude(case: &Case<'_>, places: &mut Places, found: &mut Found) {
    let refused = |reason| found.findings.iter().any(|f| f.effect == Effect::Refuses && f.reason == reason);
    let explained = [Reason::PlaceExcluded, Reason::PlaceNotPermitted, Reason::PlacementEmpty].into_iter().any(refused);
    // A rule that refuses says what it asks for: that it also left the others no place is no second thing to mend.
    let by_rule = |part: &Part| case.facts.catalog.rules().any(|rule| part.by == sentence::rule::name(rule));
    let rule_refuses = [Reason::FilingMissing, Reason::RuleRefuses, Reason::RecordEnded].into_iter().any(refused);
    let by_rules = || rule_refuses && places.parts.iter().any(by_rule);
    if empty(case, places) && !explained && !by_rules() {
        let by: Vec<String> = places.parts.iter().map(|part| part.by.clone()).collect();
        let (sentence, remedy) = sentence::place::nothing_left(&by);
        found.add(finding(Reason::PlacementEmpty, Effect::Refuses, "placement", sentence).remedy(remedy));
    }
    for allowance in [&mut places.countries, &mut places.providers] {
        // What is listed, or kept out of, has to be known already.
        allowance.known &= allowance.is_known_unsaid();
        if allowance.only.is_some() {
            allowance.never.clear();
        }
    }
    let Places { countries, chips, parts, .. } = places;
    // The order of a licence's terms is nothing.
    parts.chunk_by_mut(|one, other| one.by == other.by).for_each(<[Part]>::sort);
    chips.retain_mut(|limit| concerns(limit, countries));
}

/// Whether a limit on accelerators concerns these countries; said as shortly as they let.
fn concerns(limit: &mut ChipLimit, countries: &Allowance) -> bool {
    let Some(listed) = &countries.only else { return true };
    let mut within: BTreeSet<String> = listed.clone();
    within.retain(|country| limit.countries.allows(Some(country)));
    if within.is_empty() {
        return false;
    }
    limit.countries = if within == *listed { Allowance::default() } else { Allowance::only(within) };
    true
}

/// The countries where pods may stand, if they are listed: by name, or by regions that lie in them.
pub(super) fn standing<'p, 'a: 'p>(case: &Case<'a>, places: &'p Places) -> Option<Vec<&'p str>> {
    let allowed = |country: &&str| places.countries.allows(Some(country));
    if let Some(regions) = &places.regions {
        let of: Option<BTreeSet<&'p str>> = regions.iter().map(|(p, r)| country_of(case, p, r)).collect();
        if let Some(countries) = of {
            return Some(countries.into_iter().filter(allowed).collect());
        }
    }
    places.countries.only.as_ref().map(|only| only.iter().map(String::as_str).collect())
}

/// Pods keep out of these countries, or where `only` is said keep to those.
pub(super) fn keep_out(case: &Case<'_>, places: &mut Places, out: &[&str], keep_to: Option<&[&str]>, by: String) {
    let set = |list: &[&str]| list.iter().map(|country| (*country).to_owned()).collect::<BTreeSet<String>>();
    let mut countries = Allowance::default();
    if let Some(listed) = keep_to {
        let listed = set(listed);
        places.countries.keep_to(&listed);
        countries.only = Some(listed);
    }
    let out = set(out);
    exclude(case, places, &out);
    countries.keep_out(&out);
    places.parts.push(Part { by, countries, ..Part::default() });
}

fn policies(case: &Case<'_>, written: &Places, places: &mut Places, found: &mut Found) {
    for policy in &case.policies.all {
        let regions = &policy.spec().regions;
        let known = regions.unknown_country == Some(Unknown::Refuse);
        // Of a list with a word that cannot be read, what is left is not what was meant.
        let allow = regions.allow.as_ref().filter(|_| case.policies.reads(policy, ALLOWED_PLACES));
        let deny = regions.deny.as_ref();
        if allow.is_none() && deny.is_none() && !known {
            continue;
        }
        let mut alone = written.clone();
        restrict(case, &mut alone, allow, deny);
        alone.countries.known |= known;
        let lost = lost(case, written, &alone);
        if empty(case, &alone) {
            let (sentence, remedy) = sentence::place::not_permitted(policy, &lost, written.restrict());
            found.add(
                finding(Reason::PlaceNotPermitted, policy.refuses(), &policy.words(), sentence)
                    .remedy(remedy)
                    .voucher(Some(policy.words())),
            );
        } else if !lost.is_empty() || !policy.enforces && alone != *written {
            let sentence = sentence::place::narrowed_by_policy(&policy.says(), &lost, policy.enforces);
            found.add(
                finding(Reason::PlaceNotPermitted, Effect::Warns, &policy.words(), sentence)
                    .voucher(Some(policy.words())),
            );
        }
        if policy.enforces {
            restrict(case, places, allow, deny);
            places.countries.known |= known;
            let mut part = part(case, policy.words(), allow, deny);
            part.countries.known = known;
            places.parts.push(part);
        }
    }
}

fn licenses<'a>(
    case: &Case<'a>,
    written: &Places,
    places: &mut Places,
    narrowings: &[Narrowing<'a>],
    found: &mut Found,
) {
    for narrowing in narrowings {
        let excluded = countries(case, &[], narrowing.areas);
        let mut alone = written.clone();
        exclude(case, &mut alone, &excluded);
        let lost = lost(case, written, &alone);
        let (license, condition) = (narrowing.license, narrowing.condition);
        let nowhere = empty(case, &alone);
        found.people |= narrowing.serves.is_some();
        if nowhere || narrowing.serves.is_some() {
            let lost = if nowhere { lost } else { Vec::new() };
            let (sentence, remedy) = sentence::place::excluded(case, narrowing, &lost);
            found.add(
                Finding { remedy, ..finding(Reason::PlaceExcluded, Effect::Refuses, &license.short, sentence) }
                    .term(license, condition),
            );
        } else if !lost.is_empty() {
            let sentence = sentence::place::narrowed_by_license(license, condition, &lost);
            found.add(finding(Reason::PlaceExcluded, Effect::Warns, &license.short, sentence).term(license, condition));
        }
        if narrowing.areas.is_empty() {
            continue;
        }
        exclude(case, places, &excluded);
        let by = sentence::cite(license, condition.clause.as_deref());
        places.parts.push(Part { by, countries: Allowance::never(excluded), ..Part::default() });
    }
}

/// What was written by name and is no longer there, in words.
fn lost(case: &Case<'_>, before: &Places, after: &Places) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let gone = |one: &Allowance, other: &Allowance| -> Vec<String> {
        let written = one.only.iter().flatten();
        written.filter(|value| !other.allows(Some(value))).cloned().collect()
    };
    words.extend(gone(&before.countries, &after.countries));
    words.extend(gone(&before.providers, &after.providers));
    for (provider, region) in before.regions.iter().flatten() {
        let kept = after.regions.as_ref().is_none_or(|regions| regions.contains(&(provider.clone(), region.clone())));
        let country = country_of(case, provider, region);
        let here = country.is_none_or(|country| after.countries.allows(Some(country)));
        if !(kept && here && after.providers.allows(Some(provider))) {
            words.push(format!("{provider}/{region}"));
        }
    }
    words
}

fn country_of<'a>(case: &Case<'a>, provider: &str, region: &str) -> Option<&'a str> {
    case.facts.catalog.places().region(provider, region)?.country.as_deref()
}

/// Whether no place can satisfy the predicate.
pub(super) fn empty(case: &Case<'_>, places: &Places) -> bool {
    let none = |allowance: &Allowance| allowance.only.as_ref().is_some_and(BTreeSet::is_empty);
    let region_fits = |(provider, region): &(String, String)| {
        let known = country_of(case, provider, region);
        places.providers.allows(Some(provider))
            && !places.regions_denied.contains(&(provider.clone(), region.clone()))
            && known.is_none_or(|country| places.countries.allows(Some(country)))
    };
    none(&places.countries)
        || none(&places.providers)
        || places.regions.as_ref().is_some_and(|regions| !regions.iter().any(region_fits))
}

fn restrict(case: &Case<'_>, places: &mut Places, allow: Option<&PlaceList>, deny: Option<&PlaceList>) {
    if let Some(list) = allow {
        let allowed = countries(case, &list.countries, &list.groups);
        if !(list.countries.is_empty() && list.groups.is_empty()) {
            places.countries.keep_to(&allowed);
        }
        if !list.providers.is_empty() {
            places.providers.keep_to(&list.providers.iter().cloned().collect());
        }
        if !list.regions.is_empty() {
            let pairs = list.regions.iter().map(|region| pair(case, region));
            let pairs: BTreeSet<(String, String)> = match places.regions.take() {
                Some(known) => pairs.filter(|pair| known.contains(pair)).collect(),
                None => pairs.collect(),
            };
            places.regions = Some(pairs);
        }
    }
    if let Some(list) = deny {
        let denied = countries(case, &list.countries, &list.groups);
        exclude(case, places, &denied);
        let providers: BTreeSet<String> = list.providers.iter().cloned().collect();
        places.providers.keep_out(&providers);
        for region in &list.regions {
            let pair = pair(case, region);
            if let Some(regions) = &mut places.regions {
                regions.remove(&pair);
            }
            places.regions_denied.insert(pair);
        }
    }
    drop_regions_elsewhere(case, places);
}

/// Provider and region, as the tables and so the labels of nodes write them.
fn pair(case: &Case<'_>, Region { provider, region }: &Region) -> (String, String) {
    let known = case.facts.catalog.places().region(provider, region);
    (provider.clone(), known.map_or_else(|| region.clone(), |known| known.region.clone()))
}

fn exclude(case: &Case<'_>, places: &mut Places, countries: &BTreeSet<String>) {
    places.countries.keep_out(countries);
    drop_regions_elsewhere(case, places);
}

/// A listed region whose country is known not to be allowed is no place any more.
fn drop_regions_elsewhere(case: &Case<'_>, places: &mut Places) {
    let Places { countries, regions: Some(regions), .. } = places else { return };
    regions.retain(|(provider, region)| {
        country_of(case, provider, region).is_none_or(|country| countries.allows(Some(country)))
    });
}

/// What one of those who restrict lets by itself.
fn part(case: &Case<'_>, by: String, allow: Option<&PlaceList>, deny: Option<&PlaceList>) -> Part {
    let mut alone = Places::default();
    restrict(case, &mut alone, allow, deny);
    Part::of(by, alone)
}

/// Country codes of a list of countries and groups, as the tables write them.
pub(super) fn countries(case: &Case<'_>, countries: &[WrittenCountry], groups: &[String]) -> BTreeSet<String> {
    let places = case.facts.catalog.places();
    let written = countries.iter().filter_map(WrittenCountry::text);
    written.chain(groups.iter().map(String::as_str)).flat_map(|area| places.expand(area)).map(str::to_owned).collect()
}
