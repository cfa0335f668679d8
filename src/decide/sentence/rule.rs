//! Sentences about rules of places. A rule is reported, never asserted: it "asks for", and a person judges whether it
//! applies where it has conditions that Modelport cannot see.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    catalog::{Rule, atom::MetricTest, rule::Exemption, rule_test::RuleTest},
    manifest::{names::node_evidence, record::Record},
};

use super::super::{
    Chips, case::Case, country_words::named, rule_answer::Ask, rule_chips::Limited, rule_record::Records,
};
use super::{
    Said, and, facts, figure, list_of, near, record_words,
    rule_facts::{beside, cite, cite_since, declared, only_warns, recorded, refuses_outright, time_left},
    the_licensee,
};

/// `rule cn-genai-filing`.
pub(in super::super) fn name(rule: &Rule) -> String {
    ["rule ", &rule.id].concat()
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
fn asks<'r>(case: &Case<'_>, rule: &'r Rule) -> Cow<'r, str> {
    let (figures, says) = (figure::reached(case, &metrics(rule)), case.says(rule));
    if figures.is_empty() { says.into() } else { format!("{says}; {}", figures.join("; ")).into() }
}

/// What else there is to say where a filing is missing.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct With {
    /// It would do to record it on nodes, were no accelerator named.
    pub on_nodes: bool,
    /// The accelerator is named, and not known well enough.
    pub unknown_chip: bool,
}

pub(in super::super) fn filing_missing(
    case: &Case<'_>,
    rule: &Rule,
    by: Option<&str>,
    records: Option<&Records<'_>>,
    With { on_nodes, unknown_chip }: With,
) -> Said {
    let not_applicable = "that the rule does not apply, with a reason, in notApplicable";
    let what = recorded(case, rule, records);
    let remedy = if refuses_outright(case, rule) {
        format!("No filing lifts it; where it is so, Legal records {not_applicable} of {}.", the_licensee(case))
    } else if let Some((record, list, what)) = records.and_then(Records::unread) {
        near::mends(what, &record.name, &list_of(case, list))
    } else {
        let nodes = if on_nodes { recorded_on_nodes(rule) } else { String::new() };
        format!("Legal records the filing in {}, or {not_applicable}.{nodes}", list_of(case, "filings"))
    };
    let chip = product(case).filter(|_| unknown_chip).map(|product| {
        format!("the catalogue does not know enough of {}, and what is not known is refused; ", product.escape_debug())
    });
    let (declared, beside) = (declared(case, rule), beside(rule, case.facts.now));
    let (cite, chip) = (cite_since(case, rule, by), chip.unwrap_or_default());
    (format!("{cite} {}; {chip}{what}{declared}.{beside}", asks(case, rule)), remedy)
}

/// The other way: on single nodes, which pods keep to where the manifest names no accelerator.
fn recorded_on_nodes(rule: &Rule) -> String {
    let labels: Vec<String> = rule.requires.iter().map(|requirement| node_evidence(&requirement.key)).collect();
    format!(
        " Or spec.accelerators names no product: pods then keep off the accelerators that it is about, but for nodes on which an administrator records it, as {}.",
        and(&labels)
    )
}

/// What a policy that only reports would refuse.
pub(in super::super) fn audited(case: &Case<'_>, rule: &Rule, policy: &str, records: Option<&Records<'_>>) -> String {
    format!(
        "{} {}; {}, and {policy} would refuse that{}.{}",
        cite_since(case, rule, None),
        asks(case, rule),
        recorded(case, rule, records),
        declared(case, rule),
        time_left(rule, case.facts.now)
    )
}

/// What a policy that only reports would wait for.
pub(in super::super) fn audited_open(case: &Case<'_>, rule: &Rule, policy: &str, ask: Ask) -> String {
    let what = match ask {
        Ask::Manifest(field) => format!("the manifest does not say spec.{field}"),
        Ask::Licensee(field) => format!("{} does not say {field} as far as the rule asks", the_licensee(case)),
        Ask::Accelerator | Ask::Model(_) => "a fact is missing".to_owned(),
    };
    format!("{} {}; {what}, and {policy} would wait for that.", cite_since(case, rule, None), rule.sentence)
}

pub(in super::super) fn undeclared(case: &Case<'_>, rule: &Rule, by: Option<&str>, ask: Ask) -> Said {
    let cite = cite_since(case, rule, by);
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
    let unenforced = || Cow::from(if enforced_by.is_some() { "" } else { ", and no policy enforces the rule" });
    let why = only_warns(case, rule).map_or_else(unenforced, Cow::from);
    let (recorded, declared) = (recorded(case, rule, records), declared(case, rule));
    let mut text = cite_since(case, rule, enforced_by);
    let left = time_left(rule, case.facts.now);
    for part in [" ", &asks(case, rule), "; ", &recorded, &why, &declared, ".", &left] {
        text.push_str(part);
    }
    text
}

/// It is enforced by a country's name, which of internal use only warns where it asks for evidence.
pub(in super::super) fn spares_internal(case: &Case<'_>, rule: &Rule, by: &str, records: Option<&Records<'_>>) -> Said {
    let recorded = recorded(case, rule, records);
    let why = "not named by its id, it only warns of internal use";
    (
        format!(
            "{} {}; {recorded}; {why}{}.{}",
            cite_since(case, rule, Some(by)),
            case.says(rule),
            declared(case, rule),
            time_left(rule, case.facts.now)
        ),
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
    format!("{} {}; {recorded}: {kept}.", cite(rule, by), case.says(rule))
}

/// Countries by code, or how many.
fn few(countries: &BTreeSet<String>) -> String {
    const MAX_LISTED: usize = 8;
    let words = named(countries);
    if words.len() > MAX_LISTED {
        return format!("{} countries", countries.len());
    }
    // An id such as EAR_D5 is no place where one stands.
    let is_id = |word: &str| word.contains('_');
    let word = |word: String| if is_id(&word) { format!("the countries of {word}") } else { word };
    and(&words.into_iter().map(word).collect::<Vec<_>>())
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
    let mut text = cite(rule, None);
    for part in [" ", &rule.sentence, "."] {
        text.push_str(part);
    }
    text
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

/// With the policy that enforces rules of places, where one does.
pub(in super::super) fn not_surveyed(countries: &[String], policy: Option<&str>) -> String {
    let enforces = policy.map(|policy| format!("{policy} enforces rules of places, and ")).unwrap_or_default();
    let own = if let [one] = countries { format!("{one}'s own") } else { format!("{} of their own", and(countries)) };
    format!("{enforces}the catalogue has no rule of {own}: nobody looked for one there, and that is no permission.")
}
