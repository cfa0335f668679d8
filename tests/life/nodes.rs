//! Scheduler, ReplicaSets and eviction, as far as the stories about where pods stand need them: a node takes one pod of
//! a deployment, a rollout makes one new pod before it lets an old one go, and what is evicted comes back by the
//! template that it had.

use std::{collections::BTreeMap, sync::Arc};

use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::Affinity},
    apimachinery::pkg::util::intstr::IntOrString,
};
use modelport::{
    manifest::names::{NODE_COUNTRY, NODE_SOURCE},
    plan::{fit::NodeSummary, next::Next, selector, standing::Step},
    status::observed::{AffinityView, NodeAffinityView, Observed, PodConditionView, PodView},
};

use crate::cluster::Cluster;

/// A node with a GPU in a country, as the operator has labelled it.
pub fn node(name: &str, country: &str) -> NodeSummary {
    let labels = BTreeMap::from([(NODE_COUNTRY, country), (NODE_SOURCE, "provider-id")]);
    NodeSummary {
        name: name.into(),
        labels: labels.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        accelerators: BTreeMap::from([("nvidia.com/gpu".to_owned(), 1)]),
        ..NodeSummary::default()
    }
}

const TEMPLATE: &str = "template";

fn template(deployment: &Deployment) -> (String, Option<Affinity>) {
    let spec = deployment.spec.as_ref().and_then(|s| s.template.spec.clone()).expect("a template");
    let hash = modelport::manifest::names::short_hash(&serde_json::to_vec(&spec).expect("JSON"));
    (hash, spec.affinity)
}

fn place(pod: &mut PodView, nodes: &[NodeSummary], taken: &[String]) -> bool {
    let lets = |node: &&NodeSummary| {
        !taken.contains(&node.name) && pod.spec.required().is_none_or(|r| selector::lets(r, &node.name, &node.labels))
    };
    let node = nodes.iter().find(lets).map(|node| node.name.clone());
    let fine = node.is_some();
    let condition = |kind: &str| PodConditionView {
        kind: kind.into(),
        status: if fine { "True" } else { "False" }.into(),
        message: (!fine).then(|| "no node is left".into()),
        ..PodConditionView::default()
    };
    pod.spec.node_name = node;
    pod.status.phase = Some(if fine { "Running" } else { "Pending" }.into());
    pod.status.conditions = vec![condition("PodScheduled"), condition("Ready")];
    fine
}

/// The controllers, until they rest.
pub fn settle(observed: &mut Observed, next: &Next, nodes: &[NodeSummary]) {
    let Some(deployment) = observed.deployment.clone() else { return };
    let (hash, affinity) = template(&deployment);
    let wanted = usize::try_from(next.replicas).expect("replicas");
    observed.pods.retain(|pod| pod.metadata.uid.is_some());
    let lets_go =
        deployment.spec.as_ref().and_then(|s| s.strategy.as_ref()?.rolling_update.as_ref()?.max_unavailable.clone())
            == Some(IntOrString::String("100%".into()));
    if lets_go {
        observed.pods.retain(|pod| of(pod) == hash);
    }
    while observed.pods.len() > wanted && observed.pods.iter().all(|pod| of(pod) == hash) {
        let pends = observed.pods.iter().position(|pod| pod.spec.node_name.is_none());
        observed.pods.remove(pends.unwrap_or(observed.pods.len() - 1));
    }
    let (mut made, mut tried) = (0, 0);
    loop {
        let taken: Vec<String> = observed.pods.iter().filter_map(|pod| pod.spec.node_name.clone()).collect();
        let new = observed.pods.iter().filter(|pod| of(pod) == hash).count();
        let mut pending = (0..observed.pods.len())
            .filter(|at| of(&observed.pods[*at]) == hash && observed.pods[*at].spec.node_name.is_none());
        if let Some(at) = pending.nth(tried) {
            let mut pod = (*observed.pods[at]).clone();
            tried += usize::from(!place(&mut pod, nodes, &taken));
            observed.pods[at] = Arc::new(pod);
        } else if new < wanted && observed.pods.len() <= wanted {
            let number = made + observed.pods.len();
            made += 1;
            let mut pod = PodView::default();
            pod.metadata.name =
                Some(format!("{}-{hash}-{number}", next.inputs.as_ref().map_or("x", |i| i.runtime.as_str())));
            pod.metadata.uid = Some(format!("{hash}-{number}-{}", taken.join("-")));
            pod.metadata.labels = Some(BTreeMap::from([(TEMPLATE.to_owned(), hash.clone())]));
            let required = affinity
                .clone()
                .and_then(|a| a.node_affinity)
                .and_then(|n| n.required_during_scheduling_ignored_during_execution);
            pod.spec.affinity = required.map(|required| AffinityView {
                node_affinity: Some(NodeAffinityView {
                    required_during_scheduling_ignored_during_execution: Some(required),
                }),
            });
            observed.pods.push(Arc::new(pod));
        } else {
            break;
        }
        // A new pod is ready: an old one goes.
        let ready = observed.pods.iter().filter(|pod| pod.spec.node_name.is_some()).count();
        if ready > wanted
            && let Some(old) = observed.pods.iter().position(|pod| of(pod) != hash)
        {
            observed.pods.remove(old);
        }
    }
    let updated = observed.pods.iter().filter(|pod| of(pod) == hash).count();
    let mut deployment = (*deployment).clone();
    if let Some(status) = deployment.status.as_mut() {
        status.updated_replicas = i32::try_from(updated).ok();
        status.replicas = i32::try_from(observed.pods.len()).ok();
    }
    observed.deployment = Some(Arc::new(deployment));
}

