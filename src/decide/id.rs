//! The decision's id: the same manifest on the same facts has the same id, whoever asks, whenever, on whatever version.
//!
//! It is a hash of what was asked (the decided fields of the manifest, with namespace and name), of the facts, policies
//! and catalogue entries used, and of what was found, by code. The last is what makes a record that has ended another
//! decision. No clock, no node, no version of ours, and none of our sentences is in it. Replicas, rollout, exposure and
//! suspension are not decided on, and do not change it.

use serde::Serialize;

use crate::manifest::names::sha256_hex;

use super::{Finding, Input, Request, Verdict};

/// Bytes for which room is made at once: what a decision on several licences takes.
const ROOM: usize = 4096;

/// The id.
pub(super) fn of(request: &Request<'_>, verdict: Verdict, findings: &[Finding], inputs: &[Input]) -> String {
    let spec = request.spec;
    let mut text = Vec::with_capacity(ROOM);
    let mut part = |write: &dyn Fn(&mut Vec<u8>)| {
        // Lengths keep parts apart: no two lists of parts have one concatenation.
        let at = text.len();
        text.extend_from_slice(&0_u64.to_le_bytes());
        write(&mut text);
        let from = at + size_of::<u64>();
        let length = (text.len() - from) as u64;
        if let Some(bytes) = text.get_mut(at..from) {
            bytes.copy_from_slice(&length.to_le_bytes());
        }
    };
    let word = |word: &str, to: &mut Vec<u8>| to.extend_from_slice(word.as_bytes());
    part(&|to| word(request.namespace, to));
    part(&|to| word(request.name, to));
    part(&|to| json(&spec.model, to));
    part(&|to| json(&spec.usage, to));
    part(&|to| json(&spec.placement, to));
    part(&|to| json(&spec.accelerators, to));
    part(&|to| word(verdict.word(), to));
    for finding in findings.iter().filter(|finding| !finding.reason.is_of_the_clock()) {
        part(&|to| word(finding.reason.code(), to));
        part(&|to| word(finding.effect.word(), to));
        part(&|to| word(&finding.about, to));
    }
    for input in inputs {
        part(&|to| word(&input.kind, to));
        part(&|to| word(&input.name, to));
        part(&|to| word(&input.hash, to));
    }
    sha256_hex(&text)
}

/// What cannot be written, which no field of a manifest is, counts as nothing.
fn json(value: &impl Serialize, to: &mut Vec<u8>) {
    let at = to.len();
    if serde_json::to_writer(&mut *to, value).is_err() {
        to.truncate(at);
    }
}
