//! Models by countries: each cell is one decision, with pods in that country alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::table::{MAX_COLUMNS, counted, named, table, wrap};
use crate::{
    decide::{Decision, Effect, Request, Verdict, decide},
    facts::Facts,
    manifest::{Reason, model_deployment::ModelDeploymentSpec, placement::PlaceList, written::WrittenCountry},
};

/// Reasons below the table; the rest is counted.
const MAX_REASONS: usize = 60;

/// A model, or a deployment of one, with the facts for it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// As the first column shows it.
    pub title: String,
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// UID, where it is stored.
    pub uid: Option<&'a str>,
    /// The manifest; its places are replaced.
    pub spec: &'a ModelDeploymentSpec,
    /// The facts.
    pub facts: Facts<'a>,
}

/// The table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matrix {
    /// For whom and what for, in words.
    pub about: Vec<String>,
    /// The instant that was decided for.
    pub at: Timestamp,
    /// Countries, one a column.
    pub countries: Vec<String>,
    /// Models, one a row.
    pub rows: Vec<Row>,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The model, or a deployment of one.
    pub title: String,
    /// Licences that apply.
    pub license: String,
    /// One a country.
    pub cells: Vec<Cell>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Where the pods would stand.
    pub country: String,
    /// What it came to.
    pub state: State,
    /// The weightiest reason, where it is not allowed.
    pub reason: Option<Reason>,
    /// Its sentence.
    pub sentence: Option<String>,
    /// Duties that are owed.
    pub owes: usize,
    /// Rules of the place that are only reported.
    pub rules_warn: usize,
    /// Whether nobody looked for rules of the place.
    pub not_surveyed: bool,
}

/// What a cell came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Nothing speaks against it, and nothing is owed.
    Allowed,
    /// Nothing speaks against it; something is owed.
    AllowedWithDuties,
    /// A fact or a text is missing.
    Waiting,
    /// A licence, a rule or a policy speaks against it.
    Refused,
}

impl State {
    /// Every one, as a legend shows them.
    pub const ALL: [Self; 4] = [Self::Allowed, Self::AllowedWithDuties, Self::Waiting, Self::Refused];

