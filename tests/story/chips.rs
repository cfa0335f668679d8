//! Accelerators: what a node shows of its own, and where an enforced rule or a policy keeps pods off it.

use std::collections::{BTreeMap, BTreeSet};

use modelport::{
    catalog::{Accelerators, Catalog, NodePlace, chip_labels::NodeChip},
    decide::{ChipLimit, Chips, Decision, Effect, Finding, Verdict},
    manifest::{
        Reason,
        names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_PROVIDER, may_stand_on_nodes},
    },
    plan::{
        fit::{NodeSummary, obstacle},
        unfit::Unfit,
    },
};

use super::world::{World, yaml};

fn table() -> &'static Accelerators {
    Catalog::built_in().expect("the catalogue").accelerators()
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn shown<'c>(provider: &str, pairs: &[(&str, &str)]) -> NodeChip<'c> {
    table().of_node(Some(provider), &labels(pairs))
}

/// Values that several accelerators share: they tell none of them.
const SHARED_BY_SEVERAL: [&str; 1] = ["huawei-Ascend910"];

#[test]
fn all_fifty_nine_are_told_by_each_of_their_labels_shared_or_cut_up() {
    assert_eq!(table().all().len(), 59);
    let mut without = Vec::new();
    for chip in table().all() {
        let mut told = 0;
        for label in chip.node_labels().filter(|label| !label.key.ends_with("_mem")) {
            for value in label.values.iter().filter(|value| !SHARED_BY_SEVERAL.contains(&value.as_str())) {
                let node = shown("none", &[(&label.key, value)]);
                assert_eq!(node.id, Some(chip.id.as_str()), "{} {value}", label.key);
                told += 1;
                if label.key != "nvidia.com/gpu.product" {
                    continue;
                }
                for suffix in ["-SHARED", "-MIG-1g.10gb", "-MIG-7g.80gb-SHARED", "-MIG-INVALID", "-MIG-1g.10gb.me"] {
                    let value = format!("{value}{suffix}");
                    let node = shown("none", &[(&label.key, &value)]);
                    assert_eq!(node.id, Some(chip.id.as_str()), "{value}");
                }
            }
        }
        if told == 0 {
            without.push(chip.id.as_str());
        }
    }
    // For these nobody has read a label yet: a node that has one is of an unknown accelerator.
    assert_eq!(without, ["intel-gaudi2", "intel-gaudi3", "cambricon-mlu370", "cambricon-mlu290", "cambricon-mlu590"]);
}

#[test]
fn all_are_told_by_each_of_their_machine_types() {
    let mut types = 0;
    for chip in table().all() {
        for instances in &chip.instances {
            for machine in &instances.types {
                let machine = match (instances.provider.as_str(), machine.strip_suffix('*')) {
                    (_, Some(head)) => format!("{head}8xlarge"),
                    ("alibaba", None) if machine.starts_with("ebm") => format!("ecs.{machine}.48xlarge"),
                    ("alibaba", None) => format!("ecs.{machine}-c16g1.4xlarge"),
                    (_, None) => machine.clone(),
                };
                let node = shown(&instances.provider, &[("node.kubernetes.io/instance-type", &machine)]);
                assert_eq!(node.id, Some(chip.id.as_str()), "{} {machine}", instances.provider);
                types += 1;
            }
        }
    }
    assert!(types > 40, "{types}");
    assert_eq!(shown("gcp", &[("node.kubernetes.io/instance-type", "g5.xlarge")]), NodeChip::default());
}

