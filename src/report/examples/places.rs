//! Chips in a country with controls, domestic models for the public, and one manifest on the nodes of three clouds.

use serde_json::json;

use crate::manifest::{
    licensee::LicenseeSpec,
    model_policy::{ModelPolicySpec, RegionRules, RuleMode, RuleStrictness},
    record::{Covers, Record},
    usage::Audience,
};

use super::{Files, model, on, organisations::organisation, serves, within};

const CHIP_RULES: &[&str] = &["us-ear-3a090", "us-bis-2026-case-by-case"];

pub(super) fn places(files: &mut Files) {
    chips(files);
    at_home(files);
    three_clouds(files);
}

fn enforcing(namespace: &str, rules: &[&str]) -> ModelPolicySpec {
    let enforced = |rule: &&str| RuleMode { rule: (*rule).into(), mode: RuleStrictness::Enforce };
    ModelPolicySpec {
        namespaces: Some(vec![namespace.into()]),
        regions: RegionRules { rules: rules.iter().map(enforced).collect(), ..RegionRules::default() },
        ..ModelPolicySpec::default()
    }
}

fn filed(rule: &str, service: &str, reference: &str) -> Record {
    Record {
        name: rule.into(),
        rule: Some(rule.into()),
        covers: Covers { services: vec![service.into()], countries: vec!["CN".into()], ..Covers::default() },
        who: Some("legal@yunhai.example".into()),
        when: Some("2026-11-20".into()),
        reference: Some(reference.into()),
        ..Record::default()
    }
}

fn chips(files: &mut Files) {
    files.policy(
        "13-chips/chips.yaml",
        "Two rules about accelerators. They bind who exports and moves them; that pods wait for the reference is this\n\
         policy's choice.",
        "chips",
        enforcing("chips", CHIP_RULES),
    );
    files.licensee(
        "13-chips/yunhai.yaml",
        "A company seated in China. No licence for a chip is recorded.",
        "yunhai",
        organisation("yunhai"),
    );
    let search = || on("H100", 1, model("Qwen/Qwen3-32B", serves(Audience::Internal, &["CN"]), within(&["CN"])));
    files.deployment(
        "13-chips/search.yaml",
        "H100 nodes in CN, and no licence reference: pods wait for a node on which it is recorded.\nmodelport check: Allowed",
        ("chips", "search"),
        search(),
    );
    let mut recorded = organisation("yunhai");
    recorded.filings =
        CHIP_RULES.iter().map(|rule| filed(rule, "chips/search", "an invented number: BIS-2026-0001")).collect();
    files.licensee(
        "13-chips/recorded/yunhai.yaml",
        "The same company, with the licence reference of its chips recorded.",
        "yunhai",
        recorded,
    );
    files.deployment(
        "13-chips/recorded/search.yaml",
        "The same file, with the reference recorded for the deployment: any such node does.\nmodelport check: Allowed",
        ("chips", "search"),
        search(),
    );
}

fn at_home(files: &mut Files) {
    files.policy(
        "14-at-home/home.yaml",
        "The filing for a public service in CN, enforced.",
        "home",
        enforcing("home", &["cn-genai-filing"]),
    );
    let mut licensee: LicenseeSpec = organisation("yunhai");
    licensee.namespaces = Some(vec!["home".into()]);
    licensee.filings = ["home/qwen", "home/hunyuan"]
        .into_iter()
        .map(|service| Record {
            name: service.replace('/', "-"),
            ..filed("cn-genai-filing", service, "an invented number: CAC-2026-0002")
        })
        .collect();
    files.licensee(
        "14-at-home/yunhai-home.yaml",
        "The same company for its public services. A domestic model needs a filing as any other does; these have one.",
        "yunhai-home",
        licensee,
    );
    let public = |repository| model(repository, serves(Audience::Public, &["CN"]), within(&["CN"]));
    for (name, repository) in [("qwen", "Qwen/Qwen3-8B"), ("hunyuan", "tencent/Hunyuan-A13B-Instruct")] {
        files.deployment(
            &format!("14-at-home/{name}.yaml"),
            "A domestic model for the public in CN, with a filing that covers it.\nmodelport check: Allowed",
            ("home", name),
            on("L20", 4, public(repository)),
        );
    }
    files.deployment(
        "14-at-home/unfiled.yaml",
        "The same model as another service, which no filing covers.\nmodelport check: Refused, FilingMissing",
        ("home", "unfiled"),
        on("L20", 4, public("Qwen/Qwen3-8B")),
    );
}

fn three_clouds(files: &mut Files) {
    files.deployment(
        "15-three-clouds/captions.yaml",
        "One manifest, three clouds: it names a country, and no cloud and no region. Of the nodes beside it three stand\n\
         in SG, and each of them fits; ap-hongkong of Tencent Cloud does not.\nmodelport check: Allowed, 3 nodes fit",
        ("clouds", "captions"),
        on("A10", 1, model("Qwen/Qwen3-8B", serves(Audience::Internal, &["SG"]), within(&["SG"]))),
    );
    let comment =
        "Nodes as their clouds write them, for `modelport check` alone; their ids are invented. Not to be applied.";
    files.nodes(
        "15-three-clouds/nodes.yaml",
        comment,
        &[
            (
                "aks-gpu-31415926-vmss000000",
                "azure:///subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/mc_models_southeastasia/providers/Microsoft.Compute/virtualMachineScaleSets/aks-gpu/virtualMachines/0",
                "southeastasia",
                "southeastasia-1",
            ),
            ("ap-southeast-1.10.0.1.7", "ap-southeast-1.i-t4n0a1b2c3d4e5f6g7h8", "ap-southeast-1", "ap-southeast-1-a"),
            ("tke-singapore-1", "qcloud:///300001/ins-0a1b2c3d", "ap-singapore", "300001"),
            ("tke-hongkong-1", "qcloud:///800001/ins-1b2c3d4e", "ap-hongkong", "800001"),
        ],
    );
}

impl Files {
    /// Nodes of one accelerator each: name, provider id, region, zone.
    fn nodes(&mut self, path: &str, comment: &str, nodes: &[(&str, &str, &str, &str)]) {
        let mut text = format!("# {comment}\n");
        for (i, (name, id, region, zone)) in nodes.iter().enumerate() {
            let labels = json!({
                "topology.kubernetes.io/region": region,
                "topology.kubernetes.io/zone": zone,
                "nvidia.com/gpu.product": "NVIDIA-A10",
            });
            let parts = [
                ("apiVersion", json!("v1")),
                ("kind", json!("Node")),
                ("metadata", json!({"name": name, "labels": labels})),
                ("spec", json!({"providerID": id})),
                ("status", json!({"allocatable": {"nvidia.com/gpu": "1"}})),
            ];
            if i > 0 {
                text.push_str("---\n");
            }
            for (key, value) in parts {
                text.push_str(&super::yaml::block(key, &value));
            }
        }
        self.0.push((path.into(), text));
    }
}
