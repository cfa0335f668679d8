//! `modelport nodes`: where nodes stand, how that is known, and what each can host.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use kube::Client;

use super::{
    cluster::{self, ASSUMED_RUNTIME},
    output,
    reach::{Reach, unread},
};
use crate::{
    catalog::Catalog,
    controller::views::NodeView,
    decide::{Decision, Finding, Request, Verdict, decide},
    facts::files::{Manifest, Owned},
    plan::{
        Obstacle,
        fit::NodeSummary,
        groups::{Asked, Groups, groups},
        inputs::{Inputs, Settings},
        runtime,
    },
    report::{
        nodes,
        table::{MAX_COLUMNS, wrap},
    },
};

/// Which nodes, and what about them.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Needs: list nodes. With list of ModelDeployments, of Modelport's other kinds and of namespaces it says what each node can
host. With --filename no cluster is asked: nodes, deployments and facts are those of the files, and countries are those
that the operator would write.

Examples:
  kubectl modelport nodes
  kubectl modelport nodes --for support/support-bot
  kubectl modelport nodes --pools
  kubectl modelport nodes -o wide
  modelport nodes -f nodes.yaml -f deploy/ -o json")]
pub struct NodesArgs {
    /// Whether this deployment fits each node, and why not.
    #[arg(long = "for", value_name = "NAMESPACE/NAME", conflicts_with = "pools")]
    pub deployment: Option<String>,
    /// Pools of nodes, and the lines by which a pool at rest at zero declares its country.
    #[arg(long)]
    pub pools: bool,
    /// Files with nodes, and with deployments and facts, in place of the cluster; - is standard input.
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// How it is printed.
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    pub output: Form,
}

/// How nodes are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// For people, with pool, machine and names.
    Wide,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
}

/// Shows them.
pub async fn run(args: NodesArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let World { nodes, owned, default, notes, unreadable } = if args.filename.is_empty() {
        of_cluster(&args.reach.client().await?, args.deployment.is_some()).await?
    } else {
        of_files(&args.filename, catalog)?
    };
    let code = if unreadable { ExitCode::from(UNREADABLE) } else { ExitCode::SUCCESS };
    if args.pools {
        let (pools, without) = nodes::pools(&nodes, catalog);
        output::print(&formed(args.output, &pools, || nodes::pools_text(&pools, without))?);
        return Ok(code);
    }
    let now = Timestamp::now();
    let mut rows = nodes::rows(&nodes, catalog);
    let mut closing: Vec<String> = notes;
    if let Some(wanted) = &args.deployment {
        let (groups, decision) = for_one(wanted, &owned, catalog, &nodes, &default, now)?;
        closing.push(format!("{wanted}: {}.", decision.verdict.word()));
        closing.extend(decision.weightiest().map(Finding::line));
        match groups {
            Ok(groups) => {
                nodes::answer(&mut rows, &groups);
                closing.extend(groups.lines());
            }
            Err(obstacle) => closing.push(obstacle.no_pod()),
        }
    } else if !owned.manifests.is_empty() {
        let deployments = allowed(&owned, catalog, &default, now);
        nodes::host(&mut rows, &nodes, &deployments);
        closing.push(format!(
            "HOSTS: deployments that may stand on the node, of {} that are allowed ({} in all).",
            deployments.len(),
            owned.manifests.len()
        ));
    }
    output::print(&formed(args.output, &rows, || {
        let mut text = nodes::text(&rows, args.output == Form::Wide);
        for line in closing.iter().flat_map(|line| wrap(line, MAX_COLUMNS)) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    })?);
    Ok(code)
}

/// Ends with this where something in a file cannot be read.
const UNREADABLE: u8 = 3;

fn formed<T: serde::Serialize>(form: Form, value: &T, text: impl FnOnce() -> String) -> anyhow::Result<String> {
    match form {
        Form::Text | Form::Wide => Ok(text()),
        Form::Json => output::json(value),
        Form::Yaml => output::yaml(value),
    }
}

/// What there is to look at.
struct World {
    nodes: Vec<NodeSummary>,
    owned: Owned,
    /// The engine of who names none.
    default: String,
    /// What could not be read, and what that means.
    notes: Vec<String>,
    /// Whether some of that stands in a file.
    unreadable: bool,
}

async fn of_cluster(client: &Client, must_decide: bool) -> anyhow::Result<World> {
    let nodes = match cluster::nodes(client).await {
        Ok(nodes) => nodes,
        Err(error) => return Err(unread(client, "nodes", &error).await),
    };
    let (owned, notes) = match cluster::everything(client).await {
        Ok((owned, _)) => (owned, Vec::new()),
        Err(error) if must_decide => return Err(error),
        Err(error) => {
            // Its first line says why; those below are what to type.
            let why = error.to_string();
            let why = why.lines().next().unwrap_or_default().trim_end_matches(':');
            (Owned::default(), vec![format!("What each node can host is not said: {why}.")])
        }
    };
    let default = operators_default(client).await;
    Ok(World { nodes, owned, default, notes, unreadable: false })
}

