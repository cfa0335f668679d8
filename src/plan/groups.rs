//! Why here, and why not there: nodes in groups by what keeps them out. Nodes explain and decide nothing. Pure.
//!
//! Who keeps a place out is found in [`super::who`], the shortest way to a node that fits in [`super::way`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    chip_shown,
    fit::{self, Fit, NodeSummary},
    inputs::Inputs,
    unfit::{Unfit, region_not_shown},
    way::{self, Way},
    who::{self, Stand},
};
use crate::{
    decide::{Decision, Places, Request},
    facts::Facts,
    manifest::Reason,
};

/// Names of nodes that a line shows; the rest is counted.
const MAX_NAMES: usize = 3;
/// Countries, regions, products or reasons that a line shows; the rest is counted.
const MAX_VALUES: usize = 8;

/// One deployment, its decision, what its pods are made from, and the nodes that there are.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Which deployment.
    pub request: &'a Request<'a>,
    /// The facts.
    pub facts: &'a Facts<'a>,
    /// What was decided with them.
    pub decision: &'a Decision,
    /// What the pods are or would be made from.
    pub inputs: &'a Inputs,
    /// The nodes.
    pub nodes: &'a [NodeSummary],
}

/// How the nodes answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    /// Nodes that would do, by name.
    pub fit: Vec<String>,
    /// The others, largest group first.
    pub not: Vec<Group>,
    /// Where none fits: the shortest ways to one that does, shortest first.
    pub shortest: Vec<Way>,
}

/// Nodes that one thing keeps out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// What keeps them out: a line of the manifest, a policy, a licence's term, a rule.
    pub by: String,
    /// Why one of them is out: "spec.placement allows CN".
    pub because: String,
    /// Why, in words that follow a count: "in DE, FR: spec.placement allows CN".
    pub why: String,
    /// Their names.
    pub nodes: Vec<String>,
}

/// What a node lacks, in the part of it that is looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Country,
    Provider,
    Region,
    Unknown,
    Machine,
}

/// What the nodes of a group have, and their names.
type Members = (BTreeSet<String>, Vec<String>);

/// How these nodes answer.
#[must_use]
pub fn groups(asked: &Asked<'_>) -> Groups {
    let mut told = Teller { asked, known: BTreeMap::new() };
    let mut groups = Groups::default();
    let mut not: BTreeMap<(Part, String, String), Members> = BTreeMap::new();
    for node in asked.nodes {
        match told.obstacle(node) {
            None => groups.fit.push(node.name.clone()),
            Some(Obstacle { part, by, why, what }) => {
                let (whats, names) = not.entry((part, by, why)).or_default();
                whats.extend(what);
                names.push(node.name.clone());
            }
        }
    }
    groups.not = not
        .into_iter()
        .map(|((part, by, why), (what, nodes))| {
            let because = if part == Part::Unknown { "its country is not known".into() } else { why.clone() };
            Group { why: words(part, &why, &what, &nodes), because, by, nodes }
        })
        .collect();
    groups.not.sort_by_key(|group| std::cmp::Reverse(group.nodes.len()));
    if groups.fit.is_empty() {
        groups.shortest = way::shortest(asked);
    }
    groups
}

/// For a condition: counts, and whose list of places it is; no node is named.
#[must_use]
pub fn short(fit: &Fit, places: &Places) -> String {
    let words = fit.words();
    let by: Vec<&str> = places.by().take(MAX_NAMES).collect();
    if by.is_empty() || !places.restrict() || fit.not.is_empty() {
        return words;
    }
    let more = places.by().count() - by.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{words}; places: {}, by {}{more}", places.words(), by.join(", "))
}

impl Groups {
    /// Lines for a page: the count, each group, and where none fits, the shortest ways.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let not: usize = self.not.iter().map(|group| group.nodes.len()).sum();
        let fit = format!("{} {}", self.fit.len(), if self.fit.len() == 1 { "node fits" } else { "nodes fit" });
        let mut lines = vec![match not {
            0 => format!("{fit}{}", listed(&self.fit)),
            1 => format!("{fit}{}; 1 does not:", listed(&self.fit)),
            _ => format!("{fit}{}; {not} do not:", listed(&self.fit)),
        }];
        lines.extend(self.not.iter().map(|group| format!("- {} {}", group.nodes.len(), group.why)));
        for (i, way) in self.shortest.iter().enumerate() {
            lines.push(format!("{} {}", if i == 0 { "Shortest way:" } else { "Or:" }, way.sentence));
        }
        lines
    }

    /// One line: how many fit; where none does, what keeps them out and the shortest way.
    #[must_use]
    pub fn line(&self) -> String {
        match self.fit.len() {
            0 => {}
            1 => return "1 node fits".into(),
            fit => return format!("{fit} nodes fit"),
        }
        let not: Vec<String> = self.not.iter().map(|group| format!("{} {}", group.nodes.len(), group.why)).collect();
        let shortest = self.shortest.first().map(|way| format!(". Shortest way: {}", way.sentence)).unwrap_or_default();
        format!("{}: no node fits: {}{shortest}", Reason::NoNodeNow, not.join("; "))
    }
}

/// ` (a, b, c and 4 more)`.
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = names.iter().map(String::as_str).take(MAX_NAMES).collect();
    let more = names.len() - shown.len();
    format!(" ({}{})", shown.join(", "), if more == 0 { String::new() } else { format!(" and {more} more") })
}

