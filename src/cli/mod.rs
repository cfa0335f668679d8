//! The command line: one file a subcommand, each of them thin.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::ops::args::RunArgs;

pub mod catalog;
pub mod catalog_diff;
pub mod check;
pub mod cluster;
pub mod crd;
pub mod decisions;
pub mod digest;
pub mod examples;
pub mod explain;
pub mod fetch;
pub mod licensee;
pub mod matrix;
pub mod mirror;
pub mod nodes;
pub mod output;
pub mod reach;
pub mod replay;
pub mod run;
pub mod scan;
pub mod sleep;
pub mod startup_check;
pub mod waive;
pub mod whatif;

/// Deploys open-weight models, and lands each one only where its licence and the region's rules let it.
///
/// As `kubectl modelport ...` (a file named kubectl-modelport in PATH) it reads facts from the cluster.
#[derive(Debug, Parser)]
#[command(name = "modelport", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the operator
    Run(Box<RunArgs>),
    /// Decide on the manifests in files, with the facts in the same files
    Check(check::CheckArgs),
    /// Explain one deployment: what was decided, by which clauses and facts, and what would change it
    Explain(explain::ExplainArgs),
    /// Show which models run already that nobody decided on; reads pods and nodes, and changes nothing
    Scan(scan::ScanArgs),
    /// Let what blocks a deployment pass for a time, on record
    Waive(waive::WaiveArgs),
    /// Show where nodes stand, how that is known, and which deployments each can host
    Nodes(nodes::NodesArgs),
    /// Say what would be decided if a policy, a Licensee, a licence or a waiver were another; changes nothing
    Whatif(Box<whatif::WhatIfArgs>),
    /// Show models by countries: allowed, allowed with duties, waiting, refused
    Matrix(Box<matrix::MatrixArgs>),
    /// List decisions of the decision log: of a model, a deployment, a quarter
    Decisions(decisions::DecisionsArgs),
    /// Write down what an organisation must say about itself
    Licensee(licensee::LicenseeArgs),
    /// Print the built-in catalogue: licences, rules, places, accelerators, engines; or what changed in it
    Catalog(catalog::CatalogArgs),
    /// Print the custom resource definitions
    Crd(crd::CrdArgs),
    /// Fetch a model's files into a folder and verify them
    Fetch(fetch::FetchArgs),
    /// Serve a folder as a read-only Hugging Face-compatible hub
    Mirror(mirror::MirrorArgs),
    /// Check that admission answers and that node labels are guarded (run by the Helm chart)
    StartupCheck(startup_check::StartupCheckArgs),
    /// Write the example manifests, as the Rust types give them
    #[command(hide = true)]
    Examples(examples::ExamplesArgs),
    /// Ask a registry what a tag stands for: the pod that resolves `oci://...:tag`
    #[command(hide = true)]
    Digest(digest::DigestArgs),
    /// Wait, then exit: the preStop hook of an image without a shell
    #[command(hide = true)]
    Sleep(sleep::SleepArgs),
}

/// Runs a command; an error is one sentence on standard error.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let result = match cli.command {
        Command::Run(args) => {
            crate::ops::logging::json(&args.log_level);
            block_on(run::run(*args))
        }
        Command::Fetch(args) => {
            crate::ops::logging::json("info");
            block_on(fetch::run(args))
        }
        Command::Digest(args) => {
            crate::ops::logging::json("info");
            block_on(digest::run(args))
        }
        Command::Mirror(args) => {
            crate::ops::logging::json("info");
            block_on(mirror::run(args))
        }
        Command::Check(args) => block_on(check::run(&args)),
        Command::Decisions(args) => decisions::run(&args),
        Command::Licensee(args) => licensee::run(&args),
        Command::Catalog(args) => catalog::run(&args),
        Command::Explain(args) => block_on(explain::run(args)),
        Command::Scan(args) => block_on(scan::run(&args)),
        Command::Waive(args) => block_on(waive::run(args)),
        Command::Nodes(args) => block_on(nodes::run(args)),
        Command::Whatif(args) => block_on(whatif::run(&args)),
        Command::Matrix(args) => block_on(matrix::run(&args)),
        Command::StartupCheck(args) => block_on(startup_check::run(args)),
        Command::Crd(args) => crd::run(&args),
        Command::Examples(args) => examples::run(&args),
        Command::Sleep(args) => Ok(sleep::run(&args)),
    };
    result.unwrap_or_else(|error| {
        eprintln!("modelport: {}", output::harmless(&format!("{error:#}")));
        ExitCode::from(EXIT_FAILED)
    })
}

/// Whether the program was called as `kubectl modelport`.
#[must_use]
pub fn is_kubectl_plugin() -> bool {
    let called = std::env::args_os().next();
    called.is_some_and(|path| std::path::Path::new(&path).file_name().is_some_and(|name| name == "kubectl-modelport"))
}

/// Exit code of a command that could not do its work.
pub const EXIT_FAILED: u8 = 3;

fn block_on(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
