//! Which ModelPolicies hold, and what they say together.
//!
//! Policies combine so that adding an enforcing one never widens a verdict: allowed sets intersect, refused sets unite,
//! the stricter word wins, the shorter grace and the smaller age win, and only what all of them list may be waived. A
//! policy in `Audit` mode reports what it would have decided, as warnings.
//!
//! Beneath them lies the default: the objects with `default: true`, which hold in every namespace, so that one that
//! selects it can only tighten them. Without such an object the built-in default holds: licences enforced, rules of
//! places warn. Nothing that a policy says widens what it lets; but how a refusal is carried out (admission, stopping,
//! grace) and whether a rule's warning is shown is then the selecting policy's own choice.

use crate::{
    catalog::{DutyKind, Rule},
    facts::{Fact, Facts},
    manifest::{
        license_rules::{AgeLimit, Ages, DutyMode, Older, Strictness, days},
        model_policy::{
            AdmissionMode, Grace, Mode, ModelPolicySpec, RuleMode, RuleStrictness, Unknown, WhenRefused, seconds,
        },
        selection::Standing,
        shape::{ShapeProblem, place_problems},
    },
};

use super::{Effect, Policy, Request};

/// One policy that holds here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding<'a> {
    /// The object.
    pub fact: &'a Fact<ModelPolicySpec>,
    /// Whether it decides, or only reports.
    pub enforces: bool,
}

impl<'a> Holding<'a> {
    /// `ModelPolicy/name`.
    pub(super) fn words(&self) -> String {
        format!("ModelPolicy/{}", self.fact.name)
    }

    /// How a sentence names it: one that only reports says so.
    pub(super) fn says(&self) -> String {
        if self.enforces { self.words() } else { format!("{} (Audit: it only reports)", self.words()) }
    }

    /// The effect of what it refuses.
    pub(super) fn refuses(&self) -> Effect {
        if self.enforces { Effect::Refuses } else { Effect::Warns }
    }

    /// The effect of what it waits for.
    pub(super) fn waits(&self) -> Effect {
        if self.enforces { Effect::Waits } else { Effect::Warns }
    }

    /// Its spec.
    pub(super) fn spec(&self) -> &'a ModelPolicySpec {
        &self.fact.spec
    }
}

/// All policies that hold here, enforcing ones first, each by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies<'a> {
    /// The policies.
    pub all: Vec<Holding<'a>>,
    /// Their words about rules.
    words: Vec<Word<'a>>,
    /// What they say about places and cannot be read.
    unread: Vec<(Holding<'a>, ShapeProblem)>,
    /// Policies of which nobody knows whether they hold here, and why.
    perhaps: Vec<(Holding<'a>, Standing)>,
}

/// A policy's word about rules.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    /// Place of the policy in the list.
    policy: usize,
    /// The word.
    mode: &'a RuleMode,
    /// The rule or country it is about, as the tables write it.
    about: &'a str,
}

/// Seconds of the built-in grace: a person's 24 h, the catalogue's 30 d, a place's 1 h.
const BUILT_IN_GRACE_SECONDS: [i64; 3] = [86_400, 2_592_000, 3_600];

/// Days after the end of a period until which its figure is not due.
#[allow(dead_code, reason = "asked by the part that answers figures")]
const BUILT_IN_FIGURE_LAG_DAYS: i64 = 45;

/// A kind of fact whose age a policy limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgesPart {
    /// Figures of a Licensee.
    Figures,
    /// Reviews of licences.
    Reviews,
    /// Records of a Licensee.
    Records,
}

impl AgesPart {
    fn of(self, ages: &Ages) -> Option<&AgeLimit> {
        match self {
            Self::Figures => ages.figures.as_ref(),
            Self::Reviews => ages.reviews.as_ref(),
            Self::Records => ages.records.as_ref(),
        }
    }
}

/// How old a fact may be, and what follows from more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stale {
    /// What an older one does.
    pub effect: Effect,
    /// Whole days.
    pub limit_days: i64,
    /// Who says it.
    pub by: String,
}

