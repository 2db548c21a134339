//! The user's git configuration, read the way git reads it: files, includes and environment, the last word wins.
//!
//! Called by the other parts of `git` and, through `identity`, by whoever asks for the author's name. It is read here and not
//! by libgit2 because libgit2 knows neither `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_COUNT` nor a
//! conditional include for a repository that is still to be made. It must not know what is done with a setting.

mod condition;
mod fresh;
mod origin;
mod source;
mod syntax;

use std::path::{Path, PathBuf};

use condition::Surroundings;
pub(crate) use origin::{Origin, Scope};

use crate::error::{Error, Result};
use crate::host::Host;

/// How deep files may include each other; git's own limit.
const MAX_DEPTH: usize = 10;

/// All settings that hold for one project folder.
#[derive(Debug, Default)]
pub(crate) struct Config {
    settings: Vec<syntax::Setting>,
    /// Where each of them stands.
    origins: Vec<Origin>,
}

impl Config {
    /// Reads the configuration for the project at `folder`, which need not exist yet: the system's, the user's, that of the
    /// repository in the folder where there is one, and the environment's. Conditional includes see `folder`, not a place where the
    /// project may be put together.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or is not git configuration.
    pub(crate) fn load(host: &Host, folder: &Path) -> Result<Self> {
        let git_dir = folder.join(".git");
        Self::of_repository(host, &git_dir, &git_dir)
    }

    /// The same, for a repository of which this is the folder of the work tree's own state, and that the one which all its work trees
    /// share.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub(crate) fn of_repository(host: &Host, git_dir: &Path, common_dir: &Path) -> Result<Self> {
        let mut surroundings = Surroundings::of(git_dir);
        let local = common_dir.join("config");
        if let Some(settings) = parsed(&local)? {
            surroundings.see_remotes(&settings);
        }
        let mut config = Self::default();
        if let Some(file) = source::system_file(host) {
            config.add_file(host, &Origin::new(Scope::System, file), &surroundings, 0)?;
        }
        for file in source::user_files(host) {
            config.add_file(host, &Origin::new(Scope::Global, file), &surroundings, 0)?;
        }
        config.add_file(host, &Origin::new(Scope::Local, local), &surroundings, 0)?;
        if config.is_true("extensions.worktreeconfig") {
            let own = Origin::new(Scope::WorkTree, git_dir.join("config.worktree"));
            config.add_file(host, &own, &surroundings, 0)?;
        }
        for setting in source::from_environment(host)? {
            config.push(setting, Origin::command());
        }
        Ok(config)
    }

    /// The last value given for this key (`section.key`, lower case); a bare key is the empty string.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.texts(key).last()
    }

    /// Every value given for this key, in the order of reading.
    pub(crate) fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        self.settings
            .iter()
            .filter(move |setting| setting.key == key)
            .map(|setting| setting.value.as_deref().unwrap_or_default())
    }

    /// Whether this key is set to a true value: `true`, `yes`, `on`, a number other than 0, or nothing at all.
    pub(crate) fn is_true(&self, key: &str) -> bool {
        let setting = self.settings.iter().rfind(|setting| setting.key == key);
        setting.is_some_and(|setting| setting.value.as_deref().is_none_or(truth))
    }

    /// The last value given for this key as a path, `~/` resolved.
    pub(crate) fn path(&self, host: &Host, key: &str) -> Option<PathBuf> {
        self.text(key)
            .filter(|text| !text.is_empty())
            .and_then(|text| expanded(host, text))
    }

    fn add_file(
        &mut self,
        host: &Host,
        origin: &Origin,
        surroundings: &Surroundings,
        depth: usize,
    ) -> Result<()> {
        let Some(file) = &origin.file else {
            return Ok(());
        };
        if depth > MAX_DEPTH {
            return Err(Error::new(format!(
                "git configuration `{}` is included more than {MAX_DEPTH} levels deep",
                file.display()
            )));
        }
        for setting in parsed(file)?.unwrap_or_default() {
            let target = setting.value.clone().unwrap_or_default();
            let included = match setting.key.as_str() {
                "include.path" => true,
                key => key
                    .strip_prefix("includeif.")
                    .and_then(|rest| rest.strip_suffix(".path"))
                    .is_some_and(|condition| surroundings.meet(host, self, condition, file)),
            };
            self.push(setting, origin.clone());
            if included && let Some(target) = expanded(host, &target) {
                let target = file.parent().unwrap_or(file).join(target);
                let target = Origin::new(origin.scope, target);
                self.add_file(host, &target, surroundings, depth + 1)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, setting: syntax::Setting, origin: Origin) {
        self.settings.push(setting);
        self.origins.push(origin);
    }
}

/// Whether a repository's own configuration file says nothing that decides where the parts of the repository lie, or how it is stored.
pub(super) fn is_usual(bytes: &[u8]) -> bool {
    let says = |setting: &syntax::Setting| {
        let value = setting.value.as_deref().unwrap_or("true");
        match setting.key.as_str() {
            "core.bare" => truth(value),
            "core.repositoryformatversion" => value != "0",
            key => {
                key == "core.worktree"
                    || key.starts_with("include")
                    || key.starts_with("extensions.")
            }
        }
    };
    let settings = std::str::from_utf8(bytes).map(syntax::parse);
    settings.is_ok_and(|it| it.is_ok_and(|it| !it.iter().any(says)))
}

/// The settings of a file; `None` where there is no such file.
fn parsed(file: &Path) -> Result<Option<Vec<syntax::Setting>>> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(crate::fs::failed("read", file, error)),
    };
    // Names in other encodings than UTF-8 exist; one bad letter must not hide all other settings.
    let text = String::from_utf8_lossy(&bytes);
    syntax::parse(&text).map(Some).map_err(|line| {
        Error::new(format!(
            "line {line} of the git configuration `{}` is malformed",
            file.display()
        ))
        .hint("correct that line; `git config --list` shows whether git can read it")
    })
}

