//! What the project's environment is asked to have: what is deployed, and the tools where the environment is one for development.
//!
//! Worked out once through [`Facts::asked`] from the requirements and what is installed. Files of tools that a project of others keeps for other
//! machines (tests in CI, documentation) ask for nothing here, until one of the tools is installed.

use std::path::PathBuf;

use super::Facts;
use super::distributions::{Distributions, Graph};
use super::requirements::{Declared, Kept, Requirement, Role, Source};

/// Something that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What.
    pub(crate) requirement: Requirement,
    /// As it is written, without options.
    pub(crate) text: String,
    /// The file that it stands in.
    pub(crate) file: PathBuf,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// Whether it stands in a requirements file, and not in `pyproject.toml`.
    pub(crate) is_in_file: bool,
}

/// Everything that holds here; what a requirements file says of a project counts, and not what `pyproject.toml` says of it.
pub(super) fn asked(facts: &Facts) -> Vec<Asked> {
    let Ok(installed) = facts.distributions() else {
        return Vec::new();
    };
    let mut asked: Vec<Asked> = Vec::new();
    for source in sources(facts) {
        for (file, entry, requirement) in source.requirements() {
            asked.push(Asked {
                requirement: requirement.clone(),
                text: entry.text.clone(),
                file: file.path.clone(),
                line: entry.line,
                is_in_file: true,
            });
        }
    }
    let requirements = facts.requirements();
    let group = requirements.group(facts, "dev");
    let is_used = group.iter().any(|it| is_installed(installed, it));
    let group = group.into_iter().filter(|_| is_ours(facts) || is_used);
    let file = facts.in_project("pyproject.toml");
    for declared in requirements.dependencies().chain(group) {
        let Ok(requirement) = &declared.requirement else {
            continue;
        };
        let in_file = asked
            .iter()
            .any(|it| it.requirement.name == requirement.name);
        if !in_file {
            asked.push(Asked {
                requirement: requirement.clone(),
                text: declared.text.clone(),
                file: file.clone(),
                line: declared.line,
                is_in_file: false,
            });
        }
    }
    for kept in kept(facts, installed) {
        let in_file = asked
            .iter()
            .any(|it| it.is_in_file && it.requirement.name == kept.requirement.name);
        if !in_file {
            asked.push(Asked {
                requirement: kept.requirement.clone(),
                text: kept.text.clone(),
                file: kept.file.clone(),
                line: kept.line,
                is_in_file: false,
            });
        }
    }
    asked.retain(|it| it.requirement.holds(&installed.values, &[]));
    asked
}

/// What tables of other tools ask for: what the code needs, and each group that something is installed of which the code does not bring.
fn kept<'a>(facts: &'a Facts, installed: &Distributions) -> Vec<&'a Kept> {
    let all = &facts.requirements().kept;
    let (code, tools): (Vec<&Kept>, Vec<&Kept>) = all.iter().partition(|it| it.group.is_none());
    if tools.is_empty() {
        return code;
    }
    let main = facts.requirements().dependencies();
    let main = main.filter_map(|it| it.requirement.as_ref().ok());
    let main: Vec<&Requirement> = main.chain(code.iter().map(|it| &it.requirement)).collect();
    let graph = Graph::new(installed, main.iter().copied());
    let brought = graph.reached(main.iter().map(|it| it.name.as_str()));
    let is_used = |it: &Kept| {
        let name = it.requirement.name.as_str();
        installed.get(name).is_some() && !brought.contains(name)
    };
    let groups: Vec<&Kept> = tools.iter().copied().filter(|it| is_used(it)).collect();
    let is_of_one = |it: &Kept| groups.iter().any(|used| used.group == it.group);
    let tools = tools.into_iter().filter(|it| is_of_one(it));
    code.into_iter().chain(tools).collect()
}

impl Facts {
    /// What the environment lacks of it; one whose metadata is broken is a condition of its own.
    pub(crate) fn missing(&self) -> Vec<&Asked> {
        let Ok(installed) = self.distributions() else {
            return Vec::new();
        };
        let asked = self.asked().iter();
        asked
            .filter(|it| installed.named(&it.requirement.name).is_empty())
            .collect()
    }
}

/// The requirements files that the environment is to have.
pub(crate) fn sources(facts: &Facts) -> Vec<&Source> {
    let requirements = facts.requirements();
    let is_used = |source: &&Source| match source.role {
        Role::Deploy => true,
        Role::Dev => is_ours(facts) || is_in_use(facts, source),
    };
    requirements.sources.iter().filter(is_used).collect()
}

/// Whether something of it is installed that is not deployed as well.
fn is_in_use(facts: &Facts, source: &Source) -> bool {
    let Ok(installed) = facts.distributions() else {
        return false;
    };
    let deploy = facts.requirements().deploy();
    let is_deployed = |name: &str| {
        let mut deployed = deploy.into_iter().flat_map(Source::requirements);
        deployed.any(|(_, _, it)| it.name == name)
    };
    source
        .requirements()
        .filter(|(_, _, it)| installed.get(&it.name).is_some())
        .any(|(_, _, it)| !is_deployed(&it.name))
}

fn is_installed(installed: &Distributions, declared: &Declared) -> bool {
    let requirement = declared.requirement.as_ref();
    requirement.is_ok_and(|it| installed.get(&it.name).is_some())
}

/// Whether this program made the project: its tools belong to it.
pub(crate) fn is_ours(facts: &Facts) -> bool {
    facts.pyproject().at(&["tool", "scaffold"]).is_some()
}
