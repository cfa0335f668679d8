//! Countries, and the words that people have for them.

use serde::{Deserialize, Serialize};

/// A country of ISO 3166-1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Country {
    /// Two capital letters.
    pub code: String,
    /// Three capital letters, by which it is recognised where somebody writes them.
    pub alpha3: String,
    /// English short name.
    pub name: String,
    /// Other words for it. They are no codes: where one is written, the code is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_called: Vec<String>,
}

impl Country {
    /// Whether a word names it: a code, its name or another word for it; case does not matter.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        let mut words = [&self.code, &self.alpha3, &self.name].into_iter().chain(&self.also_called);
        words.any(|known| known.eq_ignore_ascii_case(word))
    }
}
