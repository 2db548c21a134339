//! black and flake8 on one clean file, beside the two at once by hand.

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::harness::place::remove;
use crate::jobs::ours;
use crate::peers::Bench;
use crate::repository::Repository;

/// How many files the repository has.
const FILES: usize = 1_000;

const CONFIGURATION: [(&str, &str); 3] = [
    (
        "pyproject.toml",
        "[project]\nname = \"measured\"\nversion = \"1\"\n\n[tool.black]\nline-length = 88\n\n\
         [tool.scaffold.stages]\npre-commit = [\"black\", \"flake8\"]\n",
    ),
    (".flake8", "[flake8]\nmax-line-length = 88\n"),
    (".gitignore", ".venv\n"),
];

/// The file that is staged.
const FILE: &str = "src/package_000/module_00000.py";

/// Runs it.
pub(crate) fn run(bench: &Bench) -> Results {
    let repository = Repository::with(bench, FILES, &CONFIGURATION);
    std::os::unix::fs::symlink(&bench.style, repository.file(".venv")).unwrap();
    repository.reset();
    repository.stage(1);
    let by_hand = |script: String| {
        let mut command = repository.hook("/bin/sh", &["-c", &script]);
        command.env("BLACK_CACHE_DIR", repository.place.path("black"));
        command
    };
    let rows = [
        Row::new(
            "black & flake8",
            "both at once on the one staged file, by a shell; black with an empty cache",
            || {
                by_hand(format!(
                    ".venv/bin/black --quiet --check {FILE} & .venv/bin/flake8 {FILE} && wait $!"
                ))
            },
        )
        .prepare(|| remove(&repository.place.path("black"))),
        Row::new(
            "scaffold hook run pre-commit",
            "both on a copy of what is staged, with no results of earlier runs",
            || ours(&repository),
        )
        .prepare(|| repository.forget())
        .against(Against::time(0, Some(Budget::AtMost(1.05)))),
        Row::new(
            "scaffold hook run pre-commit, again",
            "the same content once more",
            || ours(&repository),
        )
        .against(Against::time(0, Some(Budget::AtMost(0.05)))),
        Row::new(
            "black, then flake8",
            "for comparison: one after the other, by a shell",
            || {
                by_hand(format!(
                    ".venv/bin/black --quiet --check {FILE} && .venv/bin/flake8 {FILE}"
                ))
            },
        )
        .prepare(|| remove(&repository.place.path("black")))
        .against(Against::time(0, None)),
    ];
    let title = "black and flake8 on one clean file";
    job::run("style", title, &repository.place, bench.rounds(15), &rows)
}
