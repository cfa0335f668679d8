//! Events: one for each new or changed decision, and one for each step that time alone takes. Never on the way of a reconcile, and never fatal.

use k8s_openapi::{api::core::v1::ObjectReference, apimachinery::pkg::apis::meta::v1::Condition};
use kube::{
    Client, Resource,
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use tokio::sync::mpsc;

use crate::{
    decide::{Decision, Finding, Verdict},
    manifest::{ModelDeployment, Reason, Waiver},
    plan::standing::Wrong,
};

/// Events that wait to be written; more are dropped and counted.
const MAX_WAITING_EVENTS: usize = 1024;
/// Longest note that the API server takes.
const MAX_NOTE_BYTES: usize = 1024;

type Waiting = (Event, ObjectReference);

/// Where events go.
#[derive(Clone, Debug)]
pub struct Events(mpsc::Sender<Waiting>);

impl Events {
    /// Writes events from a task of its own.
    #[must_use]
    pub fn start(client: Client, pod: &str) -> Self {
        let (sender, mut waiting) = mpsc::channel::<Waiting>(MAX_WAITING_EVENTS);
        let recorder = Recorder::new(client, Reporter { controller: "modelport".into(), instance: Some(pod.into()) });
        tokio::spawn(async move {
            while let Some((event, object)) = waiting.recv().await {
                if let Err(error) = recorder.publish(&event, &object).await {
                    tracing::debug!(%error, "an event was not written");
                }
            }
        });
        Self(sender)
    }

    /// An event about a Waiver, told of its deployment.
    pub fn of_waiver(&self, manifest: &ModelDeployment, waiver: &Waiver, reason: Reason, note: &str) {
        self.send(
            Event {
                type_: if reason == Reason::WaiverInForce { EventType::Normal } else { EventType::Warning },
                reason: reason.code().into(),
                note: Some(shortened(note)),
                action: "Waive".into(),
                secondary: Some(waiver.object_ref(&())),
            },
            manifest,
        );
    }

    /// An event about a decision.
    pub fn decided(&self, manifest: &ModelDeployment, decision: &Decision) {
        // What a Waiver lets pass is what a person wants to see of it.
        let waived = decision.findings.iter().find(|finding| finding.waived.is_some());
        let finding = decision.weightiest().or(waived);
        let reason = match decision.weightiest() {
            Some(finding) => finding.reason,
            None if waived.is_some() => Reason::Waived,
            None => Reason::Allowed,
        };
        let event = Event {
            type_: if decision.verdict == Verdict::Allowed { EventType::Normal } else { EventType::Warning },
            reason: reason.code().into(),
            note: Some(finding.map_or_else(|| format!("Allowed, decision {}.", decision.short_id()), note)),
            action: "Decide".into(),
            secondary: None,
        };
        self.send(event, manifest);
    }

    /// An event about a figure that falls due, or a verdict that ends soon.
    pub fn step(&self, manifest: &ModelDeployment, step: &Finding) {
        let event = Event {
            type_: EventType::Warning,
            reason: step.reason.code().into(),
            note: Some(note(step)),
            action: "Decide".into(),
            secondary: None,
        };
        self.send(event, manifest);
    }

    /// An event about a pod that was moved, told of its deployment.
    pub fn moved(&self, manifest: &ModelDeployment, wrong: &Wrong, deleted: bool) {
        let how = if deleted { "its time was over, and it was deleted" } else { "it was evicted" };
        let pod = ObjectReference {
            api_version: Some("v1".into()),
            kind: Some("Pod".into()),
            name: Some(wrong.pod.clone()),
            namespace: manifest.metadata.namespace.clone(),
            uid: Some(wrong.uid.clone()),
            ..ObjectReference::default()
        };
        let event = Event {
            type_: EventType::Warning,
            reason: Reason::PodMoved.code().into(),
            note: Some(shortened(&format!(
                "Pod {} stood on node {} in {}, where this deployment may not stand any more, since {}: {how}.",
                wrong.pod, wrong.node, wrong.place, wrong.seen.since
            ))),
            action: "Move".into(),
            secondary: Some(pod),
        };
        self.send(event, manifest);
    }

    /// An event about pods that stand wrong: what a condition says of them that it did not say before.
    pub fn stands(&self, manifest: &ModelDeployment, condition: &Condition) {
        let event = Event {
            type_: EventType::Warning,
            reason: condition.reason.clone(),
            note: Some(shortened(&condition.message)),
            action: "Move".into(),
            secondary: None,
        };
        self.send(event, manifest);
    }

    /// An event on a node about whose place something disagrees.
    pub fn disagrees(&self, node: &str, sentences: &[String]) {
        let event = Event {
            type_: EventType::Warning,
            reason: Reason::NodeContradiction.code().into(),
            note: Some(shortened(&format!("Evidence about this node's place disagrees: {}.", sentences.join("; ")))),
            action: "Locate".into(),
            secondary: None,
        };
        // The UID of a node's events is its name by custom; kubectl looks for either.
        let node = ObjectReference {
            api_version: Some("v1".into()),
            kind: Some("Node".into()),
            name: Some(node.to_owned()),
            uid: Some(node.to_owned()),
            ..ObjectReference::default()
        };
        self.send_about(event, node);
    }

    fn send(&self, event: Event, manifest: &ModelDeployment) {
        self.send_about(event, manifest.object_ref(&()));
    }

    fn send_about(&self, event: Event, object: ObjectReference) {
        if self.0.try_send((event, object)).is_err() {
            tracing::warn!("an event was dropped: too many wait");
        }
    }
}

fn note(finding: &Finding) -> String {
    shortened(&format!("{} {}", finding.sentence, finding.remedy.as_deref().unwrap_or_default()))
}

fn shortened(note: &str) -> String {
    let mut end = note.len().min(MAX_NOTE_BYTES);
    while !note.is_char_boundary(end) {
        end -= 1;
    }
    note.get(..end).unwrap_or_default().trim_end().to_owned()
}
