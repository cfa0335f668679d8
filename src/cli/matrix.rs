//! `modelport matrix`: models by countries.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kube::Client;
use serde::de::DeserializeOwned;

use super::{
    check::{Output, instant},
    cluster, output,
    reach::Reach,
};
use crate::{
    catalog::Catalog,
    facts::files::{DEFAULT_NAMESPACE, Manifest, Owned},
    facts::lines::Lines,
    manifest::{
        model_deployment::{Model, ModelDeploymentSpec},
        shape::meant,
        source::Source,
        usage::{Audience, Purpose, Usage},
    },
    report::{
        matrix::{Matrix, Subject, matrix},
        matrix_svg::svg,
    },
};

/// Which models, where, for whom.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Each cell is one decision, with the pods in that country alone. Models are repositories; without any, the ModelDeployments
of the files or of the cluster, and where there are none, well-known ones. `kubectl modelport matrix` takes Licensees,
policies and deployments of the cluster.

Examples:
  modelport matrix
  modelport matrix Qwen/Qwen3-8B meta-llama/Llama-2-7b-chat-hf --countries CN,SG,US,DE,FR
  modelport matrix --licensee legal/acme.yaml --audience public --serves --svg matrix.svg
  modelport matrix -f deploy/ -o json
  kubectl modelport matrix --svg matrix.svg")]
