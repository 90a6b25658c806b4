//! `check`: exported files against the data standard.

use super::args::{Check, Output};
use super::findings::Findings;
use super::folder::ReportFolder;
use super::output::Printer;
use super::sources::{
    Measures, contradictions, deliver, files, formats, judged_by, measures, own_digest, quoted, quoted_path,
    standard_digest,
};
use super::{Failure, Outcome, mapping, runtime};
use crate::engine::stop::Stop;
use crate::model::result::{Counts, ImplementationInfo, Product, ProfileInfo, Redactions, RunResult, SCHEMA, Tool};
use crate::model::verdict::Verdict;
use crate::records::{
    self, CheckError, Checked, Common, Found, Hidden, Input, Layout, Mapping, NoClass, Options, Part, Refused, Seen,
    Table, Writer,
};
use crate::standard::Strictness;
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::Path;

pub(super) fn check(check: &Check, printer: &Printer) -> Outcome {
    if check.exchange {
        return super::exchange::exchange(check, printer);
    }
    let sources = files(&check.profiles)?;
    // The program ends with the check: to give back so many small pieces of memory one by one is of use to nobody.
    let loaded = ManuallyDrop::new(measures(&sources, &check.profile, printer)?);
    let strictness = strictness(check, &loaded)?;
    let layout = layout(check)?;
    let formats = formats(&check.output)?;
    let Found { inputs, refused, left_out, again, .. } = records::find_records(&check.files);
    let passed_over = [
        named("reports of dci-conform are no records, and were left out", &left_out),
        named("judged once, though there under more than one name", &again),
    ];
    let passed_over: Vec<String> = passed_over.into_iter().flatten().collect();
    if inputs.is_empty() {
        return Err(Failure::Usage(nothing_to_check(&refused, passed_over)));
    }
    has_folder(check.findings_csv, &check.output)?;
    let part = part(check)?;
    // Before anything is read: what is there of an earlier check is none of this one, even where this one comes to nothing.
    let folder = ReportFolder::make(&check.output, &format!("{}-files", loaded.profile.id))?;
    if let Some(folder) = &folder {
        folder.spare(&inputs)?;
        folder.clear();
    }
    let mapping = check.mapping.as_deref().map(mapping::load).transpose()?;
    let class = class(check, &loaded, mapping.as_ref(), &inputs)?;
    if let Some(mapping) = &mapping {
        mapping::check(mapping, &loaded.standard, &class, &inputs)?;
    }
    let table = Table::new(&loaded.standard, &class)
        .ok_or_else(|| Failure::Usage(format!("there is no record class `{class}`")))?;
    passed_over.iter().for_each(|words| printer.say(words));
    let started = jiff::Timestamp::now();
    let reading = printer.reading(size(&inputs));
    let stop = Stop::default();
    let watch = interrupted(&stop, &inputs)?;
    let options = Options {
        strictness,
        today: check.today.unwrap_or_else(|| started.to_zoned(jiff::tz::TimeZone::UTC).date()),
        hidden: hidden(&loaded),
        threads: check.threads.map_or_else(processors, usize::from),
        layout,
        mapping: mapping.as_ref(),
        told: check.record.is_none() && mapping.as_ref().is_none_or(|mapping| mapping.record().is_none()),
        record_limit: records::RECORD_LIMIT,
        checksum: !check.no_checksum,
        complete: check.complete,
        missing: !refused.is_empty(),
        memory: memory(check.memory.as_deref())?,
        sample: check.sample,
        progress: Some(&|records, bytes| reading.on(records, bytes)),
        stop: Some(&|| stop.stopped()),
    };
    let done = judge(&loaded, (&class, &table), &inputs, &options, part, folder.as_ref().map(ReportFolder::path));
    reading.end();
    drop(watch);
    let (mut checked, writer) = done.map_err(|error| {
        let help = match error {
            CheckError::Keys(_) => "name another folder with TMPDIR, or more memory with --memory",
            _ => "is there room in the folder of --out?",
        };
        Failure::Usage(format!("{error}\nhelp: {help}"))
    })?;
    checked.refused = refused;
    let contradictions = contradictions(&sources, loaded.standard.edition());
    let shard = check.shard.as_ref().map(|part| format!(" --shard {}", quoted(part))).unwrap_or_default();
    let repeat = format!("{}{shard}", command(check));
    let mut outcome = records::outcome(&checked, &class, &table, &contradictions, &repeat);
    outcome.files.mapping = mapping.as_ref().map(Mapping::shown);
    if let Some(writer) = writer {
        let standard = standard_digest(&sources, loaded.standard.edition());
        let common = Common { standard, ..common(&loaded, check, &class, &options) };
        let seen =
            Seen { started: started.to_string(), interrupted: stop.stopped(), observations: passed_over.clone() };
        writer
            .end(&mut checked, common, seen)
            .map_err(|error| Failure::Usage(format!("the part cannot be written: {error}")))?;
    }
    let mut result = result(&loaded, names(check), strictness, outcome, started.to_string());
    result.interrupted = stop.stopped();
    result.observations.extend(passed_over);
    result.observations.extend(check.sample.and_then(|most| all_in_sample(most, &checked)));
    if check.no_checksum {
        result.observations.push("no checksum was asked for: this report does not tell which bytes were judged".into());
    }
    let sheet = check.findings_csv.then(|| sheet(folder.as_ref())).transpose();
    judged_by(&mut result, &sources, loaded.standard.edition());
    let status = deliver(&result, folder.as_ref(), &formats, printer)?;
    sheet.map(|_| status)
}

