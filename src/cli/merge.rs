//! `report merge`: the parts of a check put together.

use super::args::Merge;
use super::check::{has_folder, memory, result, sheet};
use super::findings::Findings;
use super::folder::ReportFolder;
use super::output::Printer;
use super::sources::{contradictions, deliver, files, formats, judged_by, measures, standard_digest};
use super::{Failure, Outcome};
use crate::records::{self, Parts, Table};
use crate::standard::Strictness;
use std::path::PathBuf;

pub(super) fn merge(merge: &Merge, printer: &Printer) -> Outcome {
    let wrong = |error: records::PartsError| Failure::Usage(error.to_string());
    let same = |part: &PathBuf| match (&merge.output.out, part.canonicalize()) {
        (Some(out), Ok(part)) => out.canonicalize().is_ok_and(|out| out == part),
        _ => false,
    };
    if let Some(part) = merge.parts.iter().find(|part| same(part)) {
        return Err(Failure::Usage(format!(
            "{} is one of the parts, and would be written over\nhelp: name another folder with --out",
            part.display()
        )));
    }
    has_folder(merge.findings_csv, &merge.output)?;
    let parts = Parts::find(&merge.parts).map_err(wrong)?;
    let common = parts.common();
    let sources = files(&merge.profiles)?;
    let loaded = measures(&sources, &common.profile, printer)?;
    let here = (loaded.profile.digest.clone(), standard_digest(&sources, loaded.standard.edition()));
    if here != (common.digest.clone(), common.standard.clone()) {
        return Err(Failure::Usage(format!(
            "the parts were made with another version of the profile {} or of its standard: {} and {}, not {} and {}",
            common.profile, common.digest, common.standard, here.0, here.1
        )));
    }
    let strictness = Strictness::read(&common.strictness)
        .ok_or_else(|| Failure::Usage(format!("`{}` is no strictness", common.strictness)))?;
    let table = Table::new(&loaded.standard, &common.class)
        .ok_or_else(|| Failure::Usage(format!("there is no record class `{}`", common.class)))?;
    let formats = formats(&merge.output)?;
    let memory = memory(merge.memory.as_deref())?;
    let folder =
        ReportFolder::make(&merge.output, &format!("{}-files", loaded.profile.id))?.inspect(ReportFolder::clear);
    let written = Findings::new(folder.as_ref().map(ReportFolder::path)).map_err(records::PartsError::from);
    let merged = written.and_then(|mut out| {
        let checked = parts.merge(&loaded.standard, &table, strictness, memory, &mut out)?;
        out.end()?;
        Ok(checked)
    });
    let checked = merged.map_err(wrong)?;
    let contradictions = contradictions(&sources, loaded.standard.edition());
    let mut outcome = records::outcome(&checked, &common.class, &table, &contradictions, &common.command);
    outcome.files.mapping.clone_from(&common.mapping_shown);
    let mut result = result(&loaded, common.inputs.clone(), strictness, outcome, parts.started());
    let (interrupted, observations) = parts.seen();
    result.interrupted = interrupted;
    result.observations.extend(observations);
    let sheet = merge.findings_csv.then(|| sheet(folder.as_ref())).transpose();
    judged_by(&mut result, &sources, loaded.standard.edition());
    let status = deliver(&result, folder.as_ref(), &formats, printer)?;
    sheet.map(|_| status)
}
