//! The fetcher against hubs that behave and hubs that do not, all on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on should stop"
)]

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use modelport::fetch::client::Patience;
use modelport::fetch::credential::Credentials;
use modelport::fetch::error::{FetchError, Reason};
use modelport::fetch::mirror::{self, shelf::Shelf};
use modelport::fetch::record::Fetched;
use modelport::fetch::select::Wanted;
use modelport::fetch::verify::Hashing;
use modelport::fetch::{Settings, fetch};
use tokio::net::TcpListener;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const TOKEN: &str = "hf_canary_s3cret";

// ---- a folder that goes away with its test ------------------------------------------------------------------------

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let at = std::env::temp_dir().join(format!("modelport-fetch-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&at);
        fs::create_dir_all(&at).unwrap();
        Self(at)
    }

    fn file(&self, path: &str, content: &[u8]) -> &Self {
        let at = self.0.join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
        self
    }

    /// All files below, without the lock, which is empty and stays.
    fn files(&self) -> Vec<String> {
        fn walk(at: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(at).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    walk(&entry.path(), root, found);
                } else {
                    found.push(entry.path().strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &self.0, &mut found);
        found.retain(|path| path != ".modelport/lock");
        found.sort();
        found
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

// ---- a hub that does as it is told --------------------------------------------------------------------------------

/// What a request looked like.
#[derive(Debug, Clone)]
struct Seen {
    path: String,
    authorization: Option<String>,
    cookie: Option<String>,
    range: Option<String>,
}

/// A hub on loopback, which remembers who asked what.
struct FakeHub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl FakeHub {
    async fn answering(answer: impl Fn(&Seen, usize) -> Response + Clone + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let remember = Arc::clone(&seen);
        let handler = move |request: Request| {
            let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let now = Seen {
                path: request.uri().to_string(),
                authorization: text(header::AUTHORIZATION),
                cookie: text(header::COOKIE),
                range: text(header::RANGE),
            };
            let mut seen = remember.lock().unwrap();
            let before = seen.iter().filter(|earlier| earlier.path == now.path).count();
            seen.push(now.clone());
            let response = answer(&now, before);
            async move { response }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { address, seen }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn key(&self) -> String {
        self.address.to_string().replace(':', "_")
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn files_asked_for(&self) -> usize {
        self.seen().iter().filter(|seen| seen.path.contains("/resolve/")).count()
    }
}

/// The ordinary answers of a hub that holds these files, as Hugging Face gives them.
#[derive(Clone)]
struct Model(Arc<HashMap<String, Vec<u8>>>);

impl Model {
    fn of(files: &[(&str, &[u8])]) -> Self {
        Self(Arc::new(files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect()))
    }

    fn small() -> Self {
        Self::of(&[("config.json", b"{\"model_type\":\"llama\"}"), ("model.safetensors", b"0123456789 weights")])
    }

    fn answer(&self, seen: &Seen) -> Response {
        if seen.path.contains("/revision/") {
            return format!(r#"{{"id":"o/r","sha":"{COMMIT}","extra":[1]}}"#).into_response();
        }
        if seen.path.contains("/tree/") {
            return self.tree().into_response();
        }
        match seen.path.split_once(&format!("/resolve/{COMMIT}/")) {
            Some((_, path)) if self.0.contains_key(path) => part_of(&self.0[path], seen.range.as_deref()),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn tree(&self) -> String {
        let entry = |(path, content): (&String, &Vec<u8>)| {
            let mut hashing = Hashing::new(content.len() as u64);
            hashing.update(content);
            let (sha256, git) = hashing.finish();
            let size = content.len();
            if path.ends_with("json") {
                serde_json::json!({"type": "file", "path": path, "size": size, "oid": git})
            } else {
                let lfs = serde_json::json!({"oid": sha256, "size": size, "pointerSize": 1});
                serde_json::json!({"type": "file", "path": path, "size": size, "oid": "a".repeat(40), "lfs": lfs})
            }
        };
        serde_json::to_string(&self.0.iter().map(entry).collect::<Vec<_>>()).unwrap()
    }
}

fn part_of(content: &[u8], range: Option<&str>) -> Response {
    let start = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match start {
        Some(start) => {
            let range = format!("bytes {start}-{}/{}", content.len() - 1, content.len());
            (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, range)], content[start..].to_vec()).into_response()
        }
        None => content.to_vec().into_response(),
    }
}

fn settings(source: &str, endpoint: &str, to: &Path) -> Settings {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default(); // another test may have been first
    Settings {
        source: source.parse().unwrap(),
        to: to.to_path_buf(),
        endpoint: endpoint.parse().unwrap(),
        credentials: Credentials::default(),
        wanted: Wanted::default(),
        max_bytes: None,
        ca_bundle: None,
        patience: Patience {
            attempts: 3,
            first_wait: Duration::from_millis(5),
            max_wait: Duration::from_millis(20),
            max_asked_wait: Duration::from_secs(2),
            read_timeout: Duration::from_millis(500),
        },
    }
}

async fn fails(settings: &Settings) -> (Reason, String) {
    let error: FetchError = fetch(settings).await.expect_err("the fetch should fail");
    let message = error.to_string();
    assert!(!message.contains(TOKEN), "{message}");
    (error.reason(), message)
}

/// Fetches from a hub that answers every file with this instead.
async fn fails_with_file(name: &str, bad: impl Fn() -> Response + Clone + Send + Sync + 'static) -> (Reason, Vec<String>) {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| match seen.path.ends_with("model.safetensors") {
        true => bad(),
        false => model.answer(seen),
    })
    .await;
    let to = Scratch::new(name);
    let (reason, _) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
    let left = to.files().into_iter().filter(|path| path != "config.json").collect();
    (reason, left)
}

// ---- fetching -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_branch_becomes_a_commit_and_every_file_is_verified() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("branch");
    let fetched = fetch(&settings("hf://o/r@main", &hub.url(), &to.0)).await.unwrap();
    assert_eq!(fetched.revision, COMMIT);
    assert_eq!(fetched.bytes(), 40);
    assert_eq!(to.files(), [".modelport/fetched.json", "config.json", "model.safetensors"]);
    let record: Fetched = serde_json::from_slice(&fs::read(to.0.join(".modelport/fetched.json")).unwrap()).unwrap();
    assert_eq!(record, fetched);
    assert!(hub.seen().iter().filter(|seen| seen.path.contains("/resolve/")).all(|seen| seen.path.contains(COMMIT)));
}

#[tokio::test]
async fn a_second_run_downloads_nothing() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("second");
    let settings = settings("hf://o/r", &hub.url(), &to.0);
    let first = fetch(&settings).await.unwrap();
    assert_eq!(hub.files_asked_for(), 2);
    assert_eq!(fetch(&settings).await.unwrap(), first);
    assert_eq!(hub.files_asked_for(), 2);
}

#[tokio::test]
async fn a_pinned_commit_that_is_here_needs_no_hub_at_all() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("offline");
    let source = format!("hf://o/r@{COMMIT}");
    let first = fetch(&settings(&source, &hub.url(), &to.0)).await.unwrap();
    let asked = hub.seen().len();
    assert_eq!(fetch(&settings(&source, "http://127.0.0.1:1", &to.0)).await.unwrap(), first);
    assert_eq!(hub.seen().len(), asked);
}

#[tokio::test]
async fn a_file_that_was_changed_on_the_disk_is_fetched_again() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("changed");
    let settings = settings(&format!("hf://o/r@{COMMIT}"), &hub.url(), &to.0);
    fetch(&settings).await.unwrap();
    to.file("model.safetensors", b"0123456789 weightz");
    fetch(&settings).await.unwrap();
    assert_eq!(fs::read(to.0.join("model.safetensors")).unwrap(), b"0123456789 weights");
    assert_eq!(hub.files_asked_for(), 3);
}

#[tokio::test]
async fn what_an_earlier_revision_left_is_removed_and_what_others_put_there_stays() {
    let to = Scratch::new("stale");
    to.file("notes.txt", b"mine");
    let sharded = Model::of(&[("model-1.safetensors", b"a"), ("model-2.safetensors", b"b")]);
    let hub = FakeHub::answering(move |seen, _| sharded.answer(seen)).await;
    fetch(&settings("hf://o/r", &hub.url(), &to.0)).await.unwrap();
    let whole = Model::of(&[("model.safetensors", b"ab")]);
    let hub = FakeHub::answering(move |seen, _| whole.answer(seen)).await;
    fetch(&settings("hf://o/r", &hub.url(), &to.0)).await.unwrap();
    assert_eq!(to.files(), [".modelport/fetched.json", "model.safetensors", "notes.txt"]);
}

#[tokio::test]
async fn a_listing_of_several_pages_is_read_to_its_end() {
    let (first, second) = (Model::of(&[("model-1.safetensors", b"a")]), Model::of(&[("model-2.safetensors", b"b")]));
    let hub = FakeHub::answering(move |seen, _| match seen.path.as_str() {
        path if path.contains("cursor=2") => second.answer(seen),
        path if path.contains("/tree/") => {
            let next = format!("</api/models/o/r/tree/{COMMIT}?cursor=2>; rel=\"next\"");
            ([(header::LINK, next)], first.tree()).into_response()
        }
        path if path.ends_with("model-2.safetensors") => second.answer(seen),
        _ => first.answer(seen),
    })
    .await;
    let to = Scratch::new("pages");
    fetch(&settings("hf://o/r", &hub.url(), &to.0)).await.unwrap();
    assert_eq!(to.files(), [".modelport/fetched.json", "model-1.safetensors", "model-2.safetensors"]);
}

// ---- hubs that refuse ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_refusal_says_who_must_do_what() {
    let gated = || (StatusCode::FORBIDDEN, [("x-error-code", "GatedRepo")]).into_response();
    let cases: [(fn() -> Response, bool, Reason, &str); 6] = [
        (|| StatusCode::UNAUTHORIZED.into_response(), false, Reason::HubUnauthorized, "no token is mounted"),
        (|| StatusCode::UNAUTHORIZED.into_response(), true, Reason::HubUnauthorized, "renew the token"),
        (gated, true, Reason::HubForbidden, "accept the terms on the model's page, or mount a token"),
        (|| StatusCode::NOT_FOUND.into_response(), false, Reason::ModelNotFound, "check the name and the revision"),
        (|| StatusCode::TOO_MANY_REQUESTS.into_response(), false, Reason::HubBusy, "after 3 attempts"),
        (|| StatusCode::BAD_GATEWAY.into_response(), false, Reason::HubUnavailable, "status 502"),
    ];
    for (answer, with_token, reason, words) in cases {
        let hub = FakeHub::answering(move |_, _| answer()).await;
        let to = Scratch::new("refusals");
        let mut settings = settings("hf://o/r", &hub.url(), &to.0);
        if with_token {
            settings.credentials = Credentials::one(&hub.key(), TOKEN).unwrap();
        }
        let (got, message) = fails(&settings).await;
        assert_eq!(got, reason, "{message}");
        assert!(message.contains(words), "{message}");
        assert!(to.files().is_empty());
    }
}

