//! A refusal is lifted for a time, on record, by one person who may; and what no Waiver does.

use std::collections::BTreeMap;

use modelport::{
    decide::{Decision, Effect, Verdict},
    manifest::{Reason, model_deployment::ModelDeploymentSpec},
};
use proptest::prelude::*;

use super::world::{World, yaml};

const BOT: &str = r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {audience: public, serves: [CN]}
placement: {allow: {countries: [CN]}}
"#;

const ACME: &str = r#"
namespaces: [support]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}
accepted:
- {name: llama, who: legal@acme.example, when: 2026-11-02, covers: {licenses: ["LicenseRef-llama-*"]}}
"#;

const CHINA: &str = "{namespaces: [support], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}, licenses: {waivable: [FilingMissing]}}";

const WAIVER: &str = r"
deployment: {namespace: support, name: bot, uid: u-1}
model: meta-llama/Llama-2-7b-chat-hf
policy: china
findings: [{code: FilingMissing, about: cn-genai-filing}]
reason: filing sent on Friday, number comes on Monday
until: 2026-11-26T03:00:00Z
approvedBy: legal@acme.example
";

fn world() -> World {
    let mut world = World::at("2026-11-25T03:00:00Z");
    world.uid = Some("u-1".into());
    world.licensee("acme", ACME);
    world.policy("china", CHINA);
    world
}

fn decided(world: &World) -> Decision {
    world.decide("support/bot", &yaml(BOT))
}

#[test]
fn at_three_in_the_morning_a_false_refusal_is_lifted_by_one_command_with_an_end() {
    let mut world = world();
    world.tell("03:00. The filing exists, its number is not recorded yet, and the person who records it sleeps.");
    assert_eq!(world.applies("support/bot", BOT).verdict, Verdict::Refused);
    world.tell("Legal on call: modelport waive mpd/bot -n support --until 24h --reason 'filing sent on Friday, ...'");
    world.waiver("support-bot-1", WAIVER);
    let waived = world.applies("support/bot", BOT);
    assert_eq!(waived.verdict, Verdict::Allowed);
    assert_eq!(waived.next_change, Some("2026-11-26T03:00:00Z".parse().unwrap()), "the operator wakes by itself");
    let finding = waived.findings.iter().find(|f| f.waived.is_some()).expect("the record");
    let record = finding.waived.as_ref().expect("the record");
    assert_eq!((finding.reason, finding.effect), (Reason::FilingMissing, Effect::Warns), "the code is kept");
    assert_eq!((record.by.as_str(), record.waiver.as_str()), ("legal@acme.example", "support-bot-1"));
    assert_eq!(record.reason, "filing sent on Friday, number comes on Monday");
    assert!(waived.inputs.iter().any(|input| input.kind == "Waiver" && input.name == "support-bot-1"));
    world.day("2026-11-26T02:59:59Z");
    world.tell("A second before its end.");
    assert_eq!(world.applies("support/bot", BOT).verdict, Verdict::Allowed);
    world.day("2026-11-26T03:00:00Z");
    world.tell("Its end, to the second.");
    assert_eq!(world.applies("support/bot", BOT).verdict, Verdict::Refused);
    world.is_told_in("three-in-the-morning");
}

#[test]
fn an_expired_waiver_changes_nothing_not_even_the_id() {
    let mut with = world();
    with.waiver("w", WAIVER);
    let mut without = world();
    for second in ["2026-11-26T03:00:00Z", "2026-12-24T00:00:00Z"] {
        with.day(second);
        without.day(second);
        assert_eq!(decided(&with), decided(&without), "{second}");
    }
}

