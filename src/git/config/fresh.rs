//! What the configuration says of repositories that are still to be made, and of the files in them.
//!
//! Called by the first commit. It must not make anything.

use std::path::{Path, PathBuf};

use super::{Config, home};
use crate::error::{Error, Result};
use crate::host::Host;

impl Config {
    /// The name of the first branch: `init.defaultBranch`, else `main`.
    ///
    /// # Errors
    /// When the configured name cannot be that of a branch.
    pub(crate) fn initial_branch(&self) -> Result<String> {
        let name = self
            .text("init.defaultbranch")
            .filter(|name| !name.is_empty());
        let name = name.unwrap_or("main");
        if name.starts_with('-') || !git2::Reference::is_valid_name(&format!("refs/heads/{name}")) {
            return Err(Error::new(format!(
                "git's `init.defaultBranch` is `{name}`, which cannot be the name of a branch"
            ))
            .hint("type `git config --global init.defaultBranch main`"));
        }
        Ok(name.to_owned())
    }

    /// Whether git keeps a log of where branches pointed, as it does unless told otherwise.
    pub(in crate::git) fn logs_branches(&self) -> bool {
        let key = "core.logallrefupdates";
        self.text(key).is_none_or(|text| text == "always") || self.is_true(key)
    }

    /// Whether git would sign commits. The first commit is not signed here: signing may ask for a passphrase.
    pub(crate) fn signs_commits(&self) -> bool {
        self.is_true("commit.gpgsign")
    }

    /// Whether new repositories start from a template of the user's own.
    pub(in crate::git) fn has_template(&self, host: &Host) -> bool {
        let folder = host.variable("GIT_TEMPLATE_DIR").map(PathBuf::from);
        folder
            .or_else(|| self.path(host, "init.templatedir"))
            .is_some_and(|folder| folder.is_dir())
    }

    /// Whether new repositories are to be of a format that libgit2 does not write: SHA-256 names or another store for branches.
    pub(in crate::git) fn has_other_format(&self, host: &Host) -> bool {
        let is_other = |variable: &str, key: &str, usual: &str| {
            let format = host.text(variable).or_else(|| self.text(key));
            format.is_some_and(|format| !format.is_empty() && format != usual)
        };
        is_other("GIT_DEFAULT_HASH", "init.defaultobjectformat", "sha1")
            || is_other("GIT_DEFAULT_REF_FORMAT", "init.defaultrefformat", "files")
    }

    /// Every file outside the project's own that may give attributes to the files in `folder`.
    pub(in crate::git) fn attribute_files(&self, host: &Host, folder: &Path) -> Vec<PathBuf> {
        let usual = || {
            let xdg = host.variable("XDG_CONFIG_HOME").map(PathBuf::from);
            let folder = xdg.or_else(|| home(host).map(|home| home.join(".config")));
            folder.map(|folder| folder.join("git").join("attributes"))
        };
        let own = self.path(host, "core.attributesfile").or_else(usual);
        let system = (!host.is_windows()).then(|| PathBuf::from("/etc/gitattributes"));
        let repository = folder.join(".git").join("info").join("attributes");
        own.into_iter().chain(system).chain([repository]).collect()
    }
}
