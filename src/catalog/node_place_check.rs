//! Every form of provider id and every pitfall of region names, one line each.

use super::node_place::{Evidence, NodeEvidence, NodePlace};
use super::*;

fn locate(node: &NodeEvidence<'_>) -> NodePlace {
    Catalog::built_in().unwrap().places().locate(node)
}

fn node<'a>(provider_id: &'a str, region: &'a str, zone: &'a str) -> NodeEvidence<'a> {
    let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    NodeEvidence { provider_id, region: some(region), zone: some(zone), ..NodeEvidence::default() }
}

#[test]
fn a_node_is_located_by_what_its_cloud_writes() {
    for (id, region, zone, country, evidence) in [
        // AWS: the zone in the id.
        ("aws:///ap-southeast-1a/i-0cccc", "ap-southeast-1", "ap-southeast-1a", "SG", Evidence::ProviderId),
        ("aws:///eu-west-2b/i-0dddd", "eu-west-2", "eu-west-2b", "GB", Evidence::ProviderId),
        ("aws:///eu-central-2a/i-1aaaa", "eu-central-2", "", "CH", Evidence::ProviderId),
        ("aws:///cn-northwest-1a/i-0aaaa", "cn-northwest-1", "cn-northwest-1a", "CN", Evidence::ProviderId),
        ("aws:///us-gov-west-1a/i-0aaaa", "us-gov-west-1", "", "US", Evidence::ProviderId),
        ("aws:///us-east-1a/fargate-ip-10-0-0-1.ec2.internal", "us-east-1", "", "US", Evidence::ProviderId),
        ("aws:////i-0aaaa", "eu-west-3", "eu-west-3a", "FR", Evidence::Zone),
        ("aws:////i-0aaaa", "eu-west-3", "", "FR", Evidence::Region),
        ("i-0abcdef", "il-central-1", "", "IL", Evidence::Region),
        // AWS: zones abroad beat the region they belong to.
        ("aws:///us-east-1-qro-1a/i-0aaaa", "us-east-1", "us-east-1-qro-1a", "MX", Evidence::Zone),
        ("aws:///eu-west-3-wl1-cmn-wlz-1/i-0aaaa", "eu-west-3", "", "MA", Evidence::Zone),
        ("aws:////i-0aaaa", "eu-central-1", "eu-central-1-waw-1a", "PL", Evidence::Zone),
        // Azure: the label, in lower case; fault domains are no zones.
        ("azure:///subscriptions/s/resourceGroups/g/providers/x", "westeurope", "westeurope-1", "NL", Evidence::Zone),
        ("azure:///subscriptions/s/resourceGroups/g/providers/x", "eastasia", "0", "HK", Evidence::Region),
        ("azure:///subscriptions/s/resourceGroups/g/providers/x", "NorthEurope", "", "IE", Evidence::Region),
        ("azure:///subscriptions/s/resourceGroups/g/providers/x", "chinaeast2", "", "CN", Evidence::Region),
        // Google Cloud: up to the last hyphen, AI zones too.
        ("gce://project/europe-west6-a/node-1", "europe-west6", "europe-west6-a", "CH", Evidence::ProviderId),
        ("gce://project/us-south1-ai1b/node-1", "us-south1", "", "US", Evidence::ProviderId),
        ("gce://project/me-central1-a/node-1", "", "", "QA", Evidence::ProviderId),
        // Alibaba Cloud: with and without a scheme; cn- may be Hong Kong.
        ("cn-hangzhou.i-bp1aaaa", "cn-hangzhou", "cn-hangzhou-i", "CN", Evidence::ProviderId),
        ("alicloud://cn-hongkong.i-j6caaaa", "cn-hongkong", "", "HK", Evidence::ProviderId),
        ("eu-west-2.i-0eeee", "eu-west-2", "", "FR", Evidence::ProviderId),
        ("eu-west-1.i-0eeee", "", "", "GB", Evidence::ProviderId),
        ("ap-southeast-3.i-0eeee", "", "", "MY", Evidence::ProviderId),
        ("me-central-1.i-0eeee", "", "", "SA", Evidence::ProviderId),
        // Tencent Cloud: by label; by name in the id, not by number.
        ("qcloud:///100003/ins-aaaa", "ap-guangzhou", "100003", "CN", Evidence::Region),
        ("qcloud:///ap-beijing-3/ins-aaaa", "", "", "CN", Evidence::ProviderId),
        ("qcloud:///100003/ins-aaaa", "gz", "", "CN", Evidence::Region),
        ("tencentcloud:///ap-hongkong-2/ins-aaaa", "ap-hongkong", "", "HK", Evidence::ProviderId),
        ("qcloud:///700001/ins-aaaa", "eu-moscow", "", "RU", Evidence::Region),
        // Huawei Cloud: same names, other countries.
        ("huaweicloud://6b0f1f5e-0000", "ap-southeast-1", "", "HK", Evidence::Region),
        ("huaweicloud://6b0f1f5e-0000", "ap-southeast-3", "", "SG", Evidence::Region),
        // Oracle Cloud: region or its key in the OCID, short labels for the two oldest.
        ("oci://ocid1.instance.oc1.iad.aaaa", "iad", "", "US", Evidence::ProviderId),
        ("ocid1.instance.oc1.eu-frankfurt-1.aaaa", "eu-frankfurt-1", "", "DE", Evidence::ProviderId),
        ("oci://ocid1.instance.oc1.phx.aaaa", "", "", "US", Evidence::ProviderId),
        // Others by label.
        ("ibm://account///cluster/worker", "eu-de", "", "DE", Evidence::Region),
        ("digitalocean://12345", "nyc3", "", "US", Evidence::Region),
        ("hcloud://12345", "fsn1", "fsn1-dc14", "DE", Evidence::Zone),
        ("hcloud://12345", "hel1", "", "FI", Evidence::Region),
        ("hrobot://12345", "fsn1", "", "DE", Evidence::Region),
        ("scaleway://instance/fr-par-1/uuid", "fr-par", "fr-par-1", "FR", Evidence::ProviderId),
        ("scaleway://uuid", "nl-ams-1", "", "NL", Evidence::Region),
    ] {
        let place = locate(&node(id, region, zone));
        assert_eq!(place.country.as_deref(), Some(country), "{id} {region} {zone}: {place:?}");
        assert_eq!(place.evidence, Some(evidence), "{id} {region} {zone}");
        assert_eq!(place.contradictions, Vec::<String>::new(), "{id}");
        assert!(place.why_unknown.is_none() && place.region.is_some() && place.provider.is_some(), "{id}");
    }
}

