//! Logs: JSON on standard error, so that the decision log has standard output for itself.

use tracing_subscriber::EnvFilter;

/// JSON lines from this level on; a filter that cannot be read falls back to `info`.
pub fn json(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(std::io::stderr).init();
}
