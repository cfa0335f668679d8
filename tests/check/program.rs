//! The program as a person or a pipeline calls it.

use clap::{CommandFactory as _, Parser as _};
use serde_json::Value;

use crate::{
    kit::golden,
    scratch::{Scratch, modelport, modelport_with},
};

const FILES: &str = "tests/check/files";
const DAY: &str = "2026-11-24";

#[test]
fn a_check_prints_text_json_and_sarif_as_a_reviewer_read_them() {
    for (form, file) in [("text", "check.txt"), ("json", "check.json"), ("sarif", "check.sarif")] {
        let answer = modelport(&["check", "-f", FILES, "--at", DAY, "-o", form]);
        assert_eq!(answer.code, 1, "{answer:?}");
        golden(&format!("check/{file}"), &answer.out);
    }
    let explained = modelport(&["check", "-f", FILES, "--at", DAY, "--explain"]);
    assert_eq!(explained.code, 1);
    golden("check/explained.txt", &explained.out);
    // File names as long as a person chose them have a line of their own.
    let wide = explained.out.lines().filter(|line| line.chars().count() > 100 && !line.contains("decision "));
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
}

/// A public service in China meets five rules at once, and on a fresh install each of them only warns.
const BOT: &str = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: bot, namespace: support}\nspec:\n  model: {source: \"hf://Qwen/Qwen3-8B\"}\n  usage: {audience: public, serves: [CN]}\n  placement: {allow: {countries: [CN]}}\n";

#[test]
fn rules_of_one_country_that_only_warn_are_one_line_and_each_is_there_where_it_is_asked_for() {
    let scratch = Scratch::new("folded");
    let file = scratch.file("bot.yaml", BOT);
    let json: Value =
        serde_json::from_str(&modelport(&["check", "-f", &file, "--at", DAY, "-o", "json"]).out).expect("JSON");
    let findings = json["decisions"][0]["decision"]["findings"].as_array().expect("findings");
    let rules: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["reason"] == "RuleWarns")
        .map(|finding| finding["about"].as_str().expect("a rule"))
        .collect();
    assert!(rules.len() >= 4, "{rules:?}");
    let text = modelport(&["check", "-f", &file, "--at", DAY]).out;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let folded = format!("{} rules of CN warn: {} and {} more", rules.len(), rules[..3].join(", "), rules.len() - 3);
    assert!(words.contains(&folded), "{text}");
    assert!(!text.contains("RuleWarns"), "{text}");
    let page = modelport(&["check", "-f", &file, "--at", DAY, "--explain"]).out;
    assert_eq!(page.matches("RuleWarns").count(), 1, "{page}");
    for rule in rules {
        assert!(page.contains(&format!("- rule {rule} ")), "{rule}: {page}");
    }
}

