//! Golden narratives: a scripted world, told in a file that a reviewer reads in the diff.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends"
)]

#[path = "story/bounded.rs"]
mod bounded;
#[path = "story/chip_names.rs"]
mod chip_names;
#[path = "story/chips.rs"]
mod chips;
#[path = "story/demo.rs"]
mod demo;
#[path = "story/duties.rs"]
mod duties;
#[path = "story/edge_case.rs"]
mod edge_case;
#[path = "story/edge_dates.rs"]
mod edge_dates;
#[path = "story/edge_duties.rs"]
mod edge_duties;
#[path = "story/edge_facts.rs"]
mod edge_facts;
#[path = "story/edge_figures.rs"]
mod edge_figures;
#[path = "story/edge_hosting.rs"]
mod edge_hosting;
#[path = "story/edge_scope.rs"]
mod edge_scope;
#[path = "story/edge_territory.rs"]
mod edge_territory;
#[path = "story/edge_words.rs"]
mod edge_words;
#[path = "story/examiner.rs"]
mod examiner;
#[path = "story/examples.rs"]
mod examples;
#[path = "story/facts.rs"]
mod facts;
#[path = "story/identity_claims.rs"]
mod identity_claims;
#[path = "story/identity_files.rs"]
mod identity_files;
#[path = "story/identity_names.rs"]
mod identity_names;
#[path = "story/identity_properties.rs"]
mod identity_properties;
#[path = "story/logic.rs"]
mod logic;
#[path = "story/logic_facts.rs"]
mod logic_facts;
#[path = "story/pitfalls.rs"]
mod pitfalls;
#[path = "story/policy_entries.rs"]
mod policy_entries;
#[path = "story/presets.rs"]
mod presets;
#[path = "kit/program.rs"]
mod program;
#[path = "story/properties.rs"]
mod properties;
#[path = "story/regions.rs"]
mod regions;
#[path = "story/regions_on_a_cluster.rs"]
mod regions_on_a_cluster;
#[path = "story/reviews.rs"]
mod reviews;
#[path = "story/rule_cases.rs"]
mod rule_cases;
#[path = "story/rules.rs"]
mod rules;
#[path = "story/second_readers.rs"]
mod second_readers;
#[path = "kit/selector.rs"]
mod selector;
#[path = "story/time.rs"]
mod time;
#[path = "story/waiver.rs"]
mod waiver;
#[path = "story/worked.rs"]
mod worked;
#[path = "story/worked_cases.rs"]
mod worked_cases;
#[path = "story/worked_readers.rs"]
mod worked_readers;
#[path = "story/world.rs"]
mod world;
