//! A job: commands that do the same thing, run in turn, and what they are held to.

use std::path::Path;
use std::process::{Command, Stdio};

use super::figures::Spread;
use super::measure::{Peak, Usage, measure};
use super::place::Place;

/// Runs of every row before those that count: caches fill, bytecode is compiled, a store gets its entry.
const WARM_UP: usize = 2;

/// What is compared, and in what measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Wall,
    Peak,
}

/// What a ratio may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Budget {
    fn is_met(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(limit) => ratio <= limit,
            Self::AtLeast(limit) => ratio >= limit,
        }
    }
}

/// The row that another one is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Against {
    /// Its place in the job.
    pub(crate) row: usize,
    /// Another one: then what counts is, in every round, the better of the two.
    pub(crate) or: Option<usize>,
    pub(crate) measure: Measure,
    /// `None`: shown for information.
    pub(crate) budget: Option<Budget>,
}

impl Against {
    /// Time against that of another row.
    pub(crate) fn time(row: usize, budget: Option<Budget>) -> Self {
        Self {
            row,
            or: None,
            measure: Measure::Wall,
            budget,
        }
    }

    /// Time against the faster of two rows.
    pub(crate) fn faster_of(row: usize, or: usize, budget: Option<Budget>) -> Self {
        Self {
            or: Some(or),
            ..Self::time(row, budget)
        }
    }

    /// Peak memory against that of another row.
    pub(crate) fn memory(row: usize, budget: Option<Budget>) -> Self {
        Self {
            row,
            or: None,
            measure: Measure::Peak,
            budget,
        }
    }
}

/// One command.
pub(crate) struct Row<'a> {
    pub(crate) name: &'static str,
    /// What its time includes.
    pub(crate) does: &'static str,
    pub(crate) peak: Peak,
    pub(crate) against: Option<Against>,
    /// Before every run, outside the time.
    pub(crate) prepare: Box<dyn Fn() + 'a>,
    pub(crate) command: Box<dyn Fn() -> Command + 'a>,
    /// After every run that does not count: whether it did the job.
    pub(crate) check: Box<dyn Fn() -> Result<(), String> + 'a>,
}

impl<'a> Row<'a> {
    /// A row that prepares and checks nothing.
    pub(crate) fn new(
        name: &'static str,
        does: &'static str,
        command: impl Fn() -> Command + 'a,
    ) -> Self {
        Self {
            name,
            does,
            peak: Peak::Largest,
            against: None,
            prepare: Box::new(|| ()),
            command: Box::new(command),
            check: Box::new(|| Ok(())),
        }
    }

    pub(crate) fn prepare(mut self, prepare: impl Fn() + 'a) -> Self {
        self.prepare = Box::new(prepare);
        self
    }

    pub(crate) fn check(mut self, check: impl Fn() -> Result<(), String> + 'a) -> Self {
        self.check = Box::new(check);
        self
    }

    pub(crate) fn against(mut self, against: Against) -> Self {
        self.against = Some(against);
        self
    }

    pub(crate) fn own_peak(mut self) -> Self {
        self.peak = Peak::Own;
        self
    }

    /// One run that does not count: it must succeed and do the job.
    fn try_out(&self, output: &Path) -> Result<(), String> {
        (self.prepare)();
        let into = || std::fs::File::create(output).unwrap();
        let log = into();
        let mut command = (self.command)();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let (_, status) = measure(&mut command, self.peak);
        if !status.success() {
            let said = std::fs::read_to_string(output).unwrap_or_default();
            let last = said.trim_end().lines().rev().take(20);
            let last: Vec<&str> = last.collect::<Vec<_>>().into_iter().rev().collect();
            return Err(format!("{status}\n{}", last.join("\n")));
        }
        (self.check)()
    }

    /// One run that counts.
    fn run(&self) -> Result<Usage, String> {
        (self.prepare)();
        let mut command = (self.command)();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (usage, status) = measure(&mut command, self.peak);
        if status.success() {
            Ok(usage)
        } else {
            Err(status.to_string())
        }
    }
}

/// What became of a row.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    pub(crate) against: Option<Against>,
    /// One for each round; empty where it failed.
    pub(crate) runs: Vec<Usage>,
    /// Why it cannot be measured.
    pub(crate) failure: Option<String>,
}

impl Outcome {
    pub(crate) fn wall(&self) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|it| it.wall))
    }

    pub(crate) fn cpu(&self) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|it| it.cpu))
    }

    pub(crate) fn peak(&self) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|it| it.peak))
    }
}

/// What became of a job.
pub(crate) struct Results {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// Where its files were.
    pub(crate) place: String,
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<Outcome>,
}

/// A row held against another.
pub(crate) struct Comparison {
    pub(crate) against: Against,
    /// In the measure that the budget is about.
    pub(crate) ratio: Spread,
    /// Processor time, for information; `None` where the budget is not about time.
    pub(crate) cpu: Option<Spread>,
    /// Whether the median keeps the budget.
    pub(crate) met: Option<bool>,
}

impl Results {
    /// How a row compares; `None` where it is held against nothing, or one of the two failed.
    pub(crate) fn comparison(&self, row: usize) -> Option<Comparison> {
        let against = self.rows[row].against?;
        let pairs = |value: fn(&Usage) -> f64| {
            let (above, below) = (&self.rows[row].runs, &self.rows[against.row].runs);
            let other = against.or.map(|it| &self.rows[it].runs);
            let below = below.iter().enumerate().map(|(round, it)| {
                let other = other.and_then(|it| it.get(round));
                other.map_or_else(|| value(it), |other| value(other).min(value(it)))
            });
            Spread::of_ratios(above.iter().map(value).zip(below))
        };
        let ratio = match against.measure {
            Measure::Wall => pairs(|it| it.wall),
            Measure::Peak => pairs(|it| it.peak),
        }?;
        Some(Comparison {
            against,
            ratio,
            cpu: match against.measure {
                Measure::Wall => pairs(|it| it.cpu),
                Measure::Peak => None,
            },
            met: against.budget.map(|it| it.is_met(ratio.median)),
        })
    }
}

/// Runs all rows in turn, so many rounds. A row that fails is left out of the rounds and says why.
pub(crate) fn run(
    name: &'static str,
    title: impl Into<String>,
    place: &Place,
    rounds: usize,
    rows: &[Row<'_>],
) -> Results {
    let log = place.path("output");
    let mut outcomes: Vec<Outcome> = rows
        .iter()
        .map(|row| Outcome {
            name: row.name,
            does: row.does,
            against: row.against,
            runs: Vec::with_capacity(rounds),
            failure: None,
        })
        .collect();
    for _ in 0..WARM_UP {
        for (row, outcome) in rows.iter().zip(&mut outcomes) {
            if outcome.failure.is_none() {
                outcome.failure = row.try_out(&log).err();
            }
        }
    }
    for _ in 0..rounds {
        for (row, outcome) in rows.iter().zip(&mut outcomes) {
            if outcome.failure.is_some() {
                continue;
            }
            match row.run() {
                Ok(usage) => outcome.runs.push(usage),
                Err(failure) => {
                    // What it did before says nothing about this job.
                    outcome.runs.clear();
                    outcome.failure = Some(failure);
                }
            }
        }
    }
    Results {
        name,
        title: title.into(),
        place: place.to_string(),
        rounds,
        rows: outcomes,
    }
}
