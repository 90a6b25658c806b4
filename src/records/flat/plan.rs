//! A header compiled: the columns in the order in which a record is written, with the text between their values. Rows are
//! written straight from it, without a tree.

use super::cell::Reading;
use super::resolve::{Item, Resolved, Step};
use std::collections::HashMap;
use std::ops::Range;

/// All columns that have a place in a record.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) cells: Vec<Cell>,
    /// The cells in turn; some of them once for each row or each part of a cell.
    pub(super) blocks: Vec<Block>,
}

/// A column at its place. Containers are counted from the record itself, which is 0.
#[derive(Debug)]
pub(super) struct Cell {
    /// Its number in the file, from 0.
    pub(super) column: usize,
    /// The text between the start of the record and the value.
    pub(super) before: Vec<u8>,
    /// Where the text inside each container starts in `before`.
    pub(super) starts: Vec<usize>,
    /// What closes the containers but the record itself, the innermost first.
    pub(super) close: Vec<u8>,
    /// The innermost container shared with the cell before.
    pub(super) shared: usize,
    pub(super) reading: Reading,
}

/// Cells that follow each other.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) cells: Range<usize>,
    pub(super) repeat: Repeat,
}

/// How often the cells of a block are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Once, in the first row of a record.
    Once,
    /// Once for each row; the items go into this container.
    Rows(usize),
    /// Once for each part of the cells; the items go into this container.
    Parts(usize),
}

/// Why a column has no place of its own: the column (from 0) that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) by: usize,
}

/// Gathers columns into a plan.
#[derive(Default)]
pub(super) struct Planner {
    root: Node,
    columns: Vec<(usize, Resolved, Reading)>,
}

#[derive(Default)]
struct Node {
    children: Vec<(Step, Node)>,
    index: HashMap<Step, usize>,
    /// The column whose value stands here, as an index of the planner.
    value: Option<usize>,
}

impl Planner {
    /// Adds a column.
    pub(super) fn add(&mut self, column: usize, resolved: Resolved, reading: Reading) -> Result<(), Taken> {
        let taken = |index: usize| Taken { by: self.columns.get(index).map_or(0, |(column, ..)| *column) };
        let mut node = &self.root;
        for step in &resolved.steps {
            let Some(child) = node.index.get(step).and_then(|at| node.children.get(*at)) else { break };
            node = &child.1;
            if let Some(index) = node.value {
                return Err(taken(index));
            }
        }
        let mut node = &mut self.root;
        for step in &resolved.steps {
            let at = *node.index.entry(step.clone()).or_insert(node.children.len());
            if at == node.children.len() {
                node.children.push((step.clone(), Node::default()));
            }
            node = &mut node.children[at].1;
        }
        if let Some(first) = node.first() {
            return Err(Taken { by: self.columns.get(first).map_or(0, |(column, ..)| *column) });
        }
        node.value = Some(self.columns.len());
        self.columns.push((column, resolved, reading));
        Ok(())
    }

    /// The plan of all columns added.
    pub(super) fn plan(self) -> Plan {
        let mut order = Vec::with_capacity(self.columns.len());
        self.root.in_order(&mut order);
        let mut columns: Vec<Option<(usize, Resolved, Reading)>> = self.columns.into_iter().map(Some).collect();
        let mut plan = Plan::default();
        let mut before: Vec<Step> = Vec::new();
        for index in order {
            let Some((column, resolved, reading)) = columns.get_mut(index).and_then(Option::take) else { continue };
            plan.push(column, &resolved.steps, &before, reading);
            before = resolved.steps;
        }
        plan
    }
}

impl Node {
    /// The first column below.
    fn first(&self) -> Option<usize> {
        self.value.or_else(|| self.children.iter().find_map(|(_, child)| child.first()))
    }

    /// The columns in the order of a record: members as they came, items by their positions, then those without.
    fn in_order(&self, order: &mut Vec<usize>) {
        order.extend(self.value);
        let mut children: Vec<&(Step, Node)> = self.children.iter().collect();
        children.sort_by_key(|(step, _)| match step {
            Step::Member(_) => (0, 0),
            Step::Item(Item::At(at)) => (1, *at),
            Step::Item(Item::Named(_)) => (2, 0),
            Step::Item(Item::OfRow | Item::OfPart) => (3, 0),
        });
        children.iter().for_each(|(_, child)| child.in_order(order));
    }
}

impl Plan {
    fn push(&mut self, column: usize, steps: &[Step], before: &[Step], reading: Reading) {
        let shared = steps.iter().zip(before).take_while(|(step, before)| step == before).count();
        let mut cell = Cell { column, before: Vec::new(), starts: Vec::new(), close: Vec::new(), shared, reading };
        for (at, step) in steps.iter().enumerate() {
            cell.starts.push(cell.before.len());
            if let Step::Member(text) = step {
                cell.before.extend_from_slice(text.as_bytes());
            }
            let (open, close) = match steps.get(at + 1) {
                Some(Step::Item(_)) => (b'[', b']'),
                Some(Step::Member(_)) => (b'{', b'}'),
                None => continue,
            };
            cell.before.push(open);
            cell.close.insert(0, close);
        }
        let repeat = steps.iter().enumerate().find_map(|(at, step)| match step {
            Step::Item(Item::OfRow) => Some(Repeat::Rows(at)),
            Step::Item(Item::OfPart) => Some(Repeat::Parts(at)),
            _ => None,
        });
        let repeat = repeat.unwrap_or(Repeat::Once);
        let number = self.cells.len();
        // Cells of one list go on with the block before; all that come once are one block.
        let goes_on = |block: &&mut Block| {
            block.repeat == repeat
                && (repeat == Repeat::Once || matches!(repeat, Repeat::Rows(at) | Repeat::Parts(at) if shared > at))
        };
        match self.blocks.last_mut().filter(goes_on) {
            Some(block) => block.cells.end = number + 1,
            None => self.blocks.push(Block { cells: number..number + 1, repeat }),
        }
        self.cells.push(cell);
    }
}
