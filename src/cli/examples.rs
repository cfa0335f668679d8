//! `modelport examples`: the example manifests, written from Rust values so that they always parse.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use crate::report::examples;

/// Where to.
#[derive(Debug, clap::Args)]
pub struct ExamplesArgs {
    /// The folder, such as deploy/examples.
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
}

/// Writes them.
pub fn run(args: &ExamplesArgs) -> anyhow::Result<ExitCode> {
    for (name, text) in examples::all() {
        let path = args.dir.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}
