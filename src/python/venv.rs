//! Virtual environments as files: where their parts lie, and what made them (<https://docs.python.org/3/library/venv.html>).
//!
//! Called by `interpreter` to see through them and by `environment`, which builds them. Reading only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[cfg(test)]
use super::Series;
use super::Version;
use crate::host::Host;

/// A virtual environment at a place, there already or to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Venv {
    root: PathBuf,
    windows: bool,
}

impl Venv {
    /// The environment at this folder, whether it exists or not.
    pub(crate) fn at(host: &Host, root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            windows: host.is_windows(),
        }
    }

    /// The environment that a program lies in, found as Python itself finds it: `pyvenv.cfg` beside the program or one
    /// folder above, links not resolved.
    pub(crate) fn around(host: &Host, program: &Path) -> Option<Self> {
        let beside = program.parent()?;
        [Some(beside), beside.parent()]
            .into_iter()
            .flatten()
            .find(|folder| folder.join("pyvenv.cfg").is_file())
            .map(|folder| Self::at(host, folder))
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where its programs are.
    pub(crate) fn programs(&self) -> PathBuf {
        self.root.join(if self.windows { "Scripts" } else { "bin" })
    }

    /// Its Python.
    pub(crate) fn python(&self) -> PathBuf {
        self.programs()
            .join(if self.windows { "python.exe" } else { "python" })
    }

    /// Where its packages are.
    #[cfg(test)]
    pub(crate) fn packages(&self, series: Series) -> PathBuf {
        if self.windows {
            self.root.join("Lib").join("site-packages")
        } else {
            let library = format!("python{series}");
            self.root.join("lib").join(library).join("site-packages")
        }
    }

    /// What `pyvenv.cfg` says, keys in lower case; empty where there is none.
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(self.root.join("pyvenv.cfg")).unwrap_or_default();
        text.lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect()
    }

    /// The version that `pyvenv.cfg` records: `version` by venv, `version_info` by virtualenv and uv.
    pub(crate) fn version(&self) -> Option<Version> {
        let settings = self.settings();
        let text = ["version_info", "version"]
            .iter()
            .find_map(|key| settings.get(*key))?;
        // virtualenv writes `3.12.1.final.0`.
        let numbers: Vec<&str> = text.splitn(4, '.').take(3).collect();
        Version::parse(&numbers.join("."))
    }

    /// The programs that may be the Python that it was made from, likeliest first: in the folder `home`, whose name stays
    /// while patch releases come and go, before the exact file that some tools note beside it.
    pub(crate) fn bases(&self) -> Vec<PathBuf> {
        let settings = self.settings();
        let mut names = Vec::new();
        if self.windows {
            names.push("python.exe".to_owned());
        } else {
            names.extend(self.version().map(|it| format!("python{}", it.series)));
            names.extend(["python3".to_owned(), "python".to_owned()]);
        }
        let home = settings.get("home").map(PathBuf::from);
        let beside = names
            .iter()
            .filter_map(|name| home.as_ref().map(|it| it.join(name)));
        let exact = ["executable", "base-executable"]
            .iter()
            .filter_map(|key| settings.get(*key).map(PathBuf::from));
        beside.chain(exact).collect()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests {
    use super::Venv;
    use crate::host::Host;

    #[test]
    fn the_version_is_read_as_every_tool_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let venv = Venv::at(&Host::made_up(folder.path()), folder.path());
        for (line, expected) in [
            ("version = 3.12.1", "3.12.1"),
            ("version_info = 3.13.0", "3.13.0"),
            ("version_info = 3.11.7.final.0", "3.11.7"),
        ] {
            std::fs::write(folder.path().join("pyvenv.cfg"), line).unwrap();
            assert_eq!(venv.version().unwrap().to_string(), expected);
        }
        std::fs::write(folder.path().join("pyvenv.cfg"), "home = /usr/bin").unwrap();
        assert_eq!(venv.version(), None);
    }
}
