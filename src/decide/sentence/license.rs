//! Sentences about the terms of a licence.

use crate::{
    catalog::{
        atom::{Comparator, MetricTest, StateName},
        condition::{Condition, Effect as Follows, Remedy},
        license::{License, LicenseKind},
        words::{LicenseeKind, Scope},
    },
    manifest::{
        record::{Disclose, Metric, Record},
        shape::span,
    },
};

use super::super::{
    atom::{Missing, Used, word},
    case::Case,
    conduct,
    cure::{self, Cure},
    due,
    license::unreadable_seat,
    metric::{self, Figure, Unfit, Why},
    record::{self, Standing},
};
use super::{SHOW_ENTRY, Said, cite, list_of, number, record_words, text_words, the_licensee};

/// A term bites.
pub(in super::super) fn bites(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    used: &[Used<'_>],
    out_of_time: Option<&record::Found<'_>>,
) -> Said {
    let mut sentence = with_facts(case, license, condition, used);
    if let Some(hit) = out_of_time {
        let from = || span(hit.record).ok().and_then(|(from, _)| from);
        sentence.push_str("; ");
        sentence.push_str(&record_words(hit.record));
        sentence.push_str(&match (hit.until.filter(|_| hit.standing == Standing::Ended), from()) {
            (Some(until), _) => format!(" covered it until {until}"),
            (None, Some(from)) => format!(" covers it from {from} on, not yet"),
            (None, None) => " does not cover it now".into(),
        });
    }
    if !condition.verified.is_yes() {
        sentence.push_str("; the term is reported, and nobody has read it in the text");
    }
    sentence.push('.');
    let list = |name| list_of(case, name);
    let grantor = condition.granted_by.as_deref().unwrap_or(&license.publisher);
    let remedy = match condition.remedy {
        _ if !condition.verified.is_yes() => confirm(license),
        Remedy::SeparateLicense => format!("Legal records {grantor}'s grant in {}.", list("separateLicenses")),
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
    format!("No record lifts this term but a grant of the licensor that names it ({}/{})", license.id, condition.id)
}

/// A fact that makes a term bite.
fn holds(case: &Case<'_>, used: Used<'_>) -> Option<String> {
    Some(match used {
        Used::Purpose(purpose) => format!("spec.usage.purpose says {}", word(&purpose)),
        Used::Production(_) => "spec.usage.production says Yes".into(),
        Used::Figure(test, Some(figure)) => passed_figure(case, test, figure),
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

fn passed_figure(case: &Case<'_>, test: &MetricTest, figure: Figure<'_>) -> String {
    let (licensee, whose) = (the_licensee(case), metric::scope_words(figure.metric.scope));
    let period = metric::answered_words(test, &figure, case.today);
    let figure = figure.metric;
    let (side, limit) = match test.comparator {
        Comparator::GreaterThan => ("above", number(test.value)),
        Comparator::AtLeast => ("at or above", number(test.value)),
    };
    match (figure.disclose, figure.value) {
        (Disclose::Value, Some(value)) => {
            let origin = origin(figure, &period);
            format!("{licensee} records {} for {whose}, {period}{origin}, which is {side} {limit}", number(value))
        }
        _ => {
            format!("the figure that {licensee} records for {whose}, {period}{}, is {side} it", origin(figure, &period))
        }
    }
}

/// Where a figure is from and when it was taken, as far as that is recorded and not said with its period.
fn origin(figure: &Metric, period: &str) -> String {
    match (figure.source.as_deref(), figure.as_of.as_deref().filter(|day| !period.contains(day))) {
        (Some(source), Some(day)) => format!(" ({source}, taken {day})"),
        (Some(source), None) => format!(" ({source})"),
        (None, Some(day)) => format!(" (taken {day})"),
        (None, None) => String::new(),
    }
}

/// A term was asked and does not bite; nothing where that says nothing to a person.
pub(in super::super) fn passed(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    by: Used<'_>,
) -> Option<String> {
    let cite = cite(license, condition.clause.as_deref());
    let why = match by {
        Used::Figure(test, Some(figure)) => {
            let side = match test.comparator {
                Comparator::GreaterThan => "not above",
                Comparator::AtLeast => "below",
            };
            format!(
                "{} of {}, {}: {side} {}",
                metric::name_words(test.name),
                metric::scope_words(figure.metric.scope),
                metric::answered_words(test, &figure, case.today),
                number(test.value)
            )
        }
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
    };
    Some(format!("{cite} {}; {why}.", condition.sentence))
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
            format!("{term}; the manifest does not say spec.{field}."),
            format!("The author of {} says in spec.{field} what is so.", case.service()),
        ),
        Missing::Figure(test, unfit) => figure_missing(case, &term, test, unfit),
        Missing::Seat => match unreadable_seat(case) {
            Some(json) => (
                format!("{term}; the seat in {} is the YAML value {json}, and no country code.", the_licensee(case)),
                format!(
                    "The legal or platform team writes it in quotes in {}: \"NO\" is Norway.",
                    list_of(case, "seat")
                ),
            ),
            None => (
                format!("{term}; {} no seat.", records(case)),
                format!("The legal or platform team records the seat in {}.", list_of(case, "seat")),
            ),
        },
        Missing::Attribute(field) => (
            format!("{term}; {} no {field}.", records(case)),
            format!("The legal team records it in {}.", list_of(case, field)),
        ),
        Missing::Followed(policy) => (
            format!("{term}; {} no {policy} in followsPolicy.", records(case)),
            format!("Legal records in {} that {policy} is followed, under that name.", list_of(case, "followsPolicy")),
        ),
        Missing::Modality => (
            format!("{term}; it covers multimodal models, and Modelport does not know whether this is one."),
            "The legal or platform team writes a ModelLicense for the model.".into(),
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

/// "Licensee/acme records", or that there is none.
fn records(case: &Case<'_>) -> String {
    match case.licensee() {
        Some(fact) => format!("{} records", super::licensee(&fact.name)),
        None => format!("no Licensee selects namespace {}, and so there is", case.request.namespace),
    }
}

fn figure_missing(case: &Case<'_>, term: &str, test: &MetricTest, unfit: Option<Unfit<'_>>) -> Said {
    let period = match (due::oldest(test, case.clock()), metric::asked(test, case.today)) {
        (Some(oldest), Some(asked)) if oldest != asked => format!("{} or later", oldest.words()),
        _ => metric::asked_words(test, case.today),
    };
    let (name, whose) = (metric::name_words(test.name), metric::scope_words(test.scope));
    let person = case.licensee().is_some_and(|fact| fact.spec.kind == LicenseeKind::NaturalPerson);
    let whose = if person && test.scope == Scope::Employer { "the employer" } else { whose };
    let currency = test.currency.as_deref().unwrap_or("the licence's currency");
    let has = unfit.map(|unfit| match unfit.why {
        Why::Period => format!("; what it records is for {}, which does not answer", unfit.metric.period),
        Why::Currency => format!("; what it records is not in {currency}"),
        Why::NearLimit => {
            format!(
                "; what it records, at the rate recorded with it, is within a factor of two of the limit in {currency}"
            )
        }
        Why::NotSettled => "; what it records does not settle it".into(),
    });
    (
        format!("{term}; {} no figure for {name} of {whose}, {period}{}.", records(case), has.unwrap_or_default()),
        format!(
            "Who keeps the figures records it in {}: the figure, or a bound over a span of periods.",
            list_of(case, "metrics")
        ),
    )
}

/// An acceptance is on record.
pub(in super::super) fn accepted(license: &License, record: &Record) -> String {
    let who = record.who.as_deref().map(|who| format!(" by {who}")).unwrap_or_default();
    let when = record.when.as_deref().map(|when| format!(" {when}")).unwrap_or_default();
    format!("the terms of {} were accepted{when}{who}, {}.", license.short, text_words(record))
}

/// An acceptance is asked for, and none is on record, or one of another text.
pub(in super::super) fn acceptance_missing(case: &Case<'_>, license: &License, other: Option<&Record>) -> Said {
    let has = match other {
        Some(record) => super::duty::other_text(license, record),
        None => format!("{} no acceptance that covers {}", records(case), case.service()),
    };
    (
        format!("{} is accepted by a form or a click before it is downloaded; {has}.", license.short),
        format!("Legal accepts the terms with {} and records it in {}.", license.publisher, list_of(case, "accepted")),
    )
}

/// An acceptance was on record, and has ended.
pub(in super::super) fn acceptance_ended(case: &Case<'_>, license: &License, ended: &record::Found<'_>) -> Said {
    let until = ended.until.map_or_else(|| "now".into(), |at| at.to_string());
    (
        format!("{} was accepted by {}, which ended at {until}.", license.short, record_words(ended.record)),
        format!("Legal accepts the terms with {} and records it in {}.", license.publisher, list_of(case, "accepted")),
    )
}
