//! Asks a hub which commit a revision is, and which files it has.

use reqwest::Url;
use reqwest::header::LINK;

use super::client::{HubClient, shown_host};
use super::error::FetchError;
use super::path::SafePath;
use super::source::{Hub, Source, is_commit};
use super::verify::RemoteFile;
use super::{hub_huggingface as hf, hub_modelscope as ms};

/// Most files that a repository may list.
pub const MAX_FILES: usize = 10_000;
/// Most pages that a listing may have.
const MAX_PAGES: usize = 100;

/// The files of one revision.
pub struct Listing {
    /// The commit; on a hub that tells none, the revision that was asked for.
    pub revision: String,
    /// All files.
    pub files: Vec<RemoteFile>,
}

/// Lists a source's files.
pub async fn list(client: &HubClient, endpoint: &Url, source: &Source) -> Result<Listing, FetchError> {
    let listing = match source.hub {
        Hub::HuggingFace => huggingface(client, endpoint, source).await?,
        Hub::ModelScope => modelscope(client, endpoint, source).await?,
    };
    let mut paths: Vec<&SafePath> = listing.files.iter().map(|file| &file.path).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.len() != listing.files.len() {
        return Err(hf::bad(&shown_host(endpoint), "it lists a file twice"));
    }
    Ok(listing)
}

/// Where one of the files is.
#[must_use]
pub fn file_url(endpoint: &Url, source: &Source, revision: &str, path: &SafePath) -> Url {
    match source.hub {
        Hub::HuggingFace => hf::file_url(endpoint, source, revision, path),
        Hub::ModelScope => ms::file_url(endpoint, source, revision, path),
    }
}

async fn huggingface(client: &HubClient, endpoint: &Url, source: &Source) -> Result<Listing, FetchError> {
    let host = shown_host(endpoint);
    let wanted = source.wanted_revision();
    let revision = if is_commit(wanted) {
        wanted.to_owned() // a commit is what it is: one request less for a hub that counts them
    } else {
        let (_, body) = client.get_small(&hf::info_url(endpoint, source, wanted)).await?;
        hf::parse_commit(&host, &body)?
    };
    let mut files = Vec::new();
    let mut next = Some(hf::tree_url(endpoint, source, &revision));
    for _ in 0..MAX_PAGES {
        let Some(page) = next else { return Ok(Listing { revision, files }) };
        let (headers, body) = client.get_small(&page).await?;
        files.extend(hf::parse_tree(&host, &body)?);
        if files.len() > MAX_FILES {
            break;
        }
        let link = headers.get(LINK).and_then(|value| value.to_str().ok());
        next = link.and_then(hf::next_page).map(|text| next_url(&page, text)).transpose()?;
    }
    Err(FetchError::TooManyFiles { limit: MAX_FILES })
}

fn next_url(page: &Url, text: &str) -> Result<Url, FetchError> {
    let next = page.join(text).ok().filter(|next| next.origin() == page.origin());
    next.ok_or_else(|| hf::bad(&shown_host(page), "its file list goes on at another host"))
}

async fn modelscope(client: &HubClient, endpoint: &Url, source: &Source) -> Result<Listing, FetchError> {
    let wanted = source.wanted_revision();
    let (_, body) = client.get_small(&ms::list_url(endpoint, source, wanted)).await?;
    let listed = ms::parse_list(&shown_host(endpoint), &source.model(), &body)?;
    // Often no commit is told. The files are then pinned by their digests, which the record keeps.
    let revision = listed.commit.filter(|_| !is_commit(wanted)).unwrap_or_else(|| wanted.to_owned());
    Ok(Listing { revision, files: listed.files })
}
