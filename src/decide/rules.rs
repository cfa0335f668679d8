//! Rules of places: each is asked whom it reaches, where pods may stand, whose it is; then its gate and the policies'
//! words say what follows.
//!
//! A rule is reported as a rule, with its source and who enforces it; the default only warns. What is unsaid is asked for
//! only where a policy enforces the rule and no record answers it already. Where a rule is about the places of pods, pods
//! keep out of those; it refuses where no other place is left, or where it is about the people served. A gate that asks
//! for evidence refuses what is offered to people outside, warns about what is internal, and waits where nobody said; the policy that names the
//! very rule, and not its country, refuses both.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    catalog::{Rule, rule::Gate},
    manifest::{Reason, model_policy::RuleStrictness, usage::Audience},
};

use super::{
    Effect, Finding, Places,
    case::{Case, Found, finding},
    identity::Model,
    licensee::Who,
    place,
    policy::{Holding, RuleWord},
    reached, region_country,
    rule_answer::{self, Answer, Ask, Asked, Hits, Pods, Stand},
    rule_chips,
    rule_record::{self, Records},
    sentence, surveyed,
};

/// Rules for which room is made at once.
const ROOM_FOR_RULES: usize = 80;

/// Goes through the rules. They are asked of the places that the manifest lets, so that no policy takes a rule of another
/// one away, and narrow `places`; those that only report are asked of what the enforced ones leave.
pub(super) fn check(
    case: &Case<'_>,
    model: &Model<'_>,
    ids: &[&str],
    written: &Places,
    places: &mut Places,
    found: &mut Found,
) {
    let mut left = Cow::Borrowed(written);
    let pods = Pods::of(case, written);
    let mut reported: Vec<(&Rule, RuleWord<'_>)> = Vec::with_capacity(ROOM_FOR_RULES);
    let reached = reached::of(case, pods.listed());
    let one = |rule| One { case, model, ids, rule, word: case.policies.rule(rule) };
    let enforced = |rule| Some(one(rule)).filter(One::enforces).map(|one| one.word.by_id);
    region_country::keep(case, model, (written, &pods), enforced, places, found);
    for rule in case.facts.catalog.rules_that_reach(&reached) {
        let one = one(rule);
        if one.enforces() {
            let hits = rule_answer::ask(case, model, (rule, one.word.by_id), &pods);
            one.check((hits, &pods), Some([&mut *places, left.to_mut()]), found);
        } else if one.word.mode() != RuleStrictness::Off || one.word.audited_by.is_some() {
            reported.push((rule, one.word));
        }
    }
    let pods = Pods::of(case, &left);
    for (rule, word) in reported {
        let hits = rule_answer::ask(case, model, (rule, word.by_id), &pods);
        One { case, model, ids, rule, word }.check((hits, &pods), None, found);
    }
    surveyed::check(case, written, found);
}

/// One rule that is looked at.
pub(super) struct One<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    model: &'c Model<'c>,
    ids: &'c [&'c str],
    pub(super) rule: &'a Rule,
    pub(super) word: RuleWord<'a>,
}

/// A place of pods where the rule is not answered, with what the records say there.
type Blocked<'h, 'p, 'a> = (Stand<'p>, &'h Answer<'a>, Records<'a>);

