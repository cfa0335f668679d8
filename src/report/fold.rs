//! Warnings, as few lines as they can be: a service for the public meets several rules of one country, and most of them
//! only report. Where each is not asked for, they are one line, with the command that lists them.

use super::denial::LIST_EVERYTHING;
use crate::{
    catalog::Catalog,
    decide::{Decision, Effect, Finding},
    manifest::Reason,
};

/// Rules that one line names; the rest is a count.
const MAX_NAMED: usize = 3;

/// One line of warnings.
#[derive(Clone, Debug, PartialEq)]
pub enum Warned<'a> {
    /// A finding by itself.
    One(&'a Finding),
    /// Rules of one country, or of a union of them, that only report.
    Rules {
        /// Whose rules, such as `CN` or `US-CA`.
        of: String,
        /// At least two.
        rules: Vec<&'a Finding>,
    },
}

/// What a decision warns of, in its order; rules of one country stand where the first of them does.
#[must_use]
pub fn warnings(decision: &Decision) -> Vec<Warned<'_>> {
    fold(decision.findings.iter().filter(|finding| finding.effect == Effect::Warns))
}

/// The same, of these findings.
pub fn fold<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Warned<'a>> {
    let mut all: Vec<(Option<String>, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let of = place(finding);
        match all.iter_mut().find(|(known, _)| of.is_some() && *known == of) {
            Some((_, rules)) => rules.push(finding),
            None => all.push((of, vec![finding])),
        }
    }
    let line = |(of, rules): (Option<String>, Vec<&'a Finding>)| match (of, rules.as_slice()) {
        (Some(of), [_, _, ..]) => vec![Warned::Rules { of, rules }],
        _ => rules.into_iter().map(Warned::One).collect(),
    };
    all.into_iter().flat_map(line).collect()
}

/// Whose rule a warning is of.
fn place(finding: &Finding) -> Option<String> {
    let catalog = Catalog::built_in().ok()?;
    let rule = catalog.rule(&finding.about).filter(|_| finding.reason == Reason::RuleWarns && finding.waived.is_none());
    rule.map(|rule| rule.jurisdiction.clone())
}

impl Warned<'_> {
    /// `RuleWarns: 5 rules of CN warn: cn-icp, ... and 2 more; each with its words: modelport check ...`; of a finding by
    /// itself its own line.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::One(finding) => finding.line(),
            Self::Rules { .. } => {
                format!("{}: {}. Each in full: {LIST_EVERYTHING}", Reason::RuleWarns, self.words())
            }
        }
    }

    /// `5 rules of CN warn: cn-icp, ... and 2 more`; of a finding by itself its code.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::One(finding) => finding.reason.to_string(),
            Self::Rules { of, rules } => {
                let ids: Vec<&str> = rules.iter().map(|finding| finding.about.as_str()).collect();
                let shown = ids.get(..MAX_NAMED.min(ids.len())).unwrap_or_default();
                let more = ids.len() - shown.len();
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                format!("{} rules of {of} warn: {}{more}", ids.len(), shown.join(", "))
            }
        }
    }
}
