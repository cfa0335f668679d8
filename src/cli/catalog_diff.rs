//! `modelport catalog diff`: what changed in the licences from one version to another, and whom it touches.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::output::{self, Output};
use crate::{
    catalog::{Catalog, License},
    decide::{Decision, Request, decide},
    facts::files::{Manifest, Owned},
    report::catalog_diff::{self, Difference, Touched},
};

/// Largest catalogue that is read, in bytes.
const MAX_CATALOG_BYTES: u64 = 64 * 1024 * 1024;

/// Two versions, and the deployments at hand.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A version is what modelport catalog licenses -o json prints. Exit codes: 0; with -f 1 where a verdict gets worse; 3 where
something cannot be read.

Examples:
  modelport-0.1 catalog licenses -o json > old.json
  modelport catalog diff old.json
  modelport catalog diff old.json new.json -o json
  kubectl get mpd,licensees,modelpolicies,modellicenses,inferenceruntimes -A -o yaml | modelport catalog diff old.json -f -")]
pub struct DiffArgs {
    /// The licences of one version, as JSON or YAML.
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// Those of another; those built in where absent.
    #[arg(value_name = "NEW")]
    pub new: Option<PathBuf>,
    /// Manifests and facts: the deployments whose verdict changes are listed. - is standard input.
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// The day (its first instant in UTC) or instant to decide for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = super::check::instant)]
    pub at: Option<Timestamp>,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Compares, and decides by both.
pub fn run(catalog: &Catalog, args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let old = entries(&args.old)?;
    let new = match &args.new {
        Some(path) => entries(path)?,
        None => by_id(serde_json::to_value(catalog.licenses().collect::<Vec<_>>())?)?,
    };
    let mut difference = catalog_diff::compare(&old, &new);
    if !args.filename.is_empty() {
        let owned = Owned::load(&args.filename).context("reading manifests")?;
        if let Some(unreadable) = owned.unreadable.first() {
            bail!("{}:{}: {}: {}", unreadable.file, unreadable.line, unreadable.object, unreadable.why);
        }
        let then = with(catalog, &args.old, old)?;
        let now = match &args.new {
            Some(path) => with(catalog, path, new)?,
            None => catalog.clone(),
        };
        difference.deployments =
            Some(touched(&owned, &difference, &then, &now, args.at.unwrap_or_else(Timestamp::now)));
    }
    output::print(&args.output.form(&difference, || difference.text())?);
    let worse = difference.deployments.iter().flatten().any(Touched::is_worse);
    Ok(ExitCode::from(u8::from(worse)))
}

/// The deployments that use an entry that differs, by both catalogues.
#[must_use]
pub fn touched(owned: &Owned, difference: &Difference, then: &Catalog, now: &Catalog, at: Timestamp) -> Vec<Touched> {
    let differs = |id: &str| {
        let mut ids = difference.added.iter().chain(&difference.removed);
        ids.any(|other| other == id) || difference.changed.iter().any(|changed| changed.id == id)
    };
    let uses = |decision: &Decision| {
        let inputs = decision.inputs.iter().any(|input| input.kind.starts_with("catalogue") && differs(&input.name));
        inputs || decision.model.licenses.iter().any(|(id, _)| differs(id))
    };
    let decided = |manifest: &Manifest, catalog: &Catalog| {
        let labels = owned.labels(&manifest.namespace);
        let facts = owned.facts(&manifest.file, at, catalog, &labels);
        decide(
            &Request {
                namespace: &manifest.namespace,
                name: &manifest.name,
                uid: manifest.uid.as_deref(),
                spec: &manifest.spec,
            },
            &facts,
        )
    };
    let mut all = Vec::new();
    for manifest in &owned.manifests {
        let (before, after) = (decided(manifest, then), decided(manifest, now));
        if before.verdict != after.verdict || uses(&before) || uses(&after) {
            all.push(Touched {
                deployment: format!("{}/{}", manifest.namespace, manifest.name),
                file: manifest.file.clone(),
                then: before.verdict,
                now: after.verdict,
                because: after.weightiest().map(crate::decide::Finding::line).unwrap_or_default(),
            });
        }
    }
    all
}

/// This catalogue with other licences.
fn with(catalog: &Catalog, path: &Path, entries: BTreeMap<String, Value>) -> anyhow::Result<Catalog> {
    let licenses: Result<Vec<License>, _> = entries.into_values().map(serde_json::from_value).collect();
    let licenses = licenses.with_context(|| {
        format!("{}: the licences are of a version that this one cannot decide by; leave out -f", path.display())
    })?;
    Ok(catalog.with_licenses(licenses)?)
}

fn entries(path: &Path) -> anyhow::Result<BTreeMap<String, Value>> {
    let shown = path.display();
    let size = fs::metadata(path).with_context(|| shown.to_string())?.len();
    if size > MAX_CATALOG_BYTES {
        bail!("{shown} is larger than {MAX_CATALOG_BYTES} bytes");
    }
    let text = fs::read_to_string(path).with_context(|| shown.to_string())?;
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(_) => serde_saphyr::from_str(&text).with_context(|| format!("{shown} is neither JSON nor YAML"))?,
    };
    by_id(value).with_context(|| format!("{shown} is not what modelport catalog licenses -o json prints"))
}

fn by_id(value: Value) -> anyhow::Result<BTreeMap<String, Value>> {
    let Value::Array(list) = value else { bail!("it is no list of entries") };
    let mut entries = BTreeMap::new();
    for entry in list {
        let Some(id) = entry.get("id").and_then(Value::as_str) else { bail!("an entry has no id") };
        if entries.insert(id.to_owned(), entry.clone()).is_some() {
            bail!("two entries have the id {id}");
        }
    }
    Ok(entries)
}
