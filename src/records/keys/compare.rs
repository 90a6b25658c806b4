//! Rows of one key side by side: which of them break their rule.
//!
//! Two steps. Rows are first compared with those of the same key. A reference or a statement may have several keys, and
//! is in order where one of them is: what came of each is put in order once more, by whom it is about.

use super::gather::{BACK, TARGET};
use super::row::{At, Doubt, Row, What};
use super::runs::{self, Runs};
use crate::standard::rules::Trait;
use crate::standard::rules::file::{FileKind, FileRule, MOST_MARKS};
use std::collections::BTreeMap;
use std::io::Result;
use std::sync::Arc;

/// Rows of one key looked at together where all have to be known first; those behind are judged by what these showed.
const MOST_TOGETHER: usize = 1 << 16;

/// No mark told them apart.
pub(super) const NO_MARK: u8 = 0xFF;

/// A row that breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: At,
    pub(super) what: What,
    /// Where the other occurrence is; none where there is none.
    pub(super) other: Option<At>,
    /// Which mark told two owners apart.
    pub(super) mark: u8,
}

impl Found {
    /// In the order of findings: by rule, then as the records came.
    fn row(row: &Row, other: Option<At>, mark: u8) -> Row {
        let what = row.what();
        let order = u64::from(what.rule) << 56 | row.at.record() << 16 | u64::from(what.ordinal);
        let told = u64::from(mark) << 2 | u64::from(other.is_some()) << 10;
        Row::new([order, told], 0, other.unwrap_or_default().0, row.at, what)
    }

    pub(super) fn read(row: &Row) -> Found {
        let other = (row.key[1] >> 10 & 1 == 1).then_some(At(row.detail));
        Found { at: row.at, what: row.what(), other, mark: (row.key[1] >> 2 & 0xFF) as u8 }
    }
}

/// Compares rows that come in order.
pub(super) struct Comparison<'c> {
    rules: &'c [Arc<FileRule>],
    group: [u64; 2],
    state: State,
    /// What came of references and statements.
    outcomes: Runs,
    found: Runs,
}

/// What is known of the key at hand.
enum State {
    Nothing,
    /// The first owner. A mark is known from the first row that has it.
    Owner {
        first: Row,
        marks: [(u16, At); MOST_MARKS],
    },
    /// Rows, until it is known which value is meant; then that one, and where it stands.
    Values {
        rows: Vec<Row>,
        meant: Option<(Trait, At)>,
    },
    /// Whether there is what is referred to.
    Resolved(bool),
    Statements(Vec<Row>),
}

impl<'c> Comparison<'c> {
    /// With about so many bytes of memory.
    pub(super) fn new(rules: &'c [Arc<FileRule>], bytes: usize) -> Comparison<'c> {
        let half = bytes / 2;
        Comparison { rules, group: [0; 2], state: State::Nothing, outcomes: Runs::new(half), found: Runs::new(half) }
    }

    /// The next row.
    pub(super) fn feed(&mut self, row: Row) -> Result<()> {
        let Some(rule) = self.rules.get(usize::from(row.rule())) else { return Ok(()) };
        if row.group() != self.group || matches!(self.state, State::Nothing) {
            self.end()?;
            (self.group, self.state) = (row.group(), State::start(rule, &row));
        }
        match &mut self.state {
            State::Nothing => {}
            State::Owner { first, marks } => match owned(rule, first, marks, &row) {
                Some((other, mark)) => {
                    self.found.push(Found::row(&row.doubted(first.doubt()), Some(other), mark))?;
                }
                None => *first = first.doubted(row.doubt()),
            },
            State::Values { rows, meant: None } => {
                rows.push(row);
                if rows.len() >= MOST_TOGETHER {
                    self.decide()?;
                }
            }
            State::Values { meant: Some(meant), .. } => {
                let meant = *meant;
                self.value(&row, meant)?;
            }
            State::Resolved(found) if row.role() == u64::from(TARGET) => *found = true,
            State::Resolved(found) => {
                let found = *found;
                self.outcome(&row, row.detail, found, None)?;
            }
            State::Statements(rows) if rows.len() < MOST_TOGETHER => rows.push(row),
            State::Statements(_) => {}
        }
        Ok(())
    }

    /// The key at hand has no more rows.
    fn end(&mut self) -> Result<()> {
        match &self.state {
            State::Values { rows, meant: None } if rows.len() > 1 => self.decide()?,
            State::Statements(rows) if rows.len() > 1 => self.statements()?,
            _ => {}
        }
        self.state = State::Nothing;
        Ok(())
    }

    /// Takes the value that most rows have as the one that is meant, the first of equals.
    fn decide(&mut self) -> Result<()> {
        let State::Values { rows, meant } = &mut self.state else { return Ok(()) };
        let mut counts: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            counts.entry(row.detail).or_insert((0, index)).0 += 1;
        }
        let most = counts.iter().max_by_key(|(_, (count, index))| (*count, usize::MAX - index));
        let Some((value, (_, index))) = most else { return Ok(()) };
        let first = rows.get(*index).copied().unwrap_or_default();
        let decided = (Trait::from_bits(*value), first.at);
        *meant = Some(decided);
        let rows = std::mem::take(rows);
        rows.iter().try_for_each(|row| self.value(&row.doubted(first.doubt()), decided))
    }

