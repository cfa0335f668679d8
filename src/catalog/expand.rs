//! Combinations of licences, followed to the licences that decide.

use super::{Catalog, License, license::Member};

/// Most members that one combination is followed to, however objects nest them.
const MAX_MEMBERS: usize = 64;

impl Catalog {
    /// The licences that decide, for an entry: itself, or the members of a combination, followed to the end.
    ///
    /// A combination's summary decides nothing; its own conditions count where it lists `own`. What has no entry, or
    /// hangs on a base model that is not known, is named in [`Expanded::missing`].
    #[must_use]
    pub fn expand(&self, id: &str, base_models: &[&str]) -> Expanded<'_> {
        let mut expanded = Expanded::default();
        let mut queue = vec![id.to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(id) = queue.pop() {
            if seen.contains(&id) {
                continue;
            }
            if seen.len() >= MAX_MEMBERS {
                expanded.missing.push(Missing::TooMany);
                break;
            }
            seen.push(id.clone());
            let Some(license) = self.license(&id) else {
                expanded.missing.push(Missing::NoEntry { id });
                continue;
            };
            if license.all_of.is_empty() {
                expanded.licenses.push(license);
                continue;
            }
            expanded.composites.push(license);
            for member in &license.all_of {
                follow(license, member, base_models, &mut queue, &mut expanded);
            }
        }
        expanded.licenses.sort_by(|one, other| one.id.cmp(&other.id));
        expanded.licenses.dedup_by(|one, other| one.id == other.id);
        expanded
    }
}

/// What a licence id stands for, once combinations are followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expanded<'a> {
    /// The licences that decide, by id.
    pub licenses: Vec<&'a License>,
    /// The combinations on the way, for what they declare and note.
    pub composites: Vec<&'a License>,
    /// What could not be followed.
    pub missing: Vec<Missing>,
}

/// A part of a combination that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No entry has this id.
    NoEntry {
        /// The id.
        id: String,
    },
    /// The base model decides which licence applies, and it is not known.
    BaseModel {
        /// The combination.
        id: String,
        /// The patterns that it knows.
        patterns: Vec<String>,
    },
    /// A member has none of its fields set, or several.
    NotUnderstood {
        /// The combination.
        id: String,
    },
    /// More members than are followed.
    TooMany,
}

fn follow<'a>(
    license: &'a License,
    member: &Member,
    base_models: &[&str],
    queue: &mut Vec<String>,
    expanded: &mut Expanded<'a>,
) {
    match (&member.license, &member.policy, member.own, member.by_base_model.as_slice()) {
        (Some(id), None, None, []) => queue.push(id.clone()),
        // A policy's bans are the combination's own conditions.
        (None, Some(_), None, []) | (None, None, Some(_), []) => expanded.licenses.push(license),
        (None, None, None, [_, ..]) => {
            let patterns = &member.by_base_model;
            let hits = base_models.iter().filter_map(|base| patterns.iter().find(|pattern| pattern.fits(base)));
            let ids: Vec<String> = hits.map(|pattern| pattern.license.clone()).collect();
            if ids.is_empty() {
                let patterns = patterns.iter().map(|pattern| pattern.pattern.clone()).collect();
                expanded.missing.push(Missing::BaseModel { id: license.id.clone(), patterns });
            }
            queue.extend(ids);
        }
        _ => expanded.missing.push(Missing::NotUnderstood { id: license.id.clone() }),
    }
}
