//! Synthetic exports: files of invented records, conformant or with one kind of defect in known lines.
//!
//! This is the sandbox's own reading of the data standard, on purpose: it shares nothing with the code that judges
//! records, so that one misreading cannot hide in both. A record depends on the seed and its number alone; nothing
//! grows with the length of the output.

mod benefits;
mod civil;
mod common;
mod defects;
mod farms;
mod formats;
mod meanings;
mod pen;
mod people;
mod places;
mod social;
mod table;
#[cfg(test)]
mod tests;
mod world;

pub use defects::{Anchor, Defect, Edit, defects};

use pen::{Dice, Pen};
use std::io::Write;
use std::sync::LazyLock;

/// A class of record that can be written.
pub struct Class {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// Domain of the data standard it belongs to.
    pub domain: &'static str,
    /// Its `@type`.
    pub type_name: &'static str,
    person: Option<&'static str>,
    member: Option<&'static str>,
    build: fn(&mut Pen, &mut Subject),
}

/// What a record is made from.
struct Subject {
    class: &'static Class,
    seed: u64,
    number: u64,
    /// Number of records.
    end: u64,
    /// How often the record was invented already, when the first did not suit a defect.
    attempt: u64,
    dice: Dice,
}

/// The classes. Where the person and the member of a record are is where defects of persons and members go; in a group
/// that is not the head, whom the group states twice.
pub static CLASSES: [Class; 10] = [
    Class {
        name: "Group",
        what: "a household with its members (social registry)",
        domain: "social",
        type_name: "Group",
        person: Some("/member_list/1/demographic_info"),
        member: Some("/member_list/1"),
        build: social::group,
    },
    Class {
        name: "Member",
        what: "a member of a household (social registry)",
        domain: "social",
        type_name: "Member",
        person: Some("/demographic_info"),
        member: Some(""),
        build: social::lone_member,
    },
    Class {
        name: "Person",
        what: "a person, as every registry knows one",
        domain: "common",
        type_name: "Person",
        person: Some(""),
        member: None,
        build: social::lone_person,
    },
    Class {
        name: "SRPerson",
        what: "a person (social registry)",
        domain: "social",
        type_name: "SRPerson",
        person: Some(""),
        member: None,
        build: social::lone_person,
    },
    Class {
        name: "CRVSPerson",
        what: "a person with the events of a life (civil registry)",
        domain: "crvs",
        type_name: "CRVSPerson",
        person: Some(""),
        member: None,
        build: civil::civil_person,
    },
    Class {
        name: "Beneficiary",
        what: "a person or household in a programme (beneficiary registry)",
        domain: "ibr",
        type_name: "Beneficiary",
        person: Some("/member/demographic_info"),
        member: Some("/member"),
        build: benefits::beneficiary,
    },
    Class {
        name: "PWD",
        what: "a person with a disability, details and support (disability registry)",
        domain: "dr",
        type_name: "PWDPerson",
        person: Some("/personal_details/demographic_info"),
        member: Some("/personal_details"),
        build: farms::person_with_disability,
    },
    Class {
        name: "Farmer",
        what: "a farmer with family and farm (farmer registry)",
        domain: "fr",
        type_name: "Farmer",
        person: Some("/farmer_personal_details/demographic_info"),
        member: Some("/farmer_personal_details"),
        build: farms::farmer,
    },
    Class {
        name: "ESSMember",
        what: "a member with a history of work (employment support)",
        domain: "ess",
        type_name: "Member",
        person: Some("/demographic_info"),
        member: Some(""),
        build: benefits::employment_member,
    },
    Class {
        name: "IDPerson",
        what: "a person with biometric data (identity system)",
        domain: "id",
        type_name: "IDPerson",
        person: Some(""),
        member: None,
        build: civil::id_person,
    },
];

