//! The watches, and what each of them wakes.
//!
//! Plain stores with one reader each; kube's shared streams lose deletions. Every stream has its own back-off, so that
//! one failing watch does not slow the others.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use kube::{
    Api, Client, Resource, ResourceExt,
    core::DeserializeGuard,
    runtime::{
        Config, Controller, WatchStreamExt,
        controller::Action,
        reflector::{self, Store},
        watcher::{self, Event, watcher},
    },
};
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, watch};

use super::{
    backoff::{self, Brief, Failures},
    labeller, nodes, objects, orphans,
    views::{NamespaceView, NodeView, trim, trim_with_annotations},
    waivers,
    world::{Children, Stores, World},
};
use crate::{
    catalog::Catalog,
    facts::snapshot::{FactKind, Snapshot, read},
    manifest::{
        InferenceRuntime, Licensee, ModelDeployment, ModelLicense, ModelPolicy, Waiver,
        names::{DEPLOYMENT_LABEL, DIGEST_LABEL},
    },
    ops::health::Readiness,
    reconcile::{Context, ReconcileError, reconcile},
};

/// Idle connections are cut by some load balancers after 240 s, silently: end a watch before that.
const WATCH_SECONDS: u32 = 200;
/// Changes of one object within this time are one reconcile.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// Time between looks at the stores until all have synced.
const LOOK: Duration = Duration::from_millis(50);

/// The stores, and the tasks that fill them.
pub struct Watches {
    /// What is known in memory.
    pub world: Arc<World>,
    manifests: Events<DeserializeGuard<ModelDeployment>>,
    children: Vec<BoxFuture<'static, ()>>,
    owned: Vec<stream::BoxStream<'static, nodes::Woken>>,
    synced: BoxFuture<'static, bool>,
    wake: watch::Receiver<u64>,
    facts: FactStores,
}

type Events<K> = stream::BoxStream<'static, Result<Event<K>, watcher::Error>>;

/// A store of one kind, and the stream that fills it as it is polled.
fn store<K>(client: &Client, labels: Option<&str>, trim: fn(&mut K)) -> (Store<K>, Events<K>)
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + std::fmt::Debug + Send + Sync + 'static,
{
    let (store, writer) = reflector::store();
    let config = watcher::Config::default().timeout(WATCH_SECONDS);
    let config = match labels {
        Some(labels) => config.labels(labels),
        None => config,
    };
    let events =
        watcher(Api::<K>::all(client.clone()), config).backoff(backoff::of_a_watch()).modify(trim).reflect(writer);
    (store, events.boxed())
}

/// Sets up the watches; nothing is read before [`run`].
#[must_use]
pub fn watches(client: &Client, catalog: &'static Catalog) -> Watches {
    let ours = Some(DEPLOYMENT_LABEL);
    let (manifests, manifest_events) = store::<DeserializeGuard<ModelDeployment>>(client, None, trim);
    let (namespaces, namespace_events) = store::<NamespaceView>(client, None, trim_with_annotations);
    let (deployments, deployment_events) = store(client, ours, trim);
    let (services, service_events) = store(client, ours, trim);
    let (budgets, budget_events) = store(client, ours, trim);
    let (revisions, revision_events) = store(client, ours, trim);
    let (pods, pod_events) = store(client, ours, trim_with_annotations);
    let asks = Some(DIGEST_LABEL);
    let (digest_jobs, digest_job_events) = store(client, asks, trim);
    let (digest_pods, digest_pod_events) = store(client, asks, trim_with_annotations);
    let (node_store, node_events) = store::<NodeView>(client, None, trim_with_annotations);
    let stores = Stores {
        namespaces: namespaces.clone(),
        manifests: manifests.clone(),
        deployments: deployments.clone(),
        services: services.clone(),
        budgets: budgets.clone(),
        revisions: revisions.clone(),
        pods: pods.clone(),
        digest_jobs: digest_jobs.clone(),
        digest_pods: digest_pods.clone(),
    };
    let world = Arc::new(World::new(catalog, stores));
    let (one, woken_ones) = mpsc::channel(nodes::MAX_WOKEN_WAITING);
    let owned = vec![
        stream::unfold(woken_ones, |mut ones| async move { ones.recv().await.map(|one| (one, ones)) }).boxed(),
        owned(deployment_events, &world.deployments),
        owned(service_events, &world.services),
        owned(budget_events, &world.budgets),
        owned(revision_events, &world.revisions),
        owned(pod_events, &world.pods),
        owned(digest_job_events, &world.digest_jobs),
        owned(digest_pod_events, &world.digest_pods),
    ];

    let (wake, woken) = watch::channel(0_u64);
    let facts = Facts::new(client);
    let fact_stores = facts.stores.clone();
    let children = vec![
        facts.keep(world.clone(), wake.clone()).boxed(),
        nodes::keep(world.clone(), node_store.clone(), node_events, one, wake.clone()).boxed(),
        keep_namespaces(namespace_events, wake).boxed(),
    ];
    let kept = fact_stores.clone();
    let synced = async move {
        let all = tokio::join!(
            manifests.wait_until_ready(),
            namespaces.wait_until_ready(),
            deployments.wait_until_ready(),
            services.wait_until_ready(),
            budgets.wait_until_ready(),
            revisions.wait_until_ready(),
            pods.wait_until_ready(),
            node_store.wait_until_ready(),
            fact_stores.wait_until_ready(),
            digest_jobs.wait_until_ready(),
            digest_pods.wait_until_ready(),
        );
        all.0.is_ok()
            && all.1.is_ok()
            && all.2.is_ok()
            && all.3.is_ok()
            && all.4.is_ok()
            && all.5.is_ok()
            && all.6.is_ok()
            && all.7.is_ok()
            && all.8
            && all.9.is_ok()
            && all.10.is_ok()
    };
    Watches { world, manifests: manifest_events, children, owned, synced: synced.boxed(), wake: woken, facts: kept }
}

