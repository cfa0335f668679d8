//! Which model, and which licences apply to it, layer by layer.
//!
//! Evidence in order of trust: a ModelLicense of the organisation, the catalogue by hub, repository and revision, the
//! author's own word. A weaker word never replaces a stronger one; where they differ both apply, and so do the licences
//! of every base model and adapter: conjunction, never a choice. Nothing found is a missing text, not a permission.

use crate::{
    catalog::{
        Basis, Identified, Membership, Pin,
        license::License,
        words::{Hub, Modality},
    },
    facts::metadata::Metadata,
    manifest::{model_license::ModelLicenseSpec, source::Source},
};

use super::{
    Effect, Finding, Identity,
    case::{Case, Found, fits},
    declared,
    descent::{self, Left, Walk},
    expand,
    relatives::{self, Relative, bare},
    requant::{self, Origin},
    sentence, vouch,
};

/// The model, resolved.
#[derive(Debug, Default)]
pub(super) struct Model<'a> {
    /// For status and tables.
    pub identity: Identity,
    /// The licences that decide.
    pub layers: Vec<Layer<'a>>,
    /// Names of the model, its bases and adapters, where a licence of theirs is known.
    pub of: Vec<&'a str>,
    /// Every model that it was made from or runs with, known or not, and how it is related.
    pub relatives: Vec<Relative<'a>>,
    /// The known model that its name points to, where nobody says anything of its licence.
    pub unsaid: Option<Origin<'a>>,
    /// The choice that `spec.model.license` leaves, and that nobody made.
    pub choice: Option<&'a str>,
}

/// One licence that decides.
#[derive(Clone, Debug)]
pub(super) struct Layer<'a> {
    /// The licence.
    pub license: &'a License,
    /// Its id, and those of the combinations that led to it: a record covers the layer by any of them.
    pub ids: Vec<&'a str>,
    /// Whether nothing but a repository's name led to it.
    pub by_name: bool,
    /// What the models that brought it take in and give out, where known.
    pub modality: Option<Modality>,
}

/// Names of the model: the repository in its address, then the name that the author writes.
pub(super) fn names<'a>(source: &'a Source, written: Option<&'a str>) -> Vec<&'a str> {
    let repository = source.repository().map(|(_, name)| name);
    let written = written.filter(|name| repository.is_none_or(|repo| !repo.eq_ignore_ascii_case(name)));
    repository.into_iter().chain(written).collect()
}

/// A licence that somebody says applies, and how that is known.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    /// The licence.
    pub id: &'a str,
    /// The model, base model or adapter that it is said of.
    pub of: &'a str,
    /// Who says so.
    pub how: How<'a>,
    /// What the model takes in and gives out, where known.
    pub modality: Option<Modality>,
    /// What else says the same: a file of the model, a record, a ModelLicense.
    pub borne_out: Option<String>,
}

impl<'a> Said<'a> {
    /// Said, and nothing else known.
    pub(super) fn new(id: &'a str, of: &'a str, how: How<'a>) -> Self {
        Self { id, of, how, modality: None, borne_out: None }
    }
}

/// Who says that a licence applies.
#[derive(Clone, Copy, Debug)]
pub(super) enum How<'a> {
    /// A ModelLicense.
    Object(&'a str),
    /// The catalogue.
    Catalogue(Basis),
    /// The author of the manifest.
    Author,
    /// A file of the model.
    Files(&'a str),
}

impl How<'_> {
    /// Whether a person of the organisation says so.
    pub(super) fn by_person(self) -> bool {
        matches!(self, Self::Object(_) | Self::Author)
    }
}

/// The licence that is said, the members that it expands to, and the combinations on the way.
pub(super) fn names_of<'a>(case: &Case<'a>, said: &Said<'a>, bases: &[&str]) -> Vec<&'a str> {
    let layers = expand::expand(case, said.id, bases).layers;
    std::iter::once(said.id).chain(layers.into_iter().flat_map(|layer| layer.ids)).collect()
}

