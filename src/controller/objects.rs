//! The status of the objects of the platform and legal teams: `Ready`, with what is wrong in the object if it is not.
//!
//! No webhook guards these kinds, so that a mistake in one can always be mended; this is how it is seen.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
    core::DeserializeGuard,
    runtime::reflector::Store,
};
use serde_json::json;

use super::{backoff::Failures, run::FactStores};
use crate::{
    manifest::{
        InferenceRuntime, Licensee, ModelLicense, ModelPolicy, Reason,
        condition::{Truth, condition},
        names::MANAGER_STATUS,
        shape::{self, ShapeProblem},
    },
    ops::call::call,
    reconcile::Context,
};

/// One request to the API server.
const REQUEST_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// The failures of all of them are counted as one: they are looked at together.
const ALL: &str = "facts";

/// Keeps the statuses until the task is dropped.
pub async fn run(ctx: Arc<Context>, stores: FactStores) {
    let catalog = ctx.world.catalog;
    let mut changed = ctx.world.snapshot_changed();
    let mut leads = ctx.leadership.watch();
    let failures = Failures::default();
    loop {
        let mut failed = false;
        if ctx.leadership.is_held() {
            failed |= each(
                &ctx,
                &stores.licensees,
                |o: &Licensee| (shape::licensee_problems(&o.spec, catalog), o.spec.selection().unguarded_keys()),
                |o| o.status.as_ref().map_or(&[], |s| &s.conditions),
            )
            .await;
            failed |= each(
                &ctx,
                &stores.policies,
                |o: &ModelPolicy| (shape::policy_problems(&o.spec, catalog), o.spec.selection().unguarded_keys()),
                |o| o.status.as_ref().map_or(&[], |s| &s.conditions),
            )
            .await;
            failed |= each(
                &ctx,
                &stores.licenses,
                |o: &ModelLicense| (shape::license_problems(&o.spec, catalog), Vec::new()),
                |o| o.status.as_ref().map_or(&[], |s| &s.conditions),
            )
            .await;
            failed |= each(
                &ctx,
                &stores.runtimes,
                |o: &InferenceRuntime| (shape::runtime_problems(&o.name_any(), &o.spec, catalog), Vec::new()),
                |o| o.status.as_ref().map_or(&[], |s| &s.conditions),
            )
            .await;
        }
        // A write that failed is tried again by itself: the fact may not change for a year.
        let again = if failed { Some(failures.next(ALL)) } else { None };
        if again.is_none() {
            failures.forget(ALL);
        }
        tokio::select! {
            change = changed.changed() => if change.is_err() { return },
            change = leads.changed() => if change.is_err() { return },
            () = tokio::time::sleep(again.unwrap_or_default()), if again.is_some() => {}
        }
    }
}

async fn each<K>(
    ctx: &Context,
    store: &Store<DeserializeGuard<K>>,
    look: impl Fn(&K) -> (Vec<ShapeProblem>, Vec<String>),
    before: impl Fn(&K) -> &[Condition],
) -> bool
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + 'static,
{
    let mut failed = false;
    for object in store.state() {
        let Ok(object) = &object.0 else { continue };
        let before = before(object);
        let (truth, reason, message) = says(look(object));
        let ready = condition("Ready", truth, reason, &message, object.meta().generation, before, (ctx.clock)());
        if before == [ready.clone()] {
            continue;
        }
        let (kind, name) = (K::kind(&()), object.name_any());
        let body = Patch::Apply(json!({
            "apiVersion": K::api_version(&()),
            "kind": kind,
            "metadata": {"uid": object.uid()},
            "status": {"conditions": [ready]},
        }));
        let (api, params) = (Api::<K>::all(ctx.client.clone()), PatchParams::apply(MANAGER_STATUS).force());
        match call(REQUEST_TIMEOUT, api.patch_status(&name, &params, &body)).await {
            Ok(_) => ctx.metrics.wrote("FactStatus"),
            Err(error) => {
                tracing::warn!(%kind, name, %error, "the status could not be written; tried again");
                failed = true;
            }
        }
    }
    failed
}

fn says((mut problems, unguarded): (Vec<ShapeProblem>, Vec<String>)) -> (Truth, Reason, String) {
    // Reported below; it is a risk, and no reason to count for nothing.
    problems.retain(|problem| problem.reason != Reason::SelectorUnguarded);
    if let Some(first) = problems.first() {
        let more = if problems.len() > 1 { format!(" {} more.", problems.len() - 1) } else { String::new() };
        return (Truth::False, first.reason, format!("{} {}{more}", first.sentence, first.remedy));
    }
    if unguarded.is_empty() {
        return (Truth::True, Reason::Accepted, "Read as written.".into());
    }
    let message = format!(
        "Read as written. The selector uses {}, which a tenant may be able to write; kubernetes.io/metadata.name cannot be.",
        unguarded.join(", ")
    );
    (Truth::True, Reason::SelectorUnguarded, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unguarded_selector_is_reported_and_accepted() {
        let problem = |reason| ShapeProblem {
            reason,
            field: "spec".into(),
            sentence: "it is so.".into(),
            remedy: "Mend it.".into(),
        };
        let (truth, reason, message) = says((vec![problem(Reason::SelectorUnguarded)], vec!["team".into()]));
        assert_eq!((truth, reason), (Truth::True, Reason::SelectorUnguarded));
        assert!(message.contains("team"), "{message}");
        let both = vec![problem(Reason::SelectorUnguarded), problem(Reason::DateInvalid)];
        assert_eq!(says((both, vec!["team".into()])).1, Reason::DateInvalid);
    }
}
