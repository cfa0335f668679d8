//! What a naive checker gets wrong about the scope of use. One sentence a case.

use modelport::{decide::Verdict, manifest::Reason};

use super::edge_case::{Case, PUBLIC, RESEARCH, case, has, revenue, users};

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
        // What the staff of a company do in their daily tasks is no research to one of the three texts.
        let kind = if license == "LicenseRef-mistral-research-0.1" { "academic" } else { "company" };
        Case { kind, ..case(license) }.usage(RESEARCH).is(Verdict::Allowed);
    }
    case("LicenseRef-mistral-research-0.1").usage(RESEARCH).is(Verdict::Refused);
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
fn a_right_that_may_not_be_licensed_on_is_a_duty_until_somebody_says_that_it_is_not() {
    let baichuan = |said: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No{said}"
        );
        case("LicenseRef-baichuan2-community").usage(&usage).decide()
    };
    let duty = "the right to use it is not licensed on";
    assert!(has(&baichuan(""), duty), "nothing is said");
    assert!(!has(&baichuan(", acts: [none]"), duty), "no such act");
}

#[test]
fn a_sector_that_is_said_to_be_none_is_a_fact_that_passed_and_silence_is_a_duty() {
    let llama = |sectors: &str| {
        let usage = format!("audience: internal, serves: [US], purpose: research, production: No{sectors}");
        case("LicenseRef-llama-2").usage(&usage).metrics(&[users("group", "2023-06", 5)]).is(Verdict::Allowed)
    };
    let passed = |decision: &modelport::decide::Decision| {
        decision.findings.iter().any(|finding| finding.sentence.contains("no banned sector declared"))
    };
    let (said, silent) = (llama(", sectors: [none]"), llama(""));
    assert!(passed(&said) && !has(&said, "no use in: "), "{:?}", said.findings);
    assert!(!passed(&silent) && has(&silent, "no use in: "), "{:?}", silent.findings);
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
    let daily = "{name: daily-active-users, scope: group, period: now, value: 2000000, asOf: 2026-10-31}".to_owned();
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
