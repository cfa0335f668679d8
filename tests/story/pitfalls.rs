//! What goes wrong when a place is read from a cluster: each pitfall by name, with the tables as the source of its cases.

use std::collections::BTreeMap;

use modelport::{
    catalog::{Catalog, NodePlace, place::RegionFrom},
    decide::Places,
    manifest::names::{NODE_COUNTRY, NODE_PROVIDER, NODE_REGION, NODE_SOURCE},
    plan::fit::{NodeSummary, TaintView},
};

const REGION: &str = "topology.kubernetes.io/region";
const ZONE: &str = "topology.kubernetes.io/zone";

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the catalogue")
}

fn node(id: &str, labels: &[(&str, &str)]) -> NodeSummary {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    NodeSummary { name: "n".into(), provider_id: id.into(), labels, ..NodeSummary::default() }
}

fn place(id: &str, labels: &[(&str, &str)]) -> NodePlace {
    node(id, labels).place(catalog())
}

fn country(id: &str, labels: &[(&str, &str)]) -> Option<String> {
    place(id, labels).country
}

/// A provider id of this cloud that holds nothing of the region, or else holds this one.
fn id_of(provider: &str, region: &str) -> String {
    match provider {
        "aws" => "aws:////i-0aaaa".into(),
        "alibaba" => format!("{region}.i-0aaaa"),
        "gcp" => format!("gce://p/{region}-a/n"),
        "tencent" => "qcloud:///100003/ins-a".into(),
        "huawei" => "huaweicloud://6b0f".into(),
        "oci" => format!("oci://ocid1.instance.oc1.{region}.aaaa"),
        "hetzner" => "hcloud://1".into(),
        "scaleway" => "scaleway://uuid".into(),
        "azure" => "azure:///subscriptions/s".into(),
        other => format!("{other}://1"),
    }
}

#[test]
fn a_region_label_that_the_kubelet_forges_makes_the_place_unknown_where_the_id_says_another() {
    let forged = place("aws:///cn-north-1a/i-1", &[(REGION, "us-east-1"), (ZONE, "us-east-1a")]);
    assert_eq!(forged.country, None);
    assert_eq!(forged.contradictions.len(), 2, "{:?}", forged.contradictions);
}

#[test]
fn pods_select_on_keys_that_no_kubelet_may_write() {
    for key in [NODE_COUNTRY, NODE_PROVIDER, NODE_REGION, NODE_SOURCE] {
        let domain = key.split('/').next().expect("a domain");
        assert!(domain.ends_with(".node-restriction.kubernetes.io"), "{key}");
    }
    // Its own labels let a node nowhere.
    let only = Places { countries: modelport::decide::Allowance::only(["SG".to_owned()].into()), ..Places::default() };
    let own = node("aws:///ap-southeast-1a/i-1", &[(REGION, "ap-southeast-1")]);
    assert!(!only.lets(&own.labels));
    let guarded = node("", &[(NODE_COUNTRY, "SG")]);
    assert!(only.lets(&guarded.labels));
}

#[test]
fn a_cloud_that_rewrites_its_labels_changes_nothing_that_an_administrator_wrote() {
    let written = node("huaweicloud://x", &[(REGION, "ap-southeast-1"), (NODE_COUNTRY, "SG")]);
    let found = written.place(catalog());
    assert_eq!(found.country.as_deref(), Some("SG"));
    assert_eq!(found.contradictions, ["the administrator's label says SG, the region says HK"]);
    let wanted = written.wanted_labels(&found, &written.chip(catalog(), &found));
    assert!(!wanted.contains_key(NODE_COUNTRY) && !wanted.contains_key(NODE_SOURCE), "{wanted:?}");
}

#[test]
fn a_node_without_labels_or_a_known_id_stands_nowhere_known() {
    for id in ["", "kubeadm-node-1", "talos://x", "k3s://n", "k3s", "kind://docker/kind/n", "vsphere://u"] {
        for labels in [&[][..], &[(REGION, "us-east-1")][..]] {
            let found = place(id, labels);
            assert!(found.country.is_none() && found.why_unknown.is_some(), "{id} {labels:?}");
        }
    }
}

#[test]
fn a_name_that_several_clouds_use_is_read_with_its_provider() {
    let mut abroad = 0;
    for shared in catalog().places().shared_names() {
        for meaning in &shared.meanings {
            let name = meaning.written.as_deref().unwrap_or(&shared.region);
            if meaning.provider == "ovh" {
                continue;
            }
            let found = country(&id_of(&meaning.provider, name), &[(REGION, name)]);
            assert_eq!(found, meaning.country, "{} {name}", meaning.provider);
        }
        abroad += usize::from(!shared.same_country.is_yes());
    }
    assert_eq!(abroad, 10);
}

