//! Held in place: a node is relabelled, a rule is narrowed, a budget holds, the operator starts anew.

use jiff::{SignedDuration, ToSpan};
use modelport::{
    decide::{Cause, Policy},
    plan::standing::{self, Look, Placed, SETTLE_SECONDS, Seen, Standing, Step},
};

use crate::{cluster::Cluster, kit::instant, nodes::node};

const QWEN: &str = r#"
model: {source: "hf://Qwen/Qwen3-8B"}
accelerators: {count: 1}
scaling: {replicas: 2}
"#;

const SERVICE: &str = "search/qwen";

fn only(countries: &str) -> String {
    format!("{{namespaces: [search], regions: {{allow: {{countries: [{countries}]}}}}}}")
}

/// Two replicas that may stand in Singapore, and do.
fn in_singapore(nodes: &[(&str, &str)]) -> Cluster {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.nodes = nodes.iter().map(|(name, country)| node(name, country)).collect();
    cluster.policy("search", &only("SG"));
    cluster.tell("The policy lets Singapore.");
    cluster.applies(SERVICE, QWEN);
    cluster.then();
    cluster
}

fn steps(cluster: &Cluster) -> Vec<Step> {
    cluster.next_of(SERVICE).wrong.iter().map(|wrong| wrong.step).collect()
}

fn settle_time(cluster: &mut Cluster) {
    cluster.later(SETTLE_SECONDS.seconds());
}

#[test]
fn a_node_is_relabelled_and_its_pod_is_moved() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "SG")]);
    assert_eq!(cluster.stand(SERVICE), "a b");
    cluster.relabels("a", "HK");
    cluster.tell("An administrator finds that node a stands in Hong Kong.");
    cluster.then();
    assert_eq!(steps(&cluster), [Step::Settles]);
    settle_time(&mut cluster);
    cluster.tell("Ten seconds later it still does: the pod is evicted.");
    cluster.moves(SERVICE);
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "b c");
    let life = cluster.life(SERVICE);
    assert_eq!(life.rollouts, 0, "no template changed");
    assert_eq!(life.condition("Placeable").reason, "NodesFit");
    cluster.is_told_in("a-relabelled-node");
}

#[test]
fn a_label_that_is_taken_back_within_ten_seconds_moves_nothing() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "SG")]);
    cluster.relabels("a", "HK");
    cluster.settle();
    cluster.later((SETTLE_SECONDS - 1).seconds());
    cluster.relabels("a", "SG");
    cluster.settle();
    cluster.later(1.days());
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "a b");
    assert_eq!(cluster.wakes_at(SERVICE), None, "nothing is left to wake for");
    cluster.relabels("a", "HK");
    cluster.settle();
    assert_eq!(steps(&cluster), [Step::Settles], "its time begins anew");
}

#[test]
fn a_budget_holds_a_pod_until_its_time_is_over() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    cluster.relabels("a", "HK");
    cluster.relabels("b", "HK");
    cluster.tell("Both nodes are found to stand in Hong Kong, and no other is left.");
    cluster.then();
    settle_time(&mut cluster);
    cluster.moves(SERVICE);
    cluster.tell("One pod is evicted, and its replacement pends.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- b");
    cluster.moves(SERVICE);
    cluster.tell("The budget holds the other.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- b");
    assert_eq!(cluster.life(SERVICE).condition("Placeable").reason, "MoveHeld");
    let until = cluster.wakes_at(SERVICE).expect("it wakes when its time is over");
    assert_eq!(until, instant("2026-11-24T13:00:00Z"), "an hour from when it was first seen");
    cluster.now = until;
    cluster.tell("The hour is over.");
    cluster.moves(SERVICE);
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- -", "replacement or not");
    cluster.nodes.push(node("c", "SG"));
    cluster.nodes.push(node("d", "SG"));
    cluster.tell("Two nodes join in Singapore.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "c d");
    cluster.is_told_in("a-budget-holds");
}

#[test]
fn a_policy_that_only_warns_says_which_pod_stands_where_and_moves_it_no_further_than_budgets_let() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    cluster.policy("search", &only("SG").replace("regions", "whenRefused: Warn, regions"));
    cluster.relabels("a", "HK");
    cluster.relabels("b", "HK");
    cluster.settle();
    settle_time(&mut cluster);
    cluster.moves(SERVICE);
    cluster.settle();
    cluster.later(400.days());
    cluster.moves(SERVICE);
    cluster.tell("Both nodes are found to stand in Hong Kong; the policy only warns. A year later.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- b");
    let said = cluster.life(SERVICE).condition("Placeable");
    assert_eq!(said.reason, "MoveOverdue");
    assert!(said.message.contains("stands in HK") && said.message.contains("since 2026-11-24T12:00:00Z"), "{said:?}");
    cluster.is_told_in("a-place-that-is-only-warned-of");
}

