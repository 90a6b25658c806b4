//! `check` on tables of which something is not read: columns named in another way, cells and rows that cannot be read, first
//! rows that may be no header, and what programs make of tables.

use super::flat::{check, findings, result};
use super::folder::Folder;
use serde_json::Value;

/// Rule, verdict and place of every finding but for notes.
fn told(folder: &Folder) -> Vec<String> {
    let text = folder.read("out/findings.ndjson");
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a finding"));
    let all = all.filter(|found| found["verdict"] != "pass").map(|found| {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}{}", found["line"], text("verdict"), text("rule"), text("pointer"))
    });
    all.collect()
}

/// What stands in a table and could not be read is not missing; what does not stand there is.
#[test]
fn what_was_not_read_is_not_missing() {
    let folder = Folder::new();
    let like = "1 warn COLUMN-LIKE";
    let name = "REQUIRED/programme_identifier/0/programme_name";
    let unit = "assistance_unit,programme_identifier[0].";
    for (text, class, found) in [
        // In a column whose name is almost right; in the row of another record it is missing.
        (
            format!("{unit}Programme Name,programme_identifier[0].programme_identifier\n1,n,P\n1,,P\n"),
            "ibr Beneficiary",
            vec![like.to_owned(), format!("2 warn {name}"), format!("3 fail {name}")],
        ),
        (
            "farm_details[0].location.geo.latitude,farm_details[0].location.geo.longitud\n1,2\n1,\n".into(),
            "Farmer",
            vec![like.into(), "2 warn R-GEO-01/farm_details/0/location/geo/longitude".into(),
                "3 fail R-GEO-01/farm_details/0/location/geo/longitude".into()],
        ),
        // In another item of the list it is missing all the same.
        (
            "farm_details[0].location.geo.latitude,farm_details[0].location.geo.longitud,farm_details[1].location.geo.latitude\n1,2,3\n".into(),
            "Farmer",
            vec![like.into(), "2 warn R-GEO-01/farm_details/0/location/geo/longitude".into(),
                "2 fail R-GEO-01/farm_details/1/location/geo/longitude".into()],
        ),
        // Behind the last column.
        (
            format!("{unit}programme_identifier\n1,P,n\n1,P\n"),
            "ibr Beneficiary",
            vec!["2 warn ROW-BEYOND".into(), format!("2 warn {name}"), format!("3 fail {name}")],
        ),
        // Under no name, as a heading over two columns leaves it; the first column may count the rows.
        (
            format!("{unit}programme_identifier,,Remark\n1,P,n,x\n1,P,,x\n").replacen("assist", ",assist", 1)
                .replace("\n1", "\n7,1"),
            "ibr Beneficiary",
            vec!["2 warn ROW-BEYOND".into(), format!("2 warn {name}"), format!("3 fail {name}")],
        ),
        // In a column whose place another one has.
        (
            format!("{unit}programme_identifier,{}programme_name,PROGRAMME_IDENTIFIER[0].programme_name\n1,P,,n\n", "programme_identifier[0]."),
            "ibr Beneficiary",
            vec!["1 warn COLUMN-TWICE".into(), format!("2 warn {name}")],
        ),
    ] {
        folder.write("table.csv", &text);
        check(&folder, &["--record", class, "--strictness", "lenient", "table.csv"]);
        assert_eq!(told(&folder), found, "{text}");
    }
    // In a column that the mapping leaves out: that is for it to say, and not judged.
    let left_out = "programme_identifier[0].programme_name";
    folder.write("map.yaml", &format!("record: ibr Beneficiary\ncolumns: {{'{left_out}': ~}}\n"));
    folder.write("table.csv", &format!("{unit}programme_identifier,{left_out}\n1,P,n\n"));
    let mapped = ["--mapping", "map.yaml", "--strictness", "lenient", "table.csv"];
    assert_eq!(check(&folder, &mapped).code, 2);
    assert_eq!(told(&folder), ["2 warn COLUMN-LEFT-OUT/programme_identifier/0/programme_name"]);
    folder.write("table.csv", &format!("{unit}programme_identifier,{left_out}\n1,P,\n"));
    assert_eq!(check(&folder, &mapped).code, 1);
    // In a later row of the record, and in a row of it that cannot be read.
    folder.write("map.yaml", "record: ibr Beneficiary\nkey: id\ncolumns: {id: ~}\n");
    let header = format!("id,{unit}programme_name,programme_identifier[0].programme_identifier,benefits.benefit_type");
    let missing = "REQUIRED/programme_identifier/0/programme_identifier";
    for (second, found) in [
        ("k,1,n,P,4\n", vec!["3 warn ROW-DIFFERS".to_owned(), format!("2 warn {missing}")]),
        ("k,1,\"n\"x,P,4\n", vec!["3 warn ROW-QUOTE".to_owned(), format!("2 warn {missing}")]),
        ("k,1,n,,4\n", vec![format!("2 fail {missing}")]),
    ] {
        folder.write("table.csv", &format!("{header}\nk,1,n,,4\n{second}l,1,n,,4\n"));
        check(&folder, &["--mapping", "map.yaml", "--strictness", "lenient", "table.csv"]);
        // Nothing is said of the record behind it, but where that may have begun with the broken row.
        let of_next = if second.contains('"') { "warn" } else { "fail" };
        let all = [found, vec![format!("4 {of_next} {missing}")]].concat();
        assert_eq!(told(&folder), all, "{second}");
    }
}

