//! The worked cases as a careful reader wrote them, held against the table that asks Modelport: verdict, remedy, licences,
//! organisation, figures, records, use and duties, field by field, so that no case is quietly made easier.

use std::collections::BTreeSet;

use modelport::{catalog::Remedy, decide::Verdict};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    worked::decide,
    worked_cases::{Case, cases},
    world::yaml,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    id: String,
    #[allow(dead_code, reason = "for the reader")]
    title: String,
    licenses: BTreeSet<String>,
    #[serde(default)]
    licensee: Map<String, Value>,
    #[serde(default)]
    metrics: Vec<Value>,
    #[serde(default)]
    deployment: Deployment,
    #[serde(default)]
    accepted: BTreeSet<String>,
    #[serde(default)]
    registered: BTreeSet<String>,
    expect: Expected,
    #[allow(dead_code, reason = "for the reader")]
    clause: String,
}

/// What is not said is ordinary.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Deployment {
    commercial: Option<Value>,
    production: Option<Value>,
    makes_available: Option<Value>,
    hosted: Option<Value>,
    role: Option<String>,
    sectors: Option<Vec<String>>,
    territories: Option<Vec<String>>,
    output_territories: Option<Vec<String>>,
    edge_devices: Option<u64>,
    keeps_provenance: Option<Value>,
    trains_on_outputs: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expected {
    verdict: String,
    remedy: Option<String>,
    #[serde(default)]
    obligations: Vec<String>,
    #[serde(default)]
    not_obligations: Vec<String>,
}

fn verdict(read: &Read) -> (Verdict, Option<Remedy>) {
    let remedy = read.expect.remedy.as_deref().map(|word| match word {
        "separate-license" => Remedy::SeparateLicense,
        "register" => Remedy::Register,
        "change-use" => Remedy::ChangeUse,
        "move-territory" => Remedy::MovePlace,
        "accept" => Remedy::Accept,
        "none" => Remedy::OtherModel,
        other => panic!("{}: {other}", read.id),
    });
    match read.expect.verdict.as_str() {
        "eligible" => (Verdict::Allowed, remedy),
        "ineligible" => (Verdict::Refused, remedy),
        "undetermined" => (Verdict::Waiting, remedy),
        other => panic!("{}: {other}", read.id),
    }
}

/// What the table says of the organisation, in the reader's words.
fn licensee(case: &Case) -> Map<String, Value> {
    let mut all: Map<String, Value> = yaml("{kind: company, seat: US}");
    if !case.licensee.is_empty() {
        all.extend(yaml::<Map<String, Value>>(case.licensee));
    }
    all
}