fn words(part: Part, why: &str, what: &BTreeSet<String>, nodes: &[String]) -> String {
    let all = |between: &str| {
        let shown: Vec<&str> = what.iter().map(String::as_str).take(MAX_VALUES).collect();
        let more = what.len() - shown.len();
        format!("{}{}", shown.join(between), if more == 0 { String::new() } else { format!(" and {more} more") })
    };
    match part {
        Part::Country | Part::Region => format!("in {}: {why}", all(", ")),
        Part::Provider => format!("of {}: {why}", all(", ")),
        Part::Unknown => format!("of unknown country{}: {}", listed(nodes), all("; ")),
        Part::Machine if what.is_empty() => format!("{why}{}", listed(nodes)),
        Part::Machine => format!("{why}; they have {}{}", all(", "), listed(nodes)),
    }
}

/// What keeps one node out.
struct Obstacle {
    part: Part,
    by: String,
    why: String,
    what: Option<String>,
}

fn unknown(by: &[String], why: String) -> Obstacle {
    Obstacle { part: Part::Unknown, by: by.join(", "), why: String::new(), what: Some(why) }
}

/// Finds what keeps nodes out; each place is decided with once.
struct Teller<'a> {
    asked: &'a Asked<'a>,
    known: BTreeMap<Stand<'a>, (String, String)>,
}

impl<'a> Teller<'a> {
    fn obstacle(&mut self, node: &'a NodeSummary) -> Option<Obstacle> {
        let kept_out = fit::obstacle(self.asked.inputs, node)?;
        let stand = node.stands();
        let (part, what, by) = match kept_out {
            Unfit::CountryUnknown { by } => {
                let why = node.place(self.asked.facts.catalog).why_unknown;
                return Some(unknown(&by, why.unwrap_or_else(|| "its label is not written yet".into())));
            }
            // What an administrator wrote is no country.
            Unfit::Country { country, by } if self.asked.facts.catalog.places().country(&country).is_none() => {
                return Some(unknown(&by, format!("its label says {country}, which is no country code")));
            }
            Unfit::Country { country, by } => (Part::Country, country, by),
            Unfit::Provider { provider, by } => {
                (Part::Provider, provider.unwrap_or_else(|| "no known provider".to_owned()), by)
            }
            // What the node does not show cannot be told from a region that is kept out.
            Unfit::Region { by, region } if stand.1.is_none() || region.is_none() => {
                let country = stand.0.unwrap_or("an unknown country").to_owned();
                let why = region_not_shown(&by, &self.asked.inputs.places, stand.1);
                return Some(Obstacle { part: Part::Region, by: by.join(", "), why, what: Some(country) });
            }
            Unfit::Region { region, by } => {
                (Part::Region, format!("{}/{}", stand.1.unwrap_or("?"), region.as_deref().unwrap_or("?")), by)
            }
            machine => return Some(self.machine(machine, node)),
        };
        let (by, why) = if let Some(known) = self.known.get(&stand) {
            known.clone()
        } else {
            let told = who::keeps_out(self.asked, part, stand, &by);
            self.known.insert(stand, told.clone());
            told
        };
        Some(Obstacle { part, by, why, what: Some(what) })
    }

    /// The place would do, and the machine does not.
    fn machine(&self, kept_out: Unfit, node: &NodeSummary) -> Obstacle {
        let named = self.asked.inputs.spec.accelerators.is_some();
        let (by, why, what) = match kept_out {
            Unfit::Chip { chip, by, lifted_by } => {
                let by = by.join(", ");
                let unless = match lifted_by.as_slice() {
                    [] => String::new(),
                    labels => format!(", unless an administrator records on the node {}", labels.join(", ")),
                };
                let idle = chip_shown::idle_evidence(node, self.asked.facts.catalog);
                let idle = if idle.is_empty() { String::new() } else { format!(" ({})", idle.join("; ")) };
                let why = format!("with an accelerator that {by} keeps off{unless}{idle}");
                let shown = chip_shown::words(node, self.asked.facts.catalog);
                (by, why, Some(shown.or(chip).unwrap_or_else(|| "one that is not known".into())))
            }
            Unfit::Product { asked } => {
                let has = chip_shown::words(node, self.asked.facts.catalog);
                let has = has.unwrap_or_else(|| "none that is labelled".into());
                let field = "spec.accelerators.product";
                (field.to_owned(), format!("without {asked} ({field})"), Some(has))
            }
            Unfit::Resource { resource, has: 0, .. } if named => {
                let field = "spec.accelerators";
                let has = chip_shown::words(node, self.asked.facts.catalog);
                let has = has.unwrap_or_else(|| "no accelerator".into());
                (field.to_owned(), format!("without {resource} ({field})"), Some(has))
            }
            Unfit::Resource { resource, asked, .. } if named => {
                let field = "spec.accelerators.count";
                (field.to_owned(), format!("with fewer than {asked} {resource} ({field})"), None)
            }
            Unfit::Resource { .. } => {
                ("the runtime".to_owned(), "without the accelerator that the runtime asks for".to_owned(), None)
            }
            Unfit::NodeSelector { .. } => {
                let field = "spec.placement.nodeSelector";
                (field.to_owned(), format!("without a label of {field}"), None)
            }
            Unfit::Taint { key } => {
                let field = "spec.placement.tolerations";
                (field.to_owned(), format!("with a taint that {field} does not name ({key})"), None)
            }
            other => ("the node".to_owned(), other.words().to_owned(), None),
        };
        Obstacle { part: Part::Machine, by, why, what }
    }
}
