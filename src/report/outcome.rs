//! What a check of files came to: an exit code, a table for people, and the data of the other forms.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    explain_text::{Around, explain},
    fold::{self, Warned},
    needs::Paste,
    table::table,
    trail::Step,
};
use crate::{
    decide::{Decision, Effect, Verdict},
    facts::{
        files::{Note, Unreadable},
        lines::Lines,
    },
    plan::groups::Groups,
};

/// The result of a check.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Decisions, in the order of the files.
    pub decisions: Vec<Checked>,
    /// What cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// What is wrong in facts.
    pub notes: Vec<Note>,
    /// Documents of kinds that are not ours.
    pub others: usize,
}

/// A manifest and its decision.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The file.
    pub file: String,
    /// Its line.
    pub line: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What was decided.
    pub decision: Decision,
    /// Every term of every licence, where they are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Step>,
    /// What is missing, as YAML, where it is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Paste>,
    /// How the nodes answer, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Groups>,
    /// Why no pod can be made, so that no node is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
    /// Lines of its fields.
    #[serde(skip)]
    pub lines: Lines,
}

impl Checked {
    /// What the page says besides the decision.
    fn around(&self, title: String) -> Around {
        let nodes = self.nodes.as_ref().map(Groups::lines).or_else(|| Some(vec![self.obstacle.clone()?]));
        let nodes = nodes.unwrap_or_default();
        Around { title, terms: self.terms.clone(), missing: self.missing.clone(), nodes, ..Around::default() }
    }

    /// The weightiest finding; of what is allowed, how the nodes answer, too.
    fn summary(&self) -> String {
        let decided = summary(&self.decision);
        let nodes = self.nodes.as_ref().map(Groups::line).or_else(|| self.obstacle.clone());
        match nodes.filter(|_| self.decision.verdict == Verdict::Allowed) {
            Some(nodes) if decided.is_empty() => nodes,
            Some(nodes) => format!("{decided}; {nodes}"),
            None => decided,
        }
    }
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
                let _ = write!(out, "{gap}{}", explain(&checked.decision, &checked.around(title)));
            }
            out.push('\n');
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        for checked in self.decisions.iter().filter(|_| !explained) {
            let several = self.decisions.iter().filter(|other| other.file == checked.file).count() > 1;
            let which = if several { format!(" ({}/{})", checked.namespace, checked.name) } else { String::new() };
            let verdict = checked.decision.verdict.word().to_owned();
            rows.push(vec![format!("{}{which}", checked.file), verdict, checked.summary()]);
        }
        for unreadable in &self.unreadable {
            let text = format!("{}: {}", unreadable.object, unreadable.why);
            rows.push(vec![unreadable.file.clone(), "Unreadable".into(), text]);
        }
        for note in &self.notes {
            let text = format!("{}: {}: {}", note.object, note.reason, note.sentence);
            rows.push(vec![note.file.clone(), "Note".into(), text]);
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
            let owed = decision.obligations.iter().filter(|owed| owed.open()).count();
            let (folded, ones): (Vec<_>, Vec<_>) =
                fold::warnings(decision).into_iter().partition(|warned| matches!(warned, Warned::Rules { .. }));
            let mut codes: Vec<(String, usize)> = Vec::new();
            for code in ones.iter().map(Warned::words) {
                match codes.iter_mut().find(|(known, _)| *known == code) {
                    Some((_, count)) => *count += 1,
                    None => codes.push((code, 1)),
                }
            }
            let codes: Vec<String> = codes
                .into_iter()
                .map(|(code, count)| if count == 1 { code } else { format!("{code} ({count})") })
                .collect();
            let mut parts = Vec::new();
            if owed > 0 {
                parts.push(format!("owes {owed}"));
            }
            if !codes.is_empty() {
                parts.push(format!("warns {}", codes.join(", ")));
            }
            if !folded.is_empty() {
                let rules: Vec<String> = folded.iter().map(Warned::words).collect();
                parts.push(format!("{} (each with --explain)", rules.join("; ")));
            }
            parts.join("; ")
        }
    }
}
