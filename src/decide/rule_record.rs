//! What answers a rule: a judgement that it does not apply, a filing under its id, or a filing for each key it asks for.

use crate::{
    catalog::{
        Rule,
        rule::{Gate, Requirement},
        rule_test::RuleTest,
    },
    manifest::{record::Record, written::WrittenCountry},
};

use super::{
    case::{Case, Found},
    judged,
    record::{self, Standing, Wanted},
    rule_answer::Stand,
    rule_near::{self, Lacks, Short},
    stale,
};

/// What the records of the Licensee say to a rule.
#[derive(Clone, Debug)]
pub(super) enum Records<'a> {
    /// This one, of this list, answers it.
    Answer(&'a Record, &'static str),
    /// A filing did, and has ended.
    Ended(record::Found<'a>),
    /// A filing will, and does not count yet.
    Later(record::Found<'a>),
    /// Some of what it asks for is recorded, and this is not.
    Partly(Vec<&'a Requirement>),
    /// One is about the rule, and does not reach.
    Short(Short<'a>),
    /// Nothing does.
    Nothing,
}

impl Records<'_> {
    /// The record that may answer it and has something that cannot be read, with its list and what that is.
    pub(super) fn unread(&self) -> Option<(&Record, &'static str, &'static str)> {
        match self {
            Self::Short(Short { record, list, lacks: Lacks::Unread(what) }) => Some((record, list, what)),
            _ => None,
        }
    }
}

/// Whether any record of the Licensee speaks of a rule, whatever it covers.
pub(super) fn any(case: &Case<'_>, rule: &Rule) -> bool {
    let named = |record: &Record| rule.is_named(record.answers());
    case.licensee().is_some_and(|fact| fact.spec.filings.iter().chain(&fact.spec.not_applicable).any(named))
}

/// Looks for what answers a rule, for pods that stand in a country. A record may name the country whose rule it is, the
/// country where the pods stand, or all countries of the people for whose sake the rule applies.
pub(super) fn look<'a>(
    case: &Case<'a>,
    rule: &'a Rule,
    gate: Gate,
    ids: &[&str],
    stand: Stand<'_>,
    found: &mut Found,
) -> Records<'a> {
    let people = people(case, rule);
    let asked = if people.is_empty() { stand.into_iter().collect() } else { people.clone() };
    let mut best = Records::Nothing;
    for countries in [vec![rule.country()], stand.into_iter().collect(), people] {
        if countries.is_empty() {
            continue;
        }
        let mut answers = countries.into_iter().map(|country| one(case, rule, gate, ids, country, found));
        let first = answers.next().unwrap_or(Records::Nothing);
        // Every country is answered, or the first one that is not says why.
        let all = answers.fold(first, |so_far, next| if answered(&so_far) { next } else { so_far });
        if answered(&all) {
            return all;
        }
        if matches!(best, Records::Nothing) {
            best = all;
        }
    }
    if matches!(best, Records::Nothing) {
        let asked = if asked.is_empty() { vec![rule.country()] } else { asked };
        return rule_near::find(case, rule, gate, ids, &asked).map_or(best, Records::Short);
    }
    best
}

fn answered(records: &Records<'_>) -> bool {
    matches!(records, Records::Answer(..))
}

fn one<'a>(case: &Case<'a>, rule: &'a Rule, gate: Gate, ids: &[&str], country: &str, found: &mut Found) -> Records<'a> {
    let wanted = Wanted { licenses: ids, country: Some(country) };
    let named = |word: &'a str| move |record: &Record| record.answers() == word;
    if let Some(record) = judged::not_applicable(case, wanted, named(&rule.id), found) {
        return Records::Answer(record, "notApplicable");
    }
    // What a rule refuses outright, no filing lets.
    if gate == Gate::Deny {
        return Records::Nothing;
    }
    let filings = case.licensee().map_or(&[][..], |fact| &fact.spec.filings);
    let (mut ended, mut later) = (None, None);
    let mut look = |word: &'a str, found: &mut Found| {
        let hit = record::find(case, filings, wanted, named(word), &mut found.changes)?;
        match hit.standing {
            Standing::InForce => return Some(hit.record),
            Standing::Ended => ended = ended.or(Some(hit)),
            Standing::NotYet => later = later.or(Some(hit)),
            Standing::Unreadable => {}
        }
        None
    };
    if let Some(record) = look(&rule.id, found) {
        stale::record(case, "filings", record, found);
        return Records::Answer(record, "filings");
    }
    let mut missing = Vec::new();
    let mut recorded: Vec<&Record> = Vec::new();
    for requirement in &rule.requires {
        match look(&requirement.key, found) {
            Some(record) => recorded.push(record),
            None => missing.push(requirement),
        }
    }
    // A judgement that has ended, or begins later, is said where no filing is.
    let judged = case.licensee().map_or(&[][..], |fact| &fact.spec.not_applicable);
    let signed =
        |record: &Record| record.answers() == rule.id && record.maker().is_some() && record.grounds().is_some();
    let judgement = || {
        let hit = record::find(case, judged, wanted, signed, &mut Vec::new());
        hit.filter(|hit| matches!(hit.standing, Standing::Ended | Standing::NotYet))
    };
    match (recorded.first(), ended.or(later).or_else(|| recorded.is_empty().then(judgement).flatten())) {
        (Some(first), _) if missing.is_empty() => {
            for record in &recorded {
                stale::record(case, "filings", record, found);
            }
            Records::Answer(first, "filings")
        }
        (_, Some(hit)) if hit.standing == Standing::NotYet => Records::Later(hit),
        (_, Some(hit)) => Records::Ended(hit),
        (Some(_), None) => Records::Partly(missing),
        (None, None) => Records::Nothing,
    }
}

/// Countries of people served for whose sake the rule applies.
fn people<'a>(case: &Case<'a>, rule: &Rule) -> Vec<&'a str> {
    let mut countries: Vec<&str> = Vec::new();
    rule.when.visit(&mut |part| {
        let RuleTest::Serves(test) = part else { return };
        for country in case.request.spec.usage.serves.iter().filter_map(WrittenCountry::text) {
            if test.holds_of(country) && !countries.contains(&country) {
                countries.push(country);
            }
        }
    });
    countries
}
