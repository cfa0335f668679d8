//! Every term of every licence that applies: its questions, the value that answers each, where that value stands, and
//! what it came to. Those that passed too. To explain: what it came to is taken from the decision, never made here.

use serde::Serialize;

use crate::{
    catalog::{
        Atom,
        atom::{Comparator, LicenseeTest, MetricTest, PlaceTest, StateName, StateTest, Window},
        condition::{Condition, Effect as Follows},
        license::License,
        predicate::Predicate,
    },
    decide::{Decision, Effect, Finding, Request, number},
    facts::{Fact, Facts},
    manifest::{
        Reason,
        licensee::LicenseeSpec,
        record::{Disclose, Metric},
        usage::Usage,
        written::{WrittenCountry, YesNo},
    },
};

use super::needs::{license, word};

/// One term of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Id of the licence.
    pub license: String,
    /// Its short name.
    pub short: String,
    /// Name of the term, unique in its licence.
    pub condition: String,
    /// How the clause is cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What it says.
    pub sentence: String,
    /// Whether somebody read it in the text.
    pub verified: bool,
    /// What it came to: `refused`, `waits`, `warns`, `pass`, `owed`, `narrows`, or `open` where the organisation is not
    /// known.
    pub outcome: &'static str,
    /// Its questions.
    pub questions: Vec<Question>,
    /// The records of the Licensee by which it is out of the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

/// One question of a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// `if`, `or` (one of several), `unless`.
    pub part: &'static str,
    /// What is asked.
    pub asks: String,
    /// What is known.
    pub value: String,
    /// Where that stands.
    pub source: String,
}

/// The terms of every licence of a decision, in order.
#[must_use]
pub fn trail(request: &Request<'_>, facts: &Facts<'_>, decision: &Decision) -> Vec<Step> {
    let speaks = |fact: &&&Fact<LicenseeSpec>| fact.spec.selection().selects(request.namespace, facts.namespace_labels);
    let mut speakers = facts.licensees.iter().copied().filter(|fact| speaks(&fact));
    let licensee = speakers.next().filter(|_| speakers.next().is_none());
    let known = Known { usage: &request.spec.usage, request, licensee };
    let mut steps = Vec::new();
    for license in decision.model.licenses.iter().filter_map(|(id, _)| license(facts, id)) {
        for condition in &license.conditions {
            steps.push(Step {
                license: license.id.clone(),
                short: license.short.clone(),
                condition: condition.id.clone(),
                clause: condition.cite(),
                sentence: condition.sentence.clone(),
                verified: condition.verified.is_yes(),
                outcome: outcome(decision, license, condition),
                questions: known.questions(condition),
                records: records(decision, license, condition),
            });
        }
    }
    steps
}

fn records(decision: &Decision, license: &License, condition: &Condition) -> Vec<String> {
    let of_it = decision.findings.iter().filter(|finding| finding.subject.has_term(&license.id, &condition.id));
    let words = |finding: &Finding| {
        let voucher = finding.voucher.as_deref().map(|voucher| format!(" [{voucher}]")).unwrap_or_default();
        finding.subject.by_record.as_ref().map(|words| format!("{words}{voucher}"))
    };
    of_it.filter_map(words).collect()
}

fn outcome(decision: &Decision, license: &License, condition: &Condition) -> &'static str {
    // The weightiest comes first.
    let said = |finding: &&Finding| finding.subject.has_term(&license.id, &condition.id);
    if let Some(finding) = decision.findings.iter().find(said) {
        return match finding.effect {
            Effect::Refuses => "refused",
            Effect::Waits => "waits",
            Effect::Warns => "warns",
            Effect::Passes => "pass",
        };
    }
    let of_it = |owed: &&crate::decide::Owed| {
        owed.license == license.short && (owed.what == condition.sentence || owed.clause == condition.clause)
    };
    let duty = matches!(condition.effect, Follows::DisplayRequired | Follows::Notify | Follows::Royalty);
    if duty && decision.obligations.iter().any(|owed| owed.now && of_it(&owed)) {
        return "owed";
    }
    let open = |finding: &Finding| matches!(finding.reason, Reason::LicenseeConflict | Reason::FactsNotReady);
    if decision.findings.iter().any(open) {
        return "open";
    }
    let asks_for_place = condition.when.all_of.iter().chain(&condition.when.any_of);
    let asks_for_place = asks_for_place.filter_map(Atom::predicate).any(|p| matches!(p, Predicate::Place(_)));
    if asks_for_place && decision.places.by().any(|by| by.contains(&license.short)) { "narrows" } else { "pass" }
}

