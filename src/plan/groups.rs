//! Why here, and why not there: nodes in groups by what keeps them out. Nodes explain and decide nothing. Pure.
//!
//! Who keeps a place out is found by deciding again with that place alone: what refuses then is the licence, the policy
//! or the rule that does. The shortest way to a node that fits is in [`super::way`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    chip_shown,
    fit::{self, Fit, NodeSummary},
    inputs::Inputs,
    unfit::{Unfit, region_not_shown},
    way::{self, Way},
};
use crate::{
    decide::{Decision, Effect, Finding, Places, Request, decide},
    facts::Facts,
    manifest::{
        Reason,
        model_deployment::ModelDeploymentSpec,
        placement::{PlaceList, Region},
        written::WrittenCountry,
    },
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
enum Part {
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

/// Country, provider and region of a node, as its labels say them.
type Stand<'n> = (Option<&'n str>, Option<&'n str>, Option<&'n str>);

/// Finds what keeps nodes out; each place is decided with once.
struct Teller<'a> {
    asked: &'a Asked<'a>,
    known: BTreeMap<Stand<'a>, (String, String)>,
}

impl<'a> Teller<'a> {
    fn obstacle(&mut self, node: &'a NodeSummary) -> Option<Obstacle> {
        let kept_out = fit::obstacle(self.asked.inputs, node)?;
        let stand = node.stands();
        let (part, what) = match kept_out {
            Unfit::CountryUnknown { by } => {
                let why = node.place(self.asked.facts.catalog).why_unknown;
                return Some(unknown(&by, why.unwrap_or_else(|| "its label is not written yet".into())));
            }
            // What an administrator wrote is no country.
            Unfit::Country { country, by } if self.asked.facts.catalog.places().country(&country).is_none() => {
                return Some(unknown(&by, format!("its label says {country}, which is no country code")));
            }
            Unfit::Country { country, .. } => (Part::Country, country),
            Unfit::Provider { provider, .. } => {
                (Part::Provider, provider.unwrap_or_else(|| "no known provider".to_owned()))
            }
            // What the node does not show cannot be told from a region that is kept out.
            Unfit::Region { by, region } if stand.1.is_none() || region.is_none() => {
                let country = stand.0.unwrap_or("an unknown country").to_owned();
                let why = region_not_shown(&by, &self.asked.inputs.places, stand.1);
                return Some(Obstacle { part: Part::Region, by: by.join(", "), why, what: Some(country) });
            }
            Unfit::Region { region, .. } => {
                (Part::Region, format!("{}/{}", stand.1.unwrap_or("?"), region.as_deref().unwrap_or("?")))
            }
            machine => return Some(self.machine(machine, node)),
        };
        let (by, why) = if let Some(known) = self.known.get(&stand) {
            known.clone()
        } else {
            let told = self.who(part, stand);
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
                let why = format!("with an accelerator that {by} keeps off{unless}");
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

    /// Who keeps this place out, and how that is said.
    fn who(&self, part: Part, stand: Stand<'_>) -> (String, String) {
        let request = self.asked.request;
        if !self.written(stand) {
            return ("spec.placement".into(), format!("spec.placement {}", self.written_words(part)));
        }
        let alone = at(request.spec, stand);
        let again = decide(&Request { spec: &alone, ..*request }, self.asked.facts);
        let blocks = |finding: &&Finding| finding.effect <= Effect::Waits;
        let before = |finding: &Finding| {
            let same = |f: &Finding| f.reason == finding.reason && f.about == finding.about;
            self.asked.decision.findings.iter().any(|f| f.effect <= Effect::Waits && same(f))
        };
        let new = again.findings.iter().filter(blocks).find(|finding| !before(finding));
        let about_place = || again.findings.iter().filter(blocks).find(|finding| is_about_place(finding.reason));
        if let Some(finding) = new.or_else(about_place) {
            return (source(finding), said(finding));
        }
        let by = self.asked.inputs.places.by().collect::<Vec<_>>().join(", ");
        (by.clone(), format!("not among the places of {by}"))
    }

    /// Whether the manifest alone lets a place.
    fn written(&self, (country, provider, region): Stand<'_>) -> bool {
        let placement = &self.asked.request.spec.placement;
        let named = |list: &PlaceList| {
            let mut areas =
                list.countries.iter().filter_map(WrittenCountry::text).chain(list.groups.iter().map(String::as_str));
            let places = self.asked.facts.catalog.places();
            areas.any(|area| country.is_some_and(|country| places.expand(area).contains(&country)))
        };
        let pair = |one: &Region| provider == Some(&*one.provider) && region == Some(&*one.region);
        let of = |list: &PlaceList| provider.is_some_and(|provider| list.providers.iter().any(|p| p == provider));
        let allowed = placement.allow.as_ref().is_none_or(|list| {
            (list.countries.is_empty() && list.groups.is_empty() || named(list))
                && (list.providers.is_empty() || of(list))
                && (list.regions.is_empty() || list.regions.iter().any(pair))
        });
        let denied =
            placement.deny.as_ref().is_some_and(|list| named(list) || of(list) || list.regions.iter().any(pair));
        allowed && !denied
    }

    /// What the manifest allows of this part, as it is written.
    fn written_words(&self, part: Part) -> String {
        let allow = self.asked.request.spec.placement.allow.as_ref();
        let words: Vec<String> = match (part, allow) {
            (_, None) => Vec::new(),
            (Part::Country, Some(list)) => {
                let countries = list.countries.iter().filter_map(WrittenCountry::text);
                countries.chain(list.groups.iter().map(String::as_str)).map(str::to_owned).collect()
            }
            (Part::Provider, Some(list)) => list.providers.clone(),
            (_, Some(list)) => list.regions.iter().map(|r| format!("{}/{}", r.provider, r.region)).collect(),
        };
        if words.is_empty() { "denies it".into() } else { format!("allows {}", words.join(", ")) }
    }
}

/// Reasons that are about places; what else blocks a deployment blocks it everywhere.
fn is_about_place(reason: Reason) -> bool {
    matches!(reason, Reason::PlaceExcluded | Reason::PlaceNotPermitted) || reason.is_of_rule()
}

/// What speaks: a licence's clause, a policy, a rule and who enforces it.
fn source(finding: &Finding) -> String {
    let of_rule = finding.reason.is_of_rule();
    match (&finding.voucher, &finding.clause) {
        (Some(policy), _) if of_rule => format!("rule {}, {policy}", finding.about),
        (None, _) if of_rule => format!("rule {}", finding.about),
        (_, Some(clause)) => format!("{} (clause {clause})", finding.about),
        _ => finding.about.clone(),
    }
}

fn said(finding: &Finding) -> String {
    format!("{}, {}", finding.reason, source(finding))
}

/// The manifest for one place alone.
#[must_use]
pub fn at(spec: &ModelDeploymentSpec, (country, provider, region): Stand<'_>) -> ModelDeploymentSpec {
    let mut alone = spec.clone();
    let pair = provider.zip(region).map(|(p, r)| Region { provider: p.to_owned(), region: r.to_owned() });
    alone.placement.allow = Some(PlaceList {
        countries: country.map(WrittenCountry::from).into_iter().collect(),
        providers: provider.map(str::to_owned).into_iter().collect(),
        regions: pair.into_iter().collect(),
        ..PlaceList::default()
    });
    alone.placement.deny = None;
    alone
}
