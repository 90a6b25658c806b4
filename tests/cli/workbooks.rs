//! `check` on workbooks: what their cells lose, which sheet is read, and files that are broken or only look the part.

use super::flat::{check, findings, result, troubles};
use super::folder::Folder;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

const HEADER: [&str; 5] = ["identifier[UIN]", "name.surname", "birth_date", "phone_number[]", "sex"];

fn header(sheet: &mut Worksheet, row: u32) {
    sheet.write_row(row, 0, HEADER).expect("a row");
}

fn date(text: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(text).expect("a date")
}

fn save(book: &mut Workbook, folder: &Folder, name: &str) {
    book.save(folder.file(name)).expect("a file for the test");
}

#[test]
fn what_a_workbook_lost_is_told_with_row_and_column() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet();
    header(sheet, 2);
    // Row 4: as it should be. A colour beyond the header is no cell.
    sheet.write_row(3, 0, ["900000171", "Quilaqueo"]).expect("cells");
    sheet.write_with_format(3, 2, date("1990-01-31"), &day).expect("a cell");
    sheet.write_blank(3, 7, &Format::new().set_background_color("red")).expect("a cell");
    // Row 5: numbers where there should be text and a date.
    sheet.write(4, 0, 900_000_271).expect("a cell");
    sheet.write(4, 1, "Quilaqueo").expect("a cell");
    sheet.write(4, 2, 32904).expect("a cell");
    // Row 6 is empty; row 7: a date where there should be text, an error, a formula with its value, a truth.
    sheet.write(6, 0, "900000371").expect("a cell");
    sheet.write_with_format(6, 1, date("1990-01-02"), &day).expect("a cell");
    sheet.write(6, 2, Formula::new("=A1").set_result("1990-01-31")).expect("a cell");
    sheet.write(6, 3, Formula::new("=1/0").set_result("#DIV/0!")).expect("a cell");
    sheet.write(6, 4, true).expect("a cell");
    // Row 8: a value beyond the header.
    sheet.write(7, 0, "900000471").expect("a cell");
    sheet.write(7, 5, "more").expect("a cell");
    save(&mut book, &folder, "people.xlsx");
    let ran = check(&folder, &["--record", "SRPerson", "people.xlsx"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let expected = [
        "5:1 XLSX-LOSSY ",
        "5:3 XLSX-LOSSY ",
        "7:2 XLSX-LOSSY ",
        "7:4 XLSX-ERROR ",
        "7:5 XLSX-LOSSY ",
        "8:- ROW-BEYOND ",
        "5:3 CELL-TYPE /birth_date",
        "7:5 CELL-TYPE /sex",
    ];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.xlsx:{line}")));
    let result = result(&folder);
    assert_eq!((&result["records"]["checked"], &result["files"][0]["format"]), (&4.into(), &"xlsx".into()));
    let size = std::fs::metadata(folder.file("people.xlsx")).expect("there").len();
    assert_eq!(result["files"][0]["bytes"], size);
    let written = folder.read("out/findings.ndjson") + &folder.read("out/result.json");
    assert!(!written.contains("Quilaqueo") && !written.contains("900000271"), "no value is written");
}

/// A workbook of one sheet, as no library writes it: the texts of its parts, not packed.
fn by_hand(sheet: &str) -> Vec<u8> {
    archive(&[("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", LINKS), (SHEET, sheet)])
}

const BOOK: &str = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const LINKS: &str =
    r#"<Relationships><Relationship Id="r1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const SHEET: &str = "xl/worksheets/sheet1.xml";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let size = u32::try_from(text.len()).expect("short").to_le_bytes();
        let length = u16::try_from(name.len()).expect("short").to_le_bytes();
        // Version, no flags, not packed, no time; sum, sizes, length of the name, nothing extra.
        let zeros = [0u8; 10];
        let common = [&[20, 0], &zeros[..8], &sum.sum().to_le_bytes(), &size, &size, &length, &zeros[..2]].concat();
        let offset = u32::try_from(file.len()).expect("short").to_le_bytes();
        directory.extend([b"PK\x01\x02", &[20, 0][..], &common, &zeros, &offset, name.as_bytes()].concat());
        file.extend([b"PK\x03\x04", &common[..], name.as_bytes(), text.as_bytes()].concat());
    }
    let (start, size) = (file.len(), directory.len());
    let number = |number: usize| u32::try_from(number).expect("short").to_le_bytes();
    let count = u8::try_from(parts.len()).expect("few");
    file.extend(directory);
    file.extend(
        [b"PK\x05\x06", &[0, 0, 0, 0, count, 0, count, 0][..], &number(size), &number(start), &[0, 0]].concat(),
    );
    file
}