#[test]
fn what_is_not_known_says_why() {
    for (id, region, zone, why) in [
        ("", "ap-southeast-1", "", "no provider id"),
        ("", "", "", "no provider id"),
        ("6b0f1f5e-0000", "ap-southeast-1", "", "no known form"),
        ("mystery://x", "us-east-1", "", "no known form"),
        ("ack-hybrid://x", "cn-hangzhou", "", "hybrid"),
        ("eks-hybrid:///us-east-1/cluster/node", "us-east-1", "", "hybrid"),
        ("openstack:///uuid", "GRA9", "", "OpenStack"),
        ("openstack://GRA9/uuid", "", "", "OpenStack"),
        ("kind://docker/kind/worker", "", "", "no region table"),
        ("k3s://node", "eu-west-1", "", "no region table"),
        ("vsphere://uuid", "", "", "no region table"),
        ("cce://x", "bj", "", "no region table"),
        ("azure:///subscriptions/s", "", "", "holds no region"),
        ("qcloud:///100003/ins-aaaa", "", "100003", "holds no region"),
        ("huaweicloud://x", "", "ap-southeast-1a", "holds no region"),
        ("aws:///us-west-9a/i-1", "us-west-9", "", "in no table"),
        ("aws:///us-west-2-xyz-1a/i-1", "us-west-2", "", "zones abroad"),
        ("oci://ocid1.instance.oc23.us-thames-1.aaaa", "us-thames-1", "", "is not known"),
        ("e01-abc", "cn-wulanchabu", "", "no known form"),
        ("gce://p/us-central1-a", "us-central1", "", "no known form"),
        ("gce:///us-central1-a", "us-central1", "", "no known form"),
        ("aws://us-east-1a/i-1", "us-east-1", "", "no known form"),
        ("aws:///us-east-1a", "us-east-1", "", "no known form"),
        ("qcloud://ap-beijing-3/ins-1", "ap-beijing", "", "no known form"),
        ("oci://instance.x.oc1.iad.a", "iad", "", "no known form"),
    ] {
        let place = locate(&node(id, region, zone));
        assert_eq!((place.country, place.evidence), (None, None), "{id}");
        let said = place.why_unknown.unwrap_or_default();
        assert!(said.contains(why), "{id} {region} {zone}: {said}");
    }
}

