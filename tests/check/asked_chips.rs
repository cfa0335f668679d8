//! Nodes and accelerators on the command line: names, labels that are no country, nodes that cannot be read, and what is
//! said where no pod can be made.

use serde_json::{Value, json};

use crate::scratch::{Answer, Scratch, modelport};

const DAY: &str = "2026-11-24";

fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 100)
}

fn deployment(spec: &str) -> String {
    format!(
        "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: bot, namespace: lab}}\nspec: {{model: {{source: 'hf://Qwen/Qwen3-8B'}}, usage: {{audience: internal, serves: [SG]}}, {spec}}}\n"
    )
}

fn policy(regions: &str) -> String {
    format!(
        "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: chips}}\nspec: {{namespaces: [lab], regions: {{{regions}}}}}\n"
    )
}

const ACME: &str = "apiVersion: modelport.dev/v1alpha1\nkind: Licensee\nmetadata: {name: acme}\nspec: {namespaces: [lab], kind: company, seat: SG, headquarters: SG}\n";

fn node(name: &str, provider_id: &str, labels: &Value, offers: &Value) -> String {
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
        "spec": {"providerID": provider_id}, "status": {"allocatable": offers},
    })
    .to_string()
}

/// A folder with these documents, each in a file.
fn world(name: &str, documents: &[&str]) -> Scratch {
    let scratch = Scratch::new(name);
    for (at, text) in documents.iter().enumerate() {
        scratch.file(&format!("{at}.yaml"), text);
    }
    scratch
}

fn explained(scratch: &Scratch) -> Answer {
    let answer = modelport(&["check", "-f", &scratch.path(), "--at", DAY, "--explain"]);
    assert!(fits(&answer.out.replace(&scratch.path(), "")), "{}", answer.out);
    answer
}

/// Without line breaks, to look for sentences.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn where_no_pod_can_be_made_it_is_said_beside_the_verdict() {
    let ascend = node(
        "sg",
        "ap-southeast-1.i-1",
        &json!({"accelerator-type": "module-910b-8"}),
        &json!({"huawei.com/Ascend910": "8"}),
    );
    for (product, says) in [
        ("H999", "The catalogue knows no accelerator H999"),
        ("ascend-910b", "Runtime vllm does not serve ascend-910b: nodes offer it as huawei.com/Ascend910"),
    ] {
        let bot = deployment(&format!("accelerators: {{count: 1, product: {product}}}"));
        let scratch = world("no-pod", &[&bot, &ascend]);
        let answer = explained(&scratch);
        assert_eq!(answer.code, 0, "nodes change no verdict");
        assert!(flat(&answer.out).contains(&format!("No pod can be made: RuntimeUnfit: {says}")), "{}", answer.out);
        let short = modelport(&["check", "-f", &scratch.path(), "--at", DAY]);
        assert!(flat(&short.out).contains(says), "{}", short.out);
        let nodes = modelport(&["nodes", "-f", &scratch.path(), "--for", "lab/bot"]);
        assert_eq!(nodes.code, 0, "{nodes:?}");
        assert!(flat(&nodes.out).contains("lab/bot: Allowed.") && flat(&nodes.out).contains(says), "{}", nodes.out);
        assert!(fits(&nodes.out), "{}", nodes.out);
    }
}

#[test]
fn a_node_that_cannot_be_read_is_told_by_file_line_and_name_and_the_rest_goes_on() {
    let odd = "apiVersion: v1\nkind: Node\nmetadata:\n  name: odd\n  labels:\n    gpu: true\nspec: {providerID: ap-southeast-1.i-1}\n";
    let good = node("good", "ap-southeast-1.i-2", &json!({}), &json!({"nvidia.com/gpu": "1"}));
    let scratch = world("odd-node", &[&deployment("placement: {allow: {countries: [SG]}}"), odd, &good]);
    let answer = explained(&scratch);
    assert_eq!(answer.code, 3, "{answer:?}");
    let said = "Node/odd: metadata.labels.gpu: true is no text; write it in quotes";
    assert!(flat(&answer.out).contains(said) && answer.out.contains("1 node fits (good)"), "{}", answer.out);
    let nodes = modelport(&["nodes", "-f", &scratch.path()]);
    assert_eq!(nodes.code, 3, "{nodes:?}");
    let flat = flat(&nodes.out);
    assert!(flat.contains("good SG") && flat.contains(&format!("1.yaml:6: {said}")), "{}", nodes.out);
}

#[test]
fn a_label_that_is_no_country_is_said_wherever_nodes_are_shown() {
    for wrong in ["de", "UK", "EU"] {
        let label = json!({"modelport.dev.node-restriction.kubernetes.io/country": wrong});
        let scratch = world(
            "no-country",
            &[
                &deployment("placement: {allow: {groups: [EU]}}"),
                &node("one", "", &label, &json!({"nvidia.com/gpu": "1"})),
            ],
        );
        let out = flat(&explained(&scratch).out);
        let says = format!("1 of unknown country (one): its label says {wrong}, which is no country code");
        assert!(out.contains(&says), "{out}");
        assert!(flat(&modelport(&["nodes", "-f", &scratch.path()]).out).contains("which is no country code"));
    }
}

