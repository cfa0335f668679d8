//! Nodes for people and programs: where each stands, how that is known, and what it can host; and pools of nodes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::table::{MAX_COLUMNS, named, wrap};
use crate::{
    catalog::{Catalog, NodePlace, PoolKind, node_place::Evidence},
    plan::{
        chip_shown::{accelerator, idle_evidence},
        fit::{NodeSummary, fit},
        groups::Groups,
        inputs::Inputs,
    },
};

/// Names of deployments that a node shows; the rest is counted.
const MAX_HOST_NAMES: usize = 50;

/// One node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeRow {
    /// Name.
    pub name: String,
    /// Country; nothing where it is not known.
    pub country: Option<String>,
    /// Cloud.
    pub provider: Option<String>,
    /// Region, as the tables name it.
    pub region: Option<String>,
    /// What told the country.
    pub known_by: Option<&'static str>,
    /// What disagrees, in sentences.
    pub contradictions: Vec<String>,
    /// Why the country is not known.
    pub why_unknown: Option<String>,
    /// What an administrator recorded on it that counts for nothing, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle_evidence: Vec<String>,
    /// Accelerators, as people say it.
    pub accelerator: Option<String>,
    /// Extended resources, and how many.
    pub accelerators: BTreeMap<String, i64>,
    /// Machine type.
    pub machine: Option<String>,
    /// Node pool.
    pub pool: Option<String>,
    /// Deployments that may stand here; nothing where they could not be read.
    pub hosts: Option<usize>,
    /// Their names; the first of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_names: Vec<String>,
    /// Whether the deployment that was asked about fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fits: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// Nodes as rows, by name.
