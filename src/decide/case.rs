//! What all checks look at, and where they write what they find.

use std::{borrow::Cow, cmp::Ordering};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    catalog::{Accelerator, condition::Condition, license::License},
    facts::{Fact, Facts},
    manifest::{Reason, licensee::LicenseeSpec, written::WrittenCountry},
};

use super::{
    Cause, Effect, Finding, Input, Request, Subject, due::Clock, licensee::Who, policy::Policies, record, sentence,
};

/// One decision under way: what is asked, and what is known.
#[derive(Clone, Debug)]
pub(super) struct Case<'a> {
    /// What is asked.
    pub request: &'a Request<'a>,
    /// What is known.
    pub facts: &'a Facts<'a>,
    /// The policies that hold here.
    pub policies: Policies<'a>,
    /// The organisation behind the namespace.
    pub who: Who<'a>,
    /// The day decided for, in UTC.
    pub today: Date,
    /// Names of the model: its repository, and what its author calls it.
    pub names: Vec<&'a str>,
    /// Whether its files come from a repository of a hub.
    pub from_hub: bool,
    /// The accelerators that the manifest's word could mean, of those that the catalogue knows.
    pub chips: Vec<&'a Accelerator>,
    seat: Option<&'a str>,
    headquarters: Option<&'a str>,
    /// `Licensee/acme`, which many findings say.
    voucher: Option<String>,
}

impl<'a> Case<'a> {
    /// A case, before the model is looked up.
    pub(super) fn new(request: &'a Request<'a>, facts: &'a Facts<'a>) -> Self {
        let product = request.spec.accelerators.as_ref().and_then(|asked| asked.product.as_deref());
        let chips = facts.catalog.accelerators();
        let mut case = Self {
            request,
            facts,
            policies: Policies::select(request, facts),
            who: Who::select(request, facts),
            today: facts.now.to_zoned(TimeZone::UTC).date(),
            names: Vec::new(),
            from_hub: false,
            chips: product.map(|product| chips.meant(product)).unwrap_or_default(),
            seat: None,
            headquarters: None,
            voucher: None,
        };
        // Many rules ask for them.
        if let Some(fact) = case.licensee() {
            case.voucher = Some(sentence::licensee(&fact.name));
            case.seat = fact.spec.seat.as_ref().and_then(|written| case.country(written));
            case.headquarters = fact.spec.headquarters.as_ref().and_then(|written| case.country(written));
        }
        case
    }

    /// Today, and how long figures may take.
    pub(super) fn clock(&self) -> Clock {
        Clock { today: self.today, lag_days: self.policies.figure_lag_days() }
    }

    /// `namespace/name`.
    pub(super) fn service(&self) -> String {
        format!("{}/{}", self.request.namespace, self.request.name)
    }

    /// Whether one of the model's names fits a pattern: for what refuses, or adds a licence.
    pub(super) fn any_name_fits(&self, pattern: &str) -> bool {
        self.names.iter().any(|name| fits(pattern, name))
    }

    /// Whether every name of the model fits a pattern: for what permits. A name that the author writes beside the
    /// repository's own can take nothing away.
    pub(super) fn all_names_fit(&self, pattern: &str) -> bool {
        !self.names.is_empty() && self.names.iter().all(|name| fits(pattern, name))
    }

