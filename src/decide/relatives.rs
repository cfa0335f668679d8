//! What a model was made from and what it runs with, as policies and the terms about modality see it.

use std::borrow::Cow;

use crate::catalog::words::Modality;

use super::{
    case::Case,
    identity::{How, Said},
    requant::Origin,
};

/// A model that the one at hand was made from, runs with, or is called as.
#[derive(Clone, Debug)]
pub(super) struct Relative<'a> {
    /// Its repository.
    pub name: Cow<'a, str>,
    /// Whether nothing but a name says so.
    pub by_name: bool,
}

/// The order in which they are written says nothing.
pub(super) fn in_order(written: &[String]) -> Vec<&String> {
    let mut list: Vec<&String> = written.iter().collect();
    list.sort_unstable();
    list
}

/// Every relative: base models that the manifest or files name, adapters, and the model that the name points to.
pub(super) fn list<'a>(
    case: &Case<'a>,
    said: &[Said<'a>],
    bases: &[&'a str],
    origin: Option<&Origin<'a>>,
) -> Vec<Relative<'a>> {
    let adapters = case.request.spec.model.adapters.iter().map(|adapter| bare(adapter));
    let related = bases.iter().copied().chain(adapters).map(|name| Relative { name: name.into(), by_name: false });
    let called = origin.filter(|_| by_word_alone(said, &case.names));
    let called = called.map(|origin| Relative { name: origin.repository.clone(), by_name: true });
    related.chain(called).collect()
}

/// Whether neither the catalogue nor a person of the organisation's own says what the model is.
fn by_word_alone(said: &[Said<'_>], names: &[&str]) -> bool {
    let own = said.iter().filter(|one| names.first().is_some_and(|name| one.of.eq_ignore_ascii_case(name)));
    let mut known = own.filter(|one| matches!(one.how, How::Object(_) | How::Catalogue(_)));
    known.next().is_none()
}

/// What one of the models takes in and gives out. That it takes nothing but text is not the author's to say.
pub(super) fn modality_of(said: &[Said<'_>], of: &str) -> Option<Modality> {
    let of_it = said.iter().filter(|one| one.of.eq_ignore_ascii_case(of));
    let counts = |one: &&Said<'_>| matches!(one.how, How::Catalogue(_)) || one.modality != Some(Modality::Text);
    widest(of_it.filter(counts).map(|one| one.modality))
}

/// A model that takes more than text before one that does not, in any order.
pub(super) fn widest(all: impl IntoIterator<Item = Option<Modality>>) -> Option<Modality> {
    all.into_iter().flatten().max_by_key(|modality| *modality != Modality::Text)
}

/// The repository in a base model or adapter, written with or without a scheme, without its revision.
pub(super) fn bare(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split_once('@').map_or(rest, |(name, _)| name)
}