/// No such file, or a folder of the path is a file.
fn absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, IsADirectory, NotADirectory, NotFound};
    matches!(
        error.kind(),
        NotFound | NotADirectory | IsADirectory | InvalidFilename
    )
}

/// A key with section and name in lower case and the subsection as written.
fn canonical(key: &str) -> String {
    match (key.find('.'), key.rfind('.')) {
        (Some(first), Some(last)) if first < last => format!(
            "{}{}{}",
            key[..first].to_ascii_lowercase(),
            &key[first..last],
            key[last..].to_ascii_lowercase()
        ),
        _ => key.to_ascii_lowercase(),
    }
}

/// The home folder as git takes it: `HOME` alone, but on Windows.
pub(super) fn home(host: &Host) -> Option<PathBuf> {
    match host.variable("HOME") {
        Some(home) => Some(home.into()),
        None if host.is_windows() => host.home().map(Path::to_owned),
        None => None,
    }
}

/// A path with a leading `~/` resolved; `None` where there is no home, or for the home of another user.
fn expanded(host: &Host, text: &str) -> Option<PathBuf> {
    match text.strip_prefix('~') {
        Some("") => home(host),
        Some(rest) => rest
            .strip_prefix('/')
            .and_then(|rest| Some(home(host)?.join(rest))),
        None => Some(text.into()),
    }
}

