//! What was found between records, as findings like any other.

use super::Places;
use super::compare::{Comparison, Found, NO_MARK};
use super::gather::rank;
use super::row::{At, Doubt, Row, What};
use super::runs::Runs;
use crate::model::result::place_in_file;
use crate::model::verdict::{Force, Verdict};
use crate::records::finding::{self, Elsewhere, Finding};
use crate::records::flat::CONVENTION;
use crate::records::tally::Tally;
use crate::records::{CELL_FORM, CELL_TYPE};
use crate::standard::rules::file::{FileKind, FileRule};
use crate::standard::{Standard, Strictness};
use std::io::{Result, Write};

/// Writes findings between records and counts them.
pub(in crate::records) struct Teller<'t> {
    pub(in crate::records) standard: &'t Standard,
    pub(in crate::records) strictness: Strictness,
    /// The names of the files.
    pub(in crate::records) names: &'t [String],
    /// True where rules hold that need files which are complete.
    pub(in crate::records) complete: bool,
    pub(in crate::records) out: &'t mut (dyn Write + Send),
    pub(in crate::records) tally: &'t mut Tally,
}

impl<'t> Teller<'t> {
    pub(super) fn tell(&mut self, compared: Vec<Comparison<'_>>, places: &Places, memory: usize) -> Result<()> {
        let mut records = Runs::new(memory);
        let mut line = Vec::new();
        Comparison::findings(compared, &mut |found| {
            let rules = self.standard.file_rules();
            let Some(rule) = rules.get(usize::from(found.what.rule)) else { return Ok(()) };
            if rule.needs_all() && !self.complete {
                return Ok(());
            }
            let finding = self.finding(rule, &found, places);
            let (file, key) = (self.name(places.line(found.at).0), places.masks.text(found.what.mask));
            self.tally.finding(file, key, &finding);
            line.clear();
            finding::append(&mut line, file, key, &finding);
            self.out.write_all(&line)?;
            records.push(by_record(&found, finding.verdict))
        })?;
        self.count(records)
    }

    fn name(&self, file: usize) -> &'t str {
        let names = self.names;
        names.get(file).map(String::as_str).unwrap_or_default()
    }

    fn finding(&self, rule: &FileRule, found: &Found, places: &Places) -> Finding {
        let other = found.other.map(|at| {
            let (file, line, record) = places.line(at);
            Elsewhere { file: self.name(file).to_owned(), line, record }
        });
        let (_, line, record) = places.line(found.at);
        let mut finding = Finding {
            file: None,
            column: None,
            line,
            record: Some(record),
            pointer: places.pointers.text(found.what.pointer).to_owned(),
            rule: rule.id.clone(),
            force: rule.force,
            verdict: self.standard.weigh(rule.force, self.strictness),
            expected: rule.expected.clone(),
            found: words(rule, found.mark, other.as_ref()),
            source: rule.source.clone(),
            erratum: rule.erratum.clone(),
            other,
            open: None,
        };
        // How tables are written is our convention, and no product fails by it.
        let (rule, how) = match found.what.doubt {
            _ if finding.verdict == Verdict::Pass => return finding,
            Doubt::None => return finding,
            Doubt::Form => (CELL_FORM, "written as programs write what they take for a number, or for no value"),
            Doubt::Type => (CELL_TYPE, "in a cell of another type than its column should have"),
        };
        finding.rule = rule.into();
        finding.found = format!("{}, {how}", finding.found);
        (finding.force, finding.verdict) = (Force::I, Verdict::Warn);
        (finding.source, finding.erratum) = (CONVENTION.into(), None);
        finding
    }

    /// Records count by the worst that was found in them: what is found now may be worse than what was before.
    fn count(&mut self, records: Runs) -> Result<()> {
        let mut last = None;
        records.merge(&mut |row| {
            if last.replace(row.at.record()) != Some(row.at.record()) {
                self.tally.worsened(row.what().worst, row.role() as u8);
            }
            Ok(())
        })
    }
}

/// The worst finding of a record comes first.
fn by_record(found: &Found, verdict: Verdict) -> Row {
    let what = What { worst: found.what.worst, ..What::default() };
    Row::new([found.at.record(), 0], rank(verdict), 0, At::new(found.at.record(), 0), what)
}

fn words(rule: &FileRule, mark: u8, other: Option<&Elsewhere>) -> String {
    let there = other.map(|other| place_in_file(&other.file, other.line, None, Some(other.record))).unwrap_or_default();
    match &rule.kind {
        FileKind::Unique { marks, .. } => match marks.get(usize::from(mark)).filter(|_| mark != NO_MARK) {
            Some(mark) => format!("the same at {there}, with another {}", mark.words()),
            None => format!("the same at {there}"),
        },
        FileKind::OnePerKey { value, .. } => {
            let words = value.first().map(|path| path.words()).unwrap_or_default();
            format!("another {words} than most have, as at {there}")
        }
        FileKind::Resolves { .. } => "nothing of that identity in the files".into(),
        FileKind::Symmetry { .. } => format!("what is said back at {there} does not go with it"),
    }
}
