//! Sentences about the terms of a licence.

use crate::{
    catalog::{
        atom::StateName,
        condition::{Condition, Effect as Follows, Remedy},
        license::{License, LicenseKind},
    },
    manifest::{record::Record, shape::shown},
};

use super::super::{
    atom::{Missing, Used, word},
    case::Case,
    conduct,
    cure::{self, Cure},
    listed::Unclear,
    metric,
    near::Near,
};
use super::{SHOW_ENTRY, Said, cite, facts, figure, list_of, near, number, record_words, the_licensee};

/// A term bites.
pub(in super::super) fn bites(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    used: &[Used<'_>],
    near: Option<&Near<'_>>,
) -> Said {
    let mut sentence = with_facts(case, license, condition, used);
    if let Some(near) = near {
        sentence.push_str("; ");
        sentence.push_str(&near::words(near));
    }
    if !condition.verified.is_yes() {
        sentence.push_str("; the term is reported, and nobody has read it in the text");
    }
    sentence.push('.');
    let list = |name| list_of(case, name);
    let grantor = condition.granted_by.as_deref().unwrap_or(&license.publisher);
    if let Some(remedy) =
        near.filter(|_| condition.verified.is_yes()).and_then(|near| near::remedy(case, license, condition, near))
    {
        return (sentence, remedy);
    }
    let remedy = match condition.remedy {
        _ if !condition.verified.is_yes() => confirm(license),
        Remedy::SeparateLicense => {
            format!("Legal records {grantor}'s grant in {}{}.", list("separateLicenses"), spared(license, condition))
        }
        Remedy::Register => match (condition.effect, cure::of_term(license, condition)) {
            (Follows::AuthorisationRequired, Cure::Records([first, ..])) => {
                format!("Legal records {grantor}'s written permission in {}.", list(first))
            }
            _ => format!("Legal records the registration with {grantor} in {}.", list("registered")),
        },
        Remedy::LicensorReview => format!("Legal records the review by {grantor} in {}.", list("separateLicenses")),
        Remedy::Accept => format!("Legal records the policy that is followed in {}.", list("followsPolicy")),
        Remedy::Notify => format!("Legal records the message to {grantor} in {}.", list("registered")),
        Remedy::ReadText => "The legal team reads the text and says in a ModelLicense what it says.".into(),
        Remedy::OtherModel | Remedy::ChangeUse if matches!(cure::of_term(license, condition), Cure::Records(_)) => {
            format!("A model under another licence may do, or a grant of the licensor in {}.", list("separateLicenses"))
        }
        Remedy::Display | Remedy::ChangeUse | Remedy::MovePlace | Remedy::OtherModel => {
            format!("{}; a model under another licence may do.", only_by_name(license, condition))
        }
    };
    (sentence, remedy)
}

/// Whom the text spares and nobody sees here, with where a person says so.
fn spared(license: &License, condition: &Condition) -> String {
    let spares = condition.spares.as_deref();
    let words =
        |who: &str| format!(", or in notApplicable ({}/{}) that the text spares this: {who}", license.id, condition.id);
    spares.map(words).unwrap_or_default()
}

/// The term, and the facts that make it bite.
fn with_facts(case: &Case<'_>, license: &License, condition: &Condition, used: &[Used<'_>]) -> String {
    let mut sentence = format!("{} {}", cite(license, condition.clause.as_deref()), condition.sentence);
    let mut facts: Vec<String> = Vec::new();
    for fact in used.iter().filter_map(|used| holds(case, *used)) {
        // Two questions may be answered by one word of the manifest.
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    if let Some((last, first)) = facts.split_last() {
        sentence.push_str("; ");
        if !first.is_empty() {
            sentence.push_str(&first.join(", "));
            sentence.push_str(", and ");
        }
        sentence.push_str(last);
    }
    sentence
}

/// A term that can be read both ways bites; where nothing is used, nobody recorded the figure.
pub(in super::super) fn unclear(case: &Case<'_>, license: &License, condition: &Condition, used: &[Used<'_>]) -> Said {
    let stem = with_facts(case, license, condition, used);
    let figure = if used.is_empty() {
        format!("; {} no figure that shows on which side it is", records(case))
    } else {
        String::new()
    };
    let grantor = condition.granted_by.as_deref().unwrap_or(&license.publisher);
    (
        format!("{stem}{figure}; the text can be read both ways."),
        format!(
            "The legal team asks counsel, and records in {} that it does not apply ({}/{}), or {grantor}'s grant in {}.",
            list_of(case, "notApplicable"),
            license.id,
            condition.id,
            list_of(case, "separateLicenses")
        ),
    )
}

/// What is left where no general record lifts a term.
pub(super) fn only_by_name(license: &License, condition: &Condition) -> String {
    let term = format!("{}/{}", license.id, condition.id);
    format!(
        "No record lifts this term but one that names it ({term}): a grant of the licensor, or a reasoned notApplicable"
    )
}

