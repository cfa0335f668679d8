//! Model servers, as they show in the pods of a cluster: what tells one, and where it is told which model to serve.
//! Read by `scan`, which looks at pods that Modelport did not make.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::load::LoadError;
use super::words::YesNo;

/// Everything that a scan knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Servers {
    /// What must never be printed.
    pub secrets: Secrets,
    /// What may stand before a program on its command line; `*` at the beginning or the end for anything.
    pub launchers: Vec<String>,
    /// Servers, in the order in which they are tried.
    pub servers: Vec<Server>,
    /// Names of models in libraries that are no hub.
    pub libraries: Vec<LibraryEntry>,
}

/// What tells a credential. A variable of such a name is never read; a word of such a shape is never printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secrets {
    /// Parts of the names of variables, in capitals.
    pub names: Vec<String>,
    /// Beginnings of words.
    pub prefixes: Vec<String>,
}

/// A program that serves models, fetches them, or passes requests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Server {
    /// Such as `vllm`.
    pub id: String,
    /// As people say it; short, for a column.
    pub title: String,
    /// What it does.
    #[serde(default)]
    pub does: Does,
    /// Ends of image repositories, whole segments; a trailing `*` stands for any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// Words of its command line, one after the other; a trailing `*` stands for any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Flags that no other program has: they tell it where image and command do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Where it is told which model.
    #[serde(default)]
    pub model: Told,
    /// How a name without an address is read.
    #[serde(default)]
    pub names: Names,
    /// The part of an image's name after which the model's name stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_in_image_after: Option<String>,
    /// Where it is told which revision.
    #[serde(default)]
    pub revision: Told,
    /// Where it is told under which name it answers: a claim and no more.
    #[serde(default)]
    pub served: Told,
    /// Where it is told which adapters.
    #[serde(default)]
    pub adapters: Told,
    /// Where it is told which draft model.
    #[serde(default)]
    pub drafts: Told,
    /// Where a fetching program is told the folder.
    #[serde(default)]
    pub folder: Told,
    /// Where it is told a file with settings, which a scan does not read.
    #[serde(default)]
    pub settings: Told,
    /// Variables that make ModelScope the hub, when they are set to something true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modelscope: Vec<String>,
    /// Where this was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// What a program does with a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Does {
    /// Serves it.
    #[default]
    Serves,
    /// Fetches it for another container.
    Fetches,
    /// Passes requests on, and holds no model.
    Forwards,
}

/// Where a command line or the environment says something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Told {
    /// Flags, the one that wins first. `_` and `-` are the same inside of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Words before a bare value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Whether the first word of `args` may be the value, where the image has an entry point of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_word: Option<YesNo>,
    /// Variables: the only ones whose value is ever shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
}

/// How a name without an address is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Names {
    /// `org/name` on a hub.
    #[default]
    Repository,
    /// A name of Ollama's library.
    Ollama,
    /// A name of NVIDIA's catalogue of NIM images.
    Nim,
}

/// A name in a library that is no hub, with the repositories whose weights it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LibraryEntry {
    /// Which library.
    pub of: Names,
    /// The name, without a tag.
    pub name: String,
    /// The repository, whatever the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The repository by the first part of the tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The tag that `latest`, or none, stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<String>,
}

impl super::Catalog {
    /// Model servers, as they show in pods.
    #[must_use]
    pub fn servers(&self) -> &Servers {
        &self.fixed.servers
    }
}

impl Servers {
    /// Refuses what a strict parser cannot see.
    pub(super) fn checked(self) -> Result<Self, LoadError> {
        let mut ids: Vec<&str> = self.servers.iter().map(|server| server.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(*first))) {
            return Err(LoadError::Duplicate { kind: "server", id: (*twice).to_owned() });
        }
        let mut names: Vec<(Names, &str)> = self.libraries.iter().map(|l| (l.of, l.name.as_str())).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(*first)))
        {
            return Err(LoadError::Duplicate { kind: "library name", id: twice.1.to_owned() });
        }
        Ok(self)
    }

    /// Whether a variable of this name may hold a credential.
    #[must_use]
    pub fn is_secret_name(&self, name: &str) -> bool {
        let name = name.to_ascii_uppercase();
        self.secrets.names.iter().any(|part| name.contains(part.as_str()))
    }

    /// Whether a word has the shape of a credential.
    #[must_use]
    pub fn is_secret(&self, word: &str) -> bool {
        self.secrets.prefixes.iter().any(|prefix| word.starts_with(prefix.as_str()))
    }

    /// The repository whose weights a library's name stands for.
    #[must_use]
    pub fn repository(&self, of: Names, name: &str) -> Option<&str> {
        let name = name.strip_prefix("library/").unwrap_or(name);
        let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
        let entry = self.libraries.iter().find(|entry| entry.of == of && entry.name.eq_ignore_ascii_case(name))?;
        if entry.repository.is_some() {
            return entry.repository.as_deref();
        }
        let tag = if tag == "latest" { entry.latest.as_deref()? } else { tag };
        // `8b-instruct-q4_K_M` is `8b`; the longest known beginning counts, so that `30b-a3b` beats `30b`.
        let begins = |known: &str| tag.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        let known = entry.tags.iter().filter(|(known, _)| begins(known));
        known.max_by_key(|(known, _)| known.len()).map(|(_, repository)| repository.as_str())
    }
}