fn of(pod: &PodView) -> String {
    pod.metadata.labels.as_ref().and_then(|l| l.get(TEMPLATE)).cloned().unwrap_or_default()
}

impl Cluster {
    /// What is due is carried out, for one deployment: a pod at a time, as the budget lets.
    pub fn moves(&mut self, service: &str) {
        let next = self.next_of(service);
        let nodes = self.nodes.clone();
        let life = self.lives.get_mut(service).expect("the deployment");
        life.held = None;
        for wrong in &next.wrong {
            match wrong.step {
                Step::Evict => {
                    let ready = life.observed.pods.iter().filter(|pod| pod.spec.node_name.is_some()).count();
                    let least = usize::try_from(next.replicas).expect("replicas") - 1;
                    if life.observed.budget.is_some() && ready <= least {
                        life.held = Some(format!(
                            "The disruption budget bot needs {least} healthy pods and has {ready} currently."
                        ));
                    } else {
                        evict(&mut life.observed, &wrong.uid, &nodes);
                    }
                    break;
                }
                Step::Delete => evict(&mut life.observed, &wrong.uid, &nodes),
                _ => {}
            }
        }
    }

    /// An administrator writes a node's country.
    pub fn relabels(&mut self, node: &str, country: &str) {
        let node = self.nodes.iter_mut().find(|n| n.name == node).expect("the node");
        node.labels.insert(NODE_COUNTRY.into(), country.into());
        node.labels.remove(NODE_SOURCE);
    }

    /// On which nodes the pods of a deployment stand; `-` is a pod that pends.
    pub fn stand(&self, service: &str) -> String {
        let mut nodes: Vec<&str> =
            self.lives[service].observed.pods.iter().map(|pod| pod.spec.node_name.as_deref().unwrap_or("-")).collect();
        nodes.sort_unstable();
        nodes.join(" ")
    }
}

/// A pod goes; where its ReplicaSet is that of an older template, another comes by that one.
fn evict(observed: &mut Observed, uid: &str, nodes: &[NodeSummary]) {
    let at = observed.pods.iter().position(|pod| pod.metadata.uid.as_deref() == Some(uid)).expect("the pod");
    let gone = observed.pods.remove(at);
    let newest = observed.deployment.as_deref().map(|deployment| template(deployment).0);
    if newest.as_deref() != Some(of(&gone).as_str()) {
        let mut again = (*gone).clone();
        again.metadata.uid = Some(format!("{uid}-again"));
        let taken: Vec<String> = observed.pods.iter().filter_map(|pod| pod.spec.node_name.clone()).collect();
        place(&mut again, nodes, &taken);
        observed.pods.push(Arc::new(again));
    }
}
