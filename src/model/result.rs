//! The finished result: the one structure all reports read, and the contract of `result.json` (schema version in
//! [`SCHEMA`]; the JSON Schema is published in `docs/result.schema.json`).
//!
//! Everything in it is redacted already. Writers compute no verdicts.

use super::verdict::{Conformance, Force, Level, RequirementVerdict, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the contract.
pub const SCHEMA: &str = "dci-conform/result/1";

/// A finished run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunResult {
    /// [`SCHEMA`].
    pub schema: String,
    /// The suite that ran.
    pub tool: Tool,
    /// The profile that was run.
    pub profile: ProfileInfo,
    /// The product and what its vendor declared.
    pub implementation: ImplementationInfo,
    /// Who stands behind the scheme; empty until an authority fills it.
    pub scheme_owner: Option<String>,
    /// Start, RFC 3339 in UTC.
    pub started: String,
    /// End, RFC 3339 in UTC.
    pub finished: String,
    /// The seed of choices and order.
    pub seed: u64,
    /// Recorded random part of message ids, so that no two runs repeat one.
    pub nonce: String,
    /// True when the run was stopped before its end (Ctrl-C or the time limit).
    pub interrupted: bool,
    /// The verdict.
    pub verdict: Conformance,
    /// Why, one sentence each, most important first.
    pub reasons: Vec<String>,
    /// Counts of tests and requirements by verdict.
    pub counts: Counts,
    /// One row per requirement of the profile.
    pub requirements: Vec<RequirementResult>,
    /// One entry per test instance, in plan order.
    pub tests: Vec<TestResult>,
    /// Exchanges by id, redacted.
    pub evidence: BTreeMap<String, Evidence>,
    /// What redaction did.
    pub redactions: Redactions,
    /// What this run did not show, for page one.
    pub not_tested: Vec<NotTested>,
    /// Errata of the standard that were met in this run, with what was accepted.
    pub errata: Vec<ErratumNote>,
    /// Remarks that belong to no test: stray callbacks, retries, address reading.
    pub observations: Vec<String>,
    /// The command that repeats the whole run as it was; empty in results of older versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeat: String,
    /// What a check of exported files adds: `files`, `rules`, `records`, `completeness`, `unknown`.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<FilesResult>,
}

/// What a check of exported files found, in numbers; the findings themselves are in `findings.ndjson`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FilesResult {
    /// The files, in the order in which they were read.
    pub files: Vec<FileResult>,
    /// Rules that found something, by id.
    pub rules: Vec<RuleResult>,
    /// Records by what was found in them.
    pub records: RecordCounts,
    /// How often each property of the standard had a value, most frequent path first.
    pub completeness: Vec<Presence>,
    /// Members the standard does not know, most frequent first.
    pub unknown: Vec<Presence>,
    /// Values outside code lists, by member, most frequent first.
    #[serde(default)]
    pub outside: Vec<OutsideCodes>,
    /// What the columns of tables were taken for, where a mapping file said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<MappingResult>,
}

/// What a mapping file says: how a vendor's tables were translated before they were judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MappingResult {
    /// Its name as given.
    pub file: String,
    /// What it declares beside columns and values, by key.
    pub settings: BTreeMap<String, String>,
    /// The path of each column; empty where the column is left out.
    pub columns: BTreeMap<String, String>,
    /// By path, the value each text of the table stands for.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

/// One exported file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FileResult {
    /// Name as given.
    pub name: String,
    /// Format as found, with how it was packed.
    pub format: String,
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Records judged.
    pub records: u64,
    /// SHA-256 of the bytes as stored, hex; empty where they were not read to the end.
    pub sha256: String,
    /// Why it was not read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// The rule of a record that has more findings than are listed: those beyond are counted nowhere else.
pub const FINDINGS_LEFT_OUT: &str = "FINDINGS-LEFT-OUT";

/// What one rule found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RuleResult {
    /// Stable id.
    pub id: String,
    /// N, D or I.
    pub force: Force,
    /// Findings in all.
    pub count: u64,
    /// Findings that fail.
    pub failing: u64,
    /// Findings that warn.
    pub warning: u64,
    /// By place, positions in lists left out.
    pub places: BTreeMap<String, u64>,
    /// Places that are not listed.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more_places: u64,
    /// The first ones.
    pub examples: Vec<FindingExample>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A place in an exported file for people: file, line and column, and the number of the record where the line alone does not
/// tell it, since several records stand in one.
pub fn place_in_file(file: &str, line: u64, column: Option<u32>, record: Option<u64>) -> String {
    let column = column.map_or_else(String::new, |column| format!(":{column}"));
    let record =
        record.filter(|record| *record > line).map_or_else(String::new, |record| format!(" (record {record})"));
    format!("{file}:{line}{column}{record}")
}

