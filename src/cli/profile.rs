//! `profile …`: for authors; no Rust needed.

use super::args::{Lint, New, One, ProfileCommand, Profiles, Schema};
use super::output::Printer;
use super::sources::{files, load, standard, usage};
use super::{Failure, Outcome, proof};
use crate::model::verdict::ExitStatus;
use crate::profile::{self, Summary};
use crate::source::Files;
use crate::standard::Standard;

pub(super) fn profile(command: ProfileCommand, printer: &Printer) -> Outcome {
    match command {
        ProfileCommand::List(profiles) => list(&profiles, printer),
        ProfileCommand::Show(one) => show(&one, printer),
        ProfileCommand::Lint(lint) => self::lint(&lint, printer),
        ProfileCommand::Test(arguments) => proof::proof(&arguments, printer),
        ProfileCommand::New(new) => self::new(&new, printer),
        ProfileCommand::Doc(one) => doc(&one, printer),
        ProfileCommand::Schema(which) => schema(&which, printer),
    }
}

fn list(profiles: &Profiles, printer: &Printer) -> Outcome {
    let known = profile::list(&files(profiles)?).map_err(|wrong| usage(&wrong))?;
    let mut text = String::new();
    for summary in known {
        text.push_str(&format!(
            "{:<24} {:<8} {:<10} {:<9} {:<8} {}\n",
            summary.id, summary.version, summary.role, summary.edition, summary.stage, summary.title
        ));
    }
    printer.give(&text)?;
    Ok(ExitStatus::Conformant)
}

fn show(one: &One, printer: &Printer) -> Outcome {
    let loaded = load(&files(&one.profiles)?, &one.id, None, printer)?;
    let profile = &loaded.profile;
    let mut text = format!(
        "{} {} ({}), {}, edition {}\n{}\ndigest {}\n\nclaims\n",
        profile.id, profile.version, profile.stage, profile.standard, profile.edition, profile.title, profile.digest
    );
    for claim in &profile.supports {
        text.push_str(&format!("  {:<26} {}\n", claim.name, claim.ask));
    }
    text.push_str("\nvalues\n");
    for value in &profile.values {
        text.push_str(&format!("  {:<26} {}\n", value.name, value.ask));
    }
    text.push_str("\nactions\n");
    for action in &profile.actions {
        text.push_str(&format!("  {:<26} {}\n", action.name, action.ask));
    }
    text.push_str("\ntests\n");
    for test in &profile.tests {
        text.push_str(&format!("  {:<26} {}\n", test.id, test.title));
    }
    text.push_str(&format!("\n{}", profile::coverage::coverage(profile)));
    printer.give(&text)?;
    Ok(ExitStatus::Conformant)
}

fn lint(lint: &Lint, printer: &Printer) -> Outcome {
    let files = files(&lint.profiles)?;
    let known = profile::list(&files).map_err(|wrong| usage(&wrong))?;
    let chosen: Vec<&Summary> =
        known.iter().filter(|summary| lint.all || Some(&summary.id) == lint.id.as_ref()).collect();
    if chosen.is_empty() {
        // Why it is none of the list is for the reader of profiles to say, as for every other command.
        return match &lint.id {
            Some(id) => load(&files, id, None, printer).map(|_| ExitStatus::Conformant),
            None => Err(Failure::Usage("there is no profile\nhelp: `dci-conform profile new ID` starts one".into())),
        };
    }
    let mut errors = false;
    for Summary { id, edition, edition_at, .. } in chosen {
        Standard::check_edition(&files, edition, edition_at).map_err(|wrong| usage(&wrong))?;
        let standard = standard(&files, edition)?;
        match profile::load(&files, id, &standard) {
            Ok(loaded) => {
                if !loaded.warnings.is_empty() {
                    printer.print(&loaded.warnings.to_string());
                }
                let profile = &loaded.profile;
                printer.print(&format!(
                    "{id}: clean ({} tests, {} requirements, {} anchors)",
                    profile.tests.len(),
                    profile.requirements.len(),
                    profile.anchors.len()
                ));
            }
            Err(wrong) => {
                errors = true;
                printer.print(&wrong.to_string());
                printer.print(&format!("{id}: {} finding(s)", wrong.sorted().len()));
            }
        }
    }
    if lint.all {
        errors |= lint_editions(&files, &known, printer);
    }
    Ok(if errors { ExitStatus::Usage } else { ExitStatus::Conformant })
}

/// Editions of the folder that no profile is judged by: nobody else would say what is wrong with them.
fn lint_editions(files: &Files, profiles: &[Summary], printer: &Printer) -> bool {
    let seen: Vec<String> = profiles.iter().flat_map(|profile| Standard::folders(files, &profile.edition)).collect();
    let mut names: Vec<&str> = files.below("standards/").filter_map(|(path, _)| path.split('/').nth(1)).collect();
    names.dedup();
    let mut errors = false;
    for name in names.into_iter().filter(|name| !seen.contains(&format!("standards/{name}/"))) {
        match Standard::load(files, name) {
            Ok(_) => printer.print(&format!("edition {name}: clean, and no profile names it")),
            Err(wrong) => {
                errors = true;
                printer.print(&wrong.to_string());
                printer.print(&format!("edition {name}: {} finding(s)", wrong.sorted().len()));
            }
        }
    }
    errors
}

fn new(new: &New, printer: &Printer) -> Outcome {
    if !profile::new::is_id(&new.id) {
        return Err(Failure::Usage(format!(
            "`{}` cannot be a profile id\nhelp: use lower case letters, digits and hyphens, such as my-registry",
            new.id
        )));
    }
    let written = profile::new::scaffold(&new.id, &new.id, "dec2025", None);
    for (path, _) in &written {
        let path = new.out.join(path);
        if path.exists() {
            return Err(Failure::Usage(format!("{} exists already\nhelp: choose another id or --out", path.display())));
        }
    }
    for (path, text) in written {
        let path = new.out.join(path);
        let cannot = |error: std::io::Error| {
            Failure::Usage(format!("cannot write {}: {error}\nhelp: choose another folder with --out", path.display()))
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(cannot)?;
        }
        std::fs::write(&path, text).map_err(|error| {
            // Half of it would stand in the way of the next try.
            let _ = std::fs::remove_file(&path);
            cannot(error)
        })?;
        printer.print(&format!("wrote {}", path.display()));
    }
    Ok(ExitStatus::Conformant)
}

fn doc(one: &One, printer: &Printer) -> Outcome {
    let loaded = load(&files(&one.profiles)?, &one.id, None, printer)?;
    printer.give(&profile::doc::markdown(&loaded.profile))?;
    printer.give(&loaded.standard.data_page())?;
    Ok(ExitStatus::Conformant)
}

fn schema(which: &Schema, printer: &Printer) -> Outcome {
    let schema = match &which.record {
        None => profile::schema::schema(),
        Some(class) => {
            let loaded = load(&files(&which.profiles)?, &which.profile, None, printer)?;
            let named = loaded.standard.class_named(class);
            let class = named.map_err(|(wrong, help)| Failure::Usage(format!("{wrong}\nhelp: {help}")))?;
            let schema = loaded.standard.record_schema(&class);
            schema.ok_or_else(|| Failure::Usage(format!("there is no record class `{class}`")))?
        }
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure::Internal(error.to_string()))?;
    printer.give(&text)?;
    Ok(ExitStatus::Conformant)
}
