//! The jobs: what is done, and what it is held to.

use std::process::Command;

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::peers::Bench;
use crate::repository::Repository;
use crate::style;

/// The names of all jobs.
pub(crate) const NAMES: [&str; 8] = [
    "nothing", "native", "edits", "staged", "all", "memory", "history", "style",
];

/// The sizes of the repositories, in tracked files.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 50_000];

/// The size that budgets are about where they are about one.
const LARGE: usize = 10_000;

/// Files with edits that are not staged.
const EDITED: usize = 20;

const OURS: &[&str] = &["hook", "run", "pre-commit"];
const EVERYTHING: &[&str] = &["check", "--all-files"];

/// Runs the jobs that are wanted; each table is handed over when it is done.
pub(crate) fn run(bench: &Bench, done: &mut dyn FnMut(Results)) {
    let wants = |name: &str| bench.options.wants(name);
    let large = ["staged", "memory"];
    for size in SIZES {
        let needed = ["nothing", "native", "edits", "all"];
        let needed =
            needed.iter().any(|it| wants(it)) || size == LARGE && large.iter().any(|it| wants(it));
        if !needed {
            continue;
        }
        eprintln!("measuring: {size} files");
        let repository = Repository::make(bench, size);
        prove(&repository);
        for (name, job) in [
            ("nothing", nothing as fn(&Repository, usize) -> Results),
            ("native", native),
            ("edits", edits),
            ("all", all),
        ] {
            if wants(name) {
                done(job(&repository, size));
            }
        }
        for (name, job) in [
            ("staged", staged as fn(&Repository) -> Results),
            ("memory", memory),
        ] {
            if size == LARGE && wants(name) {
                done(job(&repository));
            }
        }
    }
    if wants("history") {
        eprintln!("measuring: history");
        done(history(bench));
    }
    if wants("style") {
        eprintln!("measuring: black and flake8");
        done(style::run(bench));
    }
}

/// Our program at a commit.
pub(crate) fn ours(repository: &Repository) -> Command {
    repository.hook(env!("CARGO_BIN_EXE_scaffold"), OURS)
}

fn prek(repository: &Repository, arguments: &[&str]) -> Command {
    let mut command = repository.hook(&repository.bench.prek, &["run"]);
    command.args(arguments);
    command
}

/// Whether our program and prek really look: each must find all six things that are wrong.
fn prove(repository: &Repository) {
    repository.stage_what_is_wrong();
    let find = |mut command: Command, words: &[&str]| {
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let found = words.iter().all(|it| said.contains(it));
        assert!(
            !output.status.success() && found,
            "{command:?} does not find what is wrong: {said}"
        );
    };
    let files = [
        "space.py",
        "end.py",
        "broken.yaml",
        "conflict.py",
        "large.py",
        "key.py",
    ];
    find(ours(repository), &files);
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.stage_what_is_wrong();
    find(prek(repository, &[]), &files);
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.git(&["clean", "--quiet", "--force", "-d", "-x"]);
}

fn nothing(repository: &Repository, size: usize) -> Results {
    repository.reset();
    repository.stage_nothing_to_check();
    let rows = [
        Row::new("prek run", "one file staged that no check is for", || {
            prek(repository, &[])
        }),
        Row::new("lefthook run pre-commit", "the same", || {
            repository.hook(&repository.bench.lefthook, &["run", "pre-commit"])
        }),
        Row::new("scaffold hook run pre-commit", "the same", || {
            ours(repository)
        })
        .against(Against::faster_of(0, 1, Some(Budget::AtMost(0.4)))),
        git(repository),
    ];
    measured(
        repository,
        "nothing",
        format!("nothing to do, {size} files"),
        30,
        &rows,
    )
}

fn native(repository: &Repository, size: usize) -> Results {
    repository.reset();
    repository.stage(1);
    let budget = Some(Budget::AtMost(0.35));
    let [prek, first] = beside_prek(repository, "six native checks on one staged file", budget);
    let rows = [
        prek,
        first,
        Row::new(
            "scaffold hook run pre-commit, again",
            "the same content once more",
            || ours(repository),
        )
        .against(Against::time(0, None)),
        git(repository),
    ];
    measured(
        repository,
        "native",
        format!("native checks on one staged file, {size} files"),
        30,
        &rows,
    )
}

