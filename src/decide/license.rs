//! The terms of every licence that applies, with three values.
//!
//! For each term: does it bite? A false conjunct decides, an exemption lifts, a record of the Licensee that covers this
//! cures it; what then remains unknown is named, with who supplies it. A term about the place of the nodes is asked
//! twice: with pods outside of the place, and inside. If only the second bites, it narrows where pods may stand.

use crate::{
    catalog::{
        condition::{Condition, Effect as Follows, Remedy},
        license::{License, LicenseKind},
        predicate::Predicate,
    },
    manifest::{Reason, record::Record},
};

use super::{
    Effect, Finding,
    atom::{Ground, Missing, Outcome, Used},
    case::{Case, Found, finding, start_of, term_id},
    cure::{self, Cure},
    identity::{Layer, Model},
    judged,
    licensee::Who,
    metric, near,
    place::Narrowing,
    policy::AgesPart,
    record::{self, Standing},
    sentence, stale,
};

/// What the terms come to, for places and obligations.
#[derive(Debug, Default)]
pub(super) struct Terms<'a> {
    /// Where pods may not stand.
    pub narrowings: Vec<Narrowing<'a>>,
    /// Terms that are permitted and owe something: licence, condition, and whether a figure says so.
    pub due: Vec<(&'a License, &'a Condition, bool)>,
    /// Terms that a person has judged not to apply.
    pub judged: Vec<&'a Condition>,
}

/// Evaluates every term.
pub(super) fn check<'a>(case: &Case<'a>, model: &Model<'a>, found: &mut Found) -> Terms<'a> {
    let mut terms = Terms::default();
    for layer in &model.layers {
        for condition in &layer.license.conditions {
            let ground = Ground { case, ids: &layer.ids, modality: layer.modality, nodes_inside: false };
            term(&ground, layer, condition, &mut terms, found);
        }
    }
    terms
}

fn term<'a>(
    ground: &Ground<'_, 'a>,
    layer: &Layer<'a>,
    condition: &'a Condition,
    terms: &mut Terms<'a>,
    found: &mut Found,
) {
    let case = ground.case;
    let license = layer.license;
    rolling(case, condition, found);
    let outcome = ground.condition(condition);
    if let Outcome::Holds(used) | Outcome::Fails(used) = &outcome {
        figures(case, license, condition, used, found);
    }
    let areas = node_areas(condition);
    let inside = Ground { nodes_inside: true, ..*ground };
    let narrows = !areas.is_empty()
        && (matches!(outcome, Outcome::Fails(_)) && !matches!(inside.condition(condition), Outcome::Fails(_))
            || matches!(outcome, Outcome::Unknown(_)));
    // Where a fact settles it, nobody's judgement is needed.
    let open = narrows || !matches!(&outcome, Outcome::Fails(used) if !used.is_empty());
    if let Some(finding) = open
        .then(|| judged::term(case, layer, condition, found).or_else(|| granted(case, layer, condition, found)))
        .flatten()
    {
        terms.judged.push(condition);
        return found.add(finding);
    }
    if narrows {
        let near = near::of_term(case, license, condition, &layer.ids);
        terms.narrowings.push(Narrowing { license, condition, areas, serves: None, near });
    }
    if matches!(condition.effect, Follows::DisplayRequired | Follows::Notify | Follows::Royalty) {
        // Permitted whatever the figure is; while it is not recorded the duty counts as due.
        match outcome {
            Outcome::Holds(_) => terms.due.push((license, condition, true)),
            Outcome::Unknown(_) => terms.due.push((license, condition, false)),
            Outcome::Fails(_) => {}
        }
        return;
    }
    if condition.effect == Follows::Unclear {
        return unclear(ground, layer, condition, &outcome, found);
    }
    match outcome {
        Outcome::Fails(used) => {
            for by in used {
                let Some(sentence) = sentence::license::passed(case, license, condition, by) else { continue };
                let voucher = case.voucher_if(vouched(by));
                let passes = finding(Reason::Allowed, Effect::Passes, &license.short, sentence);
                found.add(passes.term(license, condition).voucher(voucher));
            }
        }
        Outcome::Holds(used) => match lifted(ground, license, condition, found) {
            Some(finding) => found.add(finding.term(license, condition)),
            None => bites(case, layer, condition, &used, terms, found),
        },
        Outcome::Unknown(missing) => {
            if let Some(finding) = lifted(ground, license, condition, found) {
                found.add(finding.term(license, condition));
                return;
            }
            for one in &missing {
                waits(case, license, condition, *one, found);
            }
        }
    }
}

