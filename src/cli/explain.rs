//! `modelport explain`: one deployment, decided once more on the facts of the cluster.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use jiff::Timestamp;
use kube::{Api, Client, ResourceExt, api::ListParams};

use crate::{
    catalog::Catalog,
    controller::views::NodeView,
    decide::{Request, decide},
    facts::live,
    manifest::ModelDeployment,
    plan::{
        fit::{NodeSummary, fit},
        inputs::{Inputs, Settings},
        runtime,
    },
    report::explain_text,
};

/// Which deployment.
///
/// Examples:
///   modelport explain mpd/support-bot -n support
///   modelport explain support-bot -n support -o json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct ExplainArgs {
    /// NAME or mpd/NAME.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Namespace.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// Output.
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: super::nodes::Output,
}

/// Time for reading the facts.
const DEADLINE: Duration = Duration::from_secs(10);

/// Explains it.
pub async fn run(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let client = Client::try_default().await.context("no cluster: set KUBECONFIG")?;
    let namespace = args.namespace.clone().unwrap_or_else(|| client.default_namespace().to_owned());
    let name = args.name.rsplit('/').next().unwrap_or(&args.name);
    let api: Api<ModelDeployment> = Api::namespaced(client.clone(), &namespace);
    let manifest = api.get(name).await.with_context(|| format!("ModelDeployment {namespace}/{name}"))?;
    let snapshot = live::snapshot(&client, DEADLINE)
        .await
        .context("facts could not be read (licensees, modelpolicies, modellicenses, inferenceruntimes, waivers)")?;
    let labels = live::namespace_labels(&client, &namespace).await.with_context(|| format!("namespace {namespace}"))?;
    let facts = snapshot.facts(catalog, &labels, Timestamp::now());
    let uid = manifest.metadata.uid.as_deref();
    let decision = decide(&Request { namespace: &namespace, name, uid, spec: &manifest.spec }, &facts);
    // Nodes explain and decide nothing: a reader who may not list them gets the page all the same.
    let nodes = Api::<NodeView>::all(client).list(&ListParams::default().limit(500)).await;
    let nodes = nodes.map(|list| list.items.iter().map(NodeView::summary).collect::<Vec<NodeSummary>>());
    let fit = runtime::choose(&manifest.spec, &facts, "vllm").ok().map(|chosen| match &nodes {
        Err(error) => format!("nodes could not be read: {error}"),
        Ok(nodes) => fit(&Inputs::new(&manifest.spec, chosen, &decision.places, &Settings::default()), nodes).words(),
    });
    match args.output {
        super::nodes::Output::Json => println!("{}", serde_json::to_string_pretty(&decision)?),
        super::nodes::Output::Text => {
            let status = manifest.status.clone().unwrap_or_default();
            print!("{}", explain_text::page(&namespace, &manifest.name_any(), &decision, &status, fit.as_deref()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
