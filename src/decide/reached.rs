//! The places that a decision is about: a rule that can reach none of them is not asked.

use crate::{
    catalog::{country_set::CountrySet, rule_reach::Reached},
    manifest::written::WrittenCountry,
};

use super::case::Case;

/// Of people, pods where their countries are listed, and the organisation.
pub(super) fn of(case: &Case<'_>, pods: Option<&[&str]>) -> Reached {
    let usage = &case.request.spec.usage;
    let people = usage.serves.iter().filter_map(WrittenCountry::text);
    // What is no country that the catalogue knows is not known to lie anywhere.
    let one = |country: Option<&str>| CountrySet::of([country?]);
    Reached {
        serves: CountrySet::of(people).filter(|_| !usage.serves.is_empty()),
        pods: pods.and_then(|listed| CountrySet::of(listed.iter().copied())),
        seat: one(case.seat()),
        headquarters: one(case.headquarters()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use crate::{
        catalog::Catalog,
        decide::{
            Request,
            case::{Case, Found},
            identity, place, rule_answer,
        },
        facts::{Fact, snapshot::Snapshot},
        manifest::{licensee::LicenseeSpec, model_deployment::ModelDeploymentSpec, source::Source},
    };

    /// Countries with rules, members of groups, and some without any.
    const COUNTRIES: [&str; 12] = ["CN", "HK", "US", "DE", "FR", "GB", "SG", "KR", "RU", "IR", "BR", "NA"];

    fn some() -> impl Strategy<Value = Vec<&'static str>> {
        prop::sample::subsequence(COUNTRIES.to_vec(), 0..4)
    }

    fn one() -> impl Strategy<Value = Option<&'static str>> {
        prop::option::of(prop::sample::select(COUNTRIES.to_vec()))
    }

    proptest! {
        #[test]
        fn a_rule_that_is_left_out_would_have_said_nothing(
            (pods, serves, seat, headquarters) in (some(), some(), one(), one()),
            audience in prop::sample::select(vec!["internal", "public", "partners"]),
        ) {
            let catalog = Catalog::built_in().unwrap();
            let field = |name: &str, value: Option<&str>| value.map(|value| format!(", {name}: \"{value}\"")).unwrap_or_default();
            let licensee = format!("{{namespaces: [shop], kind: company{}{}}}", field("seat", seat), field("headquarters", headquarters));
            let licensee = Fact::new("acme", None, serde_saphyr::from_str::<LicenseeSpec>(&licensee).unwrap());
            let list = |countries: &[&str]| countries.iter().map(|country| format!("\"{country}\"")).collect::<Vec<_>>().join(", ");
            let allow = if pods.is_empty() { String::new() } else { format!(", placement: {{allow: {{countries: [{}]}}}}", list(&pods)) };
            let manifest = format!("{{model: {{source: \"hf://example/model\"}}, usage: {{audience: {audience}, serves: [{}]}}{allow}}}", list(&serves));
            let spec: ModelDeploymentSpec = serde_saphyr::from_str(&manifest).unwrap();
            let labels = BTreeMap::new();
            let snapshot = Snapshot { licensees: vec![licensee], ..Snapshot::default() };
            let facts = snapshot.facts(catalog, &labels, "2026-12-03T00:00:00Z".parse().unwrap());
            let request = Request { namespace: "shop", name: "bot", uid: None, spec: &spec };
            let case = Case::new(&request, &facts);
            let source = Source::parse("hf://example/model").unwrap();
            let model = identity::look(&case, &source, &mut Found::default());
            let (_, written) = place::check(&case, &[], &mut Found::default());
            let pods = rule_answer::Pods::of(&case, &written);
            let reached = super::of(&case, pods.listed());
            let asked: Vec<&str> = catalog.rules_that_reach(&reached).map(|rule| rule.id.as_str()).collect();
            for rule in catalog.rules().filter(|rule| !asked.contains(&rule.id.as_str())) {
                let hits = rule_answer::ask(&case, &model, (rule, true), &pods);
                let silent = hits.answers().iter().all(|answer| *answer == rule_answer::Answer::Not);
                prop_assert!(silent, "{}: {:?}", rule.id, hits.answers());
            }
        }
    }

    #[test]
    fn an_internal_service_of_one_country_is_reached_by_few_rules() {
        let catalog = Catalog::built_in().unwrap();
        let one = |country| crate::catalog::country_set::CountrySet::of([country]);
        let reached = crate::catalog::rule_reach::Reached {
            serves: one("SG"),
            pods: one("SG"),
            seat: one("SG"),
            headquarters: one("SG"),
        };
        let left: Vec<&str> = catalog.rules_that_reach(&reached).map(|rule| rule.id.as_str()).collect();
        assert!(left.len() < 20, "{left:?}");
        assert!(left.iter().any(|id| id.starts_with("sg-")), "{left:?}");
    }
}
