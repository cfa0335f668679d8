//! The decision log: each new or changed decision, admitted or refused, is one JSON line on a stream of its own.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    sync::Mutex,
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{admission::parse::Review, decide::Decision};

/// Who asked, at admission.
#[derive(Clone, Debug, Serialize)]
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
    pub fn admission(&self, decision: &Decision, asked: &Asked) {
        let line = Line {
            log: "decision",
            time: Timestamp::now(),
            at: "admission",
            namespace: &asked.namespace,
            name: &asked.name,
            asked: Some(asked),
            decision,
        };
        self.write(&line);
    }

    /// Logs a decision made in the reconciler.
    pub fn reconcile(&self, namespace: &str, name: &str, decision: &Decision) {
        self.write(&Line {
            log: "decision",
            time: Timestamp::now(),
            at: "reconcile",
            namespace,
            name,
            asked: None,
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
