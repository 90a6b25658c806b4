//! What to read: files, folders and standard input, each opened as a stream of plain bytes.

use super::reports;
use super::unpack::unpack;
use crate::digest::Hashing;
use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// At most so many files of one folder.
pub const MOST_FILES: usize = 100_000;
/// Folders within each other that are followed.
const DEEPEST: usize = 32;

/// Bytes of standard input that are looked at beforehand.
const BEGINNING: u64 = 1 << 20;

/// One thing to read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name in findings and reports.
    pub name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Standard(Arc<Standard>),
}

/// Standard input.
#[derive(Debug, Default)]
struct Standard {
    /// What was read of it beforehand.
    read: Mutex<Vec<u8>>,
    /// True where nobody waits any longer for what comes.
    over: AtomicBool,
}

/// Why something cannot be read; the others are read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The name as given.
    pub name: String,
    /// Why, and what to do.
    pub why: String,
}

/// What is behind some names.
#[derive(Debug, Default)]
pub struct Found {
    /// What can be read.
    pub inputs: Vec<Input>,
    /// What cannot.
    pub refused: Vec<Refused>,
    /// Reports of ours in folders, which are no records.
    pub left_out: Vec<String>,
    /// Other names of what is among the inputs already: links, and names given twice. Nothing is read twice.
    pub again: Vec<String>,
    /// Files and folders that were met, by their names without links.
    met: HashSet<PathBuf>,
    /// Files that have several names of their own, by what the system knows them by.
    linked: HashSet<(u64, u64)>,
}

/// Finds the files behind names: a file, a folder (all files below it, by name), `-` for standard input.
pub fn find(names: &[PathBuf]) -> (Vec<Input>, Vec<Refused>) {
    let found = found(names, false);
    (found.inputs, found.refused)
}

/// The same without reports of ours in folders: those are left out.
pub fn find_records(names: &[PathBuf]) -> Found {
    found(names, true)
}

fn found(names: &[PathBuf], records: bool) -> Found {
    let mut found = Found::default();
    for name in names {
        if name == Path::new("-") && found.inputs.iter().any(|input: &Input| !input.is_file()) {
            let why = "named twice: standard input can be read only once".into();
            found.refused.push(Refused { name: "-".into(), why });
        } else if name == Path::new("-") {
            found.inputs.push(Input { name: "-".into(), place: Place::Standard(Arc::default()) });
        } else {
            add(name, 0, records, &mut found);
        }
    }
    found
}

fn add(path: &Path, depth: usize, records: bool, all: &mut Found) {
    let Found { inputs, refused, left_out, again, met, linked } = all;
    let name = path.display().to_string();
    let mut refuse = |why: String| refused.push(Refused { name: name.clone(), why });
    let kind = match std::fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) => return refuse(format!("{error}; is the name right, and may it be read?")),
    };
    // A link may lead to what is read anyway, or back.
    if (kind.is_file() || kind.is_dir()) && path.canonicalize().is_ok_and(|real| !met.insert(real)) {
        return again.push(name);
    }
    if hard_link(&kind).is_some_and(|file| !linked.insert(file)) {
        return again.push(name);
    }
    if kind.is_file() {
        return match inputs.len() < MOST_FILES {
            true => inputs.push(Input { name, place: Place::File(path.to_owned()) }),
            false => refuse(format!("left out: more than {MOST_FILES} files; check them in parts")),
        };
    }
    if !kind.is_dir() {
        return refuse(
            "it is neither a file nor a folder (a device or a pipe?); give a file, or - for standard input".into(),
        );
    }
    if depth >= DEEPEST {
        return refuse("folders within each other too deeply; does a link lead back?".into());
    }
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            found.sort();
            if records && reports::is_of_reports(path) {
                let (own, others) = found.into_iter().partition(|inner| reports::is_own(inner));
                found = others;
                left_out.extend(own.iter().map(|inner: &PathBuf| inner.display().to_string()));
            }
            found.iter().for_each(|inner| add(inner, depth + 1, records, all));
        }
        Err(error) => refuse(format!("{error}; may the folder be read?")),
    }
}

/// What tells a file that stands under several names, as backups make them.
#[cfg(unix)]
fn hard_link(kind: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    (kind.is_file() && kind.nlink() > 1).then(|| (kind.dev(), kind.ino()))
}

