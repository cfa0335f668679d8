//! Flags, metrics, logging, health: how the operator is run and seen.

pub mod args;
pub mod call;
pub mod health;
pub mod logging;
pub mod metrics;
pub mod owner;
pub mod tls;
