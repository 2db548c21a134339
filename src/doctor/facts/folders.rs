//! The folders that were listed: each once for all checks.
//!
//! Part of [`Facts`]. What does not lie in the project's folder is known from its list: most files that checks look for are those of tools
//! that the project does not use, and to ask the system for each of them takes a good part of a run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::Facts;

/// The list of each folder that was asked for.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<BTreeMap<OsString, Arc<List>>>);

/// What lies in a folder.
#[derive(Debug, Default)]
struct List {
    /// The names, sorted.
    names: Arc<[String]>,
    /// What each of them is.
    kinds: Vec<Kind>,
}

/// What a name in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A link, which may lead to either, and whatever else there is.
    Other,
}

/// What is known of a path without a look.
enum Known {
    Absent,
    There(Kind),
    Nothing,
}

impl Facts {
    /// The names in a folder, sorted; empty where it cannot be listed.
    pub(crate) fn names(&self, folder: &Path) -> Arc<[String]> {
        if self.is_surely_absent(folder) {
            return Arc::default();
        }
        Arc::clone(&self.list(folder).names)
    }

    /// Whether there is a file, links followed.
    pub(crate) fn is_file(&self, path: &Path) -> bool {
        match self.known(path) {
            Known::Absent | Known::There(Kind::Folder) => false,
            Known::There(Kind::File) => true,
            Known::There(Kind::Other) | Known::Nothing => path.is_file(),
        }
    }

    /// Whether there is a folder, links followed.
    pub(crate) fn is_folder(&self, path: &Path) -> bool {
        match self.known(path) {
            Known::Absent | Known::There(Kind::File) => false,
            Known::There(Kind::Folder) => true,
            Known::There(Kind::Other) | Known::Nothing => path.is_dir(),
        }
    }

    /// Whether there is anything, links followed.
    pub(crate) fn is_there(&self, path: &Path) -> bool {
        match self.known(path) {
            Known::Absent => false,
            Known::There(Kind::File | Kind::Folder) => true,
            Known::There(Kind::Other) | Known::Nothing => path.exists(),
        }
    }

    /// Whether nothing can be at this path, as nothing in the project's folder has the name that it goes on with.
    pub(super) fn is_surely_absent(&self, path: &Path) -> bool {
        matches!(self.known(path), Known::Absent)
    }

    fn known(&self, path: &Path) -> Known {
        let Some((project, below)) = self.project.as_deref().and_then(|project| {
            // By letters: to compare paths part by part takes as long as to ask the system.
            let below = path.to_str()?.strip_prefix(project.to_str()?)?;
            Some((project, below.strip_prefix('/')?))
        }) else {
            return Known::Nothing;
        };
        let (name, rest) = below.split_once('/').unwrap_or((below, ""));
        let list = self.list(project);
        if let Ok(place) = list.names.binary_search_by(|it| it.as_str().cmp(name)) {
            let kind = list.kinds.get(place).filter(|_| rest.is_empty());
            return kind.map_or(Known::Nothing, |it| Known::There(*it));
        }
        // A list that is empty may be of a folder that cannot be listed, where files can be read all the same. And there are systems on
        // which a file has its name in small letters and in large ones.
        let is_plain = name.is_ascii() && !matches!(name, "" | "." | "..");
        let mut names = list.names.iter();
        if is_plain && !list.kinds.is_empty() && !names.any(|it| it.eq_ignore_ascii_case(name)) {
            Known::Absent
        } else {
            Known::Nothing
        }
    }

    fn list(&self, folder: &Path) -> Arc<List> {
        let lock = || {
            let lists = &self.folders.0;
            lists.lock().unwrap_or_else(PoisonError::into_inner)
        };
        let known = lock().get(folder.as_os_str()).map(Arc::clone);
        // Not listed under the lock: a drive that does not answer would stop every other check as well.
        known.unwrap_or_else(|| {
            let list = Arc::new(List::of(folder));
            lock().insert(folder.into(), Arc::clone(&list));
            list
        })
    }
}

impl List {
    fn of(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut entries: Vec<(String, Kind)> = entries
            .map(|it| {
                let kind = match it.file_type() {
                    Ok(it) if it.is_file() => Kind::File,
                    Ok(it) if it.is_dir() => Kind::Folder,
                    _ => Kind::Other,
                };
                (it.file_name().to_string_lossy().into_owned(), kind)
            })
            .collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let (names, kinds): (Vec<String>, Vec<Kind>) = entries.into_iter().unzip();
        Self {
            names: names.into(),
            kinds,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::doctor::testing::Rig;

    #[test]
    fn what_is_there_is_never_surely_absent() {
        let rig = Rig::new()
            .file("project/Setup.cfg", "")
            .file("project/a/b", "")
            .file("other", "");
        let facts = rig.facts();
        let absent = |below: &str| facts.is_surely_absent(&facts.in_project(below));
        for below in [
            "Setup.cfg",
            "setup.cfg",
            "a/b",
            "a/c",
            "./x",
            "../other",
            "",
        ] {
            assert!(!absent(below), "{below}");
        }
        for below in ["tox.ini", "b", "b/a", "Setup.cfg2"] {
            assert!(absent(below), "{below}");
        }
        // A name with other letters may be there in another form of them.
        assert!(!absent("ä"));
        assert!(!facts.is_surely_absent(&rig.path("none")));
        assert!(facts.is_file(&facts.in_project("a/b")));
        assert!(!facts.is_file(&facts.in_project("a")));
        assert!(facts.is_folder(&facts.in_project("a")));
        assert!(facts.is_file(&facts.in_project("Setup.cfg")));
        assert!(!facts.is_folder(&facts.in_project("Setup.cfg")));
        assert!(facts.names(&facts.in_project("none")).is_empty());
        assert_eq!(*facts.names(&facts.in_project("a")), ["b".to_owned()]);
    }
}
