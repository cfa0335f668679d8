//! apply
pub mod differs;