/// A finding, shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingExample {
    /// File and line.
    pub file: String,
    /// Line in it, from 1.
    pub line: u64,
    /// Number of the record in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Column of a table, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// JSON pointer into the record.
    pub pointer: String,
    /// The record's identifier, masked.
    pub key: String,
    /// What is expected.
    pub expected: String,
    /// What was found, redacted.
    pub found: String,
    /// Where the standard says so.
    #[serde(default)]
    pub source: String,
    /// The erratum that decided, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erratum: Option<String>,
}

/// Records by their worst finding.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordCounts {
    /// Class of the data standard.
    pub class: String,
    /// Records judged.
    pub checked: u64,
    /// Without any finding.
    pub clean: u64,
    /// With any finding.
    pub with_findings: u64,
    /// With a finding that fails.
    pub failing: u64,
    /// With a finding that warns and none that fails.
    pub warning: u64,
    /// True where nothing that is demanded beyond the standard speaks of records of the class.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overlays_silent: bool,
}

/// How often something occurs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Presence {
    /// Path of members.
    pub path: String,
    /// Times it had a value.
    pub count: u64,
    /// Times the object was there that it is a member of; 0 where that is not known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of: u64,
}

/// Values that are in no code list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutsideCodes {
    /// Path of the member.
    pub path: String,
    /// Such values in all.
    pub count: u64,
    /// What they were, most frequent first; a value met only once or twice may be somebody's, and is not shown.
    pub values: Vec<ValueCount>,
}

/// How often a value occurs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ValueCount {
    /// The value, redacted.
    pub value: String,
    /// Times it was there.
    pub count: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The suite.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tool {
    /// `dci-conform`.
    pub name: String,
    /// Version of the suite.
    pub version: String,
    /// SHA-256 of the running executable, hex; empty when it cannot be read.
    pub digest: String,
}

/// The profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProfileInfo {
    /// Id, such as `social-registry`.
    pub id: String,
    /// Version of the profile.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// The standard, for people: name and version.
    pub standard: String,
    /// Published edition of the standard, such as `dec2025`.
    pub edition: String,
    /// What is demanded beyond it: country profiles, in the order they are added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlays: Vec<Overlay>,
    /// Role of the product: `registry`, `subscriber`, `client`, `files`, `link`.
    pub role: String,
    /// `draft`, `pilot` or `stable`: a profile that is not stable prints PROVISIONAL before the verdict.
    pub stage: String,
    /// SHA-256 over the sorted list of (path, SHA-256) of the profile's files, hex.
    pub digest: String,
    /// SHA-256 over the files of the standard, overlays included, made as `digest` is; empty in results of older versions.
    #[serde(default, rename = "standard-digest", skip_serializing_if = "String::is_empty")]
    pub standard_digest: String,
    /// Files of built-in profiles and editions that were given in another form, by path; whoever gave them may have changed
    /// what counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// What a profile that is not built in makes of those that are; none for a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnProfile>,
    /// True where the edition itself, not only what is demanded beyond it, is not built in.
    #[serde(default, rename = "own-edition", skip_serializing_if = "std::ops::Not::not")]
    pub own_edition: bool,
    /// Strictness applied to data records.
    pub strictness: String,
}

/// What a profile that is not built in takes over of those that are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// The built-in profiles that it takes over; a base that only serves others is none.
    pub extends: Vec<String>,
    /// What of them it has in another form, such as `test RG-PAGES-01`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
}

impl ProfileInfo {
    /// True where the profile or the edition is none of those that are built in, as it is: not only more is demanded.
    pub fn departs(&self) -> bool {
        let other = |own: &OwnProfile| own.extends.is_empty() || !own.replaces.is_empty();
        !self.altered.is_empty() || self.own_edition || self.own.as_ref().is_some_and(other)
    }
}

/// What is demanded beyond the published standard, by a country for instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// The folder of its files below `standards/`.
    pub edition: String,
    /// Title for people.
    pub title: String,
    /// Its version.
    pub version: String,
}

/// The product and the vendor's answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ImplementationInfo {
    /// Name, version, vendor, operator as declared; empty where not declared.
    pub product: Product,
    /// The address that was tested.
    pub base_url: String,
    /// ICS answers in force: claim to answer (`yes`, `no`, `answered when probed`, `did not answer when probed`).
    pub answers: BTreeMap<String, String>,
    /// Public settings used: deadlines, patience, jobs, path prefix, kind of authorisation.
    pub settings: BTreeMap<String, String>,
}

