//! What is written and cannot be read as what it stands for.
//!
//! The schemas catch most of it at the API server, with the same words; what they cannot catch, and what a stored
//! object or a file in a pull request may hold, is said here, once, for the command line, admission and status. The
//! reading is total: any object gives a list of problems, perhaps empty.

use crate::catalog::{Catalog, place::Country};

use super::{
    Reason, hub_address,
    model_deployment::ModelDeploymentSpec,
    placement::PlaceList,
    source::Source,
    usage::Usage,
    written::{WrittenCountry, YesNo},
};

mod alike;
mod dates;
mod figures;
mod license_rules;
mod objects;
mod policy;
mod waivers;
mod words;

pub use alike::{Likeness, Reading, business, plain, rival};
pub use dates::{end_of, span};
pub use objects::{license_problems, licensee_problems, runtime_problems};
pub use policy::policy_problems;
pub use waivers::waiver_problems;
pub use words::nearest;
use words::not_text;

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

/// What is wrong in a ModelDeployment, in the order of its fields.
#[must_use]
pub fn problems(spec: &ModelDeploymentSpec, catalog: &Catalog) -> Vec<ShapeProblem> {
    let mut all = Vec::new();
    model(spec, &mut all);
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

fn model(spec: &ModelDeploymentSpec, all: &mut Vec<ShapeProblem>) {
    let model = &spec.model;
    let source = Source::parse(&model.source);
    match &source {
        Err(error) => all.push(ShapeProblem::new(
            Reason::SourceInvalid,
            "spec.model.source",
            format!("spec.model.source {} {error}.", shown(&model.source)),
            "Write an address such as hf://org/name, oci://registry/repository:tag or pvc://claim/path.",
        )),
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
        check_country(country, &format!("spec.usage.serves[{i}]"), catalog, all);
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
    for (i, sector) in usage.sectors.iter().enumerate() {
        let field = format!("spec.usage.sectors[{i}]");
        let known = || catalog.sectors().iter().map(|sector| sector.id.as_str());
        if sector != "none" && catalog.sector(sector).is_none() {
            let near = nearest(sector, known()).map(|near| format!(" The nearest known one is {near}."));
            all.push(ShapeProblem::new(
                Reason::ManifestInvalid,
                field.clone(),
                format!(
                    "{field} is {}, which is no sector that licences name here.{}",
                    shown(sector),
                    near.unwrap_or_default()
                ),
                "`modelport catalog sectors` lists them.",
            ));
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

/// Countries, groups, providers and regions that the catalogue does not list.
fn check_places(list: &PlaceList, field: &str, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let places = catalog.places();
    if *list == PlaceList::default() {
        all.push(ShapeProblem::new(
            Reason::ManifestInvalid,
            field,
            format!("{field} lists nothing."),
            "Leave it out, or list countries, groups, providers or regions.",
        ));
    }
    for (i, country) in list.countries.iter().enumerate() {
        check_country(country, &format!("{field}.countries[{i}]"), catalog, all);
    }
    for (i, group) in list.groups.iter().enumerate() {
        if places.group(group).is_none() {
            let field = format!("{field}.groups[{i}]");
            let near = nearest(group, places.groups().map(|group| group.id.as_str()));
            all.push(unknown_place(&field, group, "group of countries", near));
        }
    }
    for (i, provider) in list.providers.iter().enumerate() {
        check_provider(provider, &format!("{field}.providers[{i}]"), catalog, all);
    }
    for (i, region) in list.regions.iter().enumerate() {
        let at = format!("{field}.regions[{i}]");
        if places.provider(&region.provider).is_none() {
            check_provider(&region.provider, &format!("{at}.provider"), catalog, all);
        } else if places.region(&region.provider, &region.region).is_none() {
            let known = places.providers().filter(|p| p.provider == region.provider).flat_map(|p| &p.regions);
            let near = nearest(&region.region, known.map(|region| region.region.as_str()));
            let kind = format!("region of {}", region.provider);
            all.push(unknown_place(&format!("{at}.region"), &region.region, &kind, near));
        }
    }
}

fn check_provider(provider: &str, field: &str, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    if catalog.places().provider(provider).is_none() {
        let near = nearest(provider, catalog.places().providers().map(|provider| provider.provider.as_str()));
        all.push(unknown_place(field, provider, "provider", near));
    }
}

fn unknown_place(field: &str, written: &str, kind: &str, near: Option<&str>) -> ShapeProblem {
    let near = near.map(|near| format!(" The nearest known one is {near}.")).unwrap_or_default();
    ShapeProblem::new(
        Reason::PlaceUnknown,
        field,
        format!("{field} is {}, which is no {kind} that the catalogue lists.{near}", shown(written)),
        "`modelport catalog places` lists them.",
    )
}

/// A country that is not text, or no code of ISO 3166-1.
fn check_country(country: &WrittenCountry, field: &str, catalog: &Catalog, all: &mut Vec<ShapeProblem>) {
    let text = match country {
        WrittenCountry::NotText(json) => {
            all.push(ShapeProblem::new(
                Reason::CountryUnknown,
                field,
                format!("{field} is the YAML value {}{}.", shown(json).trim_matches('"'), not_text(json)),
                "Write country codes in quotes: \"NO\" is Norway.",
            ));
            return;
        }
        WrittenCountry::Text(text) => text,
    };
    let places = catalog.places();
    if places.country(places.canonical(text)).is_some() {
        return;
    }
    if places.group(text).is_some() {
        all.push(ShapeProblem::new(
            Reason::CountryUnknown,
            field,
            format!("{field} is {}, which is a group of countries.", shown(text)),
            "Groups are written under groups in spec.placement; people served are written country by country.",
        ));
        return;
    }
    let near = meant(text, catalog)
        .map(|country| country.code.as_str())
        .or_else(|| nearest(text, places.countries().map(|country| country.code.as_str())));
    let near = near
        .and_then(|code| places.country(code))
        .map(|c| format!(" The nearest known one is {} ({}).", c.code, c.name));
    all.push(ShapeProblem::new(
        Reason::CountryUnknown,
        field,
        format!("{field} is {}, which is no ISO 3166-1 code.{}", shown(text), near.unwrap_or_default()),
        "Write two capital letters, quoted.",
    ));
}

/// The country that a text means which is no code of ISO 3166-1: its name, its code in other letters, or the code that the
/// European Union has of its own for Greece.
#[must_use]
pub fn meant<'a>(text: &str, catalog: &'a Catalog) -> Option<&'a Country> {
    let places = catalog.places();
    let (text, code) = (text.trim(), text.trim().to_ascii_uppercase());
    let by_name = places.countries().find(|country| country.name.eq_ignore_ascii_case(text));
    by_name.or_else(|| places.country(places.canonical(if code == "EL" { "GR" } else { &code })))
}

/// A text in quotation marks, cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let head: String = text.chars().take(MAX_CHARS).filter(|c| !c.is_control()).collect();
    if text.chars().count() > MAX_CHARS { format!("\"{head}...\"") } else { format!("\"{head}\"") }
}
