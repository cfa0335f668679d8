//! What a naive checker gets wrong about whose figure, of what, and of which people. One sentence a case.

use modelport::{
    decide::{Decision, Effect, Finding, Verdict},
    manifest::Reason,
};

use super::{
    edge_case::{case, has, revenue, users},
    world::{World, yaml},
};

const REGISTERED: &str = "registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]";

#[test]
fn a_yearly_rate_of_recurring_revenue_is_no_revenue_of_a_year() {
    let m2 = |name: &str, period: &str, value: i64| {
        let of = |name: &str, period: &str, value: i64| {
            format!(
                "{{name: {name}, scope: product, period: {period}, value: {value}, currency: USD, asOf: 2026-10-31}}"
            )
        };
        let metrics = [users("product", "2026-10", 5), of(name, period, value)];
        has(&case("LicenseRef-minimax-m2-modified-mit").metrics(&metrics).is(Verdict::Allowed), "MiniMax M2")
    };
    // The limit adds a duty, and takes no right away; at the limit itself it does not.
    assert!(m2("annual-recurring-revenue", "now", 30_000_001));
    assert!(!m2("annual-recurring-revenue", "now", 30_000_000));
    // While no such rate is recorded the words are shown, whatever the year brought in.
    assert!(m2("annual-revenue", "T12M", 5));
}

#[test]
fn tokens_are_counted_by_the_month_and_a_text_that_nobody_read_waits_on_either_side() {
    let yandex = |tokens: &str| {
        let usage = format!(
            "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No{tokens}"
        );
        case("LicenseRef-yandexgpt-5-lite").usage(&usage).is(Verdict::Waiting)
    };
    let says = |decision: &Decision, what: &str| {
        decision.findings.iter().any(|f| f.effect < Effect::Passes && f.sentence.contains(what))
    };
    let above = yandex(", outputTokensPerMonth: 10000001");
    assert!(says(&above, "spec.usage.outputTokensPerMonth says 10,000,001"), "{:?}", above.findings);
    assert!(says(&above, "nobody has read it in the text"), "{:?}", above.findings);
    let at = yandex(", outputTokensPerMonth: 10000000");
    assert!(!says(&at, "outputTokensPerMonth"), "{:?}", at.findings);
    assert!(says(&yandex(""), "the manifest does not say spec.usage.outputTokensPerMonth"));
}

#[test]
fn these_texts_count_affiliates_so_that_a_small_member_of_a_large_group_is_large() {
    let month = |name: &str, scope: &str, value: i64| {
        format!("{{name: {name}, scope: {scope}, period: \"2026-10\", value: {value}}}")
    };
    let year = |scope: &str, value: i64, currency: &str| {
        format!("{{name: annual-revenue, scope: {scope}, period: \"2025\", value: {value}, currency: {currency}}}")
    };
    let of = |license: &str, scope: &str, small: bool| {
        let n = |large: i64| if small { 5 } else { large };
        let metrics = match license {
            "databricks-open-model" => vec![users(scope, "2024-02", n(900_000_000))],
            "hyperclova-x-seed" => vec![users(scope, "2025-03", n(90_000_000))],
            "bilibili-model" => {
                vec![month("monthly-active-users", scope, n(900_000_000)), year(scope, n(90_000_000_000), "CNY")]
            }
            "playground-v2-community" => vec![month("monthly-unique-users", scope, n(9_000_000))],
            "nxai-community" => vec![year(scope, n(900_000_000), "EUR")],
            _ => vec![revenue(scope, "T12M", n(900_000_000))],
        };
        let more = if license == "playground-v2-community" { "businessTypes: [image-generation]" } else { REGISTERED };
        let usage = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]";
        case(&format!("LicenseRef-{license}")).usage(usage).more(more).metrics(&metrics).decide()
    };
    for license in [
        "databricks-open-model",
        "hyperclova-x-seed",
        "bilibili-model",
        "playground-v2-community",
        "stability-community",
        "krea-2-community",
        "lfm-1.0",
        "nxai-community",
        "ltx-2-community-2026-01",
        "ltx-2.x-community-2026-08",
    ] {
        let verdict = |scope: &str, small: bool| of(license, scope, small).verdict;
        assert_eq!(verdict("group", false), Verdict::Refused, "{license}: the group is above the limit");
        assert_eq!(verdict("group", true), Verdict::Allowed, "{license}: the group is below it");
        assert_eq!(
            verdict("licensee", true),
            Verdict::Waiting,
            "{license}: the member alone says nothing of the group"
        );
        assert_eq!(verdict("licensee", false), Verdict::Refused, "{license}: a member above it settles the group");
    }
    // These do not say so, and a large group is asked about the licensee itself.
    for (license, period) in [("qwen-2024", "2026-10"), ("tongyi-qianwen", "2026-10")] {
        let with = |scope: &str| {
            case(&format!("LicenseRef-{license}"))
                .more(REGISTERED)
                .metrics(&[users(scope, period, 900_000_000)])
                .decide()
        };
        assert_eq!(with("group").verdict, Verdict::Waiting, "{license}");
        assert_eq!(with("licensee").verdict, Verdict::Refused, "{license}");
    }
}

