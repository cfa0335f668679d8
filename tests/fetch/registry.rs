//! A registry is asked what a tag stands for: it answers, wants a login, refuses, is busy, or is none.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use modelport::fetch::patience::Patience;
use modelport::fetch::registry::error::{Code, RegistryError};
use modelport::fetch::registry::login;
use modelport::fetch::registry::question::Question;
use modelport::fetch::registry::reference::Reference;

use crate::hub::{FakeHub, Seen};

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PASSWORD: &str = "canary-s3cret";

fn ok() -> Response {
    [("docker-content-digest", DIGEST)].into_response()
}

fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

fn unauthorized(challenge: &str) -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge.to_owned())]).into_response()
}

/// A registry as the public ones are: a token for each question, with a login or without.
fn with_tokens(seen: &Seen, host: &str, open: bool) -> Response {
    let basic = "Basic bWU6Y2FuYXJ5LXMzY3JldA=="; // me:canary-s3cret
    match (seen.path.starts_with("/token"), seen.authorization.as_deref()) {
        (true, Some(login)) if login == basic => r#"{"token":"full"}"#.into_response(),
        (true, None) if open => r#"{"access_token":"open"}"#.into_response(),
        (true, _) => status(401),
        (false, Some("Bearer full")) => ok(),
        (false, Some("Bearer open")) if open => ok(),
        (false, _) => unauthorized(&format!(r#"Bearer realm="http://{host}/token",service="r, s""#)),
    }
}

fn question(hub: &FakeHub, login: Option<&str>) -> Question {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default(); // another test may have been first
    let host = hub.url().replace("http://", "");
    let logins = login.map(|password| {
        serde_json::json!({"auths": {&host: {"username": "me", "password": password}, "other.example": {"username": "you", "password": PASSWORD}}})
    });
    Question {
        image: Reference::parse(&format!("{host}/team/model:v1")).unwrap(),
        logins: logins.map(|file| login::parse(&file.to_string()).unwrap()).unwrap_or_default(),
        ca_bundle: None,
        patience: Patience {
            attempts: 3,
            first_wait: Duration::from_millis(5),
            max_wait: Duration::from_millis(20),
            max_asked_wait: Duration::from_millis(50),
            read_timeout: Duration::from_millis(300),
        },
        plain_http: true,
    }
}

async fn registry(answer: impl Fn(&Seen, &str, usize) -> Response + Clone + Send + Sync + 'static) -> FakeHub {
    FakeHub::answering(move |seen, before| answer(seen, &seen.host, before)).await
}

async fn fails(question: &Question) -> (Code, String) {
    let error: RegistryError = question.ask().await.expect_err("there should be no digest");
    let message = error.to_string();
    assert!(!message.contains(PASSWORD), "{message}");
    (error.code(), message)
}

#[tokio::test]
async fn an_open_registry_is_asked_once_and_for_nothing_but_the_head() {
    let hub = registry(|_, _, _| ok()).await;
    assert_eq!(question(&hub, Some(PASSWORD)).ask().await.unwrap(), DIGEST);
    let seen = hub.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].path.as_str(), seen[0].method.as_str()), ("/v2/team/model/manifests/v1", "HEAD"));
    assert_eq!(seen[0].authorization, None, "what is public is asked without a login");
}

#[tokio::test]
async fn a_token_is_fetched_with_the_login_of_this_host_or_without_one() {
    let hub = registry(|seen, host, _| with_tokens(seen, host, false)).await;
    assert_eq!(question(&hub, Some(PASSWORD)).ask().await.unwrap(), DIGEST);
    let asked = hub.seen().into_iter().find(|seen| seen.path.starts_with("/token")).unwrap();
    assert_eq!(asked.path, "/token?scope=repository%3Ateam%2Fmodel%3Apull&service=r%2C+s");
    let open = registry(|seen, host, _| with_tokens(seen, host, true)).await;
    assert_eq!(question(&open, None).ask().await.unwrap(), DIGEST);
}

#[tokio::test]
async fn basic_challenges_are_answered_too() {
    let hub = registry(|seen, _, _| match seen.authorization.as_deref() {
        Some("Basic bWU6Y2FuYXJ5LXMzY3JldA==") => ok(),
        _ => unauthorized("Basic realm=\"r\""),
    })
    .await;
    assert_eq!(question(&hub, Some(PASSWORD)).ask().await.unwrap(), DIGEST);
    assert_eq!(fails(&question(&hub, None)).await.0, Code::RegistryUnauthorized);
}

