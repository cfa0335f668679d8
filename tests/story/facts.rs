//! What happens when facts are missing, doubled, unreadable, wrong or written badly.

use modelport::{decide::Verdict, facts::Unread};

use super::world::World;

const LLAMA: &str = r#"
model: {source: "hf://meta-llama/Llama-3.1-8B-Instruct"}
usage: {audience: internal, serves: [US]}
"#;

const ACME: &str = r#"
namespaces: [lab]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}
accepted:
- {name: llama, who: legal, when: 2026-11-02, covers: {licenses: ["LicenseRef-llama-*"]}}
"#;

#[test]
fn bad_input_is_answered_in_words() {
    let mut world = World::at("2026-11-24");
    world.tell("Norway, unquoted; a country that is none; a name in place of a code; a group among people served.");
    world.applies("lab/x", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {serves: [NO, XX, Germany, EU]}");
    world.tell("A provider with a typing mistake, a group that is none, a region of another cloud.");
    world.applies("lab/x", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nplacement: {allow: {providers: [alibab], groups: [NATO], regions: [{provider: aws, region: cn-hangzhou}]}}");
    world.tell("A country both allowed and denied.");
    world.applies(
        "lab/x",
        "model: {source: \"hf://Qwen/Qwen3-8B\"}\nplacement: {allow: {countries: [CN, SG]}, deny: {countries: [CN]}}",
    );
    world.tell("A source that climbs, one of another scheme, one without an organisation, ten thousand characters.");
    world.applies("lab/x", "model: {source: \"hf://a/../b\"}");
    world.applies("lab/x", "model: {source: \"ftp://a/b\"}");
    world.applies("lab/x", "model: {source: \"hf://only-a-name\"}");
    world.applies("lab/x", &format!("model: {{source: \"hf://a/{}\"}}", "x".repeat(10_000)));
    world.tell("An answer that is neither yes nor no, none beside something else, a sector that no licence names, an empty name.");
    world.applies(
        "lab/x",
        "model: {source: \"hf://Qwen/Qwen3-8B\", name: \"\"}\nusage: {production: perhaps, sectors: [none, militry]}",
    );
    world.is_told_in("bad-input");
}

#[test]
fn facts_that_are_not_there() {
    let mut world = World::at("2026-11-24");
    world.tell("Nobody has described the organisation.");
    world.applies("lab/llama", LLAMA);
    world.tell("The store of Licensees has not been read yet.");
    world.unread =
        vec![Unread { kind: "Licensee".into(), name: None, file: None, why: "the watch has not synced".into() }];
    world.applies("lab/llama", LLAMA);
    world.tell("That matters to nobody where nothing asks.");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}");
    world.unread = vec![Unread {
        kind: "ModelPolicy".into(),
        name: Some("china".into()),
        file: None,
        why: "spec.mode: unknown variant".into(),
    }];
    world.tell("A policy that cannot be read could forbid anything.");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}");
    world.unread.clear();
    world.licensee("acme", ACME);
    world.tell("Described.");
    world.applies("lab/llama", LLAMA);
    world.licensee("other", "{namespaces: [lab], kind: company}");
    world.tell("Two Licensees select the namespace.");
    world.applies("lab/llama", LLAMA);
    world.licensees.remove("other");
    world.licensee("acme", "{namespaces: [lab], kind: company, seat: NO, metrics: [{name: monthly-active-users, scope: group, atMost: 1, period: 2023-01/2026-10}], accepted: [{name: l, who: l, when: 2026-01-01, covers: {all: Yes}}]}");
    world.tell("A seat in Norway, unquoted.");
    world.applies("lab/eyes", "model: {source: \"hf://meta-llama/Llama-3.2-11B-Vision-Instruct\"}");
    world.licensees.remove("acme");
    world.tell("The Licensee is deleted: it waits, and is never refused.");
    assert_eq!(world.applies("lab/llama", LLAMA).verdict, Verdict::Waiting);
    world.is_told_in("facts-not-there");
}

