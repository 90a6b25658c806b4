//! A small profile for tests: every verb, every file, no mistake.

use super::names::StandardNames;
use super::{Loaded, load};
use crate::source::{Diagnostics, Files};

/// A standard with a few names.
pub struct Stub;

impl StandardNames for Stub {
    fn has_schema(&self, name: &str) -> bool {
        self.schema_names().iter().any(|known| known == name)
    }
    fn has_code_list(&self, name: &str) -> bool {
        name == "colours"
    }
    fn has_class(&self, name: &str) -> bool {
        self.class_names().iter().any(|known| known == name)
    }
    fn has_erratum(&self, id: &str) -> bool {
        id == "ET-26"
    }
    fn schema_names(&self) -> Vec<String> {
        ["ping request", "ping reply", "pong"].map(str::to_owned).to_vec()
    }
    fn code_list_names(&self) -> Vec<String> {
        vec!["colours".into()]
    }
    fn class_names(&self) -> Vec<String> {
        ["Lamp", "Lamp Group"].map(str::to_owned).to_vec()
    }
    fn erratum_names(&self) -> Vec<String> {
        vec!["ET-26".into()]
    }
}

pub const BASE: &str = r#"dci-profile: 1
id: ground
version: 0.1.0
title: What all lamps share
parameters: [kind, fields]
privacy: {hide fields: "${param.fields}"}
deadlines: {callback: 60s, quiet: 3s, operator: 5m}
endpoints:
  ping: {path: "${param.kind}/ping", request schema: ping request, reply schema: ping reply, claim: pinging}
"#;

pub const BASE_PHRASES: &str = r#"it is refused:
  any of:
    - status is a client error
    - message.ack is ERR
    - prepared."a lamp" is no
  erratum: ET-26
  reads: refused with 4xx or ERR
"#;

pub const BASE_MESSAGES: &str = r#"ping:
  endpoint: ping
  body:
    header: {id: "${new.id}", at: "${now}", to: "${tool.receiver-id}"}
    message: {lamp: "${value.lamp.id}", colours: [red, blue]}
"#;

pub const PROFILE: &str = r#"dci-profile: 1
id: lamps
version: 1.2.0
title: Lamps (registry role)
tests role: registry
stage: draft
standard: {name: Lamp API, version: 1.0.0, source: "https://example.org/"}
edition: first
extends: [{profile: ground, with: {kind: lamp, fields: [owner]}}]
tiers: {core: Needed, extended: Optional}
languages: [en]
deadlines: {notify: 2m}
callbacks:
  pong: {path: pong, schema: pong, action: pong, member: pong_response}
"#;

