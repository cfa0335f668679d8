//! Every name, label, annotation and field manager of ours, in one place.

use sha2::{Digest, Sha256};

/// API group.
pub const GROUP: &str = "modelport.dev";
/// Label on everything that we make for a ModelDeployment: its name.
pub const DEPLOYMENT_LABEL: &str = "modelport.dev/model-deployment";
/// Label on a pod whose template says where it may stand, with [`PLACED`]: what comes without that is not what was made.
pub const PLACED_LABEL: &str = "modelport.dev/placed";
/// Value of it.
pub const PLACED: &str = "true";
/// Standard label: who manages the object.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// Value of the standard label.
pub const MANAGED_BY: &str = "modelport";
/// Standard label: which application.
pub const NAME_LABEL: &str = "app.kubernetes.io/name";
/// Standard label: which instance.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";

/// Guarded node key: country. A kubelet may not write it (NodeRestriction).
pub const NODE_COUNTRY: &str = crate::catalog::node_place::COUNTRY_LABEL;
/// Guarded node key: provider.
pub const NODE_PROVIDER: &str = "modelport.dev.node-restriction.kubernetes.io/provider";
/// Guarded node key: region, as the provider names it.
pub const NODE_REGION: &str = "modelport.dev.node-restriction.kubernetes.io/region";
/// Guarded node key: how the operator knew. A country without it is the administrator's.
pub const NODE_SOURCE: &str = crate::catalog::node_place::SOURCE_LABEL;
/// Guarded node key: the accelerator, by its id in the catalogue.
pub const NODE_ACCELERATOR: &str = "modelport.dev.node-restriction.kubernetes.io/accelerator";
/// How guarded node keys begin under which an administrator records, with a reference as the value, what covers the
/// accelerators of the node: a licence, or how they came to stand there.
pub const NODE_EVIDENCE: &str = "modelport.dev.node-restriction.kubernetes.io/evidence.";

/// The guarded node key of a piece of evidence: `.../evidence.us.bis_licence` for `us.bis_licence`.
#[must_use]
pub fn node_evidence(key: &str) -> String {
    format!("{NODE_EVIDENCE}{key}")
}

