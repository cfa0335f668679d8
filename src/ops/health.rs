//! `/healthz`, `/readyz` and `/metrics`, on a port of their own.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::{net::TcpListener, sync::watch};

use super::metrics::Metrics;

/// What must be true before this replica says that it is ready. Not leadership: a standby is ready too.
#[derive(Debug)]
pub struct Readiness {
    kinds: watch::Sender<Option<String>>,
    stores: AtomicBool,
    webhook: AtomicBool,
    stopping: AtomicBool,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            kinds: watch::Sender::new(Some("the kinds in the cluster have not been looked at yet".into())),
            stores: AtomicBool::default(),
            webhook: AtomicBool::default(),
            stopping: AtomicBool::default(),
        }
    }
}

impl Readiness {
    /// The kinds in the cluster are not those of this version: what is wrong.
    pub fn kinds_are_wrong(&self, fault: String) {
        self.kinds.send_replace(Some(fault));
    }

    /// The kinds in the cluster are those of this version.
    pub fn kinds_are_right(&self) {
        self.kinds.send_replace(None);
    }

    /// Waits until the kinds in the cluster are those of this version.
    pub async fn right_kinds(&self) {
        let _ = self.kinds.subscribe().wait_for(Option::is_none).await;
    }

    /// Every store has synced.
    pub fn stores_synced(&self) {
        self.stores.store(true, Ordering::Release);
    }

    /// The webhook serves with a certificate.
    pub fn webhook_serves(&self) {
        self.webhook.store(true, Ordering::Release);
    }

    /// The process is about to end.
    pub fn stopping(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// What is still missing; nothing when ready.
    #[must_use]
    pub fn missing(&self) -> Option<Cow<'static, str>> {
        let kinds = self.kinds.borrow().clone();
        if self.stopping.load(Ordering::Acquire) {
            Some("stopping".into())
        } else if let Some(fault) = kinds {
            Some(fault.into())
        } else if !self.stores.load(Ordering::Acquire) {
            Some("stores have not synced".into())
        } else if !self.webhook.load(Ordering::Acquire) {
            Some("the webhook has no certificate yet".into())
        } else {
            None
        }
    }
}

/// Serves until `stop`.
pub async fn serve(
    listener: TcpListener,
    readiness: Arc<Readiness>,
    metrics: Arc<Metrics>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready).with_state(readiness))
        .route(
            "/metrics",
            get(|State(metrics): State<Arc<Metrics>>| async move { metrics.text() }).with_state(metrics),
        );
    axum::serve(listener, app).with_graceful_shutdown(stop).await
}

async fn ready(State(readiness): State<Arc<Readiness>>) -> (StatusCode, Cow<'static, str>) {
    match readiness.missing() {
        None => (StatusCode::OK, "ok".into()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}

#[cfg(test)]
mod tests {
    use super::Readiness;

    #[test]
    fn a_replica_is_ready_when_it_knows_the_facts_and_answers_reviews() {
        let readiness = Readiness::default();
        let missing = || readiness.missing().unwrap_or_default();
        assert_eq!(missing(), "the kinds in the cluster have not been looked at yet");
        readiness.kinds_are_wrong("one is old".into());
        assert_eq!(missing(), "one is old");
        readiness.kinds_are_right();
        assert_eq!(missing(), "stores have not synced");
        readiness.stores_synced();
        assert_eq!(missing(), "the webhook has no certificate yet");
        readiness.webhook_serves();
        assert_eq!(readiness.missing(), None);
        readiness.stopping();
        assert_eq!(missing(), "stopping");
    }
}
