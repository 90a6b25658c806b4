//! What can be typed on the command line.

use crate::implementation::address;
use clap::builder::TypedValueParser;
use clap::{Arg, Args, Parser, Subcommand};
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The open conformance test suite for the DCI standards in social protection.
#[derive(Debug, Parser)]
#[command(name = "dci-conform", version, max_term_width = 110, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 conformant, 1 not conformant, 2 incomplete, 3 usage or input error, 4 fault of the suite."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the Social Registry profile against the embedded sandbox: no product and no network needed
    Demo(Demo),
    /// Look at a running product and write an implementation.yaml with comments
    Init(Init),
    /// Run a profile against a running product and write the reports
    Run(Box<Run>),
    /// Judge exported files of records against the data standard, or recorded traffic (--exchange)
    Check(Box<Check>),
    /// Put the parts of a check together
    #[command(subcommand)]
    Report(ReportCommand),
    /// Start the embedded reference registry, or write invented export files
    Sandbox(Sandbox),
    /// Work on profiles: list, show, lint, test, new, doc, schema
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Explain a requirement, a test or an erratum by its id
    Explain(Explain),
}

/// Where profiles come from.
#[derive(Clone, Debug, Args)]
pub struct Profiles {
    /// Folder of profiles; those it does not have are the built-in ones [env: DCI_PROFILES]
    #[arg(long, value_name = "DIR")]
    profiles: Option<PathBuf>,
}

impl Profiles {
    /// The folder. A variable without a value names none, as pipelines have those that nobody set.
    pub fn folder(&self) -> Option<PathBuf> {
        let of_variable = || std::env::var_os("DCI_PROFILES").filter(|value| !value.is_empty()).map(PathBuf::from);
        self.profiles.clone().or_else(of_variable)
    }
}

pub(super) const DEFAULT_JOBS: u16 = 8;
pub(super) const DEFAULT_TIME_LIMIT: &str = "30m";
/// The formats that are written where none are asked for.
pub(super) const DEFAULT_FORMATS: [&str; 2] = ["html", "junit"];