impl<'a> Policies<'a> {
    pub(super) fn select(request: &Request<'_>, facts: &'a Facts<'a>) -> Self {
        let labels = facts.labels_of(request.namespace);
        let standing = |fact: &Fact<ModelPolicySpec>| match fact.spec.default {
            Some(true) => Standing::Selected,
            _ => fact.spec.selection().standing(request.namespace, labels),
        };
        let hold = |fact: &'a Fact<ModelPolicySpec>| Holding { fact, enforces: fact.spec.mode == Mode::Enforce };
        let holds = |fact: &&Fact<ModelPolicySpec>| standing(fact) == Standing::Selected;
        let mut all: Vec<Holding<'a>> = facts.policies.iter().copied().filter(holds).map(hold).collect();
        let perhaps = facts.policies.iter().copied().map(|fact| (hold(fact), standing(fact)));
        let perhaps = perhaps.filter(|(_, standing)| matches!(standing, Standing::Labels | Standing::Words)).collect();
        all.sort_by(|one, other| other.enforces.cmp(&one.enforces).then_with(|| one.fact.name.cmp(&other.fact.name)));
        let places = facts.catalog.places();
        let words = all.iter().enumerate().flat_map(|(policy, holding)| {
            let modes = holding.spec().regions.rules.iter();
            modes.map(move |mode| Word { policy, mode, about: places.canonical(&mode.rule) })
        });
        let problems = |policy: &Holding<'a>| {
            place_problems(policy.spec(), facts.catalog).into_iter().zip(std::iter::repeat(*policy))
        };
        let unread = all.iter().flat_map(problems).map(|(problem, policy)| (policy, problem));
        Self { words: words.collect(), unread: unread.collect(), perhaps, all }
    }

    /// What they say about places and cannot be read.
    pub(super) fn unread(&self) -> &[(Holding<'a>, ShapeProblem)] {
        &self.unread
    }

    /// Policies of which nobody knows whether they hold here, and why.
    pub(super) fn perhaps(&self) -> &[(Holding<'a>, Standing)] {
        &self.perhaps
    }

    /// Whether everything below a field of a policy's places is read.
    pub(super) fn reads(&self, policy: &Holding<'_>, field: &str) -> bool {
        let of_it = |(holding, problem): &(Holding<'_>, ShapeProblem)| {
            std::ptr::eq(holding.fact, policy.fact) && problem.field.starts_with(field)
        };
        !self.unread.iter().any(of_it)
    }

    /// The policies that decide.
    pub(super) fn enforcing(&self) -> impl Iterator<Item = &Holding<'a>> {
        self.all.iter().filter(|policy| policy.enforces)
    }

    /// What they say together about refusing and stopping.
    pub(super) fn combined(&self) -> Policy {
        let enforcing: Vec<&ModelPolicySpec> = self.enforcing().map(Holding::spec).collect();
        let [person, catalogue, place] = BUILT_IN_GRACE_SECONDS;
        let shortest = |part: fn(&Grace) -> &str, built_in: i64| {
            enforcing.iter().filter_map(|spec| seconds(part(&spec.grace))).min().unwrap_or(built_in)
        };
        let names: Vec<String> = self.enforcing().map(|policy| policy.fact.name.clone()).collect();
        Policy {
            names: if names.is_empty() { vec![BUILT_IN_DEFAULT.into()] } else { names },
            deny: enforcing.is_empty() || enforcing.iter().any(|spec| spec.admission == AdmissionMode::Deny),
            stop: enforcing.is_empty() || enforcing.iter().any(|spec| spec.when_refused == WhenRefused::Stop),
            grace_person_seconds: shortest(|grace| &grace.person, person),
            grace_catalogue_seconds: shortest(|grace| &grace.catalogue, catalogue),
            grace_place_seconds: shortest(|grace| &grace.place, place),
        }
    }

    /// What is done with a weak fact: the strictest word, and who says it.
    pub(super) fn strictness(&self, part: fn(&ModelPolicySpec) -> Strictness) -> (Strictness, Option<String>) {
        let strictest = self.enforcing().max_by_key(|policy| part(policy.spec()));
        match strictest {
            Some(policy) => (part(policy.spec()), Some(policy.words())),
            None => (Strictness::default(), None),
        }
    }

    /// The age beyond which a fact of this kind is stale, what follows, and who says so: of those that it is beyond, the
    /// strictest word, then the shortest age.
    pub(super) fn stale(&self, part: AgesPart, age_days: i64) -> Option<Stale> {
        let beyond = self.age_limits(part).filter(|stale| age_days > stale.limit_days);
        beyond.min_by(|one, other| one.effect.cmp(&other.effect).then(one.limit_days.cmp(&other.limit_days)))
    }

    /// Every age limit on a kind of fact.
    pub(super) fn age_limits(&self, part: AgesPart) -> impl Iterator<Item = Stale> {
        self.all.iter().filter_map(move |policy| {
            let limit = part.of(&policy.spec().licenses.ages)?;
            let effect = match limit.older {
                Older::Warn => Effect::Warns,
                Older::Hold => policy.waits(),
            };
            // An age that cannot be read is none: the strictest reading, which the object's status says.
            Some(Stale { effect, limit_days: days(&limit.at_most).unwrap_or(0), by: policy.words() })
        })
    }

    /// For how many days after its period has ended a figure is not due yet: the shortest that is said. The default's,
    /// or without a policy that is one the built-in 45 days, is never lengthened.
    pub(super) fn figure_lag_days(&self) -> i64 {
        let said = |policy: &Holding<'a>| {
            let written = policy.spec().licenses.figure_lag.as_deref();
            written.map(|text| days(text).unwrap_or(0))
        };
        let defaults = self.enforcing().filter(|policy| policy.spec().default == Some(true));
        let beneath = defaults.map(|policy| said(policy).unwrap_or(BUILT_IN_FIGURE_LAG_DAYS)).min();
        let beneath = beneath.unwrap_or(BUILT_IN_FIGURE_LAG_DAYS);
        self.enforcing().filter_map(said).fold(beneath, i64::min)
    }

    /// The policies that want a duty of this kind shown to be met, enforcing ones first.
    pub(super) fn requiring(&self, kind: DutyKind) -> impl Iterator<Item = &Holding<'a>> {
        let requires =
            move |policy: &&Holding<'a>| policy.spec().licenses.obligations.get(&kind) == Some(&DutyMode::Require);
        self.all.iter().filter(requires)
    }

    /// Whether an accelerator that is not known is taken for one that rules control.
    pub(super) fn unknown_accelerator_refuses(&self) -> bool {
        self.enforcing().any(|policy| policy.spec().regions.unknown_accelerator == Some(Unknown::Refuse))
    }

    /// How strictly a rule is taken: the strictest word of the enforcing policies with who says it, and the policies
    /// in Audit mode that would enforce it.
    ///
    /// A country, and a state of one, stands for its verified rules only. A member of a group whose rule it is can make
    /// the group's rule stricter, and never laxer: other members are reached by it as well.
    pub(super) fn rule(&self, rule: &Rule) -> RuleWord<'a> {
        let (id, country, verified) = (rule.id.as_str(), rule.country(), rule.verified.is_yes());
        let said = |policy: usize| {
            let words = || self.words.iter().filter(move |word| word.policy == policy);
            let by_id = words().find(|word| word.mode.rule == id);
            let by_state = || words().find(|word| verified && word.about == rule.jurisdiction);
            let by_country = || words().find(|word| verified && word.about == country);
            let member = |word: &&Word<'_>| {
                verified && word.mode.mode == RuleStrictness::Enforce && rule.whose().contains(&word.mode.rule)
            };
            let word = by_id.or_else(by_state).or_else(by_country).or_else(|| words().find(member));
            word.map(|word| (word.mode.mode, word.mode.rule == id))
        };
        let unsaid = if verified { RuleStrictness::Warn } else { RuleStrictness::Off };
        let replaced = self.enforcing().any(|policy| policy.spec().default == Some(true));
        let mut word = RuleWord { mode: None, by: None, by_id: false, audited_by: None };
        for (at, policy) in self.all.iter().enumerate() {
            let found = said(at);
            if !policy.enforces {
                if let Some((RuleStrictness::Enforce, by_id)) = found {
                    word.audited_by = word.audited_by.or(Some((*policy, by_id)));
                }
                continue;
            }
            // What a policy that selects does not say is left to the objects that are the default.
            if found.is_none() && replaced && policy.spec().default != Some(true) {
                continue;
            }
            let (mode, by_id) = found.unwrap_or((unsaid, false));
            if word.mode.is_none_or(|known| mode > known || (mode == known && by_id && !word.by_id)) {
                word.mode = Some(mode);
                word.by = found.map(|_| *policy);
                word.by_id = by_id;
            }
        }
        word.mode = word.mode.or(Some(unsaid));
        word
    }
}

