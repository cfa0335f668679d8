//! The folder behind the mirror: `<org>/<repo>/` and `<org>/<repo>@<revision>/`, read and hashed, never written.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use sha1::{Digest as _, Sha1};

use crate::fetch::path::{MAX_DEPTH_FOLDERS, SafePath};
use crate::fetch::progress::Progress;
use crate::fetch::source::is_commit;
use crate::fetch::verify::{Hashing, hash_file};
use crate::manifest::{hub_address::is_repo_name, names::hex};

/// Most files of one repository.
const MAX_FILES: usize = 10_000;
/// Most files whose hashes are kept in memory.
const MAX_KEPT_HASHES: usize = 100_000;
/// Names that mean whatever is there when no revision is named.
const DEFAULT_BRANCHES: [&str; 2] = ["main", "master"];

/// Why the shelf has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// No such folder.
    #[error("this mirror has no such model")]
    NoRepo,
    /// A folder, but none of that revision.
    #[error("this mirror has the model, but not that revision")]
    NoRevision,
    /// The disk, or a file that changes while it is read.
    #[error("the mirror cannot read its folder: {0}")]
    Disk(#[from] io::Error),
}

/// One file of a repository.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Where it lies, symbolic links resolved.
    pub at: PathBuf,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last changed.
    pub changed: SystemTime,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Its name as a git blob, in hex.
    pub git: String,
}

/// One revision of a repository.
#[derive(Debug)]
pub struct Snapshot {
    /// The commit: the folder's own where it is named by one, else computed from the files.
    pub commit: String,
    /// The files by path.
    pub files: BTreeMap<String, Kept>,
}

/// What a file is recognised by: the same place, length and time mean the same bytes.
type Identity = (PathBuf, u64, SystemTime);
type Hashes = (String, String);

/// The folder.
pub struct Shelf {
    root: PathBuf,
    hashes: Mutex<HashMap<Identity, Hashes>>,
    hashing: tokio::sync::Mutex<()>,
    stopped: AtomicBool,
}

impl Shelf {
    /// Opens a folder.
    pub fn open(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        fs::read_dir(&root)?;
        Ok(Self {
            root,
            hashes: Mutex::default(),
            hashing: tokio::sync::Mutex::default(),
            stopped: AtomicBool::new(false),
        })
    }

    /// A repository at a branch, a folder's revision, or a commit.
    pub async fn snapshot(self: &Arc<Self>, org: &str, repo: &str, revision: &str) -> Result<Snapshot, ShelfError> {
        let versions = self.versions(org, repo)?;
        let named = |wanted: Option<&str>| versions.iter().find(|(name, _)| name.as_deref() == wanted);
        let default = DEFAULT_BRANCHES.contains(&revision);
        let plain =
            if default { named(None).or_else(|| versions.first().filter(|_| versions.len() == 1)) } else { None };
        if let Some((name, folder)) = named(Some(revision)).or(plain) {
            return self.read(name.clone(), folder.clone()).await;
        }
        for (name, folder) in versions.iter().filter(|_| is_commit(revision)) {
            let snapshot = self.read(name.clone(), folder.clone()).await?;
            if snapshot.commit == revision {
                return Ok(snapshot);
            }
        }
        Err(ShelfError::NoRevision)
    }

    /// Hashes everything once, so that the first reader need not wait; says what it found.
    pub async fn warm(self: &Arc<Self>) -> Result<(), ShelfError> {
        for org in names(&self.root)? {
            for folder in names(&self.root.join(&org)).unwrap_or_default() {
                let (repo, revision) = folder.split_once('@').unwrap_or((&folder, "main"));
                match self.snapshot(&org, repo, revision).await {
                    Ok(snapshot) => {
                        let (files, commit) = (snapshot.files.len(), snapshot.commit);
                        tracing::info!(org, repo, revision, commit, files, "serving a model");
                    }
                    Err(error) => tracing::warn!(org, folder, %error, "a folder is not served"),
                }
            }
        }
        Ok(())
    }

    /// The folders of a repository, by the revision in their name.
    fn versions(&self, org: &str, repo: &str) -> Result<Vec<(Option<String>, PathBuf)>, ShelfError> {
        if !is_repo_name(org) || !is_repo_name(repo) {
            return Err(ShelfError::NoRepo);
        }
        let org = self.root.join(org);
        let mut found: Vec<_> = names(&org)
            .map_err(|_| ShelfError::NoRepo)?
            .into_iter()
            .filter_map(|name| match name.split_once('@') {
                Some((head, revision)) => (head == repo).then(|| (Some(revision.to_owned()), org.join(&name))),
                None => (name == repo).then(|| (None, org.join(&name))),
            })
            .filter_map(|(revision, folder)| Some((revision, self.inside(&folder).filter(|f| f.is_dir())?)))
            .collect();
        found.sort();
        if found.is_empty() { Err(ShelfError::NoRepo) } else { Ok(found) }
    }

