//! The files profiles and standards are read from: embedded in the binary, or a folder of the user's with the embedded
//! ones behind it.

use super::{Diagnostics, Place};
use include_dir::{Dir, include_dir};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/test-profiles");

/// A file larger than this is refused: no profile needs it.
const LARGEST: u64 = 4 << 20;
/// Folders within each other, and files of all of them: no profiles need more, and links may multiply them.
const DEEPEST: usize = 16;
const MOST: usize = 20_000;

/// Text files by path, `/`-separated and relative to the profiles folder.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Those in the binary are not copied.
    texts: BTreeMap<String, Cow<'static, str>>,
    /// The endings of those whose names end in another way than `.yaml`.
    endings: BTreeMap<String, String>,
    shown_root: String,
    /// Where whole profiles and editions are taken from that are not among these files.
    behind: Option<Box<Files>>,
}

impl Files {
    /// The profiles shipped in the binary.
    pub fn embedded() -> Files {
        let mut texts = BTreeMap::new();
        collect(&EMBEDDED, &mut texts);
        Files { texts, shown_root: "test-profiles/".into(), ..Files::default() }
    }

    /// All YAML files below a folder, those that end in `.yml` under the name that ends in `.yaml`. A link counts as what it
    /// leads to; one that leads out of the folder is refused. A profile or an edition of the standard of which the folder
    /// has no file at all is the embedded one, so that a country's folder need hold nothing but its own.
    ///
    /// # Errors
    /// A folder that cannot be read, a file that is too large or not UTF-8, a link that leads out or nowhere: each with
    /// its path.
    pub fn from_folder(root: &Path) -> Result<Files, Diagnostics> {
        let behind = Some(Box::new(Files::embedded()));
        let mut files = Files { shown_root: format!("{}/", root.display()), behind, ..Files::default() };
        let mut wrong = Diagnostics::default();
        // Where the folder is not there, reading it tells so.
        let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Reading { root, real, files: &mut files, wrong: &mut wrong }.folder(root, 0);
        match wrong.has_errors() {
            true => Err(wrong),
            false => Ok(files),
        }
    }

    /// Files given in memory, for tests.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Files {
        let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), Cow::Owned(text.to_owned()))).collect();
        Files { texts, ..Files::default() }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.holding(path).texts.get(path).map(AsRef::as_ref)
    }

    /// The files that a path is looked for in: those behind these where these have nothing of its profile or edition.
    fn holding(&self, path: &str) -> &Files {
        let own = |whole: &str| self.starting(whole).next().is_some();
        match (&self.behind, whole(path)) {
            (Some(behind), Some(whole)) if !own(whole) => behind,
            _ => self,
        }
    }

    /// True where a file is there, as it is built into the program.
    pub fn is_built_in(&self, path: &str) -> bool {
        let built_in = EMBEDDED.get_file(path).and_then(|file| file.contents_utf8());
        built_in.is_some() && self.text(path) == built_in
    }

    /// True where a profile (`base`) or an edition (`standards/dec2025`) of this name is built into the program.
    pub fn has_built_in(name: &str) -> bool {
        EMBEDDED.get_dir(name).is_some()
    }

    /// The files of built-in profiles and editions that are given here in another form, not at all, or beside the built-in
    /// ones. Profiles and editions that are not built in have none.
    pub fn altered(&self) -> Vec<String> {
        if self.behind.is_none() {
            return Vec::new();
        }
        let built_in = Files::embedded();
        let wholes: BTreeSet<&str> = self.texts.keys().filter_map(|path| whole(path)).collect();
        let of_both = wholes.into_iter().filter(|whole| built_in.starting(whole).next().is_some()).flat_map(|whole| {
            let paths = self.starting(whole).chain(built_in.starting(whole)).map(|(path, _)| path);
            paths.collect::<BTreeSet<&str>>()
        });
        of_both.filter(|path| self.texts.get(*path) != built_in.texts.get(*path)).map(str::to_owned).collect()
    }

    /// The paths that start with a prefix, in order.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.holding(prefix).starting(prefix)
    }

    /// The paths that start with a prefix, of these files and of those behind them.
    pub fn all<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let behind = self.behind.iter().flat_map(move |files| files.starting(prefix));
        self.starting(prefix).chain(behind).map(|(path, _)| path)
    }

    fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// A path as shown to the user in diagnostics.
    pub fn shown(&self, path: &str) -> String {
        let holding = self.holding(path);
        let written =
            holding.endings.get(path).and_then(|ending| Some(format!("{}{ending}", path.strip_suffix("yaml")?)));
        format!("{}{}", holding.shown_root, written.as_deref().unwrap_or(path))
    }
}

/// The folder of the profile (`base/`) or of the edition (`standards/dec2025/`) that a path is in; none where a path is
/// in neither, or of all of them.
fn whole(path: &str) -> Option<&str> {
    let names = if path.starts_with("standards/") { 2 } else { 1 };
    let (end, _) = path.match_indices('/').nth(names - 1)?;
    path.get(..=end)
}

