//! What git leaves out of a repository: the rules of `.gitignore`, `info/exclude` and the user's own file.
//!
//! Called by `doctor`. libgit2 knows the rules as well, and opens no repository of another user, and reads the user's configuration from
//! wherever this process has its home. Rules: <https://git-scm.com/docs/gitignore>. It must not know what is tracked: what is, is not ignored.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use globset::GlobBuilder;

use super::config::Config;
use super::location::Location;
use crate::host::Host;

/// The largest file of rules that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The rules of a repository.
#[derive(Debug)]
pub(crate) struct Ignores {
    root: PathBuf,
    /// What holds everywhere, the weakest first.
    everywhere: Vec<Rule>,
    /// The rules of the folders that were looked at.
    known: RefCell<BTreeMap<PathBuf, Rc<[Rule]>>>,
}

/// A line of such a file.
#[derive(Debug)]
struct Rule {
    pattern: String,
    /// Whether it takes back what an earlier one said.
    is_exception: bool,
    for_folders: bool,
    /// Whether it is about a path from the folder of the file on, and not about a name at any depth.
    is_path: bool,
}

impl Ignores {
    /// Those of the repository here.
    pub(crate) fn of(host: &Host, config: &Config, location: &Location) -> Self {
        let own = config.path(host, "core.excludesfile");
        let usual = || {
            let folder = host.variable("XDG_CONFIG_HOME").map(PathBuf::from);
            let folder = folder.or_else(|| Some(super::config::home(host)?.join(".config")));
            folder.map(|it| it.join("git").join("ignore"))
        };
        let mut everywhere = own.or_else(usual).map_or_else(Vec::new, |it| rules(&it));
        everywhere.extend(rules(&location.common_dir.join("info").join("exclude")));
        Self {
            root: location.root.clone(),
            everywhere,
            known: RefCell::default(),
        }
    }

    /// Whether this path below the top of the work tree is left out, by itself or with a folder that it lies in. It need not exist.
    pub(crate) fn has(&self, path: &Path, is_folder: bool) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else {
            return false;
        };
        let parts: Vec<String> = below
            .components()
            .map(|it| it.as_os_str().to_string_lossy().into_owned())
            .collect();
        // The rules of each folder above, with how deep it lies.
        let mut rules: Vec<(usize, Rc<[Rule]>)> = Vec::new();
        let mut folder = self.root.clone();
        for depth in 0..parts.len() {
            rules.push((depth, self.of_folder(&folder)));
            let is_last = depth + 1 == parts.len();
            let said = rules.iter().rev().find_map(|(from, rules)| {
                last(rules, &parts[*from..=depth], !is_last || is_folder)
            });
            let said =
                said.or_else(|| last(&self.everywhere, &parts[..=depth], !is_last || is_folder));
            if said == Some(true) {
                return true;
            }
            folder.push(&parts[depth]);
        }
        // A folder that leaves out all that is in it is never seen.
        is_folder
            && self
                .of_folder(path)
                .iter()
                .any(|it| it.pattern == "*" && !it.is_exception)
    }

    /// The rules in a folder.
    fn of_folder(&self, folder: &Path) -> Rc<[Rule]> {
        let mut known = self.known.borrow_mut();
        let rules = known
            .entry(folder.to_owned())
            .or_insert_with(|| rules(&folder.join(".gitignore")).into());
        Rc::clone(rules)
    }
}

/// What the last rule that speaks of a path says: whether it is left out.
fn last(rules: &[Rule], parts: &[String], is_folder: bool) -> Option<bool> {
    let rule = rules.iter().rfind(|it| it.is_about(parts, is_folder))?;
    Some(!rule.is_exception)
}

