//! Bad input: one clear message with the remedy, exit 3, nothing half-written.

use super::folder::Folder;
use super::{program, ran, run};
use std::io::{Read, Write};
use std::net::TcpListener;

/// A loopback port at which nobody listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("its address").port()
}

/// Refused with exit 3; the message holds all parts, says `error:` as often as there are mistakes, and leaves no file.
fn refused_times(folder: &Folder, arguments: &[&str], mistakes: usize, parts: &[&str]) {
    let before = folder.files();
    let ran = run(folder, arguments);
    let shown = format!("{arguments:?}\nexit {}\n{}{}", ran.code, ran.out, ran.err);
    assert_eq!(ran.code, 3, "{shown}");
    assert_eq!(ran.out, "", "standard output stays clean: {shown}");
    assert_eq!(ran.err.matches("error: ").count(), mistakes, "{shown}");
    assert!(!ran.err.contains("panicked") && !ran.err.contains("fault of dci-conform"), "{shown}");
    for part in parts {
        assert!(ran.err.contains(part), "the message lacks {part:?}: {shown}");
    }
    assert_eq!(folder.files(), before, "something was written: {shown}");
    assert!(!folder.file("reports").exists(), "an empty folder is left: {shown}");
}

fn refused(folder: &Folder, arguments: &[&str], parts: &[&str]) {
    refused_times(folder, arguments, 1, parts);
}

fn refused_run(arguments: &[&str], parts: &[&str]) {
    let folder = Folder::new();
    let all: Vec<&str> = ["run", "--profile", "social-registry"].iter().chain(arguments).copied().collect();
    refused(&folder, &all, parts);
}

#[test]
fn an_unknown_profile() {
    let folder = Folder::new();
    let help = ["no profile", "help: did you mean `social-registry`?"];
    refused(&folder, &["run", "--profile", "soical-registry", "--url", "http://127.0.0.1:9/"], &help);
    for command in ["show", "lint", "test", "doc"] {
        refused(&folder, &["profile", command, "soical-registry"], &help);
    }
    refused(&folder, &["run", "--url", "http://127.0.0.1:9/"], &["say which profile"]);
    // What only serves others is no suggestion: it can be neither run nor shown.
    refused(&folder, &["profile", "show", "bas"], &["no profile `bas`", "social-registry"]);
    assert!(!run(&folder, &["profile", "show", "bas"]).err.contains("`base`"));
}

#[test]
fn a_class_of_records_that_is_none() {
    let folder = Folder::new();
    folder.write("people.ndjson", "{}\n");
    for (class, parts) in [
        ("Grup", ["no record class `Grup`", "did you mean `Group`?"]),
        ("Household", ["no record class `Household`", "of other domains crvs CRVSPerson"]),
        ("Household", ["ess Group, ess Member", "fr Group, "]),
        (
            "Beneficiary",
            ["several domains have a record class `Beneficiary`", "say which: ibr Beneficiary, ess Beneficiary"],
        ),
    ] {
        refused(&folder, &["check", "--record", class, "people.ndjson"], &parts);
        refused(&folder, &["profile", "schema", "--record", class], &parts);
    }
    // One that only one other domain has needs no domain in front, by whichever of its names.
    for class in ["Farmer", "fr Farmer"] {
        let ran = run(&folder, &["check", "--record", class, "--format", "json", "--out", "out", "people.ndjson"]);
        assert!(ran.err.contains("fr Farmer") || ran.out.contains("fr Farmer"), "{}{}", ran.out, ran.err);
    }
    assert!(run(&folder, &["profile", "schema", "--record", "PWD"]).out.contains("PWDPerson"));
}

#[test]
fn a_profile_that_only_serves_others_is_never_suggested() {
    let folder = Folder::new();
    let url = "http://127.0.0.1:9/";
    for (id, what) in [("nope", "no profile `nope`"), ("bse", "no profile `bse`"), ("base", "cannot be used alone")] {
        let parts = [what, "help: ", "known here: social-registry"];
        for command in ["show", "lint", "test", "doc"] {
            refused(&folder, &["profile", command, id], &parts);
        }
        refused(&folder, &["run", "--profile", id, "--url", url], &parts);
        refused(&folder, &["init", "--profile", id, "--url", url], &parts);
        refused(&folder, &["explain", "RG-ID-01", "--profile", id], &parts);
    }
}

