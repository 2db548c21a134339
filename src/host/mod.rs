//! The machine as a value: environment, working directory, home, clock, look-up on PATH.
//!
//! Built once from the real machine in `cli`, and by hand in tests, so that everything above it runs on a
//! made-up machine. It must not start programs (that is `process`) and must not write (that is `fs`).

mod system;
mod volume;

pub(crate) use system::System;
pub(crate) use volume::Volume;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};

/// Everything that the program reads from its surroundings, read once.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    environment: BTreeMap<OsString, OsString>,
    current_dir: PathBuf,
    home: Option<PathBuf>,
    now: SystemTime,
    kind: Kind,
    root: PathBuf,
    /// The user's number; `None` where the system has none.
    user: Option<u32>,
    /// What is made up about file systems, by folder; empty for the real machine.
    volumes: BTreeMap<PathBuf, Volume>,
}

/// The kind of system, as far as the places of files differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Linux and whatever else is not named here.
    Unix,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Kind {
    /// The one that this program was built for.
    const CURRENT: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Unix
    };
}

impl Host {
    /// The machine that this process runs on.
    ///
    /// # Errors
    /// When the working directory is gone.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    pub(crate) fn current() -> Result<Self> {
        let current_dir = std::env::current_dir().map_err(|error| {
            Error::new("the current folder does not exist any more")
                .hint("cd to a folder that exists, and try again")
                .caused_by(error)
        })?;
        let environment: BTreeMap<_, _> = std::env::vars_os().collect();
        Ok(Self {
            home: std::env::home_dir().filter(|home| home.is_absolute()),
            environment,
            current_dir,
            now: SystemTime::now(),
            kind: Kind::CURRENT,
            root: PathBuf::from("/"),
            user: user(),
            volumes: BTreeMap::new(),
        })
    }

    /// A made-up machine for tests: no environment, the given working directory, the start of the epoch.
    #[cfg(test)]
    pub(crate) fn made_up(current_dir: impl Into<PathBuf>) -> Self {
        Self {
            environment: BTreeMap::new(),
            current_dir: current_dir.into(),
            home: None,
            now: UNIX_EPOCH,
            kind: Kind::CURRENT,
            root: PathBuf::from("/"),
            user: user(),
            volumes: BTreeMap::new(),
        }
    }

    /// The same machine with one variable set.
    #[cfg(test)]
    pub(crate) fn with_variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// The same machine, seen from another folder.
    #[cfg(test)]
    pub(crate) fn with_current_dir(mut self, current_dir: impl Into<PathBuf>) -> Self {
        self.current_dir = current_dir.into();
        self
    }

    /// The same machine with another home folder.
    #[cfg(test)]
    pub(crate) fn with_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.home = Some(home.into());
        self
    }

    /// The same machine under Windows: its names of folders and programs (paths are still read by the system we run on).
    #[cfg(test)]
    pub(crate) fn on_windows(mut self) -> Self {
        self.kind = Kind::Windows;
        self
    }

    /// The same machine under macOS.
    #[cfg(test)]
    pub(crate) fn on_macos(mut self) -> Self {
        self.kind = Kind::MacOs;
        self
    }

    /// The same machine under Linux.
    #[cfg(test)]
    pub(crate) fn on_linux(mut self) -> Self {
        self.kind = Kind::Unix;
        self
    }

    /// The same machine at another time.
    #[cfg(test)]
    pub(crate) fn at(mut self, now: SystemTime) -> Self {
        self.now = now;
        self
    }

    /// The same machine with the files of its system below this folder.
    #[cfg(test)]
    pub(crate) fn with_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// The same machine, used by another user.
    #[cfg(test)]
    pub(crate) fn with_user(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    /// The same machine with a file system of its own at this folder.
    #[cfg(test)]
    pub(crate) fn with_volume(mut self, folder: impl Into<PathBuf>, volume: Volume) -> Self {
        self.volumes.insert(folder.into(), volume);
        self
    }

    /// An environment variable; an empty one counts as not set.
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.environment
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// An environment variable as text; `None` also where it is not UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.variable(name).and_then(OsStr::to_str)
    }

    /// All environment variables, by name.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.environment
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The working directory, absolute.
    pub(crate) fn current_dir(&self) -> &Path {
        &self.current_dir
    }

    /// A path as typed in the working directory, made absolute; `.` and `..` are taken away by their letters, links are left alone.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        let mut whole = PathBuf::new();
        for component in self.current_dir.join(path).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    whole.pop();
                }
                other => whole.push(other),
            }
        }
        whole
    }

    /// A path as short as it is clear: relative where it lies below the working directory.
    pub(crate) fn short(&self, path: &Path) -> String {
        match path.strip_prefix(&self.current_dir) {
            Ok(below) if below.as_os_str().is_empty() => self.current_dir.display().to_string(),
            Ok(below) => below.display().to_string(),
            Err(_) => path.display().to_string(),
        }
    }

    /// The user's home folder.
    pub(crate) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// Whether this is Windows.
    pub(crate) fn is_windows(&self) -> bool {
        self.kind == Kind::Windows
    }

    /// Whether this is macOS.
    pub(crate) fn is_macos(&self) -> bool {
        self.kind == Kind::MacOs
    }

    /// A file of the system, named by its absolute path: `/etc/pip.conf`.
    pub(crate) fn system_file(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// The user's number (0 is root), as files have their owners; `None` where the system has none.
    pub(crate) fn user(&self) -> Option<u32> {
        self.user
    }

    /// The file system that a folder lies on, where the system tells.
    pub(crate) fn volume(&self, folder: &Path) -> Option<Volume> {
        let made_up = self.volumes.get(folder).copied();
        made_up.or_else(|| Volume::around(folder))
    }

    /// The clock.
    pub(crate) fn now(&self) -> SystemTime {
        self.now
    }

    /// Whether a continuous-integration service runs us (`CI` is set to anything but `false` or `0`).
    pub(crate) fn is_ci(&self) -> bool {
        self.text("CI")
            .is_some_and(|value| !matches!(value, "0" | "false"))
    }

    /// Seconds since 1970-01-01 UTC: `SOURCE_DATE_EPOCH` where it is set (<https://reproducible-builds.org/specs/source-date-epoch/>),
    /// else the clock.
    ///
    /// # Errors
    /// When `SOURCE_DATE_EPOCH` is not a whole number.
    pub(crate) fn timestamp(&self) -> Result<i64> {
        match self.variable("SOURCE_DATE_EPOCH") {
            Some(value) => value
                .to_str()
                .and_then(|text| text.trim().parse::<u32>().ok())
                .map(i64::from)
                .ok_or_else(|| {
                    Error::new(format!(
                        "SOURCE_DATE_EPOCH is `{}`, which is not a number of seconds since 1970",
                        value.to_string_lossy()
                    ))
                    .hint("unset it, or set it to the output of `date +%s`")
                }),
            None => Ok(self.now.duration_since(UNIX_EPOCH).map_or(0, |since| {
                i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
            })),
        }
    }

    /// The folders of `PATH`, absolute ones only: a program is never taken from the working directory.
    pub(crate) fn path_folders(&self) -> Vec<PathBuf> {
        self.variable("PATH")
            .map(|path| {
                std::env::split_paths(path)
                    .filter(|folder| folder.is_absolute())
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The program of this name on `PATH`.
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        let folders = std::env::join_paths(self.path_folders()).ok()?;
        which::which_in(name, Some(folders), &self.current_dir).ok()
    }

    /// The file of the program that is running, absolute. Where `PATH` has a name for the same file it is that name: a package manager keeps
    /// a link at one place, while the file behind it moves with every version.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn own_program(&self) -> Result<PathBuf> {
        let program = std::env::current_exe().map_err(|error| {
            Error::new("the system does not say where this program lies").caused_by(error)
        })?;
        let on_path = self
            .find_program("scaffold")
            .filter(|named| named.is_absolute())
            .filter(
                |named| match (named.canonicalize(), program.canonicalize()) {
                    (Ok(named), Ok(program)) => named == program,
                    _ => false,
                },
            );
        Ok(on_path.unwrap_or(program))
    }

    /// Where this program keeps the user's settings: `$XDG_CONFIG_HOME/scaffold`, `~/.config/scaffold`, or on Windows
    /// `%APPDATA%\scaffold`.
    pub(crate) fn config_dir(&self) -> Option<PathBuf> {
        if self.is_windows() {
            return self.folder("APPDATA").map(|dir| dir.join("scaffold"));
        }
        self.folder("XDG_CONFIG_HOME")
            .or_else(|| self.home.as_ref().map(|home| home.join(".config")))
            .map(|dir| dir.join("scaffold"))
    }

    /// Where this program keeps what can be deleted at any time: `SCAFFOLD_CACHE_DIR`, `$XDG_CACHE_HOME/scaffold`,
    /// `~/.cache/scaffold`, or on Windows `%LOCALAPPDATA%\scaffold\cache`.
    pub(crate) fn cache_dir(&self) -> Option<PathBuf> {
        if let Some(dir) = self.folder("SCAFFOLD_CACHE_DIR") {
            return Some(dir);
        }
        if self.is_windows() {
            return self
                .folder("LOCALAPPDATA")
                .map(|dir| dir.join("scaffold").join("cache"));
        }
        self.folder("XDG_CACHE_HOME")
            .or_else(|| self.home.as_ref().map(|home| home.join(".cache")))
            .map(|dir| dir.join("scaffold"))
    }

    /// A variable that names a folder, where it is an absolute path (as the XDG specification demands).
    fn folder(&self, name: &str) -> Option<PathBuf> {
        self.variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    }
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have no such number"
)]
fn user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn user() -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Host;

    #[test]
    fn dots_are_taken_away() {
        let host = Host::made_up("/a/b");
        assert_eq!(host.absolute(Path::new(".")), Path::new("/a/b"));
        assert_eq!(host.absolute(Path::new("../c/./d")), Path::new("/a/c/d"));
        assert_eq!(host.absolute(Path::new("/e/../f")), Path::new("/f"));
    }
}
