//! Reads the compiled-in data, strictly: an unknown field, kind of test or word is an error that names the file.

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

/// A file of the data folder: its name and its text.
pub(super) type File = (&'static str, &'static str);

/// One file as one value.
pub(super) fn one<T: DeserializeOwned>((file, text): File) -> Result<T, LoadError> {
    serde_saphyr::from_str(text).map_err(|error| LoadError::Parse { file, what: error.to_string() })
}

/// Several files, each a list, joined in order.
pub(super) fn lists<T: DeserializeOwned>(files: &[File]) -> Result<Vec<T>, LoadError> {
    let mut all = Vec::new();
    for &file in files {
        let mut list: Vec<T> = one(file)?;
        all.append(&mut list);
    }
    Ok(all)
}

/// A sector or an act that licences ban by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sector {
    /// The word that a manifest and a licence use.
    pub id: String,
    /// As people say it.
    pub title: String,
    /// The narrower ones that it stands for: whoever declares it declares all of them. No licence and no rule names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_for: Vec<String>,
    /// `Yes`: one that no licence and no rule restricts. It may be declared, and nothing follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<YesNo>,
    /// Other words for it, or for what may be it. They are no ids: where one is written, the id is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
}
