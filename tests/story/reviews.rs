//! What a policy permits by class, wants reviewed first, and lets grow old; what confirms an entry that nobody has read.

use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Verdict},
    manifest::Reason,
};

use super::world::World;

const ACME: &str = r"
namespaces: [lab]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}
- {name: annual-revenue, scope: group, atMost: 100000, currency: USD, period: 2023-01/2026-10}
accepted:
- {name: all, who: legal@acme.example, when: 2025-11-02, covers: {all: Yes}}
";
const QWEN: &str = "model: {source: \"hf://Qwen/Qwen3-8B\"}";
const LLAMA: &str =
    "model: {source: \"hf://meta-llama/Llama-3.1-8B-Instruct\"}\nusage: {audience: internal, serves: [US]}";
const LLAMA_ID: &str = "LicenseRef-llama-3.1";

fn world() -> World {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", ACME);
    world
}

fn has(decision: &Decision, reason: Reason, effect: Effect) -> bool {
    decision.findings.iter().any(|f| f.reason == reason && f.effect == effect)
}

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the catalogue")
}

fn hash() -> &'static str {
    catalog().license_hash(LLAMA_ID).expect("the entry")
}

/// A ModelLicense with one review.
fn review(world: &mut World, fields: &str) {
    world.license("llama", &format!("license: {LLAMA_ID}\nreviews: [{{by: counsel@acme.example, {fields}}}]"));
}

#[test]
fn of_two_reviews_of_one_day_the_first_by_name_is_cited_and_of_two_days_the_newer() {
    let cited = |dates: [&str; 2]| {
        let mut world = world();
        world.policy("legal", "{namespaces: [lab], licenses: {needReview: [\"class:community\"]}}");
        for (name, date) in ["first", "second"].into_iter().zip(dates) {
            let review = format!("{{by: counsel@acme.example, date: {date}, entrySha256: {}}}", hash());
            world.license(name, &format!("license: {LLAMA_ID}\nreviews: [{review}]"));
        }
        let decision = world.applies("lab/llama", LLAMA);
        assert_eq!(decision.verdict, Verdict::Allowed);
        let of =
            |finding: &modelport::decide::Finding| finding.voucher.clone().filter(|v| v.starts_with("ModelLicense/"));
        decision.findings.iter().find_map(of).expect("the review")
    };
    assert_eq!(cited(["2026-11-20", "2026-11-20"]), "ModelLicense/first");
    assert_eq!(cited(["2026-11-19", "2026-11-20"]), "ModelLicense/second");
    assert_eq!(cited(["2026-11-20", "2026-11-19"]), "ModelLicense/first");
}

#[test]
fn need_review_passes_with_a_review_of_this_entry_and_a_changed_entry_makes_it_outdated() {
    let mut world = world();
    world.policy("legal", "{namespaces: [lab], licenses: {needReview: [\"class:community\", \"mistralai/*\"]}}");
    world.tell("What is not of the class needs no review.");
    assert_eq!(world.applies("lab/qwen", QWEN).verdict, Verdict::Allowed);
    world.tell("Llama is, and nobody has reviewed it.");
    let waits = world.applies("lab/llama", LLAMA);
    assert!(has(&waits, Reason::ReviewMissing, Effect::Waits));
    let remedy = waits.findings.first().and_then(|f| f.remedy.clone()).expect("a remedy");
    assert!(remedy.contains(hash()) && remedy.contains("entrySha256"), "{remedy}");
    world.tell("A review that does not say which entry it is of.");
    review(&mut world, "date: 2026-11-20, reference: memo 7");
    assert!(has(&world.applies("lab/llama", LLAMA), Reason::ReviewMissing, Effect::Waits));
    world.tell("A review of an entry that has changed since.");
    let old = "0".repeat(64);
    review(&mut world, &format!("date: 2026-11-20, entrySha256: {old}"));
    assert!(has(&world.applies("lab/llama", LLAMA), Reason::ReviewOutdated, Effect::Waits));
    world.tell("A review whose day has not come.");
    review(&mut world, &format!("date: 2026-11-30, entrySha256: {}", hash()));
    let later = world.applies("lab/llama", LLAMA);
    assert_eq!(later.verdict, Verdict::Waiting);
    assert_eq!(later.next_change.map(|at| at.to_string()).as_deref(), Some("2026-11-30T00:00:00Z"));
    world.tell("A review of this entry.");
    let text = "5a".repeat(32);
    review(&mut world, &format!("date: 2026-11-20, reference: memo 7, textSha256: {text}, entrySha256: {}", hash()));
    let allowed = world.applies("lab/llama", LLAMA);
    assert_eq!(allowed.verdict, Verdict::Allowed);
    assert!(allowed.findings.iter().any(|f| f.voucher.as_deref() == Some("ModelLicense/llama")));
    world.tell("A review that is written for one model counts for that one.");
    world.license("llama", &format!("license: {LLAMA_ID}\nmodels: [example/other]\nreviews: [{{by: counsel, date: 2026-11-20, entrySha256: {}}}]", hash()));
    assert_eq!(world.applies("lab/llama", LLAMA).verdict, Verdict::Waiting);
    world.tell("The legal team corrects the terms: what was reviewed is another entry now.");
    review(&mut world, &format!("date: 2026-11-20, entrySha256: {}", hash()));
    let mut terms = catalog().license(LLAMA_ID).expect("the entry").clone();
    terms.notes = Some("corrected".into());
    let own = serde_json::json!({"license": LLAMA_ID, "overrides": true, "terms": terms});
    world.license("own", &own.to_string());
    assert!(has(&world.applies("lab/llama", LLAMA), Reason::ReviewOutdated, Effect::Waits));
    world.is_told_in("reviewed-first");
}