/// A term that can be read both ways warns, and so does one of which nobody recorded the figure.
fn unclear<'a>(
    ground: &Ground<'_, 'a>,
    layer: &Layer<'a>,
    condition: &'a Condition,
    outcome: &Outcome<'a>,
    found: &mut Found,
) {
    let (case, license) = (ground.case, layer.license);
    let used = match outcome {
        Outcome::Holds(used) => used.as_slice(),
        // Where more than the figure is missing, that is asked first.
        Outcome::Unknown(missing)
            if case.licensee().is_some() && missing.iter().all(|one| matches!(one, Missing::Figure(..))) =>
        {
            &[]
        }
        Outcome::Unknown(_) | Outcome::Fails(_) => return,
    };
    if let Some(finding) = lifted(ground, license, condition, found) {
        return found.add(finding.term(license, condition));
    }
    let (sentence, remedy) = sentence::license::unclear(case, license, condition, used);
    let voucher = case.voucher_if(!used.is_empty());
    let warns = finding(Reason::TermUnclear, Effect::Warns, &license.short, sentence);
    found.add(warns.remedy(remedy).term(license, condition).voucher(voucher));
}

/// The areas that a term keeps pods out of.
fn node_areas(condition: &Condition) -> &[String] {
    let atoms = condition.when.all_of.iter().chain(&condition.when.any_of);
    let mut atoms = atoms;
    let place = atoms.find_map(|atom| match atom.predicate() {
        Some(Predicate::Place(test)) if test.asks_for_nodes() => Some(test.within.as_slice()),
        _ => None,
    });
    place.unwrap_or_default()
}

/// A figure that is asked for again each month or year is about another period from then on.
fn rolling(case: &Case<'_>, condition: &Condition, found: &mut Found) {
    let mut atoms = condition.when.all_of.iter().chain(&condition.when.any_of);
    let asks_again =
        atoms.any(|atom| matches!(atom.predicate(), Some(Predicate::Metric(test)) if test.frozen_at.is_none()));
    if asks_again {
        found.notes.extend(case.today.last_of_month().tomorrow().ok().and_then(start_of));
    }
}

/// Until when the figures that decided answer, and which newer ones are on their way.
fn figures(case: &Case<'_>, license: &License, condition: &Condition, used: &[Used<'_>], found: &mut Found) {
    for used in used {
        let Used::Figure(test, Some(figure)) = used else { continue };
        found.changes.extend(figure.reach.until.and_then(start_of));
        // What was so at a frozen date stays so, however long ago it was recorded.
        if test.frozen_at.is_none() {
            let what = || format!("the figure for {}, {}", metric::name_words(test.name), figure.metric.period);
            let place = || sentence::list_of(case, "metrics");
            stale::check(case, AgesPart::Figures, figure.metric.as_of.as_deref(), (what, place), found);
        }
        let Some(due) = figure.reach.due else { continue };
        let (sentence, remedy) = sentence::time::figure_due(case, license, condition, test, figure, due);
        let warns = finding(Reason::FigureDue, Effect::Warns, &license.short, sentence);
        let voucher = case.voucher();
        found.add(warns.remedy(remedy).term(license, condition).voucher(voucher));
    }
}

fn vouched(by: Used<'_>) -> bool {
    matches!(by, Used::Figure(..) | Used::Seat(_) | Used::Kind(_) | Used::Listed(_) | Used::Follows(_))
}