/// Columns that name a member in another way than paths do, and those of somebody else.
#[test]
fn a_members_name_in_a_path_that_leads_nowhere_is_told() {
    let folder = Folder::new();
    let check = |column: &str, value: &str| {
        folder.write("table.csv", &format!("assistance_unit,{column}\n1,{value}\n"));
        let ran = check(&folder, &["--record", "ibr Beneficiary", "--strictness", "lenient", "table.csv"]);
        let rules: Vec<String> =
            findings(&folder).iter().filter_map(|line| Some(line.split(' ').nth(1)?.into())).collect();
        (ran.code, rules.first().cloned().unwrap_or_default())
    };
    for column in [
        ".enrolment_status",
        "/enrolment_status",
        "$.enrolment_status",
        "record.enrolment_status",
        "enrolment_status.",
        "enrolment_status:",
        "benefits.[0].benefit_type",
        "[benefits].[0].[benefit_type]",
        "[enrolment_status]",
        "`enrolment_status`",
        "enrolment_status (code)",
        "\"enrolment_status, code\"",
        "enrolment_status/.id",
        "@enrolment_status",
    ] {
        assert_eq!(check(column, "999"), (2, "COLUMN-LIKE".into()), "{column}");
    }
    // As in NDJSON: a prefix or an address of the standard makes no difference, any other a member of somebody else.
    for column in ["spdci:enrolment_status", "https://schema.spdci.org/extensions/ibr/v1/data/enrolment_status"] {
        assert_eq!(check(column, "999"), (1, "CODE-UNKNOWN".into()), "{column}");
    }
    // As tools name the items of lists, and as they write paths without a dot; the last ones are somebody's own.
    let written = "benefits.*.benefit_type,benefits.list.element.benefit_type,benefits_0_benefit_type,Benefits_benefit_type,\
                   benefits_0_remark,benefits.acme:x.benefit_type";
    check(written, "4,4,4,4,x,x");
    let rules: Vec<String> = findings(&folder).iter().filter_map(|line| Some(line.split(' ').nth(1)?.into())).collect();
    assert_eq!(
        rules[..6],
        ["COLUMN-LIKE", "COLUMN-LIKE", "COLUMN-LIKE", "COLUMN-LIKE", "PROP-UNKNOWN", "PROP-UNKNOWN"]
    );
    assert_eq!(check("benefits[0].benefit_type,benefits.old.benefit_type", "4,999"), (0, "PROP-UNKNOWN".into()));
    for column in ["acme:enrolment_status", "https://example.org/enrolment_status", "member.acme:marital_status"] {
        assert_eq!(check(column, "In force"), (0, "PROP-UNKNOWN".into()), "{column}");
        assert_eq!(check(&format!("enrolment_status,{column}"), "1,In force"), (0, "PROP-UNKNOWN".into()), "{column}");
    }
    // Beside the column of its place such a one is somebody's own, and so is a mere object behind something unknown.
    assert_eq!(check("enrolment_status,former.enrolment_status", "1,x"), (0, "PROP-UNKNOWN".into()));
    assert_eq!(check("village.member", "x"), (0, "PROP-UNKNOWN".into()));
}

