//! One deployment, once: the seven calls in order.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{Patch, PatchParams},
    core::DeserializeGuard,
    runtime::controller::Action,
};
use serde_json::json;

use crate::{
    apply::{ApplyError, apply},
    controller::{
        brake::brake,
        events::Events,
        lease::Leadership,
        moves::{Moves, carry_out},
        world::World,
    },
    manifest::{ModelDeployment, names::MANAGER_STATUS, status::ModelDeploymentStatus},
    ops::{
        call::{CallError, call},
        metrics::{At, Metrics},
    },
    plan::{Obstacle, Owner, fit::fit, inputs::Settings, next::next},
    report::decision_log::DecisionLog,
    status::{
        Seen, compute,
        news::{news, stands_wrong},
    },
};

/// What a reconcile works with.
pub struct Context {
    /// What is known in memory.
    pub world: Arc<World>,
    /// Client.
    pub client: Client,
    /// A client that tries nothing again by itself: 429 is a budget's answer to an eviction, and to be told.
    pub evictions: Client,
    /// Whether this replica writes.
    pub leadership: Arc<Leadership>,
    /// Flags that go into pods.
    pub settings: Settings,
    /// Engine of a model whose format does not choose one.
    pub default_runtime: String,
    /// Causes confirmed by flag.
    pub confirmed_stops: Vec<String>,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Decision log.
    pub log: Arc<DecisionLog>,
    /// Events.
    pub events: Events,
    /// Pods on their way.
    pub moves: Moves,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// Why a reconcile is tried again.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// A write of the plan.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The write of the status.
    #[error("the status could not be written: {0}")]
    Status(CallError),
    /// A bug of ours.
    #[error("the reconcile panicked; this object is tried again later, the others go on")]
    Panicked,
}

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time without a look, whatever the decision says: a safety net, not a poll.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Brings one deployment to where it should be.
pub async fn reconcile(
    object: Arc<DeserializeGuard<ModelDeployment>>,
    ctx: Arc<Context>,
) -> Result<Action, ReconcileError> {
    let Ok(manifest) = &object.0 else { return Ok(Action::await_change()) };
    if !ctx.leadership.is_held() || manifest.meta().deletion_timestamp.is_some() {
        return Ok(Action::await_change());
    }
    let now = (ctx.clock)();
    let owner = owner(manifest);
    let observed = ctx.world.observe(&owner.namespace, &owner.name);
    let (snapshot, labels) = (ctx.world.snapshot(), ctx.world.namespace_labels(&owner.namespace));
    let facts = snapshot.facts(ctx.world.catalog, &labels, now);

    let nodes = ctx.world.nodes();
    let exists = observed.exists(&nodes, &owner.uid);
    let next = next(&owner, &manifest.spec, &facts, &ctx.settings, &ctx.default_runtime, exists, |refused| {
        brake(&ctx.world, refused, &ctx.confirmed_stops, now)
    });
    ctx.tell(manifest, &next.decision);
    let applied = if observed.must_be_left(next.decision.verdict) {
        Ok(())
    } else {
        Box::pin(apply(&ctx.client, &ctx.metrics, &owner, next.plan.clone(), &observed)).await.map(drop)
    };
    let problem = applied.as_ref().err().map(|e| Obstacle::new(e.reason(), e.to_string()));
    // The template first: what a pod is evicted from is no place for the next one.
    let moved = if applied.is_ok() { carry_out(&ctx, manifest, &next, &observed).await } else { None };
    let held = ctx.moves.held(&owner.uid);
    let fit = next.inputs.as_ref().map(|inputs| fit(inputs, &nodes)).unwrap_or_default();
    let disagrees = ctx.world.disagreements_about(next.inputs.as_ref(), &observed);
    let before = manifest.status.as_ref().map(|s| s.conditions.as_slice()).unwrap_or_default();
    let status = compute(&Seen {
        owner: &owner,
        next: &next,
        apply: problem.as_ref(),
        observed: &observed,
        fit: &fit,
        disagrees: &disagrees,
        held: held.as_deref(),
        before,
        now,
    });
    for condition in stands_wrong(before, &status.conditions) {
        ctx.events.stands(manifest, condition);
    }
    ctx.write_status(manifest, &status).await?;
    applied?;
    let wait = next.wake_at.map_or(LONGEST_WAIT, |at| until(at, now).min(LONGEST_WAIT));
    Ok(Action::requeue(moved.map_or(wait, |moved| moved.min(wait))))
}

/// A second late is right, a moment early is not.
fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default() + Duration::from_millis(50)
}

fn owner(manifest: &ModelDeployment) -> Owner {
    Owner {
        name: manifest.name_any(),
        namespace: manifest.namespace().unwrap_or_default(),
        uid: manifest.uid().unwrap_or_default(),
        generation: manifest.meta().generation.unwrap_or(0),
    }
}

impl Context {
    /// Logs a new or changed decision, and makes an event of it and of each step that time alone takes.
    fn tell(&self, manifest: &ModelDeployment, decision: &crate::decide::Decision) {
        let news = news(manifest.status.as_ref(), decision);
        if news.decided {
            self.metrics.decided(decision, At::Reconcile);
            self.log.reconcile(manifest, decision);
            self.events.decided(manifest, decision);
        }
        for step in news.steps {
            self.events.step(manifest, step);
        }
    }

    async fn write_status(
        &self,
        manifest: &ModelDeployment,
        status: &ModelDeploymentStatus,
    ) -> Result<(), ReconcileError> {
        if manifest.status.as_ref() == Some(status) {
            return Ok(());
        }
        let namespace = manifest.namespace().unwrap_or_default();
        let api: Api<ModelDeployment> = Api::namespaced(self.client.clone(), &namespace);
        let body = json!({
            "apiVersion": ModelDeployment::api_version(&()),
            "kind": ModelDeployment::kind(&()),
            "metadata": {"uid": manifest.uid()},
            "status": status,
        });
        let (name, params) = (manifest.name_any(), PatchParams::apply(MANAGER_STATUS).force());
        let patch = Patch::Apply(body);
        let write = api.patch_status(&name, &params, &patch);
        match call(REQUEST_TIMEOUT, write).await {
            Ok(_) => {
                self.metrics.wrote("ModelDeploymentStatus");
                Ok(())
            }
            // Deleted meanwhile: nothing is left to say.
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(ReconcileError::Status(error)),
        }
    }
}
