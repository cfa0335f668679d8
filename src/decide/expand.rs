//! From a licence's id to the texts that decide: terms of the organisation's own first, then the catalogue's;
//! combinations followed to their members.

use crate::{catalog::license::License, facts::Fact, manifest::model_license::ModelLicenseSpec};

use super::{case::Case, identity::Layer};

/// Most entries that one combination is followed through, however objects nest them.
const MAX_ENTRIES: usize = 64;

/// What an id stands for.
#[derive(Debug, Default)]
pub(super) struct Expanded<'a> {
    /// The licences that decide, in the order of the combination.
    pub layers: Vec<Layer<'a>>,
    /// What could not be followed.
    pub missing: Vec<Missing<'a>>,
    /// Entries and objects used: kind, name, hash.
    pub used: Vec<(&'static str, &'a str, &'a str)>,
}

/// A part that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing<'a> {
    /// No entry has this id.
    NoEntry(&'a str),
    /// The base model decides which licence applies, and the manifest does not name one that the entry knows.
    BaseModel(&'a str),
    /// A member that is not understood, or more of them than are followed.
    NotUnderstood(&'a str),
}

/// A licence by id: an object's terms that override, then the catalogue's, then an object's that add.
pub(super) fn license<'a>(case: &Case<'a>, id: &str) -> Option<(&'a License, Option<&'a Fact<ModelLicenseSpec>>)> {
    let built_in = case.facts.catalog.license(id);
    let object = case.facts.licenses.iter().copied().find_map(|object| {
        let terms = object.spec.terms.as_ref().filter(|terms| terms.id == id)?;
        (object.spec.overrides || built_in.is_none()).then_some((terms, Some(object)))
    });
    object.or_else(|| built_in.map(|license| (license, None)))
}

/// Follows an id to the licences that decide.
pub(super) fn expand<'a>(case: &Case<'a>, id: &'a str, bases: &[&str]) -> Expanded<'a> {
    let mut expanded = Expanded::default();
    let mut seen = Vec::new();
    follow(case, id, bases, &mut Vec::new(), &mut seen, &mut expanded);
    expanded
}

fn follow<'a>(
    case: &Case<'a>,
    id: &'a str,
    bases: &[&str],
    path: &mut Vec<&'a str>,
    seen: &mut Vec<&'a str>,
    expanded: &mut Expanded<'a>,
) {
    if seen.contains(&id) {
        return;
    }
    if seen.len() >= MAX_ENTRIES {
        expanded.missing.push(Missing::NotUnderstood(id));
        return;
    }
    seen.push(id);
    let Some((license, object)) = license(case, id) else {
        expanded.missing.push(Missing::NoEntry(id));
        return;
    };
    if let Some(object) = object {
        expanded.used.push(("ModelLicense", &object.name, &object.hash));
    } else {
        let hash = case.facts.catalog.license_hash(id).unwrap_or_default();
        expanded.used.push(("catalogue license", &license.id, hash));
    }
    path.push(&license.id);
    if license.all_of.is_empty() {
        expanded.layers.push(Layer { license, ids: path.clone(), by_name: false, modality: None });
    }
    for member in &license.all_of {
        match (&member.license, &member.policy, member.own, member.by_base_model.as_slice()) {
            (Some(member), None, None, []) => follow(case, member, bases, path, seen, expanded),
            // A policy's bans are the combination's own conditions.
            (None, Some(_), None, []) | (None, None, Some(_), []) => {
                if !expanded.layers.iter().any(|layer| std::ptr::eq(layer.license, license)) {
                    expanded.layers.push(Layer { license, ids: path.clone(), by_name: false, modality: None });
                }
            }
            (None, None, None, patterns @ [_, ..]) => {
                let mut hit = false;
                // A publisher's own name may say the base, as the naming rules of some texts ask.
                for base in case.names.iter().chain(bases) {
                    if let Some(pattern) = patterns.iter().find(|pattern| pattern.fits(base)) {
                        hit = true;
                        follow(case, &pattern.license, bases, path, seen, expanded);
                    }
                }
                if !hit {
                    expanded.missing.push(Missing::BaseModel(&license.id));
                }
            }
            _ => expanded.missing.push(Missing::NotUnderstood(&license.id)),
        }
    }
    path.pop();
}
