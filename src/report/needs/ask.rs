//! What a finding asks for, and how a value is filled in.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::{
    catalog::{
        atom::{MetricTest, StateName},
        condition::Condition,
        license::License,
        obligation::DutyKind,
        predicate::Predicate,
    },
    decide::{
        Decision, Effect, Finding,
        cure::{self, Cure},
    },
    facts::Fact,
    manifest::{
        Reason,
        licensee::LicenseeSpec,
        model_deployment::ModelDeploymentSpec,
        model_license::ModelLicenseSpec,
        record::{Covers, Metric, MetricName, Record, Scope},
        written::WrittenCountry,
    },
};

use super::{
    answers::{attributes, figures},
    conditions,
    filing::filings,
    judged::{self, NOT_APPLICABLE},
    license,
    trial::Trial,
};

/// An object that somebody writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all_fields = "camelCase")]
pub enum Object {
    /// The organisation.
    Licensee {
        /// Its name.
        name: String,
        /// Whether it is there already.
        exists: bool,
        /// The namespaces that a new one would select.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        namespaces: Vec<String>,
    },
    /// The deployment itself.
    ModelDeployment {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A new ModelLicense.
    ModelLicense,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Ask {
    /// A field of the manifest, which its author declares.
    Declared {
        /// Its path below `spec`.
        field: String,
        /// What was tried.
        #[serde(skip)]
        tried: Value,
    },
    /// The seat.
    Seat {
        /// What was tried.
        #[serde(skip)]
        tried: String,
    },
    /// The kind of organisation.
    Kind,
    /// A list of words of the Licensee.
    Listed {
        /// Its field.
        field: String,
        /// The words that the licence asks about.
        words: Vec<String>,
    },
    /// A figure.
    Figure {
        /// What is counted.
        name: MetricName,
        /// Whose figure.
        scope: Scope,
        /// Of the people of which country, where not of people anywhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        country: Option<String>,
        /// For when.
        period: String,
        /// In which currency.
        #[serde(skip_serializing_if = "Option::is_none")]
        currency: Option<String>,
    },
    /// A dated record.
    Record {
        /// The list of the Licensee that it goes into.
        list: String,
        /// A name for it.
        name: String,
        /// The rule that a filing answers, or the duty that is met.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<String>,
        /// What it covers.
        covers: Covers,
        /// What its reference is, in words.
        #[serde(skip)]
        reference: String,
    },
    /// Which licence a model is under.
    License {
        /// The model.
        model: String,
        /// Licences that come into question; empty: any.
        candidates: Vec<String>,
    },
}

/// The field that names base models.
pub(super) const BASE_MODELS: &str = "spec.model.baseModels";

/// What could settle a finding, likeliest first.
pub(super) fn candidates(trial: &Trial<'_>, decision: &Decision, finding: &Finding) -> Vec<Ask> {
    if finding.effect > Effect::Waits {
        return Vec::new();
    }
    let terms = conditions(trial.facts, finding);
    let license = finding.subject.license.as_deref().and_then(|id| license(trial.facts, id));
    let records = |list: &str| license.map(|license| record(list, license)).into_iter();
    let cures = || terms.iter().filter_map(|(license, condition)| cured(license, condition)).collect();
    match finding.reason {
        Reason::DeclarationMissing => {
            let states: Vec<StateName> = terms.iter().flat_map(|(_, condition)| states(condition)).collect();
            let filled = fillings(finding.about.trim_start_matches("spec."), &states).into_iter();
            filled.map(|tried| Ask::Declared { field: finding.about.clone(), tried }).collect()
        }
        Reason::SeatMissing | Reason::LicenseeInvalid => {
            ["SG", "CH", "US", "CN"].map(|tried| Ask::Seat { tried: tried.into() }).into()
        }
        Reason::LicenseeMissing => vec![Ask::Kind],
        Reason::FigureMissing => {
            let today = super::trial::day(Some(trial.facts.now));
            terms.iter().flat_map(|(_, condition)| metrics(condition)).flat_map(|test| figures(test, today)).collect()
        }
        Reason::LicenseeIncomplete => {
            terms.iter().flat_map(|(license, condition)| attributes(&license.id, condition)).collect()
        }
        Reason::AcceptanceMissing => records("accepted").collect(),
        Reason::ObligationUnmet => match (finding.subject.duty, license) {
            (Some(duty), Some(license)) => duty_met(duty, license).into_iter().collect(),
            _ => Vec::new(),
        },
        // What has ended is a record about a term, an acceptance, or the filing of a rule.
        Reason::RecordEnded if !terms.is_empty() => cures(),
        Reason::RecordEnded if license.is_some() => records("accepted").collect(),
        Reason::RecordEnded | Reason::FilingMissing => filings(trial, decision, finding),
        Reason::LicenseUnknown | Reason::LicenseAmbiguous => {
            let (model, candidates) = (finding.subject.model.clone(), finding.subject.candidates.clone());
            let model = model.or_else(|| decision.model.name.clone()).unwrap_or_default();
            made_from(finding).into_iter().chain([Ask::License { model, candidates }]).collect()
        }
        Reason::PredicateNotSupported => judged::of_text_alone(&terms, decision).collect(),
        Reason::LicenseConflict => made_from(finding).into_iter().collect(),
        _ if finding.effect == Effect::Refuses => cures(),
        _ => Vec::new(),
    }
}

/// The base model, where the model's name says which one that is.
fn made_from(finding: &Finding) -> Option<Ask> {
    let base = finding.subject.made_from.as_deref()?;
    Some(Ask::Declared { field: BASE_MODELS.into(), tried: serde_json::json!([base]) })
}

/// The record that lifts a term, where a general one does.
fn cured(license: &License, condition: &Condition) -> Option<Ask> {
    match cure::of_term(license, condition) {
        Cure::Records(lists) => lists.first().map(|list| record(list, license)),
        Cure::GrantByName => None,
    }
}

/// The record that shows a duty to be met.
fn duty_met(duty: DutyKind, license: &License) -> Option<Ask> {
    let list = cure::of_duty(duty)?;
    if list != "followsPolicy" {
        return Some(record(list, license));
    }
    Some(Ask::Record {
        list: list.into(),
        name: slug(&format!("{} {}", license.short, duty.word())),
        rule: Some(format!("{}/{}", license.id, duty.word())),
        covers: Covers { licenses: vec![license.id.clone()], ..Covers::default() },
        reference: String::new(),
    })
}

/// A new record that covers a licence; its name follows the licence's.
fn record(list: &str, license: &License) -> Ask {
    Ask::Record {
        list: list.into(),
        name: slug(&license.short),
        rule: None,
        covers: Covers { licenses: vec![license.id.clone()], ..Covers::default() },
        reference: String::new(),
    }
}

pub(super) fn predicates(condition: &Condition) -> impl Iterator<Item = Predicate<'_>> {
    let atoms = condition.when.all_of.iter().chain(&condition.when.any_of).chain(&condition.unless);
    atoms.filter_map(crate::catalog::Atom::predicate)
}

fn metrics(condition: &Condition) -> Vec<&MetricTest> {
    predicates(condition)
        .filter_map(|predicate| if let Predicate::Metric(test) = predicate { Some(test) } else { None })
        .collect()
}

fn states(condition: &Condition) -> Vec<StateName> {
    predicates(condition)
        .filter_map(|predicate| if let Predicate::State(test) = predicate { Some(test.name) } else { None })
        .collect()
}

impl Ask {
    /// Fills a value into a Licensee: the least that answers.
    pub(super) fn fill_licensee(&self, spec: &mut LicenseeSpec, today: Date) {
        match self {
            Self::Seat { tried } => spec.seat = Some(WrittenCountry::Text(tried.clone())),
            Self::Listed { field, .. } => {
                let none = vec!["none".to_owned()];
                if field == "competesWith" { spec.competes_with = none } else { spec.business_types = none }
            }
            Self::Figure { name, scope, country, period, currency } => spec.metrics.push(Metric {
                name: *name,
                scope: *scope,
                product: None,
                country: country.clone().map(WrittenCountry::Text),
                period: period.clone(),
                value: Some(0),
                at_most: None,
                at_least: None,
                currency: currency.clone(),
                rates: Vec::new(),
                source: None,
                as_of: Some(today.to_string()),
                disclose: crate::manifest::record::Disclose::default(),
            }),
            Self::Record { list, name, rule, covers, .. } => {
                let records = match list.as_str() {
                    "accepted" => &mut spec.accepted,
                    "registered" => &mut spec.registered,
                    "separateLicenses" => &mut spec.separate_licenses,
                    "followsPolicy" => &mut spec.follows_policy,
                    NOT_APPLICABLE => &mut spec.not_applicable,
                    _ => &mut spec.filings,
                };
                records.push(Record {
                    name: name.clone(),
                    covers: covers.clone(),
                    who: Some("legal".into()),
                    when: Some(today.to_string()),
                    rule: rule.clone(),
                    reason: (list == NOT_APPLICABLE).then(|| "judged".into()),
                    ..Record::default()
                });
            }
            Self::Kind | Self::Declared { .. } | Self::License { .. } => {}
        }
    }

