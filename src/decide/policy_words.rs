//! Words of the policies about places that cannot be read as what they stand for: a rule, a country, a group, a provider, a
//! region or an accelerator that there is none of.
//!
//! What such a word was meant to keep out is not known, and to go on without it would be to let it. So it waits until the
//! policy is mended; and as nobody knows what it was meant to let either, a list of what is let refuses nobody by what is
//! left of it. What runs goes on.

use crate::manifest::{Reason, selection::Standing};

use super::{
    case::{Case, Found, finding},
    sentence,
};

/// Says each of them.
pub(super) fn check(case: &Case<'_>, found: &mut Found) {
    for (policy, problem) in case.policies.unread() {
        let (sentence, remedy) = sentence::policy::unread(policy, problem);
        let new = finding(Reason::PolicyInvalid, policy.waits(), &policy.words(), sentence);
        found.add(new.remedy(remedy).voucher(Some(policy.words())));
    }
    // Whom a policy is for is a word of it as well: to pass it over would be to let what it refuses.
    for (policy, standing) in case.policies.perhaps() {
        let (sentence, remedy) = sentence::policy::perhaps(case, policy, *standing);
        let reason = if *standing == Standing::Labels { Reason::FactsNotReady } else { Reason::PolicyInvalid };
        let new = finding(reason, policy.waits(), &policy.words(), sentence);
        found.add(new.remedy(remedy).voucher(Some(policy.words())));
        found.uses("ModelPolicy", &policy.fact.name, &policy.fact.hash);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Effect, Request, Verdict, decide};
    use super::Reason;
    use crate::{
        catalog::Catalog,
        facts::{Fact, snapshot::Snapshot},
        manifest::{model_deployment::ModelDeploymentSpec, model_policy::ModelPolicySpec},
    };

    /// The verdict, and the lines of what is said of the policy, where it says this in its regions.
    fn decided(mode: &str, regions: &str, placement: &str) -> (Verdict, Vec<String>) {
        let policy = format!("{{namespaces: [lab], mode: {mode}, regions: {{{regions}}}}}");
        let policy: ModelPolicySpec = serde_saphyr::from_str(&policy).unwrap();
        let snapshot = Snapshot { policies: vec![Fact::new("p", None, policy)], ..Snapshot::default() };
        let labels = BTreeMap::new();
        let facts = snapshot.facts(Catalog::built_in().unwrap(), &labels, "2026-11-26T12:00:00Z".parse().unwrap());
        let manifest = format!(
            "{{model: {{source: \"hf://Qwen/Qwen3-8B\"}}, usage: {{audience: public, serves: [SG]}}, placement: {placement}}}"
        );
        let spec: ModelDeploymentSpec = serde_saphyr::from_str(&manifest).unwrap();
        let decision = decide(&Request { namespace: "lab", name: "bot", uid: None, spec: &spec }, &facts);
        let of_it = decision.findings.iter().filter(|finding| finding.reason == Reason::PolicyInvalid);
        let lines = of_it.map(|finding| {
            assert_eq!(finding.effect, if mode == "Audit" { Effect::Warns } else { Effect::Waits });
            finding.line()
        });
        (decision.verdict, lines.collect())
    }

    const MISTYPED: [(&str, &[&str]); 16] = [
        ("rules: [{rule: cn, mode: Enforce}]", &["\"cn\", which is no rule", "known one is CN."]),
        ("rules: [{rule: cn-genai-filling, mode: Enforce}]", &["known one is cn-genai-filing."]),
        ("rules: [{rule: us-ca, mode: Enforce}]", &["known one is US-CA."]),
        ("deny: {groups: [EMBARGO]}", &["\"EMBARGO\"", "`modelport catalog groups`"]),
        ("deny: {groups: [CN]}", &["which is a country.", "spec.regions.deny.countries"]),
        ("deny: {providers: [aliyun]}", &["known one is alibaba."]),
        ("deny: {providers: [cn-hangzhou]}", &["it is a region of alibaba"]),
        ("deny: {countries: [cn]}", &["known one is CN (China)."]),
        ("deny: {countries: [China]}", &["known one is CN (China)."]),
        ("deny: {countries: [false]}", &["what YAML makes of NO"]),
        ("deny: {countries: [EU]}", &["a group of countries", "spec.regions.deny.groups"]),
        ("deny: {regions: [{provider: aws, region: us-east-11}]}", &["known one is us-east-1."]),
        ("deny: {regions: [{provider: aws, region: cn-hangzhou}]}", &["no region of aws; it is one of alibaba."]),
        ("serves: {deny: {countries: [cn]}}", &["spec.regions.serves.deny.countries[0]"]),
        ("serves: {deny: {countries: [EU]}}", &["spec.regions.serves.deny.groups"]),
        ("accelerators: {deny: {origins: [us]}}", &["known one is US"]),
    ];

    #[test]
    fn a_mistyped_word_about_places_waits_and_says_which_word_of_which_policy_it_is() {
        for (regions, words) in MISTYPED {
            let (verdict, lines) = decided("Enforce", regions, "{}");
            assert_eq!((verdict, lines.len()), (Verdict::Waiting, 1), "{regions}: {lines:?}");
            for word in words.iter().chain(&["ModelPolicy/p", "spec.regions."]) {
                assert!(lines[0].contains(word), "{regions}: {word}: {}", lines[0]);
            }
        }
    }

    #[test]
    fn under_an_audit_it_is_only_reported() {
        for (regions, _) in MISTYPED {
            let (verdict, lines) = decided("Audit", regions, "{}");
            assert_eq!((verdict, lines.len()), (Verdict::Allowed, 1), "{regions}: {lines:?}");
            assert!(lines[0].contains("(Audit: it only reports)"), "{}", lines[0]);
        }
    }

    #[test]
    fn a_mistyped_word_of_what_is_let_refuses_nobody() {
        let placement = "{allow: {countries: [SG]}}";
        for regions in [
            "allow: {countries: [sg]}",
            "allow: {countries: [US, sg]}",
            "allow: {providers: [google]}",
            "accelerators: {allow: {ids: [nvidia-h101]}}",
        ] {
            let (verdict, lines) = decided("Enforce", regions, placement);
            assert_eq!((verdict, lines.len()), (Verdict::Waiting, 1), "{regions}: {lines:?}");
        }
        let (verdict, _) = decided("Enforce", "allow: {countries: [sg]}, deny: {countries: [SG]}", placement);
        assert_eq!(verdict, Verdict::Refused, "what is read keeps out all the same");
    }

    #[test]
    fn what_is_known_by_another_word_or_has_no_regions_is_read() {
        for regions in [
            "deny: {countries: [UK], groups: [EU27], providers: [linode]}",
            "rules: [{rule: US-CA, mode: Enforce}, {rule: UK, mode: Enforce}, {rule: EEA, mode: Enforce}]",
            "deny: {regions: [{provider: oci, region: yny}]}",
        ] {
            assert_eq!(decided("Enforce", regions, "{}"), (Verdict::Allowed, Vec::new()), "{regions}");
        }
    }
}
