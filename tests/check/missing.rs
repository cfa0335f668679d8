//! What is missing, as YAML with blanks: unfilled it changes nothing, filled in the findings go away.

use std::collections::BTreeSet;

use modelport::{
    cli::{check, licensee},
    decide::{Effect, Verdict},
    facts::files::Owned,
    manifest::{
        Reason,
        condition::{Kind, Truth, condition},
    },
    report::{explain_text, needs::Paste},
};
use serde_json::Value;

use crate::{
    kit::{catalog, golden, today},
    scratch::{Scratch, modelport},
};

/// Uses that make licences ask for different things.
const USES: [&str; 3] = [
    "{}",
    "{audience: public, serves: [US], purpose: commercial, production: \"Yes\", hostedForThirdParties: \"No\"}",
    "{audience: internal, serves: [SG], purpose: internal-business}",
];

/// What the Licensee could say.
const ASKED_OF_THE_LICENSEE: [Reason; 7] = [
    Reason::LicenseeMissing,
    Reason::LicenseeIncomplete,
    Reason::FigureMissing,
    Reason::SeatMissing,
    Reason::AcceptanceMissing,
    Reason::RegistrationMissing,
    Reason::FilingMissing,
];

fn manifest(license: &str, usage: &str) -> String {
    format!(
        "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: m, namespace: lab}}\nspec:\n  \
         model: {{source: \"hf://example/model\"}}\n  usage: {usage}\n---\n\
         apiVersion: modelport.dev/v1alpha1\nkind: ModelLicense\nmetadata: {{name: ours}}\nspec: {{license: {license}, models: [example/model]}}\n"
    )
}

fn read(texts: &[&str]) -> Owned {
    let mut owned = Owned::default();
    for (i, text) in texts.iter().enumerate() {
        owned.read(&format!("{i}.yaml"), text);
    }
    owned
}

/// A person fills in the blanks.
pub fn fill(yaml: &str) -> String {
    let mut out = String::new();
    let mut comments = String::new();
    for (i, line) in yaml.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            comments.push_str(trimmed);
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let (field, comment) = line.split_once(" # ").unwrap_or((line, ""));
        let field = field.trim_end();
        let key = field.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
        let blank = field.ends_with(':') && (!comment.is_empty() || ["purpose", "license"].contains(&key));
        let filled = match (key, field.strip_suffix(" []")) {
            ("serves", Some(field)) => format!("{field} [\"SG\"]"),
            ("licenses", Some(field)) => {
                format!("{field} {}", comment.split_inclusive(']').next().unwrap_or_default())
            }
            (_, Some(field)) => format!("{field} [none]"),
            ("kind", None) if blank => format!("{field} company"),
            ("seat", None) if blank => format!("{field} \"SG\""),
            ("framework", None) if blank => format!("{field} other"),
            ("value" | "edgeDevices" | "outputTokensPerMonth", None) if blank => format!("{field} 0"),
            ("asOf" | "when", None) if blank => format!("{field} \"2026-11-02\""),
            ("name", None) if blank => format!("{field} n{i}"),
            ("who" | "source" | "reference", None) if blank => format!("{field} legal"),
            ("license", None) if blank => {
                let first = comment.trim_start_matches("one of ").split(", ").next().unwrap_or_default();
                format!("{field} {}", if comment.starts_with("one of") { first } else { "Apache-2.0" })
            }
            ("audience", None) if blank => format!("{field} internal"),
            ("purpose", None) if blank => format!("{field} evaluation"),
            ("role", None) if blank => format!("{field} licensee"),
            _ if blank => format!("{field} \"No\""),
            _ => field.to_owned(),
        };
        out.push_str(&filled);
        out.push('\n');
    }
    out
}

