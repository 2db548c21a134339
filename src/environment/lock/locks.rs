//! The locks of a project as values, each with the machines that it holds for, and what stands above it.
//!
//! Made by the resolvers, written by `outcome`. It must not know how they were found.

use super::DEV_FILE;
use crate::template::lock::{Lock, dev_command, runtime_command};

/// The first line above a lock that holds for one platform only.
const NARROW: &str =
    "# This file was compiled by `scaffold lock` with pip, which resolves for one platform only:";

/// What stands before the platform in the second line, and what behind it.
const PLACE: (&str, &str) = ("# it holds for ", ". With uv on PATH, ");

/// All that stands in the lock of a group that does not exist.
const NO_GROUP: &str =
    "# Nothing is locked here: pyproject.toml has no dependency group `dev` (`scaffold lock`).\n";

/// Both locks of a project.
#[derive(Debug)]
pub(super) struct Locks {
    /// What is deployed.
    pub(super) runtime: Part,
    /// The tools; `None` where the project has no group of them.
    pub(super) dev: Option<Part>,
    /// What a person must know of how these came about.
    pub(super) remarks: Vec<String>,
}

/// The lock of one file.
#[derive(Debug)]
pub(super) struct Part {
    /// What it pins.
    pub(super) lock: Lock,
    /// `None` where it holds for all platforms.
    pub(super) narrow: Option<Narrow>,
}

/// That a lock holds for one machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Narrow {
    /// The machine in words: `CPython 3.12 on Linux x86_64`.
    pub(super) place: String,
    /// The project's requirements that are not in it, since they do not hold on that machine.
    pub(super) left_out: Vec<String>,
}

impl Locks {
    /// The text of the runtime lock.
    pub(super) fn runtime_text(&self, file: &str) -> String {
        self.runtime.text(&runtime_command(file))
    }

    /// The text of the lock of the tools.
    pub(super) fn dev_text(&self, runtime_file: &str) -> String {
        match &self.dev {
            Some(part) => part.text(&dev_command(runtime_file, DEV_FILE)),
            // The plain command would fail without the group.
            None => NO_GROUP.to_owned(),
        }
    }

    /// The locks, to change what is known of their packages.
    pub(super) fn both_mut(&mut self) -> impl Iterator<Item = &mut Lock> {
        let dev = self.dev.as_mut().map(|it| &mut it.lock);
        std::iter::once(&mut self.runtime.lock).chain(dev)
    }
}

impl Part {
    /// The whole file; `command` is the plain one that writes the same for all platforms.
    fn text(&self, command: &str) -> String {
        match &self.narrow {
            Some(narrow) => self.lock.text_below(&narrow.header()),
            None => self.lock.requirements_text(command),
        }
    }
}

impl From<Lock> for Part {
    /// One that holds for all platforms.
    fn from(lock: Lock) -> Self {
        Self { lock, narrow: None }
    }
}

impl Narrow {
    fn header(&self) -> String {
        let (before, after) = PLACE;
        format!(
            "{NARROW}\n{before}{}{after}the same command locks for all platforms:\n#    scaffold lock\n",
            self.place
        )
    }

    /// The machine that a file says it holds for, where it says so.
    pub(super) fn place_in(text: &str) -> Option<&str> {
        let line = text.lines().skip_while(|it| *it != NARROW).nth(1)?;
        let rest = line.strip_prefix(PLACE.0)?;
        rest.split_once(PLACE.1).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::{Locks, Narrow, Part};
    use crate::template::lock::Lock;

    #[test]
    fn a_file_says_for_which_machine_it_is_and_reads_back() {
        let narrow = Narrow {
            place: "CPython 3.12 on Linux x86_64".to_owned(),
            left_out: Vec::new(),
        };
        let text = narrow.header();
        assert_eq!(Narrow::place_in(&text), Some(narrow.place.as_str()));
        assert!(text.lines().all(|it| it.starts_with('#')) && text.ends_with('\n'));
        let locks = Locks {
            runtime: Part {
                lock: Lock::default(),
                narrow: Some(narrow),
            },
            dev: Some(Lock::default().into()),
            remarks: Vec::new(),
        };
        assert_eq!(locks.runtime_text("requirements.txt"), text);
        let dev = locks.dev_text("requirements.txt");
        assert!(dev.contains("uv pip compile --group dev "), "{dev}");
        assert_eq!(Narrow::place_in(&dev), None);
    }
}
