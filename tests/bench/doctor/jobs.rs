//! The jobs: a template project, a large environment, and every file of that.

use std::path::{Path, PathBuf};

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::harness::machine::cores;
use crate::harness::place::Place;
use crate::large;
use crate::peers::Bench;
use crate::tools::{cache, run as succeed};

/// What can be asked for.
pub(crate) const NAMES: [&str; 4] = ["template", "large", "deep", "memory"];

/// Runs what is wanted.
pub(crate) fn run(bench: &Bench, tell: &mut dyn FnMut(Results)) {
    if bench.options.wants("template") {
        eprintln!("measuring: template");
        tell(template(bench));
    }
    if NAMES[1..].iter().any(|it| bench.options.wants(it)) {
        eprintln!("preparing: an environment of 450 MB");
        let place = Place::in_memory(bench.options.within.as_deref());
        place.empty("work");
        let project = place.path("work/large");
        large::project(bench, &project);
        for (name, job) in [
            ("large", large_job as fn(&Bench, &Place, &Path) -> Results),
            ("deep", deep),
            ("memory", memory),
        ] {
            if bench.options.wants(name) {
                eprintln!("measuring: {name}");
                tell(job(bench, &place, &project));
            }
        }
    }
}

/// A project as `scaffold new` makes it, with its environment.
fn made(bench: &Bench, place: &Place) -> PathBuf {
    place.empty("work");
    let programs = place.empty("bin");
    std::os::unix::fs::symlink(&bench.uv, programs.join("uv")).unwrap();
    let mut command = bench.machine.online(place, env!("CARGO_BIN_EXE_scaffold"));
    command
        .args(["new", "hello", "--defaults", "--python", &bench.series])
        .env("UV_CACHE_DIR", cache("uv-cache"))
        .env("SCAFFOLD_NO_STORE", "1");
    succeed(&mut command);
    place.path("work/hello")
}

fn template(bench: &Bench) -> Results {
    let place = Place::in_memory(bench.options.within.as_deref());
    let project = made(bench, &place);
    let rows = [
        Row::new(
            "uv pip check",
            "the requirements that the installed distributions have of each other",
            || bench.uv_check(&place, &project),
        ),
        Row::new(
            "scaffold doctor",
            "all that is looked at without --deep and --online",
            || bench.doctor(&place, &project, &[]),
        )
        .against(Against::time(0, Some(Budget::AtMost(0.5)))),
        Row::new("scaffold doctor dep", "what uv looks at, and more", || {
            bench.doctor(&place, &project, &["dep"])
        })
        .against(Against::time(0, None)),
    ];
    let title = "a template project";
    job::run("template", title, &place, bench.rounds(100), &rows)
}

fn large_job(bench: &Bench, place: &Place, project: &Path) -> Results {
    let rows = [
        Row::new(
            "uv pip check",
            "the requirements that 150 distributions have of each other",
            || bench.uv_check(place, project),
        ),
        Row::new(
            "scaffold doctor",
            "all that is looked at without --deep and --online",
            || bench.doctor(place, project, &[]),
        )
        .against(Against::time(0, Some(Budget::AtMost(0.6)))),
    ];
    let title = "an environment of 150 distributions";
    job::run("large", title, place, bench.rounds(50), &rows)
}

/// `sha256sum` of every file, on as many processors as there are.
fn hashing(bench: &Bench, place: &Place, project: &Path) -> std::process::Command {
    let mut command = bench.machine.command(place, "/bin/sh");
    let script = format!(
        "find .venv/lib -type f -name '*.py' -print0 | xargs -0 -n 500 -P {} sha256sum",
        cores()
    );
    command.args(["-c", &script]).current_dir(project);
    command
}

fn deep(bench: &Bench, place: &Place, project: &Path) -> Results {
    let rows = [
        Row::new(
            "sha256sum",
            "the same files by `find` and `xargs`, as many at once as there are processors",
            || hashing(bench, place, project),
        ),
        Row::new(
            "scaffold doctor --deep",
            "every file held against its RECORD, and all that is looked at anyway",
            || bench.doctor(place, project, &["--deep"]),
        )
        .against(Against::time(0, Some(Budget::AtMost(1.2)))),
    ];
    let title = "every file of 450 MB";
    job::run("deep", title, place, bench.rounds(15), &rows)
}

fn memory(bench: &Bench, place: &Place, project: &Path) -> Results {
    let budget = Some(Budget::AtMost(0.6));
    let rows = [
        Row::new("uv pip check", "150 distributions", || {
            bench.uv_check(place, project)
        }),
        Row::new("scaffold doctor", "the same, and all the rest", || {
            bench.doctor(place, project, &[])
        })
        .against(Against::memory(0, budget)),
        Row::new("scaffold doctor --deep", "every file", || {
            bench.doctor(place, project, &["--deep"])
        })
        .against(Against::memory(0, None)),
    ];
    let title = "peak memory";
    job::run("memory", title, place, bench.rounds(15), &rows)
}
