//! `modelport catalog`: what is built in, as a person reads it.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    catalog_diff,
    output::{self, Output},
};
use crate::{
    catalog::{Catalog, Sector, confirm, preset, print, print::beside, words::YesNo},
    manifest::{license_rules::LicenseRules, model_policy::ModelPolicySpec},
};

/// What to print.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  modelport catalog licenses
  modelport catalog licenses LicenseRef-llama-2
  modelport catalog licenses LicenseRef-hai-def --confirm     a ModelLicense: read the text, sign, apply it
  modelport catalog rules cn-genai-filing -o yaml
  modelport catalog places
  modelport catalog policy
  modelport catalog policies strict -o yaml              a ModelPolicy: name its namespaces, and apply it
  modelport catalog licenses -o json > catalog.json     the file that catalog diff reads")]
pub struct CatalogArgs {
    /// Which part.
    #[command(subcommand)]
    pub what: What,
}

/// A part of the catalogue, or what changed in it.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Licences: terms with clause and whether they were read, duties, where the text is
    Licenses(LicenseArgs),
    /// Rules of places
    Rules(EntryArgs),
    /// Regions of clouds, with their countries; with an id those of one provider
    Places(EntryArgs),
    /// Groups of countries
    Groups(EntryArgs),
    /// Accelerators
    Accelerators(EntryArgs),
    /// Engines
    Engines(EntryArgs),
    /// Sectors that a manifest may declare
    Sectors(EntryArgs),
    /// The policy of what no ModelPolicy selects
    Policy(EntryArgs),
    /// What a company may choose and no statute demands; with an id as a ModelPolicy to apply
    Policies(EntryArgs),
    /// Compare the licences of two versions, and list the deployments whose verdict changes
    Diff(catalog_diff::DiffArgs),
}

/// Which licence, and how it is printed.
#[derive(Clone, Debug, Args)]
pub struct LicenseArgs {
    /// Which, and how.
    #[command(flatten)]
    pub entry: EntryArgs,
    /// As a ModelLicense by which a person who reads the text confirms or corrects these terms.
    #[arg(long, requires = "id")]
    pub confirm: bool,
}

