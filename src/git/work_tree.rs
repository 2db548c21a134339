//! A work tree and its repository: where its parts lie, and the `git` program at work on exactly this one.
//!
//! Called by `gate`. Unlike the rest of `git`, this honours `GIT_DIR`, `GIT_WORK_TREE` and `GIT_INDEX_FILE`: in a hook, git says with
//! them what is being committed. It must not change anything.

use std::path::{Path, PathBuf};

use super::config::{self, Config};
use super::program;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::process::Command;

/// A work tree, its repository, and the index that counts now.
#[derive(Debug, Clone)]
pub(crate) struct WorkTree {
    root: PathBuf,
    git_dir: PathBuf,
    common_dir: PathBuf,
    index_file: PathBuf,
    program: PathBuf,
    host: Host,
    /// Whether it was recognised without asking libgit2 or git.
    is_usual: bool,
}

impl WorkTree {
    /// The work tree around the working directory, or the one that git's variables name.
    ///
    /// # Errors
    /// When there is none, it is another user's, or git is missing.
    pub(crate) fn discover(host: &Host) -> Result<Self> {
        let Some(program) = program::find(host) else {
            return Err(Error::new("the `git` program is not on PATH")
                .hint("install it: https://git-scm.com/downloads"));
        };
        let named = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"]
            .iter()
            .any(|name| host.variable(name).is_some());
        let usual = (!named).then(|| Self::at_top(host)).flatten();
        let is_usual = usual.is_some();
        let looked = || usual.or_else(|| Self::by_library(host));
        let (root, git_dir, common_dir) = match (!named).then(looked).flatten() {
            Some(places) => places,
            None => Self::by_program(host, &program)?,
        };
        let index_file = host.variable("GIT_INDEX_FILE").map_or_else(
            || git_dir.join("index"),
            |file| host.current_dir().join(file),
        );
        Ok(Self {
            root,
            git_dir,
            common_dir,
            index_file,
            program,
            host: host.clone(),
            is_usual,
        })
    }

    /// The usual case, in a few look-ups: the working directory is the top, and `.git` in it is a whole repository, the user's own, whose
    /// configuration says nothing of where its parts lie. The paths are written as libgit2 writes them.
    #[cfg(unix)]
    fn at_top(host: &Host) -> Option<(PathBuf, PathBuf, PathBuf)> {
        use std::os::unix::fs::MetadataExt as _;
        let user = rustix::process::geteuid().as_raw();
        let is_own = |folder: &Path| {
            let found = folder.symlink_metadata();
            found.is_ok_and(|it| it.is_dir() && it.uid() == user)
        };
        let root = host.current_dir().join("");
        let git_dir = root.join(".git").join("");
        let is_whole = is_own(&root)
            && is_own(&root.join(".git"))
            && git_dir.join("HEAD").is_file()
            && git_dir.join("objects").is_dir()
            && git_dir.join("refs").is_dir()
            && git_dir.join("commondir").symlink_metadata().is_err();
        let config = std::fs::read(git_dir.join("config")).ok()?;
        (is_whole && config::is_usual(&config)).then(|| (root, git_dir.clone(), git_dir))
    }

    #[cfg(not(unix))]
    fn at_top(_: &Host) -> Option<(PathBuf, PathBuf, PathBuf)> {
        None
    }

    fn by_library(host: &Host) -> Option<(PathBuf, PathBuf, PathBuf)> {
        let ceilings: Vec<PathBuf> = host
            .variable("GIT_CEILING_DIRECTORIES")
            .map(|folders| std::env::split_paths(folders).collect())
            .unwrap_or_default();
        let repository = git2::Repository::open_ext(
            host.current_dir(),
            git2::RepositoryOpenFlags::empty(),
            ceilings,
        )
        .ok()?;
        // libgit2 resolves links; a work tree is where it says, and never the folder of the repository itself.
        let root = repository.workdir()?.to_owned();
        let inside = host.current_dir().canonicalize().ok()?;
        if inside.starts_with(repository.path()) || !inside.starts_with(root.canonicalize().ok()?) {
            return None;
        }
        Some((
            root,
            repository.path().to_owned(),
            repository.commondir().to_owned(),
        ))
    }

