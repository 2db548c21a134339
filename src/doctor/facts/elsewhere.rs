//! Where the project's environment is, if it is not in the project's folder.
//!
//! Called by checks before they miss one there, or offer to make one.

use std::path::Path;

use super::Facts;
use super::node::Node;

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
        let has = |file: &str| self.is_file(&self.in_project(file));
        let pyproject = self.pyproject();
        let is_of_poetry = has("poetry.lock") || pyproject.at(&["tool", "poetry"]).is_some();
        if is_of_poetry {
            let settings = self.node(&self.in_project("poetry.toml"));
            let said = settings.at(&["virtualenvs", "in-project"]);
            let variable = host.text("POETRY_VIRTUALENVS_IN_PROJECT");
            let is_in_project =
                said.and_then(Node::truth) == Some(true) || variable == Some("true");
            return (!is_in_project).then_some("Poetry keeps environments in a folder of its own");
        }
        if has("Pipfile") && host.variable("PIPENV_VENV_IN_PROJECT").is_none() {
            return Some("Pipenv keeps environments in a folder of its own");
        }
        let is_of_hatch = has("hatch.toml") || pyproject.at(&["tool", "hatch", "envs"]).is_some();
        is_of_hatch.then_some("Hatch keeps environments in a folder of its own")
    }
}
