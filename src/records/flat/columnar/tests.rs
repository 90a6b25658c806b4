//! What another hand wrote is read as it was, and nothing that is damaged ends more than its file.

#[path = "../../../../tests/parquet_file/mod.rs"]
mod parquet_file;

use super::{Nested, Parquet, Rows};
use crate::records::flat::header::Setting;
use crate::records::flat::rows::{Next, Row, RowSource};
use crate::standard::Standard;
use parquet::column::writer::ColumnWriter;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet_file::{text, write};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

/// The same nine rows in two groups, packed in two ways, with pages of both versions; written by pyarrow 26.
const PACKED: [&[u8]; 4] = [
    include_bytes!("../../../../fixtures/parquet/gzip-1.parquet"),
    include_bytes!("../../../../fixtures/parquet/gzip-2.parquet"),
    include_bytes!("../../../../fixtures/parquet/zstd-1.parquet"),
    include_bytes!("../../../../fixtures/parquet/zstd-2.parquet"),
];

/// Six groups with lists in lists, some of them empty or null, as JSON and written by pyarrow 26 in two ways.
const LISTS: (&str, [&[u8]; 2]) = (
    include_str!("../../../../fixtures/parquet/lists.ndjson"),
    [
        include_bytes!("../../../../fixtures/parquet/lists-1.parquet"),
        include_bytes!("../../../../fixtures/parquet/lists-2.parquet"),
    ],
);

static STANDARD: LazyLock<Standard> = LazyLock::new(|| Standard::built_in("dec2025").expect("the built-in standard"));

fn open(bytes: Vec<u8>) -> std::io::Result<Parquet> {
    Parquet::new(Box::new(Cursor::new(bytes)))
}

/// The records of a file with lists, each with its row; `None` where it is trouble.
fn records(bytes: Vec<u8>, limit: usize) -> Option<Vec<(u64, Value)>> {
    let setting = Setting { standard: &STANDARD, class: "Group", mapping: None, limit };
    let mut nested = Nested::new(open(bytes).ok()?, setting).ok()?;
    let mut records = Vec::new();
    while let Some(chunk) = nested.next(Vec::new()).ok()? {
        records.extend(chunk.spans.iter().map(|span| {
            // Where it is damaged a text may be none.
            let text = String::from_utf8_lossy(&chunk.data[span.start..span.end]);
            (span.line, serde_json::from_str(&text).expect("a record is JSON"))
        }));
    }
    Some(records)
}

/// A file of one column of texts: the values, and the levels by which they stand in rows.
fn column(schema: &str, values: &[&str], defined: &[i16], lists: &[i16]) -> Vec<u8> {
    columns(schema, &[(values, defined, lists)])
}