/// Reconciles until `stop`.
pub async fn run(
    watches: Watches,
    ctx: Arc<Context>,
    readiness: Arc<Readiness>,
    concurrency: u16,
    bind_node_labels: bool,
    stop: impl Future<Output = ()> + Send + Sync + 'static,
) {
    let Watches { world, manifests, children, owned, synced, wake, facts } = watches;
    let background: Vec<_> = children.into_iter().map(tokio::spawn).collect();
    let leader = ctx.leadership.watch();
    let failures = Arc::new(Failures::default());
    // Facts that are not known yet are not absent: no deployment is looked at before every store has synced. And what an
    // older kind would drop is not written.
    let gate = {
        let (readiness, world) = (readiness.clone(), world.clone());
        async move {
            readiness.right_kinds().await;
            if looked_at_anew(synced).await {
                readiness.stores_synced();
                tracing::info!(deployments = world.manifests.len(), "all stores have synced");
            }
        }
        .shared()
    };
    // Polled by itself: on a fresh cluster there is no deployment whose reconcile would.
    let gate_task = tokio::spawn(gate.clone());
    let woken = stream::select(changes(wake), changes(leader));
    let mut controller = Controller::for_stream(manifests.applied_objects(), world.manifests.clone())
        .with_config(Config::default().concurrency(concurrency).debounce(DEBOUNCE))
        .trigger_backoff(Brief)
        .reconcile_all_on(woken)
        .graceful_shutdown_on(stop);
    for children in owned {
        controller = controller.reconcile_on(children);
    }
    let labels = tokio::spawn(labeller::run(ctx.clone(), bind_node_labels));
    // A deployment that has not been read yet is not one that does not exist.
    let waiver_statuses = tokio::spawn(after(gate.clone(), waivers::run(ctx.clone(), facts.waivers.clone())));
    let orphans = tokio::spawn(after(gate.clone(), orphans::run(ctx.clone())));
    let statuses = tokio::spawn(after(gate.clone(), objects::run(ctx.clone(), facts)));
    controller
        .run(
            {
                let (failures, gate) = (failures.clone(), gate.clone());
                move |object: Arc<DeserializeGuard<ModelDeployment>>, ctx: Arc<Context>| {
                    let (failures, gate) = (failures.clone(), gate.clone());
                    async move {
                        gate.await;
                        let started = Instant::now();
                        let key = object.uid().unwrap_or_default();
                        // A panic would end the whole controller; caught, it is one object's failure.
                        let result = Box::pin(AssertUnwindSafe(reconcile(object, ctx.clone())).catch_unwind()).await;
                        let result = result.unwrap_or(Err(ReconcileError::Panicked));
                        ctx.metrics.reconciled(if result.is_ok() { "ok" } else { "failed" }, started.elapsed());
                        if result.is_ok() {
                            failures.forget(&key);
                        }
                        result
                    }
                }
            },
            move |object, error, _| {
                let wait = failures.next(&object.uid().unwrap_or_default());
                tracing::warn!(%error, namespace = object.namespace().unwrap_or_default(), name = object.name_any(), wait_seconds = wait.as_secs(), "not reconciled");
                Action::requeue(wait)
            },
            ctx,
        )
        .for_each(|result| async move {
            if let Err(error) = result {
                tracing::debug!(%error, "a watch or a reconcile reported");
            }
        })
        .await;
    for task in background {
        task.abort();
    }
    gate_task.abort();
    labels.abort();
    statuses.abort();
    orphans.abort();
    waiver_statuses.abort();
}

