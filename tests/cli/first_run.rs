//! The README's first run, against the sandbox as a program of its own: `--url` alone, `init`, and a filled-in file.

use super::folder::Folder;
use super::{program, ran};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const TOKEN: &str = "first-run-token-0815";

/// A sandbox in a process of its own; ends with the test.
struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    fn start(token: bool) -> Sandbox {
        let mut command = Command::new(crate::path_of_program());
        command.args(["sandbox", "--listen", "127.0.0.1:0"]).env("DCI_TOKEN", TOKEN).stdout(Stdio::piped());
        if token {
            command.args(["--token-env", "DCI_TOKEN"]);
        }
        let mut child = command.spawn().expect("the sandbox starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
        Sandbox { child, url }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn result(folder: &Folder) -> Value {
    serde_json::from_str(&folder.read("reports/result.json")).expect("result.json is JSON")
}

fn open_tests(result: &Value) -> String {
    let tests = result["tests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let open = tests.iter().filter(|test| !matches!(test["verdict"].as_str(), Some("pass" | "not-applicable")));
    open.map(|test| format!("{} {}: {}\n", test["id"], test["verdict"], test["reason"])).collect()
}

#[test]
fn the_committed_implementation_file_is_conformant() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(true));
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/implementation.yaml"));
    let file = file.expect("the fixture");
    assert!(file.contains("http://127.0.0.1:8080/"), "the address to replace");
    folder.write("implementation.yaml", &file.replace("http://127.0.0.1:8080/", &sandbox.url));
    let mut command = program(&folder, &["run", "--implementation", "implementation.yaml", "--out", "reports"]);
    command.env("DCI_TOKEN", TOKEN);
    let ran = ran(command);
    let result = result(&folder);
    assert_eq!(ran.code, 0, "{}\n{}{}", open_tests(&result), ran.out, ran.err);
    for (name, text) in folder.files() {
        assert!(!text.contains(TOKEN), "{name} holds the token");
    }
    assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN));
    assert!(!ran.out.contains("no credential was sent"), "{}", ran.out);
}

/// The address may be whole as it is; and where nothing of the standard is, the product is not blamed for paths that were guessed.
#[test]
fn the_address_may_hold_the_prefix_and_a_wrong_one_is_not_the_products_fault() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(false));
    let run = |url: &str| {
        let claims = "supports: {sync-search: yes, async-search: yes, subscriptions: yes}";
        let callback = "callback: {listen: 127.0.0.1:0}\ndeadlines: {http: 2s, callback: 1s, notify: 1s, quiet: 250ms}";
        folder.write(
            "implementation.yaml",
            &format!("profile: social-registry\nbase-url: {url}\n{callback}\n{claims}\n"),
        );
        let only = ["--test", "RG-SYNC-01", "--test", "RG-ASYNC-01", "--test", "RG-ONE-01", "--out", "reports"];
        let ran = ran(program(&folder, &[&["run", "--implementation", "implementation.yaml"][..], &only].concat()));
        (ran, result(&folder))
    };
    let (whole, told) = run(&format!("{}registry/", sandbox.url));
    let passed = told["counts"]["tests"]["pass"].as_u64();
    assert_eq!(
        (passed, &told["implementation"]["settings"]["path prefix"]),
        (Some(3), &"none (found by asking)".into())
    );
    assert!(whole.out.contains("no credential was sent in the whole run"), "{}", whole.out);
    let (wrong, told) = run(&format!("{}not/here/", sandbox.url));
    assert_eq!(wrong.code, 2, "{}", open_tests(&told));
    let reason = told["reasons"][0].as_str().unwrap_or_default();
    let paths = ["(/not/here/registry/sync/search, ", " /not/here/sync/search"];
    assert!(paths.iter().all(|path| reason.contains(path)), "{reason}");
    let prefix = told["implementation"]["settings"]["path prefix"].as_str().unwrap_or_default();
    assert!(prefix.starts_with("registry (guessed: "), "{prefix}");
    assert!(!wrong.out.contains("no credential was sent"), "{}", wrong.out);
}

/// As behind an https address where the product speaks plain http: nobody should have to look for the reason in each test.
#[test]
fn a_product_that_answers_nothing_is_told_of_first() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let folder = Folder::new();
    let only = ["--test", "RG-SYNC-01", "--patience", "0.01", "--out", "reports"];
    let ran = ran(program(&folder, &[&["run", "--profile", "social-registry", "--url", &url][..], &only].concat()));
    let told = result(&folder);
    let reason = told["reasons"][0].as_str().unwrap_or_default();
    assert!(ran.code == 2 && reason.starts_with("not one request was answered"), "{}: {reason}", ran.code);
}