#[test]
fn labels_that_show_two_accelerators_show_none_and_it_is_said() {
    let labels = json!({"nvidia.com/gpu.product": "NVIDIA-A10G", "node.kubernetes.io/instance-type": "p5.48xlarge"});
    let forged = node("forged", "aws:///cn-north-1a/i-1", &labels, &json!({"nvidia.com/gpu": "1"}));
    let closed = "unknownAccelerator: Refuse, unknownCountry: Refuse, rules: [{rule: us-ear-3a090, mode: Enforce}]";
    let scratch = world("two-chips", &[&deployment("accelerators: {count: 1}"), &policy(closed), ACME, &forged]);
    let out = flat(&explained(&scratch).out);
    let two = "the label nvidia.com/gpu.product shows nvidia-a10g, the label node.kubernetes.io/instance-type shows nvidia-h100-sxm";
    assert!(out.contains(&format!("they have one that is not known ({two})")), "{out}");
    assert!(
        out.contains("it takes a node in a country that is known with 1 nvidia.com/gpu that rule us-ear-3a090 let"),
        "{out}"
    );
    let nodes = modelport(&["nodes", "-f", &scratch.path()]);
    assert!(flat(&nodes.out).contains(&format!("forged: {two}")) && !nodes.out.contains("1 A10G"), "{}", nodes.out);
}

#[test]
fn a_node_without_the_resource_is_not_told_to_have_too_few_of_it() {
    let amd = node(
        "amd",
        "ap-southeast-1.i-1",
        &json!({"amd.com/gpu.product-name": "Instinct_MI300X"}),
        &json!({"amd.com/gpu": "1"}),
    );
    let any = world("amd", &[&deployment("accelerators: {count: 1}"), &amd]);
    let out = flat(&explained(&any).out);
    assert!(out.contains("1 without nvidia.com/gpu (spec.accelerators); they have 1 Instinct MI300X (amd)"), "{out}");
    let named = world("mi300x", &[&deployment("accelerators: {count: 1, product: MI300X}"), &amd]);
    assert!(explained(&named).out.contains("1 node fits (amd)"));
    let many = world("many", &[&deployment("accelerators: {count: 8, product: MI300X}"), &amd]);
    assert!(flat(&explained(&many).out).contains("1 with fewer than 8 amd.com/gpu (spec.accelerators.count)"));
}

#[test]
fn evidence_on_a_node_is_proposed_where_it_would_lift_the_rule() {
    let domain = "modelport.dev.node-restriction.kubernetes.io/evidence";
    let plain = json!({"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"});
    let mut recorded = plain.clone();
    recorded[format!("{domain}.us.bis_licence")] = json!("REF-1");
    let offers = json!({"nvidia.com/gpu": "1"});
    let scratch = world(
        "evidence",
        &[
            &deployment("placement: {allow: {countries: [CN, SG]}}, accelerators: {count: 1, product: H100}"),
            &policy("rules: [{rule: us-ear-3a090, mode: Enforce}]"),
            ACME,
            &node("h100", "cn-hangzhou.i-1", &plain, &offers),
            &node("h100e", "cn-hangzhou.i-2", &recorded, &offers),
        ],
    );
    let answer = explained(&scratch);
    let out = flat(&answer.out);
    assert_eq!(answer.code, 0, "{out}");
    assert!(out.contains("1 node fits (h100e); 1 does not:"), "{out}");
    let why = format!(
        "1 with an accelerator that rule us-ear-3a090 keeps off, unless an administrator records on the node {domain}.us.bis_licence"
    );
    assert!(out.contains(&why), "{out}");
    assert!(out.contains(&format!("labels them with its reference: {domain}.us.bis_licence")), "{out}");
}

#[test]
fn long_lists_of_countries_stay_within_a_terminal() {
    let chips = policy("rules: [{rule: us-ear-3a090, mode: Enforce}], allow: {groups: [EEA]}");
    let us = node("us", "aws:///us-east-1a/i-1", &json!({}), &json!({"nvidia.com/gpu": "1"}));
    let refused = explained(&world("wide", &[&deployment("placement: {allow: {countries: [US]}}"), &chips, ACME, &us]));
    assert!(refused.out.contains("Decided again without spec.placement.allow"), "{}", refused.out);
    let free = explained(&world(
        "free",
        &[&deployment("accelerators: {count: 1}"), &policy("rules: [{rule: us-ear-3a090, mode: Enforce}]"), ACME, &us],
    ));
    assert!(flat(&free.out).contains("accelerators: in AE,AF,"), "{}", free.out);
    explained(&world("way", &[&deployment("placement: {allow: {groups: [EU]}}"), &us]));
}
