//! The engine's command line: its own arguments with the deployment's settings in them. Nothing that is not listed.

use std::collections::BTreeMap;

use super::Obstacle;
use crate::{
    catalog::engine::{AllowedArgument, ArgumentType, ArgumentWhen, Engine},
    manifest::Reason,
};

/// Values that an engine's arguments may name.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// Where the weights are.
    pub model_path: &'a str,
    /// Name to answer under.
    pub served_name: &'a str,
    /// Port of the API.
    pub port: u16,
    /// Accelerators of one pod.
    pub accelerators: i32,
}

/// The command line of the engine, without the command.
#[must_use]
pub fn render(engine: &Engine, settings: &BTreeMap<String, String>, values: &Values<'_>) -> Vec<String> {
    let mut line = Vec::new();
    for argument in &engine.args {
        if argument.when == ArgumentWhen::SeveralAccelerators && values.accelerators < 2 {
            continue;
        }
        line.extend(argument.flag.clone());
        let set = argument.overridden_by.as_ref().and_then(|name| settings.get(name));
        line.extend(set.cloned().or_else(|| argument.value.as_deref().map(|v| filled(v, values))));
    }
    let has_place = |name: &str| engine.args.iter().any(|a| a.overridden_by.as_deref() == Some(name));
    for allowed in engine.allowed_arguments.iter().filter(|a| !has_place(&a.name)) {
        match (settings.get(&allowed.name), allowed.kind) {
            (None, _) => {}
            (Some(value), ArgumentType::Flag) => line.extend((value == "Yes").then(|| allowed.flag.clone())),
            (Some(value), _) => line.extend([allowed.flag.clone(), value.clone()]),
        }
    }
    line
}

fn filled(text: &str, values: &Values<'_>) -> String {
    text.replace("{modelPath}", values.model_path)
        .replace("{servedName}", values.served_name)
        .replace("{port}", &values.port.to_string())
        .replace("{parallelism}", &values.accelerators.to_string())
}

/// The first setting that the engine does not list, or that is not what it takes.
#[must_use]
pub fn obstacle(runtime: &str, engine: &Engine, settings: &BTreeMap<String, String>) -> Option<Obstacle> {
    settings.iter().find_map(|(name, value)| {
        let Some(allowed) = engine.allowed_arguments.iter().find(|a| a.name == *name) else {
            let listed = engine.allowed_arguments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ");
            return Some(Obstacle::new(
                Reason::ArgumentNotListed,
                format!("spec.runtime.arguments.{name} is not listed by runtime {runtime}; it lists: {listed}."),
            ));
        };
        (!fits(allowed, value)).then(|| {
            Obstacle::new(
                Reason::ArgumentNotListed,
                format!("spec.runtime.arguments.{name} is {value:?}; runtime {runtime} takes {}.", takes(allowed)),
            )
        })
    })
}

fn fits(allowed: &AllowedArgument, value: &str) -> bool {
    let in_range = |n: f64| allowed.min.is_none_or(|min| n >= min) && allowed.max.is_none_or(|max| n <= max);
    match allowed.kind {
        ArgumentType::Flag => matches!(value, "Yes" | "No"),
        ArgumentType::Choice => allowed.values.iter().any(|v| v == value),
        ArgumentType::Int => value.parse::<i32>().is_ok_and(|n| in_range(n.into())),
        ArgumentType::Number => value.parse::<f64>().is_ok_and(|n| n.is_finite() && in_range(n)),
    }
}

fn takes(allowed: &AllowedArgument) -> String {
    let range = match (allowed.min, allowed.max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    };
    match allowed.kind {
        ArgumentType::Flag => "Yes or No".into(),
        ArgumentType::Choice => format!("one of {}", allowed.values.join(", ")),
        ArgumentType::Int => format!("a whole number{range}"),
        ArgumentType::Number => format!("a number{range}"),
    }
}
