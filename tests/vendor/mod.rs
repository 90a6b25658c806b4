//! The file of a vendor who claims everything, for products that do not keep it.

/// The person the file names.
#[allow(dead_code)] // each test file uses its own part
pub const KNOWN: &str = "KE-44006202H";

const FILE: &str = r#"
profile: social-registry
role: registry
base-url: ADDRESS
paths: {prefix: registry}
sender-id: dci-conform
receiver-id: dci-sandbox-sr
authorisation: {bearer: {env: VARIABLE}}
callback: {listen: 127.0.0.1:0}
deadlines: {http: PATIENCE, callback: 300ms, notify: 300ms, quiet: 100ms}
supports:
  sync-search: yes
  async-search: yes
  subscriptions: yes
  transaction-status: yes
  async-transaction-status: yes
  sorting: yes
  sorting-by-several: yes
  response-entity: yes
  pagination: yes
  signatures: yes
  encryption: yes
  change-person: yes
  query-types: [idtype-value, expression, predicate]
values:
  known-person.type: UIN
  known-person.value: KE-44006202H
  unknown-person.value: KE-4
  other-person.value: PE-85364397N
  many.count: 59
actions:
  change-person:
    http: {method: POST, url: /sandbox/change-person, body: {identifier_type: "${type}", identifier_value: "${value}"}}
"#;

/// The file for the product at an address, its token in this environment variable, with so long to answer.
pub fn claims_everything(address: &str, variable: &str, patience: &str) -> String {
    FILE.replace("ADDRESS", address).replace("VARIABLE", variable).replace("PATIENCE", patience)
}
