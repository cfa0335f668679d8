//! The custom resource definitions as the Rust types give them, and what those of a cluster lack of them. Pure.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps, JSONSchemaPropsOrArray,
    JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt;

use super::{InferenceRuntime, Licensee, ModelDeployment, ModelLicense, ModelPolicy, Waiver};

/// Annotation with the count of changes of the definitions, for people; [`lacking`] compares the schemas themselves.
pub const VERSION_ANNOTATION: &str = "modelport.dev/crd-version";
/// Counts up with each change of a definition.
pub const VERSION: &str = "4";

/// All definitions.
#[must_use]
pub fn all() -> Vec<CustomResourceDefinition> {
    let mut all = vec![
        ModelDeployment::crd(),
        Licensee::crd(),
        ModelLicense::crd(),
        ModelPolicy::crd(),
        InferenceRuntime::crd(),
        Waiver::crd(),
    ];
    for crd in &mut all {
        for version in &mut crd.spec.versions {
            version.schema.iter_mut().filter_map(|s| s.open_api_v3_schema.as_mut()).for_each(drop_unsigned_formats);
        }
        crd.metadata.annotations = Some([(VERSION_ANNOTATION.to_owned(), VERSION.to_owned())].into());
    }
    all
}

/// Formats that Rust knows and the API server warns about; minimum says the same.
fn drop_unsigned_formats(schema: &mut JSONSchemaProps) {
    if schema.format.as_deref().is_some_and(|f| f.starts_with("uint")) {
        schema.format = None;
    }
    schema.properties.iter_mut().flat_map(|p| p.values_mut()).for_each(drop_unsigned_formats);
    match schema.items.as_mut() {
        Some(JSONSchemaPropsOrArray::Schema(items)) => drop_unsigned_formats(items),
        Some(JSONSchemaPropsOrArray::Schemas(list)) => list.iter_mut().for_each(drop_unsigned_formats),
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(more)) = schema.additional_properties.as_mut() {
        drop_unsigned_formats(more);
    }
}

/// Fields that are named of a definition that lacks some; more are counted.
const MAX_FIELDS_NAMED: usize = 3;

/// What a definition of a cluster lacks of ours: the API server would drop it from what is written. More than ours is a
/// newer one, and as good.
#[must_use]
pub fn lacking(ours: &CustomResourceDefinition, live: &CustomResourceDefinition) -> Vec<String> {
    let mut lacks = Vec::new();
    for version in &ours.spec.versions {
        match live.spec.versions.iter().find(|v| v.name == version.name && v.served) {
            Some(live) => version_lacking(version, live, &mut lacks),
            None => lacks.push(format!("version {}", version.name)),
        }
    }
    lacks
}

fn version_lacking(
    ours: &CustomResourceDefinitionVersion,
    live: &CustomResourceDefinitionVersion,
    lacks: &mut Vec<String>,
) {
    let has = |v: &CustomResourceDefinitionVersion| {
        v.subresources.as_ref().map(|s| (s.status.is_some(), s.scale.is_some())).unwrap_or_default()
    };
    let ((status, scale), (live_status, live_scale)) = (has(ours), has(live));
    if status && !live_status {
        lacks.push("subresource status".into());
    }
    if scale && !live_scale {
        lacks.push("subresource scale".into());
    }
    let schema = |v: &'_ CustomResourceDefinitionVersion| v.schema.as_ref().and_then(|s| s.open_api_v3_schema.clone());
    if let (Some(ours), Some(live)) = (schema(ours), schema(live)) {
        schema_lacking(&ours, &live, "", lacks);
    }
}

fn schema_lacking(ours: &JSONSchemaProps, live: &JSONSchemaProps, path: &str, lacks: &mut Vec<String>) {
    if live.x_kubernetes_preserve_unknown_fields == Some(true) {
        return;
    }
    if ours.x_kubernetes_preserve_unknown_fields == Some(true) {
        lacks.push(path.to_owned());
        return;
    }
    for (name, property) in ours.properties.iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match live.properties.as_ref().and_then(|p| p.get(name)) {
            Some(live) => schema_lacking(property, live, &path, lacks),
            None => lacks.push(path),
        }
    }
    // A word that an older definition does not know is refused, not dropped: as bad.
    let known = live.enum_.as_deref();
    for word in ours.enum_.iter().flatten().filter(|w| known.is_some_and(|known| !known.contains(w))) {
        lacks.push(format!("{path}: {}", word.0));
    }
    if let (Some(ours), Some(live)) = (item(ours), item(live)) {
        schema_lacking(ours, live, &format!("{path}[]"), lacks);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(ours)) = &ours.additional_properties {
        match &live.additional_properties {
            Some(JSONSchemaPropsOrBool::Schema(live)) => schema_lacking(ours, live, &format!("{path}.*"), lacks),
            Some(JSONSchemaPropsOrBool::Bool(true)) => {}
            Some(JSONSchemaPropsOrBool::Bool(false)) | None => lacks.push(format!("{path}.*")),
        }
    }
}

