//! One row per kind of mistake: what is written, what is said about it, and where.

use crate::profile::load;
use crate::profile::sample::{self, Stub};
use crate::source::Files;
use proptest::prelude::*;

/// A test with these lines in place of a test proper; it starts in line 3 of its file, `steps` in line 7.
fn test_with(steps: &str) -> String {
    format!("topic: T\ntests:\n- id: LP-X-01\n  title: X\n  proves: [LP-ONE-01, LP-ONE-02]\n  steps:\n{steps}\n")
}

/// Lines of `steps`, part of the message, line, column (0: not looked at), part of the hint.
const STEPS: &[(&str, &str, usize, usize, &str)] = &[
    ("    - sned: ping", "unknown verb `sned`", 7, 7, "did you mean `send`"),
    ("    - message: ping", "the step has no verb", 7, 7, ""),
    (
        "    - send: ping\n      message: ping\n      await: pong",
        "one verb, this has two: `send` and `await`",
        9,
        7,
        "two steps",
    ),
    ("    - send: ping\n      mesage: ping", "unknown key `mesage`", 8, 7, "did you mean `message`"),
    ("    - send: ping\n      message: ping\n      within: quiet", "`within` does not go with `send`", 9, 7, ""),
    ("    - send: pnig\n      message: ping", "unknown endpoint: `pnig`", 7, 13, "did you mean `ping`"),
    ("    - send: ping\n      message: pong", "unknown message: `pong`", 8, 16, "ping"),
    ("    - send: ping", "the step sends nothing", 7, 13, "message: NAME"),
    ("    - send: {method: GET, path: /../x}", "`/../x` is no path that can be joined", 7, 33, "step upwards"),
    ("    - send: {method: GET, path: a/%2E./x?y=z}", "is no path that can be joined", 7, 33, "step upwards"),
    ("    - send: ping\n      message: ping\n      headers: {host: a}", "`host` is that of the address", 9, 17, ""),
    ("    - send: ping\n      message: ping\n      headers: {a b: c}", "`a b` is no name of a header", 9, 17, ""),
    (
        "    - send: ping\n      message: ping\n      headers: {A: \"b\\r\\nC: d\"}",
        "`A` has a value that no header field can have",
        9,
        17,
        "",
    ),
    ("    - send: ping\n      message: ping\n      body: x", "one body, this has message and body", 9, 13, ""),
    ("    - send: ping\n      body: x\n      with: {a: b}", "there is no `message`", 9, 7, ""),
    (
        "    - send: ping\n      message: ping\n      authorisation: wrnog",
        "unknown authorisation: `wrnog`",
        9,
        22,
        "wrong",
    ),
    ("    - send: ping\n      message: ping\n      with: {status: 1}", "names no single member", 9, 14, "header.NAME"),
    ("    - send: ping\n      message: ping\n      with: {\"a[].b\": 1}", "names no single member", 9, 14, ""),
    ("    - await: pogn", "unknown callback: `pogn`", 7, 14, "did you mean `pong`"),
    ("    - await: pong\n      within: calback", "unknown deadline: `calback`", 8, 15, "did you mean `callback`"),
    ("    - await: pong\n      within: 5s", "deadlines are named", 8, 15, "callback"),
    ("    - await: pong", "which requirement it breaks when nothing arrives", 7, 7, "LP-ONE-01"),
    ("    - expect silence: pong", "when something arrives", 7, 7, ""),
    ("    - await: pong\n      at: second", "gives the address `second`", 8, 11, "tool.callback-address.second"),
    ("    - await: pong\n      answer: {status: 99}", "no HTTP status", 8, 24, ""),
    ("    - ask: switch-off", "unknown action: `switch-off`", 7, 12, "did you mean `switch-on`"),
    ("    - use: a lmap", "unknown fragment: `a lmap`", 7, 12, "did you mean `a lamp`"),
    ("    - use: ping twice", "needs the argument `colour`", 7, 12, "with"),
    ("    - use: a lamp\n      with: {x: 1}", "unknown argument: `x`", 8, 14, ""),
    ("    - at once: {copies: 0, steps: []}", "number from 1 to", 7, 25, ""),
    ("    - at once: {steps: [], branches: []}", "either copies of steps or branches", 7, 7, ""),
    ("    - review: answers", "unknown kind of exchange: `answers`", 7, 15, "replies"),
    ("    - review: replies\n      of: [pong]", "unknown endpoint or callback: `pong`", 8, 12, "ping"),
    (
        "    - send broken: ping\n      message: ping\n      faults: [wrong typ]",
        "unknown fault: `wrong typ`",
        9,
        16,
        "did you mean `wrong type`",
    ),
    ("    - send broken: ping\n      message: ping", "names no `faults`", 7, 7, "wrong type"),
    ("    - repeat: {steps: [{send: ping, message: ping}], within: quiet}", "has no `until`", 7, 7, ""),
    ("    - send: ping\n      message: ping\n      as: body", "cannot be called `body`", 9, 11, ""),
    ("    - send: ping\n      message: ping\n      as: two words", "cannot be the name of a step", 9, 11, ""),
    (
        "    - send: ping\n      message: ping\n      as: a\n    - send: ping\n      message: ping\n      as: a",
        "two steps are called `a`",
        12,
        11,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      expect: [status is 200]",
        "not said which requirement",
        9,
        16,
        "LP-ONE-02",
    ),
    ("    - send: ping\n      message: ping\n      expect: []", "`expect` is empty", 9, 15, ""),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: status iz 200",
        "unknown predicate",
        10,
        29,
        "did you mean `is`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - \"LP-ONE-01: status iz 200\"",
        "unknown predicate",
        10,
        30,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-09: status is 200",
        "unknown requirement: `LP-ONE-09`",
        10,
        11,
        "LP-ONE-0",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-04: status is 200",
        "does not say that it proves `LP-ONE-04`",
        10,
        11,
        "proves",
    ),
    (
        "    - send: ping\n      message: ping\n      should:\n        - LP-ONE-01: status is 200",
        "level must and stands under `should`",
        10,
        22,
        "expect",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - message.x: 200",
        "no id of a requirement",
        10,
        11,
        "quote",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - {if: status is 200, thne: [LP-ONE-01: status is 200]}",
        "unknown key `thne` in a guard",
        10,
        31,
        "did you mean `then`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: it is refusd",
        "this is nearly a phrase",
        10,
        22,
        "the phrase `it is refused`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: body matches schema ping",
        "unknown schema: `ping`",
        10,
        22,
        "did you mean",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: message.x is in code list colors",
        "unknown code list: `colors`",
        10,
        22,
        "did you mean `colours`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: every a[] follows the data standard as Lmap",
        "unknown class of records: `Lmap`",
        10,
        22,
        "did you mean `Lamp`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: message.x is ${tcket}",
        "nothing is called `${tcket}` here",
        10,
        35,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: message.x is ${lamp.id}",
        "nothing is called `${lamp.id}` here",
        10,
        35,
        "${value.lamp.id}",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: message.x is ${value.lamp.di}",
        "unknown value: `lamp.di`",
        10,
        35,
        "did you mean `lamp.id`",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: message.x is ${each.x}",
        "unknown name of `for each`: `x`",
        10,
        35,
        "",
    ),
    ("    - send: ping\n      message: ping\n      with: {message.x: \"${copy}\"}", "outside `at once`", 9, 26, ""),
    (
        "    - send: ping\n      message: ping\n      with: {message.x: \"${argument.y}\"}",
        "unknown argument: `y`",
        9,
        26,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      with: {message.x: \"${tool.sender}\"}",
        "unknown name of the tool: `sender`",
        9,
        26,
        "sender-id",
    ),
    (
        "    - send: ping\n      message: ping\n      with: {message.x: \"${new.uuid}\"}",
        "unknown reference",
        9,
        26,
        "${new.id}",
    ),
    (
        "    - send: ping\n      message: ping\n      with: {message.x: \"${param.kind}\"}",
        "unknown parameter `kind`",
        9,
        25,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      with: {message.x: \"${late}\"}\n    - send: ping\n      message: ping\n      remember: {late: message.x}\n      requirement: LP-ONE-01",
        "used before it is remembered",
        9,
        26,
        "below",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: second.message.x is 1\n    - send: ping\n      message: ping\n      as: second",
        "the step `second` is used before it has run",
        10,
        22,
        "below",
    ),
    (
        "    - send: ping\n      message: ping\n      remember: {ticket: message.x}\n      requirement: LP-ONE-01",
        "`ticket` is remembered and never used",
        9,
        18,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      remember: {ticket: message.x}",
        "when there is nothing to remember",
        7,
        7,
        "requirement",
    ),
    ("    - send: ping\n      message: ping\n      when: supports.dreaming", "unknown claim: `dreaming`", 9, 13, ""),
    (
        "    - send: ping\n      message: ping\n      when: pinging",
        "no condition on what the product supports",
        9,
        13,
        "supports.NAME",
    ),
    (
        "    - send: ping\n      message: ping\n      when: supports.pinging or supports.dreaming",
        "unknown claim: `dreaming`",
        9,
        13,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      when: supports.pinging or",
        "no condition on what the product supports",
        9,
        13,
        "`or`",
    ),
    ("    - send: ping\n      message: ping", "has no sentence in `steps`", 3, 3, "expect"),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: prepared.nobody is yes",
        "unknown fragment: `nobody`",
        10,
        22,
        "",
    ),
    (
        "    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: arrivals.poong is present",
        "unknown callback: `poong`",
        10,
        22,
        "",
    ),
    ("    - just text", "a step is a map with one verb, this is text", 7, 7, ""),
];

