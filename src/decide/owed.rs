//! What is owed while it runs, from every licence that applies; each duty with its clause and what makes it due.
//!
//! A duty is owed now only by what the manifest declares: a list of duties that nobody owes would teach people not to
//! read it. The rest is kept apart, with the words of its trigger. What a policy requires to be shown, and is not, waits.

use crate::{
    catalog::{
        atom::{StateName, TrainingTarget},
        condition::{Condition, Effect as Follows},
        license::License,
        obligation::{DutyKind, Obligation, Trigger},
        predicate::Predicate,
        words::{Modality, Purpose},
    },
    manifest::{Reason, usage::Audience, written::YesNo},
};

use super::{
    Owed,
    acceptance::Accepting,
    atom::Ground,
    case::{Case, Found, finding, taken, term_id},
    conduct,
    identity::{Layer, Model},
    license::Terms,
    met, sentence,
};

/// Kinds of duties, in the order in which a person reads them: what is shown to people first.
const KINDS: [&str; 12] = [
    "Accept",
    "Register",
    "Notify",
    "Royalty",
    "Display",
    "NameRule",
    "Disclose",
    "NoticeFile",
    "LicenseCopy",
    "PassThrough",
    "MarkChanges",
    "Keep",
];

/// When a duty is owed that hangs on nothing else.
const RUNNING: &str = "while it runs";

/// Everything owed, now or once something is so; what is owed now first.
pub(super) fn list<'a>(
    case: &Case<'a>,
    model: &Model<'a>,
    terms: &Terms<'a>,
    accepted: &[(&License, Accepting<'_>)],
    found: &mut Found,
) -> Vec<Owed> {
    let mut all: Vec<Owed> = Vec::new();
    for layer in &model.layers {
        let license = layer.license;
        let ground = Ground { case, ids: &layer.ids, modality: layer.modality, nodes_inside: false };
        for duty in license.obligations.iter().filter(|duty| !comes_with_a_member(model, license, duty)) {
            let mut owed = duty_owed(case, model, terms, license, duty);
            if let Some(by) = ground.exempts(&duty.unless) {
                (owed.now, owed.when) = (false, sentence::duty::spared(case, by).into());
            }
            show(case, layer, accepted, duty.kind, (Some(duty), None), &mut owed, found);
            all.push(owed);
        }
        for condition in license.conditions.iter().filter(|c| !terms.judged.iter().any(|one| std::ptr::eq(*one, *c))) {
            if let Some(what) = keep_out(case, condition) {
                let mut owed = by_condition(license, condition, DutyKind::Keep, what, RUNNING);
                show(case, layer, accepted, DutyKind::Keep, (None, Some(condition)), &mut owed, found);
                all.push(owed);
            }
        }
        let due = terms.due.iter().filter(|(of, ..)| std::ptr::eq(*of, license));
        for (_, condition, certain) in due.filter(|(_, condition, _)| condition.effect != Follows::DisplayRequired) {
            let kind = if condition.effect == Follows::Notify { DutyKind::Notify } else { DutyKind::Royalty };
            let when = if *certain { RUNNING } else { "unless a record shows that it is not due" };
            let mut owed = by_condition(license, condition, kind, condition.sentence.clone(), when);
            show(case, layer, accepted, kind, (None, Some(condition)), &mut owed, found);
            all.push(owed);
        }
    }
    in_order(all)
}

/// What is owed now first, each duty of a licence once. The order of layers and clauses is not in it; of one duty that is
/// due for two reasons, the certain one stays.
fn in_order(all: Vec<Owed>) -> Vec<Owed> {
    let rank = |owed: &Owed| (!owed.now, KINDS.iter().position(|kind| *kind == owed.kind), owed.when != RUNNING);
    let mut order: Vec<(usize, &Owed)> = all.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| {
        (&one.license, &one.kind, &one.what, rank(one), &one.when, &one.clause).cmp(&(
            &other.license,
            &other.kind,
            &other.what,
            rank(other),
            &other.when,
            &other.clause,
        ))
    });
    order.dedup_by(|(_, one), (_, kept)| {
        (&one.license, &one.kind, &one.what) == (&kept.license, &kept.kind, &kept.what)
    });
    order.sort_by_key(|(_, owed)| rank(owed));
    let order: Vec<usize> = order.into_iter().map(|(at, _)| at).collect();
    taken(all, &order)
}

