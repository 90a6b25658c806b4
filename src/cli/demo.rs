//! `demo`: the main job with no product and no network.

use super::args::Demo;
use super::folder::ReportFolder;
use super::output::Printer;
use super::run::all_known;
use super::sources::{deliver, files, formats, judged_by, load, own_digest, quoted_path};
use super::{Failure, Outcome, runtime};
use crate::engine::plan::Selection;
use crate::proof::{Change, Conditions, ProofError, against_sandbox};
use crate::sandbox::Fault;
use crate::source::diagnostic::did_you_mean;

pub(super) fn demo(demo: &Demo, printer: &Printer) -> Outcome {
    let faults = faults(&demo.fault)?;
    let formats = formats(&demo.output)?;
    let sources = files(&demo.profiles)?;
    let loaded = load(&sources, "social-registry", None, printer)?;
    all_known(&demo.tests, &loaded.profile)?;
    let selection = Selection { only: demo.tests.clone(), ..Selection::default() };
    let folder = ReportFolder::make(&demo.output, "demo")?.inspect(ReportFolder::clear);
    let progress = printer.progress();
    let conditions = Conditions {
        seed: demo.seed,
        hears: progress.clone(),
        command: command(demo),
        digest: own_digest(),
        selection,
        ..Conditions::default()
    };
    let stop = conditions.stop.clone();
    let runtime = runtime()?;
    let finished = runtime.block_on(async {
        let interrupted = tokio::spawn(async move { stop.on_signal().await });
        let finished = against_sandbox(&loaded, Change { faults, tamper: None }, conditions).await;
        interrupted.abort();
        finished
    });
    progress.end();
    let mut finished = finished.map_err(|error| match error {
        ProofError::Demo(message) => Failure::Internal(message),
        error => Failure::Usage(error.to_string()),
    })?;
    judged_by(&mut finished.result, &sources, loaded.standard.edition());
    deliver(&finished.result, folder.as_ref(), &formats, printer)
}

/// The command that repeats the run.
fn command(demo: &Demo) -> String {
    let mut line = "dci-conform demo".to_owned();
    if let Some(folder) = demo.profiles.folder() {
        line.push_str(&format!(" --profiles {}", quoted_path(&folder)));
    }
    demo.fault.iter().fold(line, |line, fault| format!("{line} --fault {fault}"))
}

/// The faults of those names.
pub(super) fn faults(names: &[String]) -> Result<Vec<Fault>, Failure> {
    let known = || crate::sandbox::faults().iter().map(|info| info.name);
    names
        .iter()
        .map(|name| {
            Fault::by_name(name).ok_or_else(|| {
                let hint = did_you_mean(name, known());
                Failure::Usage(format!(
                    "there is no fault `{name}`\nhelp: {hint}; `dci-conform sandbox --list-faults` lists them"
                ))
            })
        })
        .collect()
}
