//! `run`: a profile against a running product.

use super::args::{DEFAULT_JOBS, DEFAULT_TIME_LIMIT, Run};
use super::folder::ReportFolder;
use super::output::Printer;
use super::sources::{deliver, files, formats, judged_by, load, own_digest, quoted, quoted_path, usage};
use super::{Failure, Outcome, runtime};
use crate::engine::plan::{Fate, Plan, Selection};
use crate::engine::session::{Loaded, Options, SessionError, conduct, plan};
use crate::engine::stop::Stop;
use crate::implementation::{self, Implementation, KnownNames, ValueKind};
use crate::model::duration;
use crate::model::verdict::ExitStatus;
use crate::profile::ast::Profile;
use crate::source::Files;
use crate::transport::redact::address;

pub(super) fn run(run: &Run, printer: &Printer) -> Outcome {
    let mut implementation = match (&run.implementation, &run.url) {
        (Some(file), _) => implementation::load(file).map_err(|wrong| usage(&wrong))?,
        (None, Some(url)) => implementation::from_url(url).map_err(|wrong| usage(&wrong))?,
        (None, None) => return Err(Failure::Usage("say which product: --url or --implementation".into())),
    };
    let id = run
        .profile
        .clone()
        .or_else(|| implementation.profile.as_ref().map(|profile| profile.value.clone()))
        .ok_or_else(|| Failure::Usage("say which profile: --profile social-registry".into()))?;
    let edition = run.edition.clone().or_else(|| implementation.edition.as_ref().map(|edition| edition.value.clone()));
    let sources = files(&run.profiles)?;
    let loaded = load(&sources, &id, edition.as_deref(), printer)?;
    check_role(run, &implementation, &loaded.profile)?;
    let unknown = implementation.check_names(&known_names(&loaded.profile));
    if unknown.has_errors() {
        return Err(usage(&unknown));
    }
    implementation.warnings.extend(unknown);
    if !implementation.warnings.is_empty() {
        printer.say(&implementation.warnings.to_string());
    }
    let selection =
        Selection { only: run.tests.clone(), production: implementation.production, ..Selection::default() };
    all_known(&run.tests, &loaded.profile)?;
    if run.plan {
        printer.give(&planned(&plan(&loaded, &implementation, &selection)))?;
        return Ok(ExitStatus::Conformant);
    }
    live(run, (&sources, &loaded), &implementation, selection, printer)
}

fn live(
    run: &Run,
    (sources, loaded): (&Files, &Loaded),
    implementation: &Implementation,
    selection: Selection,
    printer: &Printer,
) -> Outcome {
    let formats = formats(&run.output)?;
    let time_limit = duration::parse(&run.time_limit).ok_or_else(|| {
        Failure::Usage(format!("`{}` is not a length of time\nhelp: write 90s, 30m or 2h", run.time_limit))
    })?;
    if !(run.patience.is_finite() && (0.01..=100.0).contains(&run.patience)) {
        return Err(Failure::Usage("--patience takes a factor from 0.01 to 100".into()));
    }
    let credentials = implementation.resolve().map_err(|wrong| usage(&wrong))?;
    // Before the folder is emptied: who ends the run from then on is given a report.
    let (runtime, stop) = (runtime()?, Stop::default());
    let interrupted = runtime.spawn({
        let stop = stop.clone();
        async move { stop.on_signal().await }
    });
    let folder = ReportFolder::make(&run.output, &loaded.profile.id)?.inspect(ReportFolder::clear);
    let progress = printer.progress();
    let options = Options {
        jobs: usize::from(run.jobs),
        rate: run.rate,
        patience: run.patience,
        time_limit,
        seed: run.seed,
        listen: run.listen,
        public_url: run.callback_url.clone(),
        selection,
        operator: printer.operator(),
        hears: progress.clone(),
        stop,
        command: command(run, &loaded.profile.id),
        digest: own_digest(),
        look: false,
    };
    let finished = runtime.block_on(conduct(loaded, implementation, credentials, options));
    interrupted.abort();
    progress.end();
    let mut finished = finished.map_err(|error: SessionError| Failure::Usage(error.to_string()))?;
    judged_by(&mut finished.result, sources, loaded.standard.edition());
    deliver(&finished.result, folder.as_ref(), &formats, printer)
}

