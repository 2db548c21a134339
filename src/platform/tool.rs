//! A platform's programs for the command line: what each is for, how new it must be, which of its files tell the version, how it is installed.
//!
//! `[[facts.tools]]` of a platform's layer, used by `doctor`. It knows no program by name, and starts none.

use serde::Deserialize;

use crate::host::System;

/// A program of a platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    /// What is typed: `sam`.
    pub(crate) name: String,
    /// What it is called: `the AWS SAM CLI`.
    pub(crate) title: String,
    /// What it does, as the end of a sentence: `builds and deploys the function`.
    pub(crate) why: String,
    /// The page that says how it is installed.
    pub(crate) source: String,
    /// The programs that do without it, or fetch it when it is needed: where one of them is there, nothing is missing.
    #[serde(default)]
    pub(crate) instead: Vec<String>,
    /// Whether most do without it: that it is missing is then not said.
    #[serde(default)]
    pub(crate) optional: bool,
    /// From which version on it does its work.
    #[serde(default)]
    pub(crate) since: Vec<Since>,
    /// The package of npm's that it comes in.
    pub(crate) npm: Option<String>,
    /// The Python distribution that it comes in, by its normalized name: `aws-sam-cli`.
    pub(crate) distribution: Option<String>,
    /// The folders that it is installed to, each in a folder named by its version: `aws-cli/v2`, `Cellar/awscli`.
    #[serde(default)]
    pub(crate) folders: Vec<String>,
    /// The file that says nothing but the version, as a path from the folder that the program lies in: `../VERSION`.
    pub(crate) version_file: Option<String>,
    /// How it is installed.
    pub(crate) install: Systems,
}

/// A version from which on a program does its work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// The version.
    pub(crate) version: String,
    /// The Python that a project must be for to need it, `3.14`; not set: whatever it is for.
    pub(crate) python: Option<String>,
    /// What an older one does not do, as the end of a sentence: `Vercel takes no deployment from an older one`.
    pub(crate) why: String,
    /// The page that says so.
    pub(crate) source: String,
}

/// How something is installed: what to type, or the page that says it, by the kind of system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Systems {
    /// Where nothing else is said.
    pub(crate) any: Commands,
    /// On a Linux that has no way of its own here.
    pub(crate) linux: Option<Commands>,
    /// On Debian, and where nothing else is said, on Ubuntu.
    pub(crate) debian: Option<Commands>,
    /// On Ubuntu.
    pub(crate) ubuntu: Option<Commands>,
    /// On Alpine Linux, where programs for other Linuxes do not start.
    pub(crate) alpine: Option<Commands>,
    /// On macOS.
    pub(crate) macos: Option<Commands>,
    /// On Windows.
    pub(crate) windows: Option<Commands>,
}

/// What to type, one line after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Commands {
    /// One line, or the page that says it.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Systems {
    /// How it is installed on this one.
    pub(crate) fn on(&self, system: System) -> &[String] {
        let ways = match system {
            System::Ubuntu => [&self.ubuntu, &self.debian, &self.linux],
            System::Debian => [&self.debian, &self.linux, &None],
            System::Fedora | System::Suse | System::Arch => [&self.linux, &None, &None],
            System::Alpine => [&self.alpine, &None, &None],
            System::MacOs => [&self.macos, &None, &None],
            System::Windows => [&self.windows, &None, &None],
            System::Other => [&None, &None, &None],
        };
        let own = ways.into_iter().find_map(Option::as_ref);
        match own.unwrap_or(&self.any) {
            Commands::One(line) => std::slice::from_ref(line),
            Commands::Several(lines) => lines,
        }
    }
}
