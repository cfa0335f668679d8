//! Where a rule hangs on the accelerator: which ones pods keep off, and where.
//!
//! Where the manifest names none, the rule is asked anew for each group of accelerators that it tells apart, computed
//! when the catalogue is loaded, at each place where it hangs on the accelerator. What is unsaid beside the accelerator is
//! taken as the strictest. Where the manifest names one, pods keep off that one, but for what is recorded on a node.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    catalog::{
        Rule,
        rule::{Gate, Requirement},
        rule_chips::ChipGroup,
    },
    manifest::names::may_stand_on_nodes,
};

use super::{
    Allowance, ChipLimit, Chips,
    case::Case,
    identity::Model,
    rule_answer::{self, Answer, Ask, Asked, Asks, Stand},
    sentence,
};

/// What keeps pods off accelerators, and what nobody has said that may lift it.
#[derive(Clone, Debug)]
pub(super) struct Limited {
    pub limit: ChipLimit,
    pub unsaid: BTreeSet<Ask>,
}

/// How strictly what is not known is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strictness {
    /// A policy names the very rule: what the catalogue does not know of the model stands in the way too.
    pub by_id: bool,
    /// A policy refuses an accelerator that is not known.
    pub unknown: bool,
}

/// A rule that is enforced, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enforced<'a> {
    pub rule: &'a Rule,
    pub gate: Gate,
    pub strictness: Strictness,
}

/// What keeps pods off accelerators at the places where the rule hangs on them (`hanging`); the others that it tells
/// apart are `all` without those.
pub(super) fn limits<'a>(
    case: &Case<'a>,
    model: &Model<'_>,
    enforced: Enforced<'a>,
    hanging: &[Stand<'_>],
    all: &[Stand<'_>],
) -> Vec<Limited> {
    let groups = case.facts.catalog.rule_chips(&enforced.rule.id);
    let meant: BTreeSet<String> = case.chips.iter().map(|chip| chip.id.clone()).collect();
    let named = |group: &&ChipGroup| meant.is_empty() || !group.ids.is_disjoint(&meant);
    let mut known: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    // Places by the groups that the rule stands in the way of there, with what is unsaid at one of them.
    let mut of: BTreeMap<Vec<usize>, (Vec<Stand<'_>>, BTreeSet<Ask>)> = BTreeMap::new();
    for stand in hanging {
        let like = stand.and_then(|country| enforced.rule.like(country));
        let told = known.iter().find(|(other, _)| *other == like).map(|(_, refused)| refused.clone());
        let mut unsaid = Asks::new();
        let refused = told.unwrap_or_else(|| {
            let mut refused = Vec::new();
            for (at, group) in groups.iter().enumerate().filter(|(_, group)| named(group)) {
                if let Some(asks) = stands_in_the_way(case, model, enforced, *stand, group) {
                    refused.push(at);
                    unsaid.extend(asks);
                }
            }
            known.push((like, refused.clone()));
            refused
        });
        let (stands, asks) = of.entry(refused).or_default();
        stands.push(*stand);
        asks.extend(unsaid);
    }
    let limit = |(refused, (stands, unsaid)): (Vec<usize>, (Vec<Stand<'_>>, BTreeSet<Ask>))| {
        let anywhere = stands.contains(&None);
        let named = |list: &[Stand<'_>]| list.iter().flatten().map(|c| (*c).to_owned()).collect::<BTreeSet<String>>();
        let countries = if anywhere {
            let others: Vec<Stand<'_>> = all.iter().filter(|stand| !stands.contains(stand)).copied().collect();
            Allowance::never(named(&others))
        } else {
            Allowance::only(named(&stands))
        };
        let chips = if meant.is_empty() {
            chips(groups, &refused, enforced.strictness.unknown)
        } else {
            Chips::Never(meant.clone())
        };
        let (evidence, by) = (evidence(enforced), sentence::rule::name(enforced.rule));
        Limited { limit: ChipLimit { countries, chips, evidence, by, ..ChipLimit::default() }, unsaid }
    };
    of.into_iter().filter(|(refused, _)| !refused.is_empty()).map(limit).collect()
}

/// Whether what the rule asks for may be recorded on the nodes that it is about.
pub(super) fn on_nodes(rule: &Rule, gate: Gate) -> bool {
    let may = |requirement: &Requirement| may_stand_on_nodes(&requirement.key);
    gate != Gate::Deny && !rule.requires.is_empty() && rule.requires.iter().all(may)
}

/// Whether pods keep off a group at one place, with what is unsaid beside the accelerator.
fn stands_in_the_way<'a>(
    case: &Case<'a>,
    model: &Model<'_>,
    enforced: Enforced<'a>,
    stand: Stand<'_>,
    group: &ChipGroup,
) -> Option<Asks> {
    let Strictness { by_id, unknown } = enforced.strictness;
    match rule_answer::answer_for(case, model, (enforced.rule, by_id), stand, Asked::Of(group)) {
        Answer::Applies => Some(Asks::new()),
        Answer::Open(mut asks, _) => {
            let of_model = asks.iter().any(|ask| matches!(ask, Ask::Model(_)));
            // The table does not tell of which class it is: it is as one that is not known.
            let of_chip = asks.contains(&Ask::Accelerator);
            let stands = (by_id || !of_model) && (unknown || !of_chip);
            asks.retain(|ask| matches!(ask, Ask::Manifest(_) | Ask::Licensee(_)));
            stands.then_some(asks)
        }
        Answer::Not | Answer::Lifted(_) => None,
    }
}

fn chips(groups: &[ChipGroup], refused: &[usize], unknown: bool) -> Chips {
    let ids = |refuse: bool| {
        let those = groups.iter().enumerate().filter(|(at, _)| refused.contains(at) == refuse);
        those.flat_map(|(_, group)| group.ids.iter().cloned()).collect()
    };
    if unknown { Chips::Only(ids(false)) } else { Chips::Never(ids(true)) }
}

/// The keys under which what the rule asks for can be recorded on a node. What it refuses outright, nothing lifts.
fn evidence(enforced: Enforced<'_>) -> BTreeSet<String> {
    if enforced.gate == Gate::Deny {
        return BTreeSet::new();
    }
    enforced.rule.requires.iter().map(|requirement| requirement.key.clone()).collect()
}
