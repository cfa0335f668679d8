//! Who writes: one replica at a time, by a Lease of our own. The decision is pure; the shell is thin.
//!
//! The loser stops writing before the lease can expire: [`RENEW_DEADLINE`] is shorter than [`LEASE_DURATION`], and the
//! clock that counts is the monotonic one of this process, never the time in the object.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    manifest::names::MANAGER_LEASE,
    ops::{
        call::{CallError, call},
        owner::owner,
    },
};

/// A holder that has not renewed for this long may be replaced.
pub const LEASE_DURATION: Duration = Duration::from_secs(15);
/// A holder that could not renew for this long stops writing.
pub const RENEW_DEADLINE: Duration = Duration::from_secs(10);
/// Time between attempts.
pub const RETRY_PERIOD: Duration = Duration::from_secs(2);
/// One request to the API server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);

/// What to do about the lease that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Write our name into it.
    Take,
    /// Another one holds it.
    Wait,
}

/// The lease as last seen, and when that was by our own clock: a clock in another pod proves nothing.
#[derive(Debug)]
struct Seen {
    holder: Option<String>,
    renewed: Option<MicroTime>,
    since: Instant,
}

fn step(spec: Option<&LeaseSpec>, me: &str, seen: &Seen, now: Instant) -> Step {
    let holder = spec.and_then(|s| s.holder_identity.as_deref()).unwrap_or_default();
    let expired = now.duration_since(seen.since) > LEASE_DURATION;
    if holder.is_empty() || holder == me || expired { Step::Take } else { Step::Wait }
}

/// A lease that this replica tries to hold.
#[derive(Debug)]
pub struct Leadership {
    held: watch::Receiver<bool>,
}

impl Leadership {
    /// Whether this replica may write now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    /// A receiver that changes when leadership does.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.held.clone()
    }

    /// Held as this says: for tests.
    #[must_use]
    pub fn of(held: watch::Receiver<bool>) -> Self {
        Self { held }
    }
}

/// Which lease, and who it belongs to.
#[derive(Clone, Debug)]
pub struct Which {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// ClusterRole that owns it, so that uninstalling the release removes it.
    pub owner: Option<String>,
}

