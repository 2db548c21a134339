//! The folder that git takes a repository's hooks from, and whether it is this repository's own.
//!
//! Used by installing, removing and showing. git is asked, so that its own rule holds in linked work trees, submodules and wherever
//! `core.hooksPath` is set. It must not look at the hooks themselves.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::WorkTree;
use crate::process::quoted;
use crate::repo_path::bytes_to_path;

/// The folder that git takes the hooks from.
#[derive(Debug, Clone)]
pub(crate) struct HooksFolder {
    /// Where it is; it need not exist.
    pub(crate) path: PathBuf,
    /// What sets it, where something does.
    pub(crate) setting: Option<Setting>,
    /// Why nothing may be written there, where that is so.
    pub(crate) refusal: Option<Refusal>,
}

/// A `core.hooksPath`.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// As it is written.
    pub(crate) value: String,
    /// `local`, `global`, `system`, `worktree` or `command`.
    pub(crate) scope: String,
    /// The file that it stands in, or `command line:` for the command line and the environment.
    pub(crate) origin: String,
}

/// Why nothing is written into a folder of hooks, and the ways on.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// One sentence.
    pub(crate) reason: String,
    /// What to type, each a way of its own.
    pub(crate) ways: Vec<String>,
}

impl HooksFolder {
    /// Asks git where the hooks of this work tree are.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub(crate) fn of(work_tree: &WorkTree) -> Result<Self> {
        let setting = Setting::of(work_tree)?;
        let command = work_tree.git().args(["rev-parse", "--git-path", "hooks"]);
        let output = work_tree.output(&command, "find the folder of the hooks")?;
        let named = bytes_to_path(output.strip_suffix(b"\n").unwrap_or(&output))
            .ok_or_else(|| Error::new("git names no folder for the hooks"))?;
        let path = work_tree.root().join(named);
        let refusal = refusal(work_tree, &path, setting.as_ref());
        Ok(Self {
            path,
            setting,
            refusal,
        })
    }

    /// That of a repository that was just made, whose `.git` this is, where no `core.hooksPath` holds.
    pub(crate) fn fresh(git_dir: &Path) -> Self {
        let path = git_dir.join("hooks");
        let refusal = (!leads_into(&path, &[git_dir])).then(|| Refusal {
            reason: format!("`{}` leads out of the repository", path.display()),
            ways: Vec::new(),
        });
        Self {
            path,
            setting: None,
            refusal,
        }
    }

    /// Fails where nothing may be written.
    ///
    /// # Errors
    /// With the reason and the ways on.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.refusal {
            None => Ok(()),
            Some(Refusal { reason, ways }) => {
                Err(ways.iter().fold(Error::new(reason), Error::hint))
            }
        }
    }
}

impl Setting {
    fn of(work_tree: &WorkTree) -> Result<Option<Self>> {
        let command = work_tree.git().args([
            "config",
            "-z",
            "--show-scope",
            "--show-origin",
            "--get",
            "core.hooksPath",
        ]);
        let output = command.run()?;
        match output.code {
            Some(0) => {}
            // https://git-scm.com/docs/git-config: the key is not there.
            Some(1) => return Ok(None),
            _ => {
                return Err(Error::new("cannot read the configuration of git")
                    .caused_by(output.last_words(6)));
            }
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut parts = text.split('\0').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (scope, origin, value) = (next(), next(), next());
        let origin = match origin.strip_prefix("file:") {
            Some(file) => {
                // Git leaves two slashes where its folder is named with one at the end.
                let file: PathBuf = work_tree.root().join(file).components().collect();
                file.display().to_string()
            }
            None => origin,
        };
        Ok(Some(Self {
            value,
            scope,
            origin,
        }))
    }

    /// Where it is said, for people.
    fn place(&self) -> String {
        if self.scope == "command" {
            "on the command line or in the environment (GIT_CONFIG_COUNT, GIT_CONFIG_PARAMETERS)"
                .to_owned()
        } else {
            format!("in {} ({})", self.origin, self.scope)
        }
    }

    /// What takes it away.
    fn removal(&self) -> Option<String> {
        match self.scope.as_str() {
            scope @ ("local" | "global" | "system" | "worktree") => Some(format!(
                "or remove the setting: git config --{scope} --unset-all core.hooksPath"
            )),
            _ => None,
        }
    }
}

/// Why nothing may be written into `path`: it is not inside the repository, or no folder of its own.
fn refusal(work_tree: &WorkTree, path: &Path, setting: Option<&Setting>) -> Option<Refusal> {
    let own = work_tree.common_dir().join("hooks");
    let Some(setting) = setting else {
        let inside = leads_into(
            path,
            &[
                work_tree.common_dir(),
                work_tree.git_dir(),
                work_tree.root(),
            ],
        );
        return (!inside).then(|| Refusal {
            reason: format!(
                "`{}` leads out of the repository: hooks there are not this repository's alone",
                path.display()
            ),
            ways: vec![format!(
                "give it a folder of its own: rm {path} && mkdir {path}",
                path = quoted(&path.to_string_lossy())
            )],
        });
    };
    let reason = if setting.value.is_empty() || settled(path) == settled(work_tree.root()) {
        format!(
            "core.hooksPath is `{}` {}: git takes the work tree itself for the folder of the hooks",
            setting.value,
            setting.place()
        )
    } else if leads_into(
        path,
        &[
            work_tree.common_dir(),
            work_tree.git_dir(),
            work_tree.root(),
        ],
    ) {
        return None;
    } else {
        format!(
            "the hooks of this repository are taken from `{}`, which lies outside of it and may serve others: core.hooksPath is set {}",
            path.display(),
            setting.place()
        )
    };
    let mut ways = vec![format!(
        "give this repository its own hooks, and try again: git config core.hooksPath {}",
        quoted(&own.to_string_lossy())
    )];
    ways.extend(setting.removal());
    Some(Refusal { reason, ways })
}

/// Whether a path, which need not exist, lies below one of these folders once links are followed.
fn leads_into(path: &Path, folders: &[&Path]) -> bool {
    let path = settled(path);
    folders
        .iter()
        .any(|folder| path.starts_with(settled(folder)))
}

/// The path with links followed and `..` resolved, as far as it exists.
fn settled(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        if let Ok(real) = above.canonicalize() {
            let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
            return rest.components().fold(real, |mut path, part| {
                match part {
                    std::path::Component::ParentDir => {
                        path.pop();
                    }
                    part => path.push(part),
                }
                path
            });
        }
    }
    path.to_owned()
}
