//! The rules of the definitions, asked in CEL with the functions that Kubernetes adds to it.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use kube_cel::{
    KubeCelExt as _,
    cel::{Context, ExecutionError, Program, Value as Answer},
};
use serde_json::Value;

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

static READ: LazyLock<Mutex<BTreeMap<String, Option<Arc<Program>>>>> = LazyLock::new(Mutex::default);

/// Asks a rule of a value.
pub(super) fn asked(rule: &str, value: &Value) -> Asked {
    if rule.contains("oldSelf") {
        return Asked::Unknown;
    }
    let read = {
        let mut known = READ.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(rule.to_owned()).or_insert_with(|| Program::compile(rule).ok().map(Arc::new)).clone()
    };
    let mut context = Context::default().with_all();
    let (Some(program), Ok(())) = (read, context.add_variable("self", without_nulls(value))) else {
        return Asked::Unknown;
    };
    match program.execute(&context) {
        Ok(Answer::Bool(true)) => Asked::Passed,
        Err(ExecutionError::UndeclaredReference(_)) => Asked::Unknown,
        Ok(_) | Err(_) => Asked::Refused,
    }
}

/// The API server takes a field that is null for one that is not there.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let there = fields.iter().filter(|(_, value)| !value.is_null());
            there.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
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
            ("self.b.lowerAscii() == 'hf://x'", Asked::Passed),
            ("self.b.soundex() == 'x'", Asked::Unknown),
            ("self.a ==", Asked::Unknown),
        ] {
            assert_eq!(asked(rule, &value), expected, "{rule}");
        }
    }
}
