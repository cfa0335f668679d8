//! The status of each Waiver: in force, expired, or void and why; and the events of both turns. Output only.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::Timestamp;
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
    core::DeserializeGuard,
    runtime::reflector::{ObjectRef, Store},
};
use serde_json::json;

use crate::{
    decide::{
        Decision, Request, decide,
        waiver::{Standing, standing},
    },
    facts::{Fact, snapshot::Snapshot},
    manifest::{
        ModelDeployment, Waiver,
        condition::{Truth, condition},
        names::MANAGER_STATUS,
        waiver::WaiverStatus,
    },
    reconcile::Context,
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time between looks while Waivers exist: their deployments change without telling this task.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);

/// Keeps the statuses until the task is dropped.
pub async fn run(ctx: Arc<Context>, waivers: Store<DeserializeGuard<Waiver>>) {
    let mut changed = ctx.world.snapshot_changed();
    let mut leads = ctx.leadership.watch();
    loop {
        let mut next = None;
        if ctx.leadership.is_held() {
            next = look(&ctx, &waivers).await;
        }
        let wait = next.map_or(LOOK_INTERVAL, |at| until(at, (ctx.clock)()).min(LOOK_INTERVAL));
        tokio::select! {
            change = changed.changed() => if change.is_err() { return },
            change = leads.changed() => if change.is_err() { return },
            () = tokio::time::sleep(wait), if !waivers.state().is_empty() => {}
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default() + Duration::from_millis(50)
}

/// Looks at all of them; the next end of one that is in force.
async fn look(ctx: &Context, waivers: &Store<DeserializeGuard<Waiver>>) -> Option<Timestamp> {
    let (now, snapshot) = ((ctx.clock)(), ctx.world.snapshot());
    let (mut next, mut in_force) = (None::<Timestamp>, 0);
    for object in waivers.state() {
        let Ok(waiver) = &object.0 else { continue };
        let target = ctx
            .world
            .manifests
            .get(&ObjectRef::new(&waiver.spec.deployment.name).within(&waiver.spec.deployment.namespace));
        let manifest = target.as_ref().and_then(|guard| guard.0.as_ref().ok());
        let (stands, waives) = stands(ctx, &snapshot, waiver, manifest, now);
        if let Standing::InForce(at) = stands {
            in_force += 1;
            next = Some(next.map_or(at, |known| known.min(at)));
        }
        tell(ctx, waiver, manifest, &stands, waives, now).await;
    }
    ctx.metrics.waivers_in_force.set(in_force);
    next
}

/// How a Waiver stands, and the codes of the findings that it lets pass.
fn stands(
    ctx: &Context,
    snapshot: &Snapshot,
    waiver: &Waiver,
    manifest: Option<&ModelDeployment>,
    now: Timestamp,
) -> (Standing, Vec<String>) {
    let name = waiver.name_any();
    let fact = Fact {
        created: waiver.metadata.creation_timestamp.as_ref().map(|time| time.0),
        ..Fact::new(&name, None, waiver.spec.clone())
    };
    let deployment = &waiver.spec.deployment;
    let labels = ctx.world.namespace_labels(&deployment.namespace);
    let facts = snapshot.facts(ctx.world.catalog, &labels, now);
    let Some(manifest) = manifest else { return (standing(&fact, None, &facts), Vec::new()) };
    let request = Request {
        namespace: &deployment.namespace,
        name: &deployment.name,
        uid: manifest.metadata.uid.as_deref(),
        spec: &manifest.spec,
    };
    let decision = decide(&request, &facts);
    (standing(&fact, Some((&request, &decision)), &facts), waives(&decision, &name))
}

fn waives(decision: &Decision, waiver: &str) -> Vec<String> {
    let used = decision.findings.iter().filter(|f| f.waived.as_ref().is_some_and(|waived| waived.waiver == waiver));
    used.map(|finding| finding.reason.code().to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn tell(
    ctx: &Context,
    waiver: &Waiver,
    manifest: Option<&ModelDeployment>,
    stands: &Standing,
    waives: Vec<String>,
    now: Timestamp,
) {
    let before = waiver.status.clone().unwrap_or_default();
    let (reason, message) = stands.words(&waives);
    let truth = if matches!(stands, Standing::InForce(_)) { Truth::True } else { Truth::False };
    let ready = condition("Ready", truth, reason, &message, waiver.meta().generation, &before.conditions, now);
    let turned = before.conditions.iter().all(|known| known.reason != ready.reason);
    let status = WaiverStatus { waives, conditions: vec![ready] };
    if before == status {
        return;
    }
    let name = waiver.name_any();
    let body = Patch::Apply(json!({
        "apiVersion": Waiver::api_version(&()),
        "kind": Waiver::kind(&()),
        "metadata": {"uid": waiver.uid()},
        "status": status,
    }));
    let (api, params) = (Api::<Waiver>::all(ctx.client.clone()), PatchParams::apply(MANAGER_STATUS).force());
    match tokio::time::timeout(REQUEST_TIMEOUT, api.patch_status(&name, &params, &body)).await {
        Ok(Ok(_)) => {
            ctx.metrics.wrote("FactStatus");
            // After the write, so that a write that is tried again does not tell it twice.
            if let Some(manifest) = manifest.filter(|_| turned) {
                let by = &waiver.spec.approved_by;
                ctx.events.of_waiver(manifest, waiver, reason, &format!("Waiver/{name} by {by}: {message}"));
            }
        }
        Ok(Err(error)) => tracing::warn!(name, %error, "the status of a Waiver could not be written; tried again"),
        Err(_) => tracing::warn!(name, "the status of a Waiver could not be written: no answer; tried again"),
    }
}
