//! `modelport scan`: pods that Modelport did not make, as files, and the table that a person reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends"
)]

use std::collections::BTreeMap;

use modelport::{
    catalog::NodePlace,
    decide::Verdict,
    facts::snapshot::Snapshot,
    report::scan::{FoundPod, Looked, Reference, Scan, Stands, judge, look},
};
use proptest::prelude::*;
use serde_json::{Value, json};

mod kit;
use kit::{ACME, catalog, golden, snapshot, today};

const FILES: &[&str] = &["vllm", "shells", "servers", "paths", "pods"];

fn pods(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/scan/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
    serde_saphyr::from_multiple(&std::fs::read_to_string(path).expect("the file")).expect("YAML")
}

/// A node named `de-1` stands in Germany; one named `unknown-1` nobody knows where.
fn place(found: &FoundPod) -> Option<NodePlace> {
    let code = found.node.as_ref()?.strip_suffix("-1").filter(|code| code.len() == 2)?;
    Some(NodePlace { country: Some(code.to_uppercase()), ..NodePlace::default() })
}

fn scan(pods: &[Value], facts: &Snapshot, licensee: &str) -> Scan {
    let mut scan = Scan::default();
    (scan.licensee, scan.pods) = (licensee.into(), pods.len());
    for pod in pods {
        match look(pod, catalog().servers()) {
            Looked::Serves(found) => {
                let place = place(&found);
                scan.add(found, place.as_ref());
            }
            Looked::Ours => scan.pods_of_modelport += 1,
            Looked::Ended | Looked::Nothing => {}
        }
    }
    let labels = BTreeMap::new();
    scan.judge(|row| {
        let country = if let Stands::In(country) = &row.place { Some(country.as_str()) } else { None };
        judge(&row.namespace, &row.workload, &row.found, country, &facts.facts(catalog(), &labels, today()))
    });
    scan
}

fn acme() -> Snapshot {
    snapshot(&[("acme", &ACME.replace("namespaces: [demo]", "namespaceSelector: {}"))], &[])
}

#[test]
fn every_server_and_every_pitfall_is_a_line_that_a_person_reads() {
    for file in FILES {
        let text = scan(&pods(file), &Snapshot::default(), "an organisation of which nothing is known").text(200);
        golden(&format!("scan/{file}.golden"), &text);
    }
}

#[test]
fn under_a_licensee_the_verdicts_are_its_own() {
    golden("scan/vllm-for-acme.golden", &scan(&pods("vllm"), &acme(), "Licensee/acme").text(200));
}

#[test]
fn no_credential_is_printed_in_any_form() {
    for file in FILES {
        let scan = scan(&pods(file), &acme(), "Licensee/acme");
        let all = format!("{}{}", scan.text(200), serde_json::to_string(&scan).unwrap());
        for secret in ["neverprinted", "nevernever", "sk-this"] {
            assert!(!all.contains(secret), "{file} prints {secret}");
        }
    }
}

#[test]
fn of_more_than_the_limit_those_that_would_be_refused_are_shown_and_the_rest_is_counted() {
    let scan = scan(&pods("pods"), &acme(), "Licensee/acme");
    assert!(scan.models.iter().any(|row| row.verdict() == Some(Verdict::Refused)));
    let text = scan.text(1);
    assert!(text.contains("Hunyuan") && !text.contains("Qwen3-8B"), "{text}");
    assert!(text.contains(&format!("{} more are not shown", scan.models.len() - 1)), "{text}");
}

#[test]
fn arguments_of_a_megabyte_are_looked_at_in_part_and_at_once() {
    let many: Vec<String> = (0..200_000).map(|i| format!("--x{i}")).collect();
    let huge = "a/".repeat(1_000_000);
    let script = "vllm serve a/b; ".repeat(50_000);
    let pod = json!({"metadata": {"name": "x"}, "spec": {"containers": [
        {"name": "a", "image": "vllm/vllm-openai", "args": many},
        {"name": "b", "image": "vllm/vllm-openai", "args": ["--model", huge]},
        {"name": "c", "image": "vllm/vllm-openai", "command": ["sh", "-c", script]},
        {"name": "d", "image": "vllm/vllm-openai", "args": ["--model", "Qwen/Qwen3-8B"]},
    ]}});
    let before = std::time::Instant::now();
    let Looked::Serves(found) = look(&pod, catalog().servers()) else { panic!("nothing was found") };
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
    assert!(found.models.iter().any(|m| m.model.words() == "Qwen/Qwen3-8B"), "{found:?}");
}

#[test]
fn where_something_asks_for_the_country_an_unknown_one_waits_and_a_known_one_decides() {
    let policy = "namespaceSelector: {}\nregions: {deny: {countries: [DE]}}";
    let facts = snapshot(&[], &[("not-germany", policy)]);
    for (node, verdict) in [("de-1", Verdict::Refused), ("sg-1", Verdict::Allowed), ("unknown-1", Verdict::Waiting)] {
        let pod = json!({"metadata": {"name": "x", "namespace": "y"}, "spec": {"nodeName": node, "containers": [
            {"name": "c", "image": "vllm/vllm-openai", "args": ["--model", "Qwen/Qwen3-8B"]}]}});
        let scan = scan(&[pod], &facts, "nobody");
        assert_eq!(scan.models[0].verdict(), Some(verdict), "{}", scan.text(9));
        let named = scan
            .text(9)
            .contains("NodeCountryUnknown: ModelPolicy/not-germany asks where pods stand (countries: not DE)");
        assert_eq!(named, verdict == Verdict::Waiting, "{}", scan.text(9));
    }
}