/// Whether a combination repeats a duty that one of its members has.
fn comes_with_a_member(model: &Model<'_>, license: &License, duty: &Obligation) -> bool {
    let brought =
        |layer: &&Layer<'_>| !std::ptr::eq(layer.license, license) && layer.ids.contains(&license.id.as_str());
    let members = model.layers.iter().filter(|_| !license.all_of.is_empty()).filter(brought);
    let mut duties = members.flat_map(|layer| &layer.license.obligations);
    duties.any(|other| (other.kind, other.trigger, &other.what) == (duty.kind, duty.trigger, &duty.what))
}

/// Says of a duty that is owed now whether it is shown to be met, and waits for it where a policy requires that.
fn show(
    case: &Case<'_>,
    layer: &Layer<'_>,
    accepted: &[(&License, Accepting<'_>)],
    kind: DutyKind,
    (written, term): (Option<&Obligation>, Option<&Condition>),
    owed: &mut Owed,
    found: &mut Found,
) {
    if !owed.now {
        return;
    }
    (owed.met, owed.how) = met::shown(case, layer, accepted, kind, written, found);
    // A text behind a form waits for its acceptance already.
    let asked = kind == DutyKind::Accept
        && found.findings.iter().any(|finding| {
            matches!(finding.reason, Reason::AcceptanceMissing | Reason::RecordEnded)
                && finding.about == layer.license.short
        });
    let Some(policy) = case.policies.requiring(kind).next().filter(|_| owed.open() && !asked) else { return };
    let words = policy.words();
    let (sentence, remedy) = sentence::duty::unmet(case, &words, owed, kind, layer.license);
    let new = finding(Reason::ObligationUnmet, policy.waits(), &layer.license.short, sentence).remedy(remedy);
    let mut new = new.text(layer.license, owed.clause.as_deref()).voucher(Some(words));
    new.subject.duty = Some(kind);
    new.also_of(term.map(|condition| term_id(layer.license, condition)).into_iter().collect());
    found.add(new);
}

fn by_condition(license: &License, condition: &Condition, kind: DutyKind, what: String, when: &'static str) -> Owed {
    Owed {
        kind: kind.word().into(),
        what,
        license: license.short.clone(),
        clause: condition.clause.clone(),
        now: true,
        when: when.into(),
        met: None,
        how: "".into(),
    }
}

fn duty_owed(case: &Case<'_>, model: &Model<'_>, terms: &Terms<'_>, license: &License, duty: &Obligation) -> Owed {
    let usage = &case.request.spec.usage;
    let hosted = usage.hosted_for_third_parties == Some(YesNo::Yes);
    let handed_on = usage.redistributes_weights == Some(YesNo::Yes);
    let outside = matches!(usage.audience, Some(Audience::Public | Audience::Partners)) || hosted || handed_on;
    let derived = !case.request.spec.model.base_models.is_empty() || !case.request.spec.model.adapters.is_empty();
    let due = |certain: bool| {
        let named = |condition: &Condition| Some(&condition.id) == duty.condition.as_ref() || duty.condition.is_none();
        terms.due.iter().any(|(of, condition, sure)| std::ptr::eq(*of, license) && named(condition) && *sure == certain)
    };
    let commercial = matches!(usage.purpose, Some(Purpose::Commercial | Purpose::InternalBusiness));
    let of_license = |layer: &&Layer<'_>| std::ptr::eq(layer.license, license);
    let multimodal = model.layers.iter().find(of_license).and_then(|layer| layer.modality);
    let multimodal = multimodal.is_some_and(|modality| modality != Modality::Text);
    let (now, when) = match duty.trigger {
        Trigger::Always => (true, RUNNING),
        Trigger::MakingAvailable => (outside, "if it is offered to people outside"),
        Trigger::HandingOnWeights => (handed_on, "if weights or a product that holds them are handed on"),
        Trigger::ThresholdExceeded if due(false) => (true, "unless a recorded figure shows that it is not due"),
        Trigger::ThresholdExceeded => (due(true), "above the limit that the licence names"),
        Trigger::DerivativeDistributed => (handed_on && derived, "if a changed model is handed on"),
        Trigger::ChangedMadeAvailable => (outside && derived, "if a changed model is offered to people outside"),
        Trigger::DerivedModelDistributed => {
            let kept = usage.trained_model.as_ref().is_some_and(|model| model.distributed == Some(YesNo::No));
            let trained = usage.trains_on_outputs == Some(YesNo::Yes) && !kept;
            (trained || handed_on && derived, "if a model trained on it or on its outputs is handed on")
        }
        Trigger::Publication => (false, "if results are published"),
        Trigger::CommercialProduct => {
            (outside && usage.purpose == Some(Purpose::Commercial), "if it is part of a commercial product or service")
        }
        Trigger::CommercialUse => (commercial, "if it is used commercially"),
        Trigger::MultimodalModel => (outside && multimodal, "if the model is multimodal, and offered or handed on"),
        Trigger::Encouraged => (false, "asked for, not demanded"),
    };
    // A duty that a condition makes due stands in the clause of that condition, unless it says otherwise.
    let makes_due = |condition: &&Condition| duty.condition.as_ref() == Some(&condition.id);
    let clause = duty.clause.clone().or_else(|| license.conditions.iter().find(makes_due)?.clause.clone());
    let spared = duty.exempt_when_hosted.is_yes() && hosted && !handed_on;
    let quoted = duty.literal.is_some_and(crate::catalog::words::YesNo::is_yes);
    Owed {
        kind: duty.kind.word().into(),
        what: if quoted { format!("\"{}\"", duty.what) } else { duty.what.clone() },
        license: license.short.clone(),
        clause,
        now: now && !spared,
        when: when.into(),
        met: None,
        how: "".into(),
    }
}

/// Conduct that the licence bans and the manifest says nothing about: to be kept out of.
fn keep_out(case: &Case<'_>, condition: &Condition) -> Option<String> {
    let usage = &case.request.spec.usage;
    let mut atoms = condition.when.all_of.iter().chain(&condition.when.any_of);
    atoms.find_map(|atom| match atom.predicate() {
        Some(Predicate::Sector(test)) if usage.sectors.is_empty() && condition.verified.is_yes() => {
            let title = |id: &String| case.facts.catalog.sector(id).map_or(id, |sector| &sector.title).clone();
            Some(format!("no use in: {}", test.within.iter().map(title).collect::<Vec<_>>().join(", ")))
        }
        Some(Predicate::TrainsOnOutputs(test)) if usage.trains_on_outputs.is_none() => {
            let target = match test.target {
                TrainingTarget::AnyModel => "other AI models",
                TrainingTarget::LanguageModel => "other large language models",
                TrainingTarget::FoundationModel => "foundation models",
                TrainingTarget::CompetingModel => "competing models",
                TrainingTarget::ImageModel => "other models that make images from text",
            };
            Some(format!("no training of {target} on its outputs"))
        }
        Some(Predicate::State(test)) if !conduct::is_said(usage, test.name) => match test.name {
            StateName::KeepsProvenance => Some("its watermark and provenance marks are left in place".into()),
            StateName::Sublicenses => Some("the right to use it is not licensed on".into()),
            StateName::TransfersDerivativeToUnlicensedCommercialEntity => {
                Some("no derivative goes to a commercial entity without a licence of its own".into())
            }
            _ => None,
        },
        _ => None,
    })
}