/// Merges what is pasted into the manifest's own document, as a person does in an editor.
pub fn merge(into: &mut Value, part: Value) {
    match (into, part) {
        (Value::Object(into), Value::Object(part)) => {
            for (key, value) in part {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        // Into a list of records or figures, not over a list of words.
        (Value::Array(into), Value::Array(part)) if part.first().is_some_and(Value::is_object) => into.extend(part),
        (into, part) => *into = part,
    }
}

fn pasted(text: &str, pastes: &[Paste], fill: impl Fn(&str) -> String) -> Owned {
    let mut documents: Vec<Value> = serde_saphyr::from_multiple(text).expect("YAML");
    let mut more = Vec::new();
    for paste in pastes {
        let yaml = fill(&paste.yaml);
        if paste.object.starts_with("ModelDeployment") {
            merge(&mut documents[0], serde_saphyr::from_str(&yaml).unwrap_or_else(|e| panic!("{e}\n{yaml}")));
        } else {
            assert!(
                yaml.starts_with("apiVersion") || yaml.starts_with('#'),
                "a whole object where there is none: {yaml}"
            );
            more.push(yaml);
        }
    }
    let mut texts: Vec<String> = documents.iter().map(|d| serde_json::to_string(d).expect("JSON")).collect();
    texts.extend(more);
    read(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn what_is_pasted_and_filled_in_makes_its_findings_go_away_for_every_licence() {
    let mut kinds = BTreeSet::new();
    for license in catalog().licenses() {
        for usage in USES {
            let text = manifest(&license.id, usage);
            let owned = read(&[&text]);
            let outcome = check::explain_with(&owned.manifests, &owned, catalog(), today());
            let checked = &outcome.decisions[0];
            let unfilled = pasted(&text, &checked.missing, str::to_owned);
            let again = check::check_with(&unfilled.manifests, &unfilled, catalog(), today());
            if !checked.missing.is_empty() {
                assert_ne!(again.exit_code(), 0, "{} {usage}: blanks say nothing", license.id);
            }
            let filled = pasted(&text, &checked.missing, fill);
            assert_eq!(filled.unreadable, [], "{} {usage}: {:#?}", license.id, checked.missing);
            let again = check::check_with(&filled.manifests, &filled, catalog(), today());
            let left: Vec<&str> = again.decisions[0]
                .decision
                .findings
                .iter()
                .filter(|f| f.effect <= Effect::Waits)
                .filter(|f| ASKED_OF_THE_LICENSEE.contains(&f.reason) || f.reason == Reason::DeclarationMissing)
                .map(|f| f.sentence.as_str())
                .collect();
            // What the author declares can make a licence ask for more; that is asked next.
            let declared = checked.missing.iter().any(|paste| paste.object.starts_with("ModelDeployment"));
            assert!(left.is_empty() || declared, "{} {usage}: {left:#?}\n{:#?}", license.id, checked.missing);
            kinds.extend(checked.missing.iter().map(|p| p.object.split([' ', '/']).next().unwrap_or("").to_owned()));
        }
    }
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["Licensee", "ModelDeployment"], "both kinds were asked for somewhere");
}

#[test]
fn a_licensee_of_blanks_filled_in_settles_all_that_is_asked_of_it_for_every_licence() {
    let mut allowed = 0;
    for license in catalog().licenses() {
        for usage in USES {
            let text = manifest(&license.id, usage);
            let blanks = licensee::document(&read(&[&text]), catalog(), today(), "acme");
            let owned = read(&[&text, &fill(&blanks)]);
            assert_eq!(owned.unreadable, [], "{}: {blanks}", license.id);
            let outcome = check::check_with(&owned.manifests, &owned, catalog(), today());
            let decision = &outcome.decisions[0].decision;
            let asks = |f: &&modelport::decide::Finding| {
                f.effect <= Effect::Waits && ASKED_OF_THE_LICENSEE.contains(&f.reason)
            };
            let left: Vec<String> = decision.findings.iter().filter(asks).map(|f| f.sentence.clone()).collect();
            assert_eq!(left, Vec::<String>::new(), "{} {usage}:\n{blanks}", license.id);
            allowed += usize::from(decision.verdict == Verdict::Allowed);
        }
    }
    assert!(allowed > 150, "{allowed} are allowed once the Licensee is filled in");
}

#[test]
fn the_licensee_of_the_examples_is_asked_for_just_what_they_need() {
    let answer = modelport(&[
        "licensee",
        "init",
        "-f",
        "tests/check/files/deployments.yaml",
        "--name",
        "acme",
        "--at",
        "2026-11-24",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    golden("check/licensee.txt", &answer.out);
    assert!(answer.out.lines().all(|line| line.chars().count() <= 100), "{}", answer.out);
    let scratch = Scratch::new("init");
    let bot = manifest("LicenseRef-llama-3.1", "{audience: internal, serves: [SG]}");
    let manifest = scratch.file("bot.yaml", &bot);
    let blanks = modelport(&["licensee", "init", "-f", &manifest]).out;
    let facts = scratch.file("facts/unfilled.yaml", &blanks);
    assert_eq!(modelport(&["check", "-f", &manifest, "--licensee", &facts]).code, 3, "blanks cannot be read");
    let facts = scratch.file("facts/filled.yaml", &fill(&blanks));
    let answer = modelport(&["check", "-f", &manifest, "--licensee", &facts]);
    assert_eq!(answer.code, 0, "{answer:?}");
}

#[test]
fn a_licensee_that_is_there_is_not_asked_for_again() {
    let answer = modelport(&["licensee", "init", "-f", "tests/check/files", "--at", "2026-11-24"]);
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("support/bot"), "{}", answer.out);
    assert!(!answer.out.contains("- support\n"), "{}", answer.out);
    let nothing = Scratch::new("nothing");
    assert_eq!(modelport(&["licensee", "init", "-f", &nothing.path()]).code, 3);
}

#[test]
fn a_namespace_that_yaml_would_read_as_something_else_is_quoted() {
    let text = manifest("LicenseRef-llama-3.1", "{}").replace("namespace: lab", "namespace: \"no\"");
    let blanks = licensee::document(&read(&[&text]), catalog(), today(), "on");
    let owned = read(&[&text, &fill(&blanks)]);
    assert_eq!(owned.unreadable, [], "{blanks}");
    assert_eq!(check::check_with(&owned.manifests, &owned, catalog(), today()).exit_code(), 0, "{blanks}");
}

/// Where a Licensee is there already, only the part to merge in is printed.
#[test]
fn what_a_licensee_lacks_is_printed_as_the_part_to_merge_in() {
    let outcome = {
        let text = manifest("LicenseRef-llama-3.1", USES[1]);
        let acme = "apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: acme}\nspec: {namespaces: [lab], kind: company}\n";
        let owned = read(&[&text, acme]);
        check::explain_with(&owned.manifests, &owned, catalog(), today())
    };
    let [paste] = outcome.decisions[0].missing.as_slice() else { panic!("one object") };
    assert_eq!(paste.object, "Licensee/acme");
    assert!(paste.yaml.starts_with("spec:\n  metrics:\n"), "{}", paste.yaml);
    assert!(paste.yaml.contains("period: \"2024-06\""), "{}", paste.yaml);
    let steps = &outcome.decisions[0].terms;
    let threshold = steps.iter().find(|step| step.outcome == "waits").expect("the threshold");
    assert!(threshold.questions.iter().any(|q| q.source == "Licensee/acme metrics" && q.value == "not recorded"));
}

#[test]
fn every_term_of_every_licence_is_shown_with_its_questions_and_what_it_came_to() {
    let mut outcomes = BTreeSet::new();
    for license in catalog().licenses() {
        for usage in USES {
            let text = manifest(&license.id, usage);
            let owned = read(&[&text]);
            let outcome = check::explain_with(&owned.manifests, &owned, catalog(), today());
            let checked = &outcome.decisions[0];
            let layers = checked.decision.model.licenses.iter().filter_map(|(id, _)| catalog().license(id));
            let terms: usize = layers.map(|license| license.conditions.len()).sum();
            assert_eq!(checked.terms.len(), terms, "{}", license.id);
            for step in &checked.terms {
                assert!(!step.questions.is_empty(), "{} {}", license.id, step.condition);
                for question in &step.questions {
                    assert!(!question.asks.is_empty() && !question.value.is_empty() && !question.source.is_empty());
                }
                outcomes.insert(step.outcome);
            }
            let refused = checked.terms.iter().any(|step| step.outcome == "refused");
            assert!(!refused || checked.decision.verdict == Verdict::Refused, "{} {usage}", license.id);
        }
    }
    for outcome in ["refused", "waits", "pass", "owed"] {
        assert!(outcomes.contains(outcome), "{outcomes:?}");
    }
}

#[test]
fn the_page_says_whether_the_status_holds_the_same_decision() {
    let owned = read(&[&manifest("Apache-2.0", "{}")]);
    let decision = &check::check_with(&owned.manifests, &owned, catalog(), today()).decisions[0].decision;
    let page = |stored: Option<&str>| {
        let status = modelport::manifest::status::ModelDeploymentStatus {
            decision: stored.map(str::to_owned),
            verdict: stored.map(|_| "Refused".to_owned()),
            ..Default::default()
        };
        let around = explain_text::around("lab", "m", decision, &status);
        explain_text::explain(decision, &around)
    };
    assert!(page(Some(decision.short_id())).contains("the same as the status holds"));
    assert!(page(Some("00000000")).contains("holds decision 00000000 (Refused)"));
    assert!(page(None).contains("holds no decision yet"));
}

#[test]
fn the_page_says_where_a_model_serves_only_while_it_does() {
    let owned = read(&[&manifest("Apache-2.0", "{}")]);
    let decision = &check::check_with(&owned.manifests, &owned, catalog(), today()).decisions[0].decision;
    let page = |truth, reason, message| {
        let ready = condition(Kind::Ready.word(), truth, reason, message, Some(1), &[], today());
        let status = modelport::manifest::status::ModelDeploymentStatus {
            endpoint: Some("http://m.lab:8000/v1".to_owned()),
            conditions: vec![ready],
            ..Default::default()
        };
        explain_text::explain(decision, &explain_text::around("lab", "m", decision, &status))
    };
    let serves = page(Truth::True, Reason::Serving, "1 of 1 replicas answer their health check.");
    assert!(serves.contains("Serving at http://m.lab:8000/v1"), "{serves}");
    let broken = page(Truth::False, Reason::PodsFailing, "container engine: CrashLoopBackOff.");
    assert!(!broken.contains("Serving at") && broken.contains("Not ready: PodsFailing: container engine"), "{broken}");
}

#[test]
fn a_filing_to_paste_covers_the_countries_of_the_pods_and_says_what_its_reference_is() {
    let asked = |rule: &str, rest: &str| {
        let scratch = Scratch::new(&format!("filing-{rule}"));
        let text = format!(
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: m, namespace: lab}}\nspec:\n  \
             model: {{source: \"hf://Qwen/Qwen3-8B\"}}\n  {rest}\n---\n\
             apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: p}}\nspec: {{namespaces: [lab], regions: {{rules: [{{rule: {rule}, mode: Enforce}}]}}}}\n---\n\
             apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {{name: acme}}\nspec: {{namespaces: [lab], kind: company, seat: CN}}\n"
        );
        modelport(&["check", "-f", &scratch.file("all.yaml", &text), "--at", "2026-11-24", "--explain"]).out
    };
    let chips = asked(
        "us-ear-3a090",
        "usage: {audience: internal, serves: [CN]}\n  placement: {allow: {countries: [CN]}}\n  accelerators: {product: H100, count: 1}",
    );
    assert!(chips.contains("covers: {services: [\"lab/m\"], countries: [\"CN\"]}"), "{chips}");
    assert!(
        chips.contains("# the licence number / NAC or ACA authorisation") && !chips.contains("filing number"),
        "{chips}"
    );
    let labels = asked("cn-labelling", "usage: {audience: public, serves: [CN]}");
    assert!(labels.contains("countries: [\"CN\"]") && !labels.contains("filing number"), "{labels}");
    assert!(labels.contains("# where that it is met is written down"), "{labels}");
}

fn page(model: &str) -> (String, Vec<Paste>) {
    let text = manifest("MIT", "{}")
        .split("---")
        .next()
        .expect("a document")
        .replace("{source: \"hf://example/model\"}", model);
    let owned = read(&[&text]);
    assert_eq!(owned.unreadable, []);
    let outcome = check::explain_with(&owned.manifests, &owned, catalog(), today());
    (text, outcome.decisions[0].missing.clone())
}

#[test]
fn of_several_texts_each_is_offered_and_none_alone() {
    let commit = "0123456789012345678901234567890123456789";
    for (model, ids) in [
        ("01-ai/Yi-34B-Chat", "LicenseRef-yi-2.1, Apache-2.0"),
        ("MiniMaxAI/MiniMax-M2", "Apache-2.0, MIT, LicenseRef-minimax-m2-modified-mit"),
        ("Tencent-Hunyuan/HunyuanDiT", "LicenseRef-tencent-hunyuan-dit-2024-05, LicenseRef-tencent-hunyuan-dit"),
    ] {
        let (_, missing) = page(&format!("{{source: \"hf://{model}\", revision: \"{commit}\"}}"));
        assert_eq!(missing[0].object, "a ModelLicense", "{model}");
        assert!(missing[0].yaml.contains(&format!("one of {ids}\n")), "{}", missing[0].yaml);
    }
}

#[test]
fn an_adapter_and_a_base_model_are_asked_for_by_their_own_names() {
    for (field, kind) in [("adapters", "adapter"), ("baseModels", "base model")] {
        let (text, missing) = page(&format!("{{source: \"hf://Qwen/Qwen3-8B\", {field}: [acme/part-1]}}"));
        let yaml = &missing[0].yaml;
        assert!(yaml.contains("models:\n  - acme/part-1\n") && yaml.contains(kind), "{yaml}");
        let filled = pasted(&text, &missing, fill);
        let again = check::check_with(&filled.manifests, &filled, catalog(), today());
        assert_eq!(again.exit_code(), 0, "{yaml}");
    }
}

#[test]
fn what_a_model_was_made_from_is_proposed_as_its_name_says_and_filled_in_by_the_author() {
    let (text, missing) = page("{source: \"hf://unsloth/Qwen3-8B-GGUF\"}");
    assert_eq!(missing[0].object, "ModelDeployment lab/m");
    assert!(missing[0].yaml.contains("baseModels: []   # what it was made from, such as [Qwen/Qwen3-8B]"));
    let fill = |yaml: &str| yaml.replace("baseModels: []", "baseModels: [Qwen/Qwen3-8B]");
    let filled = pasted(&text, &missing, fill);
    let again = check::check_with(&filled.manifests, &filled, catalog(), today());
    assert_eq!(again.exit_code(), 0);
}

#[test]
fn every_field_that_terms_lack_is_said_at_once_and_in_our_words() {
    let head = "apiVersion: modelport.dev/v1alpha1\nkind: ModelLicense\nmetadata: {name: own}\nspec:\n  license: LicenseRef-x\n";
    let owned = read(&[&format!("{head}  terms: {{name: X, short: X, class: NonCommercial}}\n")]);
    let why = &owned.unreadable[0].why;
    for field in
        ["id", "publisher", "text", "verification", "evidence", "outputs", "hosting", "acceptance", "inheritance"]
    {
        assert!(why.contains(&format!("spec.terms.{field}")), "{why}");
    }
    let owned = read(&[&format!("{head}  models: acme/x\n")]);
    assert_eq!(
        owned.unreadable[0].why,
        "spec.models: \"acme/x\" is no list; write it in brackets, such as [\"acme/x\"]"
    );
}
