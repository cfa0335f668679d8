//! Problems of the kinds that the legal and platform teams write: the first decides their `Ready` condition.

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    catalog::Catalog,
    manifest::{
        Reason, inference_runtime::InferenceRuntimeSpec, licensee::LicenseeSpec, model_license::ModelLicenseSpec,
        period::Period, record::Record, selection::Selection, written::YesNo,
    },
};

use super::{ShapeProblem, check_country, none_apart, shown, span};

/// What is wrong in a Licensee, in the order of its fields.
#[must_use]
pub fn licensee_problems(spec: &LicenseeSpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    selection(&spec.selection(), false, &mut all);
    for (field, country) in [("spec.seat", &spec.seat), ("spec.headquarters", &spec.headquarters)] {
        if let Some(country) = country {
            check_country(country, field, catalog, &mut all);
        }
    }
    if let Some(founded) = &spec.founded {
        day("spec.founded", founded, &mut all);
    }
    none_apart("spec.businessTypes", &spec.business_types, &mut all);
    none_apart("spec.competesWith", &spec.competes_with, &mut all);
    metrics(spec, &mut all);
    for (list, records) in spec.records() {
        for (i, record) in records.iter().enumerate() {
            check_record(list, i, record, catalog, &mut all);
            let twice = records.iter().take(i).any(|other| other.name == record.name);
            if twice {
                all.push(ShapeProblem::new(
                    Reason::LicenseeInvalid,
                    format!("spec.{list}[{i}].name"),
                    format!("spec.{list} has two records of the name {}.", shown(&record.name)),
                    "Give each record of a list its own name.",
                ));
            }
        }
    }
    unguarded(&spec.selection(), &mut all);
    all
}

fn metrics(spec: &LicenseeSpec, all: &mut Vec<ShapeProblem>) {
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
        let figures = [metric.value, metric.at_most, metric.at_least];
        if figures.iter().flatten().count() != 1 {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                field.clone(),
                format!("{field} does not write exactly one of value, atMost and atLeast."),
                "Write one of them.",
            ));
        }
        if figures.iter().flatten().any(|figure| *figure < 0) {
            all.push(ShapeProblem::new(
                Reason::LicenseeInvalid,
                field.clone(),
                format!("{field} holds a negative figure."),
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
        if let Some(as_of) = &metric.as_of {
            day(&format!("{field}.asOf"), as_of, all);
        }
    }
}

fn check_record(list: &str, i: usize, record: &Record, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let field = format!("spec.{list}[{i}]");
    if record.covers.is_empty() {
        all.push(ShapeProblem::new(
            Reason::RecordCoversNothing,
            format!("{field}.covers"),
            format!("{field} ({}) says nothing that it covers, and so counts for nothing.", record.name),
            "Write the licenses, models, services or countries that it covers, or all: Yes.",
        ));
    }
    if record.covers.all == Some(YesNo::Unreadable) {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.covers.all"),
            format!("{field}.covers.all is neither Yes nor No."),
            "Write Yes, or leave it out.",
        ));
    }
    for (c, country) in record.covers.countries.iter().enumerate() {
        check_country(country, format_args!("{field}.covers.countries[{c}]"), catalog, all);
    }
    match span(record) {
        Err(text) => all.push(ShapeProblem::new(
            Reason::DateInvalid,
            field.clone(),
            format!(
                "{field} ({}) has {}, which is no day, instant or time zone; the record counts for nothing.",
                record.name,
                shown(&text)
            ),
            "Write YYYY-MM-DD, an instant in RFC 3339, and a time zone such as Asia/Shanghai.",
        )),
        Ok((Some(from), Some(until))) if until <= from => all.push(ShapeProblem::new(
            Reason::DateInvalid,
            field.clone(),
            format!("{field} ({}) ends before it begins.", record.name),
            "Write a later until.",
        )),
        Ok(_) => {}
    }
    let answers_rule = matches!(list, "filings" | "notApplicable");
    if answers_rule && record.rule.is_none() {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.rule"),
            format!("{field} ({}) does not say which rule it answers.", record.name),
            "Write the rule's id, such as cn-genai-filing.",
        ));
    }
    let speaks_of_a_licence = record.rule.as_deref().is_some_and(|rule| rule.contains('/'));
    if speaks_of_a_licence && list != "filings" {
        super::license_rules::term_named(&field, record.rule.as_deref().unwrap_or_default(), catalog, all);
    } else if let Some(rule) = record.rule.as_deref().filter(|rule| answers_rule && !names_rule(list, rule, catalog)) {
        let near = super::nearest(rule, catalog.rules().map(|rule| rule.id.as_str()));
        let near = near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default();
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.rule"),
            format!("{field}.rule is {}, which is no rule that the catalogue lists.{near}", shown(rule)),
            "`modelport catalog rules` lists them.",
        ));
    }
    if list == "notApplicable" && record.reason.is_none() {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.reason"),
            format!("{field} ({}) gives no reason, and so counts for nothing.", record.name),
            "Write why it does not apply, in the words of who decided it.",
        ));
    }
    if list == "notApplicable" && record.who.is_none() {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.who"),
            format!("{field} ({}) does not say who judged it, and so counts for nothing.", record.name),
            "Write who decided that it does not apply.",
        ));
    }
}

