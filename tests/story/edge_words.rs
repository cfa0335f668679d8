//! What people write who know what is meant and not how we spell it: a filing that is named for its rule, a figure of now, a
//! whole field of medicine, a licence by its tag. It is read as it was meant, or asked about. One sentence a case.

use modelport::{
    decide::{Decision, Effect, Verdict},
    manifest::Reason,
};

use super::{edge_case::case, world::World};

const QWEN_72B: &str = "model: {source: \"hf://Qwen/Qwen2.5-72B-Instruct\"}\n";

fn first(decision: &Decision) -> (Verdict, Option<Reason>) {
    (decision.verdict, decision.weightiest().map(|finding| finding.reason))
}

fn shop(more: &str) -> String {
    format!(
        "{{namespaces: [shop], kind: company, seat: SG, accepted: [{{name: a, who: l, when: 2026-01-01, covers: {{all: Yes}}}}]{more}}}"
    )
}

fn served(day: &str, licensee: &str, manifest: &str) -> Decision {
    let mut world = World::at(day);
    world.licensee("acme", licensee);
    world.applies("shop/bot", manifest)
}

#[test]
fn a_filing_that_is_named_for_its_rule_or_for_what_the_rule_asks_for_answers_it() {
    let policy = "{namespaces: [shop], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}";
    let manifest = "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\n";
    let answered = |filing: &str| {
        let mut world = World::at("2026-11-26");
        world.policy("cn", policy);
        world.licensee(
            "acme",
            &shop(&format!(", filings: [{{who: l, when: 2026-11-20, covers: {{services: [shop/bot]}}, {filing}}}]")),
        );
        first(&world.applies("shop/bot", manifest))
    };
    assert_eq!(answered("name: cn-genai-filing"), (Verdict::Allowed, None));
    assert_eq!(answered("name: cac, rule: cn-genai-filing"), (Verdict::Allowed, None));
    assert_eq!(answered("name: cn.genai_filing_no"), answered("name: cac, rule: cn.genai_filing_no"));
    assert_eq!(answered("name: cac"), (Verdict::Refused, Some(Reason::FilingMissing)));
    assert_eq!(
        answered("name: cn-genai-filing, rule: cn-icp"),
        (Verdict::Refused, Some(Reason::FilingMissing)),
        "what it says counts before what it is called"
    );
}

#[test]
fn a_figure_of_now_is_one_of_this_month_where_the_text_speaks_of_no_calendar_month() {
    let users = |figure: &str| {
        let licensee =
            shop(&format!(", metrics: [{{name: monthly-active-users, scope: licensee, period: now, {figure}}}]"));
        first(&served(
            "2026-11-26",
            &licensee,
            &format!(
                "{QWEN_72B}usage: {{audience: public, serves: [SG], purpose: commercial, production: Yes, hostedForThirdParties: No}}\n"
            ),
        ))
    };
    assert_eq!(users("value: 200000000, asOf: 2026-11-20"), (Verdict::Refused, Some(Reason::UserThreshold)));
    assert_eq!(users("value: 200000000"), (Verdict::Refused, Some(Reason::UserThreshold)), "whenever it was taken");
    assert_eq!(users("value: 2000, asOf: 2026-11-20"), (Verdict::Allowed, None));
    assert_eq!(users("value: 2000"), (Verdict::Waiting, Some(Reason::FigureMissing)), "nobody knows when that was");
    assert_eq!(users("value: 2000, asOf: 2026-08-20"), (Verdict::Waiting, Some(Reason::FigureMissing)), "long ago");
}

#[test]
fn revenue_of_the_last_twelve_months_above_the_limit_refuses_without_its_day_and_below_it_waits() {
    let revenue = |value: i64| {
        let figure = format!("{{name: annual-revenue, scope: group, period: T12M, value: {value}, currency: USD}}");
        case("LicenseRef-lfm-1.0").metrics(&[figure]).decide()
    };
    assert_eq!(first(&revenue(50_000_000)), (Verdict::Refused, Some(Reason::RevenueThreshold)));
    let below = revenue(50_000);
    assert_eq!(first(&below), (Verdict::Waiting, Some(Reason::FigureMissing)));
    assert!(
        below.weightiest().is_some_and(|f| f.sentence.contains("does not say on which day it was taken")),
        "{below:?}"
    );
}