/// Where results go.
#[derive(Clone, Debug, Args)]
pub struct Output {
    /// Folder for the reports; `-` prints result.json alone, or the one report of --format [default: reports/<profile>-<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Reports to write beside result.json: html, junit, json [default: html,junit]
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    pub format: Vec<String>,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Switch on a named fault of the sandbox (repeatable)
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Run only these tests: an id, a glob, or an id with a variant (repeatable)
    #[arg(long = "test", value_name = "GLOB")]
    pub tests: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,
    /// Seed of choices and order
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Address of the product, such as http://127.0.0.1:8080/
    #[arg(long)]
    pub url: String,
    /// Profile
    #[arg(long, default_value = "social-registry")]
    pub profile: String,
    /// File to write; `-` prints it
    #[arg(long, default_value = "implementation.yaml")]
    pub out: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Profile id, such as social-registry
    #[arg(long)]
    pub profile: Option<String>,
    /// Address of the product
    #[arg(long, required_unless_present = "implementation", conflicts_with = "implementation")]
    pub url: Option<String>,
    /// The vendor's file; `dci-conform init` writes one
    #[arg(long, value_name = "FILE")]
    pub implementation: Option<PathBuf>,
    /// Role of the product
    #[arg(long)]
    pub role: Option<String>,
    /// Edition of the standard
    #[arg(long)]
    pub edition: Option<String>,
    /// Run only these tests: an id, a glob, or an id with a variant (repeatable)
    #[arg(long = "test", value_name = "GLOB")]
    pub tests: Vec<String>,
    /// Print what would be run and why, and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Most requests under way at a time
    #[arg(long, default_value_t = DEFAULT_JOBS, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// Most requests per second, for shared systems
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
    /// Address our callback listener listens on
    #[arg(long, value_name = "ADDR", value_parser = Unquoted(own_address))]
    pub listen: Option<SocketAddr>,
    /// Address under which the product reaches our callback listener
    #[arg(long, value_name = "URL", value_parser = Unquoted(web_address))]
    pub callback_url: Option<String>,
    /// Stretch all deadlines by this factor
    #[arg(long, default_value_t = 1.0)]
    pub patience: f64,
    /// Stop the run after this time; the report is still written
    #[arg(long, value_name = "TIME", default_value = DEFAULT_TIME_LIMIT)]
    pub time_limit: String,
    /// Seed of choices and order
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A web address, refused before anything is sent to it or named to others.
fn web_address(text: &str) -> Result<String, String> {
    match address::check(text) {
        Ok(()) => Ok(text.to_owned()),
        Err((wrong, hint)) => Err(format!("the address {wrong}\nhelp: {hint}")),
    }
}

/// An address to listen on.
fn own_address(text: &str) -> Result<SocketAddr, String> {
    let wrong = "this is no IP address and port\nhelp: write it as 127.0.0.1:0 (0 takes any free port)";
    text.parse().map_err(|_| wrong.to_owned())
}

/// Reads an address and does not repeat one that is wrong, since it may hold credentials.
#[derive(Clone)]
struct Unquoted<T>(fn(&str) -> Result<T, String>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Unquoted<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let name = argument.map(Arg::to_string).unwrap_or_default();
        let wrong = |why: String| {
            let message = format!("invalid value for '{name}': {why}\n");
            clap::Error::raw(clap::error::ErrorKind::ValueValidation, message).with_cmd(command)
        };
        value.to_str().ok_or_else(|| "it is not text".to_owned()).and_then(self.0).map_err(wrong)
    }
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The files are recorded traffic: HAR, the result.json of a run, or messages
    #[arg(long, conflicts_with_all = ["record", "strictness", "mapping", "input", "sample", "complete", "memory", "shard", "today", "threads"])]
    pub exchange: bool,
    /// With --exchange: host of the product, with or without port (repeatable) [default: the only one that is asked]
    #[arg(long, value_name = "HOST", requires = "exchange")]
    pub product_host: Vec<String>,
    /// With --exchange: only these tests: an id or a glob (repeatable)
    #[arg(long = "test", value_name = "GLOB", requires = "exchange")]
    pub tests: Vec<String>,
    /// Profile id
    #[arg(long, default_value = "social-registry")]
    pub profile: String,
    /// Class of the records, such as Group, SRPerson or Farmer [default: told from the first records]
    #[arg(long, value_name = "CLASS")]
    pub record: Option<String>,
    /// What a finding weighs: lenient, standard or strict [default: what the profile says]
    #[arg(long, value_name = "STRICTNESS")]
    pub strictness: Option<String>,
    /// What the columns of tables mean: a YAML file (docs/exported-files.md)
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Layout of the files: ndjson (one record a line), json, csv, tsv, xlsx or parquet [default: told from the first bytes]
    #[arg(long, value_name = "LAYOUT")]
    pub input: Option<String>,
    /// Judge only the first N records: a quick look, which gives no verdict but a failure
    #[arg(long, value_name = "N", conflicts_with = "shard", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// Say that the files hold all records: what is referred to must be in them
    #[arg(long)]
    pub complete: bool,
    /// Memory for comparing records, such as 256M; what is more goes to a temporary file [default: 64M]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Judge only one part of the records, such as 2/4; `report merge` puts the parts together
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Leave out the SHA-256 of each file: faster, but the report does not tell which bytes were judged
    #[arg(long, conflicts_with_all = ["shard", "exchange"])]
    pub no_checksum: bool,
    /// Write the findings as findings.csv too, for a spreadsheet
    #[arg(long, conflicts_with = "exchange")]
    pub findings_csv: bool,
    /// Day that rules about dates take for today, in UTC, such as 2026-03-01 [default: the day of the run]
    #[arg(long, value_name = "DATE")]
    pub today: Option<jiff::civil::Date>,
    /// Threads that judge, beside one that reads; 1 does it all [default: one for each processor]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `report …`.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Put the parts of a check (`check --shard`) together: the same result as one check of everything
    Merge(Merge),
}