/// A task that begins once the gate is open.
async fn after(gate: impl Future<Output = ()>, task: impl Future<Output = ()>) {
    gate.await;
    task.await;
}

/// Waits for stores. kube keeps one waker a store, that of who looked last, and others look too: without a look of our
/// own now and then nobody might wake us.
async fn looked_at_anew<T>(mut stores: BoxFuture<'static, T>) -> T {
    loop {
        if let Ok(all) = tokio::time::timeout(LOOK, &mut stores).await {
            return all;
        }
    }
}

/// The deployments whose children changed.
fn owned<K>(events: Events<K>, children: &Children<K>) -> stream::BoxStream<'static, nodes::Woken>
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + std::fmt::Debug + 'static,
{
    let (children, label) = (children.clone(), children.label());
    let touched = events.inspect_ok(move |event| children.saw(event)).touched_objects();
    let owners = touched.filter_map(move |object| async move {
        let object =
            object.inspect_err(|error| tracing::debug!(%error, "a watch of children failed; it starts again")).ok()?;
        let name = object.labels().get(label)?;
        Some(reflector::ObjectRef::new(name).within(&object.namespace()?))
    });
    owners.boxed()
}

fn changes<T: Clone + Send + Sync + 'static>(receiver: watch::Receiver<T>) -> stream::BoxStream<'static, ()> {
    stream::unfold(receiver, |mut receiver| async move { receiver.changed().await.ok().map(|()| ((), receiver)) })
        .boxed()
}

async fn keep_namespaces(events: Events<NamespaceView>, wake: watch::Sender<u64>) {
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        if matches!(event, Ok(Event::Apply(_) | Event::Delete(_) | Event::InitDone)) {
            wake.send_modify(|n| *n += 1);
        }
    }
}

/// The five kinds of facts.
struct Facts {
    stores: FactStores,
    changes: stream::BoxStream<'static, ()>,
}

/// The stores of the five kinds of facts.
#[derive(Clone)]
pub struct FactStores {
    /// Licensees.
    pub licensees: Store<DeserializeGuard<Licensee>>,
    /// ModelPolicies.
    pub policies: Store<DeserializeGuard<ModelPolicy>>,
    /// ModelLicenses.
    pub licenses: Store<DeserializeGuard<ModelLicense>>,
    /// InferenceRuntimes.
    pub runtimes: Store<DeserializeGuard<InferenceRuntime>>,
    /// Waivers.
    pub waivers: Store<DeserializeGuard<Waiver>>,
}

impl FactStores {
    async fn wait_until_ready(&self) -> bool {
        let all = tokio::join!(
            self.licensees.wait_until_ready(),
            self.policies.wait_until_ready(),
            self.licenses.wait_until_ready(),
            self.runtimes.wait_until_ready(),
            self.waivers.wait_until_ready()
        );
        all.0.is_ok() && all.1.is_ok() && all.2.is_ok() && all.3.is_ok() && all.4.is_ok()
    }

    fn snapshot(&self) -> Snapshot {
        let (licensees, mut unread) = read(&self.licensees.state());
        let (policies, more) = read(&self.policies.state());
        unread.extend(more);
        let (licenses, more) = read(&self.licenses.state());
        unread.extend(more);
        let (runtimes, more) = read(&self.runtimes.state());
        unread.extend(more);
        let (waivers, more) = read(&self.waivers.state());
        unread.extend(more);
        Snapshot { licensees, policies, licenses, runtimes, waivers, unread }
    }
}

impl Facts {
    fn new(client: &Client) -> Self {
        fn kind<K: FactKind>(client: &Client) -> (Store<DeserializeGuard<K>>, stream::BoxStream<'static, ()>) {
            let (store, events) = store::<DeserializeGuard<K>>(client, None, trim);
            let changed = events.filter_map(|event| async move {
                matches!(event, Ok(Event::Apply(_) | Event::Delete(_) | Event::InitDone)).then_some(())
            });
            (store, changed.boxed())
        }
        let (licensees, of_licensees) = kind(client);
        let (policies, of_policies) = kind(client);
        let (licenses, of_licenses) = kind(client);
        let (runtimes, of_runtimes) = kind(client);
        let (waivers, of_waivers) = kind(client);
        Self {
            stores: FactStores { licensees, policies, licenses, runtimes, waivers },
            changes: stream::select_all([of_licensees, of_policies, of_licenses, of_runtimes, of_waivers]).boxed(),
        }
    }

    /// Replaces the snapshot at each change, once all five kinds are known.
    async fn keep(mut self, world: Arc<World>, wake: watch::Sender<u64>) {
        while self.changes.next().await.is_some() {
            if self.stores.wait_until_ready().now_or_never() == Some(true) {
                world.set_snapshot(self.stores.snapshot());
                wake.send_modify(|n| *n += 1);
            }
        }
    }
}
