//! The Job that asks a registry what a tag stands for, in the deployment's namespace: the operator itself never reads a
//! tenant's address.
//!
//! Neither it nor its pod carries the label of what a ModelDeployment becomes: it is no part of the Service, of the
//! budget or of what the policies on pods judge, and holds no weights.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::{
        batch::v1::{Job, JobSpec},
        core::v1::{
            Container, KeyToPath, LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec,
            SecretVolumeSource, Volume, VolumeMount,
        },
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};

use super::{Owner, inputs::Settings, owner_reference, pod, weights};
use crate::manifest::{
    model_deployment::ModelDeploymentSpec,
    names::{
        self, DIGEST_ATTEMPT, DIGEST_BEFORE, DIGEST_LABEL, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, NAME_LABEL,
    },
};

/// Name of the container that asks.
pub const ASKER: &str = "digest";
/// Longest time for the answer: an autoscaler may have to bring a node first.
const DEADLINE_SECONDS: i64 = 600;
/// After its end it is taken away by us; where no operator runs, after this.
const KEPT_SECONDS: i32 = 2 * 3600;

/// The Job: one pod, once. How often it is made again, and when, is the operator's to say.
#[must_use]
pub fn render(
    owner: &Owner,
    spec: &ModelDeploymentSpec,
    settings: &Settings,
    attempt: u32,
    before: Option<&str>,
) -> Job {
    let labels: BTreeMap<String, String> = [
        (DIGEST_LABEL, owner.name.as_str()),
        (MANAGED_BY_LABEL, MANAGED_BY),
        (NAME_LABEL, "digest"),
        (INSTANCE_LABEL, owner.name.as_str()),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into();
    let template = PodTemplateSpec {
        metadata: Some(ObjectMeta { labels: Some(labels.clone()), ..ObjectMeta::default() }),
        spec: Some(pod_of(spec, settings)),
    };
    let job = JobSpec {
        active_deadline_seconds: Some(DEADLINE_SECONDS),
        backoff_limit: Some(0),
        ttl_seconds_after_finished: Some(KEPT_SECONDS),
        template,
        ..JobSpec::default()
    };
    // Another question, or another way to ask, is another Job: a living one is never changed.
    let content = serde_json::json!({"attempt": attempt, "job": job});
    let mut annotations = BTreeMap::from([(DIGEST_ATTEMPT.to_owned(), attempt.to_string())]);
    annotations.extend(before.map(|before| (DIGEST_BEFORE.to_owned(), before.to_owned())));
    Job {
        metadata: ObjectMeta {
            name: Some(names::digest_job_name(&owner.name, content.to_string().as_bytes())),
            namespace: Some(owner.namespace.clone()),
            labels: Some(labels),
            annotations: Some(annotations),
            owner_references: Some(vec![owner_reference(owner)]),
            ..ObjectMeta::default()
        },
        spec: Some(job),
        status: None,
    }
}

fn pod_of(spec: &ModelDeploymentSpec, settings: &Settings) -> PodSpec {
    let secrets = pod::pull_secret_names(settings, spec.runtime.pod.as_ref());
    let mut args = vec!["digest".to_owned(), spec.model.source.clone()];
    let (mut volumes, mut mounts) = (Vec::new(), Vec::new());
    for (number, secret) in secrets.iter().enumerate() {
        let (name, path) = (format!("login-{number}"), format!("/logins/{number}"));
        args.extend(["--login".to_owned(), format!("{path}/config.json")]);
        let secret = SecretVolumeSource {
            secret_name: Some(secret.clone()),
            default_mode: Some(0o440),
            items: Some(vec![KeyToPath {
                key: ".dockerconfigjson".into(),
                path: "config.json".into(),
                ..KeyToPath::default()
            }]),
            // As a kubelet has it: a pull secret that is not there is none.
            optional: Some(true),
        };
        volumes.push(Volume { name: name.clone(), secret: Some(secret), ..Volume::default() });
        mounts.push(VolumeMount { name, mount_path: path, read_only: Some(true), ..VolumeMount::default() });
    }
    if let Some((volume, mount, file)) = weights::ca_bundle(settings) {
        args.extend(["--ca-bundle".to_owned(), file]);
        volumes.push(volume);
        mounts.push(mount);
    }
    let asker = Container {
        name: ASKER.into(),
        image: Some(settings.fetch_image.clone()),
        image_pull_policy: Some("IfNotPresent".into()),
        args: Some(args),
        env: weights::proxy(settings),
        volume_mounts: (!mounts.is_empty()).then_some(mounts),
        resources: Some(weights::resources(("50m", "32Mi"), ("500m", "128Mi"))),
        security_context: Some(weights::restricted(true)),
        termination_message_policy: Some("File".into()),
        ..Container::default()
    };
    let tolerations: Vec<_> = spec.placement.tolerations.iter().map(pod::toleration).collect();
    PodSpec {
        automount_service_account_token: Some(false),
        containers: vec![asker],
        enable_service_links: Some(false),
        image_pull_secrets: (!secrets.is_empty())
            .then(|| secrets.into_iter().map(|name| LocalObjectReference { name }).collect()),
        restart_policy: Some("Never".into()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(weights::USER),
            run_as_group: Some(weights::USER),
            fs_group: Some(weights::USER),
            seccomp_profile: weights::restricted(true).seccomp_profile,
            ..PodSecurityContext::default()
        }),
        tolerations: (!tolerations.is_empty()).then_some(tolerations),
        volumes: (!volumes.is_empty()).then_some(volumes),
        ..PodSpec::default()
    }
}
