//! Organisations of the examples. All of them, their figures and their records are invented.

use std::collections::BTreeMap;

use crate::{
    catalog::{Catalog, DutyKind},
    manifest::{
        license_rules::{AgeLimit, Ages, DutyMode, LicenseRules, Older},
        licensee::{LicenseeKind, LicenseeSpec},
        model_license::{ModelLicenseSpec, Review},
        model_policy::ModelPolicySpec,
        record::{Covers, Disclose, Metric, MetricName, Record, Scope},
    },
};

pub(super) const ACME: &str =
    "The organisation behind two namespaces. One line bounds its users for every frozen test of a licence.";
pub(super) const MUSTER: &str = "An organisation seated in Germany.";
pub(super) const GIANT: &str =
    "A group that had 800 million monthly users in June 2023. The figure itself is shown to nobody.";

/// One of the organisations of the demo.
pub(super) fn organisation(name: &str) -> LicenseeSpec {
    let never_above = |limit| vec![users(Scope::Group, "2023-01/2026-10", &Figure::AtMost(limit))];
    let accepted = |who: &str| vec![llama_accepted(who)];
    match name {
        "muster" => LicenseeSpec {
            metrics: never_above(1_000_000),
            accepted: accepted("recht@muster.example"),
            ..licensee(&["research", "library"], LicenseeKind::Company, "DE", "Muster GmbH")
        },
        "giant" => LicenseeSpec {
            metrics: vec![users(Scope::Group, "2023-06", &Figure::Value(800_000_000))],
            accepted: accepted("legal@giant.example"),
            ..licensee(&["chat"], LicenseeKind::Company, "US", "Giant Inc.")
        },
        "rising" => LicenseeSpec {
            metrics: vec![users(Scope::Licensee, "2026-09", &Figure::Value(90_000_000))],
            ..licensee(&["news"], LicenseeKind::Company, "US", "Rising Inc.")
        },
        "yunhai" => LicenseeSpec {
            headquarters: Some("CN".into()),
            metrics: never_above(5_000_000),
            ..licensee(&["chips"], LicenseeKind::Company, "CN", "Yunhai Co., Ltd.")
        },
        _ => LicenseeSpec {
            metrics: never_above(10_000_000),
            accepted: accepted("legal@acme.example"),
            ..licensee(&["support", "search"], LicenseeKind::Company, "SG", "Acme Pte. Ltd.")
        },
    }
}

/// Five kinds of organisation: name, comment, spec.
pub(super) fn five() -> Vec<(&'static str, &'static str, LicenseeSpec)> {
    vec![
        (
            "start-up",
            "Founded after most licences froze their question: it had no users then.",
            LicenseeSpec {
                founded: Some("2025-03-01".into()),
                business_types: vec!["none".into()],
                competes_with: vec!["none".into()],
                metrics: vec![revenue(Scope::Group, 400_000, "2026-10-31")],
                accepted: vec![llama_accepted("founder@start-up.example")],
                ..licensee(&["start-up"], LicenseeKind::Company, "SE", "Start-up AB")
            },
        ),
        (
            "platform",
            "A large consumer platform: every frozen month by its figure, and a grant for one licence.",
            LicenseeSpec {
                headquarters: Some("US".into()),
                business_types: vec!["cloud-provider".into(), "model-as-a-service".into()],
                metrics: vec![
                    users(Scope::Group, "2023-06", &Figure::Value(1_200_000_000)),
                    users(Scope::Group, "2024-03/2026-10", &Figure::AtLeast(1_000_000_000)),
                ],
                accepted: vec![llama_accepted("legal@platform.example")],
                separate_licenses: vec![Record {
                    name: "meta".into(),
                    covers: Covers { licenses: vec!["LicenseRef-llama-*".into()], ..Covers::default() },
                    who: Some("legal@platform.example".into()),
                    when: Some("2026-01-15".into()),
                    until: Some("2027-12-31".into()),
                    reference: Some("an invented contract: P-4".into()),
                    ..Record::default()
                }],
                follows_policy: vec![Record {
                    name: "built-with-llama".into(),
                    rule: Some("LicenseRef-llama-3.3/Display".into()),
                    covers: Covers { services: vec!["platform/assistant".into()], ..Covers::default() },
                    who: Some("web@platform.example".into()),
                    when: Some("2026-11-04".into()),
                    reference: Some("the about page of the assistant".into()),
                    ..Record::default()
                }],
                ..licensee(&["platform"], LicenseeKind::Company, "US", "Platform Inc.")
            },
        ),
        (
            "subsidiary",
            "A small subsidiary of the platform: licences that count affiliates ask for the group's figure.",
            LicenseeSpec {
                headquarters: Some("US".into()),
                business_types: vec!["none".into()],
                metrics: vec![
                    users(Scope::Licensee, "2023-01/2026-10", &Figure::AtMost(50_000)),
                    users(Scope::Group, "2023-01/2026-10", &Figure::AtLeast(1_000_000_000)),
                ],
                accepted: vec![llama_accepted("legal@subsidiary.example")],
                ..licensee(&["subsidiary"], LicenseeKind::Company, "JP", "Subsidiary K.K.")
            },
        ),
        (
            "university",
            "A university: what a use is for is declared deployment by deployment, never here.",
            LicenseeSpec {
                business_types: vec!["none".into()],
                competes_with: vec!["none".into()],
                metrics: vec![users(Scope::Group, "2023-01/2026-10", &Figure::AtMost(100_000))],
                accepted: vec![llama_accepted("library@university.example")],
                registered: vec![Record {
                    name: "glm".into(),
                    covers: Covers { licenses: vec!["LicenseRef-glm-4".into()], ..Covers::default() },
                    who: Some("library@university.example".into()),
                    when: Some("2026-02-01".into()),
                    reference: Some("an invented number: 42".into()),
                    ..Record::default()
                }],
                ..licensee(&["university"], LicenseeKind::Academic, "KR", "University")
            },
        ),
        (
            "person",
            "A single person: some licences ask for the employer's figures as well.",
            LicenseeSpec {
                employer: Some("Muster GmbH".into()),
                business_types: vec!["none".into()],
                competes_with: vec!["none".into()],
                metrics: vec![
                    users(Scope::Group, "2023-01/2026-10", &Figure::AtMost(0)),
                    revenue(Scope::Employer, 8_000_000, "2026-10-31"),
                ],
                ..licensee(&["person"], LicenseeKind::NaturalPerson, "FR", "A person")
            },
        ),
    ]
}

