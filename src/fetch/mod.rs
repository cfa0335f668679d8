//! The weights: a hub's files of one commit into a folder, each verified, or a reason in one sentence.
//!
//! ```text
//! source -> listing (client, hub_*) -> select -> download (verify) -> folder -> record
//! ```
//!
//! It runs in the deployment's own namespace, as an init container; the operator itself never reads a tenant's
//! address. [`mirror`] is the other end: a folder served as a hub.

pub mod client;
pub mod credential;
pub mod download;
pub mod error;
pub mod folder;
pub mod hub_huggingface;
pub mod hub_modelscope;
pub mod listing;
pub mod mirror;
pub mod path;
pub mod patience;
pub mod progress;
pub mod record;
pub mod registry;
pub mod select;
pub mod source;
pub mod verify;

use std::path::PathBuf;

use reqwest::Url;

use client::HubClient;
use credential::Credentials;
use error::FetchError;
use folder::Folder;
use patience::Patience;
use record::Fetched;
use select::Wanted;
use source::{Source, is_commit};

/// All that a fetch needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What to fetch.
    pub source: Source,
    /// Where to put it.
    pub to: PathBuf,
    /// The hub's address, or a mirror's.
    pub endpoint: Url,
    /// Tokens, by host.
    pub credentials: Credentials,
    /// Which files.
    pub wanted: Wanted,
    /// Most bytes to fetch.
    pub max_bytes: Option<u64>,
    /// Authorities to trust besides the system's, in PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// How long to wait for the hub.
    pub patience: Patience,
}

/// Fetches a source into a folder; a folder that holds it already is verified and left alone.
pub async fn fetch(settings: &Settings) -> Result<Fetched, FetchError> {
    let Settings { source, endpoint, wanted, .. } = settings;
    let folder = Folder::open(&settings.to).await?;
    if let Some(fetched) = already_complete(&folder, settings).await? {
        tracing::info!(source = %source, "all files are here already and verified");
        return Ok(fetched);
    }
    let client = HubClient::new(
        endpoint,
        settings.ca_bundle.as_deref(),
        settings.credentials.clone(),
        settings.patience,
        source,
    )?;
    let listing = listing::list(&client, endpoint, source).await?;
    let files = select::select(&source.model(), listing.files, wanted)?;
    check_total(&files, settings.max_bytes)?;
    tracing::info!(source = %source, commit = listing.commit, files = files.len(), "fetching");
    let url_of = |file: &verify::RemoteFile| listing::file_url(endpoint, source, &listing.commit, &file.path);
    let files = download::all(&client, &folder, files, url_of).await?;
    let fetched = Fetched::new(source.without_revision(), listing.commit, wanted.line(), files);
    folder.finish(&fetched)?;
    folder.link_gguf(&fetched);
    Ok(fetched)
}

/// A pinned commit that is here, byte for byte, needs no hub: a pod restarts while the hub is away.
async fn already_complete(folder: &Folder, settings: &Settings) -> Result<Option<Fetched>, FetchError> {
    let pinned = settings.source.wanted_revision();
    let same = |record: &Fetched| {
        record.source == settings.source.without_revision()
            && record.revision == pinned
            && record.selection == settings.wanted.line()
    };
    match folder.record().filter(|record| is_commit(pinned) && same(record)) {
        Some(record) if !record.files.is_empty() && folder.holds(&record).await? => {
            Ok(Some(Fetched::new(record.source, record.revision, record.selection, record.files)))
        }
        _ => Ok(None),
    }
}

fn check_total(files: &[verify::RemoteFile], limit: Option<u64>) -> Result<(), FetchError> {
    let total = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
    match limit {
        Some(limit) if total > limit => Err(FetchError::TooLarge { total, limit }),
        _ => Ok(()),
    }
}
