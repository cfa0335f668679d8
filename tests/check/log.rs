//! An auditor gets all decisions of a quarter for one model from the log alone, and replays one.

use std::fs;

use modelport::{
    decide::{Request, decide},
    facts::files::Owned,
    manifest::{ModelDeployment, model_deployment::ModelDeploymentSpec},
    report::decision_log::{Decided, DecisionLog, MAX_DECIDED_BYTES},
};
use serde_json::Value;

use crate::{
    kit::{catalog, golden, instant, yaml},
    scratch::{Scratch, modelport, modelport_with},
};

const ACME: &str = "apiVersion: modelport.dev/v1alpha1
kind: Licensee
metadata: {name: acme}
spec:
  namespaces: [support, video]
  kind: company
  seat: US
  metrics:
  - {name: monthly-active-users, scope: group, period: 2023-01/2026-05, atMost: 10000000}
  accepted:
  - {name: llama, who: legal, when: 2026-01-01, until: 2026-12-31, covers: {licenses: [\"LicenseRef-llama-*\"]}}
";

const LLAMA: &str =
    "{model: {source: \"hf://meta-llama/Llama-2-7b-chat-hf\"}, usage: {audience: internal, serves: [SG]}}";
const QWEN: &str = "{model: {source: \"hf://Qwen/Qwen3-8B\"}}";

/// A log as the operator writes it: decisions of half a year, among lines of its own log.
fn log(scratch: &Scratch) -> String {
    let path = scratch.file("decisions.log", "{\"level\":\"INFO\",\"message\":\"started\"}\nnot JSON at all\n");
    let sink = DecisionLog::open(&path).expect("a log");
    let mut owned = Owned::default();
    owned.read("acme.yaml", ACME);
    let mut times = Vec::new();
    for (time, namespace, name, spec) in [
        ("2026-06-30T23:59:59Z", "support", "bot", LLAMA),
        ("2026-07-01T00:00:00Z", "support", "bot", LLAMA),
        ("2026-08-15T10:00:00Z", "video", "small", QWEN),
        ("2026-09-30T23:59:59Z", "lab", "other", LLAMA),
        ("2026-10-01T00:00:00Z", "support", "bot", LLAMA),
    ] {
        let labels = owned.labels(namespace);
        let spec: ModelDeploymentSpec = yaml(spec);
        let facts = owned.facts("", instant(time), catalog(), &labels);
        let decision = decide(&Request { namespace, name, uid: None, spec: &spec }, &facts);
        let mut object = ModelDeployment::new(name, spec.clone());
        object.metadata.namespace = Some(namespace.into());
        sink.reconcile(&object, &decision);
        times.push(time);
    }
    // The log's clock is the real one; the story's is put in its place.
    let mut times = times.into_iter();
    let lines = fs::read_to_string(&path)
        .expect("read")
        .lines()
        .map(|line| {
            let Ok(mut value) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
            if value["log"] == "decision" {
                value["time"] = times.next().expect("a time").into();
            }
            value.to_string()
        })
        .collect::<Vec<_>>()
        .join("\n");
    scratch.file("decisions.log", &format!("{lines}\n"))
}

const QUARTER: [&str; 4] = ["--from", "2026-07-01", "--until", "2026-09-30"];

#[test]
fn an_auditor_gets_all_decisions_of_a_quarter_for_one_model_and_replays_one() {
    let scratch = Scratch::new("audit");
    let (log, facts) = (log(&scratch), scratch.file("facts/acme.yaml", ACME));
    let mut args = vec!["decisions", "-f", log.as_str(), "--model", "Llama-2-7b-chat-hf"];
    args.extend(QUARTER);
    let table = modelport(&args);
    assert_eq!(table.code, 0, "{table:?}");
    golden("check/decisions.txt", &table.out);
    args.extend(["-o", "json"]);
    let lines = modelport(&args);
    let records: Vec<&str> = lines.out.lines().collect();
    assert_eq!(records.len(), 2, "the first and the last second of the quarter, and nothing beside it");
    let answer = modelport_with(&["check", "-f", &facts, "--replay", "-"], records[0]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("same decision: id "), "{}", answer.out);
    let all = modelport_with(&["check", "-f", &facts, "--replay", "-"], &lines.out);
    assert_eq!((all.code, all.out.lines().count()), (0, 2), "{all:?}");
}

#[test]
fn pieces_of_lines_are_counted_and_said_and_never_taken_for_other_lines() {
    let scratch = Scratch::new("cut");
    let path = log(&scratch);
    let text = fs::read_to_string(&path).expect("read");
    let whole = text.lines().filter(|line| line.contains("\"log\":\"decision\"")).count();
    let last = text.trim_end().rsplit('\n').next().expect("a line");
    let half = last.len() / 2;
    for (what, piece) in [
        ("the end of a line, as a rotated file begins", &last[half..]),
        ("the beginning, as a full disk leaves it", &last[..half]),
        ("the first bytes that the operator writes", "{\"log\":\"decision\",\"ti"),
    ] {
        let cut = scratch.file("cut.log", &format!("{piece}\n{text}"));
        let table = modelport(&["decisions", "-f", &cut]);
        assert_eq!(table.code, 3, "{what}: {table:?}");
        let count =
            format!("{whole} of {whole} decisions; 1 line of decisions is cut off or damaged, and not among them");
        assert!(table.out.contains(&count), "{what}: {}", table.out);
        let json = modelport(&["decisions", "-f", &cut, "-o", "json"]);
        assert_eq!(json.out.lines().count(), whole, "{what}");
        assert!(json.err.contains("1 line of decisions is cut off or damaged; not listed"), "{what}: {}", json.err);
        let replay = modelport(&["check", "--replay", &cut]);
        assert_eq!(replay.code, 3);
        assert!(replay.err.contains("1 line of decisions is cut off or damaged"), "{what}: {}", replay.err);
    }
    let foreign = scratch
        .file("own.log", &format!("{{\"level\":\"INFO\",\"message\":\"a decision, \nnot JSON {{ at all\n{text}"));
    assert_eq!(modelport(&["decisions", "-f", &foreign]).code, 0, "what is no piece of a decision is passed over");
}

#[test]
fn a_decision_that_a_waiver_lets_pass_says_until_when_and_by_whom() {
    let scratch = Scratch::new("waived");
    let line = r#"{"log":"decision","time":"2026-11-24T03:10:00Z","namespace":"chat","name":"bot","reason":"VerdictEnds",
        "decision":{"id":"0123456789ab","verdict":"Allowed","findings":[{"reason":"VerdictEnds","effect":"Warns"},
        {"reason":"UserThreshold","effect":"Warns","waived":{"waiver":"w","by":"counsel@acme.example","reason":"mail",
        "until":"2026-12-01T03:10:00Z","from":"Refuses"}}]}}"#;
    let log = scratch.file("waived.log", &format!("{}\n", line.replace('\n', "")));
    let table = modelport(&["decisions", "-f", &log]);
    let text = table.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "VerdictEnds; UserThreshold waived until 2026-12-01T03:10:00Z by counsel@acme.example";
    assert!(text.contains(said), "{table:?}");
}

#[test]
fn a_replay_on_other_facts_lists_what_differs() {
    let scratch = Scratch::new("differs");
    let log = log(&scratch);
    let facts = scratch.file("facts/acme.yaml", &ACME.replace("atMost: 10000000", "atLeast: 800000000"));
    let lines = modelport(&["decisions", "-f", &log, "--deployment", "support/bot", "-o", "json"]);
    let record = scratch.file("record.json", lines.out.lines().next().expect("a line"));
    let answer = modelport(&["check", "-f", &facts, "--replay", &record, "-o", "json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(json[0]["verdictThen"], "Allowed");
    assert_eq!(json[0]["verdictNow"], "Refused");
    assert_eq!(json[0]["inputs"][0]["object"], "Licensee/acme");
    assert_ne!(json[0]["inputs"][0]["then"], json[0]["inputs"][0]["now"]);
    let text = modelport(&["check", "-f", &facts, "--replay", &record]);
    assert!(
        text.out.contains("Licensee/acme") && text.out.contains("Newly found: Refuses UserThreshold"),
        "{}",
        text.out
    );
    // Without the facts of then.
    let answer = modelport(&["check", "--replay", &record, "-o", "json"]);
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!((answer.code, &json[0]["inputs"][0]["now"]), (1, &Value::Null));
}

#[test]
fn a_record_is_decided_for_its_own_time() {
    let scratch = Scratch::new("time");
    let (log, facts) = (log(&scratch), scratch.file("facts/acme.yaml", ACME));
    let lines =
        modelport(&["decisions", "-f", &log, "--deployment", "support/*", "--from", "2026-10-01", "-o", "json"]);
    let record = lines.out.trim();
    assert_eq!(modelport_with(&["check", "-f", &facts, "--replay", "-"], record).code, 0);
    let mut later: Value = serde_json::from_str(record).expect("JSON");
    later["time"] = "2027-02-01T00:00:00Z".into();
    later["decision"]["nextChange"] = Value::Null;
    let answer = modelport_with(&["check", "-f", &facts, "--replay", "-"], &later.to_string());
    assert_eq!(answer.code, 1, "the acceptance ended with 2026: {answer:?}");
}

#[test]
fn a_record_without_its_manifest_needs_it_and_says_so() {
    let scratch = Scratch::new("without");
    let (log, facts) = (log(&scratch), scratch.file("facts/acme.yaml", ACME));
    let lines = modelport(&["decisions", "-f", &log, "--deployment", "video/small", "-o", "json"]);
    let mut record: Value = serde_json::from_str(lines.out.trim()).expect("one line");
    record.as_object_mut().expect("an object").remove("decided");
    let answer = modelport_with(&["check", "-f", &facts, "--replay", "-"], &record.to_string());
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("modelport check -f MANIFEST -f FACTS --replay RECORD"), "{}", answer.err);
    let manifest = scratch.file("small.yaml", &format!("apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: small, namespace: video}}\nspec: {QWEN}\n"));
    let answer = modelport_with(&["check", "-f", &manifest, "-f", &facts, "--replay", "-"], &record.to_string());
    assert_eq!(answer.code, 0, "{answer:?}");
    for broken in ["", "{}", "{\"log\":\"decision\"}", "{\"log\":\"decision\", ", "nonsense"] {
        let answer = modelport_with(&["check", "-f", &facts, "--replay", "-"], broken);
        assert_eq!(answer.code, 3, "{broken}: {answer:?}");
    }
}

#[test]
fn what_is_allowed_and_warned_about_by_nothing_has_the_reason_allowed() {
    let scratch = Scratch::new("reason");
    let lines = modelport(&["decisions", "-f", &log(&scratch), "--verdict", "allowed", "-o", "json"]);
    let reasons: Vec<Value> =
        lines.out.lines().map(|l| serde_json::from_str::<Value>(l).expect("JSON")["reason"].clone()).collect();
    assert!(reasons.contains(&Value::from("Allowed")), "{reasons:?}");
    assert!(!reasons.contains(&Value::Null) && !reasons.contains(&Value::from("")), "{reasons:?}");
}

#[test]
fn what_may_hold_a_credential_or_has_no_end_is_not_logged() {
    let object = |model: &str| ModelDeployment::new("m", yaml(&format!("{{model: {model}}}")));
    assert!(Decided::of(&object("{source: \"hf://Qwen/Qwen3-8B\"}")).is_some());
    assert!(Decided::of(&object("{source: \"oci://registry.example/a@sha256:0123\"}")).is_none(), "it cannot be read");
    assert!(Decided::of(&object("{source: \"https://files.example/a?X-Amz-Signature=secret\"}")).is_none());
    assert!(Decided::of(&object("{source: \"https://user:secret@files.example/a\"}")).is_none());
    assert!(
        Decided::of(&object("{source: \"hf://Qwen/Qwen3-8B\", adapters: [\"https://user:secret@x/y\"]}")).is_none()
    );
    let long = "x".repeat(MAX_DECIDED_BYTES);
    assert!(Decided::of(&object(&format!("{{source: \"hf://Qwen/Qwen3-8B\", servedName: {long}}}"))).is_none());
}

#[test]
fn the_logs_of_two_replicas_are_one_table_by_time() {
    let scratch = Scratch::new("replicas");
    let whole = fs::read_to_string(log(&scratch)).expect("a log");
    let lines: Vec<&str> = whole.lines().filter(|line| line.contains("\"decision\"")).collect();
    let of = |pod: &str, nth: usize| {
        let own = lines.iter().skip(nth).step_by(2).map(|line| format!("[pod/{pod}/operator] {line}\n"));
        own.collect::<String>()
    };
    let both = scratch.file("both.log", &(of("b", 1) + &of("a", 0)));
    let answer = modelport(&["decisions", "-f", &both]);
    let days: Vec<&str> =
        answer.out.lines().filter_map(|line| line.get(..10)).filter(|day| day.starts_with("2026")).collect();
    assert_eq!(days, ["2026-06-30", "2026-07-01", "2026-08-15", "2026-09-30", "2026-10-01"], "{}", answer.out);
}
