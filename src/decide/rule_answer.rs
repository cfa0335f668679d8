//! Whether a rule of a place applies, with three values, and for every country where pods may stand by itself.
//!
//! Nodes are not looked at: where a rule asks where pods stand, it is asked of each country that the manifest lets, so
//! that pods can keep out of those where it holds. Three things are read from silence, as the licences read them: weights
//! are not handed on, outputs train nothing, and a sector that nobody declares is none, unless the rule asks.

use smallvec::{SmallVec, smallvec};

use crate::{
    catalog::{
        Rule,
        rule::AudienceKind,
        rule_chips::ChipGroup,
        rule_test::{AcceleratorTest, AreaTest, DateTest, ModelHad, RuleTest},
        words::YesNo as Said,
    },
    manifest::{
        record::Record,
        usage::Audience,
        written::{WrittenCountry, YesNo},
    },
};

pub(super) use super::rule_open::{Answer, Ask, Asks};
use super::{
    Places,
    case::Case,
    identity::Model,
    metric, place,
    record::{self, Standing},
};

/// Three values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Open(Asks),
}

/// A country where pods may stand, or nothing: any place that the rule does not name.
pub(super) type Stand<'p> = Option<&'p str>;

/// What a rule answers, for each place where pods may stand.
#[derive(Clone, Debug)]
pub(super) struct Hits<'p, 'a> {
    /// Whether the place of pods decides anything.
    pub placed: bool,
    /// The answers that differ, each with the number of the like that it is for.
    answers: SmallVec<[Answer<'a>; 2]>,
    likes: SmallVec<[usize; 8]>,
    /// The like of a place that the rule does not name, where pods may stand in one.
    anywhere: Option<usize>,
    /// The places, by code, each with the number of its answer, once they are spread.
    of: Vec<(Stand<'p>, usize)>,
}

impl<'p, 'a> Hits<'p, 'a> {
    /// The answers, one of a kind of places.
    pub(super) fn answers(&self) -> &[Answer<'a>] {
        &self.answers
    }

    /// Whether something that holds in some places is told: of listed places one is enough; where pods may stand anywhere,
    /// it is told where it holds for a place that the rule does not even name.
    pub(super) fn told(&self, holds: impl Fn(&Answer<'a>) -> bool) -> bool {
        match self.anywhere.and_then(|other| self.likes.iter().position(|like| *like == other)) {
            Some(at) => self.answers.get(at).is_some_and(holds),
            None => self.answers.iter().any(holds),
        }
    }

    /// Gives every place its answer: for what looks at each of them.
    pub(super) fn spread(mut self, rule: &'a Rule, pods: &Pods<'p>) -> Self
    where
        'a: 'p,
    {
        let answered = |(stand, like)| Some((stand, self.likes.iter().position(|known| *known == like)?));
        self.of = pods.stands(rule).filter_map(answered).collect();
        self
    }

    /// Every place with its answer; none before they are spread.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Stand<'p>, &Answer<'a>)> + Clone {
        self.of.iter().filter_map(|(stand, at)| Some((*stand, self.answers.get(*at)?)))
    }

    /// How many places there are.
    pub(super) fn len(&self) -> usize {
        self.of.len()
    }
}

/// The places that rules are asked of.
#[derive(Clone, Debug)]
pub(super) struct Pods<'p> {
    /// What is allowed.
    places: &'p Places,
    /// The countries, where they are listed.
    listed: Option<Vec<&'p str>>,
}

impl<'p> Pods<'p> {
    /// Of these places.
    pub(super) fn of<'a: 'p>(case: &Case<'a>, places: &'p Places) -> Self {
        Self { places, listed: place::standing(case, places) }
    }

    /// The countries, where they are listed.
    pub(super) fn listed(&self) -> Option<&[&'p str]> {
        self.listed.as_deref()
    }

