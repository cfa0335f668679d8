//! The program that tests start: the one that `make test` ships and names in MODELPORT, else the debug build beside them.

use std::process::Command;

pub fn program() -> Command {
    Command::new(std::env::var_os("MODELPORT").unwrap_or_else(|| env!("CARGO_BIN_EXE_modelport").into()))
}