#[test]
fn what_it_does_not_name_it_does_not_lift() {
    let refused = |change: &dyn Fn(&mut World)| {
        let mut world = world();
        world.waiver("w", WAIVER);
        assert_eq!(decided(&world).verdict, Verdict::Allowed, "it would be lifted");
        change(&mut world);
        let decision = decided(&world);
        assert!(decision.findings.iter().all(|finding| finding.waived.is_none()), "{:?}", decision.findings);
        assert!(decision.inputs.iter().all(|input| input.kind != "Waiver"));
        decision
    };
    let with =
        |from: &'static str, to: &'static str| move |world: &mut World| world.waiver("w", &WAIVER.replace(from, to));
    for (what, from, to) in [
        ("another UID: it was deleted and made anew", "uid: u-1", "uid: u-2"),
        ("another name", "name: bot", "name: other"),
        ("another namespace", "namespace: support", "namespace: chat"),
        ("another model", "Llama-2-7b", "Llama-3-8b"),
        ("another policy", "policy: china", "policy: india"),
        ("another rule", "about: cn-genai-filing", "about: cn-labelling"),
        ("another code", "FilingMissing", "UserThreshold"),
        ("no reason", "filing sent on Friday, number comes on Monday", "late"),
        ("an end that cannot be read", "2026-11-26T03:00:00Z", "tomorrow"),
        ("more than thirty days", "2026-11-26T03:00:00Z", "2026-12-25T03:00:01Z"),
        ("a second code that the policy does not let be waived", "[{code", "[{code: UserThreshold}, {code"),
    ] {
        assert_eq!(refused(&with(from, to)).verdict, Verdict::Refused, "{what}");
    }
    assert_eq!(refused(&|world| world.uid = None).verdict, Verdict::Refused, "a file has no UID");
    // Policies: every one that is enforced must let it, and the built-in default lets nothing.
    let second = "{namespaces: [support], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}";
    assert_eq!(refused(&|world| world.policy("other", second)).verdict, Verdict::Refused);
    let taken = CHINA.replace("[FilingMissing]", "[]");
    assert_eq!(refused(&|world| world.policy("china", &taken)).verdict, Verdict::Refused);
    let mut audited = world();
    audited.waiver("w", WAIVER);
    audited.policy("watch", "{namespaces: [support], mode: Audit}");
    assert_eq!(decided(&audited).verdict, Verdict::Allowed, "a policy that only reports has no say in it");
}

#[test]
fn what_cannot_be_read_and_where_pods_stand_is_never_waived() {
    let all: Vec<&str> =
        Reason::ALL.iter().filter(|reason| !reason.may_be_waived()).map(|reason| reason.code()).collect();
    for code in &all {
        let mut world = world();
        world.licensee("other", ACME);
        world.policy("china", &CHINA.replace("[FilingMissing]", &format!("[{}]", all.join(", "))));
        let named = WAIVER.replace("[{code: FilingMissing, about: cn-genai-filing}]", &format!("[{{code: {code}}}]"));
        world.waiver("w", &named);
        let conflict = decided(&world);
        assert_ne!(conflict.verdict, Verdict::Allowed, "{code}");
        assert!(conflict.findings.iter().all(|finding| finding.waived.is_none()), "{code}");
    }
}

#[test]
fn of_two_waivers_the_last_to_end_counts_and_the_order_does_not() {
    let longer = WAIVER.replace("2026-11-26T03:00:00Z", "2026-11-27");
    let (mut one, mut other) = (world(), world());
    one.waiver("a", WAIVER);
    one.waiver("b", &longer);
    other.waiver("b", WAIVER);
    other.waiver("a", &longer);
    let until = |world: &World| decided(world).next_change;
    assert_eq!(until(&one), Some("2026-11-28T00:00:00Z".parse().unwrap()));
    assert_eq!(until(&one), until(&other));
    assert_eq!(decided(&one).inputs.iter().filter(|input| input.kind == "Waiver").count(), 1);
}

#[test]
fn a_missing_fact_can_be_waived_where_a_policy_lets_it() {
    let mut world = world();
    world.licensee(
        "acme",
        &ACME.replace(
            "metrics:\n- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}\n",
            "",
        ),
    );
    world.policy("china", "{namespaces: [support], licenses: {waivable: [FigureMissing]}}");
    assert_eq!(decided(&world).verdict, Verdict::Waiting);
    world.waiver("w", &WAIVER.replace("[{code: FilingMissing, about: cn-genai-filing}]", "[{code: FigureMissing}]"));
    let decision = decided(&world);
    assert_eq!(decision.verdict, Verdict::Allowed, "{:?}", decision.weightiest());
    let from = decision.findings.iter().find_map(|f| f.waived.as_ref()).map(|waived| waived.from);
    assert_eq!(from, Some(Effect::Waits));
}