#[tokio::test]
async fn a_hub_that_is_not_there_is_unavailable_after_a_bounded_number_of_attempts() {
    let to = Scratch::new("nobody");
    let (reason, message) = fails(&settings("hf://o/r", "http://127.0.0.1:1", &to.0)).await;
    assert_eq!(reason, Reason::HubUnavailable);
    assert!(message.contains("after 3 attempts") && message.contains("refused"), "{message}");
}

#[tokio::test]
async fn a_hub_that_says_wait_is_waited_for() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, before| match before {
        0 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response(),
        _ => model.answer(seen),
    })
    .await;
    let to = Scratch::new("wait");
    let start = Instant::now();
    fetch(&settings(&format!("hf://o/r@{COMMIT}"), &hub.url(), &to.0)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2), "one wait for the list, one for the files at once");
    assert_eq!(hub.files_asked_for(), 4);
}

#[tokio::test]
async fn a_hub_that_answers_garbage_is_named_a_bad_answer() {
    for garbage in ["<html>please log in</html>", "[{\"type\":\"file\"}]", "null"] {
        let hub = FakeHub::answering(move |_, _| garbage.into_response()).await;
        let to = Scratch::new("garbage");
        let (reason, message) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
        assert_eq!(reason, Reason::BadAnswer, "{message}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let hub = FakeHub::answering(|_, _| {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 20])));
        Body::from_stream(endless).into_response()
    })
    .await;
    let to = Scratch::new("endless");
    assert_eq!(fails(&settings("hf://o/r", &hub.url(), &to.0)).await.0, Reason::BadAnswer);
}