#[test]
fn a_member_named_nearly_like_the_start_of_a_path_is_warned_of() {
    let warnings = |sentence: &str| {
        let steps = format!("    - send: ping\n      message: ping\n      expect:\n        - LP-ONE-01: {sentence}");
        match load(&sample::with("lamps/tests/wrong.yaml", &test_with(&steps)), "lamps", &Stub) {
            Ok(loaded) => loaded.warnings.to_string(),
            Err(wrong) => wrong.to_string(),
        }
    };
    let found = warnings("statu is 200");
    assert!(found.contains("wrong.yaml:10:22: warning: `statu` is taken as a member of the message"), "{found}");
    assert!(found.contains("did you mean `status`?"), "{found}");
    for other in ["body.statu is 200", "message.statu is 200", "status is 200"] {
        assert!(!warnings(other).contains("is taken as a member"), "{other}");
    }
}

#[test]
fn mistakes_in_steps_are_found_where_they_stand() {
    let path = "lamps/tests/wrong.yaml";
    let rows = STEPS.iter().filter_map(|(steps, message, line, column, hint)| {
        let files = sample::with(path, &test_with(steps));
        differs(&files, path, (message, *line, *column, hint)).map(|found| format!("{steps}\n  {found}"))
    });
    report(rows.collect());
}

