//! What runs on the files: native gates, and scripts that behave well, badly, or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A list of gates for a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gates {
    /// All are content.
    Pass,
    /// Native fixers.
    Native,
    /// Native fixers, then one of the project's own.
    Fix,
    /// The same, and all is to be looked at before it is committed.
    Review,
    /// Fixers, then one that finds something.
    Fail,
    /// A fixer that dies over its work.
    Crash,
    /// A fixer that never ends, and is ended.
    Hang,
    /// A tool that uses git as if it were in the repository.
    Git,
    /// A fixer that does more to its files than to change their content.
    Havoc,
    /// A fixer that takes its time, and a check beside it.
    Slow,
    /// A check that looks at everything, beside fixers.
    Tree,
    /// A fixer that is shown everything and changes it all, among others.
    Everywhere,
    /// The real black, from a real environment; not for contents that are made up.
    Black,
}

impl Gates {
    pub(super) const ALL: [Self; 12] = [
        Self::Pass,
        Self::Native,
        Self::Fix,
        Self::Review,
        Self::Fail,
        Self::Crash,
        Self::Hang,
        Self::Git,
        Self::Havoc,
        Self::Slow,
        Self::Tree,
        Self::Everywhere,
    ];

    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Pass => &["pass"],
            Self::Native => &[SPACE, END],
            Self::Fix | Self::Review => &[SPACE, END, "shout"],
            Self::Fail => &[SPACE, "shout", "fail"],
            Self::Crash => &[SPACE, "crash", "shout"],
            Self::Hang => &[SPACE, END, "hang"],
            Self::Git => &[SPACE, "git", "shout"],
            Self::Havoc => &[SPACE, "havoc"],
            Self::Slow => &[SPACE, "slow", "pass"],
            Self::Tree => &[SPACE, END, "shout", "look"],
            Self::Everywhere => &[SPACE, "everywhere", "shout", "look"],
            Self::Black => &[SPACE, "black"],
        }
    }

    /// Whether one of them breaks down.
    pub(super) fn break_down(self) -> bool {
        matches!(self, Self::Crash | Self::Hang | Self::Havoc)
    }

    /// The `pyproject.toml` that has them; the same wherever the repository lies, and so are all names of objects.
    pub(super) fn configuration(self) -> String {
        let list: Vec<String> = self.names().iter().map(|it| format!("\"{it}\"")).collect();
        let mut text = format!(
            "[tool.scaffold.stages]\npre-commit = [{}]\n",
            list.join(", ")
        );
        for name in self.names() {
            text.push_str(&format!("\n[tool.scaffold.gates.{name}]\n"));
            if let Some((_, options, _)) = SCRIPTS.iter().find(|it| it.0 == *name) {
                text.push_str(&format!("command = [\"gate-{name}\"]\n{options}\n"));
            }
            if self == Self::Review {
                text.push_str("restage = false\n");
            }
        }
        text
    }

    /// Puts the scripts into a folder for programs.
    pub(super) fn write_scripts(self, bin: &Path) {
        fs::create_dir_all(bin).unwrap();
        for (name, _, text) in SCRIPTS.iter().filter(|it| self.names().contains(&it.0)) {
            let path = bin.join(format!("gate-{name}"));
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        }
    }
}

const SPACE: &str = "trailing-whitespace";
const END: &str = "end-of-file";

/// Name, options, and what the shell does.
const SCRIPTS: [(&str, &str, &str); 10] = [
    ("pass", "", "for f; do test -r \"$f\" || exit 1; done"),
    ("shout", "fix = true", "sed -i 's/todo/TODO/' \"$@\""),
    ("fail", "", "echo 'this will not do'; exit 1"),
    (
        "crash",
        "fix = true",
        "for f; do printf 'half' >\"$f\"; kill -SEGV $$; done",
    ),
    (
        "hang",
        "fix = true\ntimeout = 0.2",
        "for f; do printf 'half' >\"$f\"; exec sleep 2; done",
    ),
    (
        "git",
        "fix = true",
        "git add --all; git commit --quiet --allow-empty --message=by-a-tool; git stash --include-untracked; git reset --hard; git clean -dffxq; git init --quiet; git add --all; sed -i 's/todo/TODO/' \"$@\"",
    ),
    (
        "havoc",
        "fix = true",
        "n=0
for f; do
    n=$((n + 1))
    case $((n % 5)) in
    0) sed -i 's/todo/TODO/' \"$f\" ;;
    1) rm \"$f\" ;;
    2) rm \"$f\"; ln -s /etc/passwd \"$f\" ;;
    3) chmod 700 \"$f\"; echo new >\"$f.new\" ;;
    4) rm \"$f\"; mkdir \"$f\"; echo new >\"$f/new\" ;;
    esac
done",
    ),
    (
        "slow",
        "fix = true",
        "for f; do sed -i 's/todo/TODO/' \"$f\"; done; sleep 0.05",
    ),
    (
        "everywhere",
        "fix = true\nneeds = \"tree\"",
        "find . -type f -exec sed -i 's/todo/TODO/' '{}' +; find . -type d -exec sh -c 'echo new >\"$1/new-by-a-tool\"' - '{}' ';'",
    ),
    ("look", "needs = \"tree\"", "test -f pyproject.toml"),
];