#[test]
fn a_review_of_another_text_than_the_entrys_is_outdated() {
    let mut world = world();
    world.policy("legal", &format!("{{namespaces: [lab], licenses: {{needReview: [{LLAMA_ID}]}}}}"));
    let mut terms = catalog().license(LLAMA_ID).expect("the entry").clone();
    terms.text.sha256 = Some("ab".repeat(32));
    let hash = modelport::catalog::hash_of(&terms).expect("a hash");
    for (text, expected) in [("ab".repeat(32), Verdict::Allowed), ("cd".repeat(32), Verdict::Waiting)] {
        let reviews = [serde_json::json!({"by": "c", "date": "2026-11-20", "entrySha256": hash, "textSha256": text})];
        let own = serde_json::json!({"license": LLAMA_ID, "overrides": true, "terms": terms, "reviews": reviews});
        world.license("own", &own.to_string());
        assert_eq!(world.applies("lab/llama", LLAMA).verdict, expected, "{text}");
    }
}

#[test]
fn an_auditing_policy_only_says_what_it_would_want_reviewed() {
    let mut world = world();
    world.policy("legal", "{namespaces: [lab], mode: Audit, licenses: {needReview: [\"meta-llama/*\"]}}");
    let decision = world.applies("lab/llama", LLAMA);
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert!(has(&decision, Reason::ReviewMissing, Effect::Warns));
}

#[test]
fn two_policies_on_one_namespace_all_must_hold_and_the_finding_names_the_policy() {
    let mut world = world();
    world.policy("osi", "{namespaces: [lab], licenses: {allow: [\"class:osi\"]}}");
    world.policy("meta", "{namespaceSelector: {}, licenses: {allow: [\"meta-llama/*\", \"class:osi\"]}}");
    assert_eq!(world.applies("lab/qwen", QWEN).verdict, Verdict::Allowed);
    let llama = world.applies("lab/llama", LLAMA);
    assert_eq!(llama.verdict, Verdict::Refused);
    let by: Vec<_> = llama.findings.iter().filter(|f| f.reason == Reason::LicenseNotPermitted).collect();
    assert_eq!(by.len(), 1);
    assert_eq!(by.first().and_then(|f| f.voucher.as_deref()), Some("ModelPolicy/osi"));
    assert!(by.iter().all(|f| f.sentence.contains("ModelPolicy/osi")));
}

#[test]
fn a_default_object_holds_beneath_what_selects_the_namespace() {
    let mut world = world();
    world.policy(
        "house",
        "{default: true, licenses: {refuse: [\"class:community\"]}, grace: {person: 1h}, regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}",
    );
    let public =
        "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN], purpose: commercial}";
    let alone = (world.applies("lab/llama", LLAMA), world.applies("lab/qwen", public));
    world.policy(
        "lax",
        "{namespaces: [lab], admission: Warn, whenRefused: Warn, grace: {person: 48h}, licenses: {claims: Accept}, regions: {rules: [{rule: cn-genai-filing, mode: \"Off\"}]}}",
    );
    let both = (world.applies("lab/llama", LLAMA), world.applies("lab/qwen", public));
    assert_eq!(alone.0.verdict, Verdict::Refused);
    assert_eq!(both.0.verdict, Verdict::Refused);
    assert!(
        has(&alone.1, Reason::FilingMissing, Effect::Refuses) && has(&both.1, Reason::FilingMissing, Effect::Refuses)
    );
    assert_eq!(both.0.policy.grace_person_seconds, 3600);
    assert!(both.0.policy.deny && both.0.policy.stop);
}

