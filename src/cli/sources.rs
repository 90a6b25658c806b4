//! What several commands start from: profiles, the standard, the vendor's file, the folder for reports.

use super::args::{DEFAULT_FORMATS, Output, Profiles};
use super::folder::ReportFolder;
use super::output::Printer;
use super::{Failure, Outcome};
use crate::engine::session::Loaded;
use crate::model::result::RunResult;
use crate::model::text::acts;
use crate::model::verdict::ExitStatus;
use crate::profile::{self, Identity};
use crate::report::{self, Format};
use crate::source::{Diagnostics, Files};
use crate::standard::{Contradiction, Standard};
use std::path::Path;
use std::sync::Arc;

/// Diagnostics as a mistake of the user.
pub(super) fn usage(wrong: &Diagnostics) -> Failure {
    Failure::Usage(wrong.to_string())
}

/// The profile files: the user's folder with the built-in ones behind it, or these alone.
pub(super) fn files(profiles: &Profiles) -> Result<Files, Failure> {
    match profiles.folder() {
        None => Ok(Files::embedded()),
        Some(folder) => Files::from_folder(&folder).map_err(|wrong| usage(&wrong)),
    }
}

/// The standard of an edition.
pub(super) fn standard(files: &Files, edition: &str) -> Result<Standard, Failure> {
    Standard::load(files, edition).map_err(|wrong| usage(&wrong))
}

/// What exported files are judged by: a profile without its tests, and the data standard without messages.
pub(super) struct Measures {
    pub(super) profile: Identity,
    pub(super) standard: Standard,
}

/// Reads what exported files are judged by, and no more: the start of a check is a good part of it where files are small.
pub(super) fn measures(files: &Files, id: &str, printer: &Printer) -> Result<Measures, Failure> {
    let (profile, warnings) = profile::identity(files, id).map_err(|wrong| usage(&wrong))?;
    if !warnings.is_empty() {
        printer.say(&warnings.to_string());
    }
    let standard = Standard::load_data(files, &profile.edition).map_err(|wrong| {
        // Where there is no such edition it is told where it is named.
        let known = profile::list(files).unwrap_or_default();
        let named = known.iter().find(|summary| summary.id == id);
        let found = named.map(|named| Standard::check_edition(files, &profile.edition, &named.edition_at));
        usage(&found.and_then(Result::err).unwrap_or(wrong))
    })?;
    Ok(Measures { profile, standard })
}

/// What the errata of the standard that [`measures`] takes say to people.
pub(super) fn contradictions(files: &Files, edition: &str) -> Vec<Contradiction> {
    Standard::contradictions(files, edition)
}

/// SHA-256 over the files of the standard that [`standard`] takes.
pub(super) fn standard_digest(files: &Files, edition: &str) -> String {
    let folders = Standard::folders(files, edition);
    let all = folders.iter().flat_map(|folder| files.below(folder));
    crate::digest::of_files(all.map(|(path, text)| (path, text.as_bytes())))
}

/// Says in a result by which files of the standard it was judged, and what is not built in.
pub(super) fn judged_by(result: &mut RunResult, files: &Files, edition: &str) {
    result.profile.standard_digest = standard_digest(files, edition);
    result.profile.altered = files.altered();
    result.profile.own_edition = !Files::has_built_in(&format!("standards/{}", result.profile.edition));
}

/// A profile with its standard.
pub(super) fn load(files: &Files, id: &str, edition: Option<&str>, printer: &Printer) -> Result<Loaded, Failure> {
    let known = profile::list(files).map_err(|wrong| usage(&wrong))?;
    let own = known.iter().find(|summary| summary.id == id).map(|summary| summary.edition.clone());
    // A folder need not have the profile itself.
    let of_built_in = || profile::identity(files, id).ok().map(|(profile, _)| profile.edition);
    if let Some(summary) = known.iter().find(|summary| summary.id == id && edition.is_none()) {
        Standard::check_edition(files, &summary.edition, &summary.edition_at).map_err(|wrong| usage(&wrong))?;
    }
    let edition = edition.map(str::to_owned).or(own).or_else(of_built_in).unwrap_or_else(|| "dec2025".into());
    let standard = standard(files, &edition)?;
    let loaded = profile::load(files, id, &standard).map_err(|wrong| usage(&wrong))?;
    if !loaded.warnings.is_empty() {
        printer.say(&loaded.warnings.to_string());
    }
    Ok(Loaded { profile: Arc::new(loaded.profile), standard: Arc::new(standard) })
}

