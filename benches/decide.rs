//! How long one decision takes: for the examples of the demo, and for every licence of the catalogue. `cargo bench`
//! prints medians; nothing is asserted on time.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use jiff::Timestamp;
use modelport::{
    catalog::Catalog,
    decide::{Request, decide},
    facts::{Fact, Facts, files::Owned, snapshot::Snapshot},
    manifest::{
        licensee::LicenseeSpec,
        model_deployment::ModelDeploymentSpec,
        model_license::ModelLicenseSpec,
        names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION},
    },
    plan::{
        fit::{NodeSummary, fit},
        inputs::{Inputs, Settings},
        runtime,
    },
};
use sha2::{Digest, Sha256};

// As the binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Decisions in one sample.
const BATCH: u32 = 500;
/// What one decision should take at most, in microseconds.
const GOAL: f64 = 20.0;
/// Samples; the median of them is printed, with the smallest and the largest.
const SAMPLES: usize = 41;

/// Bytes that the floor hashes: work of the same kind on every machine.
const FLOOR_BYTES: usize = 16 * 1024;

/// What the machine does in the same run, to compare one with another: SHA-256 of 16 KiB, in microseconds.
fn floor() -> f64 {
    let bytes = vec![7_u8; FLOOR_BYTES];
    let samples = samples(BATCH, || {
        std::hint::black_box(Sha256::digest(std::hint::black_box(&bytes)));
    });
    samples.get(SAMPLES / 2).copied().unwrap_or_default()
}