pub struct MatrixArgs {
    /// Repositories, such as Qwen/Qwen3-8B, or addresses, such as hf://Qwen/Qwen3-8B@v1.
    #[arg(value_name = "MODEL")]
    pub models: Vec<String>,
    /// Countries, by ISO 3166-1 code, or groups such as EU.
    #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
    pub countries: Vec<String>,
    /// The people of each country are served from it, too.
    #[arg(long)]
    pub serves: bool,
    /// To whom it is offered: internal, partners or public. Without it, as a deployment says, and internal for a model.
    #[arg(long, value_parser = word::<Audience>)]
    pub audience: Option<Audience>,
    /// What it is used for, such as commercial or research. Without it, as a deployment says.
    #[arg(long, value_parser = word::<Purpose>)]
    pub purpose: Option<Purpose>,
    /// The namespace that models are decided for.
    #[arg(short, long, default_value = DEFAULT_NAMESPACE)]
    pub namespace: String,
    /// Files with deployments and facts.
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// Files with facts. If there is one Licensee among them and in the other files, it counts for every namespace.
    #[arg(long, value_name = "FILE|DIR")]
    pub licensee: Vec<PathBuf>,
    /// Take facts and deployments of the cluster, too. `kubectl modelport matrix` always does, and so does a cluster
    /// that is named.
    #[arg(long)]
    pub cluster: bool,
    /// Which cluster.
    #[command(flatten)]
    pub reach: Reach,
    /// Write it as SVG to this file as well, and print its path.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// The day (its first instant in UTC) or instant to decide for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Models or deployments of one table.
const MAX_ROWS: usize = 1000;

/// A word of a manifest, as it is written there.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// Prints it.
pub async fn run(args: &MatrixArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let mut owned = Owned::load(&args.filename).context("reading files")?;
    owned.load_more(&args.licensee).context("reading facts")?;
    if let Some(unreadable) = owned.unreadable.first() {
        bail!("{}:{}: {}: {}", unreadable.file, unreadable.line, unreadable.object, unreadable.why);
    }
    let only = if args.licensee.is_empty() { None } else { owned.licensee_everywhere().map(str::to_owned) };
    let everywhere = only.is_some();
    if args.cluster || args.reach.is_named() || super::is_kubectl_plugin() {
        of_cluster(&args.reach.client().await?, &mut owned, everywhere).await?;
    }
    let at = args.at.unwrap_or_else(Timestamp::now);
    let countries = countries(args, catalog)?;
    let manifests = manifests(args, &mut owned, catalog)?;
    let labels: BTreeMap<&str, BTreeMap<String, String>> = manifests
        .iter()
        .map(|(_, manifest)| (manifest.namespace.as_str(), owned.labels(&manifest.namespace)))
        .collect();
    let none = BTreeMap::new();
    let subjects: Vec<Subject<'_>> = manifests
        .iter()
        .map(|(title, manifest)| Subject {
            title: title.clone(),
            namespace: &manifest.namespace,
            name: &manifest.name,
            uid: manifest.uid.as_deref(),
            spec: &manifest.spec,
            facts: owned.facts(&manifest.file, at, catalog, labels.get(manifest.namespace.as_str()).unwrap_or(&none)),
        })
        .collect();
    let about = about(args, only.as_deref(), &subjects);
    let found: Matrix = matrix(&subjects, &countries, args.serves, about, at);
    output::print(&args.output.form(&found, || found.text())?);
    if let Some(path) = &args.svg {
        std::fs::write(path, svg(&found, TITLE)).with_context(|| format!("writing {}", path.display()))?;
        // The table may be read by a program.
        let line = format!("\nWritten to {}\n", path.display());
        if args.output == Output::Text { output::print(&line) } else { eprint!("{}", output::harmless(&line)) }
    }
    Ok(ExitCode::SUCCESS)
}

const TITLE: &str = "Where models may run";

/// Adds the facts of the cluster, and its deployments where the files hold none; a Licensee that was given speaks alone.
async fn of_cluster(client: &Client, owned: &mut Owned, given: bool) -> anyhow::Result<()> {
    cluster::facts(client, owned, !given).await?;
    if owned.manifests.is_empty() {
        cluster::deployments(client, owned).await?;
    }
    Ok(())
}

/// Countries, groups opened.
fn countries(args: &MatrixArgs, catalog: &Catalog) -> anyhow::Result<Vec<String>> {
    if args.countries.is_empty() {
        return Ok(catalog.well_known().countries.clone());
    }
    let places = catalog.places();
    let mut all: Vec<String> = Vec::new();
    for area in &args.countries {
        let known = places.expand(area);
        if known.is_empty() {
            let group =
                places.groups().find(|group| group.id.eq_ignore_ascii_case(area)).map(|group| group.id.as_str());
            let near = group.or_else(|| meant(area, catalog).map(|country| country.code.as_str()));
            let near = near.map(|near| format!(" Is {near} meant?")).unwrap_or_default();
            bail!(
                "{area} is no country code and no group of countries.{near} `modelport catalog groups` lists the groups"
            );
        }
        for country in known {
            if !all.iter().any(|one| one == country) {
                all.push(country.to_owned());
            }
        }
    }
    Ok(all)
}

/// Models that were named, else deployments, else well-known models.
fn manifests(args: &MatrixArgs, owned: &mut Owned, catalog: &Catalog) -> anyhow::Result<Vec<(String, Manifest)>> {
    let deployments = std::mem::take(&mut owned.manifests);
    let named =
        if args.models.is_empty() && deployments.is_empty() { &catalog.well_known().models } else { &args.models };
    let mut all = Vec::new();
    if named.is_empty() {
        for mut manifest in deployments {
            let usage = &mut manifest.spec.usage;
            usage.audience = args.audience.or(usage.audience);
            usage.purpose = args.purpose.or(usage.purpose);
            all.push((format!("{}/{}", manifest.namespace, manifest.name), manifest));
        }
    }
    for name in named {
        all.push((name.clone(), bare(args, name)?));
    }
    if all.len() > MAX_ROWS {
        bail!("{} models are too many for one table: at most {MAX_ROWS}", all.len());
    }
    Ok(all)
}

/// A manifest that names a model, and nothing that the flags do not say.
fn bare(args: &MatrixArgs, name: &str) -> anyhow::Result<Manifest> {
    let source = if name.contains("://") { name.to_owned() } else { format!("hf://{name}") };
    Source::parse(&source).map_err(|error| anyhow::anyhow!("{name}: an address {error}"))?;
    let usage =
        Usage { audience: args.audience.or(Some(Audience::Internal)), purpose: args.purpose, ..Usage::default() };
    let model = Model { source, ..Model::default() };
    let spec = ModelDeploymentSpec { usage, ..ModelDeploymentSpec::of(model) };
    Ok(Manifest {
        file: String::new(),
        namespace: args.namespace.clone(),
        name: "model".into(),
        uid: None,
        spec,
        lines: Lines::default(),
    })
}

/// For whom and what for, in words.
fn about(args: &MatrixArgs, licensee: Option<&str>, subjects: &[Subject<'_>]) -> Vec<String> {
    let bare = subjects.iter().all(|subject| subject.name == "model" && subject.uid.is_none());
    let audience = match args.audience {
        Some(audience) => audience.word().to_owned(),
        None if bare => Audience::Internal.word().to_owned(),
        None => "as each deployment says".into(),
    };
    let people = if args.serves { "those of the country" } else { "as declared" };
    let licensee = match licensee {
        Some(name) => format!("Licensee/{name}"),
        None if subjects.iter().all(|subject| subject.facts.licensees.is_empty()) => {
            "an organisation of which nothing is known".into()
        }
        None => "the Licensee of each namespace".to_owned(),
    };
    vec![
        "Each cell: pods in that country alone.".into(),
        format!("Audience: {audience}. People served: {people}. For {licensee}."),
    ]
}
