//! One list: what the definitions hold is what is asked here. A bound or a rule that is added and not asked fails.

use serde_json::json;

use super::{
    rule::{Asked, asked},
    *,
};

/// Every part of every definition but the status, with where it stands.
fn parts() -> Vec<(&'static str, String, &'static JSONSchemaProps)> {
    fn below(
        kind: &'static str,
        at: &str,
        schema: &'static JSONSchemaProps,
        all: &mut Vec<(&'static str, String, &'static JSONSchemaProps)>,
    ) {
        all.push((kind, at.to_owned(), schema));
        for (name, of) in schema.properties.iter().flatten().filter(|(name, _)| !at.is_empty() || *name == "spec") {
            below(kind, &format!("{at}/{name}"), of, all);
        }
        if let Some(of) = item(schema) {
            below(kind, &format!("{at}/0"), of, all);
        }
        if let Some(JSONSchemaPropsOrBool::Schema(of)) = &schema.additional_properties {
            below(kind, &format!("{at}/any"), of, all);
        }
    }
    let mut all = Vec::new();
    for (kind, schema) in DEFINITIONS.iter() {
        below(kind, "", schema, &mut all);
    }
    all
}

/// An object that holds this value there, and nothing else.
fn holding(at: &str, value: Value) -> Value {
    at.rsplit('/').filter(|name| !name.is_empty()).fold(value, |value, name| match name {
        "0" => json!([value]),
        name => json!({name: value}),
    })
}

/// Values that break one bound of a part, each by itself.
fn breaking(schema: &JSONSchemaProps) -> Vec<Value> {
    let count = |bound: i64| usize::try_from(bound).unwrap();
    let whole = |number: f64| json!(number.to_string().parse::<i64>().unwrap());
    let text = |length: i64| json!("a".repeat(count(length)));
    let fields = |n: i64| Value::Object((0..n).map(|i| (format!("f{i}"), json!("v"))).collect());
    let mut all = Vec::new();
    all.extend(schema.minimum.map(|least| whole(least - 1.0)));
    all.extend(schema.maximum.map(|most| whole(most + 1.0)));
    all.extend(schema.min_length.filter(|least| *least > 0).map(|least| text(least - 1)));
    all.extend(schema.max_length.map(|most| text(most + 1)));
    all.extend(schema.min_items.filter(|least| *least > 0).map(|_| json!([])));
    all.extend(schema.max_items.map(|most| Value::Array(vec![json!("v"); count(most + 1)])));
    all.extend(schema.min_properties.filter(|least| *least > 0).map(|_| json!({})));
    all.extend(schema.max_properties.map(|most| fields(most + 1)));
    all.extend(schema.pattern.is_some().then(|| json!("!")));
    all.extend(schema.enum_.is_some().then(|| json!("no such word")));
    all
}

#[test]
fn every_bound_of_every_definition_is_asked() {
    let mut asked = 0;
    for (kind, at, schema) in parts() {
        for value in breaking(schema) {
            let field = at.trim_start_matches('/').replace("/0", "[0]").replace('/', ".");
            let found = refused_all(kind, &holding(&at, value.clone()));
            assert!(
                found.iter().any(|one| one.field == field && one.how != How::Missing),
                "{kind} {field} {value}: {found:?}"
            );
            asked += 1;
        }
    }
    assert!(asked > 300, "{asked}");
}

/// All of it, however much.
fn refused_all(kind: &str, object: &Value) -> Vec<Refused> {
    let mut found = Vec::new();
    bounds::check(&DEFINITIONS[kind], object, "", &mut found);
    found
}

#[test]
fn every_rule_is_read_but_those_about_a_change() {
    let rules = parts().into_iter().flat_map(|(_, _, schema)| schema.x_kubernetes_validations.iter().flatten());
    let rules: Vec<&str> = rules.map(|rule| rule.rule.as_str()).collect();
    assert!(rules.len() > 15, "{rules:?}");
    for rule in rules.iter().filter(|rule| !rule.contains("oldSelf")) {
        assert_ne!(asked(rule, &json!({})), Asked::Unknown, "{rule}");
    }
}

