//! Which engine serves: named, or chosen by the model's format; and whether it can. Pure.

use std::collections::BTreeSet;

use super::{Obstacle, arguments, weights};
use crate::{
    catalog::{
        Accelerator, Accelerators,
        engine::{AcceleratorNeed, Engine, Format},
    },
    facts::Facts,
    manifest::{Reason, model_deployment::ModelDeploymentSpec, names::NODE_ACCELERATOR, source::Source},
};

/// Resources that a sentence names.
const MAX_NAMES: usize = 3;

/// An engine and how its accelerator is recognised on a node.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Name of the runtime.
    pub name: String,
    /// Its content.
    pub engine: Engine,
    /// Labels by which a node shows the accelerator asked for: one of them is enough.
    pub accelerator_labels: Vec<(String, Vec<String>)>,
    /// The extended resource under which that one is offered, where it is not the engine's usual one.
    pub accelerator_resource: Option<String>,
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
    let meant = accelerator(spec, &name, &engine, facts)?;
    Ok(Chosen { name, engine, accelerator_labels: meant.labels, accelerator_resource: meant.resource })
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

/// How nodes show and offer the accelerator that is asked for.
#[derive(Default)]
struct Meant {
    labels: Vec<(String, Vec<String>)>,
    resource: Option<String>,
}

fn accelerator(spec: &ModelDeploymentSpec, name: &str, engine: &Engine, facts: &Facts<'_>) -> Result<Meant, Obstacle> {
    let Some(asked) = &spec.accelerators else { return Ok(Meant::default()) };
    let served = &engine.accelerator.resources;
    if engine.accelerator.need == AcceleratorNeed::None && served.is_empty() && asked.resource.is_none() {
        return Err(Obstacle::new(
            Reason::RuntimeUnfit,
            "spec.accelerators asks for accelerators, and the runtime uses none; leave them out or name another runtime.",
        ));
    }
    let Some(product) = &asked.product else { return Ok(Meant::default()) };
    let chips = facts.catalog.accelerators().meant(product);
    if chips.is_empty() {
        return Err(Obstacle::new(
            Reason::RuntimeUnfit,
            format!(
                "The catalogue knows no accelerator {}; leave product out for any, or name one that `modelport catalog accelerators` lists.",
                product.escape_debug()
            ),
        ));
    }
    let offered: Vec<&String> = chips.iter().flat_map(|chip| chip.plain_resources()).collect();
    let serves = |resource: &&&String| served.is_empty() || served.contains(resource);
    let resource = offered.iter().find(serves).map(|resource| (*resource).clone());
    if asked.resource.is_none() && resource.is_none() {
        return Err(unserved(product, name, &offered, served));
    }
    let labels = labels(product, &chips, facts.catalog.accelerators());
    Ok(Meant { labels, resource: resource.filter(|resource| served.first() != Some(resource)) })
}

/// The guarded label, and what tells it of a pool at rest; a version is told by the chip's own labels alone.
fn labels(product: &str, chips: &[&Accelerator], table: &Accelerators) -> Vec<(String, Vec<String>)> {
    let version = table.version(product);
    if !version.is_empty() {
        return version;
    }
    let ids: BTreeSet<String> = chips.iter().map(|chip| chip.id.clone()).collect();
    let at_rest = table.shown_at_rest(&ids).into_iter().map(|(key, values)| (key, values.into_iter().collect()));
    let guarded = (NODE_ACCELERATOR.to_owned(), ids.iter().cloned().collect());
    std::iter::once(guarded).chain(at_rest).collect()
}

fn unserved(product: &str, name: &str, offered: &[&String], served: &[String]) -> Obstacle {
    let list = |names: Vec<&str>| names.join(" or ");
    Obstacle::new(
        Reason::RuntimeUnfit,
        format!(
            "Runtime {name} does not serve {}: nodes offer it as {}, and the runtime takes {}. Name another accelerator, or a runtime that serves this one.",
            product.escape_debug(),
            list(offered.iter().take(MAX_NAMES).map(|resource| resource.as_str()).collect()),
            list(served.iter().map(String::as_str).collect()),
        ),
    )
}
