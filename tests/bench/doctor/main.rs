//! `cargo bench --bench doctor`: what a look at a project and its environment costs, beside `uv pip check` and plain hashing in the same run.
//!
//! `tests/bench/README.md` says how to run it and how to read what it prints. It needs git, Python 3.11 or later and PyPI; uv
//! is installed under `target/`, at a pinned version.

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
#[path = "../harness/mod.rs"]
#[expect(
    dead_code,
    reason = "shared with the other benches, which need more of it"
)]
mod harness;
#[cfg(unix)]
mod jobs;
#[cfg(unix)]
mod large;
#[cfg(unix)]
mod peers;
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

    let bench = peers::Bench::prepare(options(&jobs::NAMES));
    let mut session = Session::begin(bench.options.json, bench.versions());
    jobs::run(&bench, &mut |results| session.tell(results));
    session.end();
}
