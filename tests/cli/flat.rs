//! `check` on tables: vendors' conventions, mistakes in mapping files, and files that are broken.

use super::folder::Folder;
use super::{Ran, run};
use serde_json::Value;

pub(super) fn check(folder: &Folder, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["check", "--out", "out"].iter().chain(arguments).copied().collect();
    run(folder, &all)
}

pub(super) fn result(folder: &Folder) -> Value {
    serde_json::from_str(&folder.read("out/result.json")).expect("result.json is JSON")
}

/// File, line, column, rule and pointer of every finding.
pub(super) fn findings(folder: &Folder) -> Vec<String> {
    let text = folder.read("out/findings.ndjson");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a finding"));
    let shown = lines.map(|found| {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let column = found["column"].as_u64().map_or_else(|| "-".into(), |column| column.to_string());
        format!("{}:{}:{column} {} {}", text("file"), found["line"], text("rule"), text("pointer"))
    });
    shown.collect()
}

/// Files that are checked together: what `result.json` says of the trouble with each has a part, `null` where there is none.
pub(super) fn troubles(folder: &Folder, files: &[(&str, &[u8], &str)]) -> Value {
    for (name, bytes, _) in files {
        std::fs::write(folder.file(name), bytes).expect("a file for the test");
    }
    let names: Vec<&str> = files.iter().map(|(name, ..)| *name).collect();
    let ran = check(folder, &[&["--record", "SRPerson"], names.as_slice()].concat());
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    let result = result(folder);
    let listed = result["files"].as_array().expect("a list");
    for (name, _, part) in files {
        let file = listed.iter().find(|file| file["name"] == *name).expect("every file is listed");
        let trouble = file["trouble"].to_string();
        assert!(trouble.contains(part), "{name}: {trouble}");
    }
    result
}

#[test]
fn tables_of_vendors_are_read_by_their_mappings() {
    let born = "DT-FORMAT /member_list/1/demographic_info/birth_date";
    for (mapping, files, expected) in [
        ("odoo.yaml", vec!["odoo.csv"], vec![format!("odoo.csv:3:8 {born}")]),
        (
            "openimis.yaml",
            vec!["openimis.csv"],
            vec![
                "openimis.csv:1:10 PROP-UNKNOWN ".to_owned(),
                "openimis.csv:3:4 DT-CALENDAR /demographic_info/birth_date".to_owned(),
            ],
        ),
        ("national.yaml", vec!["national.csv"], vec!["national.csv:3:4 CODE-UNKNOWN /sex".to_owned()]),
        (
            "two-files.yaml",
            vec!["members.csv", "groups.csv"],
            vec!["members.csv:5:- ROW-ORPHAN ".to_owned(), format!("members.csv:4:3 {born}")],
        ),
    ] {
        let folder = Folder::new();
        folder.copy("fixtures/flat", ".");
        let arguments: Vec<&str> = ["--mapping", mapping].iter().chain(&files).copied().collect();
        let ran = check(&folder, &arguments);
        assert_eq!(ran.code, 1, "{mapping}: {}{}", ran.out, ran.err);
        assert_eq!(findings(&folder), expected, "{mapping}");
        let result = result(&folder);
        assert_eq!(result["mapping"]["file"], mapping);
        assert!(result["mapping"]["columns"].as_object().is_some_and(|columns| !columns.is_empty()), "{mapping}");
        let written =
            folder.read("out/findings.ndjson") + &folder.read("out/result.json") + &folder.read("out/report.html");
        for value in ["Achterberg", "Inola", "Tavish", "900000271", "31.12.2010", "Oyelaran"] {
            assert!(!written.contains(value), "{mapping}: {value} was written");
        }
    }
}

