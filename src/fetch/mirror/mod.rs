//! A folder served as a read-only model hub, for tests, for the demo and for sites without internet.
//!
//! It speaks what readers of Hugging Face need (description, tree, files with ranges) and what readers of ModelScope
//! need (commits, files, revisions, file). Only GET and HEAD; nothing outside the folder, whatever the path or the links in it.

pub mod answer;
pub mod range;
pub mod shelf;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::stream;
use reqwest::Url;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;

use range::Part;
use shelf::{Kept, Shelf, ShelfError, Snapshot};

/// Requests that are answered at once; others wait.
const MAX_REQUESTS_AT_ONCE: usize = 256;
/// How much of a file is in memory for one reader, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;
/// How long readers may finish after the mirror is told to stop.
const GRACE_SECONDS: u64 = 20;

/// What every request needs.
#[derive(Clone)]
struct Mirror {
    shelf: Arc<Shelf>,
    token_hash: Option<[u8; 32]>,
}

/// The mirror's addresses.
pub fn router(shelf: Arc<Shelf>, token: Option<&str>) -> Router {
    let mirror = Mirror { shelf, token_hash: token.map(|token| Sha256::digest(token).into()) };
    Router::new()
        .route("/api/models/{org}/{repo}", get(info))
        .route("/api/models/{org}/{repo}/revision/{revision}", get(info))
        .route("/api/models/{org}/{repo}/tree/{revision}", get(tree))
        .route("/api/models/{org}/{repo}/tree/{revision}/{*folder}", get(tree))
        .route("/{org}/{repo}/resolve/{revision}/{*path}", get(file))
        .route("/api/v1/models/{org}/{repo}", get(modelscope_info))
        .route("/api/v1/models/{org}/{repo}/revisions", get(modelscope_revisions))
        .route("/api/v1/models/{org}/{repo}/commits", get(modelscope_commits))
        .route("/api/v1/models/{org}/{repo}/repo/files", get(modelscope_files))
        .route("/api/v1/models/{org}/{repo}/repo", get(modelscope_file))
        .layer(GlobalConcurrencyLimitLayer::new(MAX_REQUESTS_AT_ONCE))
        .layer(middleware::from_fn_with_state(mirror.clone(), admit))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(middleware::from_fn(log))
        .with_state(mirror)
}

/// Serves until `stop`, then lets readers finish for a while.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let graceful = async move {
        stop.await;
        let _ = stopping.send(()); // nobody listens any more: it ended by itself
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(graceful);
    let patience = async {
        if stopped.await.is_ok() {
            tokio::time::sleep(Duration::from_secs(GRACE_SECONDS)).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server.into_future() => ended,
        () = patience => Ok(()),
    }
}

type Names = HashMap<String, String>;

fn named<'a>(names: &'a Names, key: &str) -> &'a str {
    names.get(key).map_or("", String::as_str)
}

impl Mirror {
    async fn snapshot(&self, names: &Names, revision: &str) -> Result<Snapshot, Refusal> {
        Ok(self.shelf.snapshot(named(names, "org"), named(names, "repo"), revision).await?)
    }
}

async fn info(State(mirror): State<Mirror>, Path(names): Path<Names>, uri: Uri) -> Result<Response, Refusal> {
    let revision = names.get("revision").map_or("main", String::as_str);
    let snapshot = mirror.snapshot(&names, revision).await?;
    let blobs = truthy(&query(&uri), "blobs");
    Ok(Json(answer::info(named(&names, "org"), named(&names, "repo"), &snapshot, blobs)).into_response())
}

async fn tree(State(mirror): State<Mirror>, Path(names): Path<Names>, uri: Uri) -> Result<Response, Refusal> {
    let snapshot = mirror.snapshot(&names, named(&names, "revision")).await?;
    let recursive = truthy(&query(&uri), "recursive");
    let entries = answer::tree(&snapshot, named(&names, "folder"), recursive).ok_or(Refusal::NoEntry)?;
    Ok(Json(entries).into_response())
}

