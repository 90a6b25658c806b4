//! What the rows of a file with lists look like: structs, lists and values within each other, each with the levels by which
//! its columns say that it is there, or that it goes on (`LogicalTypes.md` of the Parquet format, lists).

use super::file::{Content, damaged};
use crate::records::flat::cell::{Reading, Words};
use crate::records::flat::resolve::Resolver;
use crate::records::flat::rows::Odd;
use crate::records::flat::wrong;
use crate::standard::Written;
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{Type, TypePtr};
use std::io::Result;
use std::ops::Range;
use std::sync::Arc;

/// A place in a row.
#[derive(Debug)]
pub(super) struct Slot {
    /// The level from which it is there.
    pub(super) present: i16,
    pub(super) node: Node,
    /// The columns it is made of.
    pub(super) columns: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Node {
    /// The value of a column.
    Value,
    Object(Vec<Field>),
    List {
        /// The level from which it has an item.
        filled: i16,
        /// The level at which a column goes on with it.
        level: i16,
        item: Box<Slot>,
    },
    /// A list of names and values: an object. The name is the first of its columns.
    Map {
        filled: i16,
        level: i16,
        value: Box<Slot>,
    },
}

#[derive(Debug)]
pub(super) struct Field {
    /// The name in quotes, and a colon.
    pub(super) key: String,
    pub(super) slot: Slot,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) reading: Reading,
    /// What its values are, where that may matter.
    pub(super) odd: Option<Odd>,
    /// True once that was told.
    pub(super) told: bool,
    /// A path of one of the parts, where the standard has more than one value there.
    pub(super) part: Option<String>,
}

/// The fields of a row, and the columns they are made of. Values are read as the standard has them at the place that the
/// names of fields lead to, as those of a table are.
pub(super) fn shape(content: &Content, resolver: &mut Resolver<'_>) -> Result<(Vec<Field>, Vec<Column>)> {
    let (odd, words) = (content.odd()?, Arc::default());
    let mut shaper = Shaper { resolver, odd: odd.into_iter(), words, columns: Vec::new() };
    let fields = content.fields().iter().map(|field| shaper.field(field, Levels::default(), "")).collect::<Result<_>>();
    Ok((fields?, shaper.columns))
}

/// How many optional things and lists, and how many lists, are around a place.
#[derive(Clone, Copy, Default)]
struct Levels {
    defined: i16,
    lists: i16,
}

struct Shaper<'s, 'r> {
    resolver: &'s mut Resolver<'r>,
    odd: std::vec::IntoIter<Option<Odd>>,
    words: Arc<Words>,
    columns: Vec<Column>,
}

impl Shaper<'_, '_> {
    fn field(&mut self, field: &Type, around: Levels, path: &str) -> Result<Field> {
        let name = field.name();
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        Ok(Field { key: format!("{}:", serde_json::Value::from(name)), slot: self.slot(field, around, &path)? })
    }

    /// A field, or the item of a list, as far as it is there.
    fn slot(&mut self, field: &Type, mut around: Levels, path: &str) -> Result<Slot> {
        let start = self.columns.len();
        let repetition = field.get_basic_info().repetition();
        if repetition == Repetition::OPTIONAL {
            around.defined += 1;
        }
        let node = match repetition {
            // A list without a group of its own.
            Repetition::REPEATED => self.list(around, |shaper, inside| shaper.inner(field, inside, path))?,
            _ => self.node(field, around, path)?,
        };
        Ok(Slot { present: around.defined, node, columns: start..self.columns.len() })
    }

    /// A field that is there.
    fn node(&mut self, field: &Type, around: Levels, path: &str) -> Result<Node> {
        if field.is_primitive() {
            self.column(field, path);
            return Ok(Node::Value);
        }
        let info = field.get_basic_info();
        let (fields, logical, converted) = (field.get_fields(), info.logical_type_ref(), info.converted_type());
        if matches!(logical, Some(LogicalType::Map))
            || matches!(converted, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
        {
            return self.map(fields, around, path);
        }
        let listed = matches!(logical, Some(LogicalType::List)) || converted == ConvertedType::LIST;
        match fields {
            [] => Err(damaged("a struct has no field")),
            [only] if listed && only.get_basic_info().repetition() == Repetition::REPEATED => {
                self.list(around, |shaper, inside| match item(only, field.name()) {
                    Some(item) => shaper.slot(item, inside, path),
                    None => shaper.inner(only, inside, path),
                })
            }
            fields => {
                Ok(Node::Object(fields.iter().map(|field| self.field(field, around, path)).collect::<Result<_>>()?))
            }
        }
    }

    fn list(&mut self, around: Levels, item: impl FnOnce(&mut Self, Levels) -> Result<Slot>) -> Result<Node> {
        let inside = Levels { defined: around.defined + 1, lists: around.lists + 1 };
        Ok(Node::List { filled: inside.defined, level: inside.lists, item: Box::new(item(self, inside)?) })
    }

    fn map(&mut self, fields: &[TypePtr], around: Levels, path: &str) -> Result<Node> {
        let inside = Levels { defined: around.defined + 1, lists: around.lists + 1 };
        let is = |field: &Type, repetition| field.get_basic_info().repetition() == repetition;
        match fields {
            [entries] if entries.is_group() && is(entries, Repetition::REPEATED) => match entries.get_fields() {
                [key, value] if key.is_primitive() && is(key, Repetition::REQUIRED) => {
                    self.column(key, &format!("{path}.key"));
                    let value = Box::new(self.slot(value, inside, &format!("{path}.value"))?);
                    Ok(Node::Map { filled: inside.defined, level: inside.lists, value })
                }
                _ => Err(wrong(format!("its column {path:?} is a map without a name or a value for each entry"))),
            },
            _ => Err(damaged("a map has no entries")),
        }
    }

    /// The repeated field itself as an item.
    fn inner(&mut self, field: &Type, inside: Levels, path: &str) -> Result<Slot> {
        let start = self.columns.len();
        let node = self.node(field, inside, path)?;
        Ok(Slot { present: inside.defined, node, columns: start..self.columns.len() })
    }

    fn column(&mut self, field: &Type, path: &str) {
        let resolved = self.resolver.resolve(path);
        let known = resolved.is_ok();
        let (written, part) = resolved.map_or_else(
            // A member that the standard does not know is what it is.
            |_| match field.get_physical_type() {
                Physical::BOOLEAN => (Written::Boolean, None),
                Physical::INT32 | Physical::INT64 | Physical::FLOAT | Physical::DOUBLE => (Written::Number, None),
                _ => (Written::Text, None),
            },
            |resolved| (resolved.written, resolved.part),
        );
        let reading = Reading { written, words: Arc::clone(&self.words), ..Reading::default() };
        let odd = self.odd.next().flatten().filter(|_| known);
        self.columns.push(Column { reading, odd, told: false, part });
    }
}

/// The one field of the repeated group of a list, which is its item; `None` where the group itself is, as older programs
/// wrote it.
fn item<'t>(repeated: &'t Type, list: &str) -> Option<&'t Type> {
    let old = repeated.name() == "array" || repeated.name().strip_suffix("_tuple") == Some(list);
    match repeated.is_group() && !old {
        true => match repeated.get_fields() {
            [only] => Some(only),
            _ => None,
        },
        false => None,
    }
}