#[test]
fn an_unknown_edition_or_role() {
    let url = "http://127.0.0.1:9/";
    refused_run(&["--url", url, "--edition", "2031"], &["no edition `2031`", "known here: dec2025"]);
    refused_run(&["--url", url, "--role", "client"], &["tests the role registry, not client", "help: "]);
}

#[test]
fn an_implementation_file_that_is_not_there() {
    refused_run(
        &["--implementation", "nowhere.yaml"],
        &["nowhere.yaml", "cannot read", "help: `dci-conform init --url ADDRESS`"],
    );
}

#[test]
fn an_implementation_file_that_is_no_yaml_is_placed() {
    let folder = Folder::new();
    folder.write("broken.yaml", "base-url: http://127.0.0.1:9/\n  profile: [\n");
    refused(
        &folder,
        &["run", "--implementation", "broken.yaml"],
        &["broken.yaml:2:10: error: not readable as YAML", "help: "],
    );
}

#[test]
fn all_mistakes_of_an_implementation_file_are_told_at_once() {
    let folder = Folder::new();
    let text = "base-url: http://127.0.0.1:9/\ndeadlins: {http: 1s}\ndeadlines: {http: soon}\nproduction: maybe\n\
                supports: {sync-search: 7}\nauthorisation: {bearer: s3cr3t-in-the-file}\n";
    folder.write("wrong.yaml", text);
    let places = [
        "wrong.yaml:2:1: error: unknown key `deadlins`",
        "did you mean `deadlines`?",
        "wrong.yaml:3:19: error: ",
        "wrong.yaml:4:13: error: ",
        "wrong.yaml:5:25: error: ",
        "wrong.yaml:6:25: error: ",
    ];
    refused_times(&folder, &["run", "--profile", "social-registry", "--implementation", "wrong.yaml"], 5, &places);
    let told = run(&folder, &["run", "--profile", "social-registry", "--implementation", "wrong.yaml"]);
    assert!(!told.err.contains("s3cr3t-in-the-file"), "a secret written into the file is not printed: {}", told.err);
}

#[test]
fn a_host_at_which_nobody_listens() {
    let url = format!("http://127.0.0.1:{}/", closed_port());
    refused_run(&["--url", &url], &["cannot reach", "refused", "help: check the address"]);
    refused_run(&["--url", &url, "--out", "a/b"], &["cannot reach"]);
    let keyed = format!("{url}token/s3cr3t-word/");
    let keyed = run(&Folder::new(), &["run", "--profile", "social-registry", "--url", &keyed]);
    assert!(keyed.err.contains("/token/(secret)") && !keyed.err.contains("s3cr3t-word"), "{}", keyed.err);
    refused(&Folder::new(), &["init", "--url", &url], &["cannot reach", "help: check the address"]);
}

#[test]
fn an_address_that_is_none() {
    for url in ["ftp://127.0.0.1/", "127.0.0.1:9", "file:///etc", ""] {
        refused_run(&["--url", url], &["--url: error: the address is no http or https address", "help: write http"]);
    }
    refused_run(&["--url", "http://"], &["--url: error: the address names no host", "help: "]);
    refused(&Folder::new(), &["init", "--url", "ftp://127.0.0.1/"], &["--url: error: ", "help: "]);
    let here = "http://127.0.0.1:9/";
    refused_run(
        &["--url", here, "--callback-url", "tester"],
        &["--callback-url", "no http or https", "help: write http"],
    );
    for option in ["--callback-url", "--listen"] {
        let told = run(&Folder::new(), &["run", "--url", here, option, "http://u:s3cr3t-word@h/"]);
        assert!(told.code == 3 && told.err.contains(option) && !told.err.contains("s3cr3t-word"), "{}", told.err);
    }
}

