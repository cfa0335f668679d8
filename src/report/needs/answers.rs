//! What could answer a term's questions: figures with their periods, and attributes of the organisation.

use jiff::civil::Date;

use crate::{
    catalog::{
        atom::{MetricTest, Window},
        condition::Condition,
        predicate::Predicate,
    },
    manifest::record::{Covers, Scope},
};

use super::ask::{Ask, predicates, word};

/// Figures that could answer a test: the period in the licence's own terms first.
pub(super) fn figures(test: &MetricTest, today: Date) -> Vec<Ask> {
    let on = test.frozen_at.unwrap_or(today);
    let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
    let last = on.first_of_month().yesterday().unwrap_or(on);
    let first = last.checked_sub(jiff::Span::new().months(11)).unwrap_or(last);
    let (newest, year) = (month(last), format!("{:04}", on.year() - 1));
    let twelve = format!("{}/{newest}", month(first));
    let frozen = test.frozen_at.is_some();
    let [now, trailing, highest] = ["now", "T12M", "MAX12M"].map(str::to_owned);
    let periods = match test.window {
        Window::Year if !frozen => vec![trailing, year, newest, now, highest],
        Window::Year | Window::CalendarYear => vec![year, trailing, newest, now, highest],
        Window::TrailingTwelveMonths if frozen => vec![twelve, trailing, year, highest],
        Window::TrailingTwelveMonths => vec![trailing, year, twelve, highest],
        Window::AnyTwelveConsecutiveMonths => vec![highest, trailing, year],
        Window::CalendarMonth | Window::Month => vec![newest, now, trailing, year, highest],
        Window::Day | Window::AnnualRate | Window::Unspecified => vec![now, newest, trailing, year, highest],
    };
    let currency = test.name.is_money().then(|| test.currency.clone().unwrap_or_else(|| "USD".into()));
    // An organisation has no employer: its group's figure answers.
    let scopes = if test.scope == Scope::Employer { vec![Scope::Employer, Scope::Group] } else { vec![test.scope] };
    let figure = |(scope, period)| {
        let (country, currency) = (test.country.clone(), currency.clone());
        Ask::Figure { name: test.name, scope, country, period, currency }
    };
    let pairs = scopes.into_iter().flat_map(|scope| periods.iter().map(move |period| (scope, period.clone())));
    pairs.map(figure).collect()
}

/// What else of the organisation, and which rules of its own.
pub(super) fn attributes(license: &str, condition: &Condition) -> Vec<Ask> {
    let mut all = Vec::new();
    for predicate in predicates(condition) {
        match predicate {
            Predicate::Licensee(test) => {
                let businesses: Vec<String> = test.business_types.iter().map(word).collect();
                for (field, words) in [("businessTypes", businesses), ("competesWith", test.competes_with.clone())] {
                    if !words.is_empty() {
                        all.push(Ask::Listed { field: field.into(), words });
                    }
                }
                all.push(Ask::Kind);
            }
            Predicate::Policy(test) => all.push(Ask::Record {
                list: "followsPolicy".into(),
                name: test.not_followed.clone(),
                rule: None,
                covers: Covers { licenses: vec![license.to_owned()], ..Covers::default() },
                reference: String::new(),
            }),
            _ => {}
        }
    }
    all
}
