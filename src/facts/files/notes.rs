//! What is said of files besides the decisions: what is wrong in facts, what counts for nothing, what stands twice.

use std::collections::BTreeMap;

use crate::{
    catalog::Catalog,
    facts::{Fact, Unread, lines::Lines},
    manifest::{Reason, shape, waiver::WaiverSpec},
};

use super::{CLUSTER, Manifest, Note, Owned, Placed};

impl Owned {
    /// How many objects of all kinds were read, or could not be.
    #[must_use]
    pub fn count(&self) -> usize {
        let facts = self.licensees.len() + self.policies.len() + self.licenses.len() + self.runtimes.len();
        let others = self.waivers.len() + self.namespaces.len() + self.nodes.len() + self.unreadable.len();
        facts + others + self.manifests.len()
    }

    /// What is wrong in the objects of the legal and platform teams.
    #[must_use]
    pub fn problems(&self, catalog: &Catalog) -> Vec<Note> {
        let mut all = Vec::new();
        let mut note = |(file, lines): (&str, &Lines), object: String, problems: Vec<shape::ShapeProblem>| {
            all.extend(problems.into_iter().map(|problem| Note {
                file: file.to_owned(),
                line: lines.of(&problem.field),
                object: object.clone(),
                reason: problem.reason,
                sentence: format!("{} {}", problem.sentence, problem.remedy),
            }));
        };
        for one in &self.licensees {
            let object = format!("Licensee/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::licensee_problems(&one.fact.spec, catalog));
        }
        for one in &self.policies {
            let object = format!("ModelPolicy/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::policy_problems(&one.fact.spec, catalog));
        }
        for one in &self.licenses {
            let object = format!("ModelLicense/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::license_problems(&one.fact.spec, catalog));
        }
        for one in &self.runtimes {
            let object = format!("InferenceRuntime/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::runtime_problems(&one.fact.name, &one.fact.spec, catalog));
        }
        for one in &self.waivers {
            let object = format!("Waiver/{}", one.fact.name);
            note((&one.file, &one.lines), object, shape::waiver_problems(&one.fact.spec, one.fact.created));
        }
        all.extend(self.unread_waivers());
        all.extend(self.doubled());
        all.extend(doubled_facts("Licensee", &self.licensees));
        all.extend(doubled_facts("ModelPolicy", &self.policies));
        all.extend(doubled_facts("ModelLicense", &self.licenses));
        all.extend(doubled_facts("InferenceRuntime", &self.runtimes));
        all.extend(doubled_facts("Waiver", &self.waivers));
        all
    }

    /// Waivers of a cluster that cannot be read: no decision waits for one, and nobody would hear of it.
    fn unread_waivers(&self) -> impl Iterator<Item = Note> {
        let named = |unread: &&Unread| unread.kind == "Waiver" && unread.name.is_some();
        self.unread.iter().filter(named).filter_map(|unread| {
            let object = format!("Waiver/{}", unread.name.as_deref().unwrap_or_default());
            // One of a file is listed with what cannot be read.
            let of_a_file = self.unreadable.iter().any(|one| one.object == object);
            let sentence = format!("It cannot be read ({}), and so it lets nothing pass.", unread.why);
            let note = Note { file: CLUSTER.into(), line: 1, object, reason: Reason::WaiverVoid, sentence };
            (!of_a_file).then_some(note)
        })
    }

    /// Manifests that the files hold more than once.
    fn doubled(&self) -> Vec<Note> {
        let mut by_name: BTreeMap<(&str, &str), Vec<&Manifest>> = BTreeMap::new();
        for one in &self.manifests {
            by_name.entry((&one.namespace, &one.name)).or_default().push(one);
        }
        let note = |((namespace, name), all): ((&str, &str), Vec<&Manifest>)| {
            let (first, others) = all.split_first().filter(|(_, others)| !others.is_empty())?;
            let places: Vec<String> =
                others.iter().map(|other| format!("{}:{}", other.file, other.lines.of(""))).collect();
            Some(Note {
                file: first.file.clone(),
                line: first.lines.of(""),
                object: format!("ModelDeployment/{name}"),
                reason: Reason::ManifestDoubled,
                sentence: format!(
                    "{namespace}/{name} stands in {} as well; each is decided by itself, and of those that are applied \
                     the cluster keeps the last.",
                    places.join(", ")
                ),
            })
        };
        by_name.into_iter().filter_map(note).collect()
    }

    /// File and line of a Waiver among the facts.
    #[must_use]
    pub fn place_of(&self, waiver: &Fact<WaiverSpec>) -> (&str, u64) {
        let placed = self.waivers.iter().find(|one| std::ptr::eq(&raw const one.fact, waiver));
        placed.map_or((CLUSTER, 1), |one| (&one.file, one.lines.of("")))
    }
}

/// Objects of one kind and name that stand more than once in one folder.
fn doubled_facts<S>(kind: &str, all: &[Placed<S>]) -> Vec<Note> {
    let mut by_name: BTreeMap<(&str, &str), Vec<&Placed<S>>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.file != CLUSTER) {
        by_name.entry((&one.folder, &one.fact.name)).or_default().push(one);
    }
    let note = |((_, name), all): ((&str, &str), Vec<&Placed<S>>)| {
        let (first, others) = all.split_first().filter(|(_, others)| !others.is_empty())?;
        let places: Vec<String> = others.iter().map(|other| format!("{}:{}", other.file, other.lines.of(""))).collect();
        let same = others.iter().all(|other| other.fact.hash == first.fact.hash);
        let then =
            if same { "and says the same" } else { "and they differ, so that none of them counts. Keep one of them" };
        Some(Note {
            file: first.file.clone(),
            line: first.lines.of(""),
            object: format!("{kind}/{name}"),
            reason: Reason::ManifestDoubled,
            sentence: format!("{kind}/{name} stands in {} as well, {then}.", places.join(", ")),
        })
    };
    by_name.into_iter().filter_map(note).collect()
}
