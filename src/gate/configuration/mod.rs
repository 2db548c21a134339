//! `[tool.scaffold.stages]` and `[tool.scaffold.gates]` of one project; in a `.scaffold.toml`, the same two tables stand at the top.
//!
//! Read from the content that is checked, not from the work tree. Called by the division of a snapshot into projects. It must not
//! know where files lie, and runs nothing.

mod table;

use std::collections::BTreeMap;

use super::catalog;
use super::chosen::Chosen;
use super::settings::Settings;
use super::stage::Stage;
use crate::error::{Error, Result};
use crate::repo_path::RepoPath;

use table::Document;

/// The name of a file of our own, for projects that have no `pyproject.toml`.
pub(crate) const OWN_FILE: &str = ".scaffold.toml";

/// What a project says of its gates.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// The project's folder in the repository, `""` for the repository's own.
    pub(crate) folder: Vec<u8>,
    /// The file that says it; `None` where nobody does, and the default holds.
    pub(crate) file: Option<RepoPath>,
    /// The gates of each stage, in declared order, groups resolved.
    stages: BTreeMap<Stage, Vec<String>>,
    /// What is said of single gates.
    gates: BTreeMap<String, Settings>,
    /// Globs of the folders below that are part of this project whatever they say themselves.
    swallowed: Vec<String>,
}

impl Configuration {
    /// What holds where no project says anything: what needs nothing but the files, before each commit.
    pub(crate) fn default_of(folder: &[u8]) -> Self {
        let gates = ["hygiene", "secrets"]
            .iter()
            .flat_map(|group| catalog::members(group))
            .map(str::to_owned)
            .collect();
        Self {
            folder: folder.to_vec(),
            stages: BTreeMap::from([(Stage::PreCommit, gates)]),
            ..Self::default()
        }
    }