/// git's reading of a boolean; what is none counts as false.
fn truth(text: &str) -> bool {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => true,
        number => number.parse::<i64>().is_ok_and(|number| number != 0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::Config;

    /// Ours beside `git config --get` in the project's folder, where git sees a repository.
    #[track_caller]
    fn assert_as_git(trial: &Trial, key: &str) -> Option<String> {
        let config = Config::load(&trial.host, &trial.folder()).unwrap();
        let ours = config.text(&super::canonical(key)).map(str::to_owned);
        if !trial.folder().join(".git").exists() {
            trial.git(&["init", "--quiet"]);
        }
        let output = trial
            .git_command(&trial.folder(), &["config", "--get", key])
            .run()
            .unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let expected = output
            .success()
            .then(|| text.trim_end_matches('\n').to_owned());
        assert_eq!(ours, expected, "{key}: {}", output.last_words(3));
        ours
    }

    #[test]
    fn the_user_s_files_are_read_in_git_s_order() {
        let trial = Trial::new();
        trial.write(
            "home/.config/git/config",
            b"[user]\nname = Xdg\n[a]\nxdg = 1\n",
            false,
        );
        assert_eq!(assert_as_git(&trial, "user.name").unwrap(), "Ada Lovelace");
        assert_eq!(assert_as_git(&trial, "a.xdg").unwrap(), "1");
        trial.git(&["config", "user.name", "Local"]);
        assert_eq!(assert_as_git(&trial, "user.name").unwrap(), "Local");
    }

    #[test]
    fn the_environment_replaces_the_files() {
        let trial = Trial::new();
        trial.write("other", b"[user]\nname = Other\n", false);
        trial.write("system", b"[user]\nname = System\n[a]\nsystem = 1\n", false);
        let (other, system) = (trial.root().join("other"), trial.root().join("system"));
        let trial = trial.with("GIT_CONFIG_GLOBAL", other.to_str().unwrap());
        assert_eq!(assert_as_git(&trial, "user.name").unwrap(), "Other");
        let trial = trial.with("GIT_CONFIG_GLOBAL", "");
        assert_eq!(assert_as_git(&trial, "user.name"), None);
        let trial = trial.with("GIT_CONFIG_SYSTEM", system.to_str().unwrap());
        assert_eq!(assert_as_git(&trial, "a.system"), None);
        let trial = trial.with("GIT_CONFIG_NOSYSTEM", "false");
        assert_eq!(assert_as_git(&trial, "a.system").unwrap(), "1");
        let trial = trial
            .with("GIT_CONFIG_COUNT", "1")
            .with("GIT_CONFIG_KEY_0", "User.Name")
            .with("GIT_CONFIG_VALUE_0", "Given");
        assert_eq!(assert_as_git(&trial, "user.name").unwrap(), "Given");
    }

    #[cfg(unix)]
    #[test]
    fn the_system_s_file_lies_beside_the_program() {
        let trial = Trial::new().with("GIT_CONFIG_NOSYSTEM", "0");
        let git = trial.host.find_program("git").unwrap();
        let bin = trial.root().join("prefix/bin");
        crate::fs::create_dirs(&bin).unwrap();
        crate::fs::symlink(&git, &bin.join("git")).unwrap();
        let trial = trial.with("PATH", bin.to_str().unwrap());
        let usual = std::path::PathBuf::from("/etc/gitconfig");
        assert_eq!(super::source::system_file(&trial.host), Some(usual));
        trial.write("prefix/etc/gitconfig", b"[a]\nsystem = 1\n", false);
        let config = Config::load(&trial.host, &trial.folder()).unwrap();
        assert_eq!(config.text("a.system"), Some("1"));
    }

    #[test]
    fn included_files_hold_where_git_lets_them_hold() {
        for (condition, file) in [
            ("gitdir:{root}/project/", "included"),
            ("gitdir:{root}/project", "not"),
            ("gitdir:{root}/project/.git", "included"),
            ("gitdir:{root}/", "included"),
            ("gitdir:{root}/other/", "not"),
            ("gitdir:project/", "included"),
            ("gitdir:PROJECT/", "not"),
            ("gitdir/i:PROJECT/", "included"),
            ("gitdir:~/", "not"),
            ("gitdir:~/../project/", "not"),
            ("gitdir:./../project/", "not"),
            ("gitdir:**/proj*/**", "included"),
            ("gitdir:**/pr?ject/.g[ij]t", "included"),
            ("gitdir:{root}/*/.git", "included"),
            ("gitdir:{root}/*", "not"),
            ("gitdir:{root}/{project,other}/", "not"),
            ("onbranch:main", "included"),
            ("onbranch:m*", "included"),
            ("onbranch:other", "not"),
            ("hasconfig:remote.*.url:https://example.com/**", "not"),
            ("unknown:x", "not"),
        ] {
            let trial = Trial::new();
            let condition = condition.replace("{root}", trial.root().to_str().unwrap());
            trial.configure("[init]\n\tdefaultBranch = main\n");
            trial.configure(&format!("[includeIf \"{condition}\"]\n\tpath = included\n"));
            trial.write("home/included", b"[a]\nwhich = included\n", false);
            let which = assert_as_git(&trial, "a.which").unwrap_or("not".into());
            assert_eq!(which, file, "{condition}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_condition_sees_the_folder_behind_a_link_and_the_link() {
        for condition in ["real/", "link/"] {
            let trial = Trial::new();
            let root = trial.root();
            crate::fs::create_dirs(&root.join("real")).unwrap();
            crate::fs::remove_empty_dir(&trial.folder()).unwrap();
            crate::fs::symlink(&root.join("real"), &root.join("link")).unwrap();
            trial.configure(&format!(
                "[includeIf \"gitdir:{condition}\"]\n\tpath = included\n"
            ));
            trial.write("home/included", b"[a]\nwhich = included\n", false);
            crate::fs::create_dirs(&root.join("real/project")).unwrap();
            crate::fs::symlink(&root.join("link/project"), &trial.folder()).unwrap();
            let expected = (condition == "real/").then_some("included".to_owned());
            assert_eq!(assert_as_git(&trial, "a.which"), expected, "{condition}");
        }
    }

    #[test]
    fn the_remotes_of_a_clone_can_be_a_condition() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.git(&[
            "remote",
            "add",
            "origin",
            "https://example.com/team/project",
        ]);
        trial.configure(
            "[includeIf \"hasconfig:remote.*.url:https://example.com/**\"]\n\tpath = included\n",
        );
        trial.write("home/included", b"[a]\nwhich = included\n", false);
        assert_eq!(assert_as_git(&trial, "a.which").unwrap(), "included");
    }

    #[test]
    fn includes_are_read_in_place_and_relative_to_their_file() {
        let trial = Trial::new();
        trial.configure("[include]\n\tpath = parts/one\n\tpath = ~/two\n\tpath = missing\n[a]\n\tafter = home\n");
        trial.write(
            "home/parts/one",
            b"[include]\npath = ../three\n[a]\nfrom = one\nafter = one\n",
            false,
        );
        trial.write("home/two", b"[a]\nfrom = two\n", false);
        trial.write("home/three", b"[a]\nthree = yes\nfrom = three\n", false);
        assert_eq!(assert_as_git(&trial, "a.from").unwrap(), "two");
        assert_eq!(assert_as_git(&trial, "a.three").unwrap(), "yes");
        assert_eq!(assert_as_git(&trial, "a.after").unwrap(), "home");
    }

    #[test]
    fn a_circle_of_includes_is_an_error() {
        let trial = Trial::new();
        trial.configure("[include]\n\tpath = .gitconfig\n");
        let error = Config::load(&trial.host, &trial.folder()).unwrap_err();
        assert!(error.message().contains("levels deep"), "{error}");
    }

    #[test]
    fn a_malformed_file_is_an_error_that_names_the_line() {
        let trial = Trial::anonymous();
        trial.configure("[user]\n\tname = Ada\n= broken\n");
        let error = Config::load(&trial.host, &trial.folder()).unwrap_err();
        assert!(
            error
                .message()
                .starts_with("line 3 of the git configuration"),
            "{error}"
        );
    }
}
