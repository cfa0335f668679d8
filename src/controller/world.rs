//! Everything that is known in memory: facts, nodes, and what exists for each deployment. Shared by admission and reconciler.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use k8s_openapi::api::{
    apps::v1::{ControllerRevision, Deployment},
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

use tokio::sync::watch;

use super::views::NamespaceView;
use crate::{
    catalog::Catalog,
    facts::snapshot::Snapshot,
    manifest::{ModelDeployment, names::DEPLOYMENT_LABEL},
    plan::fit::NodeSummary,
    status::observed::{Observed, PodView},
};

/// Names of children by namespace and name of their deployment.
type Index = HashMap<(String, String), BTreeSet<String>>;

/// A store of children, with an index by the deployment that they belong to.
#[derive(Clone)]
pub struct Children<K: Resource<DynamicType = ()> + Clone + 'static> {
    store: Store<K>,
    index: Arc<Mutex<Index>>,
}

impl<K: Resource<DynamicType = ()> + Clone + 'static> Children<K> {
    /// Over this store; [`Self::saw`] must be told of each event.
    #[must_use]
    pub fn new(store: Store<K>) -> Self {
        Self { store, index: Arc::default() }
    }

    /// Keeps the index with the store.
    pub fn saw(&self, event: &Event<K>) {
        match event {
            Event::Apply(object) | Event::InitApply(object) => {
                if let Some(key) = key(object) {
                    self.index().entry(key).or_default().insert(object.name_any());
                }
            }
            Event::Delete(object) => {
                if let Some(key) = key(object) {
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

fn key<K: ResourceExt>(object: &K) -> Option<(String, String)> {
    Some((object.namespace()?, object.labels().get(DEPLOYMENT_LABEL)?.clone()))
}

/// Everything that is known in memory.
pub struct World {
    /// The built-in data.
    pub catalog: &'static Catalog,
    snapshot: ArcSwap<Snapshot>,
    nodes: ArcSwap<Vec<NodeSummary>>,
    nodes_changed: watch::Sender<()>,
    snapshot_changed: watch::Sender<()>,
    /// Namespaces.
    pub namespaces: Store<NamespaceView>,
    /// ModelDeployments.
    pub manifests: Store<DeserializeGuard<ModelDeployment>>,
    /// Deployments.
    pub deployments: Children<Deployment>,
    /// Services.
    pub services: Children<Service>,
    /// Budgets.
    pub budgets: Children<PodDisruptionBudget>,
    /// Revisions.
    pub revisions: Children<ControllerRevision>,
    /// Pods.
    pub pods: Children<PodView>,
}

/// The stores that the world reads.
pub struct Stores {
    /// Namespaces.
    pub namespaces: Store<NamespaceView>,
    /// ModelDeployments.
    pub manifests: Store<DeserializeGuard<ModelDeployment>>,
    /// Deployments.
    pub deployments: Store<Deployment>,
    /// Services.
    pub services: Store<Service>,
    /// Budgets.
    pub budgets: Store<PodDisruptionBudget>,
    /// Revisions.
    pub revisions: Store<ControllerRevision>,
    /// Pods.
    pub pods: Store<PodView>,
}

impl World {
    /// A world in which no fact has been read.
    #[must_use]
    pub fn new(catalog: &'static Catalog, stores: Stores) -> Self {
        Self {
            catalog,
            snapshot: ArcSwap::from_pointee(Snapshot::unsynced()),
            nodes: ArcSwap::from_pointee(Vec::new()),
            nodes_changed: watch::channel(()).0,
            snapshot_changed: watch::channel(()).0,
            namespaces: stores.namespaces,
            manifests: stores.manifests,
            deployments: Children::new(stores.deployments),
            services: Children::new(stores.services),
            budgets: Children::new(stores.budgets),
            revisions: Children::new(stores.revisions),
            pods: Children::new(stores.pods),
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

    /// Replaces the nodes; says whether anything that is looked at changed.
    pub fn set_nodes(&self, nodes: Vec<NodeSummary>) -> bool {
        let changed = **self.nodes.load() != nodes;
        if changed {
            self.nodes.store(Arc::new(nodes));
            self.nodes_changed.send_replace(());
        }
        changed
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
            deployment: self.deployments.get(namespace, name),
            service: self.services.get(namespace, name),
            budget: self.budgets.get(namespace, name),
            revisions: self.revisions.of(namespace, name),
            pods: self.pods.of(namespace, name),
        }
    }
}
