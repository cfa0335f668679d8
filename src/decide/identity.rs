//! Which model, and which licences apply to it, layer by layer.
//!
//! Evidence in order of trust: a ModelLicense of the organisation, the catalogue by hub, repository and revision, the
//! author's own word. A weaker word never replaces a stronger one; where they differ both apply, and so do the licences
//! of every base model and adapter: conjunction, never a choice. Nothing found is a missing text, not a permission.

use crate::{
    catalog::{
        Basis, Identified, Membership,
        license::License,
        words::{Hub, Modality},
    },
    manifest::{Reason, model_license::ModelLicenseSpec, model_policy::Strictness, source::Source},
};

use super::{
    Effect, Finding, Identity,
    case::{Case, Found, finding, fits},
    expand, sentence,
};

/// The model, resolved.
#[derive(Debug, Default)]
pub(super) struct Model<'a> {
    /// For status and tables.
    pub identity: Identity,
    /// The licences that decide.
    pub layers: Vec<Layer<'a>>,
    /// What it takes in and gives out, where known.
    pub modality: Option<Modality>,
}

/// One licence that decides.
#[derive(Clone, Debug)]
pub(super) struct Layer<'a> {
    /// The licence.
    pub license: &'a License,
    /// Its id, and those of the combinations that led to it: a record covers the layer by any of them.
    pub ids: Vec<&'a str>,
}

/// Names of the model: the repository in its address, then the name that the author writes.
pub(super) fn names<'a>(source: &'a Source, written: Option<&'a str>) -> Vec<&'a str> {
    let repository = source.repository().map(|(_, name)| name);
    let written = written.filter(|name| repository.is_none_or(|repo| !repo.eq_ignore_ascii_case(name)));
    repository.into_iter().chain(written).collect()
}

/// A licence that somebody says applies, and how that is known.
struct Said<'a> {
    id: &'a str,
    /// The model, base model or adapter that it is said of.
    of: &'a str,
    how: How<'a>,
    modality: Option<Modality>,
}

enum How<'a> {
    Object(&'a str),
    Catalogue(Basis),
    Author,
}

/// Looks the model up, and expands what is found.
pub(super) fn look<'a>(case: &Case<'a>, source: &'a Source, found: &mut Found) -> Model<'a> {
    let written = &case.request.spec.model;
    let revision = match source {
        Source::Hub { revision, .. } => written.revision.as_deref().or(revision.as_deref()),
        _ => written.revision.as_deref(),
    };
    let mut said = Vec::new();
    main_model(case, source, revision, &mut said, found);
    let base_names: Vec<&str> = written.base_models.iter().map(|base| bare(base)).collect();
    for base in &base_names {
        relative(case, base, "base model", &mut said, found);
    }
    for adapter in &written.adapters {
        relative(case, bare(adapter), "adapter", &mut said, found);
    }
    let mut model = Model::default();
    for one in &said {
        let expanded = expand::expand(case, one.id, &base_names);
        for (kind, name, hash) in expanded.used {
            found.uses(kind, name, hash);
        }
        for finding in expanded.missing.iter().map(|missing| sentence::identity::incomplete(one.id, missing)) {
            found.add(finding);
        }
        for layer in expanded.layers {
            match model.layers.iter_mut().find(|known| std::ptr::eq(known.license, layer.license)) {
                Some(known) => known.ids.extend(layer.ids),
                None => model.layers.push(layer),
            }
        }
        if matches!(one.how, How::Catalogue(_)) && model.modality.is_none() {
            model.modality = one.modality;
        }
    }
    model.identity = Identity {
        name: case.names.first().map(|name| (*name).to_owned()),
        revision: revision.map(str::to_owned),
        licenses: model.layers.iter().map(|l| (l.license.id.clone(), l.license.short.clone())).collect(),
        known_by: said.first().map(|one| how_words(&one.how)).unwrap_or_default(),
    };
    weak(case, &said, found);
    model
}