type Levels<'l> = (&'l [&'l str], &'l [i16], &'l [i16]);

fn columns(schema: &str, columns: &[Levels<'_>]) -> Vec<u8> {
    let schema = parse_message_type(&format!("message records {{ {schema} }}")).expect("a schema");
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for (values, defined, lists) in columns {
        let mut column = group.next_column().expect("a column").expect("there is one more");
        let ColumnWriter::ByteArrayColumnWriter(writer) = column.untyped() else { panic!("a column of texts") };
        let values: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec().into()).collect();
        writer.write_batch(&values, Some(defined), Some(lists)).expect("values are written");
        column.close().expect("the column ends");
    }
    group.close().expect("the group ends");
    writer.into_inner().expect("the file ends")
}

/// All rows of a file with their numbers; `None` where it is trouble.
fn rows(bytes: Vec<u8>) -> Option<Vec<(u64, Vec<String>)>> {
    let mut rows = Rows::new(open(bytes).ok()?, 1 << 20).ok()?;
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

#[test]
fn rows_with_lists_are_the_records_they_were_made_of() {
    let expected: Vec<(u64, Value)> =
        (1..).zip(LISTS.0.lines().map(|line| serde_json::from_str(line).expect("JSON"))).collect();
    for file in LISTS.1 {
        assert_eq!(records(file.to_vec(), 1 << 20).expect("a sound file"), expected);
    }
}

#[test]
fn a_row_beyond_the_limit_is_left_out_and_the_others_are_whole() {
    let limit = LISTS.0.lines().map(str::len).max().expect("there are some") - 1;
    let lines: Vec<u64> = records(LISTS.1[0].to_vec(), limit).expect("a sound file").iter().map(|row| row.0).collect();
    assert_eq!(lines, [1, 2, 3, 4, 6]);
    // Names and nulls count as well: a row that repeats a few bytes is not written out.
    let schema = "optional group a (MAP) { repeated group key_value { required binary key (STRING); \
                  optional binary value (STRING); } }";
    let (long, mut again) = ("k".repeat(60), [1; 1000]);
    again[0] = 0;
    let keys = (&[long.as_str(); 1000][..], &[2; 1000][..], &again[..]);
    assert_eq!(records(columns(schema, &[keys, (&[], &[2; 1000], &again)]), 99), Some(vec![]));
}

/// Each way in which programs write a list: what is null is absent, or null in a list; what is empty is empty.
#[test]
fn lists_are_read_however_they_are_written() {
    let usual = "optional group a (LIST) { repeated group list { optional binary element (STRING); } }";
    let rows = [json!({"a": ["x", "y"]}), json!({}), json!({"a": []}), json!({"a": [null, "z"]})];
    let expected: Vec<(u64, Value)> = (1..).zip(rows).collect();
    let file = column(usual, &["x", "y", "z"], &[3, 3, 0, 1, 2, 3], &[0, 1, 0, 0, 0, 1]);
    assert_eq!(records(file, 99), Some(expected));
    // Items that cannot be null, in a group that is optional.
    let rows = [json!({"a": ["x", "y"]}), json!({}), json!({"a": []}), json!({"a": ["z"]})];
    let expected: Vec<(u64, Value)> = (1..).zip(rows).collect();
    for schema in [
        "optional group a (LIST) { repeated binary element (STRING); }",
        "optional group a (LIST) { repeated group list { required binary element (STRING); } }",
    ] {
        assert_eq!(
            records(column(schema, &["x", "y", "z"], &[2, 2, 0, 1, 2], &[0, 1, 0, 0, 0]), 99),
            Some(expected.clone())
        );
    }
    // Without a group around them: none is empty.
    let bare = "repeated binary a (STRING);";
    let rows = [json!({"a": ["x"]}), json!({"a": []}), json!({"a": ["y", "z"]})];
    let expected: Vec<(u64, Value)> = (1..).zip(rows).collect();
    assert_eq!(records(column(bare, &["x", "y", "z"], &[1, 0, 1, 1], &[0, 0, 0, 1]), 99), Some(expected));
    // The repeated group is the item itself, since it has an old name, or several fields.
    for schema in [
        "optional group a (LIST) { repeated group array { optional binary b (STRING); } }",
        "optional group a (LIST) { repeated group a_tuple { optional binary b (STRING); } }",
    ] {
        let file = column(schema, &["x", "y"], &[3, 2, 3], &[0, 1, 1]);
        assert_eq!(records(file, 99), Some(vec![(1, json!({"a": [{"b": "x"}, {}, {"b": "y"}]}))]));
    }
    let two =
        "optional group a (LIST) { repeated group list { optional binary b (STRING); optional binary c (STRING); } }";
    let file = columns(two, &[(&["x"], &[3, 2], &[0, 1]), (&["y"], &[2, 3], &[0, 1])]);
    assert_eq!(records(file, 99), Some(vec![(1, json!({"a": [{"b": "x"}, {"c": "y"}]}))]));
    // Lists in lists.
    let inner = "optional group element (LIST) { repeated group list { optional binary element (STRING); } }";
    let schema = format!("optional group a (LIST) {{ repeated group list {{ {inner} }} }}");
    let file = column(&schema, &["x", "y", "z"], &[5, 5, 3, 5, 1], &[0, 2, 1, 1, 0]);
    let expected = vec![(1, json!({"a": [["x", "y"], [], ["z"]]})), (2, json!({"a": []}))];
    assert_eq!(records(file, 99), Some(expected));
}

#[test]
fn a_map_is_an_object() {
    let schema = "optional group a (MAP) { repeated group key_value { required binary key (STRING); \
                  optional binary value (STRING); } }";
    let keys = (&["x", "y\"", "z"][..], &[2_i16, 2, 0, 1, 2][..], &[0_i16, 1, 0, 0, 0][..]);
    let values = (&["1", "3"][..], &[3_i16, 2, 0, 1, 3][..], &[0_i16, 1, 0, 0, 0][..]);
    let rows = [json!({"a": {"x": "1", "y\"": null}}), json!({}), json!({"a": {}}), json!({"a": {"z": "3"}})];
    assert_eq!(records(columns(schema, &[keys, values]), 99), Some((1..).zip(rows).collect()));
}

#[test]
fn columns_that_do_not_fit_together_are_damaged() {
    let two =
        "optional group a (LIST) { repeated group list { optional binary b (STRING); optional binary c (STRING); } }";
    for other in [(&["y"][..], &[3_i16][..], &[0_i16][..]), (&["y", "y", "y"], &[3, 3, 3], &[0, 1, 1])] {
        assert_eq!(records(columns(two, &[(&["x"], &[3, 2], &[0, 1]), other]), 99), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_has_lists_and_is_damaged_is_read_or_refused(
        file in 0..2usize, spoilt in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = LISTS.1[file].to_vec();
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        records(bytes, 1 << 20);
    }

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
