//! Rules of places: those whose conditions the catalogue has typed are decided, the others are never passed silently.
//!
//! A rule is reported as a rule, with its source and who enforces it; the default only warns. Partners count as the
//! public: they are people outside, and the rule's own exemption is for what is not offered to people outside. What the
//! manifest does not say is asked only where a policy enforces the rule and no filing answers it already.

use crate::{
    catalog::rule::{AudienceKind, Gate, Rule, Support},
    manifest::{Reason, model_policy::RuleStrictness, usage::Audience, written::WrittenCountry},
};

use super::{
    Effect, Places,
    case::{Case, Found, finding},
    judged,
    licensee::Who,
    policy::{Holding, RuleWord},
    record::{self, Standing},
    sentence, stale,
};

/// Goes through the rules.
pub(super) fn check(case: &Case<'_>, places: &Places, ids: &[&str], found: &mut Found) {
    let mut not_yet: Vec<(Holding<'_>, Vec<&str>)> = Vec::new();
    for rule in case.facts.catalog.decided_rules() {
        decided(case, places, ids, rule, word(case, rule), found);
    }
    // A rule whose conditions are not typed is spoken of only where a policy names it or its country.
    let named = case.policies.all.iter().any(|policy| !policy.spec().regions.rules.is_empty());
    let untyped = named.then(|| case.facts.catalog.rules()).into_iter().flatten();
    let untyped = untyped.filter(|rule| rule.support == Support::NotYet);
    for rule in untyped {
        let word = word(case, rule);
        let by = word.by.filter(|_| word.mode() == RuleStrictness::Enforce).or(word.audited_by);
        let Some(by) = by.filter(|_| word.by_id || may_concern(case, places, rule)) else { continue };
        match not_yet.iter_mut().find(|(policy, _)| policy.fact.name == by.fact.name) {
            Some((_, rules)) => rules.push(&rule.id),
            None => not_yet.push((by, vec![&rule.id])),
        }
    }
    for (policy, rules) in not_yet {
        let (sentence, remedy) = sentence::rule::not_supported(&rules, &policy.words());
        let new = finding(Reason::RuleNotSupported, policy.waits(), &policy.words(), sentence);
        found.add(new.remedy(remedy).voucher(Some(policy.words())));
    }
}

fn word<'a>(case: &Case<'a>, rule: &Rule) -> RuleWord<'a> {
    case.policies.rule(&rule.id, country(rule), rule.verified.is_yes())
}

fn hash<'a>(case: &Case<'a>, rule: &Rule) -> &'a str {
    case.facts.catalog.rule_hash(&rule.id).unwrap_or_default()
}

fn decided(case: &Case<'_>, places: &Places, ids: &[&str], rule: &Rule, word: RuleWord<'_>, found: &mut Found) {
    let mode = word.mode();
    if mode == RuleStrictness::Off && word.audited_by.is_none() || matches!(rule.gate, Gate::Allow | Gate::Info) {
        return;
    }
    if !rule.in_force(case.today) {
        let from = rule.effective.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
        found.changes.extend(from.map(|zoned| zoned.timestamp()));
        return;
    }
    let (audience, place) = (audience(case, rule), concerned_by_place(case, places, rule));
    if audience == Some(false) || place == Some(false) {
        if place == Some(true) {
            passes(case, rule, sentence::rule::not_concerned(case, rule), None, found);
        }
        return;
    }
    let licensee = case.licensee();
    let wanted = record::Wanted { licenses: ids, country: Some(country(rule)) };
    let by_rule = |record: &crate::manifest::record::Record| record.rule.as_deref() == Some(rule.id.as_str());
    let filings = licensee.map_or(&[][..], |fact| &fact.spec.filings);
    let filing = record::find(case, filings, wanted, by_rule, &mut found.changes);
    let filed = filing.filter(|hit| hit.standing == Standing::InForce).map(|hit| (hit.record, "filings"));
    let judged = || judged::not_applicable(case, wanted, by_rule, found).map(|record| (record, "notApplicable"));
    if let (Some((record, list)), Some(fact)) = (filed.or_else(judged), licensee) {
        if list == "filings" {
            stale::record(case, list, record, found);
        }
        return passes(
            case,
            rule,
            sentence::rule::answered(rule, record, list),
            Some(sentence::licensee(&fact.name)),
            found,
        );
    }
    let known = audience == Some(true) && place == Some(true);
    // The strictest word of those that decide; then what an auditing policy would have said.
    match mode {
        RuleStrictness::Enforce if rule.gate >= Gate::RequireEvidence => {
            enforced(case, rule, word.by.as_ref(), (audience, place), filing.as_ref(), found);
        }
        RuleStrictness::Enforce | RuleStrictness::Warn if known => {
            found.uses("catalogue rule", &rule.id, hash(case, rule));
            let sentence = sentence::rule::warns(case, rule);
            found.add(about(rule, Reason::RuleWarns, Effect::Warns, sentence).by_catalogue());
        }
        _ => {}
    }
    if let Some(policy) = word.audited_by.filter(|_| known && mode != RuleStrictness::Enforce) {
        let (sentence, _) = sentence::rule::filing_missing(case, rule, Some(&policy.words()), filing.as_ref());
        found.add(about(rule, Reason::FilingMissing, Effect::Warns, sentence).voucher(Some(policy.words())));
    }
}

