//! Editions that add to another: what a country demands beyond the standard stands in a folder of its own, which holds
//! nothing but what is its own.

use crate::model::result::Overlay;
use crate::source::diagnostic::did_you_mean;
use crate::source::{Diagnostics, Files, Node, Place, yaml};

/// Editions above editions: more than this is no sensible overlay.
const DEEPEST: usize = 8;

/// Where the files of one edition are.
pub(super) struct Layer {
    /// `standards/EDITION/`.
    pub(super) root: String,
    /// None of the edition that all others add to.
    pub(super) overlay: Option<Overlay>,
    /// The ids of the errata that an overlay may name; none of the edition that all others add to.
    pub(super) errata: Vec<String>,
}

impl Layer {
    /// The name of the edition.
    pub(super) fn name(&self) -> &str {
        self.root.split('/').nth(1).unwrap_or_default()
    }

    /// What findings by its files name as their source, where they do not say it themselves.
    pub(super) fn source(&self, tree: &Node) -> Option<String> {
        let overlay = self.overlay.as_ref()?;
        let own = tree.get("source").and_then(Node::text).map(str::to_owned);
        own.or_else(|| Some(format!("{} {}", overlay.title, overlay.version)))
    }
}

impl Layer {
    /// Reports an erratum that an overlay names and the standard does not have.
    pub(super) fn check_erratum(&self, id: &str, place: &Place, wrong: &mut Diagnostics) {
        if self.overlay.is_some() && !self.errata.iter().any(|known| known == id) {
            wrong
                .error(place.clone(), format!("there is no erratum `{id}`"))
                .hint(did_you_mean(id, self.errata.iter().map(String::as_str)));
        }
    }
}

fn root(edition: &str) -> String {
    format!("standards/{edition}/")
}

pub(super) fn is_there(files: &Files, edition: &str) -> bool {
    !edition.is_empty() && files.below(&root(edition)).next().is_some()
}

/// Reports an edition that is not there.
pub(super) fn report(files: &Files, edition: &str, place: Place, wrong: &mut Diagnostics) {
    let message = format!("there is no edition `{edition}` of the standard");
    wrong.error(place, message).hint(did_you_mean(edition, known(files)));
}

/// An edition with those it adds to, the one that all add to first. Empty where it cannot be told.
pub(super) fn layers(files: &Files, edition: &str, wrong: &mut Diagnostics) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let (mut next, mut from) = (edition.to_owned(), None);
    loop {
        let root = root(&next);
        if !is_there(files, &next) {
            let place = from.unwrap_or_else(|| Place::file(&files.shown("standards")));
            report(files, &next, place, wrong);
            return Vec::new();
        }
        if layers.len() >= DEEPEST || layers.iter().any(|layer| layer.root == root) {
            let message = format!("the edition `{edition}` adds to itself, or to more than {DEEPEST} others");
            wrong.error(from.unwrap_or_default(), message);
            return Vec::new();
        }
        let path = format!("{root}edition.yaml");
        let Some((overlay, above, place)) = overlay(files, &next, wrong) else {
            // What follows from an edition that does not say what it adds to is no mistake of its files.
            if files.text(&path).is_some() {
                return Vec::new();
            }
            layers.push(Layer { root, overlay: None, errata: Vec::new() });
            layers.reverse();
            return layers;
        };
        check_files(files, &root, &above, wrong);
        layers.push(Layer { root, overlay: Some(overlay), errata: Vec::new() });
        (next, from) = (above, Some(place));
    }
}

/// What `edition.yaml` says, the edition it adds to, and where it says so; `None` where there is no such file.
fn overlay(files: &Files, edition: &str, wrong: &mut Diagnostics) -> Option<(Overlay, String, Place)> {
    let path = format!("{}edition.yaml", root(edition));
    let tree = match yaml::parse(&files.shown(&path), files.text(&path)?) {
        Ok(tree) => tree,
        Err(found) => {
            wrong.extend(found);
            return None;
        }
    };
    tree.check_visible(wrong);
    tree.check_keys("an edition", &["extends", "title", "version"], wrong);
    let mut text = |key: &str| {
        let found = tree.get(key).and_then(Node::text).filter(|text| !text.trim().is_empty());
        if found.is_none() {
            wrong.error(tree.place.clone(), format!("an edition that adds to another says its `{key}`"));
        }
        found.unwrap_or_default().to_owned()
    };
    let (above, title, version) = (text("extends"), text("title"), text("version"));
    let place = tree.get("extends").map_or_else(|| tree.place.clone(), |node| node.place.clone());
    (!above.is_empty()).then_some((Overlay { edition: edition.to_owned(), title, version }, above, place))
}

/// An overlay adds to the data standard and to nothing else.
fn check_files(files: &Files, root: &str, above: &str, wrong: &mut Diagnostics) {
    for (path, _) in files.below(root) {
        let name = path.strip_prefix(root).unwrap_or(path);
        let known = ["data/objects", "data/codes", "data/rules"];
        if name != "edition.yaml" && !known.iter().any(|known| name.starts_with(known)) {
            wrong
                .error(
                    Place::file(&files.shown(path)),
                    format!("an edition that adds to another has no such file: `{above}` has it"),
                )
                .hint("it may have `data/objects*.yaml`, `data/codes*.yaml` and `data/rules*.yaml`");
        }
    }
}

fn known(files: &Files) -> Vec<&str> {
    let mut names: Vec<&str> = files.all("standards/").filter_map(|path| path.split('/').nth(1)).collect();
    names.dedup();
    names
}
