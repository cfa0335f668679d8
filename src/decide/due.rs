//! How far a figure reaches: for which period it speaks, whether a newer one is due, and until when it answers.
//!
//! A question that is asked again each month or year is about a period that has only just ended. Its figure takes time
//! to count: until the lag has run, the newest figure that there is decides.

use jiff::{ToSpan, civil::Date};

use crate::{
    catalog::atom::{MetricTest, Window},
    manifest::{
        period::{Months, Period, day_after, month_of},
        record::Metric,
    },
};

use super::metric::{asked, window};

/// Most periods that are gone back through, however long a policy makes the lag.
const MAX_PERIODS_BACK: i32 = 36;

/// Today, and how long figures may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The day decided for, in UTC.
    pub today: Date,
    /// Days after the end of a period until its figure is due.
    pub lag_days: i64,
}

/// How a figure is counted. Of each kind the newest decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole months or years.
    Calendar,
    /// The twelve months up to a day.
    Rolling,
    /// The highest of any twelve months.
    Highest,
    /// A state of a day.
    Day,
}

impl Kind {
    /// All kinds.
    pub(super) const ALL: [Self; 4] = [Self::Calendar, Self::Rolling, Self::Highest, Self::Day];
}

/// How far a figure reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reach {
    /// How it is counted.
    pub kind: Kind,
    /// Last month that it speaks for, counted from year 0.
    pub last_month: i32,
    /// First day after what it speaks for.
    pub up_to: Date,
    /// Its value or upper bound holds for the period.
    pub upper: bool,
    /// Its value or lower bound holds for the period.
    pub lower: bool,
    /// The period whose figure is not due yet, and the day on which it is, where an earlier figure stands in for it.
    pub due: Option<(Months, Date)>,
    /// The first day on which it no longer answers; nothing for a frozen question.
    pub until: Option<Date>,
}

/// How far a figure reaches towards the question; nothing where it answers another one.
pub(super) fn reach(test: &MetricTest, metric: &Metric, clock: Clock) -> Option<Reach> {
    let period = Period::parse(&metric.period)?;
    let question = Question { frozen: test.frozen_at, clock, exact: metric.value.is_some(), as_of: as_of(metric) };
    let upper_only = |reach: Reach| Reach { lower: false, ..reach };
    match (window(test), period) {
        (Window::CalendarMonth | Window::Month, Period::Months(months)) => {
            question.months(months, asked(test, clock.today)?, 1)
        }
        (Window::CalendarYear | Window::Year, Period::Months(months)) => {
            let asked = asked(test, clock.today)?;
            let any_year = window(test) == Window::Year && months.count() == 12;
            question.months(months, asked, 12).or_else(|| question.financial_year(months, asked).filter(|_| any_year))
        }
        (Window::TrailingTwelveMonths, Period::Months(months)) => question.months(months, asked(test, clock.today)?, 1),
        // Any year, calendar or financial, is at most the highest of any twelve months.
        (Window::Year | Window::CalendarYear | Window::TrailingTwelveMonths, Period::AnyTwelveMonths) => {
            question.rolling(Kind::Highest).map(upper_only)
        }
        (Window::Year, Period::TrailingTwelveMonths) if test.frozen_at.is_none() => question.rolling(Kind::Rolling),
        (Window::TrailingTwelveMonths, Period::TrailingTwelveMonths) if test.frozen_at.is_none() => {
            question.rolling(Kind::Rolling)
        }
        (Window::TrailingTwelveMonths, Period::TrailingTwelveMonths) => {
            let last = question.as_of.and_then(last_whole_month)?;
            let asked = asked(test, clock.today).map(Months::last);
            (Some(last) == asked).then(|| at(Kind::Rolling, last))?
        }
        (Window::AnyTwelveConsecutiveMonths, Period::AnyTwelveMonths) => question.rolling(Kind::Highest),
        // Any twelve months there were are at most the highest of all.
        (Window::AnyTwelveConsecutiveMonths, Period::TrailingTwelveMonths) => question.lower_forever(None),
        (Window::AnyTwelveConsecutiveMonths, Period::Months(months)) if months.count() == 12 => {
            question.lower_forever(Some(months))
        }
        (Window::Day | Window::AnnualRate, Period::Now) => question.day(),
        // "Now" is inside a bound that reaches to the newest whole month.
        (Window::Day | Window::AnnualRate | Window::Unspecified, Period::Months(months)) if !question.exact => {
            question.months(months, Months::before(test.frozen_at.unwrap_or(clock.today)), 1)
        }
        _ => None,
    }
}

