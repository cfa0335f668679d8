//! The webhook: bytes in, bytes out. The one live read before a denial happens here.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::StreamExt as _;
use jiff::Timestamp;
use kube::{Api, Client, runtime::reflector::ObjectRef};
use serde_json::{Value, json};

use super::{
    binding::{self, Report},
    configuration::{BINDINGS_PATH, PATH},
    parse::{self, MAX_REVIEW_BYTES, Parsed, Review},
    verdict::{Answer, answer},
    waiver::{self, Target},
};
use crate::{
    controller::world::World,
    decide::{Decision, decide},
    facts::{live, snapshot::Snapshot},
    manifest::{Waiver, model_deployment::ModelDeploymentSpec, names::DEPLOYMENT_LABEL},
    ops::{
        call::{CallError, call},
        metrics::{At, Metrics},
    },
    plan::{Obstacle, next},
    report::decision_log::{Asked, DecisionLog},
    status::observed::PodView,
};

/// Time for the live read before a denial; after it, memory decides.
const LIVE_READ_TIMEOUT: Duration = Duration::from_millis(1500);

/// Time for reading a pod that is bound before the watch has shown it; the API server waits 1 s for the report.
const POD_READ_TIMEOUT: Duration = Duration::from_millis(700);
/// Of a body that is too long this much is read, so that its sender sees why it was refused.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;
/// Time for all of a body: no API server needs it, which gives up after 3 s itself.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What the webhook works with.
pub struct Webhook {
    /// Facts in memory.
    pub world: Arc<World>,
    /// Client for the live read.
    pub client: Client,
    /// Where decisions are logged.
    pub log: Arc<DecisionLog>,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Engine of a model whose format does not choose one.
    pub default_runtime: String,
}

/// The router of the webhook.
pub fn router(webhook: Arc<Webhook>) -> Router {
    Router::new()
        .route(PATH, post(validate))
        .route(BINDINGS_PATH, post(report_binding))
        .layer(DefaultBodyLimit::disable())
        .with_state(webhook)
}

/// All of a body, or the answer that there is no reading it.
async fn bytes(body: Body) -> Result<Vec<u8>, Response> {
    match tokio::time::timeout(BODY_TIMEOUT, read(body)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(refused)) => Err(refused.into_response()),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body did not come within 10 s").into_response()),
    }
}

/// Reports on a binding; it is allowed whatever is known of it.
async fn report_binding(State(webhook): State<Arc<Webhook>>, body: Body) -> Response {
    let body = match bytes(body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let binding = match binding::read(&body) {
        Ok(binding) => binding,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let report = webhook.report(&binding).await;
    webhook.metrics.reported_binding(report.outcome());
    if let Report::Wrong(words) = &report {
        tracing::warn!(namespace = binding.namespace, words, "a binding to where the pod may not stand");
    }
    json_response(&binding::reply(&binding.uid, &report))
}

async fn validate(State(webhook): State<Arc<Webhook>>, body: Body) -> Response {
    let started = Instant::now();
    let body = match bytes(body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let review = match parse::review(&body) {
        Ok(Parsed::Deployment(review)) => review,
        Ok(Parsed::Waiver(review)) => {
            let answer = webhook.answer_waiver(&review).await;
            webhook.metrics.reviewed(started.elapsed());
            return replied(&review.uid, &answer);
        }
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let answer = webhook.answer(&review).await;
    if let Some(decision) = answer.decision() {
        webhook.metrics.decided(decision, At::Admission);
        let denied = matches!(answer, Answer::Deny { .. });
        let object = review.object.as_ref().ok().and_then(|object| object.as_deref());
        webhook.log.admission(decision, &Asked::of(&review, denied), object);
    }
    webhook.metrics.reviewed(started.elapsed());
    replied(&review.uid, &answer)
}

fn replied(uid: &str, answer: &Answer) -> Response {
    json_response(&reply(uid, answer))
}

fn json_response(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// Reads a body of at most [`MAX_REVIEW_BYTES`]. Of a longer one some more is read and thrown away: a caller that is
/// still sending would see a closed connection, and never the answer.
async fn read(body: Body) -> Result<Vec<u8>, (StatusCode, String)> {
    let mut stream = body.into_data_stream();
    let (mut kept, mut total) = (Vec::new(), 0_usize);
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| (StatusCode::BAD_REQUEST, format!("the body could not be read: {error}")))?;
        total = total.saturating_add(part.len());
        if total > MAX_DRAINED_BYTES {
            break;
        }
        if total > MAX_REVIEW_BYTES {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&part);
        }
    }
    if total > MAX_REVIEW_BYTES {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, format!("a review holds at most {MAX_REVIEW_BYTES} bytes")));
    }
    Ok(kept)
}

