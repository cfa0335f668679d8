//! What an examiner found of rules of places: a region listed so as not to be asked of the rest, what a rule bans outright,
//! and records that name a rule and do not reach.

use modelport::{
    decide::{Decision, Effect, Finding, Verdict},
    manifest::Reason,
};

use super::world::{World, yaml};

const QWEN: &str = "model: {source: \"hf://Qwen/Qwen3-8B\"}\n";

fn decide(day: &str, licensee: &str, regions: &str, manifest: &str) -> Decision {
    let mut world = World::at("2026-11-24");
    world.now = day.parse().unwrap();
    world.licensee("acme", &format!("{{namespaces: [lab], kind: company, {licensee}}}"));
    if !regions.is_empty() {
        world.policy("p", &format!("{{namespaces: [lab], regions: {{{regions}}}}}"));
    }
    world.decide("lab/x", &yaml(manifest))
}

const DAY: &str = "2026-11-24T12:00:00Z";

fn rule(id: &str) -> String {
    format!("rules: [{{rule: {id}, mode: Enforce}}]")
}

fn of<'a>(decision: &'a Decision, id: &str) -> &'a Finding {
    let found = decision.findings.iter().find(|finding| finding.about == id);
    found.unwrap_or_else(|| panic!("nothing of {id}: {:?}", decision.findings))
}

#[test]
fn a_listed_region_keeps_pods_to_its_country_where_a_rule_may_hold_for_its_nodes_abroad() {
    let usage = "usage: {audience: internal, serves: [FR], personalData: Yes}\n";
    let placed = |allow: &str| format!("{QWEN}{usage}placement: {{allow: {{{allow}}}}}");
    let countries = |regions: &str, allow: &str| {
        let decision = decide(DAY, "seat: FR, headquarters: FR", regions, &placed(allow));
        assert_eq!(decision.verdict, Verdict::Allowed, "{:?}", decision.findings);
        decision.places.countries.words()
    };
    let frankfurt = "regions: [{provider: aws, region: eu-central-1}]";
    // A zone of the region stands in Istanbul, and a rack wherever a customer is.
    assert_eq!(countries(&rule("eu-gdpr"), frankfurt), "DE");
    assert_eq!(countries(&rule("us-embargo"), frankfurt), "DE");
    let both = format!("countries: [DE, TR], {frankfurt}");
    assert_eq!(countries(&rule("eu-gdpr"), &both), "DE");
    // Nothing is added where nothing may hold elsewhere.
    assert_eq!(countries("", frankfurt), "any");
    assert_eq!(countries(&rule("us-ear-3a090"), &format!("groups: [EU], {frankfurt}")), "EU");
    assert_eq!(countries(&rule("cn-genai-filing"), frankfurt), "any");
    let decision = decide(DAY, "seat: FR", &rule("eu-gdpr"), &placed(frankfurt));
    assert!(of(&decision, "spec.placement").sentence.contains("pods keep to DE"), "{:?}", decision.findings);
    let part = decision.places.parts.iter().find(|part| part.by == "spec.placement").expect("its own part");
    assert_eq!(part.countries.words(), "DE");
}

#[test]
fn what_a_rule_bans_no_filing_lets_and_the_rest_is_let_with_one() {
    let filings = "seat: DE, filings: [{name: s, rule: eu.image_safeguards, who: legal, when: 2026-10-01, covers: {services: [lab/x]}}]";
    let asked = |sectors: &str, instant: &str| {
        let usage = format!("usage: {{audience: internal, serves: [DE]{sectors}}}");
        let manifest = format!("model: {{source: \"hf://Qwen/Qwen-Image\"}}\n{usage}");
        decide(instant, filings, &rule("eu-nudifier-ban"), &manifest)
    };
    let made_for_it = ", sectors: [intimate-images]";
    assert_eq!(asked("", "2026-12-02T00:00:00Z").verdict, Verdict::Allowed);
    let before = asked(made_for_it, "2026-12-01T23:59:59Z");
    assert_eq!(before.verdict, Verdict::Allowed, "{:?}", before.findings);
    let banned = asked(made_for_it, "2026-12-02T00:00:00Z");
    let first = of(&banned, "eu-nudifier-ban");
    assert_eq!((banned.verdict, first.reason), (Verdict::Refused, Reason::RuleRefuses));
    assert!(first.sentence.contains(" bans a system that is made for intimate images"), "{}", first.sentence);
    assert!(first.sentence.contains("nothing that is recorded lifts it"), "{}", first.sentence);
}