#[cfg(not(unix))]
fn hard_link(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// An input as bytes, unpacked.
pub(super) struct Opened {
    pub(super) bytes: Box<dyn Read + Send>,
    /// Hash of the bytes as stored, once they were read to the end; empty until then, and where none was asked for.
    pub(super) hash: Arc<Mutex<String>>,
    /// How it is packed, for the report.
    pub(super) packed: Option<&'static str>,
}

impl Input {
    /// False for standard input, which can be read only once.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// Size as it is stored, where it is known.
    pub fn size(&self) -> Option<u64> {
        match &self.place {
            Place::File(path) => std::fs::metadata(path).ok().map(|kind| kind.len()),
            Place::Standard(_) => None,
        }
    }

    /// Ends the wait for what may come on standard input.
    pub fn wait_no_longer(&self) {
        if let Place::Standard(standard) = &self.place {
            standard.over.store(true, Ordering::Relaxed);
        }
    }

    /// The bytes once more, beside those that are read already.
    pub(super) fn again(&self) -> std::io::Result<Box<dyn Read + Send>> {
        match self.is_file() {
            true => Ok(self.open(false)?.bytes),
            false => Err(std::io::Error::other("standard input cannot be read twice; give the file itself")),
        }
    }

    /// What it begins with, unpacked. Of a file all that is in it; of standard input so much as is kept for who opens it.
    pub(super) fn beginning(&self) -> std::io::Result<Box<dyn Read + Send>> {
        let Place::Standard(standard) = &self.place else { return Ok(self.open(false)?.bytes) };
        let mut read = standard.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.is_empty() {
            std::io::stdin().take(BEGINNING).read_to_end(&mut read)?;
        }
        let (bytes, _) = unpack(&read, Box::new(Cursor::new(read.clone())));
        Ok(Box::new(Cut(Wrong::once(bytes))))
    }

    /// Opens it and unpacks it; how it is packed is known by its first bytes, not by the name.
    pub(super) fn open(&self, hashed: bool) -> std::io::Result<Opened> {
        let stored: Box<dyn Read + Send> = match &self.place {
            Place::File(path) => Box::new(File::open(path).map_err(|error| {
                std::io::Error::new(error.kind(), format!("{error}; is the name right, and may it be read?"))
            })?),
            Place::Standard(standard) => {
                let read = std::mem::take(&mut *standard.read.lock().unwrap_or_else(PoisonError::into_inner));
                Box::new(Cursor::new(read).chain(Piped::new(standard.clone(), std::io::stdin())?))
            }
        };
        let hash = Arc::default();
        let mut raw: Box<dyn Read + Send> = match hashed {
            true => Box::new(Told { stored: Hashing::new(stored), hash: Arc::clone(&hash) }),
            false => stored,
        };
        let mut head = [0u8; 4];
        let read = fill(&mut raw, &mut head)?;
        let head = head.get(..read).unwrap_or_default().to_vec();
        let whole = Box::new(Cursor::new(head.clone()).chain(raw));
        let (bytes, packed) = unpack(&head, whole);
        Ok(Opened { bytes: Box::new(Wrong::once(bytes)), hash, packed })
    }
}

/// Standard input, read by a thread of its own: who waits for a silent pipe hears nothing else.
struct Piped {
    standard: Arc<Standard>,
    blocks: Receiver<std::io::Result<Vec<u8>>>,
    block: Cursor<Vec<u8>>,
}

impl Piped {
    fn new(standard: Arc<Standard>, mut from: impl Read + Send + 'static) -> std::io::Result<Piped> {
        const BLOCK: usize = 1 << 17;
        let (give, blocks) = sync_channel(4);
        // It ends with the input, or when nobody takes what it read; where neither happens, with the program.
        std::thread::Builder::new().spawn(move || {
            loop {
                let mut block = vec![0; BLOCK];
                let read = match from.read(&mut block) {
                    Ok(0) => break,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Ok(read) => {
                        block.truncate(read);
                        Ok(block)
                    }
                    Err(error) => Err(error),
                };
                if give.send(read).is_err() {
                    break;
                }
            }
        })?;
        Ok(Piped { standard, blocks, block: Cursor::default() })
    }
}

impl Read for Piped {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        const LOOK: Duration = Duration::from_millis(100);
        loop {
            let read = self.block.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.blocks.recv_timeout(LOOK) {
                Ok(block) => self.block = Cursor::new(block?),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) if self.standard.over.load(Ordering::Relaxed) => {
                    return Err(std::io::Error::other("stopped before its end"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Bytes that stay wrong from where they first are: what comes before that is there to be judged.
struct Wrong {
    bytes: Box<dyn Read + Send>,
    found: Option<(std::io::ErrorKind, String)>,
}

impl Wrong {
    fn once(bytes: Box<dyn Read + Send>) -> Wrong {
        Wrong { bytes, found: None }
    }
}

impl Read for Wrong {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if let Some((kind, words)) = &self.found {
            return Err(std::io::Error::new(*kind, words.clone()));
        }
        let read = self.bytes.read(buffer);
        if let Err(error) = &read
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            self.found = Some((error.kind(), error.to_string()));
        }
        read
    }
}

/// What is cut off somewhere: an error is its end.
struct Cut(Wrong);

impl Read for Cut {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        Ok(self.0.read(buffer).unwrap_or(0))
    }
}

/// Tells the hash once the end is reached.
struct Told {
    stored: Hashing<Box<dyn Read + Send>>,
    hash: Arc<Mutex<String>>,
}

impl Read for Told {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stored.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            *self.hash.lock().unwrap_or_else(PoisonError::into_inner) = self.stored.hex();
        }
        Ok(read)
    }
}

/// Reads until the buffer is full or nothing more comes. An error is for the next time where something was read before it.
pub(super) fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while let Some(free) = buffer.get_mut(read..).filter(|free| !free.is_empty()) {
        match from.read(free) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) if read > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_by_name_and_the_rest_is_refused() {
        let folder = std::env::temp_dir().join(format!("dci-inputs-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("b")).expect("a folder");
        std::fs::write(folder.join("b/2.json"), "{}").expect("a file");
        std::fs::write(folder.join("1.json"), "{}").expect("a file");
        std::fs::create_dir_all(folder.join("out")).expect("a folder");
        std::fs::write(folder.join("out/result.json"), "{\"schema\": \"dci-conform/result/1\"}").expect("a file");
        std::fs::write(folder.join("out/findings.ndjson"), "{\"file\":\"1.json\"}").expect("a file");
        std::fs::write(folder.join("out/junit.xml"), "{}").expect("a file");
        std::fs::write(folder.join("out/3.json"), "{}").expect("a file");
        std::fs::write(folder.join("result.json"), "{}").expect("a file");
        let (inputs, refused) = find(&[folder.clone(), folder.join("none"), PathBuf::from("/dev/null")]);
        let names: Vec<&str> = inputs.iter().filter_map(|input| input.name.rsplit('/').next()).collect();
        assert_eq!(names, ["1.json", "2.json", "3.json", "findings.ndjson", "junit.xml", "result.json", "result.json"]);
        assert_eq!(refused.len(), 2);
        // Where records are looked for, reports of ours are none; a file of such a name that is none of ours is read.
        let found = find_records(std::slice::from_ref(&folder));
        let names: Vec<&str> = found.inputs.iter().filter_map(|input| input.name.rsplit('/').next()).collect();
        assert_eq!(names, ["1.json", "2.json", "3.json", "junit.xml", "result.json"]);
        let own = ["findings.ndjson", "result.json"].map(|name| folder.join("out").join(name).display().to_string());
        assert_eq!(found.left_out, own);
        std::fs::remove_dir_all(&folder).expect("gone");
    }

    /// Somebody presses Ctrl-C while the program before the pipe has nothing to say.
    #[test]
    fn a_silent_pipe_is_waited_for_until_that_is_over() {
        struct Silent(bool);
        impl Read for Silent {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                while std::mem::replace(&mut self.0, true) {
                    std::thread::park();
                }
                buffer[..3].copy_from_slice(b"{}\n");
                Ok(3)
            }
        }
        let standard: Arc<Standard> = Arc::default();
        let mut piped = Piped::new(standard.clone(), Silent(false)).expect("a thread");
        let mut buffer = [0; 8];
        assert_eq!(piped.read(&mut buffer).expect("a line"), 3);
        Input { name: "-".into(), place: Place::Standard(standard) }.wait_no_longer();
        assert_eq!(piped.read(&mut buffer).expect_err("no more").to_string(), "stopped before its end");
        let mut ended = Piped::new(Arc::default(), &b"{}"[..]).expect("a thread");
        assert_eq!((ended.read(&mut buffer).expect("all"), ended.read(&mut buffer).expect("its end")), (2, 0));
    }

    /// Every record of theirs would be there twice.
    #[cfg(unix)]
    #[test]
    fn a_file_under_two_names_is_read_once() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.json"), "{}").expect("a file");
        std::fs::hard_link(folder.path().join("a.json"), folder.path().join("b.json")).expect("a link");
        std::os::unix::fs::symlink("a.json", folder.path().join("c.json")).expect("a link");
        let found = find_records(&[folder.path().to_owned()]);
        let names: Vec<&str> = found.again.iter().filter_map(|name| name.rsplit('/').next()).collect();
        assert_eq!((found.inputs.len(), names), (1, vec!["b.json", "c.json"]));
    }

    /// Two that take turns at it would each miss what the other read.
    #[test]
    fn standard_input_is_read_once() {
        let (inputs, refused) = find(&[PathBuf::from("-"), PathBuf::from("-")]);
        assert_eq!((inputs.len(), refused.len()), (1, 1));
    }
}
