//! The gate that reads the message of a commit: conventional commits (<https://www.conventionalcommits.org/en/v1.0.0/>).
//!
//! Called by the run of `commit-msg`. It gets the message as git left it to the hook, and must not change it.

use super::outcome::{GateOutcome, State};
use super::perform::Report;
use super::project::Projects;
use super::reader::{Reader, Shortcut};
use super::select::check_skipped;
use super::snapshot::Snapshot;
use super::stage::Stage;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::git::WorkTree;

/// The name of the gate.
pub(crate) const NAME: &str = "conventional-commit";

/// What it is for, in a line.
pub(crate) const TITLE: &str = "Messages that say what kind of change it is";

/// The types that are allowed unless the project names others.
const TYPES: [&str; 11] = [
    "build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test",
];

/// The message of a commit, and how it is held to the project's rules.
pub(crate) struct Message<'a> {
    /// The message, as git left it to the hook.
    pub(crate) text: &'a str,
    /// What a comment starts with.
    pub(crate) comment: &'a str,
}

impl Message<'_> {
    /// What the gates of `commit-msg` say: those of the repository's own project, as the commit will hold it.
    ///
    /// # Errors
    /// When its configuration is wrong, or the index cannot be read.
    pub(crate) fn check(&self, work_tree: &WorkTree, skip: &[String]) -> Result<Report> {
        let snapshot = Snapshot::of_index(work_tree);
        let shortcut = Shortcut::none();
        let reader = Reader::new(work_tree, &shortcut);
        let mut projects = Projects::new(&snapshot, &reader);
        let project = projects.top()?;
        check_skipped(&mut projects, skip)?;
        let mut gates = Vec::new();
        for gate in project.stage(Stage::CommitMsg) {
            let mut outcome = GateOutcome::new(gate, &project.folder);
            if skip.contains(gate) {
                outcome.state = State::Skipped("SCAFFOLD_SKIP says so".to_owned());
            } else {
                let rules = Rules::read(&project.settings(gate).args)?;
                outcome.findings = rules.check(self.text, self.comment);
                if !outcome.findings.is_empty() {
                    outcome.state = State::Failed;
                }
            }
            gates.push(outcome);
        }
        Ok(Report {
            gates,
            ..Report::default()
        })
    }
}

/// What the gate holds messages to.
#[derive(Debug)]
pub(crate) struct Rules {
    types: Vec<String>,
}

impl Rules {
    /// Reads the arguments of the gate: `--types=feat,fix,…`.
    ///
    /// # Errors
    /// When an argument is not understood.
    pub(crate) fn read(arguments: &[String]) -> Result<Self> {
        let mut types: Vec<String> = TYPES.iter().map(|it| (*it).to_owned()).collect();
        for argument in arguments {
            let Some(list) = argument.strip_prefix("--types=") else {
                return Err(
                    Error::new(format!("this gate has no argument `{argument}`"))
                        .hint("it takes --types=feat,fix,…"),
                );
            };
            types = list
                .split(',')
                .map(|it| it.trim().to_owned())
                .filter(|it| !it.is_empty())
                .collect();
            if types.is_empty() {
                return Err(Error::new(format!("`{argument}` names no type of commit")));
            }
        }
        Ok(Self { types })
    }

    /// What is wrong with a message. What git writes by itself (a merge, a revert, a fixup) is left alone.
    pub(crate) fn check(&self, message: &str, comment: &str) -> Vec<Finding> {
        let lines = content(message, comment);
        let Some((number, subject)) = lines.iter().find(|(_, line)| !line.trim().is_empty()) else {
            // An empty message stops the commit by itself.
            return Vec::new();
        };
        let written_by_git = ["Merge ", "Revert \"", "fixup! ", "squash! ", "amend! "];
        if written_by_git
            .iter()
            .any(|start| subject.starts_with(start))
        {
            return Vec::new();
        }
        let mut findings = Vec::new();
        if let Some(problem) = self.subject(subject) {
            findings.push(
                Finding::error(NAME, format!("`{}`: {problem}", subject.trim()))
                    .help("type(scope)!: description, as in `fix(parser): keep the last line`")
                    .help(format!("types: {}", self.types.join(", "))),
            );
        }
        let second = lines.iter().find(|(line, _)| *line == number + 1);
        if second.is_some_and(|(_, line)| !line.trim().is_empty()) {
            findings.push(Finding::error(
                NAME,
                "there must be an empty line between the subject and the body",
            ));
        }
        findings
    }

