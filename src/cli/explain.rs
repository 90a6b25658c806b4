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
    if let Some(erratum) = loaded.standard.erratum(id) {
        printer.print(&format!(
            "{}: {}\n\nPolicy: {}\nWhat the suite does: {}",
            erratum.id,
            erratum.title,
            erratum.policy.word(),
            erratum.accepts
        ));
        return Ok(ExitStatus::Conformant);
    }
    if let Some(text) = profile::explain::explain(&loaded.profile, id) {
        printer.print(&text);
        return Ok(ExitStatus::Conformant);
    }
    let profile = &loaded.profile;
    let known = profile.requirements.iter().map(|row| row.id.as_str()).chain(profile.tests.iter().map(|test| test.id.as_str()));
    let errata: Vec<String> = loaded.standard.errata().map(|erratum| erratum.id.clone()).collect();
    let hint = did_you_mean(id, known.chain(errata.iter().map(String::as_str)));
    Err(Failure::Usage(format!("profile {} knows no requirement, test or erratum `{id}`\nhelp: {hint}", profile.id)))
}