fn main_model<'a>(
    case: &Case<'a>,
    source: &'a Source,
    revision: Option<&str>,
    said: &mut Vec<Said<'a>>,
    found: &mut Found,
) {
    let written = &case.request.spec.model;
    let model = case.names.first().copied().unwrap_or("the model");
    let named = |spec: &ModelLicenseSpec| spec.models.iter().any(|pattern| case.any_name_fits(pattern));
    let first = |spec: &ModelLicenseSpec| spec.models.iter().any(|pattern| fits(pattern, model));
    let mut replaced = false;
    for object in case.facts.licenses.iter().filter(|object| named(&object.spec)) {
        found.uses("ModelLicense", &object.name, &object.hash);
        said.push(Said { id: &object.spec.license, of: model, how: How::Object(&object.name), modality: None });
        replaced |= object.spec.overrides && first(&object.spec);
    }
    let by_object = !said.is_empty();
    if replaced {
        return;
    }
    let looked_up = case.names.first().map(|name| match source.repository() {
        Some((hub, _)) => (identify(case, hub, name, revision), false),
        None => (case.facts.catalog.identify(Hub::HuggingFace, name, revision), true),
    });
    let looked_up = match (looked_up, case.names.get(1)) {
        (Some((Identified::Unknown { why }, _)), Some(name)) => {
            match case.facts.catalog.identify(Hub::HuggingFace, name, revision) {
                Identified::Unknown { why: other } => Some((Identified::Unknown { why: why.or(other) }, true)),
                known => Some((known, true)),
            }
        }
        (other, _) => other,
    };
    let author = written.license.as_deref().and_then(|id| expand::by_id_or_tag(case, id));
    let candidates = |candidates: &[Membership<'a>]| candidates.iter().map(|c| c.license).collect::<Vec<_>>();
    match looked_up {
        Some((Identified::Known(member), claimed)) => {
            let how = if claimed { How::Author } else { How::Catalogue(member.basis) };
            let same = author.is_some_and(|license| license.id == member.license);
            if let Some(Identified::Known(other)) =
                case.names.get(1).map(|name| case.facts.catalog.identify(Hub::HuggingFace, name, None))
            {
                said.push(Said { id: other.license, of: model, how: How::Author, modality: None });
            }
            said.push(Said { id: member.license, of: model, how, modality: member.modality });
            if let Some(license) = author.filter(|_| !same) {
                said.push(Said { id: &license.id, of: model, how: How::Author, modality: None });
            }
        }
        Some((Identified::Ambiguous { candidates: list }, _)) => {
            let ids = candidates(&list);
            let settled = said.iter().any(|one| ids.contains(&one.id));
            match author.filter(|license| ids.contains(&license.id.as_str())) {
                _ if settled => {}
                Some(license) => said.push(Said { id: &license.id, of: model, how: How::Author, modality: None }),
                None => found.add(sentence::identity::ambiguous(case, &ids, revision)),
            }
        }
        unknown => {
            let why = match unknown {
                Some((Identified::Unknown { why }, _)) => why,
                _ => None,
            };
            match author {
                Some(license) => said.push(Said { id: &license.id, of: model, how: How::Author, modality: None }),
                None if by_object => {}
                None => found.add(sentence::identity::unknown(case, written.license.as_deref(), why)),
            }
        }
    }
}

/// By hub and name; the same name on the other hub is a name and no more.
fn identify<'a>(case: &Case<'a>, hub: Hub, name: &str, revision: Option<&str>) -> Identified<'a> {
    let catalog = case.facts.catalog;
    match hub {
        Hub::HuggingFace => catalog.identify(Hub::HuggingFace, name, revision),
        Hub::ModelScope => match catalog.identify(Hub::ModelScope, name, revision) {
            Identified::Unknown { why } => match catalog.identify(Hub::HuggingFace, name, None) {
                Identified::Known(member) => Identified::Known(Membership { basis: Basis::NameOnly, ..member }),
                Identified::Unknown { why: other } => Identified::Unknown { why: why.or(other) },
                ambiguous @ Identified::Ambiguous { .. } => ambiguous,
            },
            known => known,
        },
    }
}

/// A base model or an adapter: its licence applies as well.
fn relative<'a>(case: &Case<'a>, name: &'a str, kind: &str, said: &mut Vec<Said<'a>>, found: &mut Found) {
    let object = case.facts.licenses.iter().find(|object| object.spec.models.iter().any(|p| fits(p, name)));
    if let Some(object) = object {
        found.uses("ModelLicense", &object.name, &object.hash);
        said.push(Said { id: &object.spec.license, of: name, how: How::Object(&object.name), modality: None });
        return;
    }
    match case.facts.catalog.identify(Hub::HuggingFace, name, None) {
        Identified::Known(member) => {
            let how = How::Catalogue(member.basis);
            said.push(Said { id: member.license, of: name, how, modality: member.modality });
        }
        Identified::Ambiguous { .. } | Identified::Unknown { .. } => {
            found.add(sentence::identity::relative_unknown(name, kind));
        }
    }
}

/// The repository in a base model or adapter, written with or without a scheme, without its revision.
fn bare(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split_once('@').map_or(rest, |(name, _)| name)
}

/// What is known by a name or a claim alone, as the policies want it.
fn weak(case: &Case<'_>, said: &[Said<'_>], found: &mut Found) {
    let mut weigh = |(strictness, by): (Strictness, Option<String>), make: &dyn Fn(Effect) -> Finding| {
        let effect = match strictness {
            Strictness::Accept => Effect::Passes,
            Strictness::Warn => Effect::Warns,
            Strictness::Hold => Effect::Waits,
        };
        let by = by.filter(|_| effect == Effect::Waits);
        found.add(make(effect).voucher(by));
    };
    for one in said.iter().filter(|one| matches!(one.how, How::Catalogue(Basis::NameOnly))) {
        let model = one.of;
        weigh(case.policies.strictness(|spec| spec.licenses.by_name), &|effect| {
            let (sentence, remedy) = sentence::identity::by_name(model);
            finding(Reason::LicenseByName, effect, model, sentence).remedy(remedy).by_catalogue()
        });
    }
    if let Some(one) = said.iter().find(|one| matches!(one.how, How::Author)) {
        let model = one.of;
        weigh(case.policies.strictness(|spec| spec.licenses.claims), &|effect| {
            let (sentence, remedy) = sentence::identity::claimed(case, model);
            finding(Reason::LicenseClaimed, effect, model, sentence).remedy(remedy)
        });
    }
}

fn how_words(how: &How<'_>) -> String {
    match how {
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
