//! Sentences about Waivers: what one lets pass, and why one has no effect.

use jiff::Timestamp;

use crate::manifest::{
    Reason,
    waiver::{WaivedDeployment, WaiverSpec},
};

use super::and;

/// Characters of the approver's reason that a sentence shows; the Waiver and the log hold all of it.
const MAX_REASON_CHARS: usize = 100;

/// `Waived until 2026-11-25T03:00:00Z by alice: the number comes on Monday (Waiver/x).`
pub(in super::super) fn waived(name: &str, spec: &WaiverSpec, until: Timestamp) -> String {
    let mut reason: String =
        spec.reason.trim().chars().take(MAX_REASON_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if spec.reason.trim().chars().count() > MAX_REASON_CHARS {
        reason.push_str("...");
    }
    let reason = reason.trim_end_matches('.');
    format!("Waived until {until} by {}: {reason} (Waiver/{name}).", spec.approved_by)
}

/// What is done about a finding while it is waived.
pub(in super::super) fn before_it_ends(remedy: Option<&str>, until: Timestamp) -> String {
    match remedy {
        Some(remedy) => format!("Before {until}: {remedy}"),
        None => format!("It counts again from {until} on."),
    }
}

pub(in super::super) fn no_deployment(spec: &WaiverSpec) -> String {
    let deployment = &spec.deployment;
    format!("there is no ModelDeployment {} in namespace {}.", deployment.name, deployment.namespace)
}

/// A Waiver in force; the codes that it lets pass at present.
pub(in super::super) fn in_force(waives: &[String], until: Timestamp) -> String {
    if waives.is_empty() {
        return format!("In force until {until}; nothing that it names is found at present.");
    }
    format!("Lets {} pass until {until}.", waives.join(", "))
}

pub(in super::super) fn ended(at: Timestamp) -> String {
    format!("Ended at {at}; it has no effect from that second.")
}

pub(in super::super) fn void(why: &str) -> String {
    format!("It has no effect: {why}")
}

pub(in super::super) fn not_stored(spec: &WaiverSpec) -> String {
    let WaivedDeployment { namespace, name, uid } = &spec.deployment;
    format!(
        "it is for the stored ModelDeployment {namespace}/{name} with the UID {uid}, and what is decided on here has no UID: a file that a person wrote, or an object that is not stored yet."
    )
}

pub(in super::super) fn other_uid(spec: &WaiverSpec, uid: &str) -> String {
    let deployment = &spec.deployment;
    format!(
        "ModelDeployment {}/{} has the UID {}, and spec.deployment.uid is {}: it was deleted and made anew, and is another one.",
        deployment.namespace, deployment.name, uid, deployment.uid
    )
}

pub(in super::super) fn other_model(spec: &WaiverSpec, model: Option<&str>) -> String {
    format!("the deployment's model is {}, and spec.model is {}.", model.unwrap_or("not known by a name"), spec.model)
}

pub(in super::super) fn policy_does_not_hold(spec: &WaiverSpec, holding: &[String]) -> String {
    let namespace = &spec.deployment.namespace;
    if holding.is_empty() {
        return format!(
            "no ModelPolicy is enforced in namespace {namespace}, and the built-in default lets nothing be waived. {}",
            "Who keeps policies writes one that selects the namespace and lists the code in spec.licenses.waivable."
        );
    }
    format!("ModelPolicy/{} is not enforced in namespace {namespace}; in force there: {}.", spec.policy, and(holding))
}

pub(in super::super) fn not_waivable(policy: &str, code: &str) -> String {
    format!(
        "ModelPolicy/{policy} does not let {code} be waived. Who keeps it adds {code} to spec.licenses.waivable, or does not."
    )
}

pub(in super::super) fn never_waivable(reason: Reason) -> String {
    format!("no Waiver lets {reason} pass, whatever a policy says.")
}
