//! The status of a ModelDeployment: computed from what was applied and what is observed. Pure; written only when different.

mod asked;
pub mod conditions;
pub mod news;
pub mod observed;
pub mod pods;
mod stand;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::{
    manifest::{
        names::DEPLOYMENT_LABEL,
        source::Source,
        status::{ModelDeploymentStatus, StatusModel, StatusObligation},
    },
    plan::{Obstacle, Owner, fit::Fit, next::Next, pod, service},
};
use observed::Observed;
use pods::Pods;

/// What a status is computed from.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// Whose status.
    pub owner: &'a Owner,
    /// What comes next.
    pub next: &'a Next,
    /// Why the plan does not stand.
    pub apply: Option<&'a Obstacle>,
    /// What exists.
    pub observed: &'a Observed,
    /// How the nodes answer.
    pub fit: &'a Fit,
    /// What disagrees about the place of nodes that have or could take its pods, in sentences.
    pub disagrees: &'a [String],
    /// What holds the move of a pod that stands wrong, in the API server's words.
    pub held: Option<&'a str>,
    /// Conditions before, for their transition times.
    pub before: &'a [Condition],
    /// The clock, for transition times only.
    pub now: Timestamp,
}

/// The status.
#[must_use]
pub fn compute(seen: &Seen<'_>) -> ModelDeploymentStatus {
    let Seen { owner, next, observed, .. } = *seen;
    let pods = Pods::of(observed);
    let decision = &next.decision;
    let owed = decision.obligations.iter().filter(|o| o.open()).map(|o| StatusObligation {
        kind: o.kind.clone().into_owned(),
        by: match &o.clause {
            Some(clause) => format!("{} ({clause})", o.license),
            None => o.license.clone(),
        },
        what: o.what.clone(),
    });
    let runs = next.inputs.is_some();
    let pinned = next.inputs.as_ref().and_then(|inputs| inputs.pinned.as_ref());
    ModelDeploymentStatus {
        observed_generation: Some(owner.generation),
        verdict: Some(decision.verdict.word().into()),
        decision: Some(decision.short_id().into()),
        findings: news::shown(decision).map(news::short).collect(),
        findings_total: i64::try_from(news::worth_telling(decision).count()).ok(),
        obligations: owed.take(MAX_STATUS_OBLIGATIONS).collect(),
        license: Some(decision.model.license_words()),
        countries: Some(decision.places.words()),
        model: Some(StatusModel {
            name: decision.model.name.clone(),
            display: Some(display(decision.model.short_name(), &pods)),
            revision: pods.revision.clone().or_else(|| decision.model.revision.clone()),
            served_name: next.inputs.as_ref().map(pod::served_name),
            digest: digest(next),
            resolved_from: pinned.map(|pinned| pinned.source.clone()),
            resolved_at: pinned.and_then(|pinned| pinned.at).map(|at| at.to_string()),
            license_known_by: Some(decision.model.known_by.clone()).filter(|k| !k.is_empty()),
        }),
        runtime: next.inputs.as_ref().map(|inputs| inputs.runtime.clone()),
        endpoint: next.inputs.as_ref().map(|inputs| service::endpoint(owner, inputs)),
        replicas: pods.exist,
        ready_replicas: pods.ready,
        replicas_text: Some(format!("{}/{}", pods.ready, if runs { next.replicas } else { wanted(seen) })),
        selector: Some(format!("{DEPLOYMENT_LABEL}={}", owner.name)),
        conditions: conditions::all(seen, &pods),
    }
}

/// Obligations that the status holds at most; `explain` shows all.
const MAX_STATUS_OBLIGATIONS: usize = 16;

/// The digest of the artefact that the pods mount.
fn digest(next: &Next) -> Option<String> {
    let inputs = next.inputs.as_ref()?;
    let written = match Source::parse(&inputs.spec.model.source) {
        Ok(Source::Oci { digest, .. }) => digest.or_else(|| inputs.spec.model.digest.clone()),
        _ => return None,
    };
    written.or_else(|| inputs.pinned.as_ref().map(|pinned| pinned.digest.clone()))
}

fn wanted(seen: &Seen<'_>) -> i32 {
    seen.next.replicas.max(1)
}

fn display(name: &str, pods: &Pods) -> String {
    match pods.fetched_percent {
        Some(percent) => format!("{name} ({percent} %)"),
        None => name.to_owned(),
    }
}
