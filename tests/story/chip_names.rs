//! An accelerator that the manifest names: by whatever name it is found, which nodes have it, and what a node's own
//! evidence lifts.

use std::collections::BTreeMap;

use modelport::{
    catalog::Catalog,
    decide::{Decision, Verdict},
    manifest::{
        Reason,
        names::{NODE_ACCELERATOR, NODE_COUNTRY, node_evidence},
    },
    plan::{
        fit::{NodeSummary, obstacle},
        inputs::Inputs,
        next::Next,
        pod,
    },
};

use super::{
    selector,
    world::{World, yaml},
};

fn meant(product: &str) -> Vec<&'static str> {
    let table = Catalog::built_in().expect("the catalogue").accelerators();
    table.meant(product).iter().map(|chip| chip.id.as_str()).collect()
}

const H100: [&str; 3] = ["nvidia-h100-sxm", "nvidia-h100-pcie", "nvidia-h100-nvl"];

#[test]
fn each_name_that_people_write_is_found() {
    for (names, ids) in [
        (&["nvidia-h100-sxm", "NVIDIA-H100-SXM", "H100 SXM5", "H100-SXM", "NVIDIA-H100-80GB-HBM3"][..], &H100[..1]),
        (&["NVIDIA-H100-80GB-HBM3-MIG-1g.10gb", "NVIDIA-H100-80GB-HBM3-SHARED", "nvidia-h100-80gb"], &H100[..1]),
        (&["H100", "h100", "NVIDIA H100", "NVIDIA-H100", "nvidia_h100", "H100 80GB", "H100-80G", "DGX H100"], &H100),
        (&["H100 PCIe", "h100-pcie", "NVIDIA H100 PCIe 80 GB"], &["nvidia-h100-pcie"]),
        (&["H200"], &["nvidia-h200", "nvidia-h200-nvl"]),
        (&["NVIDIA-H200", "nvidia-h200", "H200 SXM"], &["nvidia-h200"]),
        (&["Ascend 910B", "Huawei Ascend 910B", "Ascend910B", "910B", "910B3", "ascend-910b"], &["ascend-910b"]),
        (&["Ascend-910B", "ascend 910b", "module-910b-8", "Ascend910B4-1", "昇腾910B"], &["ascend-910b"]),
        (&["Ascend910", "huawei-Ascend910"], &["ascend-910b", "ascend-910c", "ascend-a5"]),
        (&["Ascend 910C", "910c", "module-a3-16"], &["ascend-910c"]),
        (&["MLU590", "cambricon mlu590"], &["cambricon-mlu590"]),
        (&["Gaudi 3", "Gaudi3", "Intel Gaudi 3", "Gaudi 3 HL-325L"], &["intel-gaudi3"]),
        (&["TPU v6e", "v6e", "tpu-v6e-slice", "Trillium"], &["google-tpu-v6e"]),
        (&["TPU v5"], &["google-tpu-v5e", "google-tpu-v5p"]),
        (&["A100", "A100-80G", "NVIDIA A100", "A100 40/80 GB"], &["nvidia-a100"]),
        (&["Tesla T4", "T4"], &["nvidia-t4"]),
        (&["RTX 4090", "GeForce RTX 4090", "RTX-4090", "NVIDIA-GeForce-RTX-4090-OC"], &["nvidia-rtx-4090"]),
        (&["MI300X", "Instinct MI300X", "AMD MI300X"], &["amd-mi300x"]),
        (&["MI308", "amd-mi308x"], &["amd-mi308x"]),
        (&["Trainium2", "trainium2", "AWS Trainium2"], &["aws-trainium2"]),
        (&["H20-3e", "H20", "H20 141GB"], &["nvidia-h20"]),
        (&["ppu", "ZW810E", "PPU-ZW810E"], &["alibaba-ppu-zw810e"]),
    ] {
        for name in names {
            assert_eq!(meant(name), ids, "{name}");
        }
    }
    let unknown = ["", "-", "H999", "H80", "RTX A1000", "RTX 6000 Ada", "GTX 950", "Ascend 910A", "GPU", "NVIDIA"];
    for name in
        unknown.iter().chain(&["NVIDIA-GeForce-RTX-4090-Laptop-GPU", "V100S", "L40G", "A10 or H100", "H100/A10"])
    {
        assert_eq!(meant(name), [""; 0], "{name}");
    }
}