pub const REQUIREMENTS: &str = r#"- id: LP-ONE-01
  text: A ping is answered.
  force: N
  level: must
  standard: technical
  source: [lamps.md#1]
  errata: [ET-26]
- id: LP-ONE-02
  text: A pong follows.
  force: D
  level: must
  standard: process
  source: [lamps.md#2]
- id: LP-ONE-03
  text: It is quick.
  force: I
  level: should
  standard: principles
- id: LP-ONE-04
  text: Lamps are pretty.
  force: N
  level: must
  standard: data
  source: [lamps.md#3]
  not covered: beauty cannot be measured
"#;

pub const QUESTIONS: &str = r#"supports:
  pinging:
    ask: Does the product answer pings?
    tier: core
    requirement: LP-ONE-01
    probe: {send: ping, message: ping}
  colours: {ask: Which colours?, tier: extended}
values:
  lamp.id: {ask: Id of a lamp, example: "7", personal data: yes, learn: a lamp}
  lamp.kind: {ask: Kind of lamp, default: led, unlike: lamp.id}
actions:
  switch-on: {ask: "Switch on the lamp ${argument.lamp}"}
"#;

pub const FRAGMENTS: &str = r#"a lamp:
  once: yes
  when: supports.pinging
  steps:
    - send: ping
      message: ping
      without: [message.lamp]
      expect: [status is 200]
      remember: {lamp.id: "message.lamps[0].id"}
ping twice:
  arguments: [colour]
  steps:
    - send: ping
      message: ping
      with: {message.colour: "${argument.colour}"}
      remember: {twice: message.id}
"#;

pub const TESTS: &str = r#"topic: Pings
tests:
- id: LP-PING-01
  title: A ping is answered and a pong follows
  proves: [LP-ONE-01, LP-ONE-02, LP-ONE-03]
  tier: core
  when: supports.pinging
  needs: [lamp]
  shares: [lamps]
  why: People need light.
  given:
    - use: a lamp
      may fail: yes
    - use: ping twice
      with: {colour: red}
  steps:
    - send: ping
      as: first
      message: ping
      with: {header.sender_uri: "${tool.callback-address}", message.twice: "${twice}"}
      expect:
        - LP-ONE-01: status is 200
        - "LP-ONE-01: every message.lamps[].id is ${value.lamp.id}"
        - {if: prepared."a lamp" is yes, then: [LP-ONE-01: message.lamps has at least 1 items]}
      should:
        - LP-ONE-03: time is at most 5
      remember: {ticket: message.ticket}
      requirement: LP-ONE-01
    - await: pong
      within: callback
      where: message.ticket is ${ticket}
      requirement: LP-ONE-02
      expect:
        - LP-ONE-02: body matches schema pong
        - LP-ONE-02: message.id is the same as first.request.message.id
    - expect silence: pong
      for: quiet
      requirement: LP-ONE-02
  finally:
    - send: ping
      message: ping
- id: LP-PING-02
  title: A bad ping is refused
  proves: [LP-ONE-01]
  tier: extended
  for each: {token: [missing, wrong]}
  steps:
    - send: ping
      message: ping
      authorisation: ${each.token}
      expect: [it is refused]
    - send broken: ping
      message: ping
      faults: [wrong type]
      only under: [message]
      at most: 5
      or refused in: pong
      where: [message.done is yes]
      expect: [it is refused]
    - repeat:
        steps: [{send: ping, message: ping}]
        until: [message.done is yes]
        every: 50ms
        within: notify
    - at once:
        copies: 3
        steps:
          - send: ping
            message: ping
            with: {message.copy: "${copy}"}
            expect: [status is 200]
    - ask: switch-on
      with: {lamp: "${value.lamp.id}"}
- id: LP-REVIEW-01
  title: Every answer is sound
  proves: [LP-ONE-01]
  steps:
    - review: replies
      of: [ping]
      where: sent is sound
      expect: [status is less than 500]
"#;

pub const ANCHORS: &str = r#"- {id: lamps.md#1, covered by: [LP-ONE-01]}
- {id: lamps.md#2, covered by: LP-ONE-02}
- {id: lamps.md#3, not testable: beauty cannot be measured}
- {id: rooms.md#1, not here: about rooms}
"#;

pub const PROOF: &str = "faults:\n  dark: [LP-ONE-01]\n  late: [LP-ONE-02, LP-ONE-03]\n";

/// All files of the sample.
pub const ALL: [(&str, &str); 11] = [
    ("ground/profile.yaml", BASE),
    ("ground/phrases.yaml", BASE_PHRASES),
    ("ground/messages/ping.yaml", BASE_MESSAGES),
    ("lamps/profile.yaml", PROFILE),
    ("lamps/requirements.yaml", REQUIREMENTS),
    ("lamps/questions.yaml", QUESTIONS),
    ("lamps/fragments.yaml", FRAGMENTS),
    ("lamps/tests/ping.yaml", TESTS),
    ("lamps/anchors.yaml", ANCHORS),
    ("lamps/proof.yaml", PROOF),
    ("lamps/messages/other.yaml", "slow ping:\n  extends: ping\n  body: {message: {slow: true}}\n"),
];

/// The sample with one file replaced.
pub fn with(path: &str, text: &str) -> Files {
    let mut texts: Vec<(&str, &str)> = ALL.iter().copied().filter(|(known, _)| *known != path).collect();
    texts.push((path, text));
    Files::from_texts(texts)
}

/// The sample, read.
pub fn profile() -> Loaded {
    load(&Files::from_texts(ALL), "lamps", &Stub).unwrap_or_else(|wrong: Diagnostics| panic!("{wrong}"))
}
