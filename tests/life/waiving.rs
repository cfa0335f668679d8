//! A deployment that was stopped comes back for as long as a Waiver lets it, by the same template.

use jiff::ToSpan;

use crate::{cluster::Cluster, kit::instant};

const BOT: &str = r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {audience: internal, serves: [US]}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

const GIANT: &str = r#"
namespaces: [chat]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, value: 800000000, period: 2023-06}
accepted:
- {name: llama, who: legal@giant.example, when: 2026-11-02, covers: {licenses: ["LicenseRef-llama-*"]}}
"#;

const GRANT: &str = "separateLicenses:\n- {name: meta-2026, who: Meta, when: 2026-11-20, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}, until: \"2026-11-24T13:00:00Z\"}\n";

#[test]
fn what_was_stopped_comes_back_for_a_week_and_is_stopped_again() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy(
        "chat",
        "{namespaces: [chat], grace: {person: 10m}, licenses: {waivable: [UserThreshold, RecordEnded]}}",
    );
    cluster.licensee("giant", &format!("{GIANT}{GRANT}"));
    cluster.tell("The grant of an hour is recorded; the deployment runs.");
    cluster.applies("chat/bot", BOT);
    cluster.then();
    cluster.now = instant("2026-11-24T13:00:00Z");
    cluster.tell("The grant has ended.");
    cluster.then();
    cluster.later(10.minutes());
    cluster.tell("The grace has passed.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    cluster.tell("Legal waives it for a week: the next grant is signed, and not here yet.");
    cluster.waiver(
        "chat-bot",
        r#"
deployment: {namespace: chat, name: bot, uid: uid-bot}
model: meta-llama/Llama-2-7b-chat-hf
policy: chat
findings: [{code: UserThreshold}, {code: RecordEnded}]
reason: next grant is signed, the paper comes by post
until: "2026-12-01T13:10:00Z"
approvedBy: legal@giant.example
"#,
    );
    cluster.then();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts), (2, 0), "back, by the same template");
    assert_eq!(life.condition("Eligible").reason, "Waived");
    assert!(life.condition("Eligible").message.contains("by legal@giant.example"));
    assert_eq!(cluster.wakes_at("chat/bot"), Some(instant("2026-11-30T13:10:00Z")), "the day before, to say so");
    cluster.now = instant("2026-12-01T13:10:00Z");
    cluster.tell("The week is over: from that second it is refused, and the grace runs.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").condition("Ready").reason, "StopScheduled");
    cluster.later(10.minutes());
    cluster.tell("The grace has passed.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    cluster.is_told_in("a-waiver-of-a-week");
}

#[test]
fn a_waiver_that_is_deleted_ends_as_one_that_has_expired() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy("chat", "{namespaces: [chat], grace: {person: 10m}, licenses: {waivable: [UserThreshold]}}");
    cluster.licensee("giant", GIANT);
    cluster.waiver(
        "w",
        r"
deployment: {namespace: chat, name: bot, uid: uid-bot}
model: meta-llama/Llama-2-7b-chat-hf
policy: chat
findings: [{code: UserThreshold}]
reason: licensor confirmed by mail
until: 2026-11-30
approvedBy: legal@giant.example
",
    );
    cluster.applies("chat/bot", BOT);
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.facts.waivers.clear();
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").condition("Ready").reason, "StopScheduled");
    cluster.later(10.minutes());
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
}
