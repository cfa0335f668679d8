//! The pod: fetcher and engine, hardened, placed, drained.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        Container, ContainerPort, EmptyDirVolumeSource, EnvVar, HTTPGetAction, Lifecycle, LifecycleHandler,
        LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements,
        SeccompProfile, SleepAction, Toleration, TopologySpreadConstraint, Volume, VolumeMount,
    },
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{LabelSelector, ObjectMeta},
        util::intstr::IntOrString,
    },
};

use super::{Inputs, Owner, affinity, arguments, inputs::Settings, labels, selector, weights};
use crate::{
    catalog::engine::{self, AcceleratorNeed, Medium, WritableDir},
    manifest::{
        names::{PLACED, PLACED_LABEL, SERVICE_PORT_NAME},
        placement,
        serving::PodOverride,
    },
};

/// Name of the engine's container.
pub const ENGINE: &str = "engine";

/// The template of the pods.
#[must_use]
pub fn render(owner: &Owner, inputs: &Inputs) -> PodTemplateSpec {
    let weights = weights::render(inputs);
    let pod = inputs.spec.runtime.pod.clone().unwrap_or_default();
    let mut volumes = weights.volumes.clone();
    volumes.extend(writable_volumes(inputs, &pod));
    let affinity = affinity::render(&inputs.places, &inputs.accelerator_labels);
    let mut labels = labels(owner);
    if affinity.as_ref().is_some_and(affinity::places) {
        labels.insert(PLACED_LABEL.to_owned(), PLACED.to_owned());
    }
    let spec = PodSpec {
        affinity,
        automount_service_account_token: Some(false),
        containers: vec![container(inputs, &weights, &pod)],
        enable_service_links: Some(false),
        image_pull_secrets: pull_secrets(inputs, &pod),
        init_containers: (!weights.init.is_empty()).then_some(weights.init),
        node_selector: some_map(inputs.spec.placement.node_selector.clone()),
        priority_class_name: pod.priority_class_name,
        runtime_class_name: pod.runtime_class_name,
        security_context: Some(security(inputs)),
        termination_grace_period_seconds: Some(inputs.engine.drain.termination_grace_seconds.into()),
        tolerations: some_list(tolerations(inputs)),
        topology_spread_constraints: Some(vec![spread(owner)]),
        volumes: some_list(volumes),
        ..PodSpec::default()
    };
    PodTemplateSpec { metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }), spec: Some(spec) }
}

fn container(inputs: &Inputs, weights: &weights::Weights, pod: &PodOverride) -> Container {
    let engine = &inputs.engine;
    let values = arguments::Values {
        model_path: &weights.model_path,
        served_name: &served_name(inputs),
        port: engine.ports.http,
        accelerators: accelerators(inputs).map_or(1, |(_, count)| count),
    };
    let mut ports = vec![port(SERVICE_PORT_NAME, engine.ports.http)];
    ports.extend(engine.ports.metrics.map(|p| port("metrics", p)));
    let mount = VolumeMount {
        name: weights::VOLUME.into(),
        mount_path: weights::MOUNT.into(),
        read_only: Some(true),
        ..VolumeMount::default()
    };
    let writable = engine.security.writable.iter().map(|dir| VolumeMount {
        name: dir.name.clone(),
        mount_path: dir.path.clone(),
        ..VolumeMount::default()
    });
    let mut security_context = weights::restricted(engine.security.read_only_root.is_yes());
    if !engine.security.restricted.is_yes() {
        security_context.run_as_non_root = None;
    }
    Container {
        name: ENGINE.into(),
        image: Some(image(&engine.image, inputs.settings.image_registry.as_deref())),
        image_pull_policy: Some("IfNotPresent".into()),
        command: some_list(engine.command.clone()),
        args: Some(arguments::render(engine, &inputs.spec.runtime.arguments, &values)),
        env: some_list(
            engine
                .env
                .iter()
                .map(|e| EnvVar { name: e.name.clone(), value: Some(e.value.clone()), ..EnvVar::default() })
                .collect(),
        ),
        ports: Some(ports),
        volume_mounts: Some(std::iter::once(mount).chain(writable).collect()),
        resources: Some(resources(inputs, pod)),
        security_context: Some(security_context),
        startup_probe: Some(probe(&engine.probes.startup)),
        readiness_probe: Some(probe(&engine.probes.readiness)),
        liveness_probe: Some(probe(&engine.probes.liveness)),
        // Endpoints are withdrawn while the engine still answers.
        lifecycle: Some(Lifecycle {
            pre_stop: Some(LifecycleHandler {
                sleep: Some(SleepAction { seconds: engine.drain.pre_stop_sleep_seconds.into() }),
                ..LifecycleHandler::default()
            }),
            ..Lifecycle::default()
        }),
        ..Container::default()
    }
}

