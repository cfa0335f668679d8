//! The days after the first: the catalogue is corrected, figures leave their window, a cluster comes back from a backup.

use jiff::{Timestamp, ToSpan};
use modelport::catalog::{Catalog, License};

use crate::{
    cluster::Cluster,
    kit::{catalog, instant},
};

const BOT: &str = r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {audience: internal, serves: [US]}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

const SEARCH: &str = r#"
model: {source: "hf://Qwen/Qwen3-8B"}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

/// A model whose licence asks for the users of the month before, month after month.
const WRITER: &str = r#"
model: {source: "hf://Qwen/Qwen2.5-72B-Instruct"}
usage: {audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No}
accelerators: {count: 8}
scaling: {replicas: 1}
"#;

fn acme(rest: &str) -> String {
    format!(
        r#"
namespaces: [chat]
kind: company
seat: US
accepted:
- {{name: llama, who: legal@acme.example, when: 2026-11-02, covers: {{licenses: ["LicenseRef-llama-*"]}}}}
metrics:
- {{name: monthly-active-users, scope: group, value: 800000000, period: 2023-06}}
{rest}"#
    )
}

/// The catalogue as an older version had it: Llama 2 with another limit.
fn with_limit(limit: u64) -> Catalog {
    let edited = catalog().licenses().map(|license| {
        let mut entry = serde_json::to_value(license).expect("JSON");
        if license.id == "LicenseRef-llama-2" {
            let tests = entry["conditions"].as_array_mut().expect("conditions").iter_mut();
            let mut tests = tests.flat_map(|c| c["when"]["allOf"].as_array_mut().into_iter().flatten());
            tests.find_map(|atom| atom.get_mut("metric")).expect("a metric")["value"] = limit.into();
        }
        serde_json::from_value::<License>(entry).expect("a licence")
    });
    catalog().with_licenses(edited.collect()).expect("a catalogue")
}

#[test]
fn an_upgrade_with_a_corrected_licence_stops_nobody_for_thirty_days() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("acme", &acme(""));
    cluster.catalog = with_limit(900_000_000);
    cluster.tell("Our catalogue has the limit of Llama 2 wrong, by 200,000,000 users. Two deployments run.");
    cluster.applies("chat/bot", BOT);
    cluster.applies("chat/search", SEARCH);
    cluster.then();
    cluster.catalog = catalog().clone();
    cluster.later(1.hours());
    cluster.tell("The operator is upgraded; the entry is corrected. `modelport catalog diff` had named chat/bot.");
    cluster.then();
    let stops = instant("2026-12-24T13:00:00Z");
    assert_eq!(cluster.wakes_at("chat/bot"), Some(stops), "30 days from then, computed and not polled");
    assert_eq!(cluster.wakes_at("chat/search"), None, "who is not touched is not looked at");
    cluster.later(1.days());
    cluster.tell("A day later: more replicas wait, a change of the pods waits, a new deployment has no pod.");
    cluster.applies("chat/bot", &BOT.replace("replicas: 2", "replicas: 5").replace("count: 1", "count: 2"));
    cluster.applies("chat/bot-2", BOT);
    cluster.then();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts), (2, 0));
    assert!(cluster.life("chat/bot-2").observed.deployment.is_none(), "no Deployment exists at all");
    cluster.now = stops - 1.seconds();
    cluster.tell("A second before the thirty days are over.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.now = stops;
    cluster.tell("They are over.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    let life = cluster.life("chat/search");
    assert_eq!((life.replicas(), life.rollouts), (2, 0), "who is not touched never notices");
    cluster.is_told_in("an-upgrade-with-a-corrected-licence");
}

#[test]
fn a_corrected_licence_and_the_grant_it_asks_for_within_thirty_days_cost_nothing() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("acme", &acme(""));
    cluster.catalog = with_limit(900_000_000);
    cluster.applies("chat/bot", BOT);
    cluster.settle();
    cluster.catalog = catalog().clone();
    cluster.settle();
    cluster.later(20.days());
    cluster.licensee("acme", &acme("separateLicenses:\n- {name: meta, who: Meta, when: 2026-12-10, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}}\n"));
    cluster.settle();
    cluster.later(20.days());
    cluster.settle();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts), (2, 0));
    assert_eq!(life.condition("Ready").status, "True");
}

