//! A plan becomes objects: written by server-side apply where the live object lacks something, removed where it is no
//! longer planned, never seized from somebody else.

pub mod differs;
pub mod evict;
pub mod quantity;

use std::{marker::PhantomData, sync::Arc, time::Duration};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
    core::NamespaceResourceScope,
};
use serde::{Serialize, de::DeserializeOwned};

use self::differs::difference;
use crate::{
    manifest::{Reason, names::MANAGER_PLAN},
    ops::{
        call::{CallError, call},
        metrics::Metrics,
    },
    plan::{Applied, Owner, Plan, Prepared, is_controlled_by, is_orphan_of},
    status::observed::Observed,
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a plan does not stand in the cluster.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// An object with the child's name belongs to somebody else.
    #[error(
        "{kind} {name} exists and is not ours; it is left alone. Rename the ModelDeployment, or remove that {kind}"
    )]
    Foreign {
        /// Kind.
        kind: String,
        /// Name.
        name: String,
    },
    /// The namespace does not let it be created.
    #[error(
        "{kind} {name}, which asks what the tag stands for, is not let into the namespace: {error}. Let it, or write the digest in spec.model.digest"
    )]
    Refused {
        /// Kind.
        kind: String,
        /// Name.
        name: String,
        /// What the API server said.
        error: CallError,
    },
    /// The API server refused it, or did not answer.
    #[error("{kind} {name} could not be read or written: {error}")]
    Api {
        /// Kind.
        kind: String,
        /// Name.
        name: String,
        /// What it said.
        error: CallError,
    },
}

impl ApplyError {
    /// Stable code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Foreign { .. } => Reason::ForeignObject,
            Self::Refused { .. } => Reason::DigestMissing,
            Self::Api { error, .. } if error.is_invalid() => Reason::ApplyInvalid,
            Self::Api { .. } => Reason::ApplyFailed,
        }
    }
}

/// Writes what differs and removes what is no longer planned. The revision first: what runs must be on record before it
/// runs; the Deployment last. One that is there is written whatever became of its Service and budget: who puts an object
/// of their own in the way of those keeps no pod from being stopped or moved.
pub async fn apply(
    client: &Client,
    metrics: &Metrics,
    owner: &Owner,
    plan: Plan<Prepared>,
    observed: &Observed,
) -> Result<Plan<Applied>, ApplyError> {
    // No `..`: a new kind of object does not compile until it is applied and pruned here.
    let Plan { revision, service, budget, deployment, digest, state: _ } = plan;
    let writer = Writer { client, metrics, owner };
    let kept = revision.as_ref().map(ResourceExt::name_any);
    let same = observed.revisions.iter().find(|r| Some(r.name_any()) == kept);
    writer.put(revision.as_ref(), same).await?;
    let service_put = writer.put(service.as_ref(), observed.service.as_ref()).await;
    let budget_put = writer.put(budget.as_ref(), observed.budget.as_ref()).await;
    let beside = service_put.and(budget_put);
    if beside.is_ok() || observed.deployment.is_some() {
        writer.put(deployment.as_ref(), observed.deployment.as_ref()).await?;
    }
    beside?;
    for old in observed.revisions.iter().filter(|r| Some(r.name_any()) != kept) {
        writer.remove(old).await?;
    }
    // What a Job brought is on record before it goes.
    let asks = digest.as_ref().map(ResourceExt::name_any);
    for old in observed.digest_jobs.iter().filter(|job| Some(job.name_any()) != asks) {
        writer.remove(old).await?;
    }
    if let Some(job) = digest.as_ref().filter(|_| !observed.digest_jobs.iter().any(|j| Some(j.name_any()) == asks)) {
        writer.create(job).await?;
    }
    Ok(Plan { revision, service, budget, deployment, digest, state: PhantomData })
}

struct Writer<'a> {
    client: &'a Client,
    metrics: &'a Metrics,
    owner: &'a Owner,
}

