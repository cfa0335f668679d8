//! Whom rules can reach at all, gathered when they are loaded: a decision that has nobody there leaves a rule out unasked.
//!
//! Of a rule's condition only the questions about areas are kept, as clauses that must all be met, each by one of its
//! parts. What is unknown meets every part, so that a rule is left out only where it certainly does not hold.

use smallvec::SmallVec;

use super::{
    Rule,
    country_set::{CODES, CountrySet},
    rule_test::RuleTest,
};

/// Bits of a word.
const WORD_BITS: usize = 64;

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

impl Whose {
    /// All of them, in the order of their numbers.
    const ALL: [Self; 4] = [Self::Serves, Self::Pods, Self::Seat, Self::Headquarters];
}

/// One of these countries is the place of one of those.
type Clause = Vec<(Whose, CountrySet)>;

/// The clauses of all rules side by side, so that one look at each country tells which of them are met.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleReach {
    /// For each of the four, for each code, the clauses that a place there meets.
    met_in: Vec<Clauses>,
    /// For each of the four, the clauses that an unknown place may meet.
    may: Vec<Clauses>,
    /// Of each rule, its clauses: all must be met.
    of: Vec<Clauses>,
}

/// Clauses by number, as bits.
type Clauses = SmallVec<[u64; 4]>;

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
    /// Of rules whose areas are looked up.
    pub(super) fn of(rules: &[Rule]) -> Self {
        let clauses: Vec<Vec<Clause>> = rules.iter().map(|rule| clauses(&rule.when)).collect();
        let none: Clauses = SmallVec::from_elem(0, clauses.iter().map(Vec::len).sum::<usize>().div_ceil(WORD_BITS));
        let mut numbers = 0..;
        let mut reach = Self {
            met_in: vec![none.clone(); Whose::ALL.len() * CODES],
            may: vec![none.clone(); Whose::ALL.len()],
            of: Vec::with_capacity(rules.len()),
        };
        for clauses in &clauses {
            let mut all = none.clone();
            for (clause, number) in clauses.iter().zip(&mut numbers) {
                set(&mut all, number);
                for (whose, countries) in clause {
                    reach.may.get_mut(*whose as usize).into_iter().for_each(|bits| set(bits, number));
                    for code in countries.codes() {
                        let at = *whose as usize * CODES + code;
                        reach.met_in.get_mut(at).into_iter().for_each(|bits| set(bits, number));
                    }
                }
            }
            reach.of.push(all);
        }
        reach
    }

    /// The rules that can hold there, by their place in the list.
    pub(super) fn reached(&self, reached: &Reached) -> impl Iterator<Item = usize> {
        let mut met: Clauses = SmallVec::from_elem(0, self.may.first().map_or(0, SmallVec::len));
        for whose in Whose::ALL {
            let known = match whose {
                Whose::Serves => &reached.serves,
                Whose::Pods => &reached.pods,
                Whose::Seat => &reached.seat,
                Whose::Headquarters => &reached.headquarters,
            };
            match known {
                None => self.may.get(whose as usize).into_iter().for_each(|bits| unite(&mut met, bits)),
                Some(countries) => countries
                    .codes()
                    .filter_map(|code| self.met_in.get(whose as usize * CODES + code))
                    .for_each(|bits| unite(&mut met, bits)),
            }
        }
        let all_met = move |of: &Clauses| of.iter().zip(&met).all(|(asked, met)| asked & !met == 0);
        self.of.iter().enumerate().filter(move |(_, of)| all_met(of)).map(|(at, _)| at)
    }
}

fn set(bits: &mut Clauses, number: usize) {
    if let Some(word) = bits.get_mut(number / WORD_BITS) {
        *word |= 1 << (number % WORD_BITS);
    }
}

fn unite(bits: &mut Clauses, others: &Clauses) {
    bits.iter_mut().zip(others).for_each(|(bits, others)| *bits |= others);
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
