//! `profile test`: the fault matrix and the generated mutations.

use super::args::Proof;
use super::demo::faults;
use super::output::Printer;
use super::sources::{files, load};
use super::{Failure, Outcome};
use crate::engine::session::Loaded;
use crate::model::verdict::ExitStatus;
use crate::proof::matrix::{Matrix, Row, prove};
use crate::proof::mutations::{self, Mutated, Mutation};
use crate::proof::survivors::Survivors;
use crate::sandbox;
use serde::Serialize;

pub(super) fn proof(arguments: &Proof, printer: &Printer) -> Outcome {
    let files = files(&arguments.profiles)?;
    let loaded = load(&files, &arguments.id, None, printer)?;
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let jobs = arguments.jobs.unwrap_or(processors * 2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(processors)
        .enable_all()
        .build()
        .map_err(|error| Failure::Internal(format!("cannot start: {error}")))?;
    match arguments.mutate {
        true => runtime.block_on(mutate(arguments, &loaded, files.text(&survivors_file(&arguments.id)), jobs, printer)),
        false => runtime.block_on(matrix(arguments, &loaded, jobs, printer)),
    }
}

async fn matrix(arguments: &Proof, loaded: &Loaded, jobs: usize, printer: &Printer) -> Outcome {
    let chosen = faults(&arguments.fault)?;
    let all = chosen.is_empty();
    let infos: Vec<_> = sandbox::faults().iter().filter(|info| all || chosen.contains(&info.fault)).collect();
    let tell = |row: &Row| {
        let word = match (row.noticed, row.unexplained.is_empty(), &row.error) {
            (_, _, Some(_)) => "ERROR",
            (true, true, _) => "noticed",
            (true, false, _) => "noticed, but blames too much",
            (false, ..) => "NOT NOTICED",
        };
        printer.say(&format!(
            "{:<44} {word:<12} {} failed, {} inconclusive{}",
            row.fault,
            row.failed.len(),
            row.inconclusive,
            if row.again { " (run again, alone)" } else { "" }
        ));
    };
    let matrix = prove(loaded, &infos, jobs, &tell).await.map_err(|error| Failure::Usage(error.to_string()))?;
    write(arguments, &matrix)?;
    printer.print(&summary(&matrix, all));
    let holds = if all { matrix.holds() } else { matrix.rows_hold() };
    Ok(if holds { ExitStatus::Conformant } else { ExitStatus::NotConformant })
}

fn summary(matrix: &Matrix, all: bool) -> String {
    let mut text = String::new();
    let mut list = |title: &str, items: &[String]| {
        if !items.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            items.iter().for_each(|item| text.push_str(&format!("  {item}\n")));
        }
    };
    list("The fault-free sandbox does not pass:", &matrix.fault_free);
    let missed: Vec<String> = matrix
        .rows
        .iter()
        .filter(|row| !row.noticed)
        .map(|row| {
            format!(
                "{} (breaks {}); failed: {}{}",
                row.fault,
                row.breaks.join(", "),
                row.failed.join(", "),
                row.error.as_deref().unwrap_or("")
            )
        })
        .collect();
    list("Faults not noticed in the requirement they break:", &missed);
    let unexplained: Vec<String> = matrix
        .rows
        .iter()
        .filter(|row| !row.unexplained.is_empty())
        .map(|row| format!("{} (breaks {}): {}", row.fault, row.breaks.join(", "), row.unexplained.join("; ")))
        .collect();
    list("Tests that failed under a fault which does not break what they failed in:", &unexplained);
    if all {
        list("Tests that no fault can fail:", &matrix.unproven_tests);
        list("Sentences that no fault can miss:", &matrix.unproven_sentences);
    }
    list("Defects of the proof:", &matrix.defects);
    if !all {
        let said = if matrix.rows_hold() { "noticed as proof.yaml says" } else { "not noticed as proof.yaml says" };
        text.push_str(&format!(
            "\nfaults {}, noticed {}: {said}; the profile is proven by a run without --fault\n",
            matrix.rows.len(),
            matrix.noticed()
        ));
        return text;
    }
    text.push_str(&format!(
        "\nfaults {}, noticed {}; tests {}, that no fault can fail {}; sentences {}, that no fault can miss {}; {}\n",
        matrix.rows.len(),
        matrix.noticed(),
        matrix.tests,
        matrix.unproven_tests.len(),
        matrix.sentences,
        matrix.unproven_sentences.len(),
        if matrix.holds() { "the profile is proven" } else { "the profile is not proven" }
    ));
    text
}

