//! What the checks look at, read once and shared: the machine, the project, its environments.
//!
//! Made by `engine`, read by every check; each fact is read when it is first asked for. Nothing here writes or starts anything.

pub(crate) mod ageing;
pub(crate) mod asked;
pub(crate) mod binary_header;
pub(crate) mod building;
pub(crate) mod command;
pub(crate) mod deployment;
pub(crate) mod distributions;
pub(crate) mod dotenv;
mod elsewhere;
pub(crate) mod environment;
mod folders;
pub(crate) mod hooks;
pub(crate) mod index;
pub(crate) mod ini;
pub(crate) mod keeper;
pub(crate) mod node;
pub(crate) mod online;
pub(crate) mod pip_config;
mod python;
pub(crate) mod python_version;
pub(crate) mod reading;
pub(crate) mod releases;
pub(crate) mod repository;
pub(crate) mod requirements;
pub(crate) mod target;
pub(crate) mod upstream;
pub(crate) mod uv_config;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::host::Host;
use crate::python::{Interpreter, Series};
use asked::Asked;
use command::Presence;
use deployment::Deployment;
use distributions::{Distributions, Graph, Installed, Item};
use environment::Environment;
use folders::Folders;
use node::{Language, Node, Parsed};
use online::Trouble;
use reading::Reading;
use releases::Releases;
use repository::Around;
use requirements::Requirements;
use target::Target;

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

/// What the user allows beyond reading a few files.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct May {
    /// To read every file of the environment.
    pub(crate) deep: bool,
    /// To ask the network.
    pub(crate) online: bool,
}

/// What there is to look at.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The machine.
    pub(crate) host: Host,
    /// The project's folder; `None` outside of one.
    pub(crate) project: Option<PathBuf>,
    /// What the user allows.
    pub(crate) may: May,
    environments: OnceLock<Vec<Environment>>,
    wanted: OnceLock<Option<pep440_rs::VersionSpecifiers>>,
    interpreters: OnceLock<Vec<Interpreter>>,
    around: OnceLock<Around>,
    targets: OnceLock<Vec<Target>>,
    deployments: OnceLock<Vec<Deployment>>,
    python: python::Known,
    pip_config: OnceLock<pip_config::PipConfig>,
    requirements: OnceLock<Requirements>,
    distributions: OnceLock<Installed>,
    asked: OnceLock<Vec<Asked>>,
    graph: OnceLock<Graph>,
    inventory: OnceLock<Vec<Item>>,
    releases: OnceLock<Result<Releases, Trouble>>,
    tools: Mutex<BTreeMap<String, Arc<Presence>>>,
    // By the letters of the path: to compare paths part by part takes many times as long.
    folders: Folders,
    readings: Mutex<BTreeMap<OsString, Arc<Reading>>>,
    nodes: Mutex<BTreeMap<OsString, Arc<OnceLock<Parsed>>>>,
}

impl Facts {
    /// What there is around the working directory of this machine.
    pub(crate) fn around(host: &Host) -> Self {
        Self {
            project: project(host.current_dir()),
            host: host.clone(),
            may: May::default(),
            environments: OnceLock::new(),
            wanted: OnceLock::new(),
            interpreters: OnceLock::new(),
            around: OnceLock::new(),
            targets: OnceLock::new(),
            deployments: OnceLock::new(),
            python: python::Known::default(),
            pip_config: OnceLock::new(),
            requirements: OnceLock::new(),
            distributions: OnceLock::new(),
            asked: OnceLock::new(),
            graph: OnceLock::new(),
            inventory: OnceLock::new(),
            releases: OnceLock::new(),
            tools: Mutex::default(),
            folders: Folders::default(),
            readings: Mutex::default(),
            nodes: Mutex::default(),
        }
    }

    /// The same, with more allowed.
    pub(crate) fn allowing(mut self, may: May) -> Self {
        self.may = may;
        self
    }

    /// The environments in the project's folder that were set aside for a new one.
    pub(crate) fn environments_set_aside(&self) -> Vec<PathBuf> {
        let Some(project) = &self.project else {
            return Vec::new();
        };
        let names = self.names(project);
        names
            .iter()
            .filter(|it| it.starts_with(environment::ASIDE))
            .map(|it| project.join(it))
            .filter(|it| Environment::read(it).is_some())
            .collect()
    }

    /// A path in the project's folder; outside of a project, in the working directory.
    pub(crate) fn in_project(&self, below: &str) -> PathBuf {
        let folder = self.project.as_deref();
        folder.unwrap_or(self.host.current_dir()).join(below)
    }

    /// A file, read once for all checks.
    pub(crate) fn read(&self, path: &Path) -> Arc<Reading> {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = readings.get(path.as_os_str()) {
            return Arc::clone(reading);
        }
        // Not read under the lock: a drive that does not answer would stop every other check as well.
        drop(readings);
        let reading = Arc::new(if self.is_surely_absent(path) {
            Reading::Absent
        } else {
            Reading::of(path)
        });
        readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings.insert(path.into(), Arc::clone(&reading));
        reading
    }

