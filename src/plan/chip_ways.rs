//! The ways in which a node can satisfy all that is let of countries and accelerators, as few as there are. Pure.
//!
//! Each limit on accelerators is satisfied elsewhere, by the accelerator, or by evidence on the node; a node satisfies all
//! of them in one of the products of these. A way that another one covers is left out, so that rules whose countries lie
//! in one another give a handful.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::{Allowance, ChipLimit, Chips, Places};

/// Most ways that are told apart. Beyond it a limit is satisfied by the accelerator alone, which lets fewer nodes.
const MAX_WAYS: usize = 16;

/// One way: all of it holds for a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Countries.
    pub countries: Allowance,
    /// Accelerators.
    pub chips: Chips,
    /// Labels that show an accelerator that is kept off, with these values.
    pub labels: BTreeMap<String, BTreeSet<String>>,
    /// Keys of evidence that is recorded on the node.
    pub evidence: BTreeSet<String>,
}

impl Way {
    /// Whether every node of this way is one of the other too.
    fn is_within(&self, outer: &Self) -> bool {
        let held =
            |(key, values): (&String, &BTreeSet<String>)| self.labels.get(key).is_some_and(|own| values.is_subset(own));
        self.countries.is_within(&outer.countries)
            && self.chips.is_within(&outer.chips)
            && outer.evidence.is_subset(&self.evidence)
            && outer.labels.iter().all(held)
    }

    /// Whether no node can satisfy it.
    fn is_empty(&self) -> bool {
        self.countries.only.as_ref().is_some_and(BTreeSet::is_empty)
            || matches!(&self.chips, Chips::Only(only) if only.is_empty())
    }

    /// Outside the countries of a limit.
    fn elsewhere(&self, limit: &ChipLimit) -> Option<Self> {
        // A country that is not known is not elsewhere.
        let mut way = self.clone();
        way.countries.known = true;
        match &limit.countries.only {
            Some(countries) => way.countries.keep_out(countries),
            // It holds everywhere but there.
            None if limit.countries.never.is_empty() => return None,
            None => way.countries.keep_to(&limit.countries.never),
        }
        Some(way)
    }

    /// With an accelerator that a limit lets.
    fn by_chip(&self, limit: &ChipLimit) -> Self {
        let mut way = Self { chips: self.chips.and(&limit.chips), ..self.clone() };
        for (key, values) in &limit.labels {
            way.labels.entry(key.clone()).or_default().extend(values.iter().cloned());
        }
        way
    }

    /// With evidence on the node that lifts a limit.
    fn lifted(&self, limit: &ChipLimit) -> Option<Self> {
        if limit.evidence.is_empty() {
            return None;
        }
        let evidence = self.evidence.union(&limit.evidence).cloned().collect();
        Some(Self { evidence, ..self.clone() })
    }
}

/// The ways that these places leave; none where no node can do.
#[must_use]
pub fn ways(places: &Places) -> Vec<Way> {
    let Some(listed) = &places.countries.only else {
        let limits: Vec<&ChipLimit> = places.chips.iter().collect();
        return product(places.countries.clone(), &limits);
    };
    // Of listed countries it is known which limits hold there.
    let mut classes: BTreeMap<Vec<usize>, BTreeSet<String>> = BTreeMap::new();
    for country in listed {
        let holds = |(_, limit): &(usize, &ChipLimit)| limit.countries.allows(Some(country));
        let here = places.chips.iter().enumerate().filter(holds).map(|(at, _)| at).collect();
        classes.entry(here).or_default().insert(country.clone());
    }
    let mut ways: Vec<Way> = Vec::new();
    for (here, countries) in classes {
        let limits: Vec<ChipLimit> = here.iter().filter_map(|at| places.chips.get(*at)).map(everywhere).collect();
        for way in product(Allowance::only(countries), &limits.iter().collect::<Vec<_>>()) {
            let like = |known: &&mut Way| Way { countries: way.countries.clone(), ..(*known).clone() } == way;
            match ways.iter_mut().find(like) {
                Some(known) => {
                    known.countries.only.get_or_insert_default().extend(way.countries.only.into_iter().flatten());
                }
                None => ways.push(way),
            }
        }
    }
    ways
}

/// A limit, asked about where it is known to hold.
fn everywhere(limit: &ChipLimit) -> ChipLimit {
    ChipLimit { countries: Allowance::default(), ..limit.clone() }
}

/// Every limit satisfied in one of its ways.
fn product(countries: Allowance, limits: &[&ChipLimit]) -> Vec<Way> {
    let mut ways = fewest(vec![Way { countries, ..Way::default() }]);
    for limit in limits {
        let all = ways
            .iter()
            .flat_map(|way| [way.elsewhere(limit), Some(way.by_chip(limit)), way.lifted(limit)].into_iter().flatten());
        let mut next = fewest(all.collect());
        if next.len() > MAX_WAYS {
            next = fewest(ways.iter().map(|way| way.by_chip(limit)).collect());
        }
        ways = next;
    }
    ways
}

/// Without those that no node can satisfy, and those that another covers.
fn fewest(all: Vec<Way>) -> Vec<Way> {
    let mut kept: Vec<Way> = Vec::new();
    for way in all.into_iter().filter(|way| !way.is_empty()) {
        if kept.iter().any(|known| way.is_within(known)) {
            continue;
        }
        kept.retain(|known| !known.is_within(&way));
        kept.push(way);
    }
    kept
}
