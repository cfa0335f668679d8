//! Problems of a Licensee's figures.

use crate::manifest::{Reason, licensee::LicenseeSpec, period::Period};

use super::{ShapeProblem, objects::day, shown};

/// What is wrong in `spec.metrics`, in the order of the figures.
pub(super) fn problems(spec: &LicenseeSpec, all: &mut Vec<ShapeProblem>) {
    for (i, metric) in spec.metrics.iter().enumerate() {
        let field = format!("spec.metrics[{i}]");
        if Period::parse(&metric.period).is_none() {
            all.push(ShapeProblem::new(
                Reason::DateInvalid,
                format!("{field}.period"),
                format!("{field}.period {} is no period.", shown(&metric.period)),
                "Write a month (2024-06), a year (2024), a span (2023-01/2026-10), T12M, MAX12M or now.",
            ));
        }
        let dated = matches!(Period::parse(&metric.period), None | Some(Period::Months(_)));
        if metric.as_of.is_none() && !dated {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                format!("{field}.asOf"),
                format!("{field} is for {}, and does not say on which day it was taken.", metric.period),
                "Write asOf, that day: until then it shows nothing to be below a limit.",
            ));
        }
        let figures = [metric.value, metric.at_most, metric.at_least];
        if figures.iter().flatten().count() != 1 {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                field.clone(),
                format!("{field} does not write exactly one of value, atMost and atLeast, and so counts for nothing."),
                "Write one of them.",
            ));
        }
        if figures.iter().flatten().any(|figure| *figure < 0) {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                field.clone(),
                format!("{field} holds a negative figure, and so counts for nothing."),
                "Write the figure in whole units, from 0 on.",
            ));
        }
        if metric.name.is_money() && metric.currency.is_none() {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                format!("{field}.currency"),
                format!("{field} is money, and names no currency."),
                "Write the ISO 4217 code, such as USD.",
            ));
        }
        let rates = metric.rates.iter().enumerate();
        let currencies = rates.clone().map(|(r, rate)| (format!("{field}.rates[{r}].currency"), &rate.currency));
        for (field, currency) in metric.currency.iter().map(|own| (format!("{field}.currency"), own)).chain(currencies)
        {
            let code = currency.len() == 3 && currency.chars().all(|c| c.is_ascii_uppercase());
            if !code {
                all.push(ShapeProblem::new(
                    Reason::LicenseeInvalid,
                    field.clone(),
                    format!("{field} is {}, which is no currency code.", shown(currency)),
                    "Write the three capital letters of ISO 4217, such as USD.",
                ));
            }
        }
        for (r, rate) in rates.filter(|(_, rate)| rate.parts().is_none()) {
            let field = format!("{field}.rates[{r}].rate");
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                field.clone(),
                format!("{field} is {}, which is no number above 0.", shown(&rate.rate)),
                "Write a decimal number in quotes, with a point: \"1.08\".",
            ));
        }
        if let Some(as_of) = &metric.as_of {
            day(&format!("{field}.asOf"), as_of, all);
        }
    }
}
