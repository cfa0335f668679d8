//! Hubs that refuse, wait, are away, or talk nonsense.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use modelport::fetch::credential::Credentials;
use modelport::fetch::error::Reason;
use modelport::fetch::fetch;

use crate::hub::{COMMIT, FakeHub, Model, TOKEN, fails, settings};
use crate::scratch::Scratch;

#[tokio::test]
async fn a_refusal_says_who_must_do_what() {
    type Case = (fn() -> Response, bool, Reason, &'static str);
    let gated = || (StatusCode::FORBIDDEN, [("x-error-code", "GatedRepo")]).into_response();
    let cases: [Case; 6] = [
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
async fn modelscope_hides_a_private_model_as_missing_and_is_understood() {
    let hub = FakeHub::answering(|_, _| {
        (StatusCode::NOT_FOUND, r#"{"Code":10010200001,"Success":false,"Message":"no"}"#).into_response()
    })
    .await;
    let to = Scratch::new("hidden");
    let mut settings = settings("modelscope://o/r", &hub.url(), &to.0);
    assert_eq!(fails(&settings).await.0, Reason::HubUnauthorized);
    settings.credentials = Credentials::one(&hub.key(), TOKEN).unwrap();
    assert_eq!(fails(&settings).await.0, Reason::HubForbidden);
    assert_eq!(hub.seen()[1].cookie.as_deref(), Some(format!("m_session_id={TOKEN}").as_str()));
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
