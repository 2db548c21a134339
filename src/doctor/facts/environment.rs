//! A virtual environment as its files tell of it, broken or whole: PEP 405, and what venv, virtualenv and uv add.
//!
//! Read once for all checks of the environment. Unlike `python::Venv`, which says where the parts of a good one lie, this looks at what is
//! really there. It must not judge.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::reading::{Reading, beginning, is_absent, names};
use super::requirements::normalized;
use crate::python::Series;

/// What an environment is called that was set aside when a new one was built.
pub(crate) const ASIDE: &str = ".venv.scaffold-old";

/// What is there.
#[derive(Debug)]
pub(crate) struct Environment {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// What `pyvenv.cfg` says; `None` where there is no such file, or it cannot be read.
    pub(crate) settings: Option<Settings>,
    /// Where its programs are; `None` where it has none.
    pub(crate) programs: Option<PathBuf>,
    /// Whether its programs lie as on Windows (`Scripts`).
    pub(crate) is_of_windows: bool,
    /// Its folders of packages, with the Python that each is for; on Windows there is one, for whichever.
    pub(crate) libraries: Vec<(Option<Series>, PathBuf)>,
    /// What of it is there and cannot be read, with why; whether packages can be is told by whoever lists them.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
    python: Option<PathBuf>,
    destination: OnceLock<Option<Destination>>,
    is_home_gone: OnceLock<bool>,
}

/// The lines of a `pyvenv.cfg`.
#[derive(Debug)]
pub(crate) struct Settings {
    lines: Vec<Setting>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Setting {
    key: String,
    /// What it is set to.
    pub(crate) value: String,
    /// Its line, from 1.
    pub(crate) line: u32,
}

/// Where a symbolic link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To this file.
    File(PathBuf),
    /// To a place where nothing is.
    Nowhere(PathBuf),
}

impl Environment {
    /// What is in this folder, if it looks like an environment.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let mut unreadable = Vec::new();
        let file = folder.join("pyvenv.cfg");
        let settings = match Reading::of(&file) {
            Reading::Bytes(bytes) => Some(Settings::parse(&String::from_utf8_lossy(&bytes))),
            Reading::Unreadable(why) => {
                unreadable.push((file, why));
                None
            }
            Reading::Absent => None,
        };
        let programs = ["bin", "Scripts"]
            .map(|name| folder.join(name))
            .into_iter()
            .find(|it| it.is_dir());
        let is_of_windows = programs.as_ref().is_some_and(|it| it.ends_with("Scripts"));
        let environment = Self {
            folder: folder.to_owned(),
            libraries: libraries(folder, is_of_windows, &mut unreadable),
            python: python(programs.as_deref(), is_of_windows),
            destination: OnceLock::new(),
            is_home_gone: OnceLock::new(),
            settings,
            programs,
            is_of_windows,
            unreadable,
        };
        let is_one = environment.settings.is_some()
            || !environment.unreadable.is_empty()
            || environment.python().is_some()
            || !environment.libraries.is_empty();
        is_one.then_some(environment)
    }

    /// What is set, where it is.
    pub(crate) fn setting(&self, key: &str) -> Option<&Setting> {
        let settings = self.settings.as_ref()?;
        settings.lines.iter().find(|it| it.key == key)
    }

    /// `pyvenv.cfg`.
    pub(crate) fn settings_file(&self) -> PathBuf {
        self.folder.join("pyvenv.cfg")
    }

    /// The series that `pyvenv.cfg` says.
    pub(crate) fn series(&self) -> Option<(Series, &Setting)> {
        ["version_info", "version"].iter().find_map(|key| {
            let setting = self.setting(key)?;
            let mut numbers = setting.value.split('.');
            let mut number = || numbers.next()?.trim().parse().ok();
            let (major, minor) = (number()?, number()?);
            Some((Series { major, minor }, setting))
        })
    }

    /// Its Python, there or leading nowhere.
    pub(crate) fn python(&self) -> Option<&Path> {
        self.python.as_deref()
    }

    /// Where its Python leads.
    pub(crate) fn destination(&self) -> Option<&Destination> {
        let find = || self.python().map(destination);
        self.destination.get_or_init(find).as_ref()
    }

    /// Whether the folder is gone that the Python lies in that it was made from, where `pyvenv.cfg` says which.
    pub(crate) fn is_home_gone(&self) -> bool {
        let is_gone = |home: &Setting| !Path::new(&home.value).is_dir();
        let look = || self.setting("home").is_some_and(is_gone);
        *self.is_home_gone.get_or_init(look)
    }

    /// Whether nothing in it can start: its Python leads nowhere, or what that was made from is gone.
    pub(crate) fn is_python_gone(&self) -> bool {
        matches!(self.destination(), Some(Destination::Nowhere(_))) || self.is_home_gone()
    }

    /// The scripts among its programs, with the interpreter in the first line of each.
    pub(crate) fn scripts(&self) -> Vec<(PathBuf, String)> {
        let Some(programs) = &self.programs else {
            return Vec::new();
        };
        names(programs)
            .into_iter()
            .filter_map(|name| {
                let path = programs.join(name);
                let bytes = beginning(&path, 1024);
                let line = bytes.strip_prefix(b"#!")?.split(|it| *it == b'\n').next()?;
                let line = String::from_utf8_lossy(line).trim().to_owned();
                Some((path, line))
            })
            .collect()
    }

    /// The version of an installed distribution (its name normalized), as the name of its `dist-info` folder says.
    pub(crate) fn version_of(&self, name: &str) -> Option<pep440_rs::Version> {
        self.packages().into_iter().find_map(|entry| {
            let (distribution, version) = entry.strip_suffix(".dist-info")?.split_once('-')?;
            (normalized(distribution) == name)
                .then(|| version.parse().ok())
                .flatten()
        })
    }

    /// The names in its folders of packages.
    pub(crate) fn packages(&self) -> Vec<String> {
        let folders = self.libraries.iter();
        folders.flat_map(|(_, folder)| names(folder)).collect()
    }
}

