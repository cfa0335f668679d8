//! `modelport nodes`: where nodes stand and how that is known.

use std::process::ExitCode;

use anyhow::Context as _;
use kube::{Api, Client, api::ListParams};

use super::output::{self, Output};
use crate::{
    catalog::{Catalog, NodePlace},
    controller::views::NodeView,
    plan::fit::NodeSummary,
    report::table,
};

/// How to show it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kubectl modelport nodes
  modelport nodes -o json
  modelport nodes -o yaml")]
pub struct NodesArgs {
    /// Output.
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Nodes that are asked for at once.
const PAGE: u32 = 500;

/// Shows them.
pub async fn run(args: NodesArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let client = Client::try_default().await.context("no cluster: set KUBECONFIG")?;
    let list = Api::<NodeView>::all(client)
        .list(&ListParams::default().limit(PAGE))
        .await
        .context("nodes could not be read")?;
    let mut nodes: Vec<NodeSummary> = list.items.iter().map(NodeView::summary).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let placed: Vec<(NodeSummary, NodePlace)> = nodes
        .into_iter()
        .map(|n| {
            let place = n.place(catalog);
            (n, place)
        })
        .collect();
    let values: Vec<serde_json::Value> = placed.iter().map(json).collect();
    output::print(&args.output.form(&values, || table(&placed))?);
    Ok(ExitCode::SUCCESS)
}

fn json((node, place): &(NodeSummary, NodePlace)) -> serde_json::Value {
    serde_json::json!({
        "name": node.name,
        "country": place.country,
        "provider": place.provider,
        "region": place.region,
        "knownBy": place.evidence.map(super::super::catalog::node_place::Evidence::as_str),
        "contradictions": place.contradictions,
        "whyUnknown": place.why_unknown,
        "accelerators": node.accelerators,
    })
}

fn table(nodes: &[(NodeSummary, NodePlace)]) -> String {
    let mut rows = vec![["NODE", "COUNTRY", "PROVIDER", "REGION", "KNOWN BY"].map(str::to_owned).to_vec()];
    for (node, place) in nodes {
        let or = |value: &Option<String>, otherwise: &str| value.clone().unwrap_or_else(|| otherwise.into());
        rows.push(vec![
            node.name.clone(),
            or(&place.country, "?"),
            or(&place.provider, "-"),
            or(&place.region, "-"),
            place.evidence.map_or("-", |e| e.as_str()).to_owned(),
        ]);
    }
    let mut text = table::table(&rows);
    for (node, place) in nodes {
        for note in place.contradictions.iter().chain(&place.why_unknown) {
            text.push_str(&format!("{}: {note}\n", node.name));
        }
    }
    text
}
