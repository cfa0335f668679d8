//! Whether a duty that is owed now is shown to be met: by a record, by the name, or by a person's judgement that it does
//! not apply. What nobody can see here is not checked, and said so; a dated record may show it.

use std::borrow::Cow;

use crate::{
    catalog::{
        license::License,
        obligation::{DutyKind, Obligation},
    },
    manifest::{record::Record, written::YesNo},
};

use super::{
    acceptance::{self, Accepting},
    case::{Case, Found},
    identity::Layer,
    judged,
    record::{self, Standing, Wanted},
    sentence::duty,
    stale,
};

/// Whether it is met, and by what that is shown; nothing where it is not checked.
pub(super) type Shown = (Option<bool>, Cow<'static, str>);

/// What shows that a duty is met, or that it is not.
pub(super) fn shown(
    case: &Case<'_>,
    layer: &Layer<'_>,
    accepted: &[(&License, Accepting<'_>)],
    kind: DutyKind,
    written: Option<&Obligation>,
    found: &mut Found,
) -> Shown {
    let wanted = Wanted { licenses: &layer.ids, country: None };
    let of = |record: &Record| judged::names(record, &layer.ids, kind.word());
    if let Some(record) = judged::not_applicable(case, wanted, of, found) {
        return (Some(true), duty::judged(record).into());
    }
    let licensee = case.licensee();
    let followed = licensee.map_or(&[][..], |fact| &fact.spec.follows_policy);
    let followed = record::find(case, followed, wanted, of, &mut found.changes);
    if let Some(hit) = followed.filter(|hit| hit.standing == Standing::InForce) {
        stale::record(case, "followsPolicy", hit.record, found);
        return (Some(true), duty::by_record(hit.record).into());
    }
    match kind {
        DutyKind::Accept => acceptance(case, layer.license, accepted),
        DutyKind::Register | DutyKind::Notify => {
            let registered = licensee.map_or(&[][..], |fact| &fact.spec.registered);
            match record::find(case, registered, wanted, |_| true, &mut found.changes) {
                Some(hit) if hit.standing == Standing::InForce => {
                    stale::record(case, "registered", hit.record, found);
                    (Some(true), duty::by_record(hit.record).into())
                }
                _ => (Some(false), duty::NO_REGISTRATION.into()),
            }
        }
        DutyKind::NameRule => written.map_or_else(not_checked, |rule| name(case, rule)),
        DutyKind::NoticeFile | DutyKind::LicenseCopy => (None, duty::FILES_NOT_KNOWN.into()),
        DutyKind::Royalty
        | DutyKind::Display
        | DutyKind::PassThrough
        | DutyKind::MarkChanges
        | DutyKind::Keep
        | DutyKind::Disclose => not_checked(),
    }
}

fn not_checked() -> Shown {
    (None, duty::NOT_CHECKED.into())
}

fn acceptance(case: &Case<'_>, license: &License, accepted: &[(&License, Accepting<'_>)]) -> Shown {
    if acceptance::received_in_a_product(case) {
        return (Some(true), duty::ACCEPTED_BY_THE_MAKER.into());
    }
    let mut other = None;
    for (_, accepting) in accepted.iter().filter(|(of, _)| std::ptr::eq(*of, license)) {
        match accepting {
            Accepting::By(record) => return (Some(true), duty::by_acceptance(record).into()),
            Accepting::OtherText(record) => other = Some(duty::other_text(license, record).into()),
        }
    }
    (Some(false), other.unwrap_or_else(|| duty::NO_ACCEPTANCE.into()))
}

/// Whether the name under which it is handed on fits the rule: what is served, else the repository's own name. A model
/// that is trained on its outputs has a name that nobody says here.
fn name(case: &Case<'_>, rule: &Obligation) -> Shown {
    if case.request.spec.usage.redistributes_weights != Some(YesNo::Yes) {
        return (None, duty::OTHER_MODELS_NAME.into());
    }
    let written = case.request.spec.model.served_name.as_deref();
    let repository = || case.names.first().and_then(|name| name.rsplit('/').next());
    let Some(name) = written.or_else(repository) else { return (None, duty::NO_NAME.into()) };
    if rule.name_prefix.is_none() && rule.name_contains.is_none() {
        return not_checked();
    }
    let plain_name = plain(name);
    let begins = |prefix: &String| plain_name.starts_with(&plain(prefix));
    let holds = |part: &String| plain_name.contains(&plain(part));
    let rules =
        [(&rule.name_prefix, "begins with", "does not begin with"), (&rule.name_contains, "holds", "does not hold")];
    for (part, _, not) in rules {
        let Some(part) = part else { continue };
        let fits = |word: &String| if not == "does not hold" { holds(word) } else { begins(word) };
        if !fits(part) && !rule.alternatives.iter().any(fits) {
            return (Some(false), duty::name_fits(name, &format!("{not} {part}")).into());
        }
    }
    let yes: Vec<String> =
        rules.iter().filter_map(|(part, yes, _)| part.as_ref().map(|part| format!("{yes} {part}"))).collect();
    (Some(true), duty::name_fits(name, &yes.join(" and ")).into())
}

/// A name in the letters and digits that tell it apart: hubs write `Llama-3-Groq` for "Llama 3 Groq".
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}
