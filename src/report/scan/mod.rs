//! What runs already: which models the pods of a cluster serve that Modelport did not make. Pure: pods and nodes are
//! arguments, and nothing is read but what a pod itself writes.

mod judge;
mod pod;
mod print;
mod recognise;
mod reference;
mod words;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

pub use judge::{Judged, Judgement, judge};
pub use print::{Row, Scan, Stands, Unreadable};
pub use reference::Reference;

use crate::{
    catalog::{
        Servers,
        server::{Does, Names, Server},
    },
    manifest::names::DEPLOYMENT_LABEL,
};
use pod::{Container, Pod, Volume};
use recognise::{Hit, listed, recognise, said};
use words::{Variables, lines};

/// Models of one pod that are listed.
const MAX_MODELS_PER_POD: usize = 32;
/// KServe's note of what its init container fetched.
const KSERVE_SOURCE: &str = "internal.serving.kserve.io/storage-initializer-sourceuri";
/// Where KServe puts it.
const KSERVE_FOLDER: &str = "/mnt/models";

/// A pod in which a model server was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPod {
    /// Namespace.
    pub namespace: String,
    /// The workload, as kubectl abbreviates it: `deploy/chat`.
    pub workload: String,
    /// The node.
    pub node: Option<String>,
    /// The models.
    pub models: Vec<FoundModel>,
}

/// A model that a pod serves, and how that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundModel {
    /// The server.
    pub server: String,
    /// What told the server: its image, a command line, or flags that no other has.
    pub server_by: &'static str,
    /// The container.
    pub container: String,
    /// The model.
    pub model: Reference,
    /// What told the model: a flag, a variable, an init container.
    pub model_by: String,
    /// Adapters that are loaded beside it.
    pub adapters: Vec<Reference>,
    /// The name under which it answers: a claim of its author.
    pub served_as: Option<String>,
    /// Whether it drafts for another model.
    pub draft: bool,
}

/// What became of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It serves models.
    Serves(FoundPod),
    /// It is one of Modelport's own.
    Ours,
    /// It has ended.
    Ended,
    /// No model server was recognised.
    Nothing,
}

/// A model that one container fetches for the others.
struct Fetched {
    container: String,
    model: Reference,
    by: String,
    /// Folder, and the volume it is in.
    folder: Option<(String, Option<(String, String)>)>,
}

/// Looks at a pod. Total: whatever the JSON holds.
#[must_use]
pub fn look(pod: &Value, servers: &Servers) -> Looked {
    let pod = pod::read(pod);
    if pod.labels.contains_key(DEPLOYMENT_LABEL) {
        return Looked::Ours;
    }
    if matches!(pod.phase.as_str(), "Succeeded" | "Failed") {
        return Looked::Ended;
    }
    let mut fetched: Vec<Fetched> = Vec::new();
    let mut models: Vec<FoundModel> = Vec::new();
    if let Some(source) = pod.annotations.get(KSERVE_SOURCE) {
        let model = Reference::read(source, Names::Repository, false, servers);
        let by = "storageUri".to_owned();
        fetched.push(Fetched { container: String::new(), model, by, folder: Some((KSERVE_FOLDER.into(), None)) });
    }
    for container in &pod.containers {
        let variables = Variables::new(container, servers);
        let lines = lines(container, &variables);
        let hits = recognise(container, &lines, &variables, servers);
        let (fetch, serve): (Vec<Hit<'_>>, Vec<Hit<'_>>) =
            hits.into_iter().partition(|hit| hit.server.does == Does::Fetches || container.init);
        fetched.extend(fetch.iter().filter_map(|hit| fetches(&pod, container, hit, &variables, servers)));
        for hit in &serve {
            models.extend(serves(container, hit, &variables, servers));
        }
    }
    settle(&pod, &fetched, &mut models, servers);
    models.sort();
    models.dedup();
    // A server without a model says nothing beside the same server with one.
    let untold = |m: &FoundModel| m.model_by.is_empty() && matches!(m.model, Reference::Elsewhere { .. });
    let told: BTreeSet<(String, String)> =
        models.iter().filter(|m| !untold(m)).map(|m| (m.container.clone(), m.server.clone())).collect();
    models.retain(|m| !(untold(m) && told.contains(&(m.container.clone(), m.server.clone()))));
    models.truncate(MAX_MODELS_PER_POD);
    if models.is_empty() {
        return Looked::Nothing;
    }
    Looked::Serves(FoundPod { workload: pod.workload(), namespace: pod.namespace, node: pod.node, models })
}

/// What one program of an init container fetches, or leaves in a volume.
fn fetches(
    pod: &Pod,
    container: &Container,
    hit: &Hit<'_>,
    variables: &Variables<'_>,
    servers: &Servers,
) -> Option<Fetched> {
    let told = said(&hit.server.model, &hit.lines, variables)?;
    let model = revised(hit, &told.value, variables, servers);
    let known = matches!(model, Reference::Repository { .. } | Reference::Library { .. } | Reference::Address { .. });
    // Where it goes: a flag says so, or the word behind the model.
    let behind = || {
        let mut words = hit.lines.iter().flat_map(|line| &line.words).skip_while(|word| **word != told.value);
        words.nth(1).filter(|word| word.starts_with('/')).cloned()
    };
    let folder = said(&hit.server.folder, &hit.lines, variables).map(|said| said.value).or_else(behind);
    let by = format!("{} {}", if container.init { "init container" } else { "container" }, container.name);
    let folder = folder.map(|folder| {
        let volume = mounted(container, &folder).filter(|(volume, _)| pod.volumes.contains_key(volume));
        (folder, volume)
    });
    known.then(|| Fetched { container: container.name.clone(), model, by, folder })
}

