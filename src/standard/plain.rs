//! What certainly has no finding: the data standard as flat values, from which a checker of exported files compiles its
//! fast pass. Whatever is not described here is judged by [`super::Standard::judge_record`], which alone decides.

use super::codes::Listed;
use super::data::Data;
use super::formats::{Case, Format};
use super::objects::{Class, Content, Domain, Many, Property, Shape};
use super::rules::{Applied, Symbol};
use serde_json::Value;

/// A class of data records, as far as a record can be proven sound without being understood.
#[derive(Clone, Debug)]
pub struct PlainClass {
    /// Name, such as `Group`; as `@type` it has no finding.
    pub name: String,
    /// Members that enclose its own in old samples; using them is a finding.
    pub wrappers: Vec<String>,
    /// Its properties.
    pub properties: Vec<PlainProperty>,
    /// The rules that apply to it.
    pub(crate) applied: Applied,
}

/// A property.
#[derive(Clone, Debug)]
pub struct PlainProperty {
    /// Its name in the standard.
    pub name: String,
    /// The names under which it has no finding.
    pub spellings: Vec<String>,
    /// Other names it is known by; using them is a finding.
    pub aliases: Vec<String>,
    /// Those among them that are seen in place of its name: beside it they are somebody's own.
    pub instead: Vec<String>,
    /// True where its absence is a finding.
    pub required: bool,
    /// True where a single value has no finding.
    pub single: bool,
    /// True where a list of any length has no finding.
    pub list: bool,
    /// Its values.
    pub value: PlainValue,
    /// The format or the classes of its values, by name; none where they are codes or anything.
    pub of: Vec<String>,
    /// What a text without a type of its own, such as a cell of a table, is taken for.
    pub written: Written,
    /// Its number, where a rule names it.
    pub(crate) symbol: Option<Symbol>,
    /// What may be found wrong with its values: id of the rule, and what it asks for.
    pub(crate) asks: Vec<(String, String)>,
    /// Errata of the member itself, its code list or its format: whoever fills it meets them.
    pub(crate) errata: Vec<String>,
}

/// Values that have no finding.
#[derive(Clone, Debug)]
pub enum PlainValue {
    /// Anything.
    Any,
    /// One of these texts, exactly: codes of a list.
    Codes {
        /// The name of the list.
        list: String,
        /// The codes.
        codes: Vec<String>,
    },
    /// Values of a format.
    Format(PlainFormat),
    /// An object of the first of these classes that fits by its members, see [`Standard::class_of`](super::Standard::class_of).
    Classes(Vec<String>),
}

/// The type in which a property's values are usually written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// As text.
    #[default]
    Text,
    /// As text that is a date, or starts with one.
    Date,
    /// As text that has a number and its unit in it.
    Amount,
    /// As a number.
    Number,
    /// As `true` and `false`.
    Boolean,
}

/// Values of a format that have no finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlainFormat {
    /// Texts.
    pub text: Option<PlainText>,
    /// Numbers.
    pub number: Option<PlainNumber>,
    /// `true` and `false`.
    pub boolean: bool,
    /// True where other texts, or objects, may have no finding either: [`super::Standard::remarkable`] tells.
    pub(crate) open: Open,
}

/// What a format may take beside what is described of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) text: bool,
    pub(crate) shape: bool,
}

/// Texts of a format that have no finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlainText {
    /// Regular expressions, one of which matches; none: any text.
    pub patterns: Vec<String>,
    /// Regular expressions none of which matches.
    pub unless: Vec<String>,
    /// Characters left out before matching the former.
    pub ignore: String,
    /// True where a date at the start must be on the calendar.
    pub calendar: bool,
}

/// Numbers of a format that have no finding.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlainNumber {
    /// Only whole numbers.
    pub whole: bool,
    /// Not below, not above.
    pub within: Option<(f64, f64)>,
    /// Only 0 and 1.
    pub binary: bool,
}

/// A class with the classes its properties name, resolved in its own domain.
pub(super) fn class(data: &Data, domain: &Domain, class: &Class) -> PlainClass {
    let properties = class.properties.iter().map(|property| plain_property(data, domain, property)).collect();
    PlainClass {
        name: class.name.clone(),
        wrappers: class.wrappers.clone(),
        properties,
        applied: class.applied.clone(),
    }
}

