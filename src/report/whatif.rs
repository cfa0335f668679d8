//! What would change if other facts held: each deployment decided with both, side by side. Nothing is written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::table::{MAX_COLUMNS, counted, named, wrap};
use crate::{
    catalog::Accelerators,
    decide::{
        Decision, Effect, Input, Places, Request, Verdict, decide,
        stopping::{self, Brake, Course, Running, course},
    },
    facts::{
        Facts,
        files::Manifest,
        overlay::{Does, Overlay},
    },
    manifest::{Reason, model_deployment::ModelDeploymentSpec},
    plan::inputs::Inputs,
};

/// A deployment, its facts, and what runs of it.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The facts as they are.
    pub facts: Facts<'a>,
    /// What runs; nothing where nothing does, or nobody can tell.
    pub runs: Option<&'a Runs>,
}

/// What runs of a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    /// The manifest that its pods belong to.
    pub spec: ModelDeploymentSpec,
    /// What its pods were planned from; nothing where nobody may read it.
    pub inputs: Option<Inputs>,
    /// By what it was last allowed.
    pub allowed_by: Vec<Input>,
    /// Since when it is refused.
    pub refused_since: Option<Timestamp>,
    /// The labels of each pod's node.
    pub stands: Vec<BTreeMap<String, String>>,
}

impl Runs {
    /// Where its pods may stand by a decision: of accelerators only what these pods use.
    fn places(&self, decision: &Decision, chips: &Accelerators) -> Places {
        let places = decision.places.clone();
        match &self.inputs {
            Some(inputs) => Inputs { places, ..inputs.clone() }.with_chip_labels(chips).places,
            None => places,
        }
    }
}

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// What is changed among the facts.
    pub facts: Vec<Changed>,
    /// Deployments that are touched: another verdict, a stop, or pods that move. By namespace and name.
    pub deployments: Vec<Row>,
    /// How many are touched, and how.
    pub counts: Counts,
    /// What could not be read, and what that means.
    pub notes: Vec<String>,
}

/// An object that is changed among the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// `adds`, `replaces`, `repeats` or `deletes`.
    pub does: &'static str,
    /// Kind and name.
    pub object: String,
}

/// How many deployments are touched, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All that were decided on.
    pub deployments: usize,
    /// Those that get worse: a worse verdict, a stop, or pods that move.
    pub worse: usize,
    /// Those that get better.
    pub better: usize,
    /// Those that run and would be stopped.
    pub stopped: usize,
    /// Pods that would be moved.
    pub pods_moved: usize,
}

/// A deployment that is touched.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The file; nothing for a cluster's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The verdict as it is.
    pub now: Verdict,
    /// The verdict as it would be.
    pub would_be: Verdict,
    /// Whether it gets worse.
    pub worse: bool,
    /// The first reason: of what it would be, or where that is `Allowed`, of what it is.
    pub reason: Option<Reason>,
    /// Its sentence.
    pub sentence: Option<String>,
    /// Whether it runs.
    pub runs: bool,
    /// What would happen to what runs.
    pub then: Option<Then>,
    /// Pods that would be moved.
    pub pods_moved: usize,
    #[serde(skip)]
    cause: Option<String>,
}

/// What would happen to what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "what", content = "seconds")]
pub enum Then {
    /// It would be stopped, this many seconds after the change.
    StopsAfter(i64),
    /// It would be stopped, and one cause stops so many that a person has to confirm it first.
    HeldUntilConfirmed,
    /// It goes on; growth and rollout wait.
    GoesOn,
    /// Pods are moved to places that are still allowed, within this many seconds.
    MovesWithin(i64),
}

