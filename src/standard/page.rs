//! The data standard as a page to read: classes with their members, code lists, rules. Markdown.

use super::Standard;
use super::codes::CodeList;
use super::objects::{Class, Domain, Many, Property, Shape};
use super::words;
use crate::model::verdict::Force;
use std::collections::BTreeSet;
use std::fmt::Write;

/// At most so many codes of a list are shown.
const MOST_CODES: usize = 40;

pub(super) fn markdown(standard: &Standard) -> String {
    let data = &standard.data;
    let mut page = format!(
        "## Data standard\n\nEdition {}{}. A class shows its own members; those of the class it extends come on top. \
         Force: N stated, D stated where sources conflict, I inferred.\n\n",
        standard.base,
        standard.overlays.iter().map(|added| format!(", and {} {}", added.title, added.version)).collect::<String>()
    );
    // A class is shown where it is first: shared ones, and those a domain takes over, not again.
    let mut shown = BTreeSet::new();
    let (common, others): (Vec<_>, Vec<_>) = data.domains.iter().partition(|domain| domain.name == "common");
    for domain in common.into_iter().chain(others) {
        write_domain(domain, &mut shown, &mut page);
    }
    page.push_str("### Code lists\n\n| list | page | codes | other values |\n| --- | --- | --- | --- |\n");
    data.codes.values().filter(|list| list.of_data).for_each(|list| write_list(list, &mut page));
    let head = "| rule | class | force | expected |\n| --- | --- | --- | --- |\n";
    let _ = write!(page, "\n### Rules within a record\n\n{head}");
    for rule in &data.rules {
        write_rule(&rule.id, &rule.class, rule.force, (&rule.expected, rule.source.as_deref()), &mut page);
    }
    let _ = write!(page, "\n### Rules between records\n\n{head}");
    for rule in &data.file_rules {
        let added = rule.added.then_some(rule.source.as_str());
        write_rule(&rule.id, &rule.class, rule.force, (&rule.expected, added), &mut page);
    }
    page.push('\n');
    page
}

/// A rule, with who says so where that is not the standard.
fn write_rule(id: &str, class: &str, force: Force, (expected, source): (&str, Option<&str>), page: &mut String) {
    let source = source.map(|source| format!(" ({source})")).unwrap_or_default();
    let _ = writeln!(page, "| {id} | {class} | {} | {}{} |", force.letter(), cell(expected), cell(&source));
}

fn write_domain<'d>(domain: &'d Domain, shown: &mut BTreeSet<(&'d str, &'d str)>, page: &mut String) {
    let default = if domain.default { " (classes need no domain in front)" } else { "" };
    let _ = writeln!(page, "### Domain {}{default}\n", domain.name);
    if !domain.record_types.is_empty() {
        let types: Vec<String> = domain.record_types.iter().map(|(of, class)| format!("{of} is {class}")).collect();
        let _ = writeln!(page, "Record types: {}.\n", types.join(", "));
    }
    for class in domain.classes.values().filter(|class| shown.insert((&class.name, &class.source))) {
        write_class(class, page);
    }
}

fn write_class(class: &Class, page: &mut String) {
    let extends = class.extends.as_ref().map(|base| format!(", extends {base}")).unwrap_or_default();
    let _ = writeln!(page, "**{}** ({}{extends})\n", class.name, class.source);
    let own = class.properties.iter().filter(|property| class.own.contains(&property.name));
    let rows: Vec<String> = own.map(row).collect();
    if !rows.is_empty() {
        let head = "| member | what | how many | other names | erratum |\n| --- | --- | --- | --- | --- |";
        let _ = writeln!(page, "{head}\n{}\n", rows.join("\n"));
    }
}

fn row(property: &Property) -> String {
    let what = match &property.shape {
        Shape::Any => String::new(),
        Shape::Codes(list) => format!("code of {list}"),
        Shape::Is(names) => names.join(" or "),
    };
    let many = match property.many {
        Many::No => "one",
        Many::Yes => "list",
        Many::Either => "one or list",
    };
    let required = property.required.as_ref().map(|(force, _)| format!(", required ({})", force.letter()));
    let aliases: Vec<String> = property
        .aliases
        .iter()
        .map(|alias| match alias.force {
            Some(force) => format!("{} ({})", alias.name, force.letter()),
            None => alias.name.clone(),
        })
        .collect();
    let demanded = property.required.as_ref().and_then(|(_, erratum)| erratum.as_deref());
    let errata: Vec<&str> = property.erratum.as_deref().into_iter().chain(demanded).collect();
    format!(
        "| {} | {what} | {many}{} | {} | {} |",
        property.name,
        required.unwrap_or_default(),
        cell(&aliases.join(", ")),
        errata.join(", ")
    )
}

fn write_list(list: &CodeList, page: &mut String) {
    let codes: Vec<String> = list
        .codes
        .iter()
        .map(|(code, label)| if code == label { code.clone() } else { format!("{code} {label}") })
        .collect();
    let codes = words::list(codes.iter().map(String::as_str), MOST_CODES);
    let others = if list.closed { "fail" } else { "are noted" };
    let _ = writeln!(page, "| {} | {} | {} | {others} |", list.name, list.label, cell(&codes));
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