impl Webhook {
    async fn answer(&self, review: &Review) -> Answer {
        let snapshot = self.world.snapshot();
        let labels = self.world.namespace_labels(&review.namespace);
        let from_memory =
            answer(review, |request| decide(request, &snapshot.facts(self.world.catalog, &labels, Timestamp::now())));
        if !matches!(from_memory, Answer::Deny { decision: Some(_), .. }) {
            let obstacle = |spec: &_| {
                next::obstacle(
                    spec,
                    &snapshot.facts(self.world.catalog, &labels, Timestamp::now()),
                    &self.default_runtime,
                )
            };
            return with_obstacle(from_memory, review, obstacle);
        }
        // A fact that was applied a moment ago may not have reached the store: `kubectl apply -f dir/` does just that.
        match self.live(&review.namespace).await {
            Ok((snapshot, labels)) => answer(review, |request| -> Decision {
                decide(request, &snapshot.facts(self.world.catalog, &labels, Timestamp::now()))
            }),
            Err(error) => {
                self.metrics.live_reads_failed.inc();
                tracing::warn!(%error, "the facts could not be read once more before a denial; memory decides");
                from_memory
            }
        }
    }

    /// The answer about a Waiver: from memory, and before a denial with policies and deployment read once more.
    async fn answer_waiver(&self, review: &Review<Waiver>) -> Answer {
        let now = Timestamp::now();
        let Ok(Some(object)) = &review.object else { return waiver::answer(review, now, None) };
        let deployment = &object.spec.deployment;
        let stored = self.world.manifests.get(&ObjectRef::new(&deployment.name).within(&deployment.namespace));
        let manifest = stored.as_ref().and_then(|guard| guard.0.as_ref().ok());
        let (snapshot, labels) = (self.world.snapshot(), self.world.namespace_labels(&deployment.namespace));
        let facts = snapshot.facts(self.world.catalog, &labels, now);
        let from_memory = waiver::answer(review, now, Some(&Target { manifest, facts: &facts }));
        if matches!(from_memory, Answer::Pass { .. }) {
            return from_memory;
        }
        let (space, name) = (&deployment.namespace, &deployment.name);
        let manifest = call(LIVE_READ_TIMEOUT, live::deployment(&self.client, space, name));
        match tokio::try_join!(manifest, self.live(space)) {
            Ok((manifest, (snapshot, labels))) => {
                let facts = snapshot.facts(self.world.catalog, &labels, now);
                waiver::answer(review, now, Some(&Target { manifest: manifest.as_ref(), facts: &facts }))
            }
            Err(error) => {
                self.metrics.live_reads_failed.inc();
                tracing::warn!(%error, "the facts could not be read once more before a denial; memory decides");
                from_memory
            }
        }
    }

    /// What is to be said of a binding, by the template that the pods are made from. A pod is bound within milliseconds
    /// of its creation, so that the watch may not have shown it yet: it is then read.
    async fn report(&self, binding: &binding::Binding) -> Report {
        let (namespace, name) = (binding.namespace.as_str(), binding.pod.as_str());
        let known = self.world.pods.get(namespace, name);
        let pod = if known.is_some() {
            known
        } else {
            let api: Api<PodView> = Api::namespaced(self.client.clone(), namespace);
            call(POD_READ_TIMEOUT, api.get_opt(name)).await.ok().flatten().map(Arc::new)
        };
        let owner = pod.as_ref().and_then(|pod| pod.metadata.labels.as_ref()?.get(DEPLOYMENT_LABEL).cloned());
        let Some(owner) = owner else { return Report::NotOurs };
        let observed = self.world.observe(namespace, &owner);
        let Some(runs) = observed.runs_now(&[]) else { return Report::NotOurs };
        let nodes = self.world.nodes();
        let node = nodes.binary_search_by(|n| n.name.as_str().cmp(&binding.node)).ok().and_then(|at| nodes.get(at));
        binding::report(binding, &owner, &runs.inputs.places, node)
    }

    async fn live(&self, namespace: &str) -> Result<(Snapshot, std::collections::BTreeMap<String, String>), CallError> {
        let snapshot = live::snapshot(&self.client, LIVE_READ_TIMEOUT).await?;
        let labels = match call(LIVE_READ_TIMEOUT, live::namespace_labels(&self.client, namespace)).await {
            Ok(labels) => labels,
            Err(_) => (*self.world.namespace_labels(namespace)).clone(),
        };
        Ok((snapshot, labels))
    }
}

/// An allowed manifest that cannot be rolled out as it stands is stored, and says so at once.
fn with_obstacle(
    answer: Answer,
    review: &Review,
    obstacle: impl Fn(&ModelDeploymentSpec) -> Option<Obstacle>,
) -> Answer {
    match (answer, &review.object) {
        (Answer::Pass { mut warnings, decision: Some(decision) }, Ok(Some(object))) => {
            warnings.extend(obstacle(&object.spec).map(|o| format!("{}: {}", o.reason, o.sentence)));
            Answer::Pass { warnings, decision: Some(decision) }
        }
        (answer, _) => answer,
    }
}

/// The answer as an AdmissionReview.
fn reply(uid: &str, answer: &Answer) -> Value {
    let mut response = match answer {
        Answer::Pass { warnings, .. } if warnings.is_empty() => json!({"uid": uid, "allowed": true}),
        Answer::Pass { warnings, .. } => json!({"uid": uid, "allowed": true, "warnings": warnings}),
        Answer::Deny { message, .. } => json!({
            "uid": uid,
            "allowed": false,
            "status": {"code": 403, "reason": "Forbidden", "message": message},
        }),
    };
    let annotations = answer.audit_annotations();
    if let (false, Some(map)) = (annotations.is_empty(), response.as_object_mut()) {
        map.insert("auditAnnotations".into(), json!(annotations));
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}
