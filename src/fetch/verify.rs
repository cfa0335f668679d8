//! Every byte is hashed as it arrives, and compared with what the hub listed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::error::FetchError;
use super::path::SafePath;
use crate::manifest::names::hex;

/// How much of a file is read at once, in bytes.
const READ_BYTES: usize = 1024 * 1024;

/// What a hub says a file's bytes hash to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digest {
    /// SHA-256 of the bytes, in lowercase hex.
    Sha256(String),
    /// SHA-1 as git names a blob: of `blob <length>\0` and the bytes.
    GitBlob(String),
}

impl Digest {
    /// A SHA-256 in hex, with or without `sha256:` before it.
    #[must_use]
    pub fn sha256(text: &str) -> Option<Self> {
        lowercase_hex(text.strip_prefix("sha256:").unwrap_or(text), 64).map(Self::Sha256)
    }

    /// A git blob's name in hex.
    #[must_use]
    pub fn git_blob(text: &str) -> Option<Self> {
        lowercase_hex(text, 40).map(Self::GitBlob)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(hex) => write!(f, "sha256:{hex}"),
            Self::GitBlob(hex) => write!(f, "git:{hex}"),
        }
    }
}

fn lowercase_hex(text: &str, length: usize) -> Option<String> {
    let whole = text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then(|| text.to_ascii_lowercase())
}

/// A file as a hub lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path in the repository.
    pub path: SafePath,
    /// Its length in bytes.
    pub size: u64,
    /// What its bytes hash to.
    pub digest: Digest,
}

/// The running hashes of one file.
pub struct Hashing {
    sha256: Sha256,
    git: Option<Sha1>,
    got: u64,
}

impl Hashing {
    /// Starts for a file of that length, for both kinds of digest.
    #[must_use]
    pub fn new(size: u64) -> Self {
        let mut git = Sha1::new();
        git.update(format!("blob {size}\0").as_bytes());
        Self { git: Some(git), ..Self::sha256_only() }
    }

    /// Starts for a listed file: a large one is not hashed twice.
    #[must_use]
    pub fn of(file: &RemoteFile) -> Self {
        match file.digest {
            Digest::Sha256(_) => Self::sha256_only(),
            Digest::GitBlob(_) => Self::new(file.size),
        }
    }

    fn sha256_only() -> Self {
        Self { sha256: Sha256::new(), git: None, got: 0 }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(git) = &mut self.git {
            git.update(bytes);
        }
        self.got = self.got.saturating_add(bytes.len() as u64);
    }

    /// How many bytes were taken.
    #[must_use]
    pub fn got(&self) -> u64 {
        self.got
    }

    /// The SHA-256 and, where asked for, the git name of what was taken, in hex.
    #[must_use]
    pub fn finish(self) -> (String, String) {
        (hex(&self.sha256.finalize()), self.git.map(|git| hex(&git.finalize())).unwrap_or_default())
    }

    /// The SHA-256, where size and digest are as listed.
    pub fn check(self, file: &RemoteFile) -> Result<String, FetchError> {
        if self.got != file.size {
            return Err(FetchError::Size { path: file.path.to_string(), expected: file.size, got: self.got });
        }
        let (sha256, git) = self.finish();
        let got = match &file.digest {
            Digest::Sha256(_) => Digest::Sha256(sha256.clone()),
            Digest::GitBlob(_) => Digest::GitBlob(git),
        };
        if got == file.digest {
            return Ok(sha256);
        }
        Err(FetchError::Digest { path: file.path.to_string(), expected: file.digest.to_string(), got: got.to_string() })
    }
}

/// The SHA-256 of a file on disk where it is already what the hub lists; `None` where it is absent or something else.
pub fn already_there(at: &Path, file: &RemoteFile, stop: &AtomicBool) -> io::Result<Option<String>> {
    match at.symlink_metadata() {
        Ok(meta) if meta.is_file() && meta.len() == file.size => {}
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    Ok(hash_file(at, Hashing::of(file), file.size, stop, |_| ())?.check(file).ok())
}

/// Hashes a file on disk, telling how many bytes each step read; ends early if the file is longer than it was.
pub fn hash_file(
    at: &Path,
    mut hashing: Hashing,
    size: u64,
    stop: &AtomicBool,
    mut read: impl FnMut(u64),
) -> io::Result<Hashing> {
    let mut input = File::open(at)?;
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let count = input.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(hashing);
        };
        hashing.update(bytes);
        read(bytes.len() as u64);
        if stop.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if hashing.got() > size {
            return Ok(hashing);
        }
    }
}

/// Runs work that reads much of a disk beside the runtime, and stops it when nobody waits for it any more:
/// a process that was told to end does not go on hashing.
pub async fn while_awaited<T: Send + 'static>(
    work: impl FnOnce(&AtomicBool) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    struct StopOnDrop(Arc<AtomicBool>);
    impl Drop for StopOnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let awaited = StopOnDrop(Arc::default());
    let stop = Arc::clone(&awaited.0);
    let done = tokio::task::spawn_blocking(move || work(&stop)).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(digest: Digest, size: u64) -> RemoteFile {
        RemoteFile { path: SafePath::parse("a.txt").unwrap(), size, digest }
    }

    // `printf 'hello\n' | git hash-object --stdin` and `sha256sum`.
    const GIT: &str = "ce013625030ba8dba906f756967f9e9ca394464a";
    const SHA256: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    #[test]
    fn a_blob_hashes_as_git_and_sha256sum_hash_it() {
        for digest in [Digest::git_blob(GIT).unwrap(), Digest::sha256(SHA256).unwrap()] {
            let mut hashing = Hashing::new(6);
            hashing.update(b"hel");
            hashing.update(b"lo\n");
            assert_eq!(hashing.check(&file(digest, 6)).unwrap(), SHA256);
        }
    }

    #[test]
    fn one_byte_missing_is_a_size_and_one_byte_changed_a_digest() {
        let wanted = file(Digest::sha256(SHA256).unwrap(), 6);
        let mut short = Hashing::new(6);
        short.update(b"hello");
        assert!(matches!(short.check(&wanted), Err(FetchError::Size { expected: 6, got: 5, .. })));
        let mut other = Hashing::new(6);
        other.update(b"hellO\n");
        assert!(matches!(other.check(&wanted), Err(FetchError::Digest { .. })));
    }

    #[test]
    fn a_digest_is_hex_of_the_right_length_or_nothing() {
        assert!(Digest::sha256(&SHA256.to_uppercase()).is_some());
        assert_eq!(Digest::sha256(&format!("sha256:{SHA256}")), Digest::sha256(SHA256));
        for text in ["", "abc", GIT, "é", &"g".repeat(64)] {
            assert_eq!(Digest::sha256(text), None, "{text}");
        }
    }
}