#[tokio::test]
async fn a_refusal_says_whether_a_login_was_shown() {
    let hub = registry(|seen, host, _| with_tokens(seen, host, false)).await;
    let (code, message) = fails(&question(&hub, None)).await;
    assert_eq!(code, Code::RegistryUnauthorized);
    assert!(message.contains("imagePullSecrets"), "{message}");
    let (code, message) = fails(&question(&hub, Some("outdated"))).await;
    assert_eq!(code, Code::RegistryUnauthorized);
    assert!(message.contains("renew it"), "{message}");
    for (answer, code) in [(403, Code::RegistryForbidden), (404, Code::ImageNotFound)] {
        let hub = registry(move |_, _, _| status(answer)).await;
        assert_eq!(fails(&question(&hub, None)).await.0, code);
        assert_eq!(hub.seen().len(), 1, "{answer} is not asked twice");
    }
}

#[tokio::test]
async fn a_registry_that_is_busy_or_away_is_asked_again_and_not_for_ever() {
    for (answer, code) in [(429, Code::RegistryBusy), (503, Code::RegistryUnavailable)] {
        let hub = registry(move |_, _, before| if before < 2 { status(answer) } else { ok() }).await;
        assert_eq!(question(&hub, None).ask().await.unwrap(), DIGEST, "{answer}");
        let hub = registry(move |_, _, _| status(answer)).await;
        assert_eq!(fails(&question(&hub, None)).await.0, code);
        assert_eq!(hub.seen().len(), 3);
    }
    let gone = question(&registry(|_, _, _| ok()).await, None);
    let nobody = Question { image: Reference::parse("127.0.0.1:1/m:1").unwrap(), ..gone };
    let (code, message) = fails(&nobody).await;
    assert_eq!(code, Code::RegistryUnavailable);
    assert!(message.starts_with("127.0.0.1:1 cannot be read after 3 attempts"), "{message}");
}

#[tokio::test]
async fn where_no_digest_is_sent_it_is_computed_of_the_manifest() {
    let manifest = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#;
    let hub = registry(move |_, _, _| manifest.into_response()).await;
    let digest = question(&hub, None).ask().await.unwrap();
    assert_eq!(digest, format!("sha256:{}", modelport::manifest::names::sha256_hex(manifest.as_bytes())));
    assert_eq!(hub.seen().last().unwrap().method, "GET");
}

#[tokio::test]
async fn what_is_no_registry_brings_no_digest() {
    type Answer = fn(&Seen, &str, usize) -> Response;
    let answers: [Answer; 7] = [
        |_, _, _| "<html>Please log in</html>".into_response(),
        |_, _, _| [("docker-content-digest", "sha256:12")].into_response(),
        |_, _, _| [("docker-content-digest", "sha512:aaaaaaaaaaaaaaaa")].into_response(),
        |_, _, _| vec![b' '; 5 * 1024 * 1024].into_response(),
        |_, _, _| (StatusCode::FOUND, [(header::LOCATION, "/v2/team/model/manifests/v1")]).into_response(),
        |_, _, _| (StatusCode::FOUND, [(header::LOCATION, "ftp://elsewhere/")]).into_response(),
        |seen, host, _| {
            if seen.path.starts_with("/token") {
                return "{}".into_response();
            }
            unauthorized(&format!(r#"Bearer realm="http://{host}/token""#))
        },
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let hub = registry(answer).await;
        assert_eq!(fails(&question(&hub, None)).await.0, Code::BadAnswer, "{number}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_takes_no_login_along() {
    let elsewhere = registry(|_, _, _| ok()).await;
    let to = format!("{}/moved", elsewhere.url());
    let hub = registry(move |seen, _, _| match seen.authorization.as_deref() {
        Some(_) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.clone())]).into_response(),
        None => unauthorized("Basic realm=\"r\""),
    })
    .await;
    assert_eq!(question(&hub, Some(PASSWORD)).ask().await.unwrap(), DIGEST);
    assert_eq!(elsewhere.seen()[0].authorization, None);
}

#[tokio::test]
async fn over_tls_nothing_is_sent_to_a_token_address_without_it() {
    let hub = registry(|_, _, _| ok()).await;
    // The registry speaks no TLS: the question fails before anything is sent.
    let question = Question { plain_http: false, ..question(&hub, Some(PASSWORD)) };
    assert_eq!(fails(&question).await.0, Code::RegistryUnavailable);
    assert!(hub.seen().is_empty());
}