#[test]
fn every_pattern_has_words_of_its_own_and_no_other_has() {
    let patterns: std::collections::BTreeSet<&str> =
        parts().into_iter().filter_map(|(_, _, schema)| schema.pattern.as_deref()).collect();
    let known: std::collections::BTreeSet<&str> = words::PATTERNS.iter().map(|(pattern, _)| *pattern).collect();
    assert_eq!(patterns, known);
    assert!(patterns.iter().all(|pattern| regex::Regex::new(pattern).is_ok()));
}

/// A word of the definitions' language that is not known here would be a bound that nobody asks.
#[test]
fn the_definitions_use_no_word_that_is_not_asked() {
    const KNOWN: &[&str] = &[
        "additionalProperties",
        "default",
        "description",
        "enum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "nullable",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ];
    for (kind, at, schema) in parts() {
        let Value::Object(words) = serde_json::to_value(schema).unwrap() else { panic!("{at}") };
        for word in words.keys() {
            assert!(KNOWN.contains(&word.as_str()), "{kind} {at}: {word}");
        }
        // Formats are the types' own: what does not fit in them is not read.
        let formats = [None, Some("int32"), Some("int64"), Some("double"), Some("date"), Some("date-time")];
        assert!(formats.contains(&schema.format.as_deref()), "{kind} {at}: {:?}", schema.format);
    }
}

fn said(kind: &str, object: &Value) -> String {
    words(&refused(kind, object))
}

#[test]
fn what_is_refused_is_said_with_what_to_write() {
    let deployment = |name: &str, spec: Value| {
        let mut spec = spec;
        let model = spec.as_object_mut().unwrap().entry("model").or_insert(json!({}));
        model.as_object_mut().unwrap().entry("source").or_insert(json!("hf://Qwen/Qwen3-8B"));
        json!({"metadata": {"name": name}, "spec": spec})
    };
    assert_eq!(said("ModelDeployment", &deployment("bot", json!({}))), "");
    for (spec, words) in [
        (json!({"scaling": {"replicas": -1}}), "spec.scaling.replicas is -1, and the least is 0"),
        (json!({"scaling": {"min": 3, "max": 1}}), "spec.scaling: min needs a max that is at least as large"),
        (json!({"accelerators": {"count": 0}}), "spec.accelerators.count is 0, and the least is 1"),
        (
            json!({"runtime": {"arguments": {"max-model-len": "1".repeat(300)}}}),
            "spec.runtime.arguments.max-model-len has 300 characters, and may have 256",
        ),
        (
            json!({"model": {"digest": "sha256:zz"}}),
            "spec.model.digest is \"sha256:zz\"; write sha256: and 64 hexadecimal digits in lower case",
        ),
        (
            json!({"model": {"servedName": "a b\n"}}),
            "spec.model.servedName is \"a b\"; write letters, digits, and ., _, / and - between them, such as qwen3-8b",
        ),
        (
            json!({"placement": {"tolerations": [{"operator": "Sometimes"}]}}),
            "spec.placement.tolerations[0].operator is \"Sometimes\"; write Exists or Equal",
        ),
        (
            json!({"model": {"source": "ftp://a/b"}}),
            "spec.model.source: starts with hf://, modelscope://, oci://, pvc://, s3://, gs://, oss://, az:// or https://",
        ),
        (json!({"model": {"source": "hf://a/b c"}}), "spec.model.source: no space is part of an address"),
        (
            json!({"model": {"source": "hf://"}}),
            "spec.model.source is \"hf://\", and needs at least 6 characters; spec.model.source: after :// comes the address",
        ),
        (json!({"model": {"source": "oci://"}}), "spec.model.source: after :// comes the address, as in hf://org/name"),
        (
            json!({"model": {"source": "Qwen/Qwen3-8B"}}),
            "spec.model.source: a repository of Hugging Face is written hf://org/name, one of ModelScope modelscope://org/name",
        ),
        (json!({"model": {"secretName": "Not_A_Name"}}), "spec.model.secretName: write a Secret's name"),
        (
            json!({"usage": {"serves": ["x".repeat(10_000)]}}),
            "spec.usage.serves[0] has 10000 characters, and may have 64",
        ),
        (json!({"usage": {"serves": [], "sectors": []}}), "spec.usage.sectors, spec.usage.serves is an empty list"),
    ] {
        let said = said("ModelDeployment", &deployment("bot", spec));
        assert!(said.starts_with(words), "{said}");
    }
    let null = said("ModelDeployment", &deployment("bot", json!({"usage": {"audience": null}})));
    assert_eq!(null, "spec.usage.audience is null, which is none of public, partners, internal");
    for name in ["s6.a", "1s5", "Bot", "bot-", &"x".repeat(53)] {
        let said = said("ModelDeployment", &deployment(name, json!({})));
        assert!(said.starts_with("metadata.name: "), "{name}: {said}");
    }
}

#[test]
fn a_licensee_is_asked_for_its_figures_its_records_and_its_seat() {
    let licensee = |spec: Value| {
        let mut whole = json!({"namespaces": ["a"], "kind": "company"});
        whole.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        said("Licensee", &json!({"metadata": {"name": "acme"}, "spec": whole}))
    };
    let metric = |more: Value| {
        let mut whole = json!({"name": "monthly-active-users", "scope": "group", "period": "2024"});
        whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"metrics": [whole]})
    };
    let record = |name: &str, covers: Value| json!({"name": name, "covers": covers});
    for (spec, words) in [
        (metric(json!({"value": 1, "period": "last-year"})), "spec.metrics[0]: a period is a month (2024-06), a year"),
        (metric(json!({"value": -1})), "spec.metrics[0]: a figure is never negative"),
        (metric(json!({"value": 1, "atMost": 2})), "spec.metrics[0]: write one of value, atMost, atLeast"),
        (
            json!({"accepted": [record("a", json!({}))]}),
            "spec.accepted[0].covers says nothing; write one of all, countries, licenses, models, services",
        ),
        (
            json!({"filings": [record("a", json!({"all": "Yes"})), record("a", json!({"all": "Yes"}))]}),
            "spec.filings[1] has the name \"a\" of another entry; give each its own",
        ),
        (json!({"seat": "x".repeat(10_000)}), "spec.seat has 10000 characters, and may have 64"),
        (json!({"headquarters": {"country": "SG"}}), "spec.headquarters is a group of fields; write one text"),
        (json!({"namespaceSelector": {}}), "spec: write exactly one of namespaces and namespaceSelector"),
    ] {
        let said = licensee(spec);
        assert!(said.starts_with(words), "{said}");
    }
    assert_eq!(licensee(json!({"seat": "SG", "headquarters": false})), "");
    assert_eq!(licensee(json!({"namespaceSelector": null})), "", "as if it were not written");
    assert_eq!(licensee(metric(json!({"value": null, "atMost": 2}))), "");
}

#[test]
fn an_empty_value_is_dropped_as_the_api_server_drops_it() {
    let mut object = json!({"spec": {"usage": null, "model": {"source": null, "name": null}, "placement": {"allow": {"countries": [null]}}}});
    drop_nulls("ModelDeployment", &mut object);
    assert_eq!(object, json!({"spec": {"model": {"name": null}, "placement": {"allow": {"countries": [null]}}}}));
    assert_eq!(
        said("ModelDeployment", &json!({"metadata": {"name": "a"}, "spec": {"model": {}}})),
        "spec.model.source is missing"
    );
}
