//! `modelport check --replay`: decisions of the log, made again.

use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context as _, bail};

use super::{
    check::Format,
    output::{self, Output},
};
use crate::{
    catalog::Catalog,
    decide::{Request, decide},
    facts::files::Owned,
    manifest::model_deployment::ModelDeploymentSpec,
    report::decisions::{self, Record, Replay, Wanted},
};

/// Largest input, in bytes.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Decides each record again.
pub fn run(path: &Path, facts: &Owned, catalog: &Catalog, output: Format) -> anyhow::Result<ExitCode> {
    let mut log = decisions::Read::default();
    decisions::read(BufReader::new(open(path)?.take(MAX_BYTES)), &Wanted::default(), &mut log)?;
    if log.unreadable > 0 {
        bail!("{} in {}: nothing was decided again", decisions::cut_words(log.unreadable), path.display());
    }
    if log.lines.is_empty() {
        bail!(
            "{} holds no line of the decision log that can be read. To find one: modelport decisions -f LOG -o json",
            path.display()
        );
    }
    let mut replays = Vec::new();
    for line in log.lines {
        let record: Record = serde_json::from_value(line.0)
            .context("the record is of a version of Modelport whose decisions this one cannot read")?;
        replays.push(replay(&record, facts, catalog)?);
    }
    let form = match output {
        Format::Json => Output::Json,
        Format::Yaml => Output::Yaml,
        Format::Text => Output::Text,
        Format::Sarif => bail!("a replay has no SARIF form; write -o text, json or yaml"),
    };
    output::print(&form.form(&replays, || replays.iter().map(Replay::text).collect())?);
    Ok(ExitCode::from(u8::from(replays.iter().any(|replay| !replay.same))))
}

fn replay(record: &Record, facts: &Owned, catalog: &Catalog) -> anyhow::Result<Replay> {
    let manifest = facts.manifests.iter().find(|m| m.namespace == record.namespace && m.name == record.name);
    let spec: ModelDeploymentSpec = match (&record.decided, manifest) {
        (Some(decided), _) => decided.spec(),
        (None, Some(manifest)) => manifest.spec.clone(),
        (None, None) => bail!(
            "the record of {0}/{1} does not hold the manifest; give it: modelport check -f MANIFEST -f FACTS --replay \
             RECORD",
            record.namespace,
            record.name
        ),
    };
    let labels = facts.labels(&record.namespace);
    let file = manifest.map_or("", |manifest| manifest.file.as_str());
    let known = facts.facts(file, record.at(), catalog, &labels);
    let uid = record.decided.as_ref().map_or_else(|| manifest.and_then(|m| m.uid.as_deref()), |d| d.uid.as_deref());
    let request = Request { namespace: &record.namespace, name: &record.name, uid, spec: &spec };
    Ok(decisions::compare(record, &decide(&request, &known)))
}

/// A file, or standard input.
pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn std::io::Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    Ok(Box::new(File::open(path).with_context(|| path.display().to_string())?))
}
