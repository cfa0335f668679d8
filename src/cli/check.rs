//! `modelport check`: what would be decided about the manifests in files, with no cluster.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

pub use super::output::Output;
use super::{
    cluster::{self, ASSUMED_RUNTIME},
    nodes::{inputs, nodes_by_folder, request},
    output,
    reach::Reach,
    replay,
};
pub use crate::report::outcome::{Checked, Outcome};
use crate::{
    catalog::Catalog,
    decide::{Verdict, decide},
    facts::{
        Fact,
        files::{Manifest, Note, Owned},
        live, model_files,
    },
    manifest::Reason,
    plan::{
        Obstacle,
        fit::NodeSummary,
        groups::{Asked, groups},
        next,
    },
    report::{needs, sarif, trail, waiver_notes},
};

/// Decides on the manifests in files, with the facts in the same files.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Facts (Licensee, ModelPolicy, ModelLicense, Namespace) are read from the same files and folders. Where two files hold
an object of one name, the one whose folder is nearest to the manifest counts. With nodes among the files (kubectl get
nodes -o yaml), or of the cluster, it says how many fit, what keeps the others out, and the shortest way to one that
does; that changes no verdict. Nodes found in a folder count for the manifests in it, those of a file that is named for
all.

Exit codes, the worst wins: 0 all allowed, 2 something waits, 1 something is refused, 3 something cannot be read, or is
what the API server would not store.
With --replay: 0 the same decision, 1 another one, 3 it cannot be made again.

The shortest manifest:
  apiVersion: modelport.dev/v1alpha1
  kind: ModelDeployment
  metadata: {name: my-model, namespace: default}
  spec: {model: {source: \"hf://Qwen/Qwen3-8B\"}}

Examples:
  modelport check -f deploy/
  modelport check -f video.yaml --explain
  modelport check -f deploy/ --at 2027-01-01 -o json
  modelport check -f deploy/ -o sarif > modelport.sarif
  modelport check -f support-bot.yaml --licensee legal/acme.yaml
  modelport check -f facts/ --replay decision.json
  modelport decisions -f decisions.log --deployment support/bot -o json | tail -1 | modelport check -f facts/ --replay -")]
pub struct CheckArgs {
    /// A file, or a folder with all that is below it.
    #[arg(short = 'f', long = "filename", required_unless_present = "replay", value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// Namespace of manifests that name none; when absent that of the kubeconfig's context where a cluster is read, else
    /// `default`.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// The day (its first instant in UTC) or instant to decide for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// Every term of every licence with the value that answers it and its source, what is owed, where pods may stand,
    /// and the YAML of what is missing.
    #[arg(long)]
    pub explain: bool,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Format::Text)]
    pub output: Format,
    /// More files with facts.
    #[arg(long, value_name = "FILE|DIR")]
    pub licensee: Vec<PathBuf>,
    /// The folder with the model's own files (README.md, adapter_config.json, *.gguf), for one manifest; those of its
    /// base models below it, in bases/ORG/NAME.
    #[arg(long, value_name = "DIR")]
    pub model_files: Option<PathBuf>,
    /// Take Licensees, policies, licences and runtimes of the cluster too; what files say of the same object goes first.
    /// `kubectl modelport check` always does, and so does a cluster that is named.
    #[arg(long)]
    pub cluster: bool,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// Decide again what a line of the decision log decided, on the facts given, for the instant of the line; `-` is
    /// standard input. Of several lines each.
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["at", "explain"])]
    pub replay: Option<PathBuf>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
    /// For code review: SARIF 2.1.0.
    Sarif,
}

/// Decides on every manifest, with facts that somebody has gathered.
#[must_use]
pub fn check_with(manifests: &[Manifest], facts: &Owned, catalog: &Catalog, at: Timestamp) -> Outcome {
    decided(manifests, facts, catalog, at, false, |_| Vec::new())
}

/// The same, with every term and what is missing.
#[must_use]
pub fn explain_with(manifests: &[Manifest], facts: &Owned, catalog: &Catalog, at: Timestamp) -> Outcome {
    decided(manifests, facts, catalog, at, true, |_| Vec::new())
}

