//! Metrics. Labels come from enum variants, never from object names, so that their number is bounded by the code.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use crate::{catalog::node_place::Disagreement, decide::Decision, manifest::Reason};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DecisionLabels {
    verdict: &'static str,
    reason: &'static str,
    at: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DisagreementLabels {
    kind: &'static str,
}

/// What came of moving a pod that stands wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It was evicted.
    Evicted,
    /// Its time was over, and it was deleted.
    Deleted,
    /// A budget held it.
    Held,
    /// The request failed.
    Failed,
}

/// Where a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In the webhook.
    Admission,
    /// In the reconciler.
    Reconcile,
}

/// All metrics of the operator.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    decisions: Family<DecisionLabels, Counter>,
    writes: Family<KindLabels, Counter>,
    reconciles: Family<OutcomeLabels, Counter>,
    moves: Family<OutcomeLabels, Counter>,
    node_contradictions: Family<DisagreementLabels, Gauge>,
    bindings: Family<OutcomeLabels, Counter>,
    reconcile_seconds: Histogram,
    admission_seconds: Histogram,
    /// Whether this replica writes.
    pub leader: Gauge,
    /// Deployments whose stop is held by the brake.
    pub stops_held: Gauge,
    /// Waivers that let something pass now.
    pub waivers_in_force: Gauge,
    /// Seconds since the epoch at which the webhook's certificate expires.
    pub certificate_expiry_seconds: Gauge<f64, AtomicU64>,
    /// Live reads before a denial that failed, so that memory decided.
    pub live_reads_failed: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("modelport");
        let seconds = || Histogram::new(exponential_buckets(0.000_05, 4.0, 9));
        let metrics = Self {
            registry: Registry::default(),
            decisions: Family::default(),
            writes: Family::default(),
            reconciles: Family::default(),
            moves: Family::default(),
            node_contradictions: Family::default(),
            bindings: Family::default(),
            reconcile_seconds: seconds(),
            admission_seconds: seconds(),
            leader: Gauge::default(),
            stops_held: Gauge::default(),
            waivers_in_force: Gauge::default(),
            certificate_expiry_seconds: Gauge::default(),
            live_reads_failed: Counter::default(),
        };
        registry.register("decisions", "Decisions by verdict, weightiest reason and place", metrics.decisions.clone());
        registry.register("writes", "Writes to the API server by kind", metrics.writes.clone());
        registry.register("reconciles", "Reconciles by outcome", metrics.reconciles.clone());
        registry.register(
            "pod_moves",
            "Pods that stood where they may not stand any more, by what came of moving them",
            metrics.moves.clone(),
        );
        registry.register(
            "node_contradictions",
            "Nodes about whose place something disagrees, by kind",
            metrics.node_contradictions.clone(),
        );
        registry.register("bindings", "Bindings that were reported on, by what was found", metrics.bindings.clone());
        registry.register_with_unit(
            "reconcile_duration",
            "One reconcile",
            Unit::Seconds,
            metrics.reconcile_seconds.clone(),
        );
        registry.register_with_unit(
            "admission_duration",
            "One review",
            Unit::Seconds,
            metrics.admission_seconds.clone(),
        );
        registry.register("leader", "1 where this replica writes", metrics.leader.clone());
        registry.register(
            "stops_held",
            "Deployments whose stop is held until a person confirms its cause",
            metrics.stops_held.clone(),
        );
        registry.register("waivers_in_force", "Waivers that are in force now", metrics.waivers_in_force.clone());
        registry.register(
            "certificate_expiry_timestamp_seconds",
            "When the webhook's certificate expires",
            metrics.certificate_expiry_seconds.clone(),
        );
        registry.register(
            "live_reads_failed",
            "Live reads before a denial that failed",
            metrics.live_reads_failed.clone(),
        );
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts a decision.
    pub fn decided(&self, decision: &Decision, at: At) {
        let reason = decision.weightiest().map_or(Reason::Allowed, |f| f.reason);
        let at = match at {
            At::Admission => "admission",
            At::Reconcile => "reconcile",
        };
        self.decisions
            .get_or_create(&DecisionLabels { verdict: decision.verdict.word(), reason: reason.code(), at })
            .inc();
    }

    /// Counts a write.
    pub fn wrote(&self, kind: &'static str) {
        self.writes.get_or_create(&KindLabels { kind }).inc();
    }

    /// Counts a move of a pod, or an attempt at one.
    pub fn moved(&self, outcome: Moved) {
        let outcome = match outcome {
            Moved::Evicted => "evicted",
            Moved::Deleted => "deleted",
            Moved::Held => "held",
            Moved::Failed => "failed",
        };
        self.moves.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// So many nodes have a contradiction of this kind.
    pub fn nodes_disagree(&self, kind: Disagreement, nodes: usize) {
        let nodes = i64::try_from(nodes).unwrap_or(i64::MAX);
        self.node_contradictions.get_or_create(&DisagreementLabels { kind: kind.as_str() }).set(nodes);
    }

    /// Counts a binding that was reported on.
    pub fn reported_binding(&self, outcome: &'static str) {
        self.bindings.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// Counts a reconcile and its time.
    pub fn reconciled(&self, outcome: &'static str, took: std::time::Duration) {
        self.reconciles.get_or_create(&OutcomeLabels { outcome }).inc();
        self.reconcile_seconds.observe(took.as_secs_f64());
    }

    /// Counts the time of a review.
    pub fn reviewed(&self, took: std::time::Duration) {
        self.admission_seconds.observe(took.as_secs_f64());
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
