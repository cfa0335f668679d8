//! Namespaces among the files, with the labels by which policies and Licensees may select them.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use super::{super::lines::Lines, Owned};
use crate::manifest::shape;

impl Owned {
    /// A namespace with its labels, by which policies and Licensees may select it.
    pub(super) fn namespace(&mut self, (file, lines): (&str, &Lines), name: String, document: &Value) {
        let object = format!("Namespace/{name}");
        let labels = document.pointer("/metadata/labels").filter(|labels| !labels.is_null());
        let labels = labels.map(BTreeMap::<String, String>::deserialize).transpose();
        match labels.map(Option::unwrap_or_default) {
            Err(error) => {
                let why = format!("metadata.labels: {}", shape::plain(&error.to_string()));
                self.cannot_read(file, lines.of("metadata.labels"), &object, why);
            }
            Ok(labels) => drop(self.namespaces.insert(name, labels)),
        }
    }
}
