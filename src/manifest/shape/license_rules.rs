//! Problems of what a ModelPolicy says about licences, and of a record that names a term or a duty of one.

use crate::{
    catalog::{Catalog, DutyKind, license::License},
    manifest::{
        Reason,
        license_rules::{ClassWord, Entry, LicenseRules, days},
    },
};

use super::{ShapeProblem, near_words, nearest, shown};

/// Days that the built-in default lets a figure lag; see the policies' combination.
const BUILT_IN_FIGURE_LAG_DAYS: i64 = 45;

/// What is wrong in `spec.licenses`, in the order of its fields.
pub(super) fn problems(rules: &LicenseRules, default: bool, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    for (list, entries) in [("allow", &rules.allow), ("refuse", &rules.refuse), ("needReview", &rules.need_review)] {
        for (i, entry) in entries.iter().enumerate() {
            if let Entry::License(pattern) = Entry::parse(entry) {
                let field = format!("spec.licenses.{list}[{i}]");
                no_license(&field, pattern, Reason::PolicyInvalid, catalog, all);
            }
            if let Entry::NoClass(word) = Entry::parse(entry) {
                let field = format!("spec.licenses.{list}[{i}]");
                let classes: Vec<String> = ClassWord::ALL.iter().map(ToString::to_string).collect();
                all.push(ShapeProblem::new(
                    Reason::PolicyInvalid,
                    field.clone(),
                    format!("{field} is class:{}, which is no class; what it is about waits.", shown(word)),
                    format!("Write one of {}.", classes.join(", ")),
                ));
            }
        }
    }
    let ages = &rules.ages;
    for (part, limit) in [("figures", &ages.figures), ("reviews", &ages.reviews), ("records", &ages.records)] {
        if let Some(limit) = limit.as_ref().filter(|limit| days(&limit.at_most).is_none()) {
            not_days(&format!("spec.licenses.ages.{part}.atMost"), &limit.at_most, "nothing is young enough", all);
        }
    }
    match rules.figure_lag.as_deref().map(|text| (text, days(text))) {
        Some((text, None)) => not_days("spec.licenses.figureLag", text, "every figure is due at once", all),
        Some((text, Some(lag))) if lag > BUILT_IN_FIGURE_LAG_DAYS && !default => all.push(ShapeProblem::new(
            Reason::PolicyInvalid,
            "spec.licenses.figureLag",
            format!("spec.licenses.figureLag is {text}, longer than the default, which is never lengthened here."),
            format!("Write at most {BUILT_IN_FIGURE_LAG_DAYS}d, or say it in a policy with default: true."),
        )),
        _ => {}
    }
    super::waivers::waivable_problems(&rules.waivable, all);
}

/// An id that the catalogue does not have names nothing. A text of the organisation's own, `LicenseRef-`, may stand in a
/// ModelLicense.
pub(super) fn no_license(field: &str, pattern: &str, reason: Reason, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let known = |id: &str| match pattern.strip_suffix('*') {
        Some(start) => id.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        None => id.eq_ignore_ascii_case(pattern),
    };
    let own = pattern.get(..OWN.len()).is_some_and(|head| head.eq_ignore_ascii_case(OWN));
    if own || catalog.licenses().any(|license| known(&license.id)) {
        return;
    }
    let sentence = format!(
        "{field} is {}, which is no licence of the catalogue, so it names nothing.{}",
        shown(pattern),
        near_words(near_license(pattern, catalog))
    );
    let ids = "Write an id that modelport catalog licenses lists";
    let remedy = if reason == Reason::PolicyInvalid {
        format!("{ids}, a class such as class:osi, or models as org/name or org/*.")
    } else {
        format!("{ids}; a text of your own stands in a ModelLicense, and its id begins with {OWN}.")
    };
    all.push(ShapeProblem::new(reason, field, sentence, remedy));
}

/// How the id of a text begins that SPDX does not list.
const OWN: &str = "LicenseRef-";

/// The licence whose id, whose id without its beginning, or whose short name comes near.
fn near_license<'a>(written: &str, catalog: &'a Catalog) -> Option<&'a str> {
    let names = |license: &'a License| {
        let bare = license.id.strip_prefix(OWN).unwrap_or(&license.id);
        [license.id.as_str(), bare, license.short.as_str()].map(|name| (name, license.id.as_str()))
    };
    let known: Vec<(&str, &str)> = catalog.licenses().flat_map(names).collect();
    let near = nearest(written.trim_end_matches('*'), known.iter().map(|(name, _)| *name))?;
    known.iter().find(|(name, _)| *name == near).map(|(_, id)| *id)
}