#[test]
fn one_name_inside_another_is_not_taken_for_it() {
    for (value, id) in [
        ("NVIDIA-H800", Some("nvidia-h800")),
        ("NVIDIA-H80", None),
        ("NVIDIA-H20", Some("nvidia-h20")),
        ("NVIDIA-H200", Some("nvidia-h200")),
        ("NVIDIA-L4", Some("nvidia-l4")),
        ("NVIDIA-L40", Some("nvidia-l40")),
        ("NVIDIA-L40S", Some("nvidia-l40s")),
        ("NVIDIA-L40S-SHARED", Some("nvidia-l40s")),
        ("NVIDIA-A10", Some("nvidia-a10")),
        ("NVIDIA-A10G", Some("nvidia-a10g")),
        ("NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", Some("nvidia-a100")),
        ("NVIDIA-RTX-A1000", None),
        ("NVIDIA-GB200", Some("nvidia-gb200")),
        ("NVIDIA-GeForce-RTX-5090-D-v2", Some("nvidia-rtx-5090d-v2")),
        ("NVIDIA-GeForce-RTX-5090-D", Some("nvidia-rtx-5090d")),
    ] {
        assert_eq!(shown("none", &[("nvidia.com/gpu.product", value)]).id, id, "{value}");
    }
}

#[test]
fn labels_that_show_two_accelerators_show_none_and_the_guarded_label_goes() {
    let odd =
        shown("aws", &[("nvidia.com/gpu.product", "NVIDIA-A10G"), ("node.kubernetes.io/instance-type", "p5.48xlarge")]);
    assert_eq!(odd.id, None);
    let said = odd.contradiction.clone().expect("a contradiction");
    assert!(said.contains("nvidia-a10g") && said.contains("nvidia-h100-sxm"), "{said}");
    let node = |chip: &str| NodeSummary { labels: labels(&[(NODE_ACCELERATOR, chip)]), ..NodeSummary::default() };
    let place = NodePlace::default();
    assert_eq!(node("nvidia-a10g").wanted_labels(&place, &odd), BTreeMap::from([(NODE_ACCELERATOR, None)]));
    // What shows nothing takes nothing away: a kubelet does not get rid of an accelerator by dropping its own label.
    assert_eq!(node("nvidia-h100-sxm").wanted_labels(&place, &NodeChip::default()), BTreeMap::new());
    let h100 = NodeChip { id: Some("nvidia-h100-sxm"), contradiction: None };
    let wanted = BTreeMap::from([(NODE_ACCELERATOR, Some("nvidia-h100-sxm".to_owned()))]);
    assert_eq!(node("nvidia-a10g").wanted_labels(&place, &h100), wanted);
}

#[test]
fn what_lifts_a_limit_on_a_node_stands_under_a_key_that_kubernetes_takes() {
    let catalog = Catalog::built_in().expect("the catalogue");
    let of_chips = catalog.rules().filter(|rule| !catalog.rule_chips(&rule.id).is_empty());
    let mut rules = Vec::new();
    for rule in of_chips {
        for requirement in &rule.requires {
            assert!(may_stand_on_nodes(&requirement.key), "{}", requirement.key);
        }
        let all: usize = catalog.rule_chips(&rule.id).iter().map(|group| group.ids.len()).sum();
        assert_eq!(all, 59, "{}: every accelerator is in one group", rule.id);
        rules.push(rule.id.as_str());
    }
    assert_eq!(
        rules,
        [
            "cn-import-guidance",
            "cn-state-datacentre-chips",
            "us-bis-2026-case-by-case",
            "us-ear-3a090",
            "us-gp10-ascend",
            "us-hq-guidance-2026-05",
            "us-is-informed-2025-04",
        ]
    );
}

const QWEN: &str = "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: internal, serves: [SG]}\n";

fn world(policy: &str) -> World {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: DE, headquarters: DE}");
    world.policy("chips", &format!("{{namespaces: [lab], regions: {{{policy}}}}}"));
    world
}

fn decide(policy: &str, rest: &str) -> Decision {
    world(policy).decide("lab/x", &yaml(&format!("{QWEN}{rest}")))
}

fn limit<'d>(decision: &'d Decision, by: &str) -> &'d ChipLimit {
    decision.places.chips.iter().find(|limit| limit.by == by).unwrap_or_else(|| panic!("{:?}", decision.places.chips))
}

fn about<'d>(decision: &'d Decision, about: &str) -> &'d Finding {
    decision.findings.iter().find(|f| f.about == about).unwrap_or_else(|| panic!("{:?}", decision.findings))
}

fn ids(chips: &Chips) -> &BTreeSet<String> {
    match chips {
        Chips::Never(ids) | Chips::Only(ids) => ids,
    }
}

