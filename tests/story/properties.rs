//! What holds for every decision.

use std::collections::{BTreeMap, BTreeSet};

use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Verdict},
    manifest::{
        Reason,
        model_deployment::ModelDeploymentSpec,
        names::{NODE_ACCELERATOR, NODE_COUNTRY, NODE_PROVIDER, node_evidence},
    },
    plan::fit::{NodeSummary, TaintView, fit, obstacle},
};
use proptest::prelude::*;

use super::world::{World, yaml};

const MODELS: [&str; 8] = [
    "Qwen/Qwen3-8B",
    "meta-llama/Llama-2-7b-chat-hf",
    "meta-llama/Llama-3.2-11B-Vision-Instruct",
    "tencent/Hunyuan-A13B-Instruct",
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    "example/unknown",
    "stabilityai/stable-diffusion-3.5-large",
    "MiniMaxAI/MiniMax-M2",
];

fn countries() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(vec!["CN", "SG", "FR", "US"], 1..4)
}

fn manifest() -> impl Strategy<Value = String> {
    let audience = proptest::option::of(proptest::sample::select(vec!["public", "partners", "internal"]));
    let purpose = proptest::option::of(proptest::sample::select(vec!["commercial", "research", "evaluation"]));
    (
        proptest::sample::select(MODELS.to_vec()),
        audience,
        purpose,
        proptest::option::of(countries()),
        proptest::option::of(countries()),
    )
        .prop_map(|(model, audience, purpose, serves, place)| {
            let mut usage = Vec::new();
            usage.extend(audience.map(|a| format!("audience: {a}")));
            usage.extend(purpose.map(|p| format!("purpose: {p}")));
            usage.extend(serves.map(|s| format!("serves: [{}]", s.join(", "))));
            let place = place.map(|p| format!("allow: {{countries: [{}]}}", p.join(", "))).unwrap_or_default();
            format!("model: {{source: \"hf://{model}\"}}\nusage: {{{}}}\nplacement: {{{place}}}", usage.join(", "))
        })
}

/// Nodes of every country and accelerator that tells policies apart, with evidence and without, and what is not known.
fn nodes() -> Vec<BTreeMap<String, String>> {
    let mut nodes = Vec::new();
    for country in ["CN", "SG", "FR", "US", ""] {
        for chip in ["nvidia-a10", "nvidia-h100-sxm", "nvidia-h20", "nvidia-l4", "ascend-910b", ""] {
            for evidence in [&[][..], &["us.bis_licence"][..], &["us.bis_licence", "us.h200_conditions"][..]] {
                let mut node = BTreeMap::new();
                let written = [(NODE_COUNTRY, country), (NODE_ACCELERATOR, chip), (NODE_PROVIDER, "aws")];
                for (key, value) in written.into_iter().filter(|(_, value)| !value.is_empty()) {
                    node.insert(key.to_owned(), value.to_owned());
                }
                node.extend(evidence.iter().map(|key| (node_evidence(key), "D1".to_owned())));
                nodes.push(node);
            }
        }
    }
    nodes
}

/// A policy that selects the namespace, or one that is the default.
fn policy() -> impl Strategy<Value = String> {
    policy_by(vec!["namespaces: [lab]", "namespaceSelector: {}", "default: true"])
}

fn selecting() -> impl Strategy<Value = String> {
    policy_by(vec!["namespaces: [lab]", "namespaceSelector: {}"])
}