impl<'a> One<'_, 'a> {
    /// What follows from the answers; with the places that an enforced rule narrows, and none for one that only reports.
    fn check<'p>(&self, (hits, pods): (Hits<'p, 'a>, &Pods<'p>), narrows: Option<[&mut Places; 2]>, found: &mut Found)
    where
        'a: 'p,
    {
        let (case, rule) = (self.case, self.rule);
        if !hits.answers().iter().any(Answer::may) {
            return self.lifted(&hits, found);
        }
        if self.word.mode() == RuleStrictness::Enforce {
            found.changes.extend(rule.turns());
        } else if hits.answers().iter().any(Answer::holds) {
            found.notes.extend(rule.turns());
        }
        let Some(gate) = case.gate(rule) else { return };
        let mode = self.word.mode();
        if gate <= Gate::Info {
            // A rule that asks for nothing is shown where it is certain.
            if mode != RuleStrictness::Off && hits.told(Answer::holds) {
                // It decides nothing, and so is no fact that the decision rests on.
                found.add(self.about(Reason::Allowed, Effect::Passes, sentence::rule::informs(rule)));
            }
            return;
        }
        let spoken_of = rule_record::any(case, rule);
        if narrows.is_none() && !spoken_of && self.word.audited_by.is_none() {
            // Nothing is recorded and nothing narrows: no place by itself needs to be looked at.
            let open = hits.answers().iter().filter(|answer| answer.may());
            return self.report(gate, hits.told(Answer::holds), None, open, found);
        }
        let hits = hits.spread(rule, pods);
        let mut answer = None;
        let mut blocked: Vec<Blocked<'_, 'p, 'a>> = Vec::new();
        let mut free: Vec<&'p str> = Vec::new();
        let mut held: Vec<(Stand<'p>, bool)> = Vec::with_capacity(hits.len());
        for (stand, said) in hits.iter() {
            let records = if said.may() && spoken_of {
                rule_record::look(case, rule, gate, self.ids, stand, found)
            } else {
                Records::Nothing
            };
            held.push((stand, said.holds() && !matches!(records, Records::Answer(..))));
            match records {
                Records::Answer(record, list) => {
                    answer = answer.or(Some((record, list)));
                    free.extend(stand);
                }
                records if said.may() => blocked.push((stand, said, records)),
                _ => free.extend(stand),
            }
        }
        if blocked.is_empty() {
            if let Some((record, list)) = answer {
                self.passes(sentence::rule::answered(rule, record, list), case.voucher(), found);
            }
            return;
        }
        let enforced = narrows.is_some();
        let warned = told(held.iter().copied());
        let elsewhere = hits.placed && blocked.len() < hits.len();
        if let Some(places) = narrows {
            let all: Vec<Stand<'p>> = hits.iter().map(|(stand, _)| stand).collect();
            self.enforce((&blocked, gate), &all, elsewhere.then_some(free.as_slice()), places, found);
        } else {
            let records = blocked.iter().find(|(_, answer, _)| answer.holds()).map(|(_, _, records)| records);
            self.report(gate, warned, records, blocked.iter().map(|(_, answer, _)| *answer), found);
        }
        let audited_by = self.word.audited_by.filter(|(_, by_id)| !enforced && self.refuses(gate, *by_id));
        let Some((policy, policy_by_id)) = audited_by else { return };
        let audience = self.waits_for_audience(gate, policy_by_id).then_some(&Ask::Manifest("usage.audience"));
        // Where other places are left, or it hangs on the accelerator, pods would keep off, and nothing would wait.
        let open = blocked.iter().filter(|(_, answer, _)| !elsewhere && !answer.on_chip());
        let open = open.filter_map(|(_, answer, _)| match answer {
            Answer::Open(asks, false) => asks.iter().find(|ask| matches!(ask, Ask::Manifest(_) | Ask::Licensee(_))),
            _ => None,
        });
        let open = open.chain(audience.filter(|_| warned)).next();
        if warned && audience.is_none() {
            let records = blocked.first().map(|(_, _, records)| records);
            let sentence = sentence::rule::audited(case, rule, &policy.says(), records);
            found.add(self.about(missing(gate, records), Effect::Warns, sentence).voucher(Some(policy.words())));
        } else if let Some(ask) = open {
            let sentence = sentence::rule::audited_open(case, rule, &policy.says(), *ask);
            found.add(self.about(Reason::RuleWarns, Effect::Warns, sentence).voucher(Some(policy.words())));
        }
    }

    /// Whether it is enforced now, and its gate stands in the way.
    fn enforces(&self) -> bool {
        let gate = self.case.gate(self.rule);
        self.word.mode() == RuleStrictness::Enforce && gate.is_some_and(|gate| self.refuses(gate, self.word.by_id))
    }

    /// Whether the gate stands in the way, where the rule is enforced, by its id or not.
    fn refuses(&self, gate: Gate, by_id: bool) -> bool {
        let internal = self.case.request.spec.usage.audience == Some(Audience::Internal);
        match gate {
            Gate::Deny | Gate::DenyWithoutEvidence => true,
            Gate::RequireEvidence => by_id || !internal,
            Gate::Warn | Gate::Info | Gate::Allow => false,
        }
    }

    /// Whether the gate spares internal use, and nobody said whose use it is.
    fn waits_for_audience(&self, gate: Gate, by_id: bool) -> bool {
        gate == Gate::RequireEvidence && !by_id && self.case.request.spec.usage.audience.is_none()
    }

    fn enforce(
        &self,
        (blocked, gate): (&[Blocked<'_, '_, 'a>], Gate),
        all: &[Stand<'_>],
        elsewhere: Option<&[&str]>,
        places: [&mut Places; 2],
        found: &mut Found,
    ) {
        let (case, rule) = (self.case, self.rule);
        let by = self.word.by.as_ref().map(Holding::words);
        match &case.who {
            Who::Several(_) => return,
            Who::Unread(unread) => return found.add(sentence::facts::unread(unread)),
            Who::Nobody | Who::One(_) => {}
        }
        // A chip that nobody names is not taken for a controlled one, unless a policy wants it so; and what the catalogue
        // does not know of the model stops it only where a policy names the very rule.
        let lenient = !case.policies.unknown_accelerator_refuses();
        let of_model = |answer: &Answer<'_>| matches!(answer, Answer::Open(asks, _) if asks.iter().any(|ask| matches!(ask, Ask::Model(_))));
        let spared = |answer: &Answer<'_>| lenient && answer.on_chip() || !self.word.by_id && of_model(answer);
        let named = case.request.spec.accelerators.as_ref().is_some_and(|asked| asked.product.is_some());
        let [places, left] = places;
        // Where no accelerator is named, pods keep off those that the rule is about. Where one is, and other places are left
        // for it, pods stand here only where what the rule asks for is recorded on the node; where none is left, the author
        // is told now, and no pod waits for such a node.
        let on_nodes = elsewhere.is_some() && !case.chips.is_empty() && rule_chips::on_nodes(rule, gate);
        let hangs = |(stand, answer, _): &Blocked<'_, '_, 'a>| {
            let of_named = || on_nodes && **answer == Answer::Applies && self.hangs_on_chip(*stand);
            if named { of_named() } else { answer.on_chip() }
        };
        let (hanging, blocked): (Vec<_>, Vec<_>) = blocked.iter().partition(|one| hangs(one));
        let (unknown, blocked): (Vec<_>, Vec<_>) = blocked.into_iter().partition(|(_, answer, _)| spared(answer));
        self.unseen(unknown.iter().map(|(_, answer, _)| *answer), found);
        self.uses(found);
        let hanging_at: Vec<Stand<'_>> = hanging.iter().map(|(stand, ..)| *stand).collect();
        self.keep_off_chips((&hanging_at, all), gate, (lenient, left), places, found);
        let chips = unknown.iter().filter(|(_, answer, _)| answer.on_chip());
        if told(chips.map(|(stand, ..)| (*stand, true))) {
            let sentence = sentence::rule::chip_unknown(case, rule, by.as_deref());
            found.add(self.about(Reason::RuleWarns, Effect::Warns, sentence).voucher(by.clone()));
        }
        let Some((_, _, records)) = blocked.first() else { return };
        let reason = missing(gate, Some(records));
        let out: Vec<&str> = blocked.iter().filter_map(|(stand, ..)| *stand).collect();
        let anywhere = blocked.iter().any(|(stand, ..)| stand.is_none());
        let unknown_in = unknown.iter().chain(&hanging).filter_map(|(stand, ..)| *stand);
        let free: Vec<&str> = elsewhere.unwrap_or_default().iter().copied().chain(unknown_in).collect();
        let elsewhere = elsewhere.is_some() || !unknown.is_empty() || !hanging.is_empty();
        let keep_to = anywhere.then_some(free.as_slice());
        let mut narrowed = left.clone();
        place::keep_out(case, &mut narrowed, &out, keep_to, sentence::rule::name(rule));
        if elsewhere {
            place::keep_out(case, places, &out, keep_to, sentence::rule::name(rule));
        }
        // Where other rules have taken the other places already, this one is still to be answered.
        if elsewhere && !place::empty(case, &narrowed) {
            // Pods may stand anywhere, so that nobody wrote down what is lost.
            let unlisted = !anywhere && left.countries.only.is_none();
            *left = narrowed;
            let sentence = sentence::rule::keeps_out(case, rule, by.as_deref(), &out, keep_to);
            let (effect, reason) = if unlisted { (Effect::Passes, Reason::Allowed) } else { (Effect::Warns, reason) };
            return found.add(self.about(reason, effect, sentence).voucher(by));
        }
        let mut asks: BTreeSet<Ask> = blocked
            .iter()
            .filter_map(|(_, answer, _)| if let Answer::Open(asks, _) = answer { Some(asks) } else { None })
            .flatten()
            .copied()
            .collect();
        // A chip that is named and not known is nothing that the author can still say.
        let unknown_chip = asks.contains(&Ask::Accelerator) && named;
        if unknown_chip {
            asks.remove(&Ask::Accelerator);
        }
        if self.waits_for_audience(gate, self.word.by_id) {
            asks.insert(Ask::Manifest("usage.audience"));
        }
        if asks.is_empty() {
            let of_chip = |(stand, ..): &&Blocked<'_, '_, 'a>| named && self.hangs_on_chip(*stand);
            let on_nodes = rule_chips::on_nodes(rule, gate) && blocked.iter().copied().any(|one| of_chip(&one));
            let with = sentence::rule::With { on_nodes, unknown_chip };
            let (sentence, remedy) = sentence::rule::filing_missing(case, rule, by.as_deref(), Some(records), with);
            // What may answer it and cannot be read is no reason to stop what runs.
            let (reason, effect) = match records.unread() {
                Some(_) => (Reason::LicenseeInvalid, Effect::Waits),
                None => (reason, Effect::Refuses),
            };
            return found.add(self.about(reason, effect, sentence).remedy(remedy).voucher(by));
        }
        for ask in asks {
            self.ask(ask, by.as_deref(), found);
        }
    }

    /// Pods keep off the accelerators that the rule is about, at the places where it hangs on them.
    fn keep_off_chips(
        &self,
        (hanging, all): (&[Stand<'_>], &[Stand<'_>]),
        gate: Gate,
        (lenient, left): (bool, &Places),
        places: &mut Places,
        found: &mut Found,
    ) {
        if hanging.is_empty() {
            return;
        }
        let strictness = rule_chips::Strictness { by_id: self.word.by_id, unknown: !lenient };
        let enforced = rule_chips::Enforced { rule: self.rule, gate, strictness };
        let limits = rule_chips::limits(self.case, self.model, enforced, hanging, all);
        // Pods may stand anywhere, so that nobody wrote down what is lost.
        let unlisted = left.countries.only.is_none() && left.regions.is_none();
        for limited in limits {
            let by = self.word.by.as_ref().map(Holding::words);
            let (sentence, remedy) = sentence::rule::keeps_off(self.case, self.rule, by.as_deref(), &limited);
            let everywhere = !self.case.chips.is_empty() && limited.limit.countries.is_any();
            let (effect, reason) = match limited.unsaid.first() {
                Some(Ask::Licensee(_)) => (Effect::Warns, Reason::LicenseeIncomplete),
                Some(_) => (Effect::Warns, Reason::DeclarationMissing),
                None if unlisted && !everywhere => (Effect::Passes, Reason::Allowed),
                None => (Effect::Warns, missing(gate, None)),
            };
            let remedy = (effect == Effect::Warns).then_some(remedy);
            found.add(Finding { remedy, ..self.about(reason, effect, sentence) }.voucher(by));
            places.chips.push(limited.limit);
        }
    }

    /// Whether the rule would hang on the accelerator at a place, were none named.
    fn hangs_on_chip(&self, stand: Stand<'_>) -> bool {
        rule_answer::answer_for(self.case, self.model, (self.rule, self.word.by_id), stand, Asked::Unnamed).on_chip()
    }

    /// Something is missing that decides. One question for one field, whichever rules ask it.
    fn ask(&self, ask: Ask, by: Option<&str>, found: &mut Found) {
        let case = self.case;
        let (reason, about) = match ask {
            Ask::Manifest(field) => (Reason::DeclarationMissing, field),
            Ask::Accelerator => (Reason::DeclarationMissing, "accelerators.product"),
            Ask::Licensee(_) if case.licensee().is_none() => {
                return found.add(sentence::facts::licensee_missing(case, &sentence::rule::name(self.rule)));
            }
            Ask::Licensee(field @ ("seat" | "headquarters")) if case.unreadable_country(field).is_some() => {
                (Reason::LicenseeInvalid, field)
            }
            Ask::Licensee("seat") => (Reason::SeatMissing, "seat"),
            Ask::Licensee("metrics") => (Reason::FigureMissing, "metrics"),
            Ask::Licensee(field) => (Reason::LicenseeIncomplete, field),
            Ask::Model(_) => (Reason::EvidenceMissing, self.rule.id.as_str()),
        };
        if found.findings.iter().any(|f| f.reason == reason && f.about == about && f.effect <= Effect::Waits) {
            return;
        }
        let (sentence, remedy) = sentence::rule::undeclared(case, self.rule, by, ask);
        let new = self.about(reason, Effect::Waits, sentence).remedy(remedy);
        found.add(Finding { about: about.into(), ..new }.voucher(by.map(str::to_owned)));
    }

    pub(super) fn about(&self, reason: Reason, effect: Effect, sentence: String) -> Finding {
        let new = finding(reason, effect, &self.rule.id, sentence);
        Finding { clause: self.rule.law.article.clone(), source: Some(self.rule.source.clone()), ..new }
    }

    pub(super) fn passes(&self, sentence: String, voucher: Option<String>, found: &mut Found) {
        self.uses(found);
        found.add(self.about(Reason::Allowed, Effect::Passes, sentence).voucher(voucher));
    }

    pub(super) fn uses(&self, found: &mut Found) {
        found.uses("catalogue rule", &self.rule.id, self.rule.hash());
    }
}

/// What is missing where a gate stands in the way.
fn missing(gate: Gate, records: Option<&Records<'_>>) -> Reason {
    match (gate, records) {
        (Gate::Deny, _) => Reason::RuleRefuses,
        (_, Some(Records::Ended(_))) => Reason::RecordEnded,
        _ => Reason::FilingMissing,
    }
}

/// Whether something that holds in some places is told: of listed places one is enough; where pods may stand anywhere, it
/// is told where it holds for a place that the rule does not even name.
fn told<'p>(mut holds: impl Iterator<Item = (Stand<'p>, bool)> + Clone) -> bool {
    let anywhere = holds.clone().any(|(stand, _)| stand.is_none());
    holds.any(|(stand, holds)| holds && (stand.is_none() || !anywhere))
}