/// Name under which the model answers.
#[must_use]
pub fn served_name(inputs: &Inputs) -> String {
    let model = &inputs.spec.model;
    model.served_name.clone().unwrap_or_else(|| {
        let source = crate::manifest::source::Source::parse(&model.source).ok();
        let repository = source.as_ref().and_then(|s| s.repository()).map(|(_, r)| r.to_owned());
        let name = repository.or_else(|| model.name.clone()).unwrap_or_else(|| "model".into());
        name.rsplit('/').next().unwrap_or(&name).to_owned()
    })
}

/// The extended resource and how many of it, where any is asked for or needed.
#[must_use]
pub fn accelerators(inputs: &Inputs) -> Option<(String, i32)> {
    let of_chip = || inputs.accelerator_resource.as_ref().or_else(|| inputs.engine.accelerator.resources.first());
    let usual = || of_chip().cloned().unwrap_or_else(|| "nvidia.com/gpu".into());
    match (&inputs.spec.accelerators, inputs.engine.accelerator.need) {
        (Some(asked), _) => Some((asked.resource.clone().unwrap_or_else(usual), asked.count)),
        (None, AcceleratorNeed::Required) => Some((usual(), 1)),
        (None, _) => None,
    }
}

fn resources(inputs: &Inputs, pod: &PodOverride) -> ResourceRequirements {
    let quantities = |map: &BTreeMap<String, String>| {
        map.iter().map(|(k, v)| (k.clone(), Quantity(v.clone()))).collect::<BTreeMap<_, _>>()
    };
    let mut requests = BTreeMap::new();
    let mut limits = BTreeMap::new();
    if let Some(usual) = &inputs.engine.resources {
        requests.insert("cpu".to_owned(), Quantity(usual.cpu.clone()));
        requests.insert("memory".to_owned(), Quantity(usual.memory.clone()));
        limits.extend(usual.memory_limit.clone().map(|m| ("memory".to_owned(), Quantity(m))));
    }
    requests.extend(quantities(&pod.requests));
    limits.extend(quantities(&pod.limits));
    if let Some((resource, count)) = accelerators(inputs) {
        requests.insert(resource.clone(), Quantity(count.to_string()));
        limits.insert(resource, Quantity(count.to_string()));
    }
    ResourceRequirements { requests: some_map(requests), limits: some_map(limits), ..ResourceRequirements::default() }
}

fn writable_volumes(inputs: &Inputs, pod: &PodOverride) -> Vec<Volume> {
    let volume = |dir: &WritableDir| {
        let asked = pod.shared_memory.as_ref().filter(|_| dir.path == "/dev/shm");
        let empty_dir = EmptyDirVolumeSource {
            medium: (dir.medium == Medium::Memory).then(|| "Memory".into()),
            size_limit: asked.or(dir.size_limit.as_ref()).map(|s| Quantity(s.clone())),
        };
        Volume { name: dir.name.clone(), empty_dir: Some(empty_dir), ..Volume::default() }
    };
    inputs.engine.security.writable.iter().map(volume).collect()
}

