//! Node pools: the labels that tell them, and how one that rests at zero declares its country.

use serde::{Deserialize, Serialize};

use super::{Catalog, node_place::COUNTRY_LABEL, words::YesNo};

/// A label that says to which pool a node belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PoolKind {
    /// The label's key; its value names the pool.
    pub key: String,
    /// What such a pool is called.
    pub title: String,
    /// What to write so that it declares its country; absent where no way is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declare: Option<String>,
    /// What to know before.
    pub note: String,
    /// Whether it was read in a text that an autoscaler reads it there.
    pub verified: YesNo,
    /// Where.
    pub source: String,
}

impl Catalog {
    /// Labels that tell node pools, in the order in which they are tried.
    #[must_use]
    pub fn pools(&self) -> &[PoolKind] {
        &self.fixed.pools
    }
}

impl PoolKind {
    /// The lines to paste for a pool in a country.
    #[must_use]
    pub fn declared(&self, pool: &str, country: &str) -> Option<String> {
        self.declare.as_deref().map(|text| filled(text, pool, country))
    }

    /// What to know before, for this pool.
    #[must_use]
    pub fn noted(&self, pool: &str, country: &str) -> String {
        filled(&self.note, pool, country)
    }
}

/// The marks one after the other, so that no value is read as a mark.
fn filled(text: &str, pool: &str, country: &str) -> String {
    let tag = COUNTRY_LABEL.replace('/', "_");
    let marks = [("{pool}", pool), ("{country}", country), ("{label}", COUNTRY_LABEL), ("{tag}", &tag)];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, mark, value)) =
        marks.iter().filter_map(|(mark, value)| Some((rest.find(mark)?, *mark, *value))).min_by_key(|(at, ..)| *at)
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        out.push_str(value);
        rest = after.strip_prefix(mark).unwrap_or_default();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_pool_that_can_declare_its_country_names_the_key_and_the_country() {
        let catalog = Catalog::built_in().unwrap();
        let mut keys = Vec::new();
        for pool in catalog.pools() {
            assert!(!keys.contains(&&pool.key), "{} is there twice", pool.key);
            keys.push(&pool.key);
            let Some(lines) = pool.declared("gpu", "SG") else { continue };
            assert!(lines.contains("SG") && lines.contains("modelport.dev.node-restriction.kubernetes.io"), "{lines}");
            for mark in ["{pool}", "{country}", "{label}", "{tag}"] {
                assert!(!lines.contains(mark) && !pool.noted("gpu", "SG").contains(mark), "{}: {mark}", pool.key);
            }
        }
        assert!(keys.len() >= 8);
    }

    #[test]
    fn a_pool_that_is_named_like_a_mark_stays_as_it_is() {
        assert_eq!(filled("a {pool} b {country}", "{country}", "SG"), "a {country} b SG");
    }
}