#[tokio::test]
async fn a_path_that_climbs_stops_the_fetch_before_a_byte_is_written() {
    let hub = FakeHub::answering(|_, _| {
        let oid = "a".repeat(40);
        format!(r#"[{{"type":"file","path":"../../evil.json","size":1,"oid":"{oid}"}}]"#).into_response()
    })
    .await;
    let to = Scratch::new("climbs");
    let (reason, _) = fails(&settings(&format!("hf://o/r@{COMMIT}"), &hub.url(), &to.0)).await;
    assert_eq!(reason, Reason::PathUnsafe);
    assert!(to.files().is_empty());
}

#[tokio::test]
async fn a_model_over_the_limit_is_refused_before_it_is_fetched() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("limit");
    let mut settings = settings("hf://o/r", &hub.url(), &to.0);
    settings.max_bytes = Some(39);
    assert_eq!(fails(&settings).await.0, Reason::TooLarge);
    assert_eq!(hub.files_asked_for(), 0);
}

#[tokio::test]
async fn pickles_alone_are_an_unsafe_format() {
    let model = Model::of(&[("config.json", b"{}"), ("pytorch_model.bin", b"x")]);
    let hub = FakeHub::answering(move |seen, _| model.answer(seen)).await;
    let to = Scratch::new("pickle");
    let (reason, message) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
    assert_eq!(reason, Reason::UnsafeFormat);
    assert!(message.contains("pytorch_model.bin"), "{message}");
    assert!(to.files().is_empty());
}

