//! What a sentence about a rule says beside the rule's own words: its text and since when, what it hangs on as declared,
//! and what the records hold.

use jiff::Timestamp;

use crate::{
    catalog::{Rule, rule::Gate, rule_test::RuleTest},
    manifest::{record::Record, serving::Accelerators, shape::shown, written::WrittenCountry},
};

use super::super::{
    case::Case,
    rule_near::{Lacks, Short},
    rule_record::Records,
};
use super::{and, record_words};

/// "rule cn-genai-filing (Interim Measures 2023, art. 17; read 2026-11; enforced by ModelPolicy/china)".
pub(super) fn cite(rule: &Rule, by: Option<&str>) -> String {
    cited(rule, None, by)
}

/// The same where it is in the way, with since when: "...; applies since 2023-08-15; read 2026-11)".
pub(super) fn cite_since(case: &Case<'_>, rule: &Rule, by: Option<&str>) -> String {
    cited(rule, rule.since(case.facts.now), by)
}

fn cited(rule: &Rule, since: Option<&str>, by: Option<&str>) -> String {
    // Many rules are worded in one decision: one piece of memory for each, and room for what follows.
    const ROOM: usize = 512;
    let mut text = String::with_capacity(ROOM);
    let mut write = |parts: &[&str]| parts.iter().for_each(|part| text.push_str(part));
    write(&["rule ", &rule.id, " (", rule.cite(), "; "]);
    if let Some(day) = since {
        write(&["applies since ", day, "; "]);
    }
    write(&[if rule.verified.is_yes() { "read " } else { "not verified, looked at " }, &rule.read]);
    if let Some(by) = by {
        write(&["; enforced by ", by]);
    }
    write(&[")"]);
    text
}

/// " (declared: audience internal, seat SE)": what the rule asks about, as it is said; nothing where it asks about none of
/// these.
pub(super) fn declared(case: &Case<'_>, rule: &Rule) -> String {
    let usage = &case.request.spec.usage;
    let not_said = || "not said".to_owned();
    let mut said: Vec<String> = Vec::new();
    // A gate that asks for evidence hangs on the audience, whatever the rule asks.
    let by_gate = case.gate(rule) == Some(Gate::RequireEvidence);
    let audience = || format!("audience {}", usage.audience.map_or("not said", |audience| audience.word()));
    said.extend(by_gate.then(audience));
    rule.when.visit(&mut |part| {
        let words = match part {
            RuleTest::Audience(_) => audience(),
            RuleTest::Serves(test) => {
                let serves: Vec<String> = countries(&usage.serves);
                // What is said and does not bring it on is beside the point.
                if !serves.is_empty() && !serves.iter().any(|country| test.holds_of(country)) {
                    return;
                }
                format!("serves {}", if serves.is_empty() { not_said() } else { and(&serves) })
            }
            RuleTest::Pods(test) => {
                let listed = case.request.spec.placement.allow.as_ref().map(|allow| countries(&allow.countries));
                let mut inside = listed.unwrap_or_default();
                inside.retain(|country| test.names(country) && test.holds(true));
                if inside.is_empty() {
                    return;
                }
                format!("pods in {}", and(&inside))
            }
            RuleTest::Accelerator(_) => match &case.request.spec.accelerators {
                Some(Accelerators { product: Some(product), .. }) => format!("accelerator {}", product.escape_debug()),
                _ => return,
            },
            RuleTest::Seat(_) => format!("seat {}", case.seat().unwrap_or("not said")),
            RuleTest::Headquarters(_) => match (case.headquarters(), case.seat()) {
                (None, Some(seat)) => format!("seat {seat}, headquarters not said"),
                (headquarters, _) => format!("headquarters {}", headquarters.unwrap_or("not said")),
            },
            RuleTest::Sector(_) if !usage.sectors.is_empty() => format!("sectors {}", and(&usage.sectors)),
            RuleTest::PersonalData(_) => {
                let answer = usage.personal_data.map_or_else(not_said, |answer| format!("{answer:?}"));
                format!("personalData {answer}")
            }
            _ => return,
        };
        if !said.contains(&words) {
            said.push(words);
        }
    });
    if said.is_empty() { String::new() } else { format!(" (declared: {})", said.join(", ")) }
}