#[test]
fn the_only_replica_stays_while_no_node_would_take_the_next_one() {
    let mut cluster = in_singapore(&[("a", "SG")]);
    cluster.applies(SERVICE, &QWEN.replace("replicas: 2", "replicas: 1"));
    cluster.settle();
    cluster.relabels("a", "HK");
    cluster.settle();
    settle_time(&mut cluster);
    assert_eq!(steps(&cluster), [Step::KeptForLackOfNode]);
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "a");
    cluster.nodes.push(node("b", "SG"));
    assert_eq!(steps(&cluster), [Step::Evict], "a node joins");
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "b");
}

#[test]
fn the_only_replica_goes_when_its_time_is_over() {
    let mut cluster = in_singapore(&[("a", "SG")]);
    cluster.applies(SERVICE, &QWEN.replace("replicas: 2", "replicas: 1"));
    cluster.settle();
    cluster.relabels("a", "HK");
    cluster.settle();
    cluster.now = cluster.wakes_at(SERVICE).expect("it settles");
    cluster.settle();
    cluster.now = cluster.wakes_at(SERVICE).expect("its time ends");
    assert_eq!(steps(&cluster), [Step::Delete]);
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "-");
}

#[test]
fn a_narrowed_policy_is_a_rollout_and_evicts_nothing() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "US"), ("d", "US")]);
    cluster.policy("search", &only("SG, US"));
    cluster.settle();
    cluster.policy("search", &only("US"));
    cluster
        .tell("The policy lets the United States in place of Singapore: the template changes, the rollout moves all.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "c d");
    assert!(steps(&cluster).is_empty());
    cluster.is_told_in("a-narrowed-policy-moves-by-rollout");
}

#[test]
fn a_mistyped_word_of_a_policy_stops_and_moves_nothing() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "US")]);
    for regions in ["allow: {countries: [US, sg]}", "deny: {groups: [EMBARGO]}", "rules: [{rule: sg, mode: Enforce}]"] {
        cluster.policy("search", &format!("{{namespaces: [search], regions: {{{regions}}}}}"));
        cluster.settle();
        cluster.later(400.days());
        cluster.moves(SERVICE);
        cluster.settle();
        assert_eq!(cluster.stand(SERVICE), "a b", "{regions}");
        assert!(steps(&cluster).is_empty(), "{regions}");
    }
}

#[test]
fn a_rollout_that_is_stuck_lets_go_of_the_old_pods_when_their_time_is_over() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    cluster.policy("search", &only("US"));
    cluster.tell("The policy lets the United States only, where no node is: the new pod pends, the old ones serve.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- a b");
    assert_eq!(steps(&cluster), [Step::Rollout, Step::Rollout], "an evicted pod would come back by the older template");
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "- a b");
    cluster.later((24 * 3600 - 1).seconds());
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "- a b");
    cluster.later(1.seconds());
    cluster.tell("The day that a person's change gives is over: the rollout lets go of them.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "- -");
    assert_eq!(cluster.life(SERVICE).rollouts, 1, "the narrower template alone");
    cluster.nodes.push(node("c", "US"));
    cluster.nodes.push(node("d", "US"));
    cluster.tell("Two nodes join in the United States.");
    cluster.then();
    assert_eq!(cluster.stand(SERVICE), "c d");
    cluster.is_told_in("a-stuck-rollout-lets-go");
}

#[test]
fn a_filing_that_ends_narrows_and_gives_a_day() {
    let acme = |until: &str| {
        format!(
            "{{namespaces: [search], kind: company, seat: CN, filings: [{{name: cac, rule: cn-genai-filing, who: a, when: 2026-11-01, covers: {{services: [search/qwen]}}{until}}}]}}"
        )
    };
    let mut cluster = Cluster::at("2026-11-24");
    cluster.nodes = vec![node("a", "CN"), node("b", "CN")];
    cluster.licensee("acme", &acme(", until: \"2026-11-24T13:00:00Z\""));
    cluster.policy("search", "{namespaces: [search], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}");
    cluster.applies(
        SERVICE,
        &format!("{QWEN}usage: {{audience: public, serves: [CN]}}\nplacement: {{allow: {{countries: [CN]}}}}\n"),
    );
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "a b");
    cluster.now = instant("2026-11-24T13:00:00Z");
    cluster.settle();
    let life = cluster.life(SERVICE);
    assert_eq!(life.condition("Ready").reason, "StopScheduled", "{:?}", life.condition("Ready"));
    assert_eq!(cluster.wakes_at(SERVICE), Some(instant("2026-11-25T13:00:00Z")));
    assert!(steps(&cluster).is_empty(), "it is stopped as a whole, and nothing is moved");
    cluster.now = instant("2026-11-25T13:00:00Z");
    cluster.settle();
    assert_eq!(cluster.life(SERVICE).replicas(), 0);
}

