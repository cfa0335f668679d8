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

use super::world::Disagreements;
use crate::{
    catalog::{Catalog, node_place::Disagreement},
    manifest::names::MANAGER_NODES,
    ops::call::call,
    plan::fit::NodeSummary,
    reconcile::Context,
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait after a failed write, and between looks for a missed one.
const RETRY: Duration = Duration::from_secs(10);

/// What was written to a node, and when.
type Written = (BTreeMap<&'static str, Option<String>>, Instant);

/// Keeps the labels until the task is dropped. Where the labels are an administrator's, only what disagrees is told.
pub async fn run(ctx: Arc<Context>, bind: bool) {
    let api: Api<Node> = Api::all(ctx.client.clone());
    let mut told = Arc::new(Disagreements::default());
    let mut wrote: HashMap<String, Written> = HashMap::new();
    let mut changed = ctx.world.nodes_changed();
    let mut leads = ctx.leadership.watch();
    loop {
        if ctx.leadership.is_held() {
            told = tell(&ctx, &told);
            for node in ctx.world.nodes().iter().filter(|_| bind) {
                label(&ctx, &api, ctx.world.catalog, node, &mut wrote).await;
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            change = leads.changed() => if change.is_err() { return },
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

/// Tells what disagrees about nodes and was not told yet.
fn tell(ctx: &Context, told: &Disagreements) -> Arc<Disagreements> {
    let now = ctx.world.disagreements();
    for (node, (kind, sentences)) in now.iter().filter(|(node, what)| told.get(*node) != Some(*what)) {
        tracing::warn!(
            node,
            kind = kind.as_str(),
            contradiction = sentences.join("; "),
            "evidence about a node's place disagrees"
        );
        ctx.events.disagrees(node, sentences);
    }
    for kind in Disagreement::ALL {
        let nodes = now.values().filter(|(of, _)| *of == kind).count();
        ctx.metrics.nodes_disagree(kind, nodes);
    }
    now
}

async fn label(
    ctx: &Context,
    api: &Api<Node>,
    catalog: &Catalog,
    node: &NodeSummary,
    wrote: &mut HashMap<String, Written>,
) {
    let place = node.place(catalog);
    let chip = node.chip(catalog, &place);
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
