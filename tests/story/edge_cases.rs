//! What a naive checker gets wrong: dates and counting, territory, scope of use. One sentence a case.

use modelport::{
    decide::{Decision, Verdict},
    manifest::Reason,
};

use super::world::{World, yaml};

/// The day on which all cases are decided.
const TODAY: &str = "2026-11-20";

/// A deployment of a model under one licence, by an organisation; what is not said is ordinary.
#[derive(Clone)]
struct Case<'a> {
    license: &'a str,
    model: &'a str,
    kind: &'a str,
    seat: &'a str,
    /// More fields of the Licensee.
    more: String,
    usage: &'a str,
    placement: &'a str,
}

const PUBLIC: &str = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No";
const RESEARCH: &str = "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No";

fn case(license: &str) -> Case<'_> {
    Case {
        license,
        model: "example/model",
        kind: "company",
        seat: "US",
        more: String::new(),
        usage: PUBLIC,
        placement: "",
    }
}

impl<'a> Case<'a> {
    fn metrics(mut self, metrics: &[String]) -> Self {
        self.more = format!("{}, metrics: [{}]", self.more, metrics.join(", "));
        self
    }
    fn more(mut self, more: &str) -> Self {
        self.more = format!("{}, {more}", self.more);
        self
    }
    fn usage(self, usage: &'a str) -> Self {
        Self { usage, ..self }
    }
    fn seat(self, seat: &'a str) -> Self {
        Self { seat, ..self }
    }
    fn nodes(self, placement: &'a str) -> Self {
        Self { placement, ..self }
    }
    fn model(self, model: &'a str) -> Self {
        Self { model, ..self }
    }
    fn decide(&self) -> Decision {
        let mut world = World::at(TODAY);
        if self.license != "catalogue" {
            world.license("ours", &format!("{{license: {}, models: [{}]}}", self.license, self.model));
        }
        let lists = if self.more.contains("businessTypes") { "" } else { ", businessTypes: [none]" };
        let rivals = if self.more.contains("competesWith") { "" } else { ", competesWith: [none]" };
        world.licensee(
            "acme",
            &format!(
                "{{namespaces: [shop], kind: {}, seat: \"{}\"{lists}{rivals}, accepted: [{{name: a, who: legal, when: 2026-01-01, covers: {{all: Yes}}}}]{}}}",
                self.kind, self.seat, self.more
            ),
        );
        let placement = if self.placement.is_empty() {
            String::new()
        } else {
            format!(", placement: {{allow: {{countries: [{}]}}}}", self.placement)
        };
        let text = format!("{{model: {{source: \"hf://{}\"}}, usage: {{{}}}{placement}}}", self.model, self.usage);
        world.decide("shop/bot", &yaml(&text))
    }
    fn is(&self, verdict: Verdict) -> Decision {
        let decision = self.decide();
        let first = decision.weightiest().map(modelport::decide::Finding::line).unwrap_or_default();
        assert_eq!(decision.verdict, verdict, "{} with {} and {}: {first}", self.license, self.usage, self.more);
        decision
    }
    fn refused_for(&self, reason: Reason) {
        let decision = self.is(Verdict::Refused);
        assert_eq!(decision.weightiest().map(|f| f.reason), Some(reason), "{}", self.license);
    }
}

fn users(scope: &str, period: &str, value: i64) -> String {
    format!("{{name: monthly-active-users, scope: {scope}, period: \"{period}\", value: {value}}}")
}

fn revenue(scope: &str, period: &str, value: i64) -> String {
    format!("{{name: annual-revenue, scope: {scope}, period: \"{period}\", value: {value}, currency: USD}}")
}

fn has(decision: &Decision, what: &str) -> bool {
    decision.obligations.iter().any(|owed| owed.now && owed.what.contains(what))
}

// Dates and counting.

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

// Territory.

