//! What a tag stands for: asked once, by a Job in the deployment's namespace, then pinned. Pure.
//!
//! ```text
//! pinned with what runs -> in the template that runs -> the Job's answer -> the next Job
//! ```
//!
//! What was resolved is kept with the inputs in the ControllerRevision, not read back from the status, which its author
//! may be able to write. Where the revision is lost, the template that runs still says it: a digest is never resolved
//! anew for what runs.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::Job;
use serde::{Deserialize, Serialize};

use super::{Inputs, Obstacle, Owner, digest_job, inputs::Settings};
use crate::manifest::{
    Reason,
    model_deployment::ModelDeploymentSpec,
    names::DIGEST_LABEL,
    source::{Source, is_digest},
};

/// Wait after the first Job that brought no digest; it doubles with each.
const FIRST_WAIT_SECONDS: i64 = 30;
/// Longest wait between two Jobs.
const LONGEST_WAIT_SECONDS: i64 = 3600;

/// A tag, and what it stood for when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pinned {
    /// The address, as the manifest has it.
    pub source: String,
    /// `sha256:...`.
    pub digest: String,
    /// When the registry was asked; absent where the digest was found in the template that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What is known of a tag besides what is pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The image that the template of the existing Deployment mounts.
    pub template: Option<String>,
    /// The Jobs that asked.
    pub asked: Vec<Asked>,
}

/// A Job that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name, which follows from what it asks and how.
    pub name: String,
    /// How many asked before it.
    pub attempt: u32,
    /// What those came to.
    pub before: Option<String>,
    /// How it went.
    pub went: Went,
}

/// How a Job went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Went {
    /// It is not over; why its pod does not start, where it does not.
    Asking(Option<String>),
    /// It brought a digest.
    Digest(String, Timestamp),
    /// It is over without one, and why.
    Without(String, Timestamp),
}

/// A tag that is not resolved yet.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The Job that should stand.
    pub job: Box<Job>,
    /// What is said meanwhile.
    pub obstacle: Obstacle,
    /// When the next Job is due.
    pub again_at: Option<Timestamp>,
}

/// The digest of a source that is a tag; nothing where it needs none.
pub fn resolve(
    owner: &Owner,
    spec: &ModelDeploymentSpec,
    settings: &Settings,
    known: &Known,
    running: Option<&Inputs>,
    now: Timestamp,
) -> Result<Option<Pinned>, Unresolved> {
    let reference = match Source::parse(&spec.model.source) {
        Ok(Source::Oci { reference, digest: None }) if spec.model.digest.is_none() => reference,
        _ => return Ok(None),
    };
    let source = &spec.model.source;
    if let Some(pinned) = running.and_then(|inputs| inputs.pinned.as_ref()).filter(|p| p.source == *source) {
        return Ok(Some(pinned.clone()));
    }
    let in_template = known.template.as_deref().and_then(|image| image.strip_prefix(&reference)?.strip_prefix('@'));
    if let Some(digest) = in_template.filter(|digest| is_digest(digest)) {
        return Ok(Some(Pinned { source: source.clone(), digest: digest.to_owned(), at: None }));
    }
    let job = |attempt, before: Option<&str>| digest_job::render(owner, spec, settings, attempt, before);
    let same = |asked: &&Asked| job(asked.attempt, None).metadata.name.as_ref() == Some(&asked.name);
    let unresolved = |job, obstacle, again_at| Err(Unresolved { job: Box::new(job), obstacle, again_at });
    let Some(asked) = known.asked.iter().filter(same).max_by_key(|asked| asked.attempt) else {
        return unresolved(job(0, None), resolving(source), None);
    };
    let (why, ended) = match &asked.went {
        Went::Digest(digest, at) => {
            return Ok(Some(Pinned { source: source.clone(), digest: digest.clone(), at: Some(*at) }));
        }
        Went::Asking(stuck) => {
            let obstacle = match asked.before.as_deref().or(stuck.as_deref()) {
                Some(why) => missing(owner, source, why),
                None => resolving(source),
            };
            return unresolved(job(asked.attempt, asked.before.as_deref()), obstacle, None);
        }
        Went::Without(why, at) => (why, *at),
    };
    let again_at = ended.saturating_add(wait(asked.attempt)).unwrap_or(now);
    let obstacle = missing(owner, source, why);
    if again_at <= now {
        unresolved(job(asked.attempt.saturating_add(1), Some(why)), obstacle, None)
    } else {
        unresolved(job(asked.attempt, asked.before.as_deref()), obstacle, Some(again_at))
    }
}

fn wait(attempt: u32) -> SignedDuration {
    let seconds = FIRST_WAIT_SECONDS.saturating_mul(1 << attempt.min(16));
    SignedDuration::from_secs(seconds.min(LONGEST_WAIT_SECONDS))
}

fn resolving(source: &str) -> Obstacle {
    Obstacle::new(
        Reason::DigestResolving,
        format!(
            "The registry is being asked what {source} stands for; the pods run that digest, whatever the tag becomes."
        ),
    )
}

fn missing(owner: &Owner, source: &str, why: &str) -> Obstacle {
    let Owner { name, namespace, .. } = owner;
    Obstacle::new(
        Reason::DigestMissing,
        format!(
            "What {source} stands for is not known: {}. It is asked again by itself, at least once an hour; at once after: kubectl delete jobs -n {namespace} -l {DIGEST_LABEL}={name}. Or write its digest in spec.model.digest.",
            why.trim_end_matches('.')
        ),
    )
}
