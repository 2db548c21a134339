//! What the checks look at, read once and shared: the machine, the project, its environments.
//!
//! Made by `engine`, read by every check; each fact is read when it is first asked for. Nothing here writes or starts anything.

pub(crate) mod environment;
pub(crate) mod reading;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::host::Host;
use crate::python::Series;
use environment::Environment;

/// The files that make a folder a project, for whatever made it.
const MARKS: [&str; 9] = [
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "vercel.json",
    "template.yaml",
    "host.json",
    "function_app.py",
];

/// The folders in which people keep a project's environment, the usual one first.
const ENVIRONMENTS: [&str; 5] = [".venv", "venv", "env", ".env", "virtualenv"];

/// What there is to look at.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The machine.
    pub(crate) host: Host,
    /// The project's folder; `None` outside of one.
    pub(crate) project: Option<PathBuf>,
    environments: OnceLock<Vec<Environment>>,
    wanted: OnceLock<Option<pep440_rs::VersionSpecifiers>>,
}

impl Facts {
    /// What there is around the working directory of this machine.
    pub(crate) fn around(host: &Host) -> Self {
        Self {
            project: project(host.current_dir()),
            host: host.clone(),
            environments: OnceLock::new(),
            wanted: OnceLock::new(),
        }
    }

    /// The virtual environments right in the project's folder, the one that counts first.
    pub(crate) fn environments(&self) -> &[Environment] {
        self.environments.get_or_init(|| {
            let Some(project) = &self.project else {
                return Vec::new();
            };
            let folders = ENVIRONMENTS.iter().map(|name| project.join(name));
            folders
                .filter_map(|folder| Environment::read(&folder))
                .collect()
        })
    }

    /// The project's environment.
    pub(crate) fn environment(&self) -> Option<&Environment> {
        self.environments().first()
    }

    /// What `requires-python` asks for, where `pyproject.toml` can be read and says it.
    pub(crate) fn requires_python(&self) -> Option<&pep440_rs::VersionSpecifiers> {
        let read = || {
            let file = self.project.as_ref()?.join("pyproject.toml");
            let text = reading::Reading::of(&file).text();
            let document: toml_edit::DocumentMut = text.parse().ok()?;
            let said = document.get("project")?.get("requires-python")?.as_str()?;
            said.parse().ok()
        };
        self.wanted.get_or_init(read).as_ref()
    }

    /// A path as people say it: relative to the project or to the home where it lies there.
    pub(crate) fn shown(&self, path: &Path) -> String {
        match self
            .project
            .as_ref()
            .and_then(|it| path.strip_prefix(it).ok())
        {
            Some(inside) if !inside.as_os_str().is_empty() => inside.display().to_string(),
            _ => self.host.short(path),
        }
    }

    /// Whether a Python of this series is what the project asks for.
    pub(crate) fn is_wanted(&self, series: Series) -> bool {
        self.requires_python().is_none_or(|wanted| {
            // Of the patch numbers, any may be meant.
            let [low, high] = [0, 99].map(|patch| {
                pep440_rs::Version::new([u64::from(series.major), u64::from(series.minor), patch])
            });
            wanted.contains(&low) || wanted.contains(&high)
        })
    }
}

/// The nearest folder, from this one up to the top of its repository, that some file marks as a project.
fn project(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        if MARKS.iter().any(|mark| folder.join(mark).is_file()) {
            return Some(folder.to_owned());
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
