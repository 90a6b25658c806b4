//! What must be known of a Parquet file before a crate may read it: how deep its schema is, and how large its pages
//! become. The crate reserves and recurses as the file says. Both stand in structs of Thrift's compact protocol, of which only
//! as much is read here.

/// Structs and lists within each other.
const DEEPEST: u32 = 32;
/// The end of a struct.
const STOP: u8 = 0;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Bytes of the protocol. All that is read is `None` where they end too early or cannot be that.
struct Compact<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        i64::try_from(value >> 1).ok().map(|half| half ^ -i64::from(value & 1 == 1))
    }

    /// A size, which is not more than there are bytes left: every element has one at least.
    fn size(&mut self) -> Option<usize> {
        let size = usize::try_from(self.varint()?).ok()?;
        (size <= self.bytes.len().saturating_sub(self.at)).then_some(size)
    }

    /// How many elements a list has, and of which type.
    fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let size = if head >> 4 == 15 { self.size()? } else { usize::from(head >> 4) };
        Some((size, head & 15))
    }

    /// Goes through the fields of a struct: `read` takes the value of a field and says so, else it is passed over. Fields
    /// stand in order, each once: whoever reads them otherwise would see other values.
    fn fields(&mut self, depth: u32, mut read: impl FnMut(&mut Self, i64, u8) -> Option<bool>) -> Option<()> {
        let mut last = 0;
        loop {
            let head = self.byte()?;
            if head == STOP {
                return Some(());
            }
            let id = if head >> 4 == 0 { self.number()? } else { last + i64::from(head >> 4) };
            if id <= last {
                return None;
            }
            last = id;
            if !read(self, id, head & 15)? {
                self.pass(head & 15, depth)?;
            }
        }
    }

    fn pass(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // Truths are told by the type of the field.
            1 | 2 => Some(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => (0..8).try_for_each(|_| self.byte().map(drop)),
            BINARY => {
                self.at += self.size()?;
                Some(())
            }
            LIST | SET => {
                let (size, kind) = self.list()?;
                (0..size).try_for_each(|_| self.element(kind, depth))
            }
            MAP => {
                let size = self.size()?;
                if size == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                (0..size).try_for_each(|_| {
                    self.element(kinds >> 4, depth)?;
                    self.element(kinds & 15, depth)
                })
            }
            STRUCT => self.fields(depth, |_, _, _| Some(false)),
            _ => None,
        }
    }

    /// An element of a list or map; a truth has a byte of its own there.
    fn element(&mut self, kind: u8, depth: u32) -> Option<()> {
        match kind {
            1 | 2 => self.byte().map(drop),
            kind => self.pass(kind, depth),
        }
    }
}

/// True where the schema in the metadata of a file has at most so many elements, so deep, and each has the children it
/// says (`FileMetaData` of the Parquet format: its second field lists them, parents before their children).
pub(super) fn sound_schema(metadata: &[u8], most: usize, deepest: usize) -> bool {
    let mut sound = false;
    let mut compact = Compact { bytes: metadata, at: 0 };
    // What follows the schema is not read: the crate does it.
    let _ = compact.fields(DEEPEST, |compact, id, kind| {
        if id < 2 || kind != LIST {
            return (id < 2).then_some(false);
        }
        sound = schema(compact, most, deepest).is_some();
        None
    });
    sound
}

fn schema(compact: &mut Compact<'_>, most: usize, deepest: usize) -> Option<()> {
    let (size, kind) = compact.list()?;
    if size > most || kind != STRUCT {
        return None;
    }
    // How many children each open parent still waits for.
    let mut waiting: Vec<i64> = vec![1];
    for number in 0..size {
        let mut children = 0;
        compact.fields(DEEPEST, |compact, id, kind| {
            if (id, kind) == (5, 5) {
                children = compact.number()?;
                return Some(true);
            }
            Some(false)
        })?;
        while waiting.last() == Some(&0) {
            waiting.pop();
        }
        *waiting.last_mut()? -= 1;
        if children < 0 || children > i64::try_from(size - number - 1).ok()? || waiting.len() > deepest {
            return None;
        }
        if children > 0 {
            waiting.push(children);
        }
    }
    waiting.iter().all(|left| *left == 0).then_some(())
}

/// What the header of a page says (`PageHeader` of the Parquet format).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Bytes of the header itself.
    pub(super) header: usize,
    /// Data 0, index 1, dictionary 2, data of the second version 3.
    pub(super) kind: i64,
    pub(super) unpacked: i64,
    pub(super) packed: i64,
    pub(super) values: i64,
    pub(super) encoding: i64,
    pub(super) levels: Levels,
}

/// What the header of a page of data says of the levels before its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Levels {
    /// How they are encoded: whether there is a value, and repetition.
    First { definition: i64, repetition: i64 },
    /// Their bytes, which are never packed, and whether what follows is.
    Second { nulls: i64, rows: i64, definition: i64, repetition: i64, packed: bool },
}