fn rules(file: &Path) -> Vec<Rule> {
    let is_small = file
        .metadata()
        .is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
    let bytes = if is_small {
        std::fs::read(file).unwrap_or_default()
    } else {
        Vec::new()
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.split('\n').filter_map(Rule::parse).collect()
}

impl Rule {
    fn parse(line: &str) -> Option<Self> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with('#') {
            return None;
        }
        let mut pattern = line.trim_end_matches(' ');
        if pattern.len() < line.len() && pattern.ends_with('\\') {
            // The space behind it is meant.
            pattern = &line[..=pattern.len()];
        }
        let (is_exception, pattern) = match pattern.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let (for_folders, pattern) = match pattern.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        if pattern.is_empty() {
            return None;
        }
        let is_path = pattern.contains('/');
        Some(Self {
            pattern: pattern.strip_prefix('/').unwrap_or(pattern).to_owned(),
            is_exception,
            for_folders,
            is_path,
        })
    }

    /// Whether it speaks of this path itself.
    fn is_about(&self, parts: &[String], is_folder: bool) -> bool {
        if self.for_folders && !is_folder {
            return false;
        }
        let Some(name) = parts.last() else {
            return false;
        };
        if self.is_path {
            self.matches(&parts.join("/"))
        } else {
            self.matches(name)
        }
    }

    fn matches(&self, text: &str) -> bool {
        if !self.pattern.contains("**") {
            return super::wildcard::is_match(self.pattern.as_bytes(), text.as_bytes());
        }
        let pattern = self.pattern.replace('{', "[{]").replace('}', "[}]");
        GlobBuilder::new(&pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::trial::Trial;
    use super::super::{Config, Located, Location};
    use super::{Ignores, Rule};

    /// Whether ours and `git check-ignore` say the same of these paths; folders end with a slash.
    #[track_caller]
    fn assert_as_git(trial: &Trial, paths: &[&str]) {
        let folder = trial.folder();
        let config = Config::load(&trial.host, &folder).unwrap();
        let Located::At(location) = Location::around(&folder) else {
            panic!("a repository");
        };
        let ignores = Ignores::of(&trial.host, &config, &location);
        for path in paths {
            let arguments = ["check-ignore", "--quiet", "--no-index", path];
            let git = trial.git_command(&folder, &arguments).run().unwrap();
            let ours = ignores.has(&folder.join(path), path.ends_with('/'));
            assert_eq!(ours, git.code == Some(0), "{path}: {}", git.last_words(3));
        }
    }

    #[test]
    fn the_rules_are_git_s() {
        let paths = [
            ".venv/",
            ".venv",
            ".env",
            ".env.local",
            "a/.env",
            "__pycache__/",
            "a/__pycache__/",
            ".pytest_cache/",
            "a.pyc",
            "a/b/c.pyo",
            "build/x",
            "a/build/",
            "doc/frotz/",
            "x{a}",
            "a/b/c/d",
            "a/d",
            "#x",
            "!x",
            "trail ",
            "{x,y}",
            "x",
            "[",
            "z",
            "keep/x",
        ];
        for text in [
            "",
            ".venv/\n.env\n__pycache__/\n*.py[cod]\n",
            ".venv\n.env*\n!.env.local\n",
            "/.env\n/.venv/\n/a/build\n",
            "*\n!keep/\n",
            "**/__pycache__\na/**/d\nbuild/**\n",
            "doc/frotz/\nfrotz\n",
            "\\#x\n\\!x\ntrail\\ \n{x,y}\n# x\n",
            "a/*\n!a/.env\n",
            ".env   \r\n.venv/\r\n",
            "\u{feff}.env\n",
            "[\n[!a]\n?\n",
            "?env\n.e?v\n*env*\n",
            "*.py[co]\n*.py[!c]\n[a-c]/b/*/d\n[]x]\n",
            "*a*b*c*\n*/b/c/*\na/*/c\n\\.env\n",
            "a/b*\n!a/b/c/d\n*.loca\n*.local\n",
        ] {
            let trial = Trial::new();
            trial.git(&["init", "--quiet"]);
            for folder in [
                ".venv",
                "a/b/c",
                "__pycache__",
                "a/__pycache__",
                "a/build",
                "build",
            ] {
                trial.write(&format!("project/{folder}/x"), b"", false);
            }
            let without: Vec<&str> = paths.iter().copied().filter(|it| *it != ".venv").collect();
            trial.write("project/.gitignore", text.as_bytes(), false);
            assert_as_git(&trial, &without);
        }
    }

    #[test]
    fn every_file_of_rules_counts() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        let exclude = trial.folder().join(".git/info/exclude");
        crate::fs::create_dirs(exclude.parent().unwrap()).unwrap();
        crate::fs::atomic::replace(&exclude, b"one\nfour\n").unwrap();
        trial.write("home/.config/git/ignore", b"two\n", false);
        trial.write("project/a/.gitignore", b"three\n!four\n/five\n", false);
        let paths = [
            "one", "two", "a/two", "a/three", "three", "four", "a/four", "a/five", "five",
        ];
        assert_as_git(&trial, &paths);
        trial.write("own", b"own\n", false);
        let own = trial.root().join("own");
        trial.git(&["config", "core.excludesFile", own.to_str().unwrap()]);
        assert_as_git(&trial, &["own", "two", "one"]);
    }

    #[test]
    fn a_folder_that_leaves_itself_out_is_left_out() {
        let trial = Trial::new();
        trial.git(&["init", "--quiet"]);
        trial.write("project/.venv/.gitignore", b"*\n", false);
        trial.write("project/.venv/x", b"", false);
        let config = Config::load(&trial.host, &trial.folder()).unwrap();
        let Located::At(location) = Location::around(&trial.folder()) else {
            panic!("a repository");
        };
        let ignores = Ignores::of(&trial.host, &config, &location);
        assert!(ignores.has(&trial.folder().join(".venv"), true));
        assert_eq!(trial.git(&["status", "--porcelain"]), "");
    }

    proptest! {
        #[test]
        fn any_line_is_read(line: String, name: String) {
            if let Some(rule) = Rule::parse(&line) {
                rule.is_about(&[name], true);
            }
        }
    }
}
