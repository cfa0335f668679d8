//! Which licence a repository's model carries, and how that is known.
//!
//! An exact name beats the beginning of one, the longest beginning wins, case does not matter. The same name under
//! several texts is told apart by the commit, or by the day that the commit is of; where no revision is pinned, a text
//! that no longer stands there loses, and so does one that another of them replaced. What is still tied stays ambiguous.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::load::LoadError;
use super::words::{Hub, Modality, YesNo};

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
    /// The first day on which this text stood there. On the day of a change both texts may be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day on which this text stood there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// This text no longer stands there; since when is not on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<YesNo>,
}

impl Known {
    fn stands_today(&self) -> bool {
        self.until.is_none() && self.replaced != Some(YesNo::Yes)
    }

    fn stands_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
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
    /// The first day on which this text stood there.
    pub from: Option<Date>,
    /// The last day on which this text stood there.
    pub until: Option<Date>,
}

/// Which state of a repository is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pin<'a> {
    /// Commit, tag or branch.
    pub revision: Option<&'a str>,
    /// Day of the commit, where that is known.
    pub day: Option<Date>,
}

impl<'a> Pin<'a> {
    /// A revision, with the day that it gives by its own name, if it does: a tag such as `2024-05-30`.
    #[must_use]
    pub fn new(revision: Option<&'a str>) -> Self {
        const DAY_CHARS: usize = 10;
        let day = revision.filter(|text| text.len() == DAY_CHARS).and_then(|text| text.parse().ok());
        Self { revision, day }
    }

    /// With the day of the commit, where somebody knows it.
    #[must_use]
    pub fn on(self, day: Option<Date>) -> Self {
        Self { day: day.or(self.day), ..self }
    }

    /// Whether one state is meant, and not whatever stands there today.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.day.is_some() || self.revision.is_some_and(|revision| revision != "main" && revision != "master")
    }
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
    by_license: HashMap<String, Vec<usize>>,
}

impl Families {
    pub(super) fn new(families: Vec<Family>, none: Vec<NoEntry>) -> Result<Self, LoadError> {
        let mut index = Self::default();
        for (f, family) in families.iter().enumerate() {
            index.by_license.entry(family.license.clone()).or_default().push(f);
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

    /// Every name under several texts has one that wins where no revision is pinned; every licence is there.
    pub(super) fn hold<'a>(
        &'a self,
        there: impl Fn(&str) -> bool,
        replaced_by: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<(), LoadError> {
        if let Some(family) = self.families.iter().find(|family| !there(&family.license)) {
            return Err(LoadError::Dangling { from: family.name.clone(), id: family.license.clone() });
        }
        for ((_, name), rows) in self.exact.iter().chain(&self.prefixes) {
            let texts: Vec<&str> = rows.iter().filter_map(|row| self.member(*row)).map(|m| m.license).collect();
            let none = texts.len() < rows.len() && rows.len() > 1;
            if none || self.told(rows, Pin::default(), &replaced_by).len() > 1 {
                return Err(LoadError::Overlap { name: name.clone(), licenses: texts.join(", ") });
            }
        }
        Ok(())
    }

    /// All families.
    #[must_use]
    pub fn all(&self) -> &[Family] {
        &self.families
    }

    /// The families under a licence.
    pub fn under(&self, license: &str) -> impl Iterator<Item = &Family> {
        self.by_license.get(license).into_iter().flatten().filter_map(|family| self.families.get(*family))
    }

    /// How a publisher is spelt that has models here.
    #[must_use]
    pub fn publisher(&self, name: &str) -> Option<&str> {
        let known = self.families.iter().flat_map(|family| &family.known);
        let names = known.flat_map(|known| known.repos.iter().chain(&known.prefixes));
        names.filter_map(|name| name.split('/').next()).find(|publisher| publisher.eq_ignore_ascii_case(name))
    }

    /// Repositories known to have no entry.
    #[must_use]
    pub fn without_entry(&self) -> &[NoEntry] {
        &self.none
    }

    fn known(&self, row: Row) -> Option<(&Family, &Known)> {
        let Row::Family { family, known } = row else {
            return None;
        };
        let family = self.families.get(family)?;
        Some((family, family.known.get(known)?))
    }

    fn member(&self, row: Row) -> Option<Membership<'_>> {
        let (family, known) = self.known(row)?;
        Some(Membership {
            license: &family.license,
            basis: known.basis,
            family: &family.name,
            modality: family.modality,
            from: known.from,
            until: known.until,
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
        // A name that is the whole of a beginning belongs to it: `Qwen2.5-VL-72B` to `Qwen2.5-VL-72B-`.
        key.1.push('-');
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
        pin: Pin<'_>,
        replaced_by: impl Fn(&str) -> Option<&'a str>,
    ) -> Identified<'a> {
        let rows = self.rows(hub, repo);
        if let Some(Row::None(entry)) = rows.iter().find(|row| matches!(row, Row::None(_))) {
            return Identified::Unknown { why: self.none.get(*entry).map(|entry| entry.why.as_str()) };
        }
        let mut candidates = self.told(rows, pin, &replaced_by);
        candidates.sort_by_key(|candidate| (candidate.from, candidate.license));
        match candidates.as_slice() {
            [] => Identified::Unknown { why: None },
            [only] => Identified::Known(*only),
            _ => Identified::Ambiguous { candidates },
        }
    }

    /// The texts that may be meant: told apart by commit, then by day; unpinned, by which of them stands today.
    fn told<'a>(
        &'a self,
        rows: &[Row],
        pin: Pin<'_>,
        replaced_by: &impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<Membership<'a>> {
        let which = |stands: &dyn Fn(&Known) -> bool| -> Vec<Membership<'a>> {
            let rows = rows.iter().filter(|row| self.known(**row).is_some_and(|(_, known)| stands(known)));
            rows.filter_map(|row| self.member(*row)).collect()
        };
        let all = which(&|_| true);
        if all.len() < 2 {
            return all;
        }
        if !pin.is_fixed() {
            let mut today = which(&Known::stands_today);
            if today.is_empty() {
                today.clone_from(&all);
            }
            let among = today.clone();
            today.retain(|candidate| !replaced_within(candidate.license, &among, replaced_by));
            return today;
        }
        let at = |revision: &str| which(&|known| known.revisions.iter().any(|commit| same_commit(commit, revision)));
        let by_commit = pin.revision.map(at).unwrap_or_default();
        if !by_commit.is_empty() {
            return by_commit;
        }
        // Before the first day on record, any of them may have stood there.
        let on_day = pin.day.map(|day| which(&|known| known.stands_on(day))).unwrap_or_default();
        if on_day.is_empty() { all } else { on_day }
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
