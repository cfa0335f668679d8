//! What a scan found, one line a workload and place, as a table and as data.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::Serialize;

use super::{FoundModel, FoundPod, Judged, Reference};
use crate::{
    catalog::NodePlace,
    decide::Verdict,
    manifest::Reason,
    report::table::{counted, table},
};

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scan {
    /// One a workload, model and place.
    pub models: Vec<Row>,
    /// Pods that were looked at.
    pub pods: usize,
    /// Pods of ModelDeployments among them: these were decided on.
    pub pods_of_modelport: usize,
    /// For whom it was decided, in words.
    pub licensee: String,
    /// What could not be read, and what that means.
    pub unreadable: Vec<Unreadable>,
    #[serde(skip)]
    seen: BTreeMap<Key, usize>,
}

/// Something that may not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// What, with the verb that is missing.
    pub what: String,
    /// What that means for the table.
    pub so: String,
}

/// A model in a workload.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Namespace.
    pub namespace: String,
    /// The workload, as kubectl abbreviates it.
    pub workload: String,
    /// How many of its pods.
    pub pods: usize,
    /// The model, and how it was found.
    #[serde(flatten)]
    pub found: FoundModel,
    /// Where the pods stand.
    pub place: Stands,
    /// What would be decided.
    pub would_be: Option<Judged>,
}

/// Where pods stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Stands {
    /// In this country, by the labels and the provider id of the node.
    In(String),
    /// On a node of unknown country.
    Unknown,
    /// On no node yet.
    Nowhere,
}

type Key = (String, String, FoundModel, Stands);

impl Scan {
    /// Adds a pod, and where its node stands.
    pub fn add(&mut self, pod: FoundPod, place: Option<&NodePlace>) {
        let stands = match (&pod.node, place.and_then(|place| place.country.clone())) {
            (None, _) => Stands::Nowhere,
            (Some(_), Some(country)) => Stands::In(country),
            (Some(_), None) => Stands::Unknown,
        };
        for model in pod.models {
            let key = (pod.namespace.clone(), pod.workload.clone(), model, stands.clone());
            *self.seen.entry(key).or_default() += 1;
        }
    }

    /// Decides on all that was added.
    pub fn judge(&mut self, mut decided: impl FnMut(&Row) -> Judged) {
        for ((namespace, workload, found, place), pods) in std::mem::take(&mut self.seen) {
            let mut row = Row { namespace, workload, pods, found, place, would_be: None };
            row.would_be = Some(decided(&row));
            self.models.push(row);
        }
    }

    /// For people: at most `limit` models, those that would be refused before those that would not.
    #[must_use]
    pub fn text(&self, limit: usize) -> String {
        let mut shown: Vec<&Row> = self.models.iter().collect();
        if shown.len() > limit {
            shown.sort_by_key(|row| Reverse(row.verdict()));
            shown.truncate(limit);
            shown.sort_by_key(|row| (&row.namespace, &row.workload, &row.found));
        }
        let mut out = String::new();
        if !shown.is_empty() {
            let head = ["NAMESPACE", "WORKLOAD", "PODS", "SERVER", "MODEL", "LICENSE", "COUNTRY", "WOULD BE", ""];
            let mut rows = vec![head.map(str::to_owned).to_vec()];
            rows.extend(shown.iter().map(|row| row.cells()));
            out.push_str(&table(&rows));
            out.push('\n');
        }
        for line in self.closing(shown.len()) {
            out.push_str(&line);
            out.push('\n');
        }
        out
    }

