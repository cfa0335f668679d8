//! Two versions of the catalogue's licences, compared: which entries, which of their fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::table::{MAX_COLUMNS, table, wrap};
use crate::{catalog::hash_of, decide::Verdict};

/// Changed fields of one entry that are named; the rest is a count.
const MAX_FIELDS: usize = 12;

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Entries that are new.
    pub added: Vec<String>,
    /// Entries that are gone.
    pub removed: Vec<String>,
    /// Entries that are another.
    pub changed: Vec<Changed>,
    /// Deployments that use one of these, with their verdicts; nothing where none were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<Touched>>,
}

/// An entry that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// Its fields that differ, such as `conditions.user-threshold.when`.
    pub fields: Vec<String>,
    /// Hash of the old entry.
    pub then: String,
    /// Hash of the new one.
    pub now: String,
}

/// A deployment that uses what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    /// `namespace/name`.
    pub deployment: String,
    /// The file.
    pub file: String,
    /// The verdict by the old catalogue.
    pub then: Verdict,
    /// The verdict by the new one.
    pub now: Verdict,
    /// What decides now: code and sentence; empty where nothing speaks against it.
    pub because: String,
}

impl Touched {
    /// Whether the verdict is worse than it was.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.now > self.then
    }
}

/// Compares entries by their id.
#[must_use]
pub fn compare(old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) -> Difference {
    let mut difference = Difference {
        added: new.keys().filter(|id| !old.contains_key(*id)).cloned().collect(),
        removed: old.keys().filter(|id| !new.contains_key(*id)).cloned().collect(),
        ..Difference::default()
    };
    for (id, then) in old {
        let Some(now) = new.get(id).filter(|now| *now != then) else { continue };
        let mut fields = Vec::new();
        walk("", then, now, &mut fields);
        let hash = |value: &Value| hash_of(value).unwrap_or_default();
        difference.changed.push(Changed { id: id.clone(), fields, then: hash(then), now: hash(now) });
    }
    difference
}

/// Fields that differ: entries of a list are told apart by their id, other lists are one value.
fn walk(path: &str, then: &Value, now: &Value, fields: &mut Vec<String>) {
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (children(then), children(now)) {
        (Some(then), Some(now)) => {
            let keys: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
            for key in keys {
                match (then.get(key), now.get(key)) {
                    (Some(then), Some(now)) if then == now => {}
                    (Some(then), Some(now)) => walk(&join(key), then, now, fields),
                    (Some(_), None) => fields.push(format!("{} (gone)", join(key))),
                    (None, _) => fields.push(format!("{} (new)", join(key))),
                }
            }
        }
        _ => fields.push(path.to_owned()),
    }
}

fn children(value: &Value) -> Option<BTreeMap<String, &Value>> {
    match value {
        Value::Object(map) => Some(map.iter().map(|(key, value)| (key.clone(), value)).collect()),
        Value::Array(list) if !list.is_empty() => {
            list.iter().map(|item| Some((item.get("id")?.as_str()?.to_owned(), item))).collect()
        }
        _ => None,
    }
}

impl Difference {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut rows = Vec::new();
        rows.extend(self.added.iter().map(|id| vec!["added".into(), id.clone(), String::new()]));
        rows.extend(self.removed.iter().map(|id| vec!["removed".into(), id.clone(), String::new()]));
        for changed in &self.changed {
            let shown = changed.fields.get(..MAX_FIELDS.min(changed.fields.len())).unwrap_or_default();
            let more = changed.fields.len() - shown.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            rows.push(vec!["changed".into(), changed.id.clone(), format!("{}{more}", shown.join(", "))]);
        }
        let mut text = if rows.is_empty() { "No licence differs.\n".to_owned() } else { table(&rows) };
        let Some(deployments) = &self.deployments else { return text };
        let (turned, same): (Vec<&Touched>, Vec<&Touched>) = deployments.iter().partition(|t| t.then != t.now);
        if !turned.is_empty() {
            let mut rows = vec![["DEPLOYMENT", "THEN", "NOW", "BECAUSE"].map(str::to_owned).to_vec()];
            for one in &turned {
                let words = [one.deployment.as_str(), one.then.word(), one.now.word(), one.because.as_str()];
                rows.push(words.map(str::to_owned).to_vec());
            }
            text.push('\n');
            text.push_str(&table(&rows));
        }
        text.push_str(&format!("\nDeployments with another verdict: {}.\n", turned.len()));
        if !same.is_empty() {
            let names: Vec<&str> = same.iter().take(MAX_FIELDS).map(|one| one.deployment.as_str()).collect();
            let more = same.len() - names.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let line = format!("Deployments that use what differs and keep theirs: {}{more}.", names.join(", "));
            for line in wrap(&line, MAX_COLUMNS) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }
}