// ---- bytes that are not what was listed ---------------------------------------------------------------------------

#[tokio::test]
async fn a_wrong_digest_is_refused_and_nothing_is_left_behind() {
    let (reason, left) = fails_with_file("digest", || "0123456789 weightZ".into_response()).await;
    assert_eq!((reason, left), (Reason::DigestMismatch, Vec::new()));
}

#[tokio::test]
async fn a_wrong_size_is_refused_whether_it_is_announced_or_not() {
    for body in ["0123456789", "0123456789 weights and more"] {
        let announced = fails_with_file("announced", move || body.into_response()).await;
        assert_eq!(announced, (Reason::SizeMismatch, Vec::new()));
        let streamed = fails_with_file("streamed", move || {
            Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(body))])).into_response()
        });
        assert_eq!(streamed.await, (Reason::SizeMismatch, Vec::new()));
    }
}

#[tokio::test]
async fn a_transfer_that_breaks_goes_on_where_it_was() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, before| {
        if !seen.path.ends_with("model.safetensors") || before > 0 {
            return model.answer(seen);
        }
        let broken = [Ok(Bytes::from("01234")), Err(std::io::Error::other("cable"))];
        let slowly = stream::unfold(broken.into_iter(), |mut left| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            left.next().map(|item| (item, left))
        });
        ([(header::CONTENT_LENGTH, "18")], Body::from_stream(slowly)).into_response()
    })
    .await;
    let to = Scratch::new("breaks");
    fetch(&settings("hf://o/r", &hub.url(), &to.0)).await.unwrap();
    let ranges: Vec<_> = hub.seen().into_iter().filter_map(|seen| seen.range).collect();
    assert_eq!(ranges, ["bytes=5-"]);
    assert_eq!(fs::read(to.0.join("model.safetensors")).unwrap(), b"0123456789 weights");
}

