//! Waivers for a deployment that is decided on, and that let nothing of it pass: which, and why.

use crate::{
    decide::{
        Decision, Finding, Request,
        waiver::{Standing, standing},
    },
    facts::{
        Facts,
        files::{Note, Owned},
    },
    manifest::shape,
};

/// One note a Waiver; nothing of one that lets something pass, or whose own fields are noted as wrong.
#[must_use]
pub fn notes(request: &Request<'_>, decision: &Decision, facts: &Facts<'_>, owned: &Owned) -> Vec<Note> {
    let of_it = facts.waivers.iter().copied().filter(|waiver| {
        let deployment = &waiver.spec.deployment;
        deployment.namespace == request.namespace && deployment.name == request.name
    });
    let well_formed = of_it.filter(|waiver| shape::waiver_problems(&waiver.spec, waiver.created).is_empty());
    let silent = well_formed.filter_map(|waiver| {
        let stands = standing(waiver, Some((request, decision)), facts);
        let names = |finding: &Finding| waiver.spec.names(finding.reason, &finding.about);
        // Of two that are in force the last to end is the one that is used.
        let used = decision.findings.iter().any(|finding| finding.waived.is_some() && names(finding));
        (!used || !matches!(stands, Standing::InForce(_))).then_some((waiver, stands))
    });
    silent
        .map(|(waiver, stands)| {
            let (reason, sentence) = stands.words(&[]);
            let (file, line) = owned.place_of(waiver);
            Note { file: file.into(), line, object: format!("Waiver/{}", waiver.name), reason, sentence }
        })
        .collect()
}
