//! A cluster of one controller and one kubelet, both in a loop, without either: `next` plans, what is planned exists,
//! pods become ready, and the status is computed as the operator would write it.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use jiff::{Span, Timestamp, tz::TimeZone};
use k8s_openapi::{
    api::{apps::v1::DeploymentStatus, core::v1::PodTemplateSpec},
    apimachinery::pkg::apis::meta::v1::Condition,
};
use modelport::{
    catalog::Catalog,
    decide::{
        Decision, Request, Verdict, decide,
        stopping::{Brake, Course, cause_id},
    },
    facts::{Fact, Unread, snapshot::Snapshot},
    fetch::record::Outcome,
    manifest::{model_deployment::ModelDeploymentSpec, status::ModelDeploymentStatus},
    plan::{
        Owner, Plan, Prepared,
        fit::{Fit, NodeSummary, fit},
        inputs::Settings,
        next::{Next, next},
    },
    status::{
        Seen, compute,
        news::news,
        observed::{Observed, PodConditionView, PodStatusView, PodView},
    },
};

use crate::kit::{catalog, golden, instant, settings, yaml};

/// One deployment and what exists for it.
#[derive(Clone)]
pub struct Life {
    owner: Owner,
    pub spec: ModelDeploymentSpec,
    pub observed: Observed,
    conditions: Vec<Condition>,
    status: Option<ModelDeploymentStatus>,
    /// Events, and lines of the decision log, in the order in which they were told.
    pub said: Vec<String>,
    /// What holds the eviction of a pod.
    pub held: Option<String>,
    /// When it is looked at again though nothing changes.
    pub wake_at: Option<Timestamp>,
    /// How often the pods were replaced by pods of another template.
    pub rollouts: u32,
    template: Option<PodTemplateSpec>,
    told: String,
    /// How many Jobs asked a registry.
    pub jobs: u32,
    /// What the fetchers left behind instead of weights.
    pub fetch: Option<Outcome>,
}

/// Everything that exists, and the story so far.
pub struct Cluster {
    pub now: Timestamp,
    pub facts: Snapshot,
    pub settings: Settings,
    pub lives: BTreeMap<String, Life>,
    /// While a node is short, pods pend.
    pub nodes_fit: bool,
    /// Nodes, sorted by name, where it matters on which one a pod stands.
    pub nodes: Vec<NodeSummary>,
    /// What this version of the operator has built in.
    pub catalog: Catalog,
    /// Whether what is said once, in events, is part of the story.
    pub tells_events: bool,
    /// What pods that ask a registry come back with, by the address; those of others are still on their way.
    pub registry: BTreeMap<String, String>,
    story: String,
}

impl Cluster {
    pub fn at(day: &str) -> Self {
        Self {
            now: instant(day),
            facts: Snapshot::default(),
            settings: settings(),
            lives: BTreeMap::new(),
            nodes_fit: true,
            nodes: Vec::new(),
            catalog: catalog().clone(),
            tells_events: false,
            registry: BTreeMap::new(),
            story: String::new(),
        }
    }

