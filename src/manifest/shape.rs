//! What is written and cannot be read as what it stands for.
//!
//! The schemas catch most of it at the API server, with the same words; what they cannot catch, and what a stored
//! object or a file in a pull request may hold, is said here, once, for the command line, admission and status. The
//! reading is total: any object gives a list of problems, perhaps empty.

use crate::catalog::Catalog;

use super::{
    Reason, hub_address,
    model_deployment::ModelDeploymentSpec,
    placement::PlaceList,
    source::{Source, SourceError},
    usage::{ACTS, ASSURANCES, Usage},
    written::{WrittenCountry, YesNo},
};

mod alike;
mod dates;
mod figures;
mod license_rules;
mod objects;
mod places;
mod policy;
mod reading;
mod selection;
mod waivers;
mod words;

pub use alike::{Likeness, Reading, business, letters, rival};
pub use dates::{end_of, span};
pub use license_rules::license_entry_problem;
pub use objects::{license_problems, licensee_problems, runtime_problems};
pub use places::meant;
use places::{check_country, check_places};
pub use policy::{ALLOWED_ACCELERATORS, ALLOWED_PLACES, place_problems, policy_problems};
pub use reading::{FIELDS_EXPECTED, plain};
pub use selection::problem as selection_problem;
pub use waivers::waiver_problems;
use words::near_words;
pub use words::nearest;

/// One thing that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeProblem {
    /// Stable code.
    pub reason: Reason,
    /// Where, such as `spec.usage.serves[0]`.
    pub field: String,
    /// What is wrong with it, in one sentence.
    pub sentence: String,
    /// What to write.
    pub remedy: String,
}

impl ShapeProblem {
    pub(crate) fn new(
        reason: Reason,
        field: impl Into<String>,
        sentence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { reason, field: field.into(), sentence: sentence.into(), remedy: remedy.into() }
    }
}

/// What is wrong in a ModelDeployment whose address was read as `source`, in the order of its fields.
#[must_use]
pub fn problems(
    spec: &ModelDeploymentSpec,
    source: &Result<Source, SourceError>,
    catalog: &Catalog,
) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    model(spec, source, &mut all);
    usage(&spec.usage, catalog, &mut all);
    placement(spec, catalog, &mut all);
    let scaling = &spec.scaling;
    if scaling.replicas.is_some() && (scaling.min.is_some() || scaling.max.is_some()) {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.scaling",
            "spec.scaling writes both replicas and a range.",
            "Write replicas, or min and max.",
        ));
    }
    all
}

fn model(spec: &ModelDeploymentSpec, source: &Result<Source, SourceError>, all: &mut Vec<ShapeProblem>) {
    let model = &spec.model;
    match source {
        Err(error) => {
            let sentence = format!("spec.model.source {} {error}.", shown(&model.source));
            // A repository without its hub: what is meant is nearly certain, and still two hubs may hold it.
            let remedy = match hub_address::HubAddress::parse(&model.source) {
                Ok(_) => format!("Write hf://{0}, or modelscope://{0} for one of ModelScope.", model.source),
                Err(_) => {
                    "Write an address such as hf://org/name, oci://registry/repository:tag or pvc://claim/path.".into()
                }
            };
            all.push(ShapeProblem::new(Reason::SourceInvalid, "spec.model.source", sentence, remedy));
        }
        Ok(Source::Hub { revision: Some(inside), .. }) => {
            if let Some(outside) = model.revision.as_deref().filter(|outside| outside != inside) {
                all.push(ShapeProblem::new(
                    Reason::ManifestInvalid,
                    "spec.model.revision",
                    format!(
                        "spec.model.revision says {}, and spec.model.source says {}.",
                        shown(outside),
                        shown(inside)
                    ),
                    "Write the revision once.",
                ));
            }
        }
        Ok(Source::Url { .. }) => {
            // What lies behind a hub's page has a name, and with it a licence: another address would leave both out.
            if let Some(address) = hub_address::as_source(&model.source) {
                let sentence = format!("spec.model.source {} is a page of a hub.", shown(&model.source));
                let remedy = format!("Write {address}.");
                all.push(ShapeProblem::new(Reason::SourceInvalid, "spec.model.source", sentence, remedy));
            }
        }
        Ok(_) => {}
    }
    if let Some(revision) = model.revision.as_deref().filter(|revision| !hub_address::is_revision(revision)) {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            "spec.model.revision",
            format!("spec.model.revision {} is no branch, tag or commit.", shown(revision)),
            "Write a commit, of 40 hexadecimal digits, or a tag.",
        ));
    }
    for (field, text) in [
        ("spec.model.name", &model.name),
        ("spec.model.license", &model.license),
        ("spec.model.digest", &model.digest),
        ("spec.model.servedName", &model.served_name),
        ("spec.model.secretName", &model.secret_name),
    ] {
        empty(field, text.as_deref(), all);
    }
    for (field, list) in [("spec.model.baseModels", &model.base_models), ("spec.model.adapters", &model.adapters)] {
        for (i, text) in list.iter().enumerate() {
            empty(&format!("{field}[{i}]"), Some(text), all);
        }
    }
}

