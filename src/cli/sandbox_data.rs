//! `sandbox data`: export files of invented records, right or with one kind of mistake.

use super::args::SandboxData;
use super::output::Printer;
use super::{Failure, Outcome};
use crate::model::verdict::ExitStatus;
use crate::sandbox::export::{self, CLASSES, Class, Defect, ExportError, Format, Frequency, Options};
use crate::source::diagnostic::did_you_mean;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

pub(super) fn data(arguments: &SandboxData, printer: &Printer) -> Outcome {
    if arguments.list_records {
        let rows: Vec<String> =
            CLASSES.iter().map(|class| format!("  {:<12} {:<16} {}\n", class.name, class.full(), class.what)).collect();
        printer.give(&rows.concat())?;
        return Ok(ExitStatus::Conformant);
    }
    if arguments.list_defects {
        printer.give(&listed())?;
        return Ok(ExitStatus::Conformant);
    }
    let options = Options {
        class: class(arguments.record.as_deref().unwrap_or_default())?,
        count: arguments.count,
        format: format(&arguments.format)?,
        defect: defect(arguments)?,
        seed: arguments.seed,
    };
    let out = arguments.out.as_deref().unwrap_or(Path::new("-"));
    options.check().map_err(|error| Failure::Usage(error.to_string()))?;
    let mut manifest = arguments.manifest.as_deref().map(|path| create(path).map(BufWriter::new)).transpose()?;
    let manifest = manifest.as_mut().map(|file| file as &mut dyn Write);
    let written = match out == Path::new("-") {
        true => export::write(&options, &mut std::io::stdout().lock(), manifest),
        false => export::write(&options, &mut create(out)?, manifest),
    };
    match written {
        Ok(summary) => printer
            .say(&format!("{} records, {} with the defect, {} bytes", summary.records, summary.defects, summary.bytes)),
        // Whoever reads has read enough.
        Err(ExportError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => return Err(Failure::Usage(format!("{}: {error}", out.display()))),
    }
    Ok(ExitStatus::Conformant)
}

fn class(name: &str) -> Result<&'static Class, Failure> {
    Class::named(name).ok_or_else(|| {
        let hint = did_you_mean(name, CLASSES.iter().map(|class| class.name));
        Failure::Usage(format!(
            "the sandbox writes no records of class `{name}`\nhelp: {hint}; `dci-conform sandbox data --list-records` lists the classes"
        ))
    })
}

fn format(name: &str) -> Result<Format, Failure> {
    match name {
        "ndjson" => Ok(Format::Ndjson),
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        _ => Err(Failure::Usage(format!("the sandbox writes no files in format `{name}`\nhelp: ndjson, json or csv"))),
    }
}

fn defect(arguments: &SandboxData) -> Result<Option<(&'static Defect, Frequency)>, Failure> {
    let Some(name) = &arguments.defect else { return Ok(None) };
    let defect = Defect::named(name).ok_or_else(|| {
        let hint = did_you_mean(name, export::defects().map(|defect| defect.name));
        Failure::Usage(format!(
            "there is no defect `{name}`\nhelp: {hint}; `dci-conform sandbox data --list-defects` lists them"
        ))
    })?;
    let frequency = match arguments.defect_rate {
        None => Frequency::Every(arguments.every),
        Some(rate) if (0.0..=1.0).contains(&rate) => Frequency::Rate(rate),
        Some(rate) => {
            return Err(Failure::Usage(format!("{rate} is no probability\nhelp: give --defect-rate from 0 to 1")));
        }
    };
    Ok(Some((defect, frequency)))
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| {
        Failure::Usage(format!("cannot write {}: {error}\nhelp: choose a file in a folder that exists", path.display()))
    })
}

fn listed() -> String {
    let mut text = String::new();
    for defect in export::defects() {
        let classes = defect.classes();
        let shown = Class::named(classes.first().copied().unwrap_or_default());
        let place = shown.and_then(|class| defect.place(class)).unwrap_or_default();
        text.push_str(&format!(
            "{}  {}\n  {}\n  at \"{place}\" in {}\n",
            defect.name,
            defect.rule,
            defect.what,
            classes.join(", ")
        ));
    }
    text.push_str(&format!("\n{} defects; the place is that of the first class named\n", export::defects().count()));
    text
}