    /// What such a file says; `None` where it has neither of the two tables.
    ///
    /// # Errors
    /// When it is no TOML, or something in the two tables has a name or a value that nothing understands: with the line, and the
    /// nearest name that there is.
    pub(crate) fn parse(folder: &[u8], file: RepoPath, text: &str) -> Result<Option<Self>> {
        // Most files of a large repository say nothing of gates, and need not be parsed to know it.
        if !text.contains("scaffold") && file.file_name() != OWN_FILE.as_bytes() {
            return Ok(None);
        }
        let document = Document::parse(&file, text)?;
        let Some(tool) = document.scaffold()? else {
            return Ok(None);
        };
        let gates = document.gates(tool)?;
        let stages = document.stages(tool, &gates)?;
        let swallowed = document.projects(tool)?;
        if stages.is_none() && gates.is_empty() && swallowed.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            folder: folder.to_vec(),
            file: Some(file),
            stages: stages.unwrap_or_else(|| Self::default_of(folder).stages),
            gates,
            swallowed,
        }))
    }

    /// Whether a folder below is part of this project whatever it says itself: test data that looks like a project, say.
    ///
    /// # Errors
    /// When the globs are too many.
    pub(crate) fn swallows(&self, folder: &[u8]) -> Result<bool> {
        if self.swallowed.is_empty() {
            return Ok(false);
        }
        let folder = RepoPath::new(folder);
        let chosen = Chosen::new(&self.swallowed, &[])?;
        Ok(std::iter::once(folder.as_bytes())
            .chain(folder.folders())
            .filter_map(|it| RepoPath::new(it).strip(&self.folder).map(<[u8]>::to_vec))
            .any(|it| !it.is_empty() && chosen.has(&it)))
    }

    /// The gates of a stage, in declared order. A merge commit is held to what a commit is held to, unless it is said.
    pub(crate) fn stage(&self, stage: Stage) -> &[String] {
        let said = self.stages.get(&stage).or_else(|| match stage {
            Stage::PreMergeCommit => self.stages.get(&Stage::PreCommit),
            _ => None,
        });
        said.map_or(&[], Vec::as_slice)
    }

    /// The stages that have gates.
    pub(crate) fn stages(&self) -> impl Iterator<Item = Stage> {
        self.stages
            .iter()
            .filter(|(_, gates)| !gates.is_empty())
            .map(|(stage, _)| *stage)
    }

    /// Every gate of every stage that looks at files, once each, in declared order.
    pub(crate) fn every_gate(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for stage in [Stage::PreCommit, Stage::PreMergeCommit, Stage::PrePush] {
            for name in self.stages.get(&stage).into_iter().flatten() {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// The names of gates that the project defines itself.
    pub(crate) fn custom_gates(&self) -> impl Iterator<Item = &str> {
        self.gates
            .iter()
            .filter(|(_, settings)| settings.command.is_some())
            .map(|(name, _)| name.as_str())
    }

    /// What is said of this gate.
    pub(crate) fn settings(&self, gate: &str) -> Settings {
        self.gates.get(gate).cloned().unwrap_or_default()
    }
}

/// The names that a list of gates and groups means, in order, once each.
///
/// # Errors
/// When one of them is neither: with the nearest name that there is.
pub(crate) fn resolve<'a>(
    names: impl IntoIterator<Item = &'a str>,
    gates: &BTreeMap<String, Settings>,
) -> Result<Vec<String>> {
    let mut resolved: Vec<String> = Vec::new();
    for name in names {
        let members = catalog::members(name);
        let found: Vec<&str> = if catalog::exists(name) || gates.contains_key(name) {
            vec![name]
        } else if members.is_empty() {
            return Err(unknown(name, gates));
        } else {
            members
        };
        for gate in found {
            if !resolved.iter().any(|it| it == gate) {
                resolved.push(gate.to_owned());
            }
        }
    }
    Ok(resolved)
}

/// The error for a name that is neither a gate nor a group.
fn unknown(name: &str, gates: &BTreeMap<String, Settings>) -> Error {
    let mut known: Vec<&str> = catalog::names().chain(catalog::groups()).collect();
    known.extend(gates.keys().map(String::as_str));
    let error = Error::new(format!("there is no gate or group `{name}`"));
    match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("see them all: scaffold check --list"),
    }
}

