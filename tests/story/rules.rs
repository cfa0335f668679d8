//! Rules of places: each condition as data beside its sentence, and what follows from a rule in the hands of a policy.

use std::fmt::Write as _;

use modelport::{
    catalog::Catalog,
    decide::{Decision, Effect, Finding, Verdict},
    manifest::Reason,
};

use super::world::{World, golden, yaml};

#[test]
fn every_rule_is_printed_with_its_condition_beside_its_sentence() {
    let catalog = Catalog::built_in().expect("the catalogue");
    let mut told = String::from(
        "Rules of places: the words of the text, and when Modelport takes them to apply. Not legal advice.\n",
    );
    for rule in catalog.rules() {
        let verified = if rule.verified.is_yes() { "verified" } else { "not verified" };
        let from = rule
            .effective
            .map(|day| format!("from {day}"))
            .or_else(|| rule.effective_month.clone().map(|m| format!("from {m}")));
        let from = from.unwrap_or_else(|| "no date".into());
        let earlier = rule.earlier.as_ref().map(|e| format!("; {:?} from {}", e.gate, e.from)).unwrap_or_default();
        let _ = writeln!(
            told,
            "\n{} ({}, {:?}, {:?}, {verified}, {from}{earlier})",
            rule.id, rule.jurisdiction, rule.gate, rule.status
        );
        let _ = writeln!(told, "  says    {}: {}", rule.cite(), rule.sentence);
        for role in &rule.words.roles {
            let _ = writeln!(told, "  role    {role}");
        }
        for words in rule.words.territory.iter().chain(&rule.words.conditions) {
            let _ = writeln!(told, "  text    {words}");
        }
        for figure in &rule.words.thresholds {
            let _ = writeln!(told, "  figure  {}: {}", figure.name, figure.value);
        }
        let _ = writeln!(told, "  when    {}", rule.when);
        for exemption in &rule.exempt {
            let _ = writeln!(told, "  unless  {}\n       =  {}", exemption.sentence, exemption.when);
        }
        if let Some(ban) = &rule.ban {
            let _ = writeln!(told, "  bans    {}\n       =  declares {}", ban.sentence, ban.declares.join(" or "));
        }
        if let Some(transition) = &rule.transition {
            let _ = writeln!(told, "  time    until {}: {}", transition.until, transition.sentence);
        }
        for requirement in &rule.requires {
            let _ = writeln!(told, "  asks    {}: {}", requirement.key, requirement.what);
        }
    }
    golden("rules", &told);
}

const QWEN: &str = "model: {source: \"hf://Qwen/Qwen3-8B\"}\n";

fn licensee(rest: &str) -> String {
    format!("{{namespaces: [lab], kind: company, seat: DE, headquarters: DE{rest}}}")
}

fn enforcing(rules: &[&str]) -> String {
    let modes: Vec<String> = rules.iter().map(|rule| format!("{{rule: {rule}, mode: Enforce}}")).collect();
    format!("{{namespaces: [lab], regions: {{rules: [{}]}}}}", modes.join(", "))
}

fn filing(rule: &str) -> String {
    format!("{{name: {rule}, rule: {rule}, who: legal, when: 2026-11-01, covers: {{services: [lab/x]}}}}")
}

struct Asked {
    world: World,
}

impl Asked {
    fn new(rules: &[&str], rest: &str) -> Self {
        let mut world = World::at("2026-11-24");
        world.licensee("acme", &licensee(rest));
        if !rules.is_empty() {
            world.policy("rules", &enforcing(rules));
        }
        Self { world }
    }

    fn decide(&self, rest: &str) -> Decision {
        self.world.decide("lab/x", &yaml(&format!("{QWEN}{rest}")))
    }
}

fn of<'a>(decision: &'a Decision, rule: &str) -> Vec<&'a Finding> {
    decision.findings.iter().filter(|finding| finding.about == rule).collect()
}

#[test]
fn a_manifest_that_says_nothing_is_warned_of_nothing() {
    let decision = Asked::new(&[], "").decide("");
    assert_eq!((decision.verdict, decision.places.restrict()), (Verdict::Allowed, false));
    assert!(decision.findings.iter().all(|finding| finding.reason != Reason::RuleWarns), "{:?}", decision.findings);
    assert_eq!(decision.next_change, None, "a rule that is about something else brings no date");
}

