//! One pod is asked to go, or made to go: each by its UID, so that another pod of that name is left alone. I/O.

use std::time::Duration;

use k8s_openapi::{
    api::{core::v1::Pod, policy::v1::Eviction},
    apimachinery::pkg::apis::meta::v1::{DeleteOptions, ObjectMeta, Preconditions as EvictionPreconditions},
};
use kube::{
    Api, Client,
    api::{DeleteParams, PostParams, Preconditions},
};

use crate::ops::call::{CallError, call};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It goes.
    Goes,
    /// It is gone already, or another pod has its name.
    Gone,
    /// A budget holds it, in the API server's words.
    Held(String),
    /// The request failed.
    Failed(CallError),
}

/// Asks a pod to go by the eviction API: budgets hold.
pub async fn evict(client: &Client, namespace: &str, name: &str, uid: &str) -> Outcome {
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    // By hand: `Api::evict` of kube 5.0 writes `delete_options`, which the API server drops, and the UID with it.
    let eviction = Eviction {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.to_owned()),
            ..ObjectMeta::default()
        },
        delete_options: Some(DeleteOptions {
            preconditions: Some(EvictionPreconditions { uid: Some(uid.to_owned()), resource_version: None }),
            ..DeleteOptions::default()
        }),
    };
    let params = PostParams::default();
    let request = api.create_subresource::<Eviction, serde_json::Value>("eviction", name, &params, &eviction);
    outcome(call(REQUEST_TIMEOUT, request).await.map(drop))
}

/// Makes a pod go.
pub async fn delete(client: &Client, namespace: &str, name: &str, uid: &str) -> Outcome {
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let preconditions = Preconditions { uid: Some(uid.to_owned()), resource_version: None };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    outcome(call(REQUEST_TIMEOUT, api.delete(name, &params)).await.map(drop))
}

fn outcome(answer: Result<(), CallError>) -> Outcome {
    match answer {
        Ok(()) => Outcome::Goes,
        Err(error) if error.is_not_found() || error.is_conflict() => Outcome::Gone,
        Err(error) => match error.held() {
            Some(words) => Outcome::Held(words),
            None => Outcome::Failed(error),
        },
    }
}
