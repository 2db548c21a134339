//! What is to be deployed, as the files of the platforms say it: functions with their settings, schedules and queues, each with its place.
//!
//! Read once for the checks of the group PLAT. Only what is written down literally counts: a value that the platform computes (`!Ref`, `${…}`)
//! is not known, and left out. It must not judge.

mod azure;
mod cloudformation;
mod command;
mod knative;
mod serverless;
mod source;
mod vercel;

use std::path::PathBuf;

use super::Facts;
use crate::doctor::fix::{Action, Edit, Key};
use crate::doctor::symptom::Evidence;
use crate::python::Series;
use source::{Source, literal, mebibytes, seconds, series};

/// What is to be deployed to one platform.
#[derive(Debug, Default)]
pub(crate) struct Deployment {
    /// The name of the platform's layer.
    pub(crate) platform: &'static str,
    /// The functions.
    pub(crate) functions: Vec<Function>,
    /// What is started by time.
    pub(crate) schedules: Vec<Scheduled>,
}

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    /// What it is called there.
    pub(crate) name: String,
    /// Where it is declared.
    pub(crate) place: Place,
    /// The Python that it runs on.
    pub(crate) runtime: Option<Setting<Series>>,
    /// What it runs on, where that is written as no Python is.
    pub(crate) other_runtime: Option<Setting<String>>,
    /// Its settings that are numbers.
    pub(crate) numbers: Vec<Number>,
    /// Whether what is not said is as the platform has it, and not as a framework does.
    pub(crate) takes_defaults: bool,
    /// The processor that it runs on: `arm64`.
    pub(crate) architecture: Option<Setting<String>>,
    /// The folder that its code lies in, where that is known.
    pub(crate) code: Option<PathBuf>,
    /// What is called in it.
    pub(crate) handler: Option<Handler>,
    /// The gateways that call it: the names of their limits, and where that is said.
    pub(crate) gateways: Vec<(&'static str, Place)>,
    /// The queues that it reads from.
    pub(crate) queues: Vec<Queue>,
}

/// A setting that is a number.
#[derive(Debug)]
pub(crate) struct Number {
    /// The name of its limit in the platform's layer.
    pub(crate) limit: &'static str,
    /// What it is called in the file.
    pub(crate) name: String,
    /// The number, in the unit of the limit.
    pub(crate) setting: Setting<f64>,
}

/// The entry point of a function.
#[derive(Debug)]
pub(crate) struct Handler {
    /// As it is written.
    pub(crate) setting: Setting<String>,
    /// The files that it can be in, the first that is there counts.
    pub(crate) files: Vec<PathBuf>,
    /// The name in the file.
    pub(crate) symbol: String,
    /// The first part of its module's name.
    pub(crate) package: String,
    /// Whether the code of others may bring it: a layer, or a wrapper.
    pub(crate) may_be_elsewhere: bool,
    /// Whether the platform calls it without awaiting it.
    pub(crate) is_synchronous: bool,
}

/// A queue that a function reads from.
#[derive(Debug)]
pub(crate) struct Queue {
    /// What it is called.
    pub(crate) name: String,
    /// For how many seconds it hides a message that is worked on; `None` where nobody says.
    pub(crate) visibility: Option<Setting<f64>>,
    /// Where it is declared.
    pub(crate) place: Place,
}

/// Something that is started by time.
#[derive(Debug)]
pub(crate) struct Scheduled {
    /// When.
    pub(crate) expression: Setting<String>,
    /// How that is written.
    pub(crate) dialect: Dialect,
    /// The path that is called, where it is one.
    pub(crate) path: Option<Setting<String>>,
}

/// How a platform writes schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Five fields: Google's scheduler.
    Unix,
    /// Five fields: Vercel.
    Vercel,
    /// `rate(…)` and `cron(…)`: a rule of `EventBridge`.
    Rule,
    /// The same and `at(…)`: a schedule of `EventBridge`.
    Scheduler,
    /// Six fields: Azure.
    Ncrontab,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    /// The value.
    pub(crate) value: T,
    /// As it is written.
    pub(crate) text: String,
    /// Where.
    pub(crate) place: Place,
}