/// `report merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The folders of all parts, in any order
    #[arg(required = true, value_name = "DIR")]
    pub parts: Vec<PathBuf>,
    /// Write the findings as findings.csv too, for a spreadsheet
    #[arg(long)]
    pub findings_csv: bool,
    /// Memory for comparing records, such as 256M; what is more goes to a temporary file [default: 64M]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: Output,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `sandbox`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Sandbox {
    /// What else the sandbox can do.
    #[command(subcommand)]
    pub command: Option<SandboxCommand>,
    /// Registry to play
    #[arg(long, default_value = "social")]
    pub registry: String,
    /// Role to play
    #[arg(long, default_value = "registry")]
    pub role: String,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR", value_parser = Unquoted(own_address))]
    pub listen: SocketAddr,
    /// Path prefix
    #[arg(long, default_value = "registry")]
    pub prefix: String,
    /// Bearer token to demand, taken from this environment variable
    #[arg(long, value_name = "VARIABLE")]
    pub token_env: Option<String>,
    /// Switch on a named fault (repeatable)
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// List all faults
    #[arg(long)]
    pub list_faults: bool,
}

/// `sandbox …`.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Write an export file of invented records, without a mistake or with one kind of mistake
    Data(SandboxData),
}

/// `sandbox data`.
#[derive(Debug, Args)]
pub struct SandboxData {
    /// Class of the records
    #[arg(long, value_name = "CLASS", required_unless_present_any = ["list_defects", "list_records"])]
    pub record: Option<String>,
    /// How many records
    #[arg(long, default_value_t = 1000)]
    pub count: u64,
    /// Kind of mistake to make
    #[arg(long, value_name = "DEFECT")]
    pub defect: Option<String>,
    /// Make the mistake in every K-th record, or the next that can have it
    #[arg(long, value_name = "K", default_value_t = 10, requires = "defect", conflicts_with = "defect_rate", value_parser = clap::value_parser!(u64).range(1..))]
    pub every: u64,
    /// Make the mistake in a record with this probability
    #[arg(long, value_name = "P", requires = "defect")]
    pub defect_rate: Option<f64>,
    /// ndjson, json or csv
    #[arg(long, default_value = "ndjson")]
    pub format: String,
    /// Seed of all inventions
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// File to write; `-` is standard output
    #[arg(long, value_name = "FILE", required_unless_present_any = ["list_defects", "list_records"])]
    pub out: Option<PathBuf>,
    /// Write where each mistake is, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// List all kinds of mistake: the classes, the rule that must find it and where
    #[arg(long)]
    pub list_defects: bool,
    /// List the classes of records
    #[arg(long)]
    pub list_records: bool,
}

/// `profile …`.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// List the profiles
    List(Profiles),
    /// Show a profile: tests, questions, requirements in short
    Show(One),
    /// Check profiles and report every mistake with its place
    Lint(Lint),
    /// Prove a profile: run the sandbox with every fault
    Test(Proof),
    /// Start a new profile
    New(New),
    /// Write a profile as a readable document
    Doc(One),
    /// Print the JSON Schema of profile files, for editors; or of records, for tools that know JSON Schema alone
    Schema(Schema),
}

/// Which schema.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Schema of the records of this class, such as Group: types, codes and formats written the plain way
    #[arg(long, value_name = "CLASS")]
    pub(super) record: Option<String>,
    /// Profile whose standard the records follow
    #[arg(long, value_name = "PROFILE", default_value = "social-registry")]
    pub(super) profile: String,
    #[command(flatten)]
    pub(super) profiles: Profiles,
}

/// One profile.
#[derive(Debug, Args)]
pub struct One {
    /// Profile id
    pub id: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `profile lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Profile id; or --all
    #[arg(required_unless_present = "all")]
    pub id: Option<String>,
    /// Every profile
    #[arg(long, conflicts_with = "id")]
    pub all: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `profile test`.
#[derive(Debug, Args)]
pub struct Proof {
    /// Profile id
    pub id: String,
    /// Only these faults (repeatable)
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Generated mutations of every leaf of every kind of sandbox answer, instead of the named faults
    #[arg(long)]
    pub mutate: bool,
    /// With --mutate: only about one mutation in N, always the same ones
    #[arg(long, default_value_t = 1)]
    pub every: usize,
    /// How many sandboxes run at a time [default: twice the processors]
    #[arg(long)]
    pub jobs: Option<usize>,
    /// Write the whole matrix as JSON
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}

/// `profile new`.
#[derive(Debug, Args)]
pub struct New {
    /// Id of the new profile
    pub id: String,
    /// Folder of profiles to write it into
    #[arg(long, default_value = ".")]
    pub out: PathBuf,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Requirement, test or erratum id
    pub id: String,
    /// Profile to look in
    #[arg(long, default_value = "social-registry")]
    pub profile: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: Profiles,
}
