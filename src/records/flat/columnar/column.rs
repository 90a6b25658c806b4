//! A column of a Parquet file, cell by cell.

use super::file::{File, PAGE, Survey, damaged, packed};
use super::guard::guarded;
use super::pages::{Bounded, Pages};
use super::text::{Meaning, float, int96};
use crate::records::flat::rows::Odd;
use crate::records::flat::wrong;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::page::PageReader;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{DataType, Int96};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescriptor;
use std::io::{Result, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows read at a time, where a page is small: what they point into is kept with them.
const ROWS: usize = 1024;
/// The same of a column whose rows have lists.
const ROWS_WITH_LISTS: usize = 64;
/// The most digits behind the point.
const DIGITS: u32 = 76;

fn parts(unit: &TimeUnit) -> u32 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// What the values of a column stand for; `None` where they have no text.
fn meaning_of(column: &ColumnDescriptor) -> Option<Meaning> {
    use Meaning::{Date, Decimal, Moment, Plain, Time, Unsigned, Uuid};
    let bits = if column.physical_type() == Type::INT32 { 32 } else { 64 };
    // What newer files say goes before what is kept for old readers: these know no billionths of a second.
    let meaning = match column.logical_type_ref() {
        Some(LogicalType::Time(time)) => Time(parts(&time.unit)),
        Some(LogicalType::Timestamp(moment)) => Moment { parts: parts(&moment.unit), utc: moment.is_adjusted_to_u_t_c },
        Some(LogicalType::Uuid) => Uuid,
        Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => Plain,
        // `Unknown` is the type of a column without any value.
        Some(LogicalType::Date | LogicalType::Decimal(_) | LogicalType::Integer(_) | LogicalType::Unknown) | None => {
            match column.converted_type() {
                ConvertedType::DATE => Date,
                ConvertedType::TIME_MILLIS => Time(1_000),
                ConvertedType::TIME_MICROS => Time(1_000_000),
                ConvertedType::TIMESTAMP_MILLIS => Moment { parts: 1_000, utc: true },
                ConvertedType::TIMESTAMP_MICROS => Moment { parts: 1_000_000, utc: true },
                ConvertedType::DECIMAL => Decimal(u32::try_from(column.type_scale()).ok()?),
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Unsigned(bits)
                }
                ConvertedType::INTERVAL
                | ConvertedType::BSON
                | ConvertedType::LIST
                | ConvertedType::MAP
                | ConvertedType::MAP_KEY_VALUE => return None,
                _ => Plain,
            }
        }
        Some(_) => return None,
    };
    let fits = match (column.physical_type(), meaning) {
        (Type::BOOLEAN | Type::FLOAT | Type::DOUBLE | Type::INT96, meaning) => meaning == Plain,
        (Type::INT32 | Type::INT64, meaning) => meaning != Uuid,
        (Type::BYTE_ARRAY, meaning) => matches!(meaning, Plain | Decimal(_)),
        (Type::FIXED_LEN_BYTE_ARRAY, Uuid) => column.type_length() == 16,
        (Type::FIXED_LEN_BYTE_ARRAY, meaning) => matches!(meaning, Plain | Decimal(_)),
    };
    let few = !matches!(meaning, Decimal(digits) if digits > DIGITS);
    (fits && few).then_some(meaning)
}

/// The cells of a column in one group of rows. Where rows have lists, a row has a cell for each item.
pub(super) trait Cells: Send {
    /// Adds the text of the next cell; nothing where it holds no value. `None` where it cannot be read.
    fn next(&mut self, out: &mut Vec<u8>) -> Option<()>;

    /// How many of the structs, lists and values on the way to the next cell are there. `None` where it cannot be read.
    fn defined(&mut self) -> Option<i16>;

    /// Which of the lists on its way, from 1, the next cell goes on with; 0 where it starts a row, or where there is none.
    fn goes_on(&self) -> i16;

    /// True where there is no cell left.
    fn ended(&mut self) -> bool;
}

/// Writes a value; `None` where it cannot be one.
type Pen<V> = Box<dyn Fn(&V, &mut Vec<u8>) -> Option<()> + Send>;

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// The level at which there is a value; 0 where there always is one.
    present: i16,
    pen: Pen<T::T>,
    rows: usize,
    levels: Vec<i16>,
    /// Which list each cell goes on with, where rows have lists.
    lists: Option<Vec<i16>>,
    values: Vec<T::T>,
    /// Cells and values of those read that were taken.
    cell: usize,
    value: usize,
    read: usize,
    bound: Bound,
}

impl<T: DataType> Typed<T> {
    fn boxed(reader: ColumnReaderImpl<T>, how: How, pen: Pen<T::T>) -> Box<dyn Cells>
    where
        ColumnReaderImpl<T>: Send,
    {
        let How { present, rows, lists, bound } = how;
        let (levels, lists, values) = (Vec::new(), lists.then(Vec::new), Vec::new());
        Box::new(Typed { reader, present, pen, rows, levels, lists, values, cell: 0, value: 0, read: 0, bound })
    }

    /// Reads some rows more; false at the end.
    fn read(&mut self) -> Option<bool> {
        self.levels.clear();
        self.values.clear();
        self.lists.iter_mut().for_each(Vec::clear);
        (self.cell, self.value, self.read) = (0, 0, 0);
        self.bound.left.store(self.bound.most, Ordering::Relaxed);
        let (reader, rows, levels, values) = (&mut self.reader, self.rows, &mut self.levels, &mut self.values);
        let lists = self.lists.as_mut();
        let (_, _, cells) = guarded(move || reader.read_records(rows, Some(levels), lists, values))?.ok()?;
        self.read = cells;
        Some(cells > 0)
    }

