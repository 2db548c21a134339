//! To green: from nothing to a project with its environment, whose own black, flake8 and pytest have passed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::harness::place::remove;
use crate::peers::Bench;
use crate::ready::Ready;
use crate::sample::NAME;

/// Runs it.
pub(crate) fn run(bench: &Bench) -> Results {
    let ready = Ready::prepare(bench);
    let scene = Scene {
        bench,
        ready: &ready,
    };
    let (cold, warm) = (ready.place.path("cold"), ready.place.path("warm"));
    let rows = [
        Row::new(
            "script of the bare calls",
            "cp; git init, add, commit; uv venv; uv pip install --offline --require-hashes; the gates one after the other",
            || scene.script(&ready.gates.join("\n")),
        )
        .prepare(|| ready.forget())
        .check(|| scene.is_whole()),
        Row::new(
            "the same, gates at once",
            "the same script with the three gates started together",
            || scene.script(&at_once(&ready.gates)),
        )
        .prepare(|| ready.forget())
        .check(|| scene.is_whole())
        .against(Against::time(0, None)),
        Row::new(
            "scaffold new, no store",
            "the same project, commit, environment and gates, with SCAFFOLD_NO_STORE=1",
            || ready.scaffold(bench, None),
        )
        .prepare(|| ready.forget())
        .check(|| scene.is_whole())
        .against(Against::time(0, Some(Budget::AtMost(1.05)))),
        Row::new(
            "scaffold new, empty store",
            "the same, and the environment saved into a store that is empty",
            || ready.scaffold(bench, Some(&cold)),
        )
        .prepare(|| {
            ready.forget();
            remove(&cold);
        })
        .check(|| scene.is_whole_and_stored(&cold))
        .against(Against::time(0, None)),
        Row::new(
            "scaffold new, warm store",
            "the same with the environment, bytecode included, linked from a store that has it",
            || ready.scaffold(bench, Some(&warm)),
        )
        .prepare(|| ready.forget())
        .check(|| scene.is_whole_and_stored(&warm))
        .against(Against::time(0, Some(Budget::AtMost(0.7)))),
    ];
    let title = "from nothing to a project that is proved green, all of it in uv's cache";
    job::run("green", title, &ready.place, bench.rounds(10), &rows)
}

/// Lines of a shell script that start all gates together and fail when one of them does.
fn at_once(gates: &[String]) -> String {
    let mut lines = Vec::new();
    for (number, gate) in gates.iter().enumerate() {
        lines.push(format!("{gate} & gate{number}=$!"));
    }
    for number in 0..gates.len() {
        lines.push(format!("wait $gate{number}"));
    }
    lines.join("\n")
}

/// What all rows share.
struct Scene<'a> {
    bench: &'a Bench,
    ready: &'a Ready,
}

impl Scene<'_> {
    /// What somebody would write who knows the tools; `gates` are its last lines.
    fn script(&self, gates: &str) -> Command {
        let locks: Vec<String> = self
            .ready
            .locks
            .iter()
            .map(|it| format!("-r {it}"))
            .collect();
        let text = format!(
            "cp -R '{}' {NAME}\ncd {NAME}\n\
             git init --quiet\ngit add --all\ngit commit --quiet --message 'Initial commit'\n\
             uv venv --quiet --python '{}' .venv\n\
             uv pip install --quiet --offline --require-hashes --python .venv {}\n{gates}\n",
            self.ready.files.display(),
            self.ready.python.display(),
            locks.join(" "),
        );
        let mut command = self.bench.machine.command(&self.ready.place, "/bin/sh");
        command.args(["-ec", &text]);
        command
    }

    fn project(&self) -> PathBuf {
        self.ready.place.path("work").join(NAME)
    }

    /// Whether everything is there; that the gates passed is the row's exit code.
    fn is_whole(&self) -> Result<(), String> {
        let tools = ["black", "flake8", "pytest"].map(|it| format!(".venv/bin/{it}"));
        let missing = std::iter::once(".git/index".to_owned())
            .chain(tools)
            .find(|it| !self.project().join(it).exists());
        missing.map_or(Ok(()), |it| Err(format!("it made no {it}")))
    }

    fn is_whole_and_stored(&self, store: &Path) -> Result<(), String> {
        self.is_whole()?;
        let entries = std::fs::read_dir(store.join("environments"));
        match entries.map(Iterator::count) {
            Ok(1..) => Ok(()),
            _ => Err("the store is empty".to_owned()),
        }
    }
}
