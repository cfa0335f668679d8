//! `modelport explain`: one deployment, decided once more on the facts of the cluster.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment};
use kube::{Api, Client, ResourceExt, api::ListParams};
use serde::Serialize;

use super::output::{self, Output};
use crate::{
    catalog::Catalog,
    controller::views::NodeView,
    decide::{Decision, Places, Request, decide},
    facts::{Facts, live},
    manifest::{ModelDeployment, model_deployment::ModelDeploymentSpec, names},
    plan::{
        fit::{NodeSummary, fit},
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
    /// How it is printed.
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Time for reading the facts.
const DEADLINE: Duration = Duration::from_secs(10);

/// Nodes that are looked at.
const MAX_NODES: u32 = 500;

/// Deployments of the operator that are looked at.
const MAX_OPERATORS: u32 = 10;

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
    nodes: Option<&'a str>,
}

/// Explains it.
pub async fn run(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let client = Client::try_default().await.context("no cluster: set KUBECONFIG")?;
    let namespace = args.namespace.clone().unwrap_or_else(|| client.default_namespace().to_owned());
    let name = args.name.rsplit('/').next().unwrap_or(&args.name);
    let api: Api<ModelDeployment> = Api::namespaced(client.clone(), &namespace);
    let manifest = api.get(name).await.with_context(|| {
        format!("ModelDeployment {namespace}/{name}. Those that there are: kubectl get mpd -n {namespace}")
    })?;
    let snapshot = live::snapshot(&client, DEADLINE)
        .await
        .context("facts could not be read (licensees, modelpolicies, modellicenses, inferenceruntimes, waivers)")?;
    let labels = live::namespace_labels(&client, &namespace).await.with_context(|| format!("namespace {namespace}"))?;
    let facts = snapshot.facts(catalog, &labels, Timestamp::now());
    let uid = manifest.metadata.uid.as_deref();
    let request = Request { namespace: &namespace, name, uid, spec: &manifest.spec };
    let decision = decide(&request, &facts);
    let terms = trail::trail(&request, &facts, &decision);
    let missing = needs::pastes(&needs::needs(&request, &facts));
    let engine = engine(&client, &manifest, &facts, &decision.places).await;
    let nodes = nodes(client, &engine).await;
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
        nodes: nodes.as_deref(),
    };
    output::print(&args.output.form(&page, || {
        let mut around = explain_text::around(&namespace, &manifest.name_any(), &decision, &status);
        around.terms.clone_from(&terms);
        around.missing.clone_from(&missing);
        around.runtime = Some(engine.words());
        around.nodes = nodes.clone().into_iter().collect();
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
    match operators_default(client).await {
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

/// Default of an operator that was installed without a word about it.
const ASSUMED_RUNTIME: &str = "vllm";

/// What the newest ControllerRevision pins.
async fn pinned(client: &Client, namespace: &str, name: &str) -> Option<Inputs> {
    let label = format!("{}={name}", names::DEPLOYMENT_LABEL);
    let api: Api<ControllerRevision> = Api::namespaced(client.clone(), namespace);
    let list = api.list(&ListParams::default().labels(&label).limit(MAX_NODES)).await.ok()?;
    let newest = list.items.iter().max_by_key(|revision| revision.revision)?;
    revision::read(newest).map(|(inputs, _)| inputs)
}

/// `--default-runtime` of the operator's Deployment.
async fn operators_default(client: &Client) -> Option<String> {
    let label = format!("{}=modelport", names::NAME_LABEL);
    let api: Api<Deployment> = Api::all(client.clone());
    let list = api.list(&ListParams::default().labels(&label).limit(MAX_OPERATORS)).await.ok()?;
    list.items.iter().find_map(default_runtime)
}

/// The flag or the environment variable of one Deployment.
fn default_runtime(deployment: &Deployment) -> Option<String> {
    let containers = &deployment.spec.as_ref()?.template.spec.as_ref()?.containers;
    containers.iter().find_map(|container| {
        let args: Vec<&String> = container.command.iter().chain(&container.args).flatten().collect();
        let mut flags = args.windows(2);
        let apart = flags.find_map(|pair| match pair {
            [flag, value] if *flag == "--default-runtime" => Some((*value).clone()),
            _ => None,
        });
        let joined = args.iter().find_map(|arg| arg.strip_prefix("--default-runtime=").map(str::to_owned));
        let variable = container.env.iter().flatten().find(|env| env.name == "MODELPORT_DEFAULT_RUNTIME");
        joined.or(apart).or_else(|| variable.and_then(|env| env.value.clone()))
    })
}

/// How many nodes fit; nodes explain and decide nothing: a reader who may not list them gets the page all the same.
async fn nodes(client: Client, engine: &Engine) -> Option<String> {
    let inputs = engine.inputs.as_ref()?;
    let list = Api::<NodeView>::all(client).list(&ListParams::default().limit(MAX_NODES)).await;
    Some(match list {
        Err(error) => format!("nodes could not be read: {error}"),
        Ok(list) => {
            let nodes: Vec<NodeSummary> = list.items.iter().map(NodeView::summary).collect();
            fit(inputs, &nodes).words()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(container: &serde_json::Value) -> Deployment {
        let spec = serde_json::json!({"selector": {}, "template": {"spec": {"containers": [container]}}});
        serde_json::from_value(serde_json::json!({"spec": spec})).unwrap()
    }

    #[test]
    fn the_operators_default_is_read_from_its_flag_or_its_environment() {
        let of = |container: serde_json::Value| default_runtime(&deployment(&container));
        let joined = serde_json::json!({"name": "a", "args": ["run", "--default-runtime=llama-cpp"]});
        assert_eq!(of(joined).as_deref(), Some("llama-cpp"));
        let apart = serde_json::json!({"name": "a", "args": ["run", "--default-runtime", "sglang"]});
        assert_eq!(of(apart).as_deref(), Some("sglang"));
        let variable = serde_json::json!({"name": "a", "env": [{"name": "MODELPORT_DEFAULT_RUNTIME", "value": "tgi"}]});
        assert_eq!(of(variable).as_deref(), Some("tgi"));
        assert_eq!(of(serde_json::json!({"name": "a", "args": ["run"]})), None);
    }
}
