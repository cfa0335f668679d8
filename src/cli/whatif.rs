//! `modelport whatif`: what would be decided if other facts held. Nothing is changed.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kube::Client;

use super::{
    check::{Output, instant},
    cluster::{self, Key, missing},
    output,
    reach::Reach,
};
use crate::{
    catalog::Catalog,
    facts::{files::Owned, overlay::Overlay},
    manifest::status::ModelDeploymentStatus,
    plan::fit::NodeSummary,
    report::whatif::{Case, Runs, changes, whatif},
};

/// Which change, and on what.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
The files hold Licensees, ModelPolicies, ModelLicenses, InferenceRuntimes and Waivers as they would be; those of the
same kind and name are replaced, others added. Each deployment is decided with both. Nothing is changed.

Exit codes: 0 nothing gets worse, 1 something does (a worse verdict, a stop, a pod that moves), 3 it cannot be told.

Examples:
  kubectl modelport whatif -f policy.yaml
  kubectl modelport whatif --delete Waiver/friday
  kubectl modelport whatif -f legal/ --at 2027-01-01 -o json
  modelport whatif -f policy.yaml --manifests deploy/")]
pub struct WhatIfArgs {
    /// A file, or a folder with all that is below it; - is standard input.
    #[arg(short = 'f', long = "filename", required_unless_present = "delete", value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// An object that would be gone, such as ModelPolicy/china.
    #[arg(long, value_name = "KIND/NAME", value_parser = kind_and_name)]
    pub delete: Vec<(String, String)>,
    /// Deployments and facts from files in place of the cluster.
    #[arg(long, value_name = "FILE|DIR")]
    pub manifests: Vec<PathBuf>,
    /// The day (its first instant in UTC) or instant to decide for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Most deployments in the table; the rest is counted.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    pub limit: usize,
}

/// Deployments in the table.
const DEFAULT_LIMIT: usize = 200;

/// Kinds that are facts, with the words that stand for them.
const KINDS: &[(&str, &[&str])] = &[
    ("Licensee", &["licensee", "licensees"]),
    ("ModelPolicy", &["modelpolicy", "modelpolicies"]),
    ("ModelLicense", &["modellicense", "modellicenses"]),
    ("InferenceRuntime", &["inferenceruntime", "inferenceruntimes"]),
    ("Waiver", &["waiver", "waivers"]),
];

fn kind_and_name(text: &str) -> Result<(String, String), String> {
    let words = || KINDS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ");
    let (kind, name) = text.split_once('/').ok_or_else(|| format!("write KIND/NAME, with a kind of {}", words()))?;
    let word = kind.to_ascii_lowercase();
    let known = KINDS.iter().find(|(_, names)| names.contains(&word.as_str()));
    let (kind, _) = known.ok_or_else(|| format!("{kind} is no kind of {}", words()))?;
    Ok(((*kind).to_owned(), name.to_owned()))
}

/// Runs the command.
pub async fn run(args: &WhatIfArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let overlay = overlay(args)?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let World { owned, runs, notes } = if args.manifests.is_empty() {
        of_cluster(&args.reach.client().await?).await?
    } else {
        let owned = Owned::load(&args.manifests).context("reading manifests")?;
        World { owned, runs: BTreeMap::new(), notes: Vec::new() }
    };
    if let Some(unreadable) = owned.unreadable.first() {
        bail!("{} {}: {}", unreadable.file, unreadable.object, unreadable.why);
    }
    if owned.manifests.is_empty() {
        bail!("there is no ModelDeployment to decide on");
    }
    let labels: Vec<_> = owned.manifests.iter().map(|manifest| owned.labels(&manifest.namespace)).collect();
    let cases: Vec<Case<'_>> = owned
        .manifests
        .iter()
        .zip(&labels)
        .map(|(manifest, labels)| Case {
            manifest,
            facts: owned.facts(&manifest.file, at, catalog, labels),
            runs: runs.get(&(manifest.namespace.clone(), manifest.name.clone())),
        })
        .collect();
    let mut found = whatif(&cases, &overlay, at);
    if let Some(first) = cases.first() {
        found.facts = changes(&overlay, &first.facts)
            .map_err(|object| anyhow::anyhow!("{object} is not there: nothing would be deleted"))?;
    }
    found.notes = notes;
    output::print(&args.output.form(&found, || found.text(args.limit))?);
    Ok(ExitCode::from(found.exit_code()))
}

