//! The fetcher against hubs that behave and hubs that do not, all on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_in_result,
    reason = "a test that cannot go on should stop"
)]

mod bytes;
mod fetching;
mod hub;
mod mirror;
mod refusals;
mod registry;
mod scratch;
mod tokens;
