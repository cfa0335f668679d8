//! The decisions of the demo, in its order.

use super::world::World;

const ACME: &str = r#"
namespaces: [support, chat, search]
kind: company
displayName: Acme
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10, source: annual reports, asOf: 2026-11-02}
accepted:
- {name: llama, who: legal@acme.example, when: 2026-11-02, covers: {licenses: ["LicenseRef-llama-*"]}}
"#;

#[test]
fn one_field_is_enough_where_nothing_asks() {
    let mut world = World::at("2026-11-24");
    world.tell("A fresh install: no Licensee, no policy. An engineer applies one field.");
    world.applies("demo/smollm2", r#"model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct"}"#);
    world.is_told_in("one-field");
}

#[test]
fn the_tag_says_mit() {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", ACME);
    world.tell("The card of DeepSeek-R1-Distill-Llama-70B says MIT. Its base model is under Llama 3.3.");
    let r1 = r#"
model: {source: "hf://deepseek-ai/DeepSeek-R1-Distill-Llama-70B"}
usage: {audience: public, serves: [US]}
"#;
    world.applies("chat/r1", r1);
    world.tell("The same for a namespace whose organisation nobody has described.");
    world.applies("lab/r1", r1);
    world.licensee(
        "muster",
        r#"
namespaces: [vision]
kind: company
seat: DE
metrics:
- {name: monthly-active-users, scope: group, atMost: 1000000, period: 2023-01/2026-10}
accepted:
- {name: llama, who: recht@muster.example, when: 2026-10-01, covers: {licenses: ["LicenseRef-llama-*"]}}
"#,
    );
    world.tell("Muster sits in Germany. Where its nodes are is another question.");
    world.applies(
        "vision/eyes",
        r#"
model: {source: "hf://meta-llama/Llama-3.2-11B-Vision-Instruct"}
usage: {audience: internal, serves: [US]}
placement: {allow: {countries: [US]}}
"#,
    );
    world.tell("A text model of the same family.");
    world.applies(
        "vision/words",
        r#"
model: {source: "hf://meta-llama/Llama-3.2-3B-Instruct"}
usage: {audience: internal, serves: [DE]}
"#,
    );
    world.is_told_in("the-tag-says-mit");
}

#[test]
fn one_word() {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", ACME);
    let bot = |audience: &str| {
        format!(
            r#"
model: {{source: "hf://meta-llama/Llama-2-7b-chat-hf"}}
usage: {{audience: {audience}, serves: [CN]}}
placement: {{allow: {{countries: [CN]}}}}
"#
        )
    };
    world.tell("By default the rules of places warn.");
    world.applies("support/support-bot", &bot("public"));
    world.policy("china", "{namespaces: [support], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}");
    world.tell("The platform team enforces cn-genai-filing in namespace support.");
    world.applies("support/support-bot", &bot("internal"));
    world.applies("support/support-bot", &bot("public"));
    world.applies("support/support-bot", &bot("partners"));
    world.tell("The audience is not said at all.");
    world.applies(
        "support/support-bot",
        r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {serves: [CN]}
placement: {allow: {countries: [CN]}}
"#,
    );
    world.tell("Legal records a filing for another service.");
    let filed = |service: &str, rest: &str| {
        format!(
            "{ACME}filings:\n- {{name: cac-1, rule: cn-genai-filing, who: legal@acme.example, when: 2026-11-20, reference: CAC-2026-1, covers: {{services: [{service}], countries: [CN]}}{rest}}}\n"
        )
    };
    world.licensee("acme", &filed("support/other", ""));
    world.applies("support/support-bot", &bot("public"));
    world.tell("Legal records the filing for this one.");
    world.licensee("acme", &filed("support/support-bot", ""));
    world.applies("support/support-bot", &bot("public"));
    world.tell("The filing ends with the year.");
    world.licensee("acme", &filed("support/support-bot", ", until: 2026-12-31, timeZone: Asia/Shanghai"));
    let decision = world.applies("support/support-bot", &bot("public"));
    assert_eq!(decision.next_change.expect("a date").to_string(), "2026-12-31T16:00:00Z");
    world.day("2027-01-01");
    world.applies("support/support-bot", &bot("public"));
    world.day("2026-11-24");
    world.licensee("acme", &format!("{ACME}notApplicable:\n- {{name: na-1, rule: cn-genai-filing, who: counsel@acme.example, when: 2026-11-20, reason: no public-opinion attributes, covers: {{services: [support/support-bot]}}}}\n"));
    world.tell("Or counsel records that the rule does not apply, and why.");
    world.applies("support/support-bot", &bot("public"));
    world.is_told_in("one-word");
}

#[test]
fn where_it_runs_and_whom_it_serves_are_two_questions() {
    let mut world = World::at("2026-11-24");
    world.licensee("acme", ACME);
    let video = |place: &str, serves: &str| {
        format!(
            r#"
model: {{source: "hf://tencent/Hunyuan-A13B-Instruct"}}
usage: {{audience: public, serves: [{serves}]}}
placement: {{allow: {{countries: [{place}]}}}}
"#
        )
    };
    world.tell("Hunyuan-A13B in Paris for Paris.");
    world.applies("search/find", &video("FR", "FR"));
    world.tell("In Singapore for Paris.");
    world.applies("search/find", &video("SG", "FR"));
    world.tell("In Paris for Singapore: the pods alone stand in the way, and the remedy was decided with.");
    world.applies("search/find", &video("FR", "SG"));
    world.tell("In Singapore for Singapore.");
    world.applies("search/find", &video("SG", "SG"));
    world.tell("In Paris and Singapore for Singapore: it narrows.");
    world.applies("search/find", &video("FR, SG", "SG"));
    world.tell("Anywhere, for people whom nobody names.");
    world.applies("search/find", r#"model: {source: "hf://tencent/Hunyuan-A13B-Instruct"}"#);
    world.is_told_in("two-questions");
}

#[test]
fn the_same_region_name_on_two_clouds() {
    let mut world = World::at("2026-11-24");
    world.tell("Singapore only, by country: the predicate holds on every cloud.");
    world.applies(
        "search/qwen",
        r#"
model: {source: "hf://Qwen/Qwen3-8B"}
placement: {allow: {countries: [SG]}}
"#,
    );
    world.tell("ap-southeast-1 is Singapore on AWS and on Alibaba Cloud, Hong Kong on Huawei Cloud.");
    world.applies(
        "search/qwen",
        r#"
model: {source: "hf://Qwen/Qwen3-8B"}
placement: {allow: {countries: [SG], regions: [{provider: huawei, region: ap-southeast-1}]}}
"#,
    );
    world.applies("search/qwen", r#"
model: {source: "hf://Qwen/Qwen3-8B"}
placement: {allow: {countries: [SG], regions: [{provider: aws, region: ap-southeast-1}, {provider: huawei, region: ap-southeast-1}]}}
"#);
    world.is_told_in("two-clouds");
}

#[test]
fn eight_hundred_million() {
    let mut world = World::at("2026-11-24");
    let grown = |rest: &str| {
        format!(
            r#"
namespaces: [chat]
kind: company
seat: US
metrics:
- {{name: monthly-active-users, scope: group, value: 800000000, period: 2023-06, source: annual report, asOf: 2023-07-10}}
accepted:
- {{name: llama, who: legal@giant.example, when: 2026-11-02, covers: {{licenses: ["LicenseRef-llama-*"]}}}}
{rest}"#
        )
    };
    let bot = r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {audience: internal, serves: [US]}
"#;
    world.licensee("giant", &grown(""));
    world.tell("A group that had 800 million monthly users in June 2023.");
    let refused = world.applies("chat/bot", bot);
    assert!(!refused.findings.iter().any(|f| f.line().contains("800,000,000")), "the figure is nobody else's business");
    world.tell("Legal records Meta's grant.");
    let grant = |until: &str| {
        grown(&format!(
            "separateLicenses:\n- {{name: meta-2026, who: Meta, when: 2026-11-20, reference: C-17, covers: {{licenses: [LicenseRef-llama-2]}}{until}}}\n"
        ))
    };
    world.licensee("giant", &grant(""));
    world.applies("chat/bot", bot);
    world.tell("The grant ends.");
    world.licensee("giant", &grant(", until: \"2026-11-24T13:00:00Z\""));
    let before = world.applies("chat/bot", bot);
    world.day("2026-11-24T13:00:00Z");
    let after = world.applies("chat/bot", bot);
    assert_eq!(before.next_change, Some(world.now));
    assert_ne!(before.id, after.id, "a record that has ended makes another decision");
    world.is_told_in("eight-hundred-million");
}
