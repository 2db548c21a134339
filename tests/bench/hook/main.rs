//! `cargo bench --bench hook`: what a hook costs at a commit, and a check of everything, beside other hook runners in the same run.
//!
//! `tests/bench/README.md` says how to run it and how to read what it prints. It needs git, Python 3.11 or later and PyPI; the peers
//! are installed under `target/`, at pinned versions.

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
mod content;
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
mod peers;
#[cfg(unix)]
mod repository;
#[cfg(unix)]
mod style;
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
    use harness::options::Options;
    use harness::report;
    use peers::Bench;

    let options = match Options::parse(std::env::args().skip(1), &jobs::NAMES) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(2);
        }
    };
    eprintln!("preparing: peers from PyPI, made once under target/");
    let bench = Bench::prepare(options);
    let versions = bench.versions();
    if !bench.options.json {
        println!("{}", report::heading(&versions));
    }
    let mut done = Vec::new();
    jobs::run(&bench, &mut |results| {
        if !bench.options.json {
            print!("{}", report::table(&results));
        }
        done.push(results);
    });
    if bench.options.json {
        println!("{:#}", report::data(&versions, &done));
    } else if let Some(size) = harness::measure::high_water("self") {
        println!(
            "\nA ratio is the median over the rounds. No peak reads less than about {:.0} MB, this program's own.",
            harness::measure::bytes(size) / 1e6
        );
    }
}
