//! Each cell of the table: nothing runs or something runs, and the verdict.

use jiff::ToSpan;

use crate::{cluster::Cluster, kit::instant};

const BOT: &str = r#"
model: {source: "hf://meta-llama/Llama-2-7b-chat-hf"}
usage: {audience: internal, serves: [US]}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

/// An organisation above Meta's limit, with what stands in `rest`.
fn giant(rest: &str) -> String {
    format!(
        r#"
namespaces: [chat]
kind: company
seat: US
metrics:
- {{name: monthly-active-users, scope: group, value: 800000000, period: 2023-06}}
accepted:
- {{name: llama, who: legal@giant.example, when: 2026-11-02, covers: {{licenses: ["LicenseRef-llama-*"]}}}}
{rest}"#
    )
}

fn grant(until: &str) -> String {
    giant(&format!(
        "separateLicenses:\n- {{name: meta-2026, who: Meta, when: 2026-11-20, reference: C-17, covers: {{licenses: [LicenseRef-llama-2]}}{until}}}\n"
    ))
}

fn running() -> Cluster {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("giant", &grant(""));
    cluster.tell("The grant is recorded; the deployment runs.");
    cluster.applies("chat/bot", BOT);
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster
}

#[test]
fn nothing_runs_and_only_allowed_makes_a_pod() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.tell("Nobody has described the organisation: it waits.");
    cluster.applies("chat/bot", BOT);
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    cluster.licensee("giant", &giant(""));
    cluster.tell("It is described, and above the limit: refused.");
    cluster.then();
    assert!(cluster.life("chat/bot").observed.deployment.is_none(), "no Deployment exists at all");
    cluster.licensee("giant", &grant(""));
    cluster.tell("Meta grants a licence: it runs.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.is_told_in("only-allowed-makes-a-pod");
}

#[test]
fn a_deleted_licensee_stops_nothing_and_is_loud() {
    let mut cluster = running();
    cluster.facts.licensees.clear();
    cluster.tell("Somebody deletes the Licensee.");
    cluster.then();
    cluster.later(400.days());
    cluster.tell("A year later nobody has noticed, and it still runs.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    let ready = cluster.life("chat/bot").condition("Ready");
    assert_eq!(ready.reason, "RunsOnWhileWaiting", "it is loud");
    cluster.tell("A pod is lost; its replacement may start. More replicas may not.");
    cluster.applies("chat/bot", &BOT.replace("replicas: 2", "replicas: 5"));
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "growth waits");
    cluster.tell("Fewer replicas are nobody's risk.");
    cluster.applies("chat/bot", &BOT.replace("replicas: 2", "replicas: 1"));
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 1);
    cluster.is_told_in("a-deleted-licensee");
}

#[test]
fn a_fact_that_cannot_be_read_stops_nothing() {
    let mut cluster = running();
    cluster.facts.licensees.clear();
    cluster.unread("Licensee", Some("giant"), "missing field `kind`");
    cluster.tell("A newer version wrote the Licensee; this one cannot read it.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.facts.unread.clear();
    cluster.unread("Licensee", None, "not read from the API server yet");
    cluster.tell("The operator starts again, and its store has not synced.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.is_told_in("a-fact-that-cannot-be-read");
}

#[test]
fn an_outdated_review_stops_nothing_and_new_ones_wait() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("giant", &grant(""));
    cluster.policy("legal", "{namespaces: [chat], licenses: {needReview: [\"class:community\"]}}");
    let hash = crate::kit::catalog().license_hash("LicenseRef-llama-2").expect("the entry").to_owned();
    let review = |cluster: &mut Cluster, hash: &str| {
        let text = format!(
            "{{license: LicenseRef-llama-2, reviews: [{{by: counsel, date: 2026-11-20, entrySha256: {hash}}}]}}"
        );
        cluster.facts.licenses = vec![modelport::facts::Fact::new("llama-2", None, crate::kit::yaml(&text))];
    };
    review(&mut cluster, &hash);
    cluster.tell("The licence is reviewed as it stands; the deployment runs.");
    cluster.applies("chat/bot", BOT);
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    review(&mut cluster, &"0".repeat(64));
    cluster.tell("The entry has changed since the review. What runs goes on; a new deployment waits.");
    cluster.applies("chat/new", BOT);
    cluster.then();
    cluster.later(400.days());
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "never stopped");
    let ready = cluster.life("chat/bot").condition("Ready");
    assert_eq!(ready.reason, "RunsOnWhileWaiting");
    assert!(ready.message.contains("ReviewOutdated"), "{}", ready.message);
    assert_eq!(cluster.life("chat/new").condition("Ready").reason, "ReviewOutdated");
    assert!(cluster.life("chat/new").observed.deployment.is_none(), "no Deployment exists at all");
    review(&mut cluster, &hash);
    cluster.tell("It is reviewed anew.");
    cluster.then();
    assert_eq!(cluster.life("chat/new").replicas(), 2);
}

