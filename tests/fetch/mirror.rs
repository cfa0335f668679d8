//! A folder served as a hub.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use modelport::fetch::credential::Credentials;
use modelport::fetch::error::Reason;
use modelport::fetch::fetch;
use modelport::fetch::mirror::{self, shelf::Shelf};
use tokio::net::TcpListener;

use crate::hub::{TOKEN, fails, settings};
use crate::scratch::Scratch;

async fn mirror_of(folder: &Path, token: Option<&str>) -> String {
    let shelf = Arc::new(Shelf::open(folder).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(mirror::serve(listener, mirror::router(shelf, token), std::future::pending()));
    url
}

fn shelf(name: &str) -> Scratch {
    let folder = Scratch::new(name);
    folder
        .file("org/model/config.json", b"{}")
        .file("org/model/README.md", b"---\nlicense: mit\n---\n")
        .file("org/model/sub/model.safetensors", &vec![7; 3 << 20])
        .file("org/model/.cache/junk.json", b"{}")
        .file("org/other@v1/model.gguf", b"GGUF one")
        .file("org/other@v2/model.gguf", b"GGUF two");
    folder
}

#[tokio::test]
async fn a_mirrored_folder_arrives_whole_by_both_protocols() {
    let folder = shelf("both");
    let url = mirror_of(&folder.0, None).await;
    let mut commits = Vec::new();
    for source in ["hf://org/model", "modelscope://org/model"] {
        let to = Scratch::new("both-to");
        let fetched = fetch(&settings(source, &url, &to.0)).await.unwrap();
        let expected = [".modelport/fetched.json", "README.md", "config.json", "sub/model.safetensors"];
        assert_eq!(to.files(), expected);
        assert_eq!(fs::read(to.0.join("sub/model.safetensors")).unwrap(), vec![7; 3 << 20]);
        // The commit names the same files again.
        let pinned = format!("{source}@{}", fetched.revision);
        let again = Scratch::new("both-again");
        assert_eq!(fetch(&settings(&pinned, &url, &again.0)).await.unwrap(), fetched);
        commits.push((fetched.revision, fetched.digest));
    }
    assert_eq!(commits[0], commits[1]);
}

#[tokio::test]
async fn a_mirror_serves_each_revision_it_has_and_says_which_it_has_not() {
    let folder = shelf("revisions");
    let url = mirror_of(&folder.0, None).await;
    for (revision, content) in [("v1", "GGUF one"), ("v2", "GGUF two")] {
        let to = Scratch::new("revisions-to");
        fetch(&settings(&format!("hf://org/other@{revision}"), &url, &to.0)).await.unwrap();
        assert_eq!(fs::read_to_string(to.0.join("model.gguf")).unwrap(), content);
    }
    for absent in [
        "hf://org/other@v3",
        "hf://org/other@main",
        "hf://org/nothing",
        "modelscope://org/nothing",
        "modelscope://org/model@v9",
    ] {
        let to = Scratch::new("revisions-absent");
        assert_eq!(fails(&settings(absent, &url, &to.0)).await.0, Reason::ModelNotFound, "{absent}");
    }
}

#[tokio::test]
async fn a_mirrored_file_that_changes_gets_another_commit() {
    let folder = shelf("moves");
    let url = mirror_of(&folder.0, None).await;
    let to = Scratch::new("moves-to");
    let before = fetch(&settings("hf://org/model", &url, &to.0)).await.unwrap();
    folder.file("org/model/config.json", b"{\"new\":1}");
    let after = fetch(&settings("hf://org/model", &url, &to.0)).await.unwrap();
    assert_ne!(before.revision, after.revision);
    let pinned = format!("hf://org/model@{}", before.revision);
    let other = Scratch::new("moves-other");
    assert_eq!(fails(&settings(&pinned, &url, &other.0)).await.0, Reason::ModelNotFound);
}

#[tokio::test]
async fn a_mirror_with_a_token_serves_only_who_carries_it() {
    let folder = shelf("token");
    let url = mirror_of(&folder.0, Some(TOKEN)).await;
    for source in ["hf://org/model", "modelscope://org/model"] {
        let to = Scratch::new("token-to");
        let mut settings = settings(source, &url, &to.0);
        assert_eq!(fails(&settings).await.0, Reason::HubUnauthorized);
        let key = url.trim_start_matches("http://").replace(':', "_");
        settings.credentials = Credentials::one(&key, "wrong").unwrap();
        assert_eq!(fails(&settings).await.0, Reason::HubUnauthorized);
        settings.credentials = Credentials::one(&key, TOKEN).unwrap();
        fetch(&settings).await.unwrap();
    }
    let health = reqwest::get(format!("{url}/healthz")).await.unwrap();
    assert!(health.status().is_success());
}

#[tokio::test]
async fn a_mirror_answers_heads_and_ranges_as_readers_need_them() {
    let folder = shelf("ranges");
    let url = mirror_of(&folder.0, None).await;
    let _ = settings("hf://o/r", &url, &folder.0);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let file = format!("{url}/org/model/resolve/main/sub/model.safetensors");
    let head = client.head(&file).send().await.unwrap();
    let get = |name: &str| head.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(get("content-length"), (3 << 20).to_string());
    assert_eq!(get("x-linked-size"), (3 << 20).to_string());
    assert_eq!(get("x-repo-commit").len(), 40);
    assert_eq!(get("etag").len(), 66);
    let part = client.get(&file).header("range", "bytes=-5").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], "bytes 3145723-3145727/3145728");
    assert_eq!(part.bytes().await.unwrap(), vec![7; 5]);
    let outside = client.get(&file).header("range", "bytes=3145728-").send().await.unwrap();
    assert_eq!(
        (outside.status().as_u16(), &outside.headers()["content-range"]),
        (416, &"bytes */3145728".parse().unwrap())
    );
    let stale = client.get(&file).header("range", "bytes=0-1").header("if-range", "\"other\"").send().await.unwrap();
    assert_eq!(stale.status(), 200);
    assert_eq!(client.post(&file).send().await.unwrap().status(), 405);
    assert_eq!(client.delete(format!("{url}/api/models/org/model")).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn nothing_outside_the_mirrored_folder_is_ever_served() {
    let root = Scratch::new("outside");
    root.file("secret.json", b"s3cret").file("hub/org/model/config.json", b"{}");
    std::os::unix::fs::symlink(root.0.join("secret.json"), root.0.join("hub/org/model/link.json")).unwrap();
    std::os::unix::fs::symlink(&root.0, root.0.join("hub/org/up")).unwrap();
    std::os::unix::fs::symlink("config.json", root.0.join("hub/org/model/inside.json")).unwrap();
    let url = mirror_of(&root.0.join("hub"), None).await;
    let address: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    for path in [
        "/org/model/resolve/main/../../../secret.json",
        "/org/model/resolve/main/..%2f..%2f..%2fsecret.json",
        "/org/model/resolve/main/%2e%2e/%2e%2e/%2e%2e/secret.json",
        "/org/model/resolve/main//etc/passwd",
        "/org/model/resolve/main/link.json",
        "/org/up/resolve/main/secret.json",
        "/../org/resolve/main/secret.json",
        "/..%2f/org/resolve/main/secret.json",
        "/org/..%2f../resolve/main/secret.json",
        "/api/v1/models/org/model/repo?FilePath=../../../secret.json",
        "/api/v1/models/org/model/repo?FilePath=/etc/passwd",
    ] {
        let answer = raw(address, path).await; // no client in between that would tidy the path
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(!answer.contains("s3cret") && !answer.contains("root:"), "{path}: {answer}");
    }
    assert!(raw(address, "/org/model/resolve/main/inside.json").await.ends_with("{}"));
}

async fn raw(address: SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: mirror\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