/// Codes that these manifests come to, and some that no Waiver lifts.
const LIKELY: [Reason; 8] = [
    Reason::FilingMissing,
    Reason::LicenseeMissing,
    Reason::LicenseUnknown,
    Reason::AcceptanceMissing,
    Reason::FigureMissing,
    Reason::LicenseByName,
    Reason::PlaceExcluded,
    Reason::ManifestInvalid,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever it names, and whatever a policy lets: it only ever eases, an ended one does nothing, and where pods may
    /// stand stays as it was.
    #[test]
    fn a_waiver_only_eases_and_only_until_its_end(
        codes in proptest::sample::subsequence(LIKELY.to_vec(), 1..LIKELY.len()),
        lets in proptest::sample::subsequence(LIKELY.to_vec(), 0..LIKELY.len()),
        all in any::<bool>(),
        model in proptest::sample::select(vec!["meta-llama/Llama-2-7b-chat-hf", "Qwen/Qwen3-8B", "example/unknown", "tencent/Hunyuan-A13B-Instruct"]),
        licensee in any::<bool>(),
    ) {
        let lets = if all { LIKELY.to_vec() } else { lets };
        let mut world = world();
        if !licensee {
            world.licensees.clear();
        }
        let list = |codes: &[Reason]| codes.iter().map(|r| r.code()).collect::<Vec<_>>().join(", ");
        world.policy("china", &CHINA.replace("FilingMissing", &list(&lets)));
        let spec: ModelDeploymentSpec = yaml(&BOT.replace("meta-llama/Llama-2-7b-chat-hf", model));
        let before = world.decide("support/bot", &spec);
        let named: Vec<String> = codes.iter().map(|code| format!("{{code: {code}}}")).collect();
        world.waiver("w", &WAIVER.replace("[{code: FilingMissing, about: cn-genai-filing}]", &format!("[{}]", named.join(", "))).replace("meta-llama/Llama-2-7b-chat-hf", model));
        let after = world.decide("support/bot", &spec);
        prop_assert!(after.verdict <= before.verdict);
        prop_assert_eq!(&after.places, &before.places);
        let facts = |decision: &Decision| decision.findings.iter().filter(|f| !f.reason.is_of_the_clock()).count();
        prop_assert_eq!(facts(&after), facts(&before));
        for finding in after.findings.iter().filter(|f| f.waived.is_some()) {
            prop_assert!(lets.contains(&finding.reason) && codes.contains(&finding.reason));
            prop_assert!(finding.reason.may_be_waived());
        }
        if before.verdict == Verdict::Allowed {
            prop_assert_eq!(&after, &before);
        }
        world.now = "2026-11-26T03:00:00Z".parse().unwrap();
        let ended = world.decide("support/bot", &spec);
        world.waivers.clear();
        prop_assert_eq!(ended, world.decide("support/bot", &spec));
    }
}

/// Objects of one file: facts, policy, a Waiver and the deployment.
fn file(waiver_meta: &str, waiver: &str, meta: &str) -> modelport::facts::files::Owned {
    let indent = |text: &str| text.trim().lines().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat();
    let object = |kind: &str, meta: &str, spec: &str| {
        format!("apiVersion: modelport.dev/v1alpha1\nkind: {kind}\nmetadata: {{{meta}}}\nspec:\n{}---\n", indent(spec))
    };
    let policy = "namespaces: [support]\nregions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}\nlicenses: {waivable: [FilingMissing]}";
    let text = [
        object("Licensee", "name: acme", ACME),
        object("ModelPolicy", "name: china", policy),
        object("Waiver", waiver_meta, waiver),
        object("ModelDeployment", meta, BOT),
    ];
    let mut owned = modelport::facts::files::Owned::default();
    owned.read("all.yaml", &text.concat());
    owned
}

const STORED: &str = "name: bot, namespace: support, uid: u-1";
const CREATED: &str = "name: w, creationTimestamp: \"2026-11-25T03:00:00Z\"";

fn checked(owned: &modelport::facts::files::Owned) -> modelport::cli::check::Outcome {
    let catalog = modelport::catalog::Catalog::built_in().expect("the catalogue");
    let now = "2026-11-25T04:00:00Z".parse().unwrap();
    modelport::cli::check::check_with(&owned.manifests, owned, catalog, now)
}

#[test]
fn a_file_from_a_cluster_has_a_uid_and_a_file_of_a_person_has_none() {
    let verdict = |meta: &str| {
        let owned = file(CREATED, WAIVER, meta);
        assert_eq!(owned.unreadable, []);
        checked(&owned).decisions[0].decision.verdict
    };
    assert_eq!(verdict(STORED), Verdict::Allowed);
    assert_eq!(verdict("name: bot, namespace: support"), Verdict::Refused);
}

