//! A model by a tag: asked once, pinned, and never resolved anew for what runs.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan};
use k8s_openapi::{
    api::batch::v1::{Job, JobCondition, JobStatus},
    apimachinery::pkg::apis::meta::v1::{OwnerReference, Time},
};
use modelport::{
    decide::Verdict,
    plan::{digest::Went, digest_job::ASKER, next::Next},
    status::observed::{ContainerView, PodView, StateView, WhyView},
};
use proptest::prelude::*;

use crate::cluster::{Cluster, Life};

const TAG: &str = "oci://registry.example.com/ai/qwen:v1";
const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
const REFUSED: &str =
    r#"{"reason":"RegistryUnauthorized","message":"registry.example.com answers 401 for ai/qwen:v1: renew it"}"#;

fn manifest(source: &str) -> String {
    format!("model: {{source: \"{source}\", name: Qwen/Qwen3-8B}}\naccelerators: {{count: 1}}\n")
}

fn pod_of(job: &Job, last_word: &str, at: Timestamp) -> PodView {
    let mut pod = PodView::default();
    let uid = job.metadata.uid.clone().expect("a UID");
    pod.metadata.owner_references =
        Some(vec![OwnerReference { uid, controller: Some(true), ..OwnerReference::default() }]);
    let ended = WhyView { message: Some(last_word.into()), finished_at: Some(Time(at)), ..WhyView::default() };
    let state = StateView { terminated: Some(ended), ..StateView::default() };
    pod.status.container_statuses = vec![ContainerView { name: ASKER.into(), state, ..ContainerView::default() }];
    pod
}

/// The planned Job exists, others go, and its pod comes back with what the registry says of the address it was given.
pub fn ask(life: &mut Life, next: &Next, registry: &BTreeMap<String, String>, now: Timestamp) {
    let observed = &mut life.observed;
    let planned = next.plan.digest.clone();
    let name = planned.as_ref().and_then(|job| job.metadata.name.clone());
    observed.digest_jobs.retain(|job| job.metadata.name == name);
    if let Some(mut job) = planned.filter(|_| observed.digest_jobs.is_empty()) {
        life.jobs += 1;
        job.metadata.uid = Some(format!("uid-{}", life.jobs));
        job.metadata.creation_timestamp = Some(Time(now));
        observed.digest_jobs = vec![Arc::new(job)];
    }
    let owned = |pod: &PodView, job: &Job| {
        pod.metadata.owner_references.iter().flatten().any(|o| Some(&o.uid) == job.metadata.uid.as_ref())
    };
    observed.digest_pods.retain(|pod| observed.digest_jobs.iter().any(|job| owned(pod, job)));
    let unanswered =
        observed.digest_jobs.iter().filter(|_| observed.digest_pods.is_empty()).cloned().collect::<Vec<_>>();
    for job in unanswered {
        let pod = job.spec.as_ref().and_then(|s| s.template.spec.as_ref()).expect("a pod");
        let address = &pod.containers[0].args.as_ref().expect("arguments")[1];
        observed.digest_pods.extend(registry.get(address).map(|word| Arc::new(pod_of(&job, word, now))));
    }
}

fn image(cluster: &Cluster) -> String {
    let deployment = cluster.life("search/qwen").observed.deployment.clone().expect("a Deployment");
    let pod = deployment.spec.clone().expect("a spec").template.spec.expect("a pod");
    let volume = pod.volumes.into_iter().flatten().find_map(|volume| volume.image).expect("an image volume");
    volume.reference.expect("a reference")
}

fn applied() -> Cluster {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.applies("search/qwen", &manifest(TAG));
    cluster
}

fn running() -> Cluster {
    let mut cluster = applied();
    cluster.registry.insert(TAG.into(), ONE.into());
    cluster.settle();
    assert_eq!(image(&cluster), format!("registry.example.com/ai/qwen:v1@{ONE}"));
    cluster
}

