//! A scripted world: who writes what, and what Modelport then answers, told in lines that a reviewer reads in a diff.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use jiff::Timestamp;
use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Request, decide, stopping::Brake},
    facts::{Fact, Facts, Unread, metadata::Metadata},
    manifest::{
        licensee::LicenseeSpec, model_deployment::ModelDeploymentSpec, model_license::ModelLicenseSpec,
        model_policy::ModelPolicySpec, waiver::WaiverSpec,
    },
    plan::{
        Owner,
        inputs::Settings,
        next::{Next, next},
    },
};
use serde::de::DeserializeOwned;

/// Everything that exists, and the story so far.
pub struct World {
    pub now: Timestamp,
    pub licensees: BTreeMap<String, LicenseeSpec>,
    pub policies: BTreeMap<String, ModelPolicySpec>,
    pub licenses: BTreeMap<String, ModelLicenseSpec>,
    pub labels: BTreeMap<String, String>,
    pub unread: Vec<Unread>,
    /// What the model's own files declare.
    pub metadata: Option<Metadata>,
    /// Waivers, with the day on which each was stored.
    pub waivers: BTreeMap<String, (Timestamp, WaiverSpec)>,
    /// UID of whatever is applied; nothing as for a file.
    pub uid: Option<String>,
    told: String,
}

pub fn yaml<T: DeserializeOwned>(text: &str) -> T {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

impl World {
    pub fn at(day: &str) -> Self {
        Self {
            now: instant(day),
            licensees: BTreeMap::new(),
            policies: BTreeMap::new(),
            licenses: BTreeMap::new(),
            labels: BTreeMap::new(),
            unread: Vec::new(),
            metadata: None,
            waivers: BTreeMap::new(),
            uid: None,
            told: String::new(),
        }
    }

    /// A sentence of the story.
    pub fn tell(&mut self, line: &str) {
        let gap = if self.told.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.told, "{gap}{line}");
    }

    pub fn day(&mut self, day: &str) {
        self.now = instant(day);
    }

    pub fn licensee(&mut self, name: &str, text: &str) {
        self.licensees.insert(name.into(), yaml(text));
    }

    pub fn policy(&mut self, name: &str, text: &str) {
        self.policies.insert(name.into(), yaml(text));
    }

    pub fn license(&mut self, name: &str, text: &str) {
        self.licenses.insert(name.into(), yaml(text));
    }

    /// Somebody creates a Waiver now.
    pub fn waiver(&mut self, name: &str, text: &str) {
        self.waivers.insert(name.into(), (self.now, yaml(text)));
    }

    pub fn decide(&self, service: &str, spec: &ModelDeploymentSpec) -> Decision {
        let (namespace, name) = service.split_once('/').expect("namespace/name");
        self.with_facts(|facts| decide(&Request { namespace, name, uid: self.uid.as_deref(), spec }, facts))
    }

    /// What comes next for a manifest that runs nowhere yet.
    pub fn next(&self, service: &str, spec: &ModelDeploymentSpec) -> Next {
        let (namespace, name) = service.split_once('/').expect("namespace/name");
        let uid = self.uid.clone().unwrap_or_default();
        let owner = Owner { name: name.into(), namespace: namespace.into(), uid, generation: 1 };
        self.with_facts(|facts| next(&owner, spec, facts, &Settings::default(), "vllm", None, |_| Brake::default()))
    }

    fn with_facts<T>(&self, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        fn facts<S: Clone + serde::Serialize>(of: &BTreeMap<String, S>) -> Vec<Fact<S>> {
            of.iter().map(|(name, spec)| Fact::new(name, None, spec.clone())).collect()
        }
        let (licensees, policies, model_licenses) =
            (facts(&self.licensees), facts(&self.policies), facts(&self.licenses));
        let metadata = self.metadata.clone().map(|files| Fact::new("files", None, files));
        let waivers: Vec<Fact<WaiverSpec>> = self
            .waivers
            .iter()
            .map(|(name, (created, spec))| Fact { created: Some(*created), ..Fact::new(name, None, spec.clone()) })
            .collect();
        let facts = Facts {
            now: self.now,
            catalog: Catalog::built_in().expect("the catalogue"),
            namespace_labels: &self.labels,
            licensees: licensees.iter().collect(),
            policies: policies.iter().collect(),
            licenses: model_licenses.iter().collect(),
            runtimes: Vec::new(),
            metadata: metadata.as_ref(),
            waivers: waivers.iter().collect(),
            unread: self.unread.clone(),
        };
        ask(&facts)
    }

    /// Somebody applies a manifest; what is answered is told.
    pub fn applies(&mut self, service: &str, text: &str) -> Decision {
        let decision = self.decide(service, &yaml(text));
        let _ = writeln!(
            self.told,
            "  {service}: {}, {}, pods {}",
            decision.verdict.word(),
            decision.model.license_words(),
            decision.places.countries.words()
        );
        for finding in decision.findings.iter().filter(|finding| finding.effect < Effect::Passes) {
            let _ = writeln!(self.told, "    {} {}", finding.effect.word().to_lowercase(), finding.line());
        }
        let owed: Vec<String> = decision
            .obligations
            .iter()
            .filter(|owed| owed.open())
            .map(|owed| format!("{} ({})", owed.what, owed.license))
            .collect();
        if !owed.is_empty() && decision.verdict == modelport::decide::Verdict::Allowed {
            let _ = writeln!(self.told, "    owes {}", owed.join("; "));
        }
        decision
    }

    /// Compares the story with the file that a reviewer read; `UPDATE_GOLDEN=1` writes it.
    pub fn is_told_in(&self, name: &str) {
        golden(name, &without_hashes(&self.told));
    }
}

pub fn golden(name: &str, told: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story").join(format!("{name}.golden"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, told).expect("the golden file is written");
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, told, "{} differs; UPDATE_GOLDEN=1 writes it anew", path.display());
}

fn instant(day: &str) -> Timestamp {
    let text = if day.len() == 10 { format!("{day}T12:00:00Z") } else { day.to_owned() };
    text.parse().expect("an instant")
}

/// A told text without the hashes of catalogue entries: they change with each correction of one.
fn without_hashes(told: &str) -> String {
    let mut out = String::with_capacity(told.len());
    let mut run = String::new();
    let close = |run: &mut String, next: &str, out: &mut String| {
        let whole = run.len() == 64;
        let short = run.len() == 8 && next.starts_with("..");
        out.push_str(if whole || short { "<hash>" } else { run.as_str() });
        run.clear();
    };
    for (at, c) in told.char_indices() {
        if matches!(c, '0'..='9' | 'a'..='f') {
            run.push(c);
        } else {
            close(&mut run, &told[at..], &mut out);
            out.push(c);
        }
    }
    close(&mut run, "", &mut out);
    out
}
