//! What follows from a rule's data, gathered once when it is loaded: no decision works it out again.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    LoadError, Places, Rule,
    canonical::hash_of,
    country_set::{CountrySet, number},
    rule_test::RuleTest,
};

/// What follows from a rule's data.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RuleKnown {
    /// SHA-256 of the canonical form.
    pub hash: String,
    /// Title and article.
    pub cite: String,
    /// Since when it applies, in words.
    pub since: Option<String>,
    /// The instant from which it applies.
    pub from: Option<Timestamp>,
    /// The first instant at which it no longer applies.
    pub until: Option<Timestamp>,
    /// The instant from which what holds earlier does.
    pub earlier: Option<Timestamp>,
    /// The instants at which it begins, changes and ends, and those that its conditions name.
    pub turns: Vec<Timestamp>,
    /// The first instant at which what it leaves to some is over.
    pub transition: Option<Timestamp>,
    /// The countries whose rule it is.
    pub whose: CountrySet,
    /// The countries that its questions about pods name, each with the number of its like.
    pub named: Vec<(String, usize)>,
    /// The numbers of their codes, in the same order.
    pub numbers: Vec<usize>,
    /// Of each like the first of these countries, by its place in that list.
    pub firsts: Vec<usize>,
}

impl Rule {
    /// Gathers what follows from its data.
    pub(super) fn settle(&mut self, places: &Places) -> Result<(), LoadError> {
        let hash =
            hash_of(self).map_err(|error| LoadError::Canonical { id: self.id.clone(), what: error.to_string() })?;
        for test in std::iter::once(&mut self.when).chain(self.exempt.iter_mut().map(|exemption| &mut exemption.when)) {
            test.settle(places);
        }
        // Of a month its first day is taken.
        let month = |month: &String| format!("{month}-01").parse::<Date>().ok();
        let from = self.effective.or_else(|| self.effective_month.as_ref().and_then(month)).and_then(first_second);
        let until = self.until.and_then(first_second);
        let earlier = self.earlier.as_ref().and_then(|earlier| first_second(earlier.from));
        let transition = self.transition.as_ref().and_then(|transition| first_second(transition.until));
        let mut turns: Vec<Timestamp> = [from, until, earlier, transition].into_iter().flatten().collect();
        self.visit(&mut |part| {
            if let RuleTest::Date(date) = part {
                turns.extend([date.from, date.before].into_iter().flatten().filter_map(first_second));
            }
        });
        let (whose, named) = (places.within([self.country()]), self.alike(places));
        // Names of countries in the tables are codes, so that each has its number.
        let numbers = named.iter().filter_map(|(country, _)| number(country)).collect();
        let mut firsts: Vec<usize> = Vec::new();
        for (at, (_, like)) in named.iter().enumerate() {
            if !firsts.iter().any(|first| named.get(*first).is_some_and(|(_, known)| known == like)) {
                firsts.push(at);
            }
        }
        let since = self.effective.map(|day| day.to_string()).or_else(|| self.effective_month.clone());
        let cite = match &self.law.article {
            Some(article) => format!("{}, {article}", self.law.title),
            None => self.law.title.clone(),
        };
        self.known =
            RuleKnown { hash, cite, since, from, until, earlier, turns, transition, whose, named, numbers, firsts };
        Ok(())
    }

    /// Every question of its condition and of its exemptions.
    pub(super) fn visit<'r>(&'r self, see: &mut impl FnMut(&'r RuleTest)) {
        for test in std::iter::once(&self.when).chain(self.exempt.iter().map(|exemption| &exemption.when)) {
            test.visit(see);
        }
    }

    /// By country, which is the order of their numbers too.
    fn alike(&self, places: &Places) -> Vec<(String, usize)> {
        let mut areas: Vec<&str> = Vec::new();
        self.visit(&mut |part| {
            if let RuleTest::Pods(test) = part {
                areas.extend(test.areas().iter().map(String::as_str));
            }
        });
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        let mut kinds: Vec<Vec<bool>> = Vec::new();
        for country in areas.iter().flat_map(|area| places.expand(area)) {
            let lies: Vec<bool> = areas.iter().map(|area| places.contains(area, country) == Some(true)).collect();
            let kind = kinds.iter().position(|kind| *kind == lies).unwrap_or(kinds.len());
            if kind == kinds.len() {
                kinds.push(lies);
            }
            named.insert(country, kind);
        }
        named.into_iter().map(|(country, kind)| (country.to_owned(), kind)).collect()
    }
}

/// The first second of a day, in UTC: rules count from there.
fn first_second(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