#[test]
fn a_rule_about_accelerators_narrows_by_accelerator_where_none_is_named() {
    let enforce = "rules: [{rule: us-ear-3a090, mode: Enforce}]";
    let decision = decide(enforce, "placement: {allow: {countries: [CN, SG]}}");
    assert_eq!((decision.verdict, decision.places.countries.words().as_str()), (Verdict::Allowed, "CN,SG"));
    let limit = limit(&decision, "rule us-ear-3a090");
    assert_eq!(limit.countries.words(), "CN");
    let never = ids(&limit.chips);
    assert!(matches!(limit.chips, Chips::Never(_)) && never.contains("nvidia-h100-sxm") && never.contains("nvidia-l4"));
    assert!(!never.contains("nvidia-a10") && !never.contains("nvidia-h20") && !never.contains("ascend-910b"));
    // Of which class it is the table does not tell, and no policy refuses what is not known.
    assert!(!never.contains("amd-mi308x"));
    assert_eq!(limit.evidence, BTreeSet::from(["us.bis_licence".to_owned()]));
    let finding = about(&decision, "us-ear-3a090");
    assert_eq!(finding.effect, Effect::Warns);
    let kept_off = format!("pods keep off the {} accelerators that it is about", never.len());
    assert!(finding.sentence.contains(&kept_off), "{}", finding.sentence);
    assert_eq!(limit.words(), format!("in CN: {} kept off, but not with us.bis_licence on the node", never.len()));
    assert!(finding.sentence.ends_with(" in CN."), "{}", finding.sentence);
    let remedy = finding.remedy.as_deref().unwrap_or_default();
    assert!(remedy.contains("Licensee/acme filings") && remedy.contains("label-place"), "{remedy}");
    assert!(remedy.contains("modelport.dev.node-restriction.kubernetes.io/evidence.us.bis_licence"), "{remedy}");
}

#[test]
fn where_what_is_not_known_is_refused_only_known_ones_that_pass_are_let() {
    let strict = "unknownAccelerator: Refuse, rules: [{rule: us-ear-3a090, mode: Enforce}]";
    let decision = decide(strict, "placement: {allow: {countries: [CN, SG]}}");
    let limit = limit(&decision, "rule us-ear-3a090");
    let only = ids(&limit.chips);
    assert!(matches!(limit.chips, Chips::Only(_)) && only.contains("nvidia-a10") && only.contains("ascend-910b"));
    assert!(!only.contains("nvidia-h100-sxm") && !only.contains("amd-mi308x"));
}

#[test]
fn a_filing_on_the_licensee_lifts_the_limit_and_a_place_without_the_rule_has_none() {
    let enforce = "rules: [{rule: us-ear-3a090, mode: Enforce}]";
    assert!(decide(enforce, "placement: {allow: {countries: [SG]}}").places.chips.is_empty());
    let mut world = world(enforce);
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: DE, headquarters: DE, filings: [{name: a, rule: us.bis_licence, who: legal, when: 2026-11-01, covers: {services: [lab/x]}}]}");
    let filed = world.decide("lab/x", &yaml(&format!("{QWEN}placement: {{allow: {{countries: [CN, SG]}}}}")));
    assert!(filed.places.chips.is_empty(), "{:?}", filed.places.chips);
}

#[test]
fn a_parent_in_a_controlled_country_narrows_everywhere() {
    let mut world = world("rules: [{rule: us-ear-3a090, mode: Enforce}]");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG, headquarters: CN}");
    let decision = world.decide("lab/x", &yaml(QWEN));
    assert_eq!(limit(&decision, "rule us-ear-3a090").countries.words(), "any");
    assert!(!decision.places.countries.restricts());
    assert_eq!(about(&decision, "us-ear-3a090").effect, Effect::Passes, "nobody wrote down what is lost");
    // What is unsaid is taken as the strictest, and nobody is asked.
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG}");
    let unsaid = world.decide("lab/x", &yaml(QWEN));
    assert_eq!(
        (unsaid.verdict, limit(&unsaid, "rule us-ear-3a090").countries.words().as_str()),
        (Verdict::Allowed, "any")
    );
    // Saying it may lift that, and so it is told.
    let said = about(&unsaid, "us-ear-3a090");
    assert_eq!((said.effect, said.reason), (Effect::Warns, Reason::LicenseeIncomplete));
    let remedy = said.remedy.as_deref().unwrap_or_default();
    assert!(
        remedy.starts_with("Licensee/acme does not say headquarters: once it is said, this may fall away."),
        "{remedy}"
    );
}

