//! A program for the command line as its files tell of it: where it is, whether it can start, which version it is. It is not started.
//!
//! Called by the checks of tools. What is looked at is said by the platform's layer; this knows only how installers lay their files out. It
//! must not judge.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::Facts;
use super::node::Language;
use super::reading::{beginning, names};
use crate::host::Host;
use crate::platform::Tool;

/// What there is of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Nothing.
    Absent,
    /// A file or link of its name that cannot start.
    Broken {
        /// The file on `PATH`.
        path: PathBuf,
        /// What it needs and is not there.
        missing: String,
    },
    /// The program.
    There {
        /// The file on `PATH`.
        path: PathBuf,
        /// Its version, where its files tell it.
        version: Option<Version>,
    },
}

/// A version of numbers; what follows the numbers is only shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// As it is written.
    pub(crate) text: String,
    numbers: Vec<u64>,
}

impl Version {
    /// One that begins with two numbers.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|it: char| !it.is_ascii_digit() && it != '.');
        let digits = text.get(..end.unwrap_or(text.len()))?;
        let numbers: Option<Vec<u64>> = digits
            .trim_end_matches('.')
            .split('.')
            .map(|it| it.parse().ok())
            .collect();
        let numbers = numbers.filter(|it| it.len() > 1)?;
        Some(Self {
            text: text.to_owned(),
            numbers,
        })
    }

    /// Whether it comes before another one.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        let length = self.numbers.len().max(other.numbers.len());
        let padded = |it: &Self| {
            let mut numbers = it.numbers.clone();
            numbers.resize(length, 0);
            numbers
        };
        padded(self) < padded(other)
    }
}

impl Facts {
    /// What there is of a program, looked for once: among the project's own, and on `PATH`.
    pub(crate) fn presence(&self, tool: &Tool) -> Arc<Presence> {
        let lock = || self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&tool.name).map(Arc::clone);
        known.unwrap_or_else(|| {
            let presence = Arc::new(self.looked_for(tool));
            lock().insert(tool.name.clone(), Arc::clone(&presence));
            presence
        })
    }

    fn looked_for(&self, tool: &Tool) -> Presence {
        let own = self.in_project("node_modules").join(".bin");
        let environment = self.environment().and_then(|it| it.programs.clone());
        let folders = [Some(own), environment].into_iter().flatten();
        let mut broken = None;
        for folder in folders.chain(self.host.path_folders()) {
            match look(&self.host, &folder, tool) {
                Presence::Absent => {}
                Presence::Broken { path, missing } => {
                    broken.get_or_insert(Presence::Broken { path, missing });
                }
                found @ Presence::There { .. } => return found,
            }
        }
        broken.unwrap_or(Presence::Absent)
    }
}

/// What there is in a folder.
fn look(host: &Host, folder: &Path, tool: &Tool) -> Presence {
    let endings: &[&str] = if host.is_windows() {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    let mut files = endings
        .iter()
        .map(|it| folder.join(format!("{}{it}", tool.name)));
    let Some(path) = files.find(|it| it.symlink_metadata().is_ok()) else {
        return Presence::Absent;
    };
    let Ok(real) = path.canonicalize() else {
        let target = std::fs::read_link(&path).unwrap_or_default();
        let missing = target.display().to_string();
        return Presence::Broken { path, missing };
    };
    if !can_run(host, &real) {
        return Presence::Absent;
    }
    if let Some(missing) = missing_interpreter(host, &real) {
        return Presence::Broken { path, missing };
    }
    // What npm puts on `PATH` of Windows starts a package that lies beside it.
    let package = tool
        .npm
        .as_ref()
        .map(|it| folder.join("node_modules").join(it));
    if host.is_windows()
        && let Some(package) = &package
        && starts(&path, package)
        && !package.join("package.json").is_file()
    {
        let missing = package.display().to_string();
        return Presence::Broken { path, missing };
    }
    let version = by_npm(&real, package.as_deref(), tool)
        .or_else(|| by_folder(&real, tool))
        .or_else(|| by_file(&real, tool))
        .or_else(|| by_distribution(&real, tool));
    Presence::There { path, version }
}

/// Whether a script speaks of a package of npm's.
fn starts(script: &Path, package: &Path) -> bool {
    let text = beginning(script, 4096);
    let text = String::from_utf8_lossy(&text);
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    text.contains("node_modules") && text.contains(&*name)
}

#[cfg(unix)]
fn can_run(host: &Host, path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|it| it.is_file() && (host.is_windows() || it.permissions().mode() & 0o111 != 0))
}