#[test]
fn what_a_workbook_lost_is_no_fault_of_the_product_and_not_judged() {
    let folder = Folder::new();
    let text = |column: &str, text: &str| format!(r#"<c r="{column}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let header: String = ["A1", "B1", "C1", "D1", "E1"].iter().zip(HEADER).map(|(at, name)| text(at, name)).collect();
    let number = r#"<c r="E2"><v>1</v></c>"#;
    let formula = r#"<c r="C3"><f>A1</f></c>"#;
    let (one, other) = (text("A2", "900000171"), text("A3", "900000271"));
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\">{header}</row><row r=\"2\">{one}{number}</row><row r=\"3\">{other}{formula}</row></sheetData></worksheet>"
    );
    std::fs::write(folder.file("people.xlsx"), by_hand(&sheet)).expect("a file for the test");
    let ran = check(&folder, &["--record", "SRPerson", "--strictness", "strict", "people.xlsx"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let expected = ["2:5 XLSX-LOSSY ", "3:3 XLSX-FORMULA ", "2:5 CELL-TYPE /sex"];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.xlsx:{line}")));
    let reasons = result(&folder)["reasons"].to_string();
    assert!(reasons.contains("1 value is in a cell") && reasons.contains("1 cell holds a formula"), "{reasons}");
}

/// Of numbers a spreadsheet keeps fifteen digits, so that several become one; and it takes some of them for days and times.
#[test]
fn digits_and_numbers_that_a_workbook_lost_fail_nobody() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    header(sheet, 0);
    for (row, (id, name)) in (1..).zip([(12_345_678_901_234_567u64, "Quilaqueo"), (12_345_678_901_234_568, "Zubiri")]) {
        sheet.write(row, 0, id).expect("a cell");
        sheet.write(row, 1, name).expect("a cell");
    }
    save(&mut book, &folder, "people.xlsx");
    let ran = check(&folder, &["--record", "SRPerson", "--strictness", "strict", "people.xlsx"]);
    let found = findings(&folder);
    assert!(found.contains(&"people.xlsx:3:- CELL-TYPE /identifier/0".to_owned()), "{found:?}");
    assert_eq!(ran.code, 2, "{found:?}");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["group_type", "poverty_score", "poverty_score_type", "group_size"]).expect("a row");
    sheet.write_row(1, 0, ["2", "", "PMT"]).expect("a row");
    let time = Format::new().set_num_format("hh:mm");
    sheet.write_with_format(1, 1, date("2024-01-05T01:30:00"), &time).expect("a cell");
    sheet.write(1, 3, true).expect("a cell");
    save(&mut book, &folder, "groups.xlsx");
    let ran = check(&folder, &["--record", "Group", "groups.xlsx"]);
    let found = findings(&folder);
    for line in ["2:2 XLSX-LOSSY ", "2:4 XLSX-LOSSY ", "2:2 CELL-TYPE /poverty_score", "2:4 CELL-TYPE /group_size"] {
        assert!(found.contains(&format!("groups.xlsx:{line}")), "{found:?}");
    }
    assert_eq!(ran.code, 2, "{found:?}");
}

