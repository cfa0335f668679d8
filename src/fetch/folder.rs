//! The folder that receives the weights: one writer at a time, nothing half-written under a final name.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::FetchError;
use super::path::{OUR_FOLDER, SafePath};
use super::record::{Fetched, FetchedFile};
use super::verify::{self, Digest, RemoteFile};

const RECORD_NAME: &str = "fetched.json";
const LOCK_NAME: &str = "lock";
const PARTS_NAME: &str = "parts";
/// Largest record that is read, in bytes.
const MAX_RECORD_BYTES: u64 = 16 * 1024 * 1024;
/// How often a folder that another fetch holds is tried again.
const LOCK_POLL_MILLIS: u64 = 500;

/// The folder, held by this fetch until it is dropped.
pub struct Folder {
    root: PathBuf,
    _lock: Option<File>,
}

impl Folder {
    /// Makes the folder where it is missing, waits for another fetch to leave it, clears what that one left half-done.
    pub async fn open(root: &Path) -> Result<Self, FetchError> {
        let ours = root.join(OUR_FOLDER);
        fs::create_dir_all(&ours).map_err(|error| FetchError::disk(&ours, "made", &error))?;
        let lock = lock(&ours.join(LOCK_NAME)).await?;
        let folder = Self { root: root.to_path_buf(), _lock: lock };
        folder.clear_parts();
        let parts = folder.parts();
        fs::create_dir_all(&parts).map_err(|error| FetchError::disk(&parts, "made", &error))?;
        Ok(folder)
    }

    fn ours(&self) -> PathBuf {
        self.root.join(OUR_FOLDER)
    }

    fn parts(&self) -> PathBuf {
        self.ours().join(PARTS_NAME)
    }

    fn clear_parts(&self) {
        if let Err(error) = fs::remove_dir_all(self.parts())
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "what an earlier fetch left half-done could not be removed");
        }
    }

    /// Where the bytes of the file of that number are while they arrive.
    #[must_use]
    pub fn part(&self, number: usize) -> PathBuf {
        self.parts().join(format!("{number}.part"))
    }

    /// Where a file lies once it is verified.
    #[must_use]
    pub fn place(&self, path: &SafePath) -> PathBuf {
        path.under(&self.root)
    }

    /// Gives a verified file its final name, in one step.
    pub fn settle(&self, part: &Path, path: &SafePath) -> Result<(), FetchError> {
        let place = self.place(path);
        let failed = |error: io::Error| FetchError::disk(&place, "written", &error);
        place.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
        fs::rename(part, &place).map_err(failed)
    }

    /// What an earlier fetch recorded, if it is readable; what is not is as good as absent.
    #[must_use]
    pub fn record(&self) -> Option<Fetched> {
        let at = self.ours().join(RECORD_NAME);
        let meta = at.metadata().ok().filter(|meta| meta.is_file() && meta.len() <= MAX_RECORD_BYTES)?;
        let bytes = fs::read(&at).ok()?;
        serde_json::from_slice(&bytes)
            .inspect_err(
                |error| tracing::warn!(%error, bytes = meta.len(), "the record of an earlier fetch is not readable"),
            )
            .ok()
    }

    /// Whether every file of a record is on the disk, byte for byte.
    pub async fn holds(&self, record: &Fetched) -> Result<bool, FetchError> {
        for file in &record.files {
            let Some(file) = listed(file) else { return Ok(false) };
            if self.already_there(&file).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The SHA-256 of a file that is already in its place and right.
    pub async fn already_there(&self, file: &RemoteFile) -> Result<Option<String>, FetchError> {
        let (place, wanted) = (self.place(&file.path), file.clone());
        let at = place.clone();
        let read = verify::while_awaited(move |stop| verify::already_there(&at, &wanted, stop)).await;
        read.map_err(|error| FetchError::disk(&place, "read", &error))
    }

    /// Leaves the first GGUF file under one name, so that an engine's command line need not know what the repository
    /// calls it. Shards are named in order, and an engine finds the others beside the first.
    pub fn link_gguf(&self, fetched: &Fetched) {
        let Some(first) =
            fetched.files.iter().map(|f| f.path.as_str()).find(|p| p.to_ascii_lowercase().ends_with(".gguf"))
        else {
            return;
        };
        let link = self.root.join(crate::plan::weights::GGUF_LINK);
        if first == crate::plan::weights::GGUF_LINK {
            return;
        }
        let made =
            fs::remove_file(&link).or(Ok::<(), io::Error>(())).and_then(|()| std::os::unix::fs::symlink(first, &link));
        if let Err(error) = made {
            tracing::warn!(%error, "the first GGUF file could not be linked as {}", link.display());
        }
    }

    /// Removes what an earlier fetch put here and this one did not, then records this one.
    pub fn finish(&self, fetched: &Fetched) -> Result<(), FetchError> {
        let stays = |old: &FetchedFile| fetched.files.iter().any(|file| file.path == old.path);
        let earlier = self.record().map(|record| record.files).unwrap_or_default();
        for old in earlier.iter().filter(|old| !stays(old)).filter_map(listed) {
            let place = self.place(&old.path);
            match fs::remove_file(&place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FetchError::disk(&place, "removed", &error));
                }
                _ => {}
            }
        }
        self.clear_parts();
        let (new, at) = (self.ours().join("fetched.json.new"), self.ours().join(RECORD_NAME));
        let text = serde_json::to_vec_pretty(fetched).map_err(io::Error::other);
        text.and_then(|text| fs::write(&new, text))
            .and_then(|()| fs::rename(&new, &at))
            .map_err(|error| FetchError::disk(&at, "written", &error))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.clear_parts();
    }
}

