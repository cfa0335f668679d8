//! How sure a licence is known: what bears out a name or a claim, and what is done with the ones that nothing does.

use crate::{
    catalog::Basis,
    manifest::{Reason, model_policy::Strictness, record::Record},
};

use super::{
    Effect, Finding,
    case::{Case, Found, finding},
    declared,
    descent::Walk,
    identity::{How, Said, names_of},
    record::{self, Standing},
    sentence,
};

/// What a ModelLicense, or the author with a record of the Licensee, says of the same licence bears a name out.
pub(super) fn bear_out<'a>(case: &Case<'a>, walk: &mut Walk<'a>, found: &mut Found) {
    let spec = case.request.spec;
    let by_author = spec.model.license.is_some() && spec.usage.evidence().next().is_some();
    if !by_author && !walk.said.iter().any(|one| matches!(one.how, How::Object(_))) {
        return;
    }
    let bases = walk.base_names(case);
    let mut words: Vec<Option<String>> = Vec::with_capacity(walk.said.len());
    for one in &walk.said {
        // What a person says needs nobody else's word.
        if matches!(one.how, How::Object(_)) {
            words.push(None);
            continue;
        }
        let ids = names_of(case, one, &bases);
        let by_object = walk.said.iter().find_map(|other| match other.how {
            How::Object(name) if other.of.eq_ignore_ascii_case(one.of) && ids.contains(&other.id) => {
                Some(format!("ModelLicense/{name}"))
            }
            _ => None,
        });
        words.push(by_object.or_else(|| evidence(case, one, &ids, found)));
    }
    for (one, words) in walk.said.iter_mut().zip(words) {
        one.borne_out = one.borne_out.take().or(words);
    }
}

/// The author writes the licence, and names a record of the Licensee about it as evidence.
pub(super) fn evidence(case: &Case<'_>, said: &Said<'_>, ids: &[&str], found: &mut Found) -> Option<String> {
    let model = &case.request.spec.model;
    let author = declared::written(case, model.license.as_deref()?, &[]).licenses;
    let of_model = case.names.first().is_none_or(|name| name.eq_ignore_ascii_case(said.of));
    if !of_model || !author.iter().any(|license| ids.contains(&license.id.as_str())) {
        return None;
    }
    let licensee = case.licensee()?;
    let wanted = record::Wanted { licenses: ids, country: None };
    for (_, records) in licensee.spec.records() {
        let named = |record: &Record| {
            // A record about everything vouches for nothing in particular.
            case.request.spec.usage.evidence().any(|name| name == record.name) && !record.covers.licenses.is_empty()
        };
        let hit = record::find(case, records, wanted, named, &mut found.changes);
        if let Some(hit) = hit.filter(|hit| hit.standing == Standing::InForce) {
            return Some(format!("{} {}", sentence::licensee(&licensee.name), hit.record.name));
        }
    }
    None
}

/// What is known by a name or a claim alone, as the policies want it.
pub(super) fn weak(case: &Case<'_>, said: &[Said<'_>], found: &mut Found) {
    let mut weigh = |(strictness, by): (Strictness, Option<String>), make: &dyn Fn(Effect) -> Finding| {
        let effect = match strictness {
            Strictness::Accept => Effect::Passes,
            Strictness::Warn => Effect::Warns,
            Strictness::Hold => Effect::Waits,
        };
        let by = by.filter(|_| effect == Effect::Waits);
        found.add(make(effect).voucher(by));
    };
    let bare = |one: &&Said<'_>| one.borne_out.is_none();
    for one in said.iter().filter(bare).filter(|one| matches!(one.how, How::Catalogue(Basis::NameOnly))) {
        let model = one.of;
        weigh(case.policies.strictness(|spec| spec.licenses.by_name), &|effect| {
            let (sentence, remedy) = sentence::identity::by_name(case, model, one.id);
            finding(Reason::LicenseByName, effect, model, sentence).remedy(remedy).by_catalogue()
        });
    }
    for one in said {
        let How::Files(file) = one.how else { continue };
        weigh(case.policies.strictness(|spec| spec.licenses.claims), &|effect| {
            let (sentence, remedy) = sentence::descent::declared_alone(case, one.id, one.of, file);
            finding(Reason::LicenseDeclared, effect, one.of, sentence).remedy(remedy)
        });
    }
    if let Some(one) = said.iter().filter(bare).find(|one| matches!(one.how, How::Author)) {
        let model = one.of;
        weigh(case.policies.strictness(|spec| spec.licenses.claims), &|effect| {
            let (sentence, remedy) = sentence::identity::claimed(case, model);
            finding(Reason::LicenseClaimed, effect, model, sentence).remedy(remedy)
        });
    }
}

/// How a licence is known, in words.
pub(super) fn known_by(said: &Said<'_>, of: &str) -> String {
    let mut first = match (said.how, &said.borne_out) {
        (How::Author, Some(_)) => "said by the author".to_owned(),
        (how, _) => how_words(&how),
    };
    if !said.of.eq_ignore_ascii_case(of) {
        first = format!("through {}, {first}", said.of);
    }
    match &said.borne_out {
        Some(by) => format!("{first}, borne out by {by}"),
        None => first,
    }
}

fn how_words(how: &How<'_>) -> String {
    match how {
        How::Files(file) => format!("declared in {file}"),
        How::Object(name) => format!("said by ModelLicense/{name}"),
        How::Author => "claimed by the author, not yet compared with the files".into(),
        How::Catalogue(basis) => match basis {
            Basis::PublishersLicense => "by the publisher's repository",
            Basis::Readme => "by the publisher's readme",
            Basis::Card => "by the model card",
            Basis::EngineDocs => "by an engine's documentation",
            Basis::ThirdParty => "as a third party reports it",
            Basis::NameOnly => "by the repository's name only",
        }
        .into(),
    }
}
