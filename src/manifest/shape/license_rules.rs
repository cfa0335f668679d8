//! Problems of what a ModelPolicy says about licences, and of a record that names a term or a duty of one.

use crate::{
    catalog::{Catalog, DutyKind, license::License},
    manifest::{
        Reason, hub_address,
        license_rules::{ClassWord, Entry, LicenseRules, days},
    },
};

use super::{ShapeProblem, nearest, shown};

/// Days that the built-in default lets a figure lag; see the policies' combination.
const BUILT_IN_FIGURE_LAG_DAYS: i64 = 45;

/// What is wrong in `spec.licenses`, in the order of its fields.
pub(super) fn problems(rules: &LicenseRules, default: bool, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    for (list, entries) in [("allow", &rules.allow), ("refuse", &rules.refuse), ("needReview", &rules.need_review)] {
        for (i, entry) in entries.iter().enumerate() {
            all.extend(license_entry_problem(&format!("spec.licenses.{list}[{i}]"), entry, catalog));
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

/// What is wrong with an entry of `allow`, `refuse` or `needReview`: it names nothing that there is.
#[must_use]
pub fn license_entry_problem(field: &str, entry: &str, catalog: &Catalog) -> Option<ShapeProblem> {
    let problem = |sentence: String, remedy: String| ShapeProblem::new(Reason::PolicyInvalid, field, sentence, remedy);
    let parsed = Entry::parse(entry);
    if let Entry::Model(pattern) | Entry::License(pattern) = parsed
        && let Some(why) = no_name(pattern)
    {
        return Some(problem(
            format!("{field} is {}, and {why}, so it names nothing.", shown(pattern)),
            "Write models as org/name or org/*, or the beginning of a licence id followed by *.".into(),
        ));
    }
    match parsed {
        Entry::NoClass(word) => {
            let classes: Vec<String> = ClassWord::ALL.iter().map(ToString::to_string).collect();
            Some(problem(
                format!("{field} is class:{}, which is no class; what it is about waits.", shown(word)),
                format!("Write one of {}.", classes.join(", ")),
            ))
        }
        Entry::License(pattern) if !names_a_license(pattern, catalog) => Some(problem(
            format!("{field} is {}, which is no licence of the catalogue, so it names nothing.", shown(pattern)),
            format!("{}{NAMES}", likely(pattern, catalog)),
        )),
        Entry::Class(_) | Entry::Model(_) | Entry::License(_) => None,
    }
}

/// A model that is written as a source is: names here are repositories.
pub(super) fn no_model(field: &str, pattern: &str, reason: Reason, all: &mut Vec<ShapeProblem>) {
    let Some(why) = no_name(pattern) else { return };
    let remedy = match pattern.split_once("://") {
        Some((_, name)) => format!("Write {}.", shown(name.split('@').next().unwrap_or(name))),
        None => "Write models as org/name or org/*.".into(),
    };
    let sentence = format!("{field} is {}, and {why}, so it names nothing.", shown(pattern));
    all.push(ShapeProblem::new(reason, field, sentence, remedy));
}

/// Why a pattern is the name of no model, nor the beginning of one. A name that an author writes is nearly free.
fn no_name(pattern: &str) -> Option<&'static str> {
    let name = pattern.strip_suffix('*').unwrap_or(pattern);
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        _ if pattern.contains("://") => Some("an address is not how models are named here"),
        [host, _, ..] if hub_address::is_host(host) => Some("an address is not how models are named here"),
        _ if name.contains('*') => Some("a * stands at the end alone, for any ending"),
        _ if name.contains('@') => Some("no revision belongs to a name here"),
        _ if name.contains('?') => Some("a ? stands for nothing here"),
        _ if pattern.trim() != pattern => Some("it begins or ends in a blank"),
        [_] => None,
        [head @ .., last]
            if head.iter().any(|part| part.is_empty()) || last.is_empty() && name.len() == pattern.len() =>
        {
            Some("names are an organisation, '/' and a model")
        }
        [.., own] if own.starts_with(['.', '-']) => Some("no name of a model begins with '.' or '-'"),
        _ => None,
    }
}

/// A record that covers an id of no licence covers nothing by it.
pub(super) fn no_license(field: &str, pattern: &str, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    if !names_a_license(pattern, catalog) {
        all.push(ShapeProblem::new(
            Reason::LicenseeInvalid,
            field,
            format!("{field} is {}, which is no licence of the catalogue, so it names nothing.", shown(pattern)),
            format!(
                "{}Write an id that modelport catalog licenses lists; a text of your own stands in a ModelLicense, and its id begins with LicenseRef-.",
                likely(pattern, catalog)
            ),
        ));
    }
}

const NAMES: &str =
    "Write an id that modelport catalog licenses lists, a class such as class:osi, or models as org/name or org/*.";

/// Whether an id is one of the catalogue's, or the beginning of one. A text of the organisation's own, `LicenseRef-`, may
/// stand in a ModelLicense; one that is a letter or two away from the catalogue's, of the same number, is a slip.
fn names_a_license(pattern: &str, catalog: &Catalog) -> bool {
    if catalog.license(pattern).is_some() {
        return true;
    }
    let begins = |id: &str, start: &str| id.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    let known = |id: &str| match pattern.strip_suffix('*') {
        Some(start) => begins(id, start),
        None => id.eq_ignore_ascii_case(pattern),
    };
    let own = begins(pattern, "LicenseRef-") && (pattern.ends_with('*') || slip_of(pattern, catalog).is_none());
    own || catalog.licenses().any(|license| known(&license.id))
}

/// The id of the catalogue that is a letter or two away from a word, and has the same number in it.
fn slip_of<'a>(word: &str, catalog: &'a Catalog) -> Option<&'a str> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(word);
    near_id(word, catalog, |bare| digits(bare) == wanted)
}