/// A public service in Korea, of an organisation outside of it, under a policy that enforces the rule or under none.
fn korea(metrics: &[&str], enforced: bool) -> Decision {
    let mut world = World::at("2026-11-20");
    let money = ["annual-revenue", "attributable-revenue"]
        .map(|name| format!("{{name: {name}, scope: group, period: T12M, value: 5, currency: KRW, asOf: 2026-10-31}}"));
    let metrics = [money.join(", "), metrics.join(", ")].join(", ");
    world.licensee("acme", &format!("{{namespaces: [shop], kind: company, seat: US, metrics: [{metrics}]}}"));
    if enforced {
        world.policy("korea", "{namespaces: [shop], regions: {rules: [{rule: kr-representative, mode: Enforce}]}}");
    }
    world
        .decide("shop/bot", &yaml("{model: {source: \"hf://Qwen/Qwen3-8B\"}, usage: {audience: public, serves: [KR]}}"))
}

fn of_the_rule(decision: &Decision) -> Option<&Finding> {
    decision.findings.iter().find(|f| f.effect < Effect::Passes && f.sentence.contains("kr-representative"))
}

#[test]
fn users_anywhere_below_a_limit_on_those_of_one_country_settle_it_and_above_they_do_not() {
    let daily = |value: i64, more: &str| {
        format!("{{name: daily-active-users, scope: product, period: now, value: {value}, asOf: 2026-10-31{more}}}")
    };
    let below = korea(&[&daily(900_000, "")], true);
    assert_eq!((below.verdict, of_the_rule(&below)), (Verdict::Allowed, None));
    // Who serves more people on one day, all over the world, may serve few in Korea: that is asked.
    let above = korea(&[&daily(1_200_000, "")], true);
    assert_eq!(above.verdict, Verdict::Waiting);
    let asked = of_the_rule(&above).expect("the rule asks");
    assert_eq!(asked.reason, Reason::FigureMissing);
    for part in [
        "from 1,000,000 daily active users in KR on",
        "daily active users in KR of the product",
        "taken 2026-10-31, counts people anywhere",
    ] {
        assert!(asked.sentence.contains(part), "{part}: {}", asked.sentence);
    }
    let remedy = asked.remedy.as_deref().unwrap_or_default();
    assert!(
        remedy.contains("the one for KR alone, on average over three months, in Licensee/acme metrics"),
        "{remedy}"
    );
    // Nobody is told that the rule applies where no policy enforces it either.
    assert_eq!(of_the_rule(&korea(&[&daily(1_200_000, "")], false)), None);
    // The figure of Korea settles it, beside the other.
    let few = korea(&[&daily(1_200_000, ""), &daily(40_000, ", country: \"KR\"")], true);
    assert_eq!((few.verdict, of_the_rule(&few)), (Verdict::Allowed, None));
    let many = korea(&[&daily(1_000_000, ", country: \"KR\", source: our own count")], true);
    assert_eq!(many.verdict, Verdict::Refused);
    let refused = of_the_rule(&many).expect("the rule refuses");
    assert_eq!(refused.reason, Reason::FilingMissing);
    for part in ["1,000,000 daily active users in KR", "as of 2026-10-31", "our own count", "at or above it"] {
        assert!(refused.sentence.contains(part), "{part}: {}", refused.sentence);
    }
    let other = korea(&[&daily(5, ", country: \"JP\"")], true);
    assert_eq!(other.verdict, Verdict::Waiting, "people of another country say nothing");
}

#[test]
fn people_of_one_country_are_a_part_of_those_whom_a_licence_counts() {
    let of = |value: i64| {
        let metric = format!(
            "{{name: monthly-active-users, scope: licensee, country: \"JP\", period: 2026-10, value: {value}}}"
        );
        case("LicenseRef-qwen-2024").metrics(&[metric]).decide()
    };
    assert_eq!(of(200_000_000).verdict, Verdict::Refused, "the part alone is above the limit");
    let below = of(5);
    assert_eq!(below.verdict, Verdict::Waiting, "the rest is not known");
    let said = below.weightiest().expect("a finding").line();
    assert!(said.contains("counts people of one country alone"), "{said}");
}
