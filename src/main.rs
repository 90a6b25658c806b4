//! The program: exit code and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(dci_conform::cli::main(std::env::args_os()).code())
}
