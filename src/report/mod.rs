//! Writers: a finished [`RunResult`] in, the bytes of a report out.
//!
//! They compute no verdict, read no clock, file or environment, and see nothing but the model: the same result always
//! gives the same bytes. Whatever comes from the product is hostile here too, see [`text`].

mod html;
mod json;
mod junit;
#[cfg(test)]
mod sample;
pub mod terminal;
mod text;
mod words;

use crate::model::result::RunResult;

/// A report that is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The whole result for machines.
    Json,
    /// One page for people: an officer first, an engineer after.
    Html,
    /// Test results as build servers read them.
    Junit,
}

impl Format {
    /// Every format, in the order in which they are written.
    pub const ALL: [Format; 3] = [Format::Json, Format::Html, Format::Junit];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Html => "html",
            Format::Junit => "junit",
        }
    }

    /// The format of that word.
    pub fn from_word(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The name of the file in the output folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Format::Json => "result.json",
            Format::Html => "report.html",
            Format::Junit => "junit.xml",
        }
    }
}

/// Why a report could not be written. Always a fault of the suite, never of the product.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The result could not be turned into JSON.
    #[error("result.json could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The JUnit document could not be built.
    #[error("junit.xml could not be written: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// The verdict and the tests contradict each other: a build server would show red for a run that ends with 0.
    #[error("the result contradicts itself: the verdict is {verdict}, yet test {test} is {found} and counts")]
    Contradiction {
        /// The verdict on the product.
        verdict: &'static str,
        /// The test that does not fit.
        test: String,
        /// Its verdict.
        found: &'static str,
    },
    /// The page could not be rendered.
    #[error("report.html could not be written: {0}")]
    Html(String),
}

/// Writes a report.
pub fn write(format: Format, result: &RunResult) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Json => json::write(result),
        Format::Html => html::write(result),
        Format::Junit => junit::write(result),
    }
}
