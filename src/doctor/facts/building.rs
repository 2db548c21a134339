//! How the project's environment can be made here: by the tool that keeps it, or with a Python of this machine, and from what.
//!
//! Called by checks, which say what to type and offer to do it, and by `cli`, which does it: what is shown and what is done are one thing.

use std::collections::BTreeSet;

use super::Facts;
use super::requirements::{Requirement, Source, deploy_file};
use crate::python::version::{CEILING, FLOOR};
use crate::python::{Interpreter, Series, Source as Origin};

/// The files with the tools of development that are installed where an environment is made, by the names that people give them.
const DEV_FILES: [&str; 4] = [
    "requirements-dev.txt",
    "requirements_dev.txt",
    "dev-requirements.txt",
    "requirements/dev.txt",
];

/// What is installed in a new environment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// Requirements files, relative to the project.
    pub(crate) locks: Vec<String>,
    /// Whether each of them has hashes for everything.
    pub(crate) is_hashed: bool,
    /// What else, in the words that installers take. Where there is any, versions are found when it is installed.
    pub(crate) packages: Vec<String>,
}

impl Facts {
    /// What a new environment is to have, where no tool keeps it.
    pub(crate) fn recipe(&self) -> Recipe {
        let deploy = deploy_file(self);
        let files = std::iter::once(deploy.as_str()).chain(DEV_FILES);
        let locks: Vec<String> = files
            .filter(|it| self.is_file(&self.in_project(it)))
            .map(str::to_owned)
            .collect();
        let paths: Vec<_> = locks.iter().map(|it| self.in_project(it)).collect();
        let requirements = self.requirements();
        let is_taken = |it: &&Source| paths.iter().any(|path| path == it.path());
        let sources: Vec<&Source> = requirements.sources.iter().filter(is_taken).collect();
        let is_empty = |it: &Source| it.entries().next().is_none();
        let is_hashed = sources.iter().all(|it| it.is_hashed() || is_empty(it))
            && !sources.iter().all(|it| is_empty(it));
        let mut recipe = Recipe {
            locks,
            is_hashed,
            packages: Vec::new(),
        };
        // What has no hash cannot be installed beside what has.
        if is_hashed || super::asked::is_ours(self) {
            return recipe;
        }
        let is_in_file = |name: &str| {
            let mut all = sources.iter().flat_map(|it| it.requirements());
            all.any(|(_, _, it)| it.name == name)
        };
        let group = requirements.group(self, "dev").into_iter();
        for declared in requirements.dependencies().chain(group) {
            let text = declared.text.trim();
            let is_new = |it: &Requirement| !is_in_file(&it.name);
            if declared.requirement.as_ref().is_ok_and(is_new)
                && recipe.packages.iter().all(|it| it != text)
            {
                recipe.packages.push(text.to_owned());
            }
        }
        let has = |file: &str| self.is_file(&self.in_project(file));
        let is_listed = !recipe.locks.is_empty() || !recipe.packages.is_empty();
        // Only its own script knows what such a project needs.
        if !is_listed && (has("setup.py") || has("setup.cfg")) && !self.says_dependencies() {
            recipe.packages = vec!["-e".to_owned(), ".".to_owned()];
        }
        recipe
    }

    /// The names of what a new environment is to hold, by whichever way it is made; what markers exclude here among them.
    pub(crate) fn names_to_build(&self) -> BTreeSet<String> {
        let requirements = self.requirements();
        if self.keeper().is_some_and(|it| it.found(self).is_some()) {
            let listed = requirements.dependencies();
            let listed = listed.filter_map(|it| it.requirement.as_ref().ok());
            let kept = requirements.kept.iter().filter(|it| it.group.is_none());
            return listed
                .chain(kept.map(|it| &it.requirement))
                .map(|it| it.name.clone())
                .collect();
        }
        let recipe = self.recipe();
        let paths: Vec<_> = recipe.locks.iter().map(|it| self.in_project(it)).collect();
        let sources = requirements.sources.iter();
        let in_files = sources
            .filter(|it| paths.iter().any(|path| path == it.path()))
            .flat_map(Source::requirements)
            .map(|(_, _, it)| it.name.clone());
        let listed = recipe.packages.iter();
        let listed = listed.filter_map(|it| Some(Requirement::parse(it).ok()?.name));
        in_files.chain(listed).collect()
    }