fn collect(dir: &'static Dir<'_>, into: &mut BTreeMap<String, Cow<'static, str>>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            into.insert(file.path().to_string_lossy().replace('\\', "/"), Cow::Borrowed(text));
        }
    }
    dir.dirs().for_each(|inner| collect(inner, into));
}

/// A folder that is being read.
struct Reading<'f> {
    root: &'f Path,
    /// The same without links: what a link leads to is read where it is below this.
    real: PathBuf,
    files: &'f mut Files,
    wrong: &'f mut Diagnostics,
}

impl Reading<'_> {
    fn refuse(&mut self, path: &Path, why: &str, help: &str) {
        self.wrong.error(Place::file(&path.display().to_string()), why).hint(help);
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        if depth > DEEPEST {
            return self.refuse(folder, "folders within each other too deeply", "does a link lead back?");
        }
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        match entries {
            Ok(entries) => entries.iter().for_each(|entry| self.entry(&entry.path(), depth)),
            Err(error) => self.refuse(folder, &format!("cannot read the folder: {error}"), "may it be read?"),
        }
    }

    /// What is passed over without a word may be what somebody counts on.
    fn entry(&mut self, path: &Path, depth: usize) {
        let is_link = path.symlink_metadata().is_ok_and(|kind| kind.is_symlink());
        if is_link && (is_left_behind(path) || is_mounted(path)) {
            return;
        }
        let kind = match std::fs::metadata(path) {
            Ok(kind) => kind,
            Err(error) => return self.refuse(path, &format!("cannot be read: {error}"), "does a link lead nowhere?"),
        };
        if is_link && (kind.is_dir() || is_yaml(path)) {
            let target = path.canonicalize().unwrap_or_default();
            if !target.starts_with(&self.real) {
                let why = "a link that leads out of the folder of profiles is not followed";
                return self.refuse(path, why, "put there what it leads to");
            }
            if path.parent().is_some_and(|folder| folder.canonicalize().is_ok_and(|it| it.starts_with(&target))) {
                return self.refuse(path, "the link leads back to a folder that it is in", "take it away");
            }
        }
        if kind.is_dir() && !is_mounted(path) {
            self.folder(path, depth + 1);
        } else if kind.is_file() && is_yaml(path) {
            match self.files.texts.len() < MOST {
                true => read_file(self.root, path, self.files, self.wrong),
                false => self.refuse(path, &format!("there are more than {MOST} files"), "does a link lead back?"),
            }
        } else if kind.is_file() && is_meant_as_yaml(self.root, path) {
            let why = "the file is not read: its name does not end in .yaml";
            self.refuse(path, why, "name it NAME.yaml, or keep it elsewhere");
        } else if !kind.is_dir() && !kind.is_file() && is_yaml(path) {
            self.refuse(path, "it is no file (a device or a pipe?)", "put a file there");
        }
    }
}

/// True for what editors leave beside a file, such as a lock that is a link to nowhere.
fn is_left_behind(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(['.', '#']) || name.ends_with('~')
}

/// True for a folder as containers mount their settings: `..data`, and what it leads to. The files of it stand as links
/// where they belong.
fn is_mounted(path: &Path) -> bool {
    path.file_name().unwrap_or_default().to_string_lossy().starts_with("..")
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}

/// True for a file of an edition that somebody may believe to be read. What editors leave behind is none.
fn is_meant_as_yaml(root: &Path, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let of_edition = path.strip_prefix(root).is_ok_and(|inside| inside.starts_with("standards"));
    of_edition && !is_left_behind(path) && (name.contains(".yaml") || name.contains(".yml") || name.ends_with(".json"))
}

/// The bytes of a file; none where it has more than so many, whatever size it claims: a device and a pipe claim to be empty.
///
/// # Errors
/// The file cannot be read.
pub fn read_at_most(most: u64, path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|_| read as u64 <= most))
}