#[test]
fn two_facts_of_one_kind_and_name_in_one_folder_are_not_chosen_between() {
    let scratch = Scratch::new("doubled-facts");
    let acme = |value: u64| {
        format!(
            "---\napiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {{name: acme}}\nspec: {{namespaces: [support], kind: company, metrics: [{{name: monthly-active-users, scope: licensee, period: 2026-10, value: {value}}}]}}\n"
        )
    };
    let bot = BOT
        .replace("Qwen/Qwen3-8B", "Qwen/Qwen2.5-72B-Instruct")
        .replace("audience: public", "audience: public, purpose: commercial");
    let file = scratch.file("two.yaml", &format!("{bot}{}{}", acme(200_000_000), acme(10)));
    let answer = modelport(&["check", "-f", &file, "--at", DAY, "-o", "json"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.out.contains("FactsNotReady") && answer.out.contains("and they differ"), "{}", answer.out);
    assert!(answer.out.contains("ManifestDoubled"), "{}", answer.out);
    // The same said twice is one, and the nearer folder's own still counts.
    let file = scratch.file("two.yaml", &format!("{bot}{}{}", acme(10), acme(10)));
    let answer = modelport(&["check", "-f", &file, "--at", DAY, "-o", "json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("and says the same"), "{}", answer.out);
    scratch.file("two.yaml", &acme(200_000_000));
    scratch.file("near/bot.yaml", &format!("{bot}{}", acme(10)));
    let answer = modelport(&["check", "-f", &scratch.path(), "--at", DAY]);
    assert_eq!(answer.code, 0, "{answer:?}");
    // A policy that is written twice could forbid anything.
    let policy = |deny: &str| {
        format!(
            "---\napiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: p}}\nspec: {{namespaces: [support], regions: {{deny: {{countries: [{deny}]}}}}}}\n"
        )
    };
    let file = scratch.file("alone/bot.yaml", &format!("{BOT}{}{}", policy("CN"), policy("FR")));
    let answer = modelport(&["check", "-f", &file, "--at", DAY]);
    assert_eq!(answer.code, 2, "{answer:?}");
}

#[test]
fn an_empty_list_is_what_the_api_server_refuses() {
    let scratch = Scratch::new("empty-list");
    for (written, field) in [("serves: [CN]}", "spec.usage.serves"), ("serves: [CN]}", "spec.usage.sectors")] {
        let name = field.rsplit('.').next().expect("a name");
        let text = if name == "serves" { "serves: []}".to_owned() } else { format!("serves: [CN], {name}: []}}") };
        let file = scratch.file("bot.yaml", &BOT.replace(written, &text));
        let answer = modelport(&["check", "-f", &file, "--at", DAY]);
        assert_eq!(answer.code, 3, "{answer:?}");
        let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{field} is an empty list")), "{words}");
    }
}

#[test]
fn two_manifests_of_one_name_are_decided_each_and_said_to_be_two() {
    let scratch = Scratch::new("doubled");
    scratch.file("a/bot.yaml", BOT);
    let other = scratch.file("b/bot.yaml", &BOT.replace("audience: public", "audience: internal"));
    scratch.file("b/other.yaml", &BOT.replace("namespace: support", "namespace: chat"));
    let answer = modelport(&["check", "-f", &scratch.path(), "-o", "json"]);
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(json["decisions"].as_array().map(Vec::len), Some(3));
    let notes = json["notes"].as_array().expect("notes");
    assert_eq!(notes.len(), 1, "the same name in another namespace is another one: {notes:?}");
    assert_eq!((&notes[0]["reason"], &notes[0]["object"]), (&"ManifestDoubled".into(), &"ModelDeployment/bot".into()));
    let sentence = notes[0]["sentence"].as_str().expect("a sentence");
    assert!(sentence.starts_with(&format!("support/bot stands in {other}:1 as well")), "{sentence}");
    assert!(notes[0]["file"].as_str().expect("a file").ends_with("a/bot.yaml"), "{notes:?}");
    assert_eq!(answer.code, 0, "a note changes no exit code: {answer:?}");
}

#[test]
fn sarif_points_at_the_line_of_the_field_and_knows_each_rule() {
    let answer = modelport(&["check", "-f", FILES, "--at", DAY, "-o", "sarif"]);
    let log: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|r| r["id"].as_str().expect("id"))
        .collect();
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let rule = result["ruleId"].as_str().expect("a rule");
        assert!(rules.contains(&rule), "{rule} is not described");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")), "{result}");
    }
    let country = results.iter().find(|r| r["ruleId"] == "CountryUnknown").expect("Norway");
    let place = &country["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tests/check/files/deployments.yaml");
    let text = std::fs::read_to_string(format!("{FILES}/deployments.yaml")).expect("read");
    let line = text.lines().position(|line| line.trim() == "- NO").expect("the line") as u64;
    let shown = place["region"]["startLine"].as_u64().expect("a line");
    assert!(shown == line || shown == line + 1, "line {shown}, and the field is at {line}");
}

#[test]
fn an_instant_is_a_day_or_a_moment_and_anything_else_is_refused() {
    assert_eq!(modelport(&["check", "-f", FILES, "--at", "2026-11-24T10:00:00+08:00"]).code, 1);
    for wrong in ["yesterday", "2026-13-01", "24.11.2026", ""] {
        let answer = modelport(&["check", "-f", FILES, "--at", wrong]);
        assert_eq!(answer.code, 3, "2 would read as Waiting: {answer:?}");
        assert!(answer.err.contains("2027-01-01"), "{}", answer.err);
    }
    let scratch = Scratch::new("at");
    let grant = "apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: a}\nspec:\n  namespaces: [lab]\n  kind: company\n  metrics:\n  - {name: monthly-active-users, scope: group, period: 2024-06, value: 1}\n  accepted:\n  - {name: l, who: x, when: 2026-01-01, until: 2026-12-31, covers: {all: \"Yes\"}}\n";
    let bot = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: b, namespace: lab}\nspec: {model: {source: \"hf://meta-llama/Llama-3.1-8B-Instruct\"}}\n";
    let files = scratch.file("all.yaml", &format!("{grant}---\n{bot}"));
    assert_eq!(modelport(&["check", "-f", &files, "--at", "2026-12-31"]).code, 0);
    assert_eq!(modelport(&["check", "-f", &files, "--at", "2026-12-31T23:59:59Z"]).code, 0);
    let ended = modelport(&["check", "-f", &files, "--at", "2027-01-01"]);
    assert_eq!(ended.code, 2, "a day begins with its first instant in UTC: {ended:?}");
}

#[test]
fn bad_input_is_named_with_file_and_line_and_ends_with_3() {
    let scratch = Scratch::new("bad");
    let not_yaml = scratch.file("not.yaml", "a: b\nc: [\n");
    let answer = modelport(&["check", "-f", &not_yaml]);
    assert_eq!(answer.code, 3);
    assert!(answer.out.contains("it is not YAML"), "{}", answer.out);
    let twice = scratch.file("twice.yaml", "metadata:\n  labels: {}\n  labels: {}\n");
    let answer = modelport(&["check", "-f", &twice]);
    let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(answer.code == 3 && words.contains("the key labels is written twice 0 allowed"), "{words}");
    let ours = scratch.file("ours.yaml", "apiVersion: modelport.dev/v1alpha1\nkind: ModelThing\nmetadata: {name: x}\n");
    let answer = modelport(&["check", "-f", &ours, "-o", "json"]);
    assert_eq!(answer.code, 3);
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    assert_eq!(json["unreadable"][0]["line"], 2);
    let nameless = ours_named("");
    let answer = modelport(&["check", "-f", &scratch.file("nameless.yaml", &nameless)]);
    assert_eq!(answer.code, 3);
    assert!(answer.out.contains("metadata.name is missing"), "{}", answer.out);
    let answer = modelport(&["check", "-f", &scratch.file("upper.yaml", &ours_named("name: My_Bot"))]);
    assert!(answer.code == 3 && answer.out.contains("lower-case"), "{}", answer.out);
    let answer = modelport(&["check", "-f", &scratch.file("made.yaml", &ours_named("generateName: bot-"))]);
    assert_eq!(answer.code, 0, "the server makes the name: {answer:?}");
    let large = scratch.file("large.yaml", &format!("# {}\n", "x".repeat(10 * 1024 * 1024)));
    let answer = modelport(&["check", "-f", &large]);
    assert_eq!(answer.code, 3);
    assert!(answer.out.contains("larger than"), "{}", answer.out);
    let answer = modelport(&["check", "-f", "no/such/file"]);
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("no/such/file"), "{}", answer.err);
}

fn ours_named(metadata: &str) -> String {
    format!(
        "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{{metadata}}}\nspec: {{model: {{source: 'hf://Qwen/Qwen3-8B'}}}}\n"
    )
}

#[test]
fn a_terminal_never_obeys_what_a_file_says() {
    let scratch = Scratch::new("escape");
    let hostile = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: a}\nspec: {model: {source: \"hf://a/b\\e[31m\"}}\n";
    let answer = modelport(&["check", "-f", &scratch.file("a.yaml", hostile)]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(!answer.out.contains('\u{1b}'), "{:?}", answer.out);
}

#[test]
fn a_folder_without_anything_of_ours_ends_with_3_and_other_kinds_are_counted() {
    let scratch = Scratch::new("empty");
    let answer = modelport(&["check", "-f", &scratch.path()]);
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("modelport check --help"), "{}", answer.err);
    let other = scratch.file("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n");
    assert_eq!(modelport(&["check", "-f", &other]).code, 3);
    scratch.file("model.yaml", "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: x}\nspec: {model: {source: \"hf://Qwen/Qwen3-8B\"}}\n");
    let answer = modelport(&["check", "-f", &scratch.path()]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.out.contains("1 of other kinds left alone"), "{}", answer.out);
}

#[test]
fn manifests_are_read_from_standard_input_as_kubectl_prints_them() {
    let text = std::fs::read_to_string(format!("{FILES}/deployments.yaml")).expect("read");
    let answer = modelport_with(&["check", "-f", "-", "--at", DAY], &text);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("1 allowed, 1 refused, 2 waiting"), "{}", answer.out);
}

/// Every subcommand has a page with examples, and every example is a command that there is.
#[test]
fn the_examples_of_each_help_page_are_commands() {
    fn pages(command: &clap::Command, path: &str, all: &mut Vec<(String, String)>) {
        for sub in command.get_subcommands() {
            let name = format!("{path} {}", sub.get_name());
            let mut sub = sub.clone();
            all.push((name.clone(), sub.render_long_help().to_string()));
            pages(&sub, &name, all);
        }
    }
    let mut all = Vec::new();
    pages(&modelport::cli::Cli::command(), "modelport", &mut all);
    let mut examples = 0;
    for (name, page) in &all {
        for line in page.lines().map(str::trim) {
            let piped = line.split(['|', '>']).map(str::trim);
            for command in piped.filter(|c| c.starts_with("modelport ") || c.starts_with("kubectl modelport ")) {
                let words = command.trim_start_matches("kubectl ").split("     ").next().unwrap_or_default();
                // A sentence that names a command is no example.
                if !page.contains(&format!("  {line}")) || words.ends_with('.') {
                    continue;
                }
                let parsed = modelport::cli::Cli::try_parse_from(shlex::split(words).expect("quotes that close"));
                let error = parsed.as_ref().err().map(ToString::to_string).unwrap_or_default();
                assert!(parsed.is_ok(), "{name}: {words}: {error}");
                examples += 1;
            }
        }
    }
    assert!(examples > 15, "{examples} examples");
    for wanted in
        ["check", "decisions", "licensee init", "catalog", "catalog diff", "explain", "nodes", "whatif", "matrix"]
    {
        let (_, page) = all.iter().find(|(name, _)| name == &format!("modelport {wanted}")).expect("a page");
        assert!(page.contains("Examples:"), "{wanted} has no examples");
    }
}
