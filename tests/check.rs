//! What people do with the decision on a command line: check, what is missing, the log read and replayed, the catalogue
//! of two versions compared.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

#[path = "check/asked_chips.rs"]
mod asked_chips;
#[path = "check/catalogue.rs"]
mod catalogue;
#[path = "check/cures.rs"]
mod cures;
#[path = "kit/mod.rs"]
mod kit;
#[path = "check/log.rs"]
mod log;
#[path = "check/matrix.rs"]
mod matrix;
#[path = "check/missing.rs"]
mod missing;
#[path = "check/placing.rs"]
mod placing;
#[path = "check/program.rs"]
mod program;
#[path = "check/read.rs"]
mod read;
#[path = "check/refused.rs"]
mod refused;
#[path = "check/scratch.rs"]
mod scratch;
#[path = "check/whatif.rs"]
mod whatif;