    fn closing(&self, shown: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let hidden = self.models.len() - shown;
        if hidden > 0 {
            lines.push(format!("{hidden} more are not shown: --limit, or -n NAMESPACE, or -o json for all."));
        }
        let namespaces: BTreeSet<&str> = self.models.iter().map(|row| row.namespace.as_str()).collect();
        let count = |verdict| self.models.iter().filter(|row| row.verdict() == Some(verdict)).count();
        lines.push(match self.models.len() {
            0 => "No model server was recognised.".into(),
            n => format!(
                "{} without a decision, in {}: {} would be allowed, {} refused, {} waiting.",
                counted(n, "model runs", "models run"),
                counted(namespaces.len(), "namespace", "namespaces"),
                count(Verdict::Allowed),
                count(Verdict::Refused),
                count(Verdict::Waiting)
            ),
        });
        lines.push(match self.pods_of_modelport {
            0 => format!("{} read.", counted(self.pods, "pod", "pods")),
            ours => format!(
                "{} read, {ours} of them Modelport's own: kubectl get mpd -A.",
                counted(self.pods, "pod", "pods")
            ),
        });
        if !self.models.is_empty() {
            lines.push(format!("Decided for {}, and for a use that nobody has declared.", self.licensee));
        }
        lines.extend(self.unreadable.iter().map(|one| format!("{}: {}", one.what, one.so)));
        lines.push("Nothing was changed.".into());
        lines
    }
}

impl Row {
    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.would_be.as_ref().map(|judged| judged.verdict)
    }

    fn cells(&self) -> Vec<String> {
        let judged = self.would_be.as_ref();
        let place = match &self.place {
            Stands::In(country) => country.as_str(),
            Stands::Unknown => "?",
            Stands::Nowhere => "-",
        };
        vec![
            self.namespace.clone(),
            self.workload.clone(),
            self.pods.to_string(),
            self.found.server.clone(),
            self.found.model.words(),
            judged.map_or("-", |judged| judged.license.as_str()).to_owned(),
            place.to_owned(),
            judged.map_or("-", |judged| judged.verdict.word()).to_owned(),
            self.why(),
        ]
    }

    /// How it was found, and why the verdict is what it is.
    fn why(&self) -> String {
        let found = &self.found;
        let mut how = vec![format!("Server by {}", found.server_by)];
        if !found.model_by.is_empty() {
            let what = if found.draft { "draft model" } else { "model" };
            how.push(format!("{what} by {}", found.model_by));
        }
        let adapters: Vec<String> = found.adapters.iter().map(Reference::words).collect();
        if !adapters.is_empty() {
            how.push(format!(
                "with {} {}",
                if adapters.len() == 1 { "adapter" } else { "adapters" },
                adapters.join(", ")
            ));
        }
        if let (Some(name), false) = (&found.served_as, matches!(found.model, Reference::Repository { .. })) {
            how.push(format!("answers as {name}, which is a claim"));
        }
        let Some(judged) = &self.would_be else { return how.join(", ") };
        if !judged.license_by.is_empty() {
            how.push(format!("licence {}", judged.license_by));
        }
        if judged.only_countries_compared {
            how.push("providers and regions that a policy names are not compared".into());
        }
        let codes = |reasons: &[Reason]| {
            let shown: Vec<&str> = reasons.iter().take(MAX_CODES).map(|reason| reason.code()).collect();
            let more = reasons.len() - shown.len();
            format!("{}{}", shown.join(", "), if more == 0 { String::new() } else { format!(" and {more} more") })
        };
        let mut text = String::new();
        if let Some((reason, sentence)) = &judged.reason {
            text.push_str(&format!("{reason}: {sentence} "));
        }
        if !judged.also.is_empty() {
            text.push_str(&format!("Also: {}. ", codes(&judged.also)));
        }
        if judged.reason.is_none() && judged.owes > 0 {
            text.push_str(&format!("Owes {}. ", judged.owes));
        }
        if judged.reason.is_none() && !judged.warns.is_empty() {
            text.push_str(&format!("Warns: {}. ", codes(&judged.warns)));
        }
        format!("{text}{}.", how.join(", "))
    }
}

/// Further reason codes that are shown; the rest is a count.
const MAX_CODES: usize = 5;