    fn by_program(host: &Host, program: &Path) -> Result<(PathBuf, PathBuf, PathBuf)> {
        let mut command = Command::new(host, program).current_dir(host.current_dir());
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"] {
            if let Some(value) = host.variable(name) {
                command = command.env(name, value);
            }
        }
        let ask = |what: &[&str]| -> Result<PathBuf> {
            let output = command.clone().arg("rev-parse").args(what).run()?;
            if output.success() {
                let line = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
                let path = crate::repo_path::bytes_to_path(line)
                    .filter(|path| !path.as_os_str().is_empty())
                    .ok_or_else(|| not_a_work_tree(host))?;
                return Ok(host.current_dir().join(path));
            }
            let words = output.last_words(4);
            Err(if words.contains("dubious ownership") {
                Error::new(format!(
                    "cannot open the git repository in `{}`",
                    host.current_dir().display()
                ))
                .hint(super::not_ours(host.current_dir()))
            } else {
                not_a_work_tree(host)
            }
            .caused_by(words))
        };
        Ok((
            ask(&["--show-toplevel"])?,
            ask(&["--absolute-git-dir"])?,
            ask(&["--git-common-dir"])?,
        ))
    }

    /// Whether this is a whole repository in `.git` of the working directory, in git's first format (SHA-1, refs as files), and nothing
    /// says that anything of it lies elsewhere.
    pub(super) fn is_usual(&self) -> bool {
        self.is_usual
    }

    /// The folder with the user's files.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of this work tree's own state: `.git`, or `.git/worktrees/NAME` of a linked one.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The folder that all linked work trees share.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The index that counts now: the one that git named to a hook, else the work tree's own.
    pub(crate) fn index_file(&self) -> &Path {
        &self.index_file
    }

    /// The same work tree with another index.
    pub(crate) fn with_index(&self, index_file: impl Into<PathBuf>) -> Self {
        Self {
            index_file: index_file.into(),
            ..self.clone()
        }
    }

    /// Where this program keeps what belongs to this work tree alone; it need not exist.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.git_dir.join("scaffold")
    }

    /// What a line of a commit's message starts with that git will leave out.
    pub(crate) fn comment_start(&self) -> String {
        let config = Config::load(&self.host, &self.root).ok();
        let said = config.as_ref().and_then(|it| {
            it.text("core.commentstring")
                .or_else(|| it.text("core.commentchar"))
        });
        said.filter(|it| !it.is_empty() && *it != "auto")
            .unwrap_or("#")
            .to_owned()
    }

    /// The machine that it was found on.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The `git` program at work on this work tree and this index: paths are taken as they are, no question is asked, and no
    /// optional lock is taken.
    pub(crate) fn git(&self) -> Command {
        let mut command = Command::new(&self.host, &self.program)
            .current_dir(&self.root)
            .env("GIT_DIR", &self.git_dir)
            .env("GIT_WORK_TREE", &self.root)
            .env("GIT_INDEX_FILE", &self.index_file)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C");
        for name in ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
            if let Some(value) = self.host.variable(name) {
                command = command.env(name, value);
            }
        }
        command
    }

    /// What a command of git printed.
    ///
    /// # Errors
    /// When it fails: `cannot WHAT`, with git's own last words.
    #[expect(
        clippy::unused_self,
        reason = "it reads as what git says of this work tree"
    )]
    pub(crate) fn output(&self, command: &Command, what: &str) -> Result<Vec<u8>> {
        let output = command.run()?;
        if output.success() {
            return Ok(output.stdout);
        }
        Err(Error::new(format!("cannot {what}"))
            .caused_by(format!("`{command}`: {}", output.last_words(6))))
    }
}

fn not_a_work_tree(host: &Host) -> Error {
    Error::new(format!(
        "`{}` is not inside the work tree of a git repository",
        host.current_dir().display()
    ))
    .hint("cd into one, or make one: git init")
}

#[cfg(all(test, unix))]
mod tests {
    use super::WorkTree;
    use crate::git::trial::Trial;

    /// What is recognised at the working directory, and what libgit2 says of it.
    fn both(trial: &Trial, folder: &str) -> [Option<[std::ffi::OsString; 3]>; 2] {
        let host = trial
            .host
            .clone()
            .with_current_dir(trial.root().join(folder));
        [WorkTree::at_top(&host), WorkTree::by_library(&host)].map(|found| {
            let found = found.map(|(root, git_dir, common_dir)| [root, git_dir, common_dir]);
            found.map(|it| it.map(std::path::PathBuf::into_os_string))
        })
    }

    #[test]
    fn a_usual_repository_is_recognised_as_libgit2_does() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        let [ours, library] = both(&trial, "project");
        assert!(ours.is_some());
        // To the byte: the names of caches are made of them.
        assert_eq!(ours, library);
    }

    #[test]
    fn whatever_is_unusual_is_left_to_libgit2() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.write("project/below/a.py", b"", false);
        trial.write("else/a.py", b"", false);
        for folder in ["project/below", "project/.git", "else", "."] {
            assert_eq!(both(&trial, folder)[0], None, "{folder}");
        }
        trial.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
        trial.git(&["worktree", "add", "--quiet", "../linked"]);
        assert_eq!(both(&trial, "linked")[0], None);
        for (key, value) in [
            ("core.worktree", "../else"),
            ("core.bare", "true"),
            ("include.path", "other"),
            ("includeIf.gitdir:/.path", "other"),
            ("extensions.worktreeConfig", "true"),
            ("core.repositoryFormatVersion", "1"),
        ] {
            let file = trial.folder().join(".git/config");
            let before = std::fs::read(&file).unwrap();
            trial.git(&["config", key, value]);
            assert_eq!(both(&trial, "project")[0], None, "{key}");
            std::fs::write(&file, before).unwrap();
            assert!(both(&trial, "project")[0].is_some());
        }
    }
}