fn plain_property(data: &Data, domain: &Domain, property: &Property) -> PlainProperty {
    let (sound, known): (Vec<_>, Vec<_>) =
        property.aliases.iter().partition(|alias| alias.force.is_none() && alias.content == Content::Same);
    PlainProperty {
        name: property.name.clone(),
        spellings: [&property.name].into_iter().chain(sound.iter().map(|alias| &alias.name)).cloned().collect(),
        aliases: known.iter().map(|alias| alias.name.clone()).collect(),
        instead: known.iter().filter(|alias| !alias.is_spelling()).map(|alias| alias.name.clone()).collect(),
        required: property.required.is_some(),
        single: property.many != Many::Yes,
        list: property.many != Many::No,
        value: value(data, domain, property),
        of: match &property.shape {
            Shape::Is(names) => names.clone(),
            Shape::Any | Shape::Codes(_) => Vec::new(),
        },
        written: match &property.shape {
            Shape::Is(names) => names.first().and_then(|name| data.formats.get(name)).map(Format::written),
            Shape::Any | Shape::Codes(_) => None,
        }
        .unwrap_or_default(),
        symbol: data.symbols.get(&property.name),
        asks: super::asks::of_values(data, property),
        errata: errata(data, property),
    }
}

fn errata(data: &Data, property: &Property) -> Vec<String> {
    let of_values = match &property.shape {
        Shape::Any => None,
        Shape::Codes(name) => data.codes.get(name).and_then(|list| list.erratum.clone()),
        Shape::Is(names) => {
            names.first().and_then(|name| data.formats.get(name)).and_then(|format| format.erratum.clone())
        }
    };
    let of_values = of_values.filter(|erratum| property.erratum.as_ref() != Some(erratum));
    property.erratum.iter().cloned().chain(of_values).collect()
}

fn value(data: &Data, domain: &Domain, property: &Property) -> PlainValue {
    match &property.shape {
        Shape::Any => PlainValue::Any,
        Shape::Codes(name) => match data.codes.get(name) {
            Some(list) => {
                let sound = |code: &&String| list.place(&Value::String((*code).clone())) == Listed::Code;
                let codes = list.codes.iter().map(|(code, _)| code).filter(sound).cloned().collect();
                PlainValue::Codes { list: name.clone(), codes }
            }
            None => PlainValue::Any,
        },
        Shape::Is(names) => match names.first().and_then(|name| data.formats.get(name)) {
            Some(format) => PlainValue::Format(format.plain()),
            None => {
                // Where a class in place of the usual one is a finding, only the usual one is certain.
                let most = if property.told_as.is_some() { 1 } else { names.len() };
                let known = names.iter().filter(|name| domain.classes.contains_key(*name));
                PlainValue::Classes(known.take(most).cloned().collect())
            }
        },
    }
}

impl Format {
    /// The type in which its values are usually written: text wherever text may stand.
    fn written(&self) -> Written {
        let passes = |kind: &str| self.takes.iter().any(|(name, taken)| name == kind && taken.is_none());
        match () {
            () if passes("text") && self.calendar => Written::Date,
            () if passes("text") && self.amount => Written::Amount,
            () if passes("text") => Written::Text,
            () if passes("boolean") => Written::Boolean,
            () if passes("number") => Written::Number,
            () => Written::Text,
        }
    }

    /// The part of the format that certainly has no finding.
    pub(super) fn plain(&self) -> PlainFormat {
        let passes = |kind: &str| self.takes.iter().any(|(name, taken)| name == kind && taken.is_none());
        let cased = self.otherwise.is_some();
        let written = |case: &Case| case.certain().map(str::to_owned);
        // A case that no single pattern tells may come before others that do.
        let leading = self.cases.iter().take_while(|case| case.remark.is_none()).map_while(written);
        let text = PlainText {
            patterns: if cased { leading.collect() } else { Vec::new() },
            unless: self.also.iter().map(|case| case.pattern.as_str().to_owned()).collect(),
            ignore: self.ignore.clone(),
            calendar: cased && self.calendar,
        };
        // With cases but none that simply passes, no text is certain; nor is a shape made of points.
        let decided = if cased { !text.patterns.is_empty() } else { !self.asks_for_a_number() };
        let fine = |value: Value| self.remarks(&value).is_empty();
        let number = match cased && !self.cases.is_empty() {
            true => {
                (fine(0.into()) && fine(1.into())).then_some(PlainNumber { binary: true, ..PlainNumber::default() })
            }
            false => Some(PlainNumber {
                whole: !cased && self.whole.is_some(),
                within: self.from.zip(self.to).filter(|_| !cased),
                binary: false,
            }),
        };
        PlainFormat {
            text: (passes("text") && decided && self.points.is_none()).then_some(text),
            number: number.filter(|_| passes("number") && self.points.is_none() && self.also.is_empty()),
            boolean: passes("boolean") && fine(true.into()) && fine(false.into()),
            open: Open { text: passes("text"), shape: self.takes.iter().any(|(kind, _)| kind == "object") },
        }
    }
}