fn not_days(field: &str, text: &str, then: &str, all: &mut Vec<ShapeProblem>) {
    all.push(ShapeProblem::new(
        Reason::PolicyInvalid,
        field,
        format!("{field} {} is no number of days; {then}.", shown(text)),
        "Write whole days, such as 400d.",
    ));
}

/// A record that names a term or a duty, `<license id>/<condition id or kind>`: one that the licence does not have. A
/// licence that the catalogue does not list may stand in a ModelLicense.
pub(super) fn term_named(field: &str, rule: &str, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let Some((id, name)) = rule.rsplit_once('/') else { return };
    let Some(license) = catalog.license(id) else { return };
    let duties = DutyKind::ALL.iter().map(|kind| kind.word());
    let mut known = license.conditions.iter().map(|condition| condition.id.as_str()).chain(duties);
    if known.any(|one| one == name) {
        return;
    }
    let terms: Vec<&str> = license.conditions.iter().map(|condition| condition.id.as_str()).collect();
    let terms = if terms.is_empty() { "it has no terms".into() } else { format!("its terms are {}", terms.join(", ")) };
    all.push(ShapeProblem::new(
        Reason::LicenseeInvalid,
        format!("{field}.rule"),
        format!("{field}.rule is {}, which is no term and no duty of {id}.", shown(rule)),
        format!("Write {id}/ and a term ({terms}) or a kind of duty, such as Display."),
    ));
}

#[cfg(test)]
mod tests {
    use super::super::{licensee_problems, policy_problems};
    use super::*;

    fn fields(problems: &[ShapeProblem]) -> Vec<&str> {
        problems.iter().map(|problem| problem.field.as_str()).collect()
    }

    #[test]
    fn what_a_policy_gets_wrong_about_licences_is_said_with_what_to_write() {
        let text = "{namespaces: [lab], licenses: {allow: [MIT, \"class:oss\"], refuse: [\"apache-*\", \"publisher:Alibaba\", LicenseRef-own, \"Qwen/*\"], needReview: [\"class:\"], ages: {records: {atMost: 1y}}, figureLag: 60d, waivable: [UserThreshold, UserTreshold, FactsNotReady]}}";
        let spec = serde_saphyr::from_str(text).unwrap();
        let problems = policy_problems(&spec, Catalog::built_in().unwrap());
        let expected = [
            "spec.licenses.allow[1]",
            "spec.licenses.refuse[1]",
            "spec.licenses.needReview[0]",
            "spec.licenses.ages.records.atMost",
            "spec.licenses.figureLag",
            "spec.licenses.waivable[1]",
            "spec.licenses.waivable[2]",
        ];
        assert_eq!(fields(&problems), expected);
        let remedy = |at: usize| problems.get(at).map(|problem| problem.remedy.clone()).unwrap();
        assert!(remedy(0).contains("class:osi, class:permissive"), "{}", remedy(0));
        assert!(remedy(1).contains("org/*"), "{}", remedy(1));
        assert!(remedy(5).contains("such as FilingMissing"), "{}", remedy(5));
        assert!(problems.get(5).unwrap().sentence.contains("nearest known one is UserThreshold"));
    }

    #[test]
    fn a_record_that_names_a_term_names_one_that_the_licence_has() {
        let record = |list: &str, rule: &str| {
            let text = format!(
                "{{namespaces: [lab], kind: company, {list}: [{{name: a, who: c, when: 2026-01-01, reason: r, rule: \"{rule}\", covers: {{all: Yes}}}}]}}"
            );
            let problems = licensee_problems(&serde_saphyr::from_str(&text).unwrap(), Catalog::built_in().unwrap());
            fields(&problems).join(",")
        };
        assert_eq!(record("notApplicable", "LicenseRef-llama-2/user-threshold"), "");
        assert_eq!(record("notApplicable", "LicenseRef-llama-2/Display"), "");
        assert_eq!(record("followsPolicy", "LicenseRef-llama-2/NoticeFile"), "");
        assert_eq!(record("notApplicable", "LicenseRef-llama-2/user-limit"), "spec.notApplicable[0].rule");
        assert_eq!(record("followsPolicy", "LicenseRef-llama-2/display"), "spec.followsPolicy[0].rule");
        assert_eq!(record("notApplicable", "LicenseRef-own/x"), "", "it may stand in a ModelLicense");
        assert_eq!(record("notApplicable", "cn-genai-filing"), "");
        assert_eq!(record("notApplicable", "cn-genai"), "spec.notApplicable[0].rule");
    }
}