impl Default for Levels {
    fn default() -> Levels {
        Levels::First { definition: -1, repetition: -1 }
    }
}

/// The header at the start of some bytes; `None` where they are too few, or no header.
pub(super) fn page(bytes: &[u8]) -> Option<Page> {
    let mut page = Page { kind: -1, unpacked: -1, packed: -1, ..Page::default() };
    let mut compact = Compact { bytes, at: 0 };
    compact.fields(DEEPEST, |compact, id, kind| {
        let into = match (id, kind) {
            (1, 5) => &mut page.kind,
            (2, 5) => &mut page.unpacked,
            (3, 5) => &mut page.packed,
            (5 | 7, STRUCT) => return first_version(compact, &mut page),
            (8, STRUCT) => return second_version(compact, &mut page),
            _ => return Some(false),
        };
        *into = compact.number()?;
        Some(true)
    })?;
    page.header = compact.at;
    Some(page)
}

/// How many values a page has and how they are encoded, from the header of data of the first version or of a dictionary.
fn first_version(compact: &mut Compact<'_>, page: &mut Page) -> Option<bool> {
    let (mut definition, mut repetition) = (-1, -1);
    compact.fields(DEEPEST - 1, |compact, id, kind| {
        let into = match (id, kind) {
            (1, 5) => &mut page.values,
            (2, 5) => &mut page.encoding,
            (3, 5) => &mut definition,
            (4, 5) => &mut repetition,
            _ => return Some(false),
        };
        *into = compact.number()?;
        Some(true)
    })?;
    page.levels = Levels::First { definition, repetition };
    Some(true)
}

/// The same of data of the second version.
fn second_version(compact: &mut Compact<'_>, page: &mut Page) -> Option<bool> {
    let (mut nulls, mut rows, mut definition, mut repetition, mut packed) = (-1, -1, -1, -1, true);
    compact.fields(DEEPEST - 1, |compact, id, kind| {
        let into = match (id, kind) {
            (1, 5) => &mut page.values,
            (2, 5) => &mut nulls,
            (3, 5) => &mut rows,
            (4, 5) => &mut page.encoding,
            (5, 5) => &mut definition,
            (6, 5) => &mut repetition,
            (7, truth) => {
                packed = truth == 1;
                return Some(false);
            }
            _ => return Some(false),
        };
        *into = compact.number()?;
        Some(true)
    })?;
    page.levels = Levels::Second { nulls, rows, definition, repetition, packed };
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of data with 3 values, 100 bytes of 300, and statistics that hold a text and a list.
    const HEADER: &[u8] = &[
        0x15, 0x00, 0x15, 0xD8, 0x04, 0x15, 0xC8, 0x01, 0x2C, 0x15, 0x06, 0x15, 0x10, 0x15, 0x06, 0x15, 0x06, 0x1C,
        0x18, 0x02, b'a', b'b', 0x19, 0x25, 0x02, 0x04, 0x00, 0x00, 0x00,
    ];

    #[test]
    fn a_header_is_read_to_its_end() {
        let page = page(HEADER).expect("a header");
        let levels = Levels::First { definition: 3, repetition: 3 };
        let expected =
            Page { header: HEADER.len(), kind: 0, unpacked: 300, packed: 100, values: 3, encoding: 8, levels };
        assert_eq!(page, expected);
    }

    #[test]
    fn a_header_that_ends_too_early_is_none() {
        for end in 0..HEADER.len() {
            assert_eq!(page(HEADER.get(..end).expect("shorter")), None, "{end}");
        }
    }

    #[test]
    fn a_field_may_not_come_twice() {
        // The second one in the long form, which may name any field.
        assert_eq!(page(&[0x15, 0x00, 0x05, 0x02, 0x02, 0x00]), None);
    }

    /// The metadata of a file: a version, and elements of which each has so many children.
    fn metadata(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 0x02, 0x19, 0xFC, u8::try_from(children.len()).expect("few")];
        for count in children {
            // A name, and how many children.
            bytes.extend([0x48, 0x01, b'x', 0x15, count * 2, 0x00]);
        }
        bytes
    }

    #[test]
    fn a_schema_is_sound_where_every_child_is_there() {
        let sound = |children: &[u8]| sound_schema(&metadata(children), 100, 3);
        assert!(sound(&[2, 0, 0]));
        assert!(sound(&[2, 1, 0, 0]));
        assert!(!sound(&[3, 0, 0]), "too few");
        assert!(!sound(&[1, 0, 0]), "too many");
        assert!(!sound(&[60, 0, 0]), "many more than there are elements");
        assert!(sound(&[1, 1, 0]) && !sound(&[1, 1, 1, 1, 0]), "too deep");
        assert!(!sound_schema(&metadata(&[2, 0, 0]), 2, 3), "too large");
        assert!(!sound_schema(b"", 100, 3) && !sound_schema(&[0x15, 0x02, 0x00], 100, 3), "none");
    }
}
