//! Why here and why not there: nodes of six clouds, what keeps them out, the shortest way, and pools at rest.

use serde_json::{Value, json};

use crate::{
    kit::golden,
    scratch::{Scratch, modelport},
};

const DAY: &str = "2026-11-24";

/// The nodes of the local cluster, as kubectl prints them.
pub fn six_clouds() -> Vec<Value> {
    let text = std::fs::read_to_string("tests/cluster/nodes.yaml").expect("the nodes");
    let file: Value = serde_saphyr::from_str(&text).expect("YAML");
    let node = |one: &Value| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": one["name"], "labels": one["labels"]},
            "spec": {"providerID": one["providerID"], "taints": one["taints"]},
            "status": {"allocatable": one["capacity"]},
        })
    };
    file["nodes"].as_array().expect("nodes").iter().map(node).collect()
}

fn write(scratch: &Scratch, nodes: &[Value]) -> String {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": nodes});
    scratch.file("nodes.json", &list.to_string())
}

fn deployment(name: &str, spec: &str) -> String {
    let lines: Vec<String> = spec.trim_matches('\n').lines().map(|line| format!("  {line}")).collect();
    format!(
        "apiVersion: modelport.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {{name: {name}, namespace: lab}}\nspec:\n{}\n",
        lines.join("\n")
    )
}

const QWEN: &str = "model: {source: 'hf://Qwen/Qwen3-8B'}\nusage: {audience: internal, serves: [SG]}\n";

fn fits(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 100)
}

/// What `check --explain` says of the places of one deployment.
fn places(out: &str) -> String {
    let from = out.find("\nPlaces").map_or(0, |at| at + 1);
    let rest = &out[from..];
    let to = rest.find("\nWhat would").unwrap_or(rest.len());
    rest[..to].to_owned()
}

#[test]
fn the_nodes_of_six_clouds_are_shown_with_country_and_how_it_is_known() {
    let scratch = Scratch::new("nodes");
    let mut nodes = six_clouds();
    // An administrator says otherwise than the cloud, and a virtual node says nothing.
    nodes[0]["metadata"]["labels"]["modelport.dev.node-restriction.kubernetes.io/country"] = json!("SG");
    nodes.push(json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "virtual-1", "labels": {"type": "virtual-kubelet"}}}));
    let file = write(&scratch, &nodes);
    let answer = modelport(&["nodes", "-f", &file]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(fits(&answer.out), "{}", answer.out);
    golden("check/nodes.txt", &answer.out);
    let bot = scratch.file("bot.yaml", &deployment("bot", &format!("{QWEN}placement: {{allow: {{countries: [SG]}}}}")));
    let wide = modelport(&["nodes", "-f", &file, "-f", &bot, "-o", "wide"]);
    assert!(wide.out.contains("lab/bot") && wide.out.contains("of 1 that are allowed (1 in all)"), "{}", wide.out);
    let answer = modelport(&["nodes", "-f", &file, "-f", &bot, "-o", "json"]);
    let json: Value = serde_json::from_str(&answer.out).expect("JSON");
    let row =
        |name: &str| json.as_array().expect("rows").iter().find(|row| row["name"] == name).expect("a row").clone();
    assert_eq!(row("gcp-sg-l4-1")["hosts"], 1);
    assert_eq!(row("gcp-sg-l4-1")["hostNames"], json!(["lab/bot"]));
    assert_eq!(row("huawei-hk-t4-1")["hosts"], 0, "ap-southeast-1 is Hong Kong there");
    assert_eq!(row("ali-hz-a10-1")["country"], "SG", "the administrator's label wins");
    assert_eq!(row("ali-hz-a10-1")["contradictions"].as_array().expect("a list").len(), 1);
    assert_eq!(row("virtual-1")["country"], Value::Null);
}

#[test]
fn a_name_of_any_length_leaves_the_table_within_a_terminal() {
    let scratch = Scratch::new("long");
    let mut nodes = six_clouds();
    nodes[0]["metadata"]["name"] = json!(format!("ip-10-0-0-1.{}.compute.internal", "a".repeat(60)));
    let out = modelport(&["nodes", "-f", &write(&scratch, &nodes)]).out;
    assert!(fits(&out), "{out}");
    assert!(out.contains("compute.internal\n  CN"), "{out}");
}