/// What of records must not be shown: what should be an object is hidden with all that is in it.
fn hidden(loaded: &Measures) -> Hidden {
    let names = loaded.profile.hidden.iter().filter(|field| !field.contains(" but ") && !field.contains("unknown in "));
    let fields = names.map(|field| field.split(' ').next().unwrap_or(field).to_owned()).collect();
    Hidden::new(&loaded.standard, fields, loaded.profile.identifiers.clone())
}

/// That there are no more records than a sample was to have.
fn all_in_sample(most: u64, checked: &Checked) -> Option<String> {
    let (records, whole) = (checked.tally.records, checked.files.iter().all(|file| file.trouble.is_none()));
    (whole && records <= most)
        .then(|| format!("a sample of {most} was asked for, and the files hold {records}: all were judged"))
}

/// Why there is nothing to check.
fn nothing_to_check(refused: &[Refused], passed_over: Vec<String>) -> String {
    let mut all = vec!["there is nothing to check".to_owned()];
    all.extend(refused.iter().map(|refused| format!("{}: {}", refused.name, refused.why)));
    all.extend(passed_over);
    if all.len() == 1 {
        all.push("no file is in the folder".into());
    }
    all.join("\n")
}

/// What is true of some files, with the names of the first; nothing where there are none.
fn named(words: &str, files: &[String]) -> Option<String> {
    const SHOWN: usize = 20;
    let names = files.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = files.len().checked_sub(SHOWN).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
    (!files.is_empty()).then(|| format!("{words}: {names}{more}"))
}

/// Refuses to write a table of findings where there is no folder for it.
pub(super) fn has_folder(findings_csv: bool, output: &Output) -> Result<(), Failure> {
    match findings_csv && output.out.as_deref() == Some(Path::new("-")) {
        true => Err(Failure::Usage("findings.csv is written into a folder\nhelp: name one with --out".into())),
        false => Ok(()),
    }
}

/// The findings as a table, beside the others: a failure is for after the report.
pub(super) fn sheet(folder: Option<&ReportFolder>) -> Result<(), Failure> {
    let Some(folder) = folder else { return Ok(()) };
    records::sheet(folder.path()).map_err(|error| Failure::Usage(format!("cannot write {}: {error}", records::SHEET)))
}

/// Judges everything, or one part of it.
fn judge(
    loaded: &Measures,
    (class, table): (&str, &Table),
    inputs: &[Input],
    options: &Options<'_>,
    part: Option<Part>,
    folder: Option<&Path>,
) -> Result<(Checked, Option<Writer>), CheckError> {
    let mut out = Findings::new(folder)?;
    let mut writer = match (part, folder) {
        (Some(part), Some(folder)) => Some(Writer::new(folder, part)?),
        _ => None,
    };
    let checked = records::check_by(&loaded.standard, class, table, inputs, options, writer.as_mut(), &mut out)?;
    out.end()?;
    Ok((checked, writer))
}

/// The bytes of all files as they are stored; none where standard input is among them.
fn size(inputs: &[Input]) -> Option<u64> {
    inputs.iter().map(Input::size).sum()
}

/// Stops the check at the first Ctrl-C or its like: what was judged until then is reported. Whoever waits for a pipe that is
/// silent waits no longer.
fn interrupted(stop: &Stop, inputs: &[Input]) -> Result<tokio::runtime::Runtime, Failure> {
    let (runtime, stop, inputs) = (runtime()?, stop.clone(), inputs.to_vec());
    runtime.spawn(async move {
        stop.on_signal().await;
        inputs.iter().filter(|_| stop.stopped()).for_each(Input::wait_no_longer);
    });
    Ok(runtime)
}