    /// Each country where pods may stand and the rule may tell apart, with the number of its like for the rule.
    fn stands<'a: 'p>(&self, rule: &'a Rule) -> impl Iterator<Item = (Stand<'p>, usize)> {
        let (named, allowed) = (rule.named(), &self.places.countries);
        let other = named.len();
        let like = move |country: &str| rule.like(country).unwrap_or(other);
        let placed = !named.is_empty();
        let listed = self.listed.iter().flatten().filter(move |_| placed);
        let listed = listed.map(move |country| (Some(*country), like(country)));
        let unlisted = placed && self.listed.is_none();
        let free = named.iter().filter(move |(country, _)| unlisted && allowed.allows(Some(country)));
        let free = free.map(|(country, like)| (Some(country.as_str()), *like));
        let anywhere = (!placed || unlisted).then_some((None, other));
        listed.chain(free).chain(anywhere)
    }
}

/// Asks a rule of every place where pods may stand, once for all that are alike to it; with whether a policy names the
/// very rule.
pub(super) fn ask<'p, 'a: 'p>(
    case: &Case<'a>,
    model: &Model<'_>,
    (rule, by_name): (&'a Rule, bool),
    pods: &Pods<'p>,
) -> Hits<'p, 'a> {
    let (placed, other) = (!rule.named().is_empty(), rule.named().len());
    let mut hits = Hits {
        placed,
        answers: SmallVec::new(),
        likes: SmallVec::new(),
        anywhere: (!placed || pods.listed.is_none()).then_some(other),
        of: Vec::new(),
    };
    let mut one = |stand: Stand<'_>, like: usize| {
        if !hits.likes.contains(&like) {
            hits.likes.push(like);
            hits.answers.push(answer(case, model, (rule, by_name), stand));
        }
    };
    if placed && pods.listed.is_none() && pods.places.countries.is_any() {
        // Every country is let, so that the first of each like stands for the others.
        rule.firsts().for_each(|(country, like)| one(Some(country), like));
        one(None, other);
    } else {
        pods.stands(rule).for_each(|(stand, like)| one(stand, like));
    }
    hits
}

fn answer<'a>(case: &Case<'a>, model: &Model<'_>, rule: (&'a Rule, bool), stand: Stand<'_>) -> Answer<'a> {
    if case.chips.len() < 2 {
        return answer_for(case, model, rule, stand, Asked::Named);
    }
    // A name that could mean several counts as the one that the rule is strictest about.
    let groups = case.facts.catalog.rule_chips(&rule.0.id).iter();
    let meant = groups.filter(|group| case.chips.iter().any(|chip| group.ids.contains(&chip.id)));
    let strictest =
        meant.map(|group| answer_for(case, model, rule, stand, Asked::Of(group))).max_by_key(Answer::weight);
    strictest.unwrap_or_else(|| answer_for(case, model, rule, stand, Asked::Named))
}

/// For which accelerators a rule is answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked<'c> {
    /// For the one that the manifest names.
    Named,
    /// As if the manifest named none.
    Unnamed,
    /// For these.
    Of(&'c ChipGroup),
}

/// What a rule answers at one place of pods, for these accelerators.
pub(super) fn answer_for<'a>(
    case: &Case<'a>,
    model: &Model<'_>,
    (rule, named): (&'a Rule, bool),
    stand: Stand<'_>,
    chips: Asked<'_>,
) -> Answer<'a> {
    let ground = Ground { case, model, stand, named, chips, exempting: false, any_audience: false };
    let lifts = Ground { exempting: true, ..ground };
    let mut open = Asks::new();
    let mut lifted = None;
    for exemption in &rule.exempt {
        match lifts.test(&exemption.when) {
            Truth::Yes => lifted = lifted.or(Some(exemption)),
            Truth::No => {}
            Truth::Open(asks) => open.extend(asks),
        }
    }
    match (ground.test(&rule.when), lifted) {
        (Truth::Yes | Truth::Open(_), Some(exemption)) => Answer::Lifted(exemption),
        // An audience that the rule is not about is what its exemption says in words.
        (Truth::No, Some(exemption)) if Ground { any_audience: true, ..ground }.test(&rule.when) == Truth::Yes => {
            Answer::Lifted(exemption)
        }
        (Truth::No, _) => Answer::Not,
        (Truth::Yes, None) if open.is_empty() => Answer::Applies,
        (Truth::Yes, None) => Answer::Open(open, true),
        (Truth::Open(asks), None) => Answer::Open(asks, false),
    }
}

