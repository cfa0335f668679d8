//! The release's ClusterRole as the owner of what the operator itself makes, so that uninstalling the release removes it.

use std::time::Duration;

use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::{Api, Client};
use serde_json::{Value, json};

use super::call::{CallError, call};

/// The owner reference; nothing where no ClusterRole is named.
pub async fn owner(client: &Client, role: Option<&str>, limit: Duration) -> Result<Option<Value>, CallError> {
    let Some(name) = role else { return Ok(None) };
    let role = call(limit, Api::<ClusterRole>::all(client.clone()).get(name)).await?;
    Ok(Some(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "name": name,
        "uid": role.metadata.uid.unwrap_or_default(),
    })))
}
