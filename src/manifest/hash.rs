//! SHA-256 of a text, as people write it: the digits alone, as `sha256sum` prints them, or after `sha256:`, as registries do.

use serde::{Deserialize, Deserializer};

/// Reads a hash without what says which kind of hash it is.
///
/// # Errors
///
/// Where it is no text.
pub(super) fn bare<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let written = Option::<String>::deserialize(from)?;
    Ok(written.map(|text| text.strip_prefix("sha256:").map_or_else(|| text.clone(), str::to_owned)))
}

#[cfg(test)]
mod tests {
    use crate::manifest::record::Record;

    #[test]
    fn both_ways_to_write_a_hash_are_the_same() {
        let digits = "ab".repeat(32);
        let read = |written: &str| -> Record {
            serde_saphyr::from_str(&format!("{{name: a, covers: {{all: Yes}}, textSha256: \"{written}\"}}")).unwrap()
        };
        assert_eq!(read(&digits).text_sha256.as_deref(), Some(digits.as_str()));
        assert_eq!(read(&format!("sha256:{digits}")), read(&digits));
    }
}