#[test]
fn a_waiver_that_lets_nothing_pass_says_why_where_manifests_are_checked() {
    let notes = |waiver: &str, meta: &str| -> Vec<(Reason, String)> {
        let outcome = checked(&file(CREATED, waiver, meta));
        assert!(outcome.notes.iter().all(|note| note.object == "Waiver/w" && note.file == "all.yaml" && note.line > 1));
        outcome.notes.into_iter().map(|note| (note.reason, note.sentence)).collect()
    };
    assert_eq!(notes(WAIVER, STORED), [], "it lets something pass");
    let elsewhere = WAIVER.replace("name: bot", "name: other");
    assert_eq!(notes(&elsewhere, STORED), [], "it is about something that is not decided on here");
    for (from, to, meta, reason, words) in [
        ("", "", "name: bot, namespace: support", Reason::WaiverVoid, "has no UID"),
        ("uid: u-1", "uid: u-2", STORED, Reason::WaiverVoid, "was deleted and made anew"),
        (
            "Llama-2-7b",
            "Llama-3-8b",
            STORED,
            Reason::WaiverVoid,
            "the deployment's model is meta-llama/Llama-2-7b-chat-hf",
        ),
        (
            "2026-11-26T03:00:00Z",
            "2026-11-25T03:30:00Z",
            STORED,
            Reason::WaiverExpired,
            "Ended at 2026-11-25T03:30:00Z",
        ),
        ("policy: china", "policy: india", STORED, Reason::WaiverVoid, "ModelPolicy/india is not enforced"),
        ("[{code", "[{code: UserThreshold}, {code", STORED, Reason::WaiverVoid, "does not let UserThreshold be waived"),
        (
            "[{code",
            "[{code: PlaceExcluded}, {code",
            STORED,
            Reason::ManifestInvalid,
            "PlaceExcluded, which no Waiver lets pass",
        ),
        ("cn-genai-filing", "cn-labelling", STORED, Reason::WaiverInForce, "nothing that it names is found at present"),
    ] {
        let all = notes(&WAIVER.replace(from, to), meta);
        let [(code, sentence)] = all.as_slice() else { panic!("{to}: {all:?}") };
        assert_eq!(*code, reason, "{to}: {sentence}");
        assert!(sentence.contains(words), "{to}: {sentence}");
    }
    // A field of its own that is wrong is said once.
    let late = notes(&WAIVER.replace("2026-11-26T03:00:00Z", "2027-11-26T03:00:00Z"), STORED);
    assert_eq!(late.len(), 1, "{late:?}");
    // One that cannot be read is listed with what cannot be read, and counts for nothing.
    let outcome = checked(&file(CREATED, &WAIVER.replace("until: ", "untill: "), STORED));
    assert_eq!((outcome.notes.len(), outcome.unreadable.len(), outcome.exit_code()), (0, 1, 3));
    assert_eq!(outcome.decisions[0].decision.verdict, Verdict::Refused);
}

#[test]
fn of_two_waivers_in_force_only_one_without_use_is_noted() {
    let longer = WAIVER.replace("2026-11-26T03:00:00Z", "2026-11-27");
    let mut owned = file(CREATED, WAIVER, STORED);
    let indented = longer.trim().lines().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat();
    owned.read(
        "more.yaml",
        &format!("apiVersion: modelport.dev/v1alpha1\nkind: Waiver\nmetadata: {{name: v, creationTimestamp: \"2026-11-25T03:00:00Z\"}}\nspec:\n{indented}"),
    );
    let outcome = checked(&owned);
    assert_eq!(outcome.decisions[0].decision.verdict, Verdict::Allowed);
    assert_eq!(outcome.notes, [], "both let it pass, one longer than the other");
}

#[test]
fn a_waiver_of_the_cluster_that_cannot_be_read_is_noted_and_nobody_waits_for_it() {
    use modelport::facts::{Unread, snapshot::Snapshot};
    let mut owned = file(CREATED, &WAIVER.replace("name: bot", "name: other"), STORED);
    let before = checked(&owned).decisions[0].decision.clone();
    let unread =
        Unread { kind: "Waiver".into(), name: Some("old".into()), file: None, why: "missing field `reason`".into() };
    owned.add_cluster(Snapshot { unread: vec![unread], ..Snapshot::default() }, BTreeMap::new());
    let outcome = checked(&owned);
    let [note] = outcome.notes.as_slice() else { panic!("{:?}", outcome.notes) };
    assert_eq!((note.object.as_str(), note.reason), ("Waiver/old", Reason::WaiverVoid));
    assert!(
        note.sentence.contains("missing field `reason`") && note.sentence.contains("lets nothing pass"),
        "{note:?}"
    );
    assert_eq!(outcome.decisions[0].decision, before);
}