/// Tries to hold the lease until `stop`, then gives it back so that the next replica need not wait.
pub fn hold(
    client: Client,
    which: Which,
    me: String,
    stop: impl Future<Output = ()> + Send + 'static,
) -> (Arc<Leadership>, tokio::task::JoinHandle<()>) {
    let (sender, held) = watch::channel(false);
    let api: Api<Lease> = Api::namespaced(client.clone(), &which.namespace);
    let task = tokio::spawn(async move {
        let mut lock = Lock { client, api, which, me, owner: None };
        let mut seen = Seen { holder: None, renewed: None, since: Instant::now() };
        let mut renewed_at = Instant::now();
        tokio::pin!(stop);
        loop {
            match lock.attempt(&mut seen).await {
                Ok(true) => {
                    renewed_at = Instant::now();
                    sender.send_if_modified(|held| !std::mem::replace(held, true));
                }
                Ok(false) => {
                    sender.send_if_modified(|held| std::mem::replace(held, false));
                }
                Err(error) => {
                    tracing::warn!(%error, "the lease could not be renewed");
                    if renewed_at.elapsed() > RENEW_DEADLINE {
                        sender.send_if_modified(|held| std::mem::replace(held, false));
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_PERIOD) => {}
                () = &mut stop => break,
            }
        }
        if sender.send_replace(false) {
            lock.release().await;
        }
    });
    (Arc::new(Leadership { held }), task)
}

/// The lease, and what is written into it.
struct Lock {
    client: Client,
    api: Api<Lease>,
    which: Which,
    me: String,
    owner: Option<Value>,
}

impl Lock {
    async fn attempt(&mut self, seen: &mut Seen) -> Result<bool, CallError> {
        let Some(lease) = call(REQUEST_TIMEOUT, self.api.get_opt(&self.which.name)).await? else {
            // Without its owner it would outlive the release: where the owner has gone, so has the release.
            self.owner = self.read_owner().await?;
            // Applied under our own name and without force: of two replicas that create it, one meets a conflict.
            let by_me = PatchParams::apply(&format!("{MANAGER_LEASE}/{}", self.me));
            return self.write(&by_me, None, &spec(&self.me, 0)).await;
        };
        let now = Instant::now();
        let (holder, renewed) =
            lease.spec.as_ref().map_or((None, None), |s| (s.holder_identity.clone(), s.renew_time.clone()));
        if seen.holder != holder || seen.renewed != renewed {
            *seen = Seen { holder: holder.clone(), renewed, since: now };
        }
        if step(lease.spec.as_ref(), &self.me, seen, now) == Step::Wait {
            return Ok(false);
        }
        if self.owner.is_none() {
            // To lead matters more than to be removed.
            self.owner = self.read_owner().await.unwrap_or_default();
        }
        let transitions = lease.spec.as_ref().and_then(|s| s.lease_transitions).unwrap_or(0)
            + i32::from(holder.as_deref() != Some(&self.me));
        // The resourceVersion that was read makes a lost race a conflict, not a second leader.
        let forced = PatchParams::apply(MANAGER_LEASE).force();
        self.write(&forced, lease.resource_version(), &spec(&self.me, transitions)).await
    }

    async fn read_owner(&self) -> Result<Option<Value>, CallError> {
        owner(&self.client, self.which.owner.as_deref(), REQUEST_TIMEOUT).await
    }

    /// Writes it by server-side apply, which is what the right to create an object of one name is granted to.
    async fn write(
        &self,
        params: &PatchParams,
        resource_version: Option<String>,
        spec: &LeaseSpec,
    ) -> Result<bool, CallError> {
        let name = &self.which.name;
        let body = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": name,
                "resourceVersion": resource_version,
                "ownerReferences": self.owner.as_slice(),
            },
            "spec": spec,
        });
        match call(REQUEST_TIMEOUT, self.api.patch(name, params, &Patch::Apply(body))).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn release(&self) {
        let Ok(Some(lease)) = call(REQUEST_TIMEOUT, self.api.get_opt(&self.which.name)).await else { return };
        let version = lease.resource_version();
        if let Some(mut spec) = lease.spec.filter(|s| s.holder_identity.as_deref() == Some(&self.me)) {
            spec.holder_identity = Some(String::new());
            let _ = self.write(&PatchParams::apply(MANAGER_LEASE).force(), version, &spec).await;
        }
    }
}

fn spec(me: &str, transitions: i32) -> LeaseSpec {
    let now = MicroTime(Timestamp::now());
    LeaseSpec {
        holder_identity: Some(me.to_owned()),
        lease_duration_seconds: i32::try_from(LEASE_DURATION.as_secs()).ok(),
        acquire_time: Some(now.clone()),
        renew_time: Some(now),
        lease_transitions: Some(transitions),
        ..LeaseSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(holder: &str) -> LeaseSpec {
        LeaseSpec { holder_identity: Some(holder.into()), ..LeaseSpec::default() }
    }

    #[test]
    fn a_free_lease_is_taken_and_a_held_one_waited_for() {
        let now = Instant::now();
        let fresh = Seen { holder: None, renewed: None, since: now };
        assert_eq!(step(None, "a", &fresh, now), Step::Take);
        assert_eq!(step(Some(&lease("")), "a", &fresh, now), Step::Take);
        assert_eq!(step(Some(&lease("a")), "a", &fresh, now), Step::Take);
        assert_eq!(step(Some(&lease("b")), "a", &fresh, now), Step::Wait);
    }

    #[test]
    fn a_lease_that_we_saw_unchanged_for_its_whole_duration_is_taken() {
        let now = Instant::now();
        let old = Seen { holder: Some("b".into()), renewed: None, since: now };
        assert_eq!(step(Some(&lease("b")), "a", &old, now + LEASE_DURATION), Step::Wait);
        assert_eq!(step(Some(&lease("b")), "a", &old, now + LEASE_DURATION + Duration::from_millis(1)), Step::Take);
    }

    const _: () = assert!(RENEW_DEADLINE.as_secs() + RETRY_PERIOD.as_secs() < LEASE_DURATION.as_secs());
}