    /// Fills a value into a manifest.
    pub(super) fn fill_deployment(&self, spec: &mut ModelDeploymentSpec) {
        let Self::Declared { field, tried } = self else { return };
        let Ok(mut value) = serde_json::to_value(&*spec) else { return };
        let mut at = &mut value;
        for part in field.trim_start_matches("spec.").split('.') {
            let Value::Object(map) = at else { return };
            at = map.entry(part).or_insert_with(|| Value::Object(serde_json::Map::new()));
        }
        *at = tried.clone();
        if let Ok(filled) = serde_json::from_value(value) {
            *spec = filled;
        }
    }

    /// The ModelLicense that would say it.
    pub(super) fn model_license(&self) -> Option<Fact<ModelLicenseSpec>> {
        let Self::License { model, candidates } = self else { return None };
        let spec = ModelLicenseSpec {
            license: candidates.first().cloned().unwrap_or_else(|| "Apache-2.0".into()),
            models: vec![model.clone()],
            ..serde_json::from_value(serde_json::json!({"license": ""})).ok()?
        };
        Some(Fact::new("filled-in", None, spec))
    }
}

/// Values that a field of the manifest can be tried with.
fn fillings(field: &str, states: &[StateName]) -> Vec<Value> {
    let words = |words: &[&str]| words.iter().map(|word| Value::from(*word)).collect();
    match field.rsplit('.').next().unwrap_or(field) {
        "audience" => words(&["internal", "public"]),
        "purpose" => words(&["evaluation", "research", "commercial", "internal-business"]),
        "role" => words(&["licensee"]),
        "serves" | "countries" => vec![serde_json::json!(["SG"]), serde_json::json!(["CN"])],
        "sectors" => vec![serde_json::json!(["none"])],
        "framework" => words(&["other"]),
        "edgeDevices" | "outputTokensPerMonth" => vec![Value::from(0)],
        "assurances" => states.iter().map(|state| serde_json::json!([word(state)])).collect(),
        _ => words(&["No", "Yes"]),
    }
}

/// How a word of ours is written.
pub(in crate::report) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// A name in the form that Kubernetes likes.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let short: String = slug.chars().take(MAX_NAME_CHARS).collect();
    short.trim_end_matches('-').to_owned()
}

/// Longest name of a record, in characters.
const MAX_NAME_CHARS: usize = 64;