/// The formats asked for; result.json is always written into a folder. On standard output there is room for one format alone:
/// the one that is asked for, else `result.json`.
pub(super) fn formats(output: &Output) -> Result<Vec<Format>, Failure> {
    let mut formats = vec![Format::Json];
    let alone = output.out.as_deref() == Some(Path::new("-"));
    let asked: Vec<&str> = match output.format.as_slice() {
        [] if alone => return Ok(formats),
        [] => DEFAULT_FORMATS.to_vec(),
        asked => asked.iter().map(String::as_str).collect(),
    };
    if alone {
        formats.clear();
    }
    for word in asked {
        let format = Format::from_word(word.trim()).ok_or_else(|| {
            let known: Vec<_> = Format::ALL.iter().map(|format| format.word()).collect();
            Failure::Usage(format!("unknown format `{word}`\nhelp: known formats are {}", known.join(", ")))
        })?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    match alone && formats.len() > 1 {
        true => Err(Failure::Usage(
            "standard output takes one format\nhelp: name one with --format, or a folder with --out".into(),
        )),
        false => Ok(formats),
    }
}

/// Writes the reports, prints the summary, and gives the exit status.
pub(super) fn deliver(
    result: &RunResult,
    folder: Option<&ReportFolder>,
    formats: &[Format],
    printer: &Printer,
) -> Outcome {
    let Some(folder) = folder else {
        let format = formats.first().copied().unwrap_or(Format::Json);
        let bytes = report::write(format, result).map_err(|error| Failure::Internal(error.to_string()))?;
        printer
            .hand_over(&String::from_utf8_lossy(&bytes))
            .map_err(|error| Failure::Usage(format!("the report could not be written to standard output: {error}")))?;
        return Ok(result.verdict.into());
    };
    let mut written = Vec::new();
    let mut failed = None;
    for format in formats {
        let bytes = report::write(*format, result).map_err(|error| Failure::Internal(error.to_string()));
        match bytes.and_then(|bytes| folder.write(format.file_name(), &bytes)) {
            Ok(path) => written.push(path.display().to_string()),
            Err(failure) => failed = Some(failure),
        }
    }
    printer.print(&report::terminal::summary(result, &written, printer.layout()));
    match failed {
        Some(failure) => Err(failure),
        None => Ok(ExitStatus::from(result.verdict)),
    }
}

/// SHA-256 of the running executable, hex; empty when it cannot be read.
pub(super) fn own_digest() -> String {
    std::env::current_exe().and_then(std::fs::File::open).and_then(crate::digest::of_reader).unwrap_or_default()
}

/// Text for a shell, quoted where it needs to be.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c));
    match text.chars().any(|c| acts(c) || c.is_control()) {
        _ if plain => text.to_owned(),
        true => escaped(text.as_bytes()),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// A path for a shell. The same for one that is no text, and for one that would be taken for an option.
pub(super) fn quoted_path(path: &Path) -> String {
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") && path != Path::new("-") {
        return quoted_path(&Path::new(".").join(path));
    }
    match path.to_str() {
        Some(text) => quoted(text),
        None => escaped(path.as_os_str().as_encoded_bytes()),
    }
}

/// Bytes as a shell reads them and no page or terminal acts on them.
fn escaped(bytes: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        // Octal, which ends after three digits whatever follows.
        other => format!("\\{other:03o}"),
    };
    format!("$'{}'", bytes.iter().map(byte).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_one_word_of_a_shell() {
        for (text, word) in [
            ("a.ndjson", "a.ndjson"),
            ("", "''"),
            ("it's a", "'it'\\''s a'"),
            ("new\nline.ndjson", "$'new\\012line.ndjson'"),
            ("\u{1b}[31m'\\", "$'\\033[31m\\'\\\\'"),
            ("a\u{202e}b1", "$'a\\342\\200\\256b1'"),
        ] {
            assert_eq!(quoted(text), word);
            assert_eq!(quoted_path(Path::new(text)), word);
        }
    }

    #[test]
    fn a_path_that_begins_as_an_option_does_is_none() {
        for (path, word) in [("-g.ndjson", "./-g.ndjson"), ("--out", "./--out"), ("-", "-"), ("a/-g", "a/-g")] {
            assert_eq!(quoted_path(Path::new(path)), word);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_quoted_whole() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"bad\xff.json"));
        assert_eq!(quoted_path(path), "$'bad\\377.json'");
    }
}
