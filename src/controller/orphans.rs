//! What was made for a ModelDeployment that is gone without it, by `kubectl delete --cascade=orphan`: nothing would decide
//! about those pods any more, so they go too.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use k8s_openapi::{
    api::{
        apps::v1::{ControllerRevision, Deployment},
        core::v1::Service,
        policy::v1::PodDisruptionBudget,
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{Api, Resource, ResourceExt, core::NamespaceResourceScope, runtime::reflector::ObjectRef};
use serde::de::DeserializeOwned;

use super::world::Children;
use crate::{
    apply::remove_as_seen,
    manifest::{ModelDeployment, names::DEPLOYMENT_LABEL},
    ops::call::{CallError, call},
    plan::is_orphan_of,
    reconcile::Context,
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between looks, all of them in memory. What goes was without a ModelDeployment at two of them: one that is made
/// again at once takes its pods back.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// Looks until the task is dropped.
pub async fn run(ctx: Arc<Context>) {
    let mut leads = ctx.leadership.watch();
    let mut seen = BTreeSet::new();
    loop {
        if ctx.leadership.is_held() {
            let (world, mut now) = (&ctx.world, BTreeSet::new());
            // The pods first.
            each::<Deployment, _>(&ctx, &world.deployments, &seen, &mut now).await;
            each::<Service, _>(&ctx, &world.services, &seen, &mut now).await;
            each::<PodDisruptionBudget, _>(&ctx, &world.budgets, &seen, &mut now).await;
            each::<ControllerRevision, _>(&ctx, &world.revisions, &seen, &mut now).await;
            seen = now;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            change = leads.changed() => if change.is_err() { return },
        }
    }
}

/// Removes those that `seen` has, by UID, and notes the others in `now`.
async fn each<K, V>(ctx: &Context, children: &Children<V>, seen: &BTreeSet<String>, now: &mut BTreeSet<String>)
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned + Clone + std::fmt::Debug,
    V: Resource<DynamicType = ()> + Clone + 'static,
{
    for child in children.all() {
        let (Some(name), Some(namespace)) = (child.labels().get(DEPLOYMENT_LABEL), child.namespace()) else { continue };
        let known = || ctx.world.manifests.get(&ObjectRef::new(name).within(&namespace)).is_some();
        if child.meta().deletion_timestamp.is_some() || !is_orphan_of(child.meta(), name) || known() {
            continue;
        }
        let uid = child.uid().unwrap_or_default();
        if !seen.contains(&uid) {
            now.insert(uid);
            continue;
        }
        let kind = K::kind(&());
        match remove::<K>(ctx, &namespace, name, child.meta()).await {
            Ok(false) => {}
            Ok(true) => tracing::warn!(%kind, namespace, name, "its ModelDeployment is gone, and it goes too"),
            Err(error) => {
                now.insert(uid);
                tracing::warn!(%kind, namespace, name, %error, "an orphan could not be removed; tried again");
            }
        }
    }
}

/// Removes it, unless its ModelDeployment is there after all.
async fn remove<K>(ctx: &Context, namespace: &str, name: &str, seen: &ObjectMeta) -> Result<bool, CallError>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned + Clone + std::fmt::Debug,
{
    let manifests: Api<ModelDeployment> = Api::namespaced(ctx.client.clone(), namespace);
    if call(REQUEST_TIMEOUT, manifests.get_metadata_opt(name)).await?.is_some() {
        return Ok(false);
    }
    let children: Api<K> = Api::namespaced(ctx.client.clone(), namespace);
    remove_as_seen(&children, seen, &ctx.metrics).await.map(|()| true)
}
