//! Facts as they would be: objects added, put in the place of others of their name, or taken away. Nothing is written.

use super::{Fact, Facts, Unread, snapshot::Snapshot};

/// What would be changed.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Objects that are added, or replace those of their kind and name.
    pub with: Snapshot,
    /// Objects that are taken away, by kind and name.
    pub without: Vec<(String, String)>,
}

/// What a change does to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It is new.
    Adds,
    /// It takes the place of one.
    Replaces,
    /// It says the same as the one that is there.
    Repeats,
    /// It is taken away.
    Deletes,
    /// It is to be taken away, and is not there.
    Misses,
}

impl Overlay {
    /// These facts with the change made.
    #[must_use]
    pub fn over<'a>(&'a self, facts: &Facts<'a>) -> Facts<'a> {
        let mut facts = facts.clone();
        self.lay(&mut facts.licensees, &self.with.licensees, "Licensee");
        self.lay(&mut facts.policies, &self.with.policies, "ModelPolicy");
        self.lay(&mut facts.licenses, &self.with.licenses, "ModelLicense");
        self.lay(&mut facts.runtimes, &self.with.runtimes, "InferenceRuntime");
        self.lay(&mut facts.waivers, &self.with.waivers, "Waiver");
        // What cannot be read is read once it is replaced, and gone once it is deleted.
        facts.unread.retain(|unread| !self.touches(unread));
        facts
    }

    /// What the change does, object by object: in words such as `adds ModelPolicy/china`.
    #[must_use]
    pub fn does(&self, facts: &Facts<'_>) -> Vec<(Does, String)> {
        let mut all = Vec::new();
        told(&mut all, &self.with.licensees, &facts.licensees, "Licensee");
        told(&mut all, &self.with.policies, &facts.policies, "ModelPolicy");
        told(&mut all, &self.with.licenses, &facts.licenses, "ModelLicense");
        told(&mut all, &self.with.runtimes, &facts.runtimes, "InferenceRuntime");
        told(&mut all, &self.with.waivers, &facts.waivers, "Waiver");
        for (kind, name) in &self.without {
            let does = if there(facts, kind, name) { Does::Deletes } else { Does::Misses };
            all.push((does, format!("{kind}/{name}")));
        }
        all
    }

    fn lay<'a, S>(&'a self, facts: &mut Vec<&'a Fact<S>>, with: &'a [Fact<S>], kind: &str) {
        let gone = |name: &str| self.without.iter().any(|(k, n)| k == kind && n == name);
        facts.retain(|fact| !gone(&fact.name) && !with.iter().any(|new| new.name == fact.name));
        facts.extend(with.iter().filter(|new| !gone(&new.name)));
        facts.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn touches(&self, unread: &Unread) -> bool {
        let Some(name) = &unread.name else { return false };
        let replaced = match unread.kind.as_str() {
            "Licensee" => self.with.licensees.iter().any(|fact| fact.name == *name),
            "ModelPolicy" => self.with.policies.iter().any(|fact| fact.name == *name),
            "ModelLicense" => self.with.licenses.iter().any(|fact| fact.name == *name),
            "InferenceRuntime" => self.with.runtimes.iter().any(|fact| fact.name == *name),
            "Waiver" => self.with.waivers.iter().any(|fact| fact.name == *name),
            _ => false,
        };
        replaced || self.without.iter().any(|(k, n)| *k == unread.kind && n == name)
    }
}

fn told<S>(all: &mut Vec<(Does, String)>, with: &[Fact<S>], facts: &[&Fact<S>], kind: &str) {
    for new in with {
        let does = match facts.iter().find(|fact| fact.name == new.name) {
            None => Does::Adds,
            Some(old) if old.hash == new.hash => Does::Repeats,
            Some(_) => Does::Replaces,
        };
        all.push((does, format!("{kind}/{}", new.name)));
    }
}

fn there(facts: &Facts<'_>, kind: &str, name: &str) -> bool {
    let unread = || facts.unread.iter().any(|one| one.kind == kind && one.name.as_deref() == Some(name));
    let read = match kind {
        "Licensee" => facts.licensees.iter().any(|fact| fact.name == name),
        "ModelPolicy" => facts.policies.iter().any(|fact| fact.name == name),
        "ModelLicense" => facts.licenses.iter().any(|fact| fact.name == name),
        "InferenceRuntime" => facts.runtimes.iter().any(|fact| fact.name == name),
        "Waiver" => facts.waivers.iter().any(|fact| fact.name == name),
        _ => false,
    };
    read || unread()
}
