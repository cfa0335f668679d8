//! What a rule says that stands in nobody's way: a warning, what Modelport does not see, or what takes the deployment out
//! of it.

use crate::{
    catalog::rule::{Exemption, Gate},
    manifest::{Reason, model_policy::RuleStrictness},
};

use super::{
    Effect, Finding,
    case::Found,
    rule_answer::{Answer, Ask, Hits},
    rule_record::Records,
    rules::One,
    sentence,
};

impl<'a> One<'_, 'a> {
    /// Says what a rule that narrows nothing has to say, unless it is off.
    pub(super) fn report<'h>(
        &self,
        gate: Gate,
        warned: bool,
        records: Option<&Records<'a>>,
        open: impl Iterator<Item = &'h Answer<'a>>,
        found: &mut Found,
    ) where
        'a: 'h,
    {
        let (case, rule, mode) = (self.case, self.rule, self.word.mode());
        if mode == RuleStrictness::Off {
            return;
        }
        if !warned {
            return self.unseen(open, found);
        }
        self.uses(found);
        let policy = self.word.by.filter(|_| mode == RuleStrictness::Enforce).map(|by| by.words());
        let spared = policy.as_deref().filter(|_| gate == Gate::RequireEvidence);
        let (sentence, remedy) = match spared {
            Some(by) => {
                let (sentence, remedy) = sentence::rule::spares_internal(case, rule, by, records);
                (sentence, Some(remedy))
            }
            None => (sentence::rule::warns(case, rule, policy.as_deref(), records), None),
        };
        let new = self.about(Reason::RuleWarns, Effect::Warns, sentence).by_catalogue();
        found.add(Finding { remedy, ..new });
    }

    /// A rule that hangs only on what the catalogue does not know of the model: said, and nothing follows.
    pub(super) fn unseen<'h>(&self, mut open: impl Iterator<Item = &'h Answer<'a>>, found: &mut Found)
    where
        'a: 'h,
    {
        let of_model = |ask: &Ask| matches!(ask, Ask::Model(_));
        let open = open.find_map(|answer| match answer {
            Answer::Open(asks, _) if asks.iter().all(of_model) => asks.first(),
            _ => None,
        });
        if let Some(Ask::Model(what)) = open {
            self.passes(sentence::rule::unseen(self.rule, what), None, found);
        }
    }

    /// The rule is about these people or places, and something takes the deployment out of it.
    pub(super) fn lifted(&self, hits: &Hits<'_, 'a>, found: &mut Found) {
        let lifted = hits.answers().iter().find_map(|answer| match answer {
            Answer::Lifted(exemption) => Some(*exemption),
            _ => None,
        });
        let Some(exemption) = lifted.filter(|_| self.rule.gate > Gate::Info) else { return };
        let exemption: &Exemption = exemption;
        self.passes(sentence::rule::not_concerned(self.case, self.rule, exemption), None, found);
    }
}