    /// What is wrong with the first line.
    fn subject(&self, subject: &str) -> Option<String> {
        let Some((head, description)) = subject.split_once(':') else {
            return Some("there is no `type: ` at the front".to_owned());
        };
        let head = head.strip_suffix('!').unwrap_or(head);
        let (kind, scope) = match head.split_once('(') {
            Some((kind, rest)) => match rest.strip_suffix(')') {
                Some(scope) if !scope.trim().is_empty() && !scope.contains(['(', ')']) => {
                    (kind, Some(scope))
                }
                _ => return Some("the scope must be a word in parentheses".to_owned()),
            },
            None => (head, None),
        };
        let _ = scope;
        if !self.types.iter().any(|it| it.eq_ignore_ascii_case(kind)) {
            return Some(format!("`{kind}` is no type of commit"));
        }
        match description.strip_prefix(' ') {
            None => Some("there must be a space after the colon".to_owned()),
            Some(text) if text.trim().is_empty() => Some("there is no description".to_owned()),
            Some(_) => None,
        }
    }
}

/// The lines of a message that git will keep, with their numbers from 1: no comments, and nothing below the scissors.
fn content<'a>(message: &'a str, comment: &str) -> Vec<(usize, &'a str)> {
    let scissors = format!("{comment} ------------------------ >8 ------------------------");
    message
        .lines()
        .take_while(|line| *line != scissors)
        .filter(|line| !line.starts_with(comment))
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Rules;

    fn problems(message: &str) -> Vec<String> {
        let rules = Rules::read(&[]).unwrap();
        let found = rules.check(message, "#");
        found.into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn conventional_messages_pass() {
        for message in [
            "feat: add a door\n",
            "fix(parser)!: keep the last line\n\nBecause.\n",
            "FIX: any case of the type\n",
            "# a comment\nchore: tidy\n# another\n\nbody\n",
            "Merge branch 'x'\n",
            "Revert \"feat: add a door\"\n\nThis reverts commit 1.\n",
            "fixup! feat: add a door\n",
            "",
            "\n# only comments\n",
            "docs: x\n\n# ------------------------ >8 ------------------------\ndiff --git\n",
        ] {
            assert_eq!(problems(message), [""; 0], "{message:?}");
        }
    }

    #[test]
    fn others_are_told_what_is_wrong() {
        for (message, problem) in [
            ("add a door\n", "there is no `type: ` at the front"),
            ("feature: add\n", "`feature` is no type of commit"),
            ("feat:add\n", "there must be a space after the colon"),
            ("feat: \n", "there is no description"),
            ("feat(): add\n", "the scope must be a word"),
            ("feat(a: add\n", "the scope must be a word"),
            ("feat: add\nbody\n", "an empty line between"),
        ] {
            let found = problems(message);
            assert_eq!(found.len(), 1, "{message:?}: {found:?}");
            assert!(found[0].contains(problem), "{message:?}: {found:?}");
        }
    }

    #[test]
    fn the_types_can_be_said() {
        let rules = Rules::read(&["--types=ops, data".to_owned()]).unwrap();
        assert!(rules.check("ops: x\n", "#").is_empty());
        assert_eq!(rules.check("feat: x\n", "#").len(), 1);
        assert!(Rules::read(&["--kinds=x".to_owned()]).is_err());
        assert!(Rules::read(&["--types=".to_owned()]).is_err());
    }
}
