//! A pod as a scan sees it. Read from JSON by hand and in full: a field of another type than expected is as if it were
//! absent, so that one odd object hides no other.

use std::collections::BTreeMap;

use serde_json::Value;

/// Containers of a pod that are looked at, of each sort.
const MAX_CONTAINERS: usize = 64;
/// Variables of a container that are looked at.
const MAX_VARIABLES: usize = 1024;
/// Words of a command with its arguments that are looked at.
const MAX_WORDS: usize = 4096;
/// Bytes of a command with its arguments that are looked at.
const MAX_COMMAND_BYTES: usize = 256 * 1024;

/// A pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pod {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Kind and name of the controller.
    pub owner: Option<(String, String)>,
    /// The node; none where it is not placed.
    pub node: Option<String>,
    /// Phase.
    pub phase: String,
    /// Containers, those that end before the others start first.
    pub containers: Vec<Container>,
    /// What volumes are made of, by name.
    pub volumes: BTreeMap<String, Volume>,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Container {
    /// Name.
    pub name: String,
    /// Whether it ends before the others start.
    pub init: bool,
    /// Image.
    pub image: String,
    /// `command`: replaces the image's own entry point.
    pub command: Vec<String>,
    /// `args`.
    pub args: Vec<String>,
    /// What runs beside it once it has started.
    pub hook: Vec<String>,
    /// Variables with a value written in the pod. One whose value comes from elsewhere has none.
    pub env: BTreeMap<String, Option<String>>,
    /// Where volumes are mounted: path, volume, path inside of it.
    pub mounts: Vec<(String, String, String)>,
}

/// What a volume is made of, as far as it matters.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Volume {
    /// A claim.
    Claim(String),
    /// An image.
    Image(String),
    /// Something else.
    Other,
}

/// Reads a pod; `metadata` is looked at for names and labels only.
pub(super) fn read(pod: &Value) -> Pod {
    let spec = pod.get("spec").unwrap_or(&Value::Null);
    let mut containers: Vec<Container> = Vec::new();
    for (key, init) in [("initContainers", true), ("containers", false)] {
        // A restartable init container is a sidecar, and runs as long as the others.
        let ends = |c: &Value| init && text(c, "/restartPolicy") != "Always";
        containers.extend(list(spec, key).iter().take(MAX_CONTAINERS).map(|c| container(c, ends(c))));
    }
    let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let owner = owners.iter().find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true));
    Pod {
        namespace: text(pod, "/metadata/namespace"),
        name: text(pod, "/metadata/name"),
        labels: strings(pod, "/metadata/labels"),
        annotations: strings(pod, "/metadata/annotations"),
        owner: owner.map(|owner| (text(owner, "/kind"), text(owner, "/name"))),
        node: Some(text(spec, "/nodeName")).filter(|node| !node.is_empty()),
        phase: text(pod, "/status/phase"),
        containers,
        volumes: list(spec, "volumes").iter().map(|volume| (text(volume, "/name"), made_of(volume))).collect(),
    }
}

impl Pod {
    /// The workload that the pod belongs to, as kubectl abbreviates it. A Deployment is told from its ReplicaSet's name
    /// and the hash beside it, so that nothing but pods has to be read.
    pub(super) fn workload(&self) -> String {
        if let Some(name) = self.labels.get("leaderworkerset.sigs.k8s.io/name") {
            return format!("lws/{name}");
        }
        let Some((kind, name)) = &self.owner else { return format!("pod/{}", self.name) };
        let deployment =
            self.labels.get("pod-template-hash").and_then(|hash| name.strip_suffix(hash.as_str())?.strip_suffix('-'));
        match (kind.as_str(), deployment) {
            ("ReplicaSet", Some(deployment)) => format!("deploy/{deployment}"),
            ("ReplicaSet", None) => format!("rs/{name}"),
            ("StatefulSet", _) => format!("sts/{name}"),
            ("DaemonSet", _) => format!("ds/{name}"),
            // A static pod: the kubelet's own.
            ("Node", _) => format!("pod/{}", self.name),
            (kind, _) => format!("{}/{name}", kind.to_ascii_lowercase()),
        }
    }
}

fn container(container: &Value, init: bool) -> Container {
    let env = list(container, "env").iter().take(MAX_VARIABLES).map(|variable| {
        let from_elsewhere = variable.get("valueFrom").is_some_and(|from| !from.is_null());
        (text(variable, "/name"), (!from_elsewhere).then(|| text(variable, "/value")))
    });
    let mounts = list(container, "volumeMounts").iter().take(MAX_CONTAINERS);
    let mut left = MAX_COMMAND_BYTES;
    Container {
        name: text(container, "/name"),
        init,
        image: text(container, "/image"),
        command: words(container.get("command"), &mut left),
        args: words(container.get("args"), &mut left),
        hook: words(container.pointer("/lifecycle/postStart/exec/command"), &mut left),
        env: env.collect(),
        mounts: mounts
            .map(|mount| (text(mount, "/mountPath"), text(mount, "/name"), text(mount, "/subPath")))
            .collect(),
    }
}

fn made_of(volume: &Value) -> Volume {
    let (claim, image) = (text(volume, "/persistentVolumeClaim/claimName"), text(volume, "/image/reference"));
    match (claim.is_empty(), image.is_empty()) {
        (false, _) => Volume::Claim(claim),
        (_, false) => Volume::Image(image),
        _ => Volume::Other,
    }
}

fn words(list: Option<&Value>, left: &mut usize) -> Vec<String> {
    let all = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut words = Vec::new();
    for word in all.iter().take(MAX_WORDS).filter_map(Value::as_str) {
        let Some(rest) = left.checked_sub(word.len()) else { break };
        *left = rest;
        words.push(word.to_owned());
    }
    words
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn strings(value: &Value, pointer: &str) -> BTreeMap<String, String> {
    let map = value.pointer(pointer).and_then(Value::as_object);
    let pairs = map.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    pairs.collect()
}
