//! The program as its users meet it: arguments, exit codes, messages, and what is left on disk.

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/between.rs"]
mod between;
#[path = "cli/canaries.rs"]
mod canaries;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/columns.rs"]
mod columns;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/exchange.rs"]
mod exchange;
#[path = "cli/first_run.rs"]
mod first_run;
#[path = "cli/flat.rs"]
mod flat;
mod folder;
#[path = "cli/layouts.rs"]
mod layouts;
#[path = "cli/leaks.rs"]
mod leaks;
#[path = "cli/overlay.rs"]
mod overlay;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "parquet")]
#[path = "cli/parquets.rs"]
mod parquets;
#[path = "cli/profiles.rs"]
mod profiles;
mod raw;
#[path = "cli/recordings.rs"]
mod recordings;
#[path = "cli/recordings_again.rs"]
mod recordings_again;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/sandbox_data.rs"]
mod sandbox_data;
#[path = "cli/senders.rs"]
mod senders;
#[path = "cli/workbooks.rs"]
mod workbooks;
#[path = "cli/worked_example.rs"]
mod worked_example;

use assert_cmd::Command;
use folder::Folder;

/// The program that is tested: another build of it, such as the one that is shipped, where the environment names one.
fn path_of_program() -> std::ffi::OsString {
    std::env::var_os("DCI_CONFORM_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_dci-conform").into())
}

/// The program, away from the environment of whoever runs the tests, in a folder of its own.
fn program(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(path_of_program());
    command.args(arguments).current_dir(folder.path());
    for name in
        ["DCI_PROFILES", "NO_COLOR", "CI", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"]
    {
        command.env_remove(name);
    }
    command.timeout(std::time::Duration::from_secs(180));
    command
}

/// What a command left: exit code, standard output, standard error.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().expect("the program starts");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    ran(program(folder, arguments))
}

#[test]
fn help_and_version_are_no_mistake() {
    let folder = Folder::new();
    let help = run(&folder, &["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for word in ["demo", "init", "run", "sandbox", "profile", "explain", "Exit codes"] {
        assert!(help.out.contains(word), "--help does not mention {word}");
    }
    let version = run(&folder, &["--version"]);
    assert_eq!(version.out.trim(), concat!("dci-conform ", env!("CARGO_PKG_VERSION")));
    for command in ["demo", "init", "run", "sandbox", "profile", "explain"] {
        let help = run(&folder, &[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        assert!(help.out.contains("Usage:"), "{command}");
    }
    assert!(folder.is_empty());
}

#[test]
fn the_readme_names_every_exit_code() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README.md");
    for (code, word) in
        [(0, "conformant"), (1, "not conformant"), (2, "incomplete"), (3, "usage"), (4, "fault of the suite")]
    {
        assert!(
            readme.lines().any(|line| line.starts_with(&format!("| {code} |")) && line.contains(word)),
            "the table of exit codes lacks {code}: {word}"
        );
    }
}
