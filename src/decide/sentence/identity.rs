//! Sentences about which model it is, and which licence it is under.

use crate::{catalog::Membership, manifest::Reason};

use super::{
    super::{
        Effect, Finding,
        case::{Case, finding},
        expand::Missing,
    },
    Said, and,
};

pub(super) const WHO_SAYS: &str =
    "The legal or platform team says in a ModelLicense which text applies; then it goes on by itself.";

pub(in super::super) fn unknown(case: &Case<'_>, claimed: Option<&str>, why: Option<&str>) -> Finding {
    let sentence = match (case.names.first(), claimed, why) {
        (None, None, _) => format!(
            "the address {} does not say whose model it holds, and spec.model.name is not written.",
            case.request.spec.model.source
        ),
        (None, Some(claimed), _) => {
            format!("spec.model.license says {claimed}, which names no one licence that Modelport knows.")
        }
        (Some(name), Some(claimed), _) => format!(
            "{name} is under no licence that Modelport knows, and spec.model.license says {claimed}, which names no one of those that it knows."
        ),
        (Some(name), None, Some(why)) => format!("{name} is under no licence that Modelport knows: {why}."),
        (Some(name), None, None) => format!("{name} is under no licence that Modelport knows."),
    };
    let remedy = if case.names.is_empty() && claimed.is_none() {
        "The author of the manifest says whose model it is in spec.model.name."
    } else {
        WHO_SAYS
    };
    let about = case.names.first().copied().unwrap_or("the model");
    let new = finding(Reason::LicenseUnknown, Effect::Waits, about, sentence).remedy(remedy);
    if case.names.is_empty() { new } else { new.by_catalogue() }
}

pub(in super::super) fn ambiguous(
    case: &Case<'_>,
    of: &str,
    candidates: &[Membership<'_>],
    revision: Option<&str>,
) -> Finding {
    let text = |one: &Membership<'_>| {
        let license = case.facts.catalog.license(one.license);
        let short = license.map_or(one.license, |license| license.short.as_str());
        match (one.from, one.until) {
            (None, None) => short.to_owned(),
            (Some(from), None) => format!("{short} since {from}"),
            (None, Some(until)) => format!("{short} until {until}"),
            (Some(from), Some(until)) => format!("{short} from {from} to {until}"),
        }
    };
    let texts: Vec<String> = candidates.iter().map(text).collect();
    let which = match revision {
        Some(revision) => format!("nothing tells which of them stands at revision {revision}"),
        None => "nothing tells which of them applies".into(),
    };
    let dated = candidates.iter().any(|one| one.from.is_some() || one.until.is_some());
    let how = if dated {
        "Whoever chose the revision looks up the day of its commit, and the legal or platform team"
    } else {
        "The legal or platform team reads the licence file at that revision, and"
    };
    let sentence = format!("{of} stood under several texts ({}), and {which}.", and(&texts));
    finding(Reason::LicenseAmbiguous, Effect::Waits, of, sentence)
        .remedy(format!("{how} says in a ModelLicense which text applies; then it goes on by itself."))
        .by_catalogue()
}

pub(in super::super) fn relative_unknown(name: &str, kind: &str) -> Finding {
    let sentence = format!("the {kind} {name} is under no licence that Modelport knows, and its terms apply as well.");
    finding(Reason::LicenseUnknown, Effect::Waits, name, sentence).remedy(WHO_SAYS).by_catalogue()
}

pub(in super::super) fn incomplete(id: &str, missing: &Missing<'_>) -> Finding {
    let (reason, sentence, remedy) = match missing {
        Missing::NoEntry(unknown) => {
            (Reason::LicenseUnknown, format!("{unknown} is no licence that Modelport knows."), WHO_SAYS)
        }
        Missing::BaseModel(of) => (
            Reason::LicenseUnknown,
            format!("{of} takes a part of its terms from the base model, and the manifest names none that it knows."),
            "The author of the manifest names the base model in spec.model.baseModels.",
        ),
        Missing::NotUnderstood(of) => (
            Reason::PredicateNotSupported,
            format!("{of} is made of parts that Modelport does not follow."),
            "The legal or platform team writes each part of it as a ModelLicense of its own.",
        ),
    };
    finding(reason, Effect::Waits, id, sentence).remedy(remedy).by_catalogue()
}

/// A refusal by one of several licences that apply together.
pub(in super::super) fn refuses_among(sentence: &str, all: &[String]) -> String {
    let stem = sentence.strip_suffix('.').unwrap_or(sentence);
    let each = if all.len() == 2 { "both" } else { "all of them" };
    format!("{stem}; the model is under {}, and {each} apply.", and(all))
}

/// A refusal by a licence that was found by name.
pub(in super::super) fn refuses_by_name(sentence: &str) -> String {
    let stem = sentence.strip_suffix('.').unwrap_or(sentence);
    format!("{stem}; the licence is known by the repository's name only.")
}

pub(in super::super) fn by_name(case: &Case<'_>, model: &str, id: &str) -> Said {
    let license = case.facts.catalog.license(id).map_or(id, |license| license.short.as_str());
    (
        format!("the licence of {model}, {license}, is recognised by the repository's name, not yet by its files."),
        "The files bear it out once they are fetched, or the legal or platform team says it in a ModelLicense.".into(),
    )
}

pub(in super::super) fn claimed(case: &Case<'_>, model: &str) -> Said {
    let written = &case.request.spec.model;
    let fields: Vec<String> =
        [("spec.model.name", written.name.is_some()), ("spec.model.license", written.license.is_some())]
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(field, _)| field.to_owned())
            .collect();
    (
        format!(
            "what {model} is, or its licence, is said by the author of {} alone ({}).",
            case.service(),
            and(&fields)
        ),
        "The files bear it out once they are fetched, or the legal or platform team says it in a ModelLicense.".into(),
    )
}
