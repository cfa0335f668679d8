//! Sentences about which model it is, and which licence it is under.

use crate::{
    catalog::Membership,
    manifest::{Reason, hub_address},
};

use super::{
    super::{
        Effect, Finding,
        case::{Case, finding},
        declared,
        expand::Missing,
        requant::Origin,
    },
    Said, and,
};

pub(super) const WHO_SAYS: &str =
    "The legal or platform team says in a ModelLicense which text applies; then it goes on by itself.";

/// Where an expression leaves a choice.
pub(in super::super) const WHO_CHOOSES: &str = "The author of the manifest names the one that is chosen in spec.model.license, or the legal or platform team says it \
     in a ModelLicense.";

/// Where a name says what the model was made from.
pub(super) const MADE_FROM: &str = "The author of the manifest names what it was made from in spec.model.baseModels, or the \
    legal or platform team says in a ModelLicense which text applies; then it goes on by itself.";

pub(in super::super) fn unknown(
    case: &Case<'_>,
    claimed: Option<&str>,
    why: Option<&str>,
    origin: Option<&Origin<'_>>,
) -> Finding {
    let origin = origin.filter(|_| claimed.is_none() && why.is_none());
    let bases = &case.request.spec.model.base_models;
    let several = claimed.map(|word| declared::several(case, word)).unwrap_or_default();
    let texts: Vec<String> = several.iter().map(|license| license.short.clone()).collect();
    let names_none = |none: &str| {
        if texts.is_empty() { none.to_owned() } else { format!("a name that several texts go by ({})", and(&texts)) }
    };
    let sentence = match (case.names.first(), claimed, why) {
        (None, None, _) => format!(
            "the address {} does not say whose model it holds, and spec.model.name is not written.",
            case.request.spec.model.source
        ),
        (None, Some(claimed), _) => {
            let what = names_none("which names no one licence that Modelport knows");
            format!("spec.model.license says {claimed}, {what}.")
        }
        (Some(name), Some(claimed), _) => format!(
            "{name} is under no licence that Modelport knows, and spec.model.license says {claimed}, {}.",
            names_none("which names no one of those that it knows")
        ),
        (Some(name), None, Some(why)) => format!("{name} is under no licence that Modelport knows: {why}."),
        (Some(name), None, None) => match origin {
            Some(origin) if bases.is_empty() => format!(
                "{name} is under no licence that Modelport knows; by its name it is {}, which is under {}.",
                origin.repository,
                short(case, origin.license)
            ),
            _ if !bases.is_empty() => format!(
                "{name} itself is under no licence that Modelport knows; those of spec.model.baseModels apply beside it."
            ),
            _ => format!("{name} is under no licence that Modelport knows."),
        },
    };
    let remedy = match case.names.is_empty() && claimed.is_none() {
        true => "The author of the manifest says whose model it is in spec.model.name.",
        false if origin.is_some() => MADE_FROM,
        false => WHO_SAYS,
    };
    let Some(name) = case.names.first() else {
        return finding(Reason::LicenseUnknown, Effect::Waits, "the model", sentence).remedy(remedy);
    };
    let new = finding(Reason::LicenseUnknown, Effect::Waits, name, sentence).remedy(remedy).by_catalogue();
    new.asks_for(name, several.iter().map(|license| license.id.clone()))
        .made_from(origin.map(|origin| &*origin.repository))
}

fn short<'a>(case: &Case<'a>, id: &'a str) -> &'a str {
    case.facts.catalog.license(id).map_or(id, |license| license.short.as_str())
}

pub(in super::super) fn ambiguous(
    case: &Case<'_>,
    of: &str,
    candidates: &[Membership<'_>],
    revision: Option<&str>,
) -> Finding {
    let text = |one: &Membership<'_>| {
        let short = short(case, one.license);
        match (one.from, one.until) {
            (None, None) => short.to_owned(),
            (Some(from), None) => format!("{short} since {from}"),
            (None, Some(until)) => format!("{short} until {until}"),
            (Some(from), Some(until)) => format!("{short} from {from} to {until}"),
        }
    };
    let texts: Vec<String> = candidates.iter().map(text).collect();
    let mut ids: Vec<String> = candidates.iter().map(|one| one.license.to_owned()).collect();
    ids.dedup();
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
        .asks_for(of, ids)
        .by_catalogue()
}

pub(in super::super) fn relative_unknown(name: &str, kind: &str) -> Finding {
    let sentence = format!("the {kind} {name} is under no licence that Modelport knows, and its terms apply as well.");
    finding(Reason::LicenseUnknown, Effect::Waits, name, sentence).remedy(WHO_SAYS).asks_for(name, []).by_catalogue()
}

/// A model that is said to be made from itself, and that nobody knows.
pub(in super::super) fn of_itself(name: &str, kind: &str) -> Finding {
    let sentence = format!("{name} is named as its own {kind}, so what it was made from is not known.");
    finding(Reason::LicenseUnknown, Effect::Waits, name, sentence)
        .remedy("The author of the manifest names what it was made from, or leaves it out.")
}

/// A base model or an adapter that is not written as a repository.
pub(in super::super) fn relative_no_repository(name: &str, kind: &str, namesake: Option<&str>) -> Finding {
    let page = hub_address::as_source(&format!("https://{name}"));
    let meant = page.as_deref().and_then(|page| page.split_once("://")).map(|(_, meant)| meant).or(namesake);
    let such = meant.map(|meant| format!(", such as {meant}")).unwrap_or_default();
    let sentence = format!("the {kind} {name} is not written as a repository, so its licence is not known.");
    finding(Reason::LicenseUnknown, Effect::Waits, name, sentence)
        .remedy(format!("The author of the manifest writes it as org/name{such}."))
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
pub(in super::super) fn refuses_among(sentence: &str, all: &[String], choice: Option<&str>) -> String {
    let stem = sentence.strip_suffix('.').unwrap_or(sentence);
    if let Some(choice) = choice {
        return format!("{stem}; spec.model.license says {choice}, and nobody chose, so the terms of each are taken.");
    }
    let each = if all.len() == 2 { "both" } else { "all of them" };
    format!("{stem}; the model is under {}, and {each} apply.", and(all))
}

/// A refusal by a licence that was found by name.
pub(in super::super) fn refuses_by_name(sentence: &str) -> String {
    let stem = sentence.strip_suffix('.').unwrap_or(sentence);
    format!("{stem}; the licence is known by the repository's name only.")
}

/// A refusal by the licence of the model that a name points to.
pub(in super::super) fn refuses_by_origin(sentence: &str, name: &str, origin: &str) -> String {
    let stem = sentence.strip_suffix('.').unwrap_or(sentence);
    format!("{stem}; {name} is {origin} by its name only.")
}

pub(in super::super) fn by_name(case: &Case<'_>, model: &str, id: &str) -> Said {
    let license = short(case, id);
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
    let fields = if fields.is_empty() { vec!["spec.model.baseModels".to_owned()] } else { fields };
    (
        format!(
            "what {model} is, or its licence, is said by the author of {} alone ({}).",
            case.service(),
            and(&fields)
        ),
        "The files bear it out once they are fetched, or the legal or platform team says it in a ModelLicense.".into(),
    )
}