    /// Goes on to the next cell; `None` where there is none or it cannot be read.
    fn at_a_cell(&mut self) -> Option<()> {
        (self.cell < self.read || self.read()?).then_some(())
    }
}

impl<T: DataType> Cells for Typed<T>
where
    ColumnReaderImpl<T>: Send,
{
    fn next(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let defined = self.defined()?;
        self.cell += 1;
        if defined == self.present {
            (self.pen)(self.values.get(self.value)?, out)?;
            self.value += 1;
        }
        Some(())
    }

    fn defined(&mut self) -> Option<i16> {
        self.at_a_cell()?;
        if self.present == 0 { Some(0) } else { self.levels.get(self.cell).copied() }
    }

    fn goes_on(&self) -> i16 {
        // Whole rows are read: behind what was read another one starts.
        self.lists.as_ref().and_then(|lists| lists.get(self.cell)).copied().unwrap_or(0)
    }

    fn ended(&mut self) -> bool {
        self.cell == self.read && self.read() == Some(false)
    }
}

/// How a column is read.
struct How {
    /// The level at which there is a value; 0 where there always is one.
    present: i16,
    rows: usize,
    lists: bool,
    bound: Bound,
}

/// How many cells of a column may be read at once: a row may say it has any number of them.
#[derive(Default)]
struct Bound {
    most: u64,
    left: Arc<AtomicU64>,
}

/// A column of a group of so many rows, of which this was found out.
pub(super) fn cells(file: &File, chunk: &ColumnChunkMetaData, rows: u64, survey: &Survey) -> Result<Box<dyn Cells>> {
    let column = chunk.column_descr_ptr();
    let Some(meaning) = meaning_of(&column) else {
        return Err(damaged("a column holds values without a text"));
    };
    let lists = column.max_rep_level() > 0;
    let bound = Bound { most: survey.at_once(), left: Arc::default() };
    let open = || {
        let pages: Box<dyn PageReader> = match packed(chunk) {
            true => Box::new(Pages::new(file.clone(), file.place(chunk).ok()?)),
            false => {
                let (file, rows) = (Arc::new(file.clone()), usize::try_from(rows).ok()?);
                Box::new(SerializedPageReader::new(file, chunk, rows, None).ok()?)
            }
        };
        let bounded = |pages| Box::new(Bounded { pages, left: Arc::clone(&bound.left) });
        let pages = if lists { bounded(pages) } else { pages };
        Some(get_column_reader(Arc::clone(&column), pages))
    };
    let reader = guarded(open).flatten().ok_or_else(|| damaged("a column cannot be read"))?;
    // A batch points into its pages, so they are held with it: fewer rows of larger ones.
    let most = if lists { ROWS_WITH_LISTS } else { ROWS };
    let rows = usize::try_from(PAGE / survey.held.max(1)).unwrap_or(most).clamp(1, most);
    let how = How { present: column.max_def_level(), rows, lists, bound };
    Ok(match reader {
        ColumnReader::BoolColumnReader(reader) => {
            Typed::boxed(reader, how, Box::new(|value, out| write!(out, "{value}").ok()))
        }
        ColumnReader::Int32ColumnReader(reader) => {
            Typed::boxed(reader, how, sure(move |value, out| meaning.integer(i64::from(*value), out)))
        }
        ColumnReader::Int64ColumnReader(reader) => {
            Typed::boxed(reader, how, sure(move |value, out| meaning.integer(*value, out)))
        }
        ColumnReader::Int96ColumnReader(reader) => {
            let words = |value: &Int96| value.data().try_into().unwrap_or_default();
            Typed::boxed(reader, how, sure(move |value, out| int96(words(value), out)))
        }
        ColumnReader::FloatColumnReader(reader) => {
            Typed::boxed(reader, how, sure(|value, out| float(f64::from(*value), value, out)))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            Typed::boxed(reader, how, sure(|value, out| float(*value, value, out)))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            Typed::boxed(reader, how, Box::new(move |value, out| meaning.bytes(value.data(), out)))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            Typed::boxed(reader, how, Box::new(move |value, out| meaning.bytes(value.data(), out)))
        }
    })
}

/// A pen for values that all have a text.
fn sure<V>(write: impl Fn(&V, &mut Vec<u8>) + Send + 'static) -> Pen<V> {
    Box::new(move |value, out| {
        write(value, out);
        Some(())
    })
}

/// What the type of a column makes of all its values, where that is not text.
///
/// # Errors
/// Its values have no text.
pub(super) fn odd(column: &ColumnDescriptor) -> Result<Option<Odd>> {
    let name = column.path().string();
    let Some(meaning) = meaning_of(column) else {
        let words = format!("its column {name:?} holds values that have no text; leave it out, or write it as text");
        return Err(wrong(words));
    };
    Ok(match (meaning, column.physical_type()) {
        (Meaning::Date | Meaning::Moment { .. } | Meaning::Time(_), _) | (_, Type::INT96) => Some(Odd::Dates),
        (Meaning::Unsigned(_) | Meaning::Decimal(_), _) => Some(Odd::Numbers),
        (Meaning::Plain, Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE) => Some(Odd::Numbers),
        (Meaning::Plain | Meaning::Uuid, _) => None,
    })
}
