//! Peak memory of our own process, beside uv's.

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::peers::Bench;
use crate::ready::Ready;
use crate::sample::NAME;

/// Runs it.
pub(crate) fn run(bench: &Bench) -> Results {
    let ready = Ready::prepare(bench);
    let place = &ready.place;
    let project = place.path("work").join(NAME);
    let environment = project.join(".venv");
    let uv = |arguments: &[&str]| {
        let mut command = bench.uv(place, arguments);
        command.env("UV_PYTHON", &ready.python);
        command
    };
    let store = place.path("store");
    let budget = Some(Budget::AtMost(0.6));
    let rows = [
        Row::new(
            "uv init --package",
            "uv or a program that it starts, the larger",
            || uv(&["init", "--quiet", "--package", NAME]),
        )
        .prepare(|| ready.forget()),
        Row::new(
            "uv pip install --offline",
            "the project's locks into a new environment",
            || {
                let mut command =
                    uv(&["pip", "install", "--quiet", "--offline", "--require-hashes"]);
                command.arg("--python").arg(&environment);
                for lock in &ready.locks {
                    command.arg("-r").arg(ready.files.join(lock));
                }
                command
            },
        )
        .prepare(|| {
            ready.forget();
            let mut command = uv(&["venv", "--quiet"]);
            crate::tools::run(command.arg(&environment));
        }),
        Row::new(
            "scaffold new --no-env",
            "our process, which starts no other",
            || bench.scaffold(place, &["new", NAME, "--defaults", "--no-env"]),
        )
        .prepare(|| ready.forget())
        .against(Against::memory(0, budget)),
        Row::new(
            "scaffold new, no store",
            "our process alone, without uv and the gates that it starts",
            || ready.scaffold(bench, None),
        )
        .prepare(|| ready.forget())
        .own_peak()
        .against(Against::memory(0, budget)),
        Row::new(
            "scaffold new, warm store",
            "our process alone, which links the environment itself",
            || ready.scaffold(bench, Some(&store)),
        )
        .prepare(|| ready.forget())
        .own_peak()
        .against(Against::memory(0, budget)),
    ];
    job::run(
        "memory",
        "peak memory of one process",
        place,
        bench.rounds(10),
        &rows,
    )
}
