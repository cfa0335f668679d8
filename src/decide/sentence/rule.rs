//! Sentences about rules of places. A rule is reported, never asserted: it "asks for", and a person judges whether it
//! applies where it has conditions that Modelport cannot see.

use std::collections::BTreeSet;

use crate::{
    catalog::{
        Rule,
        atom::MetricTest,
        rule::{Exemption, Gate},
        rule_test::RuleTest,
    },
    manifest::{names::node_evidence, record::Record, written::WrittenCountry},
};

use super::super::{
    Chips, case::Case, country_words::named, rule_answer::Ask, rule_chips::Limited, rule_record::Records,
};
use super::{Said, and, facts, figure, list_of, record_words, the_licensee};

/// `rule cn-genai-filing`.
pub(in super::super) fn name(rule: &Rule) -> String {
    format!("rule {}", rule.id)
}

/// "rule cn-genai-filing (Interim Measures 2023, art. 17; read 2026-11; enforced by ModelPolicy/china)".
fn cite(rule: &Rule, by: Option<&str>) -> String {
    let enforced = by.map(|by| format!("; enforced by {by}")).unwrap_or_default();
    let read = if rule.verified.is_yes() { "read" } else { "not verified, looked at" };
    format!("rule {} ({}; {read} {}{enforced})", rule.id, rule.cite(), rule.read)
}

fn declared(case: &Case<'_>) -> String {
    let usage = &case.request.spec.usage;
    let audience = usage.audience.map_or("not said", |audience| audience.word());
    let serves: Vec<String> = usage.serves.iter().filter_map(WrittenCountry::text).map(str::to_owned).collect();
    let serves = if serves.is_empty() { "not said".to_owned() } else { and(&serves) };
    format!("declared: audience {audience}, serves {serves}")
}

/// What the records say: nothing, some of it, or one that has ended.
fn recorded(case: &Case<'_>, rule: &Rule, records: Option<&Records<'_>>) -> String {
    let service = case.service();
    match records {
        _ if refuses_outright(case, rule) => "nothing that is recorded lifts it".into(),
        Some(Records::Ended(hit)) => format!("{} covered {service} {}", record_words(hit.record), until(hit.record)),
        Some(Records::Later(hit)) => {
            let from = hit.record.from.as_deref().or(hit.record.when.as_deref()).unwrap_or("later");
            format!("{} counts for {service} from {from} on, and not before", record_words(hit.record))
        }
        Some(Records::Partly(missing)) => {
            let keys: Vec<String> = missing.iter().map(|requirement| requirement.key.clone()).collect();
            format!("of what it asks, {} is not recorded for {service}", and(&keys))
        }
        Some(Records::Answer(..) | Records::Nothing) | None => format!("none that covers {service} is recorded"),
    }
}

/// The questions of a rule about figures.
fn metrics(rule: &Rule) -> Vec<&MetricTest> {
    let mut tests = Vec::new();
    rule.when.visit(&mut |part| {
        if let RuleTest::Metric(test) = part {
            tests.push(test);
        }
    });
    tests
}

/// What the rule asks for, with the figures that bring it on.
fn asks(case: &Case<'_>, rule: &Rule) -> String {
    let figures = figure::reached(case, &metrics(rule));
    if figures.is_empty() { rule.sentence.clone() } else { format!("{}; {}", rule.sentence, figures.join("; ")) }
}

/// Whether no filing lets what it is about.
fn refuses_outright(case: &Case<'_>, rule: &Rule) -> bool {
    rule.gate_at(case.facts.now) == Some(Gate::Deny)
}

/// Until when a record was in force, as it says it.
fn until(record: &Record) -> String {
    const DAY_CHARS: usize = 10;
    match record.until.as_deref() {
        Some(day) if day.len() <= DAY_CHARS => {
            let zone = record.time_zone.as_deref().map(|zone| format!(" ({zone})")).unwrap_or_default();
            format!("until {day}{zone}, that day included")
        }
        Some(instant) => format!("until {instant}"),
        None => "until now".into(),
    }
}

fn unseen_conditions(rule: &Rule) -> &'static str {
    let mut unseen = false;
    rule.when.visit(&mut |part| unseen |= matches!(part, RuleTest::Confirm(_)));
    if unseen { " The rule has conditions that Modelport cannot see." } else { "" }
}

