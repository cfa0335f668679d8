//! How the weights come into the pod: fetched by an init container, mounted from an image, or from a claim.

use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapVolumeSource, Container, EmptyDirVolumeSource, EnvVar, ImageVolumeSource,
    PersistentVolumeClaimVolumeSource, ResourceRequirements, SeccompProfile, SecretVolumeSource, SecurityContext,
    Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::{Inputs, Obstacle, inputs::Settings};
use crate::{
    catalog::engine::Format,
    manifest::{
        Reason,
        source::{Hub, Source},
    },
};

/// Name of the volume with the weights.
pub const VOLUME: &str = "model";
/// Where it is mounted.
pub const MOUNT: &str = "/models";
/// Name of the init container that fetches.
pub const FETCHER: &str = "fetch";
/// The name under which the fetcher leaves the first GGUF file, whatever the repository calls it.
pub const GGUF_LINK: &str = "model.gguf";
/// User and group of our own containers.
pub const USER: i64 = 65532;

/// What the weights need of the pod.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// Volumes.
    pub volumes: Vec<Volume>,
    /// Containers that run first.
    pub init: Vec<Container>,
    /// Path that the engine is given.
    pub model_path: String,
}

/// Why these weights cannot be brought in yet.
#[must_use]
pub fn obstacle(source: &Source) -> Option<Obstacle> {
    match source {
        Source::Hub { .. } | Source::Pvc { .. } | Source::Oci { .. } => None,
        Source::Url { scheme, .. } => Some(Obstacle::new(
            Reason::NotBuiltYet,
            format!(
                "Fetching from {scheme}:// is not built yet. The model is decided upon; to serve it now, use hf://, modelscope://, oci:// or pvc://."
            ),
        )),
    }
}

/// Whether a path names a GGUF file.
#[must_use]
pub fn is_gguf(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("gguf"))
}

/// What the weights of these inputs need of the pod.
#[must_use]
pub fn render(inputs: &Inputs) -> Weights {
    let model = &inputs.spec.model;
    // A source that cannot be read was refused long before; a claim's name that exists nowhere keeps the pod pending.
    let Ok(source) = Source::parse(&model.source) else { return Weights::default() };
    let gguf = inputs.engine.formats.contains(&Format::Gguf);
    let file = |root: &str| match (&model.file, gguf) {
        (Some(file), _) => format!("{root}/{file}"),
        (None, true) => format!("{root}/{GGUF_LINK}"),
        (None, false) => root.to_owned(),
    };
    match &source {
        Source::Hub { hub, .. } => Weights {
            volumes: fetch_volumes(inputs),
            init: vec![fetcher(inputs, &source, *hub, gguf)],
            model_path: file(MOUNT),
        },
        Source::Oci { reference, digest } => {
            // The tag stays in the name: the template itself then says what it was resolved from.
            let known = model.digest.as_ref().or_else(|| inputs.pinned.as_ref().map(|pinned| &pinned.digest));
            let pinned = match (digest, known) {
                (None, Some(digest)) => format!("{reference}@{digest}"),
                _ => reference.clone(),
            };
            let image = ImageVolumeSource { reference: Some(pinned), pull_policy: Some("IfNotPresent".into()) };
            Weights {
                volumes: vec![Volume { name: VOLUME.into(), image: Some(image), ..Volume::default() }],
                init: Vec::new(),
                model_path: file(MOUNT),
            }
        }
        Source::Pvc { claim, path } => {
            let claim = PersistentVolumeClaimVolumeSource { claim_name: claim.clone(), read_only: Some(true) };
            let root = if path.is_empty() { MOUNT.to_owned() } else { format!("{MOUNT}/{path}") };
            let model_path = if is_gguf(path) { root } else { file(&root) };
            Weights {
                volumes: vec![Volume {
                    name: VOLUME.into(),
                    persistent_volume_claim: Some(claim),
                    ..Volume::default()
                }],
                init: Vec::new(),
                model_path,
            }
        }
        Source::Url { .. } => Weights::default(),
    }
}

