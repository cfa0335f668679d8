//! The ControllerRevision: the inputs of the generation that was allowed last, and what must be remembered about it.
//!
//! Nothing is ever decided from the status of a ModelDeployment, which its author may be able to write. This object is
//! ours alone: the built-in `edit` role gives no write on it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::{api::apps::v1::ControllerRevision, apimachinery::pkg::runtime::RawExtension};

use super::{Inputs, Owner, metadata, standing::Since};
use crate::{decide::Input, manifest::names};

/// What is remembered beside the inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Facts and catalogue entries by which it was last allowed, by hash.
    pub allowed_by: Vec<Input>,
    /// Since when it is refused, as first seen.
    pub refused_since: Option<Timestamp>,
    /// Since when pods stand wrong, by node; nothing where none ever did.
    pub wrong_since: Option<Since>,
    /// Generation of the ModelDeployment.
    pub generation: i64,
}

/// The ControllerRevision of a deployment. Its data may never change, so its name follows the data; what must be
/// remembered stands in annotations.
#[must_use]
pub fn render(owner: &Owner, inputs: &Inputs, memory: &Memory) -> ControllerRevision {
    let content = serde_json::to_value(inputs).unwrap_or_default();
    let name = names::revision_name(&owner.name, content.to_string().as_bytes());
    let mut metadata = metadata(owner, &name);
    let allowed_by = serde_json::to_string(&memory.allowed_by).unwrap_or_default();
    // Empty rather than absent: what is taken away would not show as a difference, and an old instant would stop at once.
    let refused_since = memory.refused_since.map(|since| since.to_string()).unwrap_or_default();
    let mut annotations =
        BTreeMap::from([(names::ALLOWED_BY.to_owned(), allowed_by), (names::REFUSED_SINCE.to_owned(), refused_since)]);
    if let Some(since) = &memory.wrong_since {
        annotations.insert(names::WRONG_SINCE.to_owned(), serde_json::to_string(since).unwrap_or_default());
    }
    metadata.annotations = Some(annotations);
    ControllerRevision { metadata, data: Some(RawExtension(content)), revision: memory.generation }
}

/// What a stored ControllerRevision holds; nothing where it cannot be read (a newer version of ours wrote it).
#[must_use]
pub fn read(revision: &ControllerRevision) -> Option<(Inputs, Memory)> {
    let inputs: Inputs = serde_json::from_value(revision.data.as_ref()?.0.clone()).ok()?;
    let annotation = |key: &str| revision.metadata.annotations.as_ref().and_then(|a| a.get(key));
    let memory = Memory {
        allowed_by: annotation(names::ALLOWED_BY).and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default(),
        refused_since: annotation(names::REFUSED_SINCE).and_then(|t| t.parse().ok()),
        wrong_since: annotation(names::WRONG_SINCE).and_then(|t| serde_json::from_str(t).ok()),
        generation: revision.revision,
    };
    Some((inputs, memory))
}
