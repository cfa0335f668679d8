//! Sentences about rules of places. A rule is reported, never asserted: it "asks for", and a person judges whether it
//! applies where it has conditions that Modelport cannot see.

use crate::{
    catalog::rule::Rule,
    manifest::{record::Record, written::WrittenCountry},
};

use super::super::{case::Case, record};
use super::{Said, and, list_of, record_words};

/// "rule cn-genai-filing (Interim Measures 2023, art. 17; read 2026-11; enforced by ModelPolicy/china)".
fn cite(rule: &Rule, by: Option<&str>) -> String {
    let enforced = by.map(|by| format!("; enforced by {by}")).unwrap_or_default();
    format!("rule {} ({}; read {}{enforced})", rule.id, rule.cite(), rule.read)
}

fn declared(case: &Case<'_>) -> String {
    let usage = &case.request.spec.usage;
    let audience = usage.audience.map_or("not said", |audience| audience.word());
    let serves: Vec<String> = usage.serves.iter().filter_map(WrittenCountry::text).map(str::to_owned).collect();
    let serves = if serves.is_empty() { "not said".to_owned() } else { and(&serves) };
    format!("declared: audience {audience}, serves {serves}")
}

pub(in super::super) fn filing_missing(
    case: &Case<'_>,
    rule: &Rule,
    by: Option<&str>,
    ended: Option<&record::Found<'_>>,
) -> Said {
    let service = case.service();
    let what = match ended {
        Some(ended) => format!(
            "{} covered {service} until {}",
            record_words(ended.record),
            ended.until.map_or_else(|| "now".into(), |at| at.to_string())
        ),
        None => format!("none that covers {service} is recorded"),
    };
    let confirm = if rule.applies_when.to_confirm.is_empty() {
        ""
    } else {
        " The rule has conditions that Modelport cannot see."
    };
    (
        format!("{} {}; {what} ({}).{confirm}", cite(rule, by), rule.sentence, declared(case)),
        format!(
            "Legal records the filing in {}, or that the rule does not apply, with a reason, in notApplicable.",
            list_of(case, "filings")
        ),
    )
}

pub(in super::super) fn undeclared(case: &Case<'_>, rule: &Rule, by: Option<&str>, field: &str) -> Said {
    (
        format!("{} {}; the manifest does not say spec.{field}.", cite(rule, by), rule.sentence),
        format!("The author of {} says in spec.{field} what is so.", case.service()),
    )
}

pub(in super::super) fn warns(case: &Case<'_>, rule: &Rule) -> String {
    format!(
        "{} {}; none that covers {} is recorded, and no policy enforces the rule ({}).",
        cite(rule, None),
        rule.sentence,
        case.service(),
        declared(case)
    )
}

pub(in super::super) fn not_concerned(case: &Case<'_>, rule: &Rule) -> String {
    let audience = case.request.spec.usage.audience.map_or("not said", |audience| audience.word());
    let exempt = rule.exempt_when.first().map_or_else(String::new, |words| format!(": {words}"));
    format!("{} {}; declared: audience {audience}{exempt}.", cite(rule, None), rule.sentence)
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

pub(in super::super) fn not_supported(rules: &[&str], policy: &str) -> Said {
    let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    let (noun, verb) = if rules.len() == 1 { ("rule", "is") } else { ("rules", "are") };
    (
        format!(
            "{noun} {} {verb} enforced by {policy}, and Modelport does not decide {} yet.",
            and(&rules),
            if rules.len() == 1 { "it" } else { "them" }
        ),
        format!(
            "Who keeps {policy} names the rules that are to be enforced now; `modelport catalog rules` lists which are decided."
        ),
    )
}
