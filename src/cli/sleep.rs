//! `modelport sleep`: the preStop hook of an image without a shell.

use std::{process::ExitCode, time::Duration};

/// How long.
#[derive(Debug, clap::Args)]
pub struct SleepArgs {
    /// Seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=120))]
    pub seconds: u64,
}

/// Waits.
#[must_use]
pub fn run(args: &SleepArgs) -> ExitCode {
    std::thread::sleep(Duration::from_secs(args.seconds));
    ExitCode::SUCCESS
}