/// How strictly a rule is taken, and by whose word.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleWord<'a> {
    /// The strictest word.
    mode: Option<RuleStrictness>,
    /// Whose word it is; nothing for the default.
    pub by: Option<Holding<'a>>,
    /// Whether the policy names the very rule, and not its country.
    pub by_id: bool,
    /// A policy in Audit mode that would enforce it, with whether it names the very rule.
    pub audited_by: Option<(Holding<'a>, bool)>,
}

impl RuleWord<'_> {
    /// The strictest word.
    pub(super) fn mode(&self) -> RuleStrictness {
        self.mode.unwrap_or(RuleStrictness::Off)
    }
}

/// Name of what holds where no policy selects.
pub const BUILT_IN_DEFAULT: &str = "built-in default";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{catalog::Catalog, facts::snapshot::Snapshot, manifest::model_deployment::ModelDeploymentSpec};

    fn with<T>(policies: &[&str], ask: impl Fn(&Policies<'_>) -> T) -> T {
        let named = policies.iter().enumerate();
        let facts: Vec<_> =
            named.map(|(i, text)| Fact::new(&format!("p{i}"), None, serde_saphyr::from_str(text).unwrap())).collect();
        let snapshot = Snapshot { policies: facts, ..Snapshot::default() };
        let labels = BTreeMap::new();
        let facts = snapshot.facts(Catalog::built_in().unwrap(), &labels, "2026-11-24T12:00:00Z".parse().unwrap());
        let spec: ModelDeploymentSpec = serde_saphyr::from_str("model: {source: \"hf://a/b\"}").unwrap();
        ask(&Policies::select(&Request { namespace: "lab", name: "x", uid: None, spec: &spec }, &facts))
    }

    #[test]
    fn the_shortest_lag_holds_and_only_a_default_object_lengthens_it() {
        #[allow(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
        let lag = |policies: &[&str]| with(policies, |all| all.figure_lag_days());
        let select = |lag: &str| format!("{{namespaces: [lab], licenses: {{figureLag: {lag}}}}}");
        let default = "{default: true, licenses: {figureLag: 60d}}";
        assert_eq!(lag(&[]), 45);
        assert_eq!(lag(&[&select("60d")]), 45);
        assert_eq!(lag(&[&select("10d"), &select("20d")]), 10);
        assert_eq!(lag(&[default]), 60);
        assert_eq!(lag(&[default, "{namespaces: [lab]}"]), 60);
        assert_eq!(lag(&[default, &select("50d")]), 50);
        assert_eq!(lag(&["{default: true}"]), 45);
        assert_eq!(lag(&[&select("soon")]), 0, "what cannot be read is the strictest");
    }

    #[test]
    fn the_shortest_age_holds_and_the_strictest_word_about_what_is_older() {
        let hold = "{namespaces: [lab], licenses: {ages: {figures: {atMost: 400d, older: Hold}}}}";
        let warn = "{namespaceSelector: {}, licenses: {ages: {figures: {atMost: 100d}}}}";
        let audit = "{namespaces: [lab], mode: Audit, licenses: {ages: {figures: {atMost: 5d, older: Hold}}}}";
        with(&[hold, warn, audit], |all| {
            let at = |age| all.stale(AgesPart::Figures, age).map(|stale| (stale.effect, stale.limit_days));
            assert_eq!(at(5), None);
            assert_eq!(at(6), Some((Effect::Warns, 5)));
            assert_eq!(at(400), Some((Effect::Warns, 5)));
            assert_eq!(at(401), Some((Effect::Waits, 400)));
            assert_eq!(all.stale(AgesPart::Records, 9_999), None);
        });
    }

    #[test]
    fn a_states_code_stands_for_its_verified_rules_before_its_countrys() {
        let policy = "{namespaces: [lab], regions: {rules: [{rule: US-TX, mode: Enforce}, {rule: US, mode: \"Off\"}, {rule: US-CA, mode: Enforce}]}}";
        let word = |id: &str| {
            let rule = Catalog::built_in().unwrap().rule(id).unwrap();
            with(&[policy], |all| (all.rule(rule).mode(), all.rule(rule).by_id))
        };
        assert_eq!(word("us-tx-traiga"), (RuleStrictness::Enforce, false));
        assert_eq!(word("us-ca-sb53"), (RuleStrictness::Enforce, false));
        assert_eq!(word("us-ut-sb149"), (RuleStrictness::Off, false));
        assert_eq!(word("us-ca-sb942"), (RuleStrictness::Off, false), "nobody verified it");
    }

    #[test]
    fn a_rule_is_as_strict_as_the_default_object_says_at_least() {
        let enforce = "{default: true, regions: {rules: [{rule: cn-genai-filing, mode: Enforce}]}}";
        let off = "{default: true, regions: {rules: [{rule: cn-genai-filing, mode: \"Off\"}]}}";
        let silent = "{namespaces: [lab]}";
        let lax = "{namespaces: [lab], regions: {rules: [{rule: cn-genai-filing, mode: \"Off\"}]}}";
        let mode = |policies: &[&str]| {
            let rule = Catalog::built_in().unwrap().rule("cn-genai-filing").unwrap();
            with(policies, |all| all.rule(rule).mode())
        };
        assert_eq!(mode(&[]), RuleStrictness::Warn);
        assert_eq!(mode(&[enforce, lax]), RuleStrictness::Enforce);
        assert_eq!(mode(&[enforce, silent]), RuleStrictness::Enforce);
        assert_eq!(mode(&[off, silent]), RuleStrictness::Off);
        assert_eq!(mode(&[silent, lax]), RuleStrictness::Warn);
    }
}
