//! Missing facts as YAML with blanks: pasted as it is, it says nothing; filled in, it settles what was asked.

use serde::Serialize;
use serde_json::Value;

use super::{
    Ask, Need, Object,
    ask::{BASE_MODELS, slug, word},
    judged::NOT_APPLICABLE,
};
use crate::{
    manifest::names,
    report::table::{MAX_COLUMNS, wrap},
};

/// A piece of YAML, and who may write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paste {
    /// `Licensee/acme`, `ModelDeployment support/bot`.
    pub object: String,
    /// Who may write it.
    pub who: String,
    /// The YAML; a whole object where there is none yet, else the part to merge in.
    pub yaml: String,
}

/// One piece of YAML an object.
#[must_use]
pub fn pastes(needs: &[Need]) -> Vec<Paste> {
    let mut objects: Vec<&Object> = Vec::new();
    for need in needs {
        if !objects.contains(&&need.object) {
            objects.push(&need.object);
        }
    }
    let of = |object: &Object| needs.iter().filter(|need| need.object == *object).collect::<Vec<_>>();
    objects
        .into_iter()
        .map(|object| match object {
            Object::Licensee { name, exists: true, .. } => Paste {
                object: format!("Licensee/{name}"),
                who: LEGAL.into(),
                yaml: format!("spec:\n{}", licensee_fields(&of(object))),
            },
            Object::Licensee { name, namespaces, .. } => Paste {
                object: format!("Licensee/{name}"),
                who: LEGAL.into(),
                yaml: licensee_document(name, namespaces, &of(object)),
            },
            Object::ModelDeployment { namespace, name } => Paste {
                object: format!("ModelDeployment {namespace}/{name}"),
                who: format!("the author of {namespace}/{name}"),
                yaml: deployment_fields(&of(object)),
            },
            Object::ModelLicense => Paste {
                object: "a ModelLicense".into(),
                who: LEGAL.into(),
                yaml: of(object).iter().map(|need| model_license(need)).collect::<Vec<_>>().join("---\n"),
            },
        })
        .collect()
}

const LEGAL: &str = "the legal or platform team";

/// A whole Licensee with blanks.
#[must_use]
pub fn licensee_document(name: &str, namespaces: &[String], needs: &[&Need]) -> String {
    let mut text = head("Licensee", name);
    text.push_str("spec:\n  namespaces:\n");
    for namespace in namespaces {
        text.push_str(&format!("  - {}\n", scalar(namespace)));
    }
    text.push_str(&blank("  kind:", "company, natural-person, nonprofit, academic or government"));
    text.push_str(&licensee_fields(needs));
    text
}

fn head(kind: &str, name: &str) -> String {
    format!("apiVersion: {}/v1alpha1\nkind: {kind}\nmetadata:\n  name: {}\n", names::GROUP, scalar(name))
}

/// A text as YAML reads it back: `no` and `1e3` need quotes.
fn scalar(text: &str) -> String {
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::String(read)) if read == text => text.to_owned(),
        _ => Value::from(text).to_string(),
    }
}

/// Field and comment on one line, or on two where that is too long.
fn blank(field: &str, comment: &str) -> String {
    let line = format!("{field:<20} # {comment}\n");
    if line.chars().count() <= MAX_COLUMNS {
        return line;
    }
    let indent = " ".repeat(field.chars().take_while(|c| *c == ' ').count());
    let mut text = String::new();
    for line in wrap(comment, MAX_COLUMNS - indent.len() - 2) {
        text.push_str(&format!("{indent}# {line}\n"));
    }
    text + field + "\n"
}

/// Why it is asked, as comment lines.
fn reasons(needs: &[&Need], indent: &str) -> String {
    let mut text = String::new();
    for need in needs {
        for line in wrap(&need.why, MAX_COLUMNS - indent.len() - 2) {
            text.push_str(&format!("{indent}# {line}\n"));
        }
    }
    text
}

/// Fields of a Licensee, in the order of its schema.
fn licensee_fields(needs: &[&Need]) -> String {
    let mut text = String::new();
    let of = |wanted: &dyn Fn(&Ask) -> bool| -> Vec<&Need> {
        needs.iter().copied().filter(|need| wanted(&need.ask)).collect()
    };
    let seat = of(&|ask| matches!(ask, Ask::Seat { .. }));
    if !seat.is_empty() {
        text.push_str(&reasons(&seat, "  "));
        text.push_str(&blank("  seat:", "country of the principal place of business, quoted, such as \"SG\""));
    }
    for (name, example) in [("businessTypes", "cloud-provider"), ("competesWith", "a company's name")] {
        let listed = of(&|ask| matches!(ask, Ask::Listed { field, .. } if field == name));
        if let Some(Need { ask: Ask::Listed { words, .. }, .. }) = listed.first() {
            let asked = if words.is_empty() { example.to_owned() } else { words.join(", ") };
            text.push_str(&reasons(&listed, "  "));
            for line in wrap(&format!("Asked about: {asked}. Write [none] where none of them is so."), MAX_COLUMNS - 4)
            {
                text.push_str(&format!("  # {line}\n"));
            }
            text.push_str(&format!("  {name}: []\n"));
        }
    }
    let figures = of(&|ask| matches!(ask, Ask::Figure { .. }));
    if !figures.is_empty() {
        text.push_str("  metrics:\n");
    }
    for need in figures {
        text.push_str(&figure(need));
    }
    for list in ["accepted", "registered", "separateLicenses", "followsPolicy", NOT_APPLICABLE, "filings"] {
        let records = of(&|ask| matches!(ask, Ask::Record { list: of, .. } if of == list));
        if !records.is_empty() {
            text.push_str(&format!("  {list}:\n"));
        }
        for need in records {
            text.push_str(&record(list, need));
        }
    }
    text
}