fn countries(written: &[WrittenCountry]) -> Vec<String> {
    written.iter().filter_map(WrittenCountry::text).map(str::to_owned).collect()
}

/// What the records say: nothing, some of it, or one that has ended or does not reach.
pub(super) fn recorded(case: &Case<'_>, rule: &Rule, records: Option<&Records<'_>>) -> String {
    let service = case.service();
    match records {
        _ if refuses_outright(case, rule) => "nothing that is recorded lifts it".into(),
        Some(Records::Ended(hit)) if never_began(hit.record) => {
            let record = record_words(hit.record);
            format!("{record} says {}, before it begins, and so covers nothing", until(hit.record))
        }
        Some(Records::Ended(hit)) => format!("{} covered {service} {}", record_words(hit.record), until(hit.record)),
        Some(Records::Later(hit)) => {
            let from = hit.record.from.as_deref().or(hit.record.when.as_deref()).unwrap_or("later");
            format!("{} counts for {service} from {from} on, and not before", record_words(hit.record))
        }
        Some(Records::Partly(missing)) => {
            let keys: Vec<String> = missing.iter().map(|requirement| requirement.key.clone()).collect();
            format!("of what it asks, {} is not recorded for {service}", and(&keys))
        }
        Some(Records::Short(near)) => short(near),
        // "asks for a filing; none ... is recorded": what asks for nothing has no "none".
        Some(Records::Answer(..) | Records::Nothing) | None if rule.sentence.starts_with("asks for") => {
            format!("none that covers {service} is recorded")
        }
        Some(Records::Answer(..) | Records::Nothing) | None => format!("no record of {service} answers it"),
    }
}

/// A record that names the rule, and what it lacks.
fn short(near: &Short<'_>) -> String {
    let (record, list) = (record_words(near.record), near.list);
    match &near.lacks {
        Lacks::Other(covers, this) => format!("{record} in {list} covers {}, and not {this}", shown(covers)),
        Lacks::Unsaid(what) => format!("{record} in {list} does not say {what}, and so counts for nothing"),
        Lacks::Unread(what) => {
            format!("{record} in {list} has a {what} that cannot be read, and so counts for nothing")
        }
    }
}

/// Whether no filing lets what it is about.
pub(super) fn refuses_outright(case: &Case<'_>, rule: &Rule) -> bool {
    case.gate(rule) == Some(Gate::Deny)
}

/// ", and it only warns", with until when; nothing where an enforcing policy makes it refuse.
pub(super) fn only_warns(case: &Case<'_>, rule: &Rule) -> Option<String> {
    if case.gate(rule)? > Gate::Warn {
        return None;
    }
    let before = rule.effective.filter(|_| rule.gate > Gate::Warn);
    let before = before.map(|day| format!(" before {day}")).unwrap_or_default();
    Some(format!(", and the rule only warns{before}"))
}

/// Who has more time, as a sentence of its own; or else that the rule has conditions that are not seen: both would be more
/// than anybody reads.
pub(super) fn beside(rule: &Rule, now: Timestamp) -> String {
    let mut unseen = false;
    rule.when.visit(&mut |part| unseen |= matches!(part, RuleTest::Confirm(_)));
    match time_left(rule, now) {
        none if none.is_empty() && unseen => " The rule has conditions that Modelport cannot see.".into(),
        left => left,
    }
}

/// Who has more time, as a sentence of its own.
pub(super) fn time_left(rule: &Rule, now: Timestamp) -> String {
    rule.leaves_time(now).map(|text| format!(" By its text {text}.")).unwrap_or_default()
}

/// Characters of a bare day.
const DAY_CHARS: usize = 10;

/// Whether a record ends before the day on which it begins, or was made.
fn never_began(record: &Record) -> bool {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.get(..DAY_CHARS)).map(str::to_owned);
    let first = day(&record.from).or_else(|| day(&record.when));
    matches!((day(&record.until), first), (Some(until), Some(first)) if until < first)
}

/// Until when a record was in force, as it says it.
fn until(record: &Record) -> String {
    match record.until.as_deref() {
        Some(day) if day.len() <= DAY_CHARS => {
            let zone = record.time_zone.as_deref().map(|zone| format!(" ({zone})")).unwrap_or_default();
            format!("until {day}{zone}, that day included")
        }
        Some(instant) => format!("until {instant}"),
        None => "until now".into(),
    }
}
