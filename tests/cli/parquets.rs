//! `check` on Parquet files: types of columns, files that are damaged or lie, and what is not read.

use super::flat::{check, findings, result, troubles};
use super::folder::Folder;
use super::parquet_file::{Cells, text, write};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;
use std::sync::Arc;

fn save(folder: &Folder, name: &str, bytes: &[u8]) {
    std::fs::write(folder.file(name), bytes).expect("a file for the test");
}

#[test]
fn what_the_types_of_columns_lost_is_told_once_with_row_and_column() {
    let folder = Folder::new();
    let moments = LogicalType::timestamp(true, TimeUnit::NANOS);
    let columns = [
        ("identifier[UIN]".into(), None, Cells::Whole(vec![None, Some(900_000_171), Some(900_000_271)])),
        text("name.surname", &["", "Quilaqueo", "Quilaqueo"]),
        ("birth_date".into(), Some(LogicalType::Date), Cells::Day(vec![None, Some(7335), Some(99_999_999)])),
        ("registration_date".into(), Some(moments), Cells::Whole(vec![None, Some(633_787_200_000_000_000), None])),
        text("sex", &["", "no code", ""]),
        ("colour".into(), None, Cells::Truth(vec![None, Some(true), Some(false)])),
    ];
    for (name, packed, rows) in [("packed.parquet", true, 100), ("groups.parquet", false, 1)] {
        save(&folder, name, &write(&columns, packed, rows));
        let ran = check(&folder, &["--record", "SRPerson", name]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        // The first row is empty, so no record.
        let expected =
            ["1:6 PROP-UNKNOWN ", "2:1 PARQUET-LOSSY ", "2:5 CODE-UNKNOWN /sex", "3:3 DT-FORMAT /birth_date"];
        assert_eq!(findings(&folder), expected.map(|line| format!("{name}:{line}")));
        let result = result(&folder);
        assert_eq!((&result["records"]["checked"], &result["files"][0]["format"]), (&2.into(), &"parquet".into()));
        let size = std::fs::metadata(folder.file(name)).expect("there").len();
        assert_eq!(result["files"][0]["bytes"], size);
        let written = folder.read("out/findings.ndjson") + &folder.read("out/result.json");
        assert!(!written.contains("Quilaqueo") && !written.contains("900000271"), "no value is written");
        std::fs::remove_dir_all(folder.file("out")).expect("gone");
    }
}

#[test]
fn what_a_column_of_the_wrong_type_lost_is_not_judged() {
    let folder = Folder::new();
    let columns = [
        text("identifier[UIN]", &["900000171", "900000271", "900000371"]),
        ("sex".into(), None, Cells::Whole(vec![None, Some(1), Some(2)])),
    ];
    save(&folder, "people.parquet", &write(&columns, false, 100));
    let ran = check(&folder, &["--record", "SRPerson", "--strictness", "strict", "people.parquet"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let expected = ["2:2 PARQUET-LOSSY ", "2:2 CELL-TYPE /sex", "3:2 CELL-TYPE /sex"];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.parquet:{line}")));
    assert!(result(&folder)["reasons"][0].as_str().is_some_and(|why| why.starts_with("2 values are in a cell")));
}

#[test]
fn files_packed_with_gzip_and_zstd_are_read() {
    let folder = Folder::new();
    folder.copy("fixtures/parquet", ".");
    for name in ["gzip-1", "gzip-2", "zstd-1", "zstd-2"].map(|name| format!("{name}.parquet")) {
        let ran = check(&folder, &["--record", "SRPerson", &name]);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        let expected = [
            "2:1 PARQUET-LOSSY ",
            "3:4 CODE-UNKNOWN /sex",
            "8:3 DT-UNLIKELY /birth_date",
            "8:3 R-DT-01 /birth_date",
            "8:5 R-DT-03 /registration_date",
        ];
        assert_eq!(findings(&folder), expected.map(|line| format!("{name}:{line}")));
        std::fs::remove_dir_all(folder.file("out")).expect("gone");
    }
}

#[test]
fn rows_with_lists_are_judged_as_the_records_they_are() {
    let folder = Folder::new();
    folder.copy("fixtures/parquet", ".");
    let without_columns = |name: &str| {
        let ran = check(&folder, &[name]);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        let found = findings(&folder);
        std::fs::remove_dir_all(folder.file("out")).expect("gone");
        found
    };
    let born = "DT-FORMAT /member_list/0/demographic_info/birth_date";
    let phones = [1, 2].map(|at| format!("PHONE-E164 /member_list/{at}/demographic_info/phone_number/{}", at - 1));
    let expected = |name: &str, columns: [&str; 4]| {
        let [colour, date, code, phone] = columns.map(|column| if column.is_empty() { "-" } else { column });
        [
            format!("{name}:1:{colour} PROP-UNKNOWN /colour"),
            format!("{name}:2:{date} {born}"),
            format!("{name}:4:{code} CODE-UNKNOWN /group_type"),
            format!("{name}:5:{phone} {}", phones[0]),
            format!("{name}:5:{phone} {}", phones[1]),
        ]
    };
    assert_eq!(without_columns("lists.ndjson"), expected("lists.ndjson", ["", "", "", ""]));
    for name in ["lists-1.parquet", "lists-2.parquet"] {
        assert_eq!(without_columns(name), expected(name, ["15", "12", "3", "13"]));
    }
    folder.write("mapping.yaml", "record: Group\n");
    let ran = check(&folder, &["--mapping", "mapping.yaml", "lists-1.parquet"]);
    assert!(
        ran.out.contains("leave --mapping out") || ran.err.contains("leave --mapping out"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_text_where_the_standard_has_an_object_is_not_judged() {
    let folder = Folder::new();
    let schema = "message records { optional binary name (STRING); repeated binary identifier (STRING); }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for (values, levels) in [(&["Quilaqueo"][..], [0, 0]), (&["900000171", "900000271"], [0, 1])] {
        let mut column = group.next_column().expect("a column").expect("there is one more");
        let ColumnWriter::ByteArrayColumnWriter(writer) = column.untyped() else { panic!("a column of texts") };
        let texts: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec().into()).collect();
        writer.write_batch(&texts, Some(&[1, 1][..texts.len()]), Some(&levels[..texts.len()])).expect("written");
        column.close().expect("the column ends");
    }
    group.close().expect("the group ends");
    save(&folder, "people.parquet", &writer.into_inner().expect("the file ends"));
    let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let found: Vec<String> = findings(&folder).into_iter().filter(|found| found.contains("COLUMN")).collect();
    let expected = ["1 COLUMN-PARTS /name", "2 COLUMN-PARTS /identifier/0", "2 COLUMN-PARTS /identifier/1"];
    assert_eq!(found, expected.map(|line| format!("people.parquet:1:{line}")));
}

/// What two rows hold: each column a list of values or a value, its levels, and its values.
type Levels<'c> = (&'c [&'c str], &'c [i16], Option<&'c [i16]>);

fn of_texts(schema: &str, columns: &[Levels<'_>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for (values, defined, goes_on) in columns {
        let mut column = group.next_column().expect("a column").expect("there is one more");
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let texts: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec().into()).collect();
                writer.write_batch(&texts, Some(defined), *goes_on).expect("written");
            }
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => {
                let bytes: Vec<_> = values.iter().map(|value| value.as_bytes().to_vec().into()).collect();
                let bytes: Vec<parquet::data_type::FixedLenByteArray> =
                    bytes.into_iter().map(|bytes: parquet::data_type::ByteArray| bytes.into()).collect();
                writer.write_batch(&bytes, Some(defined), *goes_on).expect("written");
            }
            ColumnWriter::Int32ColumnWriter(writer) => {
                assert!(values.is_empty(), "a column without a value");
                writer.write_batch(&[], Some(defined), *goes_on).expect("written");
            }
            _ => panic!("a column of texts"),
        }
        column.close().expect("the column ends");
    }
    group.close().expect("the group ends");
    writer.into_inner().expect("the file ends")
}

/// A column with a list makes no columns named by paths unknown members.
#[test]
fn columns_named_by_paths_are_read_beside_lists() {
    let folder = Folder::new();
    let schema = "message records { optional binary identifier[UIN] (STRING); optional binary name.surname (STRING); \
                  optional binary address[0].country_code (STRING); repeated binary phone_number (STRING); \
                  optional binary birth_date (STRING); optional binary shoe.size (STRING); repeated binary name.given_name (STRING); }";
    let columns: [Levels<'_>; 7] = [
        (&["900000171", "900000271"], &[1, 1], None),
        (&["Quilaqueo"], &[1, 0], None),
        (&["XX", "XX"], &[1, 1], None),
        (&["+34612345678", "061"], &[1, 1, 0], Some(&[0, 1, 0])),
        (&["1990-13-01"], &[0, 1], None),
        (&["38", "39"], &[1, 1], None),
        (&["Ola"], &[0, 1], Some(&[0, 0])),
    ];
    save(&folder, "people.parquet", &of_texts(schema, &columns));
    let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected = [
        "1:6 PROP-UNKNOWN ",
        "1:7 COLUMN-LIKE ",
        "1:3 VALUE-VARIANT /address/0/country_code",
        "1:4 PHONE-E164 /phone_number/1",
        "2:3 VALUE-VARIANT /address/0/country_code",
        "2:5 DT-FORMAT /birth_date",
    ];
    assert_eq!(findings(&folder), expected.map(|line| format!("people.parquet:{line}")));
    let result = result(&folder);
    assert_eq!(result["unknown"], serde_json::json!([{"count": 2, "path": "shoe.size"}]));
    assert!(result["reasons"].to_string().contains("1 column is named almost like"), "{result}");
    assert_eq!(ran.err, "");
}

/// The name of a column is one of the whole file, beside lists as well; and what the standard does not know has no type.
#[test]
fn columns_of_members_in_another_spelling_are_told_beside_lists() {
    let folder = Folder::new();
    let schema = "message records { optional binary SEX (STRING); optional binary birth_dat (STRING); \
                  optional binary colour (STRING); optional fixed_len_byte_array(5) amount (DECIMAL(10,2)); \
                  repeated binary phone_number (STRING); }";
    let amount = "\0\0\0\0\u{7f}";
    let columns: [Levels<'_>; 5] = [
        (&["QQ"], &[1], None),
        (&["31.31.31"], &[1], None),
        (&["red"], &[1], None),
        (&[amount], &[1], None),
        (&["+34612345678"], &[1], Some(&[0])),
    ];
    save(&folder, "people.parquet", &of_texts(schema, &columns));
    let told = || {
        let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
        let all: Vec<String> = findings(&folder).into_iter().filter(|line| !line.contains("R-ID-02")).collect();
        (ran.code, all)
    };
    let expected = [
        "1:1 COLUMN-SPELLING ",
        "1:2 COLUMN-LIKE ",
        "1:1 CODE-UNKNOWN /sex",
        "1:3 PROP-UNKNOWN /colour",
        "1:4 PROP-UNKNOWN /amount",
    ];
    assert_eq!(told(), (1, expected.map(|line| format!("people.parquet:{line}")).to_vec()));
    // Beside the member itself it is somebody's own.
    let schema = "message records { optional binary SEX (STRING); optional binary sex (STRING); repeated binary phone_number (STRING); }";
    let columns: [Levels<'_>; 3] = [(&["QQ"], &[1], None), (&["male"], &[1], None), (&[], &[0], Some(&[0]))];
    save(&folder, "people.parquet", &of_texts(schema, &columns));
    assert_eq!(told(), (0, vec!["people.parquet:1:1 PROP-UNKNOWN /SEX".to_owned()]));
}

/// The encoding of a mapping file is that of a text.
#[test]
fn bytes_that_are_no_text_have_no_encoding_to_declare() {
    let folder = Folder::new();
    let schema =
        Arc::new(parse_message_type("message records { optional binary name.surname (STRING); }").expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("there is one more");
    let ColumnWriter::ByteArrayColumnWriter(writing) = column.untyped() else { panic!("a column of texts") };
    writing.write_batch(&[b"Mu\xF1oz".to_vec().into()], Some(&[1]), None).expect("written");
    column.close().expect("the column ends");
    group.close().expect("the group ends");
    save(&folder, "people.parquet", &writer.into_inner().expect("the file ends"));
    let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
    assert_eq!((ran.code, findings(&folder)), (2, vec!["people.parquet:1:1 UTF-8 ".to_owned()]), "{}", ran.out);
    let found = folder.read("out/findings.ndjson");
    assert!(found.contains("UTF-8") && !found.contains("mapping"), "{found}");
}

/// What pandas writes of a column without a value.
#[test]
fn a_column_without_any_value_is_absent() {
    let folder = Folder::new();
    let unknown = ("name.second_name".into(), Some(LogicalType::Unknown), Cells::Day(vec![None, None]));
    let columns = [text("identifier[UIN]", &["900000171", "900000271"]), unknown, text("sex", &["", "no code"])];
    save(&folder, "people.parquet", &write(&columns, true, 10));
    let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert_eq!(findings(&folder), ["people.parquet:2:3 CODE-UNKNOWN /sex"]);
    let schema = "message records { optional int32 middle (UNKNOWN); repeated binary phone_number (STRING); }";
    save(&folder, "people.parquet", &of_texts(schema, &[(&[], &[0, 0], None), (&["061"], &[1, 0], Some(&[0, 0]))]));
    let ran = check(&folder, &["--record", "SRPerson", "people.parquet"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(findings(&folder).first().map(String::as_str), Some("people.parquet:1:2 PHONE-E164 /phone_number/0"));
}

#[test]
fn groups_and_members_in_two_files() {
    let folder = Folder::new();
    folder.copy("fixtures/flat", ".");
    for name in ["groups", "members"] {
        let text = folder.read(&format!("{name}.csv"));
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        let columns: Vec<_> = (0..rows[0].len())
            .map(|at| self::text(rows[0][at], &rows[1..].iter().map(|row| row[at]).collect::<Vec<_>>()))
            .collect();
        save(&folder, &format!("{name}.parquet"), &write(&columns, true, 2));
    }
    folder.write("mapping.yaml", &folder.read("two-files.yaml").replace(".csv", ".parquet"));
    let ran = check(&folder, &["--mapping", "mapping.yaml", "groups.parquet", "members.parquet"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let born = "DT-FORMAT /member_list/1/demographic_info/birth_date";
    // One less than in the CSV: the names of columns are no row.
    let expected = ["4:- ROW-ORPHAN ".to_owned(), format!("3:3 {born}")];
    assert_eq!(findings(&folder), expected.map(|line| format!("members.parquet:{line}")));
}

/// A file of one field of this name and type, without rows.
fn of_a_field(field: Type) -> Vec<u8> {
    let schema = Type::group_type_builder("records").with_fields(vec![Arc::new(field)]).build().expect("a schema");
    let properties = Arc::new(WriterProperties::builder().build());
    SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties)
        .and_then(SerializedFileWriter::into_inner)
        .expect("a file")
}

/// Structs within each other.
fn nested(depth: usize) -> Vec<u8> {
    let text = Type::primitive_type_builder("a", Physical::BYTE_ARRAY).with_repetition(Repetition::OPTIONAL);
    let mut field = text.build().expect("a field");
    for _ in 0..depth {
        let outer = Type::group_type_builder("a").with_repetition(Repetition::REQUIRED);
        field = outer.with_fields(vec![Arc::new(field)]).build().expect("a struct");
    }
    of_a_field(field)
}

#[test]
fn what_is_no_parquet_file_is_trouble_and_the_others_are_judged() {
    let folder = Folder::new();
    let good = write(&[text("identifier[UIN]", &["900000171"])], true, 10);
    let end = good.len() - 8;
    let mut long = good.clone();
    long[end..end + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    // The first page says of which kind it is, and how many bytes it unpacks to.
    let mut bomb = write(&[text("identifier[UIN]", &[&"9".repeat(1_200_000)])], true, 10);
    assert_eq!(bomb[4..7], [0x15, 0x04, 0x15], "a dictionary comes first");
    bomb[7..11].copy_from_slice(&[0xfe, 0xff, 0xff, 0x7f]);
    let mut kind = good.clone();
    kind[5] = 0x0a;
    // At the end stands how many rows there are, before the list of their groups.
    let mut fewer = good.clone();
    let at = fewer.windows(4).rposition(|bytes| bytes == [0x16, 0x02, 0x19, 0x1c]).expect("one row in one group");
    fewer[at + 1] = 0x00;
    let key = Type::primitive_type_builder("key", Physical::BYTE_ARRAY).with_repetition(Repetition::REQUIRED);
    let key = vec![Arc::new(key.build().expect("a field"))];
    let entries = Type::group_type_builder("key_value").with_fields(key).with_repetition(Repetition::REPEATED);
    let map = Type::group_type_builder("colours").with_fields(vec![Arc::new(entries.build().expect("entries"))]);
    let map = map.with_logical_type(Some(LogicalType::Map)).with_repetition(Repetition::OPTIONAL);
    let map = of_a_field(map.build().expect("a map"));
    let files: [(&str, &[u8], &str); 12] = [
        ("good.parquet", &good, "null"),
        ("really.csv", &good, "null"),
        ("cut.parquet", &good[..good.len() / 2], "damaged or cut off"),
        ("head.parquet", b"PAR1", "damaged or cut off"),
        ("long.parquet", &long, "bytes of metadata"),
        ("bomb.parquet", &bomb, "a page of more than"),
        ("kind.parquet", &kind, "of an unknown kind"),
        ("fewer.parquet", &fewer, "do not have the rows it says"),
        ("map.parquet", &map, r#"its column \"colours\" is a map without"#),
        ("deep.parquet", &nested(1000), "structs in each other"),
        ("secret.parquet", b"PARE and more", "encrypted Parquet file"),
        ("empty.parquet", &write(&[text("identifier[UIN]", &[])], true, 10), "null"),
    ];
    let result = troubles(&folder, &files);
    assert_eq!(result["records"]["checked"], 2);
}

/// Every byte of a file changed in turn, and every length of it: never a panic, never more than a moment.
#[test]
fn no_damage_ends_the_program() {
    let folder = Folder::new();
    let columns = [
        text("identifier[UIN]", &["900000171", "900000271", "900000171"]),
        ("birth_date".into(), Some(LogicalType::Date), Cells::Day(vec![Some(7335), None, Some(7336)])),
    ];
    let good = write(&columns, true, 2);
    let mut names = Vec::new();
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= [0xff, 0x01, 0x80][at % 3];
        for (kind, bytes) in [("changed", changed.as_slice()), ("cut", &good[..at])] {
            let name = format!("{kind}/{at:04}.parquet");
            std::fs::create_dir_all(folder.file(kind)).expect("a folder");
            save(&folder, &name, bytes);
            names.push(name);
        }
    }
    let ran = check(&folder, &["--record", "SRPerson", "changed", "cut"]);
    assert!(matches!(ran.code, 1 | 2), "{}{}{}", ran.code, ran.out, ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert_eq!(result(&folder)["files"].as_array().map(Vec::len), Some(names.len()));
}
