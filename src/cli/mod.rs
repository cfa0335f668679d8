//! cli
pub mod fetch;
pub mod mirror;