#[test]
fn no_rule_refuses_by_default_and_none_is_told_twice() {
    let asked = Asked::new(&[], "");
    for usage in [
        "usage: {audience: public, serves: [CN, FR, KR, IN, RU, CU, SA, BR], personalData: Yes}",
        "usage: {audience: public, serves: [CU, IR, KP], sectors: [military, social-scoring]}\nplacement: {allow: {countries: [CU, CN, RU]}}\naccelerators: {product: H100, count: 1}",
    ] {
        let decision = asked.decide(usage);
        assert_eq!(decision.verdict, Verdict::Allowed, "{:?}", decision.findings);
        let mut rules: Vec<&str> =
            decision.findings.iter().filter(|f| f.about.contains('-')).map(|f| f.about.as_str()).collect();
        let all = rules.len();
        rules.sort_unstable();
        rules.dedup();
        assert_eq!(rules.len(), all);
    }
}

#[test]
fn pods_keep_out_where_a_rule_is_about_the_place_of_pods() {
    let asked = Asked::new(&["US"], "");
    let both = asked.decide("usage: {audience: internal, serves: [DE]}\nplacement: {allow: {countries: [CU, DE]}}");
    assert_eq!((both.verdict, both.places.countries.words().as_str()), (Verdict::Allowed, "DE"));
    assert_eq!(of(&both, "us-embargo")[0].effect, Effect::Warns);
    let anywhere = asked.decide("usage: {audience: internal, serves: [DE]}");
    assert_eq!((anywhere.verdict, anywhere.places.countries.words().as_str()), (Verdict::Allowed, "not CU,IR,KP"));
    assert_eq!(of(&anywhere, "us-embargo")[0].effect, Effect::Passes, "nobody wrote down what is lost");
    let there = asked.decide("usage: {audience: internal, serves: [DE]}\nplacement: {allow: {countries: [CU]}}");
    assert_eq!(there.verdict, Verdict::Refused);
    let people = asked.decide("usage: {audience: internal, serves: [CU]}\nplacement: {allow: {countries: [DE]}}");
    assert_eq!((people.verdict, people.findings[0].about.as_str()), (Verdict::Refused, "us-embargo"));
    let filed = Asked::new(&["US"], &format!(", filings: [{}]", filing("us-embargo")));
    assert_eq!(
        filed.decide("usage: {serves: [CU]}").verdict,
        Verdict::Refused,
        "what is refused outright no filing lets"
    );
}

#[test]
fn personal_data_keeps_pods_at_home() {
    let asked = Asked::new(&["CN"], "");
    let public = asked.decide("usage: {audience: internal, serves: [CN], personalData: Yes}");
    assert_eq!(public.verdict, Verdict::Allowed);
    assert_eq!(
        public.places.countries.words(),
        "any",
        "a country's rule that asks for evidence warns about what is internal"
    );
    assert_eq!(of(&public, "cn-cross-border-data")[0].reason, Reason::RuleWarns);
    let named = Asked::new(&["cn-cross-border-data"], "");
    let narrowed = named.decide("usage: {audience: internal, serves: [CN], personalData: Yes}");
    assert_eq!((narrowed.verdict, narrowed.places.countries.words().as_str()), (Verdict::Allowed, "CN"));
    let unsaid = named.decide("usage: {audience: internal, serves: [CN]}");
    assert_eq!(unsaid.places.countries.words(), "CN", "what is unsaid is the strictest first, and that passes");
    let abroad = named.decide("usage: {audience: internal, serves: [CN]}\nplacement: {allow: {countries: [HK]}}");
    assert_eq!((abroad.verdict, abroad.findings[0].about.as_str()), (Verdict::Waiting, "usage.personalData"));
    let basis = Asked::new(&["cn-cross-border-data"], &format!(", filings: [{}]", filing("cn.data_export_basis")));
    let free = basis.decide("usage: {audience: internal, serves: [CN], personalData: Yes}");
    assert_eq!((free.verdict, free.places.restrict()), (Verdict::Allowed, false));
}

#[test]
fn a_filing_for_each_key_answers_and_what_is_missing_is_named() {
    let keys = |keys: &[&str]| {
        let filings: Vec<String> = keys.iter().map(|key| filing(key)).collect();
        Asked::new(&["cn-genai-measures"], &format!(", filings: [{}]", filings.join(", ")))
            .decide("usage: {audience: public, serves: [CN]}")
    };
    let all = keys(&["cn.content_rules", "cn.training_data", "cn.complaints"]);
    assert_eq!(of(&all, "cn-genai-measures")[0].effect, Effect::Passes);
    let some = keys(&["cn.content_rules", "cn.complaints"]);
    assert_eq!(some.verdict, Verdict::Refused);
    assert!(
        some.findings[0].sentence.contains("of what it asks, cn.training_data is not recorded for lab/x"),
        "{}",
        some.findings[0].sentence
    );
    assert_eq!(
        keys(&["cn-genai-measures"]).verdict,
        Verdict::Allowed,
        "a filing under the rule's id answers all of it"
    );
}

