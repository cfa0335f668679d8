//! `modelport check`: what would be decided about the manifests in files, with no cluster.

use std::{fmt::Write as _, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kube::Client;
use serde::Serialize;

use crate::facts::live;
use crate::{
    catalog::Catalog,
    decide::{Decision, Effect, Request, Verdict, decide},
    facts::files::{Manifest, Owned, Unreadable},
    report::{
        explain_text::{Around, explain},
        table::table,
    },
};

/// Decides on the manifests in files, with the facts in the same files.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Facts (Licensee, ModelPolicy, ModelLicense, Namespace) are read from the same files and folders. Where two files hold
an object of one name, the one whose folder is nearest to the manifest counts.

Exit codes, the worst wins: 0 all allowed, 2 something waits, 1 something is refused, 3 something cannot be read.

Examples:
  modelport check -f deploy/
  modelport check -f video.yaml --explain
  modelport check -f deploy/ --at 2027-01-01 -o json
  modelport check -f support-bot.yaml --licensee legal/acme.yaml")]
pub struct CheckArgs {
    /// A file, or a folder with all that is below it.
    #[arg(short = 'f', long = "filename", required = true, value_name = "FILE|DIR")]
    pub filename: Vec<PathBuf>,
    /// The day (its first instant in UTC) or instant to decide for; now when absent.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = instant)]
    pub at: Option<Timestamp>,
    /// Every clause that was asked, what is owed, where pods may stand.
    #[arg(long)]
    pub explain: bool,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// More files with facts.
    #[arg(long, value_name = "FILE|DIR")]
    pub licensee: Vec<PathBuf>,
    /// Take Licensees, policies, licences and runtimes of the cluster too; what files say of the same object goes first.
    /// `kubectl modelport check` always does.
    #[arg(long)]
    pub cluster: bool,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For programs and people.
    Yaml,
}

/// The result of a check.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Decisions, in the order of the files.
    pub decisions: Vec<Checked>,
    /// What cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// What is wrong in facts: file, object, sentence.
    pub notes: Vec<(String, String, String)>,
    /// Documents of kinds that are not ours.
    pub others: usize,
}

/// A manifest and its decision.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The file.
    pub file: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What was decided.
    pub decision: Decision,
}

impl Outcome {
    /// The exit code: the worst wins.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let any = |verdict| self.decisions.iter().any(|checked| checked.decision.verdict == verdict);
        if !self.unreadable.is_empty() {
            3
        } else if any(Verdict::Refused) {
            1
        } else if any(Verdict::Waiting) {
            2
        } else {
            0
        }
    }

    /// What is printed for people.
    #[must_use]
    pub fn text(&self, explained: bool) -> String {
        let mut out = String::new();
        if explained {
            for (i, checked) in self.decisions.iter().enumerate() {
                let title = format!("{} ({}/{})", checked.file, checked.namespace, checked.name);
                let gap = if i == 0 { "" } else { "\n" };
                let _ = write!(out, "{gap}{}", explain(&checked.decision, &Around { title, ..Around::default() }));
            }
            out.push('\n');
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        for checked in self.decisions.iter().filter(|_| !explained) {
            rows.push(vec![checked.file.clone(), checked.decision.verdict.word().into(), summary(&checked.decision)]);
        }
        for unreadable in &self.unreadable {
            let text = format!("{}: {}", unreadable.object, unreadable.why);
            rows.push(vec![unreadable.file.clone(), "Unreadable".into(), text]);
        }
        for (file, object, sentence) in &self.notes {
            rows.push(vec![file.clone(), "Note".into(), format!("{object}: {sentence}")]);
        }
        out.push_str(&table(&rows));
        let _ = writeln!(out, "{}", self.count_line());
        out
    }

    fn count_line(&self) -> String {
        let count = |verdict| self.decisions.iter().filter(|checked| checked.decision.verdict == verdict).count();
        let mut parts = vec![
            format!("{} allowed", count(Verdict::Allowed)),
            format!("{} refused", count(Verdict::Refused)),
            format!("{} waiting", count(Verdict::Waiting)),
        ];
        if !self.unreadable.is_empty() {
            parts.push(format!("{} unreadable", self.unreadable.len()));
        }
        if self.others > 0 {
            parts.push(format!("{} of other kinds left alone", self.others));
        }
        parts.join(", ")
    }
}