fn listed(file: &FetchedFile) -> Option<RemoteFile> {
    let path = SafePath::parse(&file.path).ok()?;
    Some(RemoteFile { path, size: file.size, digest: Digest::sha256(&file.sha256)? })
}

async fn lock(at: &Path) -> Result<Option<File>, FetchError> {
    let file = File::create(at).map_err(|error| FetchError::disk(at, "written", &error))?;
    let mut said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => {
                if !said {
                    tracing::info!("another fetch is writing into this folder; waiting for it");
                    said = true;
                }
                tokio::time::sleep(Duration::from_millis(LOCK_POLL_MILLIS)).await;
            }
            Err(TryLockError::Error(error)) => {
                // Some network file systems have no locks; one writer is then up to whoever shares the volume.
                tracing::warn!(%error, "this volume has no file locks");
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let at = std::env::temp_dir().join(format!("modelport-folder-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&at);
        at
    }

    #[tokio::test]
    async fn a_record_that_points_outside_removes_and_trusts_nothing() {
        let root = scratch("outside");
        let folder = Folder::open(&root.join("weights")).await.unwrap();
        fs::write(root.join("precious"), "x").unwrap();
        let outside = FetchedFile { path: "../precious".into(), size: 1, sha256: "a".repeat(64) };
        let forged = Fetched::new("hf://o/r".into(), "a".repeat(40), String::new(), vec![outside]);
        fs::write(folder.ours().join(RECORD_NAME), serde_json::to_vec(&forged).unwrap()).unwrap();
        assert!(!folder.holds(&forged).await.unwrap());
        folder.finish(&Fetched::new("hf://o/r".into(), "b".repeat(40), String::new(), Vec::new())).unwrap();
        assert!(root.join("precious").exists());
        fs::remove_dir_all(&root).unwrap();
    }

    #[tokio::test]
    async fn two_fetches_into_one_folder_go_one_after_the_other() {
        let root = scratch("lock");
        let first = Folder::open(&root).await.unwrap();
        let second = tokio::spawn({
            let root = root.clone();
            async move { Folder::open(&root).await.map(drop) }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
        fs::remove_dir_all(&root).unwrap();
    }
}