/// A machine that has few open files to give, which is none of the product's faults.
#[cfg(target_os = "linux")]
#[test]
fn a_right_product_does_not_fail_for_want_of_open_files_of_ours() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(false));
    let program = crate::path_of_program().to_string_lossy().into_owned();
    let run = format!(
        "ulimit -n 20 && exec '{program}' run --profile social-registry --url {} --jobs 64 --patience 0.1 --out reports \
         --test 'RG-SYNC-*' --test 'RG-PAGES-*'",
        sandbox.url
    );
    let ran = Command::new("sh").args(["-c", &run]).current_dir(folder.path()).output().expect("a shell");
    let words = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!(ran.status.code(), Some(2), "{words}\n{}", open_tests(&result(&folder)));
    assert!(folder.read("reports/result.json").contains("this machine could not open a connection"), "{words}");
}

#[test]
fn an_address_alone_never_fails_a_right_product() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(false));
    let url = sandbox.url.as_str();
    let arguments = ["run", "--profile", "social-registry", "--url", url, "--out", "reports", "--patience", "0.1"];
    let ran = ran(program(&folder, &arguments));
    let result = result(&folder);
    assert!(matches!(ran.code, 0 | 2), "exit {}\n{}", ran.code, open_tests(&result));
    assert_eq!(result["counts"]["tests"]["fail"], 0, "{}", open_tests(&result));
    assert!(
        result["counts"]["tests"]["pass"].as_u64() > Some(40),
        "what can be probed is tested: {}",
        result["counts"]
    );
    let not_tested = result["not-tested"].as_array().expect("what was not tested");
    assert!(not_tested.iter().any(|row| row["question"].is_string()), "the vendor is asked something: {not_tested:?}");
}

#[test]
fn without_the_credential_nothing_is_decided() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(true));
    let url = sandbox.url.as_str();
    let arguments = ["run", "--profile", "social-registry", "--url", url, "--out", "reports", "--patience", "0.05"];
    let ran = ran(program(&folder, &arguments));
    let result = result(&folder);
    assert_eq!(ran.code, 2, "{}", open_tests(&result));
    assert!(ran.out.contains("set `authorisation` in the implementation file"), "the remedy is told:\n{}", ran.out);
}

/// A server of pages for people answers everything, and supports nothing.
#[test]
fn init_answers_nothing_in_the_name_of_what_does_not_understand() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let page =
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>";
            let _ = std::io::Read::read(&mut stream, &mut [0; 8192]);
            let _ = std::io::Write::write_all(&mut stream, page.as_bytes());
        }
    });
    let folder = Folder::new();
    let init = ran(program(&folder, &["init", "--url", &url]));
    assert_eq!(init.code, 0, "{}", init.err);
    assert!(init.err.contains("asked about `sync-search`: what came is no JSON object (status 200)"), "{}", init.err);
    let file = folder.read("implementation.yaml");
    assert!(file.contains("#   sync-search: yes") && !file.contains("\n  sync-search: yes"), "{file}");
}

#[test]
fn init_names_no_prefix_where_nothing_answers() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(false));
    let init = ran(program(&folder, &["init", "--url", &format!("{}not/here/", sandbox.url)]));
    assert_eq!(init.code, 0, "{}", init.err);
    assert!(init.err.contains("nothing of the standard is at any path tried"), "{}", init.err);
    assert!(folder.read("implementation.yaml").contains("\n# paths: {prefix: registry}"), "it stays a question");
}

#[test]
fn init_writes_a_file_that_run_takes() {
    let (folder, sandbox) = (Folder::new(), Sandbox::start(false));
    let init = ran(program(&folder, &["init", "--url", &sandbox.url]));
    assert_eq!(init.code, 0, "{}", init.err);
    let file = folder.read("implementation.yaml");
    assert!(file.contains("sync-search: yes") && file.contains("prefix: registry"), "probed:\n{file}");
    let plan = ran(program(&folder, &["run", "--implementation", "implementation.yaml", "--plan"]));
    assert_eq!(plan.code, 0, "{}", plan.err);
    assert!(!plan.err.contains("warning"), "the suite warns of its own file: {}", plan.err);
    let again = ran(program(&folder, &["init", "--url", &sandbox.url]));
    assert!(again.code == 3 && again.err.contains("exists already"), "what was filled in is kept: {}", again.err);
}
