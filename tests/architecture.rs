//! What ARCHITECTURE.md promises about the sources, read from the sources themselves.

#![allow(clippy::print_stdout)] // the counts and the list of long files are for people

#[path = "architecture/rust.rs"]
mod rust;

use dci_conform::source::{Files, Node, yaml};
use regex::Regex;
use rust::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

/// Which module may use which: the table of ARCHITECTURE.md. `proof` puts engine and sandbox together and so speaks the
/// words the engine speaks.
const ARROWS: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("digest", &[]),
    ("source", &["model"]),
    ("standard", &["model", "source"]),
    ("profile", &["model", "source", "digest", "standard"]),
    ("implementation", &["model", "source"]),
    ("crypto", &["model", "digest"]),
    ("transport", &["model", "crypto"]),
    ("traffic", &["model", "digest"]),
    (
        "engine",
        &["model", "source", "digest", "standard", "profile", "implementation", "transport", "crypto", "traffic"],
    ),
    ("records", &["model", "source", "digest", "standard"]),
    ("report", &["model"]),
    ("sandbox", &["model", "crypto"]),
    (
        "proof",
        &["engine", "sandbox", "model", "source", "digest", "standard", "profile", "implementation", "transport"],
    ),
    (
        "cli",
        &[
            "model",
            "source",
            "digest",
            "standard",
            "profile",
            "implementation",
            "crypto",
            "transport",
            "traffic",
            "engine",
            "records",
            "report",
            "sandbox",
            "proof",
        ],
    ),
];

/// Heavy crates: their name in code, and the only files that may name them, or the folder of the module that is all about it.
const HEAVY: [(&str, &[&str]); 12] = [
    ("serde_yaml", &["src/source/yaml.rs"]),
    ("jsonschema", &["src/standard/validator.rs"]),
    ("reqwest", &["src/transport/http_client.rs"]),
    ("axum", &["src/transport/listener.rs"]),
    ("aws_lc_rs", &["src/digest/mod.rs"]),
    ("minijinja", &["src/report/html.rs"]),
    ("quick_junit", &["src/report/junit.rs", "src/report/mod.rs"]),
    ("include_dir", &["src/source/files.rs"]),
    ("csv_core", &["src/records/flat/text.rs"]),
    ("ruzstd", &["src/records/unpack.rs"]),
    ("parquet", &["src/records/flat/columnar/"]),
    ("quick_xml", &["src/records/flat/xlsx/xml.rs"]),
];

/// Test code that names a heavy crate on purpose: a witness of its own beside the code under test.
const HEAVY_IN_TESTS: [(&str, &str); 1] = [("jsonschema", "src/report/json.rs")];

/// Short codes of the standard that its files hold and that no rule of spelling would find.
const CODES: [&str; 11] = ["rcvd", "pdng", "succ", "rjct", "NACK", "UIN", "BRN", "MRN", "DRN", "SRPerson", "HHID"];

/// The one place outside the sandbox that spells out a part of the standard: what a query means is an algorithm, and the
/// names of a query's parts are that algorithm's grammar.
const QUERY_GRAMMAR: &str = "src/engine/query.rs";

/// Files longer than this are listed, not refused.
const LONG: usize = 600;

fn of(list: &[(&str, &'static [&'static str])], name: &str) -> Option<&'static [&'static str]> {
    list.iter().find(|(known, _)| *known == name).map(|(_, names)| *names)
}

