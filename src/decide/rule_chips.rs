//! Where a rule hangs on the accelerator and the manifest names none: which ones pods keep off, and where.
//!
//! The rule is asked anew for each group of accelerators that it tells apart, computed when the catalogue is loaded, at
//! each place where it hangs on the accelerator. What is unsaid beside the accelerator is taken as the strictest.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Rule, rule::Gate, rule_chips::ChipGroup};

use super::{
    Allowance, ChipLimit, Chips,
    case::Case,
    identity::Model,
    rule_answer::{self, Answer, Ask, Stand},
    sentence,
};

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
) -> Vec<ChipLimit> {
    let groups = case.facts.catalog.rule_chips(&enforced.rule.id);
    let mut known: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    // Places by the groups that the rule stands in the way of there.
    let mut of: BTreeMap<Vec<usize>, Vec<Stand<'_>>> = BTreeMap::new();
    for stand in hanging {
        let like = stand.and_then(|country| enforced.rule.like(country));
        let told = known.iter().find(|(other, _)| *other == like).map(|(_, refused)| refused.clone());
        let refused = told.unwrap_or_else(|| {
            let stands = |group: &ChipGroup| stands_in_the_way(case, model, enforced, *stand, group);
            let refused: Vec<usize> = groups.iter().enumerate().filter(|(_, g)| stands(g)).map(|(at, _)| at).collect();
            known.push((like, refused.clone()));
            refused
        });
        of.entry(refused).or_default().push(*stand);
    }
    let limit = |(refused, stands): (Vec<usize>, Vec<Stand<'_>>)| {
        let anywhere = stands.contains(&None);
        let named = |list: &[Stand<'_>]| list.iter().flatten().map(|c| (*c).to_owned()).collect::<BTreeSet<String>>();
        let countries = if anywhere {
            let others: Vec<Stand<'_>> = all.iter().filter(|stand| !stands.contains(stand)).copied().collect();
            Allowance::never(named(&others))
        } else {
            Allowance::only(named(&stands))
        };
        ChipLimit {
            countries,
            chips: chips(groups, &refused, enforced.strictness.unknown),
            evidence: evidence(enforced),
            by: sentence::rule::name(enforced.rule),
            ..ChipLimit::default()
        }
    };
    of.into_iter().filter(|(refused, _)| !refused.is_empty()).map(limit).collect()
}

/// Whether pods keep off a group at one place.
fn stands_in_the_way<'a>(
    case: &Case<'a>,
    model: &Model<'_>,
    enforced: Enforced<'a>,
    stand: Stand<'_>,
    group: &ChipGroup,
) -> bool {
    let Strictness { by_id, unknown } = enforced.strictness;
    match rule_answer::answer_for(case, model, (enforced.rule, by_id), stand, Some(group)) {
        Answer::Applies => true,
        Answer::Open(asks, _) => {
            let of_model = asks.iter().any(|ask| matches!(ask, Ask::Model(_)));
            // The table does not tell of which class it is: it is as one that is not known.
            let of_chip = asks.contains(&Ask::Accelerator);
            (by_id || !of_model) && (unknown || !of_chip)
        }
        Answer::Not | Answer::Lifted(_) => false,
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