#[test]
fn a_figure_leaves_its_window_while_the_operator_sleeps_and_only_those_who_need_it_are_looked_at() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.tells_events = true;
    cluster.licensee("acme", &acme("- {name: monthly-active-users, scope: licensee, value: 5000000, period: 2026-10}\nseparateLicenses:\n- {name: meta, who: Meta, when: 2026-11-20, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}, until: 2026-12-31}\n"));
    cluster.tell("October is recorded. Meta's grant for Llama 2 ends with the year; Qwen3 asks for nothing.");
    cluster.applies("chat/bot", BOT);
    cluster.applies("chat/search", SEARCH);
    cluster.applies("chat/writer", WRITER);
    cluster.then();
    assert_eq!(cluster.life("chat/search").wake_at, None, "nothing ends by itself: time alone never wakes it");
    let mut woken: Vec<Timestamp> = Vec::new();
    while cluster.lives.values().any(|life| life.wake_at.is_some_and(|at| at <= instant("2027-01-15T00:00:00Z"))) {
        cluster.sleeps();
        woken.push(cluster.now);
    }
    let woken: Vec<String> = woken.iter().map(ToString::to_string).collect();
    assert!(woken.contains(&"2027-01-15T00:00:00Z".to_owned()), "November is due: {woken:?}");
    let life = cluster.life("chat/writer");
    assert_eq!(life.condition("Ready").reason, "RunsOnWhileWaiting");
    // Who was not woken has missed nothing: looked at now, all say what they said last.
    for life in cluster.lives.values_mut() {
        life.said.clear();
    }
    cluster.settle();
    for (service, life) in &cluster.lives {
        assert_eq!(life.said, Vec::<String>::new(), "{service}");
        assert_eq!(life.rollouts, 0, "{service}");
    }
    cluster.is_told_in("a-figure-leaves-its-window");
}

#[test]
fn a_step_of_time_is_said_once_however_often_it_is_looked_at() {
    let grant = "separateLicenses:\n- {name: meta, who: Meta, when: 2026-11-20, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}, until: 2026-12-31}\n";
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("acme", &acme(grant));
    cluster.applies("chat/bot", BOT);
    for _ in 0..40 * 2 {
        cluster.settle();
        cluster.later(12.hours());
    }
    let said = |what: &str| cluster.life("chat/bot").said.iter().filter(|line| line.contains(what)).count();
    assert_eq!(said("VerdictEnds"), 3, "30, 7 and 1 days before");
    for step in ["in less than 30 days", "in less than 7 days", "in less than 1 day;"] {
        assert_eq!(said(step), 1, "{step}");
    }
    assert_eq!(said("decided: Allowed"), 1, "a step is not another decision");
    assert_eq!(said("decided: Refused (RecordEnded)"), 1);
    assert_eq!(cluster.life("chat/bot").said.len(), 5);
}

#[test]
fn a_restore_brings_deployments_before_licensees_and_all_wait_and_none_is_lost() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("acme", &acme("- {name: monthly-active-users, scope: licensee, value: 5000000, period: 2026-10}\nseparateLicenses:\n- {name: meta, who: Meta, when: 2026-11-20, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}}\n"));
    let policy = "{namespaces: [chat], grace: {person: 10m}, licenses: {needReview: []}}";
    cluster.policy("chat", policy);
    cluster.tell("The day before: all run.");
    cluster.applies("chat/bot", BOT);
    cluster.applies("chat/search", SEARCH);
    cluster.applies("chat/writer", WRITER);
    cluster.then();
    let facts = std::mem::take(&mut cluster.facts);
    cluster.later(1.days());
    cluster.tell("The cluster is restored: deployments and what runs are there, Licensees and policies are not. Of chat/writer only the manifest was saved; a fourth is applied meanwhile.");
    cluster.lives.remove("chat/writer").expect("it was there");
    cluster.applies("chat/writer", WRITER);
    cluster.applies("chat/bot-2", BOT);
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "what runs goes on");
    assert_eq!(cluster.life("chat/bot").condition("Ready").reason, "RunsOnWhileWaiting");
    assert_eq!(cluster.life("chat/search").condition("Ready").status, "True", "Apache-2.0 asks nobody");
    for waits in ["chat/writer", "chat/bot-2"] {
        assert_eq!(cluster.life(waits).replicas(), 0, "{waits}");
        assert_eq!(cluster.life(waits).condition("Ready").reason, "LicenseeMissing", "{waits}");
    }
    cluster.later(40.days());
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "for however long it takes");
    cluster.policy("chat", policy);
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "a policy alone changes nothing");
    cluster.facts = facts;
    cluster.tell("Forty days later somebody finds the rest of the backup: the policies come back, then the Licensees. All converge, and no pod is replaced.");
    cluster.then();
    for (service, life) in &cluster.lives {
        assert_eq!(life.condition("Ready").status, "True", "{service}");
        assert_eq!(life.rollouts, 0, "{service}");
    }
    assert_eq!(cluster.life("chat/writer").replicas(), 1);
    cluster.is_told_in("restored-before-the-licensees");
}

#[test]
fn pods_whose_revision_is_not_restored_yet_are_left_alone_while_facts_are_missing() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("acme", &acme("separateLicenses:\n- {name: meta, who: Meta, when: 2026-11-20, reference: C-17, covers: {licenses: [LicenseRef-llama-2]}}\n"));
    cluster.applies("chat/bot", BOT);
    cluster.settle();
    let facts = std::mem::take(&mut cluster.facts);
    let revisions = std::mem::take(&mut cluster.lives.get_mut("chat/bot").expect("it is there").observed.revisions);
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "a missing fact takes nothing away");
    cluster.lives.get_mut("chat/bot").expect("it is there").observed.revisions = revisions;
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").condition("Ready").reason, "RunsOnWhileWaiting");
    cluster.facts = facts;
    cluster.settle();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts, life.condition("Ready").status.as_str()), (2, 0, "True"));
}