    /// As a legend says it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AllowedWithDuties => "allowed with duties",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// Decides on every cell. With `serves`, people of that country are served, too.
#[must_use]
pub fn matrix(
    subjects: &[Subject<'_>],
    countries: &[String],
    serves: bool,
    about: Vec<String>,
    at: Timestamp,
) -> Matrix {
    let rows = subjects.iter().map(|subject| {
        let cells: Vec<(Cell, Decision)> = countries.iter().map(|country| cell(subject, country, serves)).collect();
        let license = cells.first().map_or_else(|| "-".into(), |(_, decision)| decision.model.license_words());
        Row { title: subject.title.clone(), license, cells: cells.into_iter().map(|(cell, _)| cell).collect() }
    });
    Matrix { about, at, rows: rows.collect(), countries: countries.to_vec() }
}

fn cell(subject: &Subject<'_>, country: &str, serves: bool) -> (Cell, Decision) {
    let mut spec = subject.spec.clone();
    let here = vec![WrittenCountry::from(country)];
    spec.placement.deny = None;
    spec.placement.allow = Some(PlaceList { countries: here.clone(), ..PlaceList::default() });
    if serves {
        spec.usage.serves = here;
    }
    let request = Request { namespace: subject.namespace, name: subject.name, uid: subject.uid, spec: &spec };
    let decision = decide(&request, &subject.facts);
    let owes = decision.obligations.iter().filter(|owed| owed.open()).count();
    let state = match decision.verdict {
        Verdict::Allowed if owes == 0 => State::Allowed,
        Verdict::Allowed => State::AllowedWithDuties,
        Verdict::Waiting => State::Waiting,
        Verdict::Refused => State::Refused,
    };
    let warns =
        |finding: &&crate::decide::Finding| finding.effect == Effect::Warns && finding.reason == Reason::RuleWarns;
    let first = decision.weightiest();
    let cell = Cell {
        country: country.to_owned(),
        state,
        reason: first.map(|finding| finding.reason),
        sentence: first.map(|finding| finding.sentence.clone()),
        owes,
        rules_warn: decision.findings.iter().filter(warns).count(),
        not_surveyed: decision.findings.iter().any(|finding| finding.reason == Reason::CountryNotSurveyed),
    };
    (cell, decision)
}

impl Cell {
    /// As it stands in the table; `!` where a rule of the place is only reported, `?` where nobody looked for one.
    #[must_use]
    pub fn word(&self) -> String {
        let word = match self.state {
            State::Allowed => "allowed".to_owned(),
            State::AllowedWithDuties => format!("owes {}", self.owes),
            State::Waiting => "waits".into(),
            State::Refused => "refused".into(),
        };
        match self.marks() {
            (false, false) => word,
            (warns, unseen) => format!("{word} {}{}", if warns { "!" } else { "" }, if unseen { "?" } else { "" }),
        }
    }

    /// Whether it is marked with `!`, and with `?`: only where nothing else stops it.
    fn marks(&self) -> (bool, bool) {
        let open = self.state < State::Waiting;
        (open && self.rules_warn > 0, open && self.not_surveyed)
    }

    /// All that there is to say of it, for a tooltip.
    #[must_use]
    pub fn told(&self) -> String {
        let mut words = vec![self.state.words().to_owned()];
        if let (Some(reason), Some(sentence)) = (self.reason, &self.sentence) {
            words.push(format!("{reason}: {}", sentence.trim_end_matches('.')));
        }
        if self.owes > 0 && self.state == State::AllowedWithDuties {
            words.push(format!("owes {}", self.owes));
        }
        if self.rules_warn > 0 {
            words.push(format!("{} of the place only reported", counted(self.rules_warn, "rule", "rules")));
        }
        if self.not_surveyed {
            words.push("nobody looked for rules of the country itself".to_owned());
        }
        words.join("; ")
    }
}

impl Matrix {
    fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// Whether a cell is marked as one for whose country nobody looked for rules.
    #[must_use]
    pub fn not_surveyed(&self) -> bool {
        self.cells().any(|cell| cell.marks().1)
    }

    /// How many cells came to this.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.cells().filter(|cell| cell.state == state).count()
    }

    /// For a terminal: as many countries beside each other as fit, then the reasons.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for line in self.about.iter().flat_map(|line| wrap(line, MAX_COLUMNS)) {
            out.push_str(&line);
            out.push('\n');
        }
        // Whole names where all countries fit beside them, the last parts of them where not.
        let column = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.word().chars().count()).max();
        let column = column.unwrap_or_default() + GAP_COLUMNS;
        let cells = self.countries.len() * column;
        let widest =
            |short: bool| self.rows.iter().map(|row| row.name(short).chars().count()).max().unwrap_or_default();
        let short = widest(false) + cells > MAX_COLUMNS;
        let beside = (MAX_COLUMNS.saturating_sub(widest(short)) / column).max(1);
        for at in (0..self.countries.len()).step_by(beside) {
            let head = self.countries.iter().skip(at).take(beside).cloned();
            let mut rows: Vec<Vec<String>> = vec![std::iter::once("MODEL".to_owned()).chain(head).collect()];
            for row in &self.rows {
                let cells = row.cells.iter().skip(at).take(beside).map(Cell::word);
                rows.push(std::iter::once(row.name(short).to_owned()).chain(cells).collect());
            }
            out.push('\n');
            out.push_str(&named(&rows));
        }
        out.push('\n');
        let counts = State::ALL.map(|state| format!("{} {}", self.count(state), state.words()));
        out.push_str(&format!("{}\n", counts.join(", ")));
        if self.cells().any(|cell| cell.marks().0) {
            out.push_str("!  a rule of the place is only reported: a policy that enforces it may decide otherwise\n");
        }
        if self.not_surveyed() {
            out.push_str(
                "?  the catalogue has no rule of the country's own: nobody looked, and that is no permission\n",
            );
        }
        let reasons = self.reasons();
        if !reasons.is_empty() {
            out.push('\n');
            let more = reasons.len().saturating_sub(MAX_REASONS);
            out.push_str(&table(reasons.get(..MAX_REASONS).unwrap_or(&reasons)));
            if more > 0 {
                out.push_str(&format!("{more} more reasons: -o json\n"));
            }
        }
        out
    }

    /// Model and countries, with why not: countries with one reason stand together.
    fn reasons(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for row in &self.rows {
            let mut of: BTreeMap<(Reason, &str), Vec<(&str, &str)>> = BTreeMap::new();
            for cell in &row.cells {
                if let (Some(reason), Some(sentence)) = (cell.reason, &cell.sentence) {
                    // What stands before the first semicolon is the term or the rule; the rest is about the place.
                    let term = sentence.split(';').next().unwrap_or(sentence);
                    of.entry((reason, term)).or_default().push((&cell.country, sentence));
                }
            }
            for ((reason, term), hits) in of {
                let sentence = match hits.as_slice() {
                    [(_, only)] => (*only).to_owned(),
                    [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => (*first).to_owned(),
                    _ => format!("{}.", term.trim_end_matches('.')),
                };
                let shown: Vec<&str> = hits.iter().map(|(country, _)| *country).take(MAX_NAMED).collect();
                let countries = match hits.len() {
                    n if n == row.cells.len() && n > 1 => "everywhere".to_owned(),
                    n if n > MAX_NAMED => format!("{} and {} more", shown.join(","), n - MAX_NAMED),
                    _ => shown.join(","),
                };
                all.push(vec![
                    format!("{}, {countries}", row.name(row.title.chars().count() > MAX_LEFT)),
                    format!("{reason}: {sentence}"),
                ]);
            }
        }
        all
    }
}

impl Row {
    /// Its title, or the last part of it.
    fn name(&self, short: bool) -> &str {
        self.title.rsplit('/').next().filter(|_| short).unwrap_or(&self.title)
    }
}

/// Longest title beside a reason, in characters.
const MAX_LEFT: usize = 24;

/// Countries that one line names.
const MAX_NAMED: usize = 5;

/// Columns between two countries.
const GAP_COLUMNS: usize = 2;
