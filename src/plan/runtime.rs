//! Which engine serves: named, or chosen by the model's format; and whether it can. Pure.

use super::{Obstacle, arguments, weights};
use crate::{
    catalog::engine::{AcceleratorNeed, Engine, Format},
    facts::Facts,
    manifest::{Reason, model_deployment::ModelDeploymentSpec, source::Source},
};

/// An engine and how its accelerator is recognised on a node.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Name of the runtime.
    pub name: String,
    /// Its content.
    pub engine: Engine,
    /// Labels by which a node shows the accelerator asked for.
    pub accelerator_labels: Vec<(String, Vec<String>)>,
}

/// The engine of a manifest, or why there is none.
pub fn choose(spec: &ModelDeploymentSpec, facts: &Facts<'_>, default: &str) -> Result<Chosen, Obstacle> {
    let format = format(spec);
    let name = match (&spec.runtime.name, format) {
        (Some(name), _) => name.clone(),
        (None, Some(Format::Gguf)) => "llama-cpp".to_owned(),
        (None, _) => default.to_owned(),
    };
    let engine = find(&name, facts)?;
    if let Some(format) = format.filter(|f| !engine.formats.contains(f)) {
        return Err(Obstacle::new(
            Reason::RuntimeUnfit,
            format!(
                "Runtime {name} does not serve {}; the model is in that format. Runtimes that do: {}.",
                word(format),
                serving(format, facts)
            ),
        ));
    }
    if let Some(obstacle) = arguments::obstacle(&name, &engine, &spec.runtime.arguments) {
        return Err(obstacle);
    }
    if spec.scaling.min.is_some() || spec.scaling.max.is_some() {
        return Err(Obstacle::new(
            Reason::NotBuiltYet,
            "Scaling between min and max is not built yet; write a number in spec.scaling.replicas.",
        ));
    }
    if !spec.model.adapters.is_empty() {
        return Err(Obstacle::new(Reason::NotBuiltYet, "Loading adapters beside a model is not built yet."));
    }
    let accelerator_labels = accelerator_labels(spec, &engine, facts)?;
    Ok(Chosen { name, engine, accelerator_labels })
}

fn find(name: &str, facts: &Facts<'_>) -> Result<Engine, Obstacle> {
    let built_in = facts.catalog.engine(name);
    let object = facts.runtimes.iter().find(|f| f.name == name);
    match (object, built_in) {
        (Some(object), None) => Ok(object.spec.engine.clone()),
        (Some(object), Some(_)) if object.spec.overrides => Ok(object.spec.engine.clone()),
        (_, Some(built_in)) => Ok(built_in.spec.clone()),
        (None, None) => {
            let mut known: Vec<&str> = facts.catalog.engines().map(|e| e.id.as_str()).collect();
            known.extend(facts.runtimes.iter().map(|f| f.name.as_str()));
            Err(Obstacle::new(
                Reason::RuntimeMissing,
                format!("There is no InferenceRuntime and no built-in engine {name}; there are: {}.", known.join(", ")),
            ))
        }
    }
}

/// The format, as far as the manifest shows it.
#[must_use]
pub fn format(spec: &ModelDeploymentSpec) -> Option<Format> {
    let source = Source::parse(&spec.model.source).ok()?;
    let path = match &source {
        Source::Pvc { path, .. } => path.clone(),
        Source::Url { rest, .. } => rest.clone(),
        Source::Hub { repository, .. } => repository.clone(),
        Source::Oci { .. } => String::new(),
    };
    let named = [spec.model.file.as_deref().unwrap_or_default(), &path].map(str::to_ascii_lowercase);
    if named.iter().any(|n| weights::is_gguf(n) || n.ends_with("-gguf")) {
        Some(Format::Gguf)
    } else if named.iter().any(|n| n.ends_with(".safetensors")) {
        Some(Format::Safetensors)
    } else {
        None
    }
}

fn word(format: Format) -> &'static str {
    match format {
        Format::Gguf => "GGUF",
        Format::Safetensors => "safetensors",
    }
}

fn serving(format: Format, facts: &Facts<'_>) -> String {
    let built_in = facts.catalog.engines().filter(|e| e.spec.formats.contains(&format)).map(|e| e.id.as_str());
    let objects = facts.runtimes.iter().filter(|f| f.spec.engine.formats.contains(&format)).map(|f| f.name.as_str());
    built_in.chain(objects).collect::<Vec<_>>().join(", ")
}

fn accelerator_labels(
    spec: &ModelDeploymentSpec,
    engine: &Engine,
    facts: &Facts<'_>,
) -> Result<Vec<(String, Vec<String>)>, Obstacle> {
    let Some(accelerators) = &spec.accelerators else { return Ok(Vec::new()) };
    if engine.accelerator.need == AcceleratorNeed::None
        && engine.accelerator.resources.is_empty()
        && accelerators.resource.is_none()
    {
        return Err(Obstacle::new(
            Reason::RuntimeUnfit,
            "spec.accelerators asks for accelerators, and the runtime uses none; leave them out or name another runtime.",
        ));
    }
    let Some(product) = &accelerators.product else { return Ok(Vec::new()) };
    match facts.catalog.accelerators().named(product) {
        Some(known) => Ok(known.node_labels().map(|l| (l.key.clone(), l.values.clone())).collect()),
        None => Err(Obstacle::new(
            Reason::RuntimeUnfit,
            format!(
                "The catalogue knows no accelerator {product}; leave product out for any, or name one as nvidia.com/gpu.product shows it."
            ),
        )),
    }
}
