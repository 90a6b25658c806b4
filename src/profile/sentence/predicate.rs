//! Predicates: what must hold of what a path finds.

use super::token::{Kind, Token};
use super::{Problem, Scope, path, value};
use crate::model::duration;
use crate::profile::ast::{Comparison, Operand, Path, Pattern, Predicate, Type};
use crate::source::diagnostic::{did_you_mean, nearest};
use serde_json::Value;

/// Every predicate as the reference page writes it.
pub const PREDICATES: &[&str] = &[
    "is present",
    "is absent",
    "is empty",
    "is not empty",
    "is VALUE",
    "is not VALUE",
    "is one of A, B",
    "is not one of A, B",
    "is a TYPE",
    "is at least N",
    "is at most N",
    "is more than N",
    "is less than N",
    "is before MOMENT",
    "is after MOMENT",
    "is within LENGTH of MOMENT",
    "is the same as PATH",
    "is not the same as PATH",
    "is unique [by PATH]",
    "is unique in the run",
    "is unique in the review [by PATH]",
    "has N items",
    "has at least N items",
    "has at most N items",
    "has as many items as PATH",
    "is the number of items of PATH",
    "contains VALUE",
    "starts with VALUE",
    "ends with VALUE",
    "matches /REGEX/",
    "does not match /REGEX/",
    "matches schema NAME",
    "is in code list NAME",
    "follows the data standard as CLASS or CLASS",
    "follows the data standard closely as CLASS or CLASS",
    "is sorted by ATTRIBUTE ascending",
    "is sorted by ATTRIBUTE descending",
    "has the same items as PATH [by PATH]",
    "shares no item with PATH [by PATH]",
    "is the union of PATH and PATH [by PATH]",
    "is the intersection of PATH and PATH [by PATH]",
    "satisfies PATH [by PATH]",
    "is a client error",
    "holds no personal data",
];

const TYPES: [(&str, Type); 12] = [
    ("text", Type::Text),
    ("number", Type::Number),
    ("whole number", Type::WholeNumber),
    ("list", Type::List),
    ("object", Type::Object),
    ("yes or no", Type::YesOrNo),
    ("date", Type::Date),
    ("date-time", Type::DateTime),
    ("uuid", Type::Uuid),
    ("web address", Type::WebAddress),
    ("https address", Type::HttpsAddress),
    ("language tag", Type::LanguageTag),
];

/// Words after `is` that are predicates: as values they must be quoted, so that no misspelling becomes a value.
const KEYWORDS: [&str; 4] = ["present", "absent", "empty", "unique"];

/// True when the predicate speaks about everything a path finds, so that `every` is not needed before `[]` or `**`.
pub fn speaks_of_all(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Present
            | Predicate::Absent
            | Predicate::Unique(_)
            | Predicate::UniqueInRun
            | Predicate::UniqueInReview(_)
            | Predicate::HasItems(..)
            | Predicate::AsManyItemsAs(_)
            | Predicate::Contains(_)
            | Predicate::SortedBy { .. }
            | Predicate::SameItems(..)
            | Predicate::SharesNoItem(..)
            | Predicate::UnionOf(..)
            | Predicate::IntersectionOf(..)
            | Predicate::NoPersonalData
    )
}

