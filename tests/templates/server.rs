//! An API server as far as it changes what it is given: defaults, canonical quantities, fields of its own.

use modelport::apply::differs::difference;
use serde_json::{Value, json};

use crate::examples::{EXAMPLES, rolled_out};

/// What the API server stores of an object: hand-made from what a real one (1.37.2) answers.
pub fn stored(desired: &Value) -> Value {
    let mut live = desired.clone();
    set(
        &mut live,
        "/metadata",
        json!({"resourceVersion": "1", "uid": "u", "generation": 1, "creationTimestamp": "2026-11-24T12:00:00Z"}),
    );
    match desired["kind"].as_str().unwrap_or_default() {
        "Deployment" => {
            set(&mut live, "/metadata", json!({"annotations": {"deployment.kubernetes.io/revision": "1"}}));
            set(&mut live, "/spec/template/metadata", json!({"creationTimestamp": null}));
            pod(live.pointer_mut("/spec/template/spec").expect("a pod"));
            set(&mut live, "", json!({"status": {"replicas": 1}}));
        }
        "Service" => {
            set(
                &mut live,
                "/spec",
                json!({"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster", "sessionAffinity": "None"}),
            );
            if live["spec"]["clusterIP"].is_null() {
                set(&mut live, "/spec", json!({"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"]}));
            }
        }
        // Kept as it was sent, but for 1.0, which comes back as 1.
        "ControllerRevision" => whole_numbers(&mut live["data"]),
        _ => {}
    }
    drop_nulls_and_empty(&mut live);
    live
}

fn pod(pod: &mut Value) {
    set(pod, "", json!({"dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler"}));
    for list in ["/containers", "/initContainers"] {
        for container in pod.pointer_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            // Plain booleans that are false are not stored; pointers to one are.
            for mount in container.pointer_mut("/volumeMounts").and_then(Value::as_array_mut).into_iter().flatten() {
                if mount["readOnly"] == false {
                    mount.as_object_mut().expect("a mount").remove("readOnly");
                }
            }
            set(container, "", json!({"terminationMessagePath": "/dev/termination-log"}));
            if container["terminationMessagePolicy"].is_null() {
                set(container, "", json!({"terminationMessagePolicy": "File"}));
            }
            for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                if !container[probe].is_null() {
                    set(container, &format!("/{probe}"), json!({"successThreshold": 1}));
                    set(container, &format!("/{probe}/httpGet"), json!({"scheme": "HTTP"}));
                }
            }
            for amounts in ["/resources/requests", "/resources/limits"] {
                for amount in container
                    .pointer_mut(amounts)
                    .and_then(Value::as_object_mut)
                    .into_iter()
                    .flat_map(|m| m.values_mut())
                {
                    *amount = canonical(amount);
                }
            }
        }
    }
    for volume in pod.pointer_mut("/volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(map) = volume.pointer_mut("/configMap") {
            set(map, "", json!({"defaultMode": 420}));
        }
        if let Some(limit) = volume.pointer_mut("/emptyDir/sizeLimit") {
            *limit = canonical(limit);
        }
    }
}

/// A few quantities as the API server writes them.
fn canonical(amount: &Value) -> Value {
    let known = [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1024Mi", "1Gi"),
        ("1024Ki", "1Mi"),
        ("2000m", "2"),
        ("1.5Gi", "1536Mi"),
        ("01", "1"),
        ("1e3", "1e3"),
    ];
    let text = amount.as_str().unwrap_or_default();
    json!(known.iter().find(|(from, _)| *from == text).map_or(text, |(_, to)| to))
}

fn set(value: &mut Value, pointer: &str, more: Value) {
    let (Some(Value::Object(target)), Value::Object(more)) = (value.pointer_mut(pointer), more) else { return };
    for (key, value) in more {
        match (target.get_mut(&key), value) {
            (Some(Value::Object(there)), Value::Object(value)) => there.extend(value),
            (_, value) => drop(target.insert(key, value)),
        }
    }
}

fn whole_numbers(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(whole_numbers),
        Value::Array(list) => list.iter_mut().for_each(whole_numbers),
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15) {
                #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
                let whole = whole as i64;
                *value = json!(whole);
            }
        }
        _ => {}
    }
}

fn drop_nulls_and_empty(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(drop_nulls_and_empty);
            map.retain(|_, v| !v.is_null());
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls_and_empty),
        _ => {}
    }
}

/// The path of what an apply would write though it was written a moment ago.
pub fn written_again(desired: &Value) -> Option<String> {
    difference(desired, &stored(desired))
}

#[test]
fn what_was_applied_is_not_applied_again() {
    for (name, manifest) in EXAMPLES {
        let plan = rolled_out(name, manifest).plan;
        let objects = [
            serde_json::to_value(&plan.deployment),
            serde_json::to_value(&plan.service),
            serde_json::to_value(&plan.budget),
            serde_json::to_value(&plan.revision),
        ];
        for object in objects {
            let object = object.expect("JSON");
            if !object.is_null() {
                assert_eq!(written_again(&object), None, "{name}: {}", object["kind"]);
            }
        }
    }
}

#[test]
fn a_quantity_that_the_server_writes_in_another_way_is_no_difference() {
    let manifest = r#"
model: {source: "hf://HuggingFaceTB/SmolLM2-135M-Instruct-GGUF"}
runtime: {pod: {requests: {cpu: 1000m, memory: 1024Mi}, limits: {cpu: "0.5", memory: 1.5Gi}}}
"#;
    let deployment = serde_json::to_value(rolled_out("quantities", manifest).plan.deployment).expect("JSON");
    let live = stored(&deployment);
    assert_eq!(live.pointer("/spec/template/spec/containers/0/resources/requests/cpu"), Some(&json!("1")));
    assert_eq!(difference(&deployment, &live), None);
}

#[test]
fn a_quantity_that_somebody_changed_is_one() {
    let deployment = serde_json::to_value(rolled_out(EXAMPLES[0].0, EXAMPLES[0].1).plan.deployment).expect("JSON");
    let mut live = stored(&deployment);
    live["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] = json!("512M");
    let path = difference(&deployment, &live).expect("a difference");
    assert!(path.ends_with("resources.requests.memory"), "{path}");
}
