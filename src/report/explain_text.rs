//! The page that `explain` prints: the decision, whole, for a person.

use crate::{
    decide::{ChipLimit, Decision, Effect, Finding, Owed, Verdict},
    manifest::{Reason, condition::Kind, status::ModelDeploymentStatus},
};

use super::{
    fold::{self, Warned},
    needs::Paste,
    table::{MAX_COLUMNS, table, wrap},
    trail::Step,
};

/// What the page says besides the decision; what is empty is left out.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// `namespace/name`, or a file.
    pub title: String,
    /// Lines under the title: where it serves, what stops it.
    pub state: Vec<String>,
    /// Added to the line about the model: size, files verified.
    pub model: Option<String>,
    /// The engine, and how it is known.
    pub runtime: Option<String>,
    /// Lines about nodes: how many fit, which do not, and why.
    pub nodes: Vec<String>,
    /// Every term of every licence.
    pub terms: Vec<Step>,
    /// What is missing, as YAML.
    pub missing: Vec<Paste>,
}

/// What is said around the decision on a deployment of a cluster: where it serves, and whether its status holds the
/// same decision.
#[must_use]
pub fn around(namespace: &str, name: &str, decision: &Decision, status: &ModelDeploymentStatus) -> Around {
    let model = status.model.as_ref().and_then(|model| model.served_name.as_deref());
    let mut state = Vec::new();
    let ready = status.conditions.iter().find(|condition| condition.type_ == Kind::Ready.word());
    let serves = ready.is_some_and(|ready| ready.status == "True");
    match (&status.endpoint, ready) {
        (Some(endpoint), _) if serves => {
            let model = model.map(|model| format!("   model \"{model}\"")).unwrap_or_default();
            state.push(format!("Serving at {endpoint}{model}"));
        }
        // What the decision says already is not said twice.
        (_, Some(ready)) if decision.verdict == Verdict::Allowed => {
            let said = format!("Not ready: {}: {}", ready.reason, ready.message);
            state.extend(wrap(&said, MAX_COLUMNS));
        }
        _ => {}
    }
    state.push(match status.decision.as_deref() {
        None => "The status holds no decision yet: the operator has not looked at it, or is not there.".into(),
        Some(stored) if stored == decision.short_id() => "Decided again just now: the same as the status holds.".into(),
        Some(stored) => {
            let verdict = status.verdict.as_deref().map(|verdict| format!(" ({verdict})")).unwrap_or_default();
            format!("The status holds decision {stored}{verdict}: something it hangs on has changed since.")
        }
    });
    Around { title: format!("{namespace}/{name}"), state, ..Around::default() }
}

/// Spaces between the verdict and the id, at least.
const MIN_GAP: usize = 3;

