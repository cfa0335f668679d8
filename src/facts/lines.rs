//! On which line of a file a document and its fields stand, for reports that point there.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::Spanned;

/// Fields whose lines are kept of one document; what is deeper or later is shown at the line of its parent.
const MAX_FIELDS: usize = 10_000;

/// Most documents of one file.
const MAX_DOCUMENTS: usize = 100_000;

/// Most values of one file, those that aliases repeat included.
const MAX_NODES: usize = 10_000_000;

/// How much is read of one text: all deployments of a cluster, and no bomb.
#[must_use]
pub fn limits() -> serde_saphyr::Options {
    let budget =
        serde_saphyr::budget! { max_documents: MAX_DOCUMENTS, max_nodes: MAX_NODES, max_events: 4 * MAX_NODES };
    serde_saphyr::options! { budget: budget }
}

/// Why a text is not YAML, and where: in our words where the parser speaks of its own settings.
#[must_use]
pub fn not_yaml(error: &serde_saphyr::Error) -> String {
    if let serde_saphyr::Error::DuplicateMappingKey { key, location } = error.without_snippet() {
        let key = key.as_deref().map_or_else(|| "a key".to_owned(), |key| format!("the key {key}"));
        return format!(
            "it is not YAML: line {} column {}: {key} is written twice",
            location.line(),
            location.column()
        );
    }
    let first = error.to_string();
    if first.contains("budget breached") {
        return "it holds, repeats or nests more than is read from one file: split it".into();
    }
    let first = first.lines().next().unwrap_or_default();
    format!("it is not YAML: {}", first.strip_prefix("error: ").unwrap_or(first))
}

/// Lines of one document, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    fields: BTreeMap<String, u64>,
}

impl Lines {
    /// The lines of each document of a text; empty where the text cannot be read.
    #[must_use]
    pub fn of_all(text: &str) -> Vec<Self> {
        let documents: Vec<Spanned<Node>> =
            serde_saphyr::from_multiple_with_options(text, limits()).unwrap_or_default();
        documents
            .into_iter()
            .map(|document| {
                let mut lines = Self::default();
                lines.note("", document.referenced.line());
                lines.walk("", &document.value);
                lines
            })
            .collect()
    }

    /// The line of a field, such as `spec.usage.serves`, or of the nearest part of the document that is written.
    #[must_use]
    pub fn of(&self, field: &str) -> u64 {
        let mut path = field;
        loop {
            if let Some(line) = self.fields.get(path) {
                return *line;
            }
            if path.is_empty() {
                return 1;
            }
            path = path.rfind(['.', '[']).and_then(|at| path.get(..at)).unwrap_or_default();
        }
    }

    /// The lines of an item of a List.
    #[must_use]
    pub fn item(&self, i: usize) -> Self {
        let prefix = format!("items[{i}]");
        let within = |(path, line): (&String, &u64)| {
            let rest = path.strip_prefix(&prefix)?;
            Some((rest.strip_prefix('.').unwrap_or(rest).to_owned(), *line))
        };
        Self { fields: self.fields.iter().filter_map(within).collect() }
    }

    fn note(&mut self, path: &str, line: u64) {
        if self.fields.len() < MAX_FIELDS && line > 0 {
            self.fields.entry(path.to_owned()).or_insert(line);
        }
    }

    fn walk(&mut self, path: &str, node: &Node) {
        match node {
            Node::Map(entries) => {
                for (key, value) in entries {
                    let path = if path.is_empty() { key.value.0.clone() } else { format!("{path}.{}", key.value.0) };
                    self.note(&path, key.referenced.line());
                    self.walk(&path, &value.value);
                }
            }
            Node::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    let path = format!("{path}[{i}]");
                    self.note(&path, item.referenced.line());
                    self.walk(&path, &item.value);
                }
            }
            Node::Scalar => {}
        }
    }
}

/// The shape of a document, without its values.
#[derive(Debug)]
enum Node {
    Map(Vec<(Spanned<Key>, Spanned<Self>)>),
    List(Vec<Spanned<Self>>),
    Scalar,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

struct Shape;

macro_rules! scalars {
    ($($name:ident: $kind:ty),+) => {$(
        fn $name<E>(self, _: $kind) -> Result<Node, E> {
            Ok(Node::Scalar)
        }
    )+};
}

impl<'de> Visitor<'de> for Shape {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    scalars!(visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64, visit_str: &str, visit_bytes: &[u8]);

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

/// A key, whatever YAML makes of it.
#[derive(Debug)]
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Self(text),
            other => Self(other.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_on_the_line_where_their_name_stands() {
        let text =
            "# a comment\napiVersion: v1\nkind: A\nspec:\n  usage:\n    serves:\n    - CN\n    - SG\n---\nkind: B\n";
        let lines = Lines::of_all(text);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].of("spec.usage.serves"), 6);
        assert_eq!(lines[0].of("spec.usage.serves[1]"), 8);
        assert_eq!(lines[0].of("spec.usage.audience"), 5, "what is not written stands where its parent does");
        assert_eq!(lines[0].of("nothing"), 2);
        assert_eq!(lines[1].of("kind"), 10);
    }

    #[test]
    fn items_of_a_list_have_lines_of_their_own() {
        let lines = Lines::of_all("kind: List\nitems:\n- kind: A\n- kind: B\n  spec: {a: 1}\n");
        assert_eq!(lines[0].item(1).of("spec.a"), 5);
        assert_eq!(lines[0].item(1).of(""), 4);
    }

    #[test]
    fn a_key_that_is_written_twice_is_said_in_our_words() {
        let text = "metadata:\n  labels:\n    a/b: one\n    a/b: two\n";
        let error = serde_saphyr::from_multiple::<serde_json::Value>(text).unwrap_err();
        assert_eq!(not_yaml(&error), "it is not YAML: line 4 column 5: the key a/b is written twice");
        let other = serde_saphyr::from_multiple::<serde_json::Value>("a: [").unwrap_err();
        assert!(!not_yaml(&other).contains('\n') && not_yaml(&other).starts_with("it is not YAML: line"));
    }

    #[test]
    fn what_is_no_yaml_has_no_lines() {
        assert_eq!(Lines::of_all("a: [").len(), 0);
    }
}
