//! `requirements.yaml` and `proof.yaml`.

use super::folder::Folder;
use super::{Reader, documents, place_row, words};
use crate::model::verdict::{Force, Level};
use crate::profile::ast::Requirement;
use crate::source::{Node, Place};

impl Reader<'_> {
    pub(super) fn requirements(&mut self, folder: &Folder) {
        let mut rows: Vec<(usize, Requirement)> = Vec::new();
        for document in documents(folder, "requirements.yaml") {
            for node in self.items_of(&document.node, "requirements.yaml") {
                let Some(row) = self.requirement(node) else { continue };
                let (id, place) = (row.id.clone(), row.place.clone());
                if !place_row(&mut rows, document.generation, row, |a, b| a.id == b.id) {
                    self.wrong.error(place, format!("the requirement `{id}` is written twice"));
                }
            }
        }
        self.profile.requirements = rows.into_iter().map(|(_, row)| row).collect();
        let index = self.profile.requirements.iter().enumerate().map(|(index, row)| (row.id.clone(), index));
        self.requirement_index = index.collect();
    }

    fn requirement(&mut self, node: &Node) -> Option<Requirement> {
        node.check_keys("a requirement", &words::REQUIREMENT, &mut self.wrong);
        node.entries()?;
        let what = "a requirement";
        let id = self.needed(node, "id", what);
        if let Some(id) = id.as_deref().filter(|id| !super::looks_like_id(id)) {
            let place = node.get("id").map(|node| node.place.clone()).unwrap_or_default();
            self.wrong
                .error(place, format!("`{id}` cannot be the id of a requirement"))
                .hint("capitals, digits and hyphens, as in RG-ENV-01, so that sentences can name it");
        }
        for key in ["force", "level", "standard"] {
            self.needed(node, key, what);
        }
        let force = match self.word(node, "force", &["N", "D", "I"]).as_deref() {
            Some("N") => Force::N,
            Some("D") => Force::D,
            _ => Force::I,
        };
        let level = match self.word(node, "level", &["must", "should"]).as_deref() {
            Some("must") => Level::Must,
            _ => Level::Should,
        };
        let errata = self.texts(node, "errata");
        errata.iter().for_each(|(id, place)| self.known_erratum(id, place));
        let source = self.texts(node, "source");
        if source.is_empty() && force != Force::I {
            self.wrong
                .error(node.place.clone(), "a requirement of force N or D has no `source`")
                .hint("name the anchors it comes from, as in `source: [envelope.md#3]`");
        }
        Some(Requirement {
            id: id?,
            text: self.needed(node, "text", what).unwrap_or_default(),
            force,
            level,
            standard: self.word(node, "standard", &words::STANDARDS).unwrap_or_default(),
            source: source.into_iter().map(|(text, _)| text).collect(),
            errata: errata.into_iter().map(|(id, _)| id).collect(),
            not_covered: self.optional(node, "not covered"),
            place: node.place.clone(),
        })
    }

    pub(super) fn proof(&mut self, folder: &Folder) {
        for document in documents(folder, "proof.yaml") {
            document.node.check_keys("proof.yaml", &["faults"], &mut self.wrong);
            for entry in self.entries(&document.node, "faults") {
                let broken = self.texts_of(&entry.value, &entry.key);
                if broken.is_empty() {
                    self.wrong
                        .error(entry.place.clone(), format!("the fault `{}` breaks no requirement", entry.key))
                        .hint("name the requirement it is about first");
                }
                broken.iter().for_each(|(id, place)| {
                    self.known_requirement(id, place);
                });
                self.profile.proof.insert(entry.key.clone(), broken.into_iter().map(|(id, _)| id).collect());
            }
        }
    }

    /// The force and level of a requirement that exists.
    pub(super) fn weight(&self, id: &str) -> Option<(Force, Level)> {
        let index = *self.requirement_index.get(id)?;
        self.profile.requirements.get(index).map(|row| (row.force, row.level))
    }

    /// A requirement named at a place must exist and be among those the test proves.
    pub(super) fn proven_here(&mut self, id: &str, place: &Place, proves: &[String]) {
        if self.known_requirement(id, place) && !proves.iter().any(|proven| proven == id) {
            self.wrong
                .error(place.clone(), format!("this test does not say that it proves `{id}`"))
                .hint(format!("add it to `proves`, or name one of {}", proves.join(", ")));
        }
    }
}
