//! `modelport catalog`: what is built in, as a person reads it.

use std::{io::Write as _, process::ExitCode};

use anyhow::bail;
use clap::ValueEnum;
use serde::Serialize;

use super::check::Output;
use crate::{
    catalog::{Catalog, print},
    manifest::{license_rules::LicenseRules, model_policy::ModelPolicySpec},
};

/// What to print.
///
/// Examples:
///   modelport catalog licenses
///   modelport catalog licenses LicenseRef-llama-2
///   modelport catalog rules cn-genai-filing -o yaml
///   modelport catalog places
///   modelport catalog policy default
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct CatalogArgs {
    /// Which part.
    #[arg(value_enum)]
    pub what: What,
    /// One entry; all of them on a line each where absent.
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// A part of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Licences.
    Licenses,
    /// Rules of places.
    Rules,
    /// Regions of clouds, with their countries.
    Places,
    /// Groups of countries.
    Groups,
    /// Accelerators.
    Accelerators,
    /// Engines.
    Engines,
    /// Sectors that a manifest may declare.
    Sectors,
    /// The policy of what no ModelPolicy selects.
    Policy,
}

/// Prints it.
pub fn run(args: &CatalogArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let text = text(catalog, args)?;
    // A closed pipe is the reader's choice.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn text(catalog: &Catalog, args: &CatalogArgs) -> anyhow::Result<String> {
    let Part { lines, one } = match args.what {
        What::Licenses => part(catalog.licenses(), args, |l| &l.id, print::license_line)?,
        What::Rules => part(catalog.rules(), args, |r| &r.id, print::rule_line)?,
        What::Groups => {
            part(catalog.places().groups(), args, |g| &g.id, |g| format!("{:<28} {}", g.id, g.members.join(" ")))?
        }
        What::Accelerators => part(catalog.accelerators().all().iter(), args, |a| &a.id, print::accelerator_line)?,
        What::Engines => part(catalog.engines(), args, |e| &e.id, print::engine_line)?,
        What::Sectors => part(catalog.sectors().iter(), args, |s| &s.id, |s| format!("{:<32} {}", s.id, s.title))?,
        What::Places => return Ok(places(catalog, args)),
        What::Policy => {
            let licenses = LicenseRules { figure_lag: Some("45d".into()), ..LicenseRules::default() };
            let spec = ModelPolicySpec { default: Some(true), licenses, ..ModelPolicySpec::default() };
            return printed(&spec, args.output);
        }
    };
    match (&args.id, args.what) {
        (None, _) => Ok(lines),
        (Some(id), What::Licenses) => license(catalog, id, args.output, one),
        (Some(_), _) => Ok(one),
    }
}

/// A licence with the hash of its entry, which a review names; in YAML beside it, so that the rest is a `spec.terms`.
fn license(catalog: &Catalog, id: &str, output: Output, one: String) -> anyhow::Result<String> {
    let Some(license) = catalog.licenses().find(|license| license.id.eq_ignore_ascii_case(id)) else { return Ok(one) };
    let hash = catalog.license_hash(&license.id).unwrap_or_default();
    Ok(match output {
        Output::Text => print::license(license, hash),
        Output::Yaml => format!("# entrySha256: {hash}\n{one}"),
        Output::Json => {
            let mut entry = serde_json::to_value(license)?;
            if let Some(map) = entry.as_object_mut() {
                map.insert("entrySha256".into(), hash.into());
            }
            printed(&entry, output)?
        }
    })
}

struct Part {
    lines: String,
    one: String,
}

fn part<'a, T: Serialize + 'a>(
    all: impl Iterator<Item = &'a T>,
    args: &CatalogArgs,
    id: impl Fn(&T) -> &String,
    line: impl Fn(&T) -> String,
) -> anyhow::Result<Part> {
    let all: Vec<&T> = all.collect();
    if let Some(wanted) = &args.id {
        let Some(found) = all.iter().find(|entry| id(entry).eq_ignore_ascii_case(wanted)) else {
            let what = args.what.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
            bail!("the catalogue has no {wanted} among its {what}. All of them: modelport catalog {what}");
        };
        return Ok(Part { lines: String::new(), one: printed(*found, args.output)? });
    }
    let lines = match args.output {
        Output::Text => all.iter().map(|entry| line(entry) + "\n").collect(),
        _ => printed(&all, args.output)?,
    };
    Ok(Part { lines, one: String::new() })
}

/// One entry is printed as YAML where text is asked for: its fields are its text.
fn printed<T: Serialize>(value: &T, output: Output) -> anyhow::Result<String> {
    Ok(match output {
        Output::Json => format!("{}\n", serde_json::to_string_pretty(value)?),
        Output::Yaml | Output::Text => serde_saphyr::to_string(value)?,
    })
}

/// Regions, one a line; with an id those of one provider.
fn places(catalog: &Catalog, args: &CatalogArgs) -> String {
    let wanted = |provider: &str| args.id.as_deref().is_none_or(|id| id.eq_ignore_ascii_case(provider));
    let mut text = String::new();
    for provider in catalog.places().providers().filter(|p| wanted(&p.provider)) {
        for region in &provider.regions {
            text.push_str(&print::region_line(provider, region));
            text.push('\n');
        }
    }
    text
}
