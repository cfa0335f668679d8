//! Sentences about figures: one that passes a limit, one that does not, one that is missing or does not answer.

use crate::{
    catalog::{
        atom::{Comparator, MetricTest, Window},
        words::{LicenseeKind, Scope},
    },
    manifest::{
        period::Period,
        record::{Disclose, Metric},
        shape::shown,
    },
};

use super::super::{
    case::Case,
    due,
    metric::{self, Figure, Founding, Unfit, Why},
};
use super::{Said, license::records, list_of, number, the_licensee};

/// A figure passes a limit.
pub(super) fn passed(case: &Case<'_>, test: &MetricTest, figure: Figure<'_>) -> String {
    let (licensee, whose) = (the_licensee(case), whose(case, figure.metric));
    let period = metric::answered_words(test, &figure, case.today);
    let figure = figure.metric;
    let (side, limit) = match test.comparator {
        Comparator::GreaterThan => ("above", number(test.value)),
        Comparator::AtLeast => ("at or above", number(test.value)),
    };
    let (converted, origin) = (converted(test, figure), origin(figure, &period));
    if let (Disclose::Value, Some(value)) = (figure.disclose, figure.value) {
        let value = number(value);
        return format!("{licensee} records {value} for {whose}, {period}{origin}{converted}, which is {side} {limit}");
    }
    format!("the figure that {licensee} records for {whose}, {period}{origin}{converted}, is {side} it")
}

/// Whose figure it is: a product by its name, where it is another than the one that is deployed here.
fn whose(case: &Case<'_>, figure: &Metric) -> String {
    match figure.product.as_deref().filter(|_| figure.scope == Scope::Product) {
        Some(product) if !case.is_product(product) => format!("its product {product}"),
        _ => metric::scope_words(figure.scope).to_owned(),
    }
}

/// A figure does not pass a limit.
pub(super) fn cleared(case: &Case<'_>, test: &MetricTest, figure: &Figure<'_>) -> String {
    let side = match test.comparator {
        Comparator::GreaterThan => "not above",
        Comparator::AtLeast => "below",
    };
    let (whose, period) = (metric::scope_words(figure.metric.scope), metric::answered_words(test, figure, case.today));
    let (converted, limit) = (converted(test, figure.metric), number(test.value));
    [metric::name_words(test.name), " of ", whose, ", ", &period, &converted, ": ", side, " ", &limit].concat()
}

/// In which currency a figure is and by which rate it answered, where that is not the licence's own.
fn converted(test: &MetricTest, figure: &Metric) -> String {
    match (&figure.currency, &test.currency) {
        (Some(own), Some(asked)) if own != asked && test.name.is_money() => {
            format!(", in {own}, by a factor of two at {}", rate_words(figure, asked))
        }
        _ => String::new(),
    }
}

/// "the rate of 2026-11-01 recorded with it".
fn rate_words(figure: &Metric, asked: &str) -> String {
    let day = figure.rates.iter().find(|rate| rate.currency == asked).and_then(|rate| rate.as_of.as_deref());
    match day {
        Some(day) => format!("the rate of {day} recorded with it"),
        None => "the rate recorded with it, which has no date".into(),
    }
}

/// Where a figure is from and when it was taken, as far as that is recorded and not said with its period.
fn origin(figure: &Metric, period: &str) -> String {
    match (figure.source.as_deref(), figure.as_of.as_deref().filter(|day| !period.contains(day))) {
        (Some(source), Some(day)) => format!(" ({source}, taken {day})"),
        (Some(source), None) => format!(" ({source})"),
        (None, Some(day)) => format!(" (taken {day})"),
        (None, None) => String::new(),
    }
}

/// No figure answers: what is asked, and what is recorded instead and why that does not answer.
pub(super) fn missing(case: &Case<'_>, term: &str, test: &MetricTest, unfit: Option<Unfit<'_>>) -> Said {
    let period = match (due::oldest(test, case.clock()), metric::asked(test, case.today)) {
        (Some(oldest), Some(asked)) if oldest != asked => format!("{} or later", oldest.words()),
        _ => metric::asked_words(test, case.today),
    };
    let (name, whose) = (metric::name_words(test.name), metric::scope_words(test.scope));
    let person = case.licensee().is_some_and(|fact| fact.spec.kind == LicenseeKind::NaturalPerson);
    let whose = if person && test.scope == Scope::Employer { "the employer" } else { whose };
    let what = format!("{name}{} of {whose}, {period}", metric::people_words(test));
    let founded = founded(case, test).map(|words| format!("; {words}")).unwrap_or_default();
    let list = list_of(case, "metrics");
    let how = match metric::window(test) {
        Window::AnyTwelveConsecutiveMonths => "the figure, or a bound, with period MAX12M and its day in asOf",
        _ => "the figure, or a bound over a span of periods",
    };
    let remedy = || format!("Who keeps the figures records it in {list}: {how}.");
    let Some(unfit) = unfit else {
        return (format!("{term}; {} no figure for {what}{founded}.", records(case)), remedy());
    };
    if unfit.why == Why::Period {
        let has = format!("; what it records is for {}, which does not answer", unfit.metric.period);
        return (format!("{term}; {} no figure for {what}{has}{founded}.", records(case)), remedy());
    }
    let (why, mend) = does_not_answer(case, test, unfit);
    (
        format!(
            "{term}; {} no figure that settles {what}: {} {why}{founded}.",
            records(case),
            figure_words(unfit.metric)
        ),
        mend.map_or_else(remedy, |mend| format!("Who keeps the figures {mend} in {list}.")),
    )
}

