//! Whether a live object lacks something of a desired one. Pure.
//!
//! The API server adds defaults and other managers add fields; neither is a difference. A list of another length is
//! one, and so is a field that we want and that says something else. An amount in other words (`1000m` and `1`) is none.

use serde_json::Value;

use super::quantity::billionths;

/// The path of the first difference, or nothing.
#[must_use]
pub fn difference(desired: &Value, live: &Value) -> Option<String> {
    walk(desired, live, &mut String::new())
}

fn walk(desired: &Value, live: &Value, path: &mut String) -> Option<String> {
    match (desired, live) {
        (Value::Object(want), Value::Object(have)) => want.iter().find_map(|(key, value)| {
            let length = path.len();
            path.push('.');
            path.push_str(key);
            let found = match have.get(key) {
                Some(other) => walk(value, other, path),
                None if is_nothing(value) => None,
                None => Some(path.clone()),
            };
            path.truncate(length);
            found
        }),
        (Value::Array(want), Value::Array(have)) if want.len() == have.len() => {
            want.iter().zip(have).enumerate().find_map(|(index, (value, other))| {
                let length = path.len();
                path.push_str(&format!("[{index}]"));
                let found = walk(value, other, path);
                path.truncate(length);
                found
            })
        }
        // What is kept as it was sent comes back with 1 for 1.0.
        (Value::Number(want), Value::Number(have)) if want.as_f64() == have.as_f64() => None,
        _ if desired == live || same_amount(desired, live, path) => None,
        _ => Some(path.clone()),
    }
}

/// Whether both are the same amount, in a field that holds one.
fn same_amount(desired: &Value, live: &Value, path: &str) -> bool {
    let amounts = [".resources.requests.", ".resources.limits."];
    let holds_one = path.ends_with(".sizeLimit") || amounts.iter().any(|part| path.contains(part));
    let (true, Some(desired), Some(live)) = (holds_one, desired.as_str(), live.as_str()) else { return false };
    billionths(desired).is_some_and(|amount| billionths(live) == Some(amount))
}

/// An empty list, map or null, which the API server may drop.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(is_nothing),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_and_foreign_fields_are_no_difference() {
        let desired = json!({"spec": {"replicas": 2, "empty": {}, "list": [{"name": "a"}]}});
        let live = json!({"spec": {"replicas": 2, "strategy": "x", "list": [{"name": "a", "policy": "Always"}]}, "status": {}});
        assert_eq!(difference(&desired, &live), None);
    }

    #[test]
    fn a_changed_value_a_missing_one_and_a_longer_list_are() {
        let desired = json!({"spec": {"replicas": 2, "list": [1], "name": "a"}});
        let path = |live| difference(&desired, &live);
        assert_eq!(path(json!({"spec": {"replicas": 3, "list": [1], "name": "a"}})).as_deref(), Some(".spec.replicas"));
        assert_eq!(path(json!({"spec": {"replicas": 2, "list": [1, 2], "name": "a"}})).as_deref(), Some(".spec.list"));
        assert_eq!(path(json!({"spec": {"replicas": 2, "list": [1]}})).as_deref(), Some(".spec.name"));
    }

    #[test]
    fn a_whole_number_with_a_point_is_that_number() {
        assert_eq!(difference(&json!({"max": 256.0}), &json!({"max": 256})), None);
        assert!(difference(&json!({"max": 256.5}), &json!({"max": 256})).is_some());
    }

    #[test]
    fn an_amount_in_other_words_is_none_where_amounts_stand() {
        let object = |cpu: &str, name: &str| json!({"name": name, "resources": {"limits": {"nvidia.com/gpu": cpu}}, "emptyDir": {"sizeLimit": cpu}});
        assert_eq!(difference(&object("1000m", "1"), &object("1", "1")), None);
        assert!(difference(&object("1000m", "1"), &object("2", "1")).is_some());
        assert_eq!(difference(&object("1", "1000m"), &object("1", "1")).as_deref(), Some(".name"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z]{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_differs_from_itself(value in any_json()) {
            prop_assert_eq!(difference(&value, &value), None);
        }
    }
}
