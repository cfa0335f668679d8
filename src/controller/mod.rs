//! Watches, and what they wake.
pub mod backoff;
pub mod brake;
pub mod definitions;
pub mod events;
pub mod kept;
pub mod labeller;
pub mod lease;
pub mod moves;
pub mod nodes;
pub mod objects;
pub mod orphans;
pub mod run;
pub mod views;
pub mod waivers;
pub mod world;
