//! How much a decision does, counted in pieces of memory that it asks for: the same on every machine.
//!
//! What is given may be as large as the API server lets it be. Twice as much of it costs at most twice as much, so that
//! nobody can write what makes a decision slow for the others.

use std::{collections::BTreeMap, fmt::Write};

use modelport::{
    catalog::Catalog,
    decide::{Request, decide},
    facts::{Fact, snapshot::Snapshot},
    manifest::model_deployment::ModelDeploymentSpec,
};

use super::world::yaml;

const LLAMA: &str = "{model: {source: \"hf://meta-llama/Llama-2-7b-chat-hf\"}, usage: {audience: public, serves: [US, SG, CN], purpose: commercial, production: Yes}, placement: {allow: {countries: [US, SG, CN]}}}";
const ACME: &str = "{namespaces: [demo], kind: company, seat: US, metrics: [{name: monthly-active-users, scope: group, atMost: 500000, period: 2023-01/2026-10}]}";

/// What is given: a manifest, the facts, and the catalogue.
struct Given {
    spec: String,
    facts: Snapshot,
    catalog: Catalog,
}

impl Given {
    fn new(spec: &str, licensee: &str) -> Self {
        let facts = Snapshot { licensees: vec![Fact::new("acme", None, yaml(licensee))], ..Snapshot::default() };
        Self { spec: spec.to_owned(), facts, catalog: Catalog::built_in().unwrap().clone() }
    }

    /// Pieces of memory that one decision asks for, and its findings.
    fn decide(&self) -> (u64, usize) {
        let (spec, labels) = (yaml::<ModelDeploymentSpec>(&self.spec), BTreeMap::new());
        let facts = self.facts.facts(&self.catalog, &labels, "2026-11-24T12:00:00Z".parse().unwrap());
        let request = Request { namespace: "demo", name: "bot", uid: None, spec: &spec };
        let mut findings = 0;
        let counted = allocation_counter::measure(|| findings = decide(&request, &facts).findings.len());
        (counted.count_total, findings)
    }
}

/// Grows what is given from 25 to 200, and holds each doubling against the one before.
fn doubling_at_most_doubles(given: impl Fn(usize) -> Given) {
    let sizes = [25, 50, 100, 200];
    let counts: Vec<(u64, usize)> = sizes.into_iter().map(|n| given(n).decide()).collect();
    for pair in counts.windows(2) {
        assert!(pair[0].0 > 0 && pair[1].0 <= 2 * pair[0].0, "memory and findings for {sizes:?}: {counts:?}");
    }
}

fn listed(n: usize, each: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    (0..n).for_each(|i| write!(text, "{}, ", each(i)).unwrap());
    format!("[{text}]")
}

#[test]
fn twice_as_many_records_that_each_end_on_a_day_of_their_own() {
    doubling_at_most_doubles(|n| {
        let record = |i: usize| {
            let until = format!("{}-{:02}-{:02}", 2027 + i / 300, i % 12 + 1, i % 25 + 1);
            format!("{{name: r{i}, who: a@b.example, when: 2026-01-01, until: \"{until}\", covers: {{all: Yes}}}}")
        };
        let records = listed(n, record);
        let lists = format!("accepted: {records}, separateLicenses: {records}, filings: {records}");
        Given::new(LLAMA, &ACME.replace("seat: US", &format!("seat: US, {lists}")))
    });
}

#[test]
fn twice_as_many_figures() {
    doubling_at_most_doubles(|n| {
        let figure = |i: usize| {
            format!("{{name: monthly-active-users, scope: product, product: p{i}, value: {i}, period: 2023-06}}")
        };
        Given::new(LLAMA, &format!("{{namespaces: [demo], kind: company, metrics: {}}}", listed(n, figure)))
    });
}

#[test]
fn twice_as_many_policies() {
    doubling_at_most_doubles(|n| {
        let mut given = Given::new(LLAMA, ACME);
        let policy = "{namespaces: [demo], licenses: {allow: [\"class:osi\"]}, regions: {deny: {countries: [FR]}, rules: [{rule: CN, mode: Enforce}]}}";
        given.facts.policies = (0..n).map(|i| Fact::new(&format!("p{i}"), None, yaml(policy))).collect();
        given
    });
}

#[test]
fn twice_as_many_base_models_of_which_none_is_known() {
    doubling_at_most_doubles(|n| {
        let bases = listed(n, |i| format!("somebody/model-{i}"));
        Given::new(&format!("{{model: {{source: \"hf://example/merge\", baseModels: {bases}}}}}"), ACME)
    });
}

#[test]
fn twice_as_many_terms_of_one_licence() {
    doubling_at_most_doubles(|n| {
        let mut given = Given::new(LLAMA, "{namespaces: [demo], kind: company}");
        let mut license = given.catalog.license("LicenseRef-llama-2").unwrap().clone();
        let term = license.conditions[0].clone();
        license.conditions = (0..n)
            .map(|i| {
                let mut term = term.clone();
                (term.id, term.sentence) = (format!("t{i}"), format!("asks for this, in its {i}th sentence"));
                term
            })
            .collect();
        given.catalog = given.catalog.with_overrides(&[license]).unwrap();
        given
    });
}

#[test]
fn ten_times_the_catalogue_costs_a_decision_nothing() {
    let mut given = Given::new(LLAMA, ACME);
    let before = given.decide();
    let mut others = Vec::new();
    for i in 0..10 {
        for license in given.catalog.licenses() {
            let mut other = license.clone();
            other.id = format!("{}-{i}", license.id);
            others.push(other);
        }
    }
    given.catalog = given.catalog.with_overrides(&others).unwrap();
    assert_eq!(given.decide(), before);
}
