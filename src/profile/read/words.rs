//! The keys of each map of the language, in one place for reader and editor schema.

/// Keys of a requirement.
pub const REQUIREMENT: [&str; 8] = ["id", "text", "force", "level", "standard", "source", "errata", "not covered"];
/// Keys of a test.
pub const TEST: [&str; 13] = [
    "id", "title", "proves", "tier", "when", "needs", "shares", "writes", "why", "for each", "given", "steps",
    "finally",
];
/// Keys of a fragment.
pub const FRAGMENT: [&str; 5] = ["once", "arguments", "when", "needs", "steps"];
/// Keys of a phrase.
pub const PHRASE: [&str; 4] = ["any of", "all of", "erratum", "reads"];
/// Keys of a message.
pub const MESSAGE: [&str; 3] = ["extends", "endpoint", "body"];
/// Keys of a claim.
pub const CLAIM: [&str; 6] = ["ask", "tier", "requirement", "probe", "assume", "values"];
/// Keys of a value.
pub const VALUE: [&str; 7] = ["ask", "example", "default", "personal data", "optional", "unlike", "learn"];
/// Keys of an anchor.
pub const ANCHOR: [&str; 4] = ["id", "covered by", "not testable", "not here"];
/// Keys of an endpoint.
pub const ENDPOINT: [&str; 7] = ["path", "request schema", "reply schema", "claim", "member", "callback", "otherwise"];
/// Keys of the other way to ask what an endpoint is asked.
pub const OTHERWISE: [&str; 3] = ["send", "acknowledged", "final"];
/// Keys of a callback.
pub const CALLBACK: [&str; 4] = ["path", "schema", "action", "member"];
/// Keys of `profile.yaml` that say what a profile is and what it takes over: they judge nothing.
pub const ABOUT: [&str; 14] = [
    "dci-profile",
    "id",
    "version",
    "title",
    "tests role",
    "stage",
    "standard",
    "edition",
    "strictness",
    "extends",
    "parameters",
    "tiers",
    "languages",
    "privacy",
];
/// Further keys of it, by which messages are told and judged.
pub const JUDGING: [&str; 20] = [
    "deadlines",
    "endpoints",
    "callbacks",
    "asked elsewhere",
    "correlate by",
    "recognise by",
    "acknowledged by",
    "dated by",
    "sent by",
    "addressed to",
    "called back at",
    "answered when",
    "sent again with",
    "identifiers",
    "identifiers in",
    "one of several in",
    "about others",
    "answer requirement",
    "listener answers",
    "path prefixes",
];
/// All keys of `profile.yaml`.
pub fn profile() -> Vec<&'static str> {
    [ABOUT.as_slice(), &JUDGING].concat()
}

/// Roles of the product.
pub const ROLES: [&str; 5] = ["registry", "subscriber", "client", "files", "link"];
/// Stages of a profile, the least settled first.
pub const STAGES: [&str; 3] = ["draft", "pilot", "stable"];
/// Strictness for data records.
pub const STRICTNESS: [&str; 3] = ["lenient", "standard", "strict"];
/// Tiers of tests and claims.
pub const TIERS: [&str; 2] = ["core", "extended"];
/// The standards a requirement can belong to.
pub const STANDARDS: [&str; 4] = ["technical", "data", "process", "principles"];
