//! A dated figure against a limit.
//!
//! A figure answers only the question it is about: the same metric, the licence's currency, the period asked for. What
//! settles a question besides the exact figure is arithmetic that holds for every organisation: a bound over a span
//! holds for each period inside it; a group is at least as large as each of its members, so the group's figure below
//! the limit settles its member's, and a member's above it settles the group's; who did not exist had no users.

use jiff::civil::Date;

use crate::{
    catalog::{
        atom::{MetricTest, Window},
        words::{LicenseeKind, MetricName, Scope},
    },
    manifest::{
        licensee::LicenseeSpec,
        period::{Months, Period},
        record::Metric,
    },
};

/// What the figures say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer<'a> {
    /// The limit is passed, by this figure.
    Passed(&'a Metric),
    /// It is not, by this figure.
    Clear(&'a Metric),
    /// It is not: the organisation was founded later.
    NotFounded,
    /// Nothing recorded answers; a figure of the same name for another question, if there is one.
    Missing(Option<Unfit<'a>>),
}

/// A figure that has the name asked for and does not answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unfit<'a> {
    /// The figure.
    pub metric: &'a Metric,
    /// Why not.
    pub why: Why,
}

/// Why a figure does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The bound does not clear the limit, or the scope does not settle it.
    NotSettled,
    /// Another currency, or none.
    Currency,
    /// Another period.
    Period,
}

/// How far a figure speaks for the period asked about.
#[derive(Clone, Copy)]
struct Fit {
    /// Its value or upper bound holds for the period.
    upper: bool,
    /// Its value or lower bound holds for the period.
    lower: bool,
}

const BOTH: Fit = Fit { upper: true, lower: true };
const UPPER: Fit = Fit { upper: true, lower: false };
const LOWER: Fit = Fit { upper: false, lower: true };
const NEITHER: Fit = Fit { upper: false, lower: false };

/// Answers the test from what the Licensee records. `today` matters only where the question is not frozen.
pub(super) fn answer<'a>(test: &MetricTest, licensee: &'a LicenseeSpec, today: Date) -> Answer<'a> {
    let asked_on = test.frozen_at.unwrap_or(today);
    let mut clear = None;
    let mut unfit: Option<Unfit<'a>> = None;
    for metric in licensee.metrics.iter().filter(|metric| metric.name == test.name) {
        let fit = fit(test, metric, asked_on);
        let why = if !(fit.upper || fit.lower) {
            Why::Period
        } else if test.name.is_money() && metric.currency != test.currency {
            Why::Currency
        } else {
            match compare(test, metric, fit, licensee.kind) {
                Some(true) => return Answer::Passed(metric),
                Some(false) => {
                    clear = clear.or(Some(metric));
                    continue;
                }
                None => Why::NotSettled,
            }
        };
        if unfit.is_none_or(|other| why < other.why) {
            unfit = Some(Unfit { metric, why });
        }
    }
    if let Some(metric) = clear {
        return Answer::Clear(metric);
    }
    if test.frozen_at.is_some() && founded_after(licensee, asked(test, today)) {
        return Answer::NotFounded;
    }
    Answer::Missing(unfit)
}

fn founded_after(licensee: &LicenseeSpec, asked: Option<Months>) -> bool {
    let founded = licensee.founded.as_deref().and_then(|text| text.parse::<Date>().ok());
    matches!((founded, asked), (Some(founded), Some(asked)) if asked.ends_before(founded))
}

/// The window, where the text says nothing of time: the one in the metric's own name.
fn window(test: &MetricTest) -> Window {
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
pub(super) fn answered_words(test: &MetricTest, figure: &Metric, today: Date) -> String {
    let up_to = figure.as_of.as_deref().map_or_else(|| "now".to_owned(), str::to_owned);
    match Period::parse(&figure.period) {
        Some(Period::Months(months)) => asked(test, today).unwrap_or(months).words(),
        Some(Period::TrailingTwelveMonths) => format!("the twelve months up to {up_to}"),
        Some(Period::AnyTwelveMonths) => "the highest of any twelve months in a row".into(),
        Some(Period::Now) | None => format!("as of {up_to}"),
    }
}

fn fit(test: &MetricTest, metric: &Metric, asked_on: Date) -> Fit {
    let Some(period) = Period::parse(&metric.period) else { return NEITHER };
    let exact = metric.value.is_some();
    // A value over a span says nothing of one period in it; a bound over a span does.
    let months = |asked: Months| match period {
        Period::Months(months) if months == asked || (!exact && months.contains(asked)) => BOTH,
        _ => NEITHER,
    };
    match window(test) {
        Window::CalendarMonth | Window::Month => months(Months::before(asked_on)),
        // Any year, calendar or financial, is at most the highest of any twelve months.
        Window::Year | Window::TrailingTwelveMonths if period == Period::AnyTwelveMonths => UPPER,
        Window::Year if test.frozen_at.is_none() && period == Period::TrailingTwelveMonths => BOTH,
        Window::CalendarYear | Window::Year => months(Months::year(asked_on.year() - 1)),
        Window::TrailingTwelveMonths if period == Period::TrailingTwelveMonths => BOTH,
        Window::TrailingTwelveMonths => months(Months::twelve_before(asked_on)),
        Window::AnyTwelveConsecutiveMonths => match period {
            Period::AnyTwelveMonths => BOTH,
            Period::TrailingTwelveMonths => LOWER,
            Period::Months(_) | Period::Now => NEITHER,
        },
        Window::Day | Window::AnnualRate if period == Period::Now => BOTH,
        // "Now" is inside a bound that reaches to the newest whole month.
        Window::Day | Window::AnnualRate | Window::Unspecified if !exact => months(Months::before(asked_on)),
        Window::Day | Window::AnnualRate | Window::Unspecified => NEITHER,
    }
}

/// Whether the limit is passed, where the figure tells.
fn compare(test: &MetricTest, metric: &Metric, fit: Fit, kind: LicenseeKind) -> Option<bool> {
    let (may_clear, may_pass) = scopes(test.scope, metric.scope, kind);
    let figure = |number: Option<i64>| number.and_then(|n| u64::try_from(n).ok());
    let upper = figure(metric.value.or(metric.at_most)).filter(|_| fit.upper && may_clear);
    let lower = figure(metric.value.or(metric.at_least)).filter(|_| fit.lower && may_pass);
    if lower.is_some_and(|n| test.comparator.triggers(n, test.value)) {
        Some(true)
    } else if upper.is_some_and(|n| !test.comparator.triggers(n, test.value)) {
        Some(false)
    } else {
        None
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

/// Whose figure, for a sentence: "of its group".
pub(super) fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Licensee => "the organisation itself",
        Scope::Group => "its group",
        Scope::Product => "the product that uses the model",
        Scope::Employer => "its group or employer",
    }
}
