//! Writes where nodes stand to their guarded labels: one write a node, once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use k8s_openapi::api::core::v1::Node;
use kube::{Api, api::{Patch, PatchParams}, runtime::reflector::Store};
use serde_json::json;

use super::{nodes::NodeSummary, views::NodeView};
use crate::{catalog::Catalog, manifest::names::MANAGER_NODES, reconcile::Context};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait after a failed write, and between looks for a missed one.
const RETRY: Duration = Duration::from_secs(10);

/// Keeps the labels until the task is dropped.
pub async fn run(ctx: Arc<Context>, _store: Store<NodeView>, catalog: &'static Catalog, bind: bool) {
    if !bind {
        return;
    }
    let api: Api<Node> = Api::all(ctx.client.clone());
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    let mut changed = ctx.world.nodes_changed();
    loop {
        if ctx.leadership.is_held() {
            for node in ctx.world.nodes().iter() {
                label(&ctx, &api, catalog, node, &mut told).await;
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn label(ctx: &Context, api: &Api<Node>, catalog: &Catalog, node: &NodeSummary, told: &mut HashMap<String, Vec<String>>) {
    let place = node.place(catalog);
    if told.get(&node.name) != Some(&place.contradictions) {
        for contradiction in &place.contradictions {
            tracing::warn!(node = node.name, contradiction, "evidence about a node's place disagrees");
        }
        told.insert(node.name.clone(), place.contradictions.clone());
    }
    let wanted = node.wanted_labels(&place);
    if wanted.is_empty() {
        return;
    }
    // A merge patch of these keys alone: null takes one away.
    let patch = Patch::Merge(json!({"metadata": {"labels": wanted}}));
    let params = PatchParams { field_manager: Some(MANAGER_NODES.into()), ..PatchParams::default() };
    match tokio::time::timeout(REQUEST_TIMEOUT, api.patch(&node.name, &params, &patch)).await {
        Ok(Ok(_)) => {
            ctx.metrics.wrote("NodeLabels");
            tracing::info!(node = node.name, country = place.country, provider = place.provider, evidence = place.evidence.map(|e| e.as_str()), "labelled");
        }
        Ok(Err(error)) => tracing::warn!(node = node.name, %error, "a node could not be labelled; tried again"),
        Err(_) => tracing::warn!(node = node.name, "a node could not be labelled: no answer; tried again"),
    }
}