/// `2/4`.
fn part(check: &Check) -> Result<Option<Part>, Failure> {
    let Some(word) = &check.shard else { return Ok(None) };
    let part = Part::read(word)
        .ok_or_else(|| Failure::Usage(format!("`{word}` is no part\nhelp: such as 2/4, the second of four")))?;
    match check.output.out.as_deref() == Some(Path::new("-")) {
        true => Err(Failure::Usage("a part is written into a folder\nhelp: name one with --out".into())),
        false => Ok(Some(part)),
    }
}

fn common(loaded: &Measures, check: &Check, class: &str, options: &Options<'_>) -> Common {
    let common = Common {
        tool: env!("CARGO_PKG_VERSION").into(),
        profile: loaded.profile.id.clone(),
        digest: loaded.profile.digest.clone(),
        class: class.to_owned(),
        strictness: options.strictness.word().into(),
        today: options.today.to_string(),
        complete: options.complete,
        inputs: names(check),
        command: command(check),
        mapping: options.mapping.map(|mapping| mapping.digest().to_owned()).unwrap_or_default(),
        mapping_shown: options.mapping.map(Mapping::shown),
        ..Common::default()
    };
    common.hashed()
}

fn names(check: &Check) -> String {
    let names: Vec<String> = check.files.iter().map(|file| file.display().to_string()).collect();
    names.join(", ")
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn strictness(check: &Check, loaded: &Measures) -> Result<Strictness, Failure> {
    let word = check.strictness.as_deref().unwrap_or(&loaded.profile.strictness);
    Strictness::read(word)
        .ok_or_else(|| Failure::Usage(format!("`{word}` is no strictness\nhelp: it is lenient, standard or strict")))
}

/// `256M` and the like, in bytes.
pub(super) fn memory(word: Option<&str>) -> Result<usize, Failure> {
    let Some(word) = word else { return Ok(records::MEMORY) };
    let (digits, shift) = match word.char_indices().last() {
        Some((at, 'K' | 'k')) => (word.get(..at), 10),
        Some((at, 'M' | 'm')) => (word.get(..at), 20),
        Some((at, 'G' | 'g')) => (word.get(..at), 30),
        _ => (Some(word), 0),
    };
    let bytes = digits.and_then(|digits| digits.parse::<usize>().ok()).and_then(|count| count.checked_mul(1 << shift));
    bytes.filter(|bytes| *bytes >= 1 << 20).ok_or_else(|| {
        Failure::Usage(format!("`{word}` is no amount of memory\nhelp: such as 256M or 2G, and 1M at least"))
    })
}

fn layout(check: &Check) -> Result<Option<Layout>, Failure> {
    match check.input.as_deref() {
        None => Ok(None),
        Some("ndjson") => Ok(Some(Layout::Lines)),
        Some("json") => Ok(Some(Layout::Document)),
        Some("csv" | "tsv") => Ok(Some(Layout::Rows)),
        Some("xlsx") => Ok(Some(Layout::Workbook)),
        Some("parquet") => Ok(Some(Layout::Columnar)),
        Some(other) => Err(Failure::Usage(format!(
            "unknown input format `{other}`\nhelp: it is ndjson, json, csv, tsv, xlsx or parquet"
        ))),
    }
}

/// That no file tells the class of its records, and why each does not. Naming it helps where one can be read.
fn no_class_told(all: &[(String, Result<String, NoClass>)]) -> String {
    const SHOWN: usize = 10;
    let readable = all.iter().any(|(_, class)| matches!(class, Err(NoClass::Untold(_))));
    let (what, help) = match readable {
        true => (
            "no file starts with a record whose class can be told",
            "\nhelp: name it with --record, such as --record Group",
        ),
        false => ("no file can be read as records", ""),
    };
    let is_traffic = |name: &String| std::fs::File::open(name).is_ok_and(crate::traffic::is_har);
    let help = match all.iter().any(|(name, _)| is_traffic(name)) {
        true => "\nhelp: a HAR file is recorded traffic: add --exchange",
        false => help,
    };
    let mut text = what.to_owned();
    for (name, why) in all.iter().take(SHOWN).filter_map(|(name, class)| Some((name, class.as_ref().err()?))) {
        text += &format!("\n{name}: {why}");
    }
    if let Some(more) = all.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("\nand {more} more files");
    }
    text + help
}

