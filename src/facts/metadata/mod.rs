//! What a model's own files say about its licence and its descent. Pure: bytes in, declarations out.
//!
//! Every reader is total and bounded: whatever the bytes, it ends, allocates no more than what it was given, and says
//! what it could not read. A declaration is a claim of whoever wrote the file; what it is worth is decided elsewhere.

mod adapter;
mod card;
mod expression;
mod gguf;
mod json;
mod modelpack;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use expression::{Wording, read as read_expression};
pub use gguf::MAX_HEADER_BYTES;

/// Longest word that is kept of a declaration, in bytes: an expression of many licences fits.
pub const MAX_WORD_BYTES: usize = 512;

/// Most licences that one file may declare.
pub const MAX_LICENSES: usize = 32;

/// Most base models that one file may name: merges name many.
pub const MAX_BASES: usize = 64;

/// Most files of one model that are read.
pub const MAX_MODEL_FILES: usize = 64;

/// What the files of one model declare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Files that were read.
    pub files: Vec<String>,
    /// Commit of the repository that they were read at, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Day of that commit, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Licences declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<Declared>,
    /// Models that this one was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<Base>,
    /// Who quantised it, as the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantized_by: Option<String>,
    /// What a container image says of itself. It is the image's licence, and not that of the weights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub image: Vec<String>,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Trouble>,
    /// What the files of its base models declare, by repository.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of_bases: BTreeMap<String, Self>,
}

/// A licence that a file declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// What sort of file.
    pub carrier: Carrier,
    /// The file.
    pub file: String,
    /// Licences as written, each an id or an expression: all of them apply.
    pub licenses: Vec<String>,
    /// The name that goes with `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the text is said to be. Mutable, so it is shown and decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What sort of file carries a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Carrier {
    /// The front matter of a model card.
    Card,
    /// The configuration of an adapter.
    AdapterConfig,
    /// The header of a GGUF file.
    Gguf,
    /// The configuration of a ModelPack artefact.
    ModelPack,
}

/// A model that this one was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// What sort of file says so.
    pub carrier: Carrier,
    /// The file.
    pub file: String,
    /// The base as written: a repository, or a path of the machine that it was made on.
    pub name: String,
    /// Its revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// How this model was made from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
}

/// How a model was made from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Relation {
    /// Trained further.
    Finetune,
    /// A small file that works with the base only.
    Adapter,
    /// Several models put together.
    Merge,
    /// The same weights in another format or precision.
    Quantized,
    /// The same weights, copied from there.
    Source,
}

/// A file, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// The file.
    pub file: String,
    /// What is wrong, for a person.
    pub why: String,
}

impl Metadata {
    /// Reads one file by its name, after what is there; a name that carries no declaration is left alone.
    pub fn read(&mut self, file: &str, bytes: &[u8]) {
        let short: String = file.chars().take(MAX_WORD_BYTES).collect();
        let base = short.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if !is_carrier(&base) {
            return;
        }
        if self.files.len() >= MAX_MODEL_FILES {
            return self.trouble(&short, format!("it is one of more than {MAX_MODEL_FILES} files"));
        }
        if !self.files.contains(&short) {
            self.files.push(short.clone());
        }
        let read = match base.as_str() {
            "readme.md" => card::read(self, &short, bytes),
            "adapter_config.json" => adapter::read(self, &short, bytes),
            _ if is_gguf(&base) => gguf::read(self, &short, bytes),
            "modelpack.json" => modelpack::read(self, &short, bytes),
            // Every repository has a config.json of its engine's; only one of ModelPack's says something.
            _ => modelpack::read(self, &short, bytes).or(Ok(())),
        };
        if let Err(why) = read {
            self.trouble(&short, why);
        }
    }

    /// Notes a file that is there, and that whoever gathers the files could not read.
    pub fn cannot_read(&mut self, file: &str, why: impl Into<String>) {
        self.trouble(&file.chars().take(MAX_WORD_BYTES).collect::<String>(), why);
    }

    fn trouble(&mut self, file: &str, why: impl Into<String>) {
        let trouble = Trouble { file: file.into(), why: why.into() };
        if !self.unreadable.contains(&trouble) {
            self.unreadable.push(trouble);
        }
    }

    /// Adds a base, unless the files said so before; more than the bound is said and not kept.
    fn base(&mut self, base: Base) {
        let same = |known: &Base| known.name.eq_ignore_ascii_case(&base.name) && known.relation == base.relation;
        if base.name.is_empty() || self.bases.iter().any(same) {
            return;
        }
        if self.bases.len() >= MAX_BASES {
            let file = base.file;
            return self.trouble(&file, format!("it names more than {MAX_BASES} base models"));
        }
        self.bases.push(base);
    }
}

/// Whether a file of this name can carry a declaration.
#[must_use]
pub fn is_carrier(file: &str) -> bool {
    let base = file.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let gguf = is_gguf(&base);
    gguf || ["readme.md", "adapter_config.json", "modelpack.json", "config.json", "manifest.json"]
        .contains(&base.as_str())
}

fn is_gguf(file: &str) -> bool {
    std::path::Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
}

/// A word of a declaration, without what surrounds it; nothing where it is empty or longer than a word is.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    // A terminal obeys control characters, wherever a word ends up.
    let plain = || text.replace(char::is_control, "\u{fffd}");
    (!text.is_empty() && text.len() <= MAX_WORD_BYTES).then(plain)
}

/// The repository in the address of a hub's page, or the text itself.
fn repository(text: &str) -> String {
    const HUBS: [&str; 4] = ["huggingface.co/", "hf.co/", "modelscope.cn/models/", "www.modelscope.cn/models/"];
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    match HUBS.iter().find_map(|hub| rest.strip_prefix(hub)) {
        Some(path) => path.split('/').take(2).collect::<Vec<_>>().join("/"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
