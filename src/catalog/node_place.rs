//! Where a node stands: from what is written on it to a country, or to the reason why that is not known.
//!
//! In order of trust: the administrator's label, `spec.providerID`, zone, region. Region names are looked up by
//! provider and name together: `ap-southeast-1` is Singapore on one cloud and Hong Kong on another. What disagrees is
//! unknown, and said.

use std::collections::BTreeMap;

use super::place::{Places, Region, RegionFrom};
use super::provider_id::{
    FromId, alibaba, from_id, is_id, is_lingjun, is_standard_aws_zone, is_standard_azure_zone, label_region,
    tells_region, zone_region,
};

/// The country, as the administrator or the operator writes it. The kubelet cannot write this key.
pub const COUNTRY_LABEL: &str = "modelport.dev.node-restriction.kubernetes.io/country";
/// How the operator found the country; absent where the administrator wrote it.
pub const SOURCE_LABEL: &str = "modelport.dev.node-restriction.kubernetes.io/source";

const REGION_LABEL: &str = "topology.kubernetes.io/region";
const ZONE_LABEL: &str = "topology.kubernetes.io/zone";
/// IBM Cloud's own key, beside the common one.
const IBM_REGION_LABEL: &str = "ibm-cloud.kubernetes.io/region";
const LINGJUN_LABEL: &str = "alibabacloud.com/lingjun-worker";
/// The mark of a node that stands for no machine, as a label `type=...` and as the key of a taint.
const VIRTUAL_TYPE: &str = "virtual-kubelet";
/// The mark of another cluster that is shown as a node, as Liqo writes it.
const LIQO_TYPE_LABEL: &str = "liqo.io/type";
const LIQO_VIRTUAL: &str = "virtual-node";
const VIRTUAL_TAINT: &str = "virtual-kubelet.io/provider";

/// What a node says about its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeEvidence<'a> {
    /// `spec.providerID`, empty where there is none.
    pub provider_id: &'a str,
    /// The region label.
    pub region: Option<&'a str>,
    /// The region by the cloud's own key, where it has one.
    pub own_region: Option<&'a str>,
    /// The zone label.
    pub zone: Option<&'a str>,
    /// The country that the administrator wrote.
    pub admin_country: Option<&'a str>,
    /// Whether the node stands for no machine of its own.
    pub is_virtual: bool,
    /// Whether it carries the label of Alibaba's large machines.
    pub is_lingjun: bool,
}

impl<'a> NodeEvidence<'a> {
    /// Reads the labels and the keys of the taints of a node.
    pub fn from_node(
        provider_id: &'a str,
        labels: &'a BTreeMap<String, String>,
        taints: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let label = |key: &str| labels.get(key).map(String::as_str).filter(|value| !value.is_empty());
        Self {
            provider_id,
            region: label(REGION_LABEL),
            own_region: label(IBM_REGION_LABEL).filter(|_| provider_id.starts_with("ibm://")),
            zone: label(ZONE_LABEL),
            admin_country: label(COUNTRY_LABEL).filter(|_| label(SOURCE_LABEL).is_none()),
            is_virtual: label("type") == Some(VIRTUAL_TYPE)
                || label(LIQO_TYPE_LABEL) == Some(LIQO_VIRTUAL)
                || taints.into_iter().any(|key| key == VIRTUAL_TAINT),
            is_lingjun: label(LINGJUN_LABEL) == Some("true"),
        }
    }
}

/// What told the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The administrator's label.
    Admin,
    /// The provider id.
    ProviderId,
    /// A zone that stands abroad, or the zone label.
    Zone,
    /// The region label together with the provider.
    Region,
}

impl Evidence {
    /// As a label value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ProviderId => "provider-id",
            Self::Zone => "zone",
            Self::Region => "region",
        }
    }
}

/// What disagrees about a node's place, or its accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disagreement {
    /// Provider id, zone and region among each other.
    Evidence,
    /// The administrator's label and the evidence.
    Administrator,
    /// The administrator's label names no country.
    NoCountry,
    /// The accelerator's labels among each other.
    Accelerator,
}

impl Disagreement {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Evidence, Self::Administrator, Self::NoCountry, Self::Accelerator];

    /// As a label of a metric.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Administrator => "administrator",
            Self::NoCountry => "no-country",
            Self::Accelerator => "accelerator",
        }
    }
}

/// Where a node stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodePlace {
    /// The cloud, as far as the provider id tells it.
    pub provider: Option<String>,
    /// The region, as the tables name it.
    pub region: Option<String>,
    /// The country; absent where it is not known.
    pub country: Option<String>,
    /// What told the country.
    pub evidence: Option<Evidence>,
    /// Whether the row of the table that told it was read in a text; true for an administrator's label.
    pub verified: bool,
    /// What disagrees, in sentences.
    pub contradictions: Vec<String>,
    /// What disagrees, where something does: of several the weightiest, the administrator's word before the rest.
    pub disagreement: Option<Disagreement>,
    /// Why the country is not known.
    pub why_unknown: Option<String>,
}

