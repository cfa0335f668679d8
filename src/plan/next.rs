//! What comes next for one deployment: decision, course, inputs, replicas, plan. Pure: everything is passed in.

use jiff::Timestamp;

use super::{
    Obstacle, Owner, Plan, Prepared, deployment, digest,
    fit::fit,
    inputs::{Inputs, Settings},
    nothing, plan,
    revision::Memory,
    runtime,
    standing::{self, Look, Standing, Step, Wrong},
    weights,
};
use crate::{
    catalog::Accelerators,
    decide::{
        Cause, Decision, Request, Verdict, decide,
        stopping::{Brake, Course, Running, cause, course},
    },
    facts::Facts,
    manifest::{Reason, model_deployment::ModelDeploymentSpec, source::Source},
};

/// What runs now, as far as it can be read.
#[derive(Clone, Debug)]
pub struct RunsNow<'a> {
    /// What the pods are made from.
    pub inputs: Inputs,
    /// What is remembered.
    pub memory: Memory,
    /// Replicas that the Deployment asks for.
    pub replicas: i32,
    /// Whether pods pend.
    pub pods_pend: bool,
    /// Where its pods stand.
    pub standing: Standing<'a>,
}

/// What exists already, as far as the next step hangs on it.
#[derive(Clone, Debug, Default)]
pub struct Exists<'a> {
    /// What runs.
    pub runs: Option<RunsNow<'a>>,
    /// What is known of a tag.
    pub tag: digest::Known,
}

impl<'a> From<Option<RunsNow<'a>>> for Exists<'a> {
    fn from(runs: Option<RunsNow<'a>>) -> Self {
        Self { runs, ..Self::default() }
    }
}

/// What comes next.
#[derive(Clone, Debug)]
pub struct Next {
    /// The decision over the manifest.
    pub decision: Decision,
    /// What happens to the pods.
    pub course: Course,
    /// What the pods are made from; nothing where there are none.
    pub inputs: Option<Inputs>,
    /// Replicas that are asked for.
    pub replicas: i32,
    /// Why an allowed manifest is not rolled out.
    pub obstacle: Option<Obstacle>,
    /// The objects.
    pub plan: Plan<Prepared>,
    /// Since when what runs is refused.
    pub refused_since: Option<Timestamp>,
    /// Pods that stand where they may not stand any more.
    pub wrong: Vec<Wrong>,
    /// When this may change by itself.
    pub wake_at: Option<Timestamp>,
}

