//! What another hand wrote is read as it was, and nothing that is damaged ends more than its file.

use super::open;
use crate::records::flat::rows::{Next, Row, RowSource};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Cells with something in them, by row and column from 0; `None` where the file is trouble.
fn cells(bytes: Vec<u8>) -> Option<BTreeMap<(u64, usize), String>> {
    let (mut rows, ..) = open(Box::new(Cursor::new(bytes)), None, 1 << 20).ok()?;
    let (mut row, mut all) = (Row::default(), BTreeMap::new());
    loop {
        match rows.next(&mut row).ok()? {
            Next::Row => all.extend(
                row.cells()
                    .enumerate()
                    .filter(|(_, cell)| !cell.is_empty())
                    .map(|(at, cell)| ((row.line - 1, at), String::from_utf8_lossy(cell).into_owned())),
            ),
            Next::Flaw(_) => {}
            Next::End => return Some(all),
        }
    }
}

fn table() -> impl Strategy<Value = BTreeMap<(u64, usize), String>> {
    let cell = prop_oneof![1 => Just("same".to_owned()), 3 => "\\PC{1,9}"];
    proptest::collection::btree_map((0..30u64, 0..40usize), cell, 1..40)
}

fn write(table: &BTreeMap<(u64, usize), String>) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for ((row, column), cell) in table {
        let (row, column) = (u32::try_from(*row).expect("few"), u16::try_from(*column).expect("few"));
        sheet.write_string(row, column, cell).expect("a cell");
    }
    book.save_to_buffer().expect("bytes")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_was_written_is_read(table in table()) {
        prop_assert_eq!(cells(write(&table)), Some(table));
    }

    #[test]
    fn what_is_damaged_is_read_or_refused(
        table in table(), spoilt in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = write(&table);
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        cells(bytes);
    }
}
