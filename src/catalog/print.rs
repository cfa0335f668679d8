//! Entries as a person would read them: plain text, no wider than 100 columns.

use std::fmt::Write as _;

use super::accelerator::Accelerator;
use super::atom::Atom;
use super::condition::Effect;
use super::engine::{AcceleratorNeed, NamedEngine};
use super::license::{Grant, License, LicenseKind, Verification};
use super::obligation::{DutyKind, Obligation, Trigger};
use super::place::{Provider, Region};
use super::rule::{Gate, Rule};
use super::words::{Answer, Role, YesNo};

/// Widest line, in columns.
const COLUMNS: usize = 100;
/// Width of the column of names.
const NAMES: usize = 12;

/// A licence, whole. `hash` is that of its canonical form.
#[must_use]
pub fn license(license: &License, hash: &str) -> String {
    let mut page = Page::default();
    page.line(&format!("{}   {}", license.id, license.name));
    page.gap();
    let kind = match license.kind {
        LicenseKind::License => "",
        LicenseKind::Composite => ", a combination: its members decide",
        LicenseKind::Ambiguous => ", a declaration that names no text",
    };
    page.row("Short", &license.short);
    page.row("Publisher", &license.publisher);
    page.row("Class", &format!("{:?}{kind}", license.class));
    if let Some(version) = &license.version {
        page.row("Version", version);
    }
    if let Some(released) = license.released {
        page.row("Released", &released.to_string());
    }
    page.row("Read", read(license.verification));
    page.row("Text", &text(license));
    for member in &license.all_of {
        page.row("All of", &member_words(member));
    }
    if let Some(by) = &license.superseded_by {
        page.row("Replaced by", by);
    }
    page.gap();
    for condition in &license.conditions {
        let unread = if condition.verified == YesNo::No { " (not read in the text)" } else { "" };
        let clause = condition.cite().map_or_else(String::new, |clause| format!(" [{clause}]"));
        let spared = exemptions(&condition.unless);
        page.row(
            "Condition",
            &format!("{}{clause}{unread}{spared}. {}.", condition.sentence, effect(condition.effect)),
        );
        if let Some(spares) = &condition.spares {
            page.row("", &format!("Spared besides, where a person records it in notApplicable: {spares}."));
        }
    }
    if license.conditions.is_empty() && license.all_of.is_empty() {
        page.row("Condition", "none found");
    }
    for obligation in &license.obligations {
        page.row("Owes", &owed(obligation));
    }
    page.gap();
    if let Some(uses) = &license.use_restrictions {
        let where_ = uses.url.as_deref().map_or_else(String::new, |url| format!(" ({url})"));
        page.row("Bans", &format!("{}{where_}", uses.prohibits.join("; ")));
        if uses.updatable == Answer::Yes {
            page.row(
                "May change",
                &format!("the licensor may change that list; it is recorded as read {}", day(license)),
            );
        }
        page.row("Military", answer(uses.military, "banned", "read, and not mentioned"));
    }
    page.row(
        "Outputs",
        answer(license.outputs.may_train_others, "may train other models", "may not train other models"),
    );
    if license.acceptance.gated.is_yes() {
        page.row("Acceptance", "on record: the download is behind a form");
    }
    page.row("Derivatives", answer(license.inheritance.covers_derivatives, "stay under it", "are not bound by it"));
    if let Some(grant) = license.grant {
        page.row("Grant", grant_words(grant));
    }
    if !license.termination.is_empty() {
        page.row("Ends with", &license.termination.join("; "));
    }
    if let Some(law) = &license.governing_law {
        page.row("Law", law);
    }
    for conflict in &license.declared_conflicts {
        page.row("Conflict", conflict);
    }
    if let Some(notes) = &license.notes {
        page.row("Notes", notes);
    }
    for source in &license.sources {
        page.row("Source", source);
    }
    page.row("Entry", &format!("entrySha256 {hash}"));
    page.line("Facts in our own words, not legal advice.");
    page.0
}

/// A licence in a list.
#[must_use]
pub fn license_line(license: &License) -> String {
    let read = match license.verification {
        Verification::FullText => "full text",
        Verification::OperativeClauses => "clauses",
        Verification::NotVerified => "not read",
    };
    let head = format!("{:<44} {:<29} {:<13} ", license.id, license.short, format!("{:?}", license.class));
    beside(&head, 89, read)
}