/// Columns of an object of another class than its place is for, and of a record of another class, are told as in JSON: by
/// the members of each record.
#[test]
fn members_of_another_class_are_told_of_a_table_as_of_json() {
    let folder = Folder::new();
    let rules = |file: &str, class: &[&str]| {
        let ran = check(&folder, &[class, &["--strictness", "strict", file]].concat());
        let mut told: Vec<String> =
            told(&folder).iter().filter_map(|told| Some(told.split_once(' ')?.1.to_owned())).collect();
        told.sort();
        (ran.code, told, result(&folder)["records"]["class"].clone())
    };
    let identifier = r#"[{"identifier_type": "UIN", "identifier_value": "A"}]"#;
    for (header, row, json, class, code, found) in [
        // Straight in a place for members.
        (
            "group_type,group_size,member_list[0].name.given_name,member_list[0].name.surname,member_list[0].sex",
            "2,1,Ann,Able,zz",
            r#"{"group_type": "2", "group_size": 1, "member_list": [{"name": {"given_name": "Ann"}, "sex": "zz"}]}"#,
            &["--record", "Group"][..],
            2,
            "warn OBJECT-OTHER-CLASS/member_list/0",
        ),
        // As the standard's own examples have it.
        (
            "disability_status,personal_details.identifier[UIN],personal_details.sex,personal_details.birth_date",
            "1,A,zz,99",
            r#"{"disability_status": "1", "personal_details": {"identifier": ID, "sex": "zz", "birth_date": "99"}}"#,
            &["--record", "dr PWDPerson"],
            1,
            "fail CODE-UNKNOWN/personal_details/sex",
        ),
        (
            "farm_type,farm_details[0].unit,farm_details[0].land_size,member_identifier[UIN]",
            "99,99,x,A",
            r#"{"farm_type": "99", "farm_details": [{"unit": "99", "land_size": "x"}], "member_identifier": ID}"#,
            &["--record", "fr Member"],
            2,
            "warn RECORD-OTHER-CLASS",
        ),
        // What its type says is read of the first row.
        (
            "@type,disability_status,identifier[UIN],name.surname,sex",
            "PWD_Person,1,A,x,male",
            r#"{"@type": "PWD_Person", "disability_status": "1", "identifier": ID, "name": {"surname": "x"}, "sex": "male"}"#,
            &[],
            0,
            "",
        ),
    ] {
        folder.write("table.csv", &format!("{header}\n{row}\n"));
        folder.write("records.ndjson", &format!("{}\n", json.replace("ID", identifier)));
        let (of_table, of_json) = (rules("table.csv", class), rules("records.ndjson", class));
        assert_eq!(of_table, of_json, "{header}");
        assert!(
            of_table.0 == code && (found.is_empty() || of_table.1.iter().any(|told| told == found)),
            "{of_table:?}"
        );
    }
    // A record without values in them says nothing of another class, and what is not known is told once.
    folder.write(
        "table.csv",
        "group_type,group_size,member_list[0].sex,member_list[0].birth_date\n2,1,,\n2,1,,\n2,1,zz,\n",
    );
    assert_eq!(check(&folder, &["--record", "Group", "table.csv"]).code, 2);
    let all = findings(&folder);
    assert_eq!(all.iter().filter(|found| found.contains("PROP-UNKNOWN")).count(), 2, "{all:?}");
    assert_eq!(told(&folder), ["4 warn OBJECT-OTHER-CLASS/member_list/0"], "{all:?}");
    let unknown = &result(&folder)["unknown"];
    assert!(
        unknown[0]["path"] == "member_list[0].sex" && unknown[0]["count"] == 1 && unknown[1].is_null(),
        "{unknown}"
    );
    // A mapping may name them, too.
    folder.write("map.yaml", "record: dr PWDPerson\ncolumns: {st: disability_status, sx: personal_details.sex}\n");
    folder.write("table.csv", "st,sx\n1,zz\n");
    assert_eq!(check(&folder, &["--mapping", "map.yaml", "table.csv"]).code, 1);
}