fn main() {
    let catalog = match Catalog::built_in() {
        Ok(catalog) => catalog,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy/examples");
    let Ok(owned) = Owned::load(&[folder]) else { return };
    let now = Timestamp::now();
    println!("The floor, SHA-256 of {} KiB in the same run: {:.1} µs.\n", FLOOR_BYTES / 1024, floor());
    println!("| manifest | verdict | median | smallest | largest |\n|---|---|---|---|---|");
    for manifest in &owned.manifests {
        let labels = owned.labels(&manifest.namespace);
        let facts = owned.facts(&manifest.file, now, catalog, &labels);
        let request = Request { namespace: &manifest.namespace, name: &manifest.name, uid: None, spec: &manifest.spec };
        let samples = decisions(BATCH, &request, &facts);
        let at = |i: usize| samples.get(i).copied().unwrap_or_default();
        let file = manifest.file.split("deploy/examples/").last().unwrap_or(&manifest.file);
        let verdict = decide(&request, &facts).verdict.word();
        println!("| {file} | {verdict} | {:.1} µs | {:.1} | {:.1} |", at(SAMPLES / 2), at(0), at(SAMPLES - 1));
    }
    whole_catalogue(catalog, now);
    thousand_nodes(catalog, now);
}

/// Nodes that one deployment is held against.
const NODES: usize = 1000;

/// One decision, and how a thousand nodes of every region answer it: what a reconcile computes.
fn thousand_nodes(catalog: &Catalog, now: Timestamp) {
    let Ok(licensee) = serde_saphyr::from_str::<LicenseeSpec>(LICENSEE) else { return };
    let Ok(spec) = serde_saphyr::from_str::<ModelDeploymentSpec>(MANIFEST) else { return };
    let (licensee, labels) = (Fact::new("acme", None, licensee), BTreeMap::new());
    let snapshot = Snapshot { licensees: vec![licensee], ..Snapshot::default() };
    let facts = snapshot.facts(catalog, &labels, now);
    let request = Request { namespace: "shop", name: "bot", uid: None, spec: &spec };
    let regions =
        catalog.places().providers().flat_map(|cloud| cloud.regions.iter().map(move |region| (cloud, region)));
    let regions: Vec<_> = regions.collect();
    let nodes: Vec<NodeSummary> = (0..NODES)
        .filter_map(|i| {
            let (cloud, region) = regions.get(i % regions.len())?;
            let place = [
                (NODE_COUNTRY, region.country.clone()?),
                (NODE_PROVIDER, cloud.provider.clone()),
                (NODE_REGION, region.region.clone()),
            ];
            let labels = place.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            let accelerators = BTreeMap::from([("nvidia.com/gpu".to_owned(), 8)]);
            Some(NodeSummary { name: format!("n{i}"), labels, accelerators, ..NodeSummary::default() })
        })
        .collect();
    let mut samples: Vec<f64> = (0..SAMPLES)
        .filter_map(|_| {
            let started = Instant::now();
            let decision = decide(std::hint::black_box(&request), &facts);
            let chosen = runtime::choose(&spec, &facts, "vllm").ok()?;
            let inputs = Inputs::new(&spec, chosen, &decision.places, &Settings::default(), catalog.accelerators());
            std::hint::black_box(fit(&inputs, &nodes));
            Some(started.elapsed().as_secs_f64() * 1e6)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    let median = samples.get(samples.len() / 2).copied().unwrap_or_default();
    println!(
        "\n| one decision, and how nodes answer it | median |\n|---|---|\n| {} nodes | {median:.0} µs |",
        nodes.len()
    );
}

/// Microseconds of one decision.
fn decisions(batch: u32, request: &Request<'_>, facts: &Facts<'_>) -> Vec<f64> {
    samples(batch, || {
        std::hint::black_box(decide(std::hint::black_box(request), facts));
    })
}

/// Microseconds of one piece of work, in batches, sorted.
fn samples(batch: u32, work: impl Fn()) -> Vec<f64> {
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let started = Instant::now();
            (0..batch).for_each(|_| work());
            started.elapsed().as_secs_f64() * 1e6 / f64::from(batch)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    samples
}

/// Every licence of the catalogue, for an organisation that has recorded what an organisation records.
fn whole_catalogue(catalog: &Catalog, now: Timestamp) {
    let Ok(licensee) = serde_saphyr::from_str::<LicenseeSpec>(LICENSEE) else { return };
    let Ok(spec) = serde_saphyr::from_str::<ModelDeploymentSpec>(MANIFEST) else { return };
    let mut snapshot = Snapshot { licensees: vec![Fact::new("acme", None, licensee)], ..Snapshot::default() };
    let labels = BTreeMap::new();
    let request = Request { namespace: "shop", name: "bot", uid: None, spec: &spec };
    let mut all: Vec<(f64, &str)> = Vec::new();
    let mut quickest: Vec<f64> = Vec::new();
    for license in catalog.licenses() {
        let text = format!("{{license: {}, models: [example/model]}}", license.id);
        let Ok(object) = serde_saphyr::from_str::<ModelLicenseSpec>(&text) else { return };
        snapshot.licenses = vec![Fact::new("ours", None, object)];
        let facts = snapshot.facts(catalog, &labels, now);
        let samples = decisions(BATCH / 10, &request, &facts);
        quickest.extend(samples.first());
        all.push((samples.get(SAMPLES / 2).copied().unwrap_or_default(), &license.id));
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let at = |i: usize| all.get(i).copied().unwrap_or_default();
    println!(
        "\n| every licence of the catalogue | median | under {GOAL:.0} µs | by the smallest sample | slowest |\n|---|---|---|---|---|"
    );
    let ((median, _), (slowest, id)) = (at(all.len() / 2), at(all.len().saturating_sub(1)));
    let under = all.iter().filter(|(micros, _)| *micros < GOAL).count();
    let at_best = quickest.iter().filter(|micros| **micros < GOAL).count();
    println!("| {} entries | {median:.1} µs | {under} | {at_best} | {slowest:.1} µs, {id} |", all.len());
}

const MANIFEST: &str = "{model: {source: \"hf://example/model\"}, usage: {audience: public, serves: [US, SG], purpose: commercial, production: Yes, hostedForThirdParties: No}, placement: {allow: {countries: [US, SG]}}}";

const LICENSEE: &str = "{namespaces: [shop], kind: company, seat: US, businessTypes: [retail], competesWith: [none], metrics: [{name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}, {name: annual-revenue, scope: group, period: T12M, value: 500000, currency: USD, asOf: 2026-10-31}, {name: monthly-active-users, scope: licensee, period: 2026-10, value: 500000}], accepted: [{name: a, who: legal, when: 2026-01-01, covers: {licenses: [\"LicenseRef-llama-*\"]}}, {name: b, who: legal, when: 2026-01-01, covers: {licenses: [\"LicenseRef-gemma-*\"]}}], registered: [{name: c, who: legal, when: 2026-01-01, covers: {licenses: [LicenseRef-stability-community]}}]}";
