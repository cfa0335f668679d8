//! Reviews as an API server sends them, through the real router, and the replies as a reviewer read them. Beside them
//! what no API server sends: garbage, nothing, ten megabytes.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use kube::{Client, Config, runtime::reflector};
use modelport::{
    admission::{
        configuration::PATH,
        server::{Webhook, router},
    },
    controller::world::{Stores, World},
    facts::snapshot::Snapshot,
    ops::metrics::Metrics,
    report::decision_log::DecisionLog,
};
use serde_json::{Value, json};
use tower::ServiceExt;

#[path = "kit/mod.rs"]
mod kit;
use kit::{catalog, golden, snapshot};

const ACME: &str = r#"
namespaces: [support, soft]
kind: company
seat: US
metrics:
- {name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}
accepted:
- {name: llama, who: legal@acme.example, when: 2026-11-02, covers: {licenses: ["LicenseRef-llama-*"]}}
"#;
const FILING: &str = r"
filings:
- {name: cac-1, rule: cn-genai-filing, who: legal@acme.example, when: 2026-11-20, covers: {services: [support/support-bot], countries: [CN]}}
";

fn facts() -> Snapshot {
    snapshot(
        &[("acme", ACME)],
        &[
            ("china", "{namespaces: [support], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}"),
            (
                "soft",
                "{namespaces: [soft], admission: Warn, regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}",
            ),
        ],
    )
}

/// An API server that cannot be reached: memory decides.
fn nobody() -> Client {
    Client::try_from(Config::new("http://127.0.0.1:1".parse().expect("a URI"))).expect("a client")
}

/// A folder of its own for the decision log, removed at the end.
struct Log(PathBuf);

impl Log {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("modelport-admit-{}-{name}.log", std::process::id()));
        drop(fs::remove_file(&path));
        Self(path)
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn webhook(facts: Snapshot, client: Client, log: &Log) -> Router {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let world = World::new(
        catalog(),
        Stores {
            namespaces: reflector::store().0,
            manifests: reflector::store().0,
            deployments: reflector::store().0,
            services: reflector::store().0,
            budgets: reflector::store().0,
            revisions: reflector::store().0,
            pods: reflector::store().0,
            digest_jobs: reflector::store().0,
            digest_pods: reflector::store().0,
        },
    );
    world.set_snapshot(facts);
    router(Arc::new(Webhook {
        world: Arc::new(world),
        client,
        log: Arc::new(DecisionLog::open(log.0.to_str().expect("a path")).expect("a log")),
        metrics: Arc::new(Metrics::default()),
        default_runtime: "vllm".into(),
    }))
}

async fn send(router: Router, method: &str, path: &str, body: Vec<u8>) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let response = router.oneshot(request.body(Body::from(body)).expect("a request")).await.expect("an answer");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/admit")
}

fn reviews() -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder()).expect("tests/admit").map(|f| f.expect("a file").path());
    let mut all = BTreeMap::new();
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".json").filter(|n| n.strip_suffix(".reply").is_none()) {
            all.insert(name.to_owned(), fs::read(&path).expect("a review"));
        }
    }
    all
}

async fn replied(name: &str, facts: Snapshot, client: Client) -> Value {
    let log = Log::new(name);
    let (status, text) = send(webhook(facts, client, &log), "POST", PATH, reviews()[name].clone()).await;
    assert_eq!(status, StatusCode::OK, "{name}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn every_recorded_review_is_answered_as_a_reviewer_read_it() {
    let all = reviews();
    assert!(all.len() >= 20, "{} reviews", all.len());
    for (name, review) in all {
        let mut reply = replied(&name, facts(), nobody()).await;
        let review: Value = serde_json::from_slice(&review).expect("JSON");
        assert_eq!(reply["response"]["uid"], review["request"]["uid"], "{name}");
        let texts = reply["response"]["warnings"]
            .as_array()
            .into_iter()
            .flatten()
            .chain([&reply["response"]["status"]["message"]]);
        for text in texts.filter_map(Value::as_str) {
            assert!(text.chars().count() <= 1000, "{name}: {} characters", text.chars().count());
        }
        let warnings = reply["response"]["warnings"].as_array().into_iter().flatten();
        for warning in warnings.filter_map(Value::as_str) {
            assert!(!warning.contains(char::is_control), "{name}: the API server drops {warning:?}");
        }
        if let Some(annotations) = reply["response"]["auditAnnotations"].as_object_mut() {
            let id = annotations["decision"].as_str().expect("an id").to_owned();
            assert!(id.len() == 64 && id.chars().all(|c| c.is_ascii_hexdigit()), "{name}: {id}");
            assert!(annotations.contains_key("verdict") && annotations.contains_key("reason"), "{name}");
            annotations["decision"] = "64 hexadecimal digits".into();
        }
        golden(
            &format!("admit/{name}.reply.json"),
            &format!("{}\n", serde_json::to_string_pretty(&reply).expect("JSON")),
        );
    }
}

#[test]
fn every_reply_has_its_review() {
    let reviews = reviews();
    for file in fs::read_dir(folder()).expect("tests/admit") {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".reply.json") {
            assert!(reviews.contains_key(name), "{name}.reply.json answers nothing");
        }
    }
}

#[tokio::test]
async fn a_dry_run_is_answered_as_the_real_thing_and_logged_as_one() {
    let real = replied("a-create-that-a-rule-refuses-is-denied", facts(), nobody()).await;
    let dry = replied("a-dry-run-is-answered-the-same", facts(), nobody()).await;
    assert_eq!(real, dry);
    let log = Log::new("dry");
    send(webhook(facts(), nobody(), &log), "POST", PATH, reviews()["a-dry-run-is-answered-the-same"].clone()).await;
    let lines = log.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["asked"]["dryRun"], true);
    assert_eq!(lines[0]["asked"]["denied"], true);
    assert_eq!(lines[0]["asked"]["user"], "engineer@acme.example");
}