/// The models that one program serves.
fn serves(container: &Container, hit: &Hit<'_>, variables: &Variables<'_>, servers: &Servers) -> Vec<FoundModel> {
    let server = hit.server;
    let read = |text: &str| Reference::read(text, server.names, on_modelscope(server, variables), servers);
    let in_image = || {
        let image = container.image.split('@').next().unwrap_or_default();
        let marker = format!("/{}", server.model_in_image_after.as_ref()?);
        let (_, name) = image.split_once(&marker)?;
        Some((read(name), "image".to_owned()))
    };
    let told = said(&server.model, &hit.lines, variables)
        .map(|told| (revised(hit, &told.value, variables, servers), told.by))
        .or_else(in_image);
    let settings = said(&server.settings, &hit.lines, variables);
    let (model, model_by) = told.unwrap_or_else(|| {
        let what = match settings {
            Some(said) => format!("{} names a file, which a scan does not read", said.by),
            None => "neither arguments nor variables of the container name one".into(),
        };
        (Reference::Elsewhere { what }, String::new())
    });
    let served_as = said(&server.served, &hit.lines, variables)
        .map(|said| said.value)
        .filter(|name| !servers.is_secret(name) && name.len() <= MAX_SERVED_NAME_BYTES)
        .filter(|name| !name.contains('$') && !name.chars().any(char::is_control));
    let found = FoundModel {
        server: server.title.clone(),
        server_by: hit.by,
        container: container.name.clone(),
        model,
        model_by,
        adapters: listed(&server.adapters, &hit.lines, variables).iter().map(|one| read(&one.value)).collect(),
        served_as,
        draft: false,
    };
    let drafts = listed(&server.drafts, &hit.lines, variables).into_iter().map(|said| FoundModel {
        model: read(&said.value),
        model_by: said.by,
        adapters: Vec::new(),
        served_as: None,
        draft: true,
        ..found.clone()
    });
    let mut all = vec![found.clone()];
    all.extend(drafts);
    all
}

/// Longest name that is shown as what a server calls its model, in bytes.
const MAX_SERVED_NAME_BYTES: usize = 128;

fn on_modelscope(server: &Server, variables: &Variables<'_>) -> bool {
    let on = |value: String| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
    server.modelscope.iter().any(|name| name == "*" || variables.value(name).is_some_and(on))
}

fn revised(hit: &Hit<'_>, text: &str, variables: &Variables<'_>, servers: &Servers) -> Reference {
    let revision = said(&hit.server.revision, &hit.lines, variables);
    let reference = Reference::read(text, hit.server.names, on_modelscope(hit.server, variables), servers);
    reference.at(revision.as_ref().map(|said| said.value.as_str()).filter(|text| !servers.is_secret(text)))
}

/// Puts in the place of a path what was fetched to it, or the claim or image that it lies in.
fn settle(pod: &Pod, fetched: &[Fetched], models: &mut Vec<FoundModel>, servers: &Servers) {
    let mut more = Vec::new();
    for found in models.iter_mut() {
        let container = pod.containers.iter().find(|c| c.name == found.container);
        let path = match &found.model {
            Reference::Path { path } => path.clone(),
            // Told nothing: what the pod fetches is what it serves.
            Reference::Elsewhere { .. } if found.model_by.is_empty() => {
                // An address may hold anything: settings, a program. Only what is a model by its name counts.
                let named = |f: &&Fetched| !matches!(f.model, Reference::Address { .. });
                let mut all = fetched.iter().filter(named).map(|f| (f.model.clone(), f.by.clone()));
                if let Some((model, by)) = all.next() {
                    more.extend(all.map(|(model, model_by)| FoundModel { model, model_by, ..found.clone() }));
                    (found.model, found.model_by) = (model, by);
                }
                continue;
            }
            _ => continue,
        };
        if let Some(model) = Reference::in_cache(&path) {
            found.model = model;
            found.model_by.push_str(", a path of the hub's cache");
            continue;
        }
        let volume = container.and_then(|container| mounted(container, &path));
        let from = fetched.iter().find(|f| {
            f.folder.as_ref().is_some_and(|(folder, place)| {
                let same_volume = place.as_ref().zip(volume.as_ref());
                (f.container == found.container || f.container.is_empty() || place.is_none()) && below(&path, folder)
                    || same_volume.is_some_and(|((a, inside), (b, at))| a == b && below(at, inside))
            })
        });
        if let Some(from) = from {
            found.model_by = format!("{}, fetched by {}", found.model_by, from.by);
            found.model = from.model.clone();
            continue;
        }
        let made_of = volume.as_ref().and_then(|(name, inside)| Some((pod.volumes.get(name)?, inside)));
        let address = match made_of {
            Some((Volume::Claim(claim), inside)) => format!("pvc://{claim}/{}", inside.trim_start_matches('/')),
            Some((Volume::Image(image), _)) => format!("oci://{image}"),
            _ => continue,
        };
        if let address @ Reference::Address { .. } = Reference::read(&address, Names::Repository, false, servers) {
            found.model = address;
        }
    }
    models.append(&mut more);
}

/// The volume that a path lies in, and the path inside of it.
fn mounted(container: &Container, path: &str) -> Option<(String, String)> {
    let mounts = container.mounts.iter().filter(|(at, ..)| !at.is_empty() && below(path, at));
    let (at, volume, sub) = mounts.max_by_key(|(at, ..)| at.len())?;
    let inside = path.strip_prefix(at.trim_end_matches('/')).unwrap_or_default();
    Some((volume.clone(), format!("{}{inside}", sub.trim_matches('/')).trim_end_matches('/').to_owned()))
}

/// Whether a path is a folder or lies below it.
fn below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
