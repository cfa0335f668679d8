//! A dated figure against a limit.
//!
//! A figure answers only the question it is about: the same metric, the licence's currency, the period asked for.
//! What settles a question besides the exact figure is arithmetic that holds for every organisation: a bound over a
//! span holds for each period inside it; a group is at least as large as each of its members, so the group's figure
//! below the limit settles its member's, and a member's above it settles the group's; people of one country are a
//! part of all people in the same way; who did not exist had no users. A figure in another currency settles it
//! where it is clear by a factor of two at the rate recorded with it. Of several figures the newest that answers
//! decides, and of two for one period the one that passes the limit. A figure of a product answers for that product
//! alone, and one that contradicts itself for nothing.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::{
    catalog::{
        atom::{MetricTest, Window},
        words::{LicenseeKind, MetricName, Scope},
    },
    manifest::{
        licensee::LicenseeSpec,
        period::{Months, Period},
        record::{Disclose, Metric},
        written::WrittenCountry,
    },
};

use super::{
    case::Case,
    due::{self, Reach},
};

/// What the figures say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer<'a> {
    /// The limit is passed, by this figure.
    Passed(Figure<'a>),
    /// It is not, by this figure.
    Clear(Figure<'a>),
    /// It is not: the organisation was founded later.
    NotFounded,
    /// Nothing recorded answers; a figure of the same name for another question, if there is one.
    Missing(Option<Unfit<'a>>),
}

/// A figure that answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figure<'a> {
    /// The figure.
    pub metric: &'a Metric,
    /// How far it reaches.
    pub reach: Reach,
}

/// A figure that has the name asked for and does not answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unfit<'a> {
    /// The figure.
    pub metric: &'a Metric,
    /// Why not.
    pub why: Why,
}

/// Why a figure does not answer, that which comes nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The bound does not clear the limit, or the scope does not settle it.
    NotSettled,
    /// Another currency, and at the rate recorded with it within a factor of two of the limit.
    NearLimit,
    /// Another currency, and the rate recorded with it is no number.
    Rate,
    /// Another currency, or none.
    Currency,
    /// It was taken on this day, too long ago since that one.
    Old(Date, Option<Date>),
    /// The day on which it was taken is missing, and without it speaks for no time.
    Undated,
    /// It is of some months, and the question of all there ever were.
    Part,
    /// The day on which it was taken has not come.
    Ahead(Date),
    /// It was taken on this day, before its period was over.
    Early(Date),
    /// It is of another product.
    Product,
    /// It does not write one figure, or a negative one.
    NoFigure,
    /// What it writes as the day on which it was taken is none.
    NoDay,
    /// Another period.
    Period,
}

/// What the founding day says to a question about a frozen time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Founding {
    /// Nothing is recorded.
    Unsaid,
    /// The organisation was founded later.
    Later,
    /// It was there already, in part of that time at least.
    There,
    /// It was founded later, and its parent, whose figures count, may have been there.
    OfAParent,
    /// That day has not come.
    Ahead,
    /// What is written is no day.
    NoDay,
}