/// Looks the model up, and expands what is found.
pub(super) fn look<'a>(case: &Case<'a>, source: &'a Source, found: &mut Found) -> Model<'a> {
    let written = &case.request.spec.model;
    let pinned = match source {
        Source::Hub { revision, .. } => written.revision.as_deref().or(revision.as_deref()),
        _ => written.revision.as_deref(),
    };
    let of = case.names.first().copied().unwrap_or("the model");
    let files = files(case, of, pinned, found);
    let revision = pinned.or_else(|| files.and_then(|files| files.revision.as_deref()));
    let pin = Pin::new(revision).on(files.and_then(|files| files.date));
    let mut walk = Walk { root: files, revision, line: vec![of], bases: Vec::new(), said: Vec::new() };
    let origin = requant::origin(case, files);
    let (left, choice) = main_model(case, source, pin, &mut walk.said, found);
    // Without its files, a model that is called as its base model is nothing but that.
    let called_as = origin.as_ref().filter(|origin| origin.named && files.is_none() && case.from_hub);
    let left = match (left, called_as) {
        (Left::Unknown(None), Some(origin)) => {
            walk.said.push(Said::new(origin.license, of, How::Author));
            Left::Nothing
        }
        (left, _) => left,
    };
    for (list, kind) in [(&written.base_models, "base model"), (&written.adapters, "adapter")] {
        for name in relatives::in_order(list) {
            let pin = Pin::new(name.split_once('@').map(|(_, revision)| revision));
            let left = relative(case, bare(name), pin, &mut walk.said, found);
            descent::relative_left(case, bare(name), kind, pin, &left, found);
        }
    }
    // Where a ModelLicense overrides, a person has read all that there is.
    match files.filter(|_| !matches!(left, Left::Replaced)) {
        Some(files) => {
            walk.bases(case, of, files, found);
            walk.weigh(case, of, files, 0, &left, found);
        }
        None => match &left {
            Left::Nothing | Left::Replaced => {}
            Left::Ambiguous(list) => found.add(sentence::identity::ambiguous(case, of, list, revision)),
            Left::Unknown(why) => {
                found.add(sentence::identity::unknown(case, written.license.as_deref(), *why, origin.as_ref()));
            }
        },
    }
    let bases = walk.base_names(case);
    let origin = origin.filter(|_| !matches!(left, Left::Replaced));
    let relatives = relatives::list(case, &walk.said, &bases, origin.as_ref());
    if let Some(origin) = &origin {
        requant::weigh(case, origin, &mut walk, &bases, found);
    }
    vouch::bear_out(case, &mut walk, found);
    let nobody_says = matches!(left, Left::Unknown(None)) && walk.said.is_empty() && bases.is_empty();
    let model = Model { choice: written.license.as_deref().filter(|_| choice), ..layers(case, &walk, found) };
    let others = walk.said.iter().map(|said| said.of).filter(|name| !case.names.contains(name));
    let names = case.names.iter().copied().chain(others).collect();
    vouch::weak(case, &walk.said, found);
    Model {
        identity: Identity {
            name: case.names.first().map(|name| (*name).to_owned()),
            revision: revision.map(str::to_owned),
            licenses: model.layers.iter().map(|l| (l.license.id.clone(), l.license.short.clone())).collect(),
            known_by: walk.said.first().map(|said| vouch::known_by(said, of)).unwrap_or_default(),
        },
        of: names,
        relatives,
        unsaid: origin.filter(|_| nobody_says),
        ..model
    }
}

/// The model's own files, where they are of the revision that is asked for.
fn files<'a>(case: &Case<'a>, of: &str, pinned: Option<&str>, found: &mut Found) -> Option<&'a Metadata> {
    let fact = case.facts.metadata?;
    let other = match (pinned, fact.spec.revision.as_deref()) {
        (Some(pinned), Some(read)) => is_commit(pinned) && is_commit(read) && !same_commit(pinned, read),
        _ => false,
    };
    if other {
        let read = fact.spec.revision.as_deref().unwrap_or_default();
        found.add(sentence::descent::other_revision(of, read, pinned.unwrap_or_default()));
        return None;
    }
    found.uses("model files", of, &fact.hash);
    Some(&fact.spec)
}