#[test]
fn a_tag_is_resolved_once_and_runs_pinned() {
    let mut cluster = applied();
    cluster.tell("An engineer applies a tag. The pod that asks the registry is on its way.");
    cluster.then();
    assert_eq!(cluster.life("search/qwen").jobs, 1);
    assert!(cluster.life("search/qwen").observed.deployment.is_none(), "no pod before the digest is known");
    cluster.later(20.seconds());
    cluster.registry.insert(TAG.into(), ONE.into());
    cluster.tell("It comes back with a digest.");
    cluster.then();
    assert_eq!(image(&cluster), format!("registry.example.com/ai/qwen:v1@{ONE}"));
    assert!(cluster.life("search/qwen").observed.digest_jobs.is_empty(), "the Job goes after use");
    cluster.later(1.hour());
    cluster.registry.insert(TAG.into(), TWO.into());
    cluster.tell("Somebody moves the tag. Nothing is asked, and nothing changes.");
    cluster.then();
    cluster.applies("search/qwen", &format!("{}scaling: {{replicas: 2}}\n", manifest(TAG)));
    cluster.settle();
    assert!(image(&cluster).ends_with(ONE), "another count is no other source");
    let next_tag = TAG.replace(":v1", ":v2");
    cluster.applies("search/qwen", &manifest(&next_tag));
    cluster.tell("The engineer writes another tag: it is asked, and what runs goes on meanwhile.");
    cluster.then();
    assert!(image(&cluster).ends_with(ONE));
    cluster.registry.insert(next_tag, TWO.into());
    cluster.tell("The answer comes.");
    cluster.then();
    assert_eq!(image(&cluster), format!("registry.example.com/ai/qwen:v2@{TWO}"));
    assert_eq!((cluster.life("search/qwen").jobs, cluster.life("search/qwen").rollouts), (2, 1));
    cluster.is_told_in("a-tag-becomes-a-digest");
}

#[test]
fn what_runs_is_not_resolved_anew_when_what_we_kept_is_lost() {
    let mut cluster = running();
    cluster.registry.insert(TAG.into(), TWO.into());
    let life = cluster.lives.get_mut("search/qwen").expect("the deployment");
    life.observed.revisions.clear();
    cluster.settle();
    assert!(image(&cluster).ends_with(ONE), "the template that runs says it");
    assert_eq!((cluster.life("search/qwen").jobs, cluster.life("search/qwen").rollouts), (1, 0));
    cluster.applies("search/qwen", &format!("{}scaling: {{replicas: 2}}\n", manifest(TAG)));
    cluster.settle();
    assert_eq!((cluster.life("search/qwen").jobs, cluster.life("search/qwen").rollouts), (1, 0));
}

#[test]
fn a_digest_in_the_manifest_asks_nobody() {
    let mut cluster = Cluster::at("2026-11-24");
    cluster.applies("search/qwen", &manifest(TAG).replace("name:", &format!("digest: \"{ONE}\", name:")));
    cluster.settle();
    assert_eq!(
        (image(&cluster), cluster.life("search/qwen").jobs),
        (format!("registry.example.com/ai/qwen:v1@{ONE}"), 0)
    );
    cluster.applies("search/qwen", &manifest(TAG));
    cluster.settle();
    assert!(image(&cluster).ends_with(ONE), "taken out of the manifest, it is still what runs");
    assert_eq!(cluster.life("search/qwen").jobs, 0);
}

#[test]
fn a_registry_that_refuses_is_asked_again_ever_more_rarely() {
    let mut cluster = applied();
    cluster.registry.insert(TAG.into(), REFUSED.into());
    cluster.tell("The pull secret is outdated.");
    cluster.then();
    cluster.sleeps();
    let begun = cluster.now;
    while cluster.now.duration_since(begun).as_hours() < 24 {
        cluster.now = cluster.wakes_at("search/qwen").expect("it is asked again");
        cluster.settle();
        assert!(cluster.life("search/qwen").observed.digest_jobs.len() <= 1, "one Job at a time");
    }
    let jobs = cluster.life("search/qwen").jobs;
    assert!((24..=34).contains(&jobs), "{jobs} Jobs in a day");
    cluster.registry.insert(TAG.into(), ONE.into());
    cluster.now = cluster.wakes_at("search/qwen").expect("it is asked again");
    cluster.tell("A day later the secret is renewed, and the next question is answered.");
    cluster.then();
    assert!(image(&cluster).ends_with(ONE));
    cluster.is_told_in("a-registry-that-refuses");
}

