//! What is owed: from every licence, with what shows that it is met; and what a person has judged not to apply.

use modelport::{
    decide::{Decision, Effect, Owed, Verdict},
    manifest::Reason,
};

use super::world::World;

const WHO: &str = r"
namespaces: [lab]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}
- {name: annual-revenue, scope: group, atMost: 100000, currency: USD, period: 2023-01/2026-10}
";
const ACCEPTED: &str = "accepted:\n- {name: all, who: legal, when: 2026-11-02, covers: {all: Yes}}\n";
const LLAMA: &str = "model: {source: \"hf://meta-llama/Meta-Llama-3-8B-Instruct\"}\n";
const PUBLIC: &str = "usage: {audience: public, serves: [US], purpose: commercial, hostedForThirdParties: No}";

fn world(records: &str) -> World {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", &format!("{WHO}{records}"));
    world
}

fn owed<'a>(decision: &'a Decision, kind: &str) -> Vec<&'a Owed> {
    decision.obligations.iter().filter(|owed| owed.kind == kind).collect()
}

fn unmet(decision: &Decision) -> Vec<&str> {
    decision.findings.iter().filter(|f| f.reason == Reason::ObligationUnmet).map(|f| f.sentence.as_str()).collect()
}

#[test]
fn a_duty_that_a_policy_requires_waits_until_it_is_shown_to_be_met() {
    let mut world = world("");
    let manifest = format!("{LLAMA}{PUBLIC}");
    let require = |kinds: &str| format!("{{namespaces: [lab], licenses: {{obligations: {{{kinds}}}}}}}");
    world.tell("Without a policy what is owed is listed, and nobody waits for it.");
    let plain = world.applies("lab/bot", &manifest);
    assert_eq!(owed(&plain, "Accept").first().map(|o| o.met), Some(Some(false)));
    world.policy("legal", &require("Accept: Warn, Display: Warn"));
    assert_eq!(world.applies("lab/bot", &manifest).verdict, plain.verdict);
    world.policy("legal", &require("Accept: Require, Display: Require, NameRule: Require"));
    world.tell(
        "The words on display are to be shown; an acceptance that the policy wants on record and nobody recorded refuses, under its own code; the name rule is not due.",
    );
    let both = world.applies("lab/bot", &manifest);
    assert_eq!(both.verdict, Verdict::Refused);
    assert!(both.findings.iter().any(|f| f.reason == Reason::AcceptanceMissing));
    assert_eq!(unmet(&both).len(), 1);
    assert!(unmet(&both).iter().all(|sentence| sentence.contains("ModelPolicy/legal")));
    world.tell("The acceptance is recorded.");
    world.licensee("acme", &format!("{WHO}{ACCEPTED}"));
    let accepted = world.applies("lab/bot", &manifest);
    assert_eq!(unmet(&accepted).len(), 1);
    let accept = owed(&accepted, "Accept");
    assert_eq!(accept.first().and_then(|o| o.met), Some(true));
    assert!(accept.iter().all(|o| o.how.contains("record all") && o.how.contains("text not recorded")), "{accept:?}");
    world.tell("Who looks after the page records that the words stand there.");
    let shown = "followsPolicy:\n- {name: about-page, rule: LicenseRef-llama-3/Display, who: web team, when: 2026-11-03, reference: the about page, covers: {services: [lab/bot]}}\n";
    world.licensee("acme", &format!("{WHO}{ACCEPTED}{shown}"));
    let met = world.applies("lab/bot", &manifest);
    assert_eq!(met.verdict, Verdict::Allowed);
    world.tell("It covers this service only.");
    assert_eq!(world.applies("lab/other", &manifest).verdict, Verdict::Waiting);
    world.tell("Inside, nothing is displayed, and nothing is owed.");
    assert_eq!(
        world.applies("lab/inside", &format!("{LLAMA}usage: {{audience: internal, serves: [US]}}")).verdict,
        Verdict::Allowed
    );
    world.is_told_in("duties");
}

#[test]
fn an_acceptance_of_another_text_does_not_count() {
    let id = "LicenseRef-llama-3";
    let catalog = modelport::catalog::Catalog::built_in().expect("the catalogue");
    let mut terms = catalog.license(id).expect("the entry").clone();
    terms.text.sha256 = Some("ab".repeat(32));
    let own = serde_json::json!({"license": id, "overrides": true, "terms": terms});
    for (gated, text, met, verdict) in [
        ("No", "", true, Verdict::Allowed),
        ("No", "ab", true, Verdict::Allowed),
        ("No", "cd", false, Verdict::Allowed),
        ("Yes", "ab", true, Verdict::Allowed),
        ("Yes", "cd", false, Verdict::Waiting),
    ] {
        let text = text.repeat(32);
        let hash = if text.is_empty() { String::new() } else { format!(", textSha256: {text}") };
        let mut world =
            world(&format!("accepted:\n- {{name: l, who: legal, when: 2026-11-02, covers: {{all: Yes}}{hash}}}\n"));
        let mut own = own.clone();
        *own.pointer_mut("/terms/acceptance/gated").expect("a field") = gated.into();
        world.license("own", &own.to_string());
        let decision = world.applies("lab/bot", &format!("{LLAMA}usage: {{audience: internal, serves: [US]}}"));
        assert_eq!(decision.verdict, verdict, "{gated} {text}");
        assert_eq!(owed(&decision, "Accept").first().and_then(|o| o.met), Some(met), "{gated} {text}");
        assert_eq!(
            decision.findings.iter().any(|f| f.reason == Reason::AcceptanceMissing),
            verdict == Verdict::Waiting
        );
    }
}

