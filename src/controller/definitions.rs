//! Before anything is written: are the kinds in the cluster those of this version?
//!
//! An older definition drops fields that it does not know, in silence. So the operator does not start its work on one: it
//! says which is old and the command that mends it, in its log and at `/readyz`, and looks again. With the chart's
//! strategy the pods of the version before go on meanwhile.

use std::{sync::Arc, time::Duration};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};

use crate::{
    manifest::definitions,
    ops::{
        call::{CallError, call},
        health::Readiness,
    },
};

/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Time between looks while something is wrong.
const RETRY: Duration = Duration::from_secs(5);

/// What is wrong with the kinds of the cluster, in one sentence; nothing where they are those of this version, or newer.
pub async fn look(client: &Client) -> Result<Option<String>, CallError> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let mut faults = Vec::new();
    for ours in definitions::all() {
        let name = ours.metadata.name.clone().unwrap_or_default();
        let live = call(REQUEST_TIMEOUT, api.get_opt(&name)).await?;
        faults.extend(definitions::fault(&ours, live.as_ref()));
    }
    Ok(definitions::sentence(&faults))
}

/// Looks until the kinds are as they should be.
pub async fn wait(client: Client, readiness: Arc<Readiness>) {
    let mut said = String::new();
    loop {
        let fault = match look(&client).await {
            Ok(None) => break,
            Ok(Some(fault)) => fault,
            // Rights of an older release, or of another installer: the comparison is a help, and no reason to stand still.
            Err(error) if error.is_forbidden() => {
                tracing::warn!(%error, "the kinds in the cluster could not be compared with those of this version");
                break;
            }
            Err(error) => format!("The kinds in the cluster could not be read: {error}."),
        };
        if fault != said {
            tracing::error!(fault, "not started");
            said.clone_from(&fault);
        }
        readiness.kinds_are_wrong(fault);
        tokio::time::sleep(RETRY).await;
    }
    readiness.kinds_are_right();
}
