//! Sentences about what time alone changes: figures that fall due, verdicts that end.

use jiff::{Timestamp, civil::Date};

use crate::{
    catalog::{atom::MetricTest, condition::Condition, license::License},
    manifest::{Reason, period::Months},
};

use super::super::{Verdict, case::Case, metric};
use super::{Said, cite, list_of};

/// An earlier figure stands in for one that is not due yet.
pub(in super::super) fn figure_due(
    case: &Case<'_>,
    license: &License,
    condition: &Condition,
    test: &MetricTest,
    figure: &metric::Figure<'_>,
    (asked, day): (Months, Date),
) -> Said {
    (
        format!(
            "{} asks for {} in {}, which is due on {day}; until then the figure for {} decides.",
            cite(license, condition.clause.as_deref()),
            metric::name_words(test.name),
            asked.words(),
            metric::answered_words(test, figure, case.today),
        ),
        format!("Who keeps the figures records it in {} by then.", list_of(case, "metrics")),
    )
}

/// The verdict ends by itself, and when.
pub(in super::super) fn ends(at: Timestamp, days: i64, then: Verdict, reason: Reason, about: &str) -> String {
    let within = match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    format!("allowed until {at}, in less than {within}; then it is {} ({reason}, {about}).", then.word())
}
