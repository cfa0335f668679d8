//! What a naive checker believes of facts that are written badly: seats that are none, figures without a day, of another
//! product, records that nobody made. One sentence a case.

use modelport::{
    decide::{Decision, Effect, Verdict},
    manifest::{Reason, shape},
};

use super::{
    edge_case::{Case, PUBLIC, case, users},
    world::yaml,
};

const HOSTED: &str = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: Yes, sectors: [none], trainsOnOutputs: No";

/// The weightiest finding, which has this reason, with its remedy.
fn waits_for(case: &Case<'_>, reason: Reason) -> String {
    let decision = case.is(Verdict::Waiting);
    let first = decision.weightiest().expect("a finding");
    assert_eq!(first.reason, reason, "{}", first.line());
    first.line()
}

fn warned(decision: &Decision) -> Vec<String> {
    let warns =
        decision.findings.iter().filter(|f| f.effect == Effect::Warns && f.reason == Reason::LicenseeIncomplete);
    warns.map(|finding| finding.sentence.clone()).collect()
}

/// LFM 1.0 asks for the revenue of the year, or of the twelve months up to now.
fn lfm(metric: &str) -> Case<'static> {
    case("LicenseRef-lfm-1.0").metrics(&[metric.to_owned()])
}

#[test]
fn a_seat_that_is_no_country_code_lies_nowhere_and_so_not_outside_of_the_eu() {
    for (model, month) in [
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", "2024-08"),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", "2025-03"),
    ] {
        let at = |seat| case("catalogue").model(model).seat(seat).metrics(&[users("group", month, 5)]);
        for (seat, write) in [
            ("Germany", "writes DE (Germany)"),
            ("de", "writes DE (Germany)"),
            ("EL", "writes GR (Greece)"),
            ("EU", "the code of the one country"),
            ("ZZ", "two capital letters"),
            ("false\", headquarters: \"X", "two capital letters"),
        ] {
            let said = waits_for(&at(seat), Reason::LicenseeInvalid);
            assert!(said.contains("and no country code") && said.contains(write), "{said}");
        }
        at("US").is(Verdict::Allowed);
        at("GB").is(Verdict::Allowed);
        at("UK").is(Verdict::Allowed);
        at("DE").refused_for(Reason::SeatExcluded);
    }
}

#[test]
fn a_figure_up_to_a_day_says_nothing_without_that_day() {
    let undated = |period: &str, more: &str| {
        format!("{{name: annual-revenue, scope: group, period: {period}, value: 5, currency: USD{more}}}")
    };
    for period in ["T12M", "MAX12M"] {
        let said = waits_for(&lfm(&undated(period, "")), Reason::FigureMissing);
        assert!(said.contains("does not say on which day it was taken") && said.contains("asOf"), "{said}");
        lfm(&undated(period, ", asOf: 2026-10-31")).is(Verdict::Allowed);
        let said = waits_for(&lfm(&undated(period, ", asOf: 2027-11-10")), Reason::FigureMissing);
        assert!(said.contains("is of 2027-11-10, which has not come"), "{said}");
        let said = waits_for(&lfm(&undated(period, ", asOf: 2025-01-10")), Reason::FigureMissing);
        assert!(said.contains("was taken on 2025-01-10, and is too old since 2025-03-18"), "{said}");
    }
    let year = |as_of: &str| {
        format!("{{name: annual-revenue, scope: group, period: \"2025\", value: 5, currency: USD{as_of}}}")
    };
    lfm(&year("")).is(Verdict::Allowed);
    let said = waits_for(&lfm(&year(", asOf: 2025-11-30")), Reason::FigureMissing);
    assert!(said.contains("was taken on 2025-11-30, before that was over"), "{said}");
}

#[test]
fn a_figure_that_is_dated_ahead_counts_from_its_day_on() {
    let metric =
        "{name: monthly-active-users, scope: licensee, period: 2026-10, value: 5, asOf: 2026-11-25}".to_owned();
    let decision = case("LicenseRef-qwen-2024").metrics(&[metric]).is(Verdict::Waiting);
    assert_eq!(decision.next_change.map(|at| at.to_string()).as_deref(), Some("2026-11-25T00:00:00Z"));
}