fn is_commit(revision: &str) -> bool {
    (7..=64).contains(&revision.len()) && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn same_commit(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    one.get(..length).zip(other.get(..length)).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Expands all that was said into the licences that decide.
fn layers<'a>(case: &Case<'a>, walk: &Walk<'a>, found: &mut Found) -> Model<'a> {
    let base_names = walk.base_names(case);
    let mut model = Model::default();
    for one in &walk.said {
        let expanded = expand::expand(case, one.id, &base_names);
        for (kind, name, hash) in expanded.used {
            found.uses(kind, name, hash);
        }
        for finding in expanded.missing.iter().map(|missing| sentence::identity::incomplete(one.id, missing)) {
            found.add(finding);
        }
        let by_name = matches!(one.how, How::Catalogue(Basis::NameOnly)) && one.borne_out.is_none();
        let modality = relatives::modality_of(&walk.said, one.of);
        for layer in expanded.layers {
            match model.layers.iter_mut().find(|known| std::ptr::eq(known.license, layer.license)) {
                Some(known) => {
                    known.ids.extend(layer.ids);
                    known.by_name &= by_name;
                    known.modality = relatives::widest([known.modality, modality]);
                }
                None => model.layers.push(Layer { by_name, modality, ..layer }),
            }
        }
    }
    model
}

/// What refuses by one of several licences says which they are: the card may name another. What refuses by a licence
/// that is known by name alone says that.
pub(super) fn say_how_found(model: &Model<'_>, found: &mut Found) {
    let by_text = |finding: &&mut Finding| finding.effect == Effect::Refuses && finding.source.is_some();
    for finding in found.findings.iter_mut().filter(by_text) {
        let layer = model.layers.iter().find(|layer| layer.license.short == finding.about);
        // A combination's own terms stand for the licences that it brings.
        let brought = |layer: &Layer<'_>| {
            let by = |other: &Layer<'_>| {
                !std::ptr::eq(other.license, layer.license) && layer.ids.contains(&&*other.license.id)
            };
            model.layers.iter().any(by)
        };
        let all = model.layers.iter().filter(|layer| !brought(layer)).map(|layer| layer.license.short.clone());
        let all: Vec<String> = all.collect();
        if all.len() > 1 && layer.is_some() {
            finding.sentence = sentence::identity::refuses_among(&finding.sentence, &all, model.choice);
            if model.choice.is_some() {
                finding.remedy = Some(sentence::identity::WHO_CHOOSES.into());
            }
        }
        if layer.is_some_and(|layer| layer.by_name) {
            finding.sentence = sentence::identity::refuses_by_name(&finding.sentence);
        }
    }
}

