//! What several commands read of a cluster: pages of objects, and what the operator was told at its start.

use std::{collections::BTreeMap, time::Duration};

use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment};
use kube::{Api, Client, Resource, ResourceExt, api::ListParams, core::DeserializeGuard};
use serde::de::DeserializeOwned;

use super::reach::unread;
use crate::{
    controller::views::NodeView,
    facts::{
        files::{DEFAULT_NAMESPACE, Manifest, Owned, Unreadable},
        lines::Lines,
        live,
        snapshot::Snapshot,
    },
    manifest::{ModelDeployment, names, status::ModelDeploymentStatus},
    ops::call::{CallError, call},
    plan::{
        fit::NodeSummary,
        inputs::Inputs,
        revision::{self, Memory},
    },
    status::observed::PodView,
};

/// Default of an operator that was installed without a word about it.
pub const ASSUMED_RUNTIME: &str = "vllm";

/// Objects that are asked for at once.
const PAGE: u32 = 500;
/// Objects of one kind that are read at most.
const MAX_OBJECTS: usize = 100_000;
/// Deployments of the operator that are looked at.
const MAX_OPERATORS: u32 = 10;
/// Time for one answer of the API server.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Namespace and name of a ModelDeployment.
pub type Key = (String, String);

/// What could not be read, with the verb that is missing where that is why.
#[must_use]
pub fn missing(what: &str, scope: &str, error: &CallError) -> String {
    if error.is_forbidden() {
        format!("{what} {scope} may not be read; missing: verb list on {what}")
    } else {
        format!("{what} {scope} could not be read ({error})")
    }
}

/// Every page of a list, up to a bound.
pub async fn list<K>(api: &Api<K>, labels: Option<&str>) -> Result<Vec<K>, CallError>
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let mut all = Vec::new();
    let mut params = ListParams::default().limit(PAGE);
    if let Some(labels) = labels {
        params = params.labels(labels);
    }
    loop {
        let page = call(REQUEST_TIMEOUT, api.list(&params)).await?;
        all.extend(page.items);
        match page.metadata.continue_.filter(|token| !token.is_empty() && all.len() < MAX_OBJECTS) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(all),
        }
    }
}

/// The nodes, by name.
pub async fn nodes(client: &Client) -> Result<Vec<NodeSummary>, CallError> {
    let list = list(&Api::<NodeView>::all(client.clone()), None).await?;
    let mut nodes: Vec<NodeSummary> = list.iter().map(NodeView::summary).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(nodes)
}

/// The pods of every ModelDeployment.
pub async fn pods(client: &Client) -> Result<BTreeMap<Key, Vec<PodView>>, CallError> {
    let list = list(&Api::<PodView>::all(client.clone()), Some(names::DEPLOYMENT_LABEL)).await?;
    Ok(by_owner(list))
}

/// What runs of every ModelDeployment, by its newest revision that can be read.
pub async fn revisions(client: &Client) -> Result<BTreeMap<Key, (Inputs, Memory)>, CallError> {
    let list = list(&Api::<ControllerRevision>::all(client.clone()), Some(names::DEPLOYMENT_LABEL)).await?;
    let newest =
        |all: Vec<ControllerRevision>| all.iter().max_by_key(|revision| revision.revision).and_then(revision::read);
    Ok(by_owner(list).into_iter().filter_map(|(key, all)| Some((key, newest(all)?))).collect())
}

fn by_owner<K: ResourceExt>(list: Vec<K>) -> BTreeMap<Key, Vec<K>> {
    let mut all: BTreeMap<Key, Vec<K>> = BTreeMap::new();
    for one in list {
        if let Some(owner) = one.labels().get(names::DEPLOYMENT_LABEL).cloned() {
            all.entry((one.namespace().unwrap_or_default(), owner)).or_default().push(one);
        }
    }
    all
}

/// Everything that decides, and every ModelDeployment, of a whole cluster; with the status of each.
pub async fn everything(client: &Client) -> anyhow::Result<(Owned, BTreeMap<Key, ModelDeploymentStatus>)> {
    let mut owned = Owned::default();
    facts(client, &mut owned, true).await?;
    let statuses = deployments(client, &mut owned).await?;
    Ok((owned, statuses))
}

