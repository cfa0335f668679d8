//! What a person reads from `kubectl apply`: the text of a denial, and the warning of what waits.
//!
//! The API server prefixes its own words and prints the rest as one line, so the weightiest finding comes first, whole;
//! then the codes of the others; then the one command that lists everything.

use crate::{
    decide::{Decision, Effect, Finding},
    manifest::Reason,
};

/// Longest text of a denial, in characters.
pub const MAX_DENIAL_CHARS: usize = 1000;

/// Longest warning, in characters: the API server passes on 4096 for all warnings of a request together.
pub const MAX_WARNING_CHARS: usize = 900;

/// Codes of further findings that are shown; the rest is a count.
const MAX_CODES: usize = 5;

/// The command that lists all that is missing, with the person's file in place of `<file>`. It reads the cluster's facts:
/// without them the verdict would be another.
pub const LIST_EVERYTHING: &str = "kubectl modelport check -f <file> --explain";

/// The text of a denial.
#[must_use]
pub fn refused(decision: &Decision) -> String {
    let decisive: Vec<&Finding> = decision.findings.iter().filter(|f| f.effect <= Effect::Waits).collect();
    let Some((first, others)) = decisive.split_first() else {
        return format!("the verdict is {}.", decision.verdict.word());
    };
    let mut tail = also(others);
    // A word that is written wrong is named whole already; nothing is missing beside it.
    if !(others.is_empty() && is_of_the_text(first.reason)) {
        tail.push_str(&format!("\nAll that is missing: {LIST_EVERYTHING}"));
    }
    let room = MAX_DENIAL_CHARS.saturating_sub(tail.chars().count());
    format!("{}{tail}", cut(&first.line(), room))
}

/// Whether a finding is about what is written and about no fact.
fn is_of_the_text(reason: Reason) -> bool {
    use Reason as R;
    matches!(reason, R::SourceInvalid | R::ManifestInvalid | R::CountryUnknown | R::PlaceUnknown | R::PlaceContradicts)
}

/// The warning of an object that is stored and waits.
#[must_use]
pub fn waiting(decision: &Decision) -> String {
    let waits: Vec<&Finding> = decision.findings.iter().filter(|f| f.effect <= Effect::Waits).collect();
    let Some((first, others)) = waits.split_first() else { return format!("{}.", decision.verdict.word()) };
    let remedy = first.remedy.as_deref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
    let text = format!("Waiting ({}): {} No pod starts before that is settled.{remedy}", first.reason, first.sentence);
    let also = also(others).replace('\n', " ");
    let room = MAX_WARNING_CHARS.saturating_sub(also.chars().count());
    format!("{}{also}", cut(&text, room))
}

/// `Also: FilingMissing, AcceptanceMissing (2 more with --explain).`
fn also(others: &[&Finding]) -> String {
    let mut codes: Vec<&str> = Vec::new();
    for finding in others {
        if !codes.contains(&finding.reason.code()) {
            codes.push(finding.reason.code());
        }
    }
    if codes.is_empty() {
        return String::new();
    }
    let shown = codes.get(..MAX_CODES.min(codes.len())).unwrap_or_default();
    let more = others.iter().filter(|finding| !shown.contains(&finding.reason.code())).count();
    let more = if more == 0 { String::new() } else { format!(" ({more} more with --explain)") };
    format!("\nAlso: {}{more}.", shown.join(", "))
}

/// The text, at most so many characters; a longer one ends with an ellipsis.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max.saturating_sub(3)).collect();
    short.push_str("...");
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::{Cause, Subject, Verdict},
        manifest::Reason,
    };

    fn finding(reason: Reason, effect: Effect, sentence: &str) -> Finding {
        Finding {
            reason,
            effect,
            about: "x".into(),
            sentence: sentence.into(),
            remedy: Some("Legal records it.".into()),
            clause: None,
            voucher: None,
            source: None,
            cause: Cause::Person,
            waived: None,
            subject: Subject::default(),
        }
    }

    fn decision(findings: Vec<Finding>) -> Decision {
        Decision {
            id: "0".into(),
            verdict: Verdict::Refused,
            model: crate::decide::Identity::default(),
            findings,
            obligations: Vec::new(),
            places: crate::decide::Places::default(),
            policy: crate::decide::Policy {
                names: Vec::new(),
                deny: true,
                stop: true,
                grace_person_seconds: 0,
                grace_catalogue_seconds: 0,
                grace_place_seconds: 0,
            },
            inputs: Vec::new(),
            next_change: None,
            decide_again: None,
        }
    }

    #[test]
    fn a_denial_says_the_weightiest_whole_then_the_codes_then_the_command() {
        let text = refused(&decision(vec![
            finding(Reason::FilingMissing, Effect::Refuses, "rule r asks for a filing; none is recorded."),
            finding(Reason::AcceptanceMissing, Effect::Waits, "it is accepted by a form."),
            finding(Reason::LicenseByName, Effect::Warns, "by name."),
        ]));
        assert_eq!(
            text,
            "FilingMissing: rule r asks for a filing; none is recorded. Legal records it.\n\
             Also: AcceptanceMissing.\n\
             All that is missing: kubectl modelport check -f <file> --explain"
        );
    }

    #[test]
    fn a_denial_is_never_longer_than_a_terminal_page() {
        let long = "word ".repeat(1000);
        let all = Reason::ALL.iter().map(|reason| finding(*reason, Effect::Refuses, &long)).collect();
        let text = refused(&decision(all));
        assert!(text.chars().count() <= MAX_DENIAL_CHARS, "{}", text.len());
        assert!(text.ends_with(LIST_EVERYTHING), "{text}");
        assert!(text.contains("more with --explain"), "{text}");
    }
}
