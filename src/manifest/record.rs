//! Dated records of a Licensee: what was accepted, registered, granted, filed; each says what it covers.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written::{WrittenCountry, YesNo};
pub use crate::catalog::words::{MetricName, Scope};

/// One record, with who made it, when, and what it covers.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Name of the record, unique in its list; `usage.evidence` refers to it.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// What it covers. Kinds that are written hold together; nothing written is an error.
    pub covers: Covers,
    /// Who did it: a person or a role. What lifts a term of a licence needs this, and `when` or `reference`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub who: Option<String>,
    /// Day it was done, YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub when: Option<String>,
    /// First day it is in force, YYYY-MM-DD, or an instant in RFC 3339; absent: `when`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 10, max = 35))]
    pub from: Option<String>,
    /// Last day it is in force (whole day), YYYY-MM-DD, or an instant in RFC 3339; absent: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 10, max = 35))]
    pub until: Option<String>,
    /// IANA time zone of bare dates; UTC unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub time_zone: Option<String>,
    /// Contract number, filing number, address of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub reference: Option<String>,
    /// SHA-256 of the text that was accepted or read, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::hash::bare")]
    #[schemars(regex(pattern = "^(sha256:)?[0-9a-f]{64}$"))]
    pub text_sha256: Option<String>,
    /// For filings and notApplicable: the rule's id, such as `cn-genai-filing`; absent: `name`. For notApplicable also a
    /// licence's term or duty, for followsPolicy a duty that is met or the id of the policy (absent: `name`), and for
    /// separateLicenses the one term that is granted; a place, a sector or a conduct needs that:
    /// `LicenseRef-llama-2/user-threshold`, `LicenseRef-llama-2/Display`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 192))]
    pub rule: Option<String>,
    /// For notApplicable: why it does not apply, in the words of who decided it; without it and `who`, it counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub reason: Option<String>,
}

impl Record {
    /// The rule, or what it asks for, that a filing or a judgement answers: what it says, or else what it is named for.
    #[must_use]
    pub fn answers(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.name)
    }

    /// Who made it, where more than blanks says so.
    #[must_use]
    pub fn maker(&self) -> Option<&str> {
        self.who.as_deref().filter(|who| !who.trim().is_empty())
    }

    /// Why it was made, where more than blanks says so.
    #[must_use]
    pub fn grounds(&self) -> Option<&str> {
        self.reason.as_deref().filter(|reason| !reason.trim().is_empty())
    }

    /// What a record lacks without which it lifts nothing: who made it, and a day or a reference by which it can be found.
    /// What a licensor granted, or an organisation attests, was granted or attested by somebody at some time.
    #[must_use]
    pub fn lacks(&self) -> Option<&'static str> {
        let referenced = self.reference.as_deref().is_some_and(|reference| !reference.trim().is_empty());
        let found = self.when.is_some() || referenced;
        match (self.maker().is_some(), found) {
            (true, true) => None,
            (false, true) => Some("who made it"),
            (true, false) => Some("when it was made, or a reference"),
            (false, false) => Some("who made it, and when, or a reference"),
        }
    }
}

/// What a record covers.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
// A rule could say it better, but a rule cannot see the untyped fields; `shape` says it in words.
#[schemars(extend("minProperties" = 1))]
pub struct Covers {
    /// Licence ids, such as `LicenseRef-llama-2`; a trailing `*` stands for any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 128)))]
    pub licenses: Vec<String>,
    /// Model names, such as `meta-llama/Llama-2-7b-chat-hf`; a trailing `*` stands for any ending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 192)))]
    pub models: Vec<String>,
    /// Deployments, `namespace/name`; `namespace/*` stands for all of a namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64), inner(length(min = 3, max = 128)))]
    pub services: Vec<String>,
    /// Countries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 249))]
    pub countries: Vec<WrittenCountry>,
    /// `Yes`: everything, said aloud. Beside a list it adds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<YesNo>,
}

impl Covers {
    /// Whether nothing is said, which covers nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all != Some(YesNo::Yes)
            && self.licenses.is_empty()
            && self.models.is_empty()
            && self.services.is_empty()
            && self.countries.is_empty()
    }
}

