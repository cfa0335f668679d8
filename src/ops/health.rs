//! `/healthz`, `/readyz` and `/metrics`, on a port of their own.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::net::TcpListener;

use super::metrics::Metrics;

/// What must be true before this replica says that it is ready. Not leadership: a standby is ready too.
#[derive(Debug, Default)]
pub struct Readiness {
    stores: AtomicBool,
    webhook: AtomicBool,
    stopping: AtomicBool,
}

impl Readiness {
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
    pub fn missing(&self) -> Option<&'static str> {
        if self.stopping.load(Ordering::Acquire) {
            Some("stopping")
        } else if !self.stores.load(Ordering::Acquire) {
            Some("stores have not synced")
        } else if !self.webhook.load(Ordering::Acquire) {
            Some("the webhook has no certificate yet")
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

async fn ready(State(readiness): State<Arc<Readiness>>) -> (StatusCode, &'static str) {
    match readiness.missing() {
        None => (StatusCode::OK, "ok"),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why),
    }
}

#[cfg(test)]
mod tests {
    use super::Readiness;

    #[test]
    fn a_replica_is_ready_when_it_knows_the_facts_and_answers_reviews() {
        let readiness = Readiness::default();
        assert_eq!(readiness.missing(), Some("stores have not synced"));
        readiness.stores_synced();
        assert_eq!(readiness.missing(), Some("the webhook has no certificate yet"));
        readiness.webhook_serves();
        assert_eq!(readiness.missing(), None);
        readiness.stopping();
        assert_eq!(readiness.missing(), Some("stopping"));
    }
}
