//! Modelport deploys open-weight models on Kubernetes, and lands each one only where its licence and the region's rules
//! let it.
//!
//! ```text
//! manifest -> admission -> facts -> decide -> plan -> apply -> status
//! ```
//!
//! 1. [`manifest`]: what people write; shapes, reasons, names. Pure.
//! 2. [`catalog`]: licences, model families, places, rules, accelerators and engines, as data. Pure.
//! 3. [`admission`]: a review's bytes in, an answer's bytes out.
//! 4. [`facts`]: the objects of the platform and legal teams, from stores, from a live read, or from files.
//! 5. [`decide`]: manifest and facts become a decision, and the course of what runs. Pure.
//! 6. [`plan`]: what is allowed becomes objects. Pure.
//! 7. [`apply`]: objects are written where they differ, and removed where they are no longer planned.
//! 8. [`status`]: what was applied and what is observed become conditions. Pure.
//!
//! [`reconcile`] makes these calls in order; [`controller`] holds the watches that wake it. [`fetch`] brings weights
//! into pods and serves a folder as a hub, [`report`] is what people read, [`cli`] and [`ops`] are how it is run.
//!
//! It reports rules and facts with their sources. It is no legal advice.

// In the order to read them in; blank lines keep rustfmt from sorting them.

pub mod manifest;

pub mod catalog;

pub mod admission;

pub mod facts;

pub mod decide;

pub mod plan;

pub mod apply;

pub mod status;

pub mod reconcile;

pub mod controller;

pub mod fetch;

pub mod report;

pub mod cli;

pub mod ops;