/// Answers the test from what the Licensee records.
pub(super) fn answer<'a>(test: &MetricTest, licensee: &'a LicenseeSpec, case: &Case<'_>) -> Answer<'a> {
    let clock = case.clock();
    let mut fits: Vec<(Figure<'a>, bool)> = Vec::new();
    let mut unfit: Option<Unfit<'a>> = None;
    // Of what does not answer, the one that comes nearest is named: for its scope, then for its people and its period.
    let far = |unfit: &Unfit<'a>| {
        let last = match Period::parse(&unfit.metric.period) {
            Some(Period::Months(months)) => months.last(),
            _ => i32::MIN,
        };
        let other_people = unfit.metric.country.is_some() != test.country.is_some();
        (unfit.why, unfit.metric.scope != test.scope, other_people, Reverse(last), order(unfit.metric))
    };
    for metric in licensee.metrics.iter().filter(|metric| metric.name == test.name) {
        let reach = match metric {
            _ if !metric.is_one_figure() => Err(Why::NoFigure),
            _ if metric.as_of.is_some() && due::as_of(metric).is_none() => Err(Why::NoDay),
            _ if of_another_product(test, metric, case) => Err(Why::Product),
            _ => due::reach(test, metric, clock),
        };
        let why = match reach {
            Err(why) => why,
            Ok(reach) => match compare(test, metric, reach, case) {
                Ok(passed) => {
                    fits.push((Figure { metric, reach }, passed));
                    continue;
                }
                // Without its day it clears nothing.
                Err(Why::NotSettled) if !reach.upper && metric.as_of.is_none() && !of_months(metric) => Why::Undated,
                Err(Why::NotSettled) if !reach.upper && of_months(metric) => Why::Part,
                Err(why) => why,
            },
        };
        let one = Unfit { metric, why };
        if unfit.is_none_or(|other| far(&one) < far(&other)) {
            unfit = Some(one);
        }
    }
    // The highest there ever was does not fall: whichever figure shows it above the limit, however long ago, decides.
    if window(test) == Window::AnyTwelveConsecutiveMonths {
        let above = fits.iter().filter(|(_, passed)| *passed);
        let above = above.max_by_key(|(figure, _)| (figure.reach.up_to, Reverse(order(figure.metric))));
        if let Some((figure, _)) = above {
            let reach = Reach { due: None, until: None, ..figure.reach };
            return Answer::Passed(Figure { reach, ..*figure });
        }
    }
    let mut clear = None;
    for kind in due::Kind::ALL {
        let newest = fits.iter().filter(|(figure, _)| figure.reach.kind == kind).map(|(f, _)| f.reach.up_to).max();
        let newest = fits.iter().filter(|(f, _)| f.reach.kind == kind && Some(f.reach.up_to) == newest);
        match newest.min_by_key(|(figure, passed)| (!passed, order(figure.metric))) {
            Some((figure, true)) => return Answer::Passed(*figure),
            Some((figure, false)) => clear = clear.or(Some(*figure)),
            None => {}
        }
    }
    if let Some(figure) = clear {
        return Answer::Clear(figure);
    }
    if founding(test, licensee, case) == Founding::Later {
        return Answer::NotFounded;
    }
    Answer::Missing(unfit)
}

/// Whether a figure is of whole months.
fn of_months(metric: &Metric) -> bool {
    matches!(Period::parse(&metric.period), Some(Period::Months(_)))
}

/// Which of two figures that say the same of a question is cited, in whatever order they are written.
fn order(metric: &Metric) -> impl Ord + use<'_> {
    let figures = (metric.value, metric.at_most, metric.at_least, metric.disclose == Disclose::Value);
    let whose = (metric.scope, metric.product.as_deref(), metric.country.as_ref().and_then(WrittenCountry::text));
    let rates = metric.rates.iter().map(|rate| (&rate.currency, &rate.rate, &rate.as_of));
    let rates: Vec<_> = rates.collect();
    (&metric.period, whose, figures, metric.currency.as_deref(), &metric.as_of, metric.source.as_deref(), rates)
}

/// Whether a figure is of a product that this deployment is not said to serve, where the question is about a product.
fn of_another_product(test: &MetricTest, metric: &Metric, case: &Case<'_>) -> bool {
    let product = metric.product.as_deref().filter(|_| test.scope == Scope::Product && metric.scope == Scope::Product);
    product.is_some_and(|product| !case.is_product(product))
}

