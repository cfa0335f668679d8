//! Who runs it: the one Licensee that selects the namespace.
//!
//! None is a missing fact only where something asks for one. Two are always a question, whatever is asked: which of
//! them would vouch is not ours to choose.

use jiff::civil::Date;

use crate::{
    facts::{Fact, Facts, Unread},
    manifest::{Reason, licensee::LicenseeSpec},
};

use super::{
    Effect, Request,
    case::{Case, Found, finding, start_of},
    sentence,
};

/// The organisation behind a namespace.
#[derive(Clone, Debug)]
pub(super) enum Who<'a> {
    /// Nobody says.
    Nobody,
    /// One.
    One(&'a Fact<LicenseeSpec>),
    /// Several, by name.
    Several(Vec<&'a str>),
    /// Some Licensee cannot be read, and it may be the one.
    Unread(&'a Unread),
}

impl<'a> Who<'a> {
    pub(super) fn select(request: &Request<'_>, facts: &'a Facts<'a>) -> Self {
        let mut hits = facts
            .licensees
            .iter()
            .copied()
            .filter(|fact| fact.spec.selection().selects(request.namespace, facts.namespace_labels));
        let unread = facts_unread(facts, "Licensee");
        match (hits.next(), hits.next(), unread) {
            (Some(first), Some(second), _) => {
                let mut names: Vec<&str> = [first, second].into_iter().chain(hits).map(|f| f.name.as_str()).collect();
                names.sort_unstable();
                Self::Several(names)
            }
            // An unread one might select the namespace as well; what is read and recorded still counts.
            (Some(one), None, _) => Self::One(one),
            (None, _, Some(unread)) => Self::Unread(unread),
            (None, _, None) => Self::Nobody,
        }
    }
}

/// The first unread fact of a kind.
pub(super) fn facts_unread<'a>(facts: &'a Facts<'a>, kind: &str) -> Option<&'a Unread> {
    facts.unread.iter().find(|unread| unread.kind == kind)
}

/// Two Licensees, and facts that nobody can read yet and that could forbid.
pub(super) fn check(case: &Case<'_>, found: &mut Found) {
    if let Some(fact) = case.licensee() {
        // A figure that is dated ahead counts from that day on.
        let days = fact.spec.metrics.iter().map(|metric| &metric.as_of).chain([&fact.spec.founded]);
        let days = days.filter_map(|day| day.as_deref()?.parse::<Date>().ok());
        found.changes.extend(days.filter(|day| *day > case.today).filter_map(start_of));
    }
    if let Who::Several(names) = &case.who {
        let (sentence, remedy) = sentence::facts::licensee_conflict(case.request.namespace, names);
        found.add(finding(Reason::LicenseeConflict, Effect::Waits, "Licensee", sentence).remedy(remedy));
    }
    for licensee in &case.facts.licensees {
        let several = matches!(&case.who, Who::Several(names) if names.contains(&licensee.name.as_str()));
        if several || case.licensee().is_some_and(|one| std::ptr::eq(one, *licensee)) {
            found.uses("Licensee", &licensee.name, &licensee.hash);
        }
    }
    for unread in
        case.facts.unread.iter().filter(|unread| matches!(unread.kind.as_str(), "ModelPolicy" | "ModelLicense"))
    {
        found.add(sentence::facts::unread(unread));
    }
}
