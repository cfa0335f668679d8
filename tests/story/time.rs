//! What the clock alone changes: months end, figures fall due, grants end, currencies differ.

use modelport::{
    decide::{Effect, Verdict},
    manifest::Reason,
};

use super::world::{World, yaml};

/// A model whose licence asks for the users of the month before, again and again.
const QWEN: &str = "{model: {source: \"hf://Qwen/Qwen2.5-72B-Instruct\"}, usage: {audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No}}";

/// The same organisation under one licence of the catalogue, by a ModelLicense.
fn under(license: &str, day: &str, licensee: &str) -> World {
    let mut world = World::at(day);
    world.license("ours", &format!("{{license: {license}, models: [example/model], reviews: []}}"));
    world.licensee(
        "acme",
        &format!(
            "{{namespaces: [shop], kind: company, seat: US, businessTypes: [none], competesWith: [none], accepted: [{{name: a, who: legal, when: 2026-01-01, covers: {{all: Yes}}}}], {licensee}}}"
        ),
    );
    world
}

const OURS: &str = "{model: {source: \"hf://example/model\"}, usage: {audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No}}";

fn verdict(world: &World) -> Verdict {
    world.decide("shop/bot", &yaml(OURS)).verdict
}

#[test]
fn a_month_ends_and_its_figure_takes_time() {
    let mut world = World::at("2026-11-20");
    world.licensee(
        "acme",
        "{namespaces: [shop], kind: company, seat: US, metrics: [{name: monthly-active-users, scope: licensee, period: 2026-09, value: 5000000}, {name: monthly-active-users, scope: licensee, period: 2026-10, value: 6000000, asOf: 2026-11-05}]}",
    );
    world.tell("October is recorded, and it is November.");
    let november = world.applies("shop/bot", QWEN);
    world.day("2026-12-01");
    world.tell("On the first of December the licence asks for November. Nobody has counted it yet.");
    let december = world.applies("shop/bot", QWEN);
    assert_eq!(november.id, december.id, "a new month alone is not another decision");
    world.day("2027-01-10");
    world.tell("Forty-five days after the end of November are over soon.");
    let _ = world.applies("shop/bot", QWEN);
    world.day("2027-01-14");
    let _ = world.applies("shop/bot", QWEN);
    world.day("2027-01-15");
    world.tell("They are over, and there is still no figure for November.");
    let late = world.applies("shop/bot", QWEN);
    assert_eq!(late.verdict, Verdict::Waiting);
    world.tell("Finance records November and December. November was above the limit, December is not.");
    world.licensee(
        "acme",
        "{namespaces: [shop], kind: company, seat: US, metrics: [{name: monthly-active-users, scope: licensee, period: 2026-11, value: 120000000}, {name: monthly-active-users, scope: licensee, period: 2026-12, value: 90000000}]}",
    );
    let _ = world.applies("shop/bot", QWEN);
    world.is_told_in("months");
}

#[test]
fn what_ends_by_itself_is_said_30_7_and_1_days_before_and_not_sooner() {
    let grant = "metrics: [{name: monthly-active-users, scope: group, period: 2023-06, value: 800000000}], separateLicenses: [{name: meta, who: Meta, when: 2026-01-01, until: 2026-12-31, covers: {licenses: [LicenseRef-llama-2]}}]";
    let mut world = under("LicenseRef-llama-2", "2026-11-30", grant);
    let warning = |world: &World| {
        let decision = world.decide("shop/bot", &yaml(OURS));
        assert_eq!(decision.verdict, Verdict::Allowed);
        let ends = decision.findings.into_iter().find(|f| f.reason == Reason::VerdictEnds);
        (ends.map(|f| (f.effect, f.sentence)), decision.decide_again.expect("an instant").to_string())
    };
    assert_eq!(warning(&world), (None, "2026-12-02T00:00:00Z".into()));
    for (now, within, next) in [
        ("2026-12-02T00:00:00Z", "30 days", "2026-12-25T00:00:00Z"),
        ("2026-12-25T00:00:00Z", "7 days", "2026-12-31T00:00:00Z"),
        ("2026-12-31T00:00:00Z", "1 day", "2027-01-01T00:00:00Z"),
    ] {
        world.day(now);
        let said = format!(
            "allowed until 2027-01-01T00:00:00Z, in less than {within}; then it is Refused (RecordEnded, Llama 2)."
        );
        assert_eq!(warning(&world), (Some((Effect::Warns, said)), next.into()), "{now}");
    }
    world.day("2027-01-01T00:00:00Z");
    assert_eq!(verdict(&world), Verdict::Refused, "a bare date is a whole day, and no more");
}

