//! The header of a GGUF file, versions 2 and 3, in either byte order.
//!
//! Nothing is allocated by what the header claims: lengths are compared with the bytes that are there, and a string is
//! copied only where it is one of those that are asked for. Every step consumes bytes, so the reading ends with them.

use std::collections::BTreeMap;

use super::{Base, Carrier, Declared, MAX_BASES, MAX_WORD_BYTES, Metadata, Relation, repository, word};

/// Most of a file that is worth reading, in bytes: the largest vocabularies stay below it.
pub const MAX_HEADER_BYTES: usize = 32 * 1024 * 1024;

/// Most keys of a header.
const MAX_KEYS: u64 = 4_096;

/// Longest key, in bytes: the format's own limit.
const MAX_KEY_BYTES: usize = 65_535;

/// Deepest array in arrays.
const MAX_ARRAY_DEPTH: u8 = 4;

type Step<T> = Result<T, String>;

struct Reader<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: u64) -> Step<&'a [u8]> {
        let count = usize::try_from(count).ok();
        let split = count.and_then(|count| self.rest.split_at_checked(count));
        let (head, tail) = split.ok_or("its header ends too early, or goes on after what was read")?;
        self.rest = tail;
        Ok(head)
    }

    fn number<const N: usize>(&mut self) -> Step<u64> {
        let bytes = self.take(N as u64)?;
        let fold = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        Ok(if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    fn text(&mut self) -> Step<&'a [u8]> {
        let length = self.number::<8>()?;
        self.take(length)
    }

    /// Passes a value over; gives it where it is a string or a whole number.
    fn value(&mut self, kind: u64, depth: u8) -> Step<Value<'a>> {
        match kind {
            8 => Ok(Value::Text(self.text()?)),
            9 => {
                if depth >= MAX_ARRAY_DEPTH {
                    return Err(format!("it nests arrays deeper than {MAX_ARRAY_DEPTH}"));
                }
                let (of, count) = (self.number::<4>()?, self.number::<8>()?);
                if let Some(size) = size(of) {
                    self.take(count.checked_mul(size).ok_or("an array in it is longer than any file")?)?;
                } else {
                    for _ in 0..count {
                        self.value(of, depth + 1)?;
                    }
                }
                Ok(Value::Other)
            }
            4 => Ok(Value::Number(self.number::<4>()?)),
            10 => Ok(Value::Number(self.number::<8>()?)),
            _ => {
                let size =
                    size(kind).ok_or_else(|| format!("a value in it is of kind {kind}, which GGUF does not have"))?;
                self.take(size)?;
                Ok(Value::Other)
            }
        }
    }
}

enum Value<'a> {
    Text(&'a [u8]),
    Number(u64),
    Other,
}

/// Bytes of a value of fixed size.
fn size(kind: u64) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

pub(super) fn read(metadata: &mut Metadata, file: &str, bytes: &[u8]) -> Result<(), String> {
    let bytes = bytes.get(..MAX_HEADER_BYTES).unwrap_or(bytes);
    let mut kept = BTreeMap::new();
    let walked = walk(bytes, &mut kept);
    // What was read before the trouble is kept: it may be all there is.
    keep(metadata, file, &kept);
    walked
}

fn walk(bytes: &[u8], kept: &mut BTreeMap<String, String>) -> Step<()> {
    let mut reader = Reader { rest: bytes, big_endian: false };
    if reader.take(4)? != b"GGUF" {
        return Err("it does not begin as a GGUF file".into());
    }
    let version = reader.number::<4>()?;
    let swapped = u64::from(u32::try_from(version).unwrap_or_default().swap_bytes());
    reader.big_endian = !(2..=3).contains(&version) && (2..=3).contains(&swapped);
    if !(2..=3).contains(&version) && !reader.big_endian {
        return Err(format!("it is GGUF version {version}, and versions 2 and 3 are read"));
    }
    let _tensors = reader.number::<8>()?;
    let keys = reader.number::<8>()?;
    if keys > MAX_KEYS {
        return Err(format!("it claims {keys} keys, more than {MAX_KEYS}"));
    }
    for _ in 0..keys {
        let key = reader.text()?;
        if key.len() > MAX_KEY_BYTES {
            return Err(format!("a key in it is longer than {MAX_KEY_BYTES} bytes"));
        }
        let kind = reader.number::<4>()?;
        let value = reader.value(kind, 0)?;
        let asked = std::str::from_utf8(key).ok().filter(|key| asked(key));
        let Some(key) = asked else { continue };
        let value = match value {
            Value::Text(text) if text.len() <= MAX_WORD_BYTES => {
                std::str::from_utf8(text).map_err(|_| format!("{key} is not UTF-8"))?.to_owned()
            }
            Value::Text(_) => return Err(format!("{key} is longer than {MAX_WORD_BYTES} bytes")),
            Value::Number(number) => number.to_string(),
            Value::Other => return Err(format!("{key} is no text")),
        };
        if kept.get(key).is_some_and(|first| *first != value) {
            return Err(format!("it has {key} twice, and they differ"));
        }
        kept.insert(key.to_owned(), value);
    }
    Ok(())
}