fn policy_by(selects: Vec<&'static str>) -> impl Strategy<Value = String> {
    let place = proptest::option::of((proptest::sample::select(vec!["allow", "deny"]), countries()));
    let rule = proptest::option::of(proptest::sample::select(vec![
        "{rule: cn-genai-filing, mode: Enforce}",
        "{rule: cn-genai-filing, mode: \"Off\"}",
        "{rule: CN, mode: Enforce}",
        "{rule: cn-labelling, mode: Warn}",
        "{rule: EU, mode: Enforce}, {rule: eu-gdpr, mode: Enforce}",
        "{rule: US, mode: Enforce}",
        "{rule: cn-cross-border-data, mode: Enforce}",
        "{rule: us-ear-3a090, mode: Enforce}, {rule: us-gp10-ascend, mode: Enforce}",
        "{rule: us-is-informed-2025-04, mode: Enforce}, {rule: us-bis-2026-case-by-case, mode: Enforce}",
    ]));
    let chips = proptest::option::of(proptest::sample::select(vec![
        "unknownAccelerator: Refuse, ",
        "unknownCountry: Refuse, ",
        "unknownCountry: Refuse, unknownAccelerator: Refuse, ",
        "accelerators: {deny: {classes: [Export3A090]}}, ",
        "accelerators: {allow: {ids: [nvidia-a10, nvidia-l4], origins: [\"CN\"]}}, ",
    ]));
    let license = proptest::option::of(proptest::sample::select(vec![
        "allow: [Apache-2.0, MIT]",
        "refuse: [\"LicenseRef-llama-*\"]",
        "allow: [\"meta-llama/*\"]",
        "claims: Hold, byName: Hold",
        "claims: Accept, byName: Accept",
        "allow: [\"class:osi\", \"class:permissive\"]",
        "refuse: [\"class:community\"]",
        "needReview: [\"class:research-only\", \"meta-llama/*\"]",
        "obligations: {Accept: Require, Display: Require}",
        "obligations: {Keep: Warn, Display: Warn}, ages: {records: {atMost: 300d, older: Hold}}",
        "ages: {records: {atMost: 100d}, figures: {atMost: 10d}}, waivable: [UserThreshold]",
    ]));
    let carried_out = proptest::option::of(proptest::sample::select(vec![
        "grace: {person: 1h}",
        "grace: {person: 72h, catalogue: 60d, place: 2h}",
        "admission: Warn, whenRefused: Warn",
    ]));
    let selects = proptest::sample::select(selects);
    (place, rule, chips, license, carried_out, selects).prop_map(
        |(place, rule, chips, license, carried_out, selects)| {
            let place = place.map(|(how, c)| format!("{how}: {{countries: [{}]}}, ", c.join(", "))).unwrap_or_default();
            format!(
                "{{{selects}, regions: {{{place}{}rules: [{}]}}, licenses: {{{}}}, {}}}",
                chips.unwrap_or_default(),
                rule.unwrap_or_default(),
                license.unwrap_or_default(),
                carried_out.unwrap_or_default()
            )
        },
    )
}

fn world(licensee: bool) -> World {
    let mut world = World::at("2026-11-24");
    if licensee {
        world.licensee(
            "acme",
            "{namespaces: [lab], kind: company, seat: DE, metrics: [{name: monthly-active-users, scope: group, atMost: 10000000, period: 2023-01/2026-10}], accepted: [{name: a, who: l, when: 2026-01-01, covers: {all: Yes}}]}",
        );
    }
    world
}

fn decide(world: &World, manifest: &str) -> Decision {
    world.decide("lab/x", &yaml::<ModelDeploymentSpec>(manifest))
}