/// Refuses what was asked for with --test and fits no test: whoever names a test that has another name now would go on
/// without it.
pub(super) fn all_known(tests: &[String], profile: &Profile) -> Result<(), Failure> {
    let unknown = Plan::unknown(profile, tests);
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "no test is called {}\nhelp: `dci-conform profile show {}` lists the tests",
            unknown.join(" or "),
            profile.id
        ))),
    }
}

fn check_role(run: &Run, implementation: &Implementation, profile: &Profile) -> Result<(), Failure> {
    let role = run.role.clone().or_else(|| implementation.role.as_ref().map(|role| role.value.clone()));
    match role {
        Some(role) if role != profile.role => Err(Failure::Usage(format!(
            "profile {} tests the role {}, not {role}\nhelp: leave out --role, or choose another profile (`dci-conform profile list`)",
            profile.id, profile.role
        ))),
        _ => Ok(()),
    }
}

/// The names a vendor's file may use with this profile.
pub(super) fn known_names(profile: &Profile) -> KnownNames {
    let actions: Vec<String> = profile.actions.iter().map(|action| action.name.clone()).collect();
    let values = || profile.values.iter();
    KnownNames {
        claims: profile.supports.iter().map(|claim| claim.name.clone()).chain(actions.clone()).collect(),
        values: values().map(|value| (value.name.clone(), ValueKind::of(value.sample()))).collect(),
        unlike: values().filter_map(|value| Some((value.name.clone(), value.unlike.clone()?))).collect(),
        defaults: values().filter_map(|value| Some((value.name.clone(), value.default.clone()?))).collect(),
        actions,
        deadlines: profile.deadlines.keys().cloned().collect(),
        lists: profile.supports.iter().map(|claim| (claim.name.clone(), claim.values.clone())).collect(),
    }
}

/// The command that repeats the run, secrets by reference as they are in the file.
fn command(run: &Run, profile: &str) -> String {
    let mut words = vec!["dci-conform run --profile".to_owned(), quoted(profile)];
    match (&run.implementation, &run.url) {
        (Some(file), _) => words.extend(["--implementation".into(), quoted_path(file)]),
        (None, Some(url)) => words.extend(["--url".into(), quoted(&address(url))]),
        (None, None) => {}
    }
    if let Some(folder) = run.profiles.folder() {
        words.extend(["--profiles".into(), quoted_path(&folder)]);
    }
    if let Some(edition) = &run.edition {
        words.extend(["--edition".into(), quoted(edition)]);
    }
    if let Some(role) = &run.role {
        words.extend(["--role".into(), quoted(role)]);
    }
    if run.jobs != DEFAULT_JOBS {
        words.extend(["--jobs".into(), run.jobs.to_string()]);
    }
    if run.time_limit != DEFAULT_TIME_LIMIT {
        words.extend(["--time-limit".into(), quoted(&run.time_limit)]);
    }
    if let Some(rate) = run.rate {
        words.extend(["--rate".into(), rate.to_string()]);
    }
    if let Some(listen) = run.listen {
        words.extend(["--listen".into(), listen.to_string()]);
    }
    if let Some(url) = &run.callback_url {
        words.extend(["--callback-url".into(), quoted(url)]);
    }
    if (run.patience - 1.0).abs() > f64::EPSILON {
        words.extend(["--patience".into(), run.patience.to_string()]);
    }
    words.join(" ")
}

/// The plan in words.
fn planned(plan: &Plan) -> String {
    let mut text = String::new();
    let mut counts = [0usize; 4];
    for test in &plan.tests {
        let (index, fate) = match &test.fate {
            Fate::Runs => (0, "runs".to_owned()),
            Fate::Waits(claims) => (1, format!("runs if the product answers for: {}", claims.join(", "))),
            Fate::NotApplicable(why) => (2, format!("not applicable: {why}")),
            Fate::NotRun(why) => (2, format!("not run: {why}")),
            Fate::Missing { why, question } => (3, format!("cannot run: {why}\n      {question}")),
        };
        counts[index] += 1;
        let mark = if test.mandatory { "*" } else { " " };
        text.push_str(&format!("{mark} {:<28} {}\n      {fate}\n", test.id, test.test.title));
    }
    text.push_str(&format!(
        "\n{} run, {} depend on what the product answers, {} do not apply or are left out, {} lack something. * counts for the verdict.\nNothing was sent.\n",
        counts[0], counts[1], counts[2], counts[3]
    ));
    text
}
