//! Problems of the kinds that the legal and platform teams write: the first decides their `Ready` condition.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    catalog::{Catalog, condition::Condition, predicate::Predicate, words::BusinessType},
    manifest::{
        Reason, inference_runtime::InferenceRuntimeSpec, licensee::LicenseeSpec, model_license::ModelLicenseSpec,
        record::Record, written::YesNo,
    },
};

use super::{
    Likeness, Reading, ShapeProblem, business, check_country,
    dates::no_day,
    figures, none_apart, rival,
    selection::{selection, unguarded},
    shown, span,
};

/// What is wrong in a Licensee, in the order of its fields.
#[must_use]
pub fn licensee_problems(spec: &LicenseeSpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    selection(&spec.selection(), false, Reason::LicenseeInvalid, &mut all);
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
    freely_written(spec, catalog, &mut all);
    figures::problems(spec, &mut all);
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

/// Words of the two lists that stand for one of the catalogue's, or may.
fn freely_written<'a>(spec: &LicenseeSpec, catalog: &'a Catalog, all: &mut Vec<ShapeProblem>) {
    let businesses: Vec<&str> = BusinessType::ALL.iter().map(|business| business.word()).collect();
    let atoms_of = |condition: &'a Condition| condition.when.all_of.iter().chain(&condition.when.any_of);
    let atoms = catalog.licenses().flat_map(|license| &license.conditions).flat_map(atoms_of);
    let rivals: BTreeSet<&str> = atoms
        .filter_map(|atom| match atom.predicate() {
            Some(Predicate::Licensee(test)) => Some(&test.competes_with),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    let rivals: Vec<&str> = rivals.into_iter().collect();
    let lists: [(_, _, _, Reading); 2] = [
        ("spec.businessTypes", &spec.business_types, businesses, business),
        ("spec.competesWith", &spec.competes_with, rivals, rival),
    ];
    for (list, written, known, reading) in lists {
        for (i, word) in written.iter().enumerate() {
            let like = |likeness| known.iter().find(|known| reading(word, known) == likeness);
            if known.contains(&word.as_str()) {
                continue;
            }
            let field = format!("{list}[{i}]");
            let (sentence, known) = match (like(Likeness::Same), like(Likeness::Near)) {
                (Some(known), _) => (format!("{field} is {}, and is read as {known}.", shown(word)), known),
                (None, Some(known)) => (format!("{field} is {}, which may stand for {known}.", shown(word)), known),
                (None, None) => continue,
            };
            let remedy = format!("Write {known}, or another word for what it is.");
            all.push(ShapeProblem::new(Reason::LicenseeInvalid, field, sentence, remedy));
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
    for (l, license) in record.covers.licenses.iter().enumerate() {
        let at = format!("{field}.covers.licenses[{l}]");
        super::license_rules::no_license(&at, license, catalog, all);
    }
    for (m, model) in record.covers.models.iter().enumerate() {
        super::license_rules::no_model(&format!("{field}.covers.models[{m}]"), model, Reason::LicenseeInvalid, all);
    }
    for (c, country) in record.covers.countries.iter().enumerate() {
        check_country(country, format_args!("{field}.covers.countries[{c}]"), catalog, all);
    }
    sha256(&format!("{field}.textSha256"), record.text_sha256.as_deref(), Reason::LicenseeInvalid, all);
    match span(record) {
        Err(text) => {
            let (is, remedy) = no_day(&text, "an instant in RFC 3339, and a time zone such as Asia/Shanghai");
            let sentence =
                format!("{field} ({}) has {}, {is}; the record counts for nothing.", record.name, shown(&text));
            all.push(ShapeProblem::new(Reason::DateInvalid, field.clone(), sentence, remedy));
        }
        Ok((Some(from), Some(until))) if until <= from => all.push(ShapeProblem::new(
            Reason::DateInvalid,
            field.clone(),
            format!("{field} ({}) ends before it begins.", record.name),
            "Write a later until.",
        )),
        Ok(_) => {}
    }
    let answers_rule = matches!(list, "filings" | "notApplicable");
    if answers_rule && record.rule.is_none() && !names_rule(list, &record.name, catalog) {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.rule"),
            format!("{field} ({}) does not say which rule it answers, and so answers none.", record.name),
            format!("Write the rule's id in {field}.rule, such as cn-genai-filing."),
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
    let lifts = matches!(list, "separateLicenses" | "registered" | "followsPolicy");
    if let Some(lacks) = record.lacks().filter(|_| lifts) {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            field.clone(),
            format!("{field} ({}) does not say {lacks}, and so lifts no term of a licence.", record.name),
            "Write who, and when or reference.",
        ));
    }
    if list == "notApplicable" && record.grounds().is_none() {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            format!("{field}.reason"),
            format!("{field} ({}) gives no reason, and so counts for nothing.", record.name),
            "Write why it does not apply, in the words of who decided it.",
        ));
    }
    if list == "notApplicable" && record.maker().is_none() {
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

/// Whether a word is a licence that the catalogue lists: by its id in any case, by a tag of the hubs, or as an expression of
/// such words.
fn names_license(written: &str, catalog: &Catalog) -> bool {
    let known = |word: &str| catalog.license_in_any_case(word).is_some() || catalog.tagged(word).next().is_some();
    let words = written.split(|c: char| c.is_whitespace() || "()".contains(c)).filter(|word| !word.is_empty());
    let mut words = words.filter(|word| !matches!(*word, "AND" | "OR")).peekable();
    known(written) || words.peek().is_some() && words.all(known)
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
        None if !names_license(&spec.license, catalog) => all.push(ShapeProblem::new(
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
    for (m, model) in spec.models.iter().enumerate() {
        super::license_rules::no_model(&format!("spec.models[{m}]"), model, Reason::ManifestInvalid, &mut all);
    }
    for (i, review) in spec.reviews.iter().enumerate() {
        day(&format!("spec.reviews[{i}].date"), &review.date, &mut all);
        for (name, text) in [("textSha256", &review.text_sha256), ("entrySha256", &review.entry_sha256)] {
            sha256(&format!("spec.reviews[{i}].{name}"), text.as_deref(), Reason::ManifestInvalid, &mut all);
        }
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

/// A hash that is none is that of no text.
fn sha256(field: &str, text: Option<&str>, reason: Reason, all: &mut Vec<ShapeProblem>) {
    const DIGITS: usize = 64;
    let is_one = |text: &&str| text.len() == DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let Some(text) = text.filter(|text| !is_one(text)) else { return };
    all.push(ShapeProblem::new(
        reason,
        field,
        format!("{field} is {}, which is no SHA-256.", shown(text)),
        format!("Write what sha256sum prints of the text: {DIGITS} small hexadecimal digits."),
    ));
}

pub(super) fn day(field: &str, text: &str, all: &mut Vec<ShapeProblem>) {
    let readable = text.parse::<Date>().is_ok_and(|day| day.to_zoned(TimeZone::UTC).is_ok());
    if !readable {
        let (is, remedy) = no_day(text, "");
        all.push(ShapeProblem::new(Reason::DateInvalid, field, format!("{field} is {}, {is}.", shown(text)), remedy));
    }
}