#[test]
fn a_policy_on_providers_is_said_not_to_be_compared() {
    let facts = snapshot(&[], &[("aws", "namespaceSelector: {}\nregions: {allow: {providers: [aws]}}")]);
    let text = scan(&pods("vllm"), &facts, "nobody").text(9);
    assert!(text.contains("not compared"), "{text}");
    assert!(!scan(&pods("vllm"), &Snapshot::default(), "nobody").text(9).contains("not compared"));
}

#[test]
fn the_spec_that_was_decided_on_says_what_was_found_and_no_more() {
    let scan = scan(&pods("vllm"), &Snapshot::default(), "an organisation of which nothing is known");
    let row = scan.models.iter().find(|row| row.workload == "sts/vision").unwrap();
    let spec = &row.would_be.as_ref().unwrap().decision.as_ref().unwrap().spec;
    let written = serde_json::to_value(spec).unwrap();
    assert_eq!(written["model"], json!({"source": "hf://Qwen/Qwen2.5-VL-3B-Instruct@main"}));
    assert_eq!(written["placement"], json!({"allow": {"countries": ["DE"]}}));
    assert_eq!(written["usage"], json!({}));
}

/// Any JSON, with the keys of a pod more often than by chance.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("metadata"),
        Just("spec"),
        Just("containers"),
        Just("initContainers"),
        Just("env"),
        Just("args"),
        Just("command"),
        Just("name"),
        Just("value"),
        Just("image"),
        Just("volumes"),
        Just("volumeMounts"),
        Just("ownerReferences"),
        Just("annotations"),
        Just("labels"),
        Just("valueFrom"),
        Just("lifecycle"),
        Just("mountPath"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 128, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A word as a command line has it.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("sh".to_owned()),
        Just("-c".to_owned()),
        Just("vllm".to_owned()),
        Just("serve".to_owned()),
        Just("--model".to_owned()),
        Just("ollama pull".to_owned()),
        Just("$(A)".to_owned()),
        Just("vllm/vllm-openai".to_owned()),
        Just("a/b".to_owned()),
        Just("--lora-modules".to_owned()),
        Just("$B ${C:-d} $(".to_owned()),
        Just("hf://a/b@c".to_owned()),
        Just("/models/a".to_owned()),
        "[-a-z/:=$(){}'\"\\\\;&|\n ]{0,60}",
    ]
}

proptest! {
    #[test]
    fn any_json_is_looked_at_and_never_panics(pod in any_json()) {
        let _ = look(&pod, catalog().servers());
    }

    #[test]
    fn any_command_line_is_read_and_never_panics(
        command in proptest::collection::vec(words(), 0..12), args in proptest::collection::vec(words(), 0..12),
    ) {
        let pod = json!({"metadata": {"name": "x", "namespace": "y"}, "spec": {"containers": [
            {"name": "c", "image": "vllm/vllm-openai", "command": command, "args": args,
             "env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "$(A)/x"}]}]}});
        let _ = scan(std::slice::from_ref(&pod), &Snapshot::default(), "nobody").text(10);
    }

    #[test]
    fn a_variable_that_is_not_on_the_list_is_never_printed(
        name in "[A-Z][A-Z_]{3,12}", script in "[a-z /-]{0,40}", shell in any::<bool>(),
    ) {
        let servers = catalog().servers();
        let listed = servers.servers.iter().any(|s| {
            [&s.model, &s.revision, &s.served, &s.adapters, &s.drafts, &s.folder, &s.settings].iter().any(|t| t.env.contains(&name))
        });
        prop_assume!(!listed);
        let secret = "zq8/wx9vm4unlisted";
        let args = if shell { json!(["sh", "-c", format!("vllm serve Qwen/Qwen3-8B; {script}")]) } else { json!([script]) };
        for image in ["vllm/vllm-openai", "ollama/ollama", "ghcr.io/huggingface/text-generation-inference:3", "x"] {
            let pod = json!({"metadata": {"name": "x", "namespace": "y"}, "spec": {"containers": [
                {"name": "c", "image": image, "args": args, "env": [{"name": name, "value": secret}]}]}});
            let scan = scan(std::slice::from_ref(&pod), &Snapshot::default(), "nobody");
            let all = format!("{}{}", scan.text(10), serde_json::to_string(&scan).unwrap());
            prop_assert!(!all.contains("unlisted"), "{}", all);
        }
    }

    #[test]
    fn a_variable_with_the_name_of_a_credential_is_never_printed_even_where_it_is_asked_for(
        name in "(HF|X|MY)_(TOKEN|SECRET|PASSWORD|API_KEY|CREDENTIALS)", form in 0..3_usize,
    ) {
        let word = [format!("$({name})"), format!("${name}"), format!("${{{name}}}")][form].clone();
        let pod = json!({"metadata": {"name": "x", "namespace": "y"}, "spec": {"containers": [
            {"name": "c", "image": "vllm/vllm-openai", "command": ["sh", "-c", format!("vllm serve {word} --revision {word} --served-model-name {word} --lora-modules a={word}")],
             "env": [{"name": name, "value": "org/plainvalue"}]}]}});
        let scan = scan(std::slice::from_ref(&pod), &Snapshot::default(), "nobody");
        let all = format!("{}{}", scan.text(10), serde_json::to_string(&scan).unwrap());
        prop_assert!(scan.models.len() == 1 && !all.contains("plainvalue"), "{}", all);
        let unread = matches!(scan.models[0].found.model, Reference::Elsewhere { .. });
        prop_assert!(unread);
    }
}
