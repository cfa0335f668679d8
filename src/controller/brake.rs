//! How many deployments one cause would stop. Asked only when a grace has ended, so it may look at all of them.

use jiff::Timestamp;
use kube::ResourceExt;

use super::world::World;
use crate::{
    decide::{
        Decision, Request, Verdict, decide,
        stopping::{Brake, cause_id},
    },
    manifest::ModelDeployment,
};

/// The brake for what refuses this deployment.
#[must_use]
pub fn brake(world: &World, refused: &Decision, confirmed: &[String], now: Timestamp) -> Brake {
    let cause = cause_id(refused);
    let snapshot = world.snapshot();
    let mut brake = Brake { confirmed: confirmed.contains(&cause) || snapshot.confirms(&cause), ..Brake::default() };
    if brake.confirmed {
        return brake;
    }
    for object in world.manifests.state() {
        let Ok(manifest) = &object.0 else { continue };
        let Some(decision) = of_what_runs(world, manifest, now) else { continue };
        brake.running += 1;
        if decision.verdict == Verdict::Refused && decision.policy.stop && cause_id(&decision) == cause {
            brake.would_stop += 1;
        }
    }
    brake
}

fn of_what_runs(world: &World, manifest: &ModelDeployment, now: Timestamp) -> Option<Decision> {
    let (namespace, name) = (manifest.namespace().unwrap_or_default(), manifest.name_any());
    let observed = world.observe(&namespace, &name);
    let runs = observed.runs_now(&[])?;
    if runs.replicas == 0 {
        return None;
    }
    let labels = world.namespace_labels(&namespace);
    let snapshot = world.snapshot();
    let facts = snapshot.facts(world.catalog, &labels, now);
    let uid = manifest.metadata.uid.as_deref();
    Some(decide(&Request { namespace: &namespace, name: &name, uid, spec: &runs.inputs.spec }, &facts))
}