#[test]
fn what_applies_on_a_day_does_so_from_its_first_second() {
    let mut asked = Asked::new(&["eu-nudifier-ban"], "");
    asked.world.license("image", "{license: Apache-2.0, models: [Qwen/Qwen3-8B]}");
    let usage = "usage: {audience: internal, serves: [DE], sectors: [intimate-images]}";
    let at = |asked: &mut Asked, instant: &str| {
        asked.world.now = instant.parse().unwrap();
        asked.decide(usage)
    };
    assert!(of(&at(&mut asked, "2026-07-26T23:59:59Z"), "eu-nudifier-ban").is_empty());
    let before = at(&mut asked, "2026-12-01T23:59:59Z");
    assert_eq!(before.verdict, Verdict::Allowed, "{:?}", before.findings);
    assert_eq!(before.next_change.unwrap().to_string(), "2026-12-02T00:00:00Z");
    assert!(before.findings.iter().any(|f| f.reason == Reason::VerdictEnds), "{:?}", before.findings);
    let after = at(&mut asked, "2026-12-02T00:00:00Z");
    assert_eq!((after.verdict, after.findings[0].about.as_str()), (Verdict::Refused, "eu-nudifier-ban"));
}

#[test]
fn a_rule_that_is_not_verified_refuses_only_where_a_policy_names_it() {
    let usage = "usage: {audience: public, serves: [FR], personalData: Yes}\nplacement: {allow: {countries: [US]}}";
    let filings = format!(", filings: [{}]", filing("eu-art50"));
    let by_country = Asked::new(&["EU"], &filings).decide(usage);
    assert!(of(&by_country, "eu-gdpr").is_empty());
    let named = Asked::new(&["eu-gdpr"], &filings).decide(usage);
    assert_eq!(named.verdict, Verdict::Refused);
    assert!(named.findings[0].sentence.contains("not verified"), "{}", named.findings[0].sentence);
    let adequate = usage.replace("[US]", "[GB]");
    assert_eq!(Asked::new(&["eu-gdpr"], &filings).decide(&adequate).verdict, Verdict::Allowed);
}

#[test]
fn a_member_makes_the_rules_of_its_group_stricter() {
    let usage = "usage: {audience: public, serves: [FR]}";
    assert_eq!(Asked::new(&["FR"], "").decide(usage).verdict, Verdict::Refused);
    assert_eq!(Asked::new(&["EU27"], "").decide(usage).verdict, Verdict::Refused);
    let mut off = Asked::new(&["EU"], "");
    off.world.policy("off", "{namespaces: [lab], regions: {rules: [{rule: FR, mode: \"Off\"}]}}");
    assert_eq!(off.decide(usage).verdict, Verdict::Refused);
}

#[test]
fn a_country_without_a_rule_was_not_surveyed_and_that_is_said_the_louder_where_rules_are_enforced() {
    let usage = "usage: {audience: internal, serves: [BD, DE]}\nplacement: {allow: {countries: [CL, SG]}}";
    let said = |rules: &[&str]| {
        let decision = Asked::new(rules, "").decide(usage);
        assert_eq!(decision.verdict, Verdict::Allowed);
        decision.findings.into_iter().find(|f| f.reason == Reason::CountryNotSurveyed)
    };
    let told = said(&[]).expect("it is told, and decides nothing");
    assert_eq!((told.effect, told.about.as_str()), (Effect::Passes, "BD,CL"));
    let finding = said(&["SG"]).expect("it is said");
    assert_eq!(finding.effect, Effect::Warns);
    assert!(finding.sentence.contains("no rule of BD and CL of their own"), "{}", finding.sentence);
}

