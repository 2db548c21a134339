//! Files and first commit: what a generator itself costs, with nothing installed.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::harness::place::Place;
use crate::peers::Bench;
use crate::sample::{NAME, Sample};
use crate::template;

/// git as people type it after a generator that makes no commit.
const COMMIT: &str =
    "git init --quiet && git add --all && git commit --quiet --message 'Initial commit'";

/// Where the row stands that the peers are held against: ours, with its commit.
const OURS: usize = 1;

/// Runs it.
pub(crate) fn run(bench: &Bench) -> Results {
    let scene = Scene::set(bench);
    let rows: Vec<Row<'_>> = our_rows(&scene)
        .into_iter()
        .chain(peer_rows(&scene))
        .map(|row| {
            row.prepare(|| {
                scene.place.empty("work");
            })
        })
        .collect();
    let title = "the files of a new project and its first commit";
    job::run("files", title, &scene.place, bench.rounds(30), &rows)
}

/// uv, which has a template of its own, and our program.
fn our_rows<'a>(scene: &'a Scene<'a>) -> Vec<Row<'a>> {
    vec![
        Row::new(
            "uv init --package",
            "5 small files, git init, no commit",
            || {
                let arguments = ["init", "--quiet", "--package", NAME];
                scene.bench.uv(&scene.place, &arguments)
            },
        ),
        Row::new(
            "scaffold new --no-env",
            "all files of the project, checked before they are written; repository and first commit",
            || scene.ours(&["--no-env"]),
        )
        .check(|| scene.is_committed())
        .against(Against::time(0, Some(Budget::AtMost(0.7)))),
        Row::new(
            "scaffold new --no-env --no-git",
            "the same files, no repository",
            || scene.ours(&["--no-env", "--no-git"]),
        )
        .check(|| scene.is_whole())
        .against(Against::time(0, None)),
        Row::new(
            "scaffold new --dry-run",
            "the same render and its checks, nothing written",
            || scene.ours(&["--dry-run"]),
        )
        .check(|| scene.is_empty())
        .against(Against::time(0, None)),
    ]
}

/// Those that take a template: the same files.
fn peer_rows<'a>(scene: &'a Scene<'a>) -> Vec<Row<'a>> {
    let bare = |budget| Against::time(OURS, Some(Budget::AtLeast(budget)));
    vec![
        Row::new(
            "cp, then git",
            "the files copied, then git init, add and commit: what these alone cost in a shell",
            || scene.then_git(&[PathBuf::from("cp"), "-R".into(), scene.plain(), NAME.into()]),
        )
        .check(|| scene.is_committed())
        .against(Against::time(OURS, None)),
        Row::new(
            "cookiecutter",
            "the same files from a template, no repository",
            || scene.peer(&scene.cookiecutter()),
        )
        .check(|| scene.is_whole())
        .against(bare(25.0)),
        Row::new(
            "cookiecutter, then git",
            "the same, then git init, add and commit",
            || scene.then_git(&scene.cookiecutter()),
        )
        .check(|| scene.is_committed())
        .against(Against::time(OURS, None)),
        Row::new(
            "copier",
            "the same files from a template, no repository",
            || scene.peer(&scene.copier()),
        )
        .check(|| scene.is_whole())
        .against(bare(50.0)),
        Row::new(
            "copier, then git",
            "the same, then git init, add and commit",
            || scene.then_git(&scene.copier()),
        )
        .check(|| scene.is_committed())
        .against(Against::time(OURS, None)),
    ]
}

/// What all rows share.
struct Scene<'a> {
    bench: &'a Bench,
    place: Place,
    /// What every row but uv's has to make.
    sample: Sample,
}

impl<'a> Scene<'a> {
    fn set(bench: &'a Bench) -> Self {
        let place = Place::in_memory(bench.options.within.as_deref());
        bench.furnish(&place);
        let sample = Sample::render(bench, &place);
        let scene = Self {
            bench,
            place,
            sample,
        };
        scene.sample.write(&scene.plain());
        template::cookiecutter(&scene.sample, &scene.place.path("cookiecutter"));
        template::copier(&scene.sample, &scene.place.path("copier"));
        scene
    }

    /// The files themselves.
    fn plain(&self) -> PathBuf {
        self.place.path("plain")
    }

    /// The project to be made.
    fn project(&self) -> PathBuf {
        self.place.path("work").join(NAME)
    }

    fn ours(&self, options: &[&str]) -> Command {
        let mut command = self
            .bench
            .scaffold(&self.place, &["new", NAME, "--defaults"]);
        command.args(options);
        command
    }

    fn cookiecutter(&self) -> Vec<PathBuf> {
        let program = self.bench.cookiecutter.clone();
        vec![
            program,
            "--no-input".into(),
            self.place.path("cookiecutter"),
        ]
    }

    fn copier(&self) -> Vec<PathBuf> {
        let program = self.bench.copier.clone();
        let template = self.place.path("copier");
        let mut words = vec![program, "copy".into(), "--defaults".into()];
        words.extend(["--quiet".into(), template, NAME.into()]);
        words
    }

    /// A peer, started directly.
    fn peer(&self, words: &[PathBuf]) -> Command {
        let mut command = self.bench.machine.command(&self.place, &words[0]);
        command.args(&words[1..]);
        command
    }

    /// A peer, and git after it, started by a shell.
    fn then_git(&self, words: &[PathBuf]) -> Command {
        let words: Vec<String> = words
            .iter()
            .map(|it| format!("'{}'", it.display()))
            .collect();
        let script = format!("{} && cd {NAME} && {COMMIT}", words.join(" "));
        let mut command = self.bench.machine.command(&self.place, "/bin/sh");
        command.args(["-ec", &script]);
        command
    }

    fn is_whole(&self) -> Result<(), String> {
        self.sample.matches(&self.project())
    }

    fn is_committed(&self) -> Result<(), String> {
        self.is_whole()?;
        let commits = self.git(&["rev-list", "--count", "HEAD"])?;
        let changes = self.git(&["status", "--porcelain"])?;
        if commits == "1" && changes.is_empty() {
            return Ok(());
        }
        Err(format!(
            "it is not one commit with a clean work tree, but {commits}: {changes}"
        ))
    }

    /// What git says in the project.
    fn git(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.bench.machine.command(&self.place, "git");
        command.current_dir(self.project()).args(arguments);
        let output = command.output().map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn is_empty(&self) -> Result<(), String> {
        if self.project().exists() {
            return Err("it wrote something".to_owned());
        }
        Ok(())
    }
}