/// A term bites: it refuses, unless nobody read it, or the facts that could cure it cannot be read.
fn bites<'a>(
    case: &Case<'a>,
    layer: &Layer<'a>,
    condition: &'a Condition,
    used: &[Used<'a>],
    terms: &mut Terms<'a>,
    found: &mut Found,
) {
    let license = layer.license;
    let curable = matches!(cure::of_term(license, condition), Cure::Records(_));
    match &case.who {
        Who::Unread(unread) if curable => return found.add(sentence::facts::unread(unread)),
        Who::Several(_) if curable => return,
        _ => {}
    }
    let near = near::of_term(case, license, condition, &layer.ids);
    if let Some(Used::Serves(country)) = used.iter().find(|used| matches!(used, Used::Serves(_))) {
        let serves = Some(*country);
        terms.narrowings.push(Narrowing { license, condition, areas: node_areas(condition), serves, near });
        return;
    }
    let unread = near.as_ref().is_some_and(|near| matches!(near.why, near::Why::Unread(_)));
    let (reason, effect) = if unread {
        // What would let it be and cannot be read is no reason to stop what runs.
        (Reason::LicenseeInvalid, Effect::Waits)
    } else if condition.verified.is_yes() {
        let ended = near.as_ref().is_some_and(|near| matches!(near.why, near::Why::Ended(_)));
        (if ended { Reason::RecordEnded } else { reason(condition, used) }, Effect::Refuses)
    } else {
        (Reason::LicenseUnverified, Effect::Waits)
    };
    let (sentence, remedy) = sentence::license::bites(case, license, condition, used, near.as_ref());
    let voucher = case.voucher_if(used.iter().any(|by| vouched(*by)) || near.is_some());
    let new =
        finding(reason, effect, &license.short, sentence).remedy(remedy).term(license, condition).voucher(voucher);
    found.add(if used.is_empty() { new.by_catalogue() } else { new });
}

fn reason(condition: &Condition, used: &[Used<'_>]) -> Reason {
    let by_size = used.iter().any(|used| matches!(used, Used::Figure(..)));
    if condition.effect == Follows::RegistrationRequired || condition.remedy == Remedy::Register && !by_size {
        return Reason::RegistrationMissing;
    }
    let of = |used: &Used<'_>| match used {
        Used::Figure(test, _) if test.name.is_money() => (0, Reason::RevenueThreshold),
        Used::Figure(test, _) if sentence::counts_users(test.name) => (0, Reason::UserThreshold),
        Used::Figure(..) => (0, Reason::MetricThreshold),
        Used::Seat(_) | Used::TextModel => (1, Reason::SeatExcluded),
        Used::Serves(_) | Used::Nodes => (2, Reason::PlaceExcluded),
        Used::Trains(_) => (3, Reason::OutputTrainingExcluded),
        Used::Sector(_) | Used::NoSector => (4, Reason::SectorExcluded),
        Used::Kind(_) | Used::Listed(_) | Used::Offer(_) | Used::Role | Used::Follows(_) | Used::State(_) => {
            (5, Reason::TermNotMet)
        }
        Used::Purpose(_) | Used::Production(_) => (6, Reason::PurposeNotPermitted),
    };
    used.iter().map(of).min_by_key(|(rank, _)| *rank).map_or(Reason::TermNotMet, |(_, reason)| reason)
}