    pub fn tell(&mut self, line: &str) {
        let gap = if self.story.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.story, "{gap}{}  {line}", self.clock());
    }

    fn clock(&self) -> String {
        self.now.to_zoned(TimeZone::UTC).strftime("%F %H:%M:%S").to_string()
    }

    pub fn later(&mut self, span: Span) {
        let zoned = self.now.to_zoned(TimeZone::UTC).checked_add(span).expect("a time");
        self.now = zoned.timestamp();
    }

    pub fn licensee(&mut self, name: &str, text: &str) {
        self.facts.licensees.retain(|f| f.name != name);
        self.facts.licensees.push(Fact::new(name, None, yaml(text)));
    }

    pub fn policy(&mut self, name: &str, text: &str) {
        self.facts.policies.retain(|f| f.name != name);
        self.facts.policies.push(Fact::new(name, None, yaml(text)));
    }

    pub fn waiver(&mut self, name: &str, text: &str) {
        self.facts.waivers.push(Fact { created: Some(self.now), ..Fact::new(name, None, yaml(text)) });
    }

    pub fn confirms(&mut self, licensee: &str, cause: &str) {
        for fact in self.facts.licensees.iter_mut().filter(|f| f.name == licensee) {
            fact.confirms_stop = Some(cause.to_owned());
        }
    }

    pub fn unread(&mut self, kind: &str, name: Option<&str>, why: &str) {
        self.facts.unread.push(Unread { kind: kind.into(), name: name.map(Into::into), file: None, why: why.into() });
    }

    /// Somebody applies a manifest; admission is not asked: the reconciler alone must hold.
    pub fn applies(&mut self, service: &str, text: &str) {
        let (namespace, name) = service.split_once('/').expect("namespace/name");
        let spec: ModelDeploymentSpec = yaml(text);
        if let Some(life) = self.lives.get_mut(service) {
            life.owner.generation += 1;
            life.spec = spec;
        } else {
            let owner =
                Owner { name: name.into(), namespace: namespace.into(), uid: format!("uid-{name}"), generation: 1 };
            let life = Life {
                owner,
                spec,
                observed: Observed::default(),
                conditions: vec![],
                status: None,
                said: vec![],
                held: None,
                wake_at: None,
                rollouts: 0,
                template: None,
                told: String::new(),
                jobs: 0,
                fetch: None,
            };
            self.lives.insert(service.into(), life);
        }
    }

    /// The brake, as the operator computes it: asked of every deployment that runs.
    fn brake(&self, refused: &Decision) -> Brake {
        let cause = cause_id(refused);
        let mut brake = Brake { confirmed: self.facts.confirms(&cause), ..Brake::default() };
        for life in self.lives.values() {
            let Some(runs) = life.observed.runs_now(&[]).filter(|r| r.replicas > 0) else { continue };
            brake.running += 1;
            let labels = BTreeMap::new();
            let facts = self.facts.facts(&self.catalog, &labels, self.now);
            let request = Request {
                namespace: &life.owner.namespace,
                name: &life.owner.name,
                uid: Some(&life.owner.uid),
                spec: &runs.inputs.spec,
            };
            let decision = decide(&request, &facts);
            brake.would_stop += usize::from(
                decision.verdict == Verdict::Refused && decision.policy.stop && cause_id(&decision) == cause,
            );
        }
        brake
    }

    fn next(&self, life: &Life) -> Next {
        let labels = BTreeMap::new();
        let facts = self.facts.facts(&self.catalog, &labels, self.now);
        let exists = life.observed.exists(&self.nodes, &life.owner.uid);
        next(&life.owner, &life.spec, &facts, &self.settings, "vllm", exists, |refused| self.brake(refused))
    }

    /// What comes next for a deployment as it stands.
    pub fn next_of(&self, service: &str) -> Next {
        self.next(&self.lives[service])
    }

    /// Controller and kubelet, until nothing changes any more.
    pub fn settle(&mut self) {
        for service in self.lives.keys().cloned().collect::<Vec<_>>() {
            self.look(&service);
        }
    }

    /// Controller and kubelet, for one deployment.
    fn look(&mut self, service: &str) {
        for turn in 0.. {
            assert!(turn < 6, "{service} does not come to rest");
            let mut life = self.lives[service].clone();
            let next = self.next(&life);
            let seen = life.observed.digest_pods.len();
            let planned = |plan: &Plan<Prepared>| {
                serde_json::to_value((&plan.deployment, &plan.revision, &plan.digest)).expect("JSON")
            };
            let before = planned(&next.plan);
            let news = news(life.status.as_ref(), &next.decision);
            if news.decided {
                let first = next.decision.weightiest().map_or("Allowed", |f| f.reason.code());
                life.said.push(format!("decided: {} ({first})", next.decision.verdict.word()));
            }
            life.said.extend(news.steps.iter().map(|step| step.line()));
            if !life.observed.must_be_left(next.decision.verdict) {
                apply(&mut life, &next, self.nodes_fit);
                crate::tags::ask(&mut life, &next, &self.registry, self.now);
                if !self.nodes.is_empty() {
                    crate::nodes::settle(&mut life.observed, &next, &self.nodes);
                }
            }
            let fit = match next.inputs.as_ref().filter(|_| !self.nodes.is_empty()) {
                Some(inputs) => fit(inputs, &self.nodes),
                None => Fit { fit: usize::from(self.nodes_fit), ..Fit::default() },
            };
            let status = compute(&Seen {
                owner: &life.owner,
                next: &next,
                apply: None,
                observed: &life.observed,
                fit: &fit,
                disagrees: &[],
                held: life.held.as_deref(),
                before: &life.conditions,
                now: self.now,
            });
            life.conditions.clone_from(&status.conditions);
            life.status = Some(status);
            life.wake_at = next.wake_at;
            life.told = told(service, &next, &life);
            let again = self.next(&life);
            let after = planned(&again.plan);
            let answered = life.observed.digest_pods.len() > seen;
            self.lives.insert(service.to_owned(), life);
            if before == after && !answered {
                break;
            }
        }
    }

    /// The operator sleeps until the first instant that it computed, and looks at those alone whose instant it is.
    pub fn sleeps(&mut self) {
        let at = self.lives.values().filter_map(|life| life.wake_at).min().expect("somebody wakes it");
        assert!(at > self.now, "an instant that has passed wakes nobody");
        self.now = at;
        let woken: Vec<String> = self
            .lives
            .iter()
            .filter(|(_, life)| life.wake_at == Some(at))
            .map(|(service, _)| service.clone())
            .collect();
        self.tell(&format!("The operator wakes for {}.", woken.join(", ")));
        for service in &woken {
            self.look(service);
            self.tell_of(service);
        }
    }

    fn tell_of(&mut self, service: &str) {
        let life = self.lives.get_mut(service).expect("the deployment");
        self.story.push_str(&life.told);
        if self.tells_events {
            for line in life.said.drain(..) {
                let _ = writeln!(self.story, "    says {line}");
            }
        }
    }

    /// Settles, and tells how it stands.
    pub fn then(&mut self) {
        self.settle();
        for service in self.lives.keys().cloned().collect::<Vec<_>>() {
            self.tell_of(&service);
        }
    }

    pub fn life(&self, service: &str) -> &Life {
        &self.lives[service]
    }

    pub fn wakes_at(&self, service: &str) -> Option<Timestamp> {
        self.next(&self.lives[service]).wake_at
    }

    pub fn is_told_in(&self, name: &str) {
        golden(&format!("life/{name}.golden"), &self.story);
    }
}

