//! The built-in data and its loader.
//!
//! Facts and rules are data: `data/` is compiled in, parsed once, strictly, and indexed by id. Nothing here reads a
//! clock, a file or the cluster.

pub mod condition;
pub mod license;
pub mod words;
