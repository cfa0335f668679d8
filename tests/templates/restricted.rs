//! Pod Security `restricted`, rule by rule as the standard lists them.

use k8s_openapi::api::core::v1::{Container, PodSpec, Volume};

use crate::{
    examples::{EXAMPLES, rolled_out},
    kit::catalog,
};

/// What `restricted` has against a pod.
pub fn violations(pod: &PodSpec) -> Vec<String> {
    let mut found = Vec::new();
    let mut unless = |fine: bool, what: &str| {
        if !fine {
            found.push(what.to_owned());
        }
    };
    unless(pod.host_network != Some(true), "hostNetwork");
    unless(pod.host_pid != Some(true), "hostPID");
    unless(pod.host_ipc != Some(true), "hostIPC");
    let security = pod.security_context.clone().unwrap_or_default();
    let pod_seccomp = security.seccomp_profile.as_ref().map(|p| p.type_.as_str());
    unless(pod_seccomp.is_none_or(|t| t == "RuntimeDefault" || t == "Localhost"), "pod seccompProfile");
    unless(security.run_as_user != Some(0), "pod runAsUser 0");
    unless(security.sysctls.is_none(), "sysctls");
    for volume in pod.volumes.iter().flatten() {
        unless(allowed(volume), &format!("volume {} of a type that is not allowed", volume.name));
    }
    let containers = pod.containers.iter().chain(pod.init_containers.iter().flatten());
    for container in containers {
        let Container { name, security_context, ports, .. } = container;
        let own = security_context.clone().unwrap_or_default();
        unless(own.privileged != Some(true), &format!("{name}: privileged"));
        unless(own.allow_privilege_escalation == Some(false), &format!("{name}: allowPrivilegeEscalation"));
        unless(own.run_as_non_root.or(security.run_as_non_root) == Some(true), &format!("{name}: runAsNonRoot"));
        unless(own.run_as_user != Some(0), &format!("{name}: runAsUser 0"));
        let drops_all =
            own.capabilities.as_ref().and_then(|c| c.drop.as_ref()).is_some_and(|d| d.iter().any(|c| c == "ALL"));
        unless(drops_all, &format!("{name}: drops not ALL"));
        let adds = own.capabilities.as_ref().and_then(|c| c.add.as_ref());
        unless(adds.is_none_or(|a| a.iter().all(|c| c == "NET_BIND_SERVICE")), &format!("{name}: adds a capability"));
        let seccomp = own.seccomp_profile.as_ref().map(|p| p.type_.as_str()).or(pod_seccomp);
        unless(matches!(seccomp, Some("RuntimeDefault" | "Localhost")), &format!("{name}: seccompProfile"));
        unless(own.proc_mount.as_deref().is_none_or(|p| p == "Default"), &format!("{name}: procMount"));
        unless(ports.iter().flatten().all(|p| p.host_port.is_none()), &format!("{name}: hostPort"));
    }
    found
}

/// configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret.
fn allowed(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

#[test]
fn every_example_passes_pod_security_restricted() {
    for (name, manifest) in EXAMPLES {
        let next = rolled_out(name, manifest);
        let pod = next.plan.deployment.expect("a Deployment").spec.expect("a spec").template.spec.expect("a pod");
        assert_eq!(violations(&pod), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_built_in_engine_says_that_it_passes_restricted() {
    for engine in catalog().engines() {
        assert!(engine.spec.security.restricted.is_yes(), "{}", engine.id);
    }
}

#[test]
fn the_check_finds_what_is_not_restricted() {
    let bare = PodSpec {
        containers: vec![Container { name: "c".into(), ..Container::default() }],
        host_network: Some(true),
        ..PodSpec::default()
    };
    assert_eq!(violations(&bare).len(), 5);
}
