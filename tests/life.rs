//! Facts change, deployments follow: a scripted cluster in which `next` is the only one who decides, told in golden
//! files. One story for each cell of the table in `decide/stopping.rs`, and for what is pinned.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

#[path = "life/cluster.rs"]
mod cluster;
#[path = "life/day_two.rs"]
mod day_two;
#[path = "life/held.rs"]
mod held;
#[path = "kit/mod.rs"]
mod kit;
#[path = "life/nodes.rs"]
mod nodes;
#[path = "life/pinned.rs"]
mod pinned;
#[path = "life/stopping.rs"]
mod stopping;
#[path = "life/tags.rs"]
mod tags;
#[path = "life/waiving.rs"]
mod waiving;
#[path = "life/weights.rs"]
mod weights;