#[test]
fn an_accelerator_that_the_rule_leaves_to_one_country_is_kept_off_in_the_others() {
    let decision = decide("rules: [{rule: us-gp10-ascend, mode: Enforce}]", "");
    let limit = limit(&decision, "rule us-gp10-ascend");
    assert_eq!(limit.countries.words(), "not CN");
    assert!(ids(&limit.chips).contains("ascend-910b") && !ids(&limit.chips).contains("nvidia-h100-sxm"));
}

#[test]
fn a_policy_lets_and_refuses_accelerators_by_id_origin_and_class() {
    let deny = decide("accelerators: {deny: {ids: [nvidia-l4], origins: [\"CN\"], classes: [Letter2025]}}", "");
    let limit_of = |decision: &Decision| limit(decision, "ModelPolicy/chips").clone();
    let never = ids(&limit_of(&deny).chips).clone();
    for id in ["nvidia-l4", "ascend-910b", "cambricon-mlu590", "nvidia-h20"] {
        assert!(never.contains(id), "{id}");
    }
    assert!(!never.contains("nvidia-a10") && limit_of(&deny).countries.is_any() && limit_of(&deny).evidence.is_empty());
    let allow = decide("accelerators: {allow: {ids: [nvidia-a10, nvidia-l4]}, deny: {classes: [Export3A090]}}", "");
    assert_eq!(limit_of(&allow).chips, Chips::Only(BTreeSet::from(["nvidia-a10".to_owned()])));
    let named = "accelerators: {product: NVIDIA-L4-SHARED, count: 1}";
    let refused = decide("accelerators: {deny: {ids: [nvidia-l4]}}", named);
    assert_eq!((refused.verdict, refused.findings[0].reason), (Verdict::Refused, Reason::AcceleratorNotPermitted));
    assert!(refused.findings[0].sentence.contains("NVIDIA-L4-SHARED, which is nvidia-l4"), "{:?}", refused.findings[0]);
    assert_eq!(decide("accelerators: {deny: {ids: [nvidia-l40]}}", named).verdict, Verdict::Allowed);
    let mut audit = world("");
    audit.policy("chips", "{namespaces: [lab], mode: Audit, regions: {accelerators: {deny: {ids: [nvidia-l4]}}}}");
    let warned = audit.decide("lab/x", &yaml(&format!("{QWEN}{named}")));
    assert_eq!((warned.verdict, warned.places.chips.len()), (Verdict::Allowed, 0));
    assert!(warned.findings.iter().any(|f| f.reason == Reason::AcceleratorNotPermitted && f.effect == Effect::Warns));
}

#[test]
fn an_id_that_no_accelerator_has_is_said_and_waits() {
    let decision = decide("accelerators: {deny: {ids: [nvidia-h101]}}", "");
    assert_eq!((decision.verdict, decision.findings[0].reason), (Verdict::Waiting, Reason::PolicyInvalid));
    assert!(decision.findings[0].sentence.contains("nvidia-h101"), "{:?}", decision.findings[0]);
}

#[test]
fn an_unknown_country_is_refused_where_a_policy_says_so_also_where_nothing_else_asks() {
    let refuse = decide("unknownCountry: Refuse", "");
    assert_eq!((refuse.verdict, refuse.places.countries.words().as_str()), (Verdict::Allowed, "any known"));
    assert!(!refuse.places.lets(&BTreeMap::new()) && decide("unknownCountry: Warn", "").places.lets(&BTreeMap::new()));
    let listed = decide("unknownCountry: Refuse", "placement: {allow: {countries: [SG]}}");
    assert_eq!(listed.places.countries.words(), "SG");
    let mut audit = world("");
    audit.policy("chips", "{namespaces: [lab], mode: Audit, regions: {unknownCountry: Refuse}}");
    let warned = audit.decide("lab/x", &yaml(QWEN));
    assert!(!warned.places.restrict());
    assert!(
        warned.findings.iter().any(|f| f.effect == Effect::Warns && f.sentence.contains("(Audit: it only reports)"))
    );
}

