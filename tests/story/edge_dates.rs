//! What a naive checker gets wrong about dates and counting. One sentence a case.

use modelport::{decide::Verdict, manifest::Reason};

use super::edge_case::{Case, RESEARCH, case, has, revenue, users};

#[test]
fn each_version_asks_about_the_month_before_its_own_release_and_no_other() {
    let months = [
        ("LicenseRef-llama-2", "2023-06"),
        ("LicenseRef-llama-3", "2024-03"),
        ("LicenseRef-llama-3.1", "2024-06"),
        ("LicenseRef-llama-3.2", "2024-08"),
        ("LicenseRef-llama-3.3", "2024-11"),
        ("LicenseRef-llama-4", "2025-03"),
        ("LicenseRef-databricks-open-model", "2024-02"),
    ];
    for (license, own) in months {
        for (_, month) in months {
            let expected = if month == own { Verdict::Refused } else { Verdict::Waiting };
            case(license).metrics(&[users("group", month, 800_000_000)]).is(expected);
            let expected = if month == own { Verdict::Allowed } else { Verdict::Waiting };
            case(license).metrics(&[users("group", month, 5)]).is(expected);
        }
    }
}

#[test]
fn one_bound_over_the_years_settles_every_frozen_question() {
    let line = "{name: monthly-active-users, scope: group, atMost: 9000000, period: 2023-01/2026-10}".to_owned();
    for license in ["llama-2", "llama-3", "llama-3.1", "llama-3.2", "llama-3.3", "llama-4", "databricks-open-model"] {
        case(&format!("LicenseRef-{license}")).metrics(std::slice::from_ref(&line)).is(Verdict::Allowed);
    }
}

#[test]
fn todays_figure_neither_breaks_nor_satisfies_a_frozen_question() {
    for value in [5, 900_000_000] {
        case("LicenseRef-llama-3.1").metrics(&[users("group", "2026-10", value)]).is(Verdict::Waiting);
    }
}

#[test]
fn a_question_that_is_asked_again_is_each_about_its_own_period() {
    let year = |period: &str, value: i64| {
        format!("{{name: annual-revenue, scope: group, period: \"{period}\", value: {value}, currency: CNY}}")
    };
    // The month before now, and the calendar year before now, in its own currency.
    let bilibili = |metrics: &[String]| case("LicenseRef-bilibili-model").metrics(metrics).decide().verdict;
    assert_eq!(bilibili(&[users("group", "2026-10", 100_000_000), year("2025", 1_000_000_000)]), Verdict::Allowed);
    assert_eq!(bilibili(&[users("group", "2026-10", 100_000_001), year("2025", 5)]), Verdict::Refused);
    assert_eq!(bilibili(&[users("group", "2026-10", 5), year("2025", 1_000_000_001)]), Verdict::Refused);
    for other in ["2024", "T12M", "2025-11/2026-10"] {
        assert_eq!(bilibili(&[users("group", "2026-10", 5), year(other, 5)]), Verdict::Waiting, "{other}");
    }
    // The preceding month, of unique users.
    let unique = |period: &str, value: i64| {
        let metric = format!("{{name: monthly-unique-users, scope: group, period: \"{period}\", value: {value}}}");
        case("LicenseRef-playground-v2-community")
            .more("businessTypes: [image-generation]")
            .metrics(&[metric])
            .decide()
            .verdict
    };
    assert_eq!(unique("2026-10", 1_000_000), Verdict::Allowed);
    assert_eq!(unique("2026-10", 1_000_001), Verdict::Refused);
    assert_eq!(unique("2026-05", 5), Verdict::Waiting);
}

#[test]
fn the_highest_of_any_twelve_months_stays_the_highest() {
    let maas = |period: &str, value: i64| {
        let metric = format!(
            "{{name: aggregate-revenue, scope: group, period: \"{period}\", value: {value}, currency: USD, asOf: 2026-10-31}}"
        );
        case("LicenseRef-kimi-k3").more("businessTypes: [model-as-a-service]").metrics(&[metric]).decide().verdict
    };
    assert_eq!(maas("MAX12M", 20_000_000), Verdict::Allowed);
    assert_eq!(maas("MAX12M", 20_000_001), Verdict::Refused);
    // Twelve months of any day are at most the highest: above the limit they settle it, below they do not.
    for twelve in ["T12M", "2024", "2023-03/2024-02"] {
        assert_eq!(maas(twelve, 20_000_001), Verdict::Refused, "{twelve}");
        assert_eq!(maas(twelve, 5), Verdict::Waiting, "{twelve}");
    }
    assert_eq!(maas("2023-03/2024-03", 20_000_001), Verdict::Waiting, "thirteen months");
    assert_eq!(maas("2024-03", 20_000_001), Verdict::Waiting, "one month");
}