/// The id of the catalogue that is nearest to a word, of those that are kept by their letters and digits.
fn near_id<'a>(word: &str, catalog: &'a Catalog, keep: impl Fn(&str) -> bool) -> Option<&'a str> {
    let ids = catalog.licenses().map(|license| (bare(&license.id), license.id.as_str()));
    let kept: Vec<(String, &str)> = ids.filter(|(bare, _)| keep(bare)).collect();
    let near = nearest(&bare(word), kept.iter().map(|(bare, _)| bare.as_str()))?;
    kept.iter().find(|(bare, _)| bare == near).map(|(_, id)| *id)
}

/// Letters and digits of an id alone.
fn bare(text: &str) -> String {
    let text = text.trim_start_matches("LicenseRef-");
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What a word that names no licence is likely to stand for: a tag of the hubs, a publisher, an id spelt otherwise.
fn likely(word: &str, catalog: &Catalog) -> String {
    const MAX_IDS: usize = 4;
    let word = word.trim_end_matches('*').trim_end_matches(['-', '/']);
    // A combination may go by the tag of one of its members.
    let tagged = |license: &&License| {
        let same = |tag: &str| tag.eq_ignore_ascii_case(word);
        license.tags.iter().any(|tag| same(&tag.license) || tag.license_name.as_deref().is_some_and(same))
    };
    let tags: Vec<&str> = catalog
        .licenses()
        .filter(|license| license.all_of.is_empty())
        .filter(tagged)
        .map(|license| license.id.as_str())
        .collect();
    let mut hints = String::new();
    if (1..=MAX_IDS).contains(&tags.len()) {
        hints.push_str(&format!("The hubs' tag {word} stands for {}. ", tags.join(", ")));
    }
    if let Some(publisher) = catalog.families().publisher(word) {
        hints.push_str(&format!("For the models of {publisher}: {publisher}/*. "));
    }
    if !hints.is_empty() {
        return hints;
    }
    let near = slip_of(word, catalog).or_else(|| near_id(word, catalog, |_| true));
    near.map(|id| format!("The nearest known one is {id}. ")).unwrap_or_default()
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
        for (entry, words) in [
            ("llama3.1", "tag llama3.1 stands for LicenseRef-llama-3.1"),
            ("apache2", "nearest known one is Apache-2.0"),
            ("Qwen", "For the models of Qwen: Qwen/*"),
            ("*/Qwen3-8B", "org/name or org/*"),
            ("hf://Qwen/*", "org/name or org/*"),
        ] {
            let problem = license_entry_problem("f", entry, Catalog::built_in().unwrap()).unwrap();
            assert!(problem.remedy.contains(words), "{entry}: {}", problem.remedy);
        }
        assert!(remedy(5).contains("such as FilingMissing"), "{}", remedy(5));
        assert!(problems.get(5).unwrap().sentence.contains("nearest known one is UserThreshold"));
    }

    #[test]
    fn an_id_a_letter_away_from_a_known_one_is_a_slip_and_one_of_another_number_is_not() {
        let catalog = Catalog::built_in().unwrap();
        let problem = |entry: &str| license_entry_problem("f", entry, catalog).map(|problem| problem.remedy);
        assert!(problem("LicenseRef-lama-2").is_some_and(|remedy| remedy.contains("LicenseRef-llama-2. ")));
        for own in ["LicenseRef-llama-9", "LicenseRef-acme", "LicenseRef-lama-*", "LicenseRef-llama-2"] {
            assert_eq!(problem(own), None, "{own}");
        }
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