/// Words that would teach a person to declare something else. A remedy may name a field; it never says what to write.
const HINTS: [&str; 8] =
    ["set usage", "set spec", "change the audience", "declare", "to internal", "instead", "switch", "lower"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn adding_an_enforcing_policy_never_widens(text in manifest(), one in policy(), other in selecting(), licensee in any::<bool>()) {
        let mut world = world(licensee);
        let none = decide(&world, &text);
        world.policy("one", &one);
        let first = decide(&world, &text);
        world.policy("other", &other);
        let second = decide(&world, &text);
        prop_assert!(first.verdict <= second.verdict, "{first:?}\n{second:?}");
        // Nor is the built-in default ever widened, by one or by two.
        prop_assert!(none.verdict <= first.verdict, "{none:?}\n{first:?}");
        // What waits or refuses with one policy does so with two, and what is warned about is not left out.
        for finding in first.findings.iter().filter(|f| f.effect < Effect::Passes) {
            let kept = |f: &&modelport::decide::Finding| {
                f.reason == finding.reason && f.about == finding.about && f.effect <= finding.effect
            };
            let heavier = second.findings.iter().any(|f| f.about == finding.about && f.effect < finding.effect);
            // A rule that another policy enforces has pods keep out of a place, or asks for what is unsaid.
            let of_a_rule = [Reason::RuleWarns, Reason::FilingMissing, Reason::RecordEnded].contains(&finding.reason);
            let narrowed = of_a_rule
                && finding.effect == Effect::Warns
                && (second.findings.iter().any(|f| f.sentence.contains(": pods keep"))
                    || first.places.countries != second.places.countries
                    || second.findings.iter().any(|f| {
                        f.about == finding.about && f.effect <= finding.effect || f.reason == Reason::DeclarationMissing
                    }));
            // What leaves no place is said once, by who takes the last.
            let explained = finding.reason == Reason::PlacementEmpty
                && second.findings.iter().any(|f| f.reason == Reason::PlaceNotPermitted && f.effect == finding.effect);
            // Only what is allowed has an end to be told of.
            let explained = explained || finding.reason == Reason::VerdictEnds && second.verdict != Verdict::Allowed;
            let kept = explained || second.findings.iter().find(kept).is_some() || heavier || narrowed;
            prop_assert!(kept, "{finding:?}\n{second:?}");
        }
        let (a, b) = (&first.policy, &second.policy);
        prop_assert!(b.deny >= a.deny && b.stop >= a.stop);
        prop_assert!(b.grace_person_seconds <= a.grace_person_seconds);
        prop_assert!(b.grace_catalogue_seconds <= a.grace_catalogue_seconds);
        prop_assert!(b.grace_place_seconds <= a.grace_place_seconds);
        // A stricter policy never adds a node.
        for node in nodes() {
            prop_assert!(!second.places.lets(&node) || first.places.lets(&node), "{node:?}\n{first:?}\n{second:?}");
            prop_assert!(!first.places.lets(&node) || none.places.lets(&node), "{node:?}\n{none:?}\n{first:?}");
        }
    }

    #[test]
    fn the_same_facts_in_any_order_have_the_same_id(text in manifest(), one in policy(), other in policy()) {
        let (mut a, mut b) = (world(true), world(true));
        a.policy("one", &one);
        a.policy("other", &other);
        b.policy("other", &other);
        b.policy("one", &one);
        let (a, b) = (decide(&a, &text), decide(&b, &text));
        prop_assert_eq!(&a.id, &b.id);
        prop_assert_eq!(a, b);
    }

    #[test]
    fn the_clock_is_not_in_the_id(text in manifest(), hours in 1_i64..20) {
        let mut world = world(true);
        let first = decide(&world, &text);
        world.now = world.now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        if first.next_change.is_none_or(|at| at > world.now) {
            prop_assert_eq!(first.id, decide(&world, &text).id);
        }
    }

    #[test]
    fn every_sentence_is_one_that_may_be_printed(text in manifest(), one in policy(), licensee in any::<bool>()) {
        let mut world = world(licensee);
        world.policy("one", &one);
        let decision = decide(&world, &text);
        check_sentences(&decision)?;
        // The verdict is that of the weightiest finding.
        let expected = match decision.findings.first().map(|f| f.effect) {
            Some(Effect::Refuses) => Verdict::Refused,
            Some(Effect::Waits) => Verdict::Waiting,
            _ => Verdict::Allowed,
        };
        prop_assert_eq!(decision.verdict, expected);
        prop_assert!(decision.findings.windows(2).all(|pair| pair[0].effect <= pair[1].effect));
    }
}

/// Characters of a sentence: a rule's title, since when it applies, who enforces it and what is declared fit in.
const MAX_CHARS: usize = 430;

fn check_sentences(decision: &Decision) -> Result<(), TestCaseError> {
    for finding in &decision.findings {
        let sentence = &finding.sentence;
        prop_assert!(sentence.chars().count() < MAX_CHARS, "{} characters: {sentence}", sentence.chars().count());
        prop_assert!(sentence.ends_with('.'), "{sentence}");
        let lower = sentence.to_lowercase();
        for word in [" error", "invalid", "illegal", "unlawful", "must "] {
            prop_assert!(!lower.contains(word), "{word}: {sentence}");
        }
        let decisive = finding.effect <= Effect::Waits;
        prop_assert!(!decisive || finding.remedy.is_some() || finding.reason == Reason::PlaceExcluded, "{sentence}");
        if let Some(remedy) = &finding.remedy {
            let lower = remedy.to_lowercase();
            prop_assert!(HINTS.iter().all(|hint| !lower.contains(hint)), "{remedy}");
            prop_assert!(remedy.chars().count() < 400, "{remedy}");
        }
    }
    Ok(())
}

