//! Where a node stands: from what is written on it to a country, or to the reason why that is not known.
//!
//! In order of trust: the administrator's label, `spec.providerID`, zone, region. Region names are looked up by
//! provider and name together: `ap-southeast-1` is Singapore on one cloud and Hong Kong on another. What disagrees is
//! unknown, and said.

use std::collections::BTreeMap;

use super::place::{Places, Region, RegionFrom};

/// The country, as the administrator or the operator writes it. The kubelet cannot write this key.
pub const COUNTRY_LABEL: &str = "modelport.dev.node-restriction.kubernetes.io/country";
/// How the operator found the country; absent where the administrator wrote it.
pub const SOURCE_LABEL: &str = "modelport.dev.node-restriction.kubernetes.io/source";

const REGION_LABEL: &str = "topology.kubernetes.io/region";
const ZONE_LABEL: &str = "topology.kubernetes.io/zone";
const LINGJUN_LABEL: &str = "alibabacloud.com/lingjun-worker";
/// The mark of a node that stands for no machine, as a label `type=...` and as the key of a taint.
const VIRTUAL_TYPE: &str = "virtual-kubelet";
const VIRTUAL_TAINT: &str = "virtual-kubelet.io/provider";

/// What a node says about its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeEvidence<'a> {
    /// `spec.providerID`, empty where there is none.
    pub provider_id: &'a str,
    /// The region label.
    pub region: Option<&'a str>,
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
            zone: label(ZONE_LABEL),
            admin_country: label(COUNTRY_LABEL).filter(|_| label(SOURCE_LABEL).is_none()),
            is_virtual: label("type") == Some(VIRTUAL_TYPE) || taints.into_iter().any(|key| key == VIRTUAL_TAINT),
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
    /// Why the country is not known.
    pub why_unknown: Option<String>,
}

impl Places {
    /// Where a node stands.
    #[must_use]
    pub fn locate(&self, node: &NodeEvidence<'_>) -> NodePlace {
        let mut place = self.derive(node);
        let Some(admin) = node.admin_country else { return place };
        let Some(country) = self
            .country(self.canonical(admin))
            .filter(|country| country.code == admin)
        else {
            place.contradictions.push(format!(
                "the administrator's label says {admin}, which is no country code"
            ));
            return unknown(
                place,
                format!("the administrator's label says {admin}, which is no country code"),
            );
        };
        if let Some(derived) = place.country.as_deref().filter(|derived| *derived != country.code) {
            let evidence = place.evidence.map_or("evidence", Evidence::as_str);
            place.contradictions.push(format!(
                "the administrator's label says {admin}, the {evidence} says {derived}"
            ));
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
        let mut place = NodePlace {
            provider: provider.map(str::to_owned),
            ..NodePlace::default()
        };
        if node.is_virtual {
            return unknown(
                place,
                "a virtual node stands for no machine: only an administrator's label tells".into(),
            );
        }
        let Some((provider, form)) = provider.zip(form) else {
            let id = if node.provider_id.is_empty() {
                "it has no provider id"
            } else {
                "its provider id is of no known form"
            };
            return unknown(
                place,
                format!("{id}, and a region name means nothing without the provider"),
            );
        };
        let id = match from_id(form, node) {
            Ok(id) => id,
            Err(why) => return unknown(place, why),
        };
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
            found.push((
                Evidence::Region,
                "region label",
                self.by_region(provider, &label_region(provider, region)),
            ));
        }
        if let Some(realm) = id.realm {
            let other = found.iter().find_map(|(_, _, finding)| {
                finding
                    .region
                    .filter(|region| region.partition.as_deref().is_some_and(|own| own != realm))
            });
            if let Some(region) = other {
                let own = region.partition.as_deref().unwrap_or("another");
                place.contradictions.push(format!(
                    "the provider id is of realm {realm}, {} is in {own}",
                    region.region
                ));
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
            } else if let (Some(one), Some(two)) = (first.abroad, other.abroad)
                && one != two
            {
                place
                    .contradictions
                    .push(format!("the {first_name} says {one}, the {name} says {two}"));
            }
        }
        place.region = Some(first.region_name.clone());
        if !place.contradictions.is_empty() {
            place.region = None;
            let why = place.contradictions.join("; ");
            *place = unknown(std::mem::take(place), why);
            return;
        }
        // A zone abroad beats the region it belongs to, whichever of the two names it.
        let told = found
            .iter()
            .find(|(_, _, finding)| finding.abroad.is_some() || finding.why.is_some());
        let (evidence, _, finding) = told
            .or(found.first())
            .map_or((Evidence::Region, "", first), |(e, n, f)| (*e, *n, f));
        if let Some(why) = &finding.why {
            *place = unknown(std::mem::take(place), why.clone());
            return;
        }
        let country = finding
            .abroad
            .or(finding.region.and_then(|region| region.country.as_deref()));
        match country {
            Some(country) => {
                place.country = Some(country.to_owned());
                place.evidence = Some(if finding.abroad.is_some() {
                    Evidence::Zone
                } else {
                    evidence
                });
                place.verified = finding.verified;
            }
            None => {
                let why = format!("the country of {provider} {} is not known", finding.region_name);
                *place = unknown(std::mem::take(place), why);
            }
        }
    }