fn item(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match schema.items.as_ref()? {
        JSONSchemaPropsOrArray::Schema(item) => Some(item),
        JSONSchemaPropsOrArray::Schemas(items) => items.first(),
    }
}

/// What is wrong with one definition of a cluster, in words; `live` is nothing where there is none.
#[must_use]
pub fn fault(ours: &CustomResourceDefinition, live: Option<&CustomResourceDefinition>) -> Option<String> {
    let name = ours.metadata.name.as_deref().unwrap_or_default();
    let Some(live) = live else { return Some(format!("{name} is not installed")) };
    let lacks = lacking(ours, live);
    let named = lacks.iter().take(MAX_FIELDS_NAMED).cloned().collect::<Vec<_>>().join(", ");
    match lacks.len() {
        0 => None,
        n if n > MAX_FIELDS_NAMED => {
            Some(format!("{name} is older than this version: it lacks {named} and {} more", n - MAX_FIELDS_NAMED))
        }
        _ => Some(format!("{name} is older than this version: it lacks {named}")),
    }
}

/// The command that installs and mends the definitions, as docs/install.md has it.
pub const MEND: &str = "kubectl apply --server-side --force-conflicts -f crds/";

/// All faults as one sentence with the way out.
#[must_use]
pub fn sentence(faults: &[String]) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    (!faults.is_empty()).then(|| {
        format!(
            "The kinds in the cluster are not those of Modelport {version}: {}. Nothing is written until they are. Whoever runs the platform applies the folder crds/ of version {version}: {MEND}",
            faults.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> CustomResourceDefinition {
        all().remove(0)
    }

    fn properties(crd: &mut CustomResourceDefinition) -> &mut std::collections::BTreeMap<String, JSONSchemaProps> {
        let schema = crd.spec.versions[0].schema.as_mut().unwrap().open_api_v3_schema.as_mut().unwrap();
        schema.properties.as_mut().unwrap()
    }

    #[test]
    fn every_definition_lacks_nothing_of_itself() {
        for crd in all() {
            assert_eq!(fault(&crd, Some(&crd)), None);
        }
    }

    #[test]
    fn a_field_that_is_not_there_is_named_however_deep() {
        let mut old = ours();
        let spec = properties(&mut old).get_mut("spec").unwrap().properties.as_mut().unwrap();
        spec.remove("usage");
        spec.get_mut("model").unwrap().properties.as_mut().unwrap().remove("digest");
        assert_eq!(lacking(&ours(), &old), ["spec.model.digest", "spec.usage"]);
        let told = fault(&ours(), Some(&old)).unwrap();
        assert_eq!(
            told,
            "modeldeployments.modelport.dev is older than this version: it lacks spec.model.digest, spec.usage"
        );
    }

    #[test]
    fn a_newer_definition_is_as_good() {
        let mut newer = ours();
        properties(&mut newer).insert("more".into(), JSONSchemaProps::default());
        assert_eq!(fault(&ours(), Some(&newer)), None);
    }

    #[test]
    fn a_missing_definition_version_or_subresource_is_named() {
        assert_eq!(fault(&ours(), None).unwrap(), "modeldeployments.modelport.dev is not installed");
        let mut old = ours();
        old.spec.versions[0].subresources = None;
        assert_eq!(lacking(&ours(), &old), ["subresource status", "subresource scale"]);
        old.spec.versions[0].served = false;
        assert_eq!(lacking(&ours(), &old), ["version v1alpha1"]);
    }

    #[test]
    fn many_fields_are_counted_and_the_way_out_is_told() {
        let mut old = ours();
        properties(&mut old).get_mut("spec").unwrap().properties.as_mut().unwrap().clear();
        let told = sentence(&[fault(&ours(), Some(&old)).unwrap()]).unwrap();
        assert!(told.contains(" more. Nothing is written until they are.") && told.ends_with(MEND), "{told}");
        assert_eq!(sentence(&[]), None);
    }
}
