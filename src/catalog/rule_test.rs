//! When a rule of a place applies, as data: a tree of questions about pods, people, the organisation, use and chips.
//!
//! The words of law are kept apart from those of licences where they differ: a rule asks where pods stand and whom they
//! serve, of which a licence's place is only one reading. A [`RuleTest`] has exactly one member. What no file and no
//! manifest can show is a [`RuleTest::Confirm`]: presumed where it brings a rule on, never presumed where it lifts one.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Catalog, Places,
    atom::MetricTest,
    country_set::CountrySet,
    rule::AudienceKind,
    words::{LicenseeKind, Made, Purpose, YesNo},
};

/// One question, or several together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RuleTest {
    /// All of these hold.
    AllOf(Vec<Self>),
    /// At least one of these holds.
    AnyOf(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// Who is offered the service.
    Audience(Vec<AudienceKind>),
    /// Where people served are: one of them is there.
    Serves(AreaTest),
    /// Where pods may stand. Asked of each country by itself, so that pods can keep out of the ones where it holds.
    Pods(AreaTest),
    /// Where the organisation has its seat.
    Seat(AreaTest),
    /// Where the organisation, or its ultimate parent, has its headquarters.
    Headquarters(AreaTest),
    /// What the organisation is.
    Licensee(Vec<LicenseeKind>),
    /// What the use is for.
    Purpose(Vec<Purpose>),
    /// Sectors and acts that the manifest declares.
    Sector(Sectors),
    /// Whether personal data is processed.
    PersonalData(YesNo),
    /// Whether inference is offered to third parties as such.
    HostedForThirdParties(YesNo),
    /// Whether the weights are handed on.
    RedistributesWeights(YesNo),
    /// Whether the outputs train another model.
    TrainsOnOutputs(YesNo),
    /// How the model is had.
    Model(ModelHad),
    /// What the model makes besides text, where the catalogue knows: one of these.
    Makes(Vec<Made>),
    /// How much compute trained the model, where the catalogue knows.
    TrainingOperations(Operations),
    /// Which accelerator the deployment asks for.
    Accelerator(AcceleratorTest),
    /// A figure of the organisation.
    Metric(MetricTest),
    /// A filing, or an attestation, under this key is recorded.
    Evidence(String),
    /// The day that is decided for.
    Date(DateTest),
    /// What Modelport cannot see, in words for the person who confirms it.
    Confirm(String),
}

/// Countries and groups of countries. Exactly one of the two is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AreaTest {
    /// Inside one of these.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// Outside all of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// The countries of these, once the rule is loaded.
    #[serde(skip)]
    set: CountrySet,
}

impl AreaTest {
    /// The countries and groups that are named.
    #[must_use]
    pub fn areas(&self) -> &[String] {
        if self.outside.is_empty() { &self.within } else { &self.outside }
    }

    /// Whether a country lies in one of the areas.
    #[must_use]
    pub fn names(&self, country: &str) -> bool {
        self.set.contains(country)
    }

    /// The countries of which the test holds.
    pub(super) fn holding(&self) -> CountrySet {
        if self.outside.is_empty() { self.set } else { self.set.others() }
    }

    /// Whether the test holds, given whether the place lies in one of the areas.
    #[must_use]
    pub fn holds(&self, inside: bool) -> bool {
        inside == self.outside.is_empty()
    }

    /// Whether the test holds of a country.
    #[must_use]
    pub fn holds_of(&self, country: &str) -> bool {
        self.holds(self.names(country))
    }
}

/// Sectors and acts, by the ids of the catalogue's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sectors {
    /// One of these is declared.
    #[serde(rename = "in")]
    pub within: Vec<String>,
    /// Whether silence is asked about where a policy enforces the very rule; else what nobody declares is not done.
    pub asked: YesNo,
}

/// How a model is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelHad {
    /// By an interface that somebody else runs. Modelport runs weights itself, so this never holds.
    ThroughInterface,
    /// As weights that a public hub hands to everybody.
    PublishedWeights,
}

/// A count of operations, as the text writes it: `1e25`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operations {
    /// This many, or more.
    pub at_least: f64,
}

/// The accelerator that is asked for: exactly one of the two is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceleratorTest {
    /// By what export rules count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ChipClass>,
    /// By id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
}

/// A class of accelerators. The figures and marks stand in the table of accelerators.
#[derive(schemars::JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChipClass {
    /// ECCN 3A090.a or .b by its figures, and not made in China.
    Export3A090,
    /// Inside the lines of the case-by-case review of January 2026.
    CaseByCase2026,
    /// Above the lines of the letters of April 2025, and not made in China.
    Letter2025,
    /// Named by the guidance on General Prohibition 10.
    GeneralProhibition10,
    /// Made outside China.
    ForeignToChina,
}

/// A span of days in UTC, from the first second of one day to the first second of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DateTest {
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The first day after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Date>,
}

