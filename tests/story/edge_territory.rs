//! What a naive checker gets wrong about territory. One sentence a case.

use modelport::{decide::Verdict, manifest::Reason};

use super::edge_case::{case, revenue, users};

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