#[test]
fn a_bound_holds_for_the_months_that_were_over_when_it_was_taken_and_the_rest_is_a_plan() {
    let bound = |as_of: &str| {
        case("LicenseRef-qwen-2024").metrics(&[format!(
            "{{name: monthly-active-users, scope: licensee, period: 2023-01/2030-12, atMost: 10{as_of}}}"
        )])
    };
    let decision = bound(", asOf: 2026-11-10").is(Verdict::Allowed);
    assert_eq!(decision.next_change.map(|at| at.to_string()).as_deref(), Some("2027-01-15T00:00:00Z"));
    let said = waits_for(&bound(", asOf: 2026-08-10"), Reason::FigureMissing);
    assert!(said.contains("was taken on 2026-08-10, and is too old since 2026-10-16"), "{said}");
    let said = waits_for(&bound(""), Reason::FigureMissing);
    assert!(said.contains("does not say on which day it was taken"), "{said}");
}

#[test]
fn the_highest_of_any_twelve_months_above_the_limit_is_so_for_ever() {
    let maas = |value: i64, as_of: &str| {
        let metric =
            format!("{{name: aggregate-revenue, scope: group, period: MAX12M, value: {value}, currency: USD{as_of}}}");
        case("LicenseRef-kimi-k3").more("businessTypes: [model-as-a-service]").metrics(&[metric])
    };
    maas(20_000_001, ", asOf: 2024-10-31").refused_for(Reason::RevenueThreshold);
    maas(20_000_001, "").refused_for(Reason::RevenueThreshold);
    maas(5, ", asOf: 2024-10-31").is(Verdict::Waiting);
    let two = [20_000_001, 5].map(|value| {
        let day = if value == 5 { "2026-11-10" } else { "2026-10-31" };
        format!("{{name: aggregate-revenue, scope: group, period: MAX12M, value: {value}, currency: USD, asOf: {day}}}")
    });
    let more = "businessTypes: [model-as-a-service]";
    case("LicenseRef-kimi-k3").more(more).metrics(&two).refused_for(Reason::RevenueThreshold);
}

#[test]
fn a_figure_of_a_product_is_of_that_product_alone() {
    let with = |product: &str, usage: &'static str, value: i64| {
        let metric = format!(
            "{{name: annual-revenue, scope: product, product: {product}, period: T12M, value: {value}, currency: USD, asOf: 2026-10-31}}"
        );
        let registered = "registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]";
        case("LicenseRef-minimax-community-m3").usage(usage).more(registered).metrics(&[metric])
    };
    let named: &'static str = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, product: Chat";
    for value in [5, 90_000_000] {
        let said = waits_for(&with("other-thing", PUBLIC, value), Reason::FigureMissing);
        assert!(said.contains("other-thing") && said.contains("spec.usage.product"), "{said}");
    }
    for product in ["bot", "shop/bot"] {
        with(product, PUBLIC, 5).is(Verdict::Allowed);
        with(product, PUBLIC, 90_000_000).refused_for(Reason::RevenueThreshold);
    }
    with("chat", named, 5).is(Verdict::Allowed);
    // Of the organisation it is a part, whichever product it is.
    let part = "{name: monthly-active-users, scope: product, product: other-thing, period: 2026-10, value: 200000000}";
    case("LicenseRef-qwen-2024").metrics(&[part.into()]).refused_for(Reason::UserThreshold);
}

#[test]
fn what_nobody_granted_lifts_nothing() {
    let grant = |record: &str| {
        let more = format!("separateLicenses: [{{name: meta, covers: {{licenses: [LicenseRef-llama-2]}}{record}}}]");
        case("LicenseRef-llama-2").more(&more).metrics(&[users("group", "2023-06", 800_000_000)])
    };
    grant(", who: Meta, when: 2026-01-01").is(Verdict::Allowed);
    grant(", who: Meta, reference: C-17").is(Verdict::Allowed);
    for (record, lacks) in [
        ("", "does not say who made it, and when, or a reference"),
        (", who: Meta", "does not say when it was made, or a reference"),
        (", reference: C-17", "does not say who made it"),
    ] {
        let decision = grant(record).is(Verdict::Refused);
        let said = decision.weightiest().expect("a finding").line();
        assert!(said.contains("record meta") && said.contains(lacks), "{said}");
    }
}

#[test]
fn an_acceptance_by_nobody_counts_with_a_warning() {
    let accepted = |record: &str| {
        let mut world = super::world::World::at("2026-11-20");
        world.licensee("acme", &format!("{{namespaces: [shop], kind: company, seat: US, metrics: [{}], accepted: [{{name: a, covers: {{licenses: [LicenseRef-llama-2]}}{record}}}]}}", users("group", "2023-06", 5)));
        world.license("ours", "{license: LicenseRef-llama-2, models: [example/model]}");
        let decision =
            world.decide("shop/bot", &yaml("{model: {source: \"hf://example/model\"}, usage: {audience: internal}}"));
        assert_eq!(decision.verdict, Verdict::Allowed);
        warned(&decision)
    };
    assert_eq!(accepted(", who: l, when: 2026-01-01"), Vec::<String>::new());
    assert!(accepted("")[0].contains("does not say who made it"), "{:?}", accepted(""));
}

