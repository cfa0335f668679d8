//! The status of a Licensee is written again when the first write failed, though no fact changes.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on ends")]

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use kube::{
    Client,
    client::Body,
    core::DeserializeGuard,
    runtime::{reflector, watcher::Event},
};
use modelport::{
    controller::{
        events::Events,
        lease::Leadership,
        moves::Moves,
        objects,
        run::FactStores,
        world::{Stores, World},
    },
    manifest::Licensee,
    ops::metrics::Metrics,
    reconcile::Context,
    report::decision_log::DecisionLog,
};
use serde_json::json;

#[path = "kit/mod.rs"]
mod kit;

const ACME: &str = "{apiVersion: modelport.dev/v1alpha1, kind: Licensee, metadata: {name: acme, uid: u}, spec: {namespaces: [demo], kind: company, seat: US}}";

#[tokio::test]
async fn a_status_that_could_not_be_written_is_written_again_by_itself() {
    let writes = Arc::new(AtomicUsize::new(0));
    let seen = writes.clone();
    let api_server = tower::service_fn(move |request: Request<Body>| {
        let seen = seen.clone();
        async move {
            assert!(request.uri().path().ends_with("/licensees/acme/status"), "{}", request.uri());
            let first = seen.fetch_add(1, Ordering::SeqCst) == 0;
            let (code, body) = if first {
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "etcd is away", "reason": "InternalError", "code": 500}),
                )
            } else {
                (StatusCode::OK, serde_json::to_value(kit::yaml::<Licensee>(ACME)).expect("JSON"))
            };
            let response = Response::builder().status(code).header("content-type", "application/json");
            Ok::<_, Infallible>(response.body(Body::from(body.to_string().into_bytes())).expect("a response"))
        }
    });
    let client = Client::new(api_server, "default");
    let (licensees, mut writer) = reflector::store::<DeserializeGuard<Licensee>>();
    writer.apply_watcher_event(&Event::Init);
    writer.apply_watcher_event(&Event::InitApply(DeserializeGuard(Ok(kit::yaml(ACME)))));
    writer.apply_watcher_event(&Event::InitDone);
    let facts = FactStores {
        licensees,
        policies: reflector::store().0,
        licenses: reflector::store().0,
        runtimes: reflector::store().0,
        waivers: reflector::store().0,
    };
    let world = World::new(
        kit::catalog(),
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
    let (_lead, held) = tokio::sync::watch::channel(true);
    let context = Context {
        world: Arc::new(world),
        events: Events::start(client.clone(), "test"),
        evictions: client.clone(),
        client,
        leadership: Arc::new(Leadership::of(held)),
        settings: kit::settings(),
        default_runtime: "vllm".into(),
        confirmed_stops: Vec::new(),
        moves: Moves::default(),
        metrics: Arc::new(Metrics::default()),
        log: Arc::new(DecisionLog::open("-").expect("a log")),
        clock: Timestamp::now,
    };
    let keeping = tokio::spawn(objects::run(Arc::new(context), facts));
    for _ in 0..100 {
        if writes.load(Ordering::SeqCst) >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!keeping.is_finished(), "it keeps the statuses for good");
    keeping.abort();
    assert_eq!(writes.load(Ordering::SeqCst), 2, "the second write succeeds, and is the last");
}