/// File, its text or a replacement in it (`FROM => TO`), part of the message, line, column, part of the hint.
const FILES: &[(&str, &str, &str, usize, usize, &str)] = &[
    (
        "lamps/profile.yaml",
        "tests role: registry => tests role: registrar",
        "unknown `tests role`: `registrar`",
        5,
        13,
        "registry",
    ),
    ("lamps/profile.yaml", "edition: first => editoin: first", "unknown key `editoin`", 8, 1, "did you mean `edition`"),
    ("lamps/profile.yaml", "kind: lamp, => ", "needs the parameter `kind`", 9, 11, "with"),
    ("lamps/profile.yaml", "kind: lamp, => kind: lamp, size: 1,", "has no parameter `size`", 9, 54, ""),
    ("lamps/profile.yaml", "profile: ground => profile: gruond", "there is no profile `gruond`", 9, 11, "ground"),
    ("lamps/profile.yaml", "profile: ground, => profile: lamps,", "extends itself", 9, 11, ""),
    ("lamps/profile.yaml", "notify: 2m => notify: soon", "not a length of time", 12, 21, "250ms"),
    ("lamps/profile.yaml", "notify: 2m => notify: 0s", "between 1 ms and a day", 12, 21, "250ms"),
    (
        "lamps/profile.yaml",
        "path: pong => path: ../pong",
        "`../pong` is no path that can be joined",
        14,
        16,
        "names between slashes",
    ),
    ("lamps/profile.yaml", "path: pong => path: http://a/pong", "no path that can be joined", 14, 16, "no address"),
    (
        "ground/profile.yaml",
        "${param.kind}/ping => ${param.kind}/ping?a=b",
        "no path that can be joined",
        9,
        16,
        "query",
    ),
    (
        "lamps/profile.yaml",
        "fields: [owner] => fields: [owner butt name]",
        "no field that could be hidden",
        0,
        0,
        "as text",
    ),
    (
        "lamps/profile.yaml",
        "languages: [en] => correlate by: [mesage.id]",
        "no message has a `mesage`",
        11,
        16,
        "`message`",
    ),
    (
        "lamps/profile.yaml",
        "languages: [en] => answer requirement: LP-ONE-11",
        "requirement: `LP-ONE-11`",
        11,
        21,
        "LP-ONE-01",
    ),
    (
        "lamps/profile.yaml",
        "languages: [en] => listener answers: {acknowledge: ping, refuse: pign}",
        "unknown message: `pign`",
        11,
        47,
        "did you mean `ping`",
    ),
    (
        "ground/profile.yaml",
        "claim: pinging => callback: pongg",
        "unknown callback: `pongg`",
        9,
        104,
        "did you mean `pong`",
    ),
    ("ground/profile.yaml", "claim: pinging => claim: pnging", "unknown claim: `pnging`", 9, 101, "pinging"),
    ("lamps/profile.yaml", "schema: pong => schema: pnog", "unknown schema: `pnog`", 14, 30, "did you mean `pong`"),
    ("lamps/profile.yaml", "dci-profile: 1 => dci-profile: 2", "reads version 1", 1, 14, ""),
    ("lamps/profile.yaml", "id: lamps => id: lights", "the folder is called `lamps`", 2, 5, ""),
    (
        "ground/profile.yaml",
        "${param.kind}/ping => ${param.knd}/ping",
        "unknown parameter `knd`",
        9,
        16,
        "did you mean `kind`",
    ),
    ("lamps/requirements.yaml", "force: N => force: X", "unknown `force`: `X`", 3, 10, ""),
    ("lamps/requirements.yaml", "id: LP-ONE-02 => id: LP-ONE-01", "written twice", 8, 3, ""),
    ("lamps/requirements.yaml", "id: LP-ONE-04 => id: lamps are nice", "cannot be the id", 19, 7, "capitals"),
    ("lamps/requirements.yaml", "ET-26 => ET-62", "unknown erratum: `ET-62`", 7, 12, "did you mean `ET-26`"),
    ("lamps/requirements.yaml", "source: [lamps.md#2] => source: []", "no `source`", 8, 3, "anchors"),
    ("lamps/questions.yaml", "learn: a lamp => learn: a light", "unknown fragment: `a light`", 9, 3, "a lamp"),
    ("lamps/questions.yaml", "learn: a lamp => learn: ping twice", "cannot be learnt from", 9, 3, "once: yes"),
    ("lamps/questions.yaml", "personal data: yes => personal data: maybe", "yes or no, this is `maybe`", 9, 61, ""),
    ("lamps/questions.yaml", "unlike: lamp.id => unlike: lamp.od", "unknown value: `lamp.od`", 10, 3, "lamp.id"),
    ("lamps/questions.yaml", "{send: ping, => {send: pong,", "unknown endpoint: `pong`", 2, 3, ""),
    (
        "lamps/fragments.yaml",
        "arguments: [colour] => once: yes\n  arguments: [colour]",
        "takes no arguments",
        12,
        14,
        "",
    ),
    ("lamps/fragments.yaml", "expect: [status is 200] => should: [status is 200]", "`should` has no effect", 8, 15, ""),
    ("lamps/fragments.yaml", "status is 200 => LP-ONE-01: status is 200", "no requirement belongs here", 8, 16, ""),
    (
        "lamps/fragments.yaml",
        "    - send: ping\n      message: ping\n      without => \x20   - use: a lamp\n    - send: ping\n      message: ping\n      without",
        "uses itself",
        1,
        1,
        "",
    ),
    ("ground/phrases.yaml", "message.ack is ERR => it is refused", "phrases do not nest", 4, 7, ""),
    (
        "ground/phrases.yaml",
        "message.ack is ERR => message.ack is ${nobody}",
        "in the phrase `it is refused`: nothing is called `${nobody}` here",
        0,
        0,
        "",
    ),
    ("ground/phrases.yaml", "any of: => any fo:", "unknown key `any fo`", 2, 3, "did you mean `any of`"),
    ("ground/phrases.yaml", "ET-26 => ET-27", "unknown erratum: `ET-27`", 6, 12, ""),
    ("ground/messages/ping.yaml", "value.lamp.id => value.lamp.ie", "unknown value: `lamp.ie`", 5, 22, ""),
    ("ground/messages/ping.yaml", "endpoint: ping => endpoint: pig", "unknown endpoint or callback: `pig`", 2, 13, ""),
    ("ground/messages/ping.yaml", "red, => \"${ticket}\",", "in the message `ping` at message.colours[0]", 0, 0, ""),
    ("lamps/messages/other.yaml", "extends: ping => extends: slow ping", "extends itself", 2, 12, ""),
    (
        "lamps/messages/other.yaml",
        "extends: ping => extends: pnig",
        "unknown message: `pnig`",
        2,
        12,
        "did you mean `ping`",
    ),
    ("lamps/tests/ping.yaml", "[missing, wrong] => []", "gives no values for `token`", 46, 21, ""),
    (
        "lamps/tests/ping.yaml",
        "[missing, wrong] => [missing, none]",
        "authorisation (from `for each`): `none`",
        50,
        22,
        "",
    ),
    ("lamps/tests/ping.yaml", "id: LP-PING-02 => id: LP-PING-01", "written twice", 42, 3, ""),
    ("lamps/tests/ping.yaml", "needs: [lamp] => needs: [lmap]", "unknown value or action: `lmap`", 8, 11, ""),
    ("lamps/tests/ping.yaml", "tier: core => tier: cor", "unknown `tier`: `cor`", 6, 9, "did you mean `core`"),
    (
        "lamps/tests/ping.yaml",
        "when: supports.pinging => when: supports.colours contains ${each.x}",
        "`for each`: `x`",
        7,
        35,
        "",
    ),
    (
        "lamps/tests/ping.yaml",
        "proves: [LP-ONE-01, LP-ONE-02, LP-ONE-03] => proves: [LP-ONE-01, LP-ONE-02, LP-ONE-03, LP-ONE-04]",
        "no sentence belongs to it",
        3,
        3,
        "",
    ),
    ("lamps/tests/ping.yaml", "        - LP-ONE-03: => \x20       - LP-ONE-01:", "under `should`", 0, 0, "expect"),
    ("lamps/tests/ping.yaml", "- LP-ONE-01: status is 200 => - LP-ONE-03: status is 200", "force I", 22, 22, "should"),
    (
        "lamps/proof.yaml",
        "dark: [LP-ONE-01] => dark: [LP-ONE-10]",
        "unknown requirement: `LP-ONE-10`",
        2,
        10,
        "LP-ONE-0",
    ),
    ("lamps/proof.yaml", "dark: [LP-ONE-01] => dark: []", "breaks no requirement", 2, 3, ""),
    (
        "lamps/anchors.yaml",
        "covered by: LP-ONE-02 => covered by: LP-TWO-02",
        "unknown requirement: `LP-TWO-02`",
        2,
        32,
        "",
    ),
];