#[test]
fn members_of_which_nothing_is_known_and_groups_with_one_key_are_told() {
    let folder = Folder::new();
    folder.write("map.yaml", "record: fr Group\ngroups: {file: groups.csv, key: code}\nmembers: {file: members.csv, key: of}\ncolumns: {code: ~}\n");
    folder.write("groups.csv", "code,group_identifier[UIN],group_type,group_size\n1,g1,2,1\n");
    let check = |members: &str| {
        folder.write("members.csv", members);
        check(&folder, &["--mapping", "map.yaml", "groups.csv", "members.csv"]).code
    };
    // The columns of members, named as if these were the records; and no header at all.
    assert_eq!(check("of,member_identifier[UIN],marital_status\n1,a,Z\n"), 2);
    let trouble = result(&folder)["files"][0]["trouble"].to_string();
    assert!(
        trouble.contains("of members.csv") && trouble.contains("perhaps member_list.member_identifier"),
        "{trouble}"
    );
    assert_eq!(check("of,Quilaqueo,Zarine\n1,a,Z\n"), 2);
    assert!(!folder.read("out/result.json").contains("Quilaqueo"));
    assert_eq!(check("of,member_list.member_identifier[UIN],marital_status\n1,a,Z\n"), 2);
    assert!(findings(&folder).contains(&"members.csv:1:3 COLUMN-LIKE ".to_owned()), "{:?}", findings(&folder));
    let sound = "of,member_list.member_identifier[UIN]\n1,a\n";
    assert_eq!(check(sound), 0, "{:?}", findings(&folder));
    // To which of two groups it belongs is not known.
    folder.write("groups.csv", "code,group_identifier[UIN],group_type,group_size\n1,g1,2,1\n1,g2,2,1\n");
    assert_eq!(check(sound), 2, "{:?}", told(&folder));
    assert_eq!(told(&folder)[..2], ["2 warn ROW-TWIN", "3 warn ROW-TWIN"]);
}

/// What programs make of tables: files put behind each other, columns taken for numbers, decimal commas.
#[test]
fn what_programs_make_of_tables_is_no_fault_of_the_product() {
    let folder = Folder::new();
    folder
        .write("table.csv", "assistance_unit,enrolment_status\n1,1\n\u{feff}assistance_unit,enrolment_status\n1.0,1\n");
    let record = ["--record", "ibr Beneficiary", "--strictness", "lenient", "table.csv"];
    assert_eq!(check(&folder, &record).code, 2);
    assert_eq!(told(&folder), ["3 warn ROW-HEADER", "4 warn CELL-FORM/assistance_unit"]);
    assert_eq!(result(&folder)["records"]["checked"], 2);
    folder.write("map.yaml", "record: ibr Beneficiary\nvalues: {assistance_unit: {'1.0': '1'}}\n");
    folder.write("null.csv", "assistance_unit,enrolment_status\n1,\\N\n1,NA\n");
    assert_eq!(check(&folder, &[&record[..4], &["null.csv"]].concat()).code, 2);
    assert_eq!(told(&folder), ["2 warn CELL-FORM/enrolment_status", "3 warn CELL-FORM/enrolment_status"]);
    assert!(folder.read("out/findings.ndjson").contains("`nulls` in a mapping file"));
    assert_eq!(check(&folder, &["--mapping", "map.yaml", "table.csv"]).code, 0);
    let amounts = "assistance_unit;benefits[0].benefit_value\n1;\"EUR 5,50\"\n1;USD 1 000\n1;QQQ 5\n";
    folder.write("table.csv", amounts);
    assert_eq!(check(&folder, &record).code, 1);
    let value = "/benefits/0/benefit_value";
    let of = |found: &[String]| -> Vec<String> { found.iter().filter(|line| line.ends_with(value)).cloned().collect() };
    assert_eq!(
        of(&told(&folder)),
        [format!("2 warn CELL-FORM{value}"), format!("3 warn CELL-FORM{value}"), format!("4 fail MONEY-FORMAT{value}")]
    );
    folder.write("map.yaml", "record: ibr Beneficiary\nnumber_format: '1 234,5'\n");
    check(&folder, &["--mapping", "map.yaml", "table.csv"]);
    assert_eq!(of(&told(&folder)), [format!("4 fail MONEY-FORMAT{value}")]);
}

/// Digits and values that a program lost make no two records one.
#[test]
fn what_a_table_lost_fails_nobody_between_records() {
    let folder = Folder::new();
    let check = |ids: [&str; 2]| {
        let rows: String = ids.iter().zip(["Diallo", "Mbeki"]).map(|(id, name)| format!("{id},{name}\n")).collect();
        folder.write("people.csv", &format!("identifier[UIN],name.surname\n{rows}"));
        let ran = check(&folder, &["--record", "SRPerson", "--strictness", "strict", "people.csv"]);
        let mut all = told(&folder).into_iter().filter(|line| line.contains("/identifier/0"));
        (ran.code, all.next_back().unwrap_or_default())
    };
    for lost in ["1.23457E+16", "1.2345678901234568e+16", "NULL", "#N/A"] {
        assert_eq!(check([lost; 2]), (2, "3 warn CELL-FORM/identifier/0".into()), "{lost}");
    }
    assert_eq!(check(["900000171"; 2]), (1, "3 fail R-ID-03/identifier/0".into()));
    assert_eq!(check(["1.23457E+16", "1.23458E+16"]).0, 0);
}

