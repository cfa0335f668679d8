//! What a hub says, as JSON: the forms of Hugging Face and of ModelScope. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::shelf::{Kept, Snapshot};
use crate::manifest::names::hex;

/// Files above this length are listed as large ones (LFS), by the digest of their bytes; below it as git blobs.
const LFS_ABOVE_BYTES: u64 = 1024 * 1024;

/// Whether a file is listed as a large one: weights always are.
#[must_use]
pub fn is_large(path: &str, kept: &Kept) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    kept.size > LFS_ABOVE_BYTES || matches!(extension, Some("safetensors" | "gguf"))
}

/// The digest under which a reader caches a file.
#[must_use]
pub fn etag<'a>(path: &str, kept: &'a Kept) -> &'a str {
    if is_large(path, kept) { &kept.sha256 } else { &kept.git }
}

/// Hugging Face: a model's description.
#[must_use]
pub fn info(org: &str, repo: &str, snapshot: &Snapshot, blobs: bool) -> Value {
    let sibling = |(path, kept): (&String, &Kept)| {
        if !blobs {
            return json!({"rfilename": path});
        }
        if !is_large(path, kept) {
            return json!({"rfilename": path, "size": kept.size, "blobId": kept.git});
        }
        // Here, unlike in a tree, the digest of a large file is named for what it is.
        let (oid, length) = pointer(kept);
        let lfs = json!({"sha256": kept.sha256, "size": kept.size, "pointerSize": length});
        json!({"rfilename": path, "size": kept.size, "blobId": oid, "lfs": lfs})
    };
    let id = format!("{org}/{repo}");
    json!({
        "_id": snapshot.commit.get(..24),
        "id": id,
        "modelId": id,
        "author": org,
        "sha": snapshot.commit,
        "private": false,
        "gated": false,
        "disabled": false,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": snapshot.files.iter().map(sibling).collect::<Vec<_>>(),
    })
}

/// Hugging Face: the files below a folder, or only its own with `recursive` unset; `None` where there is no such folder.
#[must_use]
pub fn tree(snapshot: &Snapshot, folder: &str, recursive: bool) -> Option<Vec<Value>> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_matches('/')) };
    let mut folders = BTreeMap::new();
    let mut files = Vec::new();
    for (path, kept) in &snapshot.files {
        let Some(rest) = path.strip_prefix(&prefix) else {
            continue;
        };
        let inner = rest.match_indices('/').map(|(at, _)| at);
        let shown = inner.take(if recursive { usize::MAX } else { 1 });
        for end in shown.filter_map(|at| path.get(..prefix.len() + at)) {
            let oid = hex(&Sha1::digest(format!("{}\0{end}", snapshot.commit)));
            folders.insert(end, json!({"type": "directory", "oid": oid, "size": 0, "path": end}));
        }
        if recursive || !rest.contains('/') {
            files.push(file(path, kept));
        }
    }
    let entries: Vec<Value> = folders.into_values().chain(files).collect();
    (!entries.is_empty() || folder.is_empty()).then_some(entries)
}

fn file(path: &str, kept: &Kept) -> Value {
    if !is_large(path, kept) {
        return json!({"type": "file", "oid": kept.git, "size": kept.size, "path": path});
    }
    let (oid, length) = pointer(kept);
    let lfs = json!({"oid": kept.sha256, "size": kept.size, "pointerSize": length});
    json!({"type": "file", "oid": oid, "size": kept.size, "path": path, "lfs": lfs})
}

/// What git itself keeps of a large file is a pointer of three lines: its name as a blob, and its length.
fn pointer(kept: &Kept) -> (String, usize) {
    let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n", kept.sha256, kept.size);
    (hex(&Sha1::digest(format!("blob {}\0{text}", text.len()))), text.len())
}

/// ModelScope: a model's description.
#[must_use]
pub fn modelscope_info(org: &str, repo: &str) -> Value {
    modelscope(&json!({"Path": org, "Name": repo, "Revision": "master"}))
}

/// ModelScope: the branches and tags.
#[must_use]
pub fn modelscope_revisions() -> Value {
    modelscope(&json!({"RevisionMap": {"Branches": [{"Revision": "master"}], "Tags": []}}))
}

