//! Cases of an examiner who did not write the engine, each with the verdict that the recorded terms dictate.

use serde::Deserialize;

use super::world::{World, yaml};

/// One case of `examiner.yaml`, which says what each field stands for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    what: String,
    model: String,
    want: String,
    usage: Option<String>,
    licensee: Option<Vec<String>>,
    #[serde(default)]
    spec: Vec<String>,
    /// Beginnings of what is owed now.
    #[serde(default)]
    owed: Vec<String>,
}

const USAGE: &str = "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No}";

const LICENSEE: [(&str, &str); 3] = [
    ("kind:", "kind: company"),
    ("seat:", "seat: US"),
    ("accepted:", "accepted: [{name: all, who: legal, when: 2026-01-01, covers: {all: Yes}}]"),
];

/// The Licensee, with what the case leaves out; `noseat` leaves the seat out.
fn licensee(lines: &[String]) -> String {
    let written = |field: &str| lines.iter().any(|line| line.starts_with(field));
    let left_out = LICENSEE.iter().filter(|(field, _)| !(written(field) || *field == "seat:" && written("noseat")));
    let said = lines.iter().map(String::as_str).filter(|line| !line.starts_with("noseat"));
    let all: Vec<&str> = ["namespaces: [lab]"].into_iter().chain(said).chain(left_out.map(|(_, line)| *line)).collect();
    all.join("\n")
}

/// What is wrong with a decision, if anything.
fn wrong(case: &Case) -> Option<String> {
    let mut world = World::at("2026-11-20");
    let repository = case.model.strip_prefix("hf:").unwrap_or("example/model");
    if !case.model.starts_with("hf:") {
        world.license("ours", &format!("{{license: {}, models: [{repository}]}}", case.model));
    }
    match case.licensee.as_deref() {
        Some([]) => {}
        lines => world.licensee("acme", &licensee(lines.unwrap_or_default())),
    }
    let of_model = case.spec.iter().filter_map(|line| line.strip_prefix("model.")).map(|line| format!(", {line}"));
    let rest: Vec<&str> = case.spec.iter().map(String::as_str).filter(|line| !line.starts_with("model.")).collect();
    let manifest = format!(
        "model: {{source: \"hf://{repository}\"{}}}\nusage: {}\n{}\n",
        of_model.collect::<String>(),
        case.usage.as_deref().unwrap_or(USAGE),
        rest.join("\n")
    );
    let decision = world.applies("lab/case", &manifest);
    let reason = decision.weightiest().map(|finding| finding.reason.to_string());
    let got = format!("{} {}", decision.verdict.word(), reason.unwrap_or_default());
    let right = case.want.contains(' ') && got == case.want || got.split(' ').next() == Some(&case.want);
    let owes =
        |words: &&String| decision.obligations.iter().any(|owed| owed.now && owed.what.starts_with(words.as_str()));
    let right = right && case.owed.iter().all(|words| owes(&words));
    let sentences: Vec<_> = decision.findings.iter().map(modelport::decide::Finding::line).collect();
    (!right)
        .then(|| format!("{} {}: wanted {}, got {got}\n  {}", case.id, case.what, case.want, sentences.join("\n  ")))
}

#[test]
fn the_examiners_cases() {
    let cases: Vec<Case> = yaml(include_str!("examiner.yaml"));
    assert!(cases.len() > 200, "all of them are read");
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
