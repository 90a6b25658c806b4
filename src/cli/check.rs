//! `check`: exported files against the data standard.

use super::args::Check;
use super::folder::ReportFolder;
use super::output::Printer;
use super::sources::{deliver, files, formats, load, own_digest, quoted};
use super::{Failure, Outcome};
use crate::engine::session::Loaded;
use crate::model::result::{Counts, ImplementationInfo, Product, ProfileInfo, Redactions, RunResult, SCHEMA, Tool};
use crate::model::verdict::Verdict;
use crate::records::{self, Hidden, Layout, Options, Table};
use crate::standard::Strictness;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Bytes of findings kept before they are written.
const BUFFER: usize = 1 << 18;

pub(super) fn check(check: &Check, printer: &Printer) -> Outcome {
    if check.exchange {
        return super::exchange::exchange(check, printer);
    }
    let loaded = load(&files(&check.profiles)?, &check.profile, None, printer)?;
    let strictness = strictness(check, &loaded)?;
    let layout = layout(check)?;
    let formats = formats(&check.output)?;
    let (inputs, refused) = records::find(&check.files);
    if inputs.is_empty() {
        let all: Vec<String> = refused.iter().map(|refused| format!("{}: {}", refused.name, refused.why)).collect();
        return Err(Failure::Usage(format!("there is nothing to check\n{}", all.join("\n"))));
    }
    let class = class(check, &loaded)?;
    let table = Table::new(&loaded.standard, &class).ok_or_else(|| no_class(&class, &loaded))?;
    let folder = ReportFolder::make(&check.output, &format!("{}-files", loaded.profile.id))?;
    let started = jiff::Timestamp::now();
    let options = Options {
        strictness,
        today: started.to_zoned(jiff::tz::TimeZone::UTC).date(),
        hidden: Hidden {
            fields: loaded
                .profile
                .hidden
                .iter()
                .map(|field| field.split(' ').next().unwrap_or(field).to_owned())
                .collect(),
            identifier: loaded.profile.identifiers.clone(),
        },
        threads: check.threads.map_or_else(processors, usize::from),
        layout,
        record_limit: records::RECORD_LIMIT,
        progress: None,
        stop: None,
    };
    let mut out = findings(folder.as_ref().map(ReportFolder::path))?;
    let mut checked = records::check(&loaded.standard, &class, &inputs, &options, &mut *out)
        .and_then(|checked| Ok(out.flush().map(|()| checked)?))
        .map_err(|error| Failure::Usage(format!("{error}\nhelp: is there room in the folder of --out?")))?;
    drop(out);
    checked.refused = refused;
    let outcome = records::outcome(&checked, &class, &table, &command(check));
    let result = result(&loaded, check, strictness, outcome, started);
    deliver(&result, folder.as_ref(), &formats, printer)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn strictness(check: &Check, loaded: &Loaded) -> Result<Strictness, Failure> {
    let word = check.strictness.as_deref().unwrap_or(&loaded.profile.strictness);
    Strictness::read(word)
        .ok_or_else(|| Failure::Usage(format!("`{word}` is no strictness\nhelp: it is lenient, standard or strict")))
}

fn layout(check: &Check) -> Result<Option<Layout>, Failure> {
    match check.input.as_deref() {
        None => Ok(None),
        Some("ndjson") => Ok(Some(Layout::Lines)),
        Some("json") => Ok(Some(Layout::Document)),
        Some(other) => Err(Failure::Usage(format!("unknown input format `{other}`\nhelp: it is ndjson or json"))),
    }
}

/// The class asked for, or the one the first record shows.
fn class(check: &Check, loaded: &Loaded) -> Result<String, Failure> {
    if let Some(class) = &check.record {
        return Ok(class.clone());
    }
    let (inputs, _) = records::find(&check.files);
    let found = inputs.iter().find_map(|input| records::class_of(&loaded.standard, input));
    found.ok_or_else(|| {
        Failure::Usage(
            "no file starts with a record whose class can be told\nhelp: name it with --record, such as --record Group"
                .into(),
        )
    })
}

fn no_class(class: &str, loaded: &Loaded) -> Failure {
    let known: Vec<&str> = loaded.standard.class_names().collect();
    Failure::Usage(format!("there is no record class `{class}`\nhelp: there are {}", known.join(", ")))
}

fn findings(folder: Option<&Path>) -> Result<Box<dyn Write + Send>, Failure> {
    let Some(folder) = folder else { return Ok(Box::new(std::io::sink())) };
    let path = folder.join("findings.ndjson");
    let file = File::create(&path).map_err(|error| {
        Failure::Usage(format!("cannot write {}: {error}\nhelp: choose another folder with --out", path.display()))
    })?;
    Ok(Box::new(BufWriter::with_capacity(BUFFER, file)))
}

fn command(check: &Check) -> String {
    let mut words = vec!["dci-conform check --profile".to_owned(), quoted(&check.profile)];
    if let Some(class) = &check.record {
        words.extend(["--record".into(), quoted(class)]);
    }
    if let Some(strictness) = &check.strictness {
        words.extend(["--strictness".into(), quoted(strictness)]);
    }
    words.extend(check.files.iter().map(|file| quoted(&file.display().to_string())));
    words.join(" ")
}

fn result(
    loaded: &Loaded,
    check: &Check,
    strictness: Strictness,
    outcome: records::Outcome,
    started: jiff::Timestamp,
) -> RunResult {
    let profile = &loaded.profile;
    let mut tests: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), 0)).collect();
    for test in &outcome.tests {
        *tests.entry(test.verdict.word().to_owned()).or_default() += 1;
    }
    let names: Vec<String> = check.files.iter().map(|file| file.display().to_string()).collect();
    RunResult {
        schema: SCHEMA.into(),
        tool: Tool { name: "dci-conform".into(), version: env!("CARGO_PKG_VERSION").into(), digest: own_digest() },
        profile: ProfileInfo {
            id: profile.id.clone(),
            version: profile.version.clone(),
            title: format!("{}: exported files", profile.title),
            standard: profile.standard.clone(),
            edition: profile.edition.clone(),
            role: "files".into(),
            stage: profile.stage.clone(),
            digest: profile.digest.clone(),
            strictness: strictness.word().into(),
        },
        implementation: ImplementationInfo {
            product: Product::default(),
            base_url: names.join(", "),
            answers: BTreeMap::new(),
            settings: BTreeMap::new(),
        },
        scheme_owner: None,
        started: started.to_string(),
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
        not_tested: Vec::new(),
        errata: Vec::new(),
        observations: Vec::new(),
        checked: Some(outcome.files),
    }
}