/// Top-level modules a file names: by `crate::`, or by enough `super::`.
fn named_modules(source: &Source, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let start = Regex::new(r"\bcrate::|\b(?:super::)+").expect("the expression is sound");
    let word = Regex::new(r"^\w+").expect("the expression is sound");
    let mut found = BTreeSet::new();
    for hit in start.find_iter(&source.code) {
        // `#[cfg(test)] mod tests` inside a file is one deeper than its file; one `super::` more leads to the same place.
        let supers = hit.as_str().matches("super::").count();
        if supers > 0 && supers < source.depth {
            continue;
        }
        let rest = &source.code[hit.end()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        found.extend(names.iter().filter_map(|name| word.find(name)).map(|name| name.as_str().to_owned()));
    }
    found.retain(|name| modules.contains(name) && *name != source.module);
    found
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let sources = sources();
    let top = |source: &&Source| !matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs");
    let modules: BTreeSet<String> = sources.iter().filter(top).map(|source| source.module.clone()).collect();
    let mut wrong = Vec::new();
    for module in &modules {
        if of(&ARROWS, module).is_none() {
            wrong.push(format!("module `{module}` has no row in the table of arrows"));
        }
    }
    let mut arrows = BTreeSet::new();
    for source in sources.iter().filter(top) {
        let allowed = of(&ARROWS, &source.module).unwrap_or_default();
        for name in named_modules(source, &modules) {
            if !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: `{}` must not use `{name}`", source.path, source.module));
            }
            arrows.insert((source.module.clone(), name));
        }
    }
    assert!(arrows.len() > 20, "the reader of sources finds too little: {arrows:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    println!("{} files, {} modules, {} arrows between them", sources.len(), modules.len(), arrows.len());
}

#[test]
fn no_arrow_points_back() {
    for (module, uses) in ARROWS {
        for used in uses {
            let back = of(&ARROWS, used).unwrap_or_default();
            assert!(!back.contains(&module), "`{module}` and `{used}` may use each other");
        }
    }
}

#[test]
fn each_heavy_crate_is_named_in_few_files() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (name, files) in HEAVY {
        let mention = Regex::new(&format!(r"\b{name}\s*(::|!|;|as\b)|\bextern crate {name}\b")).expect("sound");
        let naming = |shipped: bool| -> BTreeSet<&str> {
            let text = |source: &Source| if shipped { source.shipped.clone() } else { source.code.clone() };
            sources.iter().filter(|source| mention.is_match(&text(source))).map(|source| source.path.as_str()).collect()
        };
        let belongs =
            |path: &str| files.iter().any(|file| *file == path || file.ends_with('/') && path.starts_with(file));
        for path in naming(true).iter().filter(|path| !belongs(path)) {
            wrong.push(format!("{path} names `{name}`, which belongs in {}", files.join(", ")));
        }
        let in_tests = |path: &str| HEAVY_IN_TESTS.contains(&(name, path));
        for path in naming(false).iter().filter(|path| !belongs(path) && !in_tests(path)) {
            wrong.push(format!("the tests of {path} name `{name}`"));
        }
        assert!(files.len() <= 3);
        if naming(true).is_empty() {
            wrong.push(format!("no file names `{name}`: take it out of Cargo.toml and of this list"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_of_the_standard_is_spelled_out_in_rust() {
    let words = words_of_the_standard();
    assert!(words.len() > 150, "the standard's own files give too few words: {}", words.len());
    let word = Regex::new(r"[@$\w][\w./@-]*\w").expect("the expression is sound");
    let mut wrong = Vec::new();
    for source in sources() {
        if source.module == "sandbox" || source.path == QUERY_GRAMMAR {
            continue;
        }
        for (line, text) in &source.strings {
            // A path or a pointer holds several names.
            let whole = word.find_iter(text).map(|hit| hit.as_str());
            let parts = text.split(|c: char| !(c.is_alphanumeric() || "_-@".contains(c)));
            let found: BTreeSet<&str> = whole.chain(parts).filter(|name| words.contains(*name)).collect();
            if !found.is_empty() || text.starts_with("/header") || text.starts_with("/message") {
                wrong.push(format!("{}:{line}: {text:?} names {found:?}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "belongs into test-profiles/:\n{}", wrong.join("\n"));
}

/// Members, codes, endpoints and callbacks, as the files below `test-profiles/` have them. Words that are plain English
/// as well (`name`, `status`, `search`) prove nothing and are left out: a word counts when its spelling is that of a
/// member or a code (`_`, `.`, `/`, `@`, a hyphen), or when it is in [`CODES`].
fn words_of_the_standard() -> BTreeSet<String> {
    let files = Files::embedded();
    let mut words: BTreeSet<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
    let listed = files.below("standards/").chain(files.below("base/profile.yaml"));
    for (path, text) in listed {
        let node = yaml::parse(path, text).unwrap_or_else(|wrong| panic!("{wrong}"));
        gather(&node, &mut words);
    }
    // Words of OAuth 2, of HTTP and of JSON Schema, which the standard only borrows.
    for borrowed in
        ["date-time", "access_token", "token_type", "expires_in", "client_id", "client_secret", "grant_type"]
    {
        words.remove(borrowed);
    }
    words
}

/// Keys below `properties`, `endpoints`, `callbacks` and `codes`; values of `enum`, `code`, `required`, `path`, `action`.
fn gather(node: &Node, words: &mut BTreeSet<String>) {
    let mut add = |word: &str| {
        let spelled = word.contains(['_', '@']) || (word.contains(['.', '/', '-']) && !word.contains(' '));
        if spelled && word.chars().any(char::is_alphabetic) {
            words.insert(word.trim_matches('/').to_owned());
        }
    };
    let entries = node.entries().unwrap_or_default();
    for entry in entries {
        match entry.key.as_str() {
            "properties" | "endpoints" | "callbacks" | "codes" | "aliases" => {
                entry.value.entries().unwrap_or_default().iter().for_each(|inner| add(&inner.key));
            }
            "enum" | "required" => {
                entry.value.items().unwrap_or_default().iter().filter_map(Node::text).for_each(&mut add);
            }
            "code" | "path" | "action" => entry.value.text().into_iter().for_each(&mut add),
            _ => {}
        }
    }
    entries.iter().for_each(|entry| gather(&entry.value, words));
    node.items().unwrap_or_default().iter().for_each(|item| gather(item, words));
}

fn page(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One section of a page: from its heading to the next of the same level.
fn section(page: &str, heading: &str) -> String {
    let start = page.find(&format!("\n{heading}")).unwrap_or_else(|| panic!("ARCHITECTURE.md has no `{heading}`"));
    let rest = &page[start + 1..];
    rest[..rest[1..].find("\n## ").map_or(rest.len(), |end| end + 1)].to_owned()
}

#[test]
fn every_function_on_the_way_of_one_check_exists() {
    let section = section(&page("ARCHITECTURE.md"), "## Follow one check");
    let step = Regex::new(r"`(src/[\w/]+\.rs)` `((?:(\w+)::)?(\w+))`").expect("the expression is sound");
    let sources: BTreeMap<String, Source> = sources().into_iter().map(|source| (source.path.clone(), source)).collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for named in step.captures_iter(&section) {
        count += 1;
        let (path, shown, function) = (&named[1], &named[2], &named[4]);
        let Some(source) = sources.get(path) else {
            wrong.push(format!("there is no {path}"));
            continue;
        };
        let defined = Regex::new(&format!(r"\bfn {function}\b")).expect("sound").is_match(&source.shipped);
        let holder = named.get(3).is_none_or(|holder| {
            let holder = holder.as_str();
            Regex::new(&format!(r"\bimpl\b[^{{]*\b{holder}\b")).expect("sound").is_match(&source.shipped)
        });
        if !defined || !holder {
            wrong.push(format!("{path} has no `{shown}`"));
        }
    }
    let written = section.matches("`src/").count();
    assert_eq!(count, written, "a file is named without its function (write `src/x.rs` `function`)");
    assert!(count >= 15, "the page names only {count} functions");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_and_every_dependency_has_its_line() {
    let architecture = page("ARCHITECTURE.md");
    let modules: BTreeSet<String> = sources().into_iter().map(|source| source.module).collect();
    let map = section(&architecture, "## Code map");
    for module in modules.iter().filter(|module| !matches!(module.as_str(), "lib" | "main")) {
        assert!(map.contains(&format!("`{module}/`")), "the code map has no line for `{module}/`");
    }
    let listed = section(&architecture, "## Dependencies");
    let manifest = page("Cargo.toml");
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = matches!(line, "[dependencies]" | "[dev-dependencies]");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) {
            names.insert(name.trim().to_owned());
        }
    }
    assert!(names.len() > 20, "Cargo.toml was not understood: {names:?}");
    let wrong: Vec<_> = names.iter().filter(|name| !listed.contains(&format!("| `{name}`"))).collect();
    assert!(wrong.is_empty(), "without a line in ARCHITECTURE.md, Dependencies: {wrong:?}");
    let row = Regex::new(r"(?m)^\| `([\w-]+)`").expect("the expression is sound");
    let gone: Vec<_> =
        row.captures_iter(&listed).map(|row| row[1].to_owned()).filter(|name| !names.contains(name)).collect();
    assert!(gone.is_empty(), "in ARCHITECTURE.md, Dependencies, but not in Cargo.toml: {gone:?}");
}

/// Size is an observation, not a limit: the list is for whoever looks for a file with two jobs.
#[test]
fn long_files_are_listed() {
    let sources = sources();
    let mut long: Vec<&Source> = sources.iter().filter(|source| source.lines > LONG).collect();
    long.sort_by_key(|source| std::cmp::Reverse(source.lines));
    for source in &long {
        println!("{} has {} lines: does it have two jobs?", source.path, source.lines);
    }
    println!("{} of {} files have more than {LONG} lines", long.len(), sources.len());
    let longest = long.first().map_or(0, |source| source.lines);
    assert!(longest <= 1000, "{} lines are too many for one file", longest);
}