/// Keys that say something about licence and descent.
fn asked(key: &str) -> bool {
    let Some(rest) = key.strip_prefix("general.") else { return false };
    matches!(rest, "license" | "license.name" | "license.link" | "quantized_by" | "base_model.count")
        || rest.strip_prefix("source.").is_some_and(|rest| SOURCES.contains(&rest))
        || base_key(rest).is_some()
}

/// Keys that name where a file was converted from.
const SOURCES: [&str; 3] = ["huggingface.repository", "repo_url", "url"];

/// `base_model.{i}.{field}`
fn base_key(rest: &str) -> Option<(usize, &str)> {
    let (index, field) = rest.strip_prefix("base_model.")?.split_once('.')?;
    let known = ["name", "author", "version", "organization", "url", "doi", "uuid", "repo_url"].contains(&field);
    Some((index.parse().ok().filter(|index| *index < MAX_BASES && known)?, field))
}

fn keep(metadata: &mut Metadata, file: &str, kept: &BTreeMap<String, String>) {
    let get = |key: &str| kept.get(&format!("general.{key}")).and_then(|text| word(text));
    let (license, name) = (get("license"), get("license.name"));
    if license.is_some() || name.is_some() {
        let licenses = vec![license.unwrap_or_else(|| "other".into())];
        metadata.declared.push(Declared {
            carrier: Carrier::Gguf,
            file: file.into(),
            licenses,
            name,
            link: get("license.link"),
        });
    }
    metadata.quantized_by = metadata.quantized_by.take().or_else(|| get("quantized_by"));
    let relation = metadata.quantized_by.as_ref().map(|_| Relation::Quantized);
    let mut bases: BTreeMap<usize, BTreeMap<&str, &str>> = BTreeMap::new();
    for (key, value) in kept {
        if let Some((index, field)) = key.strip_prefix("general.").and_then(base_key) {
            bases.entry(index).or_default().insert(field, value);
        }
    }
    let count: usize = get("base_model.count").and_then(|count| count.parse().ok()).unwrap_or_default();
    if count > bases.len() {
        metadata.trouble(file, format!("it claims {count} base models, and names {}", bases.len()));
    }
    for base in bases.values() {
        let address = base.get("repo_url").or_else(|| base.get("url")).map(|address| repository(address));
        let named = || Some(named(base.get("organization").copied(), base.get("name")?));
        if let Some(name) = address.or_else(named).and_then(|name| word(&name)) {
            metadata.base(Base { carrier: Carrier::Gguf, file: file.into(), name, revision: None, relation });
        }
    }
    if let Some(source) = SOURCES.iter().find_map(|key| get(&format!("source.{key}"))) {
        metadata.base(Base {
            carrier: Carrier::Gguf,
            file: file.into(),
            name: repository(&source),
            revision: None,
            relation: Some(Relation::Source),
        });
    }
}

/// A repository as the converter took it apart: `Meta Llama` and `Llama 3.1 8B` were `Meta-Llama/Llama-3.1-8B`.
fn named(organization: Option<&str>, name: &str) -> String {
    match organization {
        Some(organization) => format!("{}/{}", organization.trim(), name.trim()).replace(' ', "-"),
        None => name.trim().to_owned(),
    }
}
