//! What stands beside the manifests and cannot be read as it was meant is told, and lets nothing pass by being left out.

use std::fmt::Write as _;

use crate::scratch::{Answer, Scratch, modelport};

const DAY: &str = "2026-11-27";

const BOT: &str = "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: bot, namespace: good}\nspec: {model: {source: 'hf://Qwen/Qwen3-8B'}}\n";

/// Refuses the licence of the model in every namespace with a label.
const POLICY: &str = "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: p}\nspec: {namespaceSelector: {matchLabels: {tier: '1'}}, licenses: {refuse: [Apache-2.0]}}\n";

fn check(scratch: &Scratch) -> Answer {
    let mut answer = modelport(&["check", "-f", &scratch.path(), "--at", DAY]);
    answer.out = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    answer
}

fn namespace(labels: &str) -> String {
    format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: good, labels: {labels}}}\n")
}

#[test]
fn a_namespace_whose_labels_are_none_is_told() {
    let labelled = |text: &str| {
        let scratch = Scratch::new("labels");
        scratch.file("a.yaml", &format!("{BOT}---\n{POLICY}{text}"));
        check(&scratch)
    };
    assert_eq!(labelled(&namespace("{tier: '1'}")).code, 1);
    for slip in ["{tier: 1}", "[tier]", "tier", "{tier: {a: 1}}"] {
        let answer = labelled(&namespace(slip));
        assert_eq!(answer.code, 3, "{slip}: {answer:?}");
        assert!(answer.out.contains("Namespace/good"), "{slip}: {answer:?}");
    }
}

#[test]
fn a_namespace_that_no_cluster_has_is_told_and_an_empty_one_is_the_default() {
    let named = |namespace: &str| {
        let scratch = Scratch::new("namespace");
        scratch.file("a.yaml", &BOT.replace("namespace: good", &format!("namespace: \"{namespace}\"")));
        modelport(&["check", "-f", &scratch.path(), "--at", DAY])
    };
    assert_eq!(named("").code, 0, "{:?}", named(""));
    for slip in ["lab ", "Lab", "a/b", "x)\\nb.yaml (prod/pay) Allowed"] {
        let answer = named(slip);
        let words = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(answer.code == 3 && words.contains("which is no name of a namespace"), "{slip}: {answer:?}");
        assert!(!answer.out.lines().any(|line| line.trim_start().starts_with("b.yaml")), "{slip}: {answer:?}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_lets_nothing_pass() {
    for broken in [
        POLICY.replace("spec: {", "spec: {\t["),
        POLICY.replace("modelport.dev/v1alpha1", "modelport.dev/v1"),
        POLICY.replace("kind: ModelPolicy", "kind: modelpolicy"),
    ] {
        let scratch = Scratch::new("broken");
        scratch.file("bot.yaml", BOT);
        scratch.file("policy.yaml", &broken);
        let answer = check(&scratch);
        assert_eq!(answer.code, 3, "{broken}: {answer:?}");
        assert!(answer.out.contains("Waiting") && !answer.out.contains("1 allowed"), "{broken}: {answer:?}");
    }
    // A file of something else that cannot be read says nothing of policies.
    let scratch = Scratch::new("broken");
    scratch.file("bot.yaml", BOT);
    scratch.file("chart.yaml", "{{ if .Values.x }}\nkind: Service\n");
    let answer = check(&scratch);
    assert!(answer.code == 3 && answer.out.contains("Allowed"), "{answer:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_told_and_what_has_no_end_is_not_read_to_it() {
    let scratch = Scratch::new("links");
    scratch.file("bot.yaml", BOT);
    std::os::unix::fs::symlink("gone.yaml", scratch.0.join("policy.yaml")).expect("a link");
    let answer = check(&scratch);
    assert!(answer.code == 3 && answer.out.contains("it is a link to what cannot be read"), "{answer:?}");
    let endless = modelport(&["check", "-f", "/dev/zero", "--at", DAY]);
    assert!(endless.code == 3 && endless.out.contains("it is larger than"), "{endless:?}");
}

#[test]
fn a_file_of_some_thousand_manifests_is_read() {
    const MANY: usize = 1100;
    let mut text = String::new();
    for i in 0..MANY {
        let _ = write!(text, "---\n{}", BOT.replace("name: bot", &format!("name: bot-{i}")));
    }
    let scratch = Scratch::new("many");
    scratch.file("a.yaml", &text);
    let answer = check(&scratch);
    assert!(answer.code == 0 && answer.out.contains(&format!("{MANY} allowed")), "{}", answer.code);
}

#[test]
fn a_list_where_fields_are_expected_and_the_opposite_of_what_is_meant_are_not_recommended() {
    let scratch = Scratch::new("fields");
    scratch.file("a.yaml", &BOT.replace("spec: {", "spec: {placement: {allow: [SG]}, "));
    let answer = check(&scratch);
    assert!(
        answer.out.contains("spec.placement.allow: a list stands where fields are expected: countries"),
        "{answer:?}"
    );
    let scratch = Scratch::new("fields");
    scratch.file("a.yaml", &BOT.replace("spec: {", "spec: {usage: {audience: external}, "));
    let answer = check(&scratch);
    assert!(answer.code == 3 && !answer.out.contains("nearest is internal"), "{answer:?}");
}

#[test]
fn a_folder_that_is_given_for_its_facts_and_has_none_is_told() {
    let (scratch, empty) = (Scratch::new("given"), Scratch::new("given-empty"));
    let file = scratch.file("bot.yaml", BOT);
    empty.file("policy.YAML", POLICY);
    let answer = modelport(&["check", "-f", &file, "--licensee", &empty.path(), "--at", DAY]);
    assert!(answer.code == 3 && answer.err.contains("no facts in"), "{answer:?}");
}

#[test]
fn a_word_about_rules_of_a_group_that_has_none_is_told() {
    let said = |rule: &str| {
        let scratch = Scratch::new("group");
        let policy = format!(
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: p}}\nspec: {{namespaces: [good], regions: {{rules: [{{rule: \"{rule}\", mode: Enforce}}]}}}}\n"
        );
        scratch.file("a.yaml", &format!("{BOT}---\n{policy}"));
        check(&scratch).out.contains("of which the catalogue has no verified rule, so it says nothing")
    };
    assert!(said("EAR_D5") && said("GREATER_CHINA_ISO") && said("EEA") && said("CA"), "what nobody verified too");
    assert!(!said("EU") && !said("CN") && !said("FR") && !said("us-embargo"));
}
