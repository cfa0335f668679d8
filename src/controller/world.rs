//! Everything that is known in memory: facts, nodes, and what exists for each deployment. Shared by admission and reconciler.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use k8s_openapi::api::{
    apps::v1::{ControllerRevision, Deployment},
    batch::v1::Job,
    core::v1::Service,
    policy::v1::PodDisruptionBudget,
};
use kube::{
    Resource, ResourceExt,
    core::DeserializeGuard,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher::Event,
    },
};

use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::{
    kept::Kept,
    nodes::{Woken, changed},
    views::NamespaceView,
};
use crate::{
    catalog::{Catalog, node_place::Disagreement},
    facts::snapshot::Snapshot,
    manifest::{
        ModelDeployment,
        names::{DEPLOYMENT_LABEL, DIGEST_LABEL},
    },
    plan::{
        fit::{self, NodeSummary},
        inputs::Inputs,
    },
    status::observed::{Observed, PodView},
};

/// Names of children by namespace and name of their deployment.
type Index = HashMap<(String, String), BTreeSet<String>>;

/// A store of children, with an index by the deployment that they belong to.
#[derive(Clone)]
pub struct Children<K: Resource<DynamicType = ()> + Clone + 'static> {
    store: Store<K>,
    index: Arc<Mutex<Index>>,
    label: &'static str,
}

impl<K: Resource<DynamicType = ()> + Clone + 'static> Children<K> {
    /// Over this store; [`Self::saw`] must be told of each event.
    #[must_use]
    pub fn new(store: Store<K>) -> Self {
        Self::labelled(store, DEPLOYMENT_LABEL)
    }

    /// As [`Self::new`], of objects that name their deployment in this label.
    #[must_use]
    pub fn labelled(store: Store<K>, label: &'static str) -> Self {
        Self { store, index: Arc::default(), label }
    }

    /// The label in which they name their deployment.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// Keeps the index with the store.
    pub fn saw(&self, event: &Event<K>) {
        match event {
            Event::Apply(object) | Event::InitApply(object) => {
                if let Some(key) = key(object, self.label) {
                    self.index().entry(key).or_default().insert(object.name_any());
                }
            }
            Event::Delete(object) => {
                if let Some(key) = key(object, self.label) {
                    let mut index = self.index();
                    if let Some(names) = index.get_mut(&key) {
                        names.remove(&object.name_any());
                        if names.is_empty() {
                            index.remove(&key);
                        }
                    }
                }
            }
            Event::Init | Event::InitDone => {}
        }
    }

    /// The children of a deployment that exist, by name.
    #[must_use]
    pub fn of(&self, namespace: &str, owner: &str) -> Vec<Arc<K>> {
        let names = self.index().get(&(namespace.to_owned(), owner.to_owned())).cloned().unwrap_or_default();
        names.iter().filter_map(|name| self.get(namespace, name)).collect()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<K>> {
        self.store.state()
    }

    /// One object.
    #[must_use]
    pub fn get(&self, namespace: &str, name: &str) -> Option<Arc<K>> {
        self.store.get(&ObjectRef::new(name).within(namespace))
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // A panic while the lock was held leaves at worst a name too many, which `of` filters.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key<K: ResourceExt>(object: &K, label: &str) -> Option<(String, String)> {
    Some((object.namespace()?, object.labels().get(label)?.clone()))
}

fn open<K: Resource + DeserializeOwned>(kept: &Arc<Kept<K>>) -> Option<Arc<K>> {
    kept.open().map(Arc::new)
}

/// Nodes about whose place something disagrees: what kind, and in sentences.
pub type Disagreements = BTreeMap<String, (Disagreement, Vec<String>)>;

/// What changed about nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodesChange {
    /// Nodes that joined, went, or changed in what is looked at.
    pub names: BTreeSet<String>,
    /// Whether something disagrees about other nodes than before, or in other words.
    pub disagreements: bool,
}

/// Everything that is known in memory.
pub struct World {
    /// The built-in data.
    pub catalog: &'static Catalog,
    snapshot: ArcSwap<Snapshot>,
    nodes: ArcSwap<Vec<NodeSummary>>,
    disagreements: ArcSwap<Disagreements>,
    nodes_changed: watch::Sender<()>,
    snapshot_changed: watch::Sender<()>,
    /// Namespaces.
    pub namespaces: Store<NamespaceView>,
    /// ModelDeployments.
    pub manifests: Store<DeserializeGuard<ModelDeployment>>,
    /// Deployments.
    pub deployments: Children<Kept<Deployment>>,
    /// Services.
    pub services: Children<Kept<Service>>,
    /// Budgets.
    pub budgets: Children<Kept<PodDisruptionBudget>>,
    /// Revisions.
    pub revisions: Children<Kept<ControllerRevision>>,
    /// Pods.
    pub pods: Children<PodView>,
    /// Jobs that ask what a tag stands for.
    pub digest_jobs: Children<Job>,
    /// Their pods.
    pub digest_pods: Children<PodView>,
}

/// The stores that the world reads.
pub struct Stores {
    /// Namespaces.
    pub namespaces: Store<NamespaceView>,
    /// ModelDeployments.
    pub manifests: Store<DeserializeGuard<ModelDeployment>>,
    /// Deployments.
    pub deployments: Store<Kept<Deployment>>,
    /// Services.
    pub services: Store<Kept<Service>>,
    /// Budgets.
    pub budgets: Store<Kept<PodDisruptionBudget>>,
    /// Revisions.
    pub revisions: Store<Kept<ControllerRevision>>,
    /// Pods.
    pub pods: Store<PodView>,
    /// Jobs that ask what a tag stands for.
    pub digest_jobs: Store<Job>,
    /// Their pods.
    pub digest_pods: Store<PodView>,
}

