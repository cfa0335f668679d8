//! A set of countries as bits, so that an area is asked in one step, however many countries it has.

use std::collections::{BTreeMap, HashMap};

use super::{country::Country, place::Group};

/// Letters of a code's alphabet.
const LETTERS: usize = 26;
/// Words of 64 bits for every code of two capital letters.
const WORDS: usize = (LETTERS * LETTERS).div_ceil(64);

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

    /// Whether the two have a country in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
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

fn bit(country: &str) -> Option<(usize, u64)> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'));
    let &[first, second] = country.as_bytes() else { return None };
    let at = letter(first)? * LETTERS + letter(second)?;
    Some((at / 64, 1 << (at % 64)))
}

#[cfg(test)]
mod tests {
    use super::CountrySet;

    #[test]
    fn two_sets_meet_in_a_common_country_and_a_set_never_meets_its_others() {
        let set = |countries: &[&str]| CountrySet::of(countries.iter().copied()).unwrap();
        assert!(set(&["CN", "ZZ"]).meets(&set(&["AA", "ZZ"])));
        assert!(!set(&["CN", "ZZ"]).meets(&set(&["AA", "ZY"])));
        assert!(!set(&["CN", "ZZ"]).meets(&set(&["CN", "ZZ"]).others()));
        assert!(set(&["CN", "ZZ"]).meets(&set(&["CN"]).others()));
        assert!(!set(&[]).meets(&set(&["CN"])) && !set(&["CN"]).meets(&set(&[])));
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
