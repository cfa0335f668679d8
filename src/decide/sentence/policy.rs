//! Sentences about what a ModelPolicy permits, wants reviewed, and wants shown.

use jiff::civil::Date;

use crate::{
    catalog::license::License,
    manifest::{
        selection,
        shape::{ShapeProblem, selection_problem},
    },
};

use super::super::{
    case::Case,
    policy::{Holding, Stale},
    relatives::Relative,
    review::{Reviewed, Standing},
};
use super::{SHOW_ENTRY, Said, short_hash as short};

pub(in super::super) fn license_refused(policy: &str, about: &str, entry: &str) -> Said {
    (
        format!("{policy} refuses {about}, by its entry {entry} in licenses.refuse."),
        format!("Who keeps {policy} decides on it."),
    )
}

/// A relative of the model that an entry names.
pub(in super::super) fn relative(model: &str, other: &Relative<'_>) -> String {
    let how = if other.by_name { "is by its name" } else { "was made from or runs with" };
    format!("{}, which {model} {how},", other.name)
}

pub(in super::super) fn license_not_permitted(policy: &str, short: &str, outside: Option<&str>) -> Said {
    let nor = outside.map(|name| format!(", nor is {name}")).unwrap_or_default();
    (
        format!("{policy} permits the licences and publishers in licenses.allow, and {short} is not among them{nor}."),
        format!("Who keeps {policy} decides on it."),
    )
}

pub(in super::super) fn not_served(policy: &Holding<'_>, country: &str) -> Said {
    (
        format!("{} does not let people in {country} be served; spec.usage.serves says {country}.", policy.says()),
        format!("Who keeps {} decides on it.", policy.words()),
    )
}

pub(in super::super) fn serves_unsaid(case: &Case<'_>, policy: &str) -> Said {
    (
        format!(
            "{policy} does not let people in some countries be served; the manifest does not say spec.usage.serves."
        ),
        format!("The author of {} says in spec.usage.serves what is so.", case.service()),
    )
}

/// A word about places that cannot be read: what it was meant for cannot be known.
pub(in super::super) fn unread(policy: &Holding<'_>, problem: &ShapeProblem) -> Said {
    (
        format!("in {}, {} What it means may decide.", policy.says(), problem.sentence),
        format!("Who keeps {} mends it. {}", policy.words(), problem.remedy),
    )
}

/// Nobody knows whether a policy selects the namespace.
pub(in super::super) fn perhaps(case: &Case<'_>, policy: &Holding<'_>, standing: selection::Standing) -> Said {
    let namespace = case.request.namespace;
    if standing == selection::Standing::Labels {
        return (
            format!(
                "{} selects namespaces by their labels, and those of {namespace} are not known. It may hold here.",
                policy.says()
            ),
            put_the_namespace(namespace),
        );
    }
    let problem = selection_problem(&policy.spec().selection());
    let (what, remedy) = problem.map(|problem| (problem.sentence, problem.remedy)).unwrap_or_default();
    (
        format!("in {}, {what} It may be meant for {namespace}.", policy.says()),
        format!("Who keeps {} mends it. {remedy}", policy.words()),
    )
}

/// Where labels come from.
pub(super) fn put_the_namespace(namespace: &str) -> String {
    format!("Whoever runs this puts Namespace/{namespace}, with its labels, among the files.")
}

/// An entry that names a class that there is none of: what it was meant to hold cannot be known.
pub(in super::super) fn no_class(policy: &str, list: &str, entry: &str) -> Said {
    (
        format!(
            "{policy} has the entry {entry} in licenses.{list}, which is no class of licences. What it means may decide."
        ),
        format!("Who keeps {policy} writes a class such as class:osi, a licence id, or a publisher as meta-llama/*."),
    )
}

/// A review is wanted, and there is one of this entry.
pub(in super::super) fn reviewed(policy: &str, license: &License, one: &Reviewed<'_>) -> String {
    let reference = one.review.reference.as_deref().map(|text| format!(", {text}")).unwrap_or_default();
    format!(
        "{policy} wants {} reviewed; {} reviewed this entry on {} in ModelLicense/{}{reference}, {}.",
        license.short,
        one.review.by,
        one.review.date,
        one.object,
        short(one.review.text_sha256.as_deref())
            .map_or_else(|| "text not recorded".into(), |hash| format!("text {hash}"))
    )
}

pub(in super::super) fn review_missing(
    policy: &str,
    license: &License,
    entry: &str,
    near: Option<&Reviewed<'_>>,
    hash: &str,
) -> Said {
    let has = match near {
        Some(one) if one.standing == Standing::NoEntry => format!(
            "the review by {} of {} in ModelLicense/{} does not say which entry it is of",
            one.review.by, one.review.date, one.object
        ),
        Some(one) => format!("the review in ModelLicense/{} is dated {}", one.object, one.review.date),
        None => "no ModelLicense holds a review of it".into(),
    };
    let remedy = match near {
        Some(one) if one.standing == Standing::NoEntry => format!(
            "Who made the review adds entrySha256: {hash} to it, if it is of the entry that `{SHOW_ENTRY} {}` prints.",
            license.id
        ),
        _ => to_write(license, hash),
    };
    (format!("{policy} wants {} reviewed first (needReview: {entry}); {has}.", license.short), remedy)
}

pub(in super::super) fn review_outdated(policy: &str, license: &License, one: &Reviewed<'_>, hash: &str) -> Said {
    let now = |hash: Option<&str>| short(hash).unwrap_or_else(|| "not known".into());
    let why = if one.standing == Standing::OtherText {
        format!(
            "read another text ({}, and the entry is of {})",
            now(one.review.text_sha256.as_deref()),
            now(license.text.sha256.as_deref())
        )
    } else {
        format!(
            "is of entry {}, and the entry has changed since ({} now)",
            now(one.review.entry_sha256.as_deref()),
            now(Some(hash))
        )
    };
    (
        format!(
            "{policy} wants {} reviewed first; the review by {} of {} in ModelLicense/{} {why}.",
            license.short, one.review.by, one.review.date, one.object
        ),
        to_write(license, hash),
    )
}

/// What the legal team writes, to paste.
fn to_write(license: &License, hash: &str) -> String {
    format!(
        "Legal reads the text and the entry (`{SHOW_ENTRY} {id}`), and records it in a ModelLicense, spec: {{license: {id}, \
         reviews: [{{by: <who>, date: <day>, reference: <where it is kept>, textSha256: <of the text>, \
         entrySha256: {hash}}}]}}; then it goes on by itself.",
        id = license.id
    )
}

/// A fact is older than a policy lets it be.
pub(in super::super) fn stale(what: &str, place: &str, day: Option<Date>, stale: &Stale) -> Said {
    let age = day.map_or_else(|| "has no date".into(), |day| format!("is of {day}"));
    let days = if stale.limit_days == 1 { "day" } else { "days" };
    (
        format!("{what} in {place} {age}; {} lets it be {} {days} old.", stale.by, stale.limit_days),
        format!("Who made it looks at it anew, and records it in {place} with the new date."),
    )
}