/// A rule in a list.
#[must_use]
pub fn rule_line(rule: &Rule) -> String {
    let gate = match rule.gate {
        Gate::Allow => "allow",
        Gate::Info => "info",
        Gate::Warn => "warn",
        Gate::RequireEvidence => "ask",
        Gate::DenyWithoutEvidence => "ask, else deny",
        Gate::Deny => "deny",
    };
    beside(&format!("{:<6} {:<28} {gate:<14} ", rule.jurisdiction, rule.id), 51, &rule.sentence)
}

/// A region in a list.
#[must_use]
pub fn region_line(provider: &Provider, region: &Region) -> String {
    let country = region.country.as_deref().unwrap_or("?");
    let city = region.city.as_deref().unwrap_or("-");
    let read = if region.verified.is_yes() { "" } else { " (country not verified)" };
    beside(&format!("{:<13} {:<24} {country}   ", provider.provider, region.region), 44, &format!("{city}{read}"))
}

/// An accelerator in a list.
#[must_use]
pub fn accelerator_line(accelerator: &Accelerator) -> String {
    let tpp = accelerator.tpp.map_or_else(|| "-".to_owned(), |tpp| tpp.to_string());
    let head = format!("{:<28} {:<34} TPP {tpp:<6} ", accelerator.id, accelerator.name);
    beside(&head, 75, &accelerator.eccn)
}

/// An engine in a list.
#[must_use]
pub fn engine_line(engine: &NamedEngine) -> String {
    let formats: Vec<String> =
        engine.spec.formats.iter().map(|format| format!("{format:?}").to_ascii_lowercase()).collect();
    let need = match engine.spec.accelerator.need {
        AcceleratorNeed::Required => "accelerator required",
        AcceleratorNeed::Optional => "accelerator optional",
        AcceleratorNeed::None => "no accelerator",
    };
    beside(&format!("{:<12} {:<13} {need:<21} ", engine.id, formats.join(",")), 49, &engine.spec.image)
}

fn read(verification: Verification) -> &'static str {
    match verification {
        Verification::FullText => "full text",
        Verification::OperativeClauses => "the clauses behind these terms",
        Verification::NotVerified => "not read: what is not listed is not known",
    }
}

fn text(license: &License) -> String {
    let url = license.text.url.as_deref().unwrap_or("no address");
    if license.text.read.is_none() && license.text.sha256.is_none() {
        return format!("{url}, text not kept");
    }
    // An address may hold another text tomorrow: the day says which one was read.
    match &license.text.sha256 {
        Some(hash) => format!("{url}, read {}, sha256 {hash}", day(license)),
        None => format!("{url}, read {}, text not kept", day(license)),
    }
}

/// When the text was read, as far as that is recorded.
fn day(license: &License) -> &str {
    license.text.read.as_deref().unwrap_or("on no recorded day")
}

fn grant_words(grant: Grant) -> &'static str {
    match grant {
        Grant::Irrevocable => "irrevocable: a copy taken under it stays under it, whatever text replaces it",
        Grant::Revocable => "revocable: the licensor may take it back from copies taken already",
    }
}

fn member_words(member: &super::license::Member) -> String {
    if let Some(id) = &member.license {
        return id.clone();
    }
    if let Some(policy) = &member.policy {
        return format!("the publisher's policy {policy}");
    }
    if member.own.is_some() {
        return "its own terms".to_owned();
    }
    let by: Vec<String> =
        member.by_base_model.iter().map(|one| format!("{} brings {}", one.pattern, one.license)).collect();
    format!("by base model: {}", by.join("; "))
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::SeparateLicenseRequired => "Refused without a separate licence",
        Effect::Prohibited => "Refused",
        Effect::DisplayRequired => "Allowed, and owes a notice that people see",
        Effect::AuthorisationRequired => "Refused without written permission",
        Effect::RegistrationRequired => "Refused without registration",
        Effect::Notify => "Allowed, and owes the licensor a message",
        Effect::Royalty => "Owes money",
        Effect::Terminates => "All rights end",
        Effect::SecurityReview => "Refused without the licensor's review",
        Effect::Unclear => "Allowed with a warning: the text can be read both ways",
    }
}

