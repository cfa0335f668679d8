//! Pods that stand where they may not stand any more, and what is done about each. Pure.
//!
//! | the pod's own template | grace | within it | after it, `Stop` | after it, `Warn` |
//! |---|---|---|---|---|
//! | keeps it out (its node was relabelled) | of a place | it is evicted; budgets hold | it is deleted, replacement or not | it stays, and that is said |
//! | lets it (what is let was narrowed since) | of a person, or of our catalogue | the rollout moves it | the rollout lets go of every old pod | it stays, and that is said |
//!
//! A pod of an older template is not evicted: its ReplicaSet is of that template too, and would put the next one where
//! this one stood. Since when and why a pod stands wrong is kept by node in the ControllerRevision, so that a new pod on
//! that node, or a new start of ours, does not begin the time anew.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::fit::{self, NodeSummary};
use crate::{
    decide::{Cause, Places, Policy},
    manifest::condition::whole_second,
};

/// Seconds that a pod is seen to stand wrong before anything is done: a node that joins anew under its old name carries
/// no country for a moment, and a person who wrote a wrong label may take it back.
pub const SETTLE_SECONDS: i64 = 10;
/// Nodes of one deployment whose time is remembered; pods on further ones are moved with those.
const MAX_NODES_REMEMBERED: usize = 64;

/// Since when pods stand wrong on a node, and what that hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Since when, as first seen.
    pub since: Timestamp,
    /// What it hangs on: a grace goes with it.
    pub cause: Cause,
}

/// What is remembered, by node.
pub type Since = BTreeMap<String, Seen>;

/// A pod that has a node, and is not going.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// Name.
    pub pod: &'a str,
    /// UID.
    pub uid: &'a str,
    /// Where it stands.
    pub node: &'a NodeSummary,
    /// Whether the pod's own required affinity lets that node today.
    pub own_template_lets: bool,
}

/// How the pods of a deployment stand.
#[derive(Clone, Debug, Default)]
pub struct Standing<'a> {
    /// Those that have a node.
    pub placed: Vec<Placed<'a>>,
    /// Every node, sorted by name.
    pub nodes: &'a [NodeSummary],
    /// Whether pods of an older template are still there.
    pub rolls: bool,
}

/// What is done about a pod that stands wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was seen a moment ago.
    Settles,
    /// It is asked to go, and budgets hold.
    Evict,
    /// The rollout of the narrower template moves it.
    Rollout,
    /// It is the only one, and no node would take the next one.
    KeptForLackOfNode,
    /// It is made to go.
    Delete,
    /// The rollout lets go of it, replacement or not.
    LetGo,
    /// The policy never stops what runs.
    Stays,
}

/// A pod that stands where it may not stand any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Name.
    pub pod: String,
    /// UID.
    pub uid: String,
    /// Node.
    pub node: String,
    /// Where that is, in words.
    pub place: String,
    /// Since when, and what it hangs on.
    pub seen: Seen,
    /// Until when it may take its time.
    pub until: Timestamp,
    /// What is done now.
    pub step: Step,
    /// Whether the policy makes it go after that.
    pub ends: bool,
}

/// What is known when pods are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Where pods may stand today.
    pub places: &'a Places,
    /// What the policies say.
    pub policy: &'a Policy,
    /// Since when pods stood wrong, by node, as remembered.
    pub since: Option<&'a Since>,
    /// What it hangs on where less is let than before.
    pub narrowed_by: Cause,
    /// Whether one pod is all that is asked for.
    pub alone: bool,
    /// The clock.
    pub now: Timestamp,
}

/// The pods that stand wrong, longest first. `another` says whether some node would take the next pod.
#[must_use]
pub fn wrong(look: &Look<'_>, standing: &Standing<'_>, another: impl Fn() -> bool) -> Vec<Wrong> {
    let now = whole_second(look.now);
    let mut wrong: Vec<Wrong> = Vec::new();
    for placed in standing.placed.iter().filter(|placed| !fit::lets(look.places, placed.node)) {
        let known = look.since.and_then(|since| since.get(&placed.node.name)).copied();
        let by_rollout = placed.own_template_lets && standing.rolls;
        let seen = Seen {
            since: known.map_or(now, |seen| seen.since),
            // What its own template keeps out, a relabelled node does.
            cause: if by_rollout { known.map_or(look.narrowed_by, |seen| seen.cause) } else { Cause::Place },
        };
        let until = later(seen.since, look.policy.grace_seconds(seen.cause).max(SETTLE_SECONDS));
        wrong.push(Wrong {
            pod: placed.pod.to_owned(),
            uid: placed.uid.to_owned(),
            node: placed.node.name.clone(),
            place: words(placed.node),
            seen,
            until,
            step: step(look, by_rollout, seen.since, until),
            ends: look.policy.stop,
        });
    }
    wrong.sort_by(|a, b| a.seen.since.cmp(&b.seen.since).then_with(|| a.pod.cmp(&b.pod)));
    // Of several the budget keeps all but one.
    if let ([only], 1, true) = (wrong.as_mut_slice(), standing.placed.len(), look.alone)
        && only.step == Step::Evict
        && !another()
    {
        only.step = Step::KeptForLackOfNode;
    }
    wrong
}

fn step(look: &Look<'_>, by_rollout: bool, since: Timestamp, until: Timestamp) -> Step {
    if look.now >= until {
        return match (look.policy.stop, by_rollout) {
            (false, _) => Step::Stays,
            (true, true) => Step::LetGo,
            (true, false) => Step::Delete,
        };
    }
    if by_rollout {
        Step::Rollout
    } else if look.now < later(since, SETTLE_SECONDS) {
        Step::Settles
    } else {
        Step::Evict
    }
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// `SG, alibaba ap-southeast-1`, as far as the guarded labels say it.
fn words(node: &NodeSummary) -> String {
    let (country, provider, region) = node.stands();
    let country = country.unwrap_or("a country that is not known");
    match (provider, region) {
        (Some(provider), Some(region)) => format!("{country} ({provider} {region})"),
        (Some(one), None) | (None, Some(one)) => format!("{country} ({one})"),
        (None, None) => country.to_owned(),
    }
}

/// What to remember: nothing new where nothing ever stood wrong, so that an upgrade of ours writes nothing.
#[must_use]
pub fn remembered(before: Option<&Since>, wrong: &[Wrong]) -> Option<Since> {
    let since: Since = wrong.iter().take(MAX_NODES_REMEMBERED).map(|w| (w.node.clone(), w.seen)).collect();
    (before.is_some() || !since.is_empty()).then_some(since)
}

/// When a step ends by itself.
#[must_use]
pub fn wake_at(wrong: &[Wrong]) -> Option<Timestamp> {
    let end = |wrong: &Wrong| match wrong.step {
        Step::Settles => Some(later(wrong.seen.since, SETTLE_SECONDS)),
        Step::Evict | Step::Rollout | Step::KeptForLackOfNode => Some(wrong.until),
        Step::Delete | Step::LetGo | Step::Stays => None,
    };
    wrong.iter().filter_map(end).min()
}