/// The tokens still to be read.
pub(super) struct Words<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Words<'a> {
        Words { tokens, at: 0 }
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Where the next token starts, or the end of the text.
    pub(super) fn offset(&self) -> usize {
        match self.tokens.get(self.at) {
            Some(token) => token.offset,
            None => self.tokens.last().map_or(0, |last| last.offset + last.raw.chars().count()),
        }
    }

    /// Takes the words when they come next.
    pub(super) fn take(&mut self, words: &str) -> bool {
        let mut at = self.at;
        for word in words.split(' ') {
            match self.tokens.get(at) {
                Some(token) if token.kind == Kind::Word && token.raw == word => at += 1,
                _ => return false,
            }
        }
        self.at = at;
        true
    }

    fn next(&mut self, wanted: &str) -> Result<&'a Token, Problem> {
        let token = self.tokens.get(self.at);
        let token = token.filter(|token| token.kind != Kind::Comma);
        let token = token.ok_or_else(|| Problem::new(format!("{wanted} is missing here"), self.offset()))?;
        self.at += 1;
        Ok(token)
    }

    pub(super) fn path(&mut self, scope: &Scope<'_>) -> Result<Path, Problem> {
        let token = self.next("a path")?;
        path::parse(&token.raw, token.offset, scope)
    }

    /// A path that must find one value.
    fn single_path(&mut self, scope: &Scope<'_>) -> Result<Path, Problem> {
        let offset = self.offset();
        let path = self.path(scope)?;
        finds_one(path, offset)
    }

    fn by(&mut self) -> Result<Option<Path>, Problem> {
        if !self.take("by") {
            return Ok(None);
        }
        self.inside_item().map(Some)
    }

    fn inside_item(&mut self) -> Result<Path, Problem> {
        let token = self.next("a path inside an item")?;
        path::inside_item(&token.raw, token.offset)
    }

    fn paths(&mut self, scope: &Scope<'_>) -> Result<Vec<Path>, Problem> {
        let mut paths = vec![self.path(scope)?];
        while self.take("and") {
            paths.push(self.path(scope)?);
        }
        match paths.len() {
            1 => Err(Problem::new("a second path is missing here", self.offset()).hint("as in `PATH and PATH`")),
            _ => Ok(paths),
        }
    }

    fn value(&mut self) -> Result<Operand, Problem> {
        let token = self.next("a value")?;
        Ok(operand(token))
    }

    fn number(&mut self) -> Result<Operand, Problem> {
        let token = self.next("a number")?;
        match operand(token) {
            found @ (Operand::Reference(_) | Operand::Literal(Value::Number(_))) => Ok(found),
            Operand::Literal(_) => Err(Problem::new(format!("`{}` is not a number", token.raw), token.offset)),
        }
    }

    fn moment(&mut self) -> Result<Operand, Problem> {
        let token = self.next("a moment")?;
        let found = operand(token);
        let fine = match &found {
            Operand::Reference(_) => true,
            Operand::Literal(Value::String(text)) => {
                text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
            }
            Operand::Literal(_) => false,
        };
        match fine {
            true => Ok(found),
            false => Err(Problem::new(format!("`{}` is not a date-time", token.raw), token.offset)
                .hint("such as ${now}, ${request.PATH} or 2025-12-31T00:00:00Z")),
        }
    }

    /// The words up to the end, or up to `stop`, as one name.
    fn name(&mut self, wanted: &str, stop: &str) -> Result<String, Problem> {
        let first = self.next(wanted)?;
        let mut words = vec![match &first.kind {
            Kind::Quoted(text) => text.as_str(),
            _ => first.raw.as_str(),
        }];
        while let Some(token) = self.tokens.get(self.at).filter(|t| t.kind == Kind::Word && t.raw != stop) {
            words.push(&token.raw);
            self.at += 1;
        }
        Ok(words.join(" "))
    }

    fn values(&mut self) -> Result<Vec<Operand>, Problem> {
        let mut values = vec![self.value()?];
        while self.tokens.get(self.at).is_some_and(|token| token.kind == Kind::Comma) {
            self.at += 1;
            values.push(self.value()?);
        }
        Ok(values)
    }
}

fn operand(token: &Token) -> Operand {
    match &token.kind {
        Kind::Quoted(text) => value::text(text),
        _ => value::operand(&token.raw),
    }
}

/// Reads a predicate up to the end of the sentence.
pub(super) fn parse(words: &mut Words<'_>, scope: &Scope<'_>) -> Result<Predicate, Problem> {
    let start = words.offset();
    let found = if words.take("is not") {
        is_not(words, scope)?
    } else if words.take("is") {
        is(words, scope)?
    } else if words.take("has") {
        has(words, scope)?
    } else {
        other(words, scope, start)?
    };
    if words.at_end() {
        return Ok(found);
    }
    let rest: Vec<&str> = words.tokens.iter().skip(words.at).map(|token| token.raw.as_str()).collect();
    let problem = Problem::new(format!("the sentence should end before `{}`", rest.join(" ")), words.offset());
    Err(match found {
        Predicate::Is(_) | Predicate::IsNot(_) | Predicate::Contains(_) => {
            problem.hint("a value of several words must be quoted; values of a list stand after `is one of`")
        }
        Predicate::OneOf(_) | Predicate::NotOneOf(_) => {
            problem.hint("values are separated by commas; a value of several words must be quoted")
        }
        _ => problem,
    })
}