#[test]
fn a_figure_in_another_currency_settles_a_limit_that_is_clear_by_a_factor_of_two() {
    // Stability AI's community licence: USD 1,000,000 a year.
    let with = |value: i64, currency: &str, rate: &str| {
        let rates = if rate.is_empty() {
            String::new()
        } else {
            format!(", rates: [{{currency: USD, rate: \"{rate}\", asOf: 2026-10-30}}]")
        };
        let metrics = format!(
            "metrics: [{{name: annual-revenue, scope: group, period: T12M, value: {value}, currency: {currency}, asOf: 2026-10-31{rates}}}], registered: [{{name: s, who: l, when: 2026-01-01, covers: {{all: Yes}}}}]"
        );
        verdict(&under("LicenseRef-stability-community", "2026-11-20", &metrics))
    };
    assert_eq!(with(900_000, "USD", ""), Verdict::Allowed);
    assert_eq!(with(450_000, "EUR", "1.10"), Verdict::Allowed, "990,000 when doubled");
    assert_eq!(with(460_000, "EUR", "1.10"), Verdict::Waiting, "1,012,000 when doubled");
    assert_eq!(with(1_800_000, "EUR", "1.10"), Verdict::Waiting, "990,000 when halved");
    assert_eq!(with(1_900_000, "EUR", "1.10"), Verdict::Refused, "1,045,000 when halved");
    assert_eq!(with(1, "EUR", ""), Verdict::Waiting, "no rate is recorded");
    assert_eq!(with(1, "EUR", "0"), Verdict::Waiting, "a rate of nothing is no rate");
    assert_eq!(with(i64::MAX, "EUR", "999999999.999999999"), Verdict::Refused, "nothing overflows");
}

#[test]
fn the_twelve_months_up_to_a_day_grow_old() {
    let with = |as_of: &str, now: &str| {
        let metrics = format!(
            "metrics: [{{name: annual-revenue, scope: group, period: T12M, value: 10, currency: USD{as_of}}}], registered: [{{name: s, who: l, when: 2026-01-01, covers: {{all: Yes}}}}]"
        );
        verdict(&under("LicenseRef-stability-community", now, &metrics))
    };
    assert_eq!(with("", "2026-11-20"), Verdict::Waiting, "no date: of any twelve months");
    assert_eq!(with(", asOf: 2026-10-31", "2026-11-20"), Verdict::Allowed);
    assert_eq!(with(", asOf: 2026-09-30", "2026-11-20"), Verdict::Allowed, "October is not due before 16 December");
    assert_eq!(with(", asOf: 2026-09-30", "2026-12-15"), Verdict::Allowed);
    assert_eq!(with(", asOf: 2026-09-30", "2026-12-16"), Verdict::Waiting);
    assert_eq!(with(", asOf: 2026-08-31", "2026-11-20"), Verdict::Waiting, "September was due on 15 November");
}