    fn value(&mut self, row: &Row, (meant, at): (Trait, At)) -> Result<()> {
        match Trait::from_bits(row.detail).differs(meant) {
            true => self.found.push(Found::row(row, Some(at), NO_MARK)),
            false => Ok(()),
        }
    }

    /// What each says of the other is answered, contradicted, or nothing was said back.
    fn statements(&mut self) -> Result<()> {
        let State::Statements(rows) = std::mem::replace(&mut self.state, State::Nothing) else { return Ok(()) };
        let doubt = rows.iter().map(Row::doubt).max().unwrap_or(Doubt::None);
        let mut said: [BTreeMap<u16, At>; 2] = Default::default();
        for row in &rows {
            said[usize::from(row.role() == u64::from(BACK))].entry(code(row)).or_insert(row.at);
        }
        for row in &rows {
            let back = &said[usize::from(row.role() != u64::from(BACK))];
            let Some(other) = back.values().min_by_key(|at| at.0) else { continue };
            let answered = back.keys().any(|back| self.answers(row, *back));
            self.outcome(&row.doubted(doubt), row.detail & !0xFFFF, answered, Some(*other))?;
        }
        Ok(())
    }

    fn answers(&self, row: &Row, back: u16) -> bool {
        let rule = self.rules.get(usize::from(row.rule()));
        rule.and_then(|rule| rule.answers(code(row), back)).unwrap_or(true)
    }

    /// Notes what came of one key of a reference or a statement. What is in order stands before what is not.
    fn outcome(&mut self, row: &Row, owner: u64, good: bool, other: Option<At>) -> Result<()> {
        let group = [row.at.record() << 8 | u64::from(row.rule()), owner & !0xFFFF | u64::from(other.is_some()) << 2];
        self.outcomes.push(Row::new(group, u8::from(!good), other.unwrap_or_default().0, row.at, row.what()))
    }

    /// Everything that several comparisons found, each of other keys, in the order of findings.
    pub(super) fn findings(comparisons: Vec<Comparison<'_>>, each: &mut dyn FnMut(Found) -> Result<()>) -> Result<()> {
        let (mut outcomes, mut all) = (Vec::new(), Vec::new());
        let mut found = None;
        for mut comparison in comparisons {
            comparison.end()?;
            outcomes.extend(comparison.outcomes.sources()?);
            match found {
                None => found = Some(comparison.found),
                Some(_) => all.extend(comparison.found.sources()?),
            }
        }
        let Some(mut found) = found else { return Ok(()) };
        let mut about = None;
        runs::merge(outcomes, &mut |row| {
            if about == Some(row.group()) {
                return Ok(());
            }
            about = Some(row.group());
            match row.role() {
                0 => Ok(()),
                _ => {
                    let other = (row.key[1] >> 2 & 1 == 1).then_some(At(row.detail));
                    found.push(Found::row(&row, other, NO_MARK))
                }
            }
        })?;
        all.extend(found.sources()?);
        runs::merge(all, &mut |row| each(Found::read(&row)))
    }
}

impl State {
    fn start(rule: &FileRule, row: &Row) -> State {
        match &rule.kind {
            FileKind::Unique { .. } => State::Owner { first: *row, marks: [(0, row.at); MOST_MARKS] },
            FileKind::OnePerKey { .. } => State::Values { rows: Vec::new(), meant: None },
            FileKind::Resolves { .. } => State::Resolved(false),
            FileKind::Symmetry { .. } => State::Statements(Vec::new()),
        }
    }
}

fn code(row: &Row) -> u16 {
    (row.detail & 0xFFFF) as u16
}

/// Whether a row has another owner than the first: where that one stands, and by which mark it is told.
fn owned(rule: &FileRule, first: &Row, known: &mut [(u16, At); MOST_MARKS], row: &Row) -> Option<(At, u8)> {
    let FileKind::Unique { marks, .. } = &rule.kind else { return None };
    if marks.is_empty() {
        let same = first.at.record() == row.at.record() && first.detail == row.detail;
        return (!same).then_some((first.at, NO_MARK));
    }
    let mark = |index: usize| (row.detail >> (16 * (marks.len() - 1 - index)) & 0xFFFF) as u16;
    let told = known.iter().take(marks.len()).enumerate();
    let mut apart = told.filter(|(index, (value, _))| Trait::short_differs(*value, mark(*index)));
    if let Some((index, (_, at))) = apart.next() {
        return Some((*at, u8::try_from(index).unwrap_or(NO_MARK)));
    }
    // Not another one: what it tells more of the owner is remembered.
    for (index, known) in known.iter_mut().enumerate().take(marks.len()) {
        if known.0 == 0 {
            *known = (mark(index), row.at);
        }
    }
    None
}
