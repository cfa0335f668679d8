//! What a naive checker gets wrong about duties: who is spared, what stands in a clause about something else, and how long
//! a text that was read stays the text. One sentence a case.

use modelport::{
    catalog::{
        Catalog, License,
        license::{Grant, LicenseKind, Verification},
        print,
    },
    decide::{Decision, Verdict},
};

use super::edge_case::{case, users};

fn catalog() -> &'static Catalog {
    Catalog::built_in().expect("the catalogue")
}

fn page(id: &str) -> String {
    let license = catalog().license(id).unwrap_or_else(|| panic!("{id}"));
    let page = print::license(license, "0");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn owes(decision: &Decision, kind: &str) -> bool {
    decision.obligations.iter().any(|owed| owed.now && owed.kind == kind)
}

#[test]
fn who_receives_hunyuan_inside_a_finished_product_owes_nothing_of_its_clause_on_distribution() {
    let as_role = |license: &str, role: &str| {
        let usage = format!(
            "audience: public, serves: [SG], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: Yes, sectors: [none], trainsOnOutputs: No, role: {role}"
        );
        let months = ["2024-04", "2024-10", "2024-11", "2025-05"].map(|month| users("licensee", month, 5));
        case(license).nodes("SG").usage(&usage).metrics(&months).decide()
    };
    let hunyuan: Vec<&License> =
        catalog().licenses().filter(|l| l.publisher == "Tencent" && l.id.contains("hunyuan")).collect();
    assert_eq!(hunyuan.len(), 16);
    for license in hunyuan {
        let maker = as_role(&license.id, "licensee");
        let end_user = as_role(&license.id, "end-user-of-integrated-product");
        for kind in ["NoticeFile", "LicenseCopy", "PassThrough"] {
            assert!(owes(&maker, kind), "{} {kind}", license.id);
            assert!(!owes(&end_user, kind), "{} {kind}", license.id);
            let spared = end_user.obligations.iter().find(|owed| owed.kind == kind).expect("it is still listed");
            assert_eq!(spared.when, "spared (received inside a finished product, as declared)");
        }
        // What bans a use stands in another clause, and spares nobody.
        assert_eq!(owes(&end_user, "Keep"), owes(&maker, "Keep"), "{}", license.id);
    }
    assert!(page("LicenseRef-tencent-hunyuan-a13b").contains(
        "give a copy of the licence to recipients, if third parties reach it, but for who received it inside a finished product"
    ));
}

#[test]
fn other_texts_spare_an_end_user_the_limit_alone_and_not_the_copy() {
    let usage = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, role: end-user-of-integrated-product";
    let decision = case("LicenseRef-llama-3.1").usage(usage).is(Verdict::Allowed);
    assert!(owes(&decision, "LicenseCopy"), "{:?}", decision.obligations);
}

#[test]
fn safeguards_that_stand_in_a_clause_on_hosting_are_to_be_kept_by_everybody() {
    let usage = "audience: internal, serves: [SG], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No";
    let decision = case("LicenseRef-minimax-h3").usage(usage).nodes("SG").decide();
    let kept = decision.obligations.iter().find(|owed| owed.kind == "Keep" && owed.what.contains("safeguards"));
    assert_eq!(kept.map(|owed| (owed.now, owed.clause.as_deref())), Some((true, Some("V.5"))));
}

#[test]
fn a_certified_partner_is_spared_by_a_record_that_the_remedy_names() {
    let high =
        "{name: aggregate-revenue, scope: group, period: MAX12M, value: 90000000, currency: USD, asOf: 2026-10-31}";
    let kimi = |record: &str| {
        let more = format!("businessTypes: [model-as-a-service]{record}");
        case("LicenseRef-kimi-k3").more(&more).metrics(&[high.into()])
    };
    let refused = kimi("").is(Verdict::Refused);
    let remedy = refused.weightiest().and_then(|finding| finding.remedy.clone()).expect("a remedy");
    assert!(
        remedy.contains("grant in Licensee/acme separateLicenses, or in notApplicable (LicenseRef-kimi-k3/maas)"),
        "{remedy}"
    );
    assert!(remedy.contains("official products or certified partners"), "{remedy}");
    kimi(", notApplicable: [{name: p, rule: LicenseRef-kimi-k3/maas, who: legal, reason: a certified partner since May, covers: {all: Yes}}]")
        .is(Verdict::Allowed);
}

#[test]
fn what_was_granted_stays_where_the_text_says_so_and_need_not_where_it_calls_itself_revocable() {
    let grant = |id: &str| catalog().license(id).unwrap_or_else(|| panic!("{id}")).grant;
    assert_eq!(grant("Apache-2.0"), Some(Grant::Irrevocable));
    for id in [
        "glm-4",
        "exaone-1.1-nc",
        "exaone-1.2-nc",
        "krea-2-community",
        "flux-1-dev-nc",
        "flux-dev-nc-2",
        "xai-community",
    ] {
        let id = format!("LicenseRef-{id}");
        assert_eq!(grant(&id), Some(Grant::Revocable), "{id}");
        assert!(page(&id).contains("Grant revocable: the licensor may take it back from copies taken already"), "{id}");
    }
    assert!(page("Apache-2.0").contains("Grant irrevocable: a copy taken under it stays under it"));
    // Most texts say neither, and neither is read into them.
    assert_eq!(grant("LicenseRef-llama-2"), None);
    assert!(!page("LicenseRef-llama-2").contains("Grant "));
}

#[test]
fn an_address_may_hold_another_text_tomorrow_so_the_day_of_reading_is_kept_and_said() {
    for license in catalog().licenses().filter(|license| license.kind != LicenseKind::Ambiguous) {
        let read = license.verification != Verification::NotVerified;
        assert_eq!(license.text.read.is_some(), read, "{}: a text that was read says when", license.id);
        if let (true, Some(day)) = (read, &license.text.read) {
            assert!(page(&license.id).contains(&format!(", read {day}, ")), "{}", license.id);
        }
    }
    // Whether the licensor may change it is another matter: then the very words are of that day only.
    for id in ["gemma-tou-2026-04-01", "exaone-1.1-nc", "seamless", "falcon-llm-2.0", "nvidia-open-model-2025-09"] {
        let page = page(&format!("LicenseRef-{id}"));
        assert!(
            page.contains("May change the licensor may change that list; it is recorded as read 2026-10"),
            "{page}"
        );
    }
    assert!(!page("LicenseRef-deepseek-model-1.0").contains("May change"));
}

#[test]
fn what_llama_3_2_says_of_the_eu_stands_in_its_use_policy_and_is_cited_from_there() {
    for id in ["LicenseRef-llama-3.2", "LicenseRef-llama-4"] {
        let license = catalog().license(id).expect("the entry");
        let seat = license.conditions.iter().find(|term| term.id == "seat").expect("the term");
        assert!(seat.clause.as_deref().is_some_and(|clause| clause.starts_with("USE_POLICY.md")), "{:?}", seat.clause);
        // Who hashes LICENSE alone has not read it: the policy is a source of its own.
        assert!(license.sources.iter().any(|source| source.contains("USE_POLICY.md")), "{:?}", license.sources);
    }
    let refused = case("catalogue")
        .model("meta-llama/Llama-3.2-11B-Vision-Instruct")
        .seat("DE")
        .metrics(&[users("group", "2024-08", 5)])
        .is(Verdict::Refused);
    let sentence = &refused.weightiest().expect("a finding").sentence;
    assert!(sentence.contains("(USE_POLICY.md, final section)"), "{sentence}");
}