#[must_use]
pub fn rows(nodes: &[NodeSummary], catalog: &Catalog) -> Vec<NodeRow> {
    let mut rows: Vec<NodeRow> = nodes.iter().map(|node| row(node, node.place(catalog), catalog)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn row(node: &NodeSummary, place: NodePlace, catalog: &Catalog) -> NodeRow {
    let chip = node.chip(catalog, &place).contradiction;
    NodeRow {
        name: node.name.clone(),
        country: place.country,
        provider: place.provider,
        region: place.region,
        known_by: place.evidence.map(Evidence::as_str),
        contradictions: place.contradictions.into_iter().chain(chip).collect(),
        why_unknown: place.why_unknown,
        idle_evidence: idle_evidence(node, catalog),
        accelerator: accelerator(node, catalog),
        accelerators: node.accelerators.clone(),
        machine: node.labels.get("node.kubernetes.io/instance-type").cloned(),
        pool: pool_of(node, catalog).map(|(_, pool)| pool.to_owned()),
        hosts: None,
        host_names: Vec::new(),
        fits: None,
        why_not: None,
    }
}

/// Fills in which of these deployments each node can host.
pub fn host(rows: &mut [NodeRow], nodes: &[NodeSummary], deployments: &[(String, Inputs)]) {
    let by_name: BTreeMap<&str, &NodeSummary> = nodes.iter().map(|node| (node.name.as_str(), node)).collect();
    for row in rows {
        let Some(node) = by_name.get(row.name.as_str()) else { continue };
        let fits = |inputs: &Inputs| fit(inputs, std::slice::from_ref(*node)).fit == 1;
        let names: Vec<&String> = deployments.iter().filter(|(_, inputs)| fits(inputs)).map(|(name, _)| name).collect();
        row.hosts = Some(names.len());
        row.host_names = names.into_iter().take(MAX_HOST_NAMES).cloned().collect();
    }
}

/// Fills in whether one deployment fits, and why not.
pub fn answer(rows: &mut [NodeRow], groups: &Groups) {
    for row in rows {
        row.fits = Some(groups.fit.contains(&row.name));
        row.why_not =
            groups.not.iter().find(|group| group.nodes.contains(&row.name)).map(|group| group.because.clone());
    }
}

/// For people. `wide` adds machine, pool and the names of what a node can host.
#[must_use]
pub fn text(rows: &[NodeRow], wide: bool) -> String {
    let or = |value: &Option<String>, otherwise: &str| value.clone().unwrap_or_else(|| otherwise.into());
    let asked = rows.iter().any(|row| row.fits.is_some());
    let counted = rows.iter().any(|row| row.hosts.is_some());
    let mut head = vec!["NODE", "COUNTRY", "PROVIDER", "REGION", "ACCELERATOR", "KNOWN BY"];
    match (asked, counted, wide) {
        (true, ..) => head = vec!["NODE", "COUNTRY", "PROVIDER", "ACCELERATOR", "FITS"],
        (_, true, false) => head.push("HOSTS"),
        (_, true, true) => head.extend(["POOL", "MACHINE", "HOSTS"]),
        (_, false, true) => head.extend(["POOL", "MACHINE"]),
        (_, false, false) => {}
    }
    let mut table: Vec<Vec<String>> = vec![head.into_iter().map(str::to_owned).collect()];
    for row in rows {
        let mut cells = vec![
            row.name.clone(),
            or(&row.country, "?"),
            or(&row.provider, "-"),
            or(&row.region, "-"),
            or(&row.accelerator, "-"),
            row.known_by.unwrap_or("-").to_owned(),
        ];
        let hosts = row.hosts.map_or_else(|| "-".to_owned(), |hosts| hosts.to_string());
        match (asked, counted, wide) {
            (true, ..) => {
                cells =
                    vec![row.name.clone(), or(&row.country, "?"), or(&row.provider, "-"), or(&row.accelerator, "-")];
                cells.push(match &row.why_not {
                    None => "yes".into(),
                    Some(why) => format!("no: {why}"),
                });
            }
            (_, true, false) => cells.push(hosts),
            (_, counted, true) => {
                cells.extend([or(&row.pool, "-"), or(&row.machine, "-")]);
                if counted {
                    let more = row.hosts.unwrap_or_default() - row.host_names.len();
                    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                    let names = row.host_names.join(", ");
                    cells.push(if names.is_empty() { hosts } else { format!("{hosts}: {names}{more}") });
                }
            }
            (_, false, false) => {}
        }
        table.push(cells);
    }
    let mut text = named(&table);
    for row in rows {
        // What is unknown because it disagrees is said once.
        let unknown = row.why_unknown.iter().filter(|why| !row.contradictions.iter().any(|c| why.contains(c.as_str())));
        for note in row.contradictions.iter().chain(unknown).chain(&row.idle_evidence) {
            for line in wrap(&format!("{}: {note}", row.name), MAX_COLUMNS) {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    text
}

/// A pool of nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// Its name, as the label gives it.
    pub pool: String,
    /// What such a pool is called.
    pub kind: String,
    /// The label's key.
    pub key: String,
    /// Provider and region: pools of one name in two regions are two.
    pub region: Option<String>,
    /// Countries that its nodes stand in.
    pub countries: Vec<String>,
    /// Its nodes.
    pub nodes: Vec<String>,
    /// What to write so that it declares its country; nothing where no way is known, or its nodes stand in several.
    pub declare: Option<String>,
    /// What to know before.
    pub note: String,
    /// Whether it was read in a text that an autoscaler reads it there.
    pub verified: bool,
    /// Where.
    pub source: String,
}

/// Country in lines to paste, where nobody knows it.
const COUNTRY_BLANK: &str = "COUNTRY";

/// The pool of a node: of the first label that tells one.
fn pool_of<'c, 'n>(node: &'n NodeSummary, catalog: &'c Catalog) -> Option<(&'c PoolKind, &'n str)> {
    catalog.pools().iter().find_map(|kind| {
        let value = node.labels.get(&kind.key).filter(|value| !value.is_empty())?;
        Some((kind, value.as_str()))
    })
}

/// The pools of these nodes, in the order of the catalogue; and how many nodes are in none.
#[must_use]
pub fn pools(nodes: &[NodeSummary], catalog: &Catalog) -> (Vec<Pool>, usize) {
    type Members = (BTreeSet<Option<String>>, Vec<String>);
    type Key<'a> = (usize, &'a str, Option<String>);
    let mut found: BTreeMap<Key<'_>, Members> = BTreeMap::new();
    let mut without = 0;
    for node in nodes {
        let Some((kind, pool)) = pool_of(node, catalog) else {
            without += 1;
            continue;
        };
        let order = catalog.pools().iter().position(|one| one.key == kind.key).unwrap_or_default();
        let place = node.place(catalog);
        let region = place.provider.zip(place.region).map(|(provider, region)| format!("{provider}/{region}"));
        let (countries, names) = found.entry((order, pool, region)).or_default();
        countries.insert(place.country);
        names.push(node.name.clone());
    }
    let pool = |((order, pool, region), (countries, mut nodes)): (Key<'_>, Members)| {
        let kind = catalog.pools().get(order)?;
        let several = countries.len() > 1;
        let country = countries.first().cloned().flatten().unwrap_or_else(|| COUNTRY_BLANK.into());
        nodes.sort();
        let note = if several {
            "Its nodes stand in several countries, or of one of them the country is not known: a pool at rest can \
             declare only one."
                .to_owned()
        } else {
            kind.noted(pool, &country)
        };
        Some(Pool {
            pool: pool.to_owned(),
            kind: kind.title.clone(),
            key: kind.key.clone(),
            region,
            countries: countries.into_iter().flatten().collect(),
            nodes,
            declare: kind.declared(pool, &country).filter(|_| !several),
            note,
            verified: kind.verified.is_yes(),
            source: kind.source.clone(),
        })
    };
    (found.into_iter().filter_map(pool).collect(), without)
}

/// For people: the pools, then the lines to paste.
#[must_use]
pub fn pools_text(pools: &[Pool], without: usize) -> String {
    let mut rows = vec![["POOL", "KIND", "REGION", "NODES", "COUNTRY"].map(str::to_owned).to_vec()];
    for pool in pools {
        let country = if pool.countries.is_empty() { "?".into() } else { pool.countries.join(", ") };
        let region = pool.region.clone().unwrap_or_else(|| "?".into());
        rows.push(vec![pool.pool.clone(), pool.kind.clone(), region, pool.nodes.len().to_string(), country]);
    }
    let mut text = if pools.is_empty() { String::new() } else { named(&rows) };
    if without > 0 {
        let verb = if without == 1 { "node carries" } else { "nodes carry" };
        text.push_str(&format!("{without} {verb} no label of a pool that is known.\n"));
    }
    if pools.is_empty() {
        return text;
    }
    text.push_str("\nA pool at rest at zero has no node to read a country from. So that its autoscaler knows:\n");
    let mut known = "";
    for pool in pools {
        // What is so of every pool of a kind is said once.
        let again = known == pool.note;
        if again && pool.declare.is_none() {
            continue;
        }
        let region = pool.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
        let name = if pool.declare.is_some() { format!(" {}{region}", pool.pool) } else { "s".to_owned() };
        text.push_str(&format!("\n# {}{name}\n", pool.kind));
        if !again {
            let verified = if pool.verified { "" } else { " Not verified." };
            for line in wrap(&format!("{}{verified}", pool.note), MAX_COLUMNS - 2) {
                text.push_str(&format!("# {line}\n"));
            }
        }
        text.push_str(pool.declare.as_deref().unwrap_or_default());
        known = &pool.note;
    }
    text
}
