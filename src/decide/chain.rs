//! The chain of checks: what is asked and what is known go in, a decision comes out.

use jiff::Timestamp;

use crate::{
    facts::Facts,
    manifest::{Reason, shape, source::Source},
};

use super::{
    Decision, Effect, Finding, Identity, Places, Request, Verdict, acceptance, ahead,
    case::{Case, Found, finding, sorted},
    id, identity, license, licensee, owed, permitted, place, policy_words, requant, review, rules, sentence, served,
    waiver,
};

/// May this organisation run this model, for this use, in these places?
#[must_use]
pub fn decide(request: &Request<'_>, facts: &Facts<'_>) -> Decision {
    let (mut decision, outlook) = once(request, facts);
    if only_placement_refuses(&decision) && request.spec.placement.allow.is_some() && !outlook.people {
        elsewhere(request, facts, &mut decision);
    }
    if decision.verdict == Verdict::Allowed {
        ahead::warn(request, facts, &outlook.changes, &mut decision);
    }
    decision
}

/// What would make it another decision.
pub(super) struct Outlook {
    /// Instants ahead at which the verdict can change.
    pub changes: Vec<Timestamp>,
    /// The people served break a term: no other place of pods does.
    pub people: bool,
}

/// Decides, and says what would make it another decision.
pub(super) fn once(request: &Request<'_>, facts: &Facts<'_>) -> (Decision, Outlook) {
    let mut case = Case::new(request, facts);
    let mut found = Found::default();
    let source = Source::parse(&request.spec.model.source);
    let problems = shape::problems(request.spec, &source, facts.catalog);
    let (Ok(source), true) = (&source, problems.is_empty()) else {
        // What cannot be read is not decided on: every problem is listed, and nothing else.
        found.extend(problems.into_iter().map(|problem| {
            finding(problem.reason, Effect::Refuses, &problem.field, problem.sentence).remedy(problem.remedy)
        }));
        return conclude(&case, found, Identity::default(), Vec::new(), Places::default());
    };
    case.names = identity::names(source, request.spec.model.name.as_deref());
    case.from_hub = source.repository().is_some();
    licensee::check(&case, &mut found);
    let model = identity::look(&case, source, &mut found);
    let mut ids: Vec<&str> = model.layers.iter().flat_map(|layer| layer.ids.iter().copied()).collect();
    ids.dedup();
    permitted::check(&case, &model, &mut found);
    review::check(&case, &model, &mut found);
    let terms = license::check(&case, &model, &mut found);
    requant::refuse(&case, &model, &mut found);
    let accepted = acceptance::check(&case, &model, &mut found);
    policy_words::check(&case, &mut found);
    served::check(&case, &mut found);
    let (mut places, written) = place::check(&case, &terms.narrowings, &mut found);
    rules::check(&case, &model, &ids, &written, &mut places, &mut found);
    place::conclude(&case, &mut places, &mut found);
    evidence(&case, &mut found);
    identity::say_how_found(&model, &mut found);
    let owed = owed::list(&case, &model, &terms, &accepted, &mut found);
    conclude(&case, found, model.identity, owed, places)
}

/// A deployment may refer to a record by its name; a name that no record has is said so.
fn evidence(case: &Case<'_>, found: &mut Found) {
    let Some(licensee) = case.licensee() else { return };
    for name in case.request.spec.usage.evidence() {
        let known = licensee.spec.records().iter().any(|(_, records)| records.iter().any(|r| r.name == name));
        if !known {
            let (sentence, remedy) = sentence::facts::evidence_unknown(&licensee.name, name);
            found.add(finding(Reason::EvidenceMissing, Effect::Warns, name, sentence).remedy(remedy));
        }
    }
}