fn enforced(
    case: &Case<'_>,
    rule: &Rule,
    by: Option<&Holding<'_>>,
    (audience, place): (Option<bool>, Option<bool>),
    filing: Option<&record::Found<'_>>,
    found: &mut Found,
) {
    found.uses("catalogue rule", &rule.id, hash(case, rule));
    match &case.who {
        Who::Several(_) => return,
        Who::Unread(unread) => return found.add(sentence::facts::unread(unread)),
        Who::Nobody | Who::One(_) => {}
    }
    let by = by.map(Holding::words);
    for (answer, field) in [(audience, "usage.audience"), (place, "usage.serves")] {
        let asked = found.findings.iter().any(|f| f.reason == Reason::DeclarationMissing && f.about == field);
        if answer.is_none() && !asked {
            let (sentence, remedy) = sentence::rule::undeclared(case, rule, by.as_deref(), field);
            let new = about(rule, Reason::DeclarationMissing, Effect::Waits, sentence).remedy(remedy);
            found.add(super::Finding { about: field.into(), ..new }.voucher(by.clone()));
        }
    }
    if audience == Some(true) && place == Some(true) {
        let ended = filing.filter(|filing| filing.standing == Standing::Ended);
        let reason = if ended.is_some() { Reason::RecordEnded } else { Reason::FilingMissing };
        let (sentence, remedy) = sentence::rule::filing_missing(case, rule, by.as_deref(), ended);
        found.add(about(rule, reason, Effect::Refuses, sentence).remedy(remedy).voucher(by));
    }
}

fn about(rule: &Rule, reason: Reason, effect: Effect, sentence: String) -> super::Finding {
    let new = finding(reason, effect, &rule.id, sentence);
    super::Finding { clause: rule.law.article.clone(), source: Some(rule.source.clone()), ..new }
}

fn passes(case: &Case<'_>, rule: &Rule, sentence: String, voucher: Option<String>, found: &mut Found) {
    found.uses("catalogue rule", &rule.id, hash(case, rule));
    found.add(about(rule, Reason::Allowed, Effect::Passes, sentence).voucher(voucher));
}

/// The country whose rule it is; of a state of a federation, its country.
fn country(rule: &Rule) -> &str {
    rule.jurisdiction.split_once('-').map_or(rule.jurisdiction.as_str(), |(country, _)| country)
}

/// Whether the rule is about the declared audience; nothing where none is declared and it matters.
fn audience(case: &Case<'_>, rule: &Rule) -> Option<bool> {
    let of = &rule.applies_when.audience;
    let lists = |kind| of.is_empty() || of.contains(&kind);
    match case.request.spec.usage.audience {
        Some(Audience::Public | Audience::Partners) => Some(lists(AudienceKind::Public)),
        Some(Audience::Internal) => Some(lists(AudienceKind::Internal)),
        None if lists(AudienceKind::Public) && lists(AudienceKind::Internal) => Some(true),
        None => None,
    }
}

/// Whether people served, or places of pods, are where the rule is about, as far as its data says.
fn concerned_by_place(case: &Case<'_>, places: &Places, rule: &Rule) -> Option<bool> {
    let when = &rule.applies_when;
    let people = (!when.serves.is_empty()).then(|| people_in(case, &when.serves));
    let nodes = (!when.nodes_in.is_empty()).then(|| pods_in(case, places, &when.nodes_in));
    match (people, nodes) {
        (None, None) => people_in(case, std::slice::from_ref(&rule.jurisdiction)),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(Some(true)), _) | (_, Some(Some(true))) => Some(true),
        (Some(Some(false)), Some(Some(false))) => Some(false),
        _ => None,
    }
}

fn people_in(case: &Case<'_>, areas: &[String]) -> Option<bool> {
    let serves = &case.request.spec.usage.serves;
    let within =
        |country: &str| areas.iter().any(|area| case.facts.catalog.places().contains(area, country) == Some(true));
    (!serves.is_empty()).then(|| serves.iter().filter_map(WrittenCountry::text).any(within))
}

fn pods_in(case: &Case<'_>, places: &Places, areas: &[String]) -> Option<bool> {
    let catalog = case.facts.catalog.places();
    let countries: Vec<&str> = areas.iter().flat_map(|area| catalog.expand(area)).collect();
    let allowed = countries.iter().any(|country| places.countries.allows(Some(country)));
    match (allowed, &places.countries.only) {
        (false, _) => Some(false),
        (true, Some(_)) => Some(true),
        (true, None) => None,
    }
}

/// Whether a rule whose conditions are not typed may concern this: only what is certain is left out.
fn may_concern(case: &Case<'_>, places: &Places, rule: &Rule) -> bool {
    let here = [country(rule).to_owned()];
    audience(case, rule) != Some(false)
        && (people_in(case, &here) != Some(false) || pods_in(case, places, &here) != Some(false))
}