impl Settings {
    fn parse(text: &str) -> Self {
        let lines = (1..).zip(text.lines()).filter_map(|(line, text)| {
            let (key, value) = text.split_once('=')?;
            Some(Setting {
                key: key.trim().to_ascii_lowercase(),
                value: value.trim().to_owned(),
                line,
            })
        });
        Self {
            lines: lines.collect(),
        }
    }
}

/// The Python among these programs, there or leading nowhere.
fn python(programs: Option<&Path>, is_of_windows: bool) -> Option<PathBuf> {
    let programs = programs?;
    let names = if is_of_windows {
        ["python.exe", "pythonw.exe"]
    } else {
        ["python", "python3"]
    };
    names
        .map(|name| programs.join(name))
        .into_iter()
        .find(|it| it.symlink_metadata().is_ok())
}

/// Follows a symbolic link to its end.
fn destination(path: &Path) -> Destination {
    // No file system follows more links one after another.
    const MOST: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..MOST {
        let Ok(target) = std::fs::read_link(&place) else {
            break;
        };
        let folder = place.parent().unwrap_or(Path::new(""));
        place = folder.join(target);
    }
    match std::fs::metadata(&place) {
        Ok(it) if it.is_file() => Destination::File(place),
        _ => Destination::Nowhere(place),
    }
}

fn libraries(
    folder: &Path,
    is_of_windows: bool,
    unreadable: &mut Vec<(PathBuf, String)>,
) -> Vec<(Option<Series>, PathBuf)> {
    let mut is_folder = |path: &Path| match std::fs::metadata(path) {
        Ok(it) => it.is_dir(),
        Err(error) => {
            if !is_absent(&error) {
                unreadable.push((path.to_owned(), error.to_string()));
            }
            false
        }
    };
    if is_of_windows {
        let packages = folder.join("Lib").join("site-packages");
        let packages = is_folder(&packages).then_some((None, packages));
        return packages.into_iter().collect();
    }
    let library = folder.join("lib");
    let names = names(&library);
    let error = names.is_empty().then(|| std::fs::read_dir(&library).err());
    if let Some(error) = error.flatten().filter(|it| !is_absent(it)) {
        unreadable.push((library, error.to_string()));
        return Vec::new();
    }
    names
        .into_iter()
        .filter_map(|name| {
            let rest = name
                .strip_prefix("python")
                .or_else(|| name.strip_prefix("pypy"))?;
            // A free-threaded build has folders of its own: `python3.13t`.
            let series = rest.strip_suffix('t').unwrap_or(rest).parse().ok()?;
            let packages = library.join(&name).join("site-packages");
            is_folder(&packages).then_some((Some(series), packages))
        })
        .collect()
}
