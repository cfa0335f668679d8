//! Golden narratives: a scripted world, told in a file that a reviewer reads in the diff.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // a test ends so
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

#[path = "story/demo.rs"]
mod demo;
#[path = "story/examples.rs"]
mod examples;
#[path = "story/facts.rs"]
mod facts;
#[path = "story/properties.rs"]
mod properties;
#[path = "story/waiver.rs"]
mod waiver;
#[path = "story/worked.rs"]
mod worked;
#[path = "story/world.rs"]
mod world;