/// A figure of the organisation, with the time that it speaks of.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("[has(self.value), has(self.atMost), has(self.atLeast)].exists_one(x, x)")
    .message("metrics: write one of value, atMost, atLeast").reason(Reason::FieldValueInvalid))]
#[x_kube(validation = Rule::new("self.period.matches('^([0-9]{4}(-(0[1-9]|1[0-2]))?(/[0-9]{4}(-(0[1-9]|1[0-2]))?)?|T12M|MAX12M|now)$')")
    .message("metrics: a period is a month (2024-06), a year (2024), a span (2023-01/2026-10), T12M, MAX12M or now")
    .reason(Reason::FieldValueInvalid))]
#[x_kube(validation = Rule::new("(has(self.value) ? self.value >= 0 : true) && (has(self.atMost) ? self.atMost >= 0 : true) && (has(self.atLeast) ? self.atLeast >= 0 : true)")
    .message("metrics: a figure is never negative").reason(Reason::FieldValueInvalid))]
pub struct Metric {
    /// What is counted, such as `monthly-active-users` or `annual-revenue`.
    pub name: MetricName,
    /// Whose figure it is.
    pub scope: Scope,
    /// For scope `product`: which; it answers for deployments that say so in `usage.product`, or have that name. Absent: the
    /// one product that there is, and so for every deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub product: Option<String>,
    /// The country whose people are counted; absent: people anywhere. A part of the whole, as a product is of its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<WrittenCountry>,
    /// Month, year, span of them, `T12M` (twelve months up to `asOf`), `MAX12M` (highest of any twelve consecutive months), `now`.
    #[schemars(length(min = 3, max = 15))]
    pub period: String,
    /// The figure, in whole units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// Never above this, anywhere in the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Never below this, anywhere in the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// ISO 4217 currency, for money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub currency: Option<String>,
    /// What one unit of `currency` was worth in the currencies that licences ask for. A figure in another currency than
    /// the licence's settles a limit only where it is clear by a factor of two at this rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["currency".into()]))]
    pub rates: Vec<Rate>,
    /// Where the figure is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub source: Option<String>,
    /// Day the figure was taken, YYYY-MM-DD: it counts from then on, for what was over by then. `T12M`, `MAX12M` and `now`
    /// show nothing to be below a limit without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub as_of: Option<String>,
    /// Whether others are shown the figure (`value`) or only what follows from it (`outcome`, the default).
    #[serde(default)]
    pub disclose: Disclose,
}

impl Metric {
    /// Whether it writes exactly one figure, and none below 0: one that contradicts itself counts for nothing.
    #[must_use]
    pub fn is_one_figure(&self) -> bool {
        let mut figures = [self.value, self.at_most, self.at_least].into_iter().flatten();
        figures.next().is_some_and(|figure| figure >= 0) && figures.next().is_none()
    }
}

/// What one unit of a figure's own currency was worth in another.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// ISO 4217 currency that it is worth this much of.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub currency: String,
    /// How much of it, as a decimal number in quotes: `"1.08"`.
    #[schemars(regex(pattern = "^[0-9]{1,9}([.][0-9]{1,9})?$"))]
    pub rate: String,
    /// Day of the rate, YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub as_of: Option<String>,
    /// Where the rate is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub source: Option<String>,
}

impl Rate {
    /// The rate as a fraction, never 0; nothing where it is not a decimal number of at most 9 and 9 digits.
    #[must_use]
    pub fn parts(&self) -> Option<(u128, u128)> {
        const MAX_DIGITS: usize = 9;
        let (whole, rest) = self.rate.split_once('.').unwrap_or((&self.rate, ""));
        let digits = |text: &str| text.len() <= MAX_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) {
            return None;
        }
        let over = 10_u128.pow(u32::try_from(rest.len()).ok()?);
        let times = whole.parse::<u128>().ok()? * over + if rest.is_empty() { 0 } else { rest.parse::<u128>().ok()? };
        (times > 0).then_some((times, over))
    }
}

/// What others are shown of a figure.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Disclose {
    /// "Above the limit", never the figure.
    #[default]
    Outcome,
    /// The figure.
    Value,
}
