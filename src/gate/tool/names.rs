//! The names of files as a tool is given them, and as it prints them.
//!
//! Called by the job and by whatever reads a tool's answer. A name is bytes and never text that a shell or an option parser
//! reads: it goes in with `./` before it, and what comes back is looked up among what went in.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::repo_path::{RepoPath, bytes_to_path, path_to_bytes};

/// The files that a tool was given, and the folder that it ran in.
pub(super) struct Names {
    folder: PathBuf,
    /// The folders that hold the repository's files here: as named, and with links resolved.
    roots: [PathBuf; 2],
    given: HashMap<String, RepoPath>,
}

impl Names {
    /// The files below `folder`, which is the folder `prefix` of the repository.
    pub(super) fn new(folder: &Path, prefix: &[u8], files: &[&[u8]]) -> Self {
        let depth = prefix
            .split(|byte| *byte == b'/')
            .filter(|it| !it.is_empty());
        let root = folder.ancestors().nth(depth.count()).unwrap_or(folder);
        let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let mut given = HashMap::new();
        for file in files {
            let path = joined(prefix, file);
            for text in spellings(file) {
                given.insert(text, path.clone());
            }
        }
        Self {
            folder: folder.to_owned(),
            roots: [root.to_owned(), real],
            given,
        }
    }

    /// A single file, which is also meant where no name is printed.
    pub(super) fn alone(folder: &Path, prefix: &[u8], file: &[u8]) -> Self {
        let mut names = Self::new(folder, prefix, &[file]);
        names.given.insert(String::new(), joined(prefix, file));
        names
    }

    /// The file that a tool speaks of, given or not; `None` where it lies outside the repository.
    pub(super) fn locate(&self, printed: &str) -> Option<RepoPath> {
        self.given(printed).or_else(|| {
            let path = lexical(&self.folder.join(printed));
            let below = self
                .roots
                .iter()
                .find_map(|root| path.strip_prefix(root).ok())?;
            path_to_bytes(below)
                .filter(|bytes| !bytes.is_empty())
                .map(RepoPath::new)
        })
    }

    /// The same, if there is such a file: for answers in which a name can't be told from what follows it.
    pub(super) fn existing(&self, printed: &str) -> Option<RepoPath> {
        self.given(printed).or_else(|| {
            let found = self.locate(printed)?;
            found.below(&self.roots[0])?.is_file().then_some(found)
        })
    }

    /// The file that a tool speaks of, among those that it was given.
    pub(super) fn given(&self, printed: &str) -> Option<RepoPath> {
        let printed = printed.strip_prefix("./").unwrap_or(printed);
        if let Some(path) = self.given.get(printed) {
            return Some(path.clone());
        }
        let path = Path::new(printed);
        let below = self
            .roots
            .iter()
            .find_map(|root| path.strip_prefix(root).ok())?;
        let below = self.roots[0].join(below);
        let name = below.strip_prefix(&self.folder).ok()?.to_str()?;
        self.given.get(name).cloned()
    }

    /// The folder that the tool ran in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// A file of a project as a path of the repository.
pub(super) fn joined(prefix: &[u8], file: &[u8]) -> RepoPath {
    if prefix.is_empty() {
        RepoPath::new(file)
    } else {
        RepoPath::new([prefix, file].join(&b'/'))
    }
}

/// The name as an argument: no option parser takes it for an option.
pub(super) fn argument(file: &[u8]) -> Option<OsString> {
    let mut argument = OsString::from("./");
    argument.push(bytes_to_path(file)?);
    Some(argument)
}

/// The texts that programs print for a name: itself, or where it is not UTF-8 with a replacement character or with Python's
/// escape for each byte that is not.
fn spellings(file: &[u8]) -> Vec<String> {
    let mut texts = vec![String::from_utf8_lossy(file).into_owned()];
    if std::str::from_utf8(file).is_err() {
        let mut escaped = String::new();
        for chunk in file.utf8_chunks() {
            escaped.push_str(chunk.valid());
            for byte in chunk.invalid() {
                escaped.push_str(&format!("\\udc{byte:02x}"));
            }
        }
        texts.push(escaped);
    }
    texts
}

/// A path without `.` and `..`, by its letters.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Names;

    #[test]
    fn what_a_tool_prints_is_found_again() {
        let given: [&[u8]; 4] = [b"a b.py", b"-dash.py", b"x\n.py", b"sub/\xff.py"];
        let names = Names::new(Path::new("/shadow/lib/one"), b"lib/one", &given);
        let shown = |printed: &str| names.locate(printed).map(|it| it.to_string());
        assert_eq!(shown("a b.py").as_deref(), Some("lib/one/a b.py"));
        assert_eq!(shown("./-dash.py").as_deref(), Some("lib/one/-dash.py"));
        assert_eq!(shown("x\n.py").as_deref(), Some("lib/one/x\\n.py"));
        let odd = Some("lib/one/sub/\\xff.py");
        assert_eq!(shown("sub/\\udcff.py").as_deref(), odd);
        assert_eq!(shown("sub/\u{fffd}.py").as_deref(), odd);
        assert_eq!(shown("/shadow/lib/one/sub/\u{fffd}.py").as_deref(), odd);
        assert_eq!(
            shown("/shadow/lib/one/c.py").as_deref(),
            Some("lib/one/c.py")
        );
        assert_eq!(shown("../two/c.py").as_deref(), Some("lib/two/c.py"));
        assert_eq!(shown("../../../c.py"), None);
        assert_eq!(shown("/usr/lib/python3/os.py"), None);
        assert_eq!(names.given("c.py"), None);
        assert_eq!(names.existing("c.py"), None);
        let alone = Names::alone(Path::new("/shadow/lib"), b"lib", b"\xff.py");
        assert_eq!(alone.locate("").unwrap().as_bytes(), b"lib/\xff.py");
        assert_eq!(alone.given("c.py"), None);
    }
}