/// A text that is written and says nothing, or more than any name has.
fn empty(field: &str, text: Option<&str>, all: &mut Vec<ShapeProblem>) {
    const MAX_CHARS: usize = 512;
    let problem = match text {
        Some(text) if text.trim().is_empty() => format!("{field} is empty."),
        Some(text) if text.len() > MAX_CHARS => format!("{field} is longer than {MAX_CHARS} characters."),
        _ => return,
    };
    all.push(ShapeProblem::new(
        Reason::ManifestInvalid,
        field,
        problem,
        "Leave the field out, or write what it stands for.",
    ));
}

fn usage(usage: &Usage, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    for (i, country) in usage.serves.iter().enumerate() {
        check_country(country, format_args!("spec.usage.serves[{i}]"), catalog, all);
    }
    let trained = usage.trained_model.as_ref();
    for (field, answer) in [
        ("spec.usage.production", usage.production),
        ("spec.usage.hostedForThirdParties", usage.hosted_for_third_parties),
        ("spec.usage.redistributesWeights", usage.redistributes_weights),
        ("spec.usage.trainsOnOutputs", usage.trains_on_outputs),
        ("spec.usage.personalData", usage.personal_data),
        ("spec.usage.trainedModel.sameFamily", trained.and_then(|model| model.same_family)),
        ("spec.usage.trainedModel.competes", trained.and_then(|model| model.competes)),
        ("spec.usage.trainedModel.distributed", trained.and_then(|model| model.distributed)),
    ] {
        if answer == Some(YesNo::Unreadable) {
            all.push(ShapeProblem::new(
                Reason::ManifestInvalid,
                field,
                format!("{field} is neither Yes nor No."),
                "Write Yes or No; an absent field says nothing.",
            ));
        }
    }
    none_apart("spec.usage.assurances", &usage.assurances, all);
    none_apart("spec.usage.acts", &usage.acts, all);
    none_apart("spec.usage.sectors", &usage.sectors, all);
    none_apart("spec.usage.evidence", &usage.evidence, all);
    let lists = [
        ("spec.usage.assurances", &usage.assurances, ASSURANCES, "technical state that licences ask for"),
        ("spec.usage.acts", &usage.acts, ACTS, "act that licences name"),
    ];
    for (list, written, known, what) in lists {
        for (i, word) in written.iter().enumerate().filter(|(_, word)| *word != "none" && !known.contains(&&***word)) {
            let field = format!("{list}[{i}]");
            let near = near_words(nearest(word, known.into_iter()));
            let sentence = format!("{field} is {}, which is no {what}.{near}", shown(word));
            let remedy = format!("Write of {} what is so, or none.", known.join(", "));
            all.push(ShapeProblem::new(Reason::ManifestInvalid, field, sentence, remedy));
        }
    }
    for (i, sector) in usage.sectors.iter().enumerate() {
        let field = format!("spec.usage.sectors[{i}]");
        if sector != "none" && catalog.sector(sector).is_none() {
            let called = catalog.sectors().iter().filter(|known| known.also_called.contains(sector));
            let called: Vec<&str> = called.map(|known| known.id.as_str()).collect();
            let near = || near_words(nearest(sector, catalog.sectors().iter().map(|known| known.id.as_str())));
            let near = if called.is_empty() { near() } else { format!(" It may be {}.", called.join(", or ")) };
            let sentence = format!("{field} is {}, which is no sector that the catalogue lists.{near}", shown(sector));
            let remedy = "`modelport catalog sectors` lists them; none is for what is in none of the restricted ones.";
            all.push(ShapeProblem::new(Reason::ManifestInvalid, field, sentence, remedy));
        }
    }
}

/// `[none]` beside something else.
fn none_apart(field: &str, list: &[String], all: &mut Vec<ShapeProblem>) {
    if list.len() > 1 && list.iter().any(|word| word == "none") {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            field,
            format!("{field} says none, and something else beside it."),
            "Write either [none] or the list.",
        ));
    }
}

fn placement(spec: &ModelDeploymentSpec, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let placement = &spec.placement;
    for (field, list) in [("spec.placement.allow", &placement.allow), ("spec.placement.deny", &placement.deny)] {
        if let Some(list) = list {
            check_places(list, field, catalog, all);
        }
    }
    let (Some(allow), Some(deny)) = (&placement.allow, &placement.deny) else { return };
    let both = |one: &[String], other: &[String]| one.iter().find(|word| other.contains(word)).cloned();
    let codes = |list: &PlaceList| -> Vec<String> {
        list.countries
            .iter()
            .filter_map(WrittenCountry::text)
            .map(|c| catalog.places().canonical(c).to_owned())
            .collect()
    };
    let regions = |list: &PlaceList| -> Vec<String> {
        list.regions.iter().map(|region| format!("{}/{}", region.provider, region.region)).collect()
    };
    for place in [
        both(&codes(allow), &codes(deny)),
        both(&allow.groups, &deny.groups),
        both(&allow.providers, &deny.providers),
        both(&regions(allow), &regions(deny)),
    ]
    .into_iter()
    .flatten()
    {
        all.push(ShapeProblem::new(
            Reason::PlaceContradicts,
            "spec.placement",
            format!("spec.placement both allows and denies {place}."),
            "Write it in one of the two lists.",
        ));
    }
}

/// A text in quotation marks, cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let head: String = text.chars().take(MAX_CHARS).filter(|c| !c.is_control()).collect();
    if text.chars().count() > MAX_CHARS { format!("\"{head}...\"") } else { format!("\"{head}\"") }
}
