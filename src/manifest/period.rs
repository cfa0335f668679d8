//! The time that a figure speaks of: a total reading, and whether one period lies inside another.

use jiff::civil::Date;

/// A run of whole months, both ends included: the common form of months, years and spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months {
    /// First month, counted from year 0.
    first: i32,
    /// Last month, counted from year 0.
    last: i32,
}

impl Months {
    /// One month.
    #[must_use]
    pub fn one(year: i16, month: i8) -> Self {
        let index = i32::from(year) * 12 + i32::from(month) - 1;
        Self { first: index, last: index }
    }

    /// The twelve months of a calendar year.
    #[must_use]
    pub fn year(year: i16) -> Self {
        let first = i32::from(year) * 12;
        Self { first, last: first + 11 }
    }

    /// The calendar month before the one in which `date` lies.
    #[must_use]
    pub fn before(date: Date) -> Self {
        let index = month_of(date) - 1;
        Self { first: index, last: index }
    }

    /// The twelve calendar months before the one in which `date` lies.
    #[must_use]
    pub fn twelve_before(date: Date) -> Self {
        let last = Self::before(date).last;
        Self { first: last - 11, last }
    }

    /// Whole months up to `last`, counted from year 0.
    #[must_use]
    pub fn up_to(last: i32, count: i32) -> Self {
        Self { first: last - count + 1, last }
    }

    /// Those up to a month, counted from year 0; nothing where they begin later.
    #[must_use]
    pub fn cut_after(self, last: i32) -> Option<Self> {
        (self.first <= last).then_some(Self { last: self.last.min(last), ..self })
    }

    /// The last month, counted from year 0.
    #[must_use]
    pub fn last(self) -> i32 {
        self.last
    }

    /// How many months.
    #[must_use]
    pub fn count(self) -> i32 {
        self.last - self.first + 1
    }

    /// Whether `other` lies inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether all of it lies before the month of `date`.
    #[must_use]
    pub fn ends_before(self, date: Date) -> bool {
        self.last < month_of(date)
    }

    /// Words for a sentence: "June 2023", "2024", "January 2023 to October 2026".
    #[must_use]
    pub fn words(self) -> String {
        let month = |index: i32| {
            let name = usize::try_from(index.rem_euclid(12)).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("?");
            format!("{name} {}", index.div_euclid(12))
        };
        if self.first == self.last {
            month(self.first)
        } else if self.first.rem_euclid(12) == 0 && self.last == self.first + 11 {
            self.first.div_euclid(12).to_string()
        } else {
            format!("{} to {}", month(self.first), month(self.last))
        }
    }
}

/// The month of a date, counted from year 0.
#[must_use]
pub fn month_of(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// The first day after a month, counted from year 0; nothing beyond what a calendar holds.
#[must_use]
pub fn day_after(month: i32) -> Option<Date> {
    let next = month.checked_add(1)?;
    let year = i16::try_from(next.div_euclid(12)).ok()?;
    Date::new(year, i8::try_from(next.rem_euclid(12)).ok()? + 1, 1).ok()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A period as a record writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Whole months.
    Months(Months),
    /// `T12M`: the twelve months up to the day the figure was taken.
    TrailingTwelveMonths,
    /// `MAX12M`: the highest of any twelve consecutive months.
    AnyTwelveMonths,
    /// `now`: the day the figure was taken.
    Now,
}

impl Period {
    /// Reads `2024-06`, `2024`, `2023-01/2026-10`, `2020/2025`, `T12M`, `MAX12M`, `now`; nothing for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "T12M" => return Some(Self::TrailingTwelveMonths),
            "MAX12M" => return Some(Self::AnyTwelveMonths),
            "now" => return Some(Self::Now),
            _ => {}
        }
        let months = match text.split_once('/') {
            None => part(text)?,
            Some((from, to)) => {
                let (from, to) = (part(from)?, part(to)?);
                (from.first <= to.last).then_some(Months { first: from.first, last: to.last })?
            }
        };
        Some(Self::Months(months))
    }
}

fn part(text: &str) -> Option<Months> {
    let digits = |s: &str, n: usize| {
        (s.len() == n && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<i16>().ok()).flatten()
    };
    match text.split_once('-') {
        None => Some(Months::year(digits(text, 4)?)),
        Some((year, month)) => {
            let month = i8::try_from(digits(month, 2)?).ok().filter(|m| (1..=12).contains(m))?;
            Some(Months::one(digits(year, 4)?, month))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_span_holds_its_months_and_says_so() {
        let Some(Period::Months(span)) = Period::parse("2023-01/2026-10") else { panic!("a span") };
        assert!(span.contains(Months::before(date(2023, 7, 18))));
        assert!(!span.contains(Months::one(2026, 11)));
        assert_eq!(span.words(), "January 2023 to October 2026");
        assert_eq!(Months::before(date(2024, 1, 5)).words(), "December 2023");
        assert_eq!(Months::year(2024).words(), "2024");
    }

    #[test]
    fn what_is_no_period_is_nothing() {
        for text in ["", "2024-13", "24-06", "2024-6", "2026-10/2023-01", "last month", "T6M", "2024-06-01", "２０２４"]
        {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_period_or_nothing(text in "\\PC{0,40}") {
            let _ = Period::parse(&text);
        }
    }
}
