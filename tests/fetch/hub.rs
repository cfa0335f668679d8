//! A hub that does as it is told, and remembers who asked what.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use modelport::fetch::credential::Credentials;
use modelport::fetch::error::{FetchError, Reason};
use modelport::fetch::patience::Patience;
use modelport::fetch::select::Wanted;
use modelport::fetch::verify::Hashing;
use modelport::fetch::{Settings, fetch};
use tokio::net::TcpListener;

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub(crate) const TOKEN: &str = "hf_canary_s3cret";

/// What a request looked like.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) range: Option<String>,
}

/// A hub on loopback, which remembers who asked what.
pub(crate) struct FakeHub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl FakeHub {
    pub(crate) async fn answering(answer: impl Fn(&Seen, usize) -> Response + Clone + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let remember = Arc::clone(&seen);
        let handler = move |request: Request| {
            let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let now = Seen {
                method: request.method().to_string(),
                host: text(header::HOST).unwrap_or_default(),
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

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn key(&self) -> String {
        self.address.to_string().replace(':', "_")
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn files_asked_for(&self) -> usize {
        self.seen().iter().filter(|seen| seen.path.contains("/resolve/")).count()
    }
}

/// The ordinary answers of a hub that holds these files, as Hugging Face gives them.
#[derive(Clone)]
pub(crate) struct Model(Arc<HashMap<String, Vec<u8>>>);

impl Model {
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Self {
        Self(Arc::new(files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect()))
    }

    pub(crate) fn small() -> Self {
        Self::of(&[("config.json", b"{\"model_type\":\"llama\"}"), ("model.safetensors", b"0123456789 weights")])
    }

    pub(crate) fn answer(&self, seen: &Seen) -> Response {
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

    pub(crate) fn tree(&self) -> String {
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

pub(crate) fn settings(source: &str, endpoint: &str, to: &Path) -> Settings {
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

pub(crate) async fn fails(settings: &Settings) -> (Reason, String) {
    let error: FetchError = fetch(settings).await.expect_err("the fetch should fail");
    let message = error.to_string();
    assert!(!message.contains(TOKEN), "{message}");
    (error.reason(), message)
}
