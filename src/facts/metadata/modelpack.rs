//! The configuration of a ModelPack artefact, and the annotations of an OCI manifest.
//!
//! `descriptor.licenses` is a list of SPDX expressions that all apply. `org.opencontainers.image.licenses` is about the
//! image: it is kept apart, and never counted as the licence of the weights.

use serde_json::Value;

use super::{Base, Carrier, Declared, MAX_LICENSES, Metadata, Relation, json, repository, word};

/// The annotation of OCI images.
const IMAGE_LICENSES: &str = "org.opencontainers.image.licenses";

pub(super) fn read(metadata: &mut Metadata, file: &str, bytes: &[u8]) -> Result<(), String> {
    let value = json::object(bytes)?;
    let annotated = value.get("annotations").and_then(|all| all.get(IMAGE_LICENSES)).and_then(Value::as_str);
    metadata.image.extend(annotated.and_then(word));
    // A `config.json` of transformers has no descriptor, and says nothing about licences.
    let Some(descriptor) = value.get("descriptor") else { return Ok(()) };
    let listed = match descriptor.get("licenses") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(one)) => word(one).into_iter().collect(),
        Some(Value::Array(list)) if list.len() <= MAX_LICENSES => {
            let words: Vec<String> = list.iter().filter_map(Value::as_str).filter_map(word).collect();
            if words.len() < list.len() {
                return Err("descriptor.licenses holds something that is no word".into());
            }
            words
        }
        Some(_) => return Err(format!("descriptor.licenses is no list of at most {MAX_LICENSES} words")),
    };
    if !listed.is_empty() {
        let file = file.to_owned();
        metadata.declared.push(Declared {
            carrier: Carrier::ModelPack,
            file,
            licenses: listed,
            name: None,
            link: None,
        });
    }
    if let Some(source) = json::text(descriptor, "/sourceURL") {
        metadata.base(Base {
            carrier: Carrier::ModelPack,
            file: file.into(),
            name: repository(&source),
            revision: json::text(descriptor, "/revision"),
            relation: Some(Relation::Source),
        });
    }
    Ok(())
}