impl Places {
    /// Where a node stands.
    #[must_use]
    pub fn locate(&self, node: &NodeEvidence<'_>) -> NodePlace {
        let mut place = self.derive(node);
        let Some(admin) = node.admin_country else { return place };
        let Some(country) = self.country(self.canonical(admin)).filter(|country| country.code == admin) else {
            place.contradictions.push(format!("the administrator's label says {admin}, which is no country code"));
            place.disagreement = Some(Disagreement::NoCountry);
            return unknown(place, format!("the administrator's label says {admin}, which is no country code"));
        };
        if let Some(derived) = place.country.as_deref().filter(|derived| *derived != country.code) {
            let evidence = place.evidence.map_or("evidence", Evidence::as_str);
            place.contradictions.push(format!("the administrator's label says {admin}, the {evidence} says {derived}"));
            place.disagreement = Some(Disagreement::Administrator);
        }
        place.country = Some(country.code.clone());
        place.evidence = Some(Evidence::Admin);
        place.verified = true;
        place.why_unknown = None;
        place
    }

    /// Without the administrator's label.
    fn derive(&self, node: &NodeEvidence<'_>) -> NodePlace {
        let (provider, form) = self.form(node);
        let mut place = NodePlace { provider: provider.map(str::to_owned), ..NodePlace::default() };
        if node.is_virtual {
            return unknown(place, "a virtual node stands for no machine: only an administrator's label tells".into());
        }
        let Some((provider, form)) = provider.zip(form) else {
            let id = if node.provider_id.is_empty() {
                "it has no provider id"
            } else {
                "its provider id is of no known form"
            };
            return unknown(place, format!("{id}, and a region name means nothing without the provider"));
        };
        let id = match from_id(form, node) {
            Ok(id) => id,
            Err(why) => return unknown(place, why),
        };
        if let Some(zone) = node.zone.filter(|zone| provider == "azure" && !is_standard_azure_zone(zone)) {
            let why = "and an extended zone stands wherever its city is: only an administrator's label tells";
            return unknown(place, format!("zone {zone} is no zone of an Azure region, {why}"));
        }
        self.weigh(&mut place, provider, node, id);
        place
    }

    /// Which cloud wrote the provider id, and where it keeps the region.
    fn form(&self, node: &NodeEvidence<'_>) -> (Option<&str>, Option<RegionFrom>) {
        let id = node.provider_id;
        let scheme = id.split_once("://").map(|(scheme, _)| scheme);
        let wanted = match scheme {
            Some(_) => None,
            None if id.starts_with("ocid1.instance.") => Some(RegionFrom::OciOcid),
            None if id.strip_prefix("i-").is_some_and(is_id) => Some(RegionFrom::AwsZone),
            None if node.is_lingjun && is_lingjun(id) => Some(RegionFrom::Lingjun),
            None if alibaba(id).is_some() => Some(RegionFrom::BeforeDot),
            None => return (None, None),
        };
        let form = self.provider_forms().iter().find(|form| match wanted {
            None => form.scheme.as_deref() == scheme,
            Some(wanted) => form.region == wanted,
        });
        (form.map(|form| form.provider.as_str()), form.map(|form| form.region))
    }

