//! The repository that the project lies in, as its files tell of it: where its parts are, what is configured, what is tracked.
//!
//! Read once for all checks; no git is started, and no owner is asked for. It must not judge.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Facts;
use crate::git::{Config, Ignores, Index, Located, Location};
use crate::host::Host;

/// No index that is read is larger; in bytes.
const LARGEST_INDEX: u64 = 256 << 20;

/// What git leaves in its folder while it is at something, the file of the most particular first.
const STATES: [(&str, &str); 8] = [
    ("rebase-merge", "a rebase"),
    ("rebase-apply/applying", "applying patches"),
    ("rebase-apply", "a rebase"),
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    (
        "sequencer/todo",
        "a cherry-pick or a revert of several commits",
    ),
    ("BISECT_LOG", "a bisection"),
];

/// What there is around the project.
#[derive(Debug)]
pub(crate) enum Around {
    /// No repository, or one that ignores the project's folder.
    Nowhere,
    /// A `.git` that is a file and leads to no repository.
    Lost {
        /// That file.
        file: PathBuf,
        /// Where it leads, where it says so.
        target: Option<PathBuf>,
    },
    /// A repository.
    Here(Box<Repository>),
}

/// A repository.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Where its parts lie.
    pub(crate) location: Location,
    /// The project's folder as a path from the top of the work tree: empty, or with a slash at its end.
    pub(crate) prefix: String,
    config: Result<Config, String>,
    index: OnceLock<Option<Index>>,
}

impl Facts {
    /// The repository that the project lies in, where there is one.
    pub(crate) fn repository(&self) -> Option<&Repository> {
        match self.place() {
            Around::Here(repository) => Some(repository),
            Around::Nowhere | Around::Lost { .. } => None,
        }
    }

    /// Where the project lies, as git sees it; outside of one, the working directory.
    pub(crate) fn place(&self) -> &Around {
        self.around.get_or_init(|| {
            let folder = self.project.as_deref().unwrap_or(self.host.current_dir());
            match Location::around(folder) {
                Located::Nowhere => Around::Nowhere,
                Located::Lost { file, target } => Around::Lost { file, target },
                Located::At(location) => Around::of(&self.host, location, folder),
            }
        })
    }

    /// Shows all configuration of git's that holds here, in a repository or outside of one, or why it cannot be read.
    pub(crate) fn with_git_configuration<T>(
        &self,
        look: impl FnOnce(Result<&Config, &str>) -> T,
    ) -> T {
        if let Some(repository) = self.repository() {
            return look(repository.config.as_ref().map_err(String::as_str));
        }
        let config = Config::load(&self.host, &self.in_project(""));
        let config = config.map_err(|error| error.to_string());
        look(config.as_ref().map_err(String::as_str))
    }
}

impl Around {
    fn of(host: &Host, location: Location, project: &Path) -> Self {
        let config = Config::of_repository(host, &location.git_dir, &location.common_dir);
        let below = project
            .strip_prefix(&location.root)
            .unwrap_or(Path::new(""));
        let mut prefix = String::new();
        for part in below {
            prefix.push_str(&part.to_string_lossy());
            prefix.push('/');
        }
        let repository = Repository {
            location,
            prefix,
            config: config.map_err(|error| error.to_string()),
            index: OnceLock::new(),
        };
        // A home that is kept in git ignores most of what lies in it: that is not the project's repository.
        let is_ignored = !repository.prefix.is_empty()
            && repository
                .ignores(host)
                .is_some_and(|it| it.has(project, true));
        if is_ignored {
            Self::Nowhere
        } else {
            Self::Here(Box::new(repository))
        }
    }
}

impl Repository {
    /// All configuration that holds there; `None` where it cannot be read.
    pub(crate) fn config(&self) -> Option<&Config> {
        self.config.as_ref().ok()
    }

    /// What git leaves out there; `None` where the configuration cannot be read.
    pub(crate) fn ignores(&self, host: &Host) -> Option<Ignores> {
        Some(Ignores::of(host, self.config()?, &self.location))
    }

    /// What is tracked, or staged to be; `None` where the index is of a kind that is not understood.
    pub(crate) fn index(&self) -> Option<&Index> {
        let read = || {
            let format = self.config()?.text("extensions.objectformat");
            if format.is_some_and(|it| it != "sha1") {
                return None;
            }
            let file = self.location.git_dir.join("index");
            match file.metadata() {
                Ok(it) if !it.is_file() || it.len() > LARGEST_INDEX => return None,
                _ => {}
            }
            Index::of_file(&file).ok().flatten()
        };
        self.index.get_or_init(read).as_ref()
    }

    /// What git is in the middle of, with its article: while it is, tracked files are not the user's alone to change.
    pub(crate) fn in_progress(&self) -> Option<&'static str> {
        let (_, what) = self.state()?;
        Some(what)
    }

    /// The file that says what git is in the middle of, and what that is.
    pub(crate) fn state(&self) -> Option<(PathBuf, &'static str)> {
        STATES.iter().find_map(|(name, what)| {
            let path = self.location.git_dir.join(name);
            path.symlink_metadata().is_ok().then_some((path, *what))
        })
    }
}
