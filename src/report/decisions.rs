//! The decision log, read: which decisions there were, and one of them made again.

use std::io::{self, BufRead};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    decision_log::{Asked, Decided},
    table::table,
};
use crate::decide::{Decision, Input, Verdict};

/// Longest line of a log that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// One decision of the log, whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// When it was made.
    pub time: Timestamp,
    /// Namespace of the deployment.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Who asked; nothing in the reconciler.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// What was decided on; nothing in a line that does not hold it.
    #[serde(default)]
    pub decided: Option<Decided>,
    /// The decision.
    pub decision: Decision,
}

impl Record {
    /// The instant to decide for again. The line is written a moment after the decision: where the verdict could change
    /// in that moment, the moment before it counts.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self.decision.next_change {
            Some(change) if change <= self.time => change.checked_sub(1.millisecond()).unwrap_or(self.time),
            _ => self.time,
        }
    }
}

/// A line of the log as it stands there, whatever version wrote it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Line(pub Value);

impl Line {
    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// When it was decided.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.text("/time").parse().ok()
    }

    /// `namespace/name` of the deployment.
    #[must_use]
    pub fn service(&self) -> String {
        format!("{}/{}", self.text("/namespace"), self.text("/name"))
    }

    /// Repository of the model.
    #[must_use]
    pub fn model(&self) -> &str {
        self.text("/decision/model/name")
    }

    /// Code of what decided; a log of before this field was written has it in its findings.
    #[must_use]
    pub fn reason(&self) -> &str {
        match (self.text("/reason"), self.text("/decision/findings/0/effect")) {
            ("", "" | "Passes") => "Allowed",
            ("", _) => self.text("/decision/findings/0/reason"),
            (reason, _) => reason,
        }
    }

    /// What was let pass: code, until when, and by whom.
    fn waived(&self) -> String {
        let findings = self.0.pointer("/decision/findings").and_then(Value::as_array);
        let said = findings.into_iter().flatten().filter_map(|finding| {
            let waived = finding.get("waived")?;
            let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (code, until, by) = (text(finding, "reason"), text(waived, "until"), text(waived, "by"));
            Some(format!("; {code} waived until {until} by {by}"))
        });
        said.collect()
    }
}

/// Which decisions are asked for. What is `None` is not asked.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Model: a repository, or the beginning of one followed by `*`; its last part will do.
    pub model: Option<String>,
    /// Deployment: `namespace/name`, or `namespace/*`.
    pub deployment: Option<String>,
    /// Verdict.
    pub verdict: Option<Verdict>,
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl Wanted {
    /// Whether a line is one of them.
    #[must_use]
    pub fn fits(&self, line: &Line) -> bool {
        let like = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
            Some(prefix) => text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
            None => text.eq_ignore_ascii_case(pattern),
        };
        let model = line.model();
        let last = model.rsplit('/').next().unwrap_or(model);
        let time = line.time();
        self.model.as_deref().is_none_or(|wanted| like(wanted, model) || like(wanted, last))
            && self.deployment.as_deref().is_none_or(|wanted| like(wanted, &line.service()))
            && self.verdict.is_none_or(|wanted| line.text("/decision/verdict") == wanted.word())
            && self.from.is_none_or(|from| time.is_some_and(|time| time >= from))
            && self.until.is_none_or(|until| time.is_some_and(|time| time < until))
    }
}

/// What a log held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The decisions asked for, by time; those of one instant in the order of the log.
    pub lines: Vec<Line>,
    /// Decisions in all.
    pub decisions: usize,
    /// Lines that say they are decisions, or are a piece of one, and cannot be read.
    pub unreadable: usize,
}

/// What no line of another log holds, and every line of a decision does, from its beginning to its end: a log that was
/// rotated, copied short or split by a limit on lines holds pieces.
const MARKS: [&str; 4] = ["\"log\":\"d", "\"decision\":{\"id\":", "\"findings\":[{\"reason\":", "\"decideAgain\":"];

/// What is said of lines that cannot be read.
#[must_use]
pub fn cut_words(lines: usize) -> String {
    let (lines, are) = if lines == 1 { ("1 line".into(), "is") } else { (format!("{lines} lines"), "are") };
    format!("{lines} of decisions {are} cut off or damaged")
}

/// Reads a log. Lines that are no decisions, such as those of the operator's own log, are passed over.
pub fn read(mut log: impl BufRead, wanted: &Wanted, read: &mut Read) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let taken = io::Read::take(&mut log, MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
        if taken == 0 {
            // Each replica writes a log of its own.
            read.lines.sort_by_cached_key(Line::time);
            return Ok(());
        }
        if bytes.len() > MAX_LINE_BYTES {
            read.unreadable += 1;
            skip_line(&mut log)?;
            continue;
        }
        let text = String::from_utf8_lossy(&bytes);
        // `kubectl logs --prefix` writes the pod in front.
        let json = text.find('{').and_then(|at| text.get(at..)).unwrap_or(&text);
        match serde_json::from_str::<Value>(json) {
            Ok(value) if value.get("log").and_then(Value::as_str) == Some("decision") => {
                let line = Line(value);
                read.decisions += 1;
                if wanted.fits(&line) {
                    read.lines.push(line);
                }
            }
            Err(_) if MARKS.iter().any(|mark| text.contains(mark)) => read.unreadable += 1,
            Ok(_) | Err(_) => {}
        }
    }
}