fn read_file(root: &Path, path: &Path, files: &mut Files, wrong: &mut Diagnostics) {
    let shown = path.display().to_string();
    match read_at_most(LARGEST, path).map(|bytes| bytes.map(String::from_utf8)) {
        Ok(None) => {
            wrong.error(Place::file(&shown), format!("the file has more than {LARGEST} bytes; it is not read"));
        }
        Ok(Some(Ok(text))) => {
            let inside = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            let (name, ending) = inside.rsplit_once('.').unwrap_or((&inside, "yaml"));
            let known = format!("{name}.yaml");
            if files.texts.contains_key(&known) {
                wrong
                    .error(Place::file(&shown), "there is a file of this name that ends in another way")
                    .hint("keep one of the two");
                return;
            }
            if ending != "yaml" {
                files.endings.insert(known.clone(), ending.to_owned());
            }
            files.texts.insert(known, Cow::Owned(text));
        }
        Ok(Some(Err(_))) => {
            wrong.error(Place::file(&shown), "the file is not UTF-8 text").hint("save it as UTF-8");
        }
        Err(error) => {
            wrong.error(Place::file(&shown), format!("cannot read the file: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_an_edition_that_would_be_passed_over_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("standards/own/data");
        std::fs::create_dir_all(&data).unwrap();
        let read = |name: &str| {
            std::fs::write(data.join(name), "a: b").unwrap();
            let read = Files::from_folder(folder.path());
            std::fs::remove_file(data.join(name)).unwrap();
            read.map(|files| files.below("standards/own/").count()).map_err(|wrong| wrong.to_string())
        };
        assert_eq!((read("rules.yaml"), read("rules.YAML"), read("rules.yml")), (Ok(1), Ok(1), Ok(1)));
        for name in ["rules.json", "rules.yaml.txt"] {
            assert!(read(name).unwrap_err().contains("the file is not read"), "{name}");
        }
        for name in ["README.md", "rules.yaml~", ".rules.yaml.swp"] {
            assert_eq!(read(name), Ok(0), "{name}");
        }
    }

    /// Links are how containers mount files, and how profiles share one.
    #[cfg(unix)]
    #[test]
    fn a_link_counts_as_what_it_leads_to_or_is_refused() {
        use std::os::unix::fs::symlink;
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = folder.path().join("standards/own/data");
        std::fs::create_dir_all(data.join("..2026_03_01")).unwrap();
        std::fs::write(data.join("..2026_03_01/rules.yaml"), "a: b").unwrap();
        symlink("..2026_03_01", data.join("..data")).unwrap();
        symlink("..data/rules.yaml", data.join("rules.yaml")).unwrap();
        symlink("nobody@host.1234", data.join(".#rules.yaml")).unwrap();
        symlink("data", data.with_file_name("more")).unwrap();
        let files = Files::from_folder(folder.path()).unwrap_or_else(|wrong| panic!("{wrong}"));
        let paths: Vec<&str> = files.below("standards/own/").map(|(path, _)| path).collect();
        assert_eq!(paths, ["standards/own/data/rules.yaml", "standards/own/more/rules.yaml"]);
        assert_eq!(files.text("standards/own/data/rules.yaml"), Some("a: b"));
        let wrong = |name: &str, target: &Path| {
            symlink(target, data.join(name)).unwrap();
            let wrong = Files::from_folder(folder.path()).map(|_| ()).unwrap_err().to_string();
            std::fs::remove_file(data.join(name)).unwrap();
            wrong
        };
        std::fs::write(elsewhere.path().join("rules.yaml"), "a: b").unwrap();
        assert!(wrong("codes.yaml", &elsewhere.path().join("rules.yaml")).contains("leads out"));
        assert!(wrong("objects", elsewhere.path()).contains("leads out"));
        assert!(wrong("codes.yaml", Path::new("none.yaml")).contains("lead nowhere"));
        assert!(wrong("codes.yaml", Path::new("/dev/null")).contains("leads out"));
        assert!(wrong("back", Path::new("..")).contains("leads back"));
    }

    #[test]
    fn a_file_is_known_by_its_name_however_that_ends() {
        let folder = tempfile::tempdir().unwrap();
        let edition = folder.path().join("standards/own");
        std::fs::create_dir_all(&edition).unwrap();
        std::fs::write(edition.join("edition.yml"), "a: b").unwrap();
        let files = Files::from_folder(folder.path()).unwrap();
        assert_eq!(files.text("standards/own/edition.yaml"), Some("a: b"));
        assert!(files.shown("standards/own/edition.yaml").ends_with("/edition.yml"));
        std::fs::write(edition.join("edition.yaml"), "a: c").unwrap();
        let wrong = Files::from_folder(folder.path()).unwrap_err().to_string();
        assert!(wrong.contains("edition.y") && wrong.contains("keep one of the two"), "{wrong}");
    }

    #[test]
    fn a_folder_has_its_own_profiles_whole_and_the_embedded_ones_behind_them() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("base/profile.yaml", "id: base"), ("standards/own/edition.yaml", "extends: dec2025")] {
            std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let files = Files::from_folder(folder.path()).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(files.text("base/profile.yaml"), Some("id: base"));
        // Not file by file: what a profile of the folder does not have, it has not.
        assert_eq!(files.text("base/phrases.yaml"), None);
        assert!(files.text("social-registry/profile.yaml").is_some_and(|text| text.contains("social-registry")));
        assert!(files.below("standards/dec2025/data/").count() > 10);
        assert_eq!(files.below("standards/own/").count(), 1);
        // Of a built-in profile everything counts; an edition of one's own is no altered one.
        let altered = files.altered();
        assert!(altered.contains(&"base/profile.yaml".to_owned()) && altered.contains(&"base/phrases.yaml".to_owned()));
        assert!(altered.iter().all(|path| path.starts_with("base/")));
        assert!(Files::embedded().altered().is_empty());
        // What is listed is the folder's.
        assert_eq!(files.below("").count(), 2);
        assert!(files.shown("social-registry/x.yaml").starts_with("test-profiles/"));
        assert!(
            files.shown("base/x.yaml").ends_with("/base/x.yaml") && !files.shown("base/x.yaml").starts_with("test-")
        );
    }
}
