//! Hubs that behave.

use std::fs;

use axum::http::header;
use axum::response::IntoResponse;
use modelport::fetch::fetch;
use modelport::fetch::record::Fetched;

use crate::hub::{COMMIT, FakeHub, Model, settings};
use crate::scratch::Scratch;

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
