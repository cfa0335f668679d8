//! What the API server refuses in an object by the definitions that we ship, said without an API server.
//!
//! It is read from the definitions themselves, bounds and rules, so that no second list of them can fall behind. What the
//! API server drops before it looks (an empty value where none is known) is dropped here as well. Total.

use std::{collections::BTreeMap, sync::LazyLock};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde_json::Value;

use super::definitions;

mod bounds;
mod rule;
mod words;

/// Something that the API server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where, such as `spec.usage.serves[0]`; empty for the object.
    pub field: String,
    /// In which way.
    pub how: How,
}

/// In which way something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It is not written.
    Missing,
    /// A list in which nothing is listed.
    Empty,
    /// What is wrong, for a person.
    Said(String),
}

/// Refusals that are named; who mends these finds the next.
const MAX_NAMED: usize = 24;

static DEFINITIONS: LazyLock<BTreeMap<String, JSONSchemaProps>> = LazyLock::new(|| {
    let schema = |crd: k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition| {
        let version = crd.spec.versions.into_iter().next()?;
        Some((crd.spec.names.kind, version.schema?.open_api_v3_schema?))
    };
    definitions::all().into_iter().filter_map(schema).collect()
});

/// Every kind of ours.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    DEFINITIONS.keys().map(String::as_str)
}

/// What the API server would refuse in an object of this kind, in the order of the definition. A status is none of what a
/// person writes, and is dropped there.
#[must_use]
pub fn refused(kind: &str, object: &Value) -> Vec<Refused> {
    let mut found = Vec::new();
    if let Some(schema) = DEFINITIONS.get(kind) {
        bounds::check(schema, object, "", &mut found);
    }
    found.truncate(MAX_NAMED);
    found
}

/// All of it in one sentence: what is missing, what is empty, and each other by itself.
#[must_use]
pub fn words(refused: &[Refused]) -> String {
    let fields = |how: &How| {
        let of = refused.iter().filter(|one| one.how == *how).map(|one| one.field.as_str());
        of.collect::<Vec<_>>()
    };
    let (missing, empty) = (fields(&How::Missing), fields(&How::Empty));
    let mut all = Vec::new();
    if !missing.is_empty() {
        all.push(format!("{} {} missing", missing.join(", "), if missing.len() == 1 { "is" } else { "are" }));
    }
    if !empty.is_empty() {
        all.push(format!(
            "{} is an empty list, which the API server refuses; leave the field out, or write what belongs there",
            empty.join(", ")
        ));
    }
    all.extend(refused.iter().filter_map(|one| match &one.how {
        How::Said(said) => Some(said.clone()),
        How::Missing | How::Empty => None,
    }));
    all.join("; ")
}

/// The fields that may be written at a place, such as `spec.accepted.0`, of this kind; none where no fields are expected.
#[must_use]
pub fn fields_at(kind: &str, place: &str) -> Vec<&'static str> {
    let steps = place.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let found = steps.fold(DEFINITIONS.get(kind), |schema, step| match step.parse::<usize>() {
        Ok(_) => item(schema?),
        Err(_) => property(schema?, step),
    });
    found
        .into_iter()
        .flat_map(|schema| schema.properties.iter().flat_map(|fields| fields.keys()))
        .map(String::as_str)
        .collect()
}

/// Drops `field: null` where the definition knows no null: the API server takes the field for absent.
pub fn drop_nulls(kind: &str, object: &mut Value) {
    if let Some(schema) = DEFINITIONS.get(kind) {
        drop_in(schema, object);
    }
}

fn drop_in(schema: &JSONSchemaProps, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                let Some(of) = property(schema, name) else { return true };
                drop_in(of, value);
                !value.is_null() || of.nullable == Some(true)
            });
        }
        Value::Array(items) => {
            if let Some(of) = item(schema) {
                for item in items {
                    drop_in(of, item);
                }
            }
        }
        _ => {}
    }
}

fn property<'a>(schema: &'a JSONSchemaProps, name: &str) -> Option<&'a JSONSchemaProps> {
    let named = schema.properties.as_ref().and_then(|properties| properties.get(name));
    named.or(match &schema.additional_properties {
        Some(JSONSchemaPropsOrBool::Schema(of)) => Some(of),
        _ => None,
    })
}

fn item(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match schema.items.as_ref()? {
        JSONSchemaPropsOrArray::Schema(of) => Some(of),
        JSONSchemaPropsOrArray::Schemas(_) => None,
    }
}

#[cfg(test)]
mod tests;