#[test]
fn a_seat_and_a_place_are_opposite_questions() {
    let vision = "meta-llama/Llama-3.2-11B-Vision-Instruct";
    let figure = users("group", "2024-08", 5);
    // A German company may not take the multimodal model even outside of the EU.
    case("catalogue")
        .model(vision)
        .seat("DE")
        .nodes("US")
        .metrics(std::slice::from_ref(&figure))
        .refused_for(Reason::SeatExcluded);
    case("catalogue").model(vision).seat("US").nodes("DE").metrics(&[figure]).is(Verdict::Allowed);
    let hunyuan = |seat: &'static str, nodes: &'static str| {
        case("LicenseRef-tencent-hunyuan-a13b").seat(seat).nodes(nodes).usage("audience: public, serves: [SG], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No").metrics(&[users("group", "2025-05", 5)]).decide().verdict
    };
    assert_eq!(hunyuan("DE", "SG"), Verdict::Allowed);
    assert_eq!(hunyuan("SG", "DE"), Verdict::Refused);
}

#[test]
fn the_seat_sentence_spares_text_models_and_end_users_and_3_3_has_nothing_to_apply_it_to() {
    let figure = |month: &str| [users("group", month, 5)];
    case("catalogue")
        .model("meta-llama/Llama-3.2-3B-Instruct")
        .seat("DE")
        .metrics(&figure("2024-08"))
        .is(Verdict::Allowed);
    case("catalogue")
        .model("meta-llama/Llama-3.3-70B-Instruct")
        .seat("FR")
        .metrics(&figure("2024-11"))
        .is(Verdict::Allowed);
    case("catalogue")
        .model("meta-llama/Llama-3.2-11B-Vision-Instruct")
        .seat("DE")
        .usage("audience: internal, role: end-user-of-integrated-product")
        .is(Verdict::Allowed);
    case("catalogue")
        .model("meta-llama/Llama-4-Scout-17B-16E-Instruct")
        .seat("FR")
        .metrics(&figure("2025-03"))
        .refused_for(Reason::SeatExcluded);
}

#[test]
fn the_eu_is_27_states_and_not_its_neighbours() {
    for seat in ["CH", "NO", "IS", "LI", "GB"] {
        case("catalogue")
            .model("meta-llama/Llama-3.2-11B-Vision-Instruct")
            .seat(seat)
            .metrics(&[users("group", "2024-08", 5)])
            .is(Verdict::Allowed);
    }
    for seat in ["AT", "HR", "IE", "MT", "SE"] {
        case("catalogue")
            .model("meta-llama/Llama-3.2-11B-Vision-Instruct")
            .seat(seat)
            .metrics(&[users("group", "2024-08", 5)])
            .refused_for(Reason::SeatExcluded);
    }
}

#[test]
fn what_a_territory_leaves_out_differs_by_version() {
    let at = |license: &str, month: &str, place: &str| {
        let usage = format!(
            "audience: public, serves: [{place}], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No"
        );
        case(license).usage(&usage).nodes(place).metrics(&[users("group", month, 5)]).decide().verdict
    };
    for place in ["GB", "KR"] {
        assert_eq!(at("LicenseRef-tencent-hunyuan-large", "2024-10", place), Verdict::Allowed, "{place}");
        assert_eq!(at("LicenseRef-tencent-hunyuan-a13b", "2025-05", place), Verdict::Refused, "{place}");
    }
    assert_eq!(at("LicenseRef-tencent-hunyuan-large", "2024-10", "FR"), Verdict::Refused);
}

#[test]
fn outputs_count_where_they_are_read() {
    let serving = |license: &str, people: &str, metric: String| {
        let usage = format!(
            "audience: public, serves: [{people}], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No"
        );
        case(license).usage(&usage).nodes("SG").metrics(&[metric]).decide().verdict
    };
    assert_eq!(serving("LicenseRef-tencent-hunyuan-a13b", "KR", users("group", "2025-05", 5)), Verdict::Refused);
    assert_eq!(serving("LicenseRef-tencent-hunyuan-a13b", "US", users("group", "2025-05", 5)), Verdict::Allowed);
    assert_eq!(serving("LicenseRef-minimax-h3", "US", revenue("group", "T12M", 5)), Verdict::Refused, "the US too");
}

// Scope of use.

#[test]
fn non_commercial_is_a_property_of_the_use_and_not_of_the_user() {
    let nc =
        |kind: &'static str, usage: &'static str| Case { kind, ..case("CC-BY-NC-4.0") }.usage(usage).decide().verdict;
    assert_eq!(nc("company", RESEARCH), Verdict::Allowed);
    assert_eq!(nc("nonprofit", PUBLIC), Verdict::Refused);
    assert_eq!(nc("academic", PUBLIC), Verdict::Refused);
}

