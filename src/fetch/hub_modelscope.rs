//! The protocol of ModelScope: addresses out, listings in. Pure.

use reqwest::Url;
use serde::Deserialize;

use super::error::FetchError;
use super::hub_huggingface::{bad, extend};
use super::path::SafePath;
use super::source::{Source, is_commit};
use super::verify::{Digest, RemoteFile};

/// ModelScope cuts a listing here, without a word and without pages.
pub const MAX_LISTED_FILES: usize = 3000;

/// Where the hub lists the files of a revision.
#[must_use]
pub fn list_url(endpoint: &Url, source: &Source, revision: &str) -> Url {
    let mut url = extend(endpoint, ["api", "v1", "models", &source.org, &source.repo, "repo", "files"]);
    url.query_pairs_mut().append_pair("Revision", revision).append_pair("Recursive", "True");
    url
}

/// Where one file of a revision is.
#[must_use]
pub fn file_url(endpoint: &Url, source: &Source, revision: &str, path: &SafePath) -> Url {
    let mut url = extend(endpoint, ["api", "v1", "models", &source.org, &source.repo, "repo"]);
    url.query_pairs_mut().append_pair("Revision", revision).append_pair("FilePath", path.as_str());
    url
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    #[serde(default)]
    code: i64,
    success: bool,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    files: Option<Vec<Entry>>,
    latest_committer: Option<Committer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Committer {
    #[serde(default)]
    id: String,
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

/// A listing, with the commit where the hub tells it.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    /// The commit; ModelScope often leaves it empty.
    pub commit: Option<String>,
    /// The files.
    pub files: Vec<RemoteFile>,
}

/// Reads a listing; a refusal inside an answer of status 200 is read as what it means.
pub fn parse_list(host: &str, model: &str, body: &[u8]) -> Result<Listed, FetchError> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|_| bad(host, "the file list is not the JSON it should be"))?;
    if !envelope.success {
        // Codes of failure are the HTTP status, or the status followed by digits of the hub's own.
        return Err(match envelope.code.to_string().get(..3) {
            Some("401" | "403") => FetchError::Forbidden {
                host: host.to_owned(),
                model: model.to_owned(),
                key: host.replace(':', "_"),
            },
            Some("404") => FetchError::NotFound { host: host.to_owned(), what: model.to_owned() },
            _ => bad(host, "it says that listing the files failed"),
        });
    }
    let data = envelope.data.ok_or_else(|| bad(host, "the file list holds no data"))?;
    let entries = data.files.ok_or_else(|| bad(host, "the file list holds no files"))?;
    if entries.len() >= MAX_LISTED_FILES {
        return Err(FetchError::TooManyFiles { limit: MAX_LISTED_FILES });
    }
    let files = entries
        .into_iter()
        .filter(|entry| entry.kind != "tree")
        .map(|entry| remote_file(host, &entry))
        .collect::<Result<_, _>>()?;
    let commit = data.latest_committer.map(|committer| committer.id).filter(|id| is_commit(id));
    Ok(Listed { commit, files })
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

    fn list(body: &str) -> Result<Listed, FetchError> {
        parse_list("modelscope.cn", "org/repo", body.as_bytes())
    }

    #[test]
    fn addresses_are_those_of_the_hub() {
        let source: Source = "modelscope://org/repo".parse().unwrap();
        let endpoint: Url = "https://modelscope.cn".parse().unwrap();
        assert_eq!(
            list_url(&endpoint, &source, "master").as_str(),
            "https://modelscope.cn/api/v1/models/org/repo/repo/files?Revision=master&Recursive=True"
        );
        let path = SafePath::parse("a b/c&d.json").unwrap();
        assert_eq!(
            file_url(&endpoint, &source, "v1/x", &path).as_str(),
            "https://modelscope.cn/api/v1/models/org/repo/repo?Revision=v1%2Fx&FilePath=a+b%2Fc%26d.json"
        );
    }

    #[test]
    fn a_listing_gives_files_and_the_commit_where_there_is_one() {
        let body = |id: &str| {
            format!(
                r#"{{"Code":200,"Success":true,"Message":"","Data":{{"IsVisual":0,"LatestCommitter":{{"Id":"{id}","ShortId":"aaaaaaaa"}},
                "Files":[{{"Type":"tree","Path":"sub","Name":"sub","Size":0,"Sha256":""}},
                {{"Type":"blob","Path":"sub/a.json","Name":"a.json","Size":3,"Sha256":"{}","IsLFS":false}}]}}}}"#,
                "b".repeat(64)
            )
        };
        let listed = list(&body(&"a".repeat(40))).unwrap();
        assert_eq!(listed.commit, Some("a".repeat(40)));
        assert_eq!(listed.files.len(), 1);
        assert_eq!(list(&body("")).unwrap().commit, None);
    }

    #[test]
    fn a_refusal_inside_a_success_is_a_refusal() {
        let cases = [
            (r#"{"Code":10010205001,"Success":false}"#, Reason::BadAnswer),
            (r#"{"Code":404,"Success":false}"#, Reason::ModelNotFound),
            (r#"{"Code":403,"Success":false,"Message":"x"}"#, Reason::HubForbidden),
            (r#"{"Code":200,"Success":true}"#, Reason::BadAnswer),
            ("<html>", Reason::BadAnswer),
        ];
        for (body, reason) in cases {
            assert_eq!(list(body).unwrap_err().reason(), reason, "{body}");
        }
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
        }
    }
}
