//! What a tag of an image registry stands for: one question, asked as the distribution specification says, and one
//! digest for an answer.
//!
//! ```text
//! reference -> HEAD manifest -> (challenge -> login -> token) -> HEAD manifest -> answer
//! ```
//!
//! It runs in a Job of the deployment's own namespace; the operator itself never reads a tenant's address. Nothing that
//! a registry sends is kept but a digest that reads as one.

pub mod answer;
pub mod challenge;
pub mod error;
pub mod login;
pub mod question;
pub mod reference;
