//! Which of several objects of one kind and name counts for a manifest: the one whose folder is nearest. Two in one folder
//! that differ are not chosen between: a cluster keeps whichever is applied last, and nobody can tell which is meant. They
//! count as one object that cannot be read, so that what stands there may still decide.

use std::{collections::BTreeMap, path::Path};

use jiff::Timestamp;

use crate::{
    catalog::Catalog,
    facts::{Fact, Facts, NAMESPACE, Unread, snapshot::Snapshot},
};

use super::{CLUSTER, Owned, Placed};

impl Owned {
    /// The facts for a manifest of this file. `labels` are those of its namespace.
    #[must_use]
    pub fn facts<'a>(
        &'a self,
        file: &str,
        now: Timestamp,
        catalog: &'a Catalog,
        labels: &'a BTreeMap<String, String>,
    ) -> Facts<'a> {
        let mut unread = self.unread.clone();
        // Labels by which an object may select a namespace, where no file holds that.
        for manifest in self.manifests.iter().filter(|manifest| !self.namespaces.contains_key(&manifest.namespace)) {
            add(&mut unread, unknown_labels(&manifest.namespace));
        }
        Facts {
            now,
            catalog,
            namespace_labels: labels,
            licensees: nearest("Licensee", &self.licensees, file, &mut unread),
            policies: nearest("ModelPolicy", &self.policies, file, &mut unread),
            licenses: nearest("ModelLicense", &self.licenses, file, &mut unread),
            runtimes: nearest("InferenceRuntime", &self.runtimes, file, &mut unread),
            metadata: self.metadata.as_ref(),
            waivers: nearest("Waiver", &self.waivers, file, &mut unread),
            unread,
        }
    }

    /// The facts alone, to lay them over others: of two objects of one kind and name in different folders the later.
    #[must_use]
    pub fn into_snapshot(self) -> Snapshot {
        fn last<S>(kind: &str, all: Vec<Placed<S>>, unread: &mut Vec<Unread>) -> Vec<Fact<S>> {
            let bad: Vec<Unread> = all.iter().filter_map(|one| doubled(kind, one, &all)).collect();
            let is_bad = |name: &str| bad.iter().any(|one| one.name.as_deref() == Some(name));
            let named = all.into_iter().filter(|one| !is_bad(&one.fact.name));
            let named: BTreeMap<String, Fact<S>> = named.map(|one| (one.fact.name.clone(), one.fact)).collect();
            for one in bad {
                add(unread, one);
            }
            named.into_values().collect()
        }
        let mut unread = self.unread;
        Snapshot {
            licensees: last("Licensee", self.licensees, &mut unread),
            policies: last("ModelPolicy", self.policies, &mut unread),
            licenses: last("ModelLicense", self.licenses, &mut unread),
            runtimes: last("InferenceRuntime", self.runtimes, &mut unread),
            waivers: last("Waiver", self.waivers, &mut unread),
            unread,
        }
    }
}

/// Of each name the object nearest to the file; one that differs from another in its folder is unread.
fn nearest<'a, S>(kind: &str, all: &'a [Placed<S>], file: &str, unread: &mut Vec<Unread>) -> Vec<&'a Fact<S>> {
    let folder = Path::new(file).parent().unwrap_or_else(|| Path::new(""));
    let shared = |one: &Placed<S>| {
        folder.components().zip(Path::new(&one.folder).components()).take_while(|(a, b)| a == b).count()
    };
    // Of those that share as much, one that stands above the manifest is nearer than one beside it.
    let rank = |one: &Placed<S>| (shared(one), std::cmp::Reverse(Path::new(&one.folder).components().count()));
    let mut chosen: BTreeMap<&str, &Placed<S>> = BTreeMap::new();
    for one in all {
        let keep = chosen.get(one.fact.name.as_str()).is_none_or(|known| rank(one) >= rank(known));
        if keep {
            chosen.insert(&one.fact.name, one);
        }
    }
    let read = |one: &&'a Placed<S>| match doubled(kind, one, all) {
        Some(bad) => {
            add(unread, bad);
            false
        }
        None => true,
    };
    let chosen: Vec<&'a Placed<S>> = chosen.into_values().filter(read).collect();
    chosen.into_iter().map(|one| &one.fact).collect()
}

fn unknown_labels(namespace: &str) -> Unread {
    let why = "its labels are not known".into();
    Unread { kind: NAMESPACE.into(), name: Some(namespace.to_owned()), file: None, why }
}

fn add(unread: &mut Vec<Unread>, one: Unread) {
    if !unread.contains(&one) {
        unread.push(one);
    }
}

/// Where an object of this name and folder stands as well and says something else.
fn doubled<S>(kind: &str, one: &Placed<S>, all: &[Placed<S>]) -> Option<Unread> {
    let of_files = |other: &&Placed<S>| other.file != CLUSTER && other.folder == one.folder;
    let same: Vec<&Placed<S>> = all.iter().filter(of_files).filter(|other| other.fact.name == one.fact.name).collect();
    if one.file == CLUSTER || same.iter().all(|other| other.fact.hash == one.fact.hash) {
        return None;
    }
    let places: Vec<String> = same.iter().map(|other| format!("{}:{}", other.file, other.lines.of(""))).collect();
    Some(Unread {
        kind: kind.to_owned(),
        name: Some(one.fact.name.clone()),
        file: Some(one.file.clone()),
        why: format!("it stands in {}, and they differ", places.join(" and ")),
    })
}
