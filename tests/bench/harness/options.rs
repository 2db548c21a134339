//! What can be said on the command line of a bench, after `--`.

use std::path::PathBuf;

/// How to run.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Rounds of every job; `None`: each job's own number.
    pub(crate) runs: Option<usize>,
    /// Print data for programs, not tables.
    pub(crate) json: bool,
    /// The folder to work in, where it is not the job's own choice.
    pub(crate) within: Option<PathBuf>,
    /// The jobs to do; empty: all.
    jobs: Vec<String>,
}

impl Options {
    /// Reads the arguments; the jobs named must be among `known`.
    ///
    /// # Errors
    /// What is wrong, or the help that was asked for.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
        known: &[&str],
    ) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // What cargo itself says to every bench.
                "--bench" => {}
                "--json" => options.json = true,
                "--runs" => {
                    let number = arguments.next().and_then(|it| it.parse().ok());
                    let number = number.filter(|it| *it > 0);
                    options.runs = Some(number.ok_or("--runs needs a number of rounds")?);
                }
                "--in" => {
                    let folder = arguments.next().ok_or("--in needs a folder")?;
                    options.within = Some(PathBuf::from(folder));
                }
                job if known.contains(&job) => options.jobs.push(argument),
                other => {
                    let asked = matches!(other, "-h" | "--help");
                    let problem = if asked {
                        String::new()
                    } else {
                        format!("`{other}` is neither an option nor a job\n\n")
                    };
                    return Err(format!(
                        "{problem}options: [--runs N] [--in FOLDER] [--json] [JOB...]\njobs: {}",
                        known.join(", ")
                    ));
                }
            }
        }
        Ok(options)
    }

    /// Whether a job is to be done.
    pub(crate) fn wants(&self, job: &str) -> bool {
        self.jobs.is_empty() || self.jobs.iter().any(|it| it == job)
    }
}