#[test]
fn a_deployment_that_pends_is_told_who_keeps_each_group_out_and_the_shortest_way() {
    let scratch = Scratch::new("why");
    let nodes = write(&scratch, &six_clouds());
    let rules = "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {name: asia}\nspec: {namespaces: [lab], regions: {allow: {countries: [SG, HK, FR]}}}\n";
    let policy = scratch.file("policy.yaml", rules);
    let mut told = String::new();
    for (title, spec) in [
        (
            "Anywhere that licence and policy let: the licence excludes the EU, the policy lets three countries.",
            "model: {source: 'hf://tencent/Hunyuan-A13B-Instruct'}\nusage: {audience: internal, serves: [SG]}\naccelerators: {count: 8}\n".to_owned(),
        ),
        (
            "Singapore, on a chip that no node there has.",
            format!("{QWEN}placement: {{allow: {{countries: [SG]}}}}\naccelerators: {{product: A10, count: 1}}\n"),
        ),
        (
            "A country that is not among the places of the policy: refused, and what could be done.",
            format!("{QWEN}placement: {{allow: {{countries: [DE]}}}}\naccelerators: {{product: L4, count: 1}}\n"),
        ),
        (
            "One region of one cloud, where the node has too few.",
            format!("{QWEN}placement: {{allow: {{countries: [SG], regions: [{{provider: alibaba, region: ap-southeast-1}}]}}}}\naccelerators: {{count: 16}}\n"),
        ),
    ] {
        let bot = scratch.file("bot.yaml", &deployment("bot", &spec));
        let answer = modelport(&["check", "-f", &bot, "-f", &policy, "-f", &nodes, "--at", DAY, "--explain"]);
        assert!(fits(&answer.out.replace(&scratch.path(), "")), "{}", answer.out);
        let verdict = answer.out.lines().next().unwrap_or_default().split("   ").nth(1).unwrap_or_default().trim();
        told.push_str(&format!("{title}\n\n{verdict}\n{}\n", places(&answer.out)));
    }
    golden("check/why-not-there.txt", &told);
}

#[test]
fn what_is_cordoned_or_of_unknown_country_comes_before_a_change_of_the_manifest() {
    let scratch = Scratch::new("way");
    let mut nodes: Vec<Value> = six_clouds();
    nodes.retain(|node| {
        ["gcp-sg-l4-1", "edge-1", "aws-par-l4-1"].contains(&node["metadata"]["name"].as_str().expect("a name"))
    });
    for node in &mut nodes {
        if node["metadata"]["name"] == "gcp-sg-l4-1" {
            node["spec"]["unschedulable"] = json!(true);
        }
    }
    let file = write(&scratch, &nodes);
    let bot = scratch.file("bot.yaml", &deployment("bot", &format!("{QWEN}placement: {{allow: {{countries: [SG]}}}}")));
    let out = modelport(&["check", "-f", &bot, "-f", &file, "--at", DAY, "--explain"]).out;
    golden("check/shortest-way.txt", &places(&out));
    let json: Value =
        serde_json::from_str(&modelport(&["check", "-f", &bot, "-f", &file, "--at", DAY, "-o", "json"]).out)
            .expect("JSON");
    let placing = &json["decisions"][0]["nodes"];
    assert_eq!(placing["fit"], json!([]));
    assert_eq!(placing["shortest"].as_array().expect("ways").len(), 3);
    assert_eq!(placing["shortest"][0]["nodes"], 1);
    let short = modelport(&["check", "-f", &bot, "-f", &file, "--at", DAY]);
    assert_eq!(short.code, 0, "nodes change no verdict");
    assert!(short.out.contains("NoNodeNow"), "{}", short.out);
}

/// A remedy never proposes to say something else about the world.
#[test]
fn no_way_declares_something_else() {
    let scratch = Scratch::new("world");
    let nodes = write(&scratch, &six_clouds());
    for (repository, country, audience) in [
        ("tencent/Hunyuan-A13B-Instruct", "DE", "public"),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", "FR", "internal"),
        ("Qwen/Qwen2.5-72B-Instruct", "JP", "public"),
    ] {
        let spec = format!(
            "model: {{source: 'hf://{repository}'}}\nusage: {{audience: {audience}, serves: [{country}]}}\nplacement: {{allow: {{countries: [{country}]}}}}\naccelerators: {{product: B200, count: 64}}\n"
        );
        let bot = scratch.file("bot.yaml", &deployment("bot", &spec));
        let out = modelport(&["check", "-f", &bot, "-f", &nodes, "--at", DAY, "-o", "json"]).out;
        let json: Value = serde_json::from_str(&out).expect("JSON");
        for way in json["decisions"][0]["nodes"]["shortest"].as_array().expect("ways") {
            let sentence = way["sentence"].as_str().expect("a sentence");
            for word in ["audience", "serves", "purpose", "sector", "seat"] {
                assert!(!sentence.contains(word), "{sentence}");
            }
        }
    }
}

