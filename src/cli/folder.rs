//! The folder a run writes its reports into: proven writable before anything is sent, and gone again where no report
//! came about.

use super::Failure;
use super::args::Output;
use crate::records::{Input, OWN_FILES, is_of_reports};
use std::io::Error;
use std::path::{Path, PathBuf};

/// A folder for reports. Those folders on its way that were not there before are taken away with it, if they are empty.
pub(super) struct ReportFolder {
    path: PathBuf,
    /// The deepest first.
    made: Vec<PathBuf>,
}

impl ReportFolder {
    /// The folder of these options; none where the result goes to standard output.
    pub(super) fn make(output: &Output, profile: &str) -> Result<Option<ReportFolder>, Failure> {
        if output.out.as_deref() == Some(Path::new("-")) {
            return Ok(None);
        }
        let path = output.out.clone().unwrap_or_else(|| {
            let time = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
            PathBuf::from("reports").join(format!("{profile}-{time}"))
        });
        let there = |folder: &&Path| folder.as_os_str().is_empty() || folder.exists();
        let made = path.ancestors().take_while(|folder| !there(folder)).map(Path::to_owned).collect();
        // Before anything is made: what fails half-way is taken away too.
        let folder = ReportFolder { path, made };
        std::fs::create_dir_all(&folder.path).map_err(|error| folder.cannot(&error))?;
        let probe = folder.path.join(".dci-conform-write-test");
        std::fs::write(&probe, b"").map_err(|error| folder.cannot(&error))?;
        std::fs::remove_file(&probe).map_err(|error| folder.cannot(&error))?;
        Ok(Some(folder))
    }

    /// Takes away what an earlier check or run wrote here: beside the new report it would tell of another one, and where
    /// none comes about it would be taken for the new one.
    pub(super) fn clear(&self) {
        if is_of_reports(&self.path) {
            for name in OWN_FILES {
                // What cannot be taken away cannot be written over either, and that is told.
                let _ = std::fs::remove_file(self.path.join(name));
            }
        }
    }

    /// Refuses to write over a file that is still to be read.
    pub(super) fn spare(&self, inputs: &[Input]) -> Result<(), Failure> {
        let own: Vec<PathBuf> = OWN_FILES.iter().filter_map(|name| self.path.join(name).canonicalize().ok()).collect();
        let over = |input: &&Input| Path::new(&input.name).canonicalize().is_ok_and(|path| own.contains(&path));
        match inputs.iter().find(over) {
            Some(input) => Err(Failure::Usage(format!("{} would be written over\n{HELP}", input.name))),
            None => Ok(()),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a report, whole or not at all, and gives its path.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.path.join(name);
        let part = self.path.join(format!(".{name}.part"));
        let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, &path));
        written.map_err(|error| {
            let _ = std::fs::remove_file(&part);
            Failure::Usage(format!("cannot write {}: {error}\n{HELP}", path.display()))
        })?;
        Ok(path)
    }

    fn cannot(&self, error: &Error) -> Failure {
        Failure::Usage(format!("cannot write reports to {}: {error}\n{HELP}", self.path.display()))
    }
}

const HELP: &str = "help: choose another folder with --out";

impl Drop for ReportFolder {
    fn drop(&mut self) {
        // A folder that holds something stays: removing it fails.
        let _ = self.made.iter().try_for_each(std::fs::remove_dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the test's own.
    fn own(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("dci-conform-folder-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn made(path: PathBuf) -> Result<Option<ReportFolder>, Failure> {
        ReportFolder::make(&Output { out: Some(path), format: Vec::new() }, "any")
    }

    #[test]
    fn what_was_made_for_nothing_is_taken_away_and_what_was_there_stays() {
        let root = own("empty");
        std::fs::create_dir(root.join("there")).unwrap();
        drop(made(root.join("there/a/b")).unwrap());
        assert!(root.join("there").exists() && !root.join("there/a").exists());
        drop(made(root.join("there")).unwrap());
        assert!(root.join("there").exists(), "a folder of the user's");
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_an_earlier_run_wrote_is_taken_away_and_nothing_else() {
        let names = crate::report::Format::ALL.map(crate::report::Format::file_name);
        assert!(names.iter().all(|name| OWN_FILES.contains(name)), "every report is known by its name");
        let root = own("stale");
        let there = |folder: &Path| OWN_FILES.iter().filter(|name| folder.join(name).exists()).count();
        for (schema, left) in [("dci-conform/result/1", 0), ("somebody/else", OWN_FILES.len())] {
            OWN_FILES.iter().for_each(|name| std::fs::write(root.join(name), "").unwrap());
            std::fs::write(root.join("mine.csv"), "").unwrap();
            std::fs::write(root.join("result.json"), format!("{{\n  \"schema\": \"{schema}\"")).unwrap();
            let folder = made(root.clone()).unwrap().unwrap();
            folder.clear();
            assert_eq!((there(&root), root.join("mine.csv").exists()), (left, true), "{schema}");
        }
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_holds_a_report_stays() {
        let root = own("full");
        let folder = made(root.join("a/b")).unwrap().unwrap();
        assert_eq!(folder.write("report", b"whole").unwrap(), root.join("a/b/report"));
        drop(folder);
        assert_eq!(std::fs::read(root.join("a/b/report")).unwrap(), b"whole");
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_report_that_cannot_be_written_leaves_no_part_of_itself() {
        let root = own("part");
        std::fs::create_dir_all(root.join("a/report/in the way")).unwrap();
        let folder = made(root.join("a")).unwrap().unwrap();
        let Err(Failure::Usage(message)) = folder.write("report", b"whole") else { panic!("a folder was replaced") };
        assert!(message.contains("cannot write") && message.contains("help: "), "{message}");
        assert_eq!(std::fs::read_dir(root.join("a")).unwrap().count(), 1);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
