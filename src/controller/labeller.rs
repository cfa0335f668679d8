//! Writes where nodes stand, and which accelerator they have, to their guarded labels: one write a node, once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use k8s_openapi::api::core::v1::Node;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use crate::{
    catalog::Catalog, manifest::names::MANAGER_NODES, ops::call::call, plan::fit::NodeSummary, reconcile::Context,
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait after a failed write, and between looks for a missed one.
const RETRY: Duration = Duration::from_secs(10);

/// What was written to a node, and when.
type Written = (BTreeMap<&'static str, Option<String>>, Instant);

/// Keeps the labels until the task is dropped.
pub async fn run(ctx: Arc<Context>, bind: bool) {
    if !bind {
        return;
    }
    let api: Api<Node> = Api::all(ctx.client.clone());
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    let mut wrote: HashMap<String, Written> = HashMap::new();
    let mut changed = ctx.world.nodes_changed();
    loop {
        if ctx.leadership.is_held() {
            for node in ctx.world.nodes().iter() {
                label(&ctx, &api, ctx.world.catalog, node, &mut told, &mut wrote).await;
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn label(
    ctx: &Context,
    api: &Api<Node>,
    catalog: &Catalog,
    node: &NodeSummary,
    told: &mut HashMap<String, Vec<String>>,
    wrote: &mut HashMap<String, Written>,
) {
    let place = node.place(catalog);
    let chip = node.chip(catalog, &place);
    let contradictions: Vec<String> = place.contradictions.iter().chain(&chip.contradiction).cloned().collect();
    if told.get(&node.name) != Some(&contradictions) {
        for contradiction in &contradictions {
            tracing::warn!(node = node.name, contradiction, "evidence about a node disagrees");
        }
        told.insert(node.name.clone(), contradictions);
    }
    let wanted = node.wanted_labels(&place, &chip);
    if wanted.is_empty() {
        wrote.remove(&node.name);
        return;
    }
    // The watch may not have shown our own write yet: the same write again would be one too many.
    if wrote.get(&node.name).is_some_and(|(labels, at)| *labels == wanted && at.elapsed() < RETRY) {
        return;
    }
    // A merge patch of these keys alone: null takes one away.
    let patch = Patch::Merge(json!({"metadata": {"labels": wanted}}));
    let params = PatchParams { field_manager: Some(MANAGER_NODES.into()), ..PatchParams::default() };
    match call(REQUEST_TIMEOUT, api.patch(&node.name, &params, &patch)).await {
        Ok(_) => {
            wrote.insert(node.name.clone(), (wanted, Instant::now()));
            ctx.metrics.wrote("NodeLabels");
            tracing::info!(
                node = node.name,
                country = place.country,
                provider = place.provider,
                accelerator = chip.id,
                evidence = place.evidence.map(super::super::catalog::node_place::Evidence::as_str),
                "labelled"
            );
        }
        Err(error) => tracing::warn!(node = node.name, %error, "a node could not be labelled; tried again"),
    }
}