#[test]
fn research_only_leaves_out_daily_work_and_products() {
    for license in ["LicenseRef-apple-amlr", "LicenseRef-mistral-research-0.1", "LicenseRef-qwen-research-2024"] {
        case(license).usage("audience: internal, serves: [US], purpose: internal-business, production: Yes, sectors: [none], trainsOnOutputs: No").refused_for(Reason::PurposeNotPermitted);
        case(license).usage(RESEARCH).is(Verdict::Allowed);
    }
}

#[test]
fn not_in_production_is_a_third_class() {
    let flux = |usage: &'static str| case("LicenseRef-flux-1-dev-nc").usage(usage).decide();
    let test = "audience: internal, serves: [US], purpose: research, production: No, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]";
    assert_eq!(flux(test).verdict, Verdict::Allowed);
    assert_eq!(flux("audience: internal, serves: [US], purpose: research, production: Yes, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]").verdict, Verdict::Refused);
}

#[test]
fn a_filter_that_nobody_vouches_for_is_asked_for_and_one_that_is_not_there_refuses() {
    let flux = |assurances: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: research, production: No, sectors: [none], trainsOnOutputs: No{assurances}"
        );
        case("LicenseRef-flux-1-dev-nc").usage(&usage).decide().verdict
    };
    assert_eq!(flux(""), Verdict::Waiting);
    assert_eq!(flux(", assurances: [none]"), Verdict::Refused);
    assert_eq!(flux(", assurances: [output-review]"), Verdict::Allowed, "a review of each output does as well");
}

#[test]
fn an_act_that_nobody_declares_is_a_duty_and_one_that_is_declared_refuses() {
    let krea = |said: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, assurances: [content-filter{said}"
        );
        case("LicenseRef-krea-2-community").usage(&usage).metrics(&[revenue("group", "T12M", 5)]).decide()
    };
    let duty = "watermark and provenance marks are left in place";
    assert!(has(&krea("]"), duty), "nothing is said");
    assert!(!has(&krea(", keeps-provenance]"), duty), "somebody vouches for it");
    assert!(!has(&krea("], acts: [none]"), duty), "no such act");
    let ltx = |said: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: evaluation, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No{said}"
        );
        case("LicenseRef-ltx-2.x-community-2026-08").usage(&usage).metrics(&[revenue("group", "T12M", 5)]).decide()
    };
    let transfer = "no derivative goes to a commercial entity";
    assert!(has(&ltx(""), transfer), "nothing is said");
    assert!(!has(&ltx(", acts: [none]"), transfer), "no such act");
    let removed = krea("], acts: [removes-provenance]");
    assert_eq!(removed.verdict, Verdict::Refused);
    assert!(removed.findings.iter().any(|f| f.sentence.contains("spec.usage.acts says removes-provenance")));
}

#[test]
fn outputs_that_train_another_model_are_bound_by_some_texts_only() {
    let trains = |license: &str, metric: Option<String>, more: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], assurances: [content-filter], trainsOnOutputs: Yes{more}"
        );
        case(license).usage(&usage).metrics(&metric.into_iter().collect::<Vec<_>>()).decide().verdict
    };
    assert_eq!(trains("LicenseRef-llama-2", Some(users("group", "2023-06", 5)), ""), Verdict::Refused);
    assert_eq!(
        trains("LicenseRef-llama-2", Some(users("group", "2023-06", 5)), ", trainedModel: {sameFamily: Yes}"),
        Verdict::Allowed
    );
    assert_eq!(
        trains("LicenseRef-llama-2", Some(users("group", "2023-06", 5)), ", trainedModel: {kind: other}"),
        Verdict::Allowed,
        "it speaks of language models"
    );
    assert_eq!(trains("LicenseRef-llama-3.1", Some(users("group", "2024-06", 5)), ""), Verdict::Allowed);
    assert_eq!(
        trains("LicenseRef-exaone-1.1-nc", None, ", trainedModel: {sameFamily: Yes}"),
        Verdict::Refused,
        "it spares nobody"
    );
    assert_eq!(trains("MIT", None, ""), Verdict::Allowed);
}