/// A web server that is no registry: there is a verdict, and the first reason says what to look at.
#[test]
fn an_address_at_which_something_else_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 65536]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let folder = Folder::new();
    let ran = run(&folder, &["run", "--profile", "social-registry", "--url", &url, "--out", "-", "--patience", "0.05"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let result: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let first = result["reasons"][0].as_str().unwrap_or_default();
    assert!(first.contains("/registry/sync/search") && first.contains("check the address"), "{first}");
}

#[test]
fn tls_towards_a_server_that_speaks_none() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().expect("its address").port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    refused_run(&["--url", &url], &["cannot reach", "TLS", "help: "]);
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = taken.local_addr().expect("its address").to_string();
    refused_run(&["--url", "http://127.0.0.1:9/", "--listen", &address], &[&address, "in use", "help: "]);
    refused(&Folder::new(), &["sandbox", "--listen", &address], &[&address, "in use", "help: choose another address"]);
    refused_run(&["--url", "http://127.0.0.1:9/", "--listen", "here"], &["--listen", "no IP address and port"]);
}

#[test]
fn an_environment_variable_that_is_not_set() {
    let folder = Folder::new();
    folder.write(
        "secret.yaml",
        "profile: social-registry\nbase-url: http://127.0.0.1:9/\nauthorisation: {bearer: {env: DCI_TEST_UNSET_VARIABLE}}\n",
    );
    refused(
        &folder,
        &["run", "--implementation", "secret.yaml"],
        &["secret.yaml:3:25: error: the environment variable DCI_TEST_UNSET_VARIABLE is not set", "help: set it first"],
    );
    refused(
        &folder,
        &["sandbox", "--token-env", "DCI_TEST_UNSET_VARIABLE"],
        &["DCI_TEST_UNSET_VARIABLE is not set", "help: "],
    );
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = Folder::new();
    folder.write("file", "in the way");
    let help = "help: choose another folder with --out";
    let run = ["run", "--profile", "social-registry", "--url", "http://127.0.0.1:9/", "--out", "file/reports"];
    refused(&folder, &run, &["cannot write reports to file/reports", help]);
    refused(&folder, &["demo", "--out", "file/reports"], &["cannot write reports to file/reports", help]);
    refused(&folder, &["profile", "new", "own", "--out", "file/own"], &["cannot write file/own"]);
    refused(&folder, &["profile", "list", "--profiles", "nowhere"], &["nowhere", "cannot read the folder"]);
    refused(&folder, &["init", "--url", "http://127.0.0.1:9/", "--out", "no/x.yaml"], &["no folder no", "help: "]);
    folder.write("implementation.yaml", "kept");
    refused(&folder, &["init", "--url", "http://127.0.0.1:9/"], &["implementation.yaml exists already", "help: "]);
}

#[test]
fn an_unknown_fault() {
    let folder = Folder::new();
    let help =
        ["no fault `reply-transaction-id-chnged`", "did you mean `reply-transaction-id-changed`?", "--list-faults"];
    refused(&folder, &["demo", "--fault", "reply-transaction-id-chnged"], &help);
    refused(&folder, &["sandbox", "--fault", "reply-transaction-id-chnged"], &help);
    refused(&folder, &["profile", "test", "social-registry", "--fault", "reply-transaction-id-chnged"], &help);
    refused(&folder, &["sandbox", "--registry", "civil"], &["does not play the registry `civil`", "help: "]);
    refused(&folder, &["sandbox", "--role", "client"], &["does not play the role `client`", "help: "]);
}

#[test]
fn a_test_that_does_not_exist() {
    refused(&Folder::new(), &["demo", "--test", "ZZ-*"], &["no test is called ZZ-*", "help: "]);
    refused_run(
        &["--url", "http://127.0.0.1:9/", "--test", "ZZ-*", "--test", "QQ-1"],
        &["no test is called ZZ-* or QQ-1", "help: `dci-conform profile show social-registry` lists the tests"],
    );
    // Whoever pins one that has another name now is not to go on without it.
    for more in [&[][..], &["--plan"]] {
        let asked = ["--url", "http://127.0.0.1:9/", "--test", "RG-SYNC-01", "--test", "QQ-1"];
        refused_run(&[&asked, more].concat(), &["no test is called QQ-1\n"]);
    }
    let ran = run(&Folder::new(), &["demo", "--test", "RG-WRONG-06/nothing", "--out", "-"]);
    assert!(ran.code == 2 && ran.out.contains("is called `nothing`"), "{}{}", ran.out, ran.err);
}

