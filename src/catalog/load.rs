//! Reads the compiled-in data, strictly: an unknown field, kind of test or word is an error that names the file and the
//! entry. It was written as YAML; `build.rs` made JSON of it.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::words::YesNo;

/// A data file that does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It is not the YAML that its type asks for.
    #[error("data/{file}: {what}")]
    Parse {
        /// The file, below `data/`.
        file: &'static str,
        /// What the parser says.
        what: String,
    },
    /// Two entries of one kind share an id.
    #[error("{kind} {id} is there twice")]
    Duplicate {
        /// What sort of entry.
        kind: &'static str,
        /// The id.
        id: String,
    },
    /// A rule whose condition does not say one thing that can be decided.
    #[error("rule {id} has a condition that is not typed: {what}")]
    NotTyped {
        /// The rule.
        id: String,
        /// What is wrong.
        what: String,
    },
    /// An entry names a licence that is not there.
    #[error("{from} names {id}, which has no entry")]
    Dangling {
        /// What names it.
        from: String,
        /// The id that it names.
        id: String,
    },
    /// Families hold one name under several texts, and nothing says which of them stands today.
    #[error("{name} is under several texts ({licenses}), and nothing says which of them stands today")]
    Overlap {
        /// The repository's name, or the beginning of one.
        name: String,
        /// The licences.
        licenses: String,
    },
    /// An entry cannot be written as JSON, so it has no hash.
    #[error("{id} has no canonical form: {what}")]
    Canonical {
        /// The id.
        id: String,
        /// What the writer says.
        what: String,
    },
}

/// A file of the data folder: its name there, and its text as JSON.
pub(super) type File = (&'static str, &'static str);

/// Every file of the data folder, by name.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/catalog-files.rs"));

/// One file as one value.
pub(super) fn one<T: DeserializeOwned>(name: &'static str) -> Result<T, LoadError> {
    let file = FILES.iter().find(|(known, _)| *known == name);
    read(*file.ok_or_else(|| LoadError::Parse { file: name, what: "there is no such file".into() })?)
}

/// Every file of a folder as a value, by name.
pub(super) fn each<T: DeserializeOwned>(folder: &str) -> Result<Vec<T>, LoadError> {
    let inside = |file: &&File| file.0.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    FILES.iter().filter(inside).map(|file| read(*file)).collect()
}

/// Every file of a folder, each a list, joined.
pub(super) fn lists<T: DeserializeOwned>(folder: &str) -> Result<Vec<T>, LoadError> {
    each::<Vec<T>>(folder).map(|lists| lists.into_iter().flatten().collect())
}

/// A file as a value.
pub(super) fn read<T: DeserializeOwned>((file, text): File) -> Result<T, LoadError> {
    serde_json::from_str(text).or_else(|_| {
        // Read again, with a note of where: that takes longer.
        let reader = &mut serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(reader).map_err(|error| LoadError::Parse { file, what: error.to_string() })
    })
}

/// A sector or an act that licences ban by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sector {
    /// The word that a manifest and a licence use.
    pub id: String,
    /// As people say it.
    pub title: String,
    /// Those that it stands for: whoever declares it declares all of them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_for: Vec<String>,
    /// `Yes`: one that no licence and no rule restricts. It may be declared, and nothing follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<YesNo>,
    /// Other words for it, or for what may be it. They are no ids: where one is written, the id is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
}
