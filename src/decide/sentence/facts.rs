//! Sentences about facts that are missing, doubled or not readable yet.

use crate::{
    facts::Unread,
    manifest::{Reason, names, selection::Standing, shape, written::WrittenCountry},
};

use super::{
    super::{
        Effect, Finding,
        case::{Case, finding},
    },
    Said, and,
};

pub(in super::super) fn licensee_conflict(namespace: &str, names: &[&str]) -> Said {
    let names: Vec<String> = names.iter().map(|name| super::licensee(name)).collect();
    (
        format!("{} select namespace {namespace}, and only one can speak for it.", and(&names)),
        "The legal or platform team leaves the namespace to one of them; then it goes on by itself.".into(),
    )
}

pub(in super::super) fn licensee_missing(case: &Case<'_>, short: &str) -> Finding {
    let namespace = case.request.namespace;
    let sentence = format!(
        "{short} asks for facts about the organisation that runs it, and no Licensee selects namespace {namespace}"
    );
    let write = "The legal or platform team writes the Licensee of the organisation behind the namespace, once.";
    let labels = case.facts.labels_of(namespace);
    let perhaps = case.facts.licensees.iter().find_map(|fact| {
        let selection = fact.spec.selection();
        let name = super::licensee(&fact.name);
        match selection.standing(namespace, labels) {
            Standing::Labels => Some((
                format!("; {name} selects by labels, and those of {namespace} are not known"),
                super::policy::put_the_namespace(namespace),
            )),
            Standing::Words => shape::selection_problem(&selection).map(|problem| {
                let what = problem.sentence.trim_end_matches('.');
                (format!(" as it stands: in {name}, {what}"), format!("Who keeps {name} mends it. {}", problem.remedy))
            }),
            Standing::Selected | Standing::Passed => None,
        }
    });
    let (why, remedy) = perhaps.unwrap_or_else(|| (String::new(), write.into()));
    finding(Reason::LicenseeMissing, Effect::Waits, "Licensee", format!("{sentence}{why}.")).remedy(remedy)
}

pub(in super::super) fn unread(unread: &Unread) -> Finding {
    let what = match (&unread.name, &unread.file) {
        (Some(name), None) => format!("{}/{name} cannot be read", unread.kind),
        (Some(name), Some(file)) => format!("{}/{name} in {file} cannot be read", unread.kind),
        (None, Some(file)) => format!("a {} in {file} cannot be read", unread.kind),
        (None, None) => format!("the {} objects have not been read yet", unread.kind),
    };
    let sentence = format!("{what}: {}. What stands there may decide.", unread.why);
    finding(Reason::FactsNotReady, Effect::Waits, &unread.kind, sentence).remedy(match &unread.name {
        _ if unread.file.is_some() => "Who keeps the file mends it there.".into(),
        Some(name) => format!(
            "Who keeps it mends it (`kubectl get {}.{} {name} -o yaml` shows it); then it goes on by itself.",
            plural(&unread.kind),
            names::GROUP
        ),
        None => "It goes on by itself once they are read.".into(),
    })
}

/// What stands in `seat` or `headquarters` is no country that the catalogue knows: what is wrong, and who mends it.
pub(in super::super) fn country_unreadable(case: &Case<'_>, field: &str) -> Option<Said> {
    let list = super::list_of(case, field);
    let (what, write) = match case.unreadable_country(field)? {
        WrittenCountry::NotText(json) => {
            (format!("is the YAML value {json}"), format!("it in quotes in {list}: \"NO\" is Norway"))
        }
        WrittenCountry::Text(text) => {
            let catalog = case.facts.catalog;
            let write = match shape::meant(text, catalog) {
                Some(country) => format!("{} ({})", country.code, country.name),
                None if catalog.places().group(text).is_some() => "the code of the one country".into(),
                None => "the two capital letters of ISO 3166-1".into(),
            };
            (format!("is {}", shape::shown(text)), format!("{write} in {list}"))
        }
    };
    let licensee = super::the_licensee(case);
    let sentence = format!("the {field} in {licensee} {what}, and no country code");
    Some((sentence, format!("The legal or platform team writes {write}.")))
}

/// The kind as `kubectl` takes it.
fn plural(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{lower}s"),
    }
}

pub(in super::super) fn evidence_unknown(licensee: &str, name: &str) -> Said {
    (
        format!("spec.usage.evidence names {name}, and no record of Licensee/{licensee} has that name."),
        "Legal records it, or the author names the record that there is.".into(),
    )
}
