//! Where the project's environment is, if it is not in the project's folder.
//!
//! Called by checks before they miss one there, or offer to make one.

use std::path::Path;

use super::Facts;
use super::keeper::Keeper;

impl Facts {
    /// Why the project has its environment somewhere else: one that is active, or the way of the tool that it is made with.
    pub(crate) fn environment_elsewhere(&self) -> Option<&'static str> {
        let host = &self.host;
        let is_there = |name: &str, mark: &str| {
            let folder = host.variable(name).map(Path::new);
            folder.is_some_and(|it| it.join(mark).exists())
        };
        if is_there("VIRTUAL_ENV", "pyvenv.cfg") {
            return Some("an environment that lies elsewhere is active");
        }
        if is_there("CONDA_PREFIX", "conda-meta") && host.text("CONDA_DEFAULT_ENV") != Some("base")
        {
            return Some("an environment of conda is active");
        }
        let keeper = self.keeper();
        if keeper.is_some_and(Keeper::is_poetry) {
            return (self.is_poetry_in_project() != Some(true))
                .then_some("Poetry keeps environments in a folder of its own");
        }
        if keeper.is_some_and(Keeper::is_pipenv)
            && host.variable("PIPENV_VENV_IN_PROJECT").is_none()
        {
            return Some("Pipenv keeps environments in a folder of its own");
        }
        if keeper.is_some_and(Keeper::is_uv)
            && host
                .text("UV_PROJECT_ENVIRONMENT")
                .is_some_and(|it| it != ".venv")
        {
            return Some("uv is told to keep the environment elsewhere");
        }
        if keeper.is_some_and(Keeper::is_pdm) && self.is_pdm_elsewhere() {
            return Some("PDM is told to use another Python than one in `.venv`");
        }
        let pyproject = self.pyproject();
        let has = |file: &str| self.is_file(&self.in_project(file));
        let is_of_hatch = has("hatch.toml") || pyproject.at(&["tool", "hatch", "envs"]).is_some();
        is_of_hatch.then_some("Hatch keeps environments in a folder of its own")
    }

    /// Whether PDM installs beside the project's files (PEP 582), or into the Python that `.pdm-python` names.
    fn is_pdm_elsewhere(&self) -> bool {
        let named = self.text(&self.in_project(".pdm-python"));
        let named = named.filter(|it| !it.trim().is_empty());
        self.is_folder(&self.in_project("__pypackages__"))
            || named.is_some_and(|it| !Path::new(it.trim()).starts_with(self.in_project("")))
    }

    /// Why the project's folder has no environment to look at.
    pub(crate) fn why_no_environment(&self) -> &'static str {
        self.environment_elsewhere()
            .unwrap_or("there is no environment")
    }

    /// Whether Poetry is told to keep the environment in the project; `None` where nothing says so, and Poetry takes a `.venv` that is there.
    pub(crate) fn is_poetry_in_project(&self) -> Option<bool> {
        match self.host.text("POETRY_VIRTUALENVS_IN_PROJECT") {
            Some("true" | "1") => return Some(true),
            Some("false" | "0") => return Some(false),
            _ => {}
        }
        let settings = self.node(&self.in_project("poetry.toml"));
        settings.at(&["virtualenvs", "in-project"])?.truth()
    }
}