/// A place in a file of configuration.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: PathBuf,
    /// The line, from 1.
    pub(crate) line: u32,
    /// The keys that lead there, where the file is JSON.
    pub(crate) keys: Vec<Key>,
}

impl Facts {
    /// What is to be deployed to the platforms that the project is for.
    pub(crate) fn deployments(&self) -> &[Deployment] {
        self.deployments.get_or_init(|| {
            let targets = self.targets().iter();
            targets
                .map(|target| {
                    let mut deployment = match target.id.as_str() {
                        "vercel" => vercel::read(self),
                        "aws-lambda" => {
                            let mut deployment = cloudformation::read(self);
                            serverless::read(self, &mut deployment);
                            deployment
                        }
                        "azure-functions" => azure::read(self),
                        "container" => knative::read(self),
                        "google-functions" => Deployment::of("google-functions"),
                        _ => Deployment::default(),
                    };
                    command::read(self, &mut deployment);
                    deployment
                })
                .collect()
        })
    }
}

impl Deployment {
    fn of(platform: &'static str) -> Self {
        Self {
            platform,
            ..Self::default()
        }
    }
}

impl Function {
    fn new(name: impl Into<String>, place: Place) -> Self {
        Self {
            name: name.into(),
            place,
            runtime: None,
            other_runtime: None,
            numbers: Vec::new(),
            takes_defaults: true,
            architecture: None,
            code: None,
            handler: None,
            gateways: Vec::new(),
            queues: Vec::new(),
        }
    }

    /// Its setting that this limit is for.
    pub(crate) fn number(&self, limit: &str) -> Option<&Number> {
        self.numbers.iter().find(|it| it.limit == limit)
    }
}

impl<T> Setting<T> {
    /// What replaces it by another value, where that is sure to change nothing else.
    pub(crate) fn replace(&self, facts: &Facts, new: &str) -> Option<Action> {
        let place = &self.place;
        if !place.keys.is_empty() {
            let value = match new.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => new.into(),
            };
            let keys = place.keys.clone();
            return Some(Action::edit(&place.file, Edit::Json { keys, value }));
        }
        let text = facts.text(&place.file)?;
        let number = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let line = text.lines().nth(number)?;
        let replaced = replace_word(line, &self.text, new)?;
        Some(Action::edit(
            &place.file,
            Edit::Line {
                number: place.line,
                old: line.to_owned(),
                new: Some(replaced),
            },
        ))
    }
}

/// A line with one of its words replaced, where that word stands in it once only.
fn replace_word(line: &str, old: &str, new: &str) -> Option<String> {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '-');
    let mut places = line.match_indices(old).filter(|(at, _)| {
        let before = line.get(..*at).and_then(|it| it.chars().next_back());
        let after = line.get(at + old.len()..).and_then(|it| it.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    });
    let (at, _) = places.next()?;
    if old.is_empty() || places.next().is_some() {
        return None;
    }
    let (before, after) = (line.get(..at)?, line.get(at + old.len()..)?);
    Some(format!("{before}{new}{after}"))
}

impl Place {
    fn new(file: impl Into<PathBuf>, line: u32) -> Self {
        Self {
            file: file.into(),
            line,
            keys: Vec::new(),
        }
    }

    /// The same as evidence.
    pub(crate) fn evidence(&self) -> Evidence {
        Evidence::path(&self.file).line(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::replace_word;

    #[test]
    fn a_word_is_replaced_where_it_stands_once() {
        let replaced = |line, old| replace_word(line, old, "900");
        assert_eq!(
            replaced("  Timeout: 901 # was 9010", "901").as_deref(),
            Some("  Timeout: 900 # was 9010")
        );
        assert_eq!(replaced("{Timeout: 901, MemorySize: 901}", "901"), None);
        assert_eq!(replaced("Timeout: 1901", "901"), None);
        assert_eq!(replaced("", ""), None);
    }
}