fn conclude(
    case: &Case<'_>,
    mut found: Found,
    model: Identity,
    obligations: Vec<super::Owed>,
    places: Places,
) -> (Decision, Outlook) {
    waiver::apply(case, model.name.as_deref(), &mut found);
    // The order of layers, facts and clauses is not in it.
    found.findings = sorted(found.findings, |one, other| {
        let rank = |finding: &Finding| (finding.effect, weight(finding), finding.reason);
        let words = |one: &Finding, other: &Finding| {
            (&one.about, &one.sentence, one.cause, &one.clause, &one.remedy).cmp(&(
                &other.about,
                &other.sentence,
                other.cause,
                &other.clause,
                &other.remedy,
            ))
        };
        rank(one).cmp(&rank(other)).then_with(|| words(one, other))
    });
    found.inputs.sort();
    let verdict = match found.findings.first().map(|finding| finding.effect) {
        Some(Effect::Refuses) => Verdict::Refused,
        Some(Effect::Waits) => Verdict::Waiting,
        _ => Verdict::Allowed,
    };
    let now = case.facts.now;
    found.changes.retain(|at| *at > now);
    found.changes.sort_unstable();
    found.changes.dedup();
    let decision = Decision {
        id: id::of(case.request, verdict, &found.findings, &found.inputs),
        verdict,
        model,
        findings: found.findings,
        obligations,
        places,
        policy: case.policies.combined(),
        inputs: found.inputs,
        next_change: found.changes.first().copied(),
        decide_again: found.notes.into_iter().filter(|at| *at > now).chain(found.changes.first().copied()).min(),
    };
    (decision, Outlook { changes: found.changes, people: found.people })
}

/// Within one effect: what is written, then who it is, which licence, its terms, places, rules.
fn weight(finding: &Finding) -> u8 {
    match finding.reason {
        Reason::SourceInvalid | Reason::ManifestInvalid => 0,
        Reason::CountryUnknown | Reason::PlaceUnknown | Reason::PlaceContradicts => 1,
        Reason::FactsNotReady | Reason::LicenseeConflict | Reason::PolicyInvalid => 2,
        Reason::LicenseUnknown | Reason::LicenseAmbiguous => 3,
        Reason::LicenseeMissing | Reason::LicenseeInvalid => 4,
        Reason::UserThreshold
        | Reason::RevenueThreshold
        | Reason::MetricThreshold
        | Reason::PurposeNotPermitted
        | Reason::SeatExcluded
        | Reason::SectorExcluded
        | Reason::OutputTrainingExcluded
        | Reason::TermNotMet
        | Reason::RegistrationMissing
        | Reason::RecordEnded => 5,
        Reason::LicenseUnverified | Reason::PredicateNotSupported => 6,
        Reason::FigureMissing
        | Reason::SeatMissing
        | Reason::LicenseeIncomplete
        | Reason::AcceptanceMissing
        | Reason::ObligationUnmet
        | Reason::FactStale => 7,
        Reason::LicenseRefusedByPolicy
        | Reason::LicenseNotPermitted
        | Reason::ReviewMissing
        | Reason::ReviewOutdated => 8,
        Reason::PlaceExcluded
        | Reason::PlaceNotPermitted
        | Reason::PlacementEmpty
        | Reason::AcceleratorNotPermitted => 9,
        Reason::RuleRefuses
        | Reason::FilingMissing
        | Reason::EvidenceMissing
        | Reason::RuleNotSupported
        | Reason::CountryNotSurveyed => 10,
        Reason::DeclarationMissing => 11,
        Reason::TermUnclear
        | Reason::LicenseConflict
        | Reason::LicenseClaimed
        | Reason::LicenseByName
        | Reason::LicenseDeclared
        | Reason::MetadataUnreadable => 12,
        _ => 13,
    }
}

fn only_placement_refuses(decision: &Decision) -> bool {
    let places = |reason| matches!(reason, Reason::PlaceExcluded | Reason::PlaceNotPermitted | Reason::PlacementEmpty);
    let mut decisive = decision.findings.iter().take_while(|finding| finding.effect <= Effect::Waits).peekable();
    decisive.peek().is_some() && decisive.all(|finding| places(finding.reason))
}

/// A remedy that moves pods is printed only after deciding again with it.
fn elsewhere(request: &Request<'_>, facts: &Facts<'_>, decision: &mut Decision) {
    let mut spec = request.spec.clone();
    spec.placement.allow = None;
    let (again, _) = once(&Request { spec: &spec, ..*request }, facts);
    let Some(first) = decision.findings.first_mut() else { return };
    if again.verdict == Verdict::Allowed {
        first.remedy = Some(sentence::place::elsewhere(&again.places));
    }
}
