//! A repository that holds somebody else's model in another form, as its name says. A name proves nothing, and claims
//! nothing for whoever chose it: it tells which text a word of the author, or of the card, is held against; and where
//! nobody says anything, its terms refuse as those of any licence that is known by name.

use std::borrow::Cow;

use crate::{
    catalog::{
        Basis, Identified,
        license::{Class, License},
        words::{Hub, Modality},
    },
    facts::metadata::Metadata,
};

use super::{
    Effect,
    case::{Case, Found},
    descent::Walk,
    expand,
    identity::{How, Layer, Model, Said},
    license,
    relatives::bare,
    sentence,
};

/// Most models of one name that are looked at.
const MAX_NAMESAKES: usize = 16;

/// The known model that a name points to.
#[derive(Clone, Debug)]
pub(super) struct Origin<'a> {
    /// Its repository.
    pub repository: Cow<'a, str>,
    /// The id of its licence.
    pub license: &'a str,
    /// What it takes in and makes.
    pub modality: Option<Modality>,
    /// Whether the manifest or the model's files name it as what the model was made from: its licence counts already.
    pub named: bool,
}

/// The known model that a name of the model points to: one that is named as the base model before others. A name that
/// the author writes for files on a store or a disk points as well.
pub(super) fn origin<'a>(case: &Case<'a>, files: Option<&Metadata>) -> Option<Origin<'a>> {
    let catalog = case.facts.catalog;
    let written = case.request.spec.model.base_models.iter().map(String::as_str);
    let bases = written.chain(files.into_iter().flat_map(|files| &files.bases).map(|base| base.name.as_str()));
    let bases: Vec<&str> = bases.map(bare).collect();
    let unknown = |name: &&&str| matches!(catalog.identify(Hub::HuggingFace, name, None), Identified::Unknown { .. });
    let names = case.names.iter().filter(unknown);
    let namesakes = names.flat_map(|name| catalog.namesakes(name).take(MAX_NAMESAKES));
    let known = namesakes.filter_map(|repository| {
        let Identified::Known(member) = catalog.identify(Hub::HuggingFace, &repository, None) else { return None };
        // A base model under another spelling of that name is that model.
        let spelt = |base: &str| catalog.namesakes(base).any(|other| other.eq_ignore_ascii_case(&repository));
        let named = bases.iter().any(|base| base.eq_ignore_ascii_case(&repository) || spelt(base));
        Some(Origin { repository, license: member.license, modality: member.modality, named })
    });
    let known: Vec<Origin<'a>> = known.collect();
    let exact = |origin: &&Origin<'_>| bases.iter().any(|base| base.eq_ignore_ascii_case(&origin.repository));
    let named = known.iter().find(exact).or_else(|| known.iter().find(|origin| origin.named));
    named.or_else(|| known.first()).cloned()
}

/// Holds what the author and the files say of a model against the one that its name points to: a word replaces no text.
/// It agrees where it brings every licence there that restricts; a combination's own terms then come with its name.
pub(super) fn weigh<'a>(
    case: &Case<'a>,
    origin: &Origin<'a>,
    walk: &mut Walk<'a>,
    bases: &[&'a str],
    found: &mut Found,
) {
    let Some(model) = case.names.first().copied() else { return };
    let own = |one: &&Said<'a>| one.of.eq_ignore_ascii_case(model);
    let by_word = |one: &&Said<'a>| matches!(one.how, How::Author | How::Files(_));
    let words: Vec<&Said<'a>> = walk.said.iter().filter(own).filter(by_word).collect();
    let known = walk.said.iter().filter(own).any(|one| !by_word(&one));
    if words.is_empty() || known || origin.named {
        return;
    }
    let all = |said: &mut dyn Iterator<Item = &Said<'a>>| -> Vec<&'a License> {
        said.flat_map(|one| expand::expand(case, one.id, bases).layers).map(|layer| layer.license).collect()
    };
    let brought = all(&mut walk.said.iter());
    let has = |license: &License| brought.iter().any(|known| std::ptr::eq(*known, license));
    let there = expand::expand(case, origin.license, bases).layers;
    let restricts = |license: &License| !matches!(license.class, Class::Osi | Class::Permissive);
    let mut texts = there.iter().map(|layer| layer.license).filter(|license| license.all_of.is_empty());
    let missing = texts.clone().any(|license| restricts(license) && !has(license));
    let shares = texts.any(has) || walk.said.iter().any(|one| one.id == origin.license);
    let effect = match (missing, shares) {
        (false, true) => {
            if there.iter().any(|layer| !has(layer.license)) {
                walk.said.push(Said::new(origin.license, model, How::Catalogue(Basis::NameOnly)));
            }
            return;
        }
        (false, false) if !there.iter().any(|layer| restricts(layer.license)) => Effect::Warns,
        _ => Effect::Waits,
    };
    found.add(sentence::descent::claim_differs(case, &words, origin).effect(effect));
}

/// What the licence of the model that the name points to refuses, where nobody says which licence this one is under.
pub(super) fn refuse<'a>(case: &Case<'a>, model: &Model<'a>, found: &mut Found) {
    let (Some(origin), Some(name)) = (&model.unsaid, case.names.first()) else { return };
    let layers = expand::expand(case, origin.license, &[]).layers;
    let layers: Vec<Layer<'a>> =
        layers.into_iter().map(|layer| Layer { by_name: true, modality: origin.modality, ..layer }).collect();
    let mut there = Found::default();
    license::check(case, &Model { layers, ..Model::default() }, &mut there);
    let refuses = there.findings.into_iter().filter(|finding| finding.effect == Effect::Refuses);
    let mut refuses = refuses.peekable();
    if refuses.peek().is_some() {
        found.changes.append(&mut there.changes);
        for input in there.inputs {
            found.uses(input.kind.clone(), &input.name, &input.hash);
        }
    }
    for mut finding in refuses {
        finding.sentence = sentence::identity::refuses_by_origin(&finding.sentence, name, &origin.repository);
        found.add(finding);
    }
}