    fn by_region<'a>(&'a self, provider: &str, name: &str) -> Finding<'a> {
        match self.region(provider, name) {
            Some(region) => Finding {
                region_name: region.region.clone(),
                region: Some(region),
                abroad: None,
                verified: region.verified.is_yes(),
                why: None,
            },
            None => Finding {
                region_name: name.to_owned(),
                region: None,
                abroad: None,
                verified: false,
                why: Some(format!("{provider} {name} is in no table")),
            },
        }
    }

    fn by_zone<'a>(&'a self, provider: &str, zone: &str) -> Finding<'a> {
        let mut finding = self.by_region(provider, &zone_region(provider, zone));
        if let Some(row) = self.zone_abroad(provider, zone) {
            finding.region_name.clone_from(&row.parent);
            finding.abroad = Some(&row.country);
            finding.verified = row.verified.is_yes();
            finding.why = None;
        } else if provider == "aws" && !is_standard_aws_zone(zone) {
            finding.why = Some(format!(
                "zone {zone} is neither a region plus one letter nor in the table of zones abroad"
            ));
        }
        finding
    }
}

/// What one piece of evidence says.
struct Finding<'a> {
    region_name: String,
    region: Option<&'a Region>,
    abroad: Option<&'a str>,
    verified: bool,
    why: Option<String>,
}

/// What a provider id holds.
#[derive(Clone, Copy, Debug, Default)]
struct FromId<'a> {
    zone: Option<&'a str>,
    region: Option<&'a str>,
    realm: Option<&'a str>,
}

fn unknown(mut place: NodePlace, why: String) -> NodePlace {
    place.country = None;
    place.evidence = None;
    place.verified = false;
    place.why_unknown = Some(why);
    place
}

fn from_id<'a>(form: RegionFrom, node: &NodeEvidence<'a>) -> Result<FromId<'a>, String> {
    let id = node.provider_id;
    let rest = id.split_once("://").map_or(id, |(_, rest)| rest);
    let mut parts = rest.trim_start_matches('/').split('/');
    let nothing = FromId::default();
    Ok(match form {
        RegionFrom::LabelOnly => nothing,
        RegionFrom::Lingjun if node.is_lingjun => nothing,
        RegionFrom::Lingjun => return Err("its provider id is of no known form".into()),
        // `aws:////i-...` holds no zone: the path then begins with the instance.
        RegionFrom::AwsZone => FromId {
            zone: parts.next().filter(|zone| !zone.starts_with("i-")),
            ..nothing
        },
        RegionFrom::GceZone => FromId {
            zone: rest.split('/').nth(1).filter(|zone| !zone.is_empty()),
            ..nothing
        },
        RegionFrom::BeforeDot => {
            let region = alibaba(id).ok_or("its provider id is of no known form")?;
            FromId {
                region: Some(region),
                ..nothing
            }
        }
        RegionFrom::TencentZone => {
            // A zone by number, such as 100003, names no region.
            let zone = parts
                .next()
                .filter(|zone| zone.contains('-') && !zone.starts_with("ins-"));
            FromId { zone, ..nothing }
        }
        RegionFrom::OciOcid => {
            let mut ocid = rest.split('.').skip(2);
            let realm = ocid.next().filter(|realm| !realm.is_empty());
            FromId {
                realm,
                region: ocid.next().filter(|region| !region.is_empty()),
                ..nothing
            }
        }
        RegionFrom::ScalewayZone => {
            let zone = parts.nth(1).filter(|_| parts.next().is_some());
            FromId { zone, ..nothing }
        }
        RegionFrom::StandsElsewhere => {
            return Err(
                "a hybrid node stands outside the cloud that its id names: only an administrator's label tells".into(),
            );
        }
        RegionFrom::AnyOpenStack => {
            return Err("every OpenStack cloud writes openstack://, so the id does not tell whose node it is".into());
        }
        RegionFrom::NoTable => return Err("there is no region table for its provider".into()),
    })
}

