//! How far a figure reaches: for which period it speaks, whether a newer one is due, and until when it answers.
//!
//! A question that is asked again each month or year is about a period that has only just ended. Its figure takes time
//! to count: until the lag has run, the newest figure that there is decides.
//!
//! A figure says no more than could be known on the day it was taken. One of the twelve months up to a day, of the highest
//! of any twelve, or of a day, clears no limit without that day. A value is one of a period that was over; a bound over a
//! span holds for the months that were over, and the rest of the span is a plan. A bound without a day whose span is not
//! over is a plan from which nobody can tell what was known: it answers nothing until its day is written. What is dated
//! ahead counts from its day on. Only the highest of any twelve months never falls: above the limit it is so for ever, on
//! whatever day it was taken.

use jiff::{ToSpan, civil::Date};

use crate::{
    catalog::atom::{MetricTest, Window},
    manifest::{
        period::{Months, Period, day_after, month_of},
        record::Metric,
    },
};

use super::metric::{Why, asked, window};

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
    /// Twelve months that are no calendar year.
    Financial,
    /// The twelve months up to a day.
    Rolling,
    /// The highest of any twelve months.
    Highest,
    /// A state of a day.
    Day,
}

impl Kind {
    /// All kinds.
    pub(super) const ALL: [Self; 5] = [Self::Calendar, Self::Financial, Self::Rolling, Self::Highest, Self::Day];
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

/// How far a figure reaches towards the question, or why it does not answer it.
pub(super) fn reach(test: &MetricTest, metric: &Metric, clock: Clock) -> Result<Reach, Why> {
    let period = Period::parse(&metric.period).ok_or(Why::Period)?;
    let as_of = as_of(metric);
    let question = Question { frozen: test.frozen_at, clock, exact: metric.value.is_some(), as_of };
    let ahead = as_of.is_some_and(|day| day > clock.today);
    if let Some(reach) = speaks(test, period, &question).filter(|_| !ahead) {
        return Ok(reach);
    }
    // Taken today, it would answer: then only its day is wrong.
    let fresh = Question { as_of: Some(clock.today), ..question };
    Err(match (speaks(test, period, &fresh), as_of) {
        (None, _) => Why::Period,
        (Some(_), None) => Why::Undated,
        (Some(_), Some(day)) if ahead => Why::Ahead(day),
        (Some(_), Some(day)) if question.exact && matches!(period, Period::Months(_)) => Why::Early(day),
        (Some(_), Some(day)) => Why::Old(day, question.old_since(test, period)),
    })
}

/// What a figure of a period says to the question.
fn speaks(test: &MetricTest, period: Period, question: &Question) -> Option<Reach> {
    let clock = question.clock;
    let period = match period {
        Period::Months(months) => Period::Months(question.known(months)?),
        other => other,
    };
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
        (Window::Year, Period::TrailingTwelveMonths) if test.frozen_at.is_none() => {
            question.rolling(Kind::Rolling).or_else(|| question.whole_year(asked(test, clock.today)?))
        }
        (Window::CalendarYear, Period::TrailingTwelveMonths) => question.whole_year(asked(test, clock.today)?),
        (Window::TrailingTwelveMonths, Period::TrailingTwelveMonths) if test.frozen_at.is_none() => {
            question.rolling(Kind::Rolling)
        }
        (Window::TrailingTwelveMonths, Period::TrailingTwelveMonths) => {
            let last = question.as_of.and_then(last_whole_month)?;
            let asked = asked(test, clock.today).map(Months::last);
            (Some(last) == asked).then(|| at(Kind::Rolling, last))?
        }
        (Window::AnyTwelveConsecutiveMonths, Period::AnyTwelveMonths) => {
            question.rolling(Kind::Highest).or_else(|| question.lower_forever(None))
        }
        // Any twelve months there were are at most the highest of all.
        (Window::AnyTwelveConsecutiveMonths, Period::TrailingTwelveMonths) => question.lower_forever(None),
        (Window::AnyTwelveConsecutiveMonths, Period::Months(months))
            if months.count() == 12 || !question.exact && months.count() > 12 =>
        {
            question.lower_forever(Some(months))
        }
        // Where the text says of no calendar month, the figure of a day is one of the month that it lies in.
        (Window::Month, Period::Now) if test.frozen_at.is_none() => question.day(),
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
    let question = Question { frozen: test.frozen_at, clock, exact: true, as_of: None };
    question.periods(asked(test, clock.today)?, step(test)).last()
}

/// Months from one period asked about to the next.
fn step(test: &MetricTest) -> i32 {
    if matches!(window(test), Window::CalendarYear | Window::Year) { 12 } else { 1 }
}

/// The day on which a figure was taken; nothing where none is written, or what is written is none.
pub(super) fn as_of(metric: &Metric) -> Option<Date> {
    metric.as_of.as_deref()?.parse().ok()
}

/// The last month that had ended at the end of a day.
fn last_whole_month(day: Date) -> Option<i32> {
    Some(month_of(day.tomorrow().ok()?) - 1)
}

#[derive(Clone, Copy, Debug)]
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

