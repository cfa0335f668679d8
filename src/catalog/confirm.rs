//! An entry that nobody has read, as the ModelLicense by which a person who reads it confirms or corrects it.

use serde::Serialize;

use super::{
    Condition, License,
    condition::Remedy,
    license::{Evidence, Verification},
    print::beside,
    words::YesNo,
};

/// A ModelLicense that nobody has signed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsigned {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Serialize)]
struct Metadata {
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    license: String,
    overrides: bool,
    reviews: [Review; 1],
    terms: License,
}

/// Who read it, and when: blanks.
#[derive(Debug, Default, Serialize)]
struct Review {
    by: Option<String>,
    date: Option<String>,
}

/// The object: every term counts as read. Who read it, and when, is left open: until that is filled in it is no object.
#[must_use]
pub fn object(license: &License) -> Unsigned {
    let terms = License {
        verification: Verification::FullText,
        evidence: Evidence::OwnReview,
        conditions: license.conditions.iter().filter_map(confirmed).collect(),
        ..license.clone()
    };
    Unsigned {
        api_version: "modelport.dev/v1alpha1",
        kind: "ModelLicense",
        metadata: Metadata { name: name(license) },
        spec: Spec { license: license.id.clone(), overrides: true, reviews: [Review::default()], terms },
    }
}

/// A condition as it stands once it is read; none where it says only that nobody has.
fn confirmed(condition: &Condition) -> Option<Condition> {
    let mut read = Condition { verified: YesNo::Yes, ..condition.clone() };
    read.when.all_of.retain(|atom| atom.unread.is_none());
    read.when.any_of.retain(|atom| atom.unread.is_none());
    if read.when.all_of.is_empty() && read.when.any_of.is_empty() {
        return None;
    }
    if read.when != condition.when {
        // What stood here said that the policy was not read; once it is, it bans uses.
        read.sentence = "bans the uses that its policy names".into();
        read.remedy = Remedy::ChangeUse;
    }
    Some(read)
}

/// What to do with it, as comments above the object.
#[must_use]
pub fn remarks(license: &License) -> String {
    let mut text =
        remark("# ", &format!("{}: terms for a person to confirm who reads the text. Not legal advice.", license.name));
    if let Some(url) = &license.text.url {
        text.push_str(&format!("# 1. Read {url}\n"));
    } else {
        text.push_str("# 1. Find the text, and read it.\n");
    }
    let unread = license.conditions.iter().flat_map(|condition| {
        let atoms = condition.when.all_of.iter().chain(&condition.when.any_of);
        atoms.filter_map(|atom| atom.unread.as_ref()).map(|term| term.what.as_str())
    });
    for what in unread {
        text.push_str(&remark("#    ", &format!("and {what}")));
    }
    text.push_str(&remark(
        "# 2. ",
        "Correct below what the text says otherwise: terms that it has and this lacks, uses listed that it does not ban.",
    ));
    text.push_str(&remark(
        "# 3. ",
        "Fill in who read it and when, and apply it with kubectl apply -f. As it stands it is refused.",
    ));
    text
}

/// A comment of as many lines as it takes.
pub(super) fn remark(head: &str, text: &str) -> String {
    let wrapped = beside(head, head.len(), text);
    let marked = |text: String, line: &str| text + "#" + line.get(1..).unwrap_or_default() + "\n";
    wrapped.lines().fold(String::new(), marked)
}

/// A name as Kubernetes takes it.
fn name(license: &License) -> String {
    let id = license.id.trim_start_matches("LicenseRef-").to_ascii_lowercase();
    let plain: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    plain.trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::{
        catalog::{Catalog, license::Verification},
        manifest::model_license::ModelLicenseSpec,
    };

    use serde_json::json;

    use super::*;

    #[test]
    fn every_entry_that_nobody_read_is_confirmed_by_its_object_once_a_person_signs_it() {
        for license in Catalog::built_in().unwrap().licenses() {
            let mut object = serde_json::to_value(object(license)).unwrap();
            let unsigned: Result<ModelLicenseSpec, _> = serde_json::from_value(object["spec"].clone());
            assert!(unsigned.is_err(), "{}: nobody signed it", license.id);
            object["spec"]["reviews"][0] = json!({"by": "legal@acme.example", "date": "2026-11-26"});
            let spec: ModelLicenseSpec = serde_json::from_value(object["spec"].clone()).unwrap();
            let terms = spec.terms.unwrap();
            assert_eq!((terms.id.as_str(), terms.verification), (license.id.as_str(), Verification::FullText));
            for condition in &terms.conditions {
                let atoms = condition.when.all_of.iter().chain(&condition.when.any_of).chain(&condition.unless);
                assert!(condition.verified.is_yes() && atoms.into_iter().all(|atom| atom.unread.is_none()));
                assert!(!condition.sentence.contains("nobody has read"), "{}: {}", license.id, condition.sentence);
            }
        }
    }
}
