//! The manifests under `deploy/examples`, generated from Rust values so that they always parse: the decisions of the
//! demo, step by step, and five organisations.

use serde::Serialize;
use serde_json::Value;

use crate::manifest::{
    Licensee, ModelDeployment, ModelLicense, ModelPolicy,
    licensee::LicenseeSpec,
    model_deployment::{Model, ModelDeploymentSpec},
    model_policy::{Grace, ModelPolicySpec, RegionRules, RuleMode, RuleStrictness},
    names,
    placement::{PlaceList, Placement, Region},
    record::{Covers, Record},
    serving::Accelerators,
    usage::{Audience, Usage},
};

mod newest_month;
mod organisations;
mod places;
mod reviewed_first;
mod yaml;

use organisations::{ACME, GIANT, MUSTER, organisation};
use yaml::{block, prune};

/// Every example: its path below `deploy/examples`, and its text.
#[must_use]
pub fn all() -> Vec<(String, String)> {
    let mut files = Files::default();
    one_field(&mut files);
    the_tag_says_mit(&mut files);
    one_word(&mut files);
    two_questions(&mut files);
    same_name(&mut files);
    eight_hundred_million(&mut files);
    newest_month::newest_month(&mut files);
    reviewed_first::reviewed_first(&mut files);
    places::places(&mut files);
    for (name, comment, spec) in organisations::five() {
        files.licensee(&format!("organisations/{name}.yaml"), comment, name, spec);
    }
    files.policy(
        "organisations/platform-policy.yaml",
        organisations::PLATFORM_POLICY,
        "platform",
        organisations::platform_policy(),
    );
    let review = ModelLicense::new("llama-3.3", organisations::platform_review());
    files.write("organisations/platform-review.yaml", organisations::PLATFORM_REVIEW, "ModelLicense", &review);
    files.0
}

#[derive(Default)]
struct Files(Vec<(String, String)>);

impl Files {
    fn deployment(&mut self, path: &str, comment: &str, service: (&str, &str), spec: ModelDeploymentSpec) {
        let mut object = ModelDeployment::new(service.1, spec);
        object.metadata.namespace = Some(service.0.into());
        self.write(path, comment, "ModelDeployment", &object);
    }

    fn licensee(&mut self, path: &str, comment: &str, name: &str, spec: LicenseeSpec) {
        self.write(path, comment, "Licensee", &Licensee::new(name, spec));
    }

    fn policy(&mut self, path: &str, comment: &str, name: &str, spec: ModelPolicySpec) {
        self.write(path, comment, "ModelPolicy", &ModelPolicy::new(name, spec));
    }

