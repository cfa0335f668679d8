//! The one binary: the operator, the fetcher, and the command line.

use std::process::ExitCode;

use clap::Parser;
use modelport::cli::Cli;

// A decision allocates some hundred small strings; the C library's allocator, above all a static one, is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Two providers can end up in the tree; without a choice rustls panics at the first connection.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match Cli::try_parse() {
        Ok(cli) => modelport::cli::run(cli),
        Err(error) => {
            let _ = error.print();
            // Clap's own 2 would read as Waiting.
            if error.use_stderr() { ExitCode::from(modelport::cli::EXIT_FAILED) } else { ExitCode::SUCCESS }
        }
    }
}