impl World {
    /// A world in which no fact has been read.
    #[must_use]
    pub fn new(catalog: &'static Catalog, stores: Stores) -> Self {
        Self {
            catalog,
            snapshot: ArcSwap::from_pointee(Snapshot::unsynced()),
            nodes: ArcSwap::from_pointee(Vec::new()),
            disagreements: ArcSwap::default(),
            nodes_changed: watch::channel(()).0,
            snapshot_changed: watch::channel(()).0,
            namespaces: stores.namespaces,
            manifests: stores.manifests,
            deployments: Children::new(stores.deployments),
            services: Children::new(stores.services),
            budgets: Children::new(stores.budgets),
            revisions: Children::new(stores.revisions),
            pods: Children::new(stores.pods),
            digest_jobs: Children::labelled(stores.digest_jobs, DIGEST_LABEL),
            digest_pods: Children::labelled(stores.digest_pods, DIGEST_LABEL),
        }
    }

    /// The facts of this instant.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces the facts.
    pub fn set_snapshot(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.snapshot_changed.send_replace(());
    }

    /// Changes when the facts do.
    #[must_use]
    pub fn snapshot_changed(&self) -> watch::Receiver<()> {
        self.snapshot_changed.subscribe()
    }

    /// Changes when a node does, in what is looked at.
    #[must_use]
    pub fn nodes_changed(&self) -> watch::Receiver<()> {
        self.nodes_changed.subscribe()
    }

    /// Nodes, as far as they are looked at.
    #[must_use]
    pub fn nodes(&self) -> Arc<Vec<NodeSummary>> {
        self.nodes.load_full()
    }

    /// Nodes about whose place something disagrees.
    #[must_use]
    pub fn disagreements(&self) -> Arc<Disagreements> {
        self.disagreements.load_full()
    }

    /// Replaces the nodes, which are sorted by name; says what changed of what is looked at.
    pub fn set_nodes(&self, nodes: Vec<NodeSummary>) -> NodesChange {
        let names = changed(&self.nodes.load(), &nodes);
        if names.is_empty() {
            return NodesChange::default();
        }
        let mut disagreements = (*self.disagreements()).clone();
        disagreements.retain(|name, _| !names.contains(name));
        for node in nodes.iter().filter(|node| names.contains(&node.name)) {
            let place = node.place(self.catalog);
            let chip = node.chip(self.catalog, &place).contradiction;
            let kind = place.disagreement.or_else(|| chip.as_ref().map(|_| Disagreement::Accelerator));
            if let Some(kind) = kind {
                let sentences = place.contradictions.into_iter().chain(chip).collect();
                disagreements.insert(node.name.clone(), (kind, sentences));
            }
        }
        let disagree = **self.disagreements.load() != disagreements;
        self.disagreements.store(Arc::new(disagreements));
        self.nodes.store(Arc::new(nodes));
        self.nodes_changed.send_replace(());
        NodesChange { names, disagreements: disagree }
    }

    /// The deployments that a change of these nodes concerns: those with a pod there, and those whose pods do not all
    /// have a node.
    #[must_use]
    pub fn concerned(&self, nodes: &BTreeSet<String>) -> Vec<Woken> {
        let (mut placed, mut concerned) = (HashSet::new(), HashSet::new());
        for pod in self.pods.store.state() {
            let Some(key) = key(pod.as_ref(), DEPLOYMENT_LABEL) else { continue };
            if pod.spec.node_name.as_ref().is_none_or(|node| nodes.contains(node)) {
                concerned.insert(key);
            } else {
                placed.insert(key);
            }
        }
        let rests = |key: &(String, String)| placed.contains(key) && !concerned.contains(key);
        let keys = self.manifests.state().into_iter().filter_map(|manifest| {
            let key = (manifest.namespace()?, manifest.name_any());
            (!rests(&key)).then(|| ObjectRef::new(&key.1).within(&key.0))
        });
        keys.collect()
    }

    /// What disagrees about the nodes that have pods of these inputs, or could take them.
    #[must_use]
    pub fn disagreements_about(&self, inputs: Option<&Inputs>, observed: &Observed) -> Vec<String> {
        let (Some(inputs), all) = (inputs, self.disagreements()) else { return Vec::new() };
        let all = all.iter().map(|(node, (_, sentences))| (node.as_str(), sentences.as_slice()));
        fit::disagrees(inputs, &self.nodes(), all, |node| observed.stands_on(node))
    }

    /// Labels of a namespace; none where it is not known.
    #[must_use]
    pub fn namespace_labels(&self, namespace: &str) -> Arc<BTreeMap<String, String>> {
        let view = self.namespaces.get(&ObjectRef::new(namespace));
        Arc::new(view.map(|v| v.labels().clone()).unwrap_or_default())
    }

    /// What exists for one deployment.
    #[must_use]
    pub fn observe(&self, namespace: &str, name: &str) -> Observed {
        Observed {
            deployment: self.deployments.get(namespace, name).as_ref().and_then(open),
            service: self.services.get(namespace, name).as_ref().and_then(open),
            budget: self.budgets.get(namespace, name).as_ref().and_then(open),
            revisions: self.revisions.of(namespace, name).iter().filter_map(open).collect(),
            pods: self.pods.of(namespace, name),
            digest_jobs: self.digest_jobs.of(namespace, name),
            digest_pods: self.digest_pods.of(namespace, name),
        }
    }
}
