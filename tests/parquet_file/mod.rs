//! Parquet files for tests, written by the writer of the crate whose reader the suite has.

#![allow(dead_code)] // each of the tests uses its own part

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::sync::Arc;

/// The cells of a column; `None` for no value.
#[derive(Clone, Debug)]
pub enum Cells {
    Text(Vec<Option<String>>),
    Whole(Vec<Option<i64>>),
    Day(Vec<Option<i32>>),
    Truth(Vec<Option<bool>>),
}

/// A column with its name and, where it is not what its cells are anyway, what they stand for.
pub type Column = (String, Option<LogicalType>, Cells);

/// A column of text.
pub fn text(name: &str, cells: &[&str]) -> Column {
    let cells = cells.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect();
    (name.to_owned(), Some(LogicalType::String), Cells::Text(cells))
}

fn split<T: Clone>(cells: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
    (cells.iter().flatten().cloned().collect(), cells.iter().map(|cell| i16::from(cell.is_some())).collect())
}

/// A file of these columns, packed with Snappy or not, in groups of so many rows.
pub fn write(columns: &[Column], packed: bool, rows: usize) -> Vec<u8> {
    let fields = columns.iter().map(|(name, meaning, cells)| {
        let physical = match cells {
            Cells::Text(_) => Physical::BYTE_ARRAY,
            Cells::Whole(_) => Physical::INT64,
            Cells::Day(_) => Physical::INT32,
            Cells::Truth(_) => Physical::BOOLEAN,
        };
        let field = Type::primitive_type_builder(name, physical).with_logical_type(meaning.clone());
        Arc::new(field.with_repetition(Repetition::OPTIONAL).build().expect("a field"))
    });
    let schema = Type::group_type_builder("records").with_fields(fields.collect()).build().expect("a schema");
    let packed = if packed { Compression::SNAPPY } else { Compression::UNCOMPRESSED };
    let properties = Arc::new(WriterProperties::builder().set_compression(packed).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).expect("a writer");
    let count = columns.first().map_or(0, |(.., cells)| match cells {
        Cells::Text(cells) => cells.len(),
        Cells::Whole(cells) => cells.len(),
        Cells::Day(cells) => cells.len(),
        Cells::Truth(cells) => cells.len(),
    });
    for first in (0..count).step_by(rows) {
        let range = first..(first + rows).min(count);
        let mut group = writer.next_row_group().expect("a group");
        for (.., cells) in columns {
            let mut column = group.next_column().expect("a column").expect("there is one more");
            let written = match (column.untyped(), cells) {
                (ColumnWriter::ByteArrayColumnWriter(writer), Cells::Text(cells)) => {
                    let (values, levels) = split(&cells[range.clone()]);
                    let values: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec().into()).collect();
                    writer.write_batch(&values, Some(&levels), None)
                }
                (ColumnWriter::Int64ColumnWriter(writer), Cells::Whole(cells)) => {
                    let (values, levels) = split(&cells[range.clone()]);
                    writer.write_batch(&values, Some(&levels), None)
                }
                (ColumnWriter::Int32ColumnWriter(writer), Cells::Day(cells)) => {
                    let (values, levels) = split(&cells[range.clone()]);
                    writer.write_batch(&values, Some(&levels), None)
                }
                (ColumnWriter::BoolColumnWriter(writer), Cells::Truth(cells)) => {
                    let (values, levels) = split(&cells[range.clone()]);
                    writer.write_batch(&values, Some(&levels), None)
                }
                _ => unreachable!("the schema was made of the cells"),
            };
            written.expect("values are written");
            column.close().expect("the column ends");
        }
        group.close().expect("the group ends");
    }
    writer.into_inner().expect("the file ends")
}