/// Decides on each with both.
#[must_use]
pub fn whatif(cases: &[Case<'_>], overlay: &Overlay, now: Timestamp) -> WhatIf {
    let mut all = WhatIf::default();
    let mut running = 0;
    all.counts.deployments = cases.len();
    for case in cases {
        running += usize::from(case.runs.is_some());
        all.deployments.extend(one(case, overlay, now));
    }
    brake(&mut all.deployments, running);
    for row in &all.deployments {
        all.counts.worse += usize::from(row.worse);
        all.counts.better += usize::from(row.would_be < row.now && !row.worse);
        all.counts.stopped += usize::from(row.stops());
        all.counts.pods_moved += row.pods_moved;
    }
    all.deployments.sort_by(|a, b| (&a.namespace, &a.name, &a.file).cmp(&(&b.namespace, &b.name, &b.file)));
    all
}

/// What the change does to the facts, or the object that it would take away and that is not there.
pub fn changes(overlay: &Overlay, facts: &Facts<'_>) -> Result<Vec<Changed>, String> {
    let word = |(does, object): (Does, String)| match does {
        Does::Adds => Ok(Changed { does: "adds", object }),
        Does::Replaces => Ok(Changed { does: "replaces", object }),
        Does::Repeats => Ok(Changed { does: "repeats", object }),
        Does::Deletes => Ok(Changed { does: "deletes", object }),
        Does::Misses => Err(object),
    };
    overlay.does(facts).into_iter().map(word).collect()
}

fn one(case: &Case<'_>, overlay: &Overlay, now: Timestamp) -> Option<Row> {
    let manifest = case.manifest;
    let request =
        |spec| Request { namespace: &manifest.namespace, name: &manifest.name, uid: manifest.uid.as_deref(), spec };
    let then = overlay.over(&case.facts);
    let before = decide(&request(&manifest.spec), &case.facts);
    let after = decide(&request(&manifest.spec), &then);
    let mut row = Row {
        file: manifest.file.clone(),
        namespace: manifest.namespace.clone(),
        name: manifest.name.clone(),
        now: before.verdict,
        would_be: after.verdict,
        worse: after.verdict > before.verdict,
        reason: None,
        sentence: None,
        runs: case.runs.is_some(),
        then: None,
        pods_moved: 0,
        cause: None,
    };
    let told = if after.verdict == Verdict::Allowed { &before } else { &after };
    if let Some(first) = told.weightiest() {
        (row.reason, row.sentence) = (Some(first.reason), Some(first.sentence.clone()));
    }
    if let Some(runs) = case.runs {
        let same = runs.spec == manifest.spec;
        let runs_before = if same { before.clone() } else { decide(&request(&runs.spec), &case.facts) };
        let runs_after = if same { after.clone() } else { decide(&request(&runs.spec), &then) };
        goes(&mut row, runs, (&before, &runs_before), (&after, &runs_after), (case.facts.catalog.accelerators(), now));
    }
    let touched = row.now != row.would_be || row.worse || row.then.is_some();
    touched.then_some(row)
}

/// What happens to what runs; `before` and `after` are the decisions over the manifest and over what runs.
fn goes(
    row: &mut Row,
    runs: &Runs,
    before: (&Decision, &Decision),
    after: (&Decision, &Decision),
    (chips, now): (&Accelerators, Timestamp),
) {
    // Where nobody may read by what it was allowed, it was by what is now.
    let allowed_inputs = if runs.allowed_by.is_empty() { &before.1.inputs } else { &runs.allowed_by };
    let go = |(manifest, running): (&Decision, &Decision)| {
        let running = Running { decision: running, allowed_inputs, refused_since: runs.refused_since };
        course(manifest.verdict, Some(running), &Brake::default(), now)
    };
    let stops = |course: &Course| matches!(course, Course::StopAt(_) | Course::Stop);
    let (is, would) = (go(before), go(after));
    let (_, running) = after;
    match &would {
        _ if is == would => {}
        Course::StopAt(_) | Course::Stop if stops(&is) => {}
        Course::StopAt(at) => {
            row.then = Some(Then::StopsAfter(at.duration_since(now).as_secs()));
            row.cause = Some(stopping::cause_id(running));
            first(row, running);
        }
        Course::Stop => {
            row.then = Some(Then::StopsAfter(0));
            row.cause = Some(stopping::cause_id(running));
            first(row, running);
        }
        Course::GoOn(_) => row.then = Some(Then::GoesOn),
        Course::Run | Course::Hold | Course::Held { .. } => {}
    }
    row.worse |= row.cause.is_some();
    if after.0.verdict != Verdict::Allowed {
        return;
    }
    let (were, would) = (runs.places(before.1, chips), runs.places(after.1, chips));
    row.pods_moved = runs.stands.iter().filter(|node| were.lets(node) && !would.lets(node)).count();
    if row.pods_moved > 0 {
        row.worse = true;
        row.then = Some(Then::MovesWithin(after.0.policy.grace_place_seconds));
        let places = after.0.findings.iter().find(|f| f.effect <= Effect::Warns && !before.0.findings.contains(f));
        if let Some(finding) = places {
            (row.reason, row.sentence) = (Some(finding.reason), Some(finding.sentence.clone()));
        }
    }
}

/// Where what runs is refused, that is the first reason.
fn first(row: &mut Row, running: &Decision) {
    if let Some(first) = running.weightiest() {
        (row.reason, row.sentence) = (Some(first.reason), Some(first.sentence.clone()));
    }
}

/// One cause that would stop many is held until a person confirms it.
fn brake(rows: &mut [Row], running: usize) {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for cause in rows.iter().filter_map(|row| row.cause.clone()) {
        *causes.entry(cause).or_default() += 1;
    }
    for row in rows {
        let would_stop = row.cause.as_ref().and_then(|cause| causes.get(cause)).copied().unwrap_or_default();
        if (Brake { would_stop, running, confirmed: false }).holds() {
            row.then = Some(Then::HeldUntilConfirmed);
        }
    }
}

impl Row {
    fn stops(&self) -> bool {
        matches!(self.then, Some(Then::StopsAfter(_) | Then::HeldUntilConfirmed))
    }

    fn why(&self) -> String {
        let mut words = Vec::new();
        if let (Some(reason), Some(sentence)) = (self.reason, &self.sentence) {
            let better = self.would_be < self.now;
            words.push(format!("{}{reason}: {sentence}", if better { "No longer " } else { "" }));
        }
        match self.then {
            Some(Then::StopsAfter(seconds)) => {
                words.push(format!("It runs, and would be stopped {} after the change.", span(seconds)));
            }
            Some(Then::HeldUntilConfirmed) => words.push(
                "It runs, and would be stopped once a person has confirmed the cause, which stops many at once.".into(),
            ),
            Some(Then::GoesOn) => words.push("What runs goes on; growth and rollout wait.".into()),
            Some(Then::MovesWithin(seconds)) => words.push(format!(
                "{} would be moved to a place that is still allowed, within {}.",
                counted(self.pods_moved, "pod", "pods"),
                span(seconds)
            )),
            None => {}
        }
        words.join(" ")
    }
}

/// `24 h`, `30 d`, `10 s`.
fn span(seconds: i64) -> String {
    match seconds {
        s if s >= 172_800 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s >= 3600 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

impl WhatIf {
    /// 0 nothing gets worse, 1 something does.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.counts.worse > 0)
    }

    /// For people: at most `limit` deployments, those that get worse before the others.
    #[must_use]
    pub fn text(&self, limit: usize) -> String {
        let changes: Vec<String> = self.facts.iter().map(|one| format!("{} {}", one.does, one.object)).collect();
        let mut out = wrapped(&format!("With a change that {}:", changes.join(", ")));
        let mut shown: Vec<&Row> = self.deployments.iter().collect();
        shown.sort_by_key(|row| !row.worse);
        shown.truncate(limit);
        if !shown.is_empty() {
            let mut rows = vec![["DEPLOYMENT", "NOW", "WOULD BE", ""].map(str::to_owned).to_vec()];
            rows.extend(shown.iter().map(|row| {
                let file = if row.file.is_empty() { String::new() } else { format!("{} ", row.file) };
                let name = format!("{file}{}/{}", row.namespace, row.name);
                vec![name, row.now.word().to_owned(), row.would_be.word().to_owned(), row.why()]
            }));
            out.push('\n');
            out.push_str(&named(&rows));
            out.push('\n');
        }
        let hidden = self.deployments.len() - shown.len();
        if hidden > 0 {
            out.push_str(&wrapped(&format!("{hidden} more are not shown: --limit, or -o json for all.")));
        }
        let Counts { deployments, worse, better, stopped, pods_moved } = self.counts;
        out.push_str(&wrapped(&format!(
            "{}: {worse} worse, {better} better, {} as before. {stopped} that {} would be stopped, {} moved.",
            counted(deployments, "deployment", "deployments"),
            deployments - worse - better,
            if stopped == 1 { "runs" } else { "run" },
            counted(pods_moved, "pod", "pods"),
        )));
        for note in &self.notes {
            out.push_str(&wrapped(note));
        }
        out.push_str("Nothing was changed.\n");
        out
    }
}

fn wrapped(text: &str) -> String {
    wrap(text, MAX_COLUMNS).iter().fold(String::new(), |all, line| all + line + "\n")
}
