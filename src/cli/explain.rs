//! `modelport explain`: one deployment, decided once more on the facts of the cluster.

use std::process::ExitCode;

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ControllerRevision;
use kube::{Api, Client, ResourceExt, api::ListParams};
use serde::Serialize;

use super::{
    cluster::{self, ASSUMED_RUNTIME},
    output::{self, Output},
    reach::{self, Reach},
};
use crate::{
    catalog::Catalog,
    decide::{Decision, Places, Request, decide},
    facts::Facts,
    manifest::{ModelDeployment, model_deployment::ModelDeploymentSpec, names},
    plan::{
        fit::NodeSummary,
        groups::{Asked, Groups, groups},
        inputs::{Inputs, Settings},
        revision, runtime,
    },
    report::{
        explain_text,
        needs::{self, Paste},
        trail::{self, Step},
    },
};

/// Which deployment.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Decides once more on the facts of the cluster as they are now, and says whether the status holds the same decision.

Examples:
  kubectl modelport explain mpd/support-bot -n support
  modelport explain support-bot -n support -o yaml")]
pub struct ExplainArgs {
    /// NAME or mpd/NAME.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Namespace.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// How it is printed.
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Revisions that are looked at.
const MAX_REVISIONS: u32 = 500;

/// What is printed for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    namespace: &'a str,
    name: &'a str,
    /// Id in the status, in short.
    stored_decision: Option<&'a str>,
    /// Whether that is the decision of now.
    same: bool,
    decision: &'a Decision,
    terms: &'a [Step],
    missing: &'a [Paste],
    runtime: Option<&'a str>,
    runtime_known_by: &'a str,
    /// Nodes by what keeps them out; nothing where they may not be read.
    nodes: Option<&'a Groups>,
}

/// Explains it.
pub async fn run(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let name = reach::deployment_name(&args.name)?;
    let client = args.reach.client().await?;
    let namespace = args.namespace.clone().unwrap_or_else(|| client.default_namespace().to_owned());
    let manifest = reach::deployment(&client, &namespace, name).await?;
    let snapshot = cluster::snapshot(&client).await?;
    let labels = cluster::namespace_labels(&client, &namespace).await?;
    let facts = snapshot.facts(catalog, &labels, Timestamp::now());
    let uid = manifest.metadata.uid.as_deref();
    let request = Request { namespace: &namespace, name, uid, spec: &manifest.spec };
    let decision = decide(&request, &facts);
    let terms = trail::trail(&request, &facts, &decision);
    let missing = needs::pastes(&needs::needs(&request, &facts));
    let engine = engine(&client, &manifest, &facts, &decision.places).await;
    let nodes = nodes(&client, |nodes| {
        let inputs = engine.inputs.as_ref()?;
        Some(groups(&Asked { request: &request, facts: &facts, decision: &decision, inputs, nodes }))
    });
    let nodes = nodes.await;
    let status = manifest.status.clone().unwrap_or_default();
    let page = Page {
        namespace: &namespace,
        name,
        stored_decision: status.decision.as_deref(),
        same: status.decision.as_deref() == Some(decision.short_id()),
        decision: &decision,
        terms: &terms,
        missing: &missing,
        runtime: engine.inputs.as_ref().map(|inputs| inputs.runtime.as_str()),
        runtime_known_by: &engine.known_by,
        nodes: nodes.as_ref().ok().and_then(Option::as_ref),
    };
    output::print(&args.output.form(&page, || {
        let mut around = explain_text::around(&namespace, &manifest.name_any(), &decision, &status);
        around.terms.clone_from(&terms);
        around.missing.clone_from(&missing);
        around.runtime = Some(engine.words());
        around.nodes = match &nodes {
            Ok(Some(groups)) => groups.lines(),
            Ok(None) => Vec::new(),
            Err(why) => vec![why.clone()],
        };
        explain_text::explain(&decision, &around)
    })?);
    Ok(ExitCode::SUCCESS)
}

/// The engine that the pods run or would run in, and how that is known.
struct Engine {
    inputs: Option<Inputs>,
    known_by: String,
}

impl Engine {
    fn words(&self) -> String {
        match &self.inputs {
            Some(inputs) => format!("{}, {}", inputs.runtime, self.known_by),
            None => self.known_by.clone(),
        }
    }
}

/// The pinned one; else the one that would be chosen, with the operator's own default.
async fn engine(client: &Client, manifest: &ModelDeployment, facts: &Facts<'_>, places: &Places) -> Engine {
    let namespace = manifest.namespace().unwrap_or_default();
    let chosen = |default: &str, known_by: String| match runtime::choose(&manifest.spec, facts, default) {
        Ok(chosen) => {
            let chips = facts.catalog.accelerators();
            let inputs = Inputs::new(&manifest.spec, chosen, places, &Settings::default(), chips);
            Engine { inputs: Some(inputs), known_by }
        }
        Err(obstacle) => Engine { inputs: None, known_by: format!("{}: {}", obstacle.reason, obstacle.sentence) },
    };
    if manifest.spec.runtime.name.is_some() || runtime::format(&manifest.spec).is_some() {
        return chosen(ASSUMED_RUNTIME, named(&manifest.spec).into());
    }
    if let Some(pinned) = pinned(client, &namespace, &manifest.name_any()).await {
        let inputs = Inputs { places: places.clone(), ..pinned }.with_chip_labels(facts.catalog.accelerators());
        return Engine { inputs: Some(inputs), known_by: "pinned".into() };
    }
    // Who may not read what is pinned may read what the status says of it.
    if let Some(runtime) = manifest.status.as_ref().and_then(|status| status.runtime.as_deref()) {
        return chosen(runtime, "by the status".into());
    }
    match cluster::operators_default(client).await {
        Some(default) => chosen(&default, "the operator's default".into()),
        None => chosen(
            ASSUMED_RUNTIME,
            "assumed: you may read neither what is pinned nor the operator's own default".into(),
        ),
    }
}

fn named(spec: &ModelDeploymentSpec) -> &'static str {
    if spec.runtime.name.is_some() { "named in spec.runtime.name" } else { "by the model's format" }
}

/// What the newest ControllerRevision pins.
async fn pinned(client: &Client, namespace: &str, name: &str) -> Option<Inputs> {
    let label = format!("{}={name}", names::DEPLOYMENT_LABEL);
    let api: Api<ControllerRevision> = Api::namespaced(client.clone(), namespace);
    let list = api.list(&ListParams::default().labels(&label).limit(MAX_REVISIONS)).await.ok()?;
    let newest = list.items.iter().max_by_key(|revision| revision.revision)?;
    revision::read(newest).map(|(inputs, _)| inputs)
}

/// Which nodes fit and why the others do not; nodes explain and decide nothing: a reader who may not list them gets the
/// page all the same.
async fn nodes(client: &Client, asked: impl Fn(&[NodeSummary]) -> Option<Groups>) -> Result<Option<Groups>, String> {
    match cluster::nodes(client).await {
        Ok(nodes) => Ok(asked(&nodes)),
        Err(error) => Err(cluster::missing("nodes", "in the cluster", &error)),
    }
}
