//! What the tests of the pipeline share: facts from YAML, one call of `next`, golden files.
#![allow(dead_code, reason = "each test uses a part")]

pub mod program;
pub mod selector;

use std::{collections::BTreeMap, fs, path::Path};

use jiff::Timestamp;
use modelport::{
    catalog::Catalog,
    decide::{Decision, stopping::Brake},
    facts::{Fact, snapshot::Snapshot},
    manifest::model_deployment::ModelDeploymentSpec,
    plan::{
        Owner,
        inputs::Settings,
        next::{Next, RunsNow, next},
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// A value from YAML.
pub fn yaml<T: DeserializeOwned>(text: &str) -> T {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A value as YAML, without what is null.
pub fn to_yaml(value: &impl Serialize) -> String {
    serde_saphyr::to_string(&serde_json::to_value(value).expect("it is JSON")).expect("it is YAML")
}

/// An instant: a day at noon, or RFC 3339.
pub fn instant(text: &str) -> Timestamp {
    let text = if text.len() == 10 { format!("{text}T12:00:00Z") } else { text.to_owned() };
    text.parse().expect("an instant")
}

/// The instant of every test that does not move the clock.
pub fn today() -> Timestamp {
    instant("2026-11-24")
}

pub fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the catalogue")
}

/// An organisation that may run nearly anything.
pub const ACME: &str = r"
namespaces: [demo]
kind: company
displayName: Acme
seat: US
headquarters: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 500000, period: 2023-01/2026-10}
- {name: annual-revenue, scope: group, atMost: 500000, currency: USD, period: 2023-01/2026-10}
accepted:
- {name: all, who: legal@acme.example, when: 2026-11-02, covers: {all: Yes}}
";

/// Facts in memory.
pub fn snapshot(licensees: &[(&str, &str)], policies: &[(&str, &str)]) -> Snapshot {
    Snapshot {
        licensees: licensees.iter().map(|(name, text)| Fact::new(name, None, yaml(text))).collect(),
        policies: policies.iter().map(|(name, text)| Fact::new(name, None, yaml(text))).collect(),
        ..Snapshot::default()
    }
}

pub fn settings() -> Settings {
    Settings { fetch_image: "ghcr.io/modelport/modelport:0.1.0".into(), ..Settings::default() }
}

pub fn owner(name: &str) -> Owner {
    Owner {
        name: name.into(),
        namespace: "demo".into(),
        uid: "2f3b0f6e-0000-4000-8000-000000000001".into(),
        generation: 1,
    }
}

/// One pass over a manifest in namespace demo.
pub fn pass(name: &str, spec: &ModelDeploymentSpec, facts: &Snapshot, runs: Option<RunsNow<'_>>) -> Next {
    pass_of(owner(name), spec, facts, runs)
}

/// One pass over a manifest.
#[allow(clippy::needless_pass_by_value, reason = "a caller has no other use for its owner")]
pub fn pass_of(owner: Owner, spec: &ModelDeploymentSpec, facts: &Snapshot, runs: Option<RunsNow<'_>>) -> Next {
    let labels = BTreeMap::new();
    let facts = facts.facts(catalog(), &labels, today());
    let brake = |_: &Decision| Brake::default();
    next(&owner, spec, &facts, &settings(), "vllm", runs, brake)
}

/// Compares a text with the file that a reviewer read; `UPDATE_GOLDEN=1` writes it.
pub fn golden(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, text).expect("the golden file is written");
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "{} differs; UPDATE_GOLDEN=1 writes it anew", path.display());
}
