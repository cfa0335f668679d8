//! The rules of the definitions, in the part of CEL that they are written in: an interpreter of all of it would bring a
//! dozen libraries for some twenty lines. A test holds that every rule of ours is read.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use serde_json::Value;

mod eval;
mod parse;

/// What a rule says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It lets the value pass.
    Passed,
    /// It does not, or cannot be asked of it, which the API server takes for the same.
    Refused,
    /// It is not read here, or speaks of a change: the API server alone answers.
    Unknown,
}

/// A rule, read.
#[derive(Debug)]
pub(super) enum Expr {
    Value(Value),
    Name(String),
    List(Vec<Self>),
    Field(Box<Self>, String),
    Has(Box<Self>, String),
    Not(Box<Self>),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
    If(Box<Self>, Box<Self>, Box<Self>),
    Compare(Order, Box<Self>, Box<Self>),
    In(Box<Self>, Box<Self>),
    Call(Function, Box<Self>, Option<Box<Self>>),
    Each(Quantity, Box<Self>, String, Box<Self>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What is asked of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    Matches,
    StartsWith,
    EndsWith,
    Contains,
    Substring,
}

/// Of how many entries something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    All,
    Some,
    One,
}

static READ: LazyLock<Mutex<BTreeMap<String, Option<Arc<Expr>>>>> = LazyLock::new(Mutex::default);

/// Asks a rule of a value.
pub(super) fn asked(rule: &str, value: &Value) -> Asked {
    if rule.contains("oldSelf") {
        return Asked::Unknown;
    }
    let read = {
        let mut known = READ.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(rule.to_owned()).or_insert_with(|| parse::read(rule).map(Arc::new)).clone()
    };
    match read.map(|expr| eval::holds(&expr, value)) {
        None => Asked::Unknown,
        Some(true) => Asked::Passed,
        Some(false) => Asked::Refused,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_asked_as_the_api_server_asks_it() {
        let value = json!({"a": 1, "b": "hf://x", "list": ["one", "none"], "map": {"k": "v"}, "on": true});
        for (rule, expected) in [
            ("has(self.a) && !has(self.c)", Asked::Passed),
            ("has(self.a) != has(self.b)", Asked::Refused),
            ("[has(self.a), has(self.b)].exists_one(x, x)", Asked::Refused),
            ("[has(self.a), has(self.c), has(self.on) && self.on].exists_one(x, x)", Asked::Refused),
            ("self.b.matches('^(hf|oci)://[^ ]+$')", Asked::Passed),
            ("self.b.contains('..')", Asked::Refused),
            ("self.b.size() <= 6 && size(self.list) == 2", Asked::Passed),
            ("self.list.all(e, e.endsWith('e'))", Asked::Passed),
            ("self.list.exists(e, e.startsWith('t'))", Asked::Refused),
            ("self.map.all(k, k in ['k', 'l'])", Asked::Passed),
            ("self.b.substring(5) in ['x']", Asked::Passed),
            ("(has(self.c) ? self.c >= 0 : true) && self.a > -1", Asked::Passed),
            ("self.c > 0", Asked::Refused),
            ("self.c > 0 || true", Asked::Passed),
            ("self == oldSelf", Asked::Unknown),
            ("self.b.lowerAscii() == 'x'", Asked::Unknown),
            ("self.a ==", Asked::Unknown),
        ] {
            assert_eq!(asked(rule, &value), expected, "{rule}");
        }
    }
}