#[test]
fn figures_answer_their_own_question_only() {
    let mut world = World::at("2026-11-24");
    let acme = |metric: &str| {
        ACME.replace("{name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}", metric)
    };
    for (line, metric) in [
        (
            "Llama 3.1 asks about June 2024. The figure of October 2026 does not answer.",
            "{name: monthly-active-users, scope: group, value: 5, period: 2026-10}",
        ),
        (
            "A bound over a span that holds June 2024 does.",
            "{name: monthly-active-users, scope: group, atMost: 700000000, period: 2024-01/2026-10}",
        ),
        (
            "A bound above the limit settles nothing.",
            "{name: monthly-active-users, scope: group, atMost: 700000001, period: 2024-01/2026-10}",
        ),
        (
            "The member's own figure below the limit says nothing of its group.",
            "{name: monthly-active-users, scope: licensee, value: 5, period: 2024-06}",
        ),
        (
            "The member's own figure above it does.",
            "{name: monthly-active-users, scope: licensee, atLeast: 700000001, period: 2024-06}",
        ),
        (
            "A figure that may be shown is shown.",
            "{name: monthly-active-users, scope: group, value: 800000000, period: 2024-06, disclose: value}",
        ),
        (
            "Unique visitors are not active users.",
            "{name: monthly-unique-users, scope: group, value: 5, period: 2024-06}",
        ),
    ] {
        world.licensee("acme", &acme(metric));
        world.tell(line);
        world.applies("lab/llama", LLAMA);
    }
    world.tell("Stability asks for revenue in dollars, and for a registration before commercial use.");
    let stable = "model: {source: \"hf://stabilityai/stable-diffusion-3.5-large\"}\nusage: {audience: public, serves: [US], purpose: commercial, hostedForThirdParties: No}";
    for metric in [
        "{name: annual-revenue, scope: group, value: 900000, currency: EUR, period: T12M, asOf: 2026-11-02}",
        "{name: annual-revenue, scope: group, value: 900000, currency: USD, period: T12M, asOf: 2026-11-02}",
        "{name: annual-revenue, scope: group, value: 1000001, currency: USD, period: T12M, asOf: 2026-11-02}",
    ] {
        let text = acme(metric).replace("LicenseRef-llama-*", "LicenseRef-stability-*");
        world.licensee("acme", &format!("{text}registered:\n- {{name: s, who: legal, when: 2026-01-01, covers: {{licenses: [\"LicenseRef-stability-*\"]}}}}\n"));
        world.applies("lab/stable", stable);
    }
    world.is_told_in("figures");
}

#[test]
fn which_model_it_is() {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", ACME);
    world.tell("A repository that nobody knows.");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\"}");
    world.tell("The author says which licence it is under: a claim, and shown as one.");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\", license: apache-2.0}");
    world.policy("strict", "{namespaces: [lab], licenses: {claims: Hold, byName: Hold}}");
    world.tell("A policy holds claims until they are borne out.");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\", license: apache-2.0}");
    world.policies.clear();
    world.tell("The author names what it was merged from: those licences apply as well.");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\", license: mit, baseModels: [meta-llama/Llama-2-7b-hf, Qwen/Qwen2.5-3B]}\nusage: {audience: internal}");
    world.tell("A base that nobody knows.");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\", license: mit, baseModels: [example/base]}");
    world.tell("The legal team says in a ModelLicense which text applies.");
    world.license("merge", "{license: Apache-2.0, models: [\"example/*\"]}");
    world.applies("lab/merge", "model: {source: \"hf://example/merge-7b\"}");
    world.tell("The catalogue knows better than a weaker word: both apply.");
    world.applies(
        "lab/llama",
        "model: {source: \"hf://meta-llama/Llama-2-7b-hf\", license: mit}\nusage: {audience: internal}",
    );
    world.tell("A claim, a path, and nobody says whose model it is.");
    world.applies("lab/file", "model: {source: \"pvc://weights/models/a\"}");
    world.applies("lab/file", "model: {source: \"pvc://weights/models/a\", name: Qwen/Qwen3-8B}");
    world.tell("A card that says other.");
    world.applies("lab/file", "model: {source: \"hf://example2/x\", license: LicenseRef-hf-tag-unknown}");
    world.tell("A name that stood under several texts: unpinned, the newest; at a commit that nobody looked at, none.");
    world.applies(
        "lab/m2",
        "model: {source: \"hf://Tencent-Hunyuan/HunyuanDiT\"}\nusage: {audience: internal, serves: [SG]}",
    );
    world.applies("lab/m2", "model: {source: \"hf://Tencent-Hunyuan/HunyuanDiT@0123456789abcdef0123456789abcdef01234567\"}\nusage: {audience: internal, serves: [SG]}");
    world.tell("A quantisation of somebody else's on ModelScope, by its name only, and one with an adapter.");
    world.applies("lab/ms", "model: {source: \"modelscope://Qwen/Qwen3-8B\"}");
    world.applies("lab/lora", "model: {source: \"hf://Qwen/Qwen3-8B\", adapters: [\"hf://meta-llama/Llama-3.1-8B-Instruct\"]}\nusage: {audience: internal}");
    world.is_told_in("which-model");
}

