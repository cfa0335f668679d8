//! What an examiner found of places: an accelerator of unknown class where what is not known is refused.

use modelport::decide::Decision;

use super::world::{World, yaml};

const QWEN: &str = "model: {source: \"hf://Qwen/Qwen3-8B\"}\n";

fn decide(day: &str, licensee: &str, regions: &str, manifest: &str) -> Decision {
    let mut world = World::at("2026-11-24");
    world.now = day.parse().unwrap();
    world.licensee("acme", &format!("{{namespaces: [lab], kind: company, {licensee}}}"));
    if !regions.is_empty() {
        world.policy("p", &format!("{{namespaces: [lab], regions: {{{regions}}}}}"));
    }
    world.decide("lab/x", &yaml(manifest))
}

const DAY: &str = "2026-11-24T12:00:00Z";

#[test]
fn a_class_that_is_refused_takes_with_it_what_nobody_knows_the_class_of_where_that_is_refused() {
    let allowed = |unknown: &str, chip: &str| {
        let regions = format!("accelerators: {{deny: {{classes: [Export3A090]}}}}{unknown}");
        let usage = "usage: {audience: internal, serves: [SG]}\n";
        let decision = decide(DAY, "seat: SG", &regions, &format!("{QWEN}{usage}accelerators: {{count: 1}}"));
        decision.places.chips.iter().all(|limit| limit.chips.allow(Some(chip)))
    };
    // The table does not say of which class these are.
    for chip in ["google-tpu-v4", "amd-mi308x"] {
        assert!(allowed("", chip), "{chip}: what is not known is let");
        assert!(!allowed(", unknownAccelerator: Refuse", chip), "{chip}");
    }
    assert!(allowed(", unknownAccelerator: Refuse", "nvidia-a10") && !allowed("", "nvidia-h100-sxm"));
}
