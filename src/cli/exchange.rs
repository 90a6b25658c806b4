//! `check --exchange`: recorded traffic against a profile.

use super::args::Check;
use super::folder::ReportFolder;
use super::output::Printer;
use super::run::all_known;
use super::sources::{deliver, files, formats, judged_by, load, own_digest, quoted, quoted_path};
use super::{Failure, Outcome, runtime};
use crate::engine::replay::{ReplayError, ReplayOptions, replay};
use crate::engine::stop::Stop;
use crate::records;
use crate::traffic::{self, Recording};
use std::io::Read;
use std::path::Path;

/// Bytes of all recordings together.
const MOST_BYTES: usize = 256 << 20;
/// Recordings at a time.
const MOST_FILES: usize = 10_000;
/// Files named in a message.
const NAMED: usize = 5;

pub(super) fn exchange(check: &Check, printer: &Printer) -> Outcome {
    let sources = files(&check.profiles)?;
    let loaded = load(&sources, &check.profile, None, printer)?;
    let formats = formats(&check.output)?;
    all_known(&check.tests, &loaded.profile)?;
    let (recordings, unread) = recordings(check, printer)?;
    // Only now: whoever waits for standard input is to be ended by a signal as any program is.
    let (runtime, stop) = (runtime()?, Stop::default());
    runtime.spawn({
        let stop = stop.clone();
        async move { stop.on_signal().await }
    });
    let folder = ReportFolder::make(&check.output, &format!("{}-exchange", loaded.profile.id))?;
    let options = ReplayOptions {
        hosts: check.product_host.clone(),
        only: check.tests.clone(),
        command: command(check),
        digest: own_digest(),
        unread,
        stop,
    };
    let judged = runtime.block_on(replay(&loaded, recordings, &options));
    let mut result = judged.map_err(|error: ReplayError| Failure::Usage(error.to_string()))?;
    judged_by(&mut result, &sources, loaded.standard.edition());
    // A recording may be the result of an earlier run in this very folder: it was read.
    folder.iter().for_each(ReportFolder::clear);
    deliver(&result, folder.as_ref(), &formats, printer)
}

/// Every recording that can be read, and what was not, with the reasons. Where none is left, that is all there is to say.
fn recordings(check: &Check, printer: &Printer) -> Result<(Vec<Recording>, Vec<String>), Failure> {
    let (inputs, refused) = records::find(&check.files);
    let mut wrong: Vec<String> = refused.iter().map(|refused| format!("{}: {}", refused.name, refused.why)).collect();
    if inputs.len() > MOST_FILES {
        let help = "help: put the messages one after the other into one file, or check them in parts";
        return Err(Failure::Usage(format!("more than {MOST_FILES} recordings at a time\n{help}")));
    }
    let mut found: Vec<Recording> = Vec::new();
    let mut total = 0;
    for input in &inputs {
        let path = Path::new(&input.name);
        let read = open(&input.name).and_then(|file| traffic::read(&input.name, file));
        match read {
            Ok(recording) => {
                total += recording.bytes;
                found.push(recording);
            }
            // Beside a result there are the pages made of it.
            Err(_) if !check.files.iter().any(|named| named == path) && records::is_own(path) => {}
            Err(why) => wrong.push(format!("{}: {why}", input.name)),
        }
        if total > MOST_BYTES {
            let help = "help: check them in parts";
            return Err(Failure::Usage(format!("the recordings hold more than {} MiB\n{help}", MOST_BYTES >> 20)));
        }
    }
    match (found.is_empty(), wrong.is_empty()) {
        (true, true) => Err(Failure::Usage("there is nothing to check: no file is in the folder\nhelp: name a HAR file, a result.json or a folder of messages".into())),
        (true, false) => Err(Failure::Usage(some(&wrong))),
        (false, true) => Ok((found, wrong)),
        // Part of the traffic is not the traffic: what looks back over all of it would be judged on less.
        (false, false) => {
            printer.say(&format!("not read, and therefore not judged:\n{}", some(&wrong)));
            Ok((found, wrong))
        }
    }
}

/// The first few of many.
fn some(wrong: &[String]) -> String {
    let mut shown: Vec<String> = wrong.iter().take(NAMED).cloned().collect();
    if wrong.len() > NAMED {
        shown.push(format!("and {} more", wrong.len() - NAMED));
    }
    shown.join("\n")
}

fn open(name: &str) -> Result<Box<dyn Read>, String> {
    if name == "-" {
        return Ok(Box::new(std::io::stdin()));
    }
    let opened = std::fs::File::open(name);
    opened.map(|file| Box::new(file) as Box<dyn Read>).map_err(|error| format!("{error}\nhelp: may it be read?"))
}

fn command(check: &Check) -> String {
    let mut words = vec!["dci-conform check --exchange --profile".to_owned(), quoted(&check.profile)];
    if let Some(folder) = check.profiles.folder() {
        words.extend(["--profiles".into(), quoted_path(&folder)]);
    }
    for host in &check.product_host {
        words.extend(["--product-host".into(), quoted(host)]);
    }
    words.extend(check.files.iter().map(|file| quoted_path(file)));
    words.join(" ")
}