/// Whether a key of evidence can be recorded on a node: the name of a label has at most 63 characters, letters, digits
/// and `-`, `_`, `.` between them.
#[must_use]
pub fn may_stand_on_nodes(key: &str) -> bool {
    const MAX_NAME_BYTES: usize = 63;
    let name = NODE_EVIDENCE.rsplit('/').next().map_or(0, str::len) + key.len();
    key.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name <= MAX_NAME_BYTES
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// Annotation on the ControllerRevision: since when the deployment is refused (RFC 3339).
pub const REFUSED_SINCE: &str = "modelport.dev/refused-since";
/// Annotation on the ControllerRevision: since when pods stand where they may not stand any more, by node (JSON).
pub const WRONG_SINCE: &str = "modelport.dev/wrong-since";
/// Annotation on the ControllerRevision: facts and catalogue entries by which it was last allowed, by hash (JSON).
pub const ALLOWED_BY: &str = "modelport.dev/allowed-by";
/// Annotation that a person puts on the object that changed, to confirm that its cause may stop many deployments.
pub const CONFIRM_STOP: &str = "modelport.dev/confirm-stop";

/// Label on the Job that asks what a tag stands for, and on its pod: the ModelDeployment's name. Not the label of what a
/// ModelDeployment becomes: its pod is no pod of the model.
pub const DIGEST_LABEL: &str = "modelport.dev/digest-of";
/// Annotation on that Job: how many asked before it.
pub const DIGEST_ATTEMPT: &str = "modelport.dev/attempt";
/// Annotation on that Job: what the one before it came to.
pub const DIGEST_BEFORE: &str = "modelport.dev/came-before";

/// Field manager of what is planned.
pub const MANAGER_PLAN: &str = "modelport/plan";
/// Field manager of the status.
pub const MANAGER_STATUS: &str = "modelport/status";
/// Field manager of node labels.
pub const MANAGER_NODES: &str = "modelport/nodes";
/// Field manager of the lease; a replica that creates it adds its own name.
pub const MANAGER_LEASE: &str = "modelport/lease";
/// Field manager of the webhook configuration, policy and certificates.
pub const MANAGER_ADMISSION: &str = "modelport/admission";

/// Name of the ValidatingWebhookConfiguration.
pub const WEBHOOK_CONFIGURATION: &str = "modelport";
/// Name of the webhook, as it stands in a denial.
pub const WEBHOOK: &str = "modeldeployments.modelport.dev";
/// Name of the webhook on Waivers, as it stands in a denial.
pub const WAIVER_WEBHOOK: &str = "waivers.modelport.dev";
/// Name of the webhook that reports on bindings, where it is switched on.
pub const BINDING_WEBHOOK: &str = "bindings.modelport.dev";
/// Label of the namespaces whose bindings are reported on.
pub const REPORT_BINDINGS: &str = "modelport.dev/report-bindings";
/// Name of the ValidatingAdmissionPolicy on what we make, and of its binding.
pub const POD_POLICY: &str = "modelport-pods";
/// Name of the ValidatingAdmissionPolicy on pod templates with our label, and of its binding.
pub const TEMPLATE_POLICY: &str = "modelport-templates";
/// Name of the ValidatingAdmissionPolicy on the scale of what we make, and of its binding.
pub const SCALE_POLICY: &str = "modelport-scale";
/// Name of the ValidatingAdmissionPolicy on node labels, and of its binding.
pub const NODE_POLICY: &str = "modelport-nodes";
/// Domain of the guarded node keys: no kubelet may write a label of it.
pub const NODE_DOMAIN: &str = "modelport.dev.node-restriction.kubernetes.io/";
/// Verb on `nodes.modelport.dev` that lets an account write the guarded keys.
pub const LABEL_PLACE_VERB: &str = "label-place";

/// Name of the ValidatingAdmissionPolicy on Waivers, and of its binding.
pub const WAIVER_POLICY: &str = "modelport-waivers";
/// Verb on a ModelPolicy that lets a person waive what it lets be waived.
pub const WAIVE_VERB: &str = "waive";

/// Name of the port of every engine's API, and of the Service's.
pub const SERVICE_PORT_NAME: &str = "http";

/// Name of the ControllerRevision that holds one allowed generation.
///
/// At most 52 characters of the deployment's name (a schema rule) and 10 of hash: fits in 63.
#[must_use]
pub fn revision_name(deployment: &str, content: &[u8]) -> String {
    format!("{deployment}-{}", short_hash(content))
}

/// Name of a Job that asks what a tag stands for; as long as that of a ControllerRevision.
#[must_use]
pub fn digest_job_name(deployment: &str, content: &[u8]) -> String {
    revision_name(deployment, content)
}

/// Ten hexadecimal characters of a SHA-256.
#[must_use]
pub fn short_hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content)).chars().take(10).collect()
}

/// All of a SHA-256, in hexadecimal.
#[must_use]
pub fn sha256_hex(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    text
}

/// Why the API server would not take a name of an object of ours.
#[must_use]
pub fn object_problem(name: &str) -> Option<&'static str> {
    const MAX_NAME_BYTES: usize = 253;
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| part.starts_with(end) && part.ends_with(end) && part.chars().all(|c| end(c) || c == '-');
    if name.is_empty() {
        Some("metadata.name is missing")
    } else if name.len() > MAX_NAME_BYTES || !name.split('.').all(part) {
        Some("Kubernetes takes lower-case letters, digits, - and . in metadata.name, at most 253")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_leaves_room_for_its_children() {
        assert!(revision_name(&"x".repeat(52), b"content").len() <= 63);
    }

    #[test]
    fn evidence_on_a_node_stands_under_a_key_that_kubernetes_takes() {
        assert_eq!(
            node_evidence("us.bis_licence"),
            "modelport.dev.node-restriction.kubernetes.io/evidence.us.bis_licence"
        );
        assert!(may_stand_on_nodes("us.bis_licence"));
        for bad in ["", "us.", "us bis", "us/bis", "é", &"x".repeat(60)] {
            assert!(!may_stand_on_nodes(bad), "{bad}");
        }
    }

    #[test]
    fn a_short_hash_is_the_start_of_the_long_one() {
        assert!(sha256_hex(b"a").starts_with(&short_hash(b"a")));
        assert_eq!(short_hash(b"a").len(), 10);
    }
}