#[test]
fn two_pieces_of_evidence_that_disagree_make_the_place_unknown() {
    for (id, region, zone) in [
        ("aws:///cn-north-1a/i-1dddd", "us-east-1", "us-east-1a"),
        ("aws:///us-east-1a/i-1", "us-east-2", ""),
        ("aws:////i-1", "us-east-1", "us-west-2a"),
        ("aws:///us-east-1-qro-1a/i-1", "us-east-1", "us-east-1-scl-1a"),
        // The kubelet writes the zone label: it moves no node abroad, nor home again.
        ("aws:///us-east-1a/i-1", "us-east-1", "us-east-1-lim-1a"),
        ("aws:///eu-central-1-ist-1a/i-1", "eu-central-1", "eu-central-1a"),
        ("cn-hangzhou.i-1", "cn-hongkong", ""),
        ("gce://p/europe-west6-a/n", "europe-west3", ""),
        ("azure:///subscriptions/s", "westeurope", "northeurope-1"),
        ("oci://ocid1.instance.oc1.iad.aaaa", "eu-frankfurt-1", ""),
        ("oci://ocid1.instance.oc2.iad.aaaa", "iad", ""),
        ("qcloud:///ap-beijing-3/ins-1", "ap-hongkong", ""),
        ("cn-hangzhou.i-1", "cn-hangzhou", "cn-hongkong-b"),
        ("cn-hangzhou.i-1", "", "cn-hongkong-b"),
        ("ap-southeast-1.i-1", "", "ap-southeast-5a"),
        ("oci://ocid1.instance.oc1.iad.aaaa", "", "EU-FRANKFURT-1-AD-1"),
        ("oci://ocid1.instance.oc1.phx.aaaa", "", "UK-LONDON-1-AD-2"),
        ("huaweicloud://x", "cn-north-4", "ap-southeast-1a"),
        ("ibm://account///cluster/worker", "eu-de", "us-south-1"),
    ] {
        let place = locate(&node(id, region, zone));
        assert_eq!(place.country, None, "{id} {region} {zone}");
        assert!(!place.contradictions.is_empty() && place.why_unknown.is_some(), "{id} {region} {zone}");
    }
    let odd = locate(&node("aws:///cn-north-1a/i-1dddd", "us-east-1", "us-east-1a"));
    assert_eq!(odd.contradictions[0], "the provider id says cn-north-1, the zone label says us-east-1");
}

#[test]
fn a_zone_of_the_same_region_or_of_none_that_is_known_says_nothing_against_it() {
    for (id, region, zone, country) in [
        ("cn-hangzhou.i-1", "cn-hangzhou", "cn-hangzhou-i", "CN"),
        ("ap-southeast-1.i-1", "", "ap-southeast-1a", "SG"),
        ("us-east-1.i-1", "us-east-1", "us-east-1b", "US"),
        ("oci://ocid1.instance.oc1.iad.aaaa", "iad", "US-ASHBURN-AD-1", "US"),
        ("oci://ocid1.instance.oc1.phx.aaaa", "phx", "PHX-AD-3", "US"),
        ("oci://ocid1.instance.oc1.eu-frankfurt-1.aaaa", "eu-frankfurt-1", "EU-FRANKFURT-1-AD-2", "DE"),
        ("huaweicloud://x", "cn-north-4", "cn-north-4c", "CN"),
        ("ibm://account///cluster/worker", "us-south", "us-south-2", "US"),
        ("ibm://account///cluster/worker", "us-south", "dal10", "US"),
        ("digitalocean://1", "nyc3", "0", "US"),
    ] {
        let place = locate(&node(id, region, zone));
        assert_eq!(place.country.as_deref(), Some(country), "{id} {region} {zone}: {place:?}");
    }
    let lingjun = NodeEvidence { is_lingjun: true, ..node("e01-cn-abc", "cn-wulanchabu", "cn-hongkong-b") };
    let said = locate(&lingjun).why_unknown.unwrap_or_default();
    let expected = "the region label says cn-wulanchabu, the zone label says cn-hongkong-b, which is in cn-hongkong";
    assert_eq!(said, expected);
}

