//! The folder a run writes its reports into: proven writable before anything is sent, and gone again where no report
//! came about.

use super::Failure;
use super::args::Output;
use crate::records::{Input, OWN_FILES, is_of_reports};
use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// A folder for reports. Those folders on its way that were not there before are taken away with it, if they are empty.
pub(super) struct ReportFolder {
    path: PathBuf,
    /// The deepest first.
    made: Vec<PathBuf>,
    /// Held while this run writes here.
    _held: Option<File>,
}

impl ReportFolder {
    /// The folder of these options; none where the result goes to standard output.
    pub(super) fn make(output: &Output, profile: &str) -> Result<Option<ReportFolder>, Failure> {
        match output.out.as_deref() {
            Some(out) if out == Path::new("-") => Ok(None),
            Some(out) => ReportFolder::at(out.to_owned()).map(Some),
            None => {
                let time = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
                ReportFolder::fresh(Path::new("reports"), &format!("{profile}-{time}")).map(Some)
            }
        }
    }

    /// A folder that was not there: several runs may begin within one second.
    fn fresh(parent: &Path, name: &str) -> Result<ReportFolder, Failure> {
        let parents = absent(parent);
        std::fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
        let mut path = parent.join(name);
        let mut more = 1;
        while let Err(error) = std::fs::create_dir(&path) {
            if error.kind() != ErrorKind::AlreadyExists {
                return Err(cannot(&path, &error));
            }
            more += 1;
            path = parent.join(format!("{name}-{more}"));
        }
        let mut folder = ReportFolder::at(path.clone())?;
        folder.made.push(path);
        folder.made.extend(parents);
        Ok(folder)
    }

    fn at(path: PathBuf) -> Result<ReportFolder, Failure> {
        let made = absent(&path);
        // Before anything is made: what fails half-way is taken away too.
        let mut folder = ReportFolder { path, made, _held: None };
        std::fs::create_dir_all(&folder.path).map_err(|error| cannot(&folder.path, &error))?;
        folder._held = hold(&folder.path)?;
        let probe = folder.path.join(".dci-conform-write-test");
        std::fs::write(&probe, b"").map_err(|error| cannot(&folder.path, &error))?;
        std::fs::remove_file(&probe).map_err(|error| cannot(&folder.path, &error))?;
        Ok(folder)
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
}

/// Takes away what an earlier run left in the folder of `output`, since this one came to nothing. What this one was to
/// read stays, and so does what another is writing.
pub(super) fn forget(output: &Output, inputs: &[PathBuf]) {
    let Some(out) = output.out.as_deref().and_then(|out| out.canonicalize().ok()) else { return };
    let read =
        |input: &PathBuf| input.canonicalize().is_ok_and(|input| input.starts_with(&out) || out.starts_with(&input));
    if !inputs.iter().any(read)
        && let Ok(folder) = ReportFolder::at(out)
    {
        folder.clear();
    }
}

fn cannot(folder: &Path, error: &Error) -> Failure {
    Failure::Usage(format!("cannot write reports to {}: {error}\n{HELP}", folder.display()))
}

/// The folders on the way to one, and itself, that are not there; the deepest first.
fn absent(path: &Path) -> Vec<PathBuf> {
    let there = |folder: &&Path| folder.as_os_str().is_empty() || folder.exists();
    path.ancestors().take_while(|folder| !there(folder)).map(Path::to_owned).collect()
}

/// Keeps other runs from writing into the same folder: what they found would stand side by side. Where the system knows
/// no such thing nobody is kept.
fn hold(folder: &Path) -> Result<Option<File>, Failure> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let file = File::open(folder).map_err(|error| cannot(folder, &error))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Failure::Busy(format!("another run is writing reports to {}\n{HELP}", folder.display())))
        }
        Err(TryLockError::Error(_)) => Ok(None),
        Ok(()) => Ok(Some(file)),
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
    fn no_two_runs_write_into_one_folder() {
        let root = own("two");
        let first = made(root.join("a")).unwrap();
        if cfg!(unix) {
            let Err(Failure::Busy(message)) = made(root.join("a")) else { panic!("two at a time") };
            assert!(message.contains("another run") && root.join("a").exists(), "{message}");
        }
        drop(first);
        assert!(made(root.join("a")).is_ok());
        let names: Vec<PathBuf> =
            [0; 3].map(|_| ReportFolder::fresh(&root, "x").map(|one| one.write("r", b"").unwrap()).unwrap()).into();
        assert_eq!(names, ["x/r", "x-2/r", "x-3/r"].map(|name| root.join(name)));
        drop(ReportFolder::fresh(&root.join("of/ours"), "x").unwrap());
        assert!(!root.join("of").exists(), "nothing is left of it");
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
