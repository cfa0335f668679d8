//! Every sentence that a decision can say, and who does what next. Nothing else in `decide` writes words for people.
//!
//! What and why in one sentence, with clause, fact, its date and whose it is. No "error", no "invalid", no advice on
//! law. A remedy names what is missing and who supplies it; it never proposes another declaration about the world. A
//! figure is shown only where its record says `disclose: value`.

use crate::{
    catalog::{condition::clause_words, license::License, words::MetricName},
    manifest::record::Record,
};

use super::case::Case;

pub(super) mod acceptance;
pub(super) mod descent;
pub(super) mod duty;
pub(super) mod facts;
pub(super) mod figure;
pub(super) mod identity;
pub(super) mod license;
pub(super) mod near;
pub(super) mod place;
pub(super) mod policy;
pub(super) mod rule;
mod rule_facts;
pub(super) mod time;
pub(super) mod waiver;

/// Prints an entry of a licence, with its hash.
const SHOW_ENTRY: &str = "modelport catalog licenses";

/// A sentence, and who does what next.
pub(super) type Said = (String, String);

/// `Llama 2 (clause 2)`.
pub(super) fn cite(license: &License, clause: Option<&str>) -> String {
    match clause {
        None => license.short.clone(),
        Some(clause) => {
            let (word, clause) = clause_words(clause);
            [license.short.as_str(), " (", word, clause, ")"].concat()
        }
    }
}

/// `Licensee/acme`.
pub(super) fn licensee(name: &str) -> String {
    ["Licensee/", name].concat()
}

/// The Licensee, or the one that is not there yet.
fn the_licensee(case: &Case<'_>) -> String {
    case.licensee().map_or_else(|| "a Licensee".into(), |fact| licensee(&fact.name))
}

/// `Licensee/acme separateLicenses`, as a place to record something.
pub(super) fn list_of(case: &Case<'_>, list: &str) -> String {
    match case.licensee() {
        Some(fact) => format!("{} {list}", licensee(&fact.name)),
        None => format!("{list} of the Licensee, once there is one"),
    }
}

/// `700,000,000`.
pub(crate) fn number(n: impl Into<i128>) -> String {
    let digits = n.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Longest list of names in a sentence; the rest is a count.
const MAX_NAMES: usize = 6;

/// "FR", "FR and SG", "FR, SG and 4 more".
fn and(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        [one] => one.clone(),
        [head @ .., last] if names.len() <= MAX_NAMES => format!("{} and {last}", head.join(", ")),
        _ => {
            let shown = names.get(..MAX_NAMES - 1).unwrap_or_default();
            format!("{} and {} more", shown.join(", "), names.len() - shown.len())
        }
    }
}

/// `a, b or c`.
fn or(names: &[&str]) -> String {
    match names {
        [head @ .., last] if !head.is_empty() => format!("{} or {last}", head.join(", ")),
        _ => names.concat(),
    }
}

/// Whether a metric counts people.
pub(super) fn counts_users(name: MetricName) -> bool {
    matches!(name, MetricName::MonthlyActiveUsers | MetricName::MonthlyUniqueUsers | MetricName::DailyActiveUsers)
}

/// When and by whom a record was made, with its text.
fn record_words(record: &Record) -> String {
    let [of, when] = record.when.as_deref().map(|when| [" of ", when]).unwrap_or_default();
    let [by, who] = record.who.as_deref().map(|who| [" by ", who]).unwrap_or_default();
    ["record ", &record.name, of, when, by, who].concat()
}

/// The hash of the text that a record speaks of, in short.
fn text_words(record: &Record) -> String {
    let short = short_hash(record.text_sha256.as_deref());
    short.map_or_else(|| "text not recorded".into(), |hash| format!("text {hash}"))
}

/// The beginning of a hash, to compare by eye.
fn short_hash(hash: Option<&str>) -> Option<String> {
    hash.and_then(|hash| hash.get(..8)).map(|hash| format!("{hash}.."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0_i64), "0");
        assert_eq!(number(999_i64), "999");
        assert_eq!(number(700_000_000_u64), "700,000,000");
    }

    #[test]
    fn a_long_list_ends_in_a_count() {
        let names: Vec<String> = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK"].map(String::from).to_vec();
        assert_eq!(and(&names), "AT, BE, BG, CY, CZ and 2 more");
        assert_eq!(and(&names[..2]), "AT and BE");
    }
}
