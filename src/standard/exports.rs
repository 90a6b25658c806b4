//! Where records stand in saved messages and other documents, read from `data/exports.yaml`.

use crate::source::{Diagnostics, Files, yaml};

/// Reads the paths; none where the edition has no such file.
pub(super) fn load(files: &Files, root: &str, wrong: &mut Diagnostics) -> Vec<String> {
    let path = format!("{root}data/exports.yaml");
    let Some(text) = files.text(&path) else { return Vec::new() };
    match yaml::parse(&files.shown(&path), text) {
        Ok(tree) => {
            tree.check_keys("the exports", &["records at"], wrong);
            tree.get("records at").map(super::texts).unwrap_or_default()
        }
        Err(found) => {
            wrong.extend(found);
            Vec::new()
        }
    }
}