    /// The months of a period that could be known when the figure was taken: all of it for a value, the first ones for a
    /// bound. Without a day it was taken today at the latest.
    fn known(&self, months: Months) -> Option<Months> {
        let last = match self.as_of {
            Some(taken) => last_whole_month(taken)?,
            None => month_of(self.clock.today) - 1,
        };
        if months.last() <= last {
            return Some(months);
        }
        months.cut_after(last).filter(|_| !self.exact && self.as_of.is_some())
    }

    /// The day from which a figure that was taken too long ago did not answer any more.
    fn old_since(&self, test: &MetricTest, period: Period) -> Option<Date> {
        let taken = self.as_of?;
        match period {
            Period::Now => taken.checked_add((self.clock.lag_days + 1).days()).ok(),
            Period::Months(months) => self.due_on(self.known(months)?.last().saturating_add(step(test))),
            Period::TrailingTwelveMonths | Period::AnyTwelveMonths => {
                self.due_on(last_whole_month(taken)?.saturating_add(1))
            }
        }
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
        let mut reach = at(Kind::Financial, months.last())?;
        reach.until = self.due_on(months.last().saturating_add(12));
        Some(reach)
    }

    /// A figure over the twelve months up to the last day of a month, which is one of those twelve months.
    fn whole_year(&self, asked: Months) -> Option<Reach> {
        let last = last_whole_month(self.as_of?)?;
        let whole = self.exact && day_after(last) == self.as_of?.tomorrow().ok();
        self.months(Months::up_to(last, 12), asked, 12).filter(|_| whole)
    }

    /// A figure over the twelve months up to the day it was taken.
    fn rolling(&self, kind: Kind) -> Option<Reach> {
        let newest = Months::twelve_before(self.clock.today);
        let Some(taken) = self.as_of else { return self.undated(kind, newest.last()) };
        let last = last_whole_month(taken)?.min(newest.last());
        if self.frozen.is_some_and(|day| last < Months::before(day).last()) {
            return None;
        }
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

    /// A figure of nobody knows which day: written down as it is, it may pass a limit of today, and clears none.
    fn undated(&self, kind: Kind, last_month: i32) -> Option<Reach> {
        let reach = at(kind, last_month).filter(|_| self.frozen.is_none())?;
        Some(Reach { upper: false, ..reach })
    }

    /// A state of a day.
    fn day(&self) -> Option<Reach> {
        let Some(taken) = self.as_of else { return self.undated(Kind::Day, month_of(self.clock.today) - 1) };
        let until = taken.checked_add((self.clock.lag_days + 1).days()).ok()?;
        if until <= self.clock.today {
            return None;
        }
        let reach = at(Kind::Day, month_of(self.clock.today) - 1)?;
        Some(Reach { up_to: taken, until: Some(until), ..reach })
    }
}

fn at(kind: Kind, last_month: i32) -> Option<Reach> {
    let up_to = day_after(last_month)?;
    Some(Reach { kind, last_month, up_to, upper: true, lower: true, due: None, until: None })
}
