//! Which ModelPolicies hold, and what they say together.
//!
//! Policies combine so that adding an enforcing one never widens a verdict: allowed sets intersect, refused sets unite,
//! the stricter word wins, the shorter grace wins. A policy in `Audit` mode reports what it would have decided, as
//! warnings. What no enforcing policy selects falls under the objects with `default: true`, and without one under the
//! built-in default: licences enforced, rules of places warn.

use crate::{
    facts::{Fact, Facts},
    manifest::{
        Reason,
        model_policy::{AdmissionMode, Grace, Mode, ModelPolicySpec, RuleStrictness, Strictness, WhenRefused, seconds},
    },
};

use super::{
    Effect, Policy, Request,
    case::{Case, Found, finding, fits},
    identity::Layer,
    sentence,
};

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
}

/// Seconds of the built-in grace: a person's 24 h, the catalogue's 30 d, a place's 1 h.
const BUILT_IN_GRACE_SECONDS: [i64; 3] = [86_400, 2_592_000, 3_600];

impl<'a> Policies<'a> {
    pub(super) fn select(request: &Request<'_>, facts: &'a Facts<'a>) -> Self {
        let selected = |fact: &&Fact<ModelPolicySpec>| {
            fact.spec.default != Some(true) && fact.spec.selection().selects(request.namespace, facts.namespace_labels)
        };
        let hold = |fact: &'a Fact<ModelPolicySpec>| Holding { fact, enforces: fact.spec.mode == Mode::Enforce };
        let mut all: Vec<Holding<'a>> = facts.policies.iter().copied().filter(selected).map(hold).collect();
        if !all.iter().any(|policy| policy.enforces) {
            let defaults = facts.policies.iter().copied().filter(|fact| fact.spec.default == Some(true));
            all.extend(defaults.map(hold));
        }
        all.sort_by(|one, other| other.enforces.cmp(&one.enforces).then_with(|| one.fact.name.cmp(&other.fact.name)));
        Self { all }
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

    /// How strictly a rule is taken: the strictest word of the enforcing policies with who says it, and the policies
    /// in Audit mode that would enforce it.
    pub(super) fn rule(&self, id: &str, country: &str, verified: bool) -> RuleWord<'a> {
        let said = |policy: &Holding<'a>| {
            let modes = &policy.spec().regions.rules;
            let by_id = modes.iter().find(|mode| mode.rule == id);
            // A country stands for its verified rules only.
            let by_country = || modes.iter().find(|mode| verified && mode.rule == country);
            by_id.or_else(by_country).map(|mode| (mode.mode, mode.rule == id))
        };
        let unsaid = if verified { RuleStrictness::Warn } else { RuleStrictness::Off };
        let mut word = RuleWord { mode: None, by: None, by_id: false, audited_by: None };
        for policy in &self.all {
            let found = said(policy);
            if !policy.enforces {
                if matches!(found, Some((RuleStrictness::Enforce, _))) {
                    word.audited_by = word.audited_by.or(Some(*policy));
                }
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
    /// A policy in Audit mode that would enforce it.
    pub audited_by: Option<Holding<'a>>,
}

impl RuleWord<'_> {
    /// The strictest word.
    pub(super) fn mode(&self) -> RuleStrictness {
        self.mode.unwrap_or(RuleStrictness::Off)
    }
}

/// Name of what holds where no policy selects.
pub const BUILT_IN_DEFAULT: &str = "built-in default";

/// Which licences and publishers the policies permit and refuse. Every licence that applies must be permitted, by its
/// id, by the combination that led to it, or by the model's name.
pub(super) fn check(case: &Case<'_>, layers: &[Layer<'_>], found: &mut Found) {
    for policy in &case.policies.all {
        found.uses("ModelPolicy", &policy.fact.name, &policy.fact.hash);
        let rules = &policy.spec().licenses;
        let by_id = |entry: &str, layer: &Layer<'_>| !entry.contains('/') && layer.ids.iter().any(|id| fits(entry, id));
        let by_name = |entry: &str| entry.contains('/') && case.all_names_fit(entry);
        for layer in layers {
            let short = &layer.license.short;
            if let Some(entry) = rules.refuse.iter().find(|entry| by_id(entry, layer)) {
                let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), short, entry);
                found.add(refused(Reason::LicenseRefusedByPolicy, policy, short, sentence, remedy));
            }
            let permitted = rules.allow.iter().any(|entry| by_name(entry) || by_id(entry, layer));
            if !rules.allow.is_empty() && !permitted {
                let (sentence, remedy) = sentence::policy::license_not_permitted(&policy.words(), short);
                found.add(refused(Reason::LicenseNotPermitted, policy, short, sentence, remedy));
            }
        }
        let model = case.names.first().copied().unwrap_or("the model");
        for entry in rules.refuse.iter().filter(|entry| entry.contains('/') && case.any_name_fits(entry)) {
            let (sentence, remedy) = sentence::policy::license_refused(&policy.words(), model, entry);
            found.add(refused(Reason::LicenseRefusedByPolicy, policy, model, sentence, remedy));
        }
    }
}

fn refused(reason: Reason, policy: &Holding<'_>, about: &str, sentence: String, remedy: String) -> super::Finding {
    finding(reason, policy.refuses(), about, sentence).remedy(remedy).voucher(Some(policy.words()))
}