/// A second file under one mapping, whose columns are named a little otherwise.
#[test]
fn columns_that_a_mapping_names_otherwise_are_told() {
    let folder = Folder::new();
    folder.write("map.yaml", "record: SRPerson\ncolumns: {date_naissance: birth_date, sexe_code: sex, nom: ~}\n");
    folder.write("a.csv", "date_naissance,sexe_code,nom,name.surname\n1990-01-31,male,x,A\n");
    let check = |header: &str| {
        folder.write("b.csv", &format!("{header},name.surname\n31.31.31,QQ,A\n"));
        let ran = check(&folder, &["--mapping", "map.yaml", "a.csv", "b.csv"]);
        (ran.code, findings(&folder))
    };
    let like =
        |columns: &[&str]| -> Vec<String> { columns.iter().map(|column| format!("b.csv:1:{column} ")).collect() };
    assert_eq!(check("Date_Naissance,sexecode"), (2, like(&["1 COLUMN-LIKE", "2 COLUMN-LIKE"])));
    assert!(folder.read("out/findings.ndjson").contains("date_naissance"));
    // Nobody knows which ones are meant, but that some may be.
    let unknown = like(&["1 PROP-UNKNOWN", "2 PROP-UNKNOWN", "- COLUMN-LIKE"]);
    assert_eq!(check("nele,geschlecht"), (2, unknown));
    // A file that merely has less, or columns of somebody else.
    assert_eq!(check("acme:a,acme:b").0, 0);
}

/// A first row of values in which one happens to be the name of a member.
#[test]
fn a_first_row_that_may_be_no_header_is_not_written_out() {
    let folder = Folder::new();
    let rest = "1990-02-03,12 Rue Kermel,amina@example.org";
    for (class, word) in [("ibr Beneficiary", "Member"), ("SRPerson", "Sex"), ("SRPerson", "@amina_k,name")] {
        folder.write("table.csv", &format!("Amina Diallo,{word},{rest}\nMoussa Ba,x,{rest}\n"));
        check(&folder, &["--record", class, "table.csv"]);
        let all =
            ["findings.ndjson", "result.json", "report.html"].map(|name| folder.read(&format!("out/{name}"))).concat();
        for value in ["Amina", "Kermel", "amina@", "1990"] {
            assert!(!all.contains(value), "{word}: {value} was written");
        }
    }
    // Nor in the hints to a mapping file of which it has no column.
    folder.write("table.csv", &format!("Amina Diallo,Noma,{rest}\nMoussa Ba,x,{rest}\n"));
    for column in ["columns: {date_naissance: birth_date}", "key: Nom", "columns: {nom: name.surname}"] {
        folder.write("map.yaml", &format!("record: SRPerson\n{column}\n"));
        let ran = check(&folder, &["--mapping", "map.yaml", "table.csv"]);
        assert!(ran.code == 3 && ran.err.contains("no file has a column"), "{}", ran.err);
        for value in ["Amina", "Noma", "Kermel", "amina@", "1990"] {
            assert!(!ran.err.contains(value), "{value}: {}", ran.err);
        }
    }
    // Where the row is a header for certain, names are told as they stand.
    folder.write("table.csv", "identifier[UIN],Etat civil,x@example.org\n900000171,x,y\n");
    check(&folder, &["--record", "SRPerson", "table.csv"]);
    let found = folder.read("out/findings.ndjson");
    assert!(found.contains("Etat civil") && !found.contains("example.org"), "{found}");
}

/// Rows of one record, however many: it took the square of their number, and a wrong key puts a whole file in one.
#[test]
fn many_rows_of_one_record_are_read_in_one_pass() {
    let folder = Folder::new();
    folder.write("map.yaml", "record: Farmer\nkey: id\ncolumns: {id: ~}\n");
    folder.write("table.csv", &format!("id,farm_type,farm_details.farm_type\n{}", "k,1,1\n".repeat(60_000)));
    let ran = check(&folder, &["--mapping", "map.yaml", "table.csv"]);
    assert_eq!(result(&folder)["records"]["checked"], 1, "{}{}", ran.out, ran.err);
}