async fn operators_default(client: &Client) -> String {
    cluster::operators_default(client).await.unwrap_or_else(|| ASSUMED_RUNTIME.into())
}

fn of_files(paths: &[PathBuf], catalog: &Catalog) -> anyhow::Result<World> {
    let mut owned = Owned::load(paths).context("reading files")?;
    let nodes: Vec<NodeSummary> = nodes_by_folder(&mut owned, catalog).into_iter().map(|(_, node)| node).collect();
    if nodes.is_empty() && owned.unreadable.is_empty() {
        bail!("no Node in these files. Those of a cluster: kubectl get nodes -o yaml > nodes.yaml");
    }
    let unread = owned.unreadable.iter();
    let notes: Vec<String> =
        unread.map(|one| format!("Unreadable: {}:{}: {}: {}", one.file, one.line, one.object, one.why)).collect();
    let unreadable = !notes.is_empty();
    Ok(World { nodes, owned, default: ASSUMED_RUNTIME.into(), notes, unreadable })
}

/// The nodes of files, by name, with the labels that the operator would write, and with the folder whose manifests each
/// is for. What cannot be read joins the unreadable.
pub fn nodes_by_folder(owned: &mut Owned, catalog: &Catalog) -> Vec<(Option<PathBuf>, NodeSummary)> {
    let mut nodes = Vec::new();
    for (folder, view) in owned.take_nodes::<NodeView>() {
        let mut node = view.summary();
        let place = node.place(catalog);
        let wanted = node.wanted_labels(&place, &node.chip(catalog, &place));
        for (key, value) in wanted {
            match value {
                Some(value) => node.labels.insert(key.to_owned(), value),
                None => node.labels.remove(key),
            };
        }
        nodes.push((folder.as_ref().map(PathBuf::from), node));
    }
    nodes.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    nodes
}

/// What one manifest's pods would be made from, with this engine where it names none; or why there can be none.
pub fn inputs(
    manifest: &Manifest,
    decision: &Decision,
    facts: &crate::facts::Facts<'_>,
    default: &str,
) -> Result<Inputs, Obstacle> {
    let chosen = runtime::choose(&manifest.spec, facts, default)?;
    let chips = facts.catalog.accelerators();
    Ok(Inputs::new(&manifest.spec, chosen, &decision.places, &Settings::default(), chips))
}

/// What is asked about a manifest.
#[must_use]
pub fn request(manifest: &Manifest) -> Request<'_> {
    Request { namespace: &manifest.namespace, name: &manifest.name, uid: manifest.uid.as_deref(), spec: &manifest.spec }
}

/// Deployments that are allowed, with what their pods are made from.
fn allowed(owned: &Owned, catalog: &Catalog, default: &str, now: Timestamp) -> Vec<(String, Inputs)> {
    let one = |manifest: &Manifest| {
        let labels = owned.labels(&manifest.namespace);
        let facts = owned.facts(&manifest.file, now, catalog, &labels);
        let decision = decide(&request(manifest), &facts);
        let inputs = inputs(manifest, &decision, &facts, default).ok();
        let inputs = inputs.filter(|_| decision.verdict == Verdict::Allowed)?;
        Some((format!("{}/{}", manifest.namespace, manifest.name), inputs))
    };
    owned.manifests.iter().filter_map(one).collect()
}

fn for_one(
    wanted: &str,
    owned: &Owned,
    catalog: &Catalog,
    nodes: &[NodeSummary],
    default: &str,
    now: Timestamp,
) -> anyhow::Result<(Result<Groups, Obstacle>, Decision)> {
    let (namespace, name) = wanted.split_once('/').context("write --for NAMESPACE/NAME")?;
    let found = owned.manifests.iter().find(|manifest| manifest.namespace == namespace && manifest.name == name);
    let manifest = found.with_context(|| {
        format!("there is no ModelDeployment {namespace}/{name}. Those that there are: kubectl get mpd -n {namespace}")
    })?;
    let labels = owned.labels(namespace);
    let facts = owned.facts(&manifest.file, now, catalog, &labels);
    let request = request(manifest);
    let decision = decide(&request, &facts);
    let groups = inputs(manifest, &decision, &facts, default)
        .map(|inputs| groups(&Asked { request: &request, facts: &facts, decision: &decision, inputs: &inputs, nodes }));
    Ok((groups, decision))
}