pub(in super::super) fn filing_missing(
    case: &Case<'_>,
    rule: &Rule,
    by: Option<&str>,
    records: Option<&Records<'_>>,
) -> Said {
    let not_applicable = "that the rule does not apply, with a reason, in notApplicable";
    let what = recorded(case, rule, records);
    let remedy = if refuses_outright(case, rule) {
        format!("No filing lifts it; where it is so, Legal records {not_applicable} of {}.", the_licensee(case))
    } else {
        format!("Legal records the filing in {}, or {not_applicable}.", list_of(case, "filings"))
    };
    (
        format!("{} {}; {what} ({}).{}", cite(rule, by), asks(case, rule), declared(case), unseen_conditions(rule)),
        remedy,
    )
}

/// What a policy that only reports would refuse.
pub(in super::super) fn audited(case: &Case<'_>, rule: &Rule, policy: &str, records: Option<&Records<'_>>) -> String {
    format!(
        "{} {}; {}, and {policy} would refuse that ({}).",
        cite(rule, None),
        asks(case, rule),
        recorded(case, rule, records),
        declared(case)
    )
}

pub(in super::super) fn undeclared(case: &Case<'_>, rule: &Rule, by: Option<&str>, ask: Ask) -> Said {
    let cite = cite(rule, by);
    let figures = (ask == Ask::Licensee("metrics"))
        .then(|| figure::open(case, &format!("{cite} {}", rule.sentence), &metrics(rule)))
        .flatten();
    if let Some(said) = figures {
        return said;
    }
    let manifest = |field: &str| {
        (
            format!("{cite} {}; the manifest does not say spec.{field}.", rule.sentence),
            format!("The author of {} says in spec.{field} what is so.", case.service()),
        )
    };
    match ask {
        Ask::Manifest(field) => manifest(field),
        Ask::Accelerator => manifest("accelerators.product"),
        Ask::Licensee(field @ ("seat" | "headquarters")) if case.unreadable_country(field).is_some() => {
            let (what, remedy) = facts::country_unreadable(case, field).unwrap_or_default();
            (format!("{cite} {}; {what}.", rule.sentence), remedy)
        }
        Ask::Licensee(field) => (
            format!("{cite} {}; {} does not say {field} as far as the rule asks.", rule.sentence, the_licensee(case)),
            format!("Legal records it in {}.", list_of(case, field)),
        ),
        Ask::Model(what) => (
            format!("{cite} {}; it is not known of the model {what}.", rule.sentence),
            format!(
                "Legal records the filing in {}, or that the rule does not apply, with a reason, in notApplicable.",
                list_of(case, "filings")
            ),
        ),
    }
}

/// It is not enforced; or it is, and its gate stands in nobody's way.
pub(in super::super) fn warns(
    case: &Case<'_>,
    rule: &Rule,
    enforced_by: Option<&str>,
    records: Option<&Records<'_>>,
) -> String {
    let why = if enforced_by.is_some() { "" } else { ", and no policy enforces the rule" };
    let recorded = recorded(case, rule, records);
    format!("{} {}; {recorded}{why} ({}).", cite(rule, enforced_by), asks(case, rule), declared(case))
}

/// It is enforced by a country's name, which of internal use only warns where it asks for evidence.
pub(in super::super) fn spares_internal(case: &Case<'_>, rule: &Rule, by: &str, records: Option<&Records<'_>>) -> Said {
    let recorded = recorded(case, rule, records);
    let why = "not named by its id, it only warns of internal use";
    (
        format!("{} {}; {recorded}; {why} ({}).", cite(rule, Some(by)), rule.sentence, declared(case)),
        format!("Who keeps {by} lists rule: {} in regions.rules to have internal use refused as well.", rule.id),
    )
}

pub(in super::super) fn keeps_out(
    case: &Case<'_>,
    rule: &Rule,
    by: Option<&str>,
    out: &[&str],
    keep_to: Option<&[&str]>,
) -> String {
    let list = |countries: &[&str]| and(&countries.iter().map(|country| (*country).to_owned()).collect::<Vec<_>>());
    let kept = match keep_to {
        Some(countries) if !countries.is_empty() => format!("pods keep to {}", list(countries)),
        _ => format!("pods keep out of {}", list(out)),
    };
    let recorded = if refuses_outright(case, rule) {
        "nothing that is recorded lifts it there".to_owned()
    } else {
        format!("none that covers {} there is recorded", case.service())
    };
    format!("{} {}; {recorded}: {kept}.", cite(rule, by), rule.sentence)
}

/// Countries by code, or how many.
fn few(countries: &BTreeSet<String>) -> String {
    const MAX_LISTED: usize = 8;
    let words = named(countries);
    if words.len() > MAX_LISTED {
        return format!("{} countries", countries.len());
    }
    and(&words)
}

