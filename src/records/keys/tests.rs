//! Findings between records against a comparison of everything with everything, and the two ways a record is read.

use super::gather::{BACK, FORTH, REFERENCE, TARGET, group};
use super::row::What;
use super::*;
use crate::standard::Standard;
use crate::standard::rules::Trait;
use crate::standard::rules::file::FileKind;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static STANDARD: LazyLock<Standard> =
    LazyLock::new(|| Standard::built_in("dec2025").expect("the standard that is built in"));

/// One entry of one record, in small numbers: rule, key, role, what it says, owner.
#[derive(Clone, Debug)]
struct Piece {
    rule: usize,
    key: u8,
    role: u8,
    says: [u8; 3],
    owner: u8,
}

/// A rule of each kind: owners with marks, owners without, values, references, statements.
fn rules() -> Vec<Arc<FileRule>> {
    let all = STANDARD.file_rules();
    let is = |wanted: fn(&FileKind) -> bool| all.iter().find(|rule| wanted(&rule.kind)).cloned().expect("a rule");
    vec![
        is(|kind| matches!(kind, FileKind::Unique { marks, .. } if !marks.is_empty())),
        is(|kind| matches!(kind, FileKind::Unique { marks, .. } if marks.is_empty())),
        is(|kind| matches!(kind, FileKind::OnePerKey { .. })),
        is(|kind| matches!(kind, FileKind::Resolves { .. })),
        is(|kind| matches!(kind, FileKind::Symmetry { .. })),
    ]
}

/// One of a few codes, of which some answer each other.
fn code(rule: &FileRule, number: u8) -> u16 {
    let FileKind::Symmetry { opposites, .. } = &rule.kind else { return 0 };
    let codes = ["SON", "FTH", "MTH", "BRO"];
    opposites.number(codes[usize::from(number) % 4]).expect("a code of the rule")
}

fn row(rules: &[Arc<FileRule>], record: u64, ordinal: u16, piece: &Piece) -> Row {
    let rule = &rules[piece.rule];
    let detail = match (&rule.kind, piece.says) {
        (FileKind::Unique { marks, .. }, _) if marks.is_empty() => u64::from(piece.owner),
        (FileKind::Unique { .. }, says) => says.iter().fold(0, |all, mark| all << 16 | u64::from(*mark)),
        (FileKind::OnePerKey { .. }, [value, ..]) => u64::from(value) + 1,
        (FileKind::Resolves { .. }, _) => u64::from(piece.owner) << 16,
        (FileKind::Symmetry { .. }, [said, ..]) => u64::from(piece.owner) << 16 | u64::from(code(rule, said)),
    };
    let role = match &rule.kind {
        FileKind::Resolves { .. } | FileKind::Symmetry { .. } => piece.role,
        _ => 0,
    };
    let what = What { ordinal, rule: rule.number, ..What::default() };
    Row::new(group(rule, Digest::from(u128::from(piece.key))), role, detail, At::new(record, 0), what)
}

type Hit = (u8, u64, u16);

/// What the comparison finds: rule, record, entry.
fn found(rows: &[Row], memory: usize) -> Vec<Hit> {
    let mut parts = [Runs::new(memory), Runs::new(memory)];
    rows.iter().for_each(|row| parts[(row.key[0] >> 63) as usize].push(*row).expect("room"));
    let compare = |part: Runs| {
        let mut comparison = Comparison::new(STANDARD.file_rules(), memory);
        part.merge(&mut |row| comparison.feed(row)).expect("room");
        comparison
    };
    let mut all = Vec::new();
    Comparison::findings(parts.map(compare).into(), &mut |found| {
        all.push((found.what.rule, found.at.record(), found.what.ordinal));
        Ok(())
    })
    .expect("room");
    all
}

