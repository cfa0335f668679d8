//! A repository that holds somebody else's model in another form, as its name says. A name proves nothing, and claims
//! nothing for whoever chose it: it tells which text an author's word is held against.

use crate::{
    catalog::{Identified, words::Hub},
    facts::metadata::Metadata,
};

use super::{case::Case, identity::bare};

/// Most models of one name that are looked at.
const MAX_NAMESAKES: usize = 16;

/// The known model that a name points to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// Its repository.
    pub repository: &'a str,
    /// The id of its licence.
    pub license: &'a str,
    /// Whether the manifest or the model's files name it as what the model was made from: its licence counts already.
    pub named: bool,
}

/// The known model that the name of the repository points to: one that is named as the base model before others.
pub(super) fn origin<'a>(case: &Case<'a>, files: Option<&Metadata>) -> Option<Origin<'a>> {
    let name = case.names.first().filter(|_| case.from_hub)?;
    let catalog = case.facts.catalog;
    let written = case.request.spec.model.base_models.iter().map(String::as_str);
    let bases = written.chain(files.into_iter().flat_map(|files| &files.bases).map(|base| base.name.as_str()));
    let bases: Vec<&str> = bases.map(bare).collect();
    let known = catalog.namesakes(name).take(MAX_NAMESAKES).filter_map(|repository| {
        let Identified::Known(member) = catalog.identify(Hub::HuggingFace, repository, None) else { return None };
        let named = bases.iter().any(|base| base.eq_ignore_ascii_case(repository));
        Some(Origin { repository, license: member.license, named })
    });
    let known: Vec<Origin<'a>> = known.collect();
    known.iter().find(|origin| origin.named).or_else(|| known.first()).copied()
}
