//! What holds of the logic for any licence that can be written and any facts: it is total, what is settled stays settled
//! when more is known, a further layer never widens, and order is nothing.

use modelport::decide::{Decision, Verdict};
use proptest::prelude::*;

use super::logic_facts::{COUNTRIES, Known, PURPOSES, any_facts, facts, one_of, records};

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
            one_of(&["", "", ", country: \"SG\""]),
        )
            .prop_map(|(name, comparator, scope, window, frozen, value, country)| {
                let frozen = frozen.map(|date| format!(", frozenAt: {date}")).unwrap_or_default();
                let currency = if name == "annual-revenue" { ", currency: USD" } else { "" };
                format!("{{metric: {{name: {name}, comparator: {comparator}, value: {value}, scope: {scope}, window: {window}{frozen}{currency}{country}}}}}")
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
        one_of(&["SeparateLicenseRequired", "Prohibited", "DisplayRequired", "AuthorisationRequired", "RegistrationRequired", "Notify", "Royalty", "Terminates", "SecurityReview", "Unclear"]),
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

/// A ModelLicense that says of the model that it is under a licence of its own, with these terms.
pub fn terms(name: &str, conditions: &[String]) -> String {
    entry(name, "example/model", &format!("conditions: [{}]", conditions.join(", ")))
}

/// A ModelLicense with an entry of its own, for a model or for none.
fn entry(name: &str, model: &str, more: &str) -> String {
    format!(
        "{{license: LicenseRef-{name}, models: [{model}], terms: {{id: LicenseRef-{name}, name: {name}, short: {name}, publisher: Example, class: Community, text: {{}}, verification: FullText, evidence: OwnReview, {more}, outputs: {{mayTrainOthers: Yes}}, hosting: {{forThirdParties: Allowed}}, acceptance: {{mechanism: Use, gated: No}}, inheritance: {{coversDerivatives: Yes, coversOutputs: No}}}}}}"
    )
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
    fn a_further_licence_never_widens(one in conditions(), other in conditions(), all in any_facts(), bits in any::<u32>()) {
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
    fn the_order_of_layers_facts_and_clauses_is_nothing(one in conditions(), other in conditions(), all in any_facts(), bits in any::<u32>()) {
        let known = all.only(bits);
        let forth = known.decide(&[("one", terms("one", &one)), ("other", terms("other", &other))]);
        let back = |conditions: &[String]| conditions.iter().rev().cloned().collect::<Vec<_>>();
        let again = known.reversed().decide(&[("other", terms("other", &back(&other))), ("one", terms("one", &back(&one)))]);
        prop_assert_eq!(forth, again);
    }

    #[test]
    fn a_record_never_makes_it_worse(one in conditions(), all in facts(), more in records(), bits in any::<u32>(), without in any::<u32>()) {
        let licenses = [("one", terms("one", &one))];
        let with = Known { records: more, ..all.only(bits) };
        let less = Known { records: with.kept(without), ..with.clone() };
        let (before, after) = (less.decide(&licenses), with.decide(&licenses));
        prop_assert!(after.verdict <= before.verdict, "{less:?}\n{with:?}\n{one:?}\n{before:?}\n{after:?}");
        for country in COUNTRIES {
            let allows = |decision: &Decision| decision.places.allow(Some(country), None, None);
            prop_assert!(allows(&after) || !allows(&before), "{country}");
        }
    }

    #[test]
    fn a_combination_is_decided_as_its_members_are_together(one in conditions(), other in conditions(), all in any_facts(), bits in any::<u32>()) {
        let known = all.only(bits);
        let apart = known.decide(&[("one", terms("one", &one)), ("other", terms("other", &other))]);
        let member = |name: &str, conditions: &[String]| entry(name, "example/other", &format!("conditions: [{}]", conditions.join(", ")));
        let both = entry("both", "example/model", "kind: Composite, allOf: [{license: LicenseRef-one}, {license: LicenseRef-other}]");
        let together = known.decide(&[("both", both), ("one", member("one", &one)), ("other", member("other", &other))]);
        prop_assert_eq!(apart.verdict, together.verdict, "{:?}\n{:?}", apart, together);
        let words = |decision: &Decision| decision.findings.iter().map(|f| (f.effect, f.reason, f.sentence.clone())).collect::<Vec<_>>();
        prop_assert_eq!(words(&apart), words(&together));
        prop_assert_eq!(&apart.places, &together.places);
        prop_assert_eq!(&apart.obligations, &together.obligations);
    }
}
