//! `modelport licensee init`: a Licensee with just the facts that the manifests at hand ask for, as blanks.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::output;
use crate::{
    catalog::Catalog,
    decide::Request,
    facts::{Facts, files::Owned},
    report::{
        needs::{self, Need},
        table::{MAX_COLUMNS, wrap},
    },
};

/// What an organisation says about itself.
#[derive(Args, Clone, Debug)]
pub struct LicenseeArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LicenseeCommand,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum LicenseeCommand {
    /// Print a Licensee with just the facts that these manifests ask for, as blanks
    Init(InitArgs),
}

/// Which manifests, and the organisation's name.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Each blank says who asks, in which clause, for which period and currency. Filled in by the legal or platform team, the
Licensee lets the manifests pass; until then nothing in it counts.

Examples:
  modelport licensee init -f deploy/ --name acme > acme.yaml
  modelport check -f deploy/ --licensee acme.yaml")]
pub struct InitArgs {
    /// A file, or a folder with all that is below it.
    #[arg(short = 'f', long = "filename", required = true, value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// Name of the organisation.
    #[arg(long, default_value = "my-organisation")]
    pub name: String,
    /// The day (its first instant in UTC) or instant to ask for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = super::check::instant)]
    pub at: Option<Timestamp>,
}

/// Prints it.
pub fn run(args: &LicenseeArgs) -> anyhow::Result<ExitCode> {
    let LicenseeCommand::Init(args) = &args.command;
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let owned = Owned::load(&args.filename).context("reading manifests")?;
    if let Some(unreadable) = owned.unreadable.first() {
        bail!(
            "{}:{}: {}: {}. All that cannot be read: modelport check -f {}",
            unreadable.file,
            unreadable.line,
            unreadable.object,
            unreadable.why,
            args.filename.first().map(|path| path.display().to_string()).unwrap_or_default()
        );
    }
    if owned.manifests.is_empty() {
        bail!("no ModelDeployment in these files. What one looks like: modelport licensee init --help");
    }
    output::print(&document(&owned, catalog, args.at.unwrap_or_else(Timestamp::now), &args.name));
    Ok(ExitCode::SUCCESS)
}

/// The Licensee with blanks, for every manifest that no Licensee among the files speaks for.
#[must_use]
pub fn document(owned: &Owned, catalog: &Catalog, at: Timestamp, name: &str) -> String {
    let labels: Vec<_> = owned.manifests.iter().map(|manifest| owned.labels(&manifest.namespace)).collect();
    let all: Vec<(Request<'_>, Facts<'_>)> = owned
        .manifests
        .iter()
        .zip(&labels)
        .map(|(manifest, labels)| {
            let request = Request {
                namespace: &manifest.namespace,
                name: &manifest.name,
                uid: manifest.uid.as_deref(),
                spec: &manifest.spec,
            };
            (request, owned.facts(&manifest.file, at, catalog, labels))
        })
        .collect();
    let spoken = |(request, facts): &(Request<'_>, Facts<'_>)| {
        facts.licensees.iter().any(|fact| fact.spec.selection().selects(request.namespace, facts.namespace_labels))
    };
    let (already, open): (Vec<_>, Vec<_>) = all.into_iter().partition(spoken);
    let mut namespaces: Vec<String> = open.iter().map(|(request, _)| request.namespace.to_owned()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let (wanted, others) = needs::of_licensee(name, &namespaces, &open);
    let mut text = comment(&format!(
        "What the organisation behind {} must say about itself, so that {} can be decided. The legal or platform team \
         fills in the blanks; check it with: modelport check -f MANIFESTS --licensee THIS-FILE",
        namespaces.join(", "),
        if open.len() == 1 { "its deployment".to_owned() } else { format!("its {} deployments", open.len()) },
    ));
    if !already.is_empty() {
        let names = already.iter().map(|(request, _)| format!("{}/{}", request.namespace, request.name));
        let names = names.collect::<Vec<_>>().join(", ");
        text.push_str(&comment(&format!("Left out, because a Licensee among the files speaks for them: {names}.")));
    }
    if wanted.is_empty() {
        text.push_str(&comment("No licence and no rule asks for more than is below; it need not be written at all."));
    }
    for paste in needs::pastes(&others) {
        let title = format!(
            "Not for the organisation to say, and missing as well: {}, written by {}:",
            paste.object, paste.who
        );
        text.push_str(&comment(&title));
        for line in paste.yaml.lines().filter(|line| !line.trim_start().starts_with('#')) {
            text.push_str(&format!("#   {line}\n"));
        }
    }
    let wanted: Vec<&Need> = wanted.iter().collect();
    text + &needs::licensee_document(name, &namespaces, &wanted)
}

/// Words as comment lines.
fn comment(words: &str) -> String {
    wrap(words, MAX_COLUMNS - 2).iter().fold(String::new(), |text, line| text + "# " + line + "\n")
}
