//! Which class a record is of, when a profile allows several.

use super::{Standard, Strictness};
use serde_json::Value;

impl Standard {
    /// The class among `classes` whose properties the record uses: fewest unknown ones, the first named on a tie.
    /// Never chosen by how well the record keeps the rules, or a broken record would pass as something else.
    pub fn class_of(&self, record: &Value, classes: &[String]) -> String {
        let unknown = |class: &&String| {
            let findings = self.judge_record(class, record, Strictness::Lenient);
            findings.iter().filter(|finding| finding.rule == UNKNOWN).count()
        };
        match classes {
            [] => String::new(),
            [only] => only.clone(),
            several => several.iter().min_by_key(unknown).cloned().unwrap_or_default(),
        }
    }
}

const UNKNOWN: &str = "PROP-UNKNOWN";