async fn file(State(mirror): State<Mirror>, Path(names): Path<Names>, headers: HeaderMap) -> Result<Response, Refusal> {
    let snapshot = mirror.snapshot(&names, named(&names, "revision")).await?;
    send(&snapshot, named(&names, "path"), &headers).await
}

async fn modelscope_info(State(mirror): State<Mirror>, Path(names): Path<Names>) -> Result<Response, Refusal> {
    mirror.snapshot(&names, "master").await.map_err(Refusal::for_modelscope)?;
    Ok(Json(answer::modelscope_info(named(&names, "org"), named(&names, "repo"))).into_response())
}

async fn modelscope_revisions(State(mirror): State<Mirror>, Path(names): Path<Names>) -> Result<Response, Refusal> {
    mirror.snapshot(&names, "master").await.map_err(Refusal::for_modelscope)?;
    Ok(Json(answer::modelscope_revisions()).into_response())
}

async fn modelscope_commits(
    State(mirror): State<Mirror>,
    Path(names): Path<Names>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = query(&uri);
    let revision = query.get("Ref").map_or("master", String::as_str);
    let snapshot = match mirror.snapshot(&names, revision).await {
        Ok(snapshot) => Some(snapshot),
        Err(Refusal::Shelf(ShelfError::NoRevision)) => None,
        Err(refusal) => return Err(refusal.for_modelscope()),
    };
    Ok(Json(answer::modelscope_commits(snapshot.as_ref())).into_response())
}

async fn modelscope_files(
    State(mirror): State<Mirror>,
    Path(names): Path<Names>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = query(&uri);
    let revision = query.get("Revision").map_or("master", String::as_str);
    let snapshot = mirror.snapshot(&names, revision).await.map_err(Refusal::for_modelscope)?;
    let folder = named(&query, "Root").trim_matches('/');
    let files = answer::modelscope_files(&snapshot, folder, truthy(&query, "Recursive"));
    Ok(Json(files.ok_or(Refusal::NoEntry).map_err(Refusal::for_modelscope)?).into_response())
}

async fn modelscope_file(
    State(mirror): State<Mirror>,
    Path(names): Path<Names>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query(&uri);
    let revision = query.get("Revision").map_or("master", String::as_str);
    let snapshot = mirror.snapshot(&names, revision).await.map_err(Refusal::for_modelscope)?;
    send(&snapshot, named(&query, "FilePath"), &headers).await.map_err(Refusal::for_modelscope)
}

/// A file, or the part of it that was asked for.
async fn send(snapshot: &Snapshot, path: &str, asked: &HeaderMap) -> Result<Response, Refusal> {
    let kept = snapshot.files.get(path).ok_or(Refusal::NoEntry)?;
    let mut file = open_unchanged(kept).await?;
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    let etag = format!("\"{}\"", answer::etag(path, kept));
    let same = text(header::IF_RANGE).is_none_or(|wanted| wanted == etag);
    let (status, start, length) = match range::part(text(header::RANGE).filter(|_| same), kept.size) {
        Part::Whole => (StatusCode::OK, 0, kept.size),
        Part::Of { start, length } => (StatusCode::PARTIAL_CONTENT, start, length),
        Part::Outside => {
            let size = format!("bytes */{}", kept.size);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, size)]).into_response());
        }
    };
    file.seek(io::SeekFrom::Start(start)).await?;
    let mut response = Response::new(body(file, length));
    *response.status_mut() = status;
    let mut headers = vec![
        ("accept-ranges", "bytes".to_owned()),
        ("content-length", length.to_string()),
        ("content-type", "application/octet-stream".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("x-repo-commit", snapshot.commit.clone()),
        ("x-linked-size", kept.size.to_string()),
        ("x-linked-etag", etag.clone()),
        ("etag", etag),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        headers.push(("content-range", format!("bytes {start}-{}/{}", start + length - 1, kept.size)));
    }
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(io::Error::other)?);
    }
    Ok(response)
}

