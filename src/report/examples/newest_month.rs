//! A licence that asks for the users of the month before, again and again; and what a Waiver needs.

use crate::manifest::{
    license_rules::LicenseRules,
    model_policy::{Grace, ModelPolicySpec},
    record::Scope,
    usage::{Audience, Purpose, Usage},
    written::YesNo,
};

use super::{
    Files, model, on,
    organisations::{Figure, organisation, users},
    serves, within,
};

pub(super) fn newest_month(files: &mut Files) {
    files.licensee(
        "10-the-newest-month/rising.yaml",
        "A company that grows. Its licence asks for the users of the newest month, and 100 million is the limit.",
        "rising",
        organisation("rising"),
    );
    files.policy(
        "10-the-newest-month/news.yaml",
        "Ten seconds of grace, as in step 6. And one refusal may be waived, by who holds the verb waive on this policy.",
        "news",
        ModelPolicySpec {
            namespaces: Some(vec!["news".into()]),
            grace: Grace { person: "10s".into(), ..Grace::default() },
            licenses: LicenseRules { waivable: vec!["UserThreshold".into()], ..LicenseRules::default() },
            ..ModelPolicySpec::default()
        },
    );
    let usage = Usage {
        purpose: Some(Purpose::Commercial),
        production: Some(YesNo::Yes),
        hosted_for_third_parties: Some(YesNo::No),
        ..serves(Audience::Public, &["US"])
    };
    let writer = || on("H100", 4, model("Qwen/Qwen2.5-72B-Instruct", usage.clone(), within(&["US"])));
    files.deployment(
        "10-the-newest-month/writer.yaml",
        "Allowed while the newest month that is recorded stays below the limit.",
        ("news", "writer"),
        writer(),
    );
    let mut crossed = organisation("rising");
    crossed.metrics.push(users(Scope::Licensee, "2026-10", &Figure::Value(104_000_000)));
    files.licensee("10-the-newest-month/crossed/rising.yaml", "The same company, a month later.", "rising", crossed);
    files.deployment(
        "10-the-newest-month/crossed/writer.yaml",
        "The same file: refused, for the newest month is above the limit. What runs is warned, and drained after its grace.",
        ("news", "writer"),
        writer(),
    );
}