#[test]
fn every_region_of_the_tables_is_found_by_its_pair_and_by_each_of_its_other_names() {
    let mut regions = 0;
    for provider in catalog().places().providers().filter(|provider| provider.provider != "ovh") {
        for region in &provider.regions {
            for name in std::iter::once(&region.region).chain(&region.aliases) {
                let id = id_of(&provider.provider, name);
                // A realm of its own stands in the id.
                let realm = region.partition.as_deref().filter(|_| provider.provider == "oci").unwrap_or("oc1");
                let found = place(&id.replace(".oc1.", &format!(".{realm}.")), &[(REGION, name)]);
                assert_eq!(found.country, region.country, "{} {name}: {found:?}", provider.provider);
            }
            regions += 1;
        }
    }
    assert!(regions > 400, "{regions}");
}

#[test]
fn a_prefix_tells_nothing() {
    for (id, region, expected) in [
        ("cn-hongkong.i-1", "cn-hongkong", "HK"),
        ("qcloud:///100003/ins-1", "ap-guangzhou", "CN"),
        ("qcloud:///100003/ins-1", "ap-shanghai", "CN"),
        ("qcloud:///700001/ins-1", "eu-moscow", "RU"),
        ("aws:///eu-central-2a/i-1", "eu-central-2", "CH"),
        ("gce://p/europe-west6-a/n", "europe-west6", "CH"),
        ("aws:///eu-west-2a/i-1", "eu-west-2", "GB"),
        ("gce://p/europe-west2-a/n", "europe-west2", "GB"),
        ("oci://ocid1.instance.oc1.eu-jovanovac-1.a", "eu-jovanovac-1", "RS"),
        ("aws:///il-central-1a/i-1", "il-central-1", "IL"),
        ("aws:///mx-central-1a/i-1", "mx-central-1", "MX"),
    ] {
        let found = place(id, &[(REGION, region)]);
        let realm = found.why_unknown.as_deref().is_some_and(|why| why.contains("realm"));
        assert!(realm || found.country.as_deref() == Some(expected), "{region}: {found:?}");
    }
}

#[test]
fn hong_kong_macau_and_taiwan_are_countries_of_their_own_in_some_groups_and_not_in_others() {
    let inside = |group: &str, country: &str| catalog().places().contains(group, country);
    for code in ["HK", "MO", "TW"] {
        assert_eq!(inside("CN", code), Some(false), "{code}");
    }
    assert_eq!(inside("EAR_D5_PLUS_MACAU", "MO"), Some(true));
    assert_eq!(inside("EAR_A6", "TW"), Some(true));
    assert_eq!(inside("EAR_ADV_COMPUTE_CONTROLLED", "TW"), Some(false));
    // The rule on accelerators names Hong Kong beside the group.
    let rule = catalog().rule("us-ear-3a090").expect("a rule");
    assert!(rule.when.to_string().contains("HK"), "{}", rule.when);
}

#[test]
fn a_zone_that_stands_abroad_beats_the_region_it_belongs_to() {
    let zones = catalog().places().zones_abroad();
    assert!(zones.len() >= 18, "{}", zones.len());
    for zone in zones {
        let name =
            if zone.prefix.ends_with('-') { format!("{}1a", zone.prefix) } else { format!("{}-wlz-1", zone.prefix) };
        let by_id = place(&format!("aws:///{name}/i-1"), &[(REGION, &zone.parent)]);
        assert_eq!(by_id.country.as_deref(), Some(zone.country.as_str()), "{name}: {by_id:?}");
        let by_label = place("aws:////i-1", &[(REGION, &zone.parent), (ZONE, &name)]);
        assert_eq!(by_label.country.as_deref(), Some(zone.country.as_str()), "{name}: {by_label:?}");
    }
    // An edge zone that no table knows yet is not taken to stand where its region does.
    assert_eq!(country("aws:///us-east-1-zzz-1a/i-1", &[(REGION, "us-east-1")]), None);
    assert_eq!(country("aws:////i-1", &[(REGION, "us-east-1"), (ZONE, "us-east-1-zzz-1a")]), None);
}

#[test]
fn an_extended_zone_of_azure_is_not_taken_to_stand_where_its_region_does() {
    let labels = |zone| [(REGION, "westus"), (ZONE, zone)];
    for zone in ["losangeles", "perth", "westus-losangeles", "Los-Angeles", "-1", "westus-"] {
        let found = place("azure:///subscriptions/s", &labels(zone));
        assert_eq!(found.country, None, "{zone}");
        assert!(found.why_unknown.is_some_and(|why| why.contains("extended zone")), "{zone}");
    }
    for zone in ["westus-1", "WestUS-3", "0", "14", ""] {
        assert_eq!(country("azure:///subscriptions/s", &labels(zone)).as_deref(), Some("US"), "{zone}");
    }
    let labels = [(REGION, "westus"), (ZONE, "perth"), (NODE_COUNTRY, "AU")];
    assert_eq!(country("azure:///subscriptions/s", &labels).as_deref(), Some("AU"));
}