#[test]
fn the_names_that_modelport_prints_mean_what_they_were_printed_for() {
    for chip in Catalog::built_in().expect("the catalogue").accelerators().all() {
        assert_eq!(meant(&chip.id), [chip.id.as_str()]);
        for name in [&chip.name, chip.name.split(" (").next().expect("a name")] {
            assert!(meant(name).contains(&chip.id.as_str()), "{name}: {:?}", meant(name));
        }
        for label in chip.node_labels().filter(|label| !label.key.contains("device") && !label.key.ends_with("_mem")) {
            for value in &label.values {
                assert!(meant(value).contains(&chip.id.as_str()), "{value}: {:?}", meant(value));
            }
        }
    }
}

fn world(rules: &[&str]) -> World {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG, headquarters: SG}");
    let modes: Vec<String> = rules.iter().map(|rule| format!("{{rule: {rule}, mode: Enforce}}")).collect();
    world.policy("chips", &format!("{{namespaces: [lab], regions: {{rules: [{}]}}}}", modes.join(", ")));
    world
}

fn manifest(product: &str, countries: &str) -> String {
    format!(
        "model: {{source: \"hf://Qwen/Qwen3-8B\"}}\nusage: {{audience: internal, serves: [SG]}}\nplacement: {{allow: {{countries: [{countries}]}}}}\naccelerators: {{product: \"{product}\", count: 1}}"
    )
}

fn limits(decision: &Decision) -> Vec<&str> {
    decision.places.chips.iter().map(|limit| limit.by.as_str()).collect()
}

#[test]
fn a_rule_is_answered_by_any_name_of_the_accelerator() {
    for product in ["Ascend 910B", "910B", "Ascend910B", "huawei-Ascend910", "module-910b-8", "ascend-910b"] {
        let decision = world(&["us-gp10-ascend"]).decide("lab/x", &yaml(&manifest(product, "SG")));
        let caught = decision.verdict == Verdict::Refused || limits(&decision) == ["rule us-gp10-ascend"];
        assert!(caught, "{product}: {:?}", decision.findings);
    }
    for product in ["H100", "NVIDIA H100", "H100 PCIe", "MI300X", "B200", "GB200"] {
        let decision = world(&["us-ear-3a090"]).decide("lab/x", &yaml(&manifest(product, "CN, SG")));
        assert_eq!(limits(&decision), ["rule us-ear-3a090"], "{product}: {:?}", decision.findings);
        let there_alone = world(&["us-ear-3a090"]).decide("lab/x", &yaml(&manifest(product, "CN")));
        assert_eq!(there_alone.verdict, Verdict::Refused, "{product}");
    }
    let unknown = world(&["us-ear-3a090"]).decide("lab/x", &yaml(&manifest("H999", "CN")));
    assert!(unknown.places.chips.is_empty());
    assert!(unknown.findings.iter().any(|f| f.sentence.contains("does not know enough of H999")));
}

#[test]
fn a_policy_refuses_a_name_that_could_mean_what_it_denies() {
    let mut world = world(&[]);
    world.policy("chips", "{namespaces: [lab], regions: {accelerators: {deny: {ids: [nvidia-h100-nvl]}}}}");
    let decide = |product: &str| world.decide("lab/x", &yaml(&manifest(product, "SG")));
    let refused = decide("H100");
    assert_eq!((refused.verdict, refused.findings[0].reason), (Verdict::Refused, Reason::AcceleratorNotPermitted));
    let may_be = "H100, which may be nvidia-h100-sxm, nvidia-h100-pcie or nvidia-h100-nvl";
    assert!(refused.findings[0].sentence.contains(may_be), "{}", refused.findings[0].sentence);
    assert_eq!(decide("H100 SXM5").verdict, Verdict::Allowed);
    world.policy("chips", "{namespaces: [lab], regions: {accelerators: {deny: {origins: [\"prc\"]}}}}");
    let nothing = world.decide("lab/x", &yaml("model: {source: \"hf://Qwen/Qwen3-8B\"}"));
    assert!(nothing.places.chips.is_empty());
    assert!(nothing.findings.iter().any(|f| f.sentence.contains("off no accelerator")), "{:?}", nothing.findings);
}

