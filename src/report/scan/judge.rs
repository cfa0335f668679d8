//! What would be decided about a model that was found: a manifest that says what was found and no more.

use serde::Serialize;

use super::{FoundModel, Reference};
use crate::{
    decide::{Decision, Effect, Request, Verdict, decide},
    facts::Facts,
    manifest::{
        Reason,
        model_deployment::{Model, ModelDeploymentSpec},
        placement::{PlaceList, Placement},
        source::Source,
    },
};

/// What would be decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Code and sentence of what weighs most; nothing where it would be allowed.
    pub reason: Option<(Reason, String)>,
    /// Codes of the rest of what would refuse, and of what is waited for.
    pub also: Vec<Reason>,
    /// Licences that apply, in words.
    pub license: String,
    /// How the licence is known, in words.
    pub license_by: String,
    /// What would be owed as it runs.
    pub owes: usize,
    /// Codes of what would be warned about.
    pub warns: Vec<Reason>,
    /// Whether a policy restricts providers or regions: a scan compares countries alone.
    pub only_countries_compared: bool,
    /// The whole of it, where the model is known.
    pub decision: Option<Judgement>,
}

/// The manifest that was decided on, and the decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// Spec of a ModelDeployment that says what was found and no more.
    pub spec: ModelDeploymentSpec,
    /// What `decide` says of it.
    pub decision: Decision,
}

/// Decides on a model that was found in a workload, as it stands in a country where that is known.
#[must_use]
pub fn judge(namespace: &str, workload: &str, found: &FoundModel, country: Option<&str>, facts: &Facts<'_>) -> Judged {
    let Some(spec) = manifest(found, country) else { return waits(unknown(&found.model)) };
    let name = workload.rsplit('/').next().unwrap_or(workload);
    let decision = decide(&Request { namespace, name, uid: None, spec: &spec }, facts);
    let mut decisive = decision.findings.iter().filter(|finding| finding.effect <= Effect::Waits);
    let reason = decisive.next().map(|finding| (finding.reason, finding.sentence.clone()));
    let warned = decision.findings.iter().filter(|finding| finding.effect == Effect::Warns);
    let mut judged = Judged {
        verdict: decision.verdict,
        also: once(decisive.map(|finding| finding.reason)),
        reason,
        license: decision.model.license_words(),
        license_by: license_by(found, &decision),
        owes: decision.obligations.iter().filter(|owed| owed.now).count(),
        warns: once(warned.map(|finding| finding.reason)),
        only_countries_compared: decision.places.providers.restricts()
            || decision.places.regions.is_some()
            || !decision.places.regions_denied.is_empty()
            || !decision.places.chips.is_empty(),
        decision: Some(Judgement { spec, decision }),
    };
    let places = judged.decision.as_ref().map(|whole| &whole.decision.places);
    let asks = places.filter(|places| places.countries.restricts() && country.is_none());
    if let (Some(places), Verdict::Allowed) = (asks, judged.verdict) {
        let by = places.parts.iter().map(|part| part.by.as_str()).collect::<Vec<_>>().join(" and ");
        let sentence = format!(
            "{by} asks where pods stand (countries: {}), and of this one that is not known.",
            places.countries.words()
        );
        judged.verdict = Verdict::Waiting;
        judged.reason = Some((Reason::NodeCountryUnknown, sentence));
    }
    // A part that nobody can name has terms that nobody has read.
    let unnamed = found.adapters.iter().find(|adapter| !matches!(adapter, Reference::Repository { .. }));
    if let Some(adapter) = unnamed {
        if judged.verdict == Verdict::Allowed {
            judged.verdict = Verdict::Waiting;
            judged.reason =
                Some((Reason::LicenseUnknown, format!("an adapter is loaded as well, and {}", unknown(adapter))));
        } else {
            judged.also = once(judged.also.iter().copied().chain([Reason::LicenseUnknown]));
        }
    }
    judged
}

/// Each code once, in the order of its first appearance.
fn once(reasons: impl Iterator<Item = Reason>) -> Vec<Reason> {
    let mut all = Vec::new();
    for reason in reasons {
        if !all.contains(&reason) {
            all.push(reason);
        }
    }
    all
}

/// A manifest, where it is known whose model it is.
fn manifest(found: &FoundModel, country: Option<&str>) -> Option<ModelDeploymentSpec> {
    let (source, name) = match &found.model {
        Reference::Repository { hub, name, revision: Some(revision) } => (format!("{hub}://{name}@{revision}"), None),
        Reference::Repository { hub, name, revision: None } => (format!("{hub}://{name}"), None),
        Reference::Library { source, repository: Some(repository), .. } => (source.clone(), Some(repository.clone())),
        _ => return None,
    };
    Source::parse(&source).ok()?;
    let adapters = found.adapters.iter().filter_map(|adapter| match adapter {
        Reference::Repository { hub, name, .. } => Some(format!("{hub}://{name}")),
        _ => None,
    });
    let here = |code: &str| PlaceList { countries: vec![code.into()], ..PlaceList::default() };
    let model = Model { source, name, adapters: adapters.collect(), ..Model::default() };
    let placement = Placement { allow: country.map(here), ..Placement::default() };
    Some(ModelDeploymentSpec { placement, ..ModelDeploymentSpec::of(model) })
}

/// A name of a library is a claim about whose weights it holds, and is said to be one.
fn license_by(found: &FoundModel, decision: &Decision) -> String {
    match &found.model {
        Reference::Library { repository: Some(repository), .. } => {
            format!("as {repository}, by the library's name only")
        }
        _ => decision.model.known_by.clone(),
    }
}

fn unknown(model: &Reference) -> String {
    match model {
        Reference::Library { name, .. } => format!("{name} is in no list of that library's names that Modelport has."),
        Reference::Address { address } => format!("the address {address} does not say whose model it holds."),
        Reference::Path { path } => format!("the path {path} does not say whose model it holds."),
        Reference::Name { name } => format!("the name {name} does not say whose model it is."),
        Reference::Elsewhere { what } => format!("it is not known which model it is: {what}."),
        Reference::Repository { name, .. } => format!("{name} is no name that a hub allows."),
    }
}

fn waits(sentence: String) -> Judged {
    Judged {
        verdict: Verdict::Waiting,
        reason: Some((Reason::LicenseUnknown, sentence)),
        also: Vec::new(),
        license: "-".into(),
        license_by: String::new(),
        owes: 0,
        warns: Vec::new(),
        only_countries_compared: false,
        decision: None,
    }
}