    /// Holds the id, the zone label and the region label against each other.
    fn weigh(&self, place: &mut NodePlace, provider: &str, node: &NodeEvidence<'_>, id: FromId<'_>) {
        let mut found: Vec<(Evidence, &'static str, Finding<'_>)> = Vec::new();
        if let Some(zone) = id.zone {
            found.push((Evidence::ProviderId, "provider id", self.by_zone(provider, zone)));
        } else if let Some(region) = id.region {
            found.push((Evidence::ProviderId, "provider id", self.by_region(provider, region)));
        }
        if let Some(zone) = node.zone.filter(|zone| tells_region(provider, zone)) {
            found.push((Evidence::Zone, "zone label", self.by_zone(provider, zone)));
        }
        if let Some(region) = node.region {
            found.push((Evidence::Region, "region label", self.by_region(provider, &label_region(provider, region))));
        }
        if let Some(region) = node.own_region {
            found.push((Evidence::Region, "cloud's own region label", self.by_region(provider, region)));
        }
        if let Some(realm) = id.realm {
            let other = found.iter().find_map(|(_, _, finding)| {
                finding.region.filter(|region| region.partition.as_deref().is_some_and(|own| own != realm))
            });
            if let Some(region) = other {
                let own = region.partition.as_deref().unwrap_or("another");
                place
                    .contradictions
                    .push(format!("the provider id is of realm {realm}, {} is in {own}", region.region));
            }
        }
        let Some((_, first_name, first)) = found.first() else {
            *place = unknown(
                std::mem::take(place),
                format!("its provider id ({provider}) holds no region, and it carries no region label"),
            );
            return;
        };
        for (_, name, other) in found.iter().skip(1) {
            if first.region_name != other.region_name {
                place.contradictions.push(format!(
                    "the {first_name} says {}, the {name} says {}",
                    first.region_name, other.region_name
                ));
            } else if let (Some(one), Some(two)) = (first.zone_country(), other.zone_country())
                && one != two
            {
                place.contradictions.push(format!("the {first_name} says {one}, the {name} says {two}"));
            }
        }
        // Names of zones that are no evidence by themselves still speak against another region.
        let elsewhere = node.zone.filter(|zone| !tells_region(provider, zone)).and_then(|zone| {
            let region = self.region_of_zone(provider, zone)?;
            (region.region != first.region_name).then_some((zone, region))
        });
        if let Some((zone, region)) = elsewhere {
            let says = format!("the zone label says {zone}, which is in {}", region.region);
            place.contradictions.push(format!("the {first_name} says {}, {says}", first.region_name));
        }
        place.region = Some(first.region_name.clone());
        if !place.contradictions.is_empty() {
            place.region = None;
            place.disagreement = Some(Disagreement::Evidence);
            let why = place.contradictions.join("; ");
            *place = unknown(std::mem::take(place), why);
            return;
        }
        // A zone abroad beats the region it belongs to, whichever of the two names it.
        let told = found.iter().find(|(_, _, finding)| finding.abroad.is_some() || finding.why.is_some());
        let (evidence, _, finding) =
            told.or_else(|| found.first()).map_or((Evidence::Region, "", first), |(e, n, f)| (*e, *n, f));
        if let Some(why) = &finding.why {
            *place = unknown(std::mem::take(place), why.clone());
            return;
        }
        let country = finding.abroad.or_else(|| finding.region.and_then(|region| region.country.as_deref()));
        if let Some(country) = country {
            place.country = Some(country.to_owned());
            place.evidence = Some(if finding.abroad.is_some() { Evidence::Zone } else { evidence });
            place.verified = finding.verified;
        } else {
            let why = format!("the country of {provider} {} is not known", finding.region_name);
            *place = unknown(std::mem::take(place), why);
        }
    }

    fn by_region<'a>(&'a self, provider: &str, name: &str) -> Finding<'a> {
        match self.region(provider, name) {
            Some(region) => Finding {
                region_name: region.region.clone(),
                region: Some(region),
                abroad: None,
                of_zone: false,
                verified: region.verified.is_yes(),
                why: None,
            },
            None => Finding {
                region_name: name.to_owned(),
                region: None,
                abroad: None,
                of_zone: false,
                verified: false,
                why: Some(format!("{provider} {name} is in no table")),
            },
        }
    }

    /// The region of the table that a zone's name begins with: the longest, ended by a hyphen or one letter.
    fn region_of_zone(&self, provider: &str, zone: &str) -> Option<&Region> {
        let zone = zone.to_ascii_lowercase();
        let ends = |rest: &str| match rest.as_bytes() {
            [] | [b'-', ..] => true,
            [letter] => letter.is_ascii_lowercase(),
            _ => false,
        };
        let heads = (1..=zone.len()).rev().filter_map(|end| zone.split_at_checked(end));
        heads.filter(|(_, rest)| ends(rest)).find_map(|(head, _)| self.region(provider, head))
    }

    fn by_zone<'a>(&'a self, provider: &str, zone: &str) -> Finding<'a> {
        let mut finding = self.by_region(provider, &zone_region(provider, zone));
        finding.of_zone = true;
        if let Some(row) = self.zone_abroad(provider, zone) {
            finding.region_name.clone_from(&row.parent);
            finding.abroad = Some(&row.country);
            finding.verified = row.verified.is_yes();
            finding.why = None;
        } else if provider == "aws" && !is_standard_aws_zone(zone) {
            finding.why =
                Some(format!("zone {zone} is neither a region plus one letter nor in the table of zones abroad"));
        }
        finding
    }
}

/// What one piece of evidence says.
struct Finding<'a> {
    region_name: String,
    region: Option<&'a Region>,
    abroad: Option<&'a str>,
    /// Whether it names a zone, and not a region as a whole.
    of_zone: bool,
    verified: bool,
    why: Option<String>,
}

impl Finding<'_> {
    /// The country of its zone. A region says nothing of which zone it is: one abroad only refines it.
    fn zone_country(&self) -> Option<&str> {
        let own = || self.region.and_then(|region| region.country.as_deref());
        self.abroad.or_else(own).filter(|_| self.of_zone && self.why.is_none())
    }
}

fn unknown(mut place: NodePlace, why: String) -> NodePlace {
    place.country = None;
    place.evidence = None;
    place.verified = false;
    place.why_unknown = Some(why);
    place
}
