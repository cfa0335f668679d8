//! Whom a rule can reach at all, gathered when it is loaded: a decision that has nobody there leaves the rule out unasked.
//!
//! Of a rule's condition only the questions about areas are kept, as clauses that must all be met, each by one of its
//! parts. What is unknown meets every part, so that a rule is left out only where it certainly does not hold.

use super::{country_set::CountrySet, rule_test::RuleTest};

/// Whose place a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Of the people served.
    Serves,
    /// Of pods.
    Pods,
    /// Of the seat.
    Seat,
    /// Of the headquarters.
    Headquarters,
}

/// One of these countries is the place of one of those.
type Clause = Vec<(Whose, CountrySet)>;

/// What has to be so, before a rule can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleReach(Vec<Clause>);

/// The places that a decision is about; nothing where they are not known, or not listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// Of the people served.
    pub serves: Option<CountrySet>,
    /// Where pods may stand.
    pub pods: Option<CountrySet>,
    /// The seat.
    pub seat: Option<CountrySet>,
    /// The headquarters.
    pub headquarters: Option<CountrySet>,
}

impl RuleReach {
    /// Of a condition whose areas are looked up.
    pub(super) fn of(when: &RuleTest) -> Self {
        Self(clauses(when))
    }

    /// Whether the rule can hold there.
    pub(super) fn reaches(&self, reached: &Reached) -> bool {
        let meets = |(whose, countries): &(Whose, CountrySet)| {
            let known = match whose {
                Whose::Serves => &reached.serves,
                Whose::Pods => &reached.pods,
                Whose::Seat => &reached.seat,
                Whose::Headquarters => &reached.headquarters,
            };
            known.as_ref().is_none_or(|known| known.meets(countries))
        };
        self.0.iter().all(|clause| clause.iter().any(meets))
    }
}

fn clauses(test: &RuleTest) -> Vec<Clause> {
    let area = |whose, countries| vec![vec![(whose, countries)]];
    match test {
        RuleTest::AllOf(parts) => parts.iter().flat_map(clauses).collect(),
        // Each part asks for all of its clauses, so that the first of each will do; one that asks for none frees all.
        RuleTest::AnyOf(parts) => {
            let firsts: Option<Vec<Clause>> = parts.iter().map(|part| clauses(part).into_iter().next()).collect();
            firsts.map(|firsts| vec![firsts.concat()]).unwrap_or_default()
        }
        RuleTest::Serves(test) => area(Whose::Serves, test.holding()),
        RuleTest::Pods(test) => area(Whose::Pods, test.holding()),
        RuleTest::Seat(test) => area(Whose::Seat, test.holding()),
        RuleTest::Headquarters(test) => area(Whose::Headquarters, test.holding()),
        _ => Vec::new(),
    }
}
