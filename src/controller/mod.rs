//! Watches, and what they wake.
pub mod lease;
pub mod views;
