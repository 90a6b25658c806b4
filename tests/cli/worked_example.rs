//! The worked example of CONTRIBUTING.md, done as it is written there.

use super::folder::Folder;
use super::run;

/// The YAML block that follows a mention of a file, from where the last one was found.
fn block<'p>(page: &'p str, file: &str) -> &'p str {
    let at = page.find(&format!("`{file}`")).unwrap_or_else(|| panic!("CONTRIBUTING.md does not mention {file}"));
    let rest = &page[at..];
    let start = rest.find("```yaml\n").expect("a block of YAML follows") + "```yaml\n".len();
    rest[start..].split("```").next().unwrap_or_default()
}

#[test]
fn one_more_requirement_needs_yaml_only() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let folder = Folder::new();
    folder.copy("test-profiles", "own");
    let mut lines = 0;
    for file in ["own/social-registry/requirements.yaml", "own/social-registry/tests/groups.yaml"] {
        let added = block(&page, file);
        lines += added.lines().count();
        folder.write(file, &format!("{}{added}", folder.read(file)));
    }
    let file = "own/social-registry/proof.yaml";
    let (line, old) = (block(&page, file).trim_end(), folder.read(file));
    let key = line.split(':').next().unwrap_or_default();
    let replaced: Vec<&str> =
        old.lines().map(|old| if old.starts_with(&format!("{key}:")) { line } else { old }).collect();
    assert_ne!(replaced.join("\n"), old.trim_end(), "the line of the fault is there to be replaced");
    folder.write(file, &format!("{}\n", replaced.join("\n")));
    assert!(page.contains(&format!("{lines} new lines and one changed")), "it is {lines} lines");

    let lint = run(&folder, &["profile", "lint", "social-registry", "--profiles", "own"]);
    assert_eq!(lint.code, 0, "{}{}", lint.out, lint.err);
    let proof = run(
        &folder,
        &[
            "profile",
            "test",
            "social-registry",
            "--profiles",
            "own",
            "--fault",
            "group-size-wrong",
            "--out",
            "matrix.json",
        ],
    );
    assert_eq!(proof.code, 0, "{}{}", proof.out, proof.err);
    assert!(folder.read("matrix.json").contains("SR-GROUP-99"), "the new test is among those that failed");
    let demo = run(&folder, &["demo", "--profiles", "own", "--fault", "group-size-wrong", "--out", "reports"]);
    assert!(demo.code == 1 && demo.out.contains("SR-SIZE-01"), "{}", demo.out);
}