#[derive(Clone, Copy, Debug)]
struct Ground<'c, 'a, 'm> {
    case: &'c Case<'a>,
    model: &'c Model<'m>,
    stand: Option<&'c str>,
    named: bool,
    chips: Asked<'c>,
    exempting: bool,
    any_audience: bool,
}

impl Ground<'_, '_, '_> {
    fn test(&self, test: &RuleTest) -> Truth {
        let usage = &self.case.request.spec.usage;
        match test {
            RuleTest::AllOf(parts) => self.all(parts),
            RuleTest::AnyOf(parts) => self.any(parts),
            RuleTest::Not(part) => match self.test(part) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                open @ Truth::Open(_) => open,
            },
            RuleTest::Audience(kinds) => self.audience(kinds),
            RuleTest::Serves(test) => {
                let mut people = usage.serves.iter().filter_map(WrittenCountry::text);
                if usage.serves.is_empty() {
                    return manifest("usage.serves");
                }
                known(people.any(|country| test.holds_of(country)))
            }
            RuleTest::Pods(test) => known(test.holds(self.stand.is_some_and(|country| test.names(country)))),
            RuleTest::Seat(test) => match self.case.seat() {
                Some(seat) => known(test.holds_of(seat)),
                None => licensee("seat"),
            },
            RuleTest::Headquarters(test) => self.headquarters(test),
            RuleTest::Licensee(kinds) => match self.case.licensee() {
                Some(fact) => known(kinds.contains(&fact.spec.kind)),
                None => licensee("kind"),
            },
            RuleTest::Purpose(purposes) => match usage.purpose {
                Some(purpose) => known(purposes.contains(&purpose)),
                None => manifest("usage.purpose"),
            },
            RuleTest::Sector(test) => match usage.sectors.as_slice() {
                [] if test.asked.is_yes() && self.named => manifest("usage.sectors"),
                _ => known(self.case.declares(&test.within).is_some()),
            },
            RuleTest::PersonalData(asked) => said(usage.personal_data, *asked, "usage.personalData"),
            RuleTest::HostedForThirdParties(asked) => match (usage.hosted_for_third_parties, usage.audience) {
                (None, Some(Audience::Internal)) => known(*asked == Said::No),
                (answer, _) => said(answer, *asked, "usage.hostedForThirdParties"),
            },
            RuleTest::RedistributesWeights(asked) => {
                said(usage.redistributes_weights.or(Some(YesNo::No)), *asked, "usage.redistributesWeights")
            }
            RuleTest::TrainsOnOutputs(asked) => {
                said(usage.trains_on_outputs.or(Some(YesNo::No)), *asked, "usage.trainsOnOutputs")
            }
            RuleTest::Model(ModelHad::ThroughInterface) => Truth::No,
            RuleTest::Model(ModelHad::PublishedWeights) => {
                if self.case.from_hub {
                    Truth::Yes
                } else {
                    Truth::Open(smallvec![Ask::Model("whether its weights are published")])
                }
            }
            RuleTest::Makes(kinds) => match self.case.facts.catalog.makes(&self.model.of) {
                Some(made) => known(made.iter().any(|one| kinds.contains(one))),
                None => Truth::Open(smallvec![Ask::Model("whether it makes images, video or sound")]),
            },
            RuleTest::TrainingOperations(_) => Truth::Open(smallvec![Ask::Model("how much compute trained it")]),
            RuleTest::Accelerator(test) => self.accelerator(test),
            RuleTest::Metric(test) => match self.case.licensee() {
                None => licensee("metrics"),
                Some(fact) => match metric::answer(test, &fact.spec, self.case) {
                    metric::Answer::Passed(_) => Truth::Yes,
                    metric::Answer::Clear(_) | metric::Answer::NotFounded => Truth::No,
                    metric::Answer::Missing(_) => licensee("metrics"),
                },
            },
            RuleTest::Evidence(key) => {
                let filings = self.case.licensee().map_or(&[][..], |fact| &fact.spec.filings);
                let of_key = |record: &Record| record.answers() == key;
                // The instants at which this changes are noted where the rule's own records are looked for.
                let hit = record::find(self.case, filings, record::Wanted::default(), of_key, &mut Vec::new());
                known(hit.is_some_and(|hit| hit.standing == Standing::InForce))
            }
            RuleTest::Date(DateTest { from, before }) => {
                let today = self.case.today;
                known(from.is_none_or(|from| from <= today) && before.is_none_or(|before| today < before))
            }
            // What brings a rule on is presumed; what lifts it is said by a person, in notApplicable.
            RuleTest::Confirm(_) => known(!self.exempting),
        }
    }

    fn all(&self, parts: &[RuleTest]) -> Truth {
        let mut open = Asks::new();
        for part in parts {
            match self.test(part) {
                Truth::Yes => {}
                Truth::No => return Truth::No,
                Truth::Open(asks) => open.extend(asks),
            }
        }
        if open.is_empty() { Truth::Yes } else { Truth::Open(open) }
    }

    fn any(&self, parts: &[RuleTest]) -> Truth {
        let mut open = Asks::new();
        for part in parts {
            match self.test(part) {
                Truth::Yes => return Truth::Yes,
                Truth::No => {}
                Truth::Open(asks) => open.extend(asks),
            }
        }
        if open.is_empty() { Truth::No } else { Truth::Open(open) }
    }

    /// Partners are people outside: the exemption of the rules is for what is not offered to people outside.
    fn audience(&self, kinds: &[AudienceKind]) -> Truth {
        let kind = match self.case.request.spec.usage.audience {
            _ if self.any_audience => return Truth::Yes,
            Some(Audience::Public | Audience::Partners) => AudienceKind::Public,
            Some(Audience::Internal) => AudienceKind::Internal,
            None => return manifest("usage.audience"),
        };
        known(kinds.contains(&kind))
    }

    /// A seat inside settles it; a seat outside says nothing of the parent.
    fn headquarters(&self, test: &AreaTest) -> Truth {
        match (self.case.headquarters(), self.case.seat()) {
            (Some(country), _) => known(test.holds_of(country)),
            (None, Some(seat)) if test.names(seat) => known(test.holds(true)),
            _ => licensee("headquarters"),
        }
    }

    fn accelerator(&self, test: &AcceleratorTest) -> Truth {
        let answer = match self.chips {
            Asked::Of(group) => group.answer(test),
            Asked::Named => self.case.chips.first().and_then(|chip| test.holds(chip)),
            Asked::Unnamed => None,
        };
        answer.map_or_else(unknown_chip, known)
    }
}

fn unknown_chip() -> Truth {
    Truth::Open(smallvec![Ask::Accelerator])
}

fn known(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

fn manifest(field: &'static str) -> Truth {
    Truth::Open(smallvec![Ask::Manifest(field)])
}

fn licensee(field: &'static str) -> Truth {
    Truth::Open(smallvec![Ask::Licensee(field)])
}

fn said(answer: Option<YesNo>, asked: Said, field: &'static str) -> Truth {
    match answer {
        Some(YesNo::Yes) => known(asked == Said::Yes),
        Some(YesNo::No) => known(asked == Said::No),
        Some(YesNo::Unreadable) | None => manifest(field),
    }
}