fn skip_line(log: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = log.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        log.consume(used);
        if ends {
            return Ok(());
        }
    }
}

/// The decisions as a table.
#[must_use]
pub fn as_table(lines: &[Line]) -> String {
    let head = ["TIME (UTC)", "WHO", "DEPLOYMENT", "VERDICT", "ID", "REASON"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for line in lines {
        let time = line.time().map(|time| time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S").to_string());
        let who = line.text("/asked/user").rsplit(':').next().filter(|who| !who.is_empty()).unwrap_or("(operator)");
        let id = line.text("/decision/id");
        let dry_run = line.0.pointer("/asked/dryRun").and_then(Value::as_bool) == Some(true);
        rows.push(vec![
            time.unwrap_or_default(),
            who.to_owned(),
            line.service(),
            line.text("/decision/verdict").to_owned(),
            id.get(..8).unwrap_or(id).to_owned(),
            format!("{}{}{}", line.reason(), line.waived(), if dry_run { " (dry run)" } else { "" }),
        ]);
    }
    table(&rows)
}

/// A decision of the log, and the same one made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// `namespace/name`.
    pub deployment: String,
    /// The instant decided for.
    pub at: Timestamp,
    /// Whether the id is the same.
    pub same: bool,
    /// The id in the log.
    pub id_then: String,
    /// The id now.
    pub id_now: String,
    /// The verdict in the log.
    pub verdict_then: Verdict,
    /// The verdict now.
    pub verdict_now: Verdict,
    /// Facts and catalogue entries that differ.
    pub inputs: Vec<Changed>,
    /// Findings of then that are gone: code, what it is about.
    pub findings_gone: Vec<String>,
    /// Findings that are new.
    pub findings_new: Vec<String>,
}

/// An input that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// `Licensee/acme`, `catalogue license Apache-2.0`.
    pub object: String,
    /// Its hash in the log; nothing where it was not used then.
    pub then: Option<String>,
    /// Its hash now; nothing where it is not used now.
    pub now: Option<String>,
}

/// Compares.
#[must_use]
pub fn compare(record: &Record, now: &Decision) -> Replay {
    let then = &record.decision;
    let codes = |decision: &Decision| -> Vec<String> {
        let said = decision.findings.iter();
        said.map(|f| format!("{} {} ({})", f.effect.word(), f.reason, f.about)).collect()
    };
    let (codes_then, codes_now) = (codes(then), codes(now));
    let missing_in = |from: &[String], other: &[String]| -> Vec<String> {
        from.iter().filter(|code| !other.contains(code)).cloned().collect()
    };
    Replay {
        deployment: format!("{}/{}", record.namespace, record.name),
        at: record.at(),
        same: then.id == now.id,
        id_then: then.id.clone(),
        id_now: now.id.clone(),
        verdict_then: then.verdict,
        verdict_now: now.verdict,
        inputs: inputs(&then.inputs, &now.inputs),
        findings_gone: missing_in(&codes_then, &codes_now),
        findings_new: missing_in(&codes_now, &codes_then),
    }
}

/// Inputs that differ, by kind and name.
fn inputs(then: &[Input], now: &[Input]) -> Vec<Changed> {
    let mut keys: Vec<(&str, &str)> = then.iter().chain(now).map(|i| (&*i.kind, i.name.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    let hash = |list: &[Input], key: (&str, &str)| {
        list.iter().find(|i| (&*i.kind, i.name.as_str()) == key).map(|i| i.hash.clone())
    };
    let changed = keys.into_iter().filter_map(|key| {
        let (then, now) = (hash(then, key), hash(now, key));
        let separator = if key.0.starts_with("catalogue") { ' ' } else { '/' };
        (then != now).then(|| Changed { object: format!("{}{separator}{}", key.0, key.1), then, now })
    });
    changed.collect()
}

impl Replay {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let short = |id: &str| id.get(..8).unwrap_or(id).to_owned();
        if self.same {
            return format!(
                "{}: same decision: id {}, {}, as of {}.\n",
                self.deployment,
                short(&self.id_then),
                self.verdict_now.word(),
                self.at
            );
        }
        let mut rows = vec![
            vec![String::new(), "THEN".into(), "NOW".into()],
            vec!["id".into(), short(&self.id_then), short(&self.id_now)],
            vec!["verdict".into(), self.verdict_then.word().into(), self.verdict_now.word().into()],
        ];
        let hash = |hash: &Option<String>| hash.as_deref().map_or_else(|| "not used".to_owned(), short);
        rows.extend(self.inputs.iter().map(|i| vec![i.object.clone(), hash(&i.then), hash(&i.now)]));
        let mut text = format!("{}: another decision, as of {}.\n{}", self.deployment, self.at, table(&rows));
        for (what, list) in [("No longer found", &self.findings_gone), ("Newly found", &self.findings_new)] {
            for code in list {
                text.push_str(&format!("{what}: {code}\n"));
            }
        }
        if self.inputs.is_empty() && self.findings_gone.is_empty() && self.findings_new.is_empty() {
            text.push_str(
                "The facts are the same, and so is what is found: the manifest that was given is another one.\n",
            );
        }
        text
    }
}