    /// A file's text, whatever is not UTF-8 replaced; `None` where it is not there or cannot be read.
    pub(crate) fn text(&self, path: &Path) -> Option<String> {
        match &*self.read(path) {
            Reading::Bytes(bytes) => Some(reading::lossy(bytes).into_owned()),
            Reading::Absent | Reading::Unreadable(_) => None,
        }
    }

    /// A line of a file, from 1, without its end.
    pub(crate) fn line(&self, path: &Path, number: u32) -> Option<String> {
        let Reading::Bytes(bytes) = &*self.read(path) else {
            return None;
        };
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let line = bytes.split(|it| *it == b'\n').nth(index)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Some(String::from_utf8_lossy(line).into_owned())
    }

    /// A file of configuration in this language, parsed once for all checks; `None` where it is not there or cannot be read.
    pub(crate) fn parsed(&self, path: &Path, language: Language) -> Option<Parsed> {
        let lock = || self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(path.as_os_str()).map(Arc::clone);
        if let Some(parsed) = known.as_ref().and_then(|it| it.get()) {
            return Some(parsed.clone());
        }
        // Read outside of the cell, which whoever asks at the same time waits for: to parse takes a moment and no more.
        let text = self.text(path)?;
        let cell = Arc::clone(lock().entry(path.into()).or_default());
        Some(cell.get_or_init(|| language.parse(&text)).clone())
    }

    /// What a file of configuration says, its language told by its name; an empty table where it is not there or cannot be read
    /// (that it cannot is a condition of its own, CFG003).
    pub(crate) fn node(&self, path: &Path) -> Arc<Node> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parsed = Language::of(&name).and_then(|it| self.parsed(path, it));
        match parsed {
            Some(Ok(node)) => node,
            _ => Arc::new(Node::empty()),
        }
    }

    /// What the project's `pyproject.toml` says.
    pub(crate) fn pyproject(&self) -> Arc<Node> {
        self.node(&self.in_project("pyproject.toml"))
    }

    /// Every Python on this machine, the newest series first; none of them is started.
    pub(crate) fn interpreters(&self) -> &[Interpreter] {
        self.interpreters
            .get_or_init(|| crate::python::interpreters(&self.host))
    }

    /// The virtual environments right in the project's folder, the one that counts first.
    pub(crate) fn environments(&self) -> &[Environment] {
        self.environments.get_or_init(|| {
            let Some(project) = &self.project else {
                return Vec::new();
            };
            let folders = ENVIRONMENTS.iter().map(|name| project.join(name));
            folders
                .filter(|folder| !self.is_surely_absent(folder))
                .filter_map(|folder| Environment::read(&folder))
                .collect()
        })
    }

    /// The project's environment.
    pub(crate) fn environment(&self) -> Option<&Environment> {
        self.environments().first()
    }

    /// What is installed in the project's environment.
    pub(crate) fn distributions(&self) -> &Installed {
        self.distributions.get_or_init(|| Distributions::read(self))
    }

    /// Every file of what is installed: only with `--deep`, as all of them are looked at.
    pub(crate) fn inventory(&self) -> &[Item] {
        let read = || match (self.environment(), self.distributions()) {
            (Some(environment), Ok(installed)) => {
                distributions::inventory(installed, &environment.folder)
            }
            _ => Vec::new(),
        };
        self.inventory.get_or_init(read)
    }

    /// What the project's environment is asked to have.
    pub(crate) fn asked(&self) -> &[Asked] {
        self.asked.get_or_init(|| asked::asked(self))
    }

    /// Who needs whom in the project's environment.
    pub(crate) fn graph(&self) -> &Graph {
        let read = || match self.distributions() {
            Ok(installed) => Graph::new(installed, self.asked().iter().map(|it| &it.requirement)),
            Err(_) => Graph::default(),
        };
        self.graph.get_or_init(read)
    }

    /// What is asked for: the requirements files, and what `pyproject.toml` lists.
    pub(crate) fn requirements(&self) -> &Requirements {
        self.requirements.get_or_init(|| Requirements::read(self))
    }

    /// What the index says of the locked versions: only for checks that may go online.
    pub(crate) fn releases(&self) -> &Result<Releases, Trouble> {
        self.releases.get_or_init(|| Releases::ask(self))
    }

    /// What `requires-python` asks for, where `pyproject.toml` can be read and says it.
    pub(crate) fn requires_python(&self) -> Option<&pep440_rs::VersionSpecifiers> {
        let read = || {
            let document = self.pyproject();
            let said = document.at(&["project", "requires-python"])?.text()?;
            said.parse().ok()
        };
        self.wanted.get_or_init(read).as_ref()
    }

    /// The top of the work tree around the project, or around the working directory; `None` outside of a repository.
    pub(crate) fn repository_top(&self) -> Option<PathBuf> {
        let from = self.in_project("");
        let mut folders = from.ancestors();
        folders
            .find(|it| it.join(".git").exists())
            .map(Path::to_owned)
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
