//! Moves pods that stand wrong: one pod of a deployment at a time, so many deployments at once, and budgets hold.
//!
//! A move is in flight until its pod is gone and every pod of the deployment has a node again. One that takes longer
//! than [`FLIGHT_SECONDS`] holds nobody else up.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kube::ResourceExt;

use super::backoff::Failures;
use crate::{
    apply::evict::{Outcome, delete, evict},
    manifest::ModelDeployment,
    ops::metrics::Moved,
    plan::{
        next::Next,
        standing::{Step, Wrong},
    },
    reconcile::Context,
    status::observed::Observed,
};

/// Deployments of which a pod is on its way at the same time.
pub const MAX_MOVES_IN_FLIGHT: usize = 4;
/// Seconds after which a move that is not complete holds nobody else up.
const FLIGHT_SECONDS: u64 = 120;
/// Time until a deployment whose turn it is not is looked at again.
const NEXT_TURN: Duration = Duration::from_secs(2);

/// Time between looks for a node that would take the next pod of a deployment whose only one stands wrong.
const LOOK_FOR_A_NODE: Duration = Duration::from_secs(15);

/// What is on its way, and what is held.
#[derive(Debug, Default)]
pub struct Moves {
    state: Mutex<State>,
    failures: Failures,
}

#[derive(Debug, Default)]
struct State {
    /// By UID of the deployment: UIDs of the pods, and since when.
    flights: HashMap<String, (Vec<String>, Instant)>,
    /// By UID of the deployment: what holds it, and until when nothing is tried.
    held: HashMap<String, (String, Instant)>,
}

/// Whose turn it is.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Now.
    Now,
    /// After this time.
    In(Duration),
}

impl Moves {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What holds the pods of this deployment, in the API server's words.
    #[must_use]
    pub fn held(&self, deployment: &str) -> Option<String> {
        self.state().held.get(deployment).map(|(words, _)| words.clone())
    }

    /// Nothing of this deployment stands wrong.
    fn rests(&self, deployment: &str) {
        let mut state = self.state();
        state.flights.remove(deployment);
        if state.held.remove(deployment).is_some() {
            self.failures.forget(deployment);
        }
    }

    /// Takes a turn for these pods. `landed` says whether the pods of the flight before are gone and every pod has a node.
    fn turn(&self, deployment: &str, pods: Vec<String>, landed: impl Fn(&[String]) -> bool, now: Instant) -> Turn {
        let mut state = self.state();
        state.flights.retain(|_, (_, since)| now.duration_since(*since).as_secs() < FLIGHT_SECONDS);
        if let Some((flying, _)) = state.flights.get(deployment) {
            if !landed(flying) {
                return Turn::In(NEXT_TURN);
            }
            state.flights.remove(deployment);
        }
        if let Some((_, until)) = state.held.get(deployment)
            && *until > now
        {
            return Turn::In(until.duration_since(now));
        }
        if state.flights.len() >= MAX_MOVES_IN_FLIGHT {
            return Turn::In(NEXT_TURN);
        }
        state.flights.insert(deployment.to_owned(), (pods, now));
        Turn::Now
    }

    /// The pod could not go: when to try again.
    fn holds(&self, deployment: &str, words: String, now: Instant) -> Duration {
        let wait = self.failures.next(deployment);
        let mut state = self.state();
        state.flights.remove(deployment);
        state.held.insert(deployment.to_owned(), (words, now + wait));
        wait
    }

    fn goes(&self, deployment: &str) {
        self.state().held.remove(deployment);
        self.failures.forget(deployment);
    }
}

