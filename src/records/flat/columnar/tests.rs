//! What another hand wrote is read as it was, and nothing that is damaged ends more than its file.

#[path = "../../../../tests/parquet_file/mod.rs"]
mod parquet_file;

use super::open;
use crate::records::flat::rows::{Next, Row, RowSource};
use parquet_file::{text, write};
use proptest::prelude::*;
use std::io::Cursor;

/// The same nine rows in two groups, packed in two ways, with pages of both versions; written by pyarrow 26.
const PACKED: [&[u8]; 4] = [
    include_bytes!("../../../../fixtures/parquet/gzip-1.parquet"),
    include_bytes!("../../../../fixtures/parquet/gzip-2.parquet"),
    include_bytes!("../../../../fixtures/parquet/zstd-1.parquet"),
    include_bytes!("../../../../fixtures/parquet/zstd-2.parquet"),
];

/// All rows of a file with their numbers; `None` where it is trouble.
fn rows(bytes: Vec<u8>) -> Option<Vec<(u64, Vec<String>)>> {
    let mut rows = open(Box::new(Cursor::new(bytes)), 1 << 20).ok()?;
    let (mut row, mut all) = (Row::default(), Vec::new());
    loop {
        match rows.next(&mut row).ok()? {
            Next::Row => all.push((
                row.line,
                row.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect::<Vec<_>>(),
            )),
            Next::Flaw(_) => {}
            Next::End => return Some(all),
        }
    }
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1..5usize, 0..20usize).prop_flat_map(|(columns, rows)| {
        let cell = prop_oneof![2 => Just(String::new()), 1 => Just("same".to_owned()), 3 => "\\PC{0,9}"];
        proptest::collection::vec(proptest::collection::vec(cell, rows), columns)
    })
}

#[test]
fn what_is_packed_with_gzip_or_zstd_is_read() {
    let [first, others @ ..] = PACKED.map(|bytes| rows(bytes.to_vec()).expect("a sound file"));
    assert_eq!(first.len(), 10);
    assert_eq!(first[0].1, ["identifier[UIN]", "name.surname", "birth_date", "sex", "registration_date"]);
    assert_eq!(first[4].1, ["900000173", "Zo\u{eb}", "1990-01-31", "female", "2020-01-31T00:00:00Z"]);
    for other in others {
        assert_eq!(other, first);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_packed_and_damaged_is_read_or_refused(
        file in 0..4usize, spoilt in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = PACKED[file].to_vec();
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        rows(bytes);
    }

    #[test]
    fn what_was_written_is_read(table in table(), packed: bool, group in 1..8usize) {
        let columns: Vec<_> = table.iter().enumerate().map(|(at, cells)| {
            text(&format!("c{at}"), &cells.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let read = rows(write(&columns, packed, group)).expect("a sound file");
        let names = (1, (0..table.len()).map(|at| format!("c{at}")).collect());
        let count = table.first().map_or(0, Vec::len);
        let cells = |row: usize| table.iter().map(|cells| cells[row].clone()).collect();
        let expected: Vec<_> = std::iter::once(names).chain((0..count).map(|row| (row as u64 + 1, cells(row)))).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn what_is_damaged_is_read_or_refused(
        table in table(), packed: bool, spoilt in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let columns: Vec<_> =
            table.iter().map(|cells| text("c", &cells.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        let mut bytes = write(&columns, packed, 4);
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        rows(bytes);
    }
}