#[test]
fn of_figures_that_do_not_answer_the_one_of_the_right_scope_is_named_and_then_the_newest() {
    let named = |metrics: &[String]| {
        let decision = case("LicenseRef-llama-3.1").metrics(metrics).is(Verdict::Waiting);
        decision.weightiest().map(|finding| finding.sentence.clone()).expect("the figure is missing")
    };
    let scope = named(&[users("licensee", "2025-02", 5), users("group", "2024-12", 5)]);
    assert!(scope.contains("what it records is for 2024-12"), "{scope}");
    let newest = named(&[users("group", "2024-12", 5), users("group", "2025-02", 5)]);
    assert!(newest.contains("what it records is for 2025-02"), "{newest}");
}

#[test]
fn an_organisation_founded_later_passes_and_its_affiliate_may_fail_it() {
    case("LicenseRef-llama-2")
        .more("founded: 2025-01-01")
        .metrics(&[users("licensee", "2026-10", 900_000_000)])
        .is(Verdict::Allowed);
    case("LicenseRef-llama-2")
        .more("founded: 2025-01-01")
        .metrics(&[users("group", "2023-06", 800_000_000)])
        .refused_for(Reason::UserThreshold);
    // A re-asked question is about now.
    case("LicenseRef-qwen-2024").more("founded: 2026-01-01").is(Verdict::Waiting);
}

#[test]
fn a_fine_tune_keeps_the_date_of_its_base() {
    let tune = |month: &str| {
        case("catalogue")
            .model("deepseek-ai/DeepSeek-R1-Distill-Llama-8B")
            .metrics(&[users("group", month, 800_000_000)])
            .decide()
            .verdict
    };
    assert_eq!(tune("2024-06"), Verdict::Refused, "the month before Llama 3.1");
    assert_eq!(tune("2024-12"), Verdict::Waiting, "the month before the fine-tune");
}

#[test]
fn code_llama_points_to_the_text_of_llama_2() {
    case("LicenseRef-code-llama").metrics(&[users("group", "2023-06", 800_000_000)]).refused_for(Reason::UserThreshold);
    case("LicenseRef-code-llama").metrics(&[users("group", "2023-07", 5)]).is(Verdict::Waiting);
}

#[test]
fn at_the_limit_itself_some_texts_are_free_and_others_are_not() {
    let at = |license: &str, metric: String| {
        case(license).metrics(&[metric]).more("registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]").usage("audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]").decide().verdict
    };
    assert_eq!(at("LicenseRef-llama-3.1", users("group", "2024-06", 700_000_000)), Verdict::Allowed);
    assert_eq!(at("LicenseRef-llama-3.1", users("group", "2024-06", 700_000_001)), Verdict::Refused);
    assert_eq!(at("LicenseRef-qwen-2024", users("licensee", "2026-10", 100_000_000)), Verdict::Allowed);
    assert_eq!(at("LicenseRef-stability-community", revenue("group", "T12M", 1_000_000)), Verdict::Allowed);
    assert_eq!(at("LicenseRef-stability-community", revenue("group", "T12M", 1_000_001)), Verdict::Refused);
    assert_eq!(at("LicenseRef-krea-2-community", revenue("group", "T12M", 999_999)), Verdict::Allowed);
    assert_eq!(at("LicenseRef-krea-2-community", revenue("group", "T12M", 1_000_000)), Verdict::Refused);
    assert_eq!(at("LicenseRef-lfm-1.0", revenue("group", "T12M", 10_000_000)), Verdict::Refused);
    assert_eq!(at("LicenseRef-lfm-1.0", revenue("group", "T12M", 9_999_999)), Verdict::Allowed);
}