#[test]
fn mistakes_in_a_mapping_are_told_all_at_once() {
    let folder = Folder::new();
    folder.copy("fixtures/flat", ".");
    folder.write(
        "wrong.yaml",
        "record: Member\ncolumns:\n  first_name: demographic_info.name.given_nam\n  surname: demographic_info.name.surname\n\
         values:\n  demographic_info.sexe: {M: male}\n",
    );
    let ran = check(&folder, &["--mapping", "wrong.yaml", "openimis.csv"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in [
        "wrong.yaml:3:15: error: records of class Member have no place",
        "perhaps given_name",
        "wrong.yaml:4:3: error: no file has a column `surname`",
        "wrong.yaml:6:3: error: records of class Member have no place",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!folder.file("out").exists(), "nothing is left");
    for (text, part) in [
        ("recrod: Member\n", "did you mean `record`?"),
        ("record: Membre\n", "no record class `Membre`"),
        ("separator: ab\n", "`separator` is one character"),
        ("encoding: ebcdic\n", "the encoding `ebcdic` is not read"),
        ("date_format: dd/mm/yy\n", "no way to write a date"),
        ("booleans: {Oui: maybe}\n", "stands for yes or no"),
        ("number_format: '0,00'\n", "no way to write a number"),
        ("blanks: maybe\n", "`blanks` around values"),
        ("nulls: {N/A: ~}\n", "`nulls` is a list of words"),
        ("nulls: [[N/A]]\n", "`nulls` is a list of words"),
        ("groups: a.csv\n", "alone joins nothing"),
        ("groups: a.csv\nmembers: b.csv\n", "joined by a column"),
        ("key: number\nrecord: Member\n", "no file has a column `number`"),
        ("key: uuid\ngroups: a.csv\nmembers: b.csv\nrecord: Member\n", "none of the files to check is `a.csv`"),
        ("columns: [a]\n", "a map from the name of a column to a path"),
        ("columns: {a: [b]}\n", "`a` is a text"),
        ("columns: {a: b\n", "not readable as YAML"),
    ] {
        folder.write("wrong.yaml", text);
        let ran = check(&folder, &["--mapping", "wrong.yaml", "openimis.csv"]);
        assert_eq!(ran.code, 3, "{text}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part) && ran.err.contains("wrong.yaml:"), "{text}: {}", ran.err);
    }
    // The same to the eye.
    folder.write("wrong.yaml", "record: SRPerson\ncolumns: {pr\u{e9}nom: name.given_name}\n");
    folder.write("table.csv", "pre\u{301}nom,birth_date\nA,1990-01-01\n");
    let ran = check(&folder, &["--mapping", "wrong.yaml", "table.csv"]);
    assert!(ran.code == 3 && ran.err.contains("in another encoding"), "{}", ran.err);
    let ran = check(&folder, &["--mapping", "nowhere.yaml", "openimis.csv"]);
    assert!(ran.code == 3 && ran.err.contains("cannot read the mapping file"), "{}", ran.err);
}

#[test]
fn a_broken_table_is_told_and_hides_nothing() {
    let folder = Folder::new();
    let header = "identifier[UIN],name.surname,birth_date,birth_date,Email[],notes";
    let rows = [
        "900000171,Quilaqueo,1990-01-31,,a@example.org,x",
        "900000271,Quilaqueo",
        "900000371,Quilaqueo,1990-01-31,,,,more",
        "",
        "900000471,\"two\nlines\",31.01.1990,,,",
        ",,,,,",
        "900000571,nul\0,1990-01-31,,,",
        "900000671,\"never closed,1990-01-31,,,",
        "900000771,Quilaqueo,1990-13-01,,,",
    ];
    let mut bytes = format!("\u{feff}{header}\r\n{}\r\n", rows.join("\r\n")).into_bytes();
    bytes.extend(b"900000871,\xE9,1990-01-31,,,");
    let filler = "900000971,Quilaqueo,1990-01-31,,a@example.org,\r\n".repeat(30_000);
    let at = bytes.iter().position(|byte| *byte == b'\n').expect("a header") + 1;
    bytes.splice(at..at, filler.bytes());
    std::fs::write(folder.file("people.csv"), &bytes).expect("a file for the test");
    let ran = check(&folder, &["--record", "SRPerson", "people.csv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected = [
        "1:- BYTE-ORDER-MARK ",
        "1:4 COLUMN-TWICE ",
        "1:5 COLUMN-SPELLING ",
        "1:6 PROP-UNKNOWN ",
        "30003:- ROW-LENGTH ",
        "30004:- ROW-BEYOND ",
        "30009:- ROW-NUL ",
        "30010:- ROW-QUOTE ",
        "30006:3 CELL-FORM /birth_date",
        "30011:3 DT-FORMAT /birth_date",
        "30012:2 UTF-8 ",
    ];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.csv:{line}")));
    let result = result(&folder);
    assert_eq!(result["records"]["checked"], 30_007);
    assert_eq!(result["unknown"][0]["count"], 1, "the values of an unknown column are counted");
    assert_eq!(result["files"][0]["bytes"], bytes.len());
}

#[test]
fn a_column_for_an_object_is_no_fault_of_the_product_and_not_judged() {
    let folder = Folder::new();
    folder.write("people.csv", "identifier,name,sex,address[0]\n900000171,Zubiri,female,\n,,male,12 High St\n");
    let ran = check(&folder, &["--record", "SRPerson", "--strictness", "strict", "people.csv"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let parts = ["2:1 COLUMN-PARTS /identifier/0", "2:2 COLUMN-PARTS /name", "3:4 COLUMN-PARTS /address/0"];
    let found = findings(&folder);
    let of_columns: Vec<&String> = found.iter().filter(|line| line.contains("COLUMN")).collect();
    assert_eq!(of_columns, parts.map(|line| format!("people.csv:{line}")).iter().collect::<Vec<_>>(), "{found:?}");
    let result = result(&folder);
    assert!(result["reasons"][0].as_str().is_some_and(|why| why.starts_with("3 values are in a column")), "{result}");
    // Columns that are most likely meant for something, and were not read; one that is nothing of the standard's is noted.
    folder.write("people.csv", "identifier[UIN],birth date,sex.code,colour\n900000171,31.01.1990,x,red\n");
    assert_eq!(check(&folder, &["--record", "SRPerson", "people.csv"]).code, 2);
    let expected = ["1:2 COLUMN-LIKE ", "1:3 COLUMN-LIKE ", "1:4 PROP-UNKNOWN "];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.csv:{line}")));
    folder.write("map.yaml", "record: SRPerson\ncolumns: {birth date: ~, sex.code: ~}\n");
    assert_eq!(check(&folder, &["--mapping", "map.yaml", "people.csv"]).code, 0);
    // A value that is wrong for a column of one value fails as before.
    folder.write("people.csv", "identifier[UIN],name.surname,sex\n900000171,Zubiri,unheard-of\n");
    assert_eq!(check(&folder, &["--record", "SRPerson", "people.csv"]).code, 1);
}

/// As a spreadsheet program saves a table in France.
#[test]
fn how_a_country_writes_is_no_fault_of_the_product() {
    let folder = Folder::new();
    let header = "group_identifier[UIN];group_type;place_address;poverty_score;poverty_score_type;registration_date;\
                  address.locality";
    let row = "900000171 ;2;Non;38,4;PMT;31/01/2024 09:30;Kisumu";
    folder.write("groupes.csv", &format!("{header}\n{row}\n"));
    let ran = check(&folder, &["--record", "Group", "groupes.csv"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    // Missing members and texts that might be numbers are told as ever.
    let told = |rules: [&str; 2]| -> Vec<String> {
        findings(&folder).into_iter().filter(|line| rules.iter().any(|rule| line.contains(rule))).collect()
    };
    let expected = [
        "2:1 CELL-FORM /group_identifier/0/identifier_value",
        "2:3 CELL-FORM /place_address",
        "2:4 CELL-FORM /poverty_score",
        "2:6 CELL-FORM /registration_date",
    ];
    assert_eq!(told(["CELL-FORM", "-FORMAT"]), expected.map(|line| format!("groupes.csv:{line}")));
    for key in ["`blanks`", "`booleans`", "`number_format`", "`date_format`"] {
        assert!(folder.read("out/findings.ndjson").contains(key), "{key} is the remedy");
    }
    // Half of it said: the mapping speaks for the whole table, and what it leaves out is as the convention has it.
    folder.write("map.yaml", "blanks: cut\nbooleans: {Oui: yes, Non: no}\nnumber_format: '1 234,5'\n");
    let ran = check(&folder, &["--record", "Group", "--mapping", "map.yaml", "groupes.csv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(told(["CELL-FORM", "-FORMAT"]), ["groupes.csv:2:6 DT-FORMAT /registration_date"]);
    folder.write(
        "map.yaml",
        "blanks: cut\nbooleans: {Oui: yes, Non: no}\nnumber_format: '1 234,5'\ndate_format: DD/MM/YYYY hh:mm\n",
    );
    let ran = check(&folder, &["--record", "Group", "--mapping", "map.yaml", "groupes.csv"]);
    assert_eq!(ran.code, 0, "{}{} {:?}", ran.out, ran.err, findings(&folder));
    let settings = &result(&folder)["mapping"]["settings"];
    assert_eq!((&settings["blanks"], &settings["number_format"]), (&"cut".into(), &"1 234,5".into()));
}

/// A number that a declared way of writing does not have may be one or another.
#[test]
fn a_number_not_written_as_declared_fails() {
    let folder = Folder::new();
    folder.write("map.yaml", "record: Group\nseparator: ';'\nnumber_format: '1.234,5'\n");
    let rows = ["2;38.4;PMT", "2;abc;PMT", "2;1.234,5;PMT", "2;12;PMT"];
    folder.write("groups.csv", &format!("group_type;poverty_score;poverty_score_type\n{}\n", rows.join("\n")));
    let ran = check(&folder, &["--mapping", "map.yaml", "groups.csv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected = [2, 3].map(|line| format!("groups.csv:{line}:2 NUMBER-FORMAT /poverty_score"));
    assert_eq!(findings(&folder), expected);
    assert!(folder.read("out/findings.ndjson").contains("`number_format`"));
}

/// What a mapping file says of all cells holds for keys as well.
#[test]
fn keys_are_read_as_other_cells_are() {
    let folder = Folder::new();
    let column = "code: 'group_identifier[UIN]', gt: group_type, n: member_list.demographic_info.name.surname";
    folder.write("map.yaml", &format!("key: code\nblanks: cut\nnulls: [NULL]\ncolumns: {{{column}}}\n"));
    folder.write("rows.csv", "code,gt,n\n1,2,A\n1 ,2,B\n  ,2,C\nNULL,2,D\n2,2,E\n");
    let ran = check(&folder, &["--record", "Group", "--mapping", "map.yaml", "--strictness", "strict", "rows.csv"]);
    assert_eq!((ran.code, &result(&folder)["records"]["checked"]), (0, &2.into()), "{}{}", ran.out, ran.err);
    assert!(!findings(&folder).iter().any(|line| line.contains("R-ID-04") || line.contains("ROW-")));
    // Of a key that comes again nobody knows whether it is the same record: none of both has just these rows.
    folder.write("apart.csv", "code,gt,n\n1,2,A\n2,2,B\n1 ,2,C\n");
    let ran = check(&folder, &["--record", "Group", "--mapping", "map.yaml", "apart.csv"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(findings(&folder).contains(&"apart.csv:4:- ROW-TWIN ".to_owned()), "{:?}", findings(&folder));
    let files = "groups: {file: groups.csv, key: code}\nmembers: {file: members.csv, key: of}\nblanks: cut\n";
    folder.write("join.yaml", &format!("{files}columns: {{{column}, of: ~}}\n"));
    folder.write("groups.csv", "code,gt\n2 ,2\n1 ,2\n");
    folder.write("members.csv", "of,n\n1,A\n 2,B\n");
    let ran = check(&folder, &["--record", "Group", "--mapping", "join.yaml", "groups.csv", "members.csv"]);
    assert_eq!((ran.code, &result(&folder)["records"]["checked"]), (0, &2.into()), "{}{}", ran.out, ran.err);
    assert!(!findings(&folder).iter().any(|line| line.contains("ROW-ORPHAN")), "{:?}", findings(&folder));
}

#[test]
fn columns_in_capitals_tell_the_class() {
    let folder = Folder::new();
    folder.write("people.csv", "IDENTIFIER[UIN],NAME.SURNAME,SEX,ADDITIONAL_ATTRIBUTES[0].NAME,ADDITIONAL_ATTRIBUTES[0].VALUE\n900000171,Ibarra,zzzq,a,b\n");
    let ran = check(&folder, &["people.csv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let found = findings(&folder);
    assert!(found.contains(&"people.csv:2:3 CODE-UNKNOWN /sex".to_owned()), "{found:?}");
    assert!(!found.iter().any(|line| line.contains("COLUMN-LIKE")), "{found:?}");
}

/// Rules look past blanks: they excuse nothing between values.
#[test]
fn blanks_around_a_value_do_not_hide_a_broken_rule() {
    let folder = Folder::new();
    folder.write("people.csv", "identifier[UIN],birth_date,death_date\n900000171,1990-01-31,1901-01-01 \n");
    let ran = check(&folder, &["--record", "CRVSPerson", "--strictness", "strict", "people.csv"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let told: Vec<String> = findings(&folder).into_iter().filter(|line| line.contains("death_date")).collect();
    assert_eq!(told, ["people.csv:2:3 CELL-FORM /death_date", "people.csv:2:3 R-DT-02 /death_date"]);
}

#[test]
fn a_row_that_cannot_be_read_leaves_the_check_incomplete() {
    let folder = Folder::new();
    // What the same record has otherwise further down.
    folder.write("map.yaml", "record: SRPerson\nkey: identifier[UIN]\n");
    let rows: [(&[u8], &str, &str); 5] = [
        (b",Ibarra,\n", "3:2 ROW-DIFFERS ", "1 value is other"),
        (b"900000171,\"never closed,1990-01-31\n", "2:- ROW-QUOTE ", "1 row has a quote"),
        (b"900000171,\"Zubiri\"x,1990-01-31\n", "2:- ROW-QUOTE ", "1 row has a quote"),
        (b"900000171,Zubiri,1990-01-31,more\n", "2:- ROW-BEYOND ", "1 row has values"),
        (b"900000171,Mu\xF1oz,1990-01-31\n", "2:2 UTF-8 ", "1 record has bytes"),
    ];
    for (row, found, why) in rows {
        let sound = b"900000271,Zubiri,1990-01-31\n";
        let rows: [&[u8]; 2] = if row.starts_with(b",") { [sound, row] } else { [row, sound] };
        let bytes = [b"identifier[UIN],name.surname,birth_date\n".as_slice(), &rows.concat()].concat();
        std::fs::write(folder.file("people.csv"), bytes).expect("a file for the test");
        let ran = check(&folder, &["--mapping", "map.yaml", "--strictness", "strict", "people.csv"]);
        assert_eq!((ran.code, findings(&folder)), (2, vec![format!("people.csv:{found}")]), "{}", ran.out);
        let result = result(&folder);
        assert!(result["reasons"][0].as_str().is_some_and(|reason| reason.starts_with(why)), "{result}");
    }
}

/// The quote of each row seems to be closed by that of the next one: of two rows one would be made, and one be lost.
#[test]
fn quotes_that_are_not_closed_glue_no_rows() {
    let folder = Folder::new();
    let header = "identifier[UIN],name.surname,sex,birth_date";
    let broken = "900000171,\"Kow,fem,1990-13-01\n900000172,\"Now,female,1990-01-01\n";
    folder.write("people.csv", &format!("{header}\n{broken}"));
    let ran = check(&folder, &["--record", "SRPerson", "people.csv"]);
    assert_eq!(
        (ran.code, findings(&folder)),
        (2, ["2:- ROW-QUOTE ", "3:- ROW-QUOTE "].map(|line| format!("people.csv:{line}")).into())
    );
    assert_eq!(result(&folder)["records"]["checked"], 0);
    // What follows is judged, at its own line.
    folder.write("people.csv", &format!("{header}\n{broken}900000173,Now,fem,1990-01-01\n"));
    assert_eq!(check(&folder, &["--record", "SRPerson", "people.csv"]).code, 1);
    assert_eq!(findings(&folder).last().map(String::as_str), Some("people.csv:4:3 CODE-UNKNOWN /sex"));
}

#[test]
fn a_number_beyond_what_is_read_has_its_column() {
    let folder = Folder::new();
    folder.write("groups.csv", "group_identifier[UIN],poverty_score,group_size\n900000171,1e400,2\n");
    let ran = check(&folder, &["--record", "Group", "groups.csv"]);
    assert_eq!((ran.code, findings(&folder)), (2, vec!["groups.csv:2:2 RECORD-TOO-LARGE ".to_owned()]), "{}", ran.out);
    let found = folder.read("out/findings.ndjson");
    assert!(found.contains("number out of range; it was not judged"), "{found}");
}

/// Near the start as well.
#[test]
fn a_nul_makes_no_table_binary() {
    let folder = Folder::new();
    folder.write(
        "people.csv",
        "identifier[UIN],name.given_name,birth_date\n900000171,O\0la,1990-01-31\n900000271,Ala,1990-13-01\n",
    );
    let ran = check(&folder, &["--record", "SRPerson", "people.csv"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(
        findings(&folder),
        ["2:- ROW-NUL ", "3:3 DT-FORMAT /birth_date"].map(|line| format!("people.csv:{line}"))
    );
    assert_eq!(result(&folder)["records"]["checked"], 2);
}

#[test]
fn what_is_no_table_is_trouble_and_not_shown() {
    let folder = Folder::new();
    folder.write("good.csv", "identifier[UIN]\n900000171\n");
    folder.write("empty.csv", "");
    folder.write("blank.csv", "\n\n");
    folder.write("only-header.csv", "identifier[UIN],birth_date\n");
    folder.write("no-header.csv", "Quilaqueo,Zarine,1990-01-31\nQuilaqueo,Zarine,1990-01-31\n");
    folder.write("binary.csv", "a\0b\0c");
    folder.write("quote.csv", "\"birth_date\nnever closed");
    let names = ["good.csv", "empty.csv", "blank.csv", "only-header.csv", "no-header.csv", "binary.csv", "quote.csv"];
    let arguments: Vec<&str> = ["--record", "SRPerson"].iter().chain(&names).copied().collect();
    let ran = check(&folder, &arguments);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let result = result(&folder);
    let files = result["files"].as_array().expect("a list");
    let trouble = |name: &str| files.iter().find(|file| file["name"] == name).map(|file| file["trouble"].to_string());
    for (name, part) in [
        ("good.csv", "null"),
        ("empty.csv", "empty"),
        ("blank.csv", "empty"),
        ("only-header.csv", "null"),
        ("no-header.csv", "no column of its first row"),
        ("binary.csv", "NUL"),
        ("quote.csv", "cannot be read"),
    ] {
        assert!(trouble(name).is_some_and(|words| words.contains(part)), "{name}: {:?}", trouble(name));
    }
    let written = folder.read("out/result.json") + &folder.read("out/report.html") + &ran.out;
    assert!(!written.contains("Quilaqueo") && !written.contains("Zarine"), "a row that is no header is not shown");
}