#[test]
fn a_refused_newer_manifest_keeps_what_runs_out_of_a_place_that_is_no_longer_let() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "US"), ("d", "US")]);
    cluster.policy("search", &only("SG, US").replace("regions", "licenses: {refuse: [LicenseRef-llama-2]}, regions"));
    cluster.applies(SERVICE, &QWEN.replace("Qwen/Qwen3-8B", "meta-llama/Llama-2-7b-chat-hf"));
    cluster.settle();
    let stands = cluster.stand(SERVICE);
    assert_eq!(stands, "a b", "what was allowed goes on");
    cluster.policy("search", &only("US"));
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "c d", "and narrows");
}

#[test]
fn since_when_a_pod_stands_wrong_outlasts_the_operator_and_the_pod() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    cluster.policy("search", &only("US"));
    cluster.settle();
    let since = |cluster: &Cluster| cluster.next_of(SERVICE).wrong.iter().map(|w| w.seen.since).collect::<Vec<_>>();
    let first = since(&cluster);
    assert_eq!(first, [instant("2026-11-24"), instant("2026-11-24")]);
    cluster.later(30.minutes());
    // Nothing is kept in memory: what is looked at anew is read from the ControllerRevision.
    assert_eq!(since(&cluster), first);
    // A pod that crashes comes back on the same node by the older template, under another UID.
    let life = cluster.lives.get_mut(SERVICE).expect("it is there");
    for pod in &mut life.observed.pods {
        let pod = std::sync::Arc::make_mut(pod);
        pod.metadata.uid = pod.metadata.uid.as_ref().map(|uid| format!("{uid}-again"));
    }
    cluster.settle();
    assert_eq!(since(&cluster), first);
    let annotations = cluster.life(SERVICE).observed.revisions[0].metadata.annotations.clone().expect("annotations");
    let one = r#"{"since":"2026-11-24T12:00:00Z","cause":"Person"}"#;
    assert_eq!(annotations["modelport.dev/wrong-since"], format!(r#"{{"a":{one},"b":{one}}}"#));
}

#[test]
fn what_never_stood_wrong_carries_no_word_of_it() {
    let cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    let annotations = cluster.life(SERVICE).observed.revisions[0].metadata.annotations.clone().expect("annotations");
    assert!(!annotations.contains_key("modelport.dev/wrong-since"), "an upgrade of ours writes nothing");
}

#[test]
fn a_waiting_deployment_is_held_where_it_was_let_last() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG"), ("c", "SG")]);
    cluster.unread("ModelPolicy", Some("search"), "missing field");
    cluster.facts.policies.clear();
    cluster.relabels("a", "HK");
    cluster.settle();
    settle_time(&mut cluster);
    cluster.moves(SERVICE);
    cluster.settle();
    assert_eq!(cluster.stand(SERVICE), "b c");
}

#[test]
fn a_suspended_deployment_moves_nothing() {
    let mut cluster = in_singapore(&[("a", "SG"), ("b", "SG")]);
    cluster.relabels("a", "HK");
    cluster.applies(SERVICE, &format!("{QWEN}suspend: true\n"));
    assert!(steps(&cluster).is_empty());
}

#[test]
fn a_grace_of_nothing_still_waits_for_a_label_to_be_taken_back() {
    let (places, policy, at) = (
        crate::kit::yaml::<modelport::decide::Places>(
            "{countries: {only: [SG], never: []}, providers: {only: null, never: []}, regions: null, regionsDenied: [], by: []}",
        ),
        Policy {
            names: vec![],
            deny: true,
            stop: true,
            grace_person_seconds: 0,
            grace_catalogue_seconds: 0,
            grace_place_seconds: 0,
        },
        instant("2026-11-24"),
    );
    let hk = node("a", "HK");
    let placed = Placed { pod: "p", uid: "u", node: &hk, own_template_lets: false };
    let standing = Standing { placed: vec![placed, placed], nodes: &[], rolls: false };
    let since = standing::Since::from([("a".to_owned(), Seen { since: at, cause: Cause::Place })]);
    let look = |seconds| {
        let now = at + SignedDuration::from_secs(seconds);
        standing::wrong(
            &Look {
                places: &places,
                policy: &policy,
                since: Some(&since),
                narrowed_by: Cause::Person,
                alone: false,
                now,
            },
            &standing,
            || true,
        )
    };
    assert_eq!(look(SETTLE_SECONDS - 1)[0].step, Step::Settles);
    assert_eq!(look(SETTLE_SECONDS)[0].step, Step::Delete);
}