fn figure(need: &Need) -> String {
    let Ask::Figure { name, scope, country, period, currency } = &need.ask else { return String::new() };
    let mut text = reasons(&[need], "  ");
    text.push_str(&format!("  - name: {}\n    scope: {}\n    period: \"{period}\"\n", word(name), word(scope)));
    if let Some(country) = country {
        text.push_str(&format!("    country: \"{country}\"\n"));
    }
    if let Some(currency) = currency {
        text.push_str(&format!("    currency: {currency}\n"));
    }
    let what = if currency.is_some() { "whole units of the currency" } else { "a whole number" };
    text.push_str(&blank("    value:", &format!("{what}, such as 120000; or a bound: atMost")));
    text.push_str(&blank("    asOf:", "the day that the figure was taken, such as \"2026-11-02\""));
    text.push_str(&blank("    source:", "where it is from, such as annual report"));
    text
}

fn record(list: &str, need: &Need) -> String {
    let Ask::Record { name, rule, covers, reference, .. } = &need.ask else { return String::new() };
    let mut text = reasons(&[need], "  ");
    let once = match list {
        "accepted" => "once the terms are accepted",
        "registered" => "once it is registered with the licensor",
        "separateLicenses" => "once the licensor has granted it",
        "followsPolicy" => "once it is followed",
        NOT_APPLICABLE => "once counsel has judged so",
        _ => "once it can be shown",
    };
    // A record counts from the day it stands there, so one thing that it cannot be read without is left blank.
    let covered = covers_words(covers);
    if list == "followsPolicy" {
        let licenses = format!("[\"{}\"], {once}", covers.licenses.join("\", \""));
        text.push_str(&format!("  - name: {name}\n    covers:\n{}", blank("      licenses: []", &licenses)));
    } else {
        text.push_str(&blank("  - name:", &format!("{name}, {once}")));
        text.push_str(&format!("    covers: {covered}\n"));
    }
    if let Some(rule) = rule {
        text.push_str(&format!("    rule: {rule}\n"));
    }
    if list == NOT_APPLICABLE {
        text.push_str(&blank("    reason:", "why it does not apply, such as: it takes in and gives out text alone"));
    }
    if list == "filings" {
        text.push_str(&blank("    reference:", reference));
    }
    text.push_str(&blank("    who:", "who did it, such as legal@example.com"));
    text.push_str(&blank("    when:", "the day, such as \"2026-11-02\""));
    text
}

/// `{licenses: [LicenseRef-llama-2]}`.
fn covers_words(covers: &crate::manifest::record::Covers) -> String {
    let countries: Vec<String> = covers.countries.iter().filter_map(|c| c.text()).map(str::to_owned).collect();
    let parts = [
        ("licenses", &covers.licenses),
        ("models", &covers.models),
        ("services", &covers.services),
        ("countries", &countries),
    ];
    let parts = parts.iter().filter(|(_, list)| !list.is_empty());
    let parts: Vec<String> = parts.map(|(field, list)| format!("{field}: [\"{}\"]", list.join("\", \""))).collect();
    format!("{{{}}}", parts.join(", "))
}

fn deployment_fields(needs: &[&Need]) -> String {
    let mut text = String::from("spec:\n");
    let mut under = "";
    for need in needs {
        let Ask::Declared { field, tried } = &need.ask else { continue };
        let path = field.trim_start_matches("spec.");
        let (parent, name) = path.split_once('.').unwrap_or(("", path));
        if parent != under && !parent.is_empty() {
            text.push_str(&format!("  {parent}:\n"));
            under = parent;
        }
        let indent = if parent.is_empty() { "  " } else { "    " };
        text.push_str(&reasons(&[need], indent));
        let (empty, comment) = match name {
            "audience" => ("", "public (anyone outside, free or paid), partners, or internal"),
            "purpose" => ("", "commercial, non-commercial, internal-business, research, evaluation or personal"),
            "role" => ("", "licensee, or end-user-of-integrated-product"),
            "serves" => (" []", "countries of the people served, quoted, such as [\"SG\"]"),
            "sectors" => (" []", "those that licences name: `modelport catalog sectors`; [none] for none"),
            "assurances" => (" []", "content-filter, output-review, keeps-provenance: what is vouched for; or [none]"),
            "framework" => ("", "the framework that it is used in"),
            "edgeDevices" => ("", "a whole number: how many devices run it, at most"),
            "outputTokensPerMonth" => ("", "a whole number: how many tokens it puts out in a month, at most"),
            "baseModels" => (" []", "what it was made from"),
            _ => ("", "Yes or No"),
        };
        // Which one it was is for the author to say; the name that it goes by is a proposal.
        let base = tried.get(0).and_then(Value::as_str).filter(|_| field == BASE_MODELS);
        let comment = base.map_or_else(|| comment.to_owned(), |base| format!("{comment}, such as [{base}]"));
        text.push_str(&blank(&format!("{indent}{name}:{empty}"), &comment));
    }
    text
}

fn model_license(need: &Need) -> String {
    let Ask::License { model, candidates } = &need.ask else { return String::new() };
    let mut text = reasons(&[need], "");
    text.push_str(&head("ModelLicense", &slug(model.rsplit('/').next().unwrap_or(model))));
    text.push_str("spec:\n");
    let which = if candidates.is_empty() {
        "its id; see `modelport catalog licenses`".to_owned()
    } else {
        format!("one of {}", candidates.join(", "))
    };
    text.push_str(&blank("  license:", &which));
    text.push_str(&format!("  models:\n  - {}\n", scalar(model)));
    text
}
