//! A licence as a file writes it: one id, several with commas, or an SPDX expression.
//!
//! Cards write ids of the hubs' own in lower case, which are no SPDX ids; so the words are taken out first, and the
//! `spdx` crate reads the grammar that is left: what binds how, and what is in brackets.

use spdx::{Expression, ParseMode, expression::ExprNode, expression::Operator};

/// Most licences of one expression, and most clauses that it is turned into.
const MAX_TERMS: usize = 16;

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Words that name no licence: `other`, `unknown`, `NOASSERTION`, or nothing.
    Nothing,
    /// All of these apply; of several in one entry, any one may be chosen.
    All(Vec<Vec<String>>),
    /// Not an id, and not an expression that is understood.
    Unclear,
}

/// Reads what a file writes.
#[must_use]
pub fn read(text: &str) -> Wording {
    let text = text.trim();
    if text.len() > super::MAX_WORD_BYTES {
        return Wording::Unclear;
    }
    if says_nothing(text) {
        return Wording::Nothing;
    }
    if text.contains(',') {
        return several(text);
    }
    if !text.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')')) {
        return Wording::All(vec![vec![text.to_owned()]]);
    }
    expression(text).map_or(Wording::Unclear, Wording::All)
}

fn says_nothing(text: &str) -> bool {
    ["", "other", "unknown", "none", "noassertion", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// llama.cpp's converter joins a card's list with commas. A list means all of it: beside a name, `other` is one more text.
fn several(text: &str) -> Wording {
    let mut all = Vec::new();
    let mut others = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match read(part) {
            Wording::All(clauses) => all.extend(clauses),
            Wording::Nothing => others.push(vec![part.to_owned()]),
            Wording::Unclear => return Wording::Unclear,
        }
    }
    if all.is_empty() {
        return Wording::Nothing;
    }
    all.append(&mut others);
    match all.len() {
        1..=MAX_TERMS => Wording::All(all),
        _ => Wording::Unclear,
    }
}

fn expression(text: &str) -> Option<Vec<Vec<String>>> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = Vec::new();
    let mut grammar: Vec<String> = Vec::new();
    for token in spaced.split_whitespace() {
        let operator = ["AND", "OR", "WITH"].into_iter().find(|word| token.eq_ignore_ascii_case(word));
        let excepted = grammar.last().is_some_and(|last| last == "WITH");
        match operator {
            Some(operator) => grammar.push(operator.into()),
            None if token == "(" || token == ")" || excepted => grammar.push(token.into()),
            None => {
                grammar.push(format!("LicenseRef-{}", words.len()));
                words.push(token);
            }
        }
    }
    if words.len() > MAX_TERMS || grammar.len() > 8 * MAX_TERMS {
        return None;
    }
    let parsed = Expression::parse_mode(&grammar.join(" "), ParseMode::STRICT).ok()?;
    let mut stack: Vec<Vec<Vec<String>>> = Vec::new();
    for node in parsed.iter() {
        match node {
            ExprNode::Req(required) => {
                let index: usize = required.req.license.to_string().strip_prefix("LicenseRef-")?.parse().ok()?;
                let word = words.get(index)?;
                let whole = match &required.req.addition {
                    // An exception changes the terms, and nobody has read this one.
                    Some(addition) => format!("{word} WITH {addition}"),
                    None => (*word).to_owned(),
                };
                stack.push(vec![vec![whole]]);
            }
            ExprNode::Op(operator) => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                stack.push(match operator {
                    Operator::And => left.into_iter().chain(right).collect(),
                    Operator::Or => either(&left, &right),
                });
            }
        }
        if stack.last().is_some_and(|top| top.len() > MAX_TERMS) {
            return None;
        }
    }
    let all = stack.pop()?;
    (stack.is_empty() && !all.is_empty()).then_some(all)
}

/// `(a AND b) OR c` is `(a OR c) AND (b OR c)`.
fn either(left: &[Vec<String>], right: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for one in left {
        for other in right {
            let mut clause = one.clone();
            clause.extend(other.iter().filter(|word| !one.contains(word)).cloned());
            all.push(clause);
        }
    }
    all
}