    /// A path with its links resolved, where it is still inside the folder that is served.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok().filter(|real| real.starts_with(&self.root))
    }

    /// Ends what is being hashed, so that the process can end.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    async fn read(self: &Arc<Self>, revision: Option<String>, folder: PathBuf) -> Result<Snapshot, ShelfError> {
        // In a task of its own: a reader who loses patience must not undo what is hashed so far.
        let done = tokio::spawn(Arc::clone(self).read_folder(folder)).await;
        let files = done.unwrap_or_else(|error| Err(io::Error::other(error)))?;
        let commit = revision.filter(|name| is_commit(name)).unwrap_or_else(|| commit_of(&files));
        Ok(Snapshot { commit, files })
    }

    async fn read_folder(self: Arc<Self>, folder: PathBuf) -> io::Result<BTreeMap<String, Kept>> {
        let (reader, at) = (Arc::clone(&self), folder.clone());
        let known = tokio::task::spawn_blocking(move || reader.read_known(&at)).await?;
        if let Some(files) = known? {
            return Ok(files);
        }
        let _turn = self.hashing.lock().await; // two readers of a new file hash it once
        let hasher = Arc::clone(&self);
        tokio::task::spawn_blocking(move || hasher.read_new(&folder)).await?
    }

    /// The files, where all of their hashes are known.
    fn read_known(&self, folder: &Path) -> io::Result<Option<BTreeMap<String, Kept>>> {
        let found = self.walk(folder)?.into_iter();
        Ok(found.map(|(path, identity)| Some((path, kept(self.known(&identity)?, identity)))).collect())
    }

    fn read_new(&self, folder: &Path) -> io::Result<BTreeMap<String, Kept>> {
        let found = self.walk(folder)?;
        let new = |(_, identity): &&(String, Identity)| self.known(identity).is_none();
        let total = found.iter().filter(new).fold(0_u64, |sum, (_, (_, size, _))| sum.saturating_add(*size));
        let progress = Progress::new("hashing", total);
        let hashed = |(path, identity)| Ok((path, kept(self.hashes_of(&identity, &progress)?, identity)));
        found.into_iter().map(hashed).collect()
    }

    fn walk(&self, folder: &Path) -> io::Result<Vec<(String, Identity)>> {
        let mut found = Vec::new();
        let mut todo = vec![(String::new(), folder.to_path_buf(), 0)];
        while let Some((prefix, folder, depth)) = todo.pop() {
            for name in names(&folder)? {
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
                let Some(at) = self.inside(&folder.join(&name)) else {
                    tracing::warn!(path, "a link that leaves the mirror's folder is not served");
                    continue;
                };
                let meta = at.metadata()?;
                if meta.is_dir() && !name.starts_with('.') && depth < MAX_DEPTH_FOLDERS {
                    todo.push((path, at, depth + 1));
                } else if meta.is_file() && SafePath::parse(&path).is_ok() {
                    found.push((path, (at, meta.len(), meta.modified()?)));
                }
                if found.len() > MAX_FILES {
                    return Err(io::Error::other(format!("more than {MAX_FILES} files in one model")));
                }
            }
        }
        Ok(found)
    }

    fn known(&self, identity: &Identity) -> Option<Hashes> {
        self.hashes.lock().ok()?.get(identity).cloned()
    }

    fn hashes_of(&self, identity: &Identity, progress: &Progress) -> io::Result<Hashes> {
        if let Some(hashes) = self.known(identity) {
            return Ok(hashes);
        }
        let (at, size, _) = identity;
        let hashing = hash_file(at, Hashing::new(*size), *size, &self.stopped, |bytes| {
            progress.add(bytes);
        })?;
        if hashing.got() != *size {
            return Err(io::Error::other("a file changed while it was read"));
        }
        let hashes = hashing.finish();
        if let Ok(mut kept) = self.hashes.lock() {
            if kept.len() >= MAX_KEPT_HASHES {
                kept.clear();
            }
            kept.insert(identity.clone(), hashes.clone());
        }
        Ok(hashes)
    }
}

fn kept((sha256, git): Hashes, (at, size, changed): Identity) -> Kept {
    Kept { at, size, changed, sha256, git }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    Ok(entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// The same files have the same commit, on every machine.
fn commit_of(files: &BTreeMap<String, Kept>) -> String {
    let mut hash = Sha1::new();
    hash.update(b"modelport mirror\n");
    for (path, kept) in files {
        hash.update(format!("{path}\0{}\0{}\n", kept.size, kept.sha256).as_bytes());
    }
    hex(&hash.finalize())
}
