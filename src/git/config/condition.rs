//! The conditions of `includeIf`: which extra configuration holds for this project.
//!
//! Called by `config` alone. <https://git-scm.com/docs/git-config#_conditional_includes> says what they mean. It must not know what
//! the extra configuration says.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::syntax::Setting;
use super::{Config, expanded};
use crate::host::Host;

/// What conditions look at.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// The repository's folder, with symbolic links as they were given.
    git_dir: PathBuf,
    /// The same with symbolic links resolved, as far as it exists.
    real_git_dir: PathBuf,
    /// The branch that HEAD names, where there is a repository.
    branch: Option<String>,
    /// The addresses of the repository's remotes.
    remotes: Vec<String>,
}

impl Surroundings {
    /// Those of a repository that may not exist yet.
    pub(super) fn of(git_dir: &Path) -> Self {
        let head = std::fs::read_to_string(git_dir.join("HEAD")).unwrap_or_default();
        Self {
            git_dir: git_dir.to_owned(),
            real_git_dir: resolved(git_dir),
            branch: head
                .trim()
                .strip_prefix("ref: refs/heads/")
                .map(str::to_owned),
            remotes: Vec::new(),
        }
    }

    /// Takes note of the remotes among the repository's own settings.
    pub(super) fn see_remotes(&mut self, settings: &[Setting]) {
        let remotes = settings
            .iter()
            .filter(|it| it.key.starts_with("remote.") && it.key.ends_with(".url"));
        self.remotes
            .extend(remotes.filter_map(|it| it.value.clone()));
    }

    /// Whether the condition, written in `file`, holds; `known` is what was read before it.
    pub(super) fn meet(&self, host: &Host, known: &Config, condition: &str, file: &Path) -> bool {
        let Some((kind, pattern)) = condition.split_once(':') else {
            return false;
        };
        match kind {
            "gitdir" => self.is_at(host, pattern, file, false),
            "gitdir/i" => self.is_at(host, pattern, file, true),
            "onbranch" => {
                let branch = self.branch.as_deref();
                let branch = branch.or_else(|| known.text("init.defaultbranch"));
                matches(&below(pattern), branch.unwrap_or("main"), false)
            }
            "hasconfig" => pattern
                .strip_prefix("remote.*.url:")
                .is_some_and(|pattern| self.remotes.iter().any(|it| matches(pattern, it, false))),
            _ => false,
        }
    }

    fn is_at(&self, host: &Host, pattern: &str, file: &Path, ignore_case: bool) -> bool {
        let pattern = if let Some(rest) = pattern.strip_prefix("./") {
            let folder = resolved(file.parent().unwrap_or(file));
            format!("{}/{rest}", globset::escape(&slashed(&folder)))
        } else if pattern.starts_with('~') {
            let Some(path) = expanded(host, pattern) else {
                return false;
            };
            // Joining drops nothing but a slash at the end, which means "anything below".
            let end = if pattern.ends_with('/') { "/" } else { "" };
            format!("{}{end}", slashed(&path).trim_end_matches('/'))
        } else if Path::new(pattern).is_absolute() || pattern.starts_with('/') {
            pattern.to_owned()
        } else {
            format!("**/{pattern}")
        };
        let pattern = below(&pattern);
        [&self.real_git_dir, &self.git_dir]
            .iter()
            .any(|folder| matches(&pattern, &slashed(folder), ignore_case))
    }
}

/// A pattern that ends with a slash matches everything below.
fn below(pattern: &str) -> String {
    if pattern.ends_with('/') {
        format!("{pattern}**")
    } else {
        pattern.to_owned()
    }
}

fn matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    // git's patterns know no alternatives in braces.
    let pattern = pattern.replace('{', "[{]").replace('}', "[}]");
    GlobBuilder::new(&pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .case_insensitive(ignore_case)
        .build()
        .is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

/// A path with links resolved as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let existing = path
        .ancestors()
        .find_map(|it| Some((it, std::fs::canonicalize(it).ok()?)));
    match existing {
        Some((existing, real)) => match path.strip_prefix(existing) {
            Ok(rest) if rest.as_os_str().is_empty() => real,
            Ok(rest) => real.join(rest),
            Err(_) => path.to_owned(),
        },
        None => path.to_owned(),
    }
}

/// A path with forward slashes, as patterns are written.
fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.trim_start_matches(r"\\?\").replace('\\', "/")
    } else {
        text.into_owned()
    }
}