fn survivors_file(id: &str) -> String {
    format!("{id}/survivors.yaml")
}

async fn mutate(
    arguments: &Proof,
    loaded: &Loaded,
    survivors: Option<&str>,
    jobs: usize,
    printer: &Printer,
) -> Outcome {
    let known = match survivors {
        Some(text) => Survivors::read(&survivors_file(&arguments.id), text).map_err(Failure::Usage)?,
        None => Survivors::default(),
    };
    let all = mutations::all(loaded).await.map_err(|error| Failure::Usage(error.to_string()))?;
    let every = u64::try_from(arguments.every.max(1)).unwrap_or(1);
    let chosen = all.iter().filter(|mutation| mutation.number() % every == 0).cloned().collect();
    let tell = |mutation: &Mutation, noticed: bool| {
        if !noticed {
            printer.say(&format!("survived: {}", mutation.name()));
        }
    };
    let mut mutated = mutations::run(loaded, chosen, jobs, &tell).await;
    mutated.all = all.len();
    write(arguments, &mutated)?;
    printer.print(&told(&known, &all, &mutated));
    let holds = mutated.errors.is_empty() && mutated.survivors.iter().all(|mutation| known.lists(mutation));
    Ok(if holds { ExitStatus::Conformant } else { ExitStatus::NotConformant })
}

/// What came of the mutations, and where the committed list and the run differ.
fn told(known: &Survivors, all: &[Mutation], mutated: &Mutated) -> String {
    let mut text = String::new();
    let unexplained: Vec<&Mutation> = mutated.survivors.iter().filter(|mutation| !known.lists(mutation)).collect();
    for mutation in &unexplained {
        text.push_str(&format!("survivor without a reason in survivors.yaml: {}\n", mutation.name()));
    }
    for error in &mutated.errors {
        text.push_str(&format!("error: {error}\n"));
    }
    let stale = known.noticed(mutated);
    for mutation in &stale {
        text.push_str(&format!("warning: listed in survivors.yaml and noticed in this run: {}\n", mutation.name()));
    }
    for entry in known.idle(all) {
        text.push_str(&format!("warning: survivors.yaml names what there is not, in whole or in part: {entry}\n"));
    }
    text.push_str(&format!(
        "mutations {}, run {}, noticed {}, survived {} ({} without a reason); listed and noticed {}\n",
        mutated.all,
        mutated.run,
        mutated.noticed.len(),
        mutated.survivors.len(),
        unexplained.len(),
        stale.len()
    ));
    text
}

fn write(arguments: &Proof, value: &impl Serialize) -> Result<(), Failure> {
    let Some(path) = &arguments.out else { return Ok(()) };
    let json = serde_json::to_string_pretty(value).map_err(|error| Failure::Internal(error.to_string()))?;
    std::fs::write(path, json).map_err(|error| {
        Failure::Usage(format!("cannot write {}: {error}\nhelp: choose another file with --out", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::mutations::Operation;

    #[test]
    fn a_listed_survivor_that_is_noticed_is_a_warning() {
        let known =
            Survivors::read("survivors.yaml", "- {reason: because, mutations: ['reply swap /a', 'reply swap /b']}")
                .unwrap_or_else(|wrong| panic!("{wrong}"));
        let mutation = |leaf: &str| Mutation { kind: "reply".into(), leaf: leaf.into(), operation: Operation::Swap };
        let mutated = Mutated {
            all: 3,
            run: 3,
            noticed: vec![mutation("/a")],
            survivors: vec![mutation("/b"), mutation("/c")],
            errors: vec![],
        };
        let text = told(&known, &[mutation("/a"), mutation("/b"), mutation("/c")], &mutated);
        let expected = "survivor without a reason in survivors.yaml: reply swap /c\n\
                        warning: listed in survivors.yaml and noticed in this run: reply swap /a\n\
                        mutations 3, run 3, noticed 1, survived 2 (1 without a reason); listed and noticed 1\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_look_at_one_fault_says_nothing_of_the_whole_profile() {
        let row = Row { fault: "sort-ignored".into(), noticed: true, ..Row::default() };
        let one = Matrix { rows: vec![row], unproven_tests: vec!["RG-SYNC-01".into()], ..Matrix::default() };
        let text = summary(&one, false);
        assert!(text.contains("faults 1, noticed 1: noticed as proof.yaml says"), "{text}");
        assert!(!text.contains("not proven"), "{text}");
        assert!(summary(&one, true).contains("the profile is not proven"));
    }
}
