//! What the package index says of the locked versions: their files, and which of them were withdrawn (PEP 691, PEP 700, PEP 592).
//!
//! Asked once for all checks, and only with `--online`: one question for each locked project. It must not judge.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use pep440_rs::Version;

use super::Facts;
use super::index::Index;
use super::online::{Answer, Online, Question, Trouble};

/// No more projects than that are asked for.
const MOST: usize = 500;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// A version that some requirements file pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// The project, normalized.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: Version,
    /// Whether it is deployed.
    pub(crate) is_deployed: bool,
    /// The file.
    pub(crate) file: PathBuf,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// A file of a project on the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    /// Its name: `x-1.0-py3-none-any.whl`.
    pub(crate) file: String,
    /// Why it was withdrawn, where it was; empty where nobody says why.
    pub(crate) yanked: Option<String>,
}

/// The answers of the index.
#[derive(Debug)]
pub(crate) struct Releases {
    projects: BTreeMap<String, Vec<Release>>,
}

/// The versions that the requirements files pin, each once.
pub(crate) fn pins(facts: &Facts) -> Vec<Pin> {
    let requirements = facts.requirements();
    let deployed = requirements.deploy().map(|it| it.path().to_owned());
    let mut pins: BTreeMap<(String, Version), Pin> = BTreeMap::new();
    for source in &requirements.sources {
        let is_deployed = deployed.as_deref() == Some(source.path());
        for (file, entry, requirement) in source.requirements() {
            if let Some(version) = requirement.pin() {
                let key = (requirement.name.clone(), version.clone());
                pins.entry(key).or_insert_with(|| Pin {
                    name: requirement.name.clone(),
                    version: version.clone(),
                    is_deployed,
                    file: file.path.clone(),
                    line: entry.line,
                });
            }
        }
    }
    pins.into_values().take(MOST).collect()
}

impl Releases {
    /// Asks for those of these projects.
    ///
    /// # Errors
    /// When the index cannot be asked, or answers none of the questions.
    pub(super) fn ask(facts: &Facts) -> Result<Self, Trouble> {
        let index = Index::configured(facts);
        let online = Online::new(facts, PATIENCE)?;
        let mut names: Vec<String> = pins(facts).into_iter().map(|it| it.name).collect();
        names.dedup();
        let questions: Vec<Question> = names
            .iter()
            .map(|name| {
                Question::get(index.page(name))
                    .header("Accept: application/vnd.pypi.simple.v1+json")
            })
            .collect();
        let answers = online.ask_all(&questions);
        let mut projects = BTreeMap::new();
        let mut trouble = None;
        for (name, answer) in names.into_iter().zip(answers) {
            match answer {
                // What this index does not know may come from another one.
                Ok(answer) => projects.extend(releases(&answer).map(|it| (name, it))),
                Err(why) => trouble = Some(why),
            }
        }
        match trouble {
            Some(why) if projects.is_empty() => Err(why),
            _ => Ok(Self { projects }),
        }
    }

    /// The files of a version; `None` where the index did not say.
    pub(crate) fn of(&self, pin: &Pin) -> Option<Vec<&Release>> {
        let all = self.projects.get(&pin.name)?;
        let is_of = |it: &&Release| version(&it.file).as_ref() == Some(&pin.version);
        Some(all.iter().filter(is_of).collect())
    }
}

/// The files that an answer lists; `None` where it is not in the form that was asked for.
fn releases(answer: &Answer) -> Option<Vec<Release>> {
    if answer.status != 200 {
        return None;
    }
    let document = answer.json()?;
    let files = document.get("files")?.as_array()?;
    let files = files.iter().filter_map(|it| {
        let yanked = match it.get("yanked") {
            Some(serde_json::Value::String(why)) => Some(why.clone()),
            Some(serde_json::Value::Bool(true)) => Some(String::new()),
            _ => None,
        };
        Some(Release {
            file: it.get("filename")?.as_str()?.to_owned(),
            yanked,
        })
    });
    Some(files.collect())
}

/// The version in the name of a wheel or of an archive of sources.
fn version(file: &str) -> Option<Version> {
    if let Some(wheel) = file.strip_suffix(".whl") {
        return wheel.split('-').nth(1)?.parse().ok();
    }
    let endings = [".tar.gz", ".zip", ".tar.bz2", ".tgz"];
    let name = endings.iter().find_map(|it| file.strip_suffix(it))?;
    name.rsplit_once('-')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Release, releases, version};
    use crate::doctor::facts::online::Answer;

    #[test]
    fn an_answer_of_an_index_is_read() {
        let body = br#"{"files": [
            {"filename": "x-1.0-py3-none-any.whl", "yanked": "broken"},
            {"filename": "x-1.0.tar.gz", "yanked": true},
            {"filename": "x-2.0.tar.gz", "yanked": false},
            {"other": 1}
        ]}"#;
        let answer = |status| Answer {
            status,
            body: body.to_vec(),
        };
        let release = |file: &str, yanked: Option<&str>| Release {
            file: file.to_owned(),
            yanked: yanked.map(str::to_owned),
        };
        assert_eq!(
            releases(&answer(200)).unwrap(),
            [
                release("x-1.0-py3-none-any.whl", Some("broken")),
                release("x-1.0.tar.gz", Some("")),
                release("x-2.0.tar.gz", None),
            ]
        );
        assert_eq!(releases(&answer(404)), None);
    }

    proptest! {
        #[test]
        fn any_name_of_a_file_is_read(name in "(\\PC|-|\\.whl|\\.tar\\.gz)*") {
            std::hint::black_box(version(&name));
        }
    }
}