#[test]
fn a_name_rule_is_checked_on_the_name_under_which_weights_are_handed_on() {
    let mut world = world(ACCEPTED);
    world.policy("names", "{namespaces: [lab], licenses: {obligations: {NameRule: Require}}}");
    let manifest = |served: &str, usage: &str| {
        format!(
            "model: {{source: \"hf://acme/support-bot\", license: LicenseRef-llama-3, baseModels: [meta-llama/Meta-Llama-3-8B]{served}}}\nusage: {{audience: internal, serves: [US]{usage}}}"
        )
    };
    let named = |world: &mut World, served: &str, usage: &str| {
        let decision = world.applies("lab/bot", &manifest(served, usage));
        owed(&decision, "NameRule").first().map(|o| (o.now, o.met, unmet(&decision).len()))
    };
    assert_eq!(named(&mut world, "", ""), Some((false, None, 0)));
    let handed_on = ", redistributesWeights: Yes";
    assert_eq!(named(&mut world, "", handed_on), Some((true, Some(false), 1)));
    assert_eq!(named(&mut world, ", servedName: llama-3-support", handed_on), Some((true, Some(true), 0)));
    assert_eq!(named(&mut world, ", servedName: My-Llama-3", handed_on), Some((true, Some(false), 1)));
    // What is trained on its outputs has a name of its own, which nobody says here.
    let trains = world.decide("lab/bot", &super::world::yaml(&manifest("", ", trainsOnOutputs: Yes")));
    assert_eq!(owed(&trains, "NameRule").first().map(|o| (o.now, o.met)), Some((true, None)));
}

#[test]
fn a_message_to_the_licensor_is_met_by_a_registration_on_record() {
    let m3 = "model: {source: \"hf://example/m3\"}\nusage: {audience: public, serves: [US], purpose: commercial, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No}";
    let registered = "registered:\n- {name: mail, who: legal, when: 2026-11-02, covers: {licenses: [LicenseRef-minimax-community-m3]}}\n";
    for (records, met) in [(ACCEPTED.to_owned(), false), (format!("{ACCEPTED}{registered}"), true)] {
        let mut world = world(&records);
        world.license("m3", "{license: LicenseRef-minimax-community-m3, models: [example/m3]}");
        world.policy("legal", "{namespaces: [lab], licenses: {obligations: {Notify: Require}}}");
        let decision = world.applies("lab/m3", m3);
        assert_eq!(owed(&decision, "Notify").first().and_then(|o| o.met), Some(met));
        assert_eq!(unmet(&decision).is_empty(), met, "{:?}", decision.findings);
    }
}

#[test]
fn every_kind_of_duty_can_be_required_and_shown() {
    let catalog = modelport::catalog::Catalog::built_in().expect("the catalogue");
    let all = "Accept: Require, Register: Require, Notify: Require, Royalty: Require, Display: Require, NameRule: Require, NoticeFile: Require, LicenseCopy: Require, PassThrough: Require, MarkChanges: Require, Keep: Require, Disclose: Require";
    let mut kinds = std::collections::BTreeSet::new();
    for license in catalog.licenses() {
        let mut world = world("");
        world.license("this", &format!("{{license: {}, models: [example/this]}}", license.id));
        world.policy("all", &format!("{{namespaces: [lab], licenses: {{obligations: {{{all}}}}}}}"));
        let manifest = "model: {source: \"hf://example/this\", baseModels: [Qwen/Qwen3-8B]}\nusage: {audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: Yes, trainsOnOutputs: Yes}";
        let before = world.applies("lab/x", manifest);
        let open: Vec<&Owed> = before.obligations.iter().filter(|o| o.open()).collect();
        // A text behind a form waits for its acceptance under its own code.
        assert!(open.is_empty() || before.verdict != Verdict::Allowed, "{}", license.id);
        kinds.extend(open.iter().map(|o| o.kind.clone()));
        let ids: Vec<&String> = before.model.licenses.iter().map(|(id, _)| id).collect();
        let mut records = String::from("followsPolicy:\n");
        for (i, (id, kind)) in
            ids.iter().flat_map(|id| modelport::catalog::DutyKind::ALL.iter().map(move |kind| (id, kind))).enumerate()
        {
            records.push_str(&format!(
                "- {{name: r{i}, rule: \"{id}/{}\", who: l, when: 2026-11-02, covers: {{all: Yes}}}}\n",
                kind.word()
            ));
        }
        world.licensee("acme", &format!("{WHO}{records}"));
        let after = world.applies("lab/x", manifest);
        assert!(unmet(&after).is_empty(), "{}: {:?}", license.id, unmet(&after));
        assert!(after.obligations.iter().all(|o| !o.now || o.met == Some(true)), "{}", license.id);
    }
    for kind in
        ["Accept", "Display", "NameRule", "NoticeFile", "LicenseCopy", "PassThrough", "MarkChanges", "Keep", "Disclose"]
    {
        assert!(kinds.contains(kind), "{kind} never came up: {kinds:?}");
    }
}

