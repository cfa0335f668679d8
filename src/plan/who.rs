//! Who keeps a place out: decided again with that place alone, what refuses then is the licence, the policy or the rule
//! that does. Pure.

use super::groups::{Asked, Part};
use crate::{
    decide::{Effect, Finding, Request, decide},
    manifest::{
        Reason,
        model_deployment::ModelDeploymentSpec,
        placement::{PlaceList, Region},
        written::WrittenCountry,
    },
};

/// Country, provider and region of a node, as its labels say them.
pub(super) type Stand<'n> = (Option<&'n str>, Option<&'n str>, Option<&'n str>);

/// Who restricts places first.
const MANIFEST: &str = "spec.placement";

/// Who keeps this place out by this part of it, and how that is said; `by` are those on whose lists it is not.
pub(super) fn keeps_out(asked: &Asked<'_>, part: Part, stand: Stand<'_>, by: &[String]) -> (String, String) {
    if !written(asked, stand) {
        return (MANIFEST.into(), format!("{MANIFEST} {}", written_words(asked, part)));
    }
    let alone = at(asked.request.spec, part, stand);
    let again = decide(&Request { spec: &alone, ..*asked.request }, asked.facts);
    let blocks = |finding: &&Finding| finding.effect <= Effect::Waits;
    let before = |finding: &Finding| {
        let same = |f: &Finding| f.reason == finding.reason && f.about == finding.about;
        asked.decision.findings.iter().any(|f| f.effect <= Effect::Waits && same(f))
    };
    let blocking = || again.findings.iter().filter(blocks);
    let speaks = |finding: &&Finding| by.iter().any(|one| source(finding).starts_with(one.as_str()));
    let new = || blocking().find(|finding| !before(finding));
    let about_place = || blocking().find(|finding| is_about_place(finding.reason));
    if let Some(finding) = blocking().find(speaks).or_else(new).or_else(about_place) {
        return (source(finding), said(finding));
    }
    let all = || asked.inputs.places.by().map(str::to_owned).collect();
    let by: Vec<String> = if by.is_empty() { all() } else { by.to_vec() };
    let why = match by.as_slice() {
        // Its region is let, and the country that the region stands for is not this one.
        [one] if one == MANIFEST && part == Part::Country => {
            let countries = asked.inputs.places.countries.words();
            format!("{MANIFEST} {} in {countries}", written_words(asked, Part::Region))
        }
        _ => format!("not among the places of {}", by.join(", ")),
    };
    (by.join(", "), why)
}

/// Whether the manifest alone lets a place.
fn written(asked: &Asked<'_>, (country, provider, region): Stand<'_>) -> bool {
    let placement = &asked.request.spec.placement;
    let named = |list: &PlaceList| {
        let mut areas =
            list.countries.iter().filter_map(WrittenCountry::text).chain(list.groups.iter().map(String::as_str));
        let places = asked.facts.catalog.places();
        areas.any(|area| country.is_some_and(|country| places.expand(area).contains(&country)))
    };
    let pair = |one: &Region| provider == Some(&*one.provider) && region == Some(&*one.region);
    let of = |list: &PlaceList| provider.is_some_and(|provider| list.providers.iter().any(|p| p == provider));
    let allowed = placement.allow.as_ref().is_none_or(|list| {
        (list.countries.is_empty() && list.groups.is_empty() || named(list))
            && (list.providers.is_empty() || of(list))
            && (list.regions.is_empty() || list.regions.iter().any(pair))
    });
    let denied = placement.deny.as_ref().is_some_and(|list| named(list) || of(list) || list.regions.iter().any(pair));
    allowed && !denied
}

/// What the manifest allows of this part, as it is written.
fn written_words(asked: &Asked<'_>, part: Part) -> String {
    let allow = asked.request.spec.placement.allow.as_ref();
    let words: Vec<String> = match (part, allow) {
        (_, None) => Vec::new(),
        (Part::Country, Some(list)) => {
            let countries = list.countries.iter().filter_map(WrittenCountry::text);
            countries.chain(list.groups.iter().map(String::as_str)).map(str::to_owned).collect()
        }
        (Part::Provider, Some(list)) => list.providers.clone(),
        (_, Some(list)) => list.regions.iter().map(|r| format!("{}/{}", r.provider, r.region)).collect(),
    };
    if words.is_empty() { "denies it".into() } else { format!("allows {}", words.join(", ")) }
}

/// Reasons that are about places; what else blocks a deployment blocks it everywhere.
fn is_about_place(reason: Reason) -> bool {
    matches!(reason, Reason::PlaceExcluded | Reason::PlaceNotPermitted) || reason.is_of_rule()
}

/// What speaks: a licence's clause, a policy, a rule and who enforces it.
fn source(finding: &Finding) -> String {
    let of_rule = finding.reason.is_of_rule();
    match (&finding.voucher, &finding.clause) {
        (Some(policy), _) if of_rule => format!("rule {}, {policy}", finding.about),
        (None, _) if of_rule => format!("rule {}", finding.about),
        (_, Some(clause)) => format!("{} (clause {clause})", finding.about),
        _ => finding.about.clone(),
    }
}

fn said(finding: &Finding) -> String {
    format!("{}, {}", finding.reason, source(finding))
}

/// The manifest for one place alone. A node may stand in another country than its region, so that only the part that is
/// asked about is written: country and region together could be no place at all.
fn at(spec: &ModelDeploymentSpec, part: Part, (country, provider, region): Stand<'_>) -> ModelDeploymentSpec {
    let mut alone = spec.clone();
    let pair = provider.zip(region).map(|(p, r)| Region { provider: p.to_owned(), region: r.to_owned() });
    alone.placement.allow = Some(PlaceList {
        countries: country.map(WrittenCountry::from).into_iter().filter(|_| part != Part::Region).collect(),
        providers: provider.map(str::to_owned).into_iter().collect(),
        regions: pair.into_iter().filter(|_| part == Part::Region).collect(),
        ..PlaceList::default()
    });
    alone.placement.deny = None;
    alone
}
