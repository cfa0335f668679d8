//! The table of worked cases: what each says of model, use and licensee, and what a careful reader answers.

use modelport::{catalog::Remedy, decide::Verdict, manifest::Reason};

pub struct Case {
    pub id: &'static str,
    pub what: &'static str,
    pub model: &'static str,
    /// Further lines of `spec.model`.
    pub more: &'static str,
    pub usage: &'static str,
    pub licensee: &'static str,
    /// A policy of the organisation, where the case speaks of one.
    pub policy: &'static str,
    /// Licences whose acceptance is recorded.
    pub accepted: &'static [&'static str],
    pub verdict: Verdict,
    /// Reason of the weightiest finding, unless allowed.
    pub reason: Option<Reason>,
    /// What lifts the refusal, as the licence has it.
    pub remedy: Option<Remedy>,
    /// Beginnings of what is owed now.
    pub owed: &'static [&'static str],
    /// Kinds of duties that are not owed now.
    pub not_owed: &'static [&'static str],
}

/// What a case says of its use, unless it says otherwise.
const PUBLIC: &str = "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}";
/// The same organisation's own staff, for research that nobody pays for and nobody outside sees.
const RESEARCH: &str = "{audience: internal, serves: [US], purpose: research, production: No, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}";
const BASE: Case = Case {
    id: "",
    what: "",
    model: "",
    more: "",
    usage: PUBLIC,
    licensee: "",
    policy: "",
    accepted: &[],
    verdict: Verdict::Allowed,
    reason: None,
    remedy: None,
    owed: &[],
    not_owed: &[],
};

/// A model whose licence is said by a ModelLicense, so that a case speaks of a text and not of a repository.
pub const OURS: &str = "example/model";