/// A fact that makes a term bite.
fn holds(case: &Case<'_>, used: Used<'_>) -> Option<String> {
    Some(match used {
        Used::Purpose(purpose) => format!("spec.usage.purpose says {}", word(&purpose)),
        Used::Production(_) => "spec.usage.production says Yes".into(),
        Used::Figure(test, Some(figure)) => figure::passed(case, test, figure),
        Used::Seat(country) => format!("{} has its seat in {country}", the_licensee(case)),
        Used::Serves(country) => format!("spec.usage.serves says {country}"),
        Used::Offer(words) => format!("spec.{words}"),
        Used::Kind(kind) => format!("{} says that it is of kind {}", the_licensee(case), word(&kind)),
        Used::Listed(field) => format!("{} says so in {field}", the_licensee(case)),
        Used::Sector(sector) => format!("spec.usage.sectors says {sector}"),
        Used::Trains(_) => "spec.usage.trainsOnOutputs says Yes".into(),
        Used::State(name) => state(case, name),
        Used::Figure(_, None) | Used::TextModel | Used::Nodes | Used::NoSector | Used::Role | Used::Follows(_) => {
            return None;
        }
    })
}

/// What the manifest says of a state or an act.
fn state(case: &Case<'_>, name: StateName) -> String {
    let usage = &case.request.spec.usage;
    let amount = |field: &str, n: Option<i64>| format!("spec.usage.{field} says {}", number(n.unwrap_or_default()));
    match name {
        StateName::ContentFilter | StateName::OutputReview => {
            format!("spec.usage.assurances says {}", usage.assurances.join(", "))
        }
        StateName::KeepsProvenance
        | StateName::Sublicenses
        | StateName::TransfersDerivativeToUnlicensedCommercialEntity => {
            format!(
                "spec.usage.acts says {}",
                if usage.acts.is_empty() { "nothing".into() } else { usage.acts.join(", ") }
            )
        }
        StateName::Framework => {
            format!("spec.usage.framework says {}", usage.framework.as_deref().unwrap_or("nothing"))
        }
        StateName::EdgeDevices => amount("edgeDevices", usage.edge_devices),
        StateName::OutputTokensPerMonth => amount("outputTokensPerMonth", usage.output_tokens_per_month),
    }
}

/// A term was asked and does not bite; nothing where that says nothing to a person.
pub(in super::super) fn passed(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    by: Used<'_>,
) -> Option<String> {
    let why = why(case, by)?;
    Some([&cite(license, condition.clause.as_deref()), " ", &condition.sentence, "; ", &why, "."].concat())
}

/// By what a term or a duty falls away; nothing where that says nothing to a person.
pub(super) fn why(case: &Case<'_>, by: Used<'_>) -> Option<String> {
    Some(match by {
        Used::Figure(test, Some(figure)) => figure::cleared(case, test, &figure),
        Used::Figure(test, None) => format!(
            "{}, {}: the organisation was founded later",
            metric::name_words(test.name),
            metric::asked_words(test, case.today)
        ),
        Used::Seat(country) => format!("seat in {country}, outside of what it excludes"),
        Used::TextModel => "the term covers multimodal models only, and this one is not".into(),
        Used::Serves(_) => "people served and pods are outside of what it excludes".into(),
        Used::NoSector => "no banned sector declared".into(),
        Used::Trains(false) => "outputs train no other model, as declared".into(),
        Used::Trains(true) => "what is trained on outputs is spared, as declared".into(),
        Used::State(name) if conduct::is_said(&case.request.spec.usage, name) => state(case, name),
        Used::Role => "received inside a finished product, as declared".into(),
        Used::Purpose(purpose) => format!("purpose {}, as declared", word(&purpose)),
        Used::Production(_) => "not in production, as declared".into(),
        Used::Follows(policy) => format!("{policy} is on record as followed"),
        Used::Kind(_) | Used::Listed(_) | Used::Offer(_) | Used::Sector(_) | Used::Nodes | Used::State(_) => {
            return None;
        }
    })
}

/// A record of the Licensee lifts the term.
pub(in super::super) fn lifted(condition: &Condition, list: &str, record: &Record) -> String {
    format!("{}; {}.", condition.sentence, lifting(list, record))
}

/// By which record a term is lifted.
pub(in super::super) fn lifting(list: &str, record: &Record) -> String {
    let reference = record.reference.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
    let until = record.until.as_deref().map(|until| format!(", until {until}")).unwrap_or_default();
    format!("lifted by {} in {list}{reference}{until}", record_words(record))
}

/// A person has judged that the term does not apply here.
pub(in super::super) fn judged(license: &License, condition: &Condition, record: &Record) -> String {
    format!("{} {}; {}.", cite(license, condition.clause.as_deref()), condition.sentence, judging(record))
}