#[test]
fn a_member_is_bounded_by_its_group_and_a_group_by_its_members_and_by_nothing_else() {
    // Llama counts affiliates.
    case("LicenseRef-llama-3.1").metrics(&[users("licensee", "2024-06", 5)]).is(Verdict::Waiting);
    case("LicenseRef-llama-3.1").metrics(&[users("licensee", "2024-06", 800_000_000)]).is(Verdict::Refused);
    // Hunyuan says nothing of affiliates.
    let hunyuan = |metric| case("LicenseRef-tencent-hunyuan-a13b").nodes("SG").metrics(&[metric]).decide().verdict;
    assert_eq!(hunyuan(users("group", "2025-05", 5)), Verdict::Allowed);
    assert_eq!(hunyuan(users("group", "2025-05", 800_000_000)), Verdict::Waiting);
    assert_eq!(hunyuan(users("licensee", "2025-05", 800_000_000)), Verdict::Refused);
}

#[test]
fn a_person_is_asked_about_the_employer_and_a_company_about_itself() {
    let monthly = |scope: &str, value: i64| {
        format!("{{name: monthly-revenue, scope: {scope}, period: 2026-10, value: {value}, currency: USD}}")
    };
    let person = |metric| {
        Case { kind: "natural-person", ..case("LicenseRef-mistral-modified-mit") }
            .usage(RESEARCH)
            .metrics(&[metric])
            .decide()
            .verdict
    };
    assert_eq!(person(monthly("employer", 500_000_000)), Verdict::Refused, "any use, and the employer counts");
    assert_eq!(person(monthly("licensee", 5)), Verdict::Waiting, "a person's own figure says nothing of the employer");
    assert_eq!(person(monthly("employer", 5)), Verdict::Allowed);
    case("LicenseRef-mistral-modified-mit")
        .usage(RESEARCH)
        .metrics(&[monthly("group", 500_000_000)])
        .is(Verdict::Refused);
}

#[test]
fn daily_users_visits_and_monthly_users_are_three_figures() {
    let more = "registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]";
    let cog = |metric: &str| case("LicenseRef-cogvideox").more(more).metrics(&[metric.into()]).decide().verdict;
    assert_eq!(cog("{name: monthly-visits, scope: group, period: 2026-10, value: 5}"), Verdict::Allowed);
    assert_eq!(cog("{name: monthly-active-users, scope: group, period: 2026-10, value: 5}"), Verdict::Waiting);
    assert_eq!(cog("{name: monthly-visits, scope: licensee, period: 2026-10, value: 5000000}"), Verdict::Refused);
}

#[test]
fn the_same_title_has_another_number_elsewhere() {
    for (license, month, limit) in [
        ("LicenseRef-tencent-hunyuan-world-1.0", None, 1_000_000),
        ("LicenseRef-tencent-hunyuan-3d-2", None, 1_000_000),
        ("LicenseRef-tencent-hunyuan-a13b", Some("2025-05"), 100_000_000),
    ] {
        let months: Vec<String> = match month {
            Some(month) => vec![month.into()],
            None => (1..=12).map(|m| format!("2025-{m:02}")).chain((10..=12).map(|m| format!("2024-{m:02}"))).collect(),
        };
        let with = |value: i64| {
            let metrics: Vec<String> = months.iter().map(|month| users("licensee", month, value)).collect();
            case(license).nodes("SG").usage("audience: public, serves: [SG], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No").metrics(&metrics).decide().verdict
        };
        assert_eq!(with(limit), Verdict::Allowed, "{license}");
        assert_eq!(with(limit + 1), Verdict::Refused, "{license}");
    }
}

#[test]
fn crossing_a_limit_may_add_a_duty_or_end_all_rights() {
    let kimi = case("LicenseRef-kimi-k2-modified-mit")
        .metrics(&[
            users("product", "2026-10", 150_000_000),
            "{name: monthly-revenue, scope: product, period: 2026-10, value: 5, currency: USD}".into(),
        ])
        .is(Verdict::Allowed);
    assert!(has(&kimi, "Kimi K2"));
    let below = case("LicenseRef-kimi-k2-modified-mit")
        .metrics(&[
            users("product", "2026-10", 5),
            "{name: monthly-revenue, scope: product, period: 2026-10, value: 5, currency: USD}".into(),
        ])
        .is(Verdict::Allowed);
    assert!(!has(&below, "Kimi K2"));
    case("LicenseRef-stability-community")
        .more("registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]")
        .metrics(&[revenue("group", "T12M", 2_000_000)])
        .refused_for(Reason::RevenueThreshold);
    // Reported and not read: never allowed, and never refused on hearsay.
    case("LicenseRef-glm-5.3").is(Verdict::Waiting);
}