#[test]
fn a_job_that_a_person_deletes_is_made_again_at_once() {
    let mut cluster = applied();
    cluster.registry.insert(TAG.into(), REFUSED.into());
    cluster.settle();
    cluster.registry.insert(TAG.into(), ONE.into());
    let life = cluster.lives.get_mut("search/qwen").expect("the deployment");
    life.observed.digest_jobs.clear();
    cluster.settle();
    assert!(image(&cluster).ends_with(ONE));
}

#[test]
fn what_waits_or_is_refused_asks_no_registry() {
    let hunyuan = "usage: {audience: public, serves: [FR]}\nplacement: {allow: {countries: [FR]}}\n";
    for (name, more, verdict) in
        [("unheard-of/model", "", Verdict::Waiting), ("tencent/Hunyuan-A13B-Instruct", hunyuan, Verdict::Refused)]
    {
        let mut cluster = Cluster::at("2026-11-24");
        cluster.applies("search/qwen", &format!("{}{more}", manifest(TAG).replace("Qwen/Qwen3-8B", name)));
        cluster.settle();
        assert_eq!(cluster.next_of("search/qwen").decision.verdict, verdict, "{name}");
        assert_eq!(cluster.life("search/qwen").jobs, 0, "{name}");
    }
}

#[test]
fn a_job_that_ends_without_a_word_says_why_and_is_made_again() {
    let mut cluster = applied();
    cluster.settle();
    let now = cluster.now;
    let life = cluster.lives.get_mut("search/qwen").expect("the deployment");
    let job = Arc::make_mut(&mut life.observed.digest_jobs[0]);
    let over = JobCondition {
        type_: "Failed".into(),
        status: "True".into(),
        reason: Some("DeadlineExceeded".into()),
        message: Some("Job was active longer than specified deadline".into()),
        last_transition_time: Some(Time(now)),
        ..JobCondition::default()
    };
    job.status = Some(JobStatus { conditions: Some(vec![over]), ..JobStatus::default() });
    cluster.settle();
    let condition = cluster.life("search/qwen").condition("ModelReady").clone();
    assert_eq!(condition.reason, "DigestMissing");
    assert!(condition.message.contains("DeadlineExceeded: Job was active longer"), "{}", condition.message);
    cluster.later(31.seconds());
    cluster.settle();
    assert_eq!(cluster.life("search/qwen").jobs, 2);
    assert_eq!(cluster.life("search/qwen").condition("ModelReady").message, condition.message, "no flapping meanwhile");
}

#[test]
fn what_a_tenant_makes_under_our_label_is_not_believed() {
    let mut cluster = applied();
    cluster.settle();
    let life = cluster.lives.get_mut("search/qwen").expect("the deployment");
    let ours = life.observed.digest_jobs[0].clone();
    let mut forged = (*ours).clone();
    forged.metadata.uid = Some("uid-forged".into());
    forged.metadata.owner_references = None;
    let pod = pod_of(&forged, ONE, cluster.now);
    life.observed.digest_jobs = vec![Arc::new(forged)];
    life.observed.digest_pods = vec![Arc::new(pod.clone())];
    let known = |life: &Life| life.observed.exists(&[], "uid-qwen").tag;
    assert!(known(life).asked.is_empty(), "a Job that we did not make");
    let mut loose = pod;
    loose.metadata.owner_references = None;
    life.observed.digest_jobs = vec![ours];
    life.observed.digest_pods = vec![Arc::new(loose)];
    assert!(matches!(known(life).asked[0].went, Went::Asking(None)), "a pod that our Job did not make");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_pod_says_only_a_digest_is_ever_run(word in "(sha256:)?[0-9a-f]{60,68}|\\PC{0,60}") {
        let mut cluster = applied();
        cluster.registry.insert(TAG.into(), word.clone());
        cluster.settle();
        let is_digest = word.trim().strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64);
        prop_assert_eq!(cluster.life("search/qwen").observed.deployment.is_some(), is_digest);
    }
}