/// Moves what is due; when to look again.
pub async fn carry_out(
    ctx: &Context,
    manifest: &ModelDeployment,
    next: &Next,
    observed: &Observed,
) -> Option<Duration> {
    let uid = manifest.uid().unwrap_or_default();
    let due = due(&next.wrong);
    if due.is_empty() {
        if next.wrong.is_empty() {
            ctx.moves.rests(&uid);
        }
        // A node that joins wakes those that have a pod without one; this one has none.
        let waits = next.wrong.iter().any(|wrong| wrong.step == Step::KeptForLackOfNode);
        return waits.then_some(LOOK_FOR_A_NODE);
    }
    let wanted = usize::try_from(next.replicas).unwrap_or_default();
    let landed = |flying: &[String]| {
        let there = |pod: &String| observed.pods.iter().any(|p| p.metadata.uid.as_ref() == Some(pod));
        !flying.iter().any(there) && observed.bound() >= wanted
    };
    let pods = due.iter().map(|wrong| wrong.uid.clone()).collect();
    if let Turn::In(wait) = ctx.moves.turn(&uid, pods, landed, Instant::now()) {
        return Some(wait);
    }
    let namespace = manifest.namespace().unwrap_or_default();
    for wrong in due {
        let made = wrong.step == Step::Delete;
        let outcome = if made {
            delete(&ctx.client, &namespace, &wrong.pod, &wrong.uid).await
        } else {
            evict(&ctx.evictions, &namespace, &wrong.pod, &wrong.uid).await
        };
        match outcome {
            Outcome::Goes => {
                ctx.moves.goes(&uid);
                ctx.metrics.moved(if made { Moved::Deleted } else { Moved::Evicted });
                ctx.events.moved(manifest, wrong, made);
                tracing::info!(namespace, pod = wrong.pod, node = wrong.node, place = wrong.place, made, "a pod moves");
            }
            Outcome::Gone => {}
            Outcome::Held(words) => {
                ctx.metrics.moved(Moved::Held);
                return Some(ctx.moves.holds(&uid, words, Instant::now()));
            }
            Outcome::Failed(error) => {
                ctx.metrics.moved(Moved::Failed);
                tracing::warn!(namespace, pod = wrong.pod, %error, "a pod could not be moved; tried again");
                return Some(ctx.moves.holds(&uid, format!("{error}."), Instant::now()));
            }
        }
    }
    Some(NEXT_TURN)
}

/// What is done now: every pod whose time is over, else the one that waits longest.
fn due(wrong: &[Wrong]) -> Vec<&Wrong> {
    let over: Vec<&Wrong> = wrong.iter().filter(|wrong| wrong.step == Step::Delete).collect();
    if over.is_empty() { wrong.iter().find(|wrong| wrong.step == Step::Evict).into_iter().collect() } else { over }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pods(name: &str) -> Vec<String> {
        vec![name.to_owned()]
    }

    #[test]
    fn one_pod_of_a_deployment_is_on_its_way_until_it_has_landed() {
        let (moves, now) = (Moves::default(), Instant::now());
        assert_eq!(moves.turn("a", pods("a-1"), |_| false, now), Turn::Now);
        assert_eq!(moves.turn("a", pods("a-2"), |_| false, now), Turn::In(NEXT_TURN));
        assert_eq!(moves.turn("a", pods("a-2"), |flying| flying == ["a-1"], now), Turn::Now);
    }

    #[test]
    fn so_many_deployments_move_at_once_and_a_slow_one_holds_nobody_up_for_ever() {
        let (moves, now) = (Moves::default(), Instant::now());
        for n in 0..MAX_MOVES_IN_FLIGHT {
            assert_eq!(moves.turn(&n.to_string(), pods("x"), |_| false, now), Turn::Now);
        }
        assert_eq!(moves.turn("one more", pods("x"), |_| false, now), Turn::In(NEXT_TURN));
        moves.rests("0");
        assert_eq!(moves.turn("one more", pods("x"), |_| false, now), Turn::Now);
        assert_eq!(moves.turn("and more", pods("x"), |_| false, now), Turn::In(NEXT_TURN));
        let later = now + Duration::from_secs(FLIGHT_SECONDS);
        assert_eq!(moves.turn("and more", pods("x"), |_| false, later), Turn::Now);
    }

    #[test]
    fn what_a_budget_holds_waits_longer_each_time_and_takes_no_place() {
        let (moves, now) = (Moves::default(), Instant::now());
        assert_eq!(moves.turn("a", pods("x"), |_| false, now), Turn::Now);
        assert_eq!(moves.holds("a", "the budget a".into(), now), Duration::from_secs(1));
        assert_eq!(moves.held("a").as_deref(), Some("the budget a"));
        assert_eq!(moves.turn("a", pods("x"), |_| false, now), Turn::In(Duration::from_secs(1)));
        assert!(moves.state().flights.is_empty());
        let later = now + Duration::from_secs(1);
        assert_eq!(moves.turn("a", pods("x"), |_| false, later), Turn::Now);
        assert_eq!(moves.holds("a", "the budget a".into(), later), Duration::from_secs(2));
        moves.rests("a");
        assert_eq!(moves.held("a"), None);
        assert_eq!(moves.holds("a", "anew".into(), later), Duration::from_secs(1), "a success begins anew");
    }
}
