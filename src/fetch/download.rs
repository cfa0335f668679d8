//! Brings files over, several at once, each hashed as it arrives and named only when it is right.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::{StatusCode, Url};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::client::{HubClient, range_start, root_cause, shown_host};
use super::error::FetchError;
use super::folder::Folder;
use super::hub_huggingface::bad;
use super::progress::Progress;
use super::record::FetchedFile;
use super::verify::{Hashing, RemoteFile};

/// How many files arrive at once.
const FILES_AT_ONCE: usize = 4;
/// How often the transfer of one file may break and go on where it was.
const MAX_BREAKS_PER_FILE: u32 = 20;

/// Fetches what is not yet in the folder.
pub async fn all(
    client: &HubClient,
    folder: &Folder,
    files: Vec<RemoteFile>,
    url_of: impl Fn(&RemoteFile) -> Url,
) -> Result<Vec<FetchedFile>, FetchError> {
    let total = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
    let progress = Progress::new("fetching", total);
    stream::iter(files.into_iter().enumerate())
        .map(|(number, file)| {
            let (url, progress) = (url_of(&file), &progress);
            async move {
                let sha256 = match folder.already_there(&file).await? {
                    Some(sha256) => {
                        progress.add(file.size);
                        sha256
                    }
                    None => one(client, folder, number, &file, &url, progress).await?,
                };
                Ok(FetchedFile { path: file.path.to_string(), size: file.size, sha256 })
            }
        })
        .buffer_unordered(FILES_AT_ONCE)
        .try_collect()
        .await
}

async fn one(
    client: &HubClient,
    folder: &Folder,
    number: usize,
    file: &RemoteFile,
    url: &Url,
    progress: &Progress,
) -> Result<String, FetchError> {
    let part = folder.part(number);
    let mut arriving = Arriving::new(&part, file, progress).await?;
    let mut breaks = 0;
    while let Some(why) = arriving.receive(client, url).await? {
        breaks += 1;
        if breaks > MAX_BREAKS_PER_FILE {
            return Err(FetchError::Unavailable { host: shown_host(url), attempts: breaks, why });
        }
        tracing::info!(file = %file.path, at_byte = arriving.hashing.got(), why, "the transfer broke and goes on");
        tokio::time::sleep(client.patience().wait(breaks)).await;
    }
    let sha256 = arriving.complete(&part).await?;
    folder.settle(&part, &file.path)?;
    Ok(sha256)
}

/// A file on its way.
struct Arriving<'a> {
    file: &'a RemoteFile,
    part: &'a Path,
    out: File,
    hashing: Hashing,
    progress: &'a Progress,
}

impl<'a> Arriving<'a> {
    async fn new(part: &'a Path, file: &'a RemoteFile, progress: &'a Progress) -> Result<Self, FetchError> {
        let out = File::create(part).await.map_err(|error| FetchError::disk(part, "written", &error))?;
        Ok(Self { file, part, out, hashing: Hashing::of(file), progress })
    }

    /// Receives until the end, or until the transfer breaks: then says why.
    async fn receive(&mut self, client: &HubClient, url: &Url) -> Result<Option<String>, FetchError> {
        let got = self.hashing.got();
        if got == self.file.size && got > 0 {
            return Ok(None);
        }
        let mut response = client.get(url, got).await?;
        match (response.status(), range_start(response.headers())) {
            (StatusCode::PARTIAL_CONTENT, Some(start)) if start == got => {}
            (StatusCode::PARTIAL_CONTENT, _) => {
                return Err(bad(&shown_host(url), "it sends another part of a file than was asked for"));
            }
            _ if got > 0 => self.start_again().await?,
            _ => {}
        }
        let left = self.file.size - self.hashing.got();
        if let Some(length) = response.content_length().filter(|length| *length != left) {
            return Err(self.wrong_size(self.hashing.got().saturating_add(length)));
        }
        loop {
            match response.chunk().await {
                Ok(Some(bytes)) => self.take(&bytes).await?,
                Ok(None) => return Ok(None),
                Err(error) => return Ok(Some(root_cause(&error))),
            }
        }
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.hashing.update(bytes);
        if self.hashing.got() > self.file.size {
            return Err(self.wrong_size(self.hashing.got()));
        }
        self.out.write_all(bytes).await.map_err(|error| FetchError::disk(self.part, "written", &error))?;
        self.progress.add(bytes.len() as u64);
        Ok(())
    }

    async fn start_again(&mut self) -> Result<(), FetchError> {
        self.progress.take_back(self.hashing.got());
        self.hashing = Hashing::of(self.file);
        let back = async {
            self.out.flush().await?;
            self.out.set_len(0).await?;
            self.out.rewind().await.map(|_| ())
        };
        back.await.map_err(|error| FetchError::disk(self.part, "written", &error))
    }

    fn wrong_size(&self, got: u64) -> FetchError {
        FetchError::Size { path: self.file.path.to_string(), expected: self.file.size, got }
    }

    /// Checks size and digest, and makes sure that the bytes are on the disk.
    async fn complete(mut self, part: &Path) -> Result<String, FetchError> {
        let kept = async {
            self.out.flush().await?;
            self.out.sync_all().await
        };
        kept.await.map_err(|error| FetchError::disk(part, "written", &error))?;
        self.hashing.check(self.file)
    }
}