/// A node as the operator labels it.
fn node(provider_id: &str, labels: &[(&str, &str)]) -> NodeSummary {
    let catalog = Catalog::built_in().expect("the catalogue");
    let labels: BTreeMap<String, String> =
        labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let accelerators = [("nvidia.com/gpu".to_owned(), 1)].into();
    let mut node = NodeSummary { provider_id: provider_id.into(), labels, accelerators, ..NodeSummary::default() };
    let place = node.place(catalog);
    let wanted = node.wanted_labels(&place, &node.chip(catalog, &place));
    node.labels.extend(wanted.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    node
}

fn inputs(next: &Next) -> &Inputs {
    next.inputs.as_ref().unwrap_or_else(|| panic!("{:?} {:?}", next.decision.findings, next.obstacle))
}

/// Whether the template lets it, which is what fitting says too.
fn takes(next: &Next, node: &NodeSummary) -> bool {
    let template = next.plan.deployment.as_ref().and_then(|d| d.spec.as_ref()?.template.spec.as_ref());
    let lets = selector::lets(template.and_then(|pod| pod.affinity.as_ref()), &node.labels);
    assert_eq!(lets, obstacle(inputs(next), node).is_none(), "{:?}", node.labels);
    lets
}

const GFD: &str = "nvidia.com/gpu.product";
const MACHINE: &str = "node.kubernetes.io/instance-type";

#[test]
fn a_product_is_found_on_nodes_however_they_show_it() {
    let on_sg = |labels: &[(&str, &str)]| node("aws:///ap-southeast-1a/i-1", labels);
    for (product, fit, not) in [
        (
            "L4",
            &[(GFD, "NVIDIA-L4"), (GFD, "NVIDIA-L4-SHARED"), (MACHINE, "g6.2xlarge")][..],
            &[(GFD, "NVIDIA-L40"), (GFD, "NVIDIA-L40S")][..],
        ),
        ("NVIDIA-A10-SHARED", &[(GFD, "NVIDIA-A10"), (GFD, "NVIDIA-A10-SHARED")], &[(GFD, "NVIDIA-A10G")]),
        (
            "H100",
            &[
                (GFD, "NVIDIA-H100-PCIe"),
                (GFD, "NVIDIA-H100-NVL"),
                (MACHINE, "p5.48xlarge"),
                (NODE_ACCELERATOR, "nvidia-h100-sxm"),
            ],
            &[(GFD, "NVIDIA-H200")],
        ),
        (
            "NVIDIA-A100-SXM4-80GB",
            &[(GFD, "NVIDIA-A100-SXM4-80GB"), (GFD, "NVIDIA-A100-SXM4-80GB-SHARED")],
            &[(GFD, "NVIDIA-A100-PCIE-40GB"), (GFD, "NVIDIA-A100-SXM4-40GB")],
        ),
        (
            "A100-80GB",
            &[(GFD, "NVIDIA-A100-SXM4-80GB"), (GFD, "NVIDIA-A100-80GB-PCIe")],
            &[(GFD, "NVIDIA-A100-PCIE-40GB")],
        ),
        (
            "A100",
            &[(GFD, "NVIDIA-A100-SXM4-80GB"), (GFD, "NVIDIA-A100-PCIE-40GB"), (MACHINE, "p4d.24xlarge")],
            &[(GFD, "NVIDIA-A10")],
        ),
    ] {
        let next = world(&[]).next("lab/x", &yaml(&manifest(product, "SG")));
        for label in fit {
            assert!(takes(&next, &on_sg(&[*label])), "{product}: {label:?}");
        }
        for label in not {
            assert!(!takes(&next, &on_sg(&[*label])), "{product}: {label:?}");
        }
    }
}

#[test]
fn pods_select_by_the_guarded_label_and_by_what_a_pool_at_rest_shows() {
    let labels = |product: &str| {
        let next = world(&[]).next("lab/x", &yaml(&manifest(product, "SG")));
        inputs(&next)
            .accelerator_labels
            .iter()
            .map(|(key, values)| format!("{key}={}", values.join(",")))
            .collect::<Vec<_>>()
    };
    assert_eq!(labels("NVIDIA-A10"), [format!("{NODE_ACCELERATOR}=nvidia-a10")]);
    assert_eq!(
        labels("L4"),
        [
            format!("{NODE_ACCELERATOR}=nvidia-l4"),
            "cloud.google.com/gke-accelerator=nvidia-l4".into(),
            "karpenter.k8s.aws/instance-gpu-name=l4".into()
        ]
    );
}

#[test]
fn evidence_on_a_node_lifts_the_rule_for_a_named_accelerator_as_for_any() {
    let rules = ["us-ear-3a090", "us-bis-2026-case-by-case"];
    let h100 = |country: &str, evidence: &[(&str, &str)]| {
        let mut node = node("", &[(NODE_COUNTRY, country), (GFD, "NVIDIA-H100-80GB-HBM3")]);
        node.labels.extend(evidence.iter().map(|(key, value)| (node_evidence(key), (*value).to_owned())));
        node
    };
    let both = [("us.bis_licence", "REF-1"), ("us.h200_conditions", "REF-1")];
    for product in ["H100", "NVIDIA-H100-80GB-HBM3", "nvidia-h100-sxm"] {
        let next = world(&rules).next("lab/x", &yaml(&manifest(product, "CN, SG")));
        assert_eq!(next.decision.verdict, Verdict::Allowed);
        assert!(takes(&next, &h100("CN", &both)) && takes(&next, &h100("SG", &[])), "{product}");
        assert!(!takes(&next, &h100("CN", &[])) && !takes(&next, &h100("CN", &both[..1])), "{product}");
        assert!(!takes(&next, &h100("CN", &[("us.bis_licence", ""), both[1]])), "an empty reference is none");
    }
    let unnamed = yaml(
        "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: internal, serves: [SG]}\nplacement: {allow: {countries: [CN, SG]}}",
    );
    let next = world(&rules).next("lab/x", &unnamed);
    assert!(takes(&next, &h100("CN", &both)) && !takes(&next, &h100("CN", &[])));
    // The template asks nothing that no node could satisfy.
    let next = world(&rules).next("lab/x", &yaml(&manifest("nvidia-h100-sxm", "CN, SG")));
    let pod = next.plan.deployment.as_ref().and_then(|d| d.spec.as_ref()?.template.spec.as_ref()).expect("a pod");
    let terms = pod
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref());
    let terms = &terms.expect("required").node_selector_terms;
    let asks =
        |key: &str| terms.iter().filter(|term| term.match_expressions.iter().flatten().any(|e| e.key == key)).count();
    assert_eq!((terms.len(), asks(&node_evidence("us.bis_licence")), asks(NODE_ACCELERATOR)), (6, 3, 2), "{terms:?}");
    // What a rule refuses outright, nothing on a node lifts.
    let mut denied = world(&[]);
    denied.policy("chips", "{namespaces: [lab], regions: {accelerators: {deny: {ids: [nvidia-h100-sxm]}}}}");
    assert_eq!(denied.decide("lab/x", &yaml(&manifest("H100", "CN"))).verdict, Verdict::Refused);
}