#[tokio::test]
async fn a_hub_that_falls_silent_is_given_up_after_bounded_waits() {
    let silent = || {
        let once = stream::once(async { Ok::<_, std::io::Error>(Bytes::from("01")) });
        Body::from_stream(futures::StreamExt::chain(once, stream::pending())).into_response()
    };
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| match seen.path.contains("/tree/") {
        true => silent(),
        false => model.answer(seen),
    })
    .await;
    let to = Scratch::new("silent");
    let (reason, message) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
    assert_eq!(reason, Reason::HubUnavailable);
    assert!(message.contains("no answer in time"), "{message}");
}

// ---- tokens -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_token_never_follows_a_redirect_to_another_host() {
    let model = Model::small();
    let store = FakeHub::answering({
        let model = model.clone();
        move |seen, _| model.answer(seen)
    })
    .await;
    let elsewhere = store.url();
    let hub = FakeHub::answering(move |seen, _| match seen.path.contains("/resolve/") {
        true => (StatusCode::FOUND, [(header::LOCATION, format!("{elsewhere}{}", seen.path))]).into_response(),
        false => model.answer(seen),
    })
    .await;
    let to = Scratch::new("redirect");
    let mut settings = settings("hf://o/r", &hub.url(), &to.0);
    settings.credentials = Credentials::one(&hub.key(), TOKEN).unwrap();
    fetch(&settings).await.unwrap();
    assert!(hub.seen().iter().all(|seen| seen.authorization.as_deref() == Some(&format!("Bearer {TOKEN}"))));
    assert_eq!(store.seen().len(), 2);
    assert!(store.seen().iter().all(|seen| seen.authorization.is_none() && seen.cookie.is_none()));
}

#[tokio::test]
async fn a_token_stays_away_from_another_host_even_if_that_has_a_token_of_its_own() {
    let store = FakeHub::answering(|_, _| StatusCode::UNAUTHORIZED.into_response()).await;
    let elsewhere = store.url();
    let hub = FakeHub::answering(move |_, _| {
        (StatusCode::FOUND, [(header::LOCATION, format!("{elsewhere}/steal"))]).into_response()
    })
    .await;
    let to = Scratch::new("own-token");
    let mut settings = settings("hf://o/r", &hub.url(), &to.0);
    settings.credentials = Credentials::one(&store.key(), TOKEN).unwrap();
    assert_eq!(fails(&settings).await.0, Reason::HubUnauthorized);
    assert!(hub.seen().iter().chain(&store.seen()).all(|seen| seen.authorization.is_none()));
}

#[tokio::test]
async fn a_redirect_on_the_same_host_keeps_the_token_and_a_circle_ends() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| match seen.path.strip_prefix("/api/models/o/old") {
        Some(rest) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("/api/models/o/new{rest}"))]).into_response(),
        None => model.answer(seen),
    })
    .await;
    let to = Scratch::new("renamed");
    let mut moved = settings("hf://o/old", &hub.url(), &to.0);
    moved.credentials = Credentials::one(&hub.key(), TOKEN).unwrap();
    fetch(&moved).await.unwrap();
    assert!(hub.seen().iter().all(|seen| seen.authorization.is_some()));
    let circle = FakeHub::answering(|_, _| (StatusCode::FOUND, [(header::LOCATION, "/again")]).into_response()).await;
    assert_eq!(fails(&settings("hf://o/r", &circle.url(), &to.0)).await.0, Reason::RedirectUnsafe);
    assert!(circle.seen().len() < 10);
}

#[tokio::test]
async fn mounted_tokens_are_read_as_a_secret_is_mounted() {
    let secret = Scratch::new("secret");
    secret.file("..data/hub.example", b"old").file("hub.example", format!("{TOKEN}\n").as_bytes());
    let credentials = Credentials::read(&secret.0).unwrap();
    assert!(credentials.has(&"https://hub.example/".parse().unwrap()));
    assert!(!format!("{credentials:?}").contains(TOKEN));
    assert!(Credentials::read(&secret.0.join("absent")).is_err());
}

// ---- the mirror ---------------------------------------------------------------------------------------------------

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
    for absent in ["hf://org/other@v3", "hf://org/other@main", "hf://org/nothing", "modelscope://org/nothing"] {
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
    assert_eq!((outside.status().as_u16(), &outside.headers()["content-range"]), (416, &"bytes */3145728".parse().unwrap()));
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