/// The class asked for, or the one that the first record of every file shows.
fn class(check: &Check, loaded: &Measures, mapping: Option<&Mapping>, inputs: &[Input]) -> Result<String, Failure> {
    if let Some(class) = &check.record {
        let named = loaded.standard.class_named(class);
        return named.map_err(|(wrong, help)| Failure::Usage(format!("{wrong}\nhelp: {help}")));
    }
    if let Some(class) = mapping.and_then(Mapping::record) {
        // One that is unknown is told with its place in the mapping.
        return Ok(loaded.standard.class_named(class).unwrap_or_else(|_| class.to_owned()));
    }
    let class_of = |input: &Input| (input.name.clone(), records::class_of(&loaded.standard, input, mapping));
    let all: Vec<(String, Result<String, NoClass>)> = inputs.iter().map(class_of).collect();
    let mut told = all.iter().filter_map(|(name, class)| Some((name, class.as_ref().ok()?)));
    let Some((first, class)) = told.next() else { return Err(Failure::Usage(no_class_told(&all))) };
    // Judged by the class of another file, sound records would fail.
    match told.find(|(_, other)| *other != class) {
        None => Ok(class.clone()),
        Some((name, other)) => Err(Failure::Usage(format!(
            "the files hold records of different classes: {first} of {class}, {name} of {other}\nhelp: check the files of each \
             class by themselves, or name the class of all of them with --record"
        ))),
    }
}

fn command(check: &Check) -> String {
    let mut words = vec!["dci-conform check --profile".to_owned(), quoted(&check.profile)];
    if let Some(folder) = check.profiles.folder() {
        words.extend(["--profiles".into(), quoted_path(&folder)]);
    }
    if let Some(class) = &check.record {
        words.extend(["--record".into(), quoted(class)]);
    }
    if let Some(strictness) = &check.strictness {
        words.extend(["--strictness".into(), quoted(strictness)]);
    }
    if let Some(layout) = &check.input {
        words.extend(["--input".into(), quoted(layout)]);
    }
    if let Some(today) = check.today {
        words.push(format!("--today {today}"));
    }
    if let Some(sample) = check.sample {
        words.push(format!("--sample {sample}"));
    }
    if check.complete {
        words.push("--complete".into());
    }
    if let Some(mapping) = &check.mapping {
        words.extend(["--mapping".into(), quoted_path(mapping)]);
    }
    words.extend(check.files.iter().map(|file| quoted_path(file)));
    words.join(" ")
}

/// What came of a check of some files, as the result that reports are made of.
pub(super) fn result(
    loaded: &Measures,
    names: String,
    strictness: Strictness,
    mut outcome: records::Outcome,
    started: String,
) -> RunResult {
    let profile = &loaded.profile;
    let overlays = loaded.standard.overlays().to_vec();
    let class = &outcome.files.records.class;
    outcome.files.records.overlays_silent = !overlays.is_empty() && !loaded.standard.adds_to(class);
    // The first is about everything.
    let repeat = outcome.tests.first().map(|whole| whole.reproduce.clone()).unwrap_or_default();
    let mut tests: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), 0)).collect();
    for test in &outcome.tests {
        *tests.entry(test.verdict.word().to_owned()).or_default() += 1;
    }
    RunResult {
        schema: SCHEMA.into(),
        tool: Tool { name: "dci-conform".into(), version: env!("CARGO_PKG_VERSION").into(), digest: own_digest() },
        profile: ProfileInfo {
            id: profile.id.clone(),
            version: profile.version.clone(),
            title: format!("{}: exported files", profile.title),
            // What the records are judged by, whichever interface the profile is about.
            standard: loaded
                .standard
                .source_of(&outcome.files.records.class)
                .unwrap_or_else(|| profile.standard.clone()),
            edition: loaded.standard.base_edition().to_owned(),
            overlays,
            role: "files".into(),
            stage: profile.stage.clone(),
            digest: profile.digest.clone(),
            standard_digest: String::new(),
            altered: Vec::new(),
            own: profile.own.clone(),
            own_edition: false,
            strictness: strictness.word().into(),
        },
        implementation: ImplementationInfo {
            product: Product::default(),
            base_url: names,
            answers: BTreeMap::new(),
            settings: BTreeMap::new(),
        },
        scheme_owner: None,
        started,
        finished: jiff::Timestamp::now().to_string(),
        seed: 0,
        nonce: String::new(),
        interrupted: false,
        verdict: outcome.verdict,
        reasons: outcome.reasons,
        counts: Counts { tests, ..Counts::default() },
        requirements: Vec::new(),
        tests: outcome.tests,
        evidence: BTreeMap::new(),
        redactions: Redactions { count: 0, fields: profile.hidden.clone() },
        not_tested: outcome.not_tested,
        errata: outcome.errata,
        observations: Vec::new(),
        repeat,
        checked: Some(outcome.files),
    }
}