#[test]
fn an_outpost_looks_like_its_parent_zone_until_an_administrator_says_where_it_stands() {
    let labels = [(REGION, "us-west-2"), (ZONE, "us-west-2a")];
    assert_eq!(country("aws:///us-west-2a/i-1", &labels).as_deref(), Some("US"));
    let labelled = place("aws:///us-west-2a/i-1", &[labels[0], labels[1], (NODE_COUNTRY, "DE")]);
    assert_eq!(labelled.country.as_deref(), Some("DE"));
    // That the two disagree is shown, so that a label by mistake is seen.
    assert_eq!(labelled.contradictions.len(), 1, "{labelled:?}");
}

#[test]
fn odd_label_values_are_read_as_their_cloud_means_them() {
    for (id, region, zone, expected) in [
        ("oci://ocid1.instance.oc1.iad.a", "iad", "", "US"),
        ("oci://ocid1.instance.oc1.phx.a", "phx", "", "US"),
        ("azure:///subscriptions/s", "westeurope", "westeurope-3", "NL"),
        ("azure:///subscriptions/s", "WestEurope", "2", "NL"),
        ("hcloud://1", "fsn1", "fsn1-dc14", "DE"),
        ("hcloud://bm-1", "hel1", "", "FI"),
        ("scaleway://uuid", "fr-par-2", "", "FR"),
        ("qcloud:///100003/ins-1", "gz", "100003", "CN"),
    ] {
        let labels: Vec<(&str, &str)> =
            [(REGION, region), (ZONE, zone)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
        assert_eq!(country(id, &labels).as_deref(), Some(expected), "{id} {region} {zone}");
    }
}

#[test]
fn a_hybrid_node_stands_outside_the_cloud_of_its_cluster() {
    for id in ["ack-hybrid://x", "eks-hybrid:///us-east-1/c/n"] {
        let labels = [(REGION, "us-east-1"), (ZONE, "us-east-1a")];
        assert!(place(id, &labels).why_unknown.is_some_and(|why| why.contains("hybrid")), "{id}");
        assert_eq!(country(id, &[(NODE_COUNTRY, "DE")]).as_deref(), Some("DE"), "{id}");
    }
}

#[test]
fn a_virtual_node_stands_for_no_machine_and_only_an_administrator_knows_where() {
    let mut by_taint = node("cn-hangzhou.i-1", &[(REGION, "cn-hangzhou")]);
    by_taint.taints = vec![TaintView { key: "virtual-kubelet.io/provider".into(), ..TaintView::default() }];
    assert_eq!(by_taint.place(catalog()).country, None);
    let by_label = [("type", "virtual-kubelet"), (ZONE, "cn-hangzhou-i")];
    assert_eq!(country("", &by_label), None);
    assert_eq!(country("", &[by_label[0], (NODE_COUNTRY, "CN")]).as_deref(), Some("CN"));
}

#[test]
fn norway_without_quotes_is_said_and_never_read_as_another_country() {
    let spec = super::world::yaml("model: {source: \"hf://Qwen/Qwen3-8B\"}\nplacement: {allow: {countries: [NO]}}");
    let problems = modelport::manifest::shape::problems(
        &spec,
        &modelport::manifest::source::Source::parse(&spec.model.source),
        catalog(),
    );
    assert!(problems.is_empty() || problems[0].remedy.contains("\"NO\" is Norway"), "{problems:?}");
}

#[test]
fn every_form_of_provider_id_is_a_row_of_the_table_and_none_is_taken_for_another() {
    let forms = catalog().places().provider_forms();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for form in forms {
        let Some(scheme) = &form.scheme else { continue };
        *seen.entry(scheme).or_default() += 1;
        let found = place(&format!("{scheme}://x"), &[(REGION, "no-such-region-1")]);
        assert_eq!(found.provider.as_deref(), Some(form.provider.as_str()), "{scheme}");
        assert_eq!(found.country, None, "{scheme}");
        let says = found.why_unknown.unwrap_or_default();
        match form.region {
            RegionFrom::NoTable => assert!(says.contains("no region table"), "{scheme}: {says}"),
            RegionFrom::StandsElsewhere => assert!(says.contains("hybrid"), "{scheme}: {says}"),
            RegionFrom::AnyOpenStack => assert!(says.contains("OpenStack"), "{scheme}: {says}"),
            _ => {}
        }
    }
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    for scheme in [
        "aws",
        "azure",
        "gce",
        "alicloud",
        "ack-hybrid",
        "qcloud",
        "tencentcloud",
        "huaweicloud",
        "oci",
        "ibm",
        "digitalocean",
        "openstack",
        "scaleway",
        "hcloud",
        "hrobot",
        "kind",
        "k3s",
        "vsphere",
        "eks-hybrid",
        "cce",
        "volcengine",
        "linode",
        "vultr",
        "civo",
        "exoscale",
        "ionos",
        "equinixmetal",
        "cherryservers",
        "kamatera",
        "utho",
        "bizflycloud",
        "kubemark",
    ] {
        assert!(seen.contains_key(scheme), "{scheme}");
    }
    assert!(place("mystery://x", &[]).provider.is_none());
}
