//! `modelport decisions`: what the decision log holds.

use std::{io::BufReader, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::{
    check::instant,
    output::{self, Output},
    replay::open,
};
use crate::{
    decide::Verdict,
    report::decisions::{self, Wanted},
};

/// Lists decisions of a log.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
The log is what the operator writes to its --decision-log: standard output, unless said otherwise. Other lines in it are
passed over. Lines of decisions that are cut off, as a rotation or a short copy leaves them, are counted: exit code 3. With -o json each decision is one line, as it stands in the log, for modelport check --replay.

Examples:
  kubectl logs -n modelport-system deployment/modelport --all-pods | modelport decisions -f -
  modelport decisions -f decisions.log --model Llama-2-7b-chat-hf --from 2026-10-01 --until 2026-12-31
  modelport decisions -f 2026-q3.log -f 2026-q4.log --verdict refused
  modelport decisions -f decisions.log --deployment support/bot -o json | tail -1 | modelport check -f facts/ --replay -")]
pub struct DecisionsArgs {
    /// A log; - is standard input.
    #[arg(short = 'f', long = "filename", required = true, value_name = "LOG")]
    pub filename: Vec<PathBuf>,
    /// Of this model: its repository or the last part of it; a trailing * stands for any ending.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Of this deployment, as namespace/name; a trailing * stands for any ending.
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub deployment: Option<String>,
    /// With this verdict.
    #[arg(long, value_enum)]
    pub verdict: Option<Word>,
    /// From this day on (its first instant in UTC), or this instant.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = instant)]
    pub from: Option<Timestamp>,
    /// Up to this day (whole, in UTC), or before this instant.
    #[arg(long, value_name = "DATE|RFC3339", value_parser = end)]
    pub until: Option<Timestamp>,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Word {
    /// Allowed.
    Allowed,
    /// Refused.
    Refused,
    /// Waiting.
    Waiting,
}

/// Lists them.
pub fn run(args: &DecisionsArgs) -> anyhow::Result<ExitCode> {
    let wanted = Wanted {
        model: args.model.clone(),
        deployment: args.deployment.clone(),
        verdict: args.verdict.map(|word| match word {
            Word::Allowed => Verdict::Allowed,
            Word::Refused => Verdict::Refused,
            Word::Waiting => Verdict::Waiting,
        }),
        from: args.from,
        until: args.until,
    };
    let mut read = decisions::Read::default();
    for path in &args.filename {
        decisions::read(BufReader::new(open(path)?), &wanted, &mut read).with_context(|| path.display().to_string())?;
    }
    let text = match args.output {
        Output::Text => {
            let cut = if read.unreadable == 0 {
                String::new()
            } else {
                format!("; {}, and not among them", decisions::cut_words(read.unreadable))
            };
            format!("{}{} of {} decisions{cut}\n", decisions::as_table(&read.lines), read.lines.len(), read.decisions)
        }
        Output::Json => {
            let lines: Result<Vec<String>, _> = read.lines.iter().map(serde_json::to_string).collect();
            lines?.into_iter().map(|line| line + "\n").collect()
        }
        Output::Yaml => output::yaml(&read.lines)?,
    };
    output::print(&text);
    if read.unreadable > 0 {
        eprintln!("modelport: {}; not listed", decisions::cut_words(read.unreadable));
        return Ok(ExitCode::from(super::EXIT_FAILED));
    }
    Ok(ExitCode::SUCCESS)
}

/// The end of a day in UTC, or an instant.
fn end(text: &str) -> Result<Timestamp, String> {
    let start = instant(text)?;
    match text.parse::<Date>() {
        Ok(_) if text.parse::<Timestamp>().is_err() => {
            let next = start.to_zoned(TimeZone::UTC).checked_add(1.day()).map_err(|error| error.to_string())?;
            Ok(next.timestamp())
        }
        _ => Ok(start),
    }
}
