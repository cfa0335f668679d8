//! The catalogue printed, and two versions of it compared: an upgrade with a corrected licence lists who is touched.

use serde_json::Value;

use crate::{
    kit::{catalog, golden},
    scratch::{Scratch, modelport, modelport_with},
};

const BOT: &str = "apiVersion: modelport.dev/v1alpha1
kind: ModelDeployment
metadata: {name: bot, namespace: lab}
spec: {model: {source: \"hf://meta-llama/Llama-3.1-8B-Instruct\"}, usage: {audience: internal, serves: [SG]}}
---
apiVersion: modelport.dev/v1alpha1
kind: ModelDeployment
metadata: {name: small, namespace: lab}
spec: {model: {source: \"hf://Qwen/Qwen3-8B\"}}
---
apiVersion: modelport.dev/v1alpha1
kind: Licensee
metadata: {name: acme}
spec:
  namespaces: [lab]
  kind: company
  metrics:
  - {name: monthly-active-users, scope: group, period: 2023-01/2026-10, value: 500000000}
  - {name: monthly-active-users, scope: group, period: 2024-06, value: 500000000}
  accepted:
  - {name: llama, who: legal, when: 2026-01-01, covers: {licenses: [\"LicenseRef-llama-*\"]}}
";

fn licenses() -> Vec<Value> {
    let answer = modelport(&["catalog", "licenses", "-o", "json"]);
    assert_eq!(answer.code, 0);
    serde_json::from_str(&answer.out).expect("JSON")
}

fn entry<'a>(all: &'a mut [Value], id: &str) -> &'a mut Value {
    all.iter_mut().find(|entry| entry["id"] == id).expect("the entry")
}

#[test]
fn every_licence_is_printed_for_a_person_and_for_a_program() {
    for license in catalog().licenses() {
        let hash = catalog().license_hash(&license.id).expect("a hash");
        let page = modelport::catalog::print::license(license, hash);
        assert!(page.contains(hash), "{}", license.id);
        for condition in &license.conditions {
            let first: String = condition.sentence.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
            assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(&first), "{}: {first}", license.id);
        }
    }
    let json = modelport(&["catalog", "licenses", "LicenseRef-llama-2", "-o", "json"]);
    let yaml = modelport(&["catalog", "licenses", "licenseref-LLAMA-2", "-o", "yaml"]);
    let mut json: Value = serde_json::from_str(&json.out).expect("JSON");
    let hash = json.as_object_mut().and_then(|entry| entry.remove("entrySha256"));
    assert_eq!(hash, catalog().license_hash("LicenseRef-llama-2").map(Value::from), "a review names it");
    let yaml: Value = serde_saphyr::from_str(&yaml.out).expect("YAML");
    assert_eq!(json, yaml, "case does not matter");
    for part in ["licenses", "rules", "places", "groups", "accelerators", "engines", "sectors", "policy"] {
        let answer = modelport(&["catalog", part, "-o", "json"]);
        assert_eq!(answer.code, 0, "{part}: {answer:?}");
        serde_json::from_str::<Value>(&answer.out).expect("JSON");
    }
    for part in ["licenses", "places"] {
        let answer = modelport(&["catalog", part, "no-such-entry"]);
        assert_eq!(answer.code, 3, "{part}");
        assert!(answer.err.contains(&format!("modelport catalog {part}")), "{}", answer.err);
    }
}

#[test]
fn the_same_catalogue_differs_in_nothing() {
    let scratch = Scratch::new("same");
    let old = scratch.file("old.json", &serde_json::to_string(&licenses()).expect("JSON"));
    let bot = scratch.file("bot.yaml", BOT);
    let answer = modelport(&["catalog", "diff", &old, "-f", &bot, "--at", "2026-11-24"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.starts_with("No licence differs."), "{}", answer.out);
    let yaml = scratch.file("old.yaml", &modelport(&["catalog", "licenses", "-o", "yaml"]).out);
    assert!(modelport(&["catalog", "diff", &yaml]).out.starts_with("No licence differs."));
}

#[test]
fn an_upgrade_with_a_corrected_licence_lists_who_is_touched() {
    let scratch = Scratch::new("upgrade");
    let mut all = licenses();
    let old = scratch.file("old.json", &serde_json::to_string(&all).expect("JSON"));
    let threshold = |entry: &mut Value, value: u64| {
        let conditions = entry["conditions"].as_array_mut().expect("conditions");
        let mut tests = conditions.iter_mut().flat_map(|c| c["when"]["allOf"].as_array_mut().into_iter().flatten());
        let metric = tests.find_map(|atom| atom.get_mut("metric")).expect("a metric");
        metric["value"] = value.into();
    };
    threshold(entry(&mut all, "LicenseRef-llama-3.1"), 400_000_000);
    all.retain(|entry| entry["id"] != "LicenseRef-llama-2");
    entry(&mut all, "Apache-2.0")["notes"] = "read once more".into();
    let new = scratch.file("new.json", &serde_json::to_string(&all).expect("JSON"));
    let answer = modelport_with(&["catalog", "diff", &old, &new, "-f", "-", "--at", "2026-11-24"], BOT);
    assert_eq!(answer.code, 1, "a verdict is worse: {answer:?}");
    golden("check/diff.txt", &answer.out);
    assert!(answer.out.lines().all(|line| line.chars().count() <= 100), "{}", answer.out);
    let json = modelport_with(&["catalog", "diff", &old, &new, "-f", "-", "--at", "2026-11-24", "-o", "json"], BOT);
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["removed"], serde_json::json!(["LicenseRef-llama-2"]));
    assert_eq!(json["deployments"][0]["then"], "Allowed");
    assert_eq!(json["deployments"][0]["now"], "Refused");
    assert_eq!(json["deployments"][1]["deployment"], "lab/small", "it uses Apache-2.0, and keeps its verdict");
    let back = modelport_with(&["catalog", "diff", &new, &old, "-f", "-", "--at", "2026-11-24"], BOT);
    assert_eq!(back.code, 0, "what gets better is no reason to stop: {back:?}");
    assert!(back.out.contains("added    LicenseRef-llama-2"), "{}", back.out);
}

#[test]
fn what_is_no_catalogue_is_said_so() {
    let scratch = Scratch::new("nocat");
    for text in ["", "{}", "[1]", "[{\"id\": \"a\"}, {\"id\": \"a\"}]", "nonsense: ["] {
        let file = scratch.file("x.json", text);
        let answer = modelport(&["catalog", "diff", &file]);
        assert_eq!(answer.code, 3, "{text}: {answer:?}");
    }
    // Fields that this version does not know are compared, and not decided by.
    let mut all = licenses();
    all[0]["fieldOfTomorrow"] = 1.into();
    let file = scratch.file("newer.json", &serde_json::to_string(&all).expect("JSON"));
    let answer = modelport(&["catalog", "diff", &file]);
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("fieldOfTomorrow (gone)"), "{}", answer.out);
    let answer = modelport_with(&["catalog", "diff", &file, "-f", "-"], BOT);
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("leave out -f"), "{}", answer.err);
}

#[test]
fn a_preset_is_printed_as_an_object_that_checks_once_its_namespaces_are_named() {
    let all = modelport(&["catalog", "policies"]);
    assert_eq!(all.code, 0);
    // What goes on in the next line is indented.
    let begun = all.out.lines().filter(|line| !line.starts_with(' ')).count();
    assert_eq!(begun, catalog().company_policies().len());
    assert!(all.out.lines().all(|line| line.chars().count() <= 100), "{}", all.out);
    for preset in catalog().company_policies() {
        let one = modelport(&["catalog", "policies", &preset.id, "-o", "yaml"]);
        assert_eq!(one.code, 0, "{}", preset.id);
        let remarks: Vec<&str> = one.out.lines().map_while(|line| line.strip_prefix("# ")).map(str::trim).collect();
        assert!(remarks.join(" ").starts_with(&preset.text), "{}", one.out);
        let named = one.out.replace("NAME-THE-NAMESPACES", "lab");
        let json = modelport(&["catalog", "policies", &preset.id, "-o", "json"]);
        let read: Value = serde_saphyr::from_str(&one.out).expect("YAML");
        assert_eq!(read, serde_json::from_str::<Value>(&json.out).expect("JSON"));
        let folder = Scratch::new(&format!("preset-{}", preset.id));
        folder.file("all.yaml", &format!("{BOT}---\n{named}"));
        let checked = modelport(&["check", "-f", &folder.path()]);
        assert!(!checked.out.contains("Invalid") && checked.code <= 2, "{}: {}{}", preset.id, checked.out, checked.err);
    }
}

#[test]
fn an_entry_that_nobody_read_counts_once_the_object_that_is_printed_for_it_is_signed() {
    let folder = Scratch::new("confirm");
    let deployment = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: m, namespace: lab}\nspec:\n  \
                      model: {source: \"hf://tiiuae/Falcon3-7B-Instruct\"}\n  \
                      usage: {audience: internal, sectors: [military], purpose: research}\n";
    folder.file("m.yaml", deployment);
    let waits = modelport(&["check", "-f", &folder.path()]);
    assert!(waits.out.contains("LicenseUnverified"), "{}", waits.out);
    let id = "LicenseRef-falcon-llm-2.0";
    let printed = modelport(&["catalog", "licenses", id, "--confirm"]);
    assert!(
        waits
            .out
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains(&format!("catalog licenses {id} --confirm"))
    );
    folder.file("license.yaml", &printed.out);
    let unsigned = modelport(&["check", "-f", &folder.path()]);
    assert_eq!(unsigned.code, 3, "{}", unsigned.out);
    let signed =
        printed.out.replace("by: null", "by: legal@acme.example").replace("date: null", "date: \"2026-11-24\"");
    folder.file("license.yaml", &signed);
    let banned = modelport(&["check", "-f", &folder.path()]);
    assert!(banned.code == 1 && banned.out.contains("SectorExcluded"), "{}", banned.out);
    // Who read that the policy bans no military use takes the word out.
    folder.file("license.yaml", &signed.replace("            - military\n", ""));
    let read = modelport(&["check", "-f", &folder.path()]);
    assert_eq!(read.code, 0, "{}", read.out);
}

#[test]
fn an_accelerator_that_no_table_has_is_said_of_the_policy() {
    let folder = Scratch::new("unknown-accelerator");
    let policy = "apiVersion: modelport.dev/v1alpha1
kind: ModelPolicy
metadata: {name: chips}
spec: {namespaces: [lab], regions: {accelerators: {deny: {ids: [nvidia-t5]}}}}
";
    folder.file("all.yaml", &format!("{BOT}---\n{policy}"));
    let checked = modelport(&["check", "-f", &folder.path()]);
    assert!(checked.out.contains("spec.regions.accelerators.deny.ids[0]"), "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("The nearest known one is nvidia-t4."), "{}", checked.out);
}
