//! `adapter_config.json` of PEFT: the only machine-readable link of an adapter to its base.

use super::{Base, Carrier, Metadata, Relation, json, repository};

pub(super) fn read(metadata: &mut Metadata, file: &str, bytes: &[u8]) -> Result<(), String> {
    let value = json::object(bytes)?;
    let Some(name) = json::text(&value, "/base_model_name_or_path") else {
        return Err("it names no base model".into());
    };
    metadata.base(Base {
        carrier: Carrier::AdapterConfig,
        file: file.into(),
        name: repository(&name),
        revision: json::text(&value, "/revision"),
        relation: Some(Relation::Adapter),
    });
    Ok(())
}
