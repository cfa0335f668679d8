//! `modelport catalog`: what Modelport knows by itself, printed.

use std::{io::Write as _, process::ExitCode};

use clap::{Args, Subcommand};

use crate::catalog::{Catalog, print};

/// Prints what Modelport knows by itself: facts in our own words, with their sources; not legal advice.
#[derive(Args, Clone, Debug)]
pub struct CatalogArgs {
    /// Which part.
    #[command(subcommand)]
    pub part: Part,
}

/// A part of the catalogue.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Licences; with an id, all that is known of one
    Licenses {
        /// A licence id, such as `LicenseRef-llama-2`.
        id: Option<String>,
    },
    /// Rules of places, and which of them are decided
    Rules,
    /// Countries, groups of countries, providers and their regions
    Places,
    /// Sectors and acts that licences ban by name
    Sectors,
    /// Inference engines
    Engines,
    /// Accelerators
    Accelerators,
}

/// Runs the command.
pub fn run(args: &CatalogArgs) -> anyhow::Result<ExitCode> {
    let catalog = Catalog::built_in().map_err(|error| anyhow::anyhow!("the built-in catalogue: {error}"))?;
    let lines: Vec<String> = match &args.part {
        Part::Licenses { id: None } => catalog.licenses().map(print::license_line).collect(),
        Part::Licenses { id: Some(id) } => {
            let Some(license) = catalog.license(id) else {
                anyhow::bail!("{id} is no licence that the catalogue lists; `modelport catalog licenses` prints them");
            };
            vec![print::license(license, catalog.license_hash(id).unwrap_or_default()).trim_end().to_owned()]
        }
        Part::Rules => catalog.rules().map(print::rule_line).collect(),
        Part::Places => {
            let places = catalog.places();
            let groups = places.groups().map(|group| format!("{:<28} {}", group.id, group.members.join(",")));
            let countries = places.countries().map(|country| format!("{:<28} {}", country.code, country.name));
            let regions = places.providers().flat_map(|p| p.regions.iter().map(move |r| print::region_line(p, r)));
            groups.chain(countries).chain(regions).collect()
        }
        Part::Sectors => catalog.sectors().iter().map(|sector| format!("{:<34} {}", sector.id, sector.title)).collect(),
        Part::Engines => catalog.engines().map(print::engine_line).collect(),
        Part::Accelerators => catalog.accelerators().all().iter().map(print::accelerator_line).collect(),
    };
    let mut text = lines.join("\n");
    text.push('\n');
    // A closed pipe is the reader's choice, and no reason for another exit code.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}