fn figures(metrics: &[Value]) -> BTreeSet<String> {
    let words = |metric: &Value| {
        let part = |key: &str| metric.get(key).map_or_else(String::new, |value| value.to_string().replace('"', ""));
        ["name", "scope", "period", "value", "currency"].map(part).join(" ")
    };
    metrics.iter().map(words).collect()
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

fn covered(records: Option<&Value>) -> BTreeSet<String> {
    let licenses = |record: &Value| list(record.pointer("/covers/licenses"));
    list(records).iter().flat_map(licenses).filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

fn none_is(value: &[Value]) -> Vec<Value> {
    if value.is_empty() { vec![json!("none")] } else { value.to_vec() }
}

#[test]
fn the_table_asks_what_a_careful_reader_asks_and_answers_with_the_same_words() {
    let reads: Vec<Read> = yaml(include_str!("license-cases.yaml"));
    let table = cases();
    assert_eq!(reads.len(), 32);
    for read in &reads {
        let id = &read.id;
        let case = table.iter().find(|case| case.id == *id).unwrap_or_else(|| panic!("{id} is not in the table"));
        assert_eq!((case.verdict, case.remedy), verdict(read), "{id}");
        assert_eq!(case.accepted.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>(), read.accepted, "{id}");
        let decision = decide(case);
        let of_files: BTreeSet<String> = if case.model.starts_with("hf:") {
            decision.model.licenses.iter().map(|(license, _)| license.clone()).collect()
        } else {
            [case.model.to_owned()].into()
        };
        assert_eq!(of_files, read.licenses, "{id}");

        let ours = licensee(case);
        let theirs = |key: &str, ordinary: &str| read.licensee.get(key).cloned().unwrap_or_else(|| json!(ordinary));
        for (key, ordinary) in [("kind", "company"), ("seat", "US")] {
            assert_eq!(ours.get(key), Some(&theirs(key, ordinary)), "{id} {key}");
        }
        for key in ["businessTypes", "competesWith"] {
            let said = read.licensee.get(key).map(|value| none_is(&list(Some(value))));
            assert_eq!(ours.get(key).map(|value| list(Some(value))), said, "{id} {key}");
        }
        assert_eq!(figures(&list(ours.get("metrics"))), figures(&read.metrics), "{id}");
        assert_eq!(covered(ours.get("registered")), read.registered, "{id}");
        used(id, &yaml(case.usage), &read.deployment);

        for place in read.deployment.territories.iter().flatten().filter(|_| case.verdict == Verdict::Allowed) {
            assert!(decision.places.allow(Some(place), None, None), "{id}: pods in {place}");
        }
        for duty in read
            .expect
            .obligations
            .iter()
            .map(|duty| (duty, true))
            .chain(read.expect.not_obligations.iter().map(|duty| (duty, false)))
        {
            let (duty, due) = duty;
            let holds = |owed: &&modelport::decide::Owed| match (duty.split_once(':'), duty.as_str()) {
                (Some(("display", words)), _) => owed.kind == "Display" && owed.what == format!("\"{words}\""),
                (_, "license-copy") => owed.kind == "LicenseCopy",
                (_, "pass-through") => owed.kind == "PassThrough",
                (_, "notice-file") => owed.kind == "NoticeFile",
                _ => panic!("{id}: {duty}"),
            };
            assert_eq!(
                decision.obligations.iter().filter(|owed| owed.now).any(|owed| holds(&owed)),
                due,
                "{id}: {duty}"
            );
        }
    }
}

/// Whether a field says yes, or no, as YAML reads it.
fn yes(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(answer) => Some(*answer),
        Value::String(word) => Some(word == "Yes"),
        _ => None,
    }
}

/// What the table says of the use. A field that it leaves out says nothing that the reader does not.
fn used(id: &str, usage: &Map<String, Value>, read: &Deployment) {
    let said = |answer: &Option<Value>, ordinary: bool| yes(answer.as_ref()).unwrap_or(ordinary);
    let text = |key: &str| usage.get(key).and_then(Value::as_str);
    let outside = said(&read.makes_available, true);
    assert_eq!(text("audience") != Some("internal"), outside, "{id} audience");
    if let Some(purpose) = text("purpose") {
        let commercial = ["commercial", "internal-business"].contains(&purpose);
        assert_eq!(commercial, said(&read.commercial, true), "{id} purpose");
    }
    if let Some(production) = yes(usage.get("production")) {
        assert_eq!(production, said(&read.production, true), "{id} production");
    }
    assert_eq!(yes(usage.get("hostedForThirdParties")) == Some(true), said(&read.hosted, false), "{id} hosted");
    assert_eq!(yes(usage.get("redistributesWeights")), Some(false), "{id} redistributes");
    assert_eq!(text("role"), Some(read.role.as_deref().unwrap_or("licensee")), "{id} role");
    let sectors: Vec<Value> = read.sectors.iter().flatten().map(|sector| json!(sector)).collect();
    assert_eq!(list(usage.get("sectors")), none_is(&sectors), "{id} sectors");
    assert_eq!(usage.get("edgeDevices").and_then(Value::as_u64), read.edge_devices, "{id} devices");
    assert_eq!(yes(usage.get("trainsOnOutputs")) == Some(true), read.trains_on_outputs.is_some(), "{id} trains");
    assert_eq!(usage.get("trainedModel"), read.trains_on_outputs.as_ref(), "{id} trained model");
    let kept = list(usage.get("assurances")).contains(&json!("keeps-provenance"));
    assert_eq!(kept, said(&read.keeps_provenance, false), "{id} provenance");
    // Inside, those who see what it puts out are the organisation's own people, of whom the reader says nothing.
    if outside {
        let people = read.output_territories.clone().unwrap_or_else(|| vec!["US".into()]);
        assert_eq!(list(usage.get("serves")), people.iter().map(|one| json!(one)).collect::<Vec<_>>(), "{id} people");
    }
}