#[test]
fn a_class_that_is_none_waits_whatever_list_it_stands_in() {
    for list in ["allow", "refuse", "needReview"] {
        let mut world = world();
        world.policy("typo", &format!("{{namespaces: [lab], licenses: {{{list}: [\"class:oss\", Apache-2.0, MIT]}}}}"));
        let decision = world.applies("lab/llama", LLAMA);
        assert!(has(&decision, Reason::PolicyInvalid, Effect::Waits), "{list}");
        assert!(
            !has(&decision, Reason::LicenseNotPermitted, Effect::Refuses),
            "{list}: a slip of the pen stops nobody"
        );
    }
}

#[test]
fn an_entry_that_nobody_has_read_is_confirmed_by_an_own_review_in_a_model_license() {
    let mut world = world();
    let id = "LicenseRef-microsoft-research-phi";
    let phi = "model: {source: \"hf://example/phi\"}\nusage: {purpose: research, audience: internal, serves: [US], sectors: [none], trainsOnOutputs: No}";
    world.license("phi", &format!("{{license: {id}, models: [example/phi]}}"));
    world.tell("The catalogue has terms that nobody has read.");
    let waits = world.applies("lab/phi", phi);
    let finding = waits.findings.iter().find(|f| f.reason == Reason::LicenseUnverified).expect("it is said so");
    let remedy = finding.remedy.clone().unwrap_or_default();
    for part in ["legal team", "ModelLicense", "modelport catalog licenses LicenseRef-microsoft-research-phi --confirm"]
    {
        assert!(remedy.contains(part), "{remedy}");
    }
    let mut terms = catalog().license(id).expect("the entry").clone();
    terms.conditions.clear();
    let write = |world: &mut World, terms: &modelport::catalog::License, overrides: bool| {
        let own = serde_json::json!({"license": id, "overrides": overrides, "terms": terms, "models": ["example/phi"]});
        world.license("phi", &own.to_string());
    };
    world
        .tell("Terms without the unread one, still recorded as not verified: nothing is known of what they leave out.");
    write(&mut world, &terms, true);
    assert!(has(&world.applies("lab/phi", phi), Reason::LicenseUnverified, Effect::Waits));
    world.tell("Read by the organisation itself, but without saying that this replaces the built-in terms.");
    terms.verification = modelport::catalog::license::Verification::FullText;
    terms.evidence = modelport::catalog::license::Evidence::OwnReview;
    write(&mut world, &terms, false);
    assert_eq!(world.applies("lab/phi", phi).verdict, Verdict::Waiting);
    world.tell("Read by the organisation itself.");
    write(&mut world, &terms, true);
    assert_eq!(world.applies("lab/phi", phi).verdict, Verdict::Allowed);
    world.is_told_in("confirmed");
}

#[test]
fn a_record_and_a_review_that_are_too_old_are_stale() {
    let mut world = world();
    let policy = |older: &str| {
        format!(
            "{{namespaces: [lab], licenses: {{needReview: [{LLAMA_ID}], ages: {{records: {{atMost: 400d, older: {older}}}, reviews: {{atMost: 30d}}}}}}}}"
        )
    };
    review(&mut world, &format!("date: 2026-11-20, entrySha256: {}", hash()));
    world.policy("ages", &policy("Hold"));
    world.tell("An acceptance of 387 days ago, and 400 are let: the day on which it is too old is known.");
    let fresh = world.applies("lab/llama", LLAMA);
    assert_eq!(fresh.verdict, Verdict::Allowed);
    world.tell("The day before, and the day.");
    world.day("2026-12-07");
    let last = world.applies("lab/llama", LLAMA);
    assert!(!has(&last, Reason::FactStale, Effect::Waits));
    assert_eq!(last.next_change.map(|at| at.to_string()).as_deref(), Some("2026-12-08T00:00:00Z"));
    world.day("2026-12-08");
    let stale = world.applies("lab/llama", LLAMA);
    assert_eq!(stale.verdict, Verdict::Waiting);
    assert!(has(&stale, Reason::FactStale, Effect::Waits));
    world.tell("Another policy lets it be 100 days old, and only warns: the stricter word holds.");
    world.policy("short", "{namespaces: [lab], licenses: {ages: {records: {atMost: 100d}}}}");
    assert_eq!(world.applies("lab/llama", LLAMA).verdict, Verdict::Waiting);
    world.tell("Both only warn; by now the review is too old as well.");
    world.day("2026-12-30");
    world.policy("ages", &policy("Warn"));
    let warned = world.applies("lab/llama", LLAMA);
    assert_eq!(warned.verdict, Verdict::Allowed);
    assert_eq!(warned.findings.iter().filter(|f| f.reason == Reason::FactStale).count(), 2);
    world.is_told_in("ages");
}
