//! How long one decision takes, for the examples of the demo. `cargo bench` prints medians; nothing is asserted on time.

use std::{path::PathBuf, time::Instant};

use jiff::Timestamp;
use modelport::{
    catalog::Catalog,
    decide::{Request, decide},
    facts::files::Owned,
};

/// Decisions in one sample.
const BATCH: u32 = 500;
/// Samples; the median of them is printed, with the smallest and the largest.
const SAMPLES: usize = 41;

fn main() {
    let Ok(catalog) = Catalog::built_in() else { return };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy/examples");
    let Ok(owned) = Owned::load(&[folder]) else { return };
    let now = Timestamp::now();
    println!("| manifest | verdict | median | smallest | largest |\n|---|---|---|---|---|");
    for manifest in &owned.manifests {
        let labels = owned.labels(&manifest.namespace);
        let facts = owned.facts(&manifest.file, now, catalog, &labels);
        let request = Request { namespace: &manifest.namespace, name: &manifest.name, uid: None, spec: &manifest.spec };
        let mut samples: Vec<f64> = (0..SAMPLES)
            .map(|_| {
                let started = Instant::now();
                for _ in 0..BATCH {
                    std::hint::black_box(decide(std::hint::black_box(&request), &facts));
                }
                started.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
            })
            .collect();
        samples.sort_by(f64::total_cmp);
        let at = |i: usize| samples.get(i).copied().unwrap_or_default();
        let file = manifest.file.split("deploy/examples/").last().unwrap_or(&manifest.file);
        let verdict = decide(&request, &facts).verdict.word();
        println!("| {file} | {verdict} | {:.1} µs | {:.1} | {:.1} |", at(SAMPLES / 2), at(0), at(SAMPLES - 1));
    }
}