#[cfg(not(unix))]
fn can_run(_: &Host, path: &Path) -> bool {
    path.is_file()
}

/// The interpreter that a script asks for, if it is not there.
fn missing_interpreter(host: &Host, script: &Path) -> Option<String> {
    if host.is_windows() {
        return None;
    }
    let bytes = beginning(script, 1024);
    let line = bytes.strip_prefix(b"#!")?.split(|it| *it == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let program = Path::new(words.next()?);
    if !program.is_absolute() {
        return None;
    }
    if program.file_name().is_some_and(|it| it == "env") {
        let name = words.find(|it| !it.starts_with('-') && !it.contains('='))?;
        let is_there = name.contains('/') || host.find_program(name).is_some();
        return (!is_there).then(|| name.to_owned());
    }
    // A path with a space is cut there; such a script is started in another way.
    let is_there = program.exists() || words.next().is_some();
    (!is_there).then(|| program.display().to_string())
}

/// As npm installs: a link into the package, or a script beside its folder.
fn by_npm(real: &Path, beside: Option<&Path>, tool: &Tool) -> Option<Version> {
    let name = tool.npm.as_ref()?;
    let above = real.ancestors().find(|it| {
        it.file_name().is_some_and(|it| it == name.as_str())
            && it.parent().is_some_and(|it| it.ends_with("node_modules"))
    });
    let package = above.or(beside)?.join("package.json");
    let text = beginning(&package, 1 << 20);
    let node = Language::Json.parse(&String::from_utf8_lossy(&text)).ok()?;
    Version::parse(node.at(&["version"])?.text()?)
}

/// As Homebrew and the installers of AWS do it: each version has a folder of its own.
fn by_folder(real: &Path, tool: &Tool) -> Option<Version> {
    real.ancestors().find_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        let is_one = |it: &String| folder.parent().is_some_and(|above| above.ends_with(it));
        tool.folders
            .iter()
            .any(is_one)
            .then(|| Version::parse(name))?
    })
}

fn by_file(real: &Path, tool: &Tool) -> Option<Version> {
    let mut place = real.parent()?.to_owned();
    for part in tool.version_file.as_ref()?.split('/') {
        if part == ".." {
            place.pop();
        } else {
            place.push(part);
        }
    }
    Version::parse(&String::from_utf8_lossy(&beginning(&place, 256)))
}

/// As pip, pipx and uv install: beside the script lies the library, and in it a folder with the distribution's name and version.
fn by_distribution(real: &Path, tool: &Tool) -> Option<Version> {
    let name = tool.distribution.as_ref()?.replace('-', "_");
    let prefix = real.parent()?.parent()?;
    let library = prefix.join("lib");
    let mut folders = vec![
        prefix.join("Lib").join("site-packages"),
        prefix.join("runtime").join("Lib").join("site-packages"),
    ];
    for series in names(&library) {
        if series.starts_with("python") {
            folders.push(library.join(&series).join("site-packages"));
            folders.push(library.join(&series).join("dist-packages"));
        }
    }
    let begins = format!("{name}-");
    let mut versions = folders.iter().flat_map(|it| names(it)).filter_map(|it| {
        let rest = it.strip_prefix(&begins)?;
        Version::parse(rest.strip_suffix(".dist-info")?)
    });
    let first = versions.next()?;
    // Which of several Pythons the script is for is not worked out.
    versions.all(|it| it == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Version;

    #[test]
    fn versions_are_told_apart_by_their_numbers() {
        let before = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|it| Version::parse(it).unwrap());
            a.is_before(&b)
        };
        assert!(before("9.1.0", "10.0.0"));
        assert!(before("1.2", "1.2.1"));
        assert!(!before("1.2.0", "1.2"));
        assert!(!before("47.2.2-canary.1", "47.2.2"));
        assert_eq!(Version::parse("current"), None);
        assert_eq!(Version::parse("3"), None);
        assert_eq!(Version::parse("541.0.0\n").unwrap().text, "541.0.0");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text: String) {
            if let Some(version) = Version::parse(&text) {
                prop_assert!(!version.is_before(&version));
            }
        }
    }
}