/// Rows are numbered from 1; a number that is none goes on with the row before.
#[test]
fn a_row_numbered_nought_has_a_line_all_the_same() {
    let folder = Folder::new();
    let text = |column: &str, text: &str| format!(r#"<c r="{column}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let header: String = ["A1", "B1", "C1", "D1", "E1"].iter().zip(HEADER).map(|(at, name)| text(at, name)).collect();
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\">{header}</row><row r=\"0\">{}{}</row></sheetData></worksheet>",
        text("A2", "900000171"),
        text("E2", "zzzq")
    );
    std::fs::write(folder.file("people.xlsx"), by_hand(&sheet)).expect("a file for the test");
    let ran = check(&folder, &["--record", "SRPerson", "people.xlsx"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(findings(&folder), ["people.xlsx:2:5 CODE-UNKNOWN /sex"]);
}

#[test]
fn the_sheet_that_is_named_is_read_and_the_others_are_told() {
    let folder = Folder::new();
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Empty").expect("a name");
    let sheet = book.add_worksheet().set_name("People").expect("a name");
    header(sheet, 0);
    sheet.write(1, 0, "900000171").expect("a cell");
    let sheet = book.add_worksheet().set_name("Other people").expect("a name");
    header(sheet, 0);
    sheet.write_column(1, 0, ["900000271", "900000371"]).expect("cells");
    save(&mut book, &folder, "book.xlsx");
    let checked = |code: i32, mapping: &[&str]| {
        let ran = check(&folder, &[&["--record", "SRPerson", "book.xlsx"], mapping].concat());
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        let found = folder.read("out/findings.ndjson");
        let count = result(&folder)["records"]["checked"].clone();
        std::fs::remove_dir_all(folder.file("out")).expect("gone");
        (count, found)
    };
    let (count, found) = checked(2, &[]);
    assert_eq!(count, 1);
    assert!(found.contains("XLSX-SHEET") && found.contains("Other people") && !found.contains("Empty"), "{found}");
    // A first sheet that is none of records: which one was read is said, and what names another one.
    let mut other = Workbook::new();
    other.add_worksheet().set_name("Cover").expect("a name").write(0, 0, "Export of people").expect("a cell");
    header(other.add_worksheet().set_name("People").expect("a name"), 0);
    save(&mut other, &folder, "cover.xlsx");
    assert_eq!(check(&folder, &["--record", "SRPerson", "cover.xlsx"]).code, 2);
    let trouble = result(&folder)["files"][0]["trouble"].to_string();
    assert!(trouble.contains(r#"Of its sheets \"Cover\" was read; `sheet` in a mapping"#), "{trouble}");
    std::fs::remove_dir_all(folder.file("out")).expect("gone");
    folder.write("named.yaml", "sheet: Other people\n");
    let (count, found) = checked(0, &["--mapping", "named.yaml"]);
    assert_eq!(count, 2);
    assert!(found.contains("XLSX-SHEET") && found.contains(r#"\"People\""#), "{found}");
    folder.write("wrong.yaml", "sheet: Peple\n");
    let ran = check(&folder, &["--record", "SRPerson", "book.xlsx", "--mapping", "wrong.yaml"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    for part in ["wrong.yaml:1:8: error: no workbook has a sheet `Peple`", "did you mean `People`?"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    folder.write("a.csv", "identifier[UIN]\n900000171\n");
    let ran = check(&folder, &["--record", "SRPerson", "a.csv", "--mapping", "wrong.yaml"]);
    assert!(ran.code == 3 && ran.err.contains("the sheet of a workbook, and none is to be checked"), "{}", ran.err);
}

#[test]
fn groups_and_members_in_two_sheets_of_one_workbook() {
    let folder = Folder::new();
    folder.copy("fixtures/flat", ".");
    let mut book = Workbook::new();
    for (name, file) in [("Groups", "groups.csv"), ("Members", "members.csv")] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        for (row, line) in (0..).zip(folder.read(file).lines()) {
            sheet.write_row(row, 0, line.split(',')).expect("a row");
        }
    }
    save(&mut book, &folder, "book.xlsx");
    let mapping = folder.read("two-files.yaml");
    let mapping = mapping.replace("file: groups.csv", "file: book.xlsx, sheet: Groups");
    folder.write("sheets.yaml", &mapping.replace("file: members.csv", "file: book.xlsx, sheet: Members"));
    let ran = check(&folder, &["--mapping", "sheets.yaml", "book.xlsx"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let born = "DT-FORMAT /member_list/1/demographic_info/birth_date";
    let expected = ["5:- ROW-ORPHAN ".to_owned(), format!("4:3 {born}")];
    assert_eq!(findings(&folder), expected.map(|line| format!("book.xlsx (Members):{line}")));
}

/// What is not read of a workbook is not passed over in silence.
#[test]
fn sheets_without_a_link_and_parts_that_are_there_twice_are_told() {
    let folder = Folder::new();
    let text = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let (first, second) = (text("A1", "identifier[UIN]"), text("A2", "900000171"));
    let sheet = format!("<worksheet><sheetData><row>{first}</row><row>{second}</row></sheetData></worksheet>");
    let other = BOOK.replace("</sheets>", r#"<sheet name="Other" sheetId="2" r:id="r2"/></sheets>"#);
    let links = |kind: &str| {
        let link = format!(r#"<Relationship Id="r2" Type="{kind}" Target="other.xml"/></Relationships>"#);
        LINKS.replace("</Relationships>", &link)
    };
    let check = |book: &str, links: &str, last: (&str, &str)| {
        let parts = [("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", links), (SHEET, &sheet), last];
        std::fs::write(folder.file("book.xlsx"), archive(&parts)).expect("a file for the test");
        let ran = check(&folder, &["--record", "SRPerson", "book.xlsx"]);
        (ran.code, findings(&folder))
    };
    let told = (2, vec!["book.xlsx:1:- XLSX-SHEET ".to_owned()]);
    assert_eq!(check(&other, LINKS, ("xl/other.xml", "")), told, "no link");
    assert_eq!(check(&other, &links("xlMacrosheet"), ("xl/other.xml", &sheet)), told);
    assert_eq!(check(&other, &links("dialogsheet"), ("xl/other.xml", "<dialogsheet/>")), (0, Vec::new()));
    assert_eq!(check(&other, &links("chartsheet"), ("xl/other.xml", &sheet)), (0, Vec::new()));
    assert_eq!(check(BOOK, LINKS, (SHEET, "<worksheet/>")), (2, Vec::new()));
    assert!(result(&folder)["files"][0]["trouble"].to_string().contains("more than once"));
}

/// A small workbook as bytes.
fn small() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    header(sheet, 0);
    sheet.write(1, 0, "900000171").expect("a cell");
    book.save_to_buffer().expect("bytes")
}

/// A part of an archive that says it unpacks to this many bytes.
fn says(mut bytes: Vec<u8>, part: &str, size: u32) -> Vec<u8> {
    let at = (0..bytes.len()).rev().find(|at| bytes[*at..].starts_with(part.as_bytes())).expect("the directory");
    bytes[at - 22..at - 18].copy_from_slice(&size.to_le_bytes());
    bytes
}

#[test]
fn what_is_no_workbook_is_trouble_and_the_others_are_judged() {
    let folder = Folder::new();
    let good = small();
    let sheet = "xl/worksheets/sheet1.xml";
    let mut lying = good.clone();
    let at =
        lying.windows(sheet.len()).position(|bytes| bytes == sheet.as_bytes()).expect("its part") + sheet.len() + 9;
    lying[at] ^= 0xFF;
    let files: [(&str, &[u8], &str); 9] = [
        ("good.xlsx", &good, "null"),
        ("really.csv", &good, "null"),
        ("cut.xlsx", &good[..good.len() / 2], "damaged or cut off"),
        ("flipped.xlsx", &lying, "damaged or cut off"),
        ("bomb.xlsx", &says(good.clone(), sheet, u32::MAX - 1), "at most"),
        ("larger.xlsx", &says(good.clone(), sheet, 10), "unpacks to more than it says"),
        ("old.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more", "old XLS workbook, or one that is encrypted"),
        ("archive.xlsx", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "it is no text"),
        ("text.xlsx", b"identifier[UIN]\n900000171\n", "null"),
    ];
    let result = troubles(&folder, &files);
    assert_eq!(result["records"]["checked"], 3);
    let ran = check(&folder, &["--record", "SRPerson", "--input", "csv", "good.xlsx"]);
    // On the terminal the words may stand on two lines.
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(folder.read("out/result.json").contains("--input says csv"), "{}", ran.out);
}

/// A cell that is an error or a formula without its value is not an absent value.
#[test]
fn a_cell_without_its_value_is_not_missing() {
    let folder = Folder::new();
    let text = |at: &str, axis: &str| {
        format!(r#"<c r="{at}" t="inlineStr"><is><t>farm_details[0].location.geo.{axis}</t></is></c>"#)
    };
    let header = text("A1", "latitude") + &text("B1", "longitude");
    for (cell, rule) in
        [(r#"<c r="B2"><f>A2</f></c>"#, "XLSX-FORMULA"), (r##"<c r="B2" t="e"><v>#VALUE!</v></c>"##, "XLSX-ERROR")]
    {
        let rows = format!(r#"<row r="1">{header}</row><row r="2"><c r="A2"><v>1.5</v></c>{cell}</row>"#);
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        std::fs::write(folder.file("farms.xlsx"), by_hand(&sheet)).expect("a file for the test");
        let ran = check(&folder, &["--record", "Farmer", "--strictness", "lenient", "farms.xlsx"]);
        assert_eq!(ran.code, 2, "{rule}: {}{}", ran.out, ran.err);
        let found = findings(&folder);
        assert!(found.contains(&format!("farms.xlsx:2:2 {rule} ")), "{found:?}");
        assert!(found.iter().any(|line| line.contains("R-GEO-01")), "{found:?}");
    }
}

/// No cell of a workbook that holds a moment holds its offset; a text might.
#[test]
fn a_moment_in_a_cell_of_its_type_fails_nobody_for_its_offset() {
    let folder = Folder::new();
    for (typed, code, rule) in [(true, 2, "CELL-TYPE"), (false, 1, "DT-NO-OFFSET")] {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, ["group_type", "registration_date"]).expect("a row");
        sheet.write(1, 0, "2").expect("a cell");
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        match typed {
            true => sheet.write_with_format(1, 1, date("2024-01-05T10:00:00"), &moment).expect("a cell"),
            false => sheet.write(1, 1, "2024-01-05T10:00:00").expect("a cell"),
        };
        save(&mut book, &folder, "groups.xlsx");
        let ran = check(&folder, &["--record", "Group", "--strictness", "strict", "groups.xlsx"]);
        let found = findings(&folder);
        assert!(found.contains(&format!("groups.xlsx:2:2 {rule} /registration_date")), "{found:?}");
        assert_eq!(ran.code, code, "{found:?}");
    }
}