fn security(inputs: &Inputs) -> PodSecurityContext {
    let restricted = inputs.engine.security.restricted.is_yes();
    PodSecurityContext {
        run_as_non_root: restricted.then_some(true),
        run_as_user: inputs.engine.security.run_as_user.or_else(|| restricted.then_some(weights::USER)),
        run_as_group: restricted.then_some(weights::USER),
        fs_group: Some(weights::USER),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

fn tolerations(inputs: &Inputs) -> Vec<Toleration> {
    let written = inputs.spec.placement.tolerations.iter().map(toleration);
    // Clouds taint accelerator nodes with the resource's own name; whoever asks for the resource means those nodes.
    let own = accelerators(inputs).map(|(resource, _)| Toleration {
        key: Some(resource),
        operator: Some("Exists".into()),
        effect: Some("NoSchedule".into()),
        ..Toleration::default()
    });
    written.chain(own).collect()
}

pub(super) fn toleration(written: &placement::Toleration) -> Toleration {
    Toleration {
        key: written.key.clone(),
        operator: written.operator.clone(),
        value: written.value.clone(),
        effect: written.effect.clone(),
        toleration_seconds: None,
    }
}

fn spread(owner: &Owner) -> TopologySpreadConstraint {
    TopologySpreadConstraint {
        max_skew: 1,
        topology_key: "kubernetes.io/hostname".into(),
        when_unsatisfiable: "ScheduleAnyway".into(),
        label_selector: Some(LabelSelector { match_labels: Some(selector(owner)), ..LabelSelector::default() }),
        ..TopologySpreadConstraint::default()
    }
}

fn pull_secrets(inputs: &Inputs, pod: &PodOverride) -> Option<Vec<LocalObjectReference>> {
    let names = pull_secret_names(&inputs.settings, Some(pod));
    some_list(names.into_iter().map(|name| LocalObjectReference { name }).collect())
}

/// Names of the pull secrets: the flags' own first.
pub(super) fn pull_secret_names(settings: &Settings, pod: Option<&PodOverride>) -> Vec<String> {
    settings.image_pull_secrets.iter().chain(pod.iter().flat_map(|pod| &pod.image_pull_secrets)).cloned().collect()
}

/// The image, taken from another registry where one is set: the first part of its name is replaced if it is a host.
fn image(image: &str, registry: Option<&str>) -> String {
    let Some(registry) = registry else { return image.to_owned() };
    let rest = match image.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => image,
    };
    format!("{}/{rest}", registry.trim_end_matches('/'))
}

fn port(name: &str, number: u16) -> ContainerPort {
    ContainerPort {
        name: Some(name.into()),
        container_port: number.into(),
        protocol: Some("TCP".into()),
        ..ContainerPort::default()
    }
}

fn probe(probe: &engine::Probe) -> Probe {
    let number = |n: u32| i32::try_from(n).ok();
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(probe.path.clone()),
            port: IntOrString::String(SERVICE_PORT_NAME.into()),
            ..HTTPGetAction::default()
        }),
        period_seconds: number(probe.period_seconds),
        timeout_seconds: number(probe.timeout_seconds),
        failure_threshold: number(probe.failure_threshold),
        ..Probe::default()
    }
}

fn some_list<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn some_map<V>(map: BTreeMap<String, V>) -> Option<BTreeMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use super::image;

    #[test]
    fn a_registry_replaces_the_host_and_keeps_the_name() {
        assert_eq!(
            image("ghcr.io/ggml-org/llama.cpp:server", Some("r.example/x")),
            "r.example/x/ggml-org/llama.cpp:server"
        );
        assert_eq!(image("vllm/vllm-openai:v1", Some("r.example/")), "r.example/vllm/vllm-openai:v1");
        assert_eq!(image("localhost:5000/a:b", Some("r")), "r/a:b");
        assert_eq!(image("a:b", None), "a:b");
    }
}