impl Class {
    /// The class of that name, or of that which the data standard has for it.
    pub fn named(name: &str) -> Option<&'static Class> {
        CLASSES.iter().find(|class| class.name == name).or_else(|| CLASSES.iter().find(|class| class.full() == name))
    }

    /// Its domain and its type, as `check --record` takes them.
    pub fn full(&self) -> String {
        format!("{} {}", self.domain, self.type_name)
    }

    fn part(&self, from: Anchor) -> Option<&'static str> {
        match from {
            Anchor::Record => Some(""),
            Anchor::Person => self.person,
            Anchor::Member => self.member,
        }
    }

    fn write(&'static self, record: &mut Vec<u8>, seed: u64, number: u64, end: u64, attempt: u64) {
        record.clear();
        let dice = Dice::new(seed, number.wrapping_add(attempt << 44));
        let mut subject = Subject { class: self, seed, number, end, attempt, dice };
        (self.build)(&mut Pen { out: record }, &mut subject);
    }

    /// True when records of the class can have the defect: some of the first ones do.
    pub fn takes(&'static self, defect: &Defect) -> bool {
        let Some(samples) = CLASSES.iter().position(|class| class.name == self.name).and_then(|at| SAMPLES.get(at))
        else {
            return false;
        };
        let lent = samples.iter().find(|record| defect.needs_earlier() && defect.can_lend(record, self));
        if self.part(defect.from).is_none() || (defect.needs_earlier() && lent.is_none()) {
            return false;
        }
        samples.iter().any(|record| defect.spoil(&mut record.clone(), self, 0, lent.map(Vec::as_slice)))
    }
}

/// The first records of every class, to see whether it can have a defect.
static SAMPLES: LazyLock<Vec<Vec<Vec<u8>>>> = LazyLock::new(|| {
    let sample = |class: &'static Class, number| {
        let mut record = Vec::new();
        class.write(&mut record, 1, number, 100, 0);
        record
    };
    CLASSES.iter().map(|class| (0..100).map(|number| sample(class, number)).collect()).collect()
});

/// How often a record is invented again to suit a defect, before the next record is tried.
const TRIES: u64 = 24;

/// How the records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One record a line.
    #[default]
    Ndjson,
    /// One list, one record a line.
    Json,
    /// One row a record, a column for every place a value can have.
    Csv,
}

/// How often a defect comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Frequency {
    /// In every so many-th record, or the next that can have it.
    Every(u64),
    /// In a record with this probability.
    Rate(f64),
}