pub(super) const PLATFORM_POLICY: &str = "The platform's own policy, beside what the licences say: a publisher's own text is reviewed first, acceptances and\n\
     notices are shown to be met, and no fact is older than its owner would sign for. Only a missing figure may be waived.";

/// What the large platform wants beside what the licences say.
pub(super) fn platform_policy() -> ModelPolicySpec {
    let limit = |days: &str, older| Some(AgeLimit { at_most: days.into(), older });
    ModelPolicySpec {
        namespaces: Some(vec!["platform".into()]),
        licenses: LicenseRules {
            refuse: vec!["class:research-only".into(), "class:unknown".into()],
            need_review: vec!["class:community".into(), "class:unverified".into()],
            obligations: BTreeMap::from([
                (DutyKind::Accept, DutyMode::Require),
                (DutyKind::Display, DutyMode::Require),
            ]),
            ages: Ages {
                figures: limit("400d", Older::Warn),
                reviews: limit("730d", Older::Hold),
                records: limit("730d", Older::Warn),
            },
            waivable: vec!["FigureMissing".into()],
            ..LicenseRules::default()
        },
        ..ModelPolicySpec::default()
    }
}

pub(super) const PLATFORM_REVIEW: &str = "A review of a licence, of its text and of the catalogue's entry as it stands: when the entry changes, what runs goes\n\
     on, and new deployments wait for a review of the new one. `modelport catalog licenses ID` prints the hash.";

/// The platform's review of one licence.
pub(super) fn platform_review() -> ModelLicenseSpec {
    let license = "LicenseRef-llama-3.3";
    let hash = Catalog::built_in().ok().and_then(|catalog| catalog.license_hash(license)).map(str::to_owned);
    ModelLicenseSpec {
        license: license.into(),
        models: Vec::new(),
        terms: None,
        overrides: false,
        reviews: vec![Review {
            by: "counsel@platform.example".into(),
            date: "2026-11-03".into(),
            reference: Some("an invented memo: R-12".into()),
            text_sha256: None,
            entry_sha256: hash,
        }],
    }
}

fn licensee(namespaces: &[&str], kind: LicenseeKind, seat: &str, name: &str) -> LicenseeSpec {
    let namespaces = namespaces.iter().map(|namespace| (*namespace).to_owned()).collect();
    LicenseeSpec { display_name: Some(name.into()), seat: Some(seat.into()), ..LicenseeSpec::of(namespaces, kind) }
}

pub(super) enum Figure {
    Value(i64),
    AtMost(i64),
    AtLeast(i64),
}

pub(super) fn users(scope: Scope, period: &str, figure: &Figure) -> Metric {
    let (value, at_most, at_least) = match *figure {
        Figure::Value(n) => (Some(n), None, None),
        Figure::AtMost(n) => (None, Some(n), None),
        Figure::AtLeast(n) => (None, None, Some(n)),
    };
    Metric {
        name: MetricName::MonthlyActiveUsers,
        scope,
        product: None,
        country: None,
        period: period.into(),
        value,
        at_most,
        at_least,
        currency: None,
        rates: Vec::new(),
        source: Some("annual reports".into()),
        as_of: Some("2026-11-02".into()),
        disclose: Disclose::Outcome,
    }
}

fn revenue(scope: Scope, value: i64, as_of: &str) -> Metric {
    Metric {
        name: MetricName::AnnualRevenue,
        value: Some(value),
        at_most: None,
        currency: Some("USD".into()),
        as_of: Some(as_of.into()),
        rates: Vec::new(),
        source: Some("accounts".into()),
        ..users(scope, "T12M", &Figure::Value(value))
    }
}

fn llama_accepted(who: &str) -> Record {
    Record {
        name: "llama".into(),
        covers: Covers { licenses: vec!["LicenseRef-llama-*".into()], ..Covers::default() },
        who: Some(who.into()),
        when: Some("2026-11-02".into()),
        ..Record::default()
    }
}