#[test]
fn a_controlled_accelerator_keeps_out_of_controlled_countries() {
    let chips = ["us-ear-3a090", "us-is-informed-2025-04", "us-bis-2026-case-by-case"];
    let usage = "usage: {audience: internal, serves: [SG]}\nplacement: {allow: {countries: [CN, SG]}}\n";
    let with =
        |rules: &[&str], chip: &str| Asked::new(rules, "").decide(&format!("{usage}accelerators: {{{chip}count: 1}}"));
    // A node on which it is recorded would do: in CN pods keep to such nodes.
    for (named, ids) in [
        ("product: H100, ", "nvidia-h100-nvl, nvidia-h100-pcie, nvidia-h100-sxm"),
        ("product: NVIDIA-L4, ", "nvidia-l4"),
    ] {
        let decision = with(&chips, named);
        assert_eq!((decision.verdict, decision.places.countries.words().as_str()), (Verdict::Allowed, "CN,SG"));
        let of_ear = decision.places.chips.iter().find(|limit| limit.by == "rule us-ear-3a090").expect("a limit");
        assert_eq!(of_ear.words(), format!("in CN: {ids} kept off, but not with us.bis_licence on the node"));
        let said = of(&decision, "us-ear-3a090")[0];
        assert_eq!((said.effect, said.reason), (Effect::Warns, Reason::FilingMissing));
        assert!(said.sentence.ends_with("pods stand in CN only on nodes where that is recorded."), "{}", said.sentence);
        assert!(said.remedy.as_deref().is_some_and(|remedy| remedy.contains("evidence.us.bis_licence")));
    }
    assert_eq!(with(&chips, "product: NVIDIA-A10-SHARED, ").places.countries.words(), "CN,SG");
    assert_eq!(with(&[], "product: H100, ").places.countries.words(), "CN,SG");
    let unnamed = with(&chips, "");
    assert_eq!(unnamed.places.countries.words(), "CN,SG");
    let said = &of(&unnamed, "us-ear-3a090")[0].sentence;
    assert!(said.contains("names no accelerator: pods keep off"), "{said}");
    // What the table does not tell enough of is let, and said.
    let unknown = with(&["us-ear-3a090"], "product: Instinct_MI308X, ");
    assert_eq!(unknown.places.countries.words(), "CN,SG");
    let said = &of(&unknown, "us-ear-3a090")[0].sentence;
    assert!(said.contains("does not know enough of Instinct_MI308X"), "{said}");
    let mut strict = Asked::new(&chips, "");
    let refuse = enforcing(&chips).replace("regions: {", "regions: {unknownAccelerator: Refuse, ");
    strict.world.policy("strict", &refuse);
    assert_eq!(
        strict.decide(&format!("{usage}accelerators: {{product: Instinct_MI308X, count: 1}}")).places.countries.words(),
        "SG"
    );
    let unnamed = strict.decide(usage);
    assert_eq!((unnamed.places.countries.words().as_str(), unnamed.places.chips.len()), ("CN,SG", 3));
    let licence =
        Asked::new(&chips, &format!(", filings: [{}, {}]", filing("us.bis_licence"), filing("us.h200_conditions")));
    assert_eq!(
        licence.decide(&format!("{usage}accelerators: {{product: H100, count: 1}}")).places.countries.words(),
        "CN,SG"
    );
}

#[test]
fn a_parent_in_a_controlled_country_counts_wherever_pods_stand() {
    let chip = "usage: {audience: internal, serves: [SG]}\nplacement: {allow: {countries: [SG]}}\naccelerators: {product: H100, count: 1}";
    let mut asked = Asked::new(&["us-ear-3a090"], "");
    assert_eq!(asked.decide(chip).verdict, Verdict::Allowed);
    asked.world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG, headquarters: CN}");
    assert_eq!(asked.decide(chip).verdict, Verdict::Refused);
    asked.world.licensee("acme", "{namespaces: [lab], kind: company, seat: SG}");
    let unsaid = asked.decide(chip);
    assert_eq!((unsaid.verdict, unsaid.findings[0].about.as_str()), (Verdict::Waiting, "headquarters"));
}

/// What is said of the only rule that is enforced.
fn said_of(rule: &str, policy: &[&str], licensee: &str, manifest: &str) -> (Verdict, Reason, String) {
    let decision = Asked::new(policy, licensee).decide(manifest);
    let all = of(&decision, rule);
    assert_eq!(all.len(), 1, "a rule is told once: {all:#?}");
    (decision.verdict, all[0].reason, all[0].line())
}

fn says(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word}: {line}");
    }
}

#[test]
fn what_a_rule_refuses_outright_is_not_called_a_missing_filing() {
    let people = "usage: {audience: internal, serves: [CU]}";
    let (verdict, reason, line) = said_of("us-embargo", &["us-embargo"], "", people);
    assert_eq!((verdict, reason), (Verdict::Refused, Reason::RuleRefuses));
    says(&line, &["nothing that is recorded lifts it", "No filing lifts it", "notApplicable of Licensee/acme"]);
    let (_, reason, line) = said_of("us-embargo", &[], "", people);
    assert_eq!(reason, Reason::RuleWarns);
    says(&line, &["nothing that is recorded lifts it, and no policy enforces the rule"]);
    let (_, _, line) = said_of("us-embargo", &["us-embargo"], "", "usage: {audience: internal, serves: [DE]}");
    says(&line, &["nothing that is recorded lifts it there: pods keep out of CU, IR and KP"]);
}

