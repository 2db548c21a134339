//! A run of a bench, from its arguments to the last thing that it prints.
//!
//! Called by the benches' `main`. It must not know what the jobs are.

use super::job::Results;
use super::options::Options;
use super::{measure, report};

/// What was asked for, by the arguments of this process; ends it where they are wrong.
pub(crate) fn options(jobs: &[&str]) -> Options {
    match Options::parse(std::env::args().skip(1), jobs) {
        Ok(options) => {
            eprintln!("preparing: peers from PyPI, made once under target/");
            options
        }
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(2);
        }
    }
}

/// What a run has to tell: a table after each job, or everything as data at its end.
pub(crate) struct Session {
    json: bool,
    versions: Vec<String>,
    done: Vec<Results>,
}

impl Session {
    /// Says what is measured, each program with its version.
    pub(crate) fn begin(json: bool, versions: Vec<String>) -> Self {
        if !json {
            println!("{}", report::heading(&versions));
        }
        Self {
            json,
            versions,
            done: Vec::new(),
        }
    }

    /// Tells what a job gave.
    pub(crate) fn tell(&mut self, results: Results) {
        if !self.json {
            print!("{}", report::table(&results));
        }
        self.done.push(results);
    }

    /// Tells what is left to tell.
    pub(crate) fn end(self) {
        if self.json {
            println!("{:#}", report::data(&self.versions, &self.done));
        } else if let Some(size) = measure::high_water("self") {
            println!(
                "\nA ratio is the median over the rounds. No peak reads less than about {:.0} MB, this program's own.",
                measure::bytes(size) / 1e6
            );
        }
    }
}
