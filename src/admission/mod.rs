//! Admission: review bytes in, review bytes out.
//!
//! [`parse`], [`verdict`], [`waiver`] and [`binding`] are pure; [`server`] and [`certificate`] are the only I/O, and [`configuration`],
//! [`pod_policy`], [`template_policy`], [`scale_policy`], [`node_policy`] and [`waiver_policy`] are what the operator
//! itself registers with the API server.

pub mod binding;
pub mod certificate;
pub mod configuration;
pub mod node_policy;
pub mod parse;
pub mod pod_policy;
pub mod registration;
pub mod scale_policy;
pub mod server;
pub mod template_policy;
pub mod verdict;
pub mod waiver;
pub mod waiver_policy;