fn is(words: &mut Words<'_>, scope: &Scope<'_>) -> Result<Predicate, Problem> {
    for (word, predicate) in [
        ("present", Predicate::Present),
        ("absent", Predicate::Absent),
        ("empty", Predicate::Empty),
        ("unique in the run", Predicate::UniqueInRun),
        ("a client error", Predicate::ClientError),
    ] {
        if words.take(word) {
            return Ok(predicate);
        }
    }
    if words.take("unique in the review") {
        let mut by: Vec<Path> = words.by()?.into_iter().collect();
        while !by.is_empty() && words.take("and") {
            by.push(words.inside_item()?);
        }
        return Ok(Predicate::UniqueInReview(by));
    }
    if words.take("unique") {
        return words.by().map(Predicate::Unique);
    }
    for (word, comparison) in [
        ("at least", Comparison::AtLeast),
        ("at most", Comparison::AtMost),
        ("more than", Comparison::MoreThan),
        ("less than", Comparison::LessThan),
    ] {
        if words.take(word) {
            return Ok(Predicate::Compare(comparison, words.number()?));
        }
    }
    if words.take("one of") {
        return words.values().map(Predicate::OneOf);
    }
    if words.take("a") || words.take("an") {
        return type_name(words).map(Predicate::IsA);
    }
    if words.take("before") {
        return words.moment().map(Predicate::Before);
    }
    if words.take("after") {
        return words.moment().map(Predicate::After);
    }
    if words.take("within") {
        return within(words);
    }
    if words.take("the same as") {
        return words.single_path(scope).map(Predicate::SameAs);
    }
    if words.take("the number of items of") {
        return words.path(scope).map(Predicate::NumberOfItems);
    }
    if words.take("the union of") {
        return Ok(Predicate::UnionOf(words.paths(scope)?, words.by()?));
    }
    if words.take("the intersection of") {
        return Ok(Predicate::IntersectionOf(words.paths(scope)?, words.by()?));
    }
    if words.take("in code list") {
        return words.name("the name of a code list", "").map(Predicate::InCodeList);
    }
    if words.take("sorted by") {
        return sorted_by(words);
    }
    plain_value(words, "is").map(Predicate::Is)
}

fn is_not(words: &mut Words<'_>, scope: &Scope<'_>) -> Result<Predicate, Problem> {
    if words.take("empty") {
        return Ok(Predicate::NotEmpty);
    }
    if words.take("one of") {
        return words.values().map(Predicate::NotOneOf);
    }
    if words.take("the same as") {
        return words.single_path(scope).map(Predicate::NotSameAs);
    }
    plain_value(words, "is not").map(Predicate::IsNot)
}

/// A value; a bare word that is, or nearly is, a predicate is a mistake.
fn plain_value(words: &mut Words<'_>, before: &str) -> Result<Operand, Problem> {
    let offset = words.offset();
    let token = words.next("a value")?;
    let near = (token.kind == Kind::Word && token.raw.len() > 3).then(|| nearest(&token.raw, KEYWORDS)).flatten();
    let negated = before == "is not";
    let hint = match (near, negated, token.raw.as_str()) {
        (Some("present"), true, _) => "write `is absent`".to_owned(),
        (Some("absent"), true, _) => "write `is present`".to_owned(),
        (Some(word), ..) => format!("did you mean `{before} {word}`?"),
        (None, _, "a" | "an" | "in" | "at" | "the" | "unique" | "sorted") if !words.at_end() => {
            format!(
                "no predicate starts with `{before} {}` here; known: is present, is a TYPE, is at least N, ...",
                token.raw
            )
        }
        _ => return Ok(operand(token)),
    };
    Err(Problem::new(format!("`{before} {}` is no predicate", token.raw), offset)
        .hint(format!("{hint} A text like this must be quoted")))
}

fn type_name(words: &mut Words<'_>) -> Result<Type, Problem> {
    let offset = words.offset();
    let name = words.name("a kind of value", "")?;
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, found)| *found).ok_or_else(|| {
        Problem::new(format!("unknown kind of value `{name}`"), offset)
            .hint(did_you_mean(&name, TYPES.iter().map(|(known, _)| *known)))
    })
}

fn within(words: &mut Words<'_>) -> Result<Predicate, Problem> {
    let offset = words.offset();
    let length = words.name("a length of time", "of")?;
    let length = duration::parse(&length).ok_or_else(|| {
        Problem::new(format!("`{length}` is not a length of time"), offset).hint("such as `5 minutes` or `90s`")
    })?;
    match words.take("of") {
        true => Ok(Predicate::Within(length, words.moment()?)),
        false => {
            Err(Problem::new("`of MOMENT` is missing here", words.offset()).hint("as in `within 5 minutes of ${now}`"))
        }
    }
}

fn sorted_by(words: &mut Words<'_>) -> Result<Predicate, Problem> {
    let token = words.next("an attribute")?;
    let attribute = match &token.kind {
        Kind::Quoted(text) => value::text(text),
        _ => value::text(&token.raw),
    };
    let offset = words.offset();
    let direction = words.next("`ascending` or `descending`")?;
    match direction.raw.as_str() {
        "ascending" => Ok(Predicate::SortedBy { attribute, descending: false }),
        "descending" => Ok(Predicate::SortedBy { attribute, descending: true }),
        other => Err(Problem::new(format!("`{other}` is no direction"), offset).hint("`ascending` or `descending`")),
    }
}

