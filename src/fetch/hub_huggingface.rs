//! The protocol of Hugging Face: addresses out, listings in. Pure.

use reqwest::Url;
use serde::Deserialize;

use super::error::FetchError;
use super::path::SafePath;
use super::source::{Source, is_commit};
use super::verify::{Digest, RemoteFile};

/// Where the hub tells which commit a revision is.
#[must_use]
pub fn info_url(endpoint: &Url, source: &Source, revision: &str) -> Url {
    extend(endpoint, ["api", "models", &source.org, &source.repo, "revision", revision])
}

/// Where the hub lists the files of a commit.
#[must_use]
pub fn tree_url(endpoint: &Url, source: &Source, commit: &str) -> Url {
    let mut url = extend(endpoint, ["api", "models", &source.org, &source.repo, "tree", commit]);
    url.set_query(Some("recursive=true"));
    url
}

/// Where one file of a commit is.
#[must_use]
pub fn file_url(endpoint: &Url, source: &Source, commit: &str, path: &SafePath) -> Url {
    let head = [source.org.as_str(), &source.repo, "resolve", commit];
    extend(endpoint, head.into_iter().chain(path.parts()))
}

/// Adds path segments, each percent-encoded, to an endpoint that may have a path of its own.
pub(super) fn extend<'a>(endpoint: &Url, segments: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = endpoint.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[derive(Deserialize)]
struct Info {
    sha: String,
}

/// Reads the commit out of a model's description.
pub fn parse_commit(host: &str, body: &[u8]) -> Result<String, FetchError> {
    let info: Info =
        serde_json::from_slice(body).map_err(|_| bad(host, "the model's description is not the JSON it should be"))?;
    if is_commit(&info.sha) { Ok(info.sha) } else { Err(bad(host, "the model's commit is not 40 hex digits")) }
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    oid: String,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    oid: String,
    size: u64,
}

/// Reads one page of a listing; folders are left out, and a name that is not safe refuses the whole of it.
pub fn parse_tree(host: &str, body: &[u8]) -> Result<Vec<RemoteFile>, FetchError> {
    let entries: Vec<Entry> =
        serde_json::from_slice(body).map_err(|_| bad(host, "the file list is not the JSON it should be"))?;
    entries.into_iter().filter(|entry| entry.kind == "file").map(|entry| remote_file(host, entry)).collect()
}

fn remote_file(host: &str, entry: Entry) -> Result<RemoteFile, FetchError> {
    let path = SafePath::parse(&entry.path).map_err(|fault| FetchError::path(&entry.path, fault))?;
    // A large file's own oid names the pointer that git keeps; the bytes have the digest of the LFS object.
    let (size, digest) = match entry.lfs {
        Some(lfs) => (lfs.size, Digest::sha256(&lfs.oid)),
        None => (entry.size, Digest::git_blob(&entry.oid)),
    };
    let digest = digest.ok_or_else(|| bad(host, "a file is listed without a digest"))?;
    Ok(RemoteFile { path, size, digest })
}

/// The next page, from a `Link` header (`<https://...>; rel="next"`).
#[must_use]
pub fn next_page(link: &str) -> Option<&str> {
    link.split(',').find_map(|part| {
        let (target, parameters) = part.trim().split_once('>')?;
        let next = parameters.split(';').any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next"));
        next.then(|| target.strip_prefix('<')).flatten()
    })
}

pub(super) fn bad(host: &str, why: &str) -> FetchError {
    FetchError::BadAnswer { host: host.to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::error::Reason;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_are_those_of_the_hub_and_keep_the_path_of_a_mirror() {
        let source: Source = "hf://org/repo".parse().unwrap();
        let mirror = url("https://artifacts.example/api/hf/");
        assert_eq!(
            info_url(&mirror, &source, "refs/pr/1").as_str(),
            "https://artifacts.example/api/hf/api/models/org/repo/revision/refs%2Fpr%2F1"
        );
        assert_eq!(
            tree_url(&url("https://huggingface.co"), &source, "main").as_str(),
            "https://huggingface.co/api/models/org/repo/tree/main?recursive=true"
        );
        let path = SafePath::parse("a b/c?#.json").unwrap();
        assert_eq!(
            file_url(&url("https://huggingface.co"), &source, "main", &path).as_str(),
            "https://huggingface.co/org/repo/resolve/main/a%20b/c%3F%23.json"
        );
    }

    #[test]
    fn a_large_file_has_the_digest_of_its_bytes_and_a_small_one_that_of_git() {
        let body = format!(
            r#"[{{"type":"directory","oid":"{d}","size":0,"path":"sub"}},
                {{"type":"file","oid":"{d}","size":7,"path":"sub/config.json"}},
                {{"type":"file","oid":"{d}","size":9,"path":"m.safetensors","xetHash":"x",
                  "lfs":{{"oid":"{s}","size":9,"pointerSize":133}}}}]"#,
            d = "a".repeat(40),
            s = "b".repeat(64)
        );
        let files = parse_tree("hub", body.as_bytes()).unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].digest, Digest::GitBlob("a".repeat(40)));
        assert_eq!(files[1].digest, Digest::Sha256("b".repeat(64)));
    }

    #[test]
    fn a_listing_that_climbs_is_refused_whole() {
        let body = format!(r#"[{{"type":"file","oid":"{}","size":7,"path":"../../etc/cron.d/x"}}]"#, "a".repeat(40));
        assert_eq!(parse_tree("hub", body.as_bytes()).unwrap_err().reason(), Reason::PathUnsafe);
    }

    #[test]
    fn what_is_not_a_listing_is_a_bad_answer() {
        for body in ["", "<html>", "{}", r#"[{"type":"file","path":"a","size":-1}]"#, r#"[{"type":"file","path":"a"}]"#]
        {
            assert_eq!(parse_tree("hub", body.as_bytes()).unwrap_err().reason(), Reason::BadAnswer, "{body}");
        }
        assert_eq!(parse_commit("hub", br#"{"sha":"main"}"#).unwrap_err().reason(), Reason::BadAnswer);
    }

    #[test]
    fn the_next_page_is_found_in_a_link_header() {
        let link = r#"<https://h/first>; rel="prev", <https://h/api?cursor=a%2C>; rel="next""#;
        assert_eq!(next_page(link), Some("https://h/api?cursor=a%2C"));
        assert_eq!(next_page("<https://h/first>; rel=\"last\""), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200), link in ".*") {
            let _ = parse_tree("hub", &body);
            let _ = parse_commit("hub", &body);
            let _ = next_page(&link);
        }

        #[test]
        fn every_path_of_an_accepted_listing_is_safe(path in r"[a./\\]{0,12}") {
            let entry = serde_json::json!([{"type": "file", "path": path, "size": 1, "oid": "a".repeat(40)}]);
            if let Ok(files) = parse_tree("hub", entry.to_string().as_bytes()) {
                prop_assert!(files.iter().all(|file| SafePath::parse(file.path.as_str()).is_ok()));
            }
        }
    }
}