#[tokio::test]
async fn what_passes_undecided_is_not_logged() {
    for name in ["a-delete-passes", "a-change-of-scale-passes", "an-update-of-what-is-not-decided-upon-passes"] {
        let log = Log::new(name);
        send(webhook(facts(), nobody(), &log), "POST", PATH, reviews()[name].clone()).await;
        assert_eq!(log.lines(), Vec::<Value>::new(), "{name}");
    }
}

/// An API server that knows a Licensee which memory does not know yet.
fn ahead(licensee: String) -> Client {
    let service = tower::service_fn(move |request: Request<kube::client::Body>| {
        let licensee = licensee.clone();
        async move {
            let path = request.uri().path().to_owned();
            let list = |kind: &str, items: Vec<Value>| json!({"apiVersion": "modelport.dev/v1alpha1", "kind": kind, "metadata": {"resourceVersion": "9"}, "items": items});
            let object = |kind: &str, name: &str, spec: Value| json!({"apiVersion": "modelport.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec});
            let policies = facts().policies;
            let body = match path.rsplit('/').next().unwrap_or_default() {
                "licensees" => list("LicenseeList", vec![object("Licensee", "acme", kit::yaml(&licensee))]),
                "modelpolicies" => list(
                    "ModelPolicyList",
                    policies
                        .iter()
                        .map(|p| object("ModelPolicy", &p.name, serde_json::to_value(&p.spec).expect("JSON")))
                        .collect(),
                ),
                "modellicenses" => list("ModelLicenseList", vec![]),
                "inferenceruntimes" => list("InferenceRuntimeList", vec![]),
                "waivers" => list("WaiverList", vec![]),
                "support" => json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "support"}}),
                other => panic!("nobody asked for {other}"),
            };
            Ok::<_, std::convert::Infallible>(Response::new(Body::from(body.to_string())))
        }
    });
    Client::new(service, "default")
}

#[tokio::test]
async fn before_a_denial_the_facts_are_read_live() {
    let name = "a-create-that-a-rule-refuses-is-denied";
    let filed = format!("{ACME}{FILING}");
    assert_eq!(replied(name, facts(), ahead(filed)).await["response"]["allowed"], true, "the filing came a moment ago");
    assert_eq!(
        replied(name, facts(), ahead(ACME.into())).await["response"]["allowed"],
        false,
        "there is none there either"
    );
}

#[tokio::test]
async fn facts_that_have_not_been_read_deny_nothing() {
    let reply = replied("a-create-that-a-rule-refuses-is-denied", Snapshot::unsynced(), nobody()).await;
    assert_eq!(reply["response"]["allowed"], true, "{reply}");
    assert_eq!(reply["response"]["auditAnnotations"]["verdict"], "Waiting");
}

#[tokio::test]
async fn what_no_api_server_sends_is_refused_and_harms_nothing() {
    let log = Log::new("garbage");
    let router = webhook(facts(), nobody(), &log);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: [(&str, Vec<u8>, StatusCode); 9] = [
        ("nothing", vec![], StatusCode::BAD_REQUEST),
        ("garbage", vec![0xff, 0x00, 0xfe, b'{'], StatusCode::BAD_REQUEST),
        ("half of a review", br#"{"kind":"AdmissionReview","#.to_vec(), StatusCode::BAD_REQUEST),
        ("an empty object", b"{}".to_vec(), StatusCode::BAD_REQUEST),
        ("a list", b"[1,2]".to_vec(), StatusCode::BAD_REQUEST),
        (
            "no request",
            br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#.to_vec(),
            StatusCode::BAD_REQUEST,
        ),
        ("a hundred thousand brackets", deep.into_bytes(), StatusCode::BAD_REQUEST),
        ("ten megabytes of spaces", vec![b' '; 10 << 20], StatusCode::PAYLOAD_TOO_LARGE),
        (
            "ten megabytes of a string",
            [b"{\"kind\":\"".as_slice(), &vec![b'a'; 10 << 20]].concat(),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ];
    for (what, body, expected) in cases {
        let (status, text) = send(router.clone(), "POST", PATH, body).await;
        assert_eq!(status, expected, "{what}: {text}");
        assert!(text.chars().count() < 1000, "{what}: a long answer");
    }
    assert_eq!(send(router.clone(), "GET", PATH, vec![]).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(send(router.clone(), "POST", "/", vec![]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(router.clone(), "POST", "/validate/x", vec![]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(log.lines(), Vec::<Value>::new());
    let review = reviews()["a-create-that-is-allowed-passes"].clone();
    assert_eq!(send(router, "POST", PATH, review).await.0, StatusCode::OK, "it goes on");
}

/// What a person reads is the same in the reply and in the log: nothing is rephrased on the way.
#[tokio::test]
async fn the_denial_says_the_sentence_of_the_decision() {
    let log = Log::new("sentence");
    let (_, text) = send(
        webhook(facts(), nobody(), &log),
        "POST",
        PATH,
        reviews()["a-create-that-a-rule-refuses-is-denied"].clone(),
    )
    .await;
    let reply: Value = serde_json::from_str(&text).expect("JSON");
    let sentence = log.lines()[0]["decision"]["findings"][0]["sentence"].as_str().expect("a sentence").to_owned();
    assert!(reply["response"]["status"]["message"].as_str().is_some_and(|m| m.contains(&sentence)), "{sentence}");
    assert_eq!(reply["response"]["auditAnnotations"]["decision"], log.lines()[0]["decision"]["id"]);
}