/// What is known, to answer from.
struct Known<'a> {
    usage: &'a Usage,
    request: &'a Request<'a>,
    licensee: Option<&'a Fact<LicenseeSpec>>,
}

const NOT_SAID: &str = "not said";

impl Known<'_> {
    fn questions(&self, condition: &Condition) -> Vec<Question> {
        let parts = [("if", &condition.when.all_of), ("or", &condition.when.any_of), ("unless", &condition.unless)];
        parts.into_iter().flat_map(|(part, atoms)| atoms.iter().map(move |atom| self.question(part, atom))).collect()
    }

    fn question(&self, part: &'static str, atom: &Atom) -> Question {
        let usage = self.usage;
        let manifest = |field: &str| format!("manifest spec.{field}");
        let (asks, value, source) = match atom.predicate() {
            None => ("a kind of question that is not understood".into(), NOT_SAID.into(), String::new()),
            Some(Predicate::Purpose(test)) => {
                let asks = if test.outside.is_empty() {
                    format!("purpose is {}", any_of(&test.within))
                } else {
                    format!("purpose is anything but {}", any_of(&test.outside))
                };
                (asks, usage.purpose.as_ref().map_or_else(|| NOT_SAID.into(), word), manifest("usage.purpose"))
            }
            Some(Predicate::Production(asked)) => (
                if asked.is_yes() { "used in production" } else { "not used in production" }.into(),
                yes_no(usage.production),
                manifest("usage.production"),
            ),
            Some(Predicate::Metric(test)) => {
                let (value, source) = self.figures(test);
                (metric_words(test), value, source)
            }
            Some(Predicate::Seat(test)) => {
                let seat = self.licensee.and_then(|fact| fact.spec.seat.as_ref()).and_then(WrittenCountry::text);
                let limited = if test.modality == crate::catalog::atom::ModalityScope::Multimodal {
                    ", for multimodal models"
                } else {
                    ""
                };
                let asks = format!("seat in {}{limited}", any_of(&test.within));
                (asks, seat.unwrap_or(NOT_SAID).into(), self.of_licensee("seat"))
            }
            Some(Predicate::Place(test)) => self.place(test),
            Some(Predicate::Offer(test)) => {
                let audience = usage.audience.map_or(NOT_SAID, |audience| audience.word());
                let value = format!(
                    "audience {audience}, hosted for third parties {}, weights handed on {}",
                    yes_no(usage.hosted_for_third_parties),
                    yes_no(usage.redistributes_weights)
                );
                (format!("offered as {}", any_of(&test.within)), value, manifest("usage"))
            }
            Some(Predicate::Licensee(test)) => self.licensee(test),
            Some(Predicate::Sector(test)) => {
                let value = if usage.sectors.is_empty() { NOT_SAID.into() } else { usage.sectors.join(", ") };
                (format!("used in {}", any_of(&test.within)), value, manifest("usage.sectors"))
            }
            Some(Predicate::TrainsOnOutputs(_)) => trained(usage),
            Some(Predicate::State(test)) => state(usage, test),
            Some(Predicate::Role(test)) => {
                let value = usage.role.as_ref().map_or_else(|| "licensee, as nothing is said".into(), word);
                (format!("role is {}", word(&test.role)), value, manifest("usage.role"))
            }
            Some(Predicate::Policy(test)) => {
                let followed = self
                    .licensee
                    .is_some_and(|fact| fact.spec.follows_policy.iter().any(|record| record.name == test.not_followed));
                let value = if followed { "on record" } else { "not on record" };
                (format!("{} is not followed", test.not_followed), value.into(), self.of_licensee("followsPolicy"))
            }
            Some(Predicate::Unread(term)) => (term.what.clone(), "nobody has read it".into(), "the text".into()),
        };
        Question { part, asks, value, source }
    }

    fn of_licensee(&self, field: &str) -> String {
        self.licensee.map_or_else(|| "no Licensee".into(), |fact| format!("Licensee/{} {field}", fact.name))
    }

    /// The figures of a name, as far as others may see them.
    fn figures(&self, test: &MetricTest) -> (String, String) {
        let figures = self.licensee.map_or(&[][..], |fact| &fact.spec.metrics);
        let figures: Vec<&Metric> = figures.iter().filter(|metric| metric.name == test.name).collect();
        if figures.is_empty() {
            return ("not recorded".into(), self.of_licensee("metrics"));
        }
        let words = |metric: &&Metric| {
            let money = metric.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
            let shown = metric.disclose == Disclose::Value;
            let figure = match (metric.value, metric.at_most, metric.at_least) {
                _ if !shown => "the figure".to_owned(),
                (Some(value), ..) => format!("{}{money}", number(value)),
                (_, Some(most), _) => format!("at most {}{money}", number(most)),
                (.., Some(least)) => format!("at least {}{money}", number(least)),
                _ => "no figure".into(),
            };
            let as_of = metric.as_of.as_deref().map(|day| format!(", as of {day}")).unwrap_or_default();
            let hidden = if shown { "" } else { " (recorded, not shown)" };
            format!("{figure} of {} for {}{as_of}{hidden}", word(&metric.scope), metric.period)
        };
        (figures.iter().map(words).collect::<Vec<_>>().join("; "), self.of_licensee("metrics"))
    }

    fn place(&self, test: &PlaceTest) -> (String, String, String) {
        let (mut what, mut values, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        if test.asks_for_people_served() {
            let serves: Vec<&str> = self.usage.serves.iter().filter_map(WrittenCountry::text).collect();
            what.push("people served");
            values.push(if serves.is_empty() { NOT_SAID.into() } else { serves.join(", ") });
            sources.push("manifest spec.usage.serves");
        }
        if test.asks_for_nodes() {
            let allow = self.request.spec.placement.allow.as_ref();
            let countries = allow.into_iter().flat_map(|a| a.countries.iter().filter_map(WrittenCountry::text));
            let groups = allow.into_iter().flat_map(|a| a.groups.iter().map(String::as_str));
            let places: Vec<&str> = countries.chain(groups).collect();
            what.push("pods");
            values.push(if places.is_empty() {
                "pods anywhere".into()
            } else {
                format!("pods in {}", places.join(", "))
            });
            sources.push("manifest spec.placement");
        }
        (format!("{} in {}", what.join(" or "), any_of(&test.within)), values.join("; "), sources.join(", "))
    }

    fn licensee(&self, test: &LicenseeTest) -> (String, String, String) {
        let (mut asks, mut values, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        let list = |list: &[String]| if list.is_empty() { "not recorded".to_owned() } else { list.join(", ") };
        let spec = self.licensee.map(|fact| &fact.spec);
        if !test.kinds.is_empty() {
            asks.push(format!("kind is {}", any_of(&test.kinds)));
            values.push(spec.map_or_else(|| "not recorded".into(), |spec| word(&spec.kind)));
            fields.push("kind");
        }
        if !test.business_types.is_empty() {
            asks.push(format!("in the business of {}", any_of(&test.business_types)));
            values.push(list(spec.map_or(&[][..], |spec| &spec.business_types)));
            fields.push("businessTypes");
        }
        if !test.competes_with.is_empty() {
            asks.push(format!("competes with {}", test.competes_with.join(", ")));
            values.push(list(spec.map_or(&[][..], |spec| &spec.competes_with)));
            fields.push("competesWith");
        }
        (asks.join(" and "), values.join("; "), self.of_licensee(&fields.join(", ")))
    }
}

/// What is trained on outputs, as far as the manifest says.
fn trained(usage: &Usage) -> (String, String, String) {
    let mut value = yes_no(usage.trains_on_outputs);
    let mut source = "manifest spec.usage.trainsOnOutputs".to_owned();
    if let Some(model) = &usage.trained_model {
        let said =
            [("same family", model.same_family), ("competes", model.competes), ("distributed", model.distributed)];
        let kind = model.kind.as_ref().map(|kind| format!("kind {}", word(kind)));
        let said = said.into_iter().filter_map(|(what, said)| Some(format!("{what} {}", yes_no(Some(said?)))));
        let all: Vec<String> = kind.into_iter().chain(said).collect();
        if !all.is_empty() {
            value = format!("{value}, {}", all.join(", "));
            source.push_str(", trainedModel");
        }
    }
    ("outputs train another model".into(), value, source)
}

/// A technical state or an act, as a question with an answer.
fn state(usage: &Usage, test: &StateTest) -> (String, String, String) {
    let name = word(&test.name);
    let listed = |list: &[String], field: &str| {
        let value = match (list.contains(&name), list) {
            (true, _) => "named",
            (false, []) => NOT_SAID,
            (false, _) => "not among what is named",
        };
        (value.to_owned(), format!("manifest spec.usage.{field}"))
    };
    let amount = |value: Option<i64>, field: &str| {
        let value = value.map_or_else(|| NOT_SAID.into(), |value| value.to_string());
        (value, format!("manifest spec.usage.{field}"))
    };
    let (value, source) = match test.name {
        StateName::ContentFilter | StateName::OutputReview => listed(&usage.assurances, "assurances"),
        StateName::KeepsProvenance if usage.assurances.contains(&name) => listed(&usage.assurances, "assurances"),
        StateName::KeepsProvenance
        | StateName::Sublicenses
        | StateName::TransfersDerivativeToUnlicensedCommercialEntity => listed(&usage.acts, "acts"),
        StateName::Framework => {
            let framework = usage.framework.clone().unwrap_or_else(|| NOT_SAID.into());
            (framework, "manifest spec.usage.framework".to_owned())
        }
        StateName::EdgeDevices => amount(usage.edge_devices, "edgeDevices"),
        StateName::OutputTokensPerMonth => amount(usage.output_tokens_per_month, "outputTokensPerMonth"),
    };
    let plain = name.replace('-', " ");
    let asks = match (test.answer.map(crate::catalog::words::YesNo::is_yes), &test.is_not, test.above) {
        (_, Some(other), _) => format!("{plain} is not {other}"),
        (.., Some(limit)) => format!("{plain} above {limit}"),
        (Some(true), ..) => format!("with {plain}"),
        _ => format!("without {plain}"),
    };
    (asks, value, source)
}

fn metric_words(test: &MetricTest) -> String {
    let side = match test.comparator {
        Comparator::GreaterThan => "above",
        Comparator::AtLeast => "at or above",
    };
    let money = test.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let when = match test.window {
        Window::CalendarMonth | Window::Month => "the month",
        Window::CalendarYear | Window::Year => "the year",
        Window::TrailingTwelveMonths => "the twelve months",
        Window::AnyTwelveConsecutiveMonths => "any twelve months in a row",
        Window::Day | Window::AnnualRate | Window::Unspecified => "the present",
    };
    let when = match test.frozen_at {
        Some(day) => format!("{when} before {day}"),
        None => format!("{when}, asked again and again"),
    };
    format!("{} of {} {side} {}{money}, {when}", word(&test.name), word(&test.scope), number(test.value))
}

fn any_of<T: Serialize>(list: &[T]) -> String {
    list.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn yes_no(said: Option<YesNo>) -> String {
    match said {
        Some(YesNo::Yes) => "Yes".into(),
        Some(YesNo::No) => "No".into(),
        Some(YesNo::Unreadable) => "unreadable".into(),
        None => NOT_SAID.into(),
    }
}