/// What the founding day says to a question; it is asked only about a frozen time. Where a parent is recorded, with its
/// headquarters in another country than the seat, the licensee's own day says nothing of the group.
pub(super) fn founding(test: &MetricTest, licensee: &LicenseeSpec, case: &Case<'_>) -> Founding {
    let (Some(text), Some(_), Some(asked)) = (&licensee.founded, test.frozen_at, asked(test, case.today)) else {
        return Founding::Unsaid;
    };
    let of_group = matches!(test.scope, Scope::Group | Scope::Employer);
    let parent =
        licensee.headquarters.is_some() && (case.headquarters().is_none() || case.headquarters() != case.seat());
    match text.parse::<Date>() {
        Err(_) => Founding::NoDay,
        Ok(day) if day > case.today => Founding::Ahead,
        Ok(day) if !asked.ends_before(day) => Founding::There,
        Ok(_) if of_group && parent => Founding::OfAParent,
        Ok(_) => Founding::Later,
    }
}

/// The window, where the text says nothing of time: the one in the metric's own name.
pub(super) fn window(test: &MetricTest) -> Window {
    match (test.window, test.name) {
        (
            Window::Unspecified,
            MetricName::MonthlyActiveUsers
            | MetricName::MonthlyUniqueUsers
            | MetricName::MonthlyVisits
            | MetricName::MonthlyRevenue,
        ) => Window::Month,
        (Window::Unspecified, MetricName::DailyActiveUsers) => Window::Day,
        (Window::Unspecified, MetricName::AnnualRecurringRevenue) => Window::AnnualRate,
        (
            Window::Unspecified,
            MetricName::AnnualRevenue | MetricName::AttributableRevenue | MetricName::AggregateRevenue,
        ) => Window::Year,
        (window, _) => window,
    }
}

/// The months asked about, where the question is about calendar months.
pub(super) fn asked(test: &MetricTest, today: Date) -> Option<Months> {
    let on = test.frozen_at.unwrap_or(today);
    match window(test) {
        Window::CalendarMonth | Window::Month => Some(Months::before(on)),
        Window::CalendarYear | Window::Year => Some(Months::year(on.year() - 1)),
        Window::TrailingTwelveMonths => Some(Months::twelve_before(on)),
        Window::Day | Window::AnyTwelveConsecutiveMonths | Window::AnnualRate | Window::Unspecified => None,
    }
}

/// The period asked about, in words.
pub(super) fn asked_words(test: &MetricTest, today: Date) -> String {
    match (asked(test, today), window(test)) {
        (Some(months), Window::Year) if test.frozen_at.is_none() => {
            format!("the year {}, or the twelve months up to now (T12M)", months.words())
        }
        (Some(months), _) => months.words(),
        (None, Window::AnyTwelveConsecutiveMonths) => "the highest of any twelve consecutive months (MAX12M)".into(),
        (None, _) => "the present (now)".into(),
    }
}

/// The period that a figure answers for, in words.
pub(super) fn answered_words(test: &MetricTest, figure: &Figure<'_>, today: Date) -> String {
    let up_to = figure.metric.as_of.as_deref().unwrap_or("a day that is not recorded");
    match Period::parse(&figure.metric.period) {
        Some(Period::Months(months)) => match asked(test, today) {
            Some(asked) => Months::up_to(figure.reach.last_month, asked.count()).words(),
            None => months.words(),
        },
        Some(Period::TrailingTwelveMonths) => format!("the twelve months up to {up_to}"),
        Some(Period::AnyTwelveMonths) => "the highest of any twelve months in a row".into(),
        Some(Period::Now) | None => format!("as of {up_to}"),
    }
}

