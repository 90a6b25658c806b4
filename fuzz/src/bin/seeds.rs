//! `seeds FOLDER`: records to begin with, without a mistake and with one of each kind, as each target takes them.

#[path = "../../../tests/parquet_file/mod.rs"]
mod parquet_file;

use dci_conform::sandbox::export::{self, Class, Format, Frequency, Options, defects};
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder to write to"));
    for class in ["Group", "SRPerson"].into_iter().filter_map(Class::named) {
        let spoilt = defects().filter(|defect| class.takes(defect)).map(|defect| Some((defect, Frequency::Every(1))));
        for (seed, defect) in (1..).zip(std::iter::repeat_n(None, 8).chain(spoilt)) {
            for (target, format, count) in
                [("agree", Format::Ndjson, 1), ("read", Format::Ndjson, 2), ("table", Format::Csv, 2)]
            {
                let mut record = Vec::new();
                let options = Options { class, count, format, defect, seed };
                if export::write(&options, &mut record, None).is_ok() {
                    write(&folder.join(target), &format!("{}-{seed}", class.name), &record)?;
                    if target == "table" && class.name == "SRPerson" {
                        tables(folder.as_path(), seed, &record)?;
                    }
                }
            }
        }
    }
    for (name, file) in [
        ("lists-1", include_bytes!("../../../fixtures/parquet/lists-1.parquet").as_slice()),
        ("lists-2", include_bytes!("../../../fixtures/parquet/lists-2.parquet")),
    ] {
        write(&folder.join("columnar"), name, file)?;
    }
    Ok(())
}

/// The same table as a workbook and as a Parquet file.
fn tables(folder: &Path, seed: u64, table: &[u8]) -> std::io::Result<()> {
    let text = String::from_utf8_lossy(table);
    // Cells of the seeds have neither commas nor quotes that matter here.
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (number, row) in (0..).zip(&rows) {
        sheet.write_row(number, 0, row.iter().copied()).map_err(std::io::Error::other)?;
    }
    write(&folder.join("workbook"), &seed.to_string(), &book.save_to_buffer().map_err(std::io::Error::other)?)?;
    let cells = |at: usize| rows[1..].iter().map(|row| row.get(at).copied().unwrap_or("")).collect::<Vec<_>>();
    let columns: Vec<_> =
        rows[0].iter().enumerate().take(12).map(|(at, name)| parquet_file::text(name, &cells(at))).collect();
    for packed in [false, true] {
        let name = format!("{seed}-{packed}");
        write(&folder.join("columnar"), &name, &parquet_file::write(&columns, packed, 1))?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), bytes)
}