#[test]
fn ibm_clouds_own_region_label_tells_as_the_common_one_does() {
    let id = "ibm://account///cluster/worker";
    let located = |pairs: &[(&str, &str)]| {
        let labels = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        locate(&NodeEvidence::from_node(id, &labels, []))
    };
    let (own, common) = ("ibm-cloud.kubernetes.io/region", "topology.kubernetes.io/region");
    assert_eq!(located(&[(own, "jp-tok")]).country.as_deref(), Some("JP"));
    assert_eq!(located(&[(own, "jp-tok"), (common, "jp-tok")]).country.as_deref(), Some("JP"));
    assert_eq!(located(&[(own, "jp-tok"), (common, "eu-de")]).country, None);
    let labels = BTreeMap::from([(own.to_owned(), "jp-tok".to_owned())]);
    assert_eq!(locate(&NodeEvidence::from_node("azure:///subscriptions/s", &labels, [])).country, None);
}

#[test]
fn the_administrators_label_wins_and_a_contradiction_is_shown() {
    let admin = |country, id| locate(&NodeEvidence { admin_country: Some(country), ..node(id, "", "") });
    let agrees = admin("DE", "aws:///eu-central-1a/i-1");
    assert_eq!((agrees.country.as_deref(), agrees.evidence), (Some("DE"), Some(Evidence::Admin)));
    assert!(agrees.contradictions.is_empty());
    let differs = admin("FR", "aws:///eu-central-1a/i-1");
    assert_eq!(differs.country.as_deref(), Some("FR"));
    assert_eq!(differs.contradictions, ["the administrator's label says FR, the provider-id says DE"]);
    assert_eq!(admin("NO", "ack-hybrid://x").country.as_deref(), Some("NO"));
    let wrong = admin("China", "cn-hangzhou.i-1");
    assert_eq!(wrong.country, None);
    assert!(wrong.why_unknown.is_some_and(|why| why.contains("no country code")));
}

#[test]
fn a_virtual_node_is_known_by_the_administrator_only() {
    let labels = [("type", "virtual-kubelet"), ("topology.kubernetes.io/zone", "cn-hangzhou-i")];
    let mut labels: BTreeMap<String, String> =
        labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let virtual_node = locate(&NodeEvidence::from_node("", &labels, ["virtual-kubelet.io/provider"]));
    assert_eq!(virtual_node.country, None);
    assert!(virtual_node.why_unknown.is_some_and(|why| why.contains("virtual node")));
    labels.insert(node_place::COUNTRY_LABEL.into(), "CN".into());
    assert_eq!(locate(&NodeEvidence::from_node("", &labels, [])).country.as_deref(), Some("CN"));
    let liqo = BTreeMap::from([("liqo.io/type".to_owned(), "virtual-node".to_owned())]);
    let far = locate(&NodeEvidence::from_node("aws:///eu-central-1a/i-1", &liqo, []));
    assert!(far.country.is_none() && far.why_unknown.is_some_and(|why| why.contains("virtual node")));
    // What the operator itself wrote is no evidence.
    labels.insert(node_place::SOURCE_LABEL.into(), "region".into());
    assert_eq!(locate(&NodeEvidence::from_node("", &labels, [])).country, None);
}

#[test]
fn large_alibaba_machines_are_known_by_their_label() {
    let node = NodeEvidence { is_lingjun: true, ..node("e01-cn-abc", "cn-wulanchabu", "") };
    assert_eq!(locate(&node).country.as_deref(), Some("CN"));
}

proptest::proptest! {
    #[test]
    fn any_bytes_give_a_country_or_a_reason(id in ".{0,80}", region in ".{0,40}", zone in ".{0,40}", admin in ".{0,4}") {
        let node = NodeEvidence {
            provider_id: &id,
            region: Some(&region),
            zone: Some(&zone),
            admin_country: Some(&admin).filter(|admin| admin.len() == 2).map(String::as_str),
            ..NodeEvidence::default()
        };
        let place = locate(&node);
        proptest::prop_assert_eq!(place.country.is_some(), place.why_unknown.is_none());
        proptest::prop_assert_eq!(place.country.is_some(), place.evidence.is_some());
    }

    #[test]
    fn ids_of_the_known_forms_with_odd_parts_give_a_country_or_a_reason(
        scheme in "(aws|azure|gce|alicloud|qcloud|oci|scaleway|hcloud)", rest in "[a-z0-9./-]{0,60}", zone in "[a-z0-9-]{0,30}"
    ) {
        let id = format!("{scheme}://{rest}");
        let place = locate(&node(&id, "", &zone));
        proptest::prop_assert_eq!(place.country.is_some(), place.why_unknown.is_none());
    }

    #[test]
    fn any_label_gives_an_accelerator_or_none(label in ".{0,100}") {
        let _ = Catalog::built_in().unwrap().accelerators().normalise(&label);
    }
}