/// Every licence of the catalogue, under a licensee that says nothing and one that says much: total, in words that may
/// be printed, and never allowed on an unread text.
#[test]
fn every_licence_of_the_catalogue_is_decided_in_words() {
    let catalog = Catalog::built_in().expect("the catalogue");
    let mut reasons = BTreeSet::new();
    for license in catalog.licenses() {
        for usage in [
            "{}",
            "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: Yes, sectors: [military], trainsOnOutputs: Yes}",
            "{audience: internal, serves: [DE], purpose: research, production: No, sectors: [none], trainsOnOutputs: No}",
        ] {
            for licensee in [false, true] {
                let mut world = world(licensee);
                world.license("this", &format!("{{license: {}, models: [example/this]}}", license.id));
                let decision = decide(&world, &format!("model: {{source: \"hf://example/this\"}}\nusage: {usage}"));
                check_sentences(&decision).unwrap_or_else(|error| panic!("{}: {error}", license.id));
                let unread = license.verification == modelport::catalog::license::Verification::NotVerified;
                assert!(!unread || decision.verdict != Verdict::Allowed, "{} is allowed unread", license.id);
                reasons.extend(decision.findings.iter().map(|f| f.reason));
            }
        }
    }
    for reason in
        [Reason::LicenseUnverified, Reason::PredicateNotSupported, Reason::LicenseAmbiguous, Reason::SectorExcluded]
    {
        assert!(reasons.contains(&reason), "{reason} never came up");
    }
}

fn node(name: usize) -> impl Strategy<Value = NodeSummary> {
    let keys = proptest::sample::select(vec![
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "node.kubernetes.io/instance-type",
        "nvidia.com/gpu.product",
        "amd.com/gpu.device-id",
        "accelerator",
        NODE_COUNTRY,
        NODE_ACCELERATOR,
    ]);
    let values = prop_oneof![
        ".{0,70}",
        proptest::sample::select(vec![
            "CN",
            "SG",
            "NVIDIA-A10",
            "NVIDIA-H100-NVL-MIG-1g.10gb",
            "nvidia-a10",
            "eu-west-1"
        ])
        .prop_map(str::to_owned),
    ];
    let id = prop_oneof![".{0,60}", "(aws:///eu-west-1a/i-1|cn-hangzhou.i-1|gce://p/us-central1-a/n)"];
    let labels = proptest::collection::btree_map(keys.prop_map(str::to_owned), values, 0..5);
    (labels, id, 0_i64..3, any::<bool>(), proptest::option::of(".{0,10}")).prop_map(
        move |(labels, provider_id, gpus, unschedulable, taint)| NodeSummary {
            name: format!("n{name}"),
            labels,
            taints: taint.into_iter().map(|key| TaintView { key, effect: "NoSchedule".into(), value: None }).collect(),
            unschedulable,
            accelerators: [("nvidia.com/gpu".to_owned(), gpus)].into(),
            capacity_unsaid: gpus == 0,
            provider_id,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_on_a_node_give_a_country_or_a_reason_and_an_accelerator_or_none(node in node(0)) {
        let catalog = Catalog::built_in().expect("the catalogue");
        let place = node.place(catalog);
        prop_assert_eq!(place.country.is_some(), place.why_unknown.is_none());
        let chip = node.chip(catalog, &place);
        prop_assert!(chip.id.is_none() || chip.contradiction.is_none());
        for (key, value) in node.wanted_labels(&place, &chip) {
            prop_assert!(value.is_none_or(|value| value.len() <= 63), "{}", key);
        }
    }

    #[test]
    fn each_node_is_judged_by_itself_whatever_others_there_are_and_in_any_order(
        text in manifest(), one in policy(), first in node(0), second in node(1), third in node(2)
    ) {
        let mut world = world(true);
        world.policy("one", &one);
        let next = world.next("lab/x", &yaml(&text));
        let Some(inputs) = next.inputs else { return Ok(()) };
        let all = [first, second, third];
        let mut reversed = all.clone();
        reversed.reverse();
        let (forth, back) = (fit(&inputs, &all), fit(&inputs, &reversed));
        prop_assert_eq!((forth.fit, &forth.not), (back.fit, &back.not));
        // Removing a node makes no other one eligible.
        let fits = all.iter().filter(|node| obstacle(&inputs, node).is_none()).count();
        prop_assert_eq!(fits, forth.fit);
        let without = fit(&inputs, &all[1..]);
        prop_assert_eq!(without.fit + usize::from(obstacle(&inputs, &all[0]).is_none()), forth.fit);
        for node in &all {
            let let_there = inputs.places.lets(&node.labels);
            prop_assert!(let_there || obstacle(&inputs, node).is_some_and(|why| !why.by().is_empty()));
        }
    }
}
