//! The decision's id: the same manifest on the same facts has the same id, whoever asks, whenever, on whatever version.
//!
//! It is a hash of what was asked (the decided fields of the manifest, with namespace and name), of the facts, policies
//! and catalogue entries used, and of what was found, by code. The last is what makes a record that has ended another
//! decision. No clock, no node, no version of ours, and none of our sentences is in it. Replicas, rollout, exposure and
//! suspension are not decided on, and do not change it.

use sha2::{Digest, Sha256};

use super::{Finding, Input, Request, Verdict};

/// The id.
pub(super) fn of(request: &Request<'_>, verdict: Verdict, findings: &[Finding], inputs: &[Input]) -> String {
    let spec = request.spec;
    let mut hash = Sha256::new();
    let mut part = |text: &[u8]| {
        // Lengths keep parts apart: no two lists of parts have one concatenation.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    part(request.namespace.as_bytes());
    part(request.name.as_bytes());
    for json in [
        serde_json::to_vec(&spec.model),
        serde_json::to_vec(&spec.usage),
        serde_json::to_vec(&spec.placement),
        serde_json::to_vec(&spec.accelerators),
    ] {
        part(&json.unwrap_or_default());
    }
    part(verdict.word().as_bytes());
    for finding in findings.iter().filter(|finding| !finding.reason.is_of_the_clock()) {
        part(finding.reason.code().as_bytes());
        part(finding.effect.word().as_bytes());
        part(finding.about.as_bytes());
    }
    for input in inputs {
        part(input.kind.as_bytes());
        part(input.name.as_bytes());
        part(input.hash.as_bytes());
    }
    hex(&hash.finalize())
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