#[test]
fn a_policy_keeps_people_in_some_countries_from_being_served() {
    let deny = "serves: {deny: {countries: [\"CN\"], groups: [EU]}}";
    let serving = |serves: &str| {
        world(deny).decide(
            "lab/x",
            &yaml(&format!("model: {{source: \"hf://Qwen/Qwen3-8B\"}}\nusage: {{audience: internal{serves}}}")),
        )
    };
    assert_eq!(serving(", serves: [SG]").verdict, Verdict::Allowed);
    let refused = serving(", serves: [SG, CN]");
    assert_eq!((refused.verdict, refused.findings[0].about.as_str()), (Verdict::Refused, "usage.serves"));
    assert_eq!(serving(", serves: [FR]").verdict, Verdict::Refused);
    let unsaid = serving("");
    assert_eq!((unsaid.verdict, unsaid.findings[0].reason), (Verdict::Waiting, Reason::DeclarationMissing));
}

#[test]
fn a_node_that_will_not_do_is_told_by_whom_it_is_kept_out_and_what_lifts_that() {
    let mut world = world("deny: {countries: [FR]}, rules: [{rule: us-ear-3a090, mode: Enforce}]");
    world.policy("cloud", "{namespaces: [lab], regions: {allow: {providers: [aws, alibaba]}}}");
    let next = world.next("lab/x", &yaml(&format!("{QWEN}accelerators: {{count: 1}}")));
    let inputs = next.inputs.unwrap_or_else(|| panic!("{:?} {:?}", next.decision.findings, next.obstacle));
    let why = |country: &str, provider: &str, chip: &str, gpus: i64| {
        let written = [(NODE_COUNTRY, country), (NODE_PROVIDER, provider), (NODE_ACCELERATOR, chip)];
        let written: Vec<_> = written.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let accelerators = [("nvidia.com/gpu".to_owned(), gpus)].into();
        obstacle(&inputs, &NodeSummary { labels: labels(&written), accelerators, ..NodeSummary::default() })
    };
    assert_eq!(why("SG", "aws", "nvidia-h100-sxm", 1), None);
    let by = |words: &str| vec![words.to_owned()];
    assert_eq!(
        why("FR", "aws", "nvidia-a10", 1),
        Some(Unfit::Country { country: "FR".into(), by: by("ModelPolicy/chips") })
    );
    assert_eq!(why("", "aws", "nvidia-a10", 1), Some(Unfit::CountryUnknown { by: by("ModelPolicy/chips") }));
    assert_eq!(
        why("SG", "gcp", "nvidia-a10", 1),
        Some(Unfit::Provider { provider: Some("gcp".into()), by: by("ModelPolicy/cloud") })
    );
    assert_eq!(
        why("CN", "aws", "nvidia-l4", 1),
        Some(Unfit::Chip {
            chip: Some("nvidia-l4".into()),
            by: by("rule us-ear-3a090"),
            lifted_by: by("modelport.dev.node-restriction.kubernetes.io/evidence.us.bis_licence"),
        })
    );
    let few = why("SG", "aws", "nvidia-a10", 0).expect("too few");
    assert_eq!((few.words(), few.by()), ("without enough accelerators", &[][..]));
}

#[test]
fn pods_that_ask_for_no_accelerator_keep_off_none() {
    let world = world("unknownAccelerator: Refuse, rules: [{rule: us-ear-3a090, mode: Enforce}]");
    let small =
        "model: {source: \"hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF\"}\nusage: {audience: internal, serves: [SG]}";
    let next = world.next("lab/x", &yaml(small));
    assert_eq!(next.decision.places.chips.len(), 1);
    assert_eq!(next.inputs.expect("it is rolled out").places.chips, []);
}