/// By which record a person judged so, and why.
pub(in super::super) fn judging(record: &Record) -> String {
    let reason = record.reason.as_deref().unwrap_or_default();
    let reference = record.reference.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
    format!("judged not to apply, in notApplicable by {}{reference}: \"{reason}\"", record_words(record))
}

/// Terms that say that nobody read them, and do not say what is unread.
pub(in super::super) fn unread_terms(license: &License) -> Said {
    (format!("{} is recorded as not verified, and so its terms are not known.", license.short), confirm(license))
}

/// How an entry that nobody has read becomes one that counts.
fn confirm(license: &License) -> String {
    if license.kind == LicenseKind::Ambiguous {
        return "The legal or platform team says in a ModelLicense which text applies; then it goes on by itself."
            .into();
    }
    let text = license.text.url.as_deref().map(|url| format!(" at {url}")).unwrap_or_default();
    format!(
        "The legal team reads the text{text} and confirms or corrects these terms in the ModelLicense that \
         `{SHOW_ENTRY} {} --confirm` prints; then it goes on by itself.",
        license.id
    )
}

/// Something decides and is not known.
pub(in super::super) fn waits(case: &Case<'_>, license: &License, condition: &Condition, missing: Missing<'_>) -> Said {
    let term = format!("{} {}", cite(license, condition.clause.as_deref()), condition.sentence);
    match missing {
        Missing::Declared(field) => (
            match case.request.spec.usage.assurances.as_slice() {
                written @ [_, ..] if field == "usage.assurances" => {
                    format!("{term}; spec.{field} says {}, and nothing of it.", super::and(written))
                }
                _ => format!("{term}; the manifest does not say spec.{field}."),
            },
            format!("The author of {} says in spec.{field} what is so.", case.service()),
        ),
        Missing::Figure(test, unfit) => figure::missing(case, &term, test, unfit),
        Missing::Seat => match facts::country_unreadable(case, "seat") {
            Some((what, remedy)) => (format!("{term}; {what}."), remedy),
            None => (
                format!("{term}; {} no seat.", records(case)),
                format!("The legal or platform team records the seat in {}.", list_of(case, "seat")),
            ),
        },
        Missing::Listed(field, unclear) => listed(case, &term, field, unclear),
        Missing::Attribute(field) => (
            format!("{term}; {} no {field}.", records(case)),
            format!("The legal team records it in {}.", list_of(case, field)),
        ),
        Missing::Followed(policy) => (
            match unsigned_policy(case, policy) {
                Some(words) => format!("{term}; {words}."),
                None => format!("{term}; {} no {policy} in followsPolicy.", records(case)),
            },
            format!("Legal records in {} that {policy} is followed, under that name.", list_of(case, "followsPolicy")),
        ),
        Missing::Modality => (
            format!("{term}; it covers multimodal models, and Modelport does not know whether this is one."),
            format!(
                "If it takes in and gives out text alone, the legal team records in {} that the term does not apply to it \
                 ({}/{}).",
                list_of(case, "notApplicable"),
                license.id,
                condition.id
            ),
        ),
        Missing::NotUnderstood => (
            format!("{term}; the condition is of a kind that Modelport does not understand."),
            "Who wrote the ModelLicense sets exactly one kind of question in each of its atoms.".into(),
        ),
        Missing::Unread(what) => (
            format!("{} {}: {what}.", cite(license, condition.clause.as_deref()), condition.sentence),
            confirm(license),
        ),
    }
}

/// A list of the Licensee that cannot be read as it stands.
fn listed(case: &Case<'_>, term: &str, field: &'static str, unclear: Unclear<'_>) -> Said {
    let list = list_of(case, field);
    match unclear {
        Unclear::Near(written, known) => (
            format!("{term}; {list} says {}, which may stand for {known}.", shown(written)),
            format!("The legal team writes {known} in {list}, or another word for what it is."),
        ),
        Unclear::LeftOut(known) => (
            format!("{term}; spec.usage.hostedForThirdParties says Yes, and {list} leaves out {known}."),
            format!("The legal team and the author of {} agree on one of the two, and mend the other.", case.service()),
        ),
    }
}

/// A record of the policy that counts for nothing, because nobody made it.
fn unsigned_policy(case: &Case<'_>, policy: &str) -> Option<String> {
    let records = &case.licensee()?.spec.follows_policy;
    let record = records.iter().find(|record| record.name == policy || record.answers() == policy)?;
    let lacks = record.lacks()?;
    Some(format!("{} in followsPolicy does not say {lacks}, and so counts for nothing", record_words(record)))
}

/// "Licensee/acme records", or that there is none.
pub(super) fn records(case: &Case<'_>) -> String {
    match case.licensee() {
        Some(fact) => format!("{} records", super::licensee(&fact.name)),
        None => format!("no Licensee selects namespace {}, and so there is", case.request.namespace),
    }
}