/// The known word that a mistyped one is nearest to.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(word, it), it))
        .min()
        .filter(|(distance, it)| *distance <= 1 + word.len().max(it.len()) / 4)
        .map(|(_, it)| it)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Configuration;
    use crate::gate::{Needs, Stage};
    use crate::repo_path::RepoPath;

    fn parse(text: &str) -> Configuration {
        Configuration::parse(b"", RepoPath::new("pyproject.toml"), text)
            .unwrap()
            .unwrap()
    }

    #[track_caller]
    fn refused(text: &str, message: &str, hint: &str) {
        let error = Configuration::parse(b"", RepoPath::new("pyproject.toml"), text).unwrap_err();
        assert_eq!(error.message(), message);
        assert!(
            error.hints().join("\n").contains(hint),
            "{:?} has no {hint:?}",
            error.hints()
        );
    }

    #[test]
    fn groups_stand_for_their_gates_in_order() {
        let configuration = parse(
            "[tool.scaffold.stages]\npre-commit = ['secrets', 'black', 'hygiene', 'black']\n",
        );
        let gates = configuration.stage(Stage::PreCommit);
        assert_eq!(gates[..2], ["private-key", "black"]);
        assert_eq!(gates.iter().filter(|it| *it == "black").count(), 1);
        assert_eq!(configuration.stage(Stage::PreMergeCommit), gates);
        assert_eq!(configuration.stage(Stage::PrePush), [""; 0]);
    }

    #[test]
    fn options_and_gates_of_the_user_are_read() {
        let configuration = parse(
            "[tool.scaffold.gates.spelling]\ncommand = ['codespell', '-q']\nfiles = ['*.md']\nneeds = 'tree'\ntimeout = 2.5\n\
             env = { A = 'b' }\n[tool.scaffold.gates.black]\nfix = false\nrestage = false\nargs = ['-C']\nexclude = ['old/**']\n",
        );
        let spelling = configuration.settings("spelling");
        assert_eq!(spelling.command.unwrap(), ["codespell", "-q"]);
        assert_eq!(spelling.needs, Some(Needs::Tree));
        assert_eq!(spelling.timeout, Some(Duration::from_millis(2500)));
        assert_eq!(spelling.env["A"], "b");
        assert_eq!(configuration.settings("black").fix, Some(false));
        assert_eq!(configuration.settings("black").exclude, ["old/**"]);
        assert_eq!(
            configuration.custom_gates().collect::<Vec<_>>(),
            ["spelling"]
        );
    }

    #[test]
    fn a_project_that_says_nothing_of_gates_is_none() {
        for text in [
            "",
            "[tool.scaffold]\nversion = '1'\n",
            "[project]\nname = 'scaffold'\n",
        ] {
            let parsed = Configuration::parse(b"", RepoPath::new("pyproject.toml"), text);
            assert!(parsed.unwrap().is_none());
        }
    }

    #[test]
    fn what_nothing_understands_is_named_with_its_line() {
        refused(
            "[tool.scaffold.stages]\npre-comit = []\n",
            "pyproject.toml:2: there is no stage `pre-comit`",
            "did you mean `pre-commit`?",
        );
        refused(
            "[tool.scaffold.stages]\npre-commit = [\n  'hygiene',\n  'blak',\n]\n",
            "pyproject.toml:4: there is no gate or group `blak`",
            "did you mean `black`?",
        );
        refused(
            "[tool.scaffold.gates.black]\nexlude = []\n",
            "pyproject.toml:2: a gate has no option `exlude`",
            "did you mean `exclude`?",
        );
        refused(
            "[tool.scaffold.gates.flake9]\nargs = []\n",
            "pyproject.toml:1: there is no gate `flake9`, and no `command` makes one",
            "did you mean `flake8`?",
        );
        refused(
            "[tool.scaffold.gates.black]\nfix = 'yes'\n",
            "pyproject.toml:2: `fix` must be true or false",
            "",
        );
        refused(
            "[tool.scaffold.gates.black]\ncommand = ['x']\n",
            "pyproject.toml:2: `black` is a gate already, so it takes no `command`",
            "another name",
        );
        refused(
            "[tool.scaffold.gates.black]\nfiles = ['[']\n",
            "pyproject.toml:2: `[` is no glob",
            "",
        );
        refused(
            "[tool.scaffold.gates.lint]\nargs = []\n",
            "pyproject.toml:1: there is no gate `lint`, and no `command` makes one",
            "it is a group: set its gates, ruff, flake8, pylint",
        );
        refused(
            "[tool.scaffold.gates.x]\ncommand = []\n",
            "pyproject.toml:2: `command` must name a program",
            "",
        );
        refused(
            "[tool.scaffold.stage]\npre-commit = []\n",
            "pyproject.toml:1: `tool.scaffold` has no table `stage`",
            "did you mean `stages`?",
        );
    }

    #[test]
    fn an_option_that_would_do_nothing_is_refused() {
        refused(
            "[tool.scaffold.gates.yaml]\nargs = []\nneeds = 'tree'\n",
            "pyproject.toml:3: `yaml` has no use for `needs`",
            "leave it out",
        );
        refused(
            "[tool.scaffold.gates.conventional-commit]\nevery-commit = true\n",
            "pyproject.toml:2: `conventional-commit` has no use for `every-commit`",
            "leave it out",
        );
        refused(
            "[tool.scaffold.gates.flake8]\nfix = true\n",
            "pyproject.toml:2: `flake8` mends nothing",
            "leave out `fix`",
        );
        refused(
            "[tool.scaffold.gates.pytest]\nrestage = false\n",
            "pyproject.toml:2: `pytest` mends nothing",
            "leave out `restage`",
        );
        refused(
            "[tool.scaffold.gates.x]\ncommand = ['x']\nfix = true\nneeds = 'tree'\n",
            "pyproject.toml:3: `x` mends files, so it is given files alone",
            "leave out `needs`",
        );
        refused(
            "[tool.scaffold.gates.large-files]\nfiles = ['*']\nargs = ['--max-kilobyte=3']\n",
            "pyproject.toml:3: large-files: this gate has no argument `--max-kilobyte=3`",
            "--max-kilobytes=N",
        );
        refused(
            "[tool.scaffold.gates.conventional-commit]\nargs = ['--typos=x']\n",
            "pyproject.toml:2: conventional-commit: this gate has no argument `--typos=x`",
            "--types=",
        );
        // Said for all gates alike, they do no harm.
        parse("[tool.scaffold.gates.flake8]\nfix = false\nrestage = true\n");
    }

    #[test]
    fn a_gate_sees_every_commit_of_a_push_or_the_last_alone() {
        let configuration = parse(
            "[tool.scaffold.gates.pytest]\nevery-commit = true\n[tool.scaffold.gates.black]\nevery-commit = false\n",
        );
        let sees = |gate: &str, needs| configuration.settings(gate).sees_every_commit(needs);
        assert!(sees("pytest", Needs::Tree));
        assert!(!sees("mypy", Needs::Tree));
        assert!(!sees("black", Needs::Files));
        assert!(sees("flake8", Needs::Files));
        refused(
            "[tool.scaffold.gates.pytest]\nevery-commit = 1\n",
            "pyproject.toml:2: `every-commit` must be true or false",
            "",
        );
        refused(
            "[tool.scaffold.gates.pytest]\nevery_commit = true\n",
            "pyproject.toml:2: a gate has no option `every_commit`",
            "did you mean `every-commit`?",
        );
        refused(
            "[tool.scaffold.gates.pytest]\nneeds = 'worktree'\nevery-commit = true\n",
            "pyproject.toml:3: `pytest` looks at the work tree, which is not any commit",
            "needs = \"tree\"",
        );
    }

    #[test]
    fn a_file_of_our_own_has_the_tables_at_the_top() {
        let parse = |text: &str| Configuration::parse(b"", RepoPath::new(".scaffold.toml"), text);
        let configuration = parse("[stages]\npre-commit = ['secrets']\n")
            .unwrap()
            .unwrap();
        assert_eq!(configuration.stage(Stage::PreCommit), ["private-key"]);
        let error = parse("[stage]\npre-commit = ['secrets']\n").unwrap_err();
        assert_eq!(
            error.message(),
            ".scaffold.toml:1: there is no table `stage` here"
        );
        assert!(parse("").unwrap().is_none());
    }

    #[test]
    fn folders_below_can_be_swallowed() {
        let text = "[tool.scaffold.projects]\nexclude = ['tests/golden/*', 'data']\n";
        let configuration = parse(text);
        for (folder, expected) in [
            ("tests/golden/one", true),
            ("tests/golden/one/deep", true),
            ("tests/golden", false),
            ("a/data", true),
            ("a", false),
        ] {
            assert_eq!(
                configuration.swallows(folder.as_bytes()).unwrap(),
                expected,
                "{folder}"
            );
        }
        let wrong = "[tool.scaffold.projects]\nexcludes = []\n";
        refused(
            wrong,
            "pyproject.toml:2: `projects` has no option `excludes`",
            "`exclude`",
        );
    }

    #[test]
    fn a_file_that_is_no_toml_is_named() {
        let file = RepoPath::new("a/pyproject.toml");
        let error = Configuration::parse(b"a", file, "[tool.scaffold\n").unwrap_err();
        assert!(
            error.message().starts_with("a/pyproject.toml:1: "),
            "{error}"
        );
    }
}