/// The same, by looking at all other rows for each row.
fn naive(rows: &[Row]) -> BTreeSet<Hit> {
    let all = STANDARD.file_rules();
    let rule = |row: &Row| all[usize::from(row.rule())].clone();
    let of = |row: &Row| (row.at.record(), row.what().ordinal);
    let near = |row: &Row| -> Vec<Row> { rows.iter().filter(|other| other.group() == row.group()).copied().collect() };
    let hit = |row: &&Row| match &rule(row).kind {
        FileKind::Unique { marks, .. } if marks.is_empty() => {
            let first = near(row).into_iter().min_by_key(of).expect("itself");
            (first.at.record(), first.detail) != (row.at.record(), row.detail)
        }
        FileKind::Unique { marks, .. } => {
            let mut before: Vec<Row> = near(row).into_iter().filter(|other| of(other) < of(row)).collect();
            before.sort_by_key(of);
            let mark = |row: &Row, index: usize| (row.detail >> (16 * index) & 0xFFFF) as u16;
            let mut known = vec![0u16; marks.len()];
            let differs = |known: &[u16], row: &Row| {
                (0..known.len()).any(|n| known[n] != 0 && mark(row, n) != 0 && known[n] != mark(row, n))
            };
            for other in &before {
                if !differs(&known, other) {
                    known
                        .iter_mut()
                        .enumerate()
                        .filter(|(_, known)| **known == 0)
                        .for_each(|(n, known)| *known = mark(other, n));
                }
            }
            differs(&known, row)
        }
        FileKind::OnePerKey { .. } => {
            let others = near(row);
            let count = |value: u64| others.iter().filter(|other| other.detail == value).count();
            let first = |value: u64| others.iter().filter(|other| other.detail == value).map(of).min().expect("itself");
            let meant = others
                .iter()
                .map(|other| other.detail)
                .max_by_key(|value| (count(*value), std::cmp::Reverse(first(*value))));
            Trait::from_bits(row.detail).differs(Trait::from_bits(meant.expect("itself")))
        }
        FileKind::Resolves { .. } => {
            let mine = rows.iter().filter(|other| {
                other.rule() == row.rule()
                    && other.role() == u64::from(REFERENCE)
                    && other.at == row.at
                    && other.detail == row.detail
            });
            let resolved = |key: &Row| near(key).iter().any(|other| other.role() == u64::from(TARGET));
            let mine: Vec<&Row> = mine.collect();
            row.role() == u64::from(REFERENCE)
                && !mine.iter().any(|key| resolved(key))
                && mine.iter().map(|key| of(key)).min() == Some(of(row))
        }
        FileKind::Symmetry { .. } => {
            let answer = |key: &Row| {
                let back: Vec<Row> = near(key).into_iter().filter(|other| other.role() != key.role()).collect();
                let word = |row: &Row| (row.detail & 0xFFFF) as u16;
                let rule = rule(key);
                let answers = |back: &Row| rule.answers(word(key), word(back)) == Some(true);
                (!back.is_empty()).then(|| back.iter().any(answers))
            };
            let mine = rows.iter().filter(|other| {
                other.rule() == row.rule() && other.at == row.at && other.detail >> 16 == row.detail >> 16
            });
            let bad: Vec<&Row> = mine.clone().filter(|key| answer(key) == Some(false)).collect();
            let good = mine.clone().any(|key| answer(key) == Some(true));
            !good && bad.iter().map(|key| of(key)).min() == Some(of(row)) && answer(row) == Some(false)
        }
    };
    rows.iter().filter(hit).map(|row| (row.rule(), row.at.record(), row.what().ordinal)).collect()
}

fn piece() -> impl Strategy<Value = Piece> {
    let roles = prop_oneof![Just(FORTH), Just(BACK)];
    let says = [0u8..3, 0u8..3, 0u8..3];
    (0usize..5, 0u8..3, roles, says, 0u8..2).prop_map(|(rule, key, role, says, owner)| Piece {
        rule,
        key,
        role,
        says,
        owner,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_comparing_all_with_all_finds(records in proptest::collection::vec(proptest::collection::vec(piece(), 0..6), 0..14)) {
        let rules = rules();
        let mut rows = Vec::new();
        for (record, pieces) in (0u64..).zip(&records) {
            rows.extend((0u16..).zip(pieces).map(|(ordinal, piece)| row(&rules, record, ordinal, piece)));
        }
        let all = found(&rows, 1 << 20);
        prop_assert_eq!(&found(&rows, 0), &all, "a file makes no difference");
        prop_assert!(all.is_sorted());
        prop_assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), naive(&rows));
        prop_assert_eq!(all.len(), naive(&rows).len());
    }
}