#[test]
fn policies_combine() {
    let mut world = World::at("2026-11-24");
    let qwen = "model: {source: \"hf://Qwen/Qwen3-8B\"}\nplacement: {allow: {countries: [CN, SG]}}";
    world.policy("asia", "{namespaces: [lab], regions: {allow: {countries: [CN, SG, JP]}}, grace: {person: 12h}}");
    world.policy("no-china", "{namespaceSelector: {}, mode: Audit, regions: {deny: {countries: [CN]}}}");
    world.tell("One policy enforces, one audits.");
    world.applies("lab/qwen", qwen);
    world.policy("no-china", "{namespaceSelector: {}, regions: {deny: {countries: [CN]}}, grace: {person: 1h}}");
    world.tell("Both enforce: allowed sets intersect, refused sets unite, the shorter grace holds.");
    let decision = world.applies("lab/qwen", qwen);
    assert_eq!(decision.policy.grace_person_seconds, 3600);
    world.policy("japan", "{namespaces: [lab], regions: {allow: {countries: [JP]}}}");
    world.tell("A third leaves nothing.");
    world.applies("lab/qwen", qwen);
    world.policies.clear();
    world.policy("osi", "{namespaces: [lab], licenses: {allow: [MIT, \"deepseek-ai/*\"], refuse: [\"Qwen/Qwen3-*\"]}}");
    world.tell("Licences and publishers.");
    world.applies("lab/qwen", qwen);
    world.applies("lab/v3", "model: {source: \"hf://deepseek-ai/DeepSeek-V3-0324\"}");
    world.tell("MIT is permitted, and only a part of what applies here.");
    world.policy("osi", "{namespaces: [lab], licenses: {allow: [MIT]}}");
    world.applies("lab/r1", "model: {source: \"hf://deepseek-ai/DeepSeek-R1-Distill-Llama-70B\"}");
    world.tell("A name that the author writes beside the repository's own takes nothing away.");
    world.policy("osi", "{namespaces: [lab], licenses: {allow: [\"Qwen/*\"]}}");
    world.applies("lab/named", "model: {source: \"hf://deepseek-ai/DeepSeek-V3-0324\", name: Qwen/Qwen3-8B}");
    world.policies.clear();
    world.policy("china", "{namespaces: [lab], regions: {rules: [{rule: cn-labelling, mode: Enforce}]}}");
    world.tell("One rule is enforced, and its evidence is not recorded.");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}");
    world.policy("china", "{namespaces: [lab], regions: {rules: [{rule: CN, mode: Enforce}]}}");
    world.tell("All rules of a country: staff only, then the public, then people elsewhere.");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: internal, serves: [CN]}");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}");
    world.applies("lab/qwen", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [SG]}\nplacement: {allow: {countries: [SG]}}");
    world.is_told_in("policies");
}