/// The page.
#[must_use]
pub fn explain(decision: &Decision, around: &Around) -> String {
    let id = format!("decision {}", decision.short_id());
    let head = format!("{}   {}", around.title, decision.verdict.word());
    let gap = MAX_COLUMNS.saturating_sub(head.chars().count() + id.chars().count());
    // A name that leaves no room has the line for itself.
    let gap = if gap < MIN_GAP { "\n".to_owned() } else { " ".repeat(gap) };
    let mut out = format!("{head}{gap}{id}\n");
    for line in &around.state {
        out.push_str(line);
        out.push('\n');
    }
    section(&mut out, &model(decision, around));
    section(&mut out, &findings(decision, &around.terms));
    section(&mut out, &terms(&around.terms));
    section(&mut out, &owes(&decision.obligations));
    section(&mut out, &places(decision, around));
    for paste in &around.missing {
        let title = format!("Missing in {}, for {} to write:", paste.object, paste.who);
        out.push_str(&format!("\n{title}\n\n{}", paste.yaml));
    }
    let facts =
        if around.missing.is_empty() { "a new figure or record, a ModelLicense" } else { "what is missing above" };
    let mut tail = format!("What would change this: {facts}, a policy, a new catalogue. Next known date: ");
    tail.push_str(&decision.next_change.map_or_else(|| "none".into(), |at| at.to_string()));
    tail.push('.');
    out.push('\n');
    for line in wrap(&tail, MAX_COLUMNS) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn section(out: &mut String, rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    out.push('\n');
    out.push_str(&table(rows));
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn model(decision: &Decision, around: &Around) -> Vec<Vec<String>> {
    let identity = &decision.model;
    let mut model = identity.name.clone().unwrap_or_else(|| "not known".into());
    if let Some(revision) = &identity.revision {
        model.push_str(" at ");
        model.push_str(revision.get(..12).unwrap_or(revision));
    }
    if let Some(more) = &around.model {
        model.push_str(", ");
        model.push_str(more);
    }
    let mut rows = vec![row(&["Model", &model])];
    if identity.licenses.is_empty() {
        rows.push(row(&["License", "not known"]));
    }
    for (i, (id, short)) in identity.licenses.iter().enumerate() {
        let id = if id == short { String::new() } else { format!(" ({id})") };
        rows.push(row(&[if i == 0 { "License" } else { "" }, &format!("{short}{id}")]));
    }
    if !identity.known_by.is_empty() {
        rows.push(row(&["", &identity.known_by]));
    }
    rows
}

/// What refuses, waits and warns with what to do; then what was asked and passed, as far as the terms do not show it.
fn findings(decision: &Decision, terms: &[Step]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let shown_below = |finding: &Finding| {
        finding.effect == Effect::Passes
            && terms.iter().any(|step| finding.subject.has_term(&step.license, &step.condition))
    };
    let mut put = |word: &str, text: &str| {
        let title = if rows.is_empty() { "Findings" } else { "" };
        rows.push(row(&[title, word, text]));
    };
    for warned in fold::fold(decision.findings.iter().filter(|finding| !shown_below(finding))) {
        let findings = match warned {
            Warned::One(finding) => {
                put(word(finding), &text(finding));
                vec![finding]
            }
            Warned::Rules { of, rules } => {
                put("warns", &format!("{}: {} rules of {of} warn:", Reason::RuleWarns, rules.len()));
                rules
            }
        };
        for finding in &findings {
            if findings.len() > 1 {
                put("", &format!("- {}", said(finding)));
            }
            if let Some(remedy) = finding.remedy.as_deref().filter(|_| finding.effect <= Effect::Warns) {
                put("", &format!("-> {remedy}"));
            }
        }
    }
    rows
}

/// Every term of every licence: what it came to, and each question with the value that answers it.
fn terms(terms: &[Step]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut of = "";
    for step in terms {
        if step.license != of {
            rows.push(row(&["Terms", "", &format!("{} ({})", step.short, step.license)]));
            of = &step.license;
        }
        let clause = step.clause.as_deref().map(|clause| format!("{clause}: ")).unwrap_or_default();
        let read = if step.verified { "" } else { " (nobody has read this in the text)" };
        rows.push(row(&["", step.outcome, &format!("{clause}{}{read}", step.sentence)]));
        for question in &step.questions {
            let source = if question.source.is_empty() { String::new() } else { format!(" [{}]", question.source) };
            let line = format!("{} {}: {}{source}", question.part, question.asks, question.value);
            rows.push(row(&["", "", &format!("- {line}")]));
        }
        for record in &step.records {
            rows.push(row(&["", "", &format!("- {record}")]));
        }
    }
    rows
}

fn word(finding: &Finding) -> &'static str {
    match finding.effect {
        _ if finding.waived.is_some() => "waived",
        Effect::Refuses => "refused",
        Effect::Waits => "waits",
        Effect::Warns => "warns",
        Effect::Passes => "pass",
    }
}

fn text(finding: &Finding) -> String {
    let code = if finding.reason == Reason::Allowed { String::new() } else { format!("{}: ", finding.reason) };
    format!("{code}{}", said(finding))
}

fn said(finding: &Finding) -> String {
    let voucher = finding.voucher.as_deref().map(|voucher| format!(" [{voucher}]")).unwrap_or_default();
    format!("{}{voucher}", finding.sentence)
}

fn owes(obligations: &[Owed]) -> Vec<Vec<String>> {
    let words = |owed: &Owed| {
        let clause = owed.clause.as_deref().map(|clause| format!(", {clause}")).unwrap_or_default();
        format!("{}: {} ({}{clause})", owed.kind, owed.what, owed.license)
    };
    let checked = |owed: &Owed| match owed.met {
        Some(false) => format!("{}; {}", words(owed), owed.how),
        _ => words(owed),
    };
    let now: Vec<&Owed> = obligations.iter().filter(|owed| owed.open()).collect();
    let mut rows = Vec::new();
    match now.split_first() {
        None => rows.push(row(&["Owes", "nothing now"])),
        Some((first, rest)) => {
            rows.push(row(&["Owes", &checked(first)]));
            rows.extend(rest.iter().map(|owed| row(&["", &checked(owed)])));
        }
    }
    for owed in obligations.iter().filter(|owed| owed.now && !owed.open()) {
        rows.push(row(&["", &format!("met: {}; {}", words(owed), owed.how)]));
    }
    let mut triggers: Vec<&str> = Vec::new();
    for owed in obligations.iter().filter(|owed| !owed.now) {
        if !triggers.contains(&&*owed.when) {
            triggers.push(&owed.when);
        }
    }
    for trigger in triggers {
        let of: Vec<String> = obligations.iter().filter(|owed| !owed.now && owed.when == trigger).map(words).collect();
        rows.push(row(&["", &format!("{trigger}: {}", of.join("; "))]));
    }
    rows
}

fn places(decision: &Decision, around: &Around) -> Vec<Vec<String>> {
    let places = &decision.places;
    let mut words = Vec::new();
    if places.countries.restricts() {
        words.push(format!("countries: {}", places.countries.words()));
    }
    if places.providers.restricts() {
        words.push(format!("providers: {}", places.providers.words()));
    }
    if let Some(regions) = &places.regions {
        let list: Vec<String> = regions.iter().map(|(provider, region)| format!("{provider}/{region}")).collect();
        words.push(format!("regions: {}", if list.is_empty() { "none".to_owned() } else { list.join(",") }));
    }
    if !places.regions_denied.is_empty() {
        let list: Vec<String> = places.regions_denied.iter().map(|(p, r)| format!("{p}/{r}")).collect();
        words.push(format!("not in regions: {}", list.join(",")));
    }
    let chips: Vec<String> = places.chips.iter().map(ChipLimit::words).collect();
    if !chips.is_empty() {
        words.push(format!("accelerators: {}", chips.join("; ")));
    }
    let by: Vec<&str> = places.by().collect();
    let by = if by.is_empty() { String::new() } else { format!(", by {}", by.join(", ")) };
    let line = if words.is_empty() { "anywhere".to_owned() } else { words.join("; ") };
    let mut rows = vec![row(&["Places", &format!("{line}{by}")])];
    rows.extend(around.nodes.iter().map(|line| row(&["", line])));
    if decision.verdict != Verdict::Allowed {
        rows.push(row(&["", "(no pod starts; this is where pods could stand)"]));
    }
    if let Some(runtime) = &around.runtime {
        rows.push(row(&["Runtime", runtime]));
    }
    rows.push(row(&["Policy", &decision.policy.names.join(", ")]));
    rows
}