/// Something is missing that decides.
fn waits<'a>(case: &Case<'a>, license: &'a License, condition: &'a Condition, missing: Missing<'a>, found: &mut Found) {
    if missing.asks_licensee() {
        match &case.who {
            Who::Several(_) => return,
            Who::Unread(unread) => return found.add(sentence::facts::unread(unread)),
            Who::Nobody => {
                let mut nobody = sentence::facts::licensee_missing(case, &license.short);
                nobody.also_of(vec![term_id(license, condition)]);
                found.add(nobody);
            }
            Who::One(_) => {}
        }
    }
    let reason = match missing {
        Missing::Declared(_) => Reason::DeclarationMissing,
        Missing::Figure(..) => Reason::FigureMissing,
        Missing::Seat if case.unreadable_country("seat").is_some() => Reason::LicenseeInvalid,
        Missing::Seat => Reason::SeatMissing,
        Missing::Listed(..) => Reason::LicenseeInvalid,
        Missing::Attribute(_) | Missing::Followed(_) => Reason::LicenseeIncomplete,
        Missing::Modality | Missing::NotUnderstood => Reason::PredicateNotSupported,
        Missing::Unread(_) if license.kind == LicenseKind::Ambiguous => Reason::LicenseAmbiguous,
        Missing::Unread(_) => Reason::LicenseUnverified,
    };
    let about = match missing {
        Missing::Declared(field) => field,
        _ => &license.short,
    };
    // One question to the author is asked once, whichever licences ask it.
    let asked = |f: &&mut Finding| f.reason == reason && f.about == about;
    if let (Missing::Declared(_), Some(known)) = (missing, found.findings.iter_mut().find(asked)) {
        return known.also_of(vec![term_id(license, condition)]);
    }
    let (sentence, remedy) = sentence::license::waits(case, license, condition, missing);
    let voucher = case.voucher_if(missing.asks_licensee());
    let new: Finding =
        finding(reason, Effect::Waits, about, sentence).remedy(remedy).term(license, condition).voucher(voucher);
    let person = matches!(missing, Missing::Declared(_)) || missing.asks_licensee();
    found.add(if person { new } else { new.by_catalogue() });
}

/// A grant of the licensor that names the term lifts it, whatever the term is about; not where nobody read the term.
fn granted(case: &Case<'_>, layer: &Layer<'_>, condition: &Condition, found: &mut Found) -> Option<Finding> {
    if !condition.verified.is_yes() {
        return None;
    }
    let wanted = record::Wanted { licenses: &layer.ids, country: None };
    let records = case.licensee().map_or(&[][..], |fact| &fact.spec.separate_licenses);
    let names = |record: &Record| judged::names(record, &layer.ids, &condition.id) && record.lacks().is_none();
    let hit = record::find(case, records, wanted, names, &mut found.changes)?;
    let record = (hit.standing == Standing::InForce).then_some(hit.record)?;
    stale::record(case, "separateLicenses", record, found);
    let voucher = case.voucher();
    let sentence = sentence::license::lifted(condition, "separateLicenses", record);
    let passes = finding(Reason::Allowed, Effect::Passes, "separateLicenses", sentence);
    let words = sentence::license::lifting("separateLicenses", record);
    Some(passes.term(layer.license, condition).voucher(voucher).by_record(words))
}

fn lists<'a>(case: &Case<'a>, license: &License, condition: &Condition) -> Vec<(&'static str, &'a [Record])> {
    let Some(licensee) = case.licensee() else { return Vec::new() };
    match cure::of_term(license, condition) {
        Cure::GrantByName => Vec::new(),
        Cure::Records(names) => licensee.spec.records().into_iter().filter(|(name, _)| names.contains(name)).collect(),
    }
}

/// A record that cures the term, as a finding that says so.
fn lifted(ground: &Ground<'_, '_>, license: &License, condition: &Condition, found: &mut Found) -> Option<Finding> {
    let case = ground.case;
    let wanted = record::Wanted { licenses: ground.ids, country: None };
    // A record that names a term is about that term and no other.
    let of = |record: &Record| {
        let of_term = record.rule.is_none() || judged::names(record, ground.ids, &condition.id);
        of_term && record.lacks().is_none()
    };
    for (list, records) in lists(case, license, condition) {
        let hit = record::find(case, records, wanted, of, &mut found.changes);
        let Some(hit) = hit.filter(|hit| hit.standing == Standing::InForce) else { continue };
        let voucher = case.voucher();
        let sentence = sentence::license::lifted(condition, list, hit.record);
        stale::record(case, list, hit.record, found);
        let passes = finding(Reason::Allowed, Effect::Passes, list, sentence).voucher(voucher);
        return Some(passes.by_record(sentence::license::lifting(list, hit.record)));
    }
    None
}
