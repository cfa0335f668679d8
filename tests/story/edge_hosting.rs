//! What a naive checker gets wrong about who offers a model to whom, and what may be done with what it puts out. One
//! sentence a case.

use modelport::{decide::Verdict, manifest::Reason};

use super::edge_case::{Case, case, has, revenue};

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
fn a_platform_that_runs_it_for_its_own_company_hosts_for_nobody_and_for_sister_companies_it_may() {
    let platform = |said: &str| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: internal-business, production: Yes, sectors: [none], trainsOnOutputs: No{said}"
        );
        case("LicenseRef-falcon-180b-1.0").usage(&usage).decide()
    };
    // Teams of one legal entity are one licensee.
    assert_eq!(platform("").verdict, Verdict::Allowed);
    // A company of the same group is another: whether the text lets affiliates use it is read by a person, and until then
    // the platform says that it hosts, which the stricter text refuses.
    let affiliates = platform(", hostedForThirdParties: Yes");
    assert_eq!(affiliates.verdict, Verdict::Refused);
    let said = affiliates.weightiest().expect("a finding").line();
    assert!(said.contains("spec.usage.hostedForThirdParties says Yes"), "{said}");
    // Where the text counts affiliates, it counts them whoever hosts.
    let krea = |scope: &str| {
        let usage = "audience: internal, serves: [US], purpose: internal-business, production: Yes, hostedForThirdParties: Yes, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]";
        case("LicenseRef-krea-2-community").usage(usage).metrics(&[revenue(scope, "T12M", 5)]).decide().verdict
    };
    assert_eq!((krea("group"), krea("licensee")), (Verdict::Allowed, Verdict::Waiting));
}

const HIGH: &str =
    "{name: aggregate-revenue, scope: group, period: MAX12M, value: 90000000, currency: USD, asOf: 2026-10-31}";

fn kimi(business: &str, said: &str) -> Case<'static> {
    let usage =
        format!("serves: [US], purpose: commercial, production: Yes, sectors: [none], trainsOnOutputs: No, {said}");
    case("LicenseRef-kimi-k3").usage(usage.leak()).more(&format!("businessTypes: [{business}]")).metrics(&[HIGH.into()])
}

#[test]
fn a_product_with_the_model_inside_makes_nobody_a_model_as_a_service_business() {
    for business in ["none", "image-generation", "software-provider"] {
        kimi(business, "audience: public, hostedForThirdParties: No").is(Verdict::Allowed);
    }
}

#[test]
fn who_only_relays_to_what_others_host_is_no_such_business_and_who_hosts_is_one() {
    // A relay runs no weights for others; whoever says that it does, and that this is no business of its, is asked.
    kimi("none", "audience: public, hostedForThirdParties: No").is(Verdict::Allowed);
    let said = kimi("none", "audience: public, hostedForThirdParties: Yes").is(Verdict::Waiting);
    assert_eq!(said.weightiest().map(|finding| finding.reason), Some(Reason::LicenseeInvalid));
}

#[test]
fn a_model_as_a_service_business_is_one_in_whatever_product_it_puts_the_model() {
    // The text asks about the business of the licensee and its affiliates, and about anything that people outside reach;
    // what it says of embedded products is who is such a business, and not which product is spared.
    for said in ["audience: public, hostedForThirdParties: No", "audience: partners, hostedForThirdParties: No"] {
        kimi("model-as-a-service", said).refused_for(Reason::RevenueThreshold);
    }
    kimi("model-as-a-service", "audience: public, hostedForThirdParties: Yes").refused_for(Reason::RevenueThreshold);
    // Its own staff are spared.
    kimi("model-as-a-service", "audience: internal").is(Verdict::Allowed);
}

#[test]
fn outputs_of_a_research_model_serve_research_and_so_does_what_is_trained_on_them() {
    let trains = "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: Yes";
    for license in ["LicenseRef-mistral-research-0.1", "LicenseRef-llama-1", "LicenseRef-chameleon-research"] {
        let decision = Case { kind: "academic", ..case(license) }.usage(trains).is(Verdict::Allowed);
        assert!(
            has(&decision, "what it puts out serves research alone, and so does a model trained on it"),
            "{license}"
        );
        let sold = trains.replace("purpose: research", "purpose: commercial");
        Case { kind: "academic", ..case(license) }.usage(&sold).is(Verdict::Refused);
    }
}

#[test]
fn outputs_of_krea_are_put_to_no_commercial_use_at_the_limit_though_research_goes_on() {
    let krea = |purpose: &str, value: i64| {
        let usage = format!(
            "audience: internal, serves: [US], purpose: {purpose}, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No, assurances: [content-filter]"
        );
        case("LicenseRef-krea-2-community").usage(&usage).metrics(&[revenue("group", "T12M", value)]).decide()
    };
    let research = krea("research", 1_000_000);
    assert_eq!(research.verdict, Verdict::Allowed);
    assert!(has(&research, "no commercial use of what it puts out"), "{:?}", research.obligations);
    assert_eq!(krea("commercial", 1_000_000).verdict, Verdict::Refused);
    assert_eq!(krea("commercial", 999_999).verdict, Verdict::Allowed);
}