/// When a figure was taken, as far as that is recorded.
fn taken(figure: &Metric) -> String {
    figure.as_of.as_deref().map(|day| format!("taken {day}, ")).unwrap_or_default()
}

/// What rules of places ask about, where no figure settles it: the one that comes nearest, and what else is missing.
pub(super) fn open(case: &Case<'_>, cite: &str, tests: &[&MetricTest]) -> Option<Said> {
    let fact = case.licensee()?;
    let missing: Vec<(&MetricTest, Option<Unfit<'_>>)> = tests
        .iter()
        .filter_map(|test| match metric::answer(test, &fact.spec, case) {
            metric::Answer::Missing(unfit) => Some((*test, unfit)),
            _ => None,
        })
        .collect();
    let (test, unfit) = missing.iter().find(|(_, unfit)| unfit.is_some()).or_else(|| missing.first())?;
    let (sentence, remedy) = self::missing(case, &format!("{cite} from {} on", limit(test)), test, *unfit);
    let others = missing.iter().filter(|(other, _)| !std::ptr::eq(*other, *test)).map(|(other, _)| limit(other));
    let others: Vec<String> = others.collect();
    if others.is_empty() {
        return Some((sentence, remedy));
    }
    Some((format!("{} Nor does any settle {}.", sentence, others.join(", nor ")), remedy))
}

/// The figures that a rule of a place asks about and that reach its limit, each with its day and the limit.
pub(super) fn reached(case: &Case<'_>, tests: &[&MetricTest]) -> Vec<String> {
    let Some(fact) = case.licensee() else { return Vec::new() };
    let words = |test: &&MetricTest| match metric::answer(test, &fact.spec, case) {
        metric::Answer::Passed(figure) => Some(format!("{}: {}", limit(test), passed(case, test, figure))),
        _ => None,
    };
    tests.iter().filter_map(words).collect()
}

/// "1,000,000 daily active users in KR", "KRW 10,000,000,000 annual revenue".
fn limit(test: &MetricTest) -> String {
    let currency = test.currency.as_deref().map(|code| format!("{code} ")).unwrap_or_default();
    let (name, people) = (metric::name_words(test.name), metric::people_words(test));
    format!("{currency}{} {name}{people}", number(test.value))
}

/// "the one for its group, T12M": without the number, which may not be for others to see.
fn figure_words(figure: &Metric) -> String {
    let what = match (figure.at_most, figure.at_least) {
        (Some(_), None) => "the upper bound",
        (None, Some(_)) => "the lower bound",
        _ => "the one",
    };
    let period = match Period::parse(&figure.period) {
        Some(Period::Months(months)) => months.words(),
        _ => figure.period.clone(),
    };
    let whose = if figure.scope == Scope::Employer { "the employer" } else { metric::scope_words(figure.scope) };
    format!("{what} for {whose}, {period},")
}

/// What the question is about may be larger than what a figure below the limit is of, or smaller than what one above it is.
fn of_another_size(test: &MetricTest, figure: &Metric) -> Option<&'static str> {
    let size = |scope| match scope {
        Scope::Product => 0,
        Scope::Licensee => 1,
        Scope::Group | Scope::Employer => 2,
    };
    let passes = |number: i64| u64::try_from(number).is_ok_and(|n| test.comparator.triggers(n, test.value));
    let (of, asked) = (size(figure.scope), size(test.scope));
    if of < asked && figure.value.or(figure.at_most).is_some_and(|number| !passes(number)) {
        return Some("larger");
    }
    (of > asked && figure.value.or(figure.at_least).is_some_and(passes)).then_some("smaller")
}