#[test]
fn one_deployment_is_held_against_every_node() {
    let scratch = Scratch::new("for");
    let nodes = write(&scratch, &six_clouds());
    let bot = scratch.file("bot.yaml", &deployment("bot", &format!("{QWEN}placement: {{allow: {{countries: [SG]}}}}")));
    let answer = modelport(&["nodes", "-f", &nodes, "-f", &bot, "--for", "lab/bot"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(fits(&answer.out), "{}", answer.out);
    golden("check/nodes-for.txt", &answer.out);
    let missing = modelport(&["nodes", "-f", &nodes, "-f", &bot, "--for", "lab/other"]);
    assert!(missing.code == 3 && missing.err.contains("there is no ModelDeployment lab/other"), "{missing:?}");
}

#[test]
fn a_pool_at_rest_is_told_how_to_declare_its_country() {
    let scratch = Scratch::new("pools");
    let mut nodes = six_clouds();
    nodes[0]["metadata"]["labels"]["karpenter.sh/nodepool"] = json!("gpu");
    let file = write(&scratch, &nodes);
    let answer = modelport(&["nodes", "-f", &file, "--pools"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    golden("check/pools.txt", &answer.out);
    let json: Value =
        serde_json::from_str(&modelport(&["nodes", "-f", &file, "--pools", "-o", "json"]).out).expect("JSON");
    let karpenter =
        json.as_array().expect("pools").iter().find(|pool| pool["kind"] == "Karpenter NodePool").expect("one");
    let declared: Value = serde_saphyr::from_str(karpenter["declare"].as_str().expect("lines")).expect("YAML");
    let label = "modelport.dev.node-restriction.kubernetes.io/country";
    assert_eq!(declared["spec"]["template"]["metadata"]["labels"][label], "CN");
}

#[test]
fn a_region_that_is_denied_and_one_that_lies_elsewhere_are_told_for_nodes_that_show_none() {
    let scratch = Scratch::new("regions");
    let country = "modelport.dev.node-restriction.kubernetes.io/country";
    let bare = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "bare", "labels": {country: "US"}}});
    let nodes = write(&scratch, &[bare]);
    let explain = |spec: &str| {
        let bot = scratch.file("bot.yaml", &deployment("bot", &format!("{QWEN}placement: {spec}\n")));
        places(&modelport(&["check", "-f", &bot, "-f", &nodes, "--at", DAY, "--explain"]).out)
    };
    let denied = "{allow: {countries: [US]}, deny: {regions: [{provider: aws, region: us-east-1}]}}";
    let out = explain(denied).split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "1 in US: spec.placement keeps out of aws/us-east-1, and no known cloud tells where this is";
    assert!(out.contains(told), "{out}");
    let none = explain("{allow: {countries: [FR], regions: [{provider: aws, region: eu-west-2}]}}");
    assert!(none.contains("regions: none, by spec.placement"), "{none}");
}

#[test]
fn a_node_abroad_is_told_by_the_policy_that_keeps_it_out_and_what_is_recorded_in_vain_is_said() {
    let scratch = Scratch::new("abroad");
    let node = |name: &str, zone: &str, label: &str| {
        let region = zone.split('-').take(3).collect::<Vec<_>>().join("-");
        let region = region.trim_end_matches('a').to_owned();
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": {
                "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone,
                "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
                format!("modelport.dev.node-restriction.kubernetes.io/evidence.{label}"): "REF-1",
            }},
            "spec": {"providerID": format!("aws:///{zone}/i-1")},
            "status": {"allocatable": {"nvidia.com/gpu": "8"}},
        })
    };
    let nodes = [
        node("istanbul", "eu-central-1-ist-1a", "us.bis_licence"),
        node("frankfurt", "eu-central-1a", "us.bis-licence"),
    ];
    let file = write(&scratch, &nodes);
    let policy = |regions: &str| {
        let policy = format!(
            "apiVersion: modelport.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: p}}\nspec: {{namespaces: [lab], regions: {{{regions}}}}}\n"
        );
        scratch.file("policy.yaml", &policy)
    };
    let ask = |regions: &str, placement: &str| {
        let bot =
            scratch.file("bot.yaml", &deployment("bot", &format!("{QWEN}{placement}accelerators: {{count: 1}}\n")));
        places(&modelport(&["check", "-f", &bot, "-f", &policy(regions), "-f", &file, "--at", DAY, "--explain"]).out)
    };
    let region = "placement: {allow: {regions: [{provider: aws, region: eu-central-1}]}}\n";
    let denied = ask("deny: {countries: [TR]}", region);
    assert!(denied.contains("1 in TR: PlaceNotPermitted, ModelPolicy/p"), "{denied}");
    let out = ask("deny: {regions: [{provider: aws, region: eu-central-1}]}", "");
    assert!(out.contains("2 in aws/eu-central-1: PlaceNotPermitted, ModelPolicy/p"), "{out}");
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("it takes a node of a known cloud outside aws/eu-central-1 with 1 nvidia.com/gpu"), "{flat}");
    let listed = modelport(&["nodes", "-f", &file]).out;
    assert!(listed.contains("frankfurt: its label evidence.us.bis-licence counts for nothing"), "{listed}");
    assert!(!listed.contains("istanbul: its label") && fits(&listed), "{listed}");
}
