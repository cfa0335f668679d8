//! Nodes that stand in files. Each is read by itself: one that cannot be read is named with its field, as every other
//! object is, and the rest goes on.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Owned, unread_because};
use crate::facts::lines::Lines;

/// A Node as a file holds it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The folder whose manifests it is for; of a file that was named: for all.
    pub folder: Option<String>,
    pub file: String,
    pub lines: Lines,
    pub name: String,
    pub document: Value,
}

impl Owned {
    /// The nodes, each with the folder whose manifests it is for; nothing: for all. What cannot be read joins the
    /// unreadable. Fields that are not looked at may hold anything.
    pub fn take_nodes<N: DeserializeOwned>(&mut self) -> Vec<(Option<String>, N)> {
        let mut nodes = Vec::new();
        for Given { folder, file, lines, name, document } in std::mem::take(&mut self.nodes) {
            match serde_path_to_error::deserialize(document) {
                Ok(node) => nodes.push((folder, node)),
                Err(error) => {
                    let at = error.path().to_string().replace(".?", "");
                    let why = unread_because("Node", &at, &error.into_inner().to_string());
                    self.cannot_read(&file, lines.of(&at), &format!("Node/{name}"), why);
                }
            }
        }
        nodes
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Named {
        metadata: ObjectMeta,
    }

    #[test]
    fn a_node_that_cannot_be_read_is_named_with_its_line_and_the_others_are_read() {
        let mut owned = Owned::default();
        let node = |name: &str, value: &str| {
            format!("apiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  labels:\n    example.com/big: {value}\n")
        };
        owned.read("nodes.yaml", &format!("{}---\n{}", node("one", "true"), node("two", "\"true\"")));
        let read: Vec<(_, Named)> = owned.take_nodes();
        assert_eq!(read.iter().map(|(_, node)| node.metadata.name.as_deref()).collect::<Vec<_>>(), [Some("two")]);
        let [unreadable] = owned.unreadable.as_slice() else { panic!("{:?}", owned.unreadable) };
        assert_eq!(
            (unreadable.file.as_str(), unreadable.line, unreadable.object.as_str()),
            ("nodes.yaml", 6, "Node/one")
        );
        assert!(
            unreadable.why.contains("example.com/big") && unreadable.why.ends_with("write it in quotes"),
            "{unreadable:?}"
        );
    }
}