#[test]
fn a_figure_of_a_day_that_is_none_answers_nothing() {
    let figure = |as_of: &str| {
        let figure = format!("{{name: monthly-active-users, scope: group, period: \"2024-06\", value: 5{as_of}}}");
        case("LicenseRef-llama-3.1").metrics(&[figure]).decide()
    };
    assert_eq!(figure("").verdict, Verdict::Allowed);
    assert_eq!(figure(", asOf: 2024-07-10").verdict, Verdict::Allowed);
    let slip = figure(", asOf: 2024-02-30");
    assert_eq!(first(&slip), (Verdict::Waiting, Some(Reason::FigureMissing)));
    assert!(slip.weightiest().is_some_and(|f| f.sentence.contains("\"2024-02-30\", which is no day")), "{slip:?}");
}

#[test]
fn a_figure_below_the_limit_of_a_part_is_said_to_be_of_a_part() {
    let figure = "{name: monthly-active-users, scope: licensee, period: 2023-01/2026-10, atMost: 10000000}";
    let decision = case("LicenseRef-llama-3.1").metrics(&[figure.to_owned()]).is(Verdict::Waiting);
    let said = decision.weightiest().expect("a finding").line();
    assert!(said.contains("is of the organisation itself, and its group may be larger"), "{said}");
    assert!(said.contains("records that of its group"), "{said}");
}

#[test]
fn medicine_stands_for_all_of_it_and_an_ordinary_sector_for_nothing() {
    let model = |license: &str, sectors: &str| {
        let mut world = World::at("2026-11-26");
        world.license("ours", &format!("{{license: {license}, models: [example/model]}}"));
        world.licensee("acme", &shop(""));
        world.applies(
            "shop/bot",
            &format!("model: {{source: \"hf://example/model\"}}\nusage: {{audience: internal, serves: [SG], purpose: research, production: No, sectors: [{sectors}]}}\n"),
        )
    };
    for sector in ["medical", "retail", "customer-service"] {
        assert_eq!(first(&model("Apache-2.0", sector)), (Verdict::Allowed, None), "{sector}");
    }
    for sector in ["medical-advice", "medical"] {
        assert_eq!(
            first(&model("LicenseRef-bigscience-openrail-m", sector)).1,
            Some(Reason::SectorExcluded),
            "{sector}"
        );
    }
    let asked = model("Apache-2.0", "biometrics");
    assert_eq!(first(&asked), (Verdict::Refused, Some(Reason::ManifestInvalid)));
    let said = asked.weightiest().expect("a finding").line();
    assert!(said.contains("It may be biometric-processing, or biometric-categorisation"), "{said}");
}

#[test]
fn a_deployment_that_relies_on_no_record_says_none() {
    let manifest =
        |evidence: &str| format!("model: {{source: \"hf://Qwen/Qwen3-8B\"}}\nusage: {{evidence: [{evidence}]}}\n");
    let warns = |evidence: &str| {
        let decision = served("2026-11-26", &shop(""), &manifest(evidence));
        decision.findings.iter().filter(|f| f.effect == Effect::Warns && f.reason == Reason::EvidenceMissing).count()
    };
    assert_eq!(warns("none"), 0);
    assert_eq!(warns("lost"), 1);
    let both = served("2026-11-26", &shop(""), &manifest("none, lost"));
    assert_eq!(first(&both), (Verdict::Refused, Some(Reason::ManifestInvalid)));
}

#[test]
fn an_object_may_name_a_licence_by_tag_in_any_case_or_as_an_expression() {
    let of = |license: &str| {
        let mut world = World::at("2026-11-26");
        world.license("ours", &format!("{{license: {license}, models: [example/model]}}"));
        let decision = world.applies("lab/bot", "model: {source: \"hf://example/model\"}\n");
        decision.model.licenses.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("apache-2.0"), "Apache-2.0");
    assert_eq!(of("llama3.1"), "LicenseRef-llama-3.1");
    assert_eq!(of("MIT AND Apache-2.0"), "MIT Apache-2.0");
    assert_eq!(of("LicenseRef-nobodys"), "");
}