/// Which entry, and how it is printed.
#[derive(Clone, Debug, Args)]
pub struct EntryArgs {
    /// One entry; all of them on a line each where absent.
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// How it is printed.
    #[arg(short = 'o', long = "output", value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

/// Prints it.
pub fn run(args: &CatalogArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let text = match &args.what {
        What::Diff(args) => return catalog_diff::run(catalog, args),
        What::Licenses(args) => licenses(catalog, args)?,
        What::Rules(args) => part("rules", catalog.rules(), args, |r| &r.id, print::rule_line)?,
        What::Groups(args) => {
            let line = |g: &crate::catalog::place::Group| beside(&g.id, 28, &g.members.join(" "));
            part("groups", catalog.places().groups(), args, |g| &g.id, line)?
        }
        What::Accelerators(args) => {
            let all = catalog.accelerators().all().iter();
            part("accelerators", all, args, |a| &a.id, print::accelerator_line)?
        }
        What::Engines(args) => part("engines", catalog.engines(), args, |e| &e.id, print::engine_line)?,
        What::Sectors(args) => {
            let line = |s: &Sector| match (s.stands_for.as_slice(), s.ordinary) {
                ([], None | Some(YesNo::No)) => beside(&s.id, 33, &s.title),
                ([], Some(YesNo::Yes)) => beside(&s.id, 33, &format!("{}: nothing restricts it", s.title)),
                (narrower, _) => beside(&s.id, 33, &format!("{}: all of {}", s.title, narrower.join(", "))),
            };
            part("sectors", catalog.sectors().iter(), args, |s| &s.id, line)?
        }
        What::Places(args) => places(catalog, args)?,
        What::Policies(args) => policies(catalog, args)?,
        What::Policy(args) => {
            let licenses = LicenseRules { figure_lag: Some("45d".into()), ..LicenseRules::default() };
            printed(&ModelPolicySpec { default: Some(true), licenses, ..ModelPolicySpec::default() }, args.output)?
        }
    };
    output::print(&text);
    Ok(ExitCode::SUCCESS)
}

fn licenses(catalog: &Catalog, LicenseArgs { entry: args, confirm }: &LicenseArgs) -> anyhow::Result<String> {
    let plain = part("licenses", catalog.licenses(), args, |l| &l.id, print::license_line)?;
    let one = args.id.as_deref().and_then(|id| catalog.licenses().find(|l| l.id.eq_ignore_ascii_case(id)));
    let Some(license) = one else { return Ok(plain) };
    if *confirm {
        return Ok(confirm::remarks(license) + &output::yaml(&confirm::object(license))?);
    }
    // The hash of the entry, which a review names; in YAML beside it, so that the rest is a `spec.terms`.
    let hash = catalog.license_hash(&license.id).unwrap_or_default();
    Ok(match args.output {
        Output::Text => print::license(license, hash),
        Output::Yaml => format!("# entrySha256: {hash}\n{plain}"),
        Output::Json => {
            let mut entry = serde_json::to_value(license)?;
            if let Some(map) = entry.as_object_mut() {
                map.insert("entrySha256".into(), hash.into());
            }
            printed(&entry, args.output)?
        }
    })
}

/// Choices of a company; with an id as an object that a person completes and applies.
fn policies(catalog: &Catalog, args: &EntryArgs) -> anyhow::Result<String> {
    let line = |p: &crate::catalog::CompanyPolicy| beside(&p.id, 33, &p.text);
    let all = catalog.company_policies();
    let wanted = |id: &str| all.iter().find(|p| p.id.eq_ignore_ascii_case(id));
    match args.id.as_deref().and_then(wanted) {
        Some(policy) if args.output == Output::Json => output::json(&preset::object(policy)?),
        Some(policy) => Ok(preset::remarks(policy) + &output::yaml(&preset::object(policy)?)?),
        None => part("policies", all.iter(), args, |p| &p.id, line),
    }
}

fn part<'a, T: Serialize + 'a>(
    what: &str,
    all: impl Iterator<Item = &'a T>,
    args: &EntryArgs,
    id: impl Fn(&T) -> &String,
    line: impl Fn(&T) -> String,
) -> anyhow::Result<String> {
    let all: Vec<&T> = all.collect();
    if let Some(wanted) = &args.id {
        let Some(found) = all.iter().find(|entry| id(entry).eq_ignore_ascii_case(wanted)) else {
            bail!("the catalogue has no {wanted} among its {what}. All of them: modelport catalog {what}");
        };
        return printed(*found, args.output);
    }
    match args.output {
        Output::Text => Ok(all.iter().map(|entry| line(entry) + "\n").collect()),
        _ => printed(&all, args.output),
    }
}

/// One entry is printed as YAML where text is asked for: its fields are its text.
fn printed<T: Serialize>(value: &T, output: Output) -> anyhow::Result<String> {
    match output {
        Output::Json => output::json(value),
        Output::Yaml | Output::Text => output::yaml(value),
    }
}

/// Regions, one a line; with an id those of one provider.
fn places(catalog: &Catalog, args: &EntryArgs) -> anyhow::Result<String> {
    let wanted = |provider: &str| args.id.as_deref().is_none_or(|id| id.eq_ignore_ascii_case(provider));
    let providers: Vec<_> = catalog.places().providers().filter(|p| wanted(&p.provider)).collect();
    if let (Some(id), true) = (&args.id, providers.is_empty()) {
        bail!("the catalogue has no provider {id}. All of them: modelport catalog places");
    }
    args.output.form(&providers, || {
        let regions = providers.iter().flat_map(|p| p.regions.iter().map(|r| print::region_line(p, r)));
        regions.fold(String::new(), |text, line| text + &line + "\n")
    })
}
