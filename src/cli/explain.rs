//! `explain`: a requirement, a test or an erratum in words.

use super::args::Explain;
use super::output::Printer;
use super::sources::{files, load};
use super::{Failure, Outcome};
use crate::model::verdict::ExitStatus;
use crate::profile;
use crate::source::diagnostic::did_you_mean;

pub(super) fn explain(arguments: &Explain, printer: &Printer) -> Outcome {
    let loaded = load(&files(&arguments.profiles)?, &arguments.profile, None, printer)?;
    let id = arguments.id.trim();
    let erratum = |id: &str| {
        let erratum = loaded.standard.erratum(id)?;
        let (id, title, policy, accepts) = (&erratum.id, &erratum.title, erratum.policy.word(), &erratum.accepts);
        Some(format!("{id}: {title}\n\npolicy: {policy}\nwhat the suite does: {accepts}"))
    };
    if let Some(text) = profile::explain::explain(&loaded.profile, &erratum, id) {
        printer.give(&text)?;
        return Ok(ExitStatus::Conformant);
    }
    let profile = &loaded.profile;
    let known = profile::explain::ids(profile);
    let errata: Vec<String> = loaded.standard.errata().map(|erratum| erratum.id.clone()).collect();
    if loaded.standard.is_rule(id) || loaded.standard.file_rules().iter().any(|rule| rule.id == id) {
        return Err(Failure::Usage(format!(
            "`{id}` is a rule of the data standard, and no requirement, test or erratum\nhelp: `dci-conform profile doc {}` has it \
             with all others",
            profile.id
        )));
    }
    let known: Vec<&str> = known.into_iter().chain(errata.iter().map(String::as_str)).collect();
    // Nothing here is called so: it may be what a check of files prints.
    let family = |id: &str| id.split('-').next().map(str::to_owned);
    let printed = match known.iter().any(|known| family(known) == family(id)) {
        true => "",
        false => "; ids that a check of files prints are told in docs/exported-files.md",
    };
    let hint = did_you_mean(id, known);
    Err(Failure::Usage(format!(
        "profile {} knows no requirement, test or erratum `{id}`\nhelp: {hint}{printed}",
        profile.id
    )))
}