#[test]
fn a_slip_in_what_a_policy_refuses_waits_and_names_what_is_meant() {
    let mut world = World::at("2026-11-26");
    world.policy("legal", "{namespaces: [lab], licenses: {refuse: [LicenseRef-lama-2]}}");
    let decision = world.applies("lab/bot", "model: {source: \"hf://Qwen/Qwen3-8B\"}\n");
    assert_eq!(first(&decision), (Verdict::Waiting, Some(Reason::PolicyInvalid)));
    assert!(decision.weightiest().is_some_and(|f| f.line().contains("LicenseRef-llama-2")), "{decision:?}");
    world.policy("legal", "{namespaces: [lab], licenses: {refuse: [LicenseRef-ours]}}");
    assert_eq!(first(&world.applies("lab/bot", "model: {source: \"hf://Qwen/Qwen3-8B\"}\n")).0, Verdict::Allowed);
}

#[test]
fn a_rule_that_refuses_is_what_is_said_and_not_that_no_place_is_left() {
    let mut world = World::at("2026-11-26");
    world.policy("cn", "{namespaces: [shop], regions: {rules: [{rule: CN, mode: Enforce}]}}");
    world.licensee("acme", &shop(""));
    let decision =
        world.applies("shop/bot", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}\n");
    assert_eq!(first(&decision), (Verdict::Refused, Some(Reason::FilingMissing)));
    assert!(decision.findings.iter().all(|finding| finding.reason != Reason::PlacementEmpty), "{decision:?}");
}

#[test]
fn a_record_for_one_country_is_told_that_the_manifest_does_not_say_where_it_runs() {
    let licensee = "{namespaces: [shop], kind: company, seat: SG, accepted: [{name: a, who: l, when: 2026-01-01, covers: {licenses: [LicenseRef-llama-3.1], countries: [CN]}}]}";
    let manifest =
        "model: {source: \"hf://meta-llama/Llama-3.1-8B-Instruct\"}\nusage: {audience: internal, serves: [CN]}\n";
    let decision = served("2026-11-26", licensee, manifest);
    let missing = decision.findings.iter().find(|f| f.reason == Reason::AcceptanceMissing).expect("a finding");
    assert!(missing.sentence.contains("does not say in spec.placement.allow where it runs"), "{}", missing.sentence);
}

#[test]
fn what_may_let_it_be_and_cannot_be_read_waits_and_stops_nothing() {
    let users = "metrics: [{name: monthly-active-users, scope: group, period: 2023-06, value: 800000000}]";
    let llama = |record: &str| {
        let licensee =
            shop(&format!(", {users}, separateLicenses: [{{name: meta, who: Meta, when: 2026-01-01, {record}}}]"));
        first(&served(
            "2026-11-26",
            &licensee,
            "model: {source: \"hf://meta-llama/Llama-2-7b-chat-hf\"}\nusage: {audience: public, serves: [SG], hostedForThirdParties: No, sectors: [none]}\nplacement: {allow: {countries: [SG]}}\n",
        ))
    };
    let whole = "covers: {licenses: [LicenseRef-llama-2]}";
    assert_eq!(llama(&format!("until: 2027-01-01, {whole}")).0, Verdict::Allowed);
    assert_eq!(llama(&format!("until: 2026-06-30, {whole}")), (Verdict::Refused, Some(Reason::RecordEnded)));
    for slip in [format!("until: 2026-02-30, {whole}"), format!("timeZone: Mars/Phobos, {whole}")] {
        assert_eq!(llama(&slip), (Verdict::Waiting, Some(Reason::LicenseeInvalid)), "{slip}");
    }
    let country = "covers: {licenses: [LicenseRef-llama-2], countries: [Singapore]}";
    assert_eq!(llama(country), (Verdict::Waiting, Some(Reason::LicenseeInvalid)));

    let filed = |record: &str| {
        let mut world = World::at("2026-11-26");
        world.policy("cn", "{namespaces: [shop], regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}");
        world.licensee(
            "acme",
            &shop(&format!(", filings: [{{name: cac, rule: cn-genai-filing, who: l, when: 2026-11-20, {record}}}]")),
        );
        first(&world.applies("shop/bot", "model: {source: \"hf://Qwen/Qwen3-8B\"}\nusage: {audience: public, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\n"))
    };
    assert_eq!(filed("covers: {services: [shop/bot]}"), (Verdict::Allowed, None));
    assert_eq!(filed("covers: {services: [shop/other]}"), (Verdict::Refused, Some(Reason::FilingMissing)));
    assert_eq!(
        filed("until: 2026-02-30, covers: {services: [shop/bot]}"),
        (Verdict::Waiting, Some(Reason::LicenseeInvalid))
    );
    assert_eq!(filed("covers: {countries: [China]}"), (Verdict::Waiting, Some(Reason::LicenseeInvalid)));
}