/// Whether the limit is passed; an error where the figure does not tell.
fn compare(test: &MetricTest, metric: &Metric, reach: Reach, case: &Case<'_>) -> Result<bool, Why> {
    let kind = case.licensee().map_or(LicenseeKind::Company, |fact| fact.spec.kind);
    let (whole, part) = scopes(test.scope, metric.scope, kind);
    let (all_people, some_people) = people(test, metric, case);
    let (may_clear, may_pass) = (whole && all_people, part && some_people);
    let same = !test.name.is_money() || metric.currency == test.currency;
    let rate = metric.rates.iter().filter(|_| !same).find(|rate| Some(&rate.currency) == test.currency.as_ref());
    // A rate of some day says what a figure of another day was worth within a factor of two, and no better.
    let (upper_scale, lower_scale) = match rate {
        _ if same => (Some((1, 1)), Some((1, 1))),
        Some(rate) => {
            let (n, d) = rate.parts().ok_or(Why::Rate)?;
            (Some((n.saturating_mul(2), d)), Some((n, d.saturating_mul(2))))
        }
        None => return Err(Why::Currency),
    };
    let figure = |number: Option<i64>, scale: Option<(u128, u128)>| {
        let (times, over) = scale?;
        let scaled = u128::try_from(number?).ok()?.checked_mul(times)?.checked_div(over)?;
        Some(u64::try_from(scaled).unwrap_or(u64::MAX))
    };
    let upper = figure(metric.value.or(metric.at_most), upper_scale).filter(|_| reach.upper && may_clear);
    let lower = figure(metric.value.or(metric.at_least), lower_scale).filter(|_| reach.lower && may_pass);
    if lower.is_some_and(|n| test.comparator.triggers(n, test.value)) {
        Ok(true)
    } else if upper.is_some_and(|n| !test.comparator.triggers(n, test.value)) {
        Ok(false)
    } else if same {
        Err(Why::NotSettled)
    } else {
        Err(Why::NearLimit)
    }
}

/// Whether a figure of one scope can clear, and can pass, a limit on another.
fn scopes(asked: Scope, of: Scope, kind: LicenseeKind) -> (bool, bool) {
    let person = kind == LicenseeKind::NaturalPerson;
    // A person's own figures say nothing of the employer, nor the other way round.
    let asked = match asked {
        Scope::Employer if person => return (of == Scope::Employer, of == Scope::Employer),
        Scope::Employer => Scope::Group,
        other => other,
    };
    let size = |scope| match scope {
        Scope::Product => Some(0),
        Scope::Licensee => Some(1),
        Scope::Group => Some(2),
        Scope::Employer => None,
    };
    match (size(asked), size(of)) {
        (Some(asked), Some(of)) => (of >= asked, of <= asked),
        _ => (false, false),
    }
}

/// Whether a figure can clear, and can pass, a limit, by the people that it counts.
fn people(test: &MetricTest, metric: &Metric, case: &Case<'_>) -> (bool, bool) {
    match (test.country.as_deref(), metric.country.as_ref()) {
        (None, None) => (true, true),
        (Some(_), None) => (true, false),
        (None, Some(_)) => (false, true),
        (Some(asked), Some(of)) => {
            let same = case.country(of).map(|of| case.facts.catalog.places().canonical(of)) == Some(asked);
            (same, same)
        }
    }
}

/// The metric's name, for a sentence.
pub(super) fn name_words(name: MetricName) -> &'static str {
    match name {
        MetricName::MonthlyActiveUsers => "monthly active users",
        MetricName::MonthlyUniqueUsers => "monthly unique users",
        MetricName::MonthlyVisits => "monthly visits",
        MetricName::DailyActiveUsers => "daily active users",
        MetricName::AnnualRevenue => "annual revenue",
        MetricName::MonthlyRevenue => "monthly revenue",
        MetricName::AnnualRecurringRevenue => "annual recurring revenue",
        MetricName::AttributableRevenue => "revenue from the use of the model",
        MetricName::AggregateRevenue => "aggregate revenue",
    }
}

/// Where the people are that are counted, for a sentence: " in KR", or nothing where they are anywhere.
pub(super) fn people_words(test: &MetricTest) -> String {
    test.country.as_deref().map(|country| format!(" in {country}")).unwrap_or_default()
}

/// Whose figure, for a sentence: "of its group".
pub(super) fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Licensee => "the organisation itself",
        Scope::Group => "its group",
        Scope::Product => "the product that uses the model",
        Scope::Employer => "its group or employer",
    }
}