/// The weightiest finding and a count of the others; of what is allowed, what is owed and warned about.
fn summary(decision: &Decision) -> String {
    let decisive = decision.findings.iter().filter(|finding| finding.effect <= Effect::Waits);
    let others = decisive.count().saturating_sub(1);
    match decision.weightiest() {
        Some(first) if others == 0 => first.line(),
        Some(first) => format!("{} ({others} more with --explain)", first.line()),
        None => {
            let owed = decision.obligations.iter().filter(|owed| owed.now).count();
            let warned: Vec<&str> = decision
                .findings
                .iter()
                .filter(|finding| finding.effect == Effect::Warns)
                .map(|finding| finding.reason.code())
                .collect();
            let mut parts = Vec::new();
            if owed > 0 {
                parts.push(format!("owes {owed}"));
            }
            if !warned.is_empty() {
                parts.push(format!("warns {}", warned.join(", ")));
            }
            parts.join("; ")
        }
    }
}

/// Decides on every manifest, with facts that somebody has gathered.
#[must_use]
pub fn check_with(manifests: &[Manifest], facts: &Owned, catalog: &Catalog, at: Timestamp) -> Outcome {
    let decisions = manifests
        .iter()
        .map(|manifest| {
            let labels = facts.labels(&manifest.namespace);
            let known = facts.facts(&manifest.file, at, catalog, &labels);
            let uid = manifest.uid.as_deref();
            let request = Request { namespace: &manifest.namespace, name: &manifest.name, uid, spec: &manifest.spec };
            Checked {
                file: manifest.file.clone(),
                namespace: manifest.namespace.clone(),
                name: manifest.name.clone(),
                decision: decide(&request, &known),
            }
        })
        .collect();
    Outcome { decisions, unreadable: facts.unreadable.clone(), notes: facts.problems(catalog), others: facts.others }
}

/// Runs the command.
pub async fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let mut owned = Owned::load(&args.filename).context("reading manifests")?;
    owned.load_more(&args.licensee).context("reading facts")?;
    if args.cluster || super::is_kubectl_plugin() {
        let client = Client::try_default().await.context("no cluster: set KUBECONFIG")?;
        let snapshot = live::snapshot(&client, CLUSTER_TIMEOUT).await.context("reading facts from the cluster")?;
        let namespaces = live::namespaces(&client).await.unwrap_or_default();
        owned.add_cluster(snapshot, namespaces);
    }
    let outcome = check_with(&owned.manifests, &owned, catalog, args.at.unwrap_or_else(Timestamp::now));
    let text = match args.output {
        Output::Text => outcome.text(args.explain),
        Output::Json => format!("{}\n", serde_json::to_string_pretty(&outcome)?),
        Output::Yaml => serde_saphyr::to_string(&outcome).context("printing YAML")?,
    };
    // A closed pipe is the reader's choice, and no reason for another exit code.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::from(outcome.exit_code()))
}

/// Time for reading facts from a cluster.
const CLUSTER_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// Commands that messages of the decision and of its reports name, as a person would type them, for the test that
/// parses them all.
#[must_use]
pub fn commands_named() -> Vec<&'static str> {
    vec![
        "modelport check -f FILE --explain",
        "modelport catalog rules",
        "modelport catalog sectors",
        "modelport catalog places",
        "modelport catalog licenses",
    ]
}

fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| "write a day such as 2027-01-01, or an instant in RFC 3339".to_owned())?;
    day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}
