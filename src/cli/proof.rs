//! `profile test`: the fault matrix and the generated mutations.

use super::args::Proof;
use super::demo::faults;
use super::output::Printer;
use super::sources::{files, load};
use super::{Failure, Outcome};
use crate::engine::session::Loaded;
use crate::model::verdict::ExitStatus;
use crate::proof::matrix::{Matrix, Row, prove};
use crate::proof::mutations;
use crate::sandbox;
use crate::source::{Node, yaml};
use serde::Serialize;
use std::collections::BTreeSet;

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
            "{:<44} {word:<12} {} failed, {} inconclusive",
            row.fault,
            row.failed.len(),
            row.inconclusive
        ));
    };
    let matrix = prove(loaded, &infos, jobs, &tell).await.map_err(|error| Failure::Usage(error.to_string()))?;
    write(arguments, &matrix)?;
    printer.print(&summary(&matrix, all));
    let holds =
        if all { matrix.holds() } else { matrix.rows.iter().all(|row| row.noticed && row.unexplained.is_empty()) };
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
    let known = known_survivors(survivors)?;
    let all = mutations::all(loaded).await.map_err(|error| Failure::Usage(error.to_string()))?;
    let total = all.len();
    let every = u64::try_from(arguments.every.max(1)).unwrap_or(1);
    let chosen: Vec<_> = all.into_iter().filter(|mutation| mutation.number() % every == 0).collect();
    let tell = |mutation: &mutations::Mutation, noticed: bool| {
        if !noticed {
            printer.say(&format!("survived: {}", mutation.name()));
        }
    };
    let mut mutated = mutations::run(loaded, chosen, jobs, &tell).await;
    mutated.all = total;
    write(arguments, &mutated)?;
    let unexplained: Vec<&String> = mutated
        .survivors
        .iter()
        .filter(|name| !known.iter().any(|glob| crate::engine::plan::matches(glob, name)))
        .collect();
    let mut text = String::new();
    for name in &unexplained {
        text.push_str(&format!("survivor without a reason in survivors.yaml: {name}\n"));
    }
    for error in &mutated.errors {
        text.push_str(&format!("error: {error}\n"));
    }
    text.push_str(&format!(
        "mutations {total}, run {}, noticed {}, survived {} ({} without a reason)\n",
        mutated.run,
        mutated.run - mutated.survivors.len() - mutated.errors.len(),
        mutated.survivors.len(),
        unexplained.len()
    ));
    printer.print(&text);
    let holds = unexplained.is_empty() && mutated.errors.is_empty();
    Ok(if holds { ExitStatus::Conformant } else { ExitStatus::NotConformant })
}

/// The names of survivors that have a reason: `survivors.yaml` lists them, or globs over them, below the reason they share.
fn known_survivors(text: Option<&str>) -> Result<BTreeSet<String>, Failure> {
    let Some(text) = text else { return Ok(BTreeSet::new()) };
    let tree = yaml::parse("survivors.yaml", text).map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    let mut known = BTreeSet::new();
    for group in tree.items().unwrap_or_default() {
        let reason = group.get("reason").and_then(Node::text).unwrap_or_default();
        if reason.trim().is_empty() {
            return Err(Failure::Usage(format!("{}: survivors without a reason", group.place)));
        }
        let listed = group.get("mutations").and_then(Node::items).unwrap_or_default();
        known.extend(listed.iter().filter_map(Node::text).map(str::to_owned));
    }
    Ok(known)
}

fn write(arguments: &Proof, value: &impl Serialize) -> Result<(), Failure> {
    let Some(path) = &arguments.out else { return Ok(()) };
    let json = serde_json::to_string_pretty(value).map_err(|error| Failure::Internal(error.to_string()))?;
    std::fs::write(path, json).map_err(|error| Failure::Usage(format!("cannot write {}: {error}", path.display())))
}