    /// Whether `pyproject.toml` lists what the project needs, be it nothing.
    fn says_dependencies(&self) -> bool {
        let document = self.pyproject();
        let is_dynamic = document
            .at(&["project", "dynamic"])
            .is_some_and(|it| it.texts().contains(&"dependencies"));
        document.at(&["project"]).is_some() && !is_dynamic
    }

    /// Whether an environment can be built that the project takes: by the tool that keeps it, else with a Python that is here, or that uv may get.
    pub(crate) fn can_build_environment(&self) -> bool {
        let is_built_with = |it: Series| (FLOOR..=CEILING).contains(&it) && self.is_wanted(it);
        let is_here = || {
            let mut here = self.interpreters().iter();
            here.any(|it| it.version.release && is_built_with(it.version.series))
        };
        match self.keeper().filter(|it| !it.is_uv()) {
            // What such a tool keeps, only it can install.
            Some(keeper) if keeper.found(self).is_none() => return false,
            Some(_) if is_here() => return true,
            None if self.base_python().is_some() => return true,
            _ => {}
        }
        let downloads = self.host.text("UV_PYTHON_DOWNLOADS");
        let may_download = downloads.is_none_or(|it| it == "automatic" || it == "true")
            && self.host.text("UV_OFFLINE").is_none();
        let mut minors = FLOOR.minor..=CEILING.minor;
        may_download
            && self.has_uv()
            && minors.any(|minor| is_built_with(Series::new(CEILING.major, minor)))
    }

    /// The series that a new environment is for, of those that `requires-python` takes: as recorded when the project was made, as
    /// `.python-version` says, or the newest here that can make one; else the newest of all. `None` where it takes none that environments are
    /// built with.
    pub(crate) fn series_to_build(&self) -> Option<Series> {
        let pyproject = self.pyproject();
        let recorded = pyproject.at(&["tool", "scaffold", "answers", "python"]);
        let recorded = recorded.and_then(|it| it.text()?.parse().ok());
        let is_wanted = |it: &Series| self.is_wanted(*it);
        let newest = || self.usable().next().map(|it| it.version.series);
        let of_any = || {
            let minors = (FLOOR.minor..=CEILING.minor).rev();
            let mut all = minors.map(|minor| Series::new(CEILING.major, minor));
            all.find(is_wanted)
        };
        recorded
            .filter(is_wanted)
            .or_else(|| self.pinned().filter(is_wanted))
            .or_else(newest)
            .or_else(of_any)
    }

    /// The Python of this machine that a new environment is made with.
    pub(crate) fn base_python(&self) -> Option<&Interpreter> {
        let series = self.series_to_build()?;
        let mut usable = self.usable();
        let newest = usable.clone().next();
        usable.find(|it| it.version.series == series).or(newest)
    }

    /// The Pythons here that the project takes and that an environment can be made with, the newest first: by uv, or by themselves.
    fn usable(&self) -> impl Iterator<Item = &Interpreter> + Clone {
        let has_uv = std::cell::OnceCell::new();
        let fits = move |it: &&Interpreter| {
            let series = it.version.series;
            let is_fitting =
                it.version.release && (FLOOR..=CEILING).contains(&series) && self.is_wanted(series);
            is_fitting && (can_make(it) || *has_uv.get_or_init(|| self.has_uv()))
        };
        self.interpreters().iter().filter(fits)
    }

    /// The series that `.python-version` names first.
    fn pinned(&self) -> Option<Series> {
        let text = self.text(&self.in_project(".python-version"))?;
        let first = text
            .lines()
            .map(str::trim)
            .find(|it| !it.is_empty() && !it.starts_with('#'))?;
        let mut numbers = first.split('.');
        let numbers = [numbers.next()?, numbers.next()?].join(".");
        numbers.parse().ok()
    }

    /// What is typed for a Python of this machine: its short name where that means the same one.
    pub(crate) fn typed_as(&self, python: &Interpreter) -> String {
        let series = python.version.series;
        if self.host.is_windows() {
            return format!("py -{series}");
        }
        let name = format!("python{series}");
        let named = self
            .first_on_path(&[&name])
            .and_then(|it| Interpreter::read(&self.host, &it, Origin::Path));
        match named {
            Some(it) if it.real == python.real => name,
            _ => crate::process::quoted(&python.path.to_string_lossy()),
        }
    }
}

/// Whether a Python makes environments by itself, with pip in them: Debian's does not without `python3-venv`.
pub(crate) fn can_make(python: &Interpreter) -> bool {
    python.has_venv() && python.pip().is_some()
}