impl Life {
    pub fn replicas(&self) -> i32 {
        self.observed.deployment.as_ref().and_then(|d| d.spec.as_ref()).and_then(|s| s.replicas).unwrap_or(0)
    }

    pub fn condition(&self, kind: &str) -> &Condition {
        self.conditions.iter().find(|c| c.type_ == kind).expect("the condition")
    }
}

/// What is planned exists; pods of another template are other pods, ready where a node fits.
fn apply(life: &mut Life, next: &Next, nodes_fit: bool) {
    let plan = &next.plan;
    life.observed.service = plan.service.clone().map(Arc::new);
    life.observed.budget = plan.budget.clone().map(Arc::new);
    life.observed.revisions = plan.revision.iter().cloned().map(Arc::new).collect();
    let mut deployment = plan.deployment.clone();
    let template = deployment.as_ref().and_then(|d| d.spec.as_ref()).map(|s| s.template.clone());
    let replicas = deployment.as_ref().and_then(|d| d.spec.as_ref()).and_then(|s| s.replicas).unwrap_or(0);
    if life.template.is_some() && template.is_some() && life.template != template {
        life.rollouts += 1;
    }
    life.template = template;
    if let Some(deployment) = deployment.as_mut() {
        deployment.metadata.generation = Some(1);
        deployment.status = Some(DeploymentStatus {
            observed_generation: Some(1),
            updated_replicas: Some(replicas),
            ..DeploymentStatus::default()
        });
    }
    life.observed.deployment = deployment.map(Arc::new);
    let condition = |kind: &str, fine: bool| PodConditionView {
        kind: kind.into(),
        status: if fine { "True" } else { "False" }.into(),
        message: (!fine).then(|| "0/1 nodes are available".into()),
        ..PodConditionView::default()
    };
    let fetcher = life.fetch.as_ref().map(crate::weights::failed);
    let pod = |_| {
        let mut pod = PodView::default();
        pod.spec.node_name = nodes_fit.then(|| "node".into());
        pod.status = PodStatusView {
            phase: Some(if nodes_fit { "Running" } else { "Pending" }.into()),
            conditions: vec![condition("PodScheduled", nodes_fit), condition("Ready", nodes_fit && fetcher.is_none())],
            init_container_statuses: fetcher.iter().cloned().collect(),
            ..PodStatusView::default()
        };
        Arc::new(pod)
    };
    // Where it matters on which node a pod stands, they are kept one by one.
    if life.observed.pods.iter().all(|pod| pod.metadata.uid.is_none()) {
        life.observed.pods = (0..replicas).map(pod).collect();
    }
}

