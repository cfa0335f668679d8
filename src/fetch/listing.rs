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
    /// The commit.
    pub commit: String,
    /// All files.
    pub files: Vec<RemoteFile>,
}

/// Finds the commit of a source's revision, and lists its files.
pub async fn list(client: &HubClient, endpoint: &Url, source: &Source) -> Result<Listing, FetchError> {
    let commit = commit_of(client, endpoint, source).await?;
    let files = match source.hub {
        Hub::HuggingFace => huggingface(client, endpoint, source, &commit).await?,
        Hub::ModelScope => modelscope(client, endpoint, source, &commit).await?,
    };
    let mut paths: Vec<&SafePath> = files.iter().map(|file| &file.path).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.len() != files.len() {
        return Err(hf::bad(&shown_host(endpoint), "it lists a file twice"));
    }
    Ok(Listing { commit, files })
}

/// Where one of the files is.
#[must_use]
pub fn file_url(endpoint: &Url, source: &Source, commit: &str, path: &SafePath) -> Url {
    match source.hub {
        Hub::HuggingFace => hf::file_url(endpoint, source, commit, path),
        Hub::ModelScope => ms::file_url(endpoint, source, commit, path),
    }
}

/// The commit that a revision is; a commit is what it is, and saves a request to a hub that counts them.
async fn commit_of(client: &HubClient, endpoint: &Url, source: &Source) -> Result<String, FetchError> {
    let (host, wanted) = (shown_host(endpoint), source.wanted_revision());
    if is_commit(wanted) {
        return Ok(wanted.to_owned());
    }
    let url = match source.hub {
        Hub::HuggingFace => hf::info_url(endpoint, source, wanted),
        Hub::ModelScope => ms::commit_url(endpoint, source, wanted),
    };
    let (_, body) = client.get_small(&url).await?;
    match source.hub {
        Hub::HuggingFace => hf::parse_commit(&host, &body),
        Hub::ModelScope => ms::parse_commit(&host, &source.model(), wanted, &body),
    }
}

async fn huggingface(
    client: &HubClient,
    endpoint: &Url,
    source: &Source,
    commit: &str,
) -> Result<Vec<RemoteFile>, FetchError> {
    let host = shown_host(endpoint);
    let mut files = Vec::new();
    let mut next = Some(hf::tree_url(endpoint, source, commit));
    for _ in 0..MAX_PAGES {
        let Some(page) = next else { return Ok(files) };
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

async fn modelscope(
    client: &HubClient,
    endpoint: &Url,
    source: &Source,
    commit: &str,
) -> Result<Vec<RemoteFile>, FetchError> {
    let (_, body) = client.get_small(&ms::list_url(endpoint, source, commit)).await?;
    ms::parse_list(&shown_host(endpoint), &source.model(), &body)
}