/// What comes next for a manifest.
pub fn next<'a>(
    owner: &Owner,
    spec: &ModelDeploymentSpec,
    facts: &Facts<'_>,
    settings: &Settings,
    default_runtime: &str,
    exists: impl Into<Exists<'a>>,
    brake: impl Fn(&Decision) -> Brake,
) -> Next {
    let Exists { mut runs, tag } = exists.into();
    let ask =
        |spec| decide(&Request { namespace: &owner.namespace, name: &owner.name, uid: Some(&owner.uid), spec }, facts);
    let decision = ask(spec);
    // What runs is decided upon by the generation that it belongs to; often that is the same manifest.
    let running =
        runs.as_ref().map(|runs| if runs.inputs.spec == *spec { decision.clone() } else { ask(&runs.inputs.spec) });
    let refused = running.as_ref().filter(|d| d.verdict == Verdict::Refused);
    let refused_since = refused.and(runs.as_ref()).map(|r| r.memory.refused_since.unwrap_or(facts.now));
    let course = course(
        decision.verdict,
        running.as_ref().zip(runs.as_ref()).map(|(decision, runs)| Running {
            decision,
            allowed_inputs: &runs.memory.allowed_by,
            refused_since,
        }),
        &refused.map(&brake).unwrap_or_default(),
        facts.now,
    );
    let wake_at = match &course {
        Course::StopAt(at) => Some(decision.decide_again.map_or(*at, |n| n.min(*at))),
        _ => [decision.decide_again, running.as_ref().and_then(|d| d.decide_again)].into_iter().flatten().min(),
    };
    let standing = runs.as_mut().map(|runs| std::mem::take(&mut runs.standing)).unwrap_or_default();
    // Of what runs, by the catalogue of today and of when it was last allowed.
    let narrowed_by = runs.as_ref().zip(running.as_ref()).map(|(runs, d)| cause(d, &runs.memory.allowed_by));
    let places_before = runs.as_ref().map(|runs| runs.inputs.places.clone());
    let wanted = if spec.suspend { 0 } else { spec.scaling.replicas.unwrap_or(1) };
    let mut asks: Option<digest::Unresolved> = None;
    let made = (course == Course::Run).then(|| {
        let inputs = fresh(spec, facts, settings, default_runtime, &decision)?;
        let running = runs.as_ref().map(|runs| &runs.inputs);
        match digest::resolve(owner, spec, settings, &tag, running, facts.now) {
            Ok(pinned) => Ok(Inputs { pinned, ..inputs }),
            Err(unresolved) => {
                let obstacle = unresolved.obstacle.clone();
                asks = Some(unresolved);
                Err(obstacle)
            }
        }
    });
    let (inputs, mut memory, replicas, obstacle) = match (made, runs) {
        (Some(Ok(inputs)), runs) => {
            let inputs = inputs.after(runs.as_ref().map(|r| &r.inputs), runs.as_ref().is_some_and(|r| r.pods_pend));
            let memory = Memory {
                allowed_by: allowed_by(&decision, runs.as_ref().filter(|r| r.inputs == inputs)),
                refused_since: None,
                wrong_since: runs.as_ref().and_then(|r| r.memory.wrong_since.clone()),
                generation: runs
                    .as_ref()
                    .filter(|r| r.inputs == inputs)
                    .map_or(owner.generation, |r| r.memory.generation),
            };
            (Some(inputs), memory, wanted, None)
        }
        // What runs goes on as it is while the manifest cannot be rendered.
        (Some(Err(obstacle)), Some(runs)) => (
            Some(narrowed(runs.inputs, running.as_ref(), facts.catalog.accelerators())),
            runs.memory,
            runs.replicas,
            Some(obstacle),
        ),
        (Some(Err(obstacle)), None) => (None, Memory::default(), 0, Some(obstacle)),
        (None, Some(runs)) => {
            let replicas = if course == Course::Stop { 0 } else { runs.replicas.min(wanted) };
            let inputs = narrowed(runs.inputs, running.as_ref(), facts.catalog.accelerators());
            (Some(inputs), Memory { refused_since, ..runs.memory }, replicas, None)
        }
        (None, None) => (None, Memory::default(), 0, None),
    };
    // Where pods may stand: as the manifest that is rolled out is let, else as what runs is, else as it was let last.
    let of_running = running.as_ref().filter(|d| d.verdict == Verdict::Allowed).map(|d| &d.places);
    let places = if course == Course::Run { Some(&decision.places) } else { of_running.or(places_before.as_ref()) };
    let wrong = match (&inputs, places) {
        (Some(inputs), Some(places)) if replicas > 0 => {
            let nodes = standing.nodes;
            let rolls = standing.rolls || places_before.as_ref() != Some(&inputs.places);
            let policy = &running.as_ref().unwrap_or(&decision).policy;
            let narrowed_by = narrowed_by.unwrap_or(Cause::Person);
            let look = Look {
                places,
                policy,
                since: memory.wrong_since.as_ref(),
                narrowed_by,
                alone: replicas == 1,
                now: facts.now,
            };
            standing::wrong(&look, &Standing { rolls, ..standing }, || fit(inputs, nodes).fit > 0)
        }
        _ => Vec::new(),
    };
    memory.wrong_since = standing::remembered(memory.wrong_since.as_ref(), &wrong);
    let asked_again = asks.as_ref().and_then(|asks| asks.again_at);
    let wake_at = wake_at.into_iter().chain(standing::wake_at(&wrong)).chain(asked_again).min();
    let mut plan = inputs.as_ref().map_or_else(nothing, |inputs| plan(owner, inputs, &memory, replicas));
    plan.digest = asks.map(|asks| *asks.job);
    if let Some(made) = plan.deployment.as_mut().filter(|_| wrong.iter().any(|w| w.step == Step::LetGo)) {
        deployment::let_go(made);
    }
    Next { decision, course, inputs, replicas, obstacle, plan, refused_since, wrong, wake_at }
}

/// What runs, without the places that are no longer let: also where the manifest as it stands is not rolled out.
fn narrowed(inputs: Inputs, running: Option<&Decision>, chips: &Accelerators) -> Inputs {
    let Some(allowed) = running.filter(|decision| decision.verdict == Verdict::Allowed) else { return inputs };
    let anew = Inputs { places: allowed.places.clone(), ..inputs.clone() }.with_chip_labels(chips);
    if inputs.places.is_within(&anew.places) { inputs } else { anew }
}

/// The inputs by which it is allowed: kept as they were unless a catalogue entry changed, so that a changed figure that
/// changes no verdict writes nothing.
fn allowed_by(decision: &Decision, same: Option<&RunsNow<'_>>) -> Vec<crate::decide::Input> {
    let catalogue = |inputs: &[crate::decide::Input]| {
        inputs.iter().filter(|i| i.kind.starts_with("catalogue")).cloned().collect::<Vec<_>>()
    };
    match same {
        Some(runs) if catalogue(&runs.memory.allowed_by) == catalogue(&decision.inputs) => {
            runs.memory.allowed_by.clone()
        }
        _ => decision.inputs.clone(),
    }
}

fn fresh(
    spec: &ModelDeploymentSpec,
    facts: &Facts<'_>,
    settings: &Settings,
    default_runtime: &str,
    decision: &Decision,
) -> Result<Inputs, Obstacle> {
    let source = Source::parse(&spec.model.source)
        .map_err(|error| Obstacle::new(Reason::SourceInvalid, format!("spec.model.source {error}.")))?;
    if let Some(obstacle) = weights::obstacle(&source) {
        return Err(obstacle);
    }
    let chosen = runtime::choose(spec, facts, default_runtime)?;
    Ok(Inputs::new(spec, chosen, &decision.places, settings, facts.catalog.accelerators()))
}

/// Why a manifest cannot be rolled out though it is allowed; for a warning at admission.
#[must_use]
pub fn obstacle(spec: &ModelDeploymentSpec, facts: &Facts<'_>, default_runtime: &str) -> Option<Obstacle> {
    let source = Source::parse(&spec.model.source).ok()?;
    weights::obstacle(&source).or_else(|| runtime::choose(spec, facts, default_runtime).err())
}