/// Adds every ModelDeployment; with the status of each.
pub async fn deployments(client: &Client, owned: &mut Owned) -> anyhow::Result<BTreeMap<Key, ModelDeploymentStatus>> {
    let api: Api<DeserializeGuard<ModelDeployment>> = Api::all(client.clone());
    let all = match list(&api, None).await {
        Ok(all) => all,
        Err(error) => return Err(unread(client, "modeldeployments", &error).await),
    };
    let mut statuses = BTreeMap::new();
    for object in all {
        match object.0 {
            Ok(read) => {
                let (namespace, name) = (read.namespace().unwrap_or_else(|| DEFAULT_NAMESPACE.into()), read.name_any());
                let uid = read.meta().uid.clone();
                statuses.insert((namespace.clone(), name.clone()), read.status.unwrap_or_default());
                owned.manifests.push(Manifest {
                    file: String::new(),
                    namespace,
                    name,
                    uid,
                    spec: read.spec,
                    lines: Lines::default(),
                });
            }
            Err(invalid) => owned.unreadable.push(Unreadable {
                file: "cluster".into(),
                line: 1,
                object: format!(
                    "ModelDeployment/{}/{}",
                    invalid.metadata.namespace.unwrap_or_default(),
                    invalid.metadata.name.unwrap_or_default()
                ),
                why: invalid.error,
            }),
        }
    }
    Ok(statuses)
}

/// Adds what the cluster holds of the platform and legal teams; without its Licensees where others speak.
pub async fn facts(client: &Client, owned: &mut Owned, licensees: bool) -> anyhow::Result<()> {
    let mut snapshot = snapshot(client).await?;
    if !licensees {
        snapshot.licensees.clear();
        snapshot.unread.retain(|unread| unread.kind != "Licensee");
    }
    // What selects by the labels of namespaces cannot be told absent.
    let namespaces = match call(REQUEST_TIMEOUT, live::namespaces(client)).await {
        Ok(namespaces) => namespaces,
        Err(error) => return Err(unread(client, "namespaces", &error).await),
    };
    owned.add_cluster(snapshot, namespaces);
    Ok(())
}

/// What the cluster holds of the platform and legal teams, or why it cannot be told.
pub async fn snapshot(client: &Client) -> anyhow::Result<Snapshot> {
    match live::snapshot(client, REQUEST_TIMEOUT).await {
        Ok(snapshot) => Ok(snapshot),
        Err(error) => Err(unread(client, FACTS, &error).await),
    }
}

/// Labels of a namespace; what selects by them cannot be told without.
pub async fn namespace_labels(client: &Client, namespace: &str) -> anyhow::Result<BTreeMap<String, String>> {
    match call(REQUEST_TIMEOUT, live::namespace_labels(client, namespace)).await {
        Ok(labels) => Ok(labels),
        Err(error) if error.is_forbidden() => Err(unread(client, "namespaces", &error).await),
        Err(error) => Err(anyhow::anyhow!("namespace {namespace} could not be read ({error})")),
    }
}

/// Kinds of what decides.
const FACTS: &str = "licensees, modelpolicies, modellicenses, inferenceruntimes, waivers";

/// `--default-runtime` of the operator's Deployment.
pub async fn operators_default(client: &Client) -> Option<String> {
    let label = format!("{}=modelport", names::NAME_LABEL);
    let api: Api<Deployment> = Api::all(client.clone());
    let list = api.list(&ListParams::default().labels(&label).limit(MAX_OPERATORS)).await.ok()?;
    list.items.iter().find_map(default_runtime)
}

/// The flag or the environment variable of one Deployment.
fn default_runtime(deployment: &Deployment) -> Option<String> {
    let containers = &deployment.spec.as_ref()?.template.spec.as_ref()?.containers;
    containers.iter().find_map(|container| {
        let args: Vec<&String> = container.command.iter().chain(&container.args).flatten().collect();
        let mut flags = args.windows(2);
        let apart = flags.find_map(|pair| match pair {
            [flag, value] if *flag == "--default-runtime" => Some((*value).clone()),
            _ => None,
        });
        let joined = args.iter().find_map(|arg| arg.strip_prefix("--default-runtime=").map(str::to_owned));
        let variable = container.env.iter().flatten().find(|env| env.name == "MODELPORT_DEFAULT_RUNTIME");
        joined.or(apart).or_else(|| variable.and_then(|env| env.value.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(container: &serde_json::Value) -> Deployment {
        let spec = serde_json::json!({"selector": {}, "template": {"spec": {"containers": [container]}}});
        serde_json::from_value(serde_json::json!({"spec": spec})).unwrap()
    }

    #[test]
    fn the_operators_default_is_read_from_its_flag_or_its_environment() {
        let of = |container: serde_json::Value| default_runtime(&deployment(&container));
        let joined = serde_json::json!({"name": "a", "args": ["run", "--default-runtime=llama-cpp"]});
        assert_eq!(of(joined).as_deref(), Some("llama-cpp"));
        let apart = serde_json::json!({"name": "a", "args": ["run", "--default-runtime", "sglang"]});
        assert_eq!(of(apart).as_deref(), Some("sglang"));
        let variable = serde_json::json!({"name": "a", "env": [{"name": "MODELPORT_DEFAULT_RUNTIME", "value": "tgi"}]});
        assert_eq!(of(variable).as_deref(), Some("tgi"));
        assert_eq!(of(serde_json::json!({"name": "a", "args": ["run"]})), None);
    }
}
