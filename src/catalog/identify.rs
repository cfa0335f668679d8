//! Which licence a repository's model carries, and how that is known.
//!
//! An exact name beats the beginning of one, the longest beginning wins, case does not matter. The same name under
//! several texts is told apart by the revision; where no revision is pinned, a text that another one of them replaced
//! loses, and what is still tied stays ambiguous.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::load::LoadError;
use super::words::{Hub, Modality};

/// Models under one licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Family {
    /// As people say it.
    pub name: String,
    /// The licence's id.
    pub license: String,
    /// What the models take in and give out, where it is one for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// For the reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Repositories, by how their licence is known.
    pub known: Vec<Known>,
}

/// Repositories whose licence is known in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Known {
    /// How.
    pub basis: Basis,
    /// Where; Hugging Face when absent.
    #[serde(default = "hugging_face", skip_serializing_if = "is_hugging_face")]
    pub hub: Hub,
    /// Exact names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<String>,
    /// Beginnings of names, each ending in `-` or `/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
    /// Commits of the repository at which this licence is known to stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<String>,
}

fn hugging_face() -> Hub {
    Hub::HuggingFace
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_hugging_face(hub: &Hub) -> bool {
    *hub == Hub::HuggingFace
}

/// How it is known which licence a repository carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// The licence file of the publisher's repository.
    PublishersLicense,
    /// The publisher's README.
    Readme,
    /// The model card.
    Card,
    /// The documentation of an inference engine.
    EngineDocs,
    /// Somebody else says so.
    ThirdParty,
    /// By its name only: nobody looked it up.
    NameOnly,
}

/// Repositories that people deploy and whose text nobody has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoEntry {
    /// Why there is no entry.
    pub why: String,
    /// Exact names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repos: Vec<String>,
    /// Beginnings of names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
}

/// What the catalogue knows about a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identified<'a> {
    /// One licence.
    Known(Membership<'a>),
    /// The same name stood under several texts, and the revision is not one that tells which.
    Ambiguous {
        /// Each text with its family, in the order of their ids.
        candidates: Vec<Membership<'a>>,
    },
    /// Nothing is known, or it is known that nobody has read the text.
    Unknown {
        /// Why there is no entry, where that is on record.
        why: Option<&'a str>,
    },
}

/// A repository as a member of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership<'a> {
    /// The licence's id.
    pub license: &'a str,
    /// How that is known.
    pub basis: Basis,
    /// The family's name.
    pub family: &'a str,
    /// What the model takes in and gives out, where the family has one for all.
    pub modality: Option<Modality>,
}

/// Longest repository name that is looked up, in bytes: hubs allow 96 for each of its two parts.
const MAX_REPO_BYTES: usize = 256;

#[derive(Clone, Copy, Debug)]
enum Row {
    Family { family: usize, known: usize },
    None(usize),
}

/// Families, indexed by name.
#[derive(Clone, Debug, Default)]
pub struct Families {
    families: Vec<Family>,
    none: Vec<NoEntry>,
    exact: HashMap<(Hub, String), Vec<Row>>,
    prefixes: HashMap<(Hub, String), Vec<Row>>,
}

impl Families {
    pub(super) fn new(families: Vec<Family>, none: Vec<NoEntry>) -> Result<Self, LoadError> {
        let mut index = Self::default();
        for (f, family) in families.iter().enumerate() {
            for (k, known) in family.known.iter().enumerate() {
                let row = Row::Family { family: f, known: k };
                add(&mut index.exact, known.hub, &known.repos, row);
                add(&mut index.prefixes, known.hub, &known.prefixes, row);
            }
        }
        for (n, entry) in none.iter().enumerate() {
            add(&mut index.exact, Hub::HuggingFace, &entry.repos, Row::None(n));
            add(&mut index.prefixes, Hub::HuggingFace, &entry.prefixes, Row::None(n));
        }
        index.families = families;
        index.none = none;
        for ((_, name), rows) in index.exact.iter().chain(&index.prefixes) {
            let mut seen: Vec<&str> = Vec::new();
            for row in rows {
                let id = index.member(*row).map_or("no entry", |member| member.license);
                if seen.contains(&id) {
                    return Err(LoadError::Duplicate { kind: "family member", id: format!("{name} ({id})") });
                }
                seen.push(id);
            }
        }
        Ok(index)
    }