pub fn cases() -> Vec<Case> {
    use Reason as R;
    use Verdict::{Refused, Waiting};
    vec![
        Case {
            id: "01a",
            what: "founded 2025, now 900 million users, Llama 3.1",
            model: "hf:meta-llama/Llama-3.1-8B-Instruct",
            licensee: "metrics: [{name: monthly-active-users, scope: group, period: 2026-09, value: 900000000}, {name: monthly-active-users, scope: group, period: 2024-06, value: 0}]",
            owed: &["\"Built with Llama\"", "give a copy"],
            accepted: &["LicenseRef-llama-3.1"],
            not_owed: &["NoticeFile"],
            ..BASE
        },
        Case {
            id: "01a'",
            what: "the same, and only the founding day is recorded",
            model: "LicenseRef-llama-3.1",
            licensee: "founded: 2025-03-01",
            accepted: &["LicenseRef-llama-3.1"],
            ..BASE
        },
        Case {
            id: "01b",
            what: "a small subsidiary of a parent with 800 million users in June 2024",
            model: "LicenseRef-llama-3.1",
            licensee: "metrics: [{name: monthly-active-users, scope: licensee, period: 2024-06, value: 20000}, {name: monthly-active-users, scope: group, period: 2024-06, value: 800000000}]",
            verdict: Refused,
            reason: Some(R::UserThreshold),
            accepted: &["LicenseRef-llama-3.1"],
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "01c",
            what: "exactly 700 million",
            model: "LicenseRef-llama-3.1",
            licensee: "metrics: [{name: monthly-active-users, scope: group, period: 2024-06, value: 700000000}]",
            accepted: &["LicenseRef-llama-3.1"],
            ..BASE
        },
        Case {
            id: "01d",
            what: "the frozen figure was never recorded",
            model: "LicenseRef-llama-3.1",
            licensee: "metrics: [{name: monthly-active-users, scope: group, period: 2026-09, value: 650000000}]",
            verdict: Waiting,
            reason: Some(R::FigureMissing),
            accepted: &["LicenseRef-llama-3.1"],
            ..BASE
        },
        Case {
            id: "03",
            what: "a German company, Llama 3.2 3B",
            model: "hf:meta-llama/Llama-3.2-3B-Instruct",
            licensee: "seat: DE\nmetrics: [{name: monthly-active-users, scope: group, period: 2024-08, value: 1000}]",
            accepted: &["LicenseRef-llama-3.2"],
            ..BASE
        },
        Case {
            id: "05",
            what: "a German company inside whose purchased product Llama 3.2 Vision runs",
            model: "hf:meta-llama/Llama-3.2-11B-Vision-Instruct",
            usage: "{audience: internal, serves: [DE], hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: end-user-of-integrated-product}",
            licensee: "seat: DE",
            ..BASE
        },
        Case {
            id: "07",
            what: "a French company, Llama 3.3 70B",
            model: "hf:meta-llama/Llama-3.3-70B-Instruct",
            licensee: "seat: FR\nmetrics: [{name: monthly-active-users, scope: group, period: 2024-11, value: 5000}]",
            accepted: &["LicenseRef-llama-3.3"],
            ..BASE
        },
        Case {
            id: "09",
            what: "a German company, Hunyuan-A13B, pods and people in Singapore",
            model: "LicenseRef-tencent-hunyuan-a13b",
            usage: "{audience: public, serves: [SG], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}",
            licensee: "seat: DE\nmetrics: [{name: monthly-active-users, scope: licensee, period: 2025-05, value: 1000}]",
            owed: &["give a copy", "bind recipients"],
            ..BASE
        },
        Case {
            id: "11",
            what: "Hunyuan-Large in the United Kingdom",
            model: "LicenseRef-tencent-hunyuan-large",
            usage: "{audience: public, serves: [GB], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}",
            licensee: "metrics: [{name: monthly-active-users, scope: licensee, period: 2024-10, value: 1000}]",
            ..BASE
        },
        Case {
            id: "13a",
            what: "Qwen2.5-72B in a product of 120 million users last month",
            model: "LicenseRef-qwen-2024",
            licensee: "metrics: [{name: monthly-active-users, scope: licensee, period: 2026-09, value: 120000000}]",
            verdict: Refused,
            reason: Some(R::UserThreshold),
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "13b",
            what: "the same company for unpublished research",
            model: "LicenseRef-qwen-2024",
            usage: RESEARCH,
            licensee: "metrics: [{name: monthly-active-users, scope: licensee, period: 2026-09, value: 120000000}]",
            ..BASE
        },
        Case {
            id: "15",
            what: "a model trained on Qwen2.5-72B outputs is published",
            model: "LicenseRef-qwen-2024",
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, trainsOnOutputs: Yes, trainedModel: {distributed: Yes, sameFamily: No}}",
            licensee: "metrics: [{name: monthly-active-users, scope: licensee, period: 2026-09, value: 100}]",
            owed: &["\"Built with Qwen\""],
            ..BASE
        },
        Case {
            id: "17a",
            what: "DeepSeek-V3 of December 2024 for a defence ministry",
            model: "LicenseRef-deepseek-model-1.0",
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [military], role: licensee}",
            licensee: "kind: government",
            verdict: Refused,
            reason: Some(R::SectorExcluded),
            remedy: Some(Remedy::ChangeUse),
            ..BASE
        },
        Case {
            id: "17b",
            what: "DeepSeek-V3-0324 for the same ministry",
            model: "hf:deepseek-ai/DeepSeek-V3-0324",
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [military], role: licensee}",
            licensee: "kind: government",
            ..BASE
        },
        Case {
            id: "19",
            what: "DeepSeek-R1-Distill-Qwen-32B for a group of 750 million",
            model: "LicenseRef-composite-deepseek-r1-distill-qwen",
            licensee: "metrics: [{name: monthly-active-users, scope: group, period: 2024-11, value: 750000000}]",
            ..BASE
        },
        Case {
            id: "21",
            what: "Kimi K2 in a product of 150 million users",
            model: "LicenseRef-kimi-k2-modified-mit",
            licensee: "metrics: [{name: monthly-active-users, scope: product, period: 2026-09, value: 150000000}, {name: monthly-revenue, scope: product, period: 2026-09, value: 1000, currency: USD}]",
            owed: &["\"Kimi K2\""],
            ..BASE
        },
        Case {
            id: "23",
            what: "a person's hobby, the employer earned USD 500 million last month, Devstral 2",
            model: "LicenseRef-mistral-modified-mit",
            usage: "{audience: internal, serves: [FR], purpose: personal, production: No, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}",
            licensee: "kind: natural-person\nseat: FR\nmetrics: [{name: monthly-revenue, scope: employer, period: 2026-09, value: 500000000, currency: USD}, {name: monthly-revenue, scope: group, period: 2026-09, value: 0, currency: USD}]",
            verdict: Refused,
            reason: Some(R::RevenueThreshold),
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "25a",
            what: "Falcon-180B inside the licensee's own assistant",
            model: "LicenseRef-falcon-180b-1.0",
            accepted: &["LicenseRef-falcon-180b-1.0"],
            ..BASE
        },
        Case {
            id: "25b",
            what: "Falcon-180B as a shared inference API",
            model: "LicenseRef-falcon-180b-1.0",
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: Yes, redistributesWeights: No, sectors: [none], role: licensee}",
            verdict: Refused,
            reason: Some(R::TermNotMet),
            accepted: &["LicenseRef-falcon-180b-1.0"],
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "27",
            what: "a university trains another model on EXAONE 3.5 outputs",
            model: "LicenseRef-exaone-1.1-nc",
            usage: "{audience: internal, serves: [KR], purpose: research, production: No, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, trainsOnOutputs: Yes, trainedModel: {distributed: No, sameFamily: No}}",
            licensee: "kind: academic\nseat: KR",
            verdict: Refused,
            reason: Some(R::OutputTrainingExcluded),
            remedy: Some(Remedy::ChangeUse),
            ..BASE
        },
        Case {
            id: "29a",
            what: "glm-4-9b-chat in a commercial product, not registered",
            model: "LicenseRef-glm-4",
            verdict: Refused,
            reason: Some(R::RegistrationMissing),
            remedy: Some(Remedy::Register),
            ..BASE
        },
        Case {
            id: "29a'",
            what: "the same, registered",
            model: "LicenseRef-glm-4",
            licensee: "registered: [{name: z, who: legal, when: 2026-01-01, covers: {licenses: [LicenseRef-glm-4]}}]",
            ..BASE
        },
        Case { id: "29b", what: "GLM-4-9B-0414 in the same product", model: "MIT", ..BASE },
        Case {
            id: "31",
            what: "MiniCPM-2B on 8,000 devices, 10,000 daily users, questionnaire done",
            model: "LicenseRef-minicpm-community-1.0",
            licensee: "metrics: [{name: daily-active-users, scope: group, period: now, value: 10000, asOf: 2026-09-30}]\nregistered: [{name: q, who: legal, when: 2026-01-01, covers: {licenses: [LicenseRef-minicpm-community-1.0]}}]",
            owed: &["\"Built with 面壁MiniCPM\""],
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, edgeDevices: 8000}",
            ..BASE
        },
        Case {
            id: "33",
            what: "MiniMax-H3 in a US region",
            model: "LicenseRef-minimax-h3",
            licensee: "metrics: [{name: annual-revenue, scope: licensee, period: T12M, value: 10, currency: USD, asOf: 2026-09-30}]",
            verdict: Refused,
            reason: Some(R::PlaceExcluded),
            remedy: Some(Remedy::MovePlace),
            ..BASE
        },
        Case {
            id: "35a",
            what: "a USD 50 million company tests LTX-2.x, text of August 2026",
            model: "LicenseRef-ltx-2.x-community-2026-08",
            usage: "{audience: internal, serves: [US], purpose: evaluation, production: No, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, assurances: [keeps-provenance]}",
            licensee: "competesWith: [none]\nmetrics: [{name: annual-revenue, scope: group, period: T12M, value: 50000000, currency: USD, asOf: 2026-09-30}]",
            owed: &["watermark, provenance and safety features"],
            ..BASE
        },
        Case {
            id: "35b",
            what: "the same test, text of January 2026",
            model: "LicenseRef-ltx-2-community-2026-01",
            usage: "{audience: internal, serves: [US], purpose: evaluation, production: No, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, assurances: [keeps-provenance]}",
            licensee: "competesWith: [none]\nmetrics: [{name: annual-revenue, scope: group, period: T12M, value: 50000000, currency: USD, asOf: 2026-09-30}]",
            verdict: Refused,
            reason: Some(R::RevenueThreshold),
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "37",
            what: "HyperCLOVA X SEED, 12 million users in March 2025",
            model: "LicenseRef-hyperclova-x-seed",
            licensee: "seat: JP\ncompetesWith: [none]\nmetrics: [{name: monthly-active-users, scope: group, period: 2025-03, value: 12000000}]",
            verdict: Refused,
            reason: Some(R::UserThreshold),
            remedy: Some(Remedy::SeparateLicense),
            ..BASE
        },
        Case {
            id: "39",
            what: "Playground v2 at a retailer of 2 million, images are a side feature",
            model: "LicenseRef-playground-v2-community",
            licensee: "businessTypes: [retail]\nmetrics: [{name: monthly-unique-users, scope: group, period: 2026-09, value: 2000000}]",
            ..BASE
        },
        Case {
            id: "41",
            what: "a card that says other, and nothing more",
            model: "LicenseRef-hf-tag-unknown",
            verdict: Waiting,
            reason: Some(R::LicenseAmbiguous),
            ..BASE
        },
        Case {
            id: "43",
            what: "an adapter labelled MIT on Llama 2, outputs train another model",
            model: "hf:meta-llama/Llama-2-7b-hf",
            usage: "{audience: public, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee, trainsOnOutputs: Yes, trainedModel: {distributed: No, sameFamily: No}}",
            licensee: "metrics: [{name: monthly-active-users, scope: group, period: 2023-06, value: 10}]",
            verdict: Refused,
            reason: Some(R::OutputTrainingExcluded),
            more: "adapters: [\"hf://example/lora\"]",
            accepted: &["LicenseRef-llama-2"],
            remedy: Some(Remedy::ChangeUse),
            ..BASE
        },
        Case {
            id: "45",
            what: "Vicuna 13B v1.3 in a paid chatbot",
            model: "LicenseRef-composite-vicuna-1.3",
            verdict: Refused,
            reason: Some(R::PurposeNotPermitted),
            remedy: Some(Remedy::OtherModel),
            ..BASE
        },
        Case {
            id: "47",
            what: "a gated model that nobody accepted",
            model: "LicenseRef-gemma-tou-2024-04-01",
            usage: "{audience: internal, serves: [US], purpose: commercial, production: Yes, hostedForThirdParties: No, redistributesWeights: No, sectors: [none], role: licensee}",
            licensee: "",
            policy: "{namespaces: [lab], licenses: {obligations: {Accept: Require}}}",
            verdict: Refused,
            reason: Some(R::AcceptanceMissing),
            remedy: Some(Remedy::Accept),
            ..BASE
        },
    ]
}
