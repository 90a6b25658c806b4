//! `init`: looks at a running product and writes an implementation.yaml for its vendor to complete.

use super::args::Init;
use super::output::Printer;
use super::sources::{files, load, usage};
use super::{Failure, Outcome, runtime};
use crate::engine::facts::Standing;
use crate::engine::plan::Selection;
use crate::engine::session::{Finished, Loaded, Options, conduct};
use crate::engine::stop::Stop;
use crate::implementation::init::{InitAction, InitClaim, InitSpec, InitValue, render};
use crate::implementation::{self, Answer};
use crate::model::verdict::ExitStatus;
use std::path::Path;
use std::time::Duration;

pub(super) fn init(init: &Init, printer: &Printer) -> Outcome {
    let to_screen = init.out == Path::new("-");
    if !to_screen && init.out.exists() {
        return Err(Failure::Usage(format!(
            "{} exists already\nhelp: choose another file with --out, or remove it first",
            init.out.display()
        )));
    }
    let folder = init.out.parent().filter(|folder| !to_screen && !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failure::Usage(format!(
            "cannot write {}: there is no folder {}\nhelp: choose another file with --out, or make the folder first",
            init.out.display(),
            folder.display()
        )));
    }
    let implementation = implementation::from_url(&init.url).map_err(|wrong| usage(&wrong))?;
    let loaded = load(&files(&init.profiles)?, &init.profile, None, printer)?;
    let credentials = implementation.resolve().map_err(|wrong| usage(&wrong))?;
    let options = Options {
        jobs: 4,
        rate: None,
        patience: 1.0,
        time_limit: Duration::from_secs(120),
        seed: 1,
        listen: None,
        public_url: None,
        // Looking needs the probes and what can be learned, not the tests.
        selection: Selection { only: vec!["(none)".into()], production: true, recorded: false },
        operator: None,
        hears: printer.progress(),
        stop: Stop::default(),
        command: String::new(),
        digest: String::new(),
        look: true,
    };
    let finished = runtime()?
        .block_on(conduct(&loaded, &implementation, credentials, options))
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let odd = not_understood(&loaded, &finished);
    for (claim, what) in &odd {
        printer.say(&format!("asked about `{claim}`: {what}; please answer it yourself"));
    }
    if finished.prefix.is_none() {
        printer.say(&format!(
            "nothing of the standard is at any path tried below {}: check the address, or say where it is with `paths`",
            init.url
        ));
    }
    let odd: Vec<&str> = odd.iter().map(|(claim, _)| claim.as_str()).collect();
    let text = render(&spec(init, &loaded, &finished, &odd));
    if to_screen {
        printer.give(&text)?;
        return Ok(ExitStatus::Conformant);
    }
    std::fs::write(&init.out, text).map_err(|error| {
        Failure::Usage(format!("cannot write {}: {error}\nhelp: choose another file with --out", init.out.display()))
    })?;
    printer.print(&format!(
        "wrote {0}\nAnswer the questions in it, then: dci-conform run --implementation {0}",
        init.out.display()
    ));
    Ok(ExitStatus::Conformant)
}

/// Claims to which something answered, and nothing that a product of this kind could have said: what came instead. Only a JSON
/// object shows that somebody is there who understands; a page for people, or silence under a good status, may come from
/// anything, and `yes` would be an answer in the vendor's name.
fn not_understood(loaded: &Loaded, finished: &Finished) -> Vec<(String, String)> {
    let mut odd = Vec::new();
    for claim in &loaded.profile.supports {
        let answered = finished.facts.supports.get(&claim.name) == Some(&Standing::Answered);
        let Some(probe) = claim.probe.as_ref().filter(|_| answered) else { continue };
        let mut asked =
            finished.result.evidence.values().filter(|seen| seen.direction == "sent" && seen.name == probe.send);
        if asked.clone().any(|seen| seen.response_body.trim_start().starts_with('{')) {
            continue;
        }
        let status =
            asked.find_map(|seen| seen.status).map_or_else(String::new, |status| format!(" (status {status})"));
        odd.push((claim.name.clone(), format!("what came is no JSON object{status}")));
    }
    odd
}

fn spec(init: &Init, loaded: &Loaded, finished: &Finished, odd: &[&str]) -> InitSpec {
    let profile = &loaded.profile;
    let probed = |name: &str| match finished.facts.supports.get(name) {
        Some(Standing::Answered)
            if !odd.contains(&name)
                && profile.supports.iter().any(|claim| claim.name == name && claim.probe.is_some()) =>
        {
            Some(Answer::Yes)
        }
        _ => None,
    };
    InitSpec {
        url: init.url.clone(),
        profile: profile.id.clone(),
        role: profile.role.clone(),
        prefix: finished.prefix.clone(),
        claims: profile
            .supports
            .iter()
            .map(|claim| InitClaim { name: claim.name.clone(), ask: claim.ask.clone(), probed: probed(&claim.name) })
            .collect(),
        values: profile
            .values
            .iter()
            .map(|value| InitValue {
                name: value.name.clone(),
                ask: value.ask.clone(),
                example: value.example.clone().or_else(|| value.default.clone()),
                learned: finished.learned.get(&value.name).cloned(),
            })
            .collect(),
        actions: profile
            .actions
            .iter()
            .map(|action| InitAction { name: action.name.clone(), ask: action.ask.clone() })
            .collect(),
    }
}