    fn write<K: Serialize>(&mut self, path: &str, comment: &str, kind: &str, object: &K) {
        let object = serde_json::to_value(object).unwrap_or_default();
        let part = |pointer: &str| prune(object.pointer(pointer).cloned().unwrap_or_default(), kind);
        let metadata = part("/metadata");
        let spec = part("/spec");
        let version = format!("{}/v1alpha1", names::GROUP);
        let mut text = String::new();
        for line in comment.lines() {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
        let head =
            [("apiVersion", Value::from(version)), ("kind", Value::from(kind)), ("metadata", metadata), ("spec", spec)];
        for (key, value) in head {
            text.push_str(&block(key, &value));
        }
        self.0.push((path.into(), text));
    }
}

fn model(repository: &str, usage: Usage, placement: Placement) -> ModelDeploymentSpec {
    let model = Model { source: format!("hf://{repository}"), ..Model::default() };
    ModelDeploymentSpec { usage, placement, ..ModelDeploymentSpec::of(model) }
}

fn on(product: &str, count: i32, spec: ModelDeploymentSpec) -> ModelDeploymentSpec {
    ModelDeploymentSpec {
        accelerators: Some(Accelerators { product: Some(product.into()), resource: None, count }),
        ..spec
    }
}

fn serves(audience: Audience, countries: &[&str]) -> Usage {
    Usage {
        audience: Some(audience),
        serves: countries.iter().map(|country| (*country).into()).collect(),
        ..Usage::default()
    }
}

fn within(countries: &[&str]) -> Placement {
    let countries = countries.iter().map(|country| (*country).into()).collect();
    Placement { allow: Some(PlaceList { countries, ..PlaceList::default() }), ..Placement::default() }
}

/// In these countries, and of them only in these regions of these providers.
fn in_regions(countries: &[&str], regions: &[(&str, &str)]) -> Placement {
    let mut placement = within(countries);
    if let Some(allow) = &mut placement.allow {
        let region =
            |(provider, region): &(&str, &str)| Region { provider: (*provider).into(), region: (*region).into() };
        allow.regions = regions.iter().map(region).collect();
    }
    placement
}

fn one_field(files: &mut Files) {
    files.deployment(
        "01-one-field/smollm2.yaml",
        "Apache-2.0: nothing asks for anything, so one field is enough. No Licensee, no policy.",
        ("video", "smollm2"),
        model("HuggingFaceTB/SmolLM2-135M-Instruct", Usage::default(), Placement::default()),
    );
}

fn the_tag_says_mit(files: &mut Files) {
    files.licensee("02-the-tag-says-mit/acme.yaml", ACME, "acme", organisation("acme"));
    files.deployment(
        "02-the-tag-says-mit/r1.yaml",
        "The card says MIT. The base model is under Llama 3.3, and its terms apply as well.",
        ("support", "r1"),
        on(
            "L20",
            4,
            model("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", serves(Audience::Public, &["SG"]), within(&["SG"])),
        ),
    );
    files.licensee("02-the-tag-says-mit/muster.yaml", MUSTER, "muster", organisation("muster"));
    files.deployment(
        "02-the-tag-says-mit/eyes.yaml",
        "Refused: Llama 3.2 grants no rights in its multimodal models to a licensee seated in the EU. The pods would\n\
         stand in Singapore: the seat decides, and not the node.",
        ("research", "eyes"),
        on(
            "A10G",
            1,
            model("meta-llama/Llama-3.2-11B-Vision-Instruct", serves(Audience::Internal, &["SG"]), within(&["SG"])),
        ),
    );
}

fn support_bot(audience: Audience) -> ModelDeploymentSpec {
    let hangzhou = in_regions(&["CN"], &[("alibaba", "cn-hangzhou")]);
    on("A10", 1, model("meta-llama/Llama-2-7b-chat-hf", serves(audience, &["CN"]), hangzhou))
}

fn one_word(files: &mut Files) {
    files.licensee("03-one-word/acme.yaml", "Acme, before any filing.", "acme", organisation("acme"));
    files.policy(
        "03-one-word/china.yaml",
        "The default only warns about rules of places. This policy enforces one.",
        "china",
        ModelPolicySpec {
            namespaces: Some(vec!["support".into()]),
            regions: RegionRules {
                rules: vec![RuleMode { rule: "cn-genai-filing".into(), mode: RuleStrictness::Enforce }],
                ..RegionRules::default()
            },
            ..ModelPolicySpec::default()
        },
    );
    files.deployment(
        "03-one-word/internal.yaml",
        "An enterprise's own tool in cn-hangzhou, on Alibaba Cloud: the rule does not concern it.\n\
         modelport check: Allowed",
        ("support", "support-bot"),
        support_bot(Audience::Internal),
    );
    files.deployment(
        "03-one-word/public.yaml",
        "The same for the public, until a filing that covers it is recorded.\n\
         modelport check: Refused, FilingMissing",
        ("support", "support-bot"),
        support_bot(Audience::Public),
    );
    let mut with_filing = organisation("acme");
    with_filing.filings.push(Record {
        name: "cac-support-bot".into(),
        rule: Some("cn-genai-filing".into()),
        covers: Covers {
            services: vec!["support/support-bot".into()],
            countries: vec!["CN".into()],
            ..Covers::default()
        },
        who: Some("legal@acme.example".into()),
        when: Some("2026-11-20".into()),
        reference: Some("an invented number: CAC-2026-0001".into()),
        ..Record::default()
    });
    files.licensee("03-one-word/filed/acme.yaml", "Acme, with the filing recorded.", "acme", with_filing);
    files.deployment(
        "03-one-word/filed/public.yaml",
        "The same file, with a filing that covers it.\nmodelport check: Allowed",
        ("support", "support-bot"),
        support_bot(Audience::Public),
    );
}

fn two_questions(files: &mut Files) {
    for (file, comment, place, people) in [
        ("paris", "Refused: the licence excludes use and outputs in the EU, the UK and South Korea.", "FR", "FR"),
        (
            "singapore-for-france",
            "Refused: the pods would stand in Singapore, and the outputs go to France.",
            "SG",
            "FR",
        ),
        ("singapore", "Allowed: pods and people are outside of what the licence excludes.", "SG", "SG"),
    ] {
        files.deployment(
            &format!("04-two-questions/{file}.yaml"),
            comment,
            ("search", "a13b"),
            on("L20", 4, model("tencent/Hunyuan-A13B-Instruct", serves(Audience::Public, &[people]), within(&[place]))),
        );
    }
}

fn same_name(files: &mut Files) {
    files.deployment(
        "05-same-name/singapore.yaml",
        "ap-southeast-1 is Singapore on AWS, and Hong Kong on Huawei Cloud. The country decides, and never the region's\n\
         name alone.",
        ("video", "captions"),
        ModelDeploymentSpec {
            accelerators: Some(Accelerators { product: None, resource: None, count: 1 }),
            ..model(
                "Qwen/Qwen3-8B",
                serves(Audience::Internal, &["SG"]),
                in_regions(&["SG"], &[("aws", "ap-southeast-1"), ("huawei", "ap-southeast-1")]),
            )
        },
    );
}

fn eight_hundred_million(files: &mut Files) {
    let assistant =
        || on("A10G", 1, model("meta-llama/Llama-2-7b-chat-hf", serves(Audience::Internal, &["SG"]), within(&["SG"])));
    files.policy(
        "06-eight-hundred-million/brief.yaml",
        "Ten seconds of grace, so that a demo need not wait a day; the built-in grace is 24 h.",
        "brief",
        ModelPolicySpec {
            namespaces: Some(vec!["chat".into()]),
            grace: Grace { person: "10s".into(), ..Grace::default() },
            ..ModelPolicySpec::default()
        },
    );
    files.licensee("06-eight-hundred-million/giant.yaml", GIANT, "giant", organisation("giant"));
    files.deployment(
        "06-eight-hundred-million/assistant.yaml",
        "Refused: the figure of June 2023 is above the limit of Llama 2.",
        ("chat", "assistant"),
        assistant(),
    );
    let meta_2026 = |until: Option<&str>| {
        let mut spec = organisation("giant");
        spec.separate_licenses.push(Record {
            name: "meta-2026".into(),
            covers: Covers { licenses: vec!["LicenseRef-llama-2".into()], ..Covers::default() },
            who: Some("legal@giant.example".into()),
            when: Some("2026-11-20".into()),
            until: until.map(str::to_owned),
            reference: Some("an invented contract: M-17".into()),
            ..Record::default()
        });
        spec
    };
    files.licensee(
        "06-eight-hundred-million/granted/giant.yaml",
        "Giant, with Meta's grant recorded.",
        "giant",
        meta_2026(None),
    );
    files.deployment(
        "06-eight-hundred-million/granted/assistant.yaml",
        "The same file: allowed, because a separate licence covers it.",
        ("chat", "assistant"),
        assistant(),
    );
    files.licensee(
        "06-eight-hundred-million/ended/giant.yaml",
        "Giant, after the grant has ended: what runs is warned, has its grace, and is drained.",
        "giant",
        meta_2026(Some("2026-11-21")),
    );
    files.deployment(
        "06-eight-hundred-million/ended/assistant.yaml",
        "The same file: refused again, from the end of the grant on.",
        ("chat", "assistant"),
        assistant(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::files::Owned;

    #[test]
    fn every_example_is_read_as_it_was_written() {
        let mut owned = Owned::default();
        for (path, text) in all() {
            owned.read(&path, &text);
        }
        assert_eq!(owned.unreadable, []);
        assert_eq!(owned.others, 0);
        let catalog = crate::catalog::Catalog::built_in().unwrap();
        // What an example changes of itself keeps its name.
        let mut notes = owned.problems(catalog);
        notes.retain(|note| note.reason != crate::manifest::Reason::ManifestDoubled);
        assert_eq!(notes, []);
    }
}
