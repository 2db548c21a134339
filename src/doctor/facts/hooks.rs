//! The hooks of the project's repository: which are wanted, where git takes them from, and what lies there.
//!
//! Called by the checks of git. It only reads, and must not judge. What a hook of ours looks like is known by `git::hook`.

use std::path::{Path, PathBuf};

use super::Facts;
use super::node::Node;
use super::reading::Reading;
use super::repository::Repository;
use crate::git::hook::{self, Author};
use crate::git::{Config, Origin};
use crate::host::Host;

/// Whose hooks the project asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nobody's.
    Nothing,
    /// Ours, at these stages.
    Ours(Vec<String>),
    /// pre-commit's, at these stages.
    PreCommit {
        /// The stages.
        stages: Vec<String>,
        /// Its configuration.
        file: PathBuf,
    },
}

/// The hooks of a repository.
#[derive(Debug)]
pub(crate) struct Hooks {
    /// Whose are wanted.
    pub(crate) wanted: Wanted,
    /// The folder that git takes them from.
    pub(crate) folder: PathBuf,
    /// What sets `core.hooksPath`, and to what, where something does.
    pub(crate) setting: Option<(String, Origin)>,
}

/// A hook that is there.
#[derive(Debug)]
pub(crate) struct Hook {
    /// The file.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
    /// Whether git would run it.
    pub(crate) is_executable: bool,
    /// Whose it is.
    pub(crate) kind: Kind,
}

/// Whose a hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours, as this version of the script was written, for this program.
    Ours {
        /// The version of the script.
        version: u32,
        /// The program that it calls.
        program: PathBuf,
    },
    /// Ours, edited since, or another one that calls this program.
    CallsUs,
    /// pre-commit's or prek's.
    PreCommit,
    /// Somebody else's.
    Foreign,
}

impl Hooks {
    /// Those of this repository.
    pub(crate) fn of(facts: &Facts, repository: &Repository) -> Option<Self> {
        let config = repository.config()?;
        let said = config.said("core.hookspath").last();
        let setting = said.map(|(value, origin)| (value.to_owned(), origin.clone()));
        let folder = match &setting {
            None => repository.location.common_dir.join("hooks"),
            Some(_) => taken_from(&facts.host, config, &repository.location.root),
        };
        Some(Self {
            wanted: Wanted::of(facts, repository),
            folder,
            setting,
        })
    }

    /// The hook of this stage, where there is one.
    pub(crate) fn hook(&self, facts: &Facts, stage: &str) -> Option<Hook> {
        Hook::read(facts, self.folder.join(stage), stage)
    }

    /// The hooks that are there, of the stages that are wanted.
    pub(crate) fn there(&self, facts: &Facts) -> Vec<Hook> {
        let stages = self.wanted.stages().iter();
        stages.filter_map(|stage| self.hook(facts, stage)).collect()
    }
}

/// The folder that `core.hooksPath` names.
fn taken_from(host: &Host, config: &Config, root: &Path) -> PathBuf {
    let named = config.path(host, "core.hookspath");
    root.join(named.unwrap_or_default()).components().collect()
}

impl Wanted {
    fn of(facts: &Facts, repository: &Repository) -> Self {
        let pyproject = facts.pyproject();
        let own = facts.node(&facts.in_project(".scaffold.toml"));
        let tables = [
            pyproject.at(&["tool", "scaffold", "stages"]),
            own.at(&["stages"]),
        ];
        let stages: Vec<String> = tables
            .into_iter()
            .flatten()
            .flat_map(Node::entries)
            .filter(|it| !it.value.items().is_empty() && is_stage(&it.key))
            .map(|it| it.key.clone())
            .collect();
        if !stages.is_empty() {
            return Self::Ours(stages);
        }
        let file = repository.location.root.join(".pre-commit-config.yaml");
        if *facts.read(&file) == Reading::Absent {
            return Self::Nothing;
        }
        let configuration = facts.node(&file);
        let said = configuration.at(&["default_install_hook_types"]);
        let said = said.map(|it| it.texts()).unwrap_or_default();
        let mut stages: Vec<String> = said
            .into_iter()
            .filter(|it| is_stage(it))
            .map(str::to_owned)
            .collect();
        if stages.is_empty() {
            stages.push("pre-commit".to_owned());
        }
        Self::PreCommit { stages, file }
    }

    /// The stages at which hooks are wanted.
    pub(crate) fn stages(&self) -> &[String] {
        match self {
            Self::Nothing => &[],
            Self::Ours(stages) | Self::PreCommit { stages, .. } => stages,
        }
    }
}

/// Whether this can be the name of a hook, and no path.
fn is_stage(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-')
}

impl Hook {
    /// What lies there.
    fn read(facts: &Facts, path: PathBuf, stage: &str) -> Option<Self> {
        let bytes = match &*facts.read(&path) {
            Reading::Absent => return None,
            Reading::Bytes(bytes) => bytes.clone(),
            Reading::Unreadable(_) => Vec::new(),
        };
        let kind = match hook::author(&bytes) {
            Author::Ours(shim) => Kind::Ours {
                version: shim.version,
                program: shim.program,
            },
            Author::Edited => Kind::CallsUs,
            Author::Foreign if hook::runs_legacy(&bytes) => {
                // Theirs runs ours, where ours was there before.
                let legacy = path.with_file_name(format!("{stage}{}", hook::LEGACY));
                match &*facts.read(&legacy) {
                    Reading::Bytes(bytes) if hook::author(bytes) != Author::Foreign => {
                        Kind::CallsUs
                    }
                    _ => Kind::PreCommit,
                }
            }
            Author::Foreign if calls_us(&bytes) => Kind::CallsUs,
            Author::Foreign => Kind::Foreign,
        };
        Some(Self {
            is_executable: is_executable(&facts.host, &path),
            path,
            bytes,
            kind,
        })
    }

    /// What its first line names as its interpreter: the program, and for `env` the one that is looked for.
    pub(crate) fn interpreter(&self) -> Option<(PathBuf, Option<String>)> {
        let line = self.bytes.strip_prefix(b"#!")?;
        let line = line.split(|it| *it == b'\n').next()?;
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_whitespace();
        let program = PathBuf::from(words.next()?);
        let is_env = program.file_name().is_some_and(|it| it == "env");
        let looked_for = words.find(|it| !it.starts_with('-') && !it.contains('='));
        Some((program, looked_for.filter(|_| is_env).map(str::to_owned)))
    }

    /// The value of a variable that the script sets, without its quotes.
    pub(crate) fn variable(&self, name: &str) -> Option<(u32, PathBuf)> {
        let text = String::from_utf8_lossy(&self.bytes);
        (1..).zip(text.lines()).find_map(|(line, text)| {
            let value = text.strip_prefix(name)?.strip_prefix('=')?.trim();
            let value = value.trim_matches(['"', '\'']);
            (!value.is_empty()).then(|| (line, PathBuf::from(value)))
        })
    }
}

/// Whether a script of somebody else's runs the hooks of this program.
fn calls_us(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("scaffold") && (text.contains("hook run") || text.contains("scaffold check"))
}

#[cfg(unix)]
fn is_executable(host: &Host, path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    host.is_windows()
        || path
            .metadata()
            .is_ok_and(|it| it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Host, _: &Path) -> bool {
    true
}
