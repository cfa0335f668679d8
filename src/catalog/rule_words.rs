//! A rule's condition in words that a lawyer can hold against the sentence beside it. Made from the data alone.

use std::fmt;

use super::{
    atom::MetricTest,
    rule::AudienceKind,
    rule_test::{AcceleratorTest, AreaTest, ChipClass, DateTest, ModelHad, RuleTest, Sectors},
    words::YesNo,
};

impl fmt::Display for RuleTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllOf(parts) => joined(f, parts, " AND "),
            Self::AnyOf(parts) => joined(f, parts, " OR "),
            Self::Not(part) => write!(f, "NOT {part}"),
            Self::Audience(list) => {
                let words = list.iter().map(|kind| match kind {
                    AudienceKind::Public => "public",
                    AudienceKind::Internal => "internal",
                });
                write!(f, "audience {}", words.collect::<Vec<_>>().join(" or "))
            }
            Self::Serves(test) => area(f, "people served", test),
            Self::Pods(test) => area(f, "pods", test),
            Self::Seat(test) => area(f, "seat", test),
            Self::Headquarters(test) => area(f, "headquarters or ultimate parent", test),
            Self::Licensee(kinds) => write!(f, "organisation is {}", words(kinds)),
            Self::Purpose(purposes) => write!(f, "purpose {}", words(purposes)),
            Self::Sector(Sectors { within, asked }) => {
                let asked = if asked.is_yes() { " (silence is asked about where a policy names the rule)" } else { "" };
                write!(f, "declares {}{asked}", within.join(" or "))
            }
            Self::PersonalData(answer) => said(f, *answer, "personal data"),
            Self::HostedForThirdParties(answer) => said(f, *answer, "hosted for third parties"),
            Self::RedistributesWeights(answer) => said(f, *answer, "weights handed on"),
            Self::TrainsOnOutputs(answer) => said(f, *answer, "outputs train another model"),
            Self::Model(ModelHad::ThroughInterface) => f.write_str("model called through somebody else's interface"),
            Self::Model(ModelHad::PublishedWeights) => f.write_str("weights published on a hub"),
            Self::Makes(list) => write!(f, "model makes {}", words(list)),
            Self::TrainingOperations(test) => write!(f, "trained with {:e} operations or more", test.at_least),
            Self::Accelerator(test) => accelerator(f, test),
            Self::Metric(test) => metric(f, test),
            Self::Evidence(key) => write!(f, "{key} recorded"),
            Self::Date(DateTest { from, before }) => {
                let from = from.map(|day| format!("from {day}"));
                let before = before.map(|day| format!("before {day}"));
                f.write_str(&from.into_iter().chain(before).collect::<Vec<_>>().join(", "))
            }
            Self::Confirm(text) => write!(f, "a person confirms: \"{text}\""),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[RuleTest], between: &str) -> fmt::Result {
    let words: Vec<String> = parts.iter().map(ToString::to_string).collect();
    write!(f, "({})", words.join(between))
}

fn area(f: &mut fmt::Formatter<'_>, what: &str, test: &AreaTest) -> fmt::Result {
    let side = if test.outside.is_empty() { "in" } else { "outside" };
    write!(f, "{what} {side} {}", test.areas().join(", "))
}

fn said(f: &mut fmt::Formatter<'_>, answer: YesNo, what: &str) -> fmt::Result {
    write!(f, "{what}: {answer:?}")
}

fn words<T: serde::Serialize>(list: &[T]) -> String {
    let word = |one: &T| serde_json::to_value(one).ok().and_then(|value| value.as_str().map(str::to_owned));
    list.iter().filter_map(word).collect::<Vec<_>>().join(" or ")
}

fn accelerator(f: &mut fmt::Formatter<'_>, test: &AcceleratorTest) -> fmt::Result {
    match test.class {
        Some(ChipClass::Export3A090) => f.write_str("accelerator of class 3A090.a or .b, not made in CN"),
        Some(ChipClass::CaseByCase2026) => f.write_str("accelerator inside the lines of 2026-01-15"),
        Some(ChipClass::Letter2025) => f.write_str("accelerator above the lines of April 2025, not made in CN"),
        Some(ChipClass::GeneralProhibition10) => f.write_str("accelerator named by the guidance of 2025-05-13"),
        Some(ChipClass::ForeignToChina) => f.write_str("accelerator made outside CN"),
        None => write!(f, "accelerator {}", test.ids.join(" or ")),
    }
}

fn metric(f: &mut fmt::Formatter<'_>, test: &MetricTest) -> fmt::Result {
    let currency = test.currency.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let name = words(&[test.name]);
    let people = test.country.as_deref().map(|country| format!(" in {country}")).unwrap_or_default();
    let how = test.aggregation.as_deref().map(|words| format!(" ({words})")).unwrap_or_default();
    let scope = words(&[test.scope]);
    write!(f, "{name}{people} of its {scope} {:?} {}{currency}{how}", test.comparator, test.value)
}
