//! A token is for one host.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use modelport::fetch::credential::Credentials;
use modelport::fetch::error::Reason;
use modelport::fetch::fetch;

use crate::hub::{FakeHub, Model, TOKEN, fails, settings};
use crate::scratch::Scratch;

#[tokio::test]
async fn a_token_never_follows_a_redirect_to_another_host() {
    let model = Model::small();
    let store = FakeHub::answering({
        let model = model.clone();
        move |seen, _| model.answer(seen)
    })
    .await;
    let elsewhere = store.url();
    let hub = FakeHub::answering(move |seen, _| {
        if !seen.path.contains("/resolve/") {
            return model.answer(seen);
        }
        (StatusCode::FOUND, [(header::LOCATION, format!("{elsewhere}{}", seen.path))]).into_response()
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
        Some(rest) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("/api/models/o/new{rest}"))]).into_response()
        }
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
