//! What holds of the logic for any licence that can be written and any facts: it is total, what is settled stays settled
//! when more is known, a further layer never widens, and order is nothing.

use modelport::decide::{Decision, Verdict};
use proptest::prelude::*;

use super::world::{World, yaml};

const PURPOSES: [&str; 4] = ["commercial", "non-commercial", "internal-business", "research"];
const COUNTRIES: [&str; 4] = ["US", "DE", "CN", "SG"];

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(list)
}

fn atom() -> impl Strategy<Value = String> {
    let place = || one_of(&["[EU]", "[US]", "[CN, KR]", "[EEA, GB]"]);
    prop_oneof![
        (one_of(&["in", "notIn"]), one_of(&PURPOSES)).prop_map(|(how, purpose)| format!("{{purpose: {{{how}: [{purpose}]}}}}")),
        one_of(&["Yes", "No"]).prop_map(|answer| format!("{{production: {answer}}}")),
        (
            one_of(&["monthly-active-users", "daily-active-users", "annual-revenue"]),
            one_of(&["GreaterThan", "AtLeast"]),
            one_of(&["licensee", "group", "product", "employer"]),
            one_of(&["CalendarMonth", "Month", "Day", "CalendarYear", "Year", "TrailingTwelveMonths", "AnyTwelveConsecutiveMonths", "AnnualRate", "Unspecified"]),
            proptest::option::of(one_of(&["2023-07-18", "2025-01-01"])),
            0_u64..2_000,
        )
            .prop_map(|(name, comparator, scope, window, frozen, value)| {
                let frozen = frozen.map(|date| format!(", frozenAt: {date}")).unwrap_or_default();
                let currency = if name == "annual-revenue" { ", currency: USD" } else { "" };
                format!("{{metric: {{name: {name}, comparator: {comparator}, value: {value}, scope: {scope}, window: {window}{frozen}{currency}}}}}")
            }),
        (place(), one_of(&["Any", "Multimodal"])).prop_map(|(place, modality)| format!("{{seat: {{in: {place}, modality: {modality}}}}}")),
        (place(), one_of(&["[Use]", "[Outputs]", "[Use, Outputs, Display]"])).prop_map(|(place, covers)| format!("{{place: {{in: {place}, covers: {covers}}}}}")),
        one_of(&["[internal]", "[embedded-product]", "[hosted-service]", "[weights-redistribution]"]).prop_map(|modes| format!("{{offer: {{in: {modes}}}}}")),
        one_of(&["{kinds: [company]}", "{businessTypes: [cloud-provider]}", "{competesWith: [Example]}"]).prop_map(|test| format!("{{licensee: {test}}}")),
        one_of(&["[military]", "[medical, military]"]).prop_map(|sectors| format!("{{sector: {{in: {sectors}}}}}")),
        (one_of(&["AnyModel", "LanguageModel", "CompetingModel"]), one_of(&["Yes", "No"])).prop_map(|(target, spared)| {
            format!("{{trainsOnOutputs: {{target: {target}, ownFamilySpared: {spared}, onlyIfDistributed: No}}}}")
        }),
        one_of(&["{name: content-filter, is: No}", "{name: keeps-provenance, is: No}", "{name: framework, isNot: agents}", "{name: edge-devices, above: 50}", "{name: framework, is: Yes}"])
            .prop_map(|state| format!("{{state: {state}}}")),
        one_of(&["licensee", "end-user-of-integrated-product"]).prop_map(|role| format!("{{role: {{is: {role}}}}}")),
        Just("{policy: {notFollowed: example-policy}}".to_owned()),
        Just("{unread: {what: a clause}}".to_owned()),
        Just("{}".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    (
        proptest::collection::vec(atom(), 0..3),
        proptest::collection::vec(atom(), 0..3),
        proptest::collection::vec(atom(), 0..2),
        one_of(&["SeparateLicenseRequired", "Prohibited", "DisplayRequired", "AuthorisationRequired", "RegistrationRequired", "Notify", "Royalty", "Terminates", "SecurityReview"]),
        one_of(&["SeparateLicense", "Register", "ChangeUse", "MovePlace", "OtherModel", "ReadText"]),
        one_of(&["Yes", "No"]),
    )
        .prop_map(|(all, any, unless, effect, remedy, verified)| {
            format!(
                "sentence: asks something, when: {{allOf: [{}], anyOf: [{}]}}, unless: [{}], effect: {effect}, remedy: {remedy}, verified: {verified}}}",
                all.join(", "),
                any.join(", "),
                unless.join(", ")
            )
        })
}

fn conditions() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(condition(), 1..4).prop_map(|conditions| {
        conditions.into_iter().enumerate().map(|(i, condition)| format!("{{id: term-{i}, {condition}")).collect()
    })
}

pub fn terms(name: &str, conditions: &[String]) -> String {
    format!(
        "{{license: LicenseRef-{name}, models: [example/model], terms: {{id: LicenseRef-{name}, name: {name}, short: {name}, publisher: Example, class: Community, text: {{}}, verification: FullText, evidence: OwnReview, conditions: [{}], outputs: {{mayTrainOthers: Yes}}, hosting: {{forThirdParties: Allowed}}, acceptance: {{mechanism: Use, gated: No}}, inheritance: {{coversDerivatives: Yes, coversOutputs: No}}}}}}",
        conditions.join(", ")
    )
}

/// Facts, each of which may be there or not: fields of the Licensee, figures, fields of `usage`.
#[derive(Clone, Debug)]
struct Known {
    licensee: Vec<String>,
    figures: Vec<String>,
    usage: Vec<String>,
}

/// Every fact once, so that leaving some out is knowing less, and nothing else.
fn facts() -> impl Strategy<Value = Known> {
    let yes_no = || one_of(&["Yes", "No"]);
    let figure = |name: &'static str, period: &'static str| {
        (one_of(&["licensee", "group"]), one_of(&["value", "atMost", "atLeast"]), 0_i64..2_000).prop_map(
            move |(scope, how, n)| {
                let currency = if name == "annual-revenue" { ", currency: USD" } else { "" };
                format!(
                    "{{name: {name}, scope: {scope}, period: \"{period}\", {how}: {n}{currency}, asOf: 2026-10-31}}"
                )
            },
        )
    };
    let licensee = (one_of(&COUNTRIES), one_of(&["[none]", "[cloud-provider]"]), one_of(&["[none]", "[Example]"]))
        .prop_map(|(seat, business, rivals)| {
            vec![format!("seat: {seat}"), format!("businessTypes: {business}"), format!("competesWith: {rivals}")]
        });
    let figures = (
        figure("monthly-active-users", "2023-01/2026-10"),
        figure("daily-active-users", "now"),
        figure("annual-revenue", "T12M"),
    )
        .prop_map(|(a, b, c)| vec![a, b, c]);
    let usage = (
        one_of(&["public", "internal"]),
        yes_no(),
        one_of(&PURPOSES),
        yes_no(),
        one_of(&COUNTRIES),
        one_of(&["[none]", "[content-filter]"]),
        0..99_i64,
    )
        .prop_map(|(audience, hosted, purpose, production, serves, assurances, devices)| {
            vec![
                // Inside the organisation nothing is hosted for others unless said so: the two are one fact.
                format!("audience: {audience}, hostedForThirdParties: {hosted}"),
                format!("purpose: {purpose}"),
                format!("production: {production}"),
                format!("serves: [{serves}]"),
                format!("assurances: {assurances}"),
                format!("edgeDevices: {devices}"),
                "framework: agents".into(),
            ]
        });
    (licensee, figures, usage).prop_map(|(licensee, figures, usage)| Known { licensee, figures, usage })
}

impl Known {
    /// With only the facts whose bit is set.
    fn only(&self, bits: u32) -> Self {
        let mut bit = 0;
        let mut keep = |list: &[String]| -> Vec<String> {
            let kept = |_: &&String| {
                bit += 1;
                bits >> (bit - 1) & 1 == 1
            };
            list.iter().filter(kept).cloned().collect()
        };
        Self { licensee: keep(&self.licensee), figures: keep(&self.figures), usage: keep(&self.usage) }
    }

    fn reversed(&self) -> Self {
        let back = |list: &[String]| list.iter().rev().cloned().collect();
        Self { licensee: back(&self.licensee), figures: back(&self.figures), usage: self.usage.clone() }
    }

    fn decide(&self, licenses: &[(&str, String)]) -> Decision {
        let mut world = World::at("2026-11-20");
        for (name, text) in licenses {
            world.license(name, text);
        }
        let fields: Vec<&str> = ["kind: company"].into_iter().chain(self.licensee.iter().map(String::as_str)).collect();
        let fields = fields.join(", ");
        world.licensee("acme", &format!("{{namespaces: [lab], {fields}, metrics: [{}]}}", self.figures.join(", ")));
        world.decide(
            "lab/x",
            &yaml(&format!("{{model: {{source: \"hf://example/model\"}}, usage: {{{}}}}}", self.usage.join(", "))),
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_settled_stays_settled_when_more_is_known(one in conditions(), all in facts(), bits in any::<u32>(), more in any::<u32>()) {
        let licenses = [("one", terms("one", &one))];
        let (less, more) = (all.only(bits & more), all.only(bits));
        let (before, after) = (less.decide(&licenses).verdict, more.decide(&licenses).verdict);
        // A fact can settle what waited; it never unsettles a refusal, and never makes one of what was allowed.
        prop_assert!(before == Verdict::Waiting || before == after, "{before:?} then {after:?}\n{less:?}\n{more:?}\n{one:?}");
    }

    #[test]
    fn a_further_licence_never_widens(one in conditions(), other in conditions(), all in facts(), bits in any::<u32>()) {
        let known = all.only(bits);
        let alone = known.decide(&[("one", terms("one", &one))]);
        let both = known.decide(&[("one", terms("one", &one)), ("other", terms("other", &other))]);
        prop_assert!(alone.verdict <= both.verdict, "{alone:?}\n{both:?}");
        for country in COUNTRIES {
            let allows = |decision: &Decision| decision.places.allow(Some(country), None, None);
            prop_assert!(!allows(&both) || allows(&alone), "{country}");
        }
    }

    #[test]
    fn the_order_of_layers_facts_and_clauses_is_nothing(one in conditions(), other in conditions(), all in facts(), bits in any::<u32>()) {
        let known = all.only(bits);
        let forth = known.decide(&[("one", terms("one", &one)), ("other", terms("other", &other))]);
        let back = |conditions: &[String]| conditions.iter().rev().cloned().collect::<Vec<_>>();
        let again = known.reversed().decide(&[("other", terms("other", &back(&other))), ("one", terms("one", &back(&one)))]);
        prop_assert_eq!(forth, again);
    }
}