/// Whether a record speaks of a rule: by its id or, for a filing, by the key of something that rules ask for.
fn names_rule(list: &str, word: &str, catalog: &Catalog) -> bool {
    catalog.rule(word).is_some() || list == "filings" && catalog.rules().any(|rule| rule.is_named(word))
}

/// What is wrong in a ModelLicense.
#[must_use]
pub fn license_problems(spec: &ModelLicenseSpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    let built_in = catalog.license(&spec.license).is_some();
    match &spec.terms {
        Some(terms) => {
            if terms.id != spec.license {
                all.push(ShapeProblem::new(
                    Reason::ManifestInvalid,
                    "spec.terms.id",
                    format!("spec.terms.id is {}, and spec.license is {}.", shown(&terms.id), shown(&spec.license)),
                    "Name one licence in both.",
                ));
            }
            if built_in && !spec.overrides {
                all.push(ShapeProblem::new(
                    Reason::OverrideNotSaid,
                    "spec.overrides",
                    format!(
                        "{} has built-in terms, and these do not say that they replace them; the built-in ones hold.",
                        spec.license
                    ),
                    "Write overrides: true to replace them.",
                ));
            }
            for condition in &terms.conditions {
                let atoms = condition.when.all_of.iter().chain(&condition.when.any_of).chain(&condition.unless);
                if atoms.clone().any(|atom| atom.predicate().is_none()) || atoms.count() == 0 {
                    all.push(ShapeProblem::new(
                        Reason::PredicateNotSupported,
                        format!("spec.terms.conditions[{}]", condition.id),
                        format!(
                            "condition {} does not ask exactly one kind of question in each of its atoms.",
                            shown(&condition.id)
                        ),
                        "Set one member in each atom of when and unless.",
                    ));
                }
            }
        }
        None if !built_in => all.push(ShapeProblem::new(
            Reason::LicenseUnknown,
            "spec.license",
            format!(
                "spec.license is {}, which the catalogue does not list, and no terms are written.",
                shown(&spec.license)
            ),
            "Write the terms, or the id of a licence that `modelport catalog licenses` lists.",
        )),
        None => {}
    }
    if spec.terms.is_none() && spec.models.is_empty() && spec.reviews.is_empty() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.models",
            "neither terms nor models nor reviews are written.",
            "Write the terms of the licence, which models are under it, or who reviewed it.",
        ));
    }
    for (i, review) in spec.reviews.iter().enumerate() {
        day(&format!("spec.reviews[{i}].date"), &review.date, &mut all);
    }
    all
}

/// What is wrong in an InferenceRuntime called `name`.
#[must_use]
pub fn runtime_problems(name: &str, spec: &InferenceRuntimeSpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    if catalog.engine(name).is_some() && !spec.overrides {
        all.push(ShapeProblem::new(
            Reason::OverrideNotSaid,
            "spec.overrides",
            format!("{name} is a built-in engine, and this does not say that it replaces it; the built-in one holds."),
            "Write overrides: true to replace it.",
        ));
    }
    if spec.engine.image.trim().is_empty() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.engine.image",
            "spec.engine.image is empty.",
            "Write the engine's image, best with its digest.",
        ));
    }
    if spec.engine.formats.is_empty() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.engine.formats",
            "spec.engine.formats names no file format that the engine serves.",
            "Write the formats, such as gguf or safetensors.",
        ));
    }
    all
}

pub(super) fn selection(selection: &Selection<'_>, default: bool, all: &mut Vec<ShapeProblem>) {
    let ways = [selection.namespaces.is_some(), selection.selector.is_some(), default];
    if ways.into_iter().filter(|way| *way).count() != 1 {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec",
            "not exactly one way to select namespaces is written, and so none is selected.",
            "Write one of namespaces and namespaceSelector ({} selects all).",
        ));
    }
}

/// A label that a tenant may write lets him choose what selects him.
pub(super) fn unguarded(selection: &Selection<'_>, all: &mut Vec<ShapeProblem>) {
    for key in selection.unguarded_keys() {
        all.push(ShapeProblem::new(
            Reason::SelectorUnguarded,
            "spec.namespaceSelector",
            format!("namespaces are selected by the label {key}, which a tenant may be able to write."),
            "Select by namespaces, or by the label kubernetes.io/metadata.name.",
        ));
    }
}

fn day(field: &str, text: &str, all: &mut Vec<ShapeProblem>) {
    let readable = text.parse::<Date>().is_ok_and(|day| day.to_zoned(TimeZone::UTC).is_ok());
    if !readable {
        all.push(ShapeProblem::new(
            Reason::DateInvalid,
            field,
            format!("{field} {} is no day.", shown(text)),
            "Write YYYY-MM-DD.",
        ));
    }
}
