//! `seeds FOLDER`: records to begin with, without a mistake and with one of each kind, as each target takes them.

use dci_conform::sandbox::export::{self, Class, Format, Frequency, Options, defects};
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder to write to"));
    for class in ["Group", "SRPerson"].into_iter().filter_map(Class::named) {
        let spoilt = defects().filter(|defect| class.takes(defect)).map(|defect| Some((defect, Frequency::Every(1))));
        for (seed, defect) in (1..).zip(std::iter::repeat_n(None, 8).chain(spoilt)) {
            for (target, format, count) in [("agree", Format::Ndjson, 1), ("read", Format::Ndjson, 2), ("table", Format::Csv, 2)] {
                let mut record = Vec::new();
                let options = Options { class, count, format, defect, seed };
                if export::write(&options, &mut record, None).is_ok() {
                    write(&folder.join(target), &format!("{}-{seed}", class.name), &record)?;
                }
            }
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), bytes)
}
