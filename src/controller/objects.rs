//! objects
pub async fn run(_ctx: std::sync::Arc<crate::reconcile::Context>) {}
