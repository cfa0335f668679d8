//! What a word in a model's files means: from a card's tag, a name or an expression to licences.
//!
//! A word is looked up as an id, then as a tag of the hubs. Where several texts carry one tag, the one that is known to
//! apply is meant, then the one that is called like the tag, then the publisher's, then the one that replaced the
//! others; what is still tied is not guessed.

use crate::{
    catalog::license::{License, LicenseKind},
    facts::metadata::{Declared, Wording, read_expression},
};

use super::{case::Case, expand};

/// What one word means.
#[derive(Clone, Debug)]
pub(super) enum Means<'a> {
    /// This licence.
    License(&'a License),
    /// No licence at all: `other` without a name.
    Nothing,
    /// A text that nobody here knows.
    Unknown(String),
    /// Several texts go by this word.
    Several(String, Vec<&'a License>),
}

/// What one file declares.
#[derive(Debug, Default)]
pub(super) struct Meaning<'a> {
    /// What its words mean: all of it applies.
    pub words: Vec<Means<'a>>,
    /// Choices that it leaves and nobody made, as written.
    pub choices: Vec<String>,
}

/// What the words are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a, 'b> {
    /// The case.
    pub case: &'b Case<'a>,
    /// Ids that are known to apply, or one of which does.
    pub known: &'b [&'a str],
    /// Repositories of the model and its bases, for their publishers.
    pub repositories: &'b [&'a str],
    /// Licences that the organisation chose, where a file leaves a choice.
    pub chosen: &'b [&'b str],
}

/// Reads one declaration.
pub(super) fn meaning<'a>(context: Context<'a, '_>, declared: &Declared) -> Meaning<'a> {
    let mut all = Meaning::default();
    let name = declared.name.as_deref();
    let mut named = false;
    for written in &declared.licenses {
        match read_expression(written) {
            Wording::Nothing => match name {
                Some(name) => {
                    named = true;
                    all.words.push(by_name(context, name));
                }
                None => all.words.push(Means::Nothing),
            },
            Wording::Unclear => all.words.push(by_phrase(context, written)),
            Wording::All(clauses) => {
                for clause in clauses {
                    self::clause(context, written, &clause, &mut all);
                }
            }
        }
    }
    // A name beside a licence that needs none says something more, unless it is that licence once again.
    let again = |name: &str| declared.licenses.iter().any(|word| squeeze(name).starts_with(&squeeze(word)));
    if let Some(name) = name.filter(|name| !named && !again(name)) {
        all.words.push(by_name(context, name));
    }
    all
}

/// What an author's words come to.
#[derive(Debug, Default)]
pub(super) struct Written<'a> {
    /// The licences that they name.
    pub licenses: Vec<&'a License>,
    /// Whether they leave a choice that nobody made.
    pub choice: bool,
}

/// What an author writes: an id in any case, a tag that names one text, or an expression of them. All of it applies, and
/// of a choice each branch, unless one of those that are `chosen` is among them; nothing where a part is not known.
pub(super) fn written<'a>(case: &Case<'a>, word: &str, chosen: &[&str]) -> Written<'a> {
    let context = Context { case, known: &[], repositories: &[], chosen: &[] };
    let mut all = Meaning::default();
    match by_word(context, word, None) {
        known @ Means::License(_) => all.words.push(known),
        other => match read_expression(word) {
            Wording::All(clauses) => {
                for one in &clauses {
                    clause(Context { chosen, ..context }, word, one, &mut all);
                }
            }
            Wording::Unclear => all.words.push(by_phrase(context, word)),
            Wording::Nothing => all.words.push(other),
        },
    }
    let license = |word| match word {
        Means::License(license) => Some(license),
        Means::Nothing | Means::Unknown(_) | Means::Several(..) => None,
    };
    let licenses: Option<Vec<&License>> = all.words.into_iter().map(license).collect();
    Written { choice: licenses.is_some() && !all.choices.is_empty(), licenses: licenses.unwrap_or_default() }
}

/// The licences that a ModelLicense says its models are under: an id, or a word or an expression, as authors write them.
pub(super) fn of_object<'a>(case: &Case<'a>, word: &'a str) -> Vec<&'a str> {
    let by_id = expand::license(case, word).is_some();
    let licenses = if by_id { Vec::new() } else { written(case, word, &[]).licenses };
    if licenses.is_empty() { vec![word] } else { licenses.iter().map(|license| license.id.as_str()).collect() }
}

/// The texts that go by a word of the author, where it names several.
pub(super) fn several<'a>(case: &Case<'a>, word: &str) -> Vec<&'a License> {
    let context = Context { case, known: &[], repositories: &[], chosen: &[] };
    let all = [by_word(context, word, None), by_name(context, word)].into_iter();
    let several = all.filter_map(|means| if let Means::Several(_, list) = means { Some(list) } else { None });
    several.max_by_key(Vec::len).unwrap_or_default()
}

