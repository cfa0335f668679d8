//! Keeps what is known of nodes, and wakes the deployments that a change of one concerns: those that stand on it, and
//! those that wait for one. A heartbeat wakes nobody.

use std::{collections::BTreeSet, sync::Arc};

use futures::{StreamExt, stream::BoxStream};
use kube::{
    core::DeserializeGuard,
    runtime::{
        reflector::{ObjectRef, Store},
        watcher::{self, Event},
    },
};
use tokio::sync::{mpsc, watch};

use super::{
    views::NodeView,
    world::{NodesChange, World},
};
use crate::{manifest::ModelDeployment, plan::fit::NodeSummary};

/// Deployments that wait to be woken; whoever wakes more waits for them.
pub const MAX_WOKEN_WAITING: usize = 1024;

/// A deployment to be looked at.
pub type Woken = ObjectRef<DeserializeGuard<ModelDeployment>>;

/// Keeps them until the watch ends.
pub async fn keep(
    world: Arc<World>,
    store: Store<NodeView>,
    mut events: BoxStream<'static, Result<Event<NodeView>, watcher::Error>>,
    one: mpsc::Sender<Woken>,
    all: watch::Sender<u64>,
) {
    let mut ready = false;
    while let Some(event) = events.next().await {
        ready |= matches!(event, Ok(Event::InitDone));
        if !ready || event.is_err() {
            continue;
        }
        let mut nodes: Vec<_> = store.state().iter().map(|node| node.summary()).collect();
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        let NodesChange { names, disagreements } = world.set_nodes(nodes);
        if disagreements {
            // Said on every deployment that such a node could take.
            all.send_modify(|n| *n += 1);
        } else if !names.is_empty() {
            for woken in world.concerned(&names) {
                if one.send(woken).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The names of the nodes that joined, went, or changed in what is looked at. Both are sorted by name.
#[must_use]
pub fn changed(before: &[NodeSummary], after: &[NodeSummary]) -> BTreeSet<String> {
    let missing = |one: &[NodeSummary], other: &[NodeSummary]| {
        let known = |node: &&NodeSummary| {
            let found = other.binary_search_by(|n| n.name.cmp(&node.name)).ok().and_then(|at| other.get(at));
            found != Some(node)
        };
        one.iter().filter(known).map(|node| node.name.clone()).collect::<Vec<_>>()
    };
    missing(before, after).into_iter().chain(missing(after, before)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, country: &str) -> NodeSummary {
        let labels = [("c".to_owned(), country.to_owned())].into();
        NodeSummary { name: name.into(), labels, ..NodeSummary::default() }
    }

    #[test]
    fn a_node_that_joins_goes_or_is_relabelled_has_changed_and_no_other() {
        let before = [node("a", "CN"), node("b", "CN"), node("c", "CN")];
        assert!(changed(&before, &before).is_empty(), "a heartbeat changes none");
        let after = [node("a", "CN"), node("b", "SG"), node("d", "CN")];
        assert_eq!(changed(&before, &after).into_iter().collect::<Vec<_>>(), ["b", "c", "d"]);
    }
}
