//! What a review is answered. Pure: the decision is a function that is passed in.
//!
//! Denied is CREATE, and UPDATE that changes a decided field when the findings get worse on the same facts. Never
//! denied: any other update, an object being deleted, DELETE, `/scale`, `/status`.

use std::collections::{BTreeMap, BTreeSet};

use kube::core::admission::Operation;

use super::parse::Review;
use crate::{
    decide::{Decision, Effect, Request, Verdict},
    manifest::{Reason, model_deployment::ModelDeploymentSpec},
    report::{denial, fold},
};

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It passes; with warnings, and the decision where one was made.
    Pass {
        /// Sentences that `kubectl` prints.
        warnings: Vec<String>,
        /// The decision, where one was made.
        decision: Option<Box<Decision>>,
    },
    /// It is not stored.
    Deny {
        /// What the person reads.
        message: String,
        /// The decision; nothing where the object could not even be read.
        decision: Option<Box<Decision>>,
    },
}

impl Answer {
    pub(super) fn pass() -> Self {
        Self::Pass { warnings: Vec::new(), decision: None }
    }

    /// The decision, where one was made.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Pass { decision, .. } | Self::Deny { decision, .. } => decision.as_deref(),
        }
    }

    /// What goes into the cluster's audit log.
    #[must_use]
    pub fn audit_annotations(&self) -> BTreeMap<String, String> {
        let Some(decision) = self.decision() else { return BTreeMap::new() };
        let reason = decision.weightiest().map_or(Reason::Allowed, |f| f.reason);
        BTreeMap::from([
            ("decision".to_owned(), decision.id.clone()),
            ("verdict".to_owned(), decision.verdict.word().to_owned()),
            ("reason".to_owned(), reason.code().to_owned()),
        ])
    }
}

/// Answers a review.
pub fn answer(review: &Review, decide: impl Fn(&Request<'_>) -> Decision) -> Answer {
    if let Some(kind) = &review.foreign {
        let told = one_line(&format!("Modelport decides about ModelDeployments; {kind} was let pass unseen."));
        return Answer::Pass { warnings: vec![told], decision: None };
    }
    if !matches!(review.operation, Operation::Create | Operation::Update)
        || !review.subresource.is_empty()
        || review.deleting
    {
        return Answer::pass();
    }
    let object = match &review.object {
        Ok(Some(object)) => object,
        Ok(None) => return Answer::pass(),
        Err(why) => {
            let message = format!("{}: the manifest cannot be read: {why}.", Reason::ManifestInvalid);
            return Answer::Deny { message, decision: None };
        }
    };
    if review.old.as_ref().is_some_and(|old| same_decided_fields(&old.spec, &object.spec)) {
        return Answer::pass();
    }
    let uid = object.metadata.uid.as_deref();
    let ask = |spec| decide(&Request { namespace: &review.namespace, name: &review.name, uid, spec });
    let decision = ask(&object.spec);
    match decision.verdict {
        Verdict::Allowed => Answer::Pass { warnings: warnings(&decision), decision: Some(Box::new(decision)) },
        Verdict::Waiting => {
            Answer::Pass { warnings: vec![one_line(&denial::waiting(&decision))], decision: Some(Box::new(decision)) }
        }
        Verdict::Refused => {
            let worse = review.old.as_ref().is_none_or(|old| gets_worse(&ask(&old.spec), &decision));
            let text = denial::refused(&decision);
            if decision.policy.deny && worse {
                Answer::Deny { message: text, decision: Some(Box::new(decision)) }
            } else {
                Answer::Pass {
                    warnings: vec![one_line(&format!("Refused, and stored without pods. {text}"))],
                    decision: Some(Box::new(decision)),
                }
            }
        }
    }
}

/// Warnings that an API server passes on at most; the rest is in the status.
const MAX_WARNINGS: usize = 4;

fn warnings(decision: &Decision) -> Vec<String> {
    fold::warnings(decision).iter().take(MAX_WARNINGS).map(|warned| one_line(&warned.line())).collect()
}

/// A warning travels in a header: the API server drops one that holds a line break or another control character.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether nothing that is decided upon differs.
fn same_decided_fields(old: &ModelDeploymentSpec, new: &ModelDeploymentSpec) -> bool {
    old.model == new.model
        && old.usage == new.usage
        && old.placement == new.placement
        && old.accelerators == new.accelerators
        && old.runtime == new.runtime
}

/// Whether something refuses now that did not before.
fn gets_worse(old: &Decision, new: &Decision) -> bool {
    let refusing = |decision: &Decision| {
        let refusing = decision.findings.iter().filter(|f| f.effect == Effect::Refuses);
        refusing.map(|f| (f.reason, f.about.clone())).collect::<BTreeSet<_>>()
    };
    !refusing(new).is_subset(&refusing(old))
}