fn main_model<'a>(
    case: &Case<'a>,
    source: &'a Source,
    pin: Pin<'_>,
    said: &mut Vec<Said<'a>>,
    found: &mut Found,
) -> (Left<'a>, bool) {
    let written = &case.request.spec.model;
    let model = case.names.first().copied().unwrap_or("the model");
    let named = |spec: &ModelLicenseSpec| spec.models.iter().any(|pattern| case.any_name_fits(pattern));
    let first = |spec: &ModelLicenseSpec| spec.models.iter().any(|pattern| fits(pattern, model));
    let mut replaced = false;
    for object in case.facts.licenses.iter().filter(|object| named(&object.spec)) {
        found.uses("ModelLicense", &object.name, &object.hash);
        let ids = declared::of_object(case, &object.spec.license).into_iter();
        said.extend(ids.map(|id| Said::new(id, model, How::Object(&object.name))));
        replaced |= object.spec.overrides && first(&object.spec);
    }
    if replaced {
        return (Left::Replaced, false);
    }
    let by_object = !said.is_empty();
    let catalog = case.facts.catalog;
    let looked_up = case.names.first().map(|name| match source.repository() {
        Some((hub, _)) => (identify(case, hub, name, pin), false),
        None => (catalog.identify_at(Hub::HuggingFace, name, pin), true),
    });
    let second = case.names.get(1).map(|name| catalog.identify_at(Hub::HuggingFace, name, pin));
    let looked_up = match (looked_up, second) {
        (Some((Identified::Unknown { why }, _)), Some(Identified::Unknown { why: other })) => {
            Some((Identified::Unknown { why: why.or(other) }, true))
        }
        (Some((Identified::Unknown { .. }, _)), Some(known)) => Some((known, true)),
        (other, _) => other,
    };
    let known = looked_up.iter().filter_map(|(identified, _)| match identified {
        Identified::Known(member) => Some(member.license),
        Identified::Ambiguous { .. } | Identified::Unknown { .. } => None,
    });
    let chosen: Vec<&str> = said.iter().map(|one| one.id).chain(known).collect();
    let author = written.license.as_deref().map(|word| (word, declared::written(case, word, &chosen)));
    let (word, author) = author.unwrap_or_default();
    let choice = author.choice;
    if choice {
        found.add(sentence::descent::author_choice(model, word));
    }
    let author = author.licenses;
    let left = match looked_up {
        Some((Identified::Known(member), claimed)) => {
            let how = if claimed { How::Author } else { How::Catalogue(member.basis) };
            if let Some(Identified::Known(other)) =
                case.names.get(1).map(|name| catalog.identify(Hub::HuggingFace, name, None))
            {
                said.push(Said::new(other.license, model, How::Author));
            }
            said.push(Said { modality: member.modality, ..Said::new(member.license, model, how) });
            for license in author.iter().filter(|license| license.id != member.license) {
                said.push(Said::new(&license.id, model, How::Author));
                let known = said.iter().filter(|one| !matches!(one.how, How::Author));
                let known: Vec<&str> = known.map(|one| one.id).collect();
                if !known.is_empty() && !known.contains(&license.id.as_str()) {
                    found.add(sentence::descent::author_differs(case, model, license, &known));
                }
            }
            Left::Nothing
        }
        Some((Identified::Ambiguous { candidates }, _)) => {
            let one_of = |id: &str| candidates.iter().any(|candidate| candidate.license == id);
            let picked = author.first().filter(|license| author.len() == 1 && one_of(&license.id));
            match picked {
                _ if said.iter().any(|one| one_of(one.id)) => Left::Nothing,
                // The author's word alone does not pick the text; with a record of the Licensee it does.
                Some(license) => {
                    let claim = Said::new(&license.id, model, How::Author);
                    match vouch::evidence(case, &claim, &[&license.id], found) {
                        Some(_) => {
                            said.push(claim);
                            Left::Nothing
                        }
                        None => Left::Ambiguous(candidates),
                    }
                }
                None => Left::Ambiguous(candidates),
            }
        }
        _ if !author.is_empty() => {
            said.extend(author.iter().map(|license| Said::new(&license.id, model, How::Author)));
            Left::Nothing
        }
        _ if by_object => Left::Nothing,
        Some((Identified::Unknown { why }, _)) => Left::Unknown(why),
        None => Left::Unknown(None),
    };
    (left, choice)
}

/// By hub and name; the same name on the other hub is a name and no more.
fn identify<'a>(case: &Case<'a>, hub: Hub, name: &str, pin: Pin<'_>) -> Identified<'a> {
    let catalog = case.facts.catalog;
    match (hub, catalog.identify_at(hub, name, pin)) {
        (Hub::ModelScope, Identified::Unknown { why }) => match catalog.identify_at(Hub::HuggingFace, name, pin) {
            Identified::Known(member) => Identified::Known(Membership { basis: Basis::NameOnly, ..member }),
            Identified::Unknown { why: other } => Identified::Unknown { why: why.or(other) },
            ambiguous @ Identified::Ambiguous { .. } => ambiguous,
        },
        (_, known) => known,
    }
}

/// A base model or an adapter: its licence applies as well.
pub(super) fn relative<'a>(
    case: &Case<'a>,
    name: &'a str,
    pin: Pin<'_>,
    said: &mut Vec<Said<'a>>,
    found: &mut Found,
) -> Left<'a> {
    let object = case.facts.licenses.iter().find(|object| object.spec.models.iter().any(|p| fits(p, name)));
    if let Some(object) = object {
        found.uses("ModelLicense", &object.name, &object.hash);
        let ids = declared::of_object(case, &object.spec.license).into_iter();
        said.extend(ids.map(|id| Said::new(id, name, How::Object(&object.name))));
        return Left::Nothing;
    }
    match case.facts.catalog.identify_at(Hub::HuggingFace, name, pin) {
        Identified::Known(member) => {
            let how = How::Catalogue(member.basis);
            said.push(Said { modality: member.modality, ..Said::new(member.license, name, how) });
            Left::Nothing
        }
        Identified::Ambiguous { candidates } => Left::Ambiguous(candidates),
        Identified::Unknown { why } => Left::Unknown(why),
    }
}
