//! A deployment of a model under one licence by an organisation, for the chapters on what a naive checker gets wrong.

use modelport::{
    decide::{Decision, Verdict},
    manifest::Reason,
};

use super::world::{World, yaml};

/// The day on which all cases are decided.
const TODAY: &str = "2026-11-20";

/// A deployment of a model under one licence, by an organisation; what is not said is ordinary.
#[derive(Clone)]
pub struct Case<'a> {
    pub license: &'a str,
    pub model: &'a str,
    pub kind: &'a str,
    pub seat: &'a str,
    /// More fields of the Licensee.
    pub more: String,
    pub usage: &'a str,
    pub placement: &'a str,
}

pub const PUBLIC: &str = "audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No";
pub const RESEARCH: &str = "audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, sectors: [none], trainsOnOutputs: No";

pub fn case(license: &str) -> Case<'_> {
    Case {
        license,
        model: "example/model",
        kind: "company",
        seat: "US",
        more: String::new(),
        usage: PUBLIC,
        placement: "",
    }
}

impl<'a> Case<'a> {
    pub fn metrics(mut self, metrics: &[String]) -> Self {
        self.more = format!("{}, metrics: [{}]", self.more, metrics.join(", "));
        self
    }
    pub fn more(mut self, more: &str) -> Self {
        self.more = format!("{}, {more}", self.more);
        self
    }
    pub fn usage(self, usage: &'a str) -> Self {
        Self { usage, ..self }
    }
    pub fn seat(self, seat: &'a str) -> Self {
        Self { seat, ..self }
    }
    pub fn nodes(self, placement: &'a str) -> Self {
        Self { placement, ..self }
    }
    pub fn model(self, model: &'a str) -> Self {
        Self { model, ..self }
    }
    pub fn decide(&self) -> Decision {
        let mut world = World::at(TODAY);
        if self.license != "catalogue" {
            world.license("ours", &format!("{{license: {}, models: [{}]}}", self.license, self.model));
        }
        let lists = if self.more.contains("businessTypes") { "" } else { ", businessTypes: [none]" };
        let rivals = if self.more.contains("competesWith") { "" } else { ", competesWith: [none]" };
        world.licensee(
            "acme",
            &format!(
                "{{namespaces: [shop], kind: {}, seat: \"{}\"{lists}{rivals}, accepted: [{{name: a, who: legal, when: 2026-01-01, covers: {{all: Yes}}}}]{}}}",
                self.kind, self.seat, self.more
            ),
        );
        let placement = if self.placement.is_empty() {
            String::new()
        } else {
            format!(", placement: {{allow: {{countries: [{}]}}}}", self.placement)
        };
        let text = format!("{{model: {{source: \"hf://{}\"}}, usage: {{{}}}{placement}}}", self.model, self.usage);
        world.decide("shop/bot", &yaml(&text))
    }
    pub fn is(&self, verdict: Verdict) -> Decision {
        let decision = self.decide();
        let first = decision.weightiest().map(modelport::decide::Finding::line).unwrap_or_default();
        assert_eq!(decision.verdict, verdict, "{} with {} and {}: {first}", self.license, self.usage, self.more);
        decision
    }
    pub fn refused_for(&self, reason: Reason) {
        let decision = self.is(Verdict::Refused);
        assert_eq!(decision.weightiest().map(|f| f.reason), Some(reason), "{}", self.license);
    }
}

pub fn users(scope: &str, period: &str, value: i64) -> String {
    format!("{{name: monthly-active-users, scope: {scope}, period: \"{period}\", value: {value}}}")
}

pub fn revenue(scope: &str, period: &str, value: i64) -> String {
    format!(
        "{{name: annual-revenue, scope: {scope}, period: \"{period}\", value: {value}, currency: USD, asOf: 2026-10-31}}"
    )
}

pub fn has(decision: &Decision, what: &str) -> bool {
    decision.obligations.iter().any(|owed| owed.now && owed.what.contains(what))
}
