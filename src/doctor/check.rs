//! A check: one condition of the catalogue, what is said of it, and the function that looks for it.
//!
//! Written down by `checks`, listed by `catalog`, run by `engine`. It must not know how anything is printed.

use super::facts::Facts;
use super::symptom::Outcome;

/// The groups of the catalogue, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Group {
    /// Interpreters and what the machine says about Python.
    Python,
    /// The project's virtual environment.
    Venv,
    /// What is installed in it.
    Distribution,
    /// The files that say what is to be installed.
    Requirement,
    /// One version of Python and of the tools everywhere.
    Version,
    /// The configuration of the tools.
    Configuration,
    /// git and its hooks.
    Git,
    /// Certificates and proxies.
    Network,
    /// Disks, paths, users.
    System,
    /// The serverless platform that the project is for.
    Platform,
    /// The platform's command line.
    Tool,
}

impl Group {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 11] = [
        Self::Python,
        Self::Venv,
        Self::Distribution,
        Self::Requirement,
        Self::Version,
        Self::Configuration,
        Self::Git,
        Self::Network,
        Self::System,
        Self::Platform,
        Self::Tool,
    ];

    /// What its codes begin with, and what it is called on the command line.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Python => "PY",
            Self::Venv => "VENV",
            Self::Distribution => "DEP",
            Self::Requirement => "REQ",
            Self::Version => "VER",
            Self::Configuration => "CFG",
            Self::Git => "GIT",
            Self::Network => "NET",
            Self::System => "SYS",
            Self::Platform => "PLAT",
            Self::Tool => "TOOL",
        }
    }

    /// The group that a code belongs to. Asked while the catalogue is compiled, which a code of no group stops.
    const fn of(code: &str) -> Self {
        let mut at = 0;
        while !begins(code.as_bytes(), Self::ALL[at].prefix().as_bytes()) {
            at += 1;
        }
        Self::ALL[at]
    }

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Python => "Python on this machine",
            Self::Venv => "Virtual environment",
            Self::Distribution => "Installed packages",
            Self::Requirement => "Requirements",
            Self::Version => "Versions",
            Self::Configuration => "Configuration",
            Self::Git => "Git",
            Self::Network => "Network",
            Self::System => "System",
            Self::Platform => "Platform",
            Self::Tool => "Platform tools",
        }
    }
}

const fn begins(code: &[u8], prefix: &[u8]) -> bool {
    match (code, prefix) {
        (_, []) => true,
        ([a, code @ ..], [b, prefix @ ..]) => *a == *b && begins(code, prefix),
        ([], _) => false,
    }
}

/// How bad a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Good to know.
    Information,
    /// It may hurt.
    Warning,
    /// It is broken, or it will break.
    Error,
}

/// What the doctor does about a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mending {
    /// Mended by `--fix`: inside the project, and reversible.
    Safe,
    /// Mended by `--fix` once the user agrees.
    Ask,
    /// Only said; what to type is printed, and never run.
    Manual,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing but the machine.
    Machine,
    /// A project.
    Project,
}

/// What a check takes beyond reading a few files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Files,
    /// Every file of the environment: looked at only with `--deep`.
    Deep,
    /// The network: asked only with `--online`.
    Online,
}

/// One condition.
pub(crate) struct Check {
    /// Stable across versions: the group's prefix and three digits.
    pub(crate) code: &'static str,
    /// Its group.
    pub(crate) group: Group,
    /// How bad it is, where a symptom does not say otherwise.
    pub(crate) severity: Severity,
    /// The condition, in a line.
    pub(crate) title: &'static str,
    /// Why it matters, in a sentence.
    pub(crate) why: &'static str,
    /// What to do about it, in a sentence or two.
    pub(crate) remedy: &'static str,
    /// The most that the doctor does about it; a symptom's fix says what it does there.
    pub(crate) mending: Mending,
    /// What it looks at.
    pub(crate) scope: Scope,
    /// What it takes.
    pub(crate) needs: Needs,
    /// Looks for it. Reads only.
    pub(crate) look: fn(&Facts) -> Outcome,
}

impl Check {
    /// The same, of the machine.
    pub(crate) const fn of_machine(mut self) -> Self {
        self.scope = Scope::Machine;
        self
    }

    /// The same, that needs more than a few files.
    pub(crate) const fn needing(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }
}

/// A condition of a project, in the group that its code names; `words` are its title, why it matters and what to do.
pub(crate) const fn row(
    code: &'static str,
    severity: Severity,
    mending: Mending,
    look: fn(&Facts) -> Outcome,
    words: [&'static str; 3],
) -> Check {
    let [title, why, remedy] = words;
    Check {
        code,
        group: Group::of(code),
        severity,
        title,
        why,
        remedy,
        mending,
        scope: Scope::Project,
        needs: Needs::Files,
        look,
    }
}

/// The same, which only a person can mend.
pub(crate) const fn manual(
    code: &'static str,
    severity: Severity,
    look: fn(&Facts) -> Outcome,
    words: [&'static str; 3],
) -> Check {
    row(code, severity, Mending::Manual, look, words)
}