/// Identity of what was tested, as declared by the vendor.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Product {
    /// Product name.
    pub name: String,
    /// Product version.
    pub version: String,
    /// Vendor.
    pub vendor: String,
    /// Who ran the test.
    pub operator: String,
}

/// Counts for page one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Test instances by verdict word; every word is present.
    pub tests: BTreeMap<String, usize>,
    /// Requirements by verdict word; every word is present.
    pub requirements: BTreeMap<String, usize>,
    /// Messages sent, callbacks received.
    pub messages: BTreeMap<String, usize>,
}

/// One requirement and what the run showed of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RequirementResult {
    /// Stable id.
    pub id: String,
    /// Must or should.
    pub level: Level,
    /// N, D or I.
    pub force: Force,
    /// `process`, `data`, `technical` or `principles`.
    pub standard: String,
    /// Anchors in the digest of the standard.
    pub source: Vec<String>,
    /// The requirement in our words.
    pub text: String,
    /// Verdict.
    pub verdict: RequirementVerdict,
    /// Ids of the tests that speak about it.
    pub tests: Vec<String>,
    /// Why no test can show it, where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_covered: Option<String>,
}

/// One test instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestResult {
    /// Instance id: test id, plus `/value` for each `for each` value.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Why the test matters, for people; may be empty.
    #[serde(default)]
    pub why: String,
    /// Topic (the test file's title), for grouping.
    pub topic: String,
    /// Role of the product in it.
    pub role: String,
    /// Verdict.
    pub verdict: Verdict,
    /// True when a verdict of inconclusive, not-run or error counts against the product's verdict.
    pub mandatory: bool,
    /// Why this verdict, where it is not a pass; for inconclusive, the remedy or the question to the vendor.
    pub reason: String,
    /// Requirements it proves.
    pub proves: Vec<String>,
    /// One entry per sentence judged.
    pub checks: Vec<Check>,
    /// Ids of all exchanges of the test, in order.
    pub evidence: Vec<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// A command that runs this test alone.
    pub reproduce: String,
}

/// One sentence, judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The sentence as written, `${...}` unresolved.
    pub sentence: String,
    /// Where the sentence stands in the profile: stable key `step/index` used by the proof matrix.
    pub key: String,
    /// For a derived broken request: fault and place, `missing-required-field/message.transaction_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Requirement it belongs to; none for a preparation.
    pub requirement: Option<String>,
    /// Force of that requirement.
    pub force: Option<Force>,
    /// Verdict of the sentence.
    pub verdict: Verdict,
    /// What the sentence asks for, in words, redacted.
    pub expected: String,
    /// What was found, in words, redacted.
    pub found: String,
    /// Where: JSON pointer into the received message, a header name, or a stage such as `no answer`.
    pub at: String,
    /// Erratum of the standard that decided or touched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erratum: Option<String>,
    /// Evidence id of the exchange judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// How many observations were judged by this sentence (reviews and `every`).
    #[serde(default)]
    pub observed: usize,
}

/// One exchange, redacted, as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Evidence {
    /// `sent` (we asked) or `arrived` (the product called us).
    pub direction: String,
    /// Endpoint or callback name, if recognised.
    pub name: String,
    /// False when the request was broken on purpose.
    pub sound: bool,
    /// When, RFC 3339 in UTC with milliseconds.
    pub at: String,
    /// From sending to the end of the answer, in milliseconds.
    pub took_ms: u64,
    /// Request line: method and path.
    pub request_line: String,
    /// Request header fields kept, redacted.
    pub request_headers: Vec<(String, String)>,
    /// Request body, redacted: JSON where it is JSON, else text; bounded.
    pub request_body: String,
    /// Response status, or none with the reason in `no_answer`.
    pub status: Option<u16>,
    /// Response header fields kept, redacted.
    pub response_headers: Vec<(String, String)>,
    /// Response body, redacted; bounded.
    pub response_body: String,
    /// Why no (complete) answer came; empty otherwise.
    pub no_answer: String,
    /// Observations of the transport.
    pub notes: Vec<String>,
}

/// What redaction did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Redactions {
    /// Values replaced, occurrences counted.
    pub count: usize,
    /// Fields whose values are hidden, as the profile names them.
    pub fields: Vec<String>,
}

/// Something this run did not show.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotTested {
    /// What: a feature, a test or a topic.
    pub what: String,
    /// Why.
    pub why: String,
    /// The question the vendor must answer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

/// An erratum of the standard that this run touched.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErratumNote {
    /// Id, such as `ET-26`.
    pub id: String,
    /// What is contradictory, in our words.
    pub title: String,
    /// What the suite accepts.
    pub policy: String,
    /// What was seen, one line each, bounded.
    pub seen: Vec<String>,
}