#[test]
fn pods_ask_for_the_resource_under_which_the_named_accelerator_is_offered() {
    let next = |product: &str| world(&[]).next("lab/x", &yaml(&manifest(product, "SG")));
    let resource = |product: &str| pod::accelerators(inputs(&next(product)));
    assert_eq!(resource("MI300X"), Some(("amd.com/gpu".into(), 1)));
    assert_eq!(resource("H100"), Some(("nvidia.com/gpu".into(), 1)));
    assert_eq!(inputs(&next("H100")).accelerator_resource, None, "the usual one");
    let obstacle = next("ascend-910b").obstacle.expect("vLLM does not serve it");
    assert_eq!(obstacle.reason, Reason::RuntimeUnfit);
    let expected = "Runtime vllm does not serve ascend-910b: nodes offer it as huawei.com/Ascend910 or huawei.com/Ascend910B2 or huawei.com/Ascend910B3, and the runtime takes nvidia.com/gpu or amd.com/gpu.";
    assert!(obstacle.sentence.starts_with(expected), "{}", obstacle.sentence);
    let own = manifest("ascend-910b", "SG").replace("count: 1", "count: 1, resource: huawei.com/Ascend910");
    let own = world(&[]).next("lab/x", &yaml(&own));
    assert_eq!(pod::accelerators(inputs(&own)), Some(("huawei.com/Ascend910".into(), 1)), "who names it knows");
    assert!(next("H999").obstacle.expect("unknown").sentence.starts_with("The catalogue knows no accelerator H999"));
}