/// What to write.
pub struct Options {
    /// Class of the records.
    pub class: &'static Class,
    /// How many.
    pub count: u64,
    /// How they are written.
    pub format: Format,
    /// The mistake, and how often.
    pub defect: Option<(&'static Defect, Frequency)>,
    /// Seed of all inventions.
    pub seed: u64,
}

impl Options {
    /// Says why this cannot be written.
    pub fn check(&self) -> Result<(), ExportError> {
        let Some((defect, _)) = self.defect else { return Ok(()) };
        if !self.class.takes(defect) {
            let class = self.class.name;
            return Err(ExportError::NotInClass { class, defect: defect.name, classes: defect.classes() });
        }
        let shows = match self.format {
            Format::Ndjson => true,
            Format::Json => !defect.breaks_syntax(),
            Format::Csv => table::shows(defect),
        };
        if shows { Ok(()) } else { Err(ExportError::NotInFormat(defect.name)) }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records.
    pub records: u64,
    /// Records with the defect.
    pub defects: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Records of the class have not what the defect spoils.
    #[error("a record of class {class} cannot have the defect `{defect}`\nhelp: it applies to {}", .classes.join(", "))]
    NotInClass {
        /// The class.
        class: &'static str,
        /// The defect.
        defect: &'static str,
        /// Where it does apply.
        classes: Vec<&'static str>,
    },
    /// The format cannot show the defect.
    #[error("the defect `{0}` cannot be shown in this format\nhelp: use ndjson")]
    NotInFormat(&'static str),
    /// The output refuses.
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
}

/// Bytes that are gathered before they are written.
const CHUNK: usize = 1 << 18;

/// Writes an export and, for each record with the defect, one line of the manifest:
/// `{"line": …, "pointer": …, "rule": …, "defect": …}`. Lines count from 1 in the file as written.
pub fn write(
    options: &Options,
    out: &mut impl Write,
    mut manifest: Option<&mut dyn Write>,
) -> Result<Summary, ExportError> {
    let class = options.class;
    options.check()?;
    let mut columns = (options.format == Format::Csv).then(|| table::Columns::of(class, options.seed));
    let mut summary = Summary { records: options.count, ..Summary::default() };
    let (mut block, mut record) = (Vec::with_capacity(2 * CHUNK), Vec::new());
    let mut spoiler = Spoiler::new(options);
    let mut line = 0;
    if let Some(columns) = &columns {
        columns.header(&mut block);
        line += 1;
    }
    for number in 0..options.count {
        let invent = |record: &mut Vec<u8>, attempt| class.write(record, options.seed, number, options.count, attempt);
        invent(&mut record, 0);
        // A record with a place for which there is no column is rare; another one comes instead.
        let mut attempt = 1;
        while attempt < TRIES && columns.as_mut().is_some_and(|columns| !columns.take(&record)) {
            invent(&mut record, attempt);
            attempt += 1;
        }
        let fits = |record: &[u8]| columns.as_ref().is_none_or(|columns| columns.hold(record));
        let spoilt = spoiler.spoil(&mut record, number, &fits);
        if let Some(columns) = columns.as_mut().filter(|_| spoilt.is_some() || attempt == TRIES) {
            columns.take(&record);
        }
        line += 1;
        match (&mut columns, options.format) {
            (Some(columns), _) => columns.row(&record, &mut block),
            (None, Format::Json) => {
                block.extend_from_slice(if number == 0 { b"[" } else { b",\n" });
                block.extend_from_slice(&record);
            }
            (None, _) => {
                block.extend_from_slice(&record);
                block.push(b'\n');
            }
        }
        if let (Some(pointer), Some((defect, _))) = (spoilt, options.defect) {
            summary.defects += 1;
            if let Some(manifest) = &mut manifest {
                let Defect { name, rule, .. } = defect;
                writeln!(manifest, r#"{{"line":{line},"pointer":"{pointer}","rule":"{rule}","defect":"{name}"}}"#)?;
            }
        }
        if block.len() >= CHUNK {
            summary.bytes += block.len() as u64;
            out.write_all(&block)?;
            block.clear();
        }
    }
    if options.format == Format::Json {
        block.extend_from_slice(if options.count == 0 { b"[]\n" } else { b"]\n" });
    }
    summary.bytes += block.len() as u64;
    out.write_all(&block)?;
    out.flush()?;
    if let Some(manifest) = manifest {
        manifest.flush()?;
    }
    Ok(summary)
}

/// Decides which records are spoilt, and spoils them.
struct Spoiler<'o> {
    options: &'o Options,
    dice: Dice,
    /// A defect that is due, until a record can have it.
    due: bool,
    lent: Option<Vec<u8>>,
}

impl<'o> Spoiler<'o> {
    fn new(options: &'o Options) -> Spoiler<'o> {
        Spoiler { options, dice: Dice::new(options.seed, u64::MAX), due: false, lent: None }
    }

    /// The pointer of the finding, when the record was spoilt.
    fn spoil(&mut self, record: &mut Vec<u8>, number: u64, fits: &dyn Fn(&[u8]) -> bool) -> Option<String> {
        let (defect, frequency) = self.options.defect?;
        let Options { class, count, seed, .. } = *self.options;
        self.due |= match frequency {
            Frequency::Every(every) => (number + 1).is_multiple_of(every.max(1)),
            Frequency::Rate(rate) => (self.dice.next() >> 11) as f64 / ((1_u64 << 53) as f64) < rate,
        };
        if self.due {
            let clean = record.clone();
            for attempt in 0..TRIES {
                if attempt > 0 {
                    class.write(record, seed, number, count, attempt);
                }
                if fits(record) && defect.spoil(record, class, number, self.lent.as_deref()) {
                    self.due = false;
                    return defect.place(class);
                }
                if defect.needs_earlier() && self.lent.is_none() {
                    break;
                }
            }
            *record = clean;
        }
        if defect.needs_earlier() && defect.can_lend(record, class) {
            let lent = self.lent.get_or_insert_default();
            lent.clear();
            lent.extend_from_slice(record);
        }
        None
    }
}
