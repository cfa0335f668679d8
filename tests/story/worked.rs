//! Worked cases: who, what for, where, and the verdict a careful reader of the licence comes to, with what is owed, what
//! is not, and what lifts a refusal. What a case does not say is not said to Modelport either: nothing is accepted,
//! registered or granted unless it says so.

use std::fmt::Write as _;

use modelport::{
    catalog::{Catalog, Remedy},
    decide::{Decision, Effect, Finding, Verdict},
    manifest::Reason,
};

use super::{
    worked_cases::{Case, OURS, cases},
    world::World,
};

/// What the repositories of cases are under that no catalogue has.
const ADAPTER: &str = "{license: MIT, models: [example/lora]}";

/// What a person is told to do, where the licence has this remedy.
fn words(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::SeparateLicense | Remedy::LicensorReview => "Licensee/acme separateLicenses",
        Remedy::Register | Remedy::Notify => "Licensee/acme registered",
        Remedy::Accept => "Licensee/acme followsPolicy",
        Remedy::ReadText => "The legal team reads the text",
        Remedy::MovePlace => "Nodes in other places change nothing while people are served there",
        Remedy::Display | Remedy::ChangeUse | Remedy::OtherModel => "model under another licence may do",
    }
}

/// Whether the finding is of a term that has this remedy, and says it.
fn has_remedy(decision: &Decision, remedy: Remedy) -> bool {
    let catalog = Catalog::built_in().expect("the catalogue");
    let Some(finding) = decision.weightiest() else { return false };
    if finding.reason == Reason::AcceptanceMissing {
        let said =
            finding.remedy.as_deref().is_some_and(|said| said.ends_with("records it in Licensee/acme accepted."));
        return remedy == Remedy::Accept && said;
    }
    let mut terms =
        decision.model.licenses.iter().filter_map(|(id, _)| catalog.license(id)).flat_map(|l| &l.conditions);
    let of_term = terms.any(|term| term.remedy == remedy && finding.sentence.contains(&term.sentence));
    of_term && finding.remedy.as_deref().is_some_and(|said| said.contains(words(remedy)))
}

/// What Modelport answers.
pub fn decide(case: &Case) -> Decision {
    let mut world = World::at("2026-10-01");
    let repository = case.model.strip_prefix("hf:").unwrap_or(OURS);
    if repository == OURS {
        world.license("ours", &format!("{{license: {}, models: [{OURS}]}}", case.model));
    }
    if case.more.contains("example/lora") {
        world.license("adapter", ADAPTER);
    }
    let mut licensee = format!("namespaces: [lab]\n{}\n", case.licensee);
    for (field, default) in [("kind:", "kind: company\n"), ("seat:", "seat: US\n")] {
        if !licensee.lines().any(|line| line.starts_with(field)) {
            licensee.push_str(default);
        }
    }
    if !case.accepted.is_empty() {
        let covers = case.accepted.join(", ");
        let record = format!("{{name: a, who: legal, when: 2026-01-01, covers: {{licenses: [{covers}]}}}}");
        let _ = writeln!(licensee, "accepted: [{record}]");
    }
    world.licensee("acme", &licensee);
    if !case.policy.is_empty() {
        world.policy("legal", case.policy);
    }
    let more = if case.more.is_empty() { String::new() } else { format!("  {}\n", case.more) };
    world.applies("lab/case", &format!("model:\n  source: \"hf://{repository}\"\n{more}usage: {}\n", case.usage))
}

#[test]
fn the_worked_cases() {
    let mut wrong = Vec::new();
    for case in cases() {
        let decision = decide(&case);
        let reason = decision.weightiest().map(|finding| finding.reason);
        let mut unlike = Vec::new();
        if decision.verdict != case.verdict || reason != case.reason {
            unlike.push(format!("{:?} {reason:?}, expected {:?} {:?}", decision.verdict, case.verdict, case.reason));
        }
        for words in case.owed {
            if !decision.obligations.iter().any(|owed| owed.now && owed.what.starts_with(words)) {
                unlike.push(format!("does not owe {words}"));
            }
        }
        for kind in case.not_owed {
            let known = decision.obligations.iter().any(|owed| owed.kind == *kind);
            let now = decision.obligations.iter().any(|owed| owed.now && owed.kind == *kind);
            if now || !known {
                unlike.push(format!("owes {kind}, or does not know that it may be owed"));
            }
        }
        if case.remedy.is_some_and(|remedy| !has_remedy(&decision, remedy)) {
            unlike.push(format!("has not the remedy {:?}", case.remedy));
        }
        if (case.verdict == Verdict::Refused) != case.remedy.is_some() {
            unlike.push("a refusal has a remedy in the table, and nothing else has".into());
        }
        if unlike.is_empty() {
            continue;
        }
        let findings: Vec<_> =
            decision.findings.iter().filter(|f| f.effect < Effect::Passes).map(Finding::line).collect();
        wrong.push(format!(
            "{} {}: {}\n  {}\n  owes {:?}",
            case.id,
            case.what,
            unlike.join("; "),
            findings.join("\n  "),
            decision.obligations.iter().filter(|o| o.now).map(|o| &o.what).collect::<Vec<_>>()
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_thirty_two_stand_in_the_table_and_two_variants() {
    let (variants, cases): (Vec<_>, Vec<_>) =
        cases().into_iter().map(|case| case.id).partition(|id| id.ends_with('\''));
    assert_eq!((cases.len(), variants.len()), (32, 2), "{cases:?} {variants:?}");
}