impl Writer<'_> {
    async fn put<K>(&self, wanted: Option<&K>, live: Option<&Arc<K>>) -> Result<(), ApplyError>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + Serialize
            + DeserializeOwned
            + Clone
            + std::fmt::Debug,
    {
        let Some(wanted) = wanted else {
            return match live {
                Some(object) => self.remove(object).await,
                None => Ok(()),
            };
        };
        let name = wanted.name_any();
        let api: Api<K> = Api::namespaced(self.client.clone(), &self.owner.namespace);
        // The stores hold what carries our label; what does not may have the name all the same.
        let unlabelled = match live {
            Some(_) => None,
            None => self.bounded::<K, _>(&name, api.get_opt(&name)).await?.map(Arc::new),
        };
        let live = live.or(unlabelled.as_ref());
        if live.is_some_and(|object| !self.is_ours(object.as_ref())) {
            return Err(ApplyError::Foreign { kind: K::kind(&()).into_owned(), name });
        }
        let desired = serde_json::to_value(wanted).unwrap_or_default();
        if let Some(live) = live {
            let live = serde_json::to_value(live.as_ref()).unwrap_or_default();
            match difference(&desired, &live) {
                None => return Ok(()),
                Some(path) => tracing::debug!(kind = %K::kind(&()), name, path, "differs"),
            }
        }
        let params = PatchParams::apply(MANAGER_PLAN).force();
        self.bounded::<K, _>(&name, api.patch(&name, &params, &Patch::Apply(wanted))).await?;
        self.metrics.wrote(static_kind(&K::kind(&())));
        Ok(())
    }

    /// Creates what is never changed afterwards: not by us, and not by an apply over what a policy of the cluster added.
    async fn create<K>(&self, wanted: &K) -> Result<(), ApplyError>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + Serialize
            + DeserializeOwned
            + Clone
            + std::fmt::Debug,
    {
        let name = wanted.name_any();
        let api: Api<K> = Api::namespaced(self.client.clone(), &self.owner.namespace);
        let params = PostParams { field_manager: Some(MANAGER_PLAN.into()), ..PostParams::default() };
        match self.bounded::<K, _>(&name, api.create(&params, wanted)).await {
            Ok(_) => {
                self.metrics.wrote(static_kind(&K::kind(&())));
                Ok(())
            }
            // Not seen in the store yet, or somebody else's.
            Err(ApplyError::Api { error, .. }) if error.is_conflict() => {
                match self.bounded::<K, _>(&name, api.get_opt(&name)).await? {
                    Some(object) if !self.is_ours(&object) => {
                        Err(ApplyError::Foreign { kind: K::kind(&()).into_owned(), name })
                    }
                    _ => Ok(()),
                }
            }
            Err(ApplyError::Api { kind, name, error }) if error.is_forbidden() || error.is_invalid() => {
                Err(ApplyError::Refused { kind, name, error })
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes with the UID and resourceVersion that were seen: a newer object of the same name is another one.
    async fn remove<K>(&self, object: &Arc<K>) -> Result<(), ApplyError>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned + Clone + std::fmt::Debug,
    {
        if object.meta().deletion_timestamp.is_some() || !self.is_ours(object.as_ref()) {
            return Ok(());
        }
        let api: Api<K> = Api::namespaced(self.client.clone(), &self.owner.namespace);
        let removed = remove_as_seen(&api, object.meta(), self.metrics).await;
        removed.map_err(|error| ApplyError::Api { kind: K::kind(&()).into_owned(), name: object.name_any(), error })
    }

    /// An orphan of this name is taken back: the write gives it its owner again.
    fn is_ours<K: Resource>(&self, object: &K) -> bool {
        is_controlled_by(object.meta(), &self.owner.uid) || is_orphan_of(object.meta(), &self.owner.name)
    }

    async fn bounded<K, T>(
        &self,
        name: &str,
        request: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, ApplyError>
    where
        K: Resource<DynamicType = ()>,
    {
        let kind = K::kind(&()).into_owned();
        call(REQUEST_TIMEOUT, request).await.map_err(|error| ApplyError::Api { kind, name: name.to_owned(), error })
    }
}

/// Deletes an object with the UID and resourceVersion that were seen; one that is gone or newer is left.
pub async fn remove_as_seen<K>(api: &Api<K>, seen: &ObjectMeta, metrics: &Metrics) -> Result<(), CallError>
where
    K: Resource<DynamicType = ()> + DeserializeOwned + Clone + std::fmt::Debug,
{
    let preconditions = Preconditions { uid: seen.uid.clone(), resource_version: seen.resource_version.clone() };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
    match call(REQUEST_TIMEOUT, api.delete(seen.name.as_deref().unwrap_or_default(), &params)).await {
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        other => {
            other?;
            metrics.wrote(static_kind(&K::kind(&())));
            Ok(())
        }
    }
}

/// Kinds as metric labels: their number is bounded by this list.
fn static_kind(kind: &str) -> &'static str {
    ["Deployment", "Service", "PodDisruptionBudget", "ControllerRevision", "Job"]
        .into_iter()
        .find(|k| *k == kind)
        .unwrap_or("other")
}