#[test]
fn a_record_that_grows_too_old_is_looked_at_on_that_day_and_stops_nothing() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.licensee("giant", &grant(""));
    cluster.policy("legal", "{namespaces: [chat], licenses: {ages: {records: {atMost: 30d, older: Hold}}}}");
    cluster.applies("chat/bot", BOT);
    cluster.settle();
    let wakes = cluster.wakes_at("chat/bot").expect("it wakes by itself");
    assert_eq!(wakes, instant("2026-11-26T00:00:00Z"), "a week before, to say so again");
    cluster.later(7.days());
    cluster.settle();
    let wakes = cluster.wakes_at("chat/bot").expect("it wakes by itself");
    assert_eq!(wakes, instant("2026-12-02T00:00:00Z"), "the day before");
    cluster.now = wakes;
    cluster.settle();
    let wakes = cluster.wakes_at("chat/bot").expect("it wakes by itself");
    assert_eq!(wakes, instant("2026-12-03T00:00:00Z"), "31 days after the acceptance of 2 November");
    cluster.later(3.days());
    cluster.settle();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    let ready = cluster.life("chat/bot").condition("Ready");
    assert_eq!(ready.reason, "RunsOnWhileWaiting");
}

#[test]
fn the_grant_ends_warning_grace_drained() {
    let mut cluster = running();
    cluster.policy("chat", "{namespaces: [chat], grace: {person: 10s}}");
    cluster.licensee("giant", &grant(", until: \"2026-11-24T13:00:00Z\""));
    cluster.tell("The grant is given an end, an hour from now. The policy gives 10 s of grace.");
    cluster.then();
    assert_eq!(cluster.wakes_at("chat/bot"), Some(instant("2026-11-24T13:00:00Z")), "the operator wakes by itself");
    cluster.now = instant("2026-11-24T13:00:00Z");
    cluster.tell("The grant ends.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    assert_eq!(cluster.wakes_at("chat/bot"), Some(instant("2026-11-24T13:00:10Z")));
    assert_eq!(cluster.life("chat/bot").condition("Stalled").status, "False", "it serves until its stop");
    cluster.later(9.seconds());
    cluster.tell("A second before.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.later(1.seconds());
    cluster.tell("The grace has passed.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    assert!(cluster.life("chat/bot").observed.deployment.is_some(), "the Deployment stays, at 0");
    cluster.later(30.days());
    cluster.tell("Meta grants another year: the count comes back with it.");
    cluster.licensee("giant", &grant(", until: 2027-11-24"));
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2, "stopped and back");
    assert_eq!(cluster.life("chat/bot").rollouts, 0, "by the same template");
    cluster.tell("And when that ends, the grace is counted anew.");
    cluster.now = instant("2027-11-26");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.is_told_in("the-grant-ends");
}

#[test]
fn a_policy_that_only_warns_never_stops() {
    let mut cluster = running();
    cluster.policy("soft", "{namespaces: [chat], whenRefused: Warn, grace: {person: 10s}}");
    cluster.licensee("giant", &giant(""));
    cluster.tell("The grant is taken away, and the policy only warns.");
    cluster.then();
    cluster.later(4000.days());
    cluster.tell("Eleven years later.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    assert_eq!(cluster.life("chat/bot").condition("Ready").reason, "StopNotWanted");
    assert_eq!(cluster.life("chat/bot").condition("Stalled").status, "False", "it is as the policy wants it");
    cluster.is_told_in("a-policy-that-only-warns");
}

#[test]
fn a_refused_newer_generation_is_not_rolled_out() {
    let mut cluster = running();
    let other = BOT.replace("Llama-2-7b-chat-hf", "Llama-3.3-70B-Instruct").replace("replicas: 2", "replicas: 4");
    cluster.tell("The manifest is changed to a model that the grant does not cover.");
    cluster.applies("chat/bot", &other);
    cluster.then();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts), (2, 0));
    assert_eq!(life.condition("Ready").reason, "SpecRefused");
    cluster.tell("It is changed back.");
    cluster.applies("chat/bot", BOT);
    cluster.then();
    let life = cluster.life("chat/bot");
    assert_eq!((life.replicas(), life.rollouts), (2, 0));
    assert_eq!(life.condition("Ready").status, "True");
    cluster.is_told_in("a-refused-newer-generation");
}

#[test]
fn a_corrected_catalogue_gives_thirty_days() {
    let mut cluster = running();
    cluster.licensee("giant", &giant(""));
    cluster.tell("What allowed it was another reading of the licence in our own catalogue: a release corrects it.");
    // As an older version of ours left it: the same record, another hash of the catalogue's entry.
    let life = cluster.lives.get_mut("chat/bot").expect("it is there");
    let revision = std::sync::Arc::make_mut(&mut life.observed.revisions[0]);
    let annotations = revision.metadata.annotations.as_mut().expect("annotations");
    let allowed = annotations.get_mut("modelport.dev/allowed-by").expect("allowed-by");
    let mut inputs: serde_json::Value = serde_json::from_str(allowed).expect("JSON");
    for input in inputs.as_array_mut().expect("a list") {
        if input["kind"].as_str().is_some_and(|k| k.starts_with("catalogue")) {
            input["hash"] = "0000000000000000".into();
        }
    }
    *allowed = inputs.to_string();
    cluster.then();
    cluster.later(29.days());
    cluster.tell("29 days later.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 2);
    cluster.later(1.days());
    cluster.tell("30 days later.");
    cluster.then();
    assert_eq!(cluster.life("chat/bot").replicas(), 0);
    cluster.is_told_in("a-corrected-catalogue");
}

#[test]
fn eleven_deployments_by_one_cause_are_held_until_a_person_confirms() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy("chat", "{namespaces: [chat], grace: {person: 10s}}");
    cluster.licensee("giant", &grant(""));
    for n in 1..=11 {
        cluster.applies(&format!("chat/bot-{n:02}"), BOT);
    }
    cluster.settle();
    cluster.licensee("giant", &giant(""));
    cluster.settle();
    cluster.later(11.seconds());
    cluster.tell("Somebody empties the records of a Licensee on which eleven deployments hang; the grace passes.");
    cluster.settle();
    assert!(cluster.lives.values().all(|l| l.replicas() == 2), "all are held");
    let message = cluster.life("chat/bot-01").condition("Ready").message.clone();
    let cause = message.split("confirm-stop=").nth(1).and_then(|t| t.split(". ").next()).expect("the word").to_owned();
    cluster.tell(&format!("bot-01 says: {message}"));
    cluster.later(2.hours());
    cluster.settle();
    assert!(cluster.lives.values().all(|l| l.replicas() == 2), "held for as long as nobody says so");
    cluster.confirms("giant", "Licensee-giant:00000000");
    cluster.settle();
    assert!(cluster.lives.values().all(|l| l.replicas() == 2), "another word is no word");
    cluster.confirms("giant", &cause);
    cluster.tell("A person annotates the Licensee with that word.");
    cluster.settle();
    assert!(cluster.lives.values().all(|l| l.replicas() == 0), "all are stopped");
    let message = cluster.life("chat/bot-01").condition("Ready").message.clone();
    cluster.tell(&format!("bot-01 says: {message}"));
    cluster.is_told_in("eleven-by-one-cause");
}

#[test]
fn a_brake_that_was_released_stays_released_while_they_stop_one_by_one() {
    // After some have stopped, fewer run: the share must not hold the rest.
    let mut cluster = Cluster::at("2026-11-24");
    cluster.policy("chat", "{namespaces: [chat], grace: {person: 10s}}");
    cluster.licensee("giant", &grant(""));
    for n in 1..=2 {
        cluster.applies(&format!("chat/bot-{n}"), BOT);
    }
    cluster.settle();
    cluster.licensee("giant", &giant(""));
    cluster.settle();
    cluster.later(11.seconds());
    cluster.settle();
    assert!(cluster.lives.values().all(|l| l.replicas() == 0), "a handful is never held");
}