    /// The Licensee, where exactly one speaks for the namespace.
    pub(super) fn licensee(&self) -> Option<&'a Fact<LicenseeSpec>> {
        match self.who {
            Who::One(fact) => Some(fact),
            Who::Nobody | Who::Several(_) | Who::Unread(_) => None,
        }
    }

    /// The Licensee, as what vouches for a fact.
    pub(super) fn voucher(&self) -> Option<String> {
        self.voucher.clone()
    }

    /// The Licensee, where it vouches for a fact.
    pub(super) fn voucher_if(&self, it_does: bool) -> Option<String> {
        self.voucher.as_ref().filter(|_| it_does).cloned()
    }

    /// The seat of the organisation, where it is a country that the catalogue knows.
    pub(super) fn seat(&self) -> Option<&'a str> {
        self.seat
    }

    /// The headquarters of its ultimate parent, where it is a country that the catalogue knows.
    pub(super) fn headquarters(&self) -> Option<&'a str> {
        self.headquarters
    }

    /// A country as written, where the catalogue knows it. Any other word lies nowhere, and so not outside of anything.
    pub(super) fn country<'w>(&self, written: &'w WrittenCountry) -> Option<&'w str> {
        let places = self.facts.catalog.places();
        written.text().filter(|text| places.country(places.canonical(text)).is_some())
    }

    /// What stands in `seat` or `headquarters` of the Licensee and is no country that the catalogue knows.
    pub(super) fn unreadable_country(&self, field: &str) -> Option<&'a WrittenCountry> {
        let spec = &self.licensee()?.spec;
        let written = if field == "seat" { &spec.seat } else { &spec.headquarters };
        written.as_ref().filter(|written| self.country(written).is_none())
    }

    /// A sector that the manifest declares and that is one of these, or stands for one.
    pub(super) fn declares(&self, sectors: &[String]) -> Option<&'a str> {
        let is_one = |declared: &&String| {
            let stands_for = || self.facts.catalog.sector(declared).map_or(&[][..], |sector| &sector.stands_for);
            sectors.contains(declared) || stands_for().iter().any(|narrower| sectors.contains(narrower))
        };
        self.request.spec.usage.sectors.iter().find(is_one).map(String::as_str)
    }

    /// Whether a product of the Licensee's figures is the one that this deployment serves: what it says itself, else its
    /// name, alone or with its namespace, or the name under which the model is served.
    pub(super) fn is_product(&self, named: &str) -> bool {
        let spec = self.request.spec;
        let own = [spec.usage.product.as_deref(), spec.model.served_name.as_deref(), Some(self.request.name)];
        let same = |one: &str| one.trim().eq_ignore_ascii_case(named.trim());
        own.into_iter().flatten().any(same) || same(&self.service())
    }

    /// Whether a record limited to these countries covers the question: the country asked about, or else every
    /// country that the manifest names for people and pods.
    pub(super) fn countries_within(&self, covered: &[WrittenCountry], asked: Option<&str>) -> bool {
        if let Some(country) = asked {
            return record::lists(covered, country);
        }
        let spec = self.request.spec;
        let allow = spec.placement.allow.as_ref();
        let groups = allow.into_iter().flat_map(|allow| &allow.groups);
        let in_groups = groups.flat_map(|group| self.facts.catalog.places().expand(group));
        let written = spec.usage.serves.iter().chain(allow.into_iter().flat_map(|allow| &allow.countries));
        let mut all = written.filter_map(WrittenCountry::text).chain(in_groups).peekable();
        let places_said = !spec.usage.serves.is_empty()
            && allow.is_some_and(|allow| !allow.countries.is_empty() || !allow.groups.is_empty());
        places_said && all.peek().is_some() && all.all(|country| record::lists(covered, country))
    }
}

/// Whether a name fits a pattern; a trailing `*` stands for any ending, and case does not matter, as on the hubs.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
        None => name.eq_ignore_ascii_case(pattern),
    }
}

/// What the checks have found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Findings, in the order of the checks.
    pub findings: Vec<Finding>,
    /// Facts and catalogue entries used.
    pub inputs: Vec<Input>,
    /// Instants at which the verdict can change.
    pub changes: Vec<Timestamp>,
    /// Instants at which what is said can change, and the verdict cannot.
    pub notes: Vec<Timestamp>,
    /// Whether the people served break a term, wherever pods stand.
    pub people: bool,
}

impl Found {
    /// Notes a fact that was used.
    pub(super) fn uses(&mut self, kind: impl Into<Cow<'static, str>>, name: &str, hash: &str) {
        let kind = kind.into();
        if !self.inputs.iter().any(|input| input.kind == kind && input.name == name) {
            self.inputs.push(Input { kind, name: name.into(), hash: hash.into() });
        }
    }

    /// Adds a finding. What is said already is not said again, and then speaks of both.
    pub(super) fn add(&mut self, finding: Finding) {
        match self.findings.iter_mut().find(|known| known.says_the_same(&finding)) {
            Some(known) => known.also_of(finding.subject.terms),
            None => self.findings.push(finding),
        }
    }

    /// Adds several.
    pub(super) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }
}

/// In order. What is sorted here is large: places are sorted, and then each is moved once.
pub(super) fn sorted<T>(items: Vec<T>, by: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut order: Vec<(usize, &T)> = items.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| by(one, other));
    let order: Vec<usize> = order.into_iter().map(|(at, _)| at).collect();
    taken(items, &order)
}