/// The oldest period whose figure answers today; nothing where the question is not about whole months.
pub(super) fn oldest(test: &MetricTest, clock: Clock) -> Option<Months> {
    let step = if matches!(window(test), Window::CalendarYear | Window::Year) { 12 } else { 1 };
    let question = Question { frozen: test.frozen_at, clock, exact: true, as_of: None };
    question.periods(asked(test, clock.today)?, step).last()
}

fn as_of(metric: &Metric) -> Option<Date> {
    metric.as_of.as_deref()?.parse().ok()
}

/// The last month that had ended at the end of a day.
fn last_whole_month(day: Date) -> Option<i32> {
    Some(month_of(day.tomorrow().ok()?) - 1)
}

struct Question {
    frozen: Option<Date>,
    clock: Clock,
    exact: bool,
    as_of: Option<Date>,
}

impl Question {
    /// The day on which the figure for a period that ends with this month is due.
    fn due_on(&self, last_month: i32) -> Option<Date> {
        day_after(last_month)?.checked_add(self.clock.lag_days.days()).ok()
    }

    /// The period after one, and the day on which its figure is due.
    fn next(&self, period: Months, step: i32) -> Option<(Months, Date)> {
        let next = Months::up_to(period.last().saturating_add(step), period.count());
        self.due_on(next.last()).map(|day| (next, day))
    }

    fn is_due(&self, last_month: i32) -> bool {
        self.due_on(last_month).is_none_or(|day| day <= self.clock.today)
    }

    /// The newest period asked about, then earlier ones while the later ones are not due.
    fn periods(&self, newest: Months, step: i32) -> impl Iterator<Item = Months> {
        let back = (0..MAX_PERIODS_BACK).map(move |k| Months::up_to(newest.last() - k * step, newest.count()));
        let mut open = true;
        back.take_while(move |period| {
            let look = open;
            open = self.frozen.is_none() && !self.is_due(period.last());
            look
        })
    }

    /// A figure over whole months. A value over a span says nothing of one period in it; a bound over a span does.
    fn months(&self, months: Months, newest: Months, step: i32) -> Option<Reach> {
        let speaks = |period: &Months| months == *period || (!self.exact && months.contains(*period));
        let period = self.periods(newest, step).find(speaks)?;
        let mut reach = at(Kind::Calendar, period.last())?;
        if self.frozen.is_none() {
            reach.until = self.due_on(months.last().max(period.last()).saturating_add(step));
            if period != newest {
                reach.due = self.next(period, step);
            }
        }
        Some(reach)
    }

    /// A figure over twelve months that are no calendar year, where the text does not say which year: they are over, and
    /// end no earlier than the calendar year asked about. A bound holds for months, and so is no figure of a year.
    fn financial_year(&self, months: Months, asked: Months) -> Option<Reach> {
        let over = months.ends_before(self.clock.today) && months.last() >= asked.last();
        if self.frozen.is_some() || !self.exact || !over {
            return None;
        }
        let mut reach = at(Kind::Rolling, months.last())?;
        reach.until = self.due_on(months.last().saturating_add(12));
        Some(reach)
    }

    /// A figure over the twelve months up to the day it was taken, or up to now.
    fn rolling(&self, kind: Kind) -> Option<Reach> {
        let newest = Months::twelve_before(self.clock.today);
        let Some(taken) = self.as_of else { return at(kind, newest.last()) };
        let last = last_whole_month(taken)?.min(newest.last());
        if self.frozen.is_none() && last < newest.last() && self.is_due(last.saturating_add(1)) {
            return None;
        }
        let mut reach = at(kind, last)?;
        reach.until = self.due_on(last.saturating_add(1)).filter(|_| self.frozen.is_none());
        if last < newest.last() && self.frozen.is_none() {
            reach.due = self.next(Months::up_to(last, newest.count()), 1);
        }
        Some(reach)
    }

    /// A lower bound of the highest there ever was.
    fn lower_forever(&self, months: Option<Months>) -> Option<Reach> {
        let taken = months.map(Months::last).or_else(|| self.as_of.and_then(last_whole_month));
        let last = taken.unwrap_or_else(|| month_of(self.clock.today) - 1);
        at(Kind::Rolling, last).map(|reach| Reach { upper: false, ..reach })
    }

    /// A state of a day.
    fn day(&self) -> Option<Reach> {
        let mut reach = at(Kind::Day, month_of(self.clock.today) - 1)?;
        reach.up_to = self.clock.today;
        if let Some(taken) = self.as_of {
            let until = taken.checked_add((self.clock.lag_days + 1).days()).ok()?;
            if until <= self.clock.today {
                return None;
            }
            reach.up_to = taken;
            reach.until = Some(until);
        }
        Some(reach)
    }
}

fn at(kind: Kind, last_month: i32) -> Option<Reach> {
    let up_to = day_after(last_month)?;
    Some(Reach { kind, last_month, up_to, upper: true, lower: true, due: None, until: None })
}