fn told(service: &str, next: &Next, life: &Life) -> String {
    let mut text = String::new();
    let course = match &next.course {
        Course::Hold => "holds".to_owned(),
        Course::Run => "runs as written".into(),
        Course::GoOn(reason) => format!("goes on ({reason})"),
        Course::StopAt(at) => format!("stops at {at}"),
        Course::Held { cause, would_stop } => format!("held: {cause} would stop {would_stop}"),
        Course::Stop => "stops".into(),
    };
    let generation = life.observed.revisions.first().map_or_else(|| "none".into(), |r| r.revision.to_string());
    let pods = next.inputs.as_ref().map_or_else(|| "-".into(), |i| i.places.countries.words());
    let _ = writeln!(
        text,
        "  {service}: {}, {course}; generation {} of {} with {} pods in {pods}, rolled out {} times since the first",
        next.decision.verdict.word(),
        generation,
        life.owner.generation,
        life.replicas(),
        life.rollouts
    );
    let wrong = life.condition("Placeable");
    let wrong = [wrong].into_iter().filter(|c| c.reason.starts_with("Move") || c.reason == "PodStandsWrong");
    for condition in wrong {
        let _ = writeln!(text, "    Placeable {} {}: {}", condition.status, condition.reason, condition.message);
    }
    let model = [life.condition("ModelReady")].into_iter().filter(|c| c.reason.starts_with("Digest"));
    for condition in model {
        let _ = writeln!(text, "    ModelReady {} {}: {}", condition.status, condition.reason, condition.message);
    }
    if let Some(model) = life.status.as_ref().and_then(|s| s.model.as_ref()).filter(|m| m.resolved_from.is_some()) {
        let [from, digest, at] = [&model.resolved_from, &model.digest, &model.resolved_at].map(|t| t.as_deref());
        let short = digest.map_or("", |digest| &digest[..14]);
        let _ = writeln!(text, "    runs {short}... of {}, resolved {}", from.unwrap_or("-"), at.unwrap_or("earlier"));
    }
    for kind in ["Ready", "Progressing", "Stalled"] {
        let condition = life.condition(kind);
        let _ = writeln!(text, "    {kind} {} {}: {}", condition.status, condition.reason, condition.message);
    }
    text
}