    /// All families.
    #[must_use]
    pub fn all(&self) -> &[Family] {
        &self.families
    }

    /// Repositories known to have no entry.
    #[must_use]
    pub fn without_entry(&self) -> &[NoEntry] {
        &self.none
    }

    fn member(&self, row: Row) -> Option<Membership<'_>> {
        let Row::Family { family, known } = row else {
            return None;
        };
        let family = self.families.get(family)?;
        Some(Membership {
            license: &family.license,
            basis: family.known.get(known)?.basis,
            family: &family.name,
            modality: family.modality,
        })
    }

    fn rows(&self, hub: Hub, repo: &str) -> &[Row] {
        if repo.len() > MAX_REPO_BYTES {
            return &[];
        }
        let mut key = (hub, repo.to_ascii_lowercase());
        if let Some(rows) = self.exact.get(&key) {
            return rows;
        }
        while let Some(at) = key.1.rfind(['-', '/']) {
            key.1.truncate(at + 1);
            if let Some(rows) = self.prefixes.get(&key) {
                return rows;
            }
            key.1.truncate(at);
        }
        &[]
    }

    /// What is known about a repository. `replaced_by` gives the entry that replaced a licence.
    pub(super) fn identify<'a>(
        &'a self,
        hub: Hub,
        repo: &str,
        revision: Option<&str>,
        replaced_by: impl Fn(&str) -> Option<&'a str>,
    ) -> Identified<'a> {
        let rows = self.rows(hub, repo);
        if let Some(Row::None(entry)) = rows.iter().find(|row| matches!(row, Row::None(_))) {
            return Identified::Unknown { why: self.none.get(*entry).map(|entry| entry.why.as_str()) };
        }
        let mut candidates: Vec<Membership<'a>> = rows.iter().filter_map(|row| self.member(*row)).collect();
        let pinned = revision.filter(|revision| *revision != "main" && *revision != "master");
        if candidates.len() > 1 {
            if let Some(revision) = pinned {
                let told =
                    rows.iter().filter(|row| self.stands_at(**row, revision)).filter_map(|row| self.member(*row));
                let told: Vec<Membership<'a>> = told.collect();
                if !told.is_empty() {
                    candidates = told;
                }
            } else {
                let all = candidates.clone();
                candidates.retain(|candidate| !replaced_within(candidate.license, &all, &replaced_by));
            }
        }
        candidates.sort_by_key(|candidate| candidate.license);
        match candidates.as_slice() {
            [] => Identified::Unknown { why: None },
            [only] => Identified::Known(*only),
            _ => Identified::Ambiguous { candidates },
        }
    }

    fn stands_at(&self, row: Row, revision: &str) -> bool {
        let Row::Family { family, known } = row else {
            return false;
        };
        let known = self.families.get(family).and_then(|family| family.known.get(known));
        known.is_some_and(|known| known.revisions.iter().any(|commit| same_commit(commit, revision)))
    }
}

/// Whether a licence was replaced, at whatever remove, by one of the candidates.
fn replaced_within<'a>(
    license: &'a str,
    candidates: &[Membership<'a>],
    replaced_by: &impl Fn(&str) -> Option<&'a str>,
) -> bool {
    const MAX_STEPS: usize = 16; // a bound on chains of replacements, so that a cycle in an override ends
    let mut next = replaced_by(license);
    for _ in 0..MAX_STEPS {
        let Some(id) = next else { return false };
        if id != license && candidates.iter().any(|candidate| candidate.license == id) {
            return true;
        }
        next = replaced_by(id);
    }
    false
}

/// Commits are the same when the shorter, of at least seven digits, begins the longer.
fn same_commit(one: &str, other: &str) -> bool {
    const MIN_DIGITS: usize = 7;
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= MIN_DIGITS && long.get(..short.len()).is_some_and(|head| head.eq_ignore_ascii_case(short))
}

fn add(index: &mut HashMap<(Hub, String), Vec<Row>>, hub: Hub, names: &[String], row: Row) {
    for name in names {
        index.entry((hub, name.to_ascii_lowercase())).or_default().push(row);
    }
}
