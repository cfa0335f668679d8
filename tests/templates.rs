//! What pods are made: golden templates of every example, what must hold for each of them, and that rendering or
//! applying twice changes nothing.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

#[path = "templates/digest_job.rs"]
mod digest_job;
#[path = "templates/examples.rs"]
mod examples;
#[path = "kit/mod.rs"]
mod kit;
#[path = "templates/properties.rs"]
mod properties;
#[path = "templates/restricted.rs"]
mod restricted;
#[path = "templates/server.rs"]
mod server;
