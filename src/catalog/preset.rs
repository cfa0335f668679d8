//! What a company may choose, as a ModelPolicy that a person completes with the namespaces and applies.

use serde_json::{Value, json};

use super::{CompanyPolicy, confirm::remark};
use crate::manifest::model_policy::ModelPolicySpec;

/// Stands where the namespaces are to be named.
pub const NAMESPACES: &str = "NAME-THE-NAMESPACES";

/// The object: what it says beyond the defaults, and no namespace yet.
pub fn object(policy: &CompanyPolicy) -> serde_json::Result<Value> {
    let mut spec = beyond(serde_json::to_value(&policy.spec)?, &serde_json::to_value(ModelPolicySpec::default())?);
    if let Some(fields) = spec.as_object_mut() {
        fields.insert("namespaces".into(), json!([NAMESPACES]));
    }
    Ok(json!({
        "apiVersion": "modelport.dev/v1alpha1",
        "kind": "ModelPolicy",
        "metadata": {"name": policy.id.to_ascii_lowercase()},
        "spec": spec,
    }))
}

/// What it is, as comments above the object.
#[must_use]
pub fn remarks(policy: &CompanyPolicy) -> String {
    let by_default = if policy.by_default.is_yes() {
        "# It holds without any policy: this object adds nothing to it.\n"
    } else {
        ""
    };
    let what = remark("# ", &policy.text) + &remark("# ", &format!("Why companies choose it: {}", policy.why));
    format!(
        "{what}# A company's own choice, and not legal advice.\n{by_default}# Name the namespaces, and apply it with kubectl apply -f.\n"
    )
}

/// A value without what is the default.
fn beyond(value: Value, default: &Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let differs = |(name, field): (String, Value)| {
        let known = default.get(&name).unwrap_or(&Value::Null);
        (field != *known).then(|| (name, beyond(field, known)))
    };
    Value::Object(fields.into_iter().filter_map(differs).collect())
}