fn has(words: &mut Words<'_>, scope: &Scope<'_>) -> Result<Predicate, Problem> {
    if words.take("as many items as") {
        return words.path(scope).map(Predicate::AsManyItemsAs);
    }
    if words.take("the same items as") {
        return Ok(Predicate::SameItems(words.path(scope)?, words.by()?));
    }
    let comparison = match () {
        () if words.take("at least") => Comparison::AtLeast,
        () if words.take("at most") => Comparison::AtMost,
        () => Comparison::Exactly,
    };
    let count = words.number()?;
    match words.take("items") || words.take("item") {
        true => Ok(Predicate::HasItems(comparison, count)),
        false => Err(Problem::new("`items` is missing here", words.offset()).hint("as in `has at least 2 items`")),
    }
}

fn other(words: &mut Words<'_>, scope: &Scope<'_>, start: usize) -> Result<Predicate, Problem> {
    if words.take("contains") {
        return words.value().map(Predicate::Contains);
    }
    if words.take("starts with") {
        return words.value().map(Predicate::StartsWith);
    }
    if words.take("ends with") {
        return words.value().map(Predicate::EndsWith);
    }
    if words.take("matches schema") {
        return words.name("the name of a schema", "").map(Predicate::MatchesSchema);
    }
    if words.take("matches") {
        return pattern(words).map(Predicate::Matches);
    }
    if words.take("does not match") {
        return pattern(words).map(Predicate::DoesNotMatch);
    }
    if words.take("follows the data standard") {
        return follows(words);
    }
    if words.take("shares no item with") {
        return Ok(Predicate::SharesNoItem(words.path(scope)?, words.by()?));
    }
    if words.take("satisfies") {
        let offset = words.offset();
        let path = words.path(scope)?;
        return match words.by()? {
            None => finds_one(path, offset).map(|path| Predicate::Satisfies(path, None)),
            by => Ok(Predicate::Satisfies(path, by)),
        };
    }
    if words.take("holds no personal data") {
        return Ok(Predicate::NoPersonalData);
    }
    let rest: Vec<&str> = words.tokens.iter().skip(words.at).map(|token| token.raw.as_str()).collect();
    let rest = rest.join(" ");
    Err(Problem::new(format!("unknown predicate `{rest}`"), start).hint(unknown_predicate(&rest)))
}

/// The path, where it names one value.
fn finds_one(path: Path, offset: usize) -> Result<Path, Problem> {
    match super::finds_several(&path) {
        true => Err(Problem::new(format!("`{}` may find several values, one is needed here", path.text), offset)
            .hint("write `[0]`, `[last]` or `[name=VALUE]` to choose one")),
        false => Ok(path),
    }
}

fn unknown_predicate(rest: &str) -> String {
    if let Some(name) = nearest(rest, PREDICATES.iter().copied()) {
        return format!("did you mean `{name}`?");
    }
    let first = rest.split(' ').next().unwrap_or_default();
    let starts =
        ["is", "has", "contains", "starts", "ends", "matches", "does", "follows", "shares", "satisfies", "holds"];
    match nearest(first, starts) {
        Some(word) if word != first => format!("did you mean `{word}`?"),
        Some(word) => {
            let known: Vec<&str> = PREDICATES.iter().copied().filter(|known| known.starts_with(word)).collect();
            format!("known here: {}", known.join(", "))
        }
        None => "a sentence is PATH and a predicate, such as `is present`, or a phrase by its exact name".to_owned(),
    }
}

fn pattern(words: &mut Words<'_>) -> Result<Pattern, Problem> {
    let offset = words.offset();
    let token = words.next("a regular expression")?;
    let Kind::Regex(text) = &token.kind else {
        return Err(Problem::new(format!("`{}` is not a regular expression", token.raw), offset)
            .hint("write it between slashes, as in /^[A-Z]+$/; a schema is named after `matches schema`"));
    };
    match regex::RegexBuilder::new(text).size_limit(1 << 20).build() {
        Ok(found) => Ok(Pattern(found)),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Err(Problem::new(format!("bad regular expression: {reason}"), offset)
                .hint("look-around and back-references are not supported: expressions run in linear time"))
        }
    }
}

fn follows(words: &mut Words<'_>) -> Result<Predicate, Problem> {
    let closely = words.take("closely");
    if !words.take("as") {
        return Err(Problem::new("`as CLASS` is missing here", words.offset())
            .hint("as in `follows the data standard as Person or Group`"));
    }
    let mut classes = vec![words.name("the name of a class", "or")?];
    while words.take("or") {
        classes.push(words.name("the name of a class", "or")?);
    }
    Ok(Predicate::FollowsDataStandard { closely, classes })
}
