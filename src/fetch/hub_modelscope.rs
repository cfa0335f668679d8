//! The protocol of ModelScope: addresses out, listings in. Pure.

use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::FetchError;
use super::hub_huggingface::{bad, extend};
use super::path::SafePath;
use super::source::{Source, is_commit};
use super::verify::{Digest, RemoteFile};

/// ModelScope cuts a listing here, without a word and without pages.
pub const MAX_LISTED_FILES: usize = 3000;

/// What the hub answers for a model that is private, or gated and not granted; with status 404, as all its refusals.
const CODE_NO_ACCESS: i64 = 10_010_200_001;
/// What it answers for a model that does not exist, and for one that has no files at the revision.
const CODES_NOT_FOUND: [i64; 3] = [10_010_205_001, 10_990_101_004, 404];

/// Where the hub tells the newest commit of a branch or a tag.
#[must_use]
pub fn commit_url(endpoint: &Url, source: &Source, revision: &str) -> Url {
    let mut url = extend(endpoint, ["api", "v1", "models", &source.org, &source.repo, "commits"]);
    url.query_pairs_mut().append_pair("Ref", revision).append_pair("PageNumber", "1").append_pair("PageSize", "1");
    url
}

/// Where the hub lists the files of a commit.
#[must_use]
pub fn list_url(endpoint: &Url, source: &Source, commit: &str) -> Url {
    let mut url = extend(endpoint, ["api", "v1", "models", &source.org, &source.repo, "repo", "files"]);
    url.query_pairs_mut().append_pair("Revision", commit).append_pair("Recursive", "True");
    url
}