#[test]
fn numbers_and_lengths_out_of_bounds() {
    let url = "http://127.0.0.1:9/";
    for patience in ["0", "-1", "NaN", "1e9"] {
        refused_run(
            &["--url", url, &format!("--patience={patience}")],
            &["--patience takes a factor from 0.01 to 100"],
        );
    }
    refused_run(&["--url", url, "--patience", "long"], &["--patience", "long"]);
    refused_run(&["--url", url, "--jobs", "0"], &["--jobs", "1..=256"]);
    refused_run(&["--url", url, "--time-limit", "soon"], &["`soon` is not a length of time", "help: write 90s"]);
    refused_run(&["--url", url, "--seed=-1"], &["--seed"]);
    refused_run(&["--url", url, "--rate", "0"], &["--rate"]);
}

#[test]
fn an_unknown_format() {
    let url = "http://127.0.0.1:9/";
    refused_run(
        &["--url", url, "--format", "html,pdf"],
        &["unknown format `pdf`", "known formats are json, html, junit"],
    );
    refused(&Folder::new(), &["demo", "--format", "pdf"], &["unknown format `pdf`"]);
}

#[test]
fn arguments_that_lack_or_contradict_something() {
    refused_run(&[], &["--url", "required"]);
    refused_run(&["--url", "http://127.0.0.1:9/", "--implementation", "a.yaml"], &["cannot be used with"]);
    let folder = Folder::new();
    refused(&folder, &["runn"], &["'runn'", "'run'"]);
    refused(&folder, &["profile", "lint"], &["required"]);
    refused(&folder, &["explain", "RG-NOTHING-99"], &["no requirement, test or erratum `RG-NOTHING-99`"]);
    refused(&folder, &["explain", "OBJECT-OTHER-CLASS"], &["a check of files prints", "docs/exported-files.md"]);
    refused(&folder, &["profile", "new", "Not An Id"], &["cannot be a profile id", "help: "]);
    let bare = ran(program(&folder, &[]));
    assert_eq!(bare.code, 3, "no command at all: {}", bare.err);
    assert!(bare.err.contains("Usage:"), "{}", bare.err);
}

#[test]
fn a_plan_sends_nothing_and_needs_nobody() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let plan = run(&folder, &["run", "--profile", "social-registry", "--url", &url, "--plan"]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    assert!(plan.out.contains("Nothing was sent.") && plan.out.contains("RG-SYNC-01"), "{}", plan.out);
    assert!(folder.is_empty());
}

#[test]
fn an_export_that_cannot_be_written() {
    let folder = Folder::new();
    let data = |arguments: &[&'static str]| -> Vec<&'static str> {
        let all = ["sandbox", "data", "--out", "export.ndjson", "--manifest", "seeded.ndjson"];
        all.iter().chain(arguments).copied().collect()
    };
    refused(&folder, &data(&["--record", "Gruop"]), &["class `Gruop`", "help: did you mean `Group`?"]);
    let help = ["no defect `sex-unknwon`", "help: did you mean `sex-unknown`?"];
    refused(&folder, &data(&["--record", "Group", "--defect", "sex-unknwon"]), &help);
    let help = ["class Group cannot have the defect", "help: it applies to Beneficiary"];
    refused(&folder, &data(&["--record", "Group", "--defect", "programme-name-missing"]), &help);
    refused(
        &folder,
        &data(&["--record", "Group", "--format", "xlsx"]),
        &["format `xlsx`", "help: ndjson, json or csv"],
    );
    let cut = data(&["--record", "Group", "--defect", "line-cut", "--format", "csv"]);
    refused(&folder, &cut, &["`line-cut` cannot be shown in this format", "help: use ndjson"]);
    let often = data(&["--record", "Group", "--defect", "sex-unknown", "--defect-rate", "7"]);
    refused(&folder, &often, &["7 is no probability", "help: "]);
    for none in [["--defect-rate", "0.1"], ["--every", "2"]] {
        refused(&folder, &data(&[&["--record", "Group"][..], &none].concat()), &["--defect <DEFECT>"]);
    }
    let nowhere = ["sandbox", "data", "--record", "Group", "--out", "nowhere/export.ndjson"];
    refused(&folder, &nowhere, &["cannot write nowhere/export.ndjson", "help: "]);
}