/// The same, with how the nodes for a manifest answer; where there are none, nothing is said of them.
fn decided(
    manifests: &[Manifest],
    facts: &Owned,
    catalog: &Catalog,
    at: Timestamp,
    explained: bool,
    nodes: impl Fn(&Manifest) -> Vec<NodeSummary>,
) -> Outcome {
    let mut notes = facts.problems(catalog);
    let decisions = manifests
        .iter()
        .map(|manifest| {
            let labels = facts.labels(&manifest.namespace);
            let known = facts.facts(&manifest.file, at, catalog, &labels);
            let request = request(manifest);
            let decision = decide(&request, &known);
            notes.extend(waiver_notes::notes(&request, &decision, &known, facts));
            let (mut terms, mut missing) = (Vec::new(), Vec::new());
            if explained {
                terms = trail::trail(&request, &known, &decision);
                missing = needs::pastes(&needs::needs(&request, &known));
            }
            let nodes = nodes(manifest);
            let obstacle = next::obstacle(&manifest.spec, &known, ASSUMED_RUNTIME);
            let planned = || match &obstacle {
                Some(obstacle) => Err(obstacle.clone()),
                None => inputs(manifest, &decision, &known, ASSUMED_RUNTIME),
            };
            let (nodes, obstacle) = match (!nodes.is_empty()).then(planned) {
                None => {
                    // As at admission, which says it of what is let in.
                    let said = obstacle.filter(|_| decision.verdict != Verdict::Refused);
                    notes.extend(said.map(|obstacle| obstacle_note(manifest, obstacle)));
                    (None, None)
                }
                Some(Err(obstacle)) => (None, Some(obstacle.no_pod())),
                Some(Ok(inputs)) => {
                    let (request, facts, decision) = (&request, &known, &decision);
                    (Some(groups(&Asked { request, facts, decision, inputs: &inputs, nodes: &nodes })), None)
                }
            };
            Checked {
                file: manifest.file.clone(),
                line: manifest.lines.of(""),
                namespace: manifest.namespace.clone(),
                name: manifest.name.clone(),
                decision,
                terms,
                missing,
                nodes,
                obstacle,
                lines: manifest.lines.clone(),
            }
        })
        .collect();
    Outcome { decisions, unreadable: facts.unreadable.clone(), notes, others: facts.others }
}

/// Why no pod can be made of a manifest, in the words of the plan.
fn obstacle_note(manifest: &Manifest, Obstacle { reason, sentence }: Obstacle) -> Note {
    Note {
        file: manifest.file.clone(),
        line: manifest.lines.of(if reason == Reason::NotBuiltYet { "spec" } else { "spec.runtime" }),
        object: format!("ModelDeployment/{}", manifest.name),
        reason,
        sentence,
    }
}

/// Runs the command.
pub async fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let (mut owned, nodes) = facts(args).await?;
    if let Some(record) = &args.replay {
        return replay::run(record, &owned, catalog, args.output);
    }
    if owned.is_empty() {
        bail!(
            "nothing of Modelport's in {}: no ModelDeployment and no facts. Files that it reads end in .yaml, .yml or \
             .json; what a manifest looks like: modelport check --help",
            given(&args.filename)
        );
    }
    let at = args.at.unwrap_or_else(Timestamp::now);
    let by_folder = nodes_by_folder(&mut owned, catalog);
    let outcome = decided(&owned.manifests, &owned, catalog, at, args.explain, |manifest| {
        let here =
            |folder: &Option<PathBuf>| folder.as_ref().is_none_or(|at| Path::new(&manifest.file).starts_with(at));
        let given = by_folder.iter().filter(|(folder, _)| here(folder)).map(|(_, node)| node);
        if by_folder.is_empty() { nodes.clone() } else { given.cloned().collect() }
    });
    output::print(&match args.output {
        Format::Text => outcome.text(args.explain),
        Format::Json => output::json(&outcome)?,
        Format::Yaml => output::yaml(&outcome)?,
        Format::Sarif => output::json(&sarif::log(&outcome))?,
    });
    Ok(ExitCode::from(outcome.exit_code()))
}

/// What files say, and where it is asked for, the cluster; with its nodes, where they may be read.
async fn facts(args: &CheckArgs) -> anyhow::Result<(Owned, Vec<NodeSummary>)> {
    let asks = args.cluster || args.reach.is_named() || super::is_kubectl_plugin();
    let client = if asks { Some(args.reach.client().await?) } else { None };
    let current = || client.as_ref().map(|client| client.default_namespace().to_owned());
    let mut owned = Owned::default();
    owned.namespace = args.namespace.clone().or_else(current);
    owned.load_more(&args.filename).context("reading manifests")?;
    let before = owned.count();
    owned.load_more(&args.licensee).context("reading facts")?;
    if !args.licensee.is_empty() && owned.count() == before {
        bail!(
            "no facts in {}: no Licensee, no ModelPolicy and nothing else of Modelport's, in files that end in .yaml, .yml or .json",
            given(&args.licensee)
        );
    }
    if let Some(folder) = &args.model_files {
        anyhow::ensure!(owned.manifests.len() == 1, "--model-files is about one model: give one manifest with it");
        let read = model_files::read(folder).with_context(|| format!("reading {}", folder.display()))?;
        owned.metadata = Some(Fact::new("files", None, read));
    }
    if let Some(client) = client {
        let snapshot = cluster::snapshot(&client).await?;
        let namespaces = live::namespaces(&client).await.unwrap_or_default();
        owned.add_cluster(snapshot, namespaces);
        // Nodes explain and decide nothing: who may not list them gets the verdicts all the same.
        return Ok((owned, cluster::nodes(&client).await.unwrap_or_default()));
    }
    Ok((owned, Vec::new()))
}

fn given(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// A day's first instant in UTC, or an instant.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| "write a day such as 2027-01-01, or an instant in RFC 3339".to_owned())?;
    day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}
