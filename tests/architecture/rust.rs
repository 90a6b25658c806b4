//! Just enough of Rust's grammar to read sources: comments and strings apart from code, test-only parts taken away.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One source file, without comments.
pub struct Source {
    /// Path below the package, `/`-separated.
    pub path: String,
    /// Top-level module it belongs to: `engine` for `src/engine/run.rs` and for `src/engine.rs`.
    pub module: String,
    /// How many `super::` lead from its own module to the top of the crate.
    pub depth: usize,
    /// Code with the text of strings blanked out, line by line as written.
    pub code: String,
    /// The same without what is compiled for tests only.
    pub shipped: String,
    /// Strings of the shipped code: line and text.
    pub strings: Vec<(usize, String)>,
    /// Number of lines as written.
    pub lines: usize,
}

/// Every file below `src/`.
pub fn sources() -> Vec<Source> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("src"), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let texts: Vec<(String, String)> = paths.iter().map(|path| (shown(&root, path), read(path))).collect();
    let test_only = test_only_files(&texts);
    texts.into_iter().map(|(path, text)| source(&test_only, path, &text)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src/ can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn source(test_only: &BTreeSet<String>, path: String, text: &str) -> Source {
    let read = read(text);
    let whole_file = test_only.iter().any(|start| path == *start || path.starts_with(&format!("{start}/")));
    let ranges = if whole_file { std::iter::once(0..read.code.len()).collect() } else { test_ranges(&read.code) };
    let mut shipped = read.code.clone().into_bytes();
    for range in &ranges {
        for byte in &mut shipped[range.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    let in_tests = |offset: usize| ranges.iter().any(|range| range.contains(&offset));
    let strings = read
        .strings
        .into_iter()
        .filter(|(offset, _)| !in_tests(*offset))
        .map(|(offset, string)| (text[..offset].matches('\n').count() + 1, string))
        .collect();
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let parts: Vec<&str> = inside.split('/').filter(|part| *part != "mod").collect();
    Source {
        module: parts.first().copied().unwrap_or_default().to_owned(),
        depth: parts.len(),
        code: read.code,
        shipped: String::from_utf8(shipped).expect("only blanks were written"),
        strings,
        lines: text.lines().count(),
        path,
    }
}

/// Files (or folders, without the ending) that a `#[cfg(test)] mod name;` brings in.
fn test_only_files(texts: &[(String, String)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in texts {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = path.trim_end_matches(".rs");
        let own = own.strip_suffix("/mod").or_else(|| own.strip_suffix("/lib")).unwrap_or(own);
        let read = read(text);
        for range in test_ranges(&read.code) {
            let item = &read.code[range.clone()];
            if !item.trim_end().ends_with(';') {
                continue;
            }
            let given = read.strings.iter().find(|(offset, _)| range.contains(offset)).map(|(_, file)| file.as_str());
            let name = item.split("mod ").nth(1).map(|rest| rest.trim_end().trim_end_matches(';').trim());
            match (given, name) {
                (Some(file), _) => found.insert(format!("{folder}/{file}")),
                (None, Some(name)) => found.insert(format!("{own}/{name}.rs")) | found.insert(format!("{own}/{name}")),
                (None, None) => false,
            };
        }
    }
    found
}

/// Where items marked `#[cfg(test)]` stand.
fn test_ranges(code: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find("#[cfg(test)]").map(|at| at + from) {
        let end = item_end(code.as_bytes(), start);
        ranges.push(start..end);
        from = end;
    }
    ranges
}

/// The end of the item that begins at `start`: its closing brace, or its semicolon.
fn item_end(code: &[u8], start: usize) -> usize {
    let (mut depth, mut round) = (0usize, 0usize);
    for (index, byte) in code.iter().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return index + 1,
            b'}' => depth = depth.saturating_sub(1),
            b'(' | b'[' => round += 1,
            b')' | b']' => round = round.saturating_sub(1),
            b';' if depth == 0 && round == 0 => return index + 1,
            _ => {}
        }
    }
    code.len()
}

struct Read {
    code: String,
    strings: Vec<(usize, String)>,
}

/// Takes comments and the text of strings out, byte for byte, so that offsets and lines stay as written.
fn read(text: &str) -> Read {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b"//") {
            at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            at + block_comment(rest)
        } else if let Some(hashes) = raw_string(bytes, at) {
            let open = at + hashes + 2;
            let close = format!("\"{}", "#".repeat(hashes));
            let length = text[open..].find(&close).expect("a raw string ends");
            strings.push((open, text[open..open + length].to_owned()));
            blank(&mut code, open..open + length);
            at = open + length + close.len();
            continue;
        } else if rest[0] == b'"' {
            let length = string_length(&rest[1..]);
            strings.push((at + 1, text[at + 1..at + 1 + length].to_owned()));
            blank(&mut code, at + 1..at + 1 + length);
            at += length + 2;
            continue;
        } else if rest[0] == b'\'' {
            let length = char_length(rest);
            blank(&mut code, at + 1..at + length.saturating_sub(1).max(1));
            at += length;
            continue;
        } else {
            at += 1;
            continue;
        };
        blank(&mut code, at..end);
        at = end;
    }
    Read { code: String::from_utf8(code).expect("only blanks were written"), strings }
}

fn blank(code: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The number of hashes when a raw string begins here.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    if bytes[at] != b'r' || before.is_some_and(|byte| byte.is_ascii_alphanumeric() && byte != b'b' || byte == b'_') {
        return None;
    }
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    (bytes.get(at + 1 + hashes) == Some(&b'"')).then_some(hashes)
}

fn string_length(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// Length of a character literal, or of the quote alone where it begins a lifetime.
fn char_length(rest: &[u8]) -> usize {
    match rest {
        [_, b'\\', ..] => 3 + rest[3..].iter().position(|byte| *byte == b'\'').expect("a character literal ends"),
        [_, first, ..] => {
            let width = match first {
                0..=0x7f => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            if rest.get(1 + width) == Some(&b'\'') { width + 2 } else { 1 }
        }
        _ => 1,
    }
}

#[test]
fn strings_comments_and_tests_are_told_apart() {
    let text = "fn a() { b('\"', \"x // y\"); } // c\n#[cfg(test)]\nmod t { fn d() -> &'static str { r#\"q\"}\"# } }\nfn e() {}";
    let source = source(&BTreeSet::new(), "src/x/y.rs".into(), text);
    assert!(source.code.contains("fn d") && !source.shipped.contains("fn d"));
    assert!(source.shipped.contains("fn e") && !source.shipped.contains("// c"));
    assert_eq!(source.strings, [(1, "x // y".to_owned())]);
    assert_eq!((source.module.as_str(), source.depth), ("x", 2));
}