/// The region of `<region>.<id>`, with or without `alicloud://`: letters, then parts after hyphens.
fn alibaba(id: &str) -> Option<&str> {
    let (region, machine) = id.strip_prefix("alicloud://").unwrap_or(id).split_once('.')?;
    let mut parts = region.split('-');
    let head = parts.next()?;
    let shaped = (2..=4).contains(&head.len()) && head.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut rest = 0;
    for part in parts {
        rest += 1;
        if part.is_empty()
            || !part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            return None;
        }
    }
    (shaped && rest > 0 && is_id(machine)).then_some(region)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `e01-...`, without a dot.
fn is_lingjun(id: &str) -> bool {
    let bytes = id.as_bytes();
    matches!(bytes, [b'e', a, b, b'-', ..] if a.is_ascii_digit() && b.is_ascii_digit())
        && id.get(4..).is_some_and(is_id)
}

/// Whether a zone label of this provider tells a region: Azure writes the fault domain (0, 1, ...) for machines that
/// are not zonal, Tencent numbers its zones.
fn tells_region(provider: &str, zone: &str) -> bool {
    match provider {
        "aws" | "gcp" | "scaleway" => true,
        "azure" | "tencent" => zone.contains('-'),
        "hetzner" => zone.contains("-dc"),
        _ => false,
    }
}

/// The region that a zone's name begins with.
fn zone_region(provider: &str, zone: &str) -> String {
    let before = |mark: &str| zone.rsplit_once(mark).map_or(zone, |(head, _)| head);
    match provider {
        "aws" => aws_region(zone).to_owned(),
        "gcp" | "scaleway" | "tencent" => before("-").to_owned(),
        "azure" => before("-").to_ascii_lowercase(),
        "hetzner" => before("-dc").to_ascii_lowercase(),
        _ => zone.to_owned(),
    }
}

/// The region label as the tables write it.
fn label_region(provider: &str, label: &str) -> String {
    match provider {
        "azure" | "hetzner" => label.split("-DC").next().unwrap_or(label).to_ascii_lowercase(),
        // Bare metal code paths put the zone here.
        "scaleway" => match label.rsplit_once('-') {
            Some((head, tail)) if head.contains('-') && tail.bytes().all(|byte| byte.is_ascii_digit()) => {
                head.to_owned()
            }
            _ => label.to_owned(),
        },
        _ => label.to_owned(),
    }
}

/// The longest beginning of `letters-...-digits`, as the AWS controller takes it.
fn aws_region(zone: &str) -> &str {
    let mut end = 0;
    for part in zone.split('-') {
        let stop = end + part.len();
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            return zone.get(..end + digits).unwrap_or(zone);
        }
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return zone;
        }
        end = stop + 1;
    }
    zone
}

/// A region and one letter.
fn is_standard_aws_zone(zone: &str) -> bool {
    let rest = zone.strip_prefix(aws_region(zone)).unwrap_or_default();
    matches!(rest.as_bytes(), [letter] if letter.is_ascii_lowercase())
}
