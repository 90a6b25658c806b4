//! The files profiles and standards are read from: embedded in the binary, or a folder of the user's.

use super::{Diagnostics, Place};
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/test-profiles");

/// A file larger than this is refused: no profile needs it.
const LARGEST: u64 = 4 << 20;

/// Text files by path, `/`-separated and relative to the profiles folder.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Those in the binary are not copied.
    texts: BTreeMap<String, Cow<'static, str>>,
    shown_root: String,
}

impl Files {
    /// The profiles shipped in the binary.
    pub fn embedded() -> Files {
        let mut texts = BTreeMap::new();
        collect(&EMBEDDED, &mut texts);
        Files { texts, shown_root: "test-profiles/".into() }
    }

    /// All YAML files below a folder. Links out of the folder are not followed.
    ///
    /// # Errors
    /// A folder that cannot be read, or a file that is too large or not UTF-8: each with its path.
    pub fn from_folder(root: &Path) -> Result<Files, Diagnostics> {
        let mut files = Files { texts: BTreeMap::new(), shown_root: format!("{}/", root.display()) };
        let mut wrong = Diagnostics::default();
        read_folder(root, root, &mut files, &mut wrong);
        match wrong.has_errors() {
            true => Err(wrong),
            false => Ok(files),
        }
    }

    /// Files given in memory, for tests.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Files {
        let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), Cow::Owned(text.to_owned()))).collect();
        Files { texts, shown_root: String::new() }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(AsRef::as_ref)
    }

    /// True where a file is there, as it is built into the program.
    pub fn is_built_in(&self, path: &str) -> bool {
        let built_in = EMBEDDED.get_file(path).and_then(|file| file.contents_utf8());
        built_in.is_some() && self.text(path) == built_in
    }

    /// The paths that start with a prefix, in order.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// A path as shown to the user in diagnostics.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.shown_root)
    }
}

fn collect(dir: &'static Dir<'_>, into: &mut BTreeMap<String, Cow<'static, str>>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            into.insert(file.path().to_string_lossy().replace('\\', "/"), Cow::Borrowed(text));
        }
    }
    dir.dirs().for_each(|inner| collect(inner, into));
}

fn read_folder(root: &Path, folder: &Path, files: &mut Files, wrong: &mut Diagnostics) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            wrong.error(Place::file(&folder.display().to_string()), format!("cannot read the folder: {error}"));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            read_folder(root, &path, files, wrong);
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            read_file(root, &path, files, wrong);
        }
    }
}

fn read_file(root: &Path, path: &Path, files: &mut Files, wrong: &mut Diagnostics) {
    let shown = path.display().to_string();
    let size = std::fs::metadata(path).map(|data| data.len()).unwrap_or(0);
    if size > LARGEST {
        wrong.error(Place::file(&shown), format!("the file has {size} bytes; at most {LARGEST} are read"));
        return;
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => {
            let inside = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            files.texts.insert(inside, Cow::Owned(text));
        }
        Ok(Err(_)) => {
            wrong.error(Place::file(&shown), "the file is not UTF-8 text").hint("save it as UTF-8");
        }
        Err(error) => {
            wrong.error(Place::file(&shown), format!("cannot read the file: {error}"));
        }
    }
}
