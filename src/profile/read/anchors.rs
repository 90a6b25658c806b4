//! `anchors.yaml`: every anchor of the standard's digest and what became of it.

use super::folder::Folder;
use super::{Reader, documents, place_row, words};
use crate::profile::ast::Anchor;
use crate::source::Node;

impl Reader<'_> {
    pub(super) fn anchors(&mut self, folder: &Folder) {
        let mut rows: Vec<(usize, Anchor)> = Vec::new();
        for document in documents(folder, "anchors.yaml") {
            for node in self.items_of(&document.node, "anchors.yaml") {
                let Some(row) = self.anchor(node) else { continue };
                let (id, place) = (row.id.clone(), row.place.clone());
                if !place_row(&mut rows, document.generation, row, |a, b| a.id == b.id) {
                    self.wrong.error(place, format!("the anchor `{id}` is written twice"));
                }
            }
        }
        self.profile.anchors = rows.into_iter().map(|(_, row)| row).collect();
    }

    fn anchor(&mut self, node: &Node) -> Option<Anchor> {
        node.check_keys("an anchor", &words::ANCHOR, &mut self.wrong);
        node.entries()?;
        let covered_by = self.texts(node, "covered by");
        for (id, place) in &covered_by {
            self.known_requirement(id, place);
        }
        Some(Anchor {
            id: self.needed(node, "id", "an anchor")?,
            covered_by: covered_by.into_iter().map(|(id, _)| id).collect(),
            not_testable: self.optional(node, "not testable"),
            not_here: self.optional(node, "not here"),
            place: node.place.clone(),
        })
    }
}