/// A file that changed since it was hashed is not sent under the old digest.
async fn open_unchanged(kept: &Kept) -> io::Result<File> {
    let file = File::open(&kept.at).await?;
    let meta = file.metadata().await?;
    if meta.len() == kept.size && meta.modified()? == kept.changed {
        return Ok(file);
    }
    Err(io::Error::other("the file changed just now"))
}

fn body(file: File, length: u64) -> Body {
    let chunks = stream::try_unfold(file.take(length), |mut rest| async move {
        let mut buffer = vec![0; CHUNK_BYTES];
        let count = rest.read(&mut buffer).await?;
        buffer.truncate(count);
        Ok::<_, io::Error>((count > 0).then(|| (Bytes::from(buffer), rest)))
    });
    Body::from_stream(chunks)
}

/// Lets a request in that carries the token, where there is one.
async fn admit(State(mirror): State<Mirror>, request: Request, next: Next) -> Response {
    let carried = carried_token(request.headers()).map(|token| <[u8; 32]>::from(Sha256::digest(token)));
    // Hashes are compared, so that the time it takes tells nothing about the token.
    if mirror.token_hash.is_none() || mirror.token_hash == carried {
        return next.run(request).await;
    }
    let body = Json(json!({"error": "this mirror wants a token"}));
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response()
}

fn carried_token(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie = || text(header::COOKIE)?.split(';').find_map(|part| part.trim().strip_prefix("m_session_id="));
    bearer.or_else(cookie)
}

async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    if path == "/healthz" {
        tracing::debug!(%method, path, status, "answered");
    } else {
        tracing::info!(%method, path, status, "answered");
    }
    response
}

fn query(uri: &Uri) -> Names {
    let text = format!("http://mirror/?{}", uri.query().unwrap_or_default());
    Url::parse(&text).map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default()
}

fn truthy(query: &Names, key: &str) -> bool {
    matches!(named(query, key), "1" | "true" | "True")
}

/// Why a request gets no answer.
enum Refusal {
    Shelf(ShelfError),
    NoEntry,
    Disk(io::Error),
    ModelScope(Box<Self>),
}

impl From<ShelfError> for Refusal {
    fn from(error: ShelfError) -> Self {
        Self::Shelf(error)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Refusal {
    fn for_modelscope(self) -> Self {
        Self::ModelScope(Box::new(self))
    }

    /// The code by which ModelScope tells its refusals apart.
    fn modelscope_code(&self) -> u64 {
        match self {
            Self::Shelf(ShelfError::NoRepo) => 10_010_205_001,
            Self::Shelf(ShelfError::NoRevision) | Self::NoEntry => 10_990_101_004,
            Self::Shelf(ShelfError::Disk(_)) | Self::Disk(_) => 503,
            Self::ModelScope(inner) => inner.modelscope_code(),
        }
    }

    /// Status, the code that readers of Hugging Face look for, and a sentence.
    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Shelf(error @ ShelfError::NoRepo) => (StatusCode::NOT_FOUND, "RepoNotFound", error.to_string()),
            Self::Shelf(error @ ShelfError::NoRevision) => {
                (StatusCode::NOT_FOUND, "RevisionNotFound", error.to_string())
            }
            Self::NoEntry => (StatusCode::NOT_FOUND, "EntryNotFound", "this model has no such file".to_owned()),
            Self::Shelf(ShelfError::Disk(error)) | Self::Disk(error) => {
                tracing::warn!(%error, "the mirror's folder cannot be read");
                (StatusCode::SERVICE_UNAVAILABLE, "Unavailable", "the mirror cannot read its folder now".to_owned())
            }
            Self::ModelScope(inner) => inner.parts(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        let body = match &self {
            Self::ModelScope(inner) => json!({"Code": inner.modelscope_code(), "Success": false, "Message": message}),
            _ => json!({"error": message}),
        };
        (status, [("x-error-code", code.to_owned()), ("x-error-message", message)], Json(body)).into_response()
    }
}