#[test]
fn the_founding_day_of_a_member_says_nothing_of_its_group() {
    let founded = |more: &str| case("LicenseRef-llama-2").more(more);
    founded("founded: 2025-01-01").is(Verdict::Allowed);
    founded("founded: 2025-01-01, headquarters: US").is(Verdict::Allowed);
    for headquarters in ["JP", "Japan", "EU"] {
        let said =
            waits_for(&founded(&format!("founded: 2025-01-01, headquarters: {headquarters}")), Reason::FigureMissing);
        assert!(said.contains("says nothing of its parent"), "{said}");
    }
    for (day, why) in [
        ("2030-01-01", "founded 2030-01-01 has not come"),
        ("2023-06-15", "it was there already"),
        ("2025", "is no day"),
    ] {
        let said = waits_for(&founded(&format!("founded: \"{day}\"")), Reason::FigureMissing);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_figure_that_contradicts_itself_counts_for_nothing() {
    for figures in ["value: 10, atLeast: 900000000", "value: 10, atMost: 20", "value: -1", "atMost: 5, atLeast: 9", ""]
    {
        let comma = if figures.is_empty() { "" } else { ", " };
        let metric = format!("{{name: monthly-active-users, scope: group, period: 2023-06{comma}{figures}}}");
        let said = waits_for(&case("LicenseRef-llama-2").metrics(&[metric]), Reason::FigureMissing);
        assert!(said.contains("counts for nothing"), "{said}");
    }
}

#[test]
fn a_business_that_is_nearly_the_one_asked_about_is_not_taken_for_another() {
    let high =
        "{name: aggregate-revenue, scope: group, period: MAX12M, value: 900000000, currency: USD, asOf: 2026-10-31}";
    let maas = |business: &str, usage: &'static str| {
        case("LicenseRef-kimi-k3").usage(usage).more(&format!("businessTypes: [{business}]")).metrics(&[high.into()])
    };
    for same in ["model-as-a-service", "MaaS", "model_as_a_service", "Model as a Service"] {
        maas(same, PUBLIC).refused_for(Reason::RevenueThreshold);
    }
    let said = waits_for(&maas("model-as-service", PUBLIC), Reason::LicenseeInvalid);
    assert!(said.contains("\"model-as-service\", which may stand for model-as-a-service"), "{said}");
    for other in ["none", "retail", "cloud-provider"] {
        maas(other, PUBLIC).is(Verdict::Allowed);
        let said = waits_for(&maas(other, HOSTED), Reason::LicenseeInvalid);
        assert!(said.contains("spec.usage.hostedForThirdParties says Yes, and"), "{said}");
        assert!(said.contains("leaves out model-as-a-service"), "{said}");
    }
    let rival = |name: &str| {
        let figures = [users("group", "2025-03", 5)];
        case("catalogue")
            .model("naver-hyperclovax/HyperCLOVAX-SEED-Text-Instruct-1.5B")
            .more(&format!("competesWith: [\"{name}\"]"))
            .metrics(&figures)
    };
    rival("NAVER Corp.").refused_for(Reason::TermNotMet);
    rival("Kakao").is(Verdict::Allowed);
    assert!(waits_for(&rival("NAVER Cloud"), Reason::LicenseeInvalid).contains("may stand for NAVER"));
}

#[test]
fn a_figure_in_another_currency_is_said_to_be_in_it_and_at_which_rate() {
    let metric = |currency: &str, value: i64, rates: &str| {
        lfm(&format!(
            "{{name: annual-revenue, scope: group, period: T12M, value: {value}, currency: {currency}, asOf: 2026-10-31{rates}}}"
        ))
    };
    let rate = |rate: &str, day: &str| format!(", rates: [{{currency: USD, rate: \"{rate}\", asOf: {day}}}]");
    for bad in ["1,08", "0"] {
        let said = waits_for(&metric("EUR", 10, &rate(bad, "2026-11-01")), Reason::FigureMissing);
        assert!(said.contains(&format!("\"{bad}\" recorded with it as its rate in USD is no number")), "{said}");
    }
    for slip in ["usd", "US$"] {
        let said = waits_for(&metric(&format!("\"{slip}\""), 10, ""), Reason::FigureMissing);
        assert!(said.contains("no currency code") && said.contains("writes USD"), "{said}");
    }
    let near = waits_for(&metric("EUR", 9_000_000, &rate("1.08", "2026-11-01")), Reason::FigureMissing);
    assert!(near.contains("the one for its group, T12M, is in EUR"), "{near}");
    assert!(near.contains("no figure that settles annual revenue of its group"), "{near}");
    let decision = metric("EUR", 10, &rate("1.08", "1999-11-01")).is(Verdict::Allowed);
    assert!(
        decision.findings.iter().any(|f| f.sentence.contains("in EUR, by a factor of two at the rate of 1999-11-01"))
    );
    let decision = metric("EUR", 900_000_000, &rate("1.08", "2026-11-01")).is(Verdict::Refused);
    assert!(
        decision
            .weightiest()
            .is_some_and(|f| f.sentence.contains("in EUR, by a factor of two at the rate of 2026-11-01"))
    );
}

#[test]
fn a_record_that_stands_there_and_does_not_count_is_named() {
    let llama = |accepted: &str| {
        let mut world = super::world::World::at("2026-11-20");
        world.licensee("acme", &format!("{{namespaces: [shop], kind: company, seat: US, metrics: [{}], accepted: [{{name: a, who: l, {accepted}}}]}}", users("group", "2023-06", 5)));
        world.license("ours", "{license: LicenseRef-llama-2, models: [example/model]}");
        let decision =
            world.decide("shop/bot", &yaml("{model: {source: \"hf://example/model\"}, usage: {audience: internal}}"));
        assert_eq!(decision.verdict, Verdict::Waiting, "{accepted}");
        decision.weightiest().expect("a finding").line()
    };
    for (accepted, said) in [
        ("when: 2026-10-01, covers: {licenses: [\"Llama 2\"]}", "covers \"Llama 2\", and this is LicenseRef-llama-2"),
        ("when: 2026-10-01, covers: {licenses: [llama2]}", "covers \"llama2\", and this is LicenseRef-llama-2"),
        ("when: 2026-10-01, covers: {services: [\"Shop/Bot\"]}", "covers \"Shop/Bot\", and this is shop/bot"),
        ("when: 2026-10-01, covers: {models: [\"other/model\"]}", "covers \"other/model\", and this is example/model"),
        ("when: 2026-10-01, covers: {countries: [FR]}", "covers \"FR\", and this is all countries of shop/bot"),
        ("when: 2027-10-01, covers: {all: Yes}", "covers it from 2027-10-01T00:00:00Z on, not yet"),
        ("when: \"01.10.2026\", covers: {all: Yes}", "has a date that cannot be read"),
    ] {
        let line = llama(accepted);
        assert!(line.contains("record a") && line.contains(said), "{line}");
    }
    let generic = "separateLicenses: [{name: tx, who: l, when: 2026-10-01, covers: {licenses: [LicenseRef-tencent-hunyuan-a13b]}}]";
    let decision = case("LicenseRef-tencent-hunyuan-a13b")
        .usage("audience: public, serves: [FR], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none]")
        .more(generic)
        .metrics(&[users("licensee", "2025-05", 5)])
        .is(Verdict::Refused);
    let line = decision.weightiest().expect("a finding").line();
    assert!(line.contains("record tx of 2026-10-01 by l in separateLicenses does not name this term"), "{line}");
    assert!(line.contains("Legal writes rule: LicenseRef-tencent-hunyuan-a13b/"), "{line}");
}

#[test]
fn what_is_written_badly_in_a_licensee_is_said_of_the_object_too() {
    let fields = |more: &str| {
        let spec = yaml(&format!("{{namespaces: [shop], kind: company, {more}}}"));
        let problems = shape::licensee_problems(&spec, modelport::catalog::Catalog::built_in().expect("the catalogue"));
        problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        fields("businessTypes: [retail, MaaS], competesWith: [Naver Corp, Kakao]"),
        "spec.businessTypes[1] spec.competesWith[0]"
    );
    assert_eq!(fields("separateLicenses: [{name: a, covers: {all: Yes}}]"), "spec.separateLicenses[0]");
    let figure = "name: annual-revenue, scope: group, value: 5";
    assert_eq!(
        fields(&format!("metrics: [{{{figure}, period: T12M, currency: usd}}]")),
        "spec.metrics[0].asOf spec.metrics[0].currency"
    );
    let rate = "rates: [{currency: USD, rate: \"1,08\"}]";
    assert_eq!(
        fields(&format!("metrics: [{{{figure}, period: \"2025\", currency: EUR, {rate}}}]")),
        "spec.metrics[0].rates[0].rate"
    );
}