#[test]
fn a_class_that_is_refused_takes_with_it_what_nobody_knows_the_class_of_where_that_is_refused() {
    let allowed = |unknown: &str, chip: &str| {
        let regions = format!("accelerators: {{deny: {{classes: [Export3A090]}}}}{unknown}");
        let usage = "usage: {audience: internal, serves: [SG]}\n";
        let decision = decide(DAY, "seat: SG", &regions, &format!("{QWEN}{usage}accelerators: {{count: 1}}"));
        decision.places.chips.iter().all(|limit| limit.chips.allow(Some(chip)))
    };
    // The table does not say of which class these are.
    for chip in ["google-tpu-v4", "amd-mi308x"] {
        assert!(allowed("", chip), "{chip}: what is not known is let");
        assert!(!allowed(", unknownAccelerator: Refuse", chip), "{chip}");
    }
    assert!(allowed(", unknownAccelerator: Refuse", "nvidia-a10") && !allowed("", "nvidia-h100-sxm"));
}

#[test]
fn a_record_that_names_a_rule_and_does_not_reach_is_named_with_what_it_lacks() {
    let sentence = |list: &str, record: &str| {
        let licensee =
            format!("seat: US, headquarters: US, {list}: [{{name: r, rule: eu-art50, when: 2026-10-01{record}}}]");
        let usage = "usage: {audience: public, serves: [FR, DE]}";
        let decision = decide(DAY, &licensee, &rule("eu-art50"), &format!("{QWEN}{usage}"));
        assert_eq!(decision.verdict, Verdict::Refused, "{record}");
        of(&decision, "eu-art50").sentence.clone()
    };
    for (list, record, said) in [
        (
            "filings",
            ", who: legal, covers: {countries: [FR]}",
            "record r of 2026-10-01 by legal in filings covers \"FR\", and not DE",
        ),
        ("filings", ", who: legal, covers: {services: [lab/y]}", "covers \"lab/y\", and not lab/x"),
        (
            "filings",
            ", who: legal, covers: {services: [x]}",
            "covers \"x\", and not lab/x: a service is written with its namespace",
        ),
        ("filings", ", who: legal, covers: {models: [a/b]}", "covers \"a/b\", and not Qwen/Qwen3-8B"),
        ("notApplicable", ", who: legal, covers: {all: Yes}", "does not say a reason, and so counts for nothing"),
        (
            "filings",
            ", who: legal, until: 2026-09-30, covers: {all: Yes}",
            "says until 2026-09-30, that day included, before it begins",
        ),
    ] {
        let sentence = sentence(list, record);
        assert!(sentence.contains(said), "{record}: {sentence}");
    }
}

#[test]
fn a_finding_says_since_when_what_it_hangs_on_and_who_has_more_time() {
    let usage = |audience: &str, serves: &str| format!("{QWEN}usage: {{audience: {audience}, serves: [{serves}]}}");
    let art50 = |day: &str| {
        let decision = decide(day, "seat: US", &rule("eu-art50"), &usage("public", "FR"));
        of(&decision, "eu-art50").sentence.clone()
    };
    let now = art50(DAY);
    assert!(
        now.contains("applies since 2026-08-02") && now.contains("(declared: audience public, serves FR)"),
        "{now}"
    );
    assert!(now.contains(" have until 2026-12-02 to mark."), "{now}");
    let over = art50("2026-12-02T00:00:00Z");
    assert!(!over.contains("to mark"), "{over}");
    // The seat is what brings it on.
    let image = "model: {source: \"hf://Qwen/Qwen-Image\"}\nusage: {audience: internal, serves: [US]}";
    let of_seat = decide("2026-12-02T00:00:00Z", "seat: SE, headquarters: US", &rule("eu-nudifier-ban"), image);
    assert!(of(&of_seat, "eu-nudifier-ban").sentence.contains("(declared: seat SE)"));
    // What only warns has no "none", and no policy makes more of it.
    let abroad = format!("{}\nplacement: {{allow: {{countries: [SG]}}}}", usage("public", "CN"));
    let blocked = decide(DAY, "seat: SG", &rule("cn-genai-foreign-provider"), &abroad);
    let said = of(&blocked, "cn-genai-foreign-provider");
    assert_eq!(said.effect, Effect::Warns);
    assert!(said.sentence.contains("no record of lab/x answers it, and the rule only warns"), "{}", said.sentence);
}

#[test]
fn where_a_product_is_named_the_remedy_names_the_label_of_single_nodes_too() {
    let manifest =
        format!("{QWEN}usage: {{audience: internal, serves: [SG]}}\naccelerators: {{product: H100, count: 1}}");
    let refused = decide(DAY, "seat: SG, headquarters: CN", &rule("us-ear-3a090"), &manifest);
    let said = of(&refused, "us-ear-3a090");
    assert_eq!(refused.verdict, Verdict::Refused);
    let remedy = said.remedy.as_deref().expect("a remedy");
    assert!(remedy.contains("names no product") && remedy.contains("evidence.us.bis_licence"), "{remedy}");
    let unnamed = manifest.replace("product: H100, ", "");
    assert_eq!(decide(DAY, "seat: SG, headquarters: CN", &rule("us-ear-3a090"), &unnamed).verdict, Verdict::Allowed);
}
