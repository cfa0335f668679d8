//! The decision log: each new or changed decision, admitted or refused, is one JSON line on a stream of its own.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    sync::Mutex,
};

use jiff::Timestamp;
use kube::ResourceExt as _;
use serde::{Deserialize, Serialize};

use crate::{
    admission::parse::Review,
    decide::{Decision, Effect},
    manifest::{
        ModelDeployment, Reason,
        model_deployment::{Model, ModelDeploymentSpec},
        placement::Placement,
        serving::Accelerators,
        source::Source,
        usage::Usage,
    },
};

/// Longest part of a manifest that a line holds, in bytes; of a longer one the line holds the hashes only.
pub const MAX_DECIDED_BYTES: usize = 64 * 1024;

/// Who asked, at admission.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Id of the review.
    pub uid: String,
    /// User, as the API server authenticated it.
    pub user: String,
    /// The user's groups.
    pub groups: Vec<String>,
    /// CREATE or UPDATE.
    pub operation: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Whether nothing would be stored.
    pub dry_run: bool,
    /// Whether it was not stored.
    pub denied: bool,
}

impl Asked {
    /// From a review.
    #[must_use]
    pub fn of(review: &Review, denied: bool) -> Self {
        Self {
            uid: review.uid.clone(),
            user: review.user.clone(),
            groups: review.groups.clone(),
            operation: format!("{:?}", review.operation).to_uppercase(),
            namespace: review.namespace.clone(),
            name: review.name.clone(),
            dry_run: review.dry_run,
            denied,
        }
    }
}

/// What a decision is about: the fields of the manifest that are decided on. With them a line can be decided again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// UID of the deployment, for which a Waiver is given; nothing before it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Which model.
    pub model: Model,
    /// For what use.
    #[serde(default)]
    pub usage: Usage,
    /// Where the pods may stand.
    #[serde(default)]
    pub placement: Placement,
    /// Accelerators of one replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerators: Option<Accelerators>,
}

impl Decided {
    /// The decided fields of a manifest; nothing where an address may hold a credential, or where they are too long.
    #[must_use]
    pub fn of(object: &ModelDeployment) -> Option<Self> {
        let spec = &object.spec;
        let addresses = std::iter::once(&spec.model.source).chain(&spec.model.base_models).chain(&spec.model.adapters);
        // A signed address carries its key in the query, an old one a user before the host.
        let open = |address: &String| {
            let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            let host = rest.split('/').next().unwrap_or_default();
            let digest = host.split_once('@').is_none_or(|(_, after)| after.starts_with("sha256:"));
            !address.contains('?') && digest
        };
        if Source::parse(&spec.model.source).is_err() || !addresses.clone().all(open) {
            return None;
        }
        let decided = Self {
            uid: object.metadata.uid.clone(),
            model: spec.model.clone(),
            usage: spec.usage.clone(),
            placement: spec.placement.clone(),
            accelerators: spec.accelerators.clone(),
        };
        let bytes = serde_json::to_vec(&decided).map_or(usize::MAX, |json| json.len());
        (bytes <= MAX_DECIDED_BYTES).then_some(decided)
    }

    /// A manifest with these fields, and nothing else written.
    #[must_use]
    pub fn spec(&self) -> ModelDeploymentSpec {
        ModelDeploymentSpec {
            usage: self.usage.clone(),
            placement: self.placement.clone(),
            accelerators: self.accelerators.clone(),
            ..ModelDeploymentSpec::of(self.model.clone())
        }
    }
}

/// The code of what decided; what is allowed and warned about has the code of its first warning.
#[must_use]
pub fn reason(decision: &Decision) -> Reason {
    decision
        .findings
        .first()
        .filter(|first| first.effect < Effect::Passes)
        .map_or(Reason::Allowed, |first| first.reason)
}

/// One line of the log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line<'a> {
    /// Marks the line among others on the same stream.
    pub log: &'static str,
    /// When it was decided.
    pub time: Timestamp,
    /// `admission` or `reconcile`.
    pub at: &'static str,
    /// Namespace of the deployment.
    pub namespace: &'a str,
    /// Name of the deployment.
    pub name: &'a str,
    /// Who asked; nothing in the reconciler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<&'a Asked>,
    /// Code of what decided; `Allowed` where nothing is to be said.
    pub reason: Reason,
    /// What was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// The decision, whole.
    pub decision: &'a Decision,
}

/// Where lines go.
#[derive(Debug)]
pub struct DecisionLog {
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout,
    File(Mutex<File>),
}

impl DecisionLog {
    /// `-` is standard output; anything else a file that is appended to.
    pub fn open(target: &str) -> std::io::Result<Self> {
        let sink = if target == "-" {
            Sink::Stdout
        } else {
            Sink::File(Mutex::new(OpenOptions::new().create(true).append(true).open(target)?))
        };
        Ok(Self { sink })
    }

    /// Logs a decision made at admission.
    pub fn admission(&self, decision: &Decision, asked: &Asked, object: Option<&ModelDeployment>) {
        let line = Line {
            log: "decision",
            time: Timestamp::now(),
            at: "admission",
            namespace: &asked.namespace,
            name: &asked.name,
            asked: Some(asked),
            reason: reason(decision),
            decided: object.and_then(Decided::of),
            decision,
        };
        self.write(&line);
    }

    /// Logs a decision made in the reconciler.
    pub fn reconcile(&self, object: &ModelDeployment, decision: &Decision) {
        let (namespace, name) = (object.namespace().unwrap_or_default(), object.name_any());
        self.write(&Line {
            log: "decision",
            time: Timestamp::now(),
            at: "reconcile",
            namespace: &namespace,
            name: &name,
            asked: None,
            reason: reason(decision),
            decided: Decided::of(object),
            decision,
        });
    }

    fn write(&self, line: &Line<'_>) {
        let Ok(mut json) = serde_json::to_vec(line) else { return };
        json.push(b'\n');
        let written = match &self.sink {
            Sink::Stdout => std::io::stdout().lock().write_all(&json),
            Sink::File(file) => file.lock().map_or(Ok(()), |mut f| f.write_all(&json)),
        };
        if let Err(error) = written {
            tracing::error!(%error, "the decision log could not be written");
        }
    }
}
