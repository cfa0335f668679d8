//! Bytes that are not what was listed.

use std::fs;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream;
use modelport::fetch::error::Reason;
use modelport::fetch::fetch;

use crate::hub::{FakeHub, Model, fails, settings};
use crate::scratch::Scratch;

/// Fetches from a hub that answers every file with this instead.
async fn fails_with_file(
    name: &str,
    bad: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (Reason, Vec<String>) {
    let model = Model::small();
    let hub = FakeHub::answering(
        move |seen, _| {
            if seen.path.ends_with("model.safetensors") { bad() } else { model.answer(seen) }
        },
    )
    .await;
    let to = Scratch::new(name);
    let (reason, _) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
    let left = to.files().into_iter().filter(|path| path != "config.json").collect();
    (reason, left)
}

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
    let hub =
        FakeHub::answering(move |seen, _| if seen.path.contains("/tree/") { silent() } else { model.answer(seen) })
            .await;
    let to = Scratch::new("silent");
    let (reason, message) = fails(&settings("hf://o/r", &hub.url(), &to.0)).await;
    assert_eq!(reason, Reason::HubUnavailable);
    assert!(message.contains("no answer in time"), "{message}");
}

#[tokio::test]
async fn a_fetch_that_is_stopped_keeps_what_is_complete_and_nothing_else() {
    let model = Model::small();
    let hub = FakeHub::answering(move |seen, _| {
        if !seen.path.ends_with("model.safetensors") {
            return model.answer(seen);
        }
        let once = stream::once(async { Ok::<_, std::io::Error>(Bytes::from("0123")) });
        let stalled = Body::from_stream(futures::StreamExt::chain(once, stream::pending()));
        ([(header::CONTENT_LENGTH, "18")], stalled).into_response()
    })
    .await;
    let to = Scratch::new("stopped");
    let mut settings = settings("hf://o/r", &hub.url(), &to.0);
    settings.patience.read_timeout = Duration::from_mins(1);
    tokio::time::timeout(Duration::from_millis(700), fetch(&settings))
        .await
        .expect_err("it stalls until it is stopped");
    assert_eq!(to.files(), ["config.json"]);
}