/// Those at these places, in this order.
pub(super) fn taken<T>(mut items: Vec<T>, order: &[usize]) -> Vec<T> {
    for (to, &from) in order.iter().enumerate() {
        // What stood there was moved to where the one that took its place came from.
        let mut from = from;
        while from < to {
            from = order.get(from).copied().unwrap_or(to);
        }
        if from < items.len() {
            items.swap(to, from);
        }
    }
    items.truncate(order.len());
    items
}

/// The first instant of a day, in UTC.
pub(super) fn start_of(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A term of a licence, as records and the subjects of findings name it.
pub(super) fn term_id(license: &License, condition: &Condition) -> String {
    [license.id.as_str(), "/", &condition.id].concat()
}

/// A finding with its sentence, and nothing else yet.
pub(super) fn finding(reason: Reason, effect: Effect, about: &str, sentence: String) -> Finding {
    Finding {
        reason,
        effect,
        about: about.into(),
        sentence,
        remedy: None,
        clause: None,
        voucher: None,
        source: None,
        cause: Cause::Person,
        waived: None,
        subject: Subject::default(),
    }
}

impl Finding {
    /// With who does what next.
    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// With another effect.
    pub(super) fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// With the object that vouches for the fact.
    pub(super) fn voucher(mut self, voucher: Option<String>) -> Self {
        self.voucher = voucher;
        self
    }

    /// With the licence's text and a clause of it.
    pub(super) fn text(mut self, license: &License, clause: Option<&str>) -> Self {
        self.clause = clause.map(str::to_owned);
        self.source = Some(license.text.url.clone().unwrap_or_else(|| "text not kept".into()));
        self.subject.license = Some(license.id.clone());
        self
    }

    /// With a term of a licence: its text, its clause, and which one it is.
    pub(super) fn term(mut self, license: &License, condition: &Condition) -> Self {
        self.also_of(vec![term_id(license, condition)]);
        self.text(license, condition.clause.as_deref())
    }

    /// It speaks of these terms too.
    pub(super) fn also_of(&mut self, terms: Vec<String>) {
        self.subject.terms.extend(terms);
        self.subject.terms.sort_unstable();
        self.subject.terms.dedup();
    }

    /// It asks which licence this model is under: one of these, or any.
    pub(super) fn asks_for(mut self, model: &str, candidates: impl IntoIterator<Item = String>) -> Self {
        self.subject.model = Some(model.to_owned());
        self.subject.candidates = candidates.into_iter().collect();
        self
    }

    /// By which record a term is out of the way.
    pub(super) fn by_record(mut self, words: String) -> Self {
        self.subject.by_record = Some(words);
        self
    }

    /// What the model was made from, as its name says.
    pub(super) fn made_from(mut self, repository: Option<&str>) -> Self {
        self.subject.made_from = repository.map(str::to_owned);
        self
    }

    /// Whether a reader could tell the two apart.
    fn says_the_same(&self, other: &Self) -> bool {
        let Self { reason, effect, about, sentence, remedy, clause, voucher, source, cause, waived, subject: _ } = self;
        (reason, effect, cause, about, sentence)
            == (&other.reason, &other.effect, &other.cause, &other.about, &other.sentence)
            && (remedy, clause, voucher) == (&other.remedy, &other.clause, &other.voucher)
            && (source, waived) == (&other.source, &other.waived)
    }

    /// Hanging on our own data and nothing that a person wrote.
    pub(super) fn by_catalogue(mut self) -> Self {
        self.cause = Cause::Catalogue;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::taken;

    #[test]
    fn what_is_taken_in_an_order_is_all_there_and_once() {
        let letters = || "abcde".chars().collect::<Vec<_>>();
        assert_eq!(taken(letters(), &[4, 2, 0, 1, 3]), ['e', 'c', 'a', 'b', 'd']);
        assert_eq!(taken(letters(), &[3, 0, 4]), ['d', 'a', 'e'], "the others are left out");
        assert_eq!(taken(letters(), &[0, 1, 2, 3, 4]), letters());
        // Every order of four.
        for code in 0..256_usize {
            let order: Vec<usize> = (0..4).map(|digit| code >> (2 * digit) & 3).collect();
            if (0..4).all(|place| order.contains(&place)) {
                assert_eq!(taken(vec![0, 1, 2, 3], &order), order);
            }
        }
    }
}