/// ModelScope: the files below a folder.
#[must_use]
pub fn modelscope_files(snapshot: &Snapshot, folder: &str, recursive: bool) -> Option<Value> {
    let entry = |value: &Value| {
        let path = value.get("path").and_then(Value::as_str).unwrap_or_default();
        let kept = snapshot.files.get(path);
        json!({
            "Type": if kept.is_some() { "blob" } else { "tree" },
            "Path": path,
            "Name": path.rsplit('/').next(),
            "Size": kept.map_or(0, |kept| kept.size),
            "Sha256": kept.map_or("", |kept| kept.sha256.as_str()),
            "IsLFS": kept.is_some_and(|kept| is_large(path, kept)),
            "Id": kept.map_or("", |kept| kept.git.as_str()),
            "Revision": snapshot.commit,
        })
    };
    let files: Vec<Value> = tree(snapshot, folder, recursive)?.iter().map(entry).collect();
    Some(modelscope(&json!({"Files": files})))
}

/// ModelScope: the newest commit of a revision, or that there is none.
#[must_use]
pub fn modelscope_commits(snapshot: Option<&Snapshot>) -> Value {
    let commit = snapshot.map(|s| [json!({"Id": s.commit, "ShortId": s.commit.get(..8)})]);
    modelscope(&json!({"Commit": commit, "TotalCount": u8::from(commit.is_some())}))
}

fn modelscope(data: &Value) -> Value {
    json!({"Code": 200, "Success": true, "Message": "success", "RequestId": "", "Data": data})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{hub_huggingface, hub_modelscope};
    use std::time::SystemTime;

    fn snapshot() -> Snapshot {
        let kept = |size| Kept {
            at: "/x".into(),
            size,
            changed: SystemTime::UNIX_EPOCH,
            sha256: "b".repeat(64),
            git: "a".repeat(40),
        };
        let files = [("config.json", 3), ("sub/deep/x.txt", 4), ("sub/m.gguf", 5)];
        let files = files.into_iter().map(|(path, size)| (path.to_owned(), kept(size))).collect();
        Snapshot { commit: "c".repeat(40), files }
    }

    fn paths(entries: &[Value]) -> Vec<&str> {
        entries.iter().filter_map(|entry| entry["path"].as_str()).collect()
    }

    #[test]
    fn a_tree_lists_a_folder_or_all_below_it() {
        let snapshot = snapshot();
        assert_eq!(paths(&tree(&snapshot, "", false).unwrap()), ["sub", "config.json"]);
        let all = ["sub", "sub/deep", "config.json", "sub/deep/x.txt", "sub/m.gguf"];
        assert_eq!(paths(&tree(&snapshot, "", true).unwrap()), all);
        assert_eq!(paths(&tree(&snapshot, "sub", false).unwrap()), ["sub/deep", "sub/m.gguf"]);
        assert_eq!(tree(&snapshot, "su", true), None);
    }

    #[test]
    fn the_fetcher_reads_what_the_mirror_writes() {
        let snapshot = snapshot();
        let tree = serde_json::to_vec(&tree(&snapshot, "", true).unwrap()).unwrap();
        assert_eq!(hub_huggingface::parse_tree("h", &tree).unwrap().len(), 3);
        let info = serde_json::to_vec(&info("o", "r", &snapshot, true)).unwrap();
        assert_eq!(hub_huggingface::parse_commit("h", &info).unwrap(), snapshot.commit);
        let large = &serde_json::from_slice::<Value>(&info).unwrap()["siblings"][2];
        assert_eq!((&large["rfilename"], &large["lfs"]["sha256"]), (&json!("sub/m.gguf"), &json!("b".repeat(64))));
        let list = serde_json::to_vec(&modelscope_files(&snapshot, "", true).unwrap()).unwrap();
        assert_eq!(hub_modelscope::parse_list("h", "o/r", &list).unwrap().len(), 3);
        let commits = serde_json::to_vec(&modelscope_commits(Some(&snapshot))).unwrap();
        assert_eq!(hub_modelscope::parse_commit("h", "o/r", "master", &commits).unwrap(), snapshot.commit);
    }
}
