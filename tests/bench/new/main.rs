//! `cargo bench --bench new`: what `scaffold new` and the start of the program cost, beside others in the same run.
//!
//! `tests/bench/README.md` says how to run it and how to read what it prints. It needs git, Python 3.11 or later and PyPI;
//! the peers are installed under `target/`, at pinned versions.

#![cfg_attr(
    unix,
    expect(
        clippy::disallowed_methods,
        clippy::exit,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unwrap_used,
        reason = "a bench sets up its own machine, prints, and one that cannot go on panics"
    )
)]
#![cfg_attr(
    not(unix),
    expect(clippy::print_stderr, reason = "all that it does is to say so")
)]

#[cfg(unix)]
mod files;
#[cfg(unix)]
mod green;
#[cfg(unix)]
#[path = "../harness/mod.rs"]
#[expect(
    dead_code,
    reason = "shared with the other benches, which need more of it"
)]
mod harness;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod peers;
#[cfg(unix)]
mod ready;
#[cfg(unix)]
mod sample;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod template;
#[cfg(unix)]
#[path = "../../runtime/tools.rs"]
#[expect(dead_code, reason = "shared with the tests, which need more of it")]
mod tools;

#[cfg(not(unix))]
fn main() {
    eprintln!("this bench measures a shell's commands too: run it on Linux or macOS");
}

#[cfg(unix)]
fn main() {
    use harness::session::{Session, options};
    use peers::Bench;

    type Job = fn(&Bench) -> harness::job::Results;
    const JOBS: [(&str, Job); 4] = [
        ("files", files::run),
        ("green", green::run),
        ("start", start::run),
        ("memory", memory::run),
    ];
    let bench = Bench::prepare(options(&JOBS.map(|(name, _)| name)));
    let mut session = Session::begin(bench.options.json, bench.versions());
    for (name, run) in JOBS {
        if bench.options.wants(name) {
            eprintln!("measuring: {name}");
            session.tell(run(&bench));
        }
    }
    session.end();
}