fn edits(repository: &Repository, size: usize) -> Results {
    repository.reset();
    repository.stage(1);
    repository.edit([0], "LIMIT = 2\n");
    repository.edit(1..=EDITED.min(size / 2), "UNSTAGED = 1\n");
    // In a small repository, one process of git and the start of our own are more than that already.
    let budget = (size >= LARGE).then_some(Budget::AtMost(0.1));
    let does = "six native checks on one staged file with further edits, beside 20 files with edits that are not staged";
    let rows = beside_prek(repository, does, budget);
    measured(
        repository,
        "edits",
        format!("the same with unstaged edits in the tree, {size} files"),
        15,
        &rows,
    )
}

fn staged(repository: &Repository) -> Results {
    repository.reset();
    repository.stage(1_000);
    let rows = beside_prek(repository, "six native checks on 1 000 staged files", None);
    measured(
        repository,
        "staged",
        format!("native checks on 1000 staged files, {LARGE} files"),
        15,
        &rows,
    )
}

fn all(repository: &Repository, size: usize) -> Results {
    repository.reset();
    let rows = [
        Row::new(
            "prek run --all-files",
            "six native checks on all files",
            || prek(repository, &["--all-files"]),
        ),
        everything(repository).against(Against::time(0, Some(Budget::AtMost(0.9)))),
        Row::new(
            "scaffold check --all-files, again",
            "the same contents once more",
            || repository.hook(env!("CARGO_BIN_EXE_scaffold"), EVERYTHING),
        )
        .against(Against::time(0, Some(Budget::AtMost(0.2)))),
    ];
    measured(
        repository,
        "all",
        format!("native checks on all files, {size} files"),
        15,
        &rows,
    )
}

fn memory(repository: &Repository) -> Results {
    repository.reset();
    repository.stage(1);
    let limit = Some(Budget::AtMost(1.0));
    let rows = [
        Row::new(
            "prek run",
            "prek or a git that it starts, the larger; one staged file",
            || prek(repository, &[]),
        ),
        first(repository, "the same of ours").against(Against::memory(0, limit)),
        Row::new("prek run --all-files", "the same on all files", || {
            prek(repository, &["--all-files"])
        }),
        everything(repository).against(Against::memory(2, limit)),
    ];
    measured(
        repository,
        "memory",
        format!("peak memory, {LARGE} files"),
        10,
        &rows,
    )
}

fn history(bench: &Bench) -> Results {
    let (young, old) = (
        Repository::make(bench, 1_000),
        Repository::make(bench, 1_000),
    );
    old.age(5_000);
    for it in [&young, &old] {
        it.reset();
        it.stage(1);
    }
    let rows = [
        first(
            &young,
            "native checks on one staged file, 1 000 files, one commit",
        ),
        Row::new(
            "the same after 5 000 commits",
            "the same files, 5 000 commits more",
            || ours(&old),
        )
        .prepare(|| old.forget())
        .against(Against::time(0, Some(Budget::AtMost(1.1)))),
    ];
    let title = "cost does not grow with history";
    job::run("history", title, &young.place, bench.rounds(100), &rows)
}

/// prek's hook, and ours with no results of earlier runs, held to what prek takes.
fn beside_prek<'a>(
    repository: &'a Repository,
    does: &'static str,
    budget: Option<Budget>,
) -> [Row<'a>; 2] {
    [
        Row::new("prek run", does, || prek(repository, &[])),
        first(repository, "the same, with no results of earlier runs")
            .against(Against::time(0, budget)),
    ]
}

/// Our hook, with no results of earlier runs.
fn first<'a>(repository: &'a Repository, does: &'static str) -> Row<'a> {
    Row::new("scaffold hook run pre-commit", does, || ours(repository))
        .prepare(|| repository.forget())
}

/// Our check of everything, with no results of earlier runs.
fn everything<'a>(repository: &'a Repository) -> Row<'a> {
    Row::new(
        "scaffold check --all-files",
        "the same, with no results of earlier runs",
        || repository.hook(env!("CARGO_BIN_EXE_scaffold"), EVERYTHING),
    )
    .prepare(|| repository.forget())
}

/// The least that any of them has to do.
fn git<'a>(repository: &'a Repository) -> Row<'a> {
    Row::new(
        "git diff --cached",
        "for comparison: git alone says what is staged",
        || repository.hook("git", &["diff", "--cached", "--raw", "-z"]),
    )
    .against(Against::time(0, None))
}

fn measured(
    repository: &Repository,
    name: &'static str,
    title: String,
    rounds: usize,
    rows: &[Row<'_>],
) -> Results {
    job::run(
        name,
        title,
        &repository.place,
        repository.bench.rounds(rounds),
        rows,
    )
}
