//! The project that everybody makes in these benches: the one that `scaffold new` makes without being told anything.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::place::{Place, remove};
use crate::peers::Bench;
use crate::tools::run;

/// Its name: words that occur in no template by themselves.
pub(crate) const NAME: &str = "quick-brown-fox";

/// The name of its package.
pub(crate) const PACKAGE: &str = "quick_brown_fox";

/// Who writes it, according to git in every place.
pub(crate) const AUTHOR: &str = "Ada Lovelace";

/// A file: whether it can be executed, and its bytes.
type Content = (bool, Vec<u8>);

/// Files by path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sample(BTreeMap<String, Content>);

impl Sample {
    /// As our program renders it.
    pub(crate) fn render(bench: &Bench, place: &Place) -> Self {
        place.empty("work");
        run(&mut bench.scaffold(place, &["new", NAME, "--defaults", "--no-env", "--no-git"]));
        Self::read(&place.path("work").join(NAME)).unwrap()
    }

    /// As it lies in a folder, without its repository.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        walk(folder, "", &mut files)
            .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        Ok(Self(files))
    }

    /// Its files.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, bool, &[u8])> {
        self.0
            .iter()
            .map(|(path, (executable, bytes))| (path.as_str(), *executable, bytes.as_slice()))
    }

    /// Writes it into a new folder.
    pub(crate) fn write(&self, folder: &Path) {
        remove(folder);
        for (path, executable, bytes) in self.files() {
            write(&folder.join(path), executable, bytes);
        }
    }

    /// Whether a folder holds exactly this.
    ///
    /// # Errors
    /// What is different.
    pub(crate) fn matches(&self, folder: &Path) -> Result<(), String> {
        let found = Self::read(folder)?;
        for path in self.0.keys().chain(found.0.keys()) {
            if self.0.get(path) != found.0.get(path) {
                return Err(format!("{path} is not what `scaffold new` makes"));
            }
        }
        Ok(())
    }
}

/// Writes one file with its folders.
pub(crate) fn write(path: &Path, executable: bool, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
    let mode = if executable { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn walk(root: &Path, below: &str, files: &mut BTreeMap<String, Content>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        if !entry.file_type()?.is_dir() {
            let executable = entry.metadata()?.permissions().mode() & 0o100 != 0;
            files.insert(path, (executable, std::fs::read(entry.path())?));
        } else if name != ".git" {
            walk(root, &path, files)?;
        }
    }
    Ok(())
}