#[test]
fn mistakes_in_files_are_found_where_they_stand() {
    let rows = FILES.iter().filter_map(|(path, change, message, line, column, hint)| {
        let (from, to) = change.split_once(" => ").unwrap();
        let whole = sample::ALL.iter().find(|(known, _)| known == path).unwrap().1;
        assert!(whole.contains(from), "{path} has no {from}");
        let files = sample::with(path, &whole.replacen(from, to, 1));
        differs(&files, path, (message, *line, *column, hint)).map(|found| format!("{change}\n  {found}"))
    });
    report(rows.collect());
}

#[test]
fn all_mistakes_of_all_files_come_in_one_go() {
    let text = test_with(
        "    - sned: ping\n    - send: pnig\n      message: ping\n    - await: pogn\n      requirement: NO-1",
    );
    let wrong = load(&sample::with("lamps/tests/wrong.yaml", &text), "lamps", &Stub).unwrap_err();
    for part in ["unknown verb", "unknown endpoint", "unknown callback", "unknown requirement: `NO-1`"] {
        assert!(wrong.to_string().contains(part), "{part} in {wrong}");
    }
}

#[test]
fn a_file_of_unknown_name_is_a_warning() {
    let loaded = load(&sample::with("lamps/requirments.yaml", "a: b"), "lamps", &Stub).unwrap();
    assert!(loaded.warnings.to_string().contains("did you mean `requirements.yaml`?"), "{}", loaded.warnings);
}