#[test]
fn everything_beside_a_list_covers_the_list() {
    let users = "metrics: [{name: monthly-active-users, scope: group, period: 2023-01/2026-10, atLeast: 800000000}]";
    let llama = |model: &str| {
        let licensee = shop(&format!(
            ", {users}, separateLicenses: [{{name: meta, who: Meta, when: 2026-01-01, covers: {{all: Yes, licenses: [LicenseRef-llama-2]}}}}]"
        ));
        served("2026-11-26", &licensee, &format!("model: {{source: \"hf://{model}\"}}\nusage: {{audience: public, serves: [SG], hostedForThirdParties: No, sectors: [none]}}\n")).verdict
    };
    assert_eq!(llama("meta-llama/Llama-2-7b-chat-hf"), Verdict::Allowed);
    assert_eq!(llama("meta-llama/Llama-3.1-8B-Instruct"), Verdict::Refused);
}

#[test]
fn a_financial_year_above_the_limit_is_not_hidden_by_twelve_months_below_it() {
    let figure = |period: &str, value: i64| {
        format!(
            "{{name: annual-revenue, scope: group, period: {period}, value: {value}, currency: USD, asOf: 2026-10-31}}"
        )
    };
    let verdict = |figures: &[String]| {
        let case = case("LicenseRef-stability-community").metrics(figures);
        case.more("registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]").decide().verdict
    };
    assert_eq!(verdict(&[figure("T12M", 900_000)]), Verdict::Allowed);
    assert_eq!(verdict(&[figure("2025-07/2026-06", 1_200_000)]), Verdict::Refused);
    assert_eq!(verdict(&[figure("2025-07/2026-06", 1_200_000), figure("T12M", 900_000)]), Verdict::Refused);
}

#[test]
fn twelve_months_up_to_the_end_of_a_year_are_that_year() {
    let revenue = |as_of: &str| {
        let figure =
            format!("{{name: annual-revenue, scope: group, period: T12M, value: 50000, currency: USD, asOf: {as_of}}}");
        case("LicenseRef-lfm-1.0").metrics(&[figure]).decide().verdict
    };
    assert_eq!(revenue("2025-12-31"), Verdict::Allowed);
    assert_eq!(revenue("2025-12-30"), Verdict::Waiting, "one day short of it");
    assert_eq!(revenue("2024-12-31"), Verdict::Waiting, "the year before");
}

#[test]
fn a_bound_that_never_falls_below_the_limit_over_years_shows_twelve_months_above_it() {
    let kimi = |figure: &str| {
        let figure = format!("{{name: aggregate-revenue, scope: group, currency: USD, {figure}}}");
        case("LicenseRef-kimi-k3").metrics(&[figure]).more("businessTypes: [model-as-a-service]").usage("audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: Yes, sectors: [none], trainsOnOutputs: No").decide()
    };
    assert_eq!(kimi("period: 2023/2025, atLeast: 30000000").verdict, Verdict::Refused);
    let waits = kimi("period: 2023/2025, atMost: 10000000");
    assert_eq!(first(&waits), (Verdict::Waiting, Some(Reason::FigureMissing)));
    let said = waits.weightiest().expect("a finding").line();
    assert!(
        said.contains("is not above the limit, and says nothing of other months") && said.contains("MAX12M"),
        "{said}"
    );
}
