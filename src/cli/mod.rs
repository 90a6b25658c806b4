//! The command line: arguments in, library call, exit code out. The only place that prints.

mod args;
mod check;
mod demo;
mod exchange;
mod explain;
mod findings;
mod folder;
mod init;
mod mapping;
mod merge;
mod output;
mod profile;
mod proof;
mod run;
mod sandbox;
mod sandbox_data;
mod sources;

use crate::model::verdict::ExitStatus;
use args::{Cli, Command, ReportCommand};
use clap::Parser;
use output::Printer;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user's input: exit 3.
    Usage(String),
    /// Another run writes into the same folder: exit 3, and what is there is left to it.
    Busy(String),
    /// A fault of the suite: exit 4.
    Internal(String),
}

/// What every command gives.
pub(crate) type Outcome = Result<ExitStatus, Failure>;

/// Runs a command line and says how the process ends.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let printer = Printer::new();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no mistake.
            let _ = error.print();
            return if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Conformant };
        }
    };
    // Where a run comes to nothing, what an earlier one left in its folder would be taken for its own.
    let forgotten = |outcome: Outcome, output, inputs: &[PathBuf]| {
        outcome.inspect_err(|failure| match failure {
            Failure::Busy(_) => {}
            Failure::Usage(_) | Failure::Internal(_) => folder::forget(output, inputs),
        })
    };
    let outcome = match cli.command {
        Command::Demo(demo) => forgotten(whole(&|| demo::demo(&demo, &printer)), &demo.output, &[]),
        Command::Init(init) => whole(&|| init::init(&init, &printer)),
        Command::Run(run) => forgotten(whole(&|| run::run(&run, &printer)), &run.output, &[]),
        Command::Check(check) => forgotten(whole(&|| check::check(&check, &printer)), &check.output, &check.files),
        Command::Report(ReportCommand::Merge(merge)) => {
            forgotten(whole(&|| merge::merge(&merge, &printer)), &merge.output, &merge.parts)
        }
        Command::Sandbox(sandbox) => sandbox::sandbox(&sandbox, &printer),
        Command::Profile(command) => profile::profile(command, &printer),
        Command::Explain(explain) => explain::explain(&explain, &printer),
    };
    match outcome {
        Ok(status) => status,
        Err(Failure::Usage(message) | Failure::Busy(message)) => {
            printer.error(&message);
            ExitStatus::Usage
        }
        Err(Failure::Internal(message)) => {
            printer.error(&format!("{message}\nThis is a fault of dci-conform; please report it."));
            ExitStatus::Internal
        }
    }
}

/// What a command gives, where it ends in the middle too: the exit code tells how, as for all others.
fn whole(command: &dyn Fn() -> Outcome) -> Outcome {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned())).unwrap_or_default();
        // Neither the standard library nor the runtime says it in another way.
        Err(match words.contains("spawn") {
            true => Failure::Usage(
                "this machine has no thread to give\nhelp: allow more processes, or ask for fewer with --threads or --jobs"
                    .into(),
            ),
            false => Failure::Internal("stopped in the middle".into()),
        })
    })
}

/// A runtime for commands that talk.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Internal(format!("cannot start: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_the_middle_has_an_exit_code() {
        assert!(matches!(whole(&|| panic!("failed to spawn thread: {}", 11)), Err(Failure::Usage(_))));
        assert!(matches!(whole(&|| panic!("a mistake")), Err(Failure::Internal(_))));
        assert!(matches!(whole(&|| Ok(ExitStatus::Conformant)), Ok(ExitStatus::Conformant)));
    }
}