/// What is not as the row says.
fn differs(files: &Files, path: &str, row: (&str, usize, usize, &str)) -> Option<String> {
    let (message, line, column, hint) = row;
    let wrong = match load(files, "lamps", &Stub) {
        Ok(_) => return Some("no mistake found".into()),
        Err(wrong) => wrong,
    };
    let here = |file: &str| line == 0 || file == path;
    let found = wrong.sorted().into_iter().find(|d| d.message.contains(message) && here(&d.place.file));
    let Some(found) = found else { return Some(format!("no `{message}` in\n{wrong}")) };
    let place = line == 0 || (found.place.line, found.place.column) == (line, column);
    (!place || !found.hint.contains(hint)).then(|| found.to_string())
}

fn report(rows: Vec<String>) {
    assert!(rows.is_empty(), "{} rows differ:\n{}", rows.len(), rows.join("\n\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_edits_of_a_good_file_never_panic(
        which in 0..sample::ALL.len(), at in 0.0..1.0f64, cut in 0usize..12, insert in "[a-z\\[\\]{}:$.\"' \n-]{0,6}",
    ) {
        let (path, text) = sample::ALL[which];
        let chars: Vec<char> = text.chars().collect();
        let at = (at * chars.len() as f64) as usize;
        let edited: String = chars[..at].iter().collect::<String>() + &insert + &chars[(at + cut).min(chars.len())..].iter().collect::<String>();
        let _ = load(&sample::with(path, &edited), "lamps", &Stub);
        let _ = crate::profile::list(&sample::with(path, &edited));
    }
}