fn clause<'a>(context: Context<'a, '_>, written: &str, clause: &[String], all: &mut Meaning<'a>) {
    let mut branches: Vec<Means<'a>> = clause.iter().map(|word| by_word(context, word, None)).collect();
    if branches.len() > 1 {
        let chosen = branches.iter().position(
            |branch| matches!(branch, Means::License(license) if context.chosen.contains(&license.id.as_str())),
        );
        match chosen {
            Some(at) => branches = vec![branches.swap_remove(at)],
            // Nobody chose: what passes is not picked, the terms of each are taken.
            None => all.choices.push(written.to_owned()),
        }
    }
    all.words.append(&mut branches);
}

/// The name that goes with `other`.
fn by_name<'a>(context: Context<'a, '_>, name: &str) -> Means<'a> {
    let dashed: String = name.split_whitespace().collect::<Vec<_>>().join("-");
    match by_tag(context, "other", Some(&dashed)) {
        Means::Unknown(_) => match by_word(context, &dashed, None) {
            Means::Unknown(_) => Means::Unknown(name.to_owned()),
            known => known,
        },
        known => known,
    }
}

/// A title such as "Apache License 2.0" is the id that it is spelled out of.
fn by_phrase<'a>(context: Context<'a, '_>, phrase: &str) -> Means<'a> {
    match spdx::imprecise_license_id(phrase) {
        Some((id, length)) if length == phrase.len() => by_word(context, id.name, None),
        _ => Means::Unknown(phrase.to_owned()),
    }
}

fn by_word<'a>(context: Context<'a, '_>, word: &str, name: Option<&str>) -> Means<'a> {
    let case = context.case;
    let by_id = expand::license(case, word).map(|(license, _)| license);
    let any_case = || case.facts.catalog.license_in_any_case(word);
    match by_id.or_else(any_case) {
        Some(license) => Means::License(license),
        None => by_tag(context, word, name),
    }
}

fn by_tag<'a>(context: Context<'a, '_>, word: &str, name: Option<&str>) -> Means<'a> {
    let catalog = context.case.facts.catalog;
    let carries = |license: &&License| {
        license.tags.iter().any(|tag| {
            tag.license.eq_ignore_ascii_case(word)
                && match (tag.license_name.as_deref(), name) {
                    (Some(known), Some(name)) => squeeze(known) == squeeze(name),
                    (None, None) => true,
                    _ => false,
                }
        })
    };
    let all: Vec<&License> = catalog.tagged(word).filter(carries).collect();
    let (combined, mut plain): (Vec<&License>, Vec<&License>) =
        all.into_iter().partition(|license| license.kind == LicenseKind::Composite);
    let known = |license: &&License| context.known.contains(&license.id.as_str());
    if let Some(license) = plain.iter().copied().find(known) {
        return Means::License(license);
    }
    let wanted = squeeze(name.unwrap_or(word));
    let narrow = |list: &mut Vec<&'a License>, keep: &dyn Fn(&License) -> bool| {
        if list.len() > 1 && list.iter().any(|license| keep(license)) {
            list.retain(|license| keep(license));
        }
    };
    narrow(&mut plain, &|license| squeeze(license.id.trim_start_matches("LicenseRef-")) == wanted);
    narrow(&mut plain, &|license| published_by(context, license));
    let ids: Vec<&str> = plain.iter().map(|license| license.id.as_str()).collect();
    narrow(&mut plain, &|license| license.superseded_by.as_deref().is_none_or(|id| !ids.contains(&id)));
    match (plain.as_slice(), combined.iter().copied().find(known)) {
        ([only], _) => Means::License(only),
        (_, Some(license)) => Means::License(license),
        ([], None) => Means::Unknown(name.unwrap_or(word).to_owned()),
        (several, None) => Means::Several(name.unwrap_or(word).to_owned(), several.to_vec()),
    }
}

/// Whether the licence is one of a publisher whose repository is at hand.
fn published_by(context: Context<'_, '_>, license: &License) -> bool {
    let families = context.case.facts.catalog.families().under(&license.id);
    let mut names =
        families.flat_map(|family| &family.known).flat_map(|known| known.repos.iter().chain(&known.prefixes));
    let organization = |name: &str| name.split('/').next().unwrap_or_default().to_ascii_lowercase();
    names.any(|name| context.repositories.iter().any(|at| at.contains('/') && organization(at) == organization(name)))
}

/// Letters and digits alone, without the words that titles are padded with.
fn squeeze(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|part| !["license", "licence", "the", "agreement", "version"].contains(part)).collect()
}