fn owed(obligation: &Obligation) -> String {
    let what = &obligation.what;
    let mut words = match obligation.kind {
        DutyKind::Display if obligation.literal == Some(YesNo::Yes) => format!("show \"{what}\""),
        DutyKind::Display => format!("show {what}"),
        DutyKind::NoticeFile => format!("hand on the notice: {what}"),
        DutyKind::Keep => format!("keep: {what}"),
        _ => what.clone(),
    };
    if let Some(clause) = &obligation.clause {
        let _ = write!(words, " [{clause}]");
    }
    let when = match obligation.trigger {
        Trigger::Always => "",
        Trigger::MakingAvailable => ", if third parties reach it",
        Trigger::HandingOnWeights => ", if the weights are handed on",
        Trigger::ThresholdExceeded => ", above the limit",
        Trigger::DerivativeDistributed => ", if a changed model is handed on",
        Trigger::ChangedMadeAvailable => ", if third parties reach a changed model",
        Trigger::DerivedModelDistributed => ", if a model made with it is handed on",
        Trigger::Publication => ", in publications",
        Trigger::CommercialProduct => ", in a commercial product",
        Trigger::CommercialUse => ", in commercial use",
        Trigger::MultimodalModel => ", for a multimodal model that is offered",
        Trigger::Encouraged => " (asked for, not demanded)",
    };
    words + when + exemptions(&obligation.unless)
}

/// Who is spared, in words.
fn exemptions(unless: &[Atom]) -> &'static str {
    let end_user = |atom: &Atom| atom.role.as_ref().is_some_and(|test| test.role == Role::EndUserOfIntegratedProduct);
    match unless {
        [] => "",
        all if all.iter().all(end_user) => ", but for who received it inside a finished product",
        _ => ", with exemptions",
    }
}

fn answer(answer: Answer, yes: &'static str, no: &'static str) -> &'static str {
    match answer {
        Answer::Yes => yes,
        Answer::No => no,
        Answer::Conditional => "with conditions",
        Answer::NotChecked => "not checked",
    }
}

/// What comes first, and a text beside it that wraps at its column.
#[must_use]
pub fn beside(head: &str, column: usize, text: &str) -> String {
    let mut out = String::new();
    let mut line = format!("{head:<column$}");
    if !line.ends_with(' ') {
        line.push(' ');
    }
    let mut bare = true;
    for word in text.split_whitespace() {
        let width = line.chars().count();
        let fits = width + usize::from(!bare) + word.chars().count() <= COLUMNS;
        // A word that is wider than the column has a line of its own there.
        let alone = bare && width <= column;
        if !(fits || alone) {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(column);
            bare = true;
        }
        if !bare {
            line.push(' ');
        }
        line.push_str(word);
        bare = false;
    }
    out.push_str(line.trim_end());
    out
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn gap(&mut self) {
        if !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// A name and a text that wraps beside it.
    fn row(&mut self, name: &str, text: &str) {
        self.line(&beside(name, NAMES, text));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalog;
    use super::*;

    #[test]
    fn no_page_is_wider_than_a_terminal() {
        let catalog = Catalog::built_in().unwrap();
        for entry in catalog.licenses() {
            let page = license(entry, catalog.license_hash(&entry.id).unwrap());
            for line in page.lines().skip(1) {
                let one_word = line.split_whitespace().count() <= 2;
                assert!(one_word || line.chars().count() <= COLUMNS, "{line}");
            }
            let line = license_line(entry);
            assert!(line.lines().all(|line| line.chars().count() <= COLUMNS), "{line}");
            assert!(!line.contains("..."), "what is read is cut: {line}");
        }
        let lines = catalog.rules().map(rule_line).chain(catalog.engines().map(engine_line));
        let regions = catalog.places().providers().flat_map(|p| p.regions.iter().map(move |r| region_line(p, r)));
        for entry in lines.chain(regions).chain(catalog.accelerators().all().iter().map(accelerator_line)) {
            assert!(entry.lines().all(|line| line.chars().count() <= COLUMNS), "{entry}");
        }
        for rule in catalog.rules() {
            let line = rule_line(rule).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(line.ends_with(&rule.sentence), "the sentence is cut: {line}");
        }
    }

    #[test]
    fn llama_2_reads_as_a_person_would_read_it() {
        let catalog = Catalog::built_in().unwrap();
        let page = license(catalog.license("LicenseRef-llama-2").unwrap(), "0123456789abcdef");
        let expected = include_str!("testdata/llama-2.txt");
        assert_eq!(page, expected);
    }
}
