//! What people write: the kinds, their shape rules, the words of their status. Pure.
//!
//! A reader finds here, one file each: the six kinds, the values they are made of
//! ([`written`], [`source`], [`period`]), the stable reason codes ([`reason`]),
//! the conditions ([`condition`]), what the API server refuses ([`schema`]) and every name, label and annotation of ours ([`names`]).

pub mod condition;
pub mod definitions;
mod hash;
pub mod hub_address;
pub mod inference_runtime;
pub mod license_rules;
pub mod licensee;
pub mod model_deployment;
pub mod model_license;
pub mod model_policy;
pub mod names;
pub mod period;
pub mod placement;
pub mod reason;
pub mod record;
pub mod schema;
pub mod selection;
pub mod serving;
pub mod shape;
pub mod source;
pub mod status;
pub mod usage;
pub mod waiver;
pub mod written;

pub use inference_runtime::InferenceRuntime;
pub use licensee::Licensee;
pub use model_deployment::ModelDeployment;
pub use model_license::ModelLicense;
pub use model_policy::ModelPolicy;
pub use reason::Reason;
pub use waiver::Waiver;