impl RuleTest {
    /// This question and all that it is made of, each before its parts.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::AllOf(parts) | Self::AnyOf(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Not(part) => part.visit(see),
            _ => {}
        }
    }

    /// Looks up the areas of its questions.
    pub(super) fn settle(&mut self, places: &Places) {
        match self {
            Self::AllOf(parts) | Self::AnyOf(parts) => parts.iter_mut().for_each(|part| part.settle(places)),
            Self::Not(part) => part.settle(places),
            Self::Serves(test) | Self::Pods(test) | Self::Seat(test) | Self::Headquarters(test) => {
                test.set = places.within(test.areas().iter().map(String::as_str));
            }
            _ => {}
        }
    }

    /// What keeps it from being decided: a question that asks nothing, or of something that the tables do not know.
    /// A condition of a rule, where what nobody sees is presumed, needs more than that.
    pub(super) fn problem(&self, catalog: &Catalog) -> Option<String> {
        let mut typed = false;
        self.visit(&mut |part| {
            typed |= !matches!(part, Self::AllOf(_) | Self::AnyOf(_) | Self::Not(_) | Self::Confirm(_));
        });
        self.fault(catalog).or_else(|| (!typed).then(|| "nothing of it is typed".to_owned()))
    }

    /// The same for an exemption, which may hang on what nobody sees: that lifts nothing by itself.
    pub(super) fn fault(&self, catalog: &Catalog) -> Option<String> {
        let mut fault = None;
        self.visit(&mut |part| fault = fault.take().or_else(|| part.own_fault(catalog)));
        fault
    }

    fn own_fault(&self, catalog: &Catalog) -> Option<String> {
        let empty = |list_is_empty: bool| list_is_empty.then(|| "a list is empty".to_owned());
        match self {
            Self::AllOf(parts) | Self::AnyOf(parts) => empty(parts.is_empty()),
            Self::Not(part) => {
                let mut unseen = false;
                part.visit(&mut |inner| unseen |= matches!(inner, Self::Confirm(_)));
                unseen.then(|| "what nobody sees is turned round".to_owned())
            }
            Self::Audience(list) => empty(list.is_empty()),
            Self::Licensee(list) => empty(list.is_empty()),
            Self::Purpose(list) => empty(list.is_empty()),
            Self::Makes(list) => empty(list.is_empty()),
            Self::Serves(test) | Self::Pods(test) | Self::Seat(test) | Self::Headquarters(test) => {
                let unknown = test.areas().iter().find(|area| !catalog.places().is_area(area));
                let one = test.within.is_empty() != test.outside.is_empty();
                let not_one = || (!one).then(|| "it names places inside and outside, or none".to_owned());
                unknown.map(|area| format!("{area} is no place")).or_else(not_one)
            }
            Self::Sector(test) => {
                let known = |id: &String| catalog.sectors().iter().any(|sector| sector.id == *id);
                let unknown = test.within.iter().find(|id| !known(id));
                unknown.map(|id| format!("{id} is no sector")).or_else(|| empty(test.within.is_empty()))
            }
            Self::Accelerator(test) => {
                let unknown = test.ids.iter().find(|id| catalog.accelerators().get(id).is_none());
                let one = test.class.is_some() == test.ids.is_empty();
                let not_one = || (!one).then(|| "it names a class and ids, or neither".to_owned());
                unknown.map(|id| format!("{id} is no accelerator")).or_else(not_one)
            }
            Self::Date(test) => empty(test.from.is_none() && test.before.is_none()),
            Self::Evidence(text) | Self::Confirm(text) => empty(text.trim().is_empty()),
            Self::PersonalData(_)
            | Self::HostedForThirdParties(_)
            | Self::RedistributesWeights(_)
            | Self::TrainsOnOutputs(_)
            | Self::Model(_)
            | Self::TrainingOperations(_)
            | Self::Metric(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RuleTest, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }

    fn problem(text: &str) -> Option<String> {
        read(text).unwrap().problem(Catalog::built_in().unwrap())
    }

    #[test]
    fn a_condition_is_read_as_it_is_written() {
        let text = "{allOf: [{audience: [public]}, {serves: {in: [\"CN\"]}}, {not: {pods: {outside: [EU]}}}, {personalData: Yes}, {model: PublishedWeights}, {accelerator: {class: Export3A090}}, {confirm: it imitates a person}, {date: {from: 2026-12-02}}]}";
        let test = read(text).unwrap();
        assert_eq!(problem(text), None);
        let mut seen = 0;
        test.visit(&mut |_| seen += 1);
        assert_eq!(seen, 10);
        let again: RuleTest = serde_json::from_value(serde_json::to_value(&test).unwrap()).unwrap();
        assert_eq!(again, test);
    }

    #[test]
    fn what_asks_nothing_or_of_nothing_known_is_no_condition() {
        for text in [
            "{allOf: []}",
            "{confirm: it imitates a person}",
            "{anyOf: [{confirm: a}, {confirm: b}]}",
            "{serves: {}}",
            "{serves: {in: [\"CN\"], outside: [EU]}}",
            "{pods: {in: [ATLANTIS]}}",
            "{sector: {in: [gardening], asked: No}}",
            "{accelerator: {ids: [abacus]}}",
            "{accelerator: {}}",
            "{audience: []}",
            "{allOf: [{serves: {in: [\"CN\"]}}, {not: {confirm: a}}]}",
            "{date: {}}",
        ] {
            assert!(problem(text).is_some(), "{text}");
        }
        for text in
            ["{}", "{always: Yes}", "Yes", "{serves: {in: [\"CN\"]}, pods: {in: [\"CN\"]}}", "{pods: {of: [EU]}}"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