#[test]
fn not_applicable_lifts_a_term_only_with_who_and_reason() {
    let usage = "usage: {audience: internal, serves: [US]}";
    let term = |fields: &str| {
        format!(
            "{ACCEPTED}notApplicable:\n- {{name: na-7, rule: LicenseRef-llama-3/user-threshold, when: 2026-11-20, covers: {{services: [lab/bot]}}{fields}}}\n"
        )
    };
    let mut world = world("");
    let who = WHO.replace("atMost: 10000000", "atLeast: 800000000");
    let manifest = format!("{LLAMA}{usage}");
    let told = |world: &mut World, line: &str, records: &str, service: &str| {
        world.tell(line);
        world.licensee("acme", &format!("{who}{records}"));
        world.applies(service, &manifest).verdict
    };
    assert_eq!(told(&mut world, "Above the limit.", ACCEPTED, "lab/bot"), Verdict::Refused);
    assert_eq!(
        told(&mut world, "Without a reason it counts for nothing.", &term(", who: counsel"), "lab/bot"),
        Verdict::Refused
    );
    assert_eq!(
        told(&mut world, "Without a name neither.", &term(", reason: bought in 2025"), "lab/bot"),
        Verdict::Refused
    );
    let signed = term(", who: counsel@acme.example, reason: the group bought the users in 2025");
    assert_eq!(
        told(&mut world, "With both it lifts the term, for what it covers.", &signed, "lab/bot"),
        Verdict::Allowed
    );
    let decision = world.decide("lab/bot", &super::world::yaml(&manifest));
    let passed = decision.findings.iter().find(|f| f.sentence.contains("judged")).expect("it is said so");
    assert_eq!(passed.effect, Effect::Passes);
    for part in ["counsel@acme.example", "the group bought the users in 2025", "na-7"] {
        assert!(passed.sentence.contains(part), "{}", passed.sentence);
    }
    assert_eq!(told(&mut world, "Not for another service.", &signed, "lab/other"), Verdict::Refused);
    let ended = signed.replace("when: 2026-11-20", "when: 2026-11-20, until: 2026-11-23");
    assert_eq!(told(&mut world, "Nor once it has ended.", &ended, "lab/bot"), Verdict::Refused);
    let another = signed.replace("user-threshold", "banned-uses");
    assert_eq!(told(&mut world, "Nor for another term.", &another, "lab/bot"), Verdict::Refused);
    world.is_told_in("not-applicable");
}

#[test]
fn what_is_judged_not_to_apply_asks_for_no_fact_and_leaves_no_duty() {
    let records = format!(
        "{ACCEPTED}notApplicable:\n- {{name: a, rule: LicenseRef-llama-3/user-threshold, who: c, reason: r, covers: {{all: Yes}}}}\n- {{name: b, rule: LicenseRef-llama-3/banned-uses, who: c, reason: r, covers: {{all: Yes}}}}\n- {{name: d, rule: LicenseRef-llama-3/Display, who: c, reason: internal page, covers: {{all: Yes}}}}\n"
    );
    let mut world = World::at("2026-11-24");
    world.licensee("acme", &format!("namespaces: [lab]\nkind: company\nseat: US\n{records}"));
    let decision = world.applies("lab/bot", &format!("{LLAMA}{PUBLIC}"));
    assert_eq!(decision.verdict, Verdict::Allowed, "{:?}", decision.findings);
    assert!(!owed(&decision, "Keep").iter().any(|o| o.what.contains("no use in")), "{:?}", decision.obligations);
    assert_eq!(owed(&decision, "Display").first().and_then(|o| o.met), Some(true));
}

#[test]
fn a_rule_of_a_place_is_lifted_only_with_who_and_reason() {
    let manifest = "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}";
    for (fields, verdict) in [
        ("reason: no public opinion", Verdict::Refused),
        ("who: counsel", Verdict::Refused),
        ("who: counsel, reason: no public opinion", Verdict::Allowed),
    ] {
        let mut world = world(&format!(
            "notApplicable:\n- {{name: na, rule: cn-genai-filing, when: 2026-11-01, covers: {{services: [lab/bot]}}, {fields}}}\n"
        ));
        world.policy("china", "{namespaces: [lab], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}");
        assert_eq!(world.applies("lab/bot", manifest).verdict, verdict, "{fields}");
    }
}
