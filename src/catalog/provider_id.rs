//! The forms of `spec.providerID`, zone names and region labels: where each keeps the region.

use super::node_place::NodeEvidence;
use super::place::{Places, RegionFrom};

impl Places {
    /// Whether nodes can be of such a provider: its regions are listed, or the form of its ids is.
    #[must_use]
    pub fn is_provider(&self, id: &str) -> bool {
        self.provider(id).is_some() || self.provider_forms().iter().any(|form| form.provider == id)
    }
}

/// What a provider id holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FromId<'a> {
    pub(super) zone: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) realm: Option<&'a str>,
}

pub(super) fn from_id<'a>(form: RegionFrom, node: &NodeEvidence<'a>) -> Result<FromId<'a>, String> {
    let id = node.provider_id;
    let rest = id.split_once("://").map_or(id, |(_, rest)| rest);
    let mut parts = rest.trim_start_matches('/').split('/');
    let nothing = FromId::default();
    let odd = || "its provider id is of no known form".to_owned();
    // Between scheme and zone stands an empty host.
    let hosted = id.contains("://") && !rest.starts_with('/');
    Ok(match form {
        RegionFrom::LabelOnly => nothing,
        RegionFrom::Lingjun if node.is_lingjun => nothing,
        RegionFrom::Lingjun => return Err(odd()),
        RegionFrom::AwsZone | RegionFrom::TencentZone if hosted => return Err(odd()),
        RegionFrom::AwsZone => match (parts.next(), parts.next()) {
            // `aws:////i-...` holds no zone: the path then begins with the instance.
            (Some(instance), None) if instance.starts_with("i-") => nothing,
            (Some(zone), Some(instance)) if !zone.is_empty() && !instance.is_empty() => {
                FromId { zone: Some(zone), ..nothing }
            }
            _ => return Err(odd()),
        },
        RegionFrom::GceZone => match rest.split('/').collect::<Vec<_>>().as_slice() {
            [_, zone, instance] if !zone.is_empty() && !instance.is_empty() => FromId { zone: Some(zone), ..nothing },
            _ => return Err(odd()),
        },
        RegionFrom::BeforeDot => FromId { region: Some(alibaba(id).ok_or_else(odd)?), ..nothing },
        RegionFrom::TencentZone => {
            // A zone by number, such as 100003, names no region.
            let zone = parts.next().filter(|zone| zone.contains('-') && !zone.starts_with("ins-"));
            FromId { zone, ..nothing }
        }
        RegionFrom::OciOcid => {
            if !rest.starts_with("ocid1.instance.") {
                return Err(odd());
            }
            let mut ocid = rest.split('.').skip(2);
            let realm = ocid.next().filter(|realm| !realm.is_empty());
            FromId { realm, region: ocid.next().filter(|region| !region.is_empty()), ..nothing }
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
pub(super) fn alibaba(id: &str) -> Option<&str> {
    let (region, machine) = id.strip_prefix("alicloud://").unwrap_or(id).split_once('.')?;
    let mut parts = region.split('-');
    let head = parts.next()?;
    let shaped = (2..=4).contains(&head.len()) && head.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut rest = 0;
    for part in parts {
        rest += 1;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return None;
        }
    }
    (shaped && rest > 0 && is_id(machine)).then_some(region)
}

pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `e01-...`, without a dot.
pub(super) fn is_lingjun(id: &str) -> bool {
    let bytes = id.as_bytes();
    matches!(bytes, [b'e', a, b, b'-', ..] if a.is_ascii_digit() && b.is_ascii_digit())
        && id.get(4..).is_some_and(is_id)
}

/// Whether a zone label of this provider tells a region: Azure writes the fault domain (0, 1, ...) for machines that
/// are not zonal, Tencent numbers its zones.
pub(super) fn tells_region(provider: &str, zone: &str) -> bool {
    match provider {
        "aws" | "gcp" | "scaleway" => true,
        "azure" | "tencent" => zone.contains('-'),
        "hetzner" => zone.contains("-dc"),
        _ => false,
    }
}

/// Whether a zone label is of a form that Azure gives to machines of a region: `<region>-<n>`, or the number of a fault
/// domain. Another word is an extended zone, which stands wherever its city is; an empty one says nothing.
pub(super) fn is_standard_azure_zone(zone: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = |(head, tail): (&str, &str)| !head.is_empty() && !tail.is_empty() && digits(tail);
    digits(zone) || zone.rsplit_once('-').is_some_and(numbered)
}

/// The region that a zone's name begins with.
pub(super) fn zone_region(provider: &str, zone: &str) -> String {
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
pub(super) fn label_region(provider: &str, label: &str) -> String {
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
pub(super) fn is_standard_aws_zone(zone: &str) -> bool {
    let rest = zone.strip_prefix(aws_region(zone)).unwrap_or_default();
    matches!(rest.as_bytes(), [letter] if letter.is_ascii_lowercase())
}