fn fetch_volumes(inputs: &Inputs) -> Vec<Volume> {
    let mut volumes =
        vec![Volume { name: VOLUME.into(), empty_dir: Some(EmptyDirVolumeSource::default()), ..Volume::default() }];
    if let Some(secret) = &inputs.spec.model.secret_name {
        let secret = SecretVolumeSource {
            secret_name: Some(secret.clone()),
            default_mode: Some(0o440),
            ..SecretVolumeSource::default()
        };
        volumes.push(Volume { name: "credentials".into(), secret: Some(secret), ..Volume::default() });
    }
    volumes.extend(ca_bundle(&inputs.settings).map(|(volume, _, _)| volume));
    volumes
}

/// The token is mounted here and nowhere else: the engine's container never sees it.
fn fetcher(inputs: &Inputs, source: &Source, hub: Hub, gguf: bool) -> Container {
    let model = &inputs.spec.model;
    let Settings { fetch_image, hub_endpoint, modelscope_endpoint, .. } = &inputs.settings;
    let authorities = ca_bundle(&inputs.settings);
    let mut args = vec!["fetch".to_owned(), "--source".into(), source.to_string(), "--to".into(), MOUNT.into()];
    let mut flag = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            args.extend([format!("--{name}"), value.to_owned()]);
        }
    };
    flag("revision", model.revision.as_deref());
    flag("file", model.file.as_deref());
    flag("format", Some(if gguf { "gguf" } else { "safetensors" }));
    flag("endpoint", if hub == Hub::HuggingFace { hub_endpoint } else { modelscope_endpoint }.as_deref());
    flag("credentials", model.secret_name.as_ref().map(|_| "/credentials"));
    flag("ca-bundle", authorities.as_ref().map(|(_, _, file)| file.as_str()));
    let mut mounts = vec![mount(VOLUME, MOUNT, false)];
    mounts.extend(model.secret_name.as_ref().map(|_| mount("credentials", "/credentials", true)));
    mounts.extend(authorities.map(|(_, mount, _)| mount));
    Container {
        name: FETCHER.into(),
        image: Some(fetch_image.clone()),
        image_pull_policy: Some("IfNotPresent".into()),
        args: Some(args),
        env: proxy(&inputs.settings),
        volume_mounts: Some(mounts),
        resources: Some(resources(("100m", "64Mi"), ("2", "512Mi"))),
        security_context: Some(restricted(true)),
        termination_message_policy: Some("File".into()),
        ..Container::default()
    }
}

// Never `false` in words: the API server drops it, and the next pass would write it again.
fn mount(name: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name: name.into(),
        mount_path: path.into(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    }
}

/// Authorities that our own containers trust besides the image's: volume, mount, and the file in it.
pub(super) fn ca_bundle(settings: &Settings) -> Option<(Volume, VolumeMount, String)> {
    let name = settings.ca_bundle_configmap.clone()?;
    let config_map = ConfigMapVolumeSource { name, ..ConfigMapVolumeSource::default() };
    let volume = Volume { name: "ca-bundle".into(), config_map: Some(config_map), ..Volume::default() };
    Some((volume, mount("ca-bundle", "/ca-bundle", true), "/ca-bundle/ca.crt".into()))
}

/// The proxy of our own containers.
pub(super) fn proxy(settings: &Settings) -> Option<Vec<EnvVar>> {
    let Settings { proxy, no_proxy, .. } = settings;
    let env = [("HTTPS_PROXY", proxy), ("HTTP_PROXY", proxy), ("NO_PROXY", no_proxy)];
    let env: Vec<_> = env
        .into_iter()
        .filter_map(|(name, value)| {
            Some(EnvVar { name: name.into(), value: Some(value.clone()?), ..EnvVar::default() })
        })
        .collect();
    (!env.is_empty()).then_some(env)
}

/// CPU and memory, requested and at most: a quota may ask for both.
pub(super) fn resources(requests: (&str, &str), limits: (&str, &str)) -> ResourceRequirements {
    let quantities = |(cpu, memory): (&str, &str)| {
        Some([("cpu", cpu), ("memory", memory)].map(|(k, v)| (k.to_owned(), Quantity(v.to_owned()))).into())
    };
    ResourceRequirements {
        requests: quantities(requests),
        limits: quantities(limits),
        ..ResourceRequirements::default()
    }
}

/// What Pod Security `restricted` asks of a container.
#[must_use]
pub fn restricted(read_only_root: bool) -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".into()]), add: None }),
        read_only_root_filesystem: Some(read_only_root),
        run_as_non_root: Some(true),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
        ..SecurityContext::default()
    }
}
