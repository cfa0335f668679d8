//! A check as SARIF 2.1.0, for code review: one result a finding, at the line of the field that it speaks of.
//!
//! The few fields of the format that are used are written by hand: the crate for it builds its types from the schema at
//! each build, with five crates more.

use serde_json::{Value, json};

use super::outcome::{Checked, Outcome};
use crate::{
    decide::{Effect, Finding},
    manifest::Reason,
};

/// The log.
#[must_use]
pub fn log(outcome: &Outcome) -> Value {
    let mut results = Vec::new();
    let mut reasons: Vec<Reason> = Vec::new();
    let mut add = |reason: Reason, level: &str, text: String, at: (&str, u64), more: Value| {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        let mut result = json!({
            "ruleId": reason.code(),
            "level": level,
            "message": {"text": text},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": uri(at.0)},
                "region": {"startLine": at.1.max(1)},
            }}],
        });
        if let (Value::Object(result), Value::Object(more)) = (&mut result, more) {
            result.extend(more);
        }
        results.push(result);
    };
    for checked in &outcome.decisions {
        for finding in checked.decision.findings.iter().filter(|finding| finding.effect < Effect::Passes) {
            let line = checked.lines.of(&field(finding));
            add(finding.reason, level(finding.effect), text(finding), (&checked.file, line), more(checked, finding));
        }
    }
    for unreadable in &outcome.unreadable {
        let text = format!("{}: {}", unreadable.object, unreadable.why);
        add(Reason::ManifestInvalid, "error", text, (&unreadable.file, unreadable.line), Value::Null);
    }
    for note in &outcome.notes {
        let text = format!("{}: {}", note.object, note.sentence);
        add(note.reason, "warning", text, (&note.file, note.line), Value::Null);
    }
    let rules: Vec<Value> = reasons.iter().map(|reason| rule(*reason)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "modelport",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(reason: Reason) -> Value {
    let meaning = reason.meaning().split_whitespace().collect::<Vec<_>>().join(" ");
    json!({
        "id": reason.code(),
        "name": reason.code(),
        "shortDescription": {"text": meaning},
        "help": {"text": format!("{meaning} All that is missing: modelport check -f FILE --explain")},
    })
}

fn level(effect: Effect) -> &'static str {
    match effect {
        Effect::Refuses => "error",
        Effect::Waits => "warning",
        Effect::Warns => "note",
        Effect::Passes => "none",
    }
}

fn text(finding: &Finding) -> String {
    match &finding.remedy {
        Some(remedy) => format!("{} {remedy}", finding.sentence),
        None => finding.sentence.clone(),
    }
}

/// What makes a result the same in the next run, and what a program may want to know.
fn more(checked: &Checked, finding: &Finding) -> Value {
    json!({
        "partialFingerprints": {
            "finding/v1": format!("{}/{} {} {}", checked.namespace, checked.name, finding.reason, finding.about),
        },
        "properties": {
            "deployment": format!("{}/{}", checked.namespace, checked.name),
            "verdict": checked.decision.verdict.word(),
            "decision": checked.decision.id,
            "about": finding.about,
            "clause": finding.clause,
            "voucher": finding.voucher,
        },
    })
}

/// The field of the manifest that a finding speaks of.
fn field(finding: &Finding) -> String {
    if finding.about.starts_with("spec.") {
        return finding.about.clone();
    }
    if finding.reason == Reason::DeclarationMissing {
        return format!("spec.{}", finding.about);
    }
    // Its sentence speaks of fields of the policy.
    if finding.reason == Reason::PolicyInvalid {
        return "spec".into();
    }
    let word = finding.sentence.split_whitespace().find(|word| word.starts_with("spec.")).unwrap_or_default();
    if !word.is_empty() {
        return word.trim_end_matches(['.', ',', ';', ':', ')']).to_owned();
    }
    match finding.reason {
        Reason::PlaceExcluded | Reason::PlaceNotPermitted | Reason::PlacementEmpty => "spec.placement".into(),
        Reason::AcceleratorNotPermitted => "spec.accelerators".into(),
        Reason::FilingMissing
        | Reason::RuleRefuses
        | Reason::RuleWarns
        | Reason::RuleNotSupported
        | Reason::CountryNotSurveyed => "spec.usage".into(),
        Reason::EvidenceMissing => "spec.usage.evidence".into(),
        _ => "spec.model.source".into(),
    }
}

/// A path as an address, relative where the path is.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.trim_start_matches("./").replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