fn overlay(args: &WhatIfArgs) -> anyhow::Result<Overlay> {
    let files = Owned::load(&args.filename).context("reading the change")?;
    if let Some(unreadable) = files.unreadable.first() {
        bail!("{}:{}: {}: {}", unreadable.file, unreadable.line, unreadable.object, unreadable.why);
    }
    if !files.manifests.is_empty() {
        bail!("the change holds a ModelDeployment; deployments come from the cluster or from --manifests");
    }
    if files.is_empty() && args.delete.is_empty() {
        bail!("the change holds nothing of Modelport's; what it may hold: modelport whatif --help");
    }
    Ok(Overlay { with: files.into_snapshot(), without: args.delete.clone() })
}

/// What there is to decide on.
struct World {
    owned: Owned,
    runs: BTreeMap<Key, Runs>,
    /// What could not be read, and what that means.
    notes: Vec<String>,
}

async fn of_cluster(client: &Client) -> anyhow::Result<World> {
    let (mut owned, statuses) = cluster::everything(client).await?;
    let mut notes = Vec::new();
    // One that nobody can read is nobody's to decide; the others are.
    for unreadable in std::mem::take(&mut owned.unreadable) {
        notes.push(format!("{}: left out, it cannot be read: {}", unreadable.object, unreadable.why));
    }
    let runs = runs(client, &owned, &statuses, &mut notes).await;
    Ok(World { owned, runs, notes })
}

/// What runs, and where its pods stand. What may not be read is said, and then taken for what the manifest says.
async fn runs(
    client: &Client,
    owned: &Owned,
    statuses: &BTreeMap<Key, ModelDeploymentStatus>,
    notes: &mut Vec<String>,
) -> BTreeMap<Key, Runs> {
    let (revisions, pods, nodes) =
        tokio::join!(cluster::revisions(client), cluster::pods(client), cluster::nodes(client));
    let mut revisions = revisions.unwrap_or_else(|error| {
        let what = missing("controllerrevisions", "in the cluster", &error);
        notes.push(format!("{what}: what runs is taken for the manifest as it stands."));
        BTreeMap::new()
    });
    let pods = pods.unwrap_or_else(|error| {
        notes.push(format!("{}: which pods would move is not said.", missing("pods", "in the cluster", &error)));
        BTreeMap::new()
    });
    let nodes: BTreeMap<String, NodeSummary> = match nodes {
        Ok(nodes) => nodes.into_iter().map(|node| (node.name.clone(), node)).collect(),
        Err(error) => {
            notes.push(format!("{}: which pods would move is not said.", missing("nodes", "in the cluster", &error)));
            BTreeMap::new()
        }
    };
    let stand = |name: &String| Some(nodes.get(name)?.labels.clone());
    let mut all = BTreeMap::new();
    for manifest in &owned.manifests {
        let key = (manifest.namespace.clone(), manifest.name.clone());
        if statuses.get(&key).is_none_or(|status| status.replicas == 0) {
            continue;
        }
        let of_it = pods.get(&key).into_iter().flatten();
        let stands = of_it.filter_map(|pod| stand(pod.spec.node_name.as_ref()?)).collect();
        let runs = match revisions.remove(&key) {
            Some((inputs, memory)) => {
                let (allowed_by, refused_since) = (memory.allowed_by, memory.refused_since);
                Runs { spec: inputs.spec.clone(), inputs: Some(inputs), allowed_by, refused_since, stands }
            }
            None => {
                Runs { spec: manifest.spec.clone(), inputs: None, allowed_by: Vec::new(), refused_since: None, stands }
            }
        };
        all.insert(key, runs);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::kind_and_name;

    #[test]
    fn a_kind_is_written_as_kubectl_takes_it() {
        let policy = Ok(("ModelPolicy".to_owned(), "china".to_owned()));
        for text in ["ModelPolicy/china", "modelpolicy/china", "modelpolicies/china"] {
            assert_eq!(kind_and_name(text), policy);
        }
        assert!(kind_and_name("china").is_err());
        assert!(kind_and_name("Pod/china").unwrap_err().contains("ModelPolicy"));
    }
}
