//! GIT: git, its hooks, and what it must not hold.
//!
//! Everything is read from files; git is not started.

#[cfg(test)]
pub(crate) mod cases;

mod hook;
mod identity;
mod ignore;
mod lock;
mod program;
mod secret;
mod signing;
mod state;

use crate::doctor::check::{Check, Mending, Severity, row};
use crate::doctor::facts::Facts;
use crate::doctor::facts::repository::Repository;
use crate::doctor::symptom::Outcome;

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    row(
        "GIT001",
        Severity::Error,
        Mending::Manual,
        program::look,
        [
            "git is missing or too old",
            "the project is kept in git, and hooks in a folder of choice came with git 2.9",
            "Install git, or a newer one: https://git-scm.com/downloads.",
        ],
    )
    .of_machine(),
    row(
        "GIT002",
        Severity::Error,
        Mending::Manual,
        identity::look,
        [
            "git does not know who you are",
            "every commit bears a name and an address, and git makes none without them",
            "Tell git your name and your address. With `--global`, that holds for every repository of yours.",
        ],
    )
    .of_machine(),
    row(
        "GIT003",
        Severity::Error,
        Mending::Ask,
        hook::hidden,
        [
            "git takes its hooks from a folder where the project's are not",
            "with `core.hooksPath` set, git does not look into the repository's own folder of hooks, and says nothing of it",
            "Take the setting away for this repository, or give it a folder of its own. A setting for all repositories is yours to change.",
        ],
    ),
    row(
        "GIT004",
        Severity::Error,
        Mending::Safe,
        hook::not_executable,
        [
            "a hook is not executable",
            "git skips such a hook with a hint, and the commit is made unchecked",
            "Make it executable.",
        ],
    ),
    row(
        "GIT005",
        Severity::Error,
        Mending::Safe,
        hook::line_ends,
        [
            "a hook has the line ends of Windows",
            "the name of its interpreter then ends with a character that nobody sees, and git says that there is no such file",
            "Give it the line ends of Unix.",
        ],
    ),
    row(
        "GIT006",
        Severity::Error,
        Mending::Safe,
        hook::program_gone,
        [
            "the program that a hook calls is gone",
            "the hook fails, and with it every commit or push",
            "Install the hook again with the program that is there now.",
        ],
    ),
    row(
        "GIT007",
        Severity::Warning,
        Mending::Ask,
        hook::missing,
        [
            "a hook that the project asks for is missing or old",
            "git clones no hooks: without them, what is committed here is checked by nobody before CI does",
            "Install the hooks. A hook that is there already is kept, and runs first.",
        ],
    ),
    row(
        "GIT008",
        Severity::Error,
        Mending::Manual,
        identity::not_own,
        [
            "the repository belongs to another user",
            "git does nothing in it: whoever owns a repository can have git run programs",
            "Take the folder over, or, where you trust its owner, say so to git for this one folder. Never for `*`: that turns the protection off everywhere.",
        ],
    ),
    row(
        "GIT009",
        Severity::Error,
        Mending::Ask,
        lock::look,
        [
            "a lock of git's was left behind",
            "while `index.lock` is there, git neither stages nor commits",
            "Make sure that no git is at work in this repository, and remove the lock.",
        ],
    ),
    row(
        "GIT010",
        Severity::Error,
        Mending::Ask,
        secret::look,
        [
            "a secret is tracked by git",
            "whoever gets the repository gets the secret, and so does everybody who gets its history later: that keeps what was committed, so every secret in the file has to be replaced where it was issued, which only you can do",
            "Take the file out of git; it stays on this machine.",
        ],
    ),
    row(
        "GIT011",
        Severity::Warning,
        Mending::Safe,
        ignore::look,
        [
            "git does not ignore what is no part of the project",
            "`git add .` would commit an environment, a cache or secrets",
            "Add a line for it to `.gitignore`.",
        ],
    ),
    row(
        "GIT012",
        Severity::Warning,
        Mending::Safe,
        ignore::line_ends,
        [
            "line ends are changed by your git, and the project does not say which it wants",
            "with `core.autocrlf`, the files here have other line ends than those of everybody else, and scripts that are built into a package fail on Linux",
            "Say it in `.gitattributes`. What is committed already is left as it is.",
        ],
    ),
    row(
        "GIT013",
        Severity::Error,
        Mending::Manual,
        state::lost,
        [
            "the repository that `.git` names is not there",
            "in a linked work tree or a submodule, `.git` is a file with the path of the repository; git stops where that leads nowhere",
            "Bring the repository back to that place, or have it write the new path.",
        ],
    ),
    row(
        "GIT014",
        Severity::Information,
        Mending::Manual,
        state::in_progress,
        [
            "git is in the middle of something",
            "until it is done or given up, files that git tracks are not changed here by `--fix`",
            "Finish it, or give it up.",
        ],
    ),
    row(
        "GIT015",
        Severity::Warning,
        Mending::Manual,
        signing::look,
        [
            "commits are to be signed, and there is nothing to sign with",
            "git makes no commit that it was told to sign and cannot",
            "Make or name a key, or turn signing off for this repository.",
        ],
    ),
    row(
        "GIT016",
        Severity::Error,
        Mending::Manual,
        state::malformed,
        [
            "git's configuration cannot be read",
            "git stops at a file of configuration that it does not understand, whatever it was asked to do",
            "Correct the line.",
        ],
    )
    .of_machine(),
];

/// What is said where there is none.
const NO_REPOSITORY: Outcome = Outcome::Skipped("the project is in no git repository");

/// What is said where git itself cannot tell.
const NO_CONFIGURATION: Outcome = Outcome::Skipped("git's configuration cannot be read");

/// Looks at the repository, where there is one.
fn of_repository(facts: &Facts, look: impl Fn(&Repository) -> Outcome) -> Outcome {
    facts.repository().map_or(NO_REPOSITORY, look)
}
