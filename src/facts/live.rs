//! The facts read once from the API server, before a denial and for the command line: one list a kind, with a deadline.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, api::ListParams, core::DeserializeGuard};

use super::snapshot::{FactKind, Snapshot, read};
use crate::{
    manifest::{InferenceRuntime, Licensee, ModelDeployment, ModelLicense, ModelPolicy, Waiver},
    ops::call::{CallError, call},
};

/// Objects of one kind that are read at most; more are named as unread.
const MAX_OBJECTS_PER_KIND: u32 = 2000;

/// Reads everything, or says which call failed.
pub async fn snapshot(client: &Client, deadline: Duration) -> Result<Snapshot, CallError> {
    let reading = async {
        let (licensees, policies, licenses, runtimes, waivers) = tokio::try_join!(
            list::<Licensee>(client),
            list::<ModelPolicy>(client),
            list::<ModelLicense>(client),
            list::<InferenceRuntime>(client),
            list::<Waiver>(client)
        )?;
        let (licensees, mut unread) = read(&licensees);
        let (policies, more) = read(&policies);
        unread.extend(more);
        let (licenses, more) = read(&licenses);
        unread.extend(more);
        let (runtimes, more) = read(&runtimes);
        unread.extend(more);
        let (waivers, more) = read(&waivers);
        unread.extend(more);
        Ok(Snapshot { licensees, policies, licenses, runtimes, waivers, unread })
    };
    call(deadline, Box::pin(reading)).await
}

async fn list<K: FactKind>(client: &Client) -> Result<Vec<Arc<DeserializeGuard<K>>>, kube::Error> {
    let api: Api<DeserializeGuard<K>> = Api::all(client.clone());
    let list = api.list(&ListParams::default().limit(MAX_OBJECTS_PER_KIND)).await?;
    Ok(list.items.into_iter().map(Arc::new).collect())
}

/// A deployment, where it exists and can be read.
pub async fn deployment(client: &Client, namespace: &str, name: &str) -> Result<Option<ModelDeployment>, kube::Error> {
    let api: Api<DeserializeGuard<ModelDeployment>> = Api::namespaced(client.clone(), namespace);
    Ok(api.get_opt(name).await?.and_then(|object| object.0.ok()))
}

/// Labels of a namespace.
pub async fn namespace_labels(client: &Client, name: &str) -> Result<BTreeMap<String, String>, kube::Error> {
    let namespace = Api::<Namespace>::all(client.clone()).get(name).await?;
    Ok(namespace.metadata.labels.unwrap_or_default())
}

/// Labels of every namespace that may be listed.
pub async fn namespaces(client: &Client) -> Result<BTreeMap<String, BTreeMap<String, String>>, kube::Error> {
    let list = Api::<Namespace>::all(client.clone()).list(&ListParams::default().limit(MAX_OBJECTS_PER_KIND)).await?;
    let labels =
        list.items.into_iter().map(|n| (n.metadata.name.unwrap_or_default(), n.metadata.labels.unwrap_or_default()));
    Ok(labels.collect())
}