/// Where one file of a commit is.
#[must_use]
pub fn file_url(endpoint: &Url, source: &Source, commit: &str, path: &SafePath) -> Url {
    let mut url = extend(endpoint, ["api", "v1", "models", &source.org, &source.repo, "repo"]);
    url.query_pairs_mut().append_pair("Revision", commit).append_pair("FilePath", path.as_str());
    url
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<Data> {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    success: bool,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Commits {
    commit: Option<Vec<Commit>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Commit {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    files: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "Type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    sha256: String,
}

/// Whether an answer of status 404 means "not for you" rather than "not there".
#[must_use]
pub fn is_denial(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope<serde::de::IgnoredAny>>(body).is_ok_and(|answer| answer.code == CODE_NO_ACCESS)
}

/// Reads the commit of a branch or a tag; a revision that does not exist has none.
pub fn parse_commit(host: &str, model: &str, revision: &str, body: &[u8]) -> Result<String, FetchError> {
    let commits = data::<Commits>(host, model, body)?.commit.unwrap_or_default();
    let not_found = || FetchError::NotFound { host: host.to_owned(), what: format!("revision {revision} of {model}") };
    let first = commits.into_iter().next().ok_or_else(not_found)?;
    if is_commit(&first.id) { Ok(first.id) } else { Err(bad(host, "the model's commit is not 40 hex digits")) }
}

/// Reads a listing; folders are left out, and a name that is not safe refuses the whole of it.
pub fn parse_list(host: &str, model: &str, body: &[u8]) -> Result<Vec<RemoteFile>, FetchError> {
    let entries = data::<Listed>(host, model, body)?.files;
    let entries = entries.ok_or_else(|| bad(host, "the file list holds no files"))?;
    if entries.len() >= MAX_LISTED_FILES {
        return Err(FetchError::TooManyFiles { limit: MAX_LISTED_FILES });
    }
    entries.iter().filter(|entry| entry.kind != "tree").map(|entry| remote_file(host, entry)).collect()
}

/// Opens the envelope; a refusal inside an answer of status 200 is read as what it means.
fn data<Data: DeserializeOwned>(host: &str, model: &str, body: &[u8]) -> Result<Data, FetchError> {
    let answer: Envelope<Data> =
        serde_json::from_slice(body).map_err(|_| bad(host, "its answer is not the JSON it should be"))?;
    match answer.data {
        Some(data) if answer.success => Ok(data),
        None if answer.success => Err(bad(host, "its answer holds no data")),
        _ if answer.code == CODE_NO_ACCESS => {
            Err(FetchError::Forbidden { host: host.to_owned(), model: model.to_owned(), key: host.replace(':', "_") })
        }
        _ if CODES_NOT_FOUND.contains(&answer.code) => {
            Err(FetchError::NotFound { host: host.to_owned(), what: model.to_owned() })
        }
        _ => Err(bad(host, "it says that reading the model failed")),
    }
}

fn remote_file(host: &str, entry: &Entry) -> Result<RemoteFile, FetchError> {
    let path = SafePath::parse(&entry.path).map_err(|fault| FetchError::path(&entry.path, fault))?;
    let digest = Digest::sha256(&entry.sha256).ok_or_else(|| bad(host, "a file is listed without a digest"))?;
    Ok(RemoteFile { path, size: entry.size, digest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::error::Reason;
    use proptest::prelude::*;

    fn list(body: &str) -> Result<Vec<RemoteFile>, FetchError> {
        parse_list("modelscope.cn", "org/repo", body.as_bytes())
    }

    #[test]
    fn addresses_are_those_of_the_hub() {
        let source: Source = "modelscope://org/repo".parse().unwrap();
        let endpoint: Url = "https://modelscope.cn".parse().unwrap();
        assert_eq!(
            commit_url(&endpoint, &source, "v1/x").as_str(),
            "https://modelscope.cn/api/v1/models/org/repo/commits?Ref=v1%2Fx&PageNumber=1&PageSize=1"
        );
        assert_eq!(
            list_url(&endpoint, &source, "c").as_str(),
            "https://modelscope.cn/api/v1/models/org/repo/repo/files?Revision=c&Recursive=True"
        );
        let path = SafePath::parse("a b/c&d.json").unwrap();
        assert_eq!(
            file_url(&endpoint, &source, "c", &path).as_str(),
            "https://modelscope.cn/api/v1/models/org/repo/repo?Revision=c&FilePath=a+b%2Fc%26d.json"
        );
    }

    #[test]
    fn a_listing_gives_the_files_with_their_digests() {
        let body = format!(
            r#"{{"Code":200,"Success":true,"Message":"","Data":{{"IsVisual":0,"LatestCommitter":{{"Id":""}},"Files":[
                {{"Type":"tree","Path":"sub","Name":"sub","Size":0,"Sha256":""}},
                {{"Type":"blob","Path":"sub/a.json","Name":"a.json","Size":3,"Sha256":"{}","IsLFS":false}}]}}}}"#,
            "b".repeat(64)
        );
        let files = list(&body).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].size, &files[0].digest), (3, &Digest::Sha256("b".repeat(64))));
    }

    #[test]
    fn a_branch_has_a_commit_and_an_unknown_one_has_none() {
        let commit = |data: &str| {
            let body = format!(r#"{{"Code":200,"Success":true,"Data":{data}}}"#);
            parse_commit("h", "o/r", "v9", body.as_bytes()).map_err(|error| error.reason())
        };
        let id = "a".repeat(40);
        assert_eq!(commit(&format!(r#"{{"Commit":[{{"Id":"{id}","ShortId":"aaaaaaaa"}}],"TotalCount":7}}"#)), Ok(id));
        assert_eq!(commit(r#"{"Commit":null,"TotalCount":0}"#), Err(Reason::ModelNotFound));
        assert_eq!(commit(r#"{"Commit":[{"Id":"master"}]}"#), Err(Reason::BadAnswer));
    }

    #[test]
    fn a_refusal_inside_a_success_is_a_refusal() {
        let cases = [
            (r#"{"Code":10010205001,"Success":false}"#, Reason::ModelNotFound),
            (r#"{"Code":10990101004,"Success":false,"Data":null}"#, Reason::ModelNotFound),
            (r#"{"Code":10010200001,"Success":false,"Message":"x"}"#, Reason::HubForbidden),
            (r#"{"Code":500,"Success":false}"#, Reason::BadAnswer),
            (r#"{"Code":200,"Success":true}"#, Reason::BadAnswer),
            (r#"{"Code":200,"Success":true,"Data":{"Files":null}}"#, Reason::BadAnswer),
            ("<html>", Reason::BadAnswer),
        ];
        for (body, reason) in cases {
            assert_eq!(list(body).unwrap_err().reason(), reason, "{body}");
        }
        assert!(is_denial(cases[2].0.as_bytes()));
        assert!(!is_denial(cases[0].0.as_bytes()) && !is_denial(b"<html>"));
    }

    #[test]
    fn a_listing_that_may_be_cut_is_not_taken_for_whole() {
        let entry = serde_json::json!({"Type": "tree", "Path": "x"});
        let body = serde_json::json!({"Success": true, "Data": {"Files": vec![entry; MAX_LISTED_FILES]}});
        assert_eq!(list(&body.to_string()).unwrap_err().reason(), Reason::TooLarge);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_list("hub", "a/b", &body);
            let _ = parse_commit("hub", "a/b", "c", &body);
            let _ = is_denial(&body);
        }
    }
}