/// Pods keep off accelerators that the rule is about; with who lifts it, and where.
pub(in super::super) fn keeps_off(case: &Case<'_>, rule: &Rule, by: Option<&str>, limited: &Limited) -> Said {
    let limit = &limited.limit;
    let places = match &limit.countries.only {
        Some(countries) => format!(" in {}", few(countries)),
        None if limit.countries.never.is_empty() => String::new(),
        None => format!(", anywhere but in {}", few(&limit.countries.never)),
    };
    let kept = match (product(case), &limit.chips) {
        (Some(product), _) => format!(
            "for {} pods stand{} only on nodes where that is recorded",
            product.escape_debug(),
            places.trim_start_matches(',')
        ),
        (None, Chips::Never(never)) => format!(
            "the manifest names no accelerator: pods keep off the {} accelerators that it is about{places}",
            never.len()
        ),
        (None, Chips::Only(_)) => format!(
            "the manifest names no accelerator: pods keep off the accelerators that it is about, and off those that are not known{places}"
        ),
    };
    let service = case.service();
    let sentence = format!("{} {}; {kept}.", cite(rule, by), rule.sentence);
    let list = list_of(case, "filings");
    let on_nodes: Vec<String> = limit.evidence.iter().map(|key| node_evidence(key)).collect();
    let unsaid = unsaid(case, &limited.unsaid);
    let remedy = if on_nodes.is_empty() {
        format!(
            "{unsaid}Legal records that the rule does not apply, with a reason, in notApplicable of {}.",
            the_licensee(case)
        )
    } else {
        format!(
            "{unsaid}Legal records a filing that covers {service} in {list}; or for single nodes, an administrator with the verb label-place on nodes.modelport.dev labels them with its reference: {}.",
            and(&on_nodes)
        )
    };
    (sentence, remedy)
}

/// "Licensee/acme does not say headquarters: once it does, this may fall away. Or: ".
fn unsaid(case: &Case<'_>, asks: &BTreeSet<Ask>) -> String {
    let said = |ask: &Ask| match ask {
        Ask::Licensee(field) => Some(format!("{} does not say {field}", the_licensee(case))),
        Ask::Manifest(field) => Some(format!("the manifest does not say spec.{field}")),
        Ask::Accelerator | Ask::Model(_) => None,
    };
    let all: Vec<String> = asks.iter().filter_map(said).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("{}: once it is said, this may fall away. Or: ", all.join(", and "))
    }
}

/// The accelerator, as the manifest names it.
fn product<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.request.spec.accelerators.as_ref().and_then(|asked| asked.product.as_deref())
}

pub(in super::super) fn chip_unknown(case: &Case<'_>, rule: &Rule, by: Option<&str>) -> String {
    let chip = match product(case) {
        Some(product) => format!("the catalogue does not know enough of {}", product.escape_debug()),
        None => "the manifest does not name an accelerator".to_owned(),
    };
    format!("{} {}; {chip}, and no policy refuses what is not known.", cite(rule, by), rule.sentence)
}

pub(in super::super) fn informs(rule: &Rule) -> String {
    format!("{} {}.", cite(rule, None), rule.sentence)
}

pub(in super::super) fn unseen(rule: &Rule, what: &str) -> String {
    format!("{} {}; Modelport does not see {what}.", cite(rule, None), rule.sentence)
}

pub(in super::super) fn not_concerned(case: &Case<'_>, rule: &Rule, exemption: &Exemption) -> String {
    let audience = case.request.spec.usage.audience.map_or("not said", |audience| audience.word());
    format!(
        "{} {}; this is exempt, as \"{}\" (declared: audience {audience}).",
        cite(rule, None),
        rule.sentence,
        exemption.sentence
    )
}

pub(in super::super) fn answered(rule: &Rule, record: &Record, list: &str) -> String {
    let reference = record.reference.as_deref().map(|text| format!(", {text}")).unwrap_or_default();
    let reason = record.reason.as_deref().filter(|_| list == "notApplicable");
    let reason = reason.map(|text| format!(": \"{text}\"")).unwrap_or_default();
    format!(
        "{} {}; answered in {list} by {}{reference}{reason}.",
        cite(rule, None),
        rule.sentence,
        record_words(record)
    )
}

pub(in super::super) fn not_surveyed(countries: &[String], policy: &str) -> String {
    format!(
        "{policy} enforces rules of places, and the catalogue has none of {}: nobody looked for one there, and that is no permission.",
        and(countries)
    )
}
