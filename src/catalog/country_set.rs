//! A set of countries as bits, so that an area is asked in one step, however many countries it has.

use std::collections::{BTreeMap, HashMap};

use super::{country::Country, place::Group};

/// Letters of a code's alphabet.
const LETTERS: usize = 26;
/// Codes of two capital letters.
pub(super) const CODES: usize = LETTERS * LETTERS;
/// Words of 64 bits for every one of them.
const WORDS: usize = CODES.div_ceil(64);

/// Countries, by their two capital letters. Anything else is never in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountrySet([u64; WORDS]);

impl CountrySet {
    /// Whether a country is in it.
    #[must_use]
    pub fn contains(&self, country: &str) -> bool {
        bit(country).is_some_and(|(word, mask)| self.0.get(word).is_some_and(|bits| bits & mask != 0))
    }

    /// These countries; nothing where one of them has no code of two capital letters.
    #[must_use]
    pub fn of<'c>(countries: impl IntoIterator<Item = &'c str>) -> Option<Self> {
        let mut set = Self::default();
        for country in countries {
            bit(country)?;
            set.insert(country);
        }
        Some(set)
    }

    /// The number of each code that is in it.
    pub(super) fn codes(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            let rest = |bits: &u64| Some(bits & (bits - 1)).filter(|rest| *rest != 0);
            let each = std::iter::successors(Some(*bits).filter(|bits| *bits != 0), rest);
            each.map(move |bits| word * 64 + bits.trailing_zeros() as usize).filter(|code| *code < CODES)
        })
    }

    /// All that are not in it.
    #[must_use]
    pub(super) fn others(&self) -> Self {
        Self(self.0.map(|bits| !bits))
    }

    /// Puts a country into it.
    pub(super) fn insert(&mut self, country: &str) {
        let Some((word, mask)) = bit(country) else { return };
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= mask;
        }
    }

    /// Puts all of another one into it.
    pub(super) fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }
}

/// The countries of every country and group, under each word for it; a country's other words are in the sets too.
pub(super) fn sets(
    countries: &BTreeMap<String, Country>,
    groups: &BTreeMap<String, Group>,
    aliases: &HashMap<String, String>,
) -> HashMap<String, CountrySet> {
    let words = |code: &str| {
        let mut set = CountrySet::default();
        set.insert(code);
        aliases.iter().filter(|(_, of)| *of == code).for_each(|(word, _)| set.insert(word));
        set
    };
    let of_countries = countries.keys().map(|code| (code.clone(), words(code)));
    let of_groups = groups.iter().map(|(id, group)| {
        let mut set = CountrySet::default();
        group.members.iter().for_each(|member| set.unite(&words(member)));
        (id.clone(), set)
    });
    let mut sets: HashMap<String, CountrySet> = of_countries.chain(of_groups).collect();
    let others: Vec<_> = aliases.iter().filter_map(|(word, of)| Some((word.clone(), *sets.get(of)?))).collect();
    sets.extend(others);
    sets
}

/// The number of a code of two capital letters, in the order of the alphabet.
pub(super) fn number(country: &str) -> Option<usize> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'));
    let &[first, second] = country.as_bytes() else { return None };
    Some(letter(first)? * LETTERS + letter(second)?)
}

fn bit(country: &str) -> Option<(usize, u64)> {
    number(country).map(|at| (at / 64, 1 << (at % 64)))
}

#[cfg(test)]
mod tests {
    use super::{CODES, CountrySet};

    #[test]
    fn each_code_is_in_a_set_or_in_its_others_and_never_in_both() {
        let set = |countries: &[&str]| CountrySet::of(countries.iter().copied()).unwrap();
        for countries in [&[][..], &["AA"], &["CN", "ZZ"], &["AA", "CN", "CO", "ZZ"]] {
            let (one, others) = (set(countries), set(countries).others());
            assert_eq!(one.codes().count(), countries.len());
            assert!(others.codes().all(|code| !one.codes().any(|other| other == code)));
            assert_eq!(one.codes().chain(others.codes()).count(), CODES);
        }
        assert_eq!(CountrySet::of(["CN", "Germany"]), None);
    }

    #[test]
    fn a_country_is_in_what_it_was_put_into_and_nothing_else_is() {
        let mut set = CountrySet::default();
        for code in ["AA", "CN", "ZZ"] {
            set.insert(code);
        }
        for code in ["AA", "CN", "ZZ"] {
            assert!(set.contains(code), "{code}");
        }
        for other in ["AB", "CM", "ZY", "cn", "C", "CHN", "", "é", "C\u{0}"] {
            set.insert(if other.len() == 2 && other.is_ascii() { "AA" } else { other });
            assert!(!set.contains(other), "{other}");
        }
    }
}