#[test]
fn internal_use_that_a_countrys_name_only_warns_of_is_told_how_it_would_be_refused() {
    let there = "usage: {audience: internal, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\naccelerators: {product: H100, count: 1}";
    let (verdict, reason, line) = said_of("us-ear-3a090", &["US"], "", there);
    assert_eq!((verdict, reason), (Verdict::Allowed, Reason::RuleWarns));
    says(&line, &["not named by its id, it only warns of internal use", "lists rule: us-ear-3a090 in regions.rules"]);
    assert_eq!(said_of("us-ear-3a090", &["us-ear-3a090"], "", there).0, Verdict::Refused);
}

#[test]
fn a_record_that_counts_later_or_no_longer_says_its_own_days() {
    let usage = "usage: {audience: public, serves: [CN]}";
    let dated = |when: &str, until: &str| {
        let days = filing("cn-genai-filing").replace("2026-11-01", &format!("{when}{until}"));
        said_of("cn-genai-filing", &["cn-genai-filing"], &format!(", filings: [{days}]"), usage)
    };
    let (_, reason, line) = dated("2027-01-01", "");
    assert_eq!(reason, Reason::FilingMissing);
    says(&line, &["record cn-genai-filing of 2027-01-01 by legal counts for lab/x from 2027-01-01 on, and not before"]);
    let (_, reason, line) = dated("2026-10-01", ", until: 2026-10-31");
    assert_eq!(reason, Reason::RecordEnded);
    says(&line, &["covered lab/x until 2026-10-31, that day included"]);
    let (_, _, line) = dated("2026-10-01", ", until: \"2026-10-31T12:00:00Z\"");
    says(&line, &["covered lab/x until 2026-10-31T12:00:00Z ("]);
}

#[test]
fn an_exemption_is_told_in_its_own_words_and_what_brought_it() {
    let manifest =
        "usage: {audience: internal, serves: [BR], personalData: Yes}\nplacement: {allow: {countries: [DE]}}";
    let (verdict, _, line) = said_of("br-lgpd", &["br-lgpd"], "", manifest);
    assert_eq!(verdict, Verdict::Allowed);
    says(&line, &["; this is exempt, as \"transfer to the EU/EEA", "(declared: audience internal)."]);
}

#[test]
fn a_rule_that_waits_does_not_pass_as_well() {
    // Its name speaks of sound, and nobody has said what it makes.
    let manifest = "model: {source: \"hf://Qwen/Qwen3-Voice-8B\"}\nusage: {audience: public, serves: [IN]}";
    let decide = |word: &str| Asked::new(&[word], "").world.decide("lab/x", &yaml(manifest));
    let named = decide("in-it-rules-sgi");
    let said = of(&named, "in-it-rules-sgi");
    assert_eq!((named.verdict, said.len(), said[0].reason), (Verdict::Waiting, 1, Reason::EvidenceMissing));
    assert_eq!(decide("IN").verdict, Verdict::Allowed, "not by its country's name");
    let text = Asked::new(&["in-it-rules-sgi"], "").decide("usage: {audience: public, serves: [IN]}");
    assert_eq!((text.verdict, of(&text, "in-it-rules-sgi").len()), (Verdict::Allowed, 0), "text is no such media");
}

#[test]
fn a_policy_that_only_reports_says_so_of_each_thing() {
    let mut asked = Asked::new(&[], "");
    let policy = enforcing(&["cn-genai-filing"]).replace("regions: {", "mode: Audit, regions: {allow: {groups: [EEA]}, serves: {deny: {countries: [CN]}}, accelerators: {deny: {ids: [nvidia-l4]}}, ");
    asked.world.policy("audit", &policy);
    let decision = asked.decide("usage: {audience: public, serves: [CN]}\nplacement: {allow: {countries: [CN]}}\naccelerators: {product: NVIDIA-L4, count: 1}");
    assert_eq!(decision.verdict, Verdict::Allowed, "{:?}", decision.findings);
    let of_it = decision.findings.iter().filter(|f| f.voucher.as_deref() == Some("ModelPolicy/audit"));
    let lines: Vec<String> = of_it.map(Finding::line).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    for line in &lines {
        says(line, &["ModelPolicy/audit (Audit: it only reports)"]);
    }
}