/// Why a figure does not answer, and what its keeper mends, where that is more than to record another one.
fn does_not_answer(case: &Case<'_>, test: &MetricTest, unfit: Unfit<'_>) -> (String, Option<String>) {
    let figure = unfit.metric;
    let asked = test.currency.as_deref().unwrap_or("the licence's currency");
    let own = figure.currency.as_deref().unwrap_or("no currency");
    match unfit.why {
        Why::NotSettled if figure.country.is_none() && test.country.is_some() => {
            let (day, of) = (taken(figure), test.country.as_deref().unwrap_or_default());
            let what = test.aggregation.as_deref().map(|words| format!(", {words},")).unwrap_or_default();
            (format!("{day}counts people anywhere"), Some(format!("records the one for {of} alone{what}")))
        }
        Why::NotSettled if test.country.is_none() && figure.country.is_some() => {
            (format!("{}counts people of one country alone", taken(figure)), None)
        }
        Why::NotSettled if figure.scope == Scope::Employer => {
            ("is of an employer, and only a person has one".into(), Some("records that of its group".into()))
        }
        Why::NotSettled if let Some(may) = of_another_size(test, figure) => {
            let (own, asked) = (metric::scope_words(figure.scope), metric::scope_words(test.scope));
            (format!("is of {own}, and {asked} may be {may}"), Some(format!("records that of {asked}")))
        }
        Why::NotSettled if figure.at_most.is_some() => ("reaches above the limit".into(), None),
        Why::NotSettled if figure.at_least.is_some() => ("does not pass the limit".into(), None),
        Why::NotSettled | Why::Period => ("does not settle it".into(), None),
        Why::NearLimit => {
            let why = format!("is in {own}, and within a factor of two of the limit at {}", rate_words(figure, asked));
            (why, Some(format!("records it in {asked}")))
        }
        Why::Rate => {
            let rate = figure.rates.iter().find(|rate| rate.currency == asked).map_or("", |rate| rate.rate.as_str());
            (
                format!(
                    "is in {own}, and {} recorded with it as its rate in {asked} is no number above 0",
                    shown(rate)
                ),
                Some("writes the rate as a decimal number such as \"1.08\"".into()),
            )
        }
        Why::Currency => match &figure.currency {
            None => ("names no currency".into(), Some("writes it".into())),
            Some(own) if !is_code(own) => (
                format!("is in {}, which is no currency code", shown(own)),
                Some(if means(own, asked) {
                    format!("writes {asked}")
                } else {
                    "writes the ISO 4217 code of the currency".into()
                }),
            ),
            Some(own) => (
                format!("is in {own}, with no rate in {asked}"),
                Some(format!("writes the rate in {asked}, or the figure in {asked},")),
            ),
        },
        Why::Old(day, since) => {
            let since = since.map(|since| format!(", and is too old since {since}")).unwrap_or_default();
            (format!("was taken on {day}{since}"), None)
        }
        Why::Part => (
            "is not above the limit, and says nothing of other months".into(),
            Some("records the highest of any twelve months, with period MAX12M and its day in asOf,".into()),
        ),
        Why::Undated => ("does not say on which day it was taken".into(), Some("writes that day, asOf,".into())),
        Why::Ahead(day) => (format!("is of {day}, which has not come"), None),
        Why::Early(day) => (format!("was taken on {day}, before that was over"), None),
        Why::Product => {
            let product = figure.product.as_deref().unwrap_or_default();
            let service = case.service();
            (
                format!(
                    "is of the product {}, and {service} does not say in spec.usage.product that it serves that one",
                    shown(product)
                ),
                Some(format!("records that of the product of {service}")),
            )
        }
        Why::NoDay => {
            let day = shown(figure.as_of.as_deref().unwrap_or_default());
            (format!("was taken on {day}, which is no day"), Some("mends that day, asOf,".into()))
        }
        Why::NoFigure => (
            "does not write exactly one of value, atMost and atLeast, from 0 on, and so counts for nothing".into(),
            Some("writes one of them".into()),
        ),
    }
}

/// Whether a currency is written as a code.
fn is_code(currency: &str) -> bool {
    currency.len() == 3 && currency.chars().all(|c| c.is_ascii_uppercase())
}

/// Whether another word for a currency means this code.
fn means(written: &str, code: &str) -> bool {
    let written = written.trim().to_ascii_uppercase();
    let words: &[&str] = match code {
        "USD" => &["US$", "$", "US DOLLAR", "US DOLLARS"],
        "EUR" => &["€", "EURO", "EUROS"],
        "CNY" => &["RMB", "¥", "YUAN"],
        _ => &[],
    };
    written == code || words.contains(&written.as_str())
}

/// Why the founding day that is recorded does not settle a question about a frozen time.
fn founded(case: &Case<'_>, test: &MetricTest) -> Option<String> {
    let spec = &case.licensee()?.spec;
    let day = spec.founded.as_deref()?;
    Some(match metric::founding(test, spec, case) {
        Founding::Unsaid | Founding::Later => return None,
        Founding::There => format!("founded {day}, it was there already"),
        Founding::OfAParent => {
            format!("founded {day} says nothing of its parent, whose headquarters are recorded in another country")
        }
        Founding::Ahead => format!("founded {day} has not come"),
        Founding::NoDay => format!("founded {} is no day", shown(day)),
    })
}