#[test]
fn hosting_for_others_needs_more_in_some_texts() {
    let hosted = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: Yes, sectors: [none], trainsOnOutputs: No";
    for license in ["LicenseRef-falcon-180b-1.0", "LicenseRef-k-exaone"] {
        case(license).usage(hosted).is(Verdict::Refused);
    }
    for license in ["LicenseRef-gemma-tou-2024-04-01", "LicenseRef-openrail-plusplus-m", "Apache-2.0"] {
        case(license).usage(hosted).is(Verdict::Allowed);
    }
}

#[test]
fn military_use_is_banned_in_some_texts_and_not_mentioned_in_others() {
    let military = "audience: internal, serves: [US], purpose: internal-business, production: Yes, hostedForThirdParties: No, sectors: [military], trainsOnOutputs: No, assurances: [content-filter]";
    let figures = |license: &str| -> Vec<String> {
        if license.contains("llama-2") { vec![users("group", "2023-06", 5)] } else { Vec::new() }
    };
    for license in [
        "LicenseRef-llama-2",
        "LicenseRef-deepseek-model-1.0",
        "LicenseRef-glm-4",
        "LicenseRef-minimax-model",
        "LicenseRef-skywork-community",
        "LicenseRef-telechat-community",
        "LicenseRef-orion-14b",
        "LicenseRef-yuan-2.0",
        "LicenseRef-sam",
        "LicenseRef-xverse",
        "LicenseRef-ltx-2-community-2026-01",
    ] {
        let decision = case(license).usage(military).metrics(&figures(license)).is(Verdict::Refused);
        assert!(decision.findings.iter().any(|f| f.reason == Reason::SectorExcluded), "{license}");
    }
    for license in
        ["LicenseRef-gemma-tou-2024-04-01", "LicenseRef-openrail-plusplus-m", "MIT", "LicenseRef-falcon-2-11b-1.0"]
    {
        case(license).usage(military).is(Verdict::Allowed);
    }
}

#[test]
fn only_who_receives_a_finished_product_is_an_end_user() {
    case("LicenseRef-llama-2")
        .metrics(&[users("group", "2023-06", 800_000_000)])
        .usage("audience: internal, role: end-user-of-integrated-product")
        .is(Verdict::Allowed);
    case("LicenseRef-llama-2")
        .metrics(&[users("group", "2023-06", 800_000_000)])
        .usage("audience: internal, role: licensee")
        .is(Verdict::Refused);
    // Territory is not lifted.
    case("LicenseRef-tencent-hunyuan-a13b")
        .nodes("DE")
        .metrics(&[users("group", "2025-05", 5)])
        .usage("audience: internal, serves: [DE], role: end-user-of-integrated-product")
        .is(Verdict::Refused);
}

#[test]
fn a_natural_person_cannot_get_some_commercial_rights() {
    let registered = "registered: [{name: r, who: l, when: 2026-01-01, covers: {all: Yes}}]";
    let xverse = |kind: &'static str| Case { kind, ..case("LicenseRef-xverse") }.more(registered).decide().verdict;
    assert_eq!(xverse("natural-person"), Verdict::Refused);
    assert_eq!(xverse("company"), Verdict::Allowed);
}

#[test]
fn who_has_only_registered_has_no_written_permission_yet() {
    let usage = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, edgeDevices: 8000, sectors: [none], trainsOnOutputs: No";
    let registered =
        "registered: [{name: r, who: l, when: 2026-01-01, covers: {licenses: [LicenseRef-minicpm-community-1.0]}}]";
    let daily = "{name: daily-active-users, scope: group, period: now, value: 2000000}".to_owned();
    case("LicenseRef-minicpm-community-1.0")
        .usage(usage)
        .more(registered)
        .metrics(std::slice::from_ref(&daily))
        .is(Verdict::Refused);
    let granted = format!(
        "{registered}, separateLicenses: [{{name: p, who: l, when: 2026-01-01, covers: {{licenses: [LicenseRef-minicpm-community-1.0]}}}}]"
    );
    case("LicenseRef-minicpm-community-1.0")
        .usage(usage)
        .more(&granted)
        .metrics(std::slice::from_ref(&daily))
        .is(Verdict::Allowed);
    // Either free path is enough.
    let few = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, edgeDevices: 5000, sectors: [none], trainsOnOutputs: No";
    case("LicenseRef-minicpm-community-1.0").usage(few).more(registered).metrics(&[daily]).is(Verdict::Allowed);
}
