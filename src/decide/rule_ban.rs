//! What a rule refuses outright of what it otherwise lets with evidence: it speaks in a sentence of its own, and no filing
//! lifts it. Before the rule applies in full, that too is only reported.

use crate::catalog::{
    Rule,
    rule::{Ban, Gate},
};

use super::case::Case;

impl Case<'_> {
    /// What a deployment that the rule applies to meets now.
    pub(super) fn gate(&self, rule: &Rule) -> Option<Gate> {
        let gate = rule.gate_at(self.facts.now)?;
        Some(if gate > Gate::Warn && self.banned(rule).is_some() { Gate::Deny } else { gate })
    }

    /// What the rule says of this deployment, after "rule ID".
    pub(super) fn says<'r>(&self, rule: &'r Rule) -> &'r str {
        self.banned(rule).map_or(&rule.sentence, |ban| &ban.sentence)
    }

    fn banned<'r>(&self, rule: &'r Rule) -> Option<&'r Ban> {
        rule.ban.as_ref().filter(|ban| self.declares(&ban.declares).is_some())
    }
}
