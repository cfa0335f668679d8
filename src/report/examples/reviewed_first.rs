//! A policy that wants a kind of licence reviewed first, and the review that lets it pass.

use crate::{
    catalog::Catalog,
    manifest::{
        ModelLicense,
        license_rules::LicenseRules,
        model_license::{ModelLicenseSpec, Review},
        model_policy::ModelPolicySpec,
        usage::Audience,
    },
};

use super::{
    Files, model, on,
    organisations::{MUSTER, organisation},
    serves, within,
};

pub(super) fn reviewed_first(files: &mut Files) {
    files.licensee("11-reviewed-first/muster.yaml", MUSTER, "muster", organisation("muster"));
    files.policy(
        "11-reviewed-first/policy.yaml",
        "A licence text of a publisher's own is reviewed by a person first; MIT or Apache-2.0 need no review.",
        "reviewed-first",
        ModelPolicySpec {
            namespaces: Some(vec!["library".into()]),
            licenses: LicenseRules { need_review: vec!["class:community".into()], ..LicenseRules::default() },
            ..ModelPolicySpec::default()
        },
    );
    files.deployment(
        "11-reviewed-first/reader.yaml",
        "Allowed, because Llama 3.1 was reviewed. Until then it waits, and goes on by itself.",
        ("library", "reader"),
        on("A10G", 1, model("meta-llama/Llama-3.1-8B-Instruct", serves(Audience::Internal, &["DE"]), within(&["DE"]))),
    );
    let review = ModelLicense::new("llama-3.1", review("LicenseRef-llama-3.1"));
    files.write(
        "11-reviewed-first/review.yaml",
        "The review: by whom, when, where it is kept, and of which entry of the catalogue.",
        "ModelLicense",
        &review,
    );
}

/// A review of the entry as the catalogue has it.
fn review(license: &str) -> ModelLicenseSpec {
    let hash = Catalog::built_in().ok().and_then(|catalog| catalog.license_hash(license)).map(str::to_owned);
    ModelLicenseSpec {
        license: license.into(),
        models: Vec::new(),
        terms: None,
        overrides: false,
        reviews: vec![Review {
            by: "lena@acme.example".into(),
            date: "2026-11-03".into(),
            reference: Some("an invented memo: R-31".into()),
            text_sha256: None,
            entry_sha256: hash,
        }],
    }
}
