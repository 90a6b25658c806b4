//! What the whole run knows and a sentence may ask for.

use super::query::RecordMembers;
use super::scope::Outside;
use crate::model::exchange::Exchange;
use crate::profile::ast::Path;
use crate::standard::{Standard, Strictness};
use serde_json::Value;
use std::sync::Arc;

/// What the whole run knows and a sentence may ask for.
pub trait World: Outside {
    /// The standard.
    fn standard(&self) -> &Standard;
    /// Strictness for data records.
    fn strictness(&self) -> Strictness;
    /// What members of a record mean.
    fn record_members(&self) -> &RecordMembers;
    /// Whether a member of that name is hidden in reports.
    fn is_hidden(&self, member: &str) -> bool;
    /// Whether a shared preparation held: `yes`, `no`, or why it cannot be told.
    fn prepared(&self, fragment: &str) -> Result<bool, String>;
    /// A claim: `yes`, `no`, a list, or why it cannot be told.
    fn supports(&self, claim: &str) -> Result<Value, String>;
    /// Arrivals of a kind at the test's addresses, or why they cannot be counted.
    fn arrivals(&self, callback: &str, token: &str) -> Result<Value, String>;
    /// Values of hidden fields that the product told in records so far: long enough not to be a common word.
    fn personal_values(&self) -> Arc<Vec<String>>;
    /// In how many messages received in the run a value stands at this path, of those sent to whom this one was sent.
    fn counted(&self, path: &Path, value: &Value, message: Option<&Exchange>) -> usize;
}