#[test]
fn while_twelve_months_of_an_earlier_day_decide_the_newer_figure_is_said_to_be_on_its_way() {
    let due = |as_of: &str| {
        let metrics = format!(
            "metrics: [{{name: annual-revenue, scope: group, period: T12M, value: 10, currency: USD, asOf: {as_of}}}], registered: [{{name: s, who: l, when: 2026-01-01, covers: {{all: Yes}}}}]"
        );
        let decision = under("LicenseRef-stability-community", "2026-11-20", &metrics).decide("shop/bot", &yaml(OURS));
        assert_eq!(decision.verdict, Verdict::Allowed, "{as_of}");
        let finding = decision.findings.iter().find(|finding| finding.reason == Reason::FigureDue);
        finding.map(|finding| finding.sentence.clone())
    };
    assert_eq!(due("2026-10-31"), None, "it reaches to the newest whole month");
    assert_eq!(due("2026-11-15"), None);
    let said = due("2026-09-30").expect("October has ended, and its figure is not there");
    assert!(said.contains("2026-12-15") || said.contains("2026-12-16"), "{said}");
}

#[test]
fn twelve_months_before_a_frozen_day_are_answered_by_a_figure_of_just_that_day() {
    let frozen = "{id: size, sentence: asks for a licence above its limit, when: {allOf: [{metric: {name: annual-revenue, comparator: GreaterThan, value: 1000000, currency: USD, scope: group, window: TrailingTwelveMonths, frozenAt: 2024-07-01}}]}, effect: SeparateLicenseRequired, remedy: SeparateLicense, verified: Yes}";
    let with = |value: i64, as_of: &str| {
        let metrics = format!(
            "metrics: [{{name: annual-revenue, scope: group, period: T12M, value: {value}, currency: USD{as_of}}}]"
        );
        let mut world = under("MIT", "2026-11-20", &metrics);
        world.license("ours", &super::logic::terms("frozen", &[frozen.to_owned()]));
        verdict(&world)
    };
    assert_eq!(with(1_000_000, ", asOf: 2024-06-30"), Verdict::Allowed);
    assert_eq!(with(1_000_001, ", asOf: 2024-06-30"), Verdict::Refused);
    assert_eq!(with(5, ", asOf: 2024-07-15"), Verdict::Allowed, "June is its last whole month");
    for other in ["", ", asOf: 2024-05-31", ", asOf: 2024-06-29", ", asOf: 2024-07-31", ", asOf: 2026-10-31"] {
        assert_eq!(with(5, other), Verdict::Waiting, "{other}");
    }
}

#[test]
fn of_two_figures_for_one_question_the_newest_decides_and_of_one_period_the_one_that_passes() {
    let with = |metrics: &str| verdict(&under("LicenseRef-qwen-2024", "2026-11-20", &format!("metrics: [{metrics}]")));
    let users =
        |period: &str, n: i64| format!("{{name: monthly-active-users, scope: licensee, period: {period}, value: {n}}}");
    let (low, high) = (1_000, 200_000_000);
    assert_eq!(with(&format!("{}, {}", users("2026-10", low), users("2026-09", high))), Verdict::Allowed);
    assert_eq!(with(&format!("{}, {}", users("2026-09", low), users("2026-10", high))), Verdict::Refused);
    assert_eq!(with(&format!("{}, {}", users("2026-10", low), users("2026-10", high))), Verdict::Refused);
    assert_eq!(with(&users("2026-08", low)), Verdict::Waiting, "September was due on 15 November");
}

#[test]
fn a_figure_of_today_answers_as_long_as_a_figure_may_take() {
    let with = |as_of: &str, now: &str| {
        let metrics = format!(
            "metrics: [{{name: daily-active-users, scope: group, period: now, value: 10{as_of}}}], registered: [{{name: s, who: l, when: 2026-01-01, covers: {{all: Yes}}}}]"
        );
        let text = OURS.replace("sectors:", "edgeDevices: 8000, sectors:");
        under("LicenseRef-minicpm-community-1.0", now, &metrics).decide("shop/bot", &yaml(&text)).verdict
    };
    assert_eq!(with("", "2026-11-20"), Verdict::Waiting, "no date: of any day");
    assert_eq!(with(", asOf: 2026-10-06", "2026-11-20"), Verdict::Allowed, "45 days");
    assert_eq!(with(", asOf: 2026-10-05", "2026-11-20"), Verdict::Waiting, "46 days");
}
