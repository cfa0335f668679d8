//! The bounds of a definition, and its rules, asked of what is written.

use std::collections::BTreeSet;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
use serde_json::Value;

use super::{
    How, Refused, item, property,
    rule::{Asked, asked},
    words,
};
use crate::manifest::shape::shown;

/// What is refused in a value, by its part of the definition.
pub(super) fn check(schema: &JSONSchemaProps, value: &Value, at: &str, found: &mut Vec<Refused>) {
    let mut said = |text: String| found.push(Refused { field: at.to_owned(), how: How::Said(text) });
    let may_be_null = value.is_null() && schema.nullable == Some(true);
    if !may_be_null && schema.type_.as_deref().is_some_and(|wanted| !is(wanted, value)) {
        let wanted = schema.type_.as_deref().unwrap_or_default();
        return said(format!("{at} is {}, which is not of the type {wanted}", shown(&value.to_string())));
    }
    // Where a word of a list is asked for, even an empty value that may stand there is none of them.
    if let Some(known) = schema.enum_.as_ref().filter(|known| !known.iter().any(|one| one.0 == *value)) {
        let known: Vec<&str> = known.iter().filter_map(|one| one.0.as_str()).collect();
        let written = value.as_str().map_or_else(|| value.to_string(), shown);
        said(format!("{at} is {written}, which is none of {}", known.join(", ")));
    }
    match value {
        Value::Number(number) => numbers(schema, number, at, &mut said),
        Value::String(text) => texts(schema, text, at, &mut said),
        Value::Array(items) => lists(schema, items, at, found),
        Value::Object(fields) => objects(schema, fields, at, found),
        Value::Null | Value::Bool(_) => {}
    }
    for rule in schema.x_kubernetes_validations.iter().flatten().filter(|_| !may_be_null) {
        if asked(&rule.rule, value) == Asked::Refused {
            let said = words::of_rule(at, rule.message.as_deref().unwrap_or(&rule.rule));
            found.push(Refused { field: at.to_owned(), how: How::Said(said) });
        }
    }
}

fn is(wanted: &str, value: &Value) -> bool {
    match wanted {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn numbers(schema: &JSONSchemaProps, number: &serde_json::Number, at: &str, said: &mut impl FnMut(String)) {
    let Some(written) = number.as_f64() else { return };
    if let Some(least) = schema.minimum.filter(|least| written < *least) {
        said(format!("{at} is {number}, and the least is {least}"));
    }
    if let Some(most) = schema.maximum.filter(|most| written > *most) {
        said(format!("{at} is {number}, and the most is {most}"));
    }
}

fn texts(schema: &JSONSchemaProps, text: &str, at: &str, said: &mut impl FnMut(String)) {
    let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let (least, most) = (schema.min_length.unwrap_or(0), schema.max_length.unwrap_or(i64::MAX));
    if chars == 0 && least > 0 {
        return said(format!("{at} is empty; leave it out, or write what it stands for"));
    }
    if chars < least {
        said(format!("{at} is {}, and needs at least {least} characters", shown(text)));
    }
    if chars > most {
        said(format!("{at} has {chars} characters, and may have {most}"));
    }
    if let Some(pattern) = schema.pattern.as_deref().filter(|pattern| !words::fits(pattern, text)) {
        said(format!("{at} is {}; write {}", shown(text), words::of_pattern(pattern)));
    }
}

fn lists(schema: &JSONSchemaProps, items: &[Value], at: &str, found: &mut Vec<Refused>) {
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut refused = |field: String, how: How| found.push(Refused { field, how });
    if let Some(least) = schema.min_items.filter(|least| count < *least) {
        let how = How::Said(format!("{at} lists {count}, and needs {least}"));
        refused(at.to_owned(), if count == 0 { How::Empty } else { how });
    }
    if let Some(most) = schema.max_items.filter(|most| count > *most) {
        let how = if most == 0 { format!("{at} is a list; write one text") } else { more(at, count, most) };
        refused(at.to_owned(), How::Said(how));
    }
    let keys = schema.x_kubernetes_list_map_keys.iter().flatten();
    let mut known = BTreeSet::new();
    for (i, item) in items.iter().enumerate() {
        let of: Vec<String> =
            keys.clone().filter_map(|key| Some(format!("{key} {}", item.get(key)?.as_str().map(shown)?))).collect();
        if !of.is_empty() && !known.insert(of.clone()) {
            let field = format!("{at}[{i}]");
            let said = format!("{field} has the {} of another entry; give each its own", of.join(" and "));
            refused(field, How::Said(said));
        }
    }
    let Some(of) = item(schema) else { return };
    for (i, item) in items.iter().enumerate() {
        check(of, item, &format!("{at}[{i}]"), found);
    }
}

fn objects(schema: &JSONSchemaProps, fields: &serde_json::Map<String, Value>, at: &str, found: &mut Vec<Refused>) {
    let join = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let count = i64::try_from(fields.len()).unwrap_or(i64::MAX);
    let mut said = |text: String| found.push(Refused { field: at.to_owned(), how: How::Said(text) });
    if schema.min_properties.is_some_and(|least| count < least) {
        let known: Vec<&str> = schema.properties.iter().flatten().map(|(name, _)| name.as_str()).collect();
        said(format!("{at} says nothing; write one of {}", known.join(", ")));
    }
    if let Some(most) = schema.max_properties.filter(|most| count > *most) {
        said(if most == 0 { format!("{at} is a group of fields; write one text") } else { more(at, count, most) });
    }
    let absent = schema.required.iter().flatten().filter(|name| !fields.contains_key(*name));
    found.extend(absent.map(|name| Refused { field: join(name), how: How::Missing }));
    // What stands in `metadata` is the API server's own, and a status is not written by people.
    for (name, value) in fields.iter().filter(|(name, _)| !at.is_empty() || *name == "spec") {
        if let Some(of) = property(schema, name) {
            check(of, value, &join(name), found);
        }
    }
}

fn more(at: &str, count: i64, most: i64) -> String {
    format!("{at} lists {count}, and may list {most}")
}
