//! The tool that keeps the project's packages and its environment by itself: uv, Poetry, PDM, Pipenv.
//!
//! Told by the files and tables that only that tool writes. Called by checks, which name its command, and by `cli`, which runs it. It must not judge.

use std::path::PathBuf;

use super::Facts;
use crate::python::shim;

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Keeper {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Its program.
    pub(crate) program: &'static str,
    /// Its file in the project, by which it is known.
    pub(crate) file: &'static str,
    /// What makes the environment where there is none, and installs what is missing, as it is typed.
    pub(crate) install: &'static [&'static str],
    /// The same where nobody is asked.
    pub(crate) unattended: &'static [&'static str],
    /// What makes it keep the environment in `.venv`.
    pub(crate) variable: (&'static str, &'static str),
}

/// uv: <https://docs.astral.sh/uv/concepts/projects/sync/>.
const UV: Keeper = Keeper {
    name: "uv",
    program: "uv",
    file: "uv.lock",
    install: &["sync"],
    unattended: &["sync"],
    variable: ("UV_PROJECT_ENVIRONMENT", ".venv"),
};

/// Poetry: <https://python-poetry.org/docs/cli/#install>.
const POETRY: Keeper = Keeper {
    name: "Poetry",
    program: "poetry",
    file: "poetry.lock",
    install: &["install"],
    unattended: &["install", "--no-interaction"],
    variable: ("POETRY_VIRTUALENVS_IN_PROJECT", "true"),
};

/// PDM: <https://pdm-project.org/latest/reference/cli/#install>.
const PDM: Keeper = Keeper {
    name: "PDM",
    program: "pdm",
    file: "pdm.lock",
    install: &["install"],
    unattended: &["install", "--non-interactive"],
    variable: ("PDM_VENV_IN_PROJECT", "true"),
};

/// Pipenv: <https://pipenv.pypa.io/en/latest/commands.html#install>.
const PIPENV: Keeper = Keeper {
    name: "Pipenv",
    program: "pipenv",
    file: "Pipfile",
    install: &["install", "--dev"],
    unattended: &["install", "--dev"],
    variable: ("PIPENV_VENV_IN_PROJECT", "1"),
};

impl Keeper {
    /// Its program, where it is installed: on `PATH`, or where the installers of uv and of pipx put programs.
    pub(crate) fn found(&self, facts: &Facts) -> Option<PathBuf> {
        let host = &facts.host;
        let name = if host.is_windows() {
            format!("{}.exe", self.program)
        } else {
            self.program.to_owned()
        };
        let home = |below: &str| host.home().map(|it| it.join(below));
        let others = [home(".local/bin"), home(".cargo/bin")];
        let folders = host.path_folders().into_iter();
        folders
            .chain(others.into_iter().flatten())
            .find_map(|folder| shim::program(host, &folder.join(&name)))
    }

    /// What to type to have everything installed; how to get the tool comes first where it is not there.
    pub(crate) fn typed(&self, facts: &Facts) -> Vec<String> {
        let install = self.install.join(" ");
        let Some(program) = self.found(facts) else {
            let get = format!("pipx install {}", self.program);
            return vec![get, format!("{} {install}", self.program)];
        };
        let is_on_path = facts.first_on_path(&[self.program]).as_ref() == Some(&program)
            || facts.has_program(self.program);
        let program = if is_on_path {
            self.program.to_owned()
        } else {
            crate::process::quoted(&program.to_string_lossy())
        };
        vec![format!("{program} {install}")]
    }

    /// Whether it is uv: what it keeps is written as the standards say, and pip can install it as well.
    pub(crate) fn is_uv(&self) -> bool {
        *self == UV
    }

    /// Whether it is Poetry.
    pub(crate) fn is_poetry(&self) -> bool {
        *self == POETRY
    }

    /// Whether it is PDM.
    pub(crate) fn is_pdm(&self) -> bool {
        *self == PDM
    }

    /// Whether it is Pipenv.
    pub(crate) fn is_pipenv(&self) -> bool {
        *self == PIPENV
    }
}

impl Facts {
    /// Whether there is a uv.
    pub(crate) fn has_uv(&self) -> bool {
        UV.found(self).is_some()
    }

    /// The tool that keeps this project; `None` where requirements files or nothing at all do, and for projects of ours, whose locks are such files.
    pub(crate) fn keeper(&self) -> Option<&'static Keeper> {
        let has = |file: &str| self.is_file(&self.in_project(file));
        let pyproject = self.pyproject();
        let says = |keys: &[&str]| pyproject.at(keys).is_some();
        if self.project.is_none() || super::asked::is_ours(self) {
            return None;
        }
        if has(UV.file) {
            return Some(&UV);
        }
        if has(POETRY.file) || says(&["tool", "poetry"]) {
            return Some(&POETRY);
        }
        // `[tool.pdm]` alone may be the build backend's.
        if has(PDM.file) || says(&["tool", "pdm", "dev-dependencies"]) {
            return Some(&PDM);
        }
        has(PIPENV.file).then_some(&PIPENV)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use crate::doctor::testing::Rig;

    #[test]
    fn a_tool_is_known_by_what_only_it_writes() {
        let name = |rig: Rig| rig.facts().keeper().map(|it| it.name);
        assert_eq!(name(Rig::new()), None);
        let manifest = |text: &str| Rig::new().file("project/pyproject.toml", text);
        assert_eq!(
            name(manifest("[tool.pdm.version]\nsource = \"scm\"\n")),
            None
        );
        assert_eq!(name(manifest("[tool.uv]\n")), None);
        assert_eq!(
            name(manifest("[tool.poetry]\nname = \"x\"\n")),
            Some("Poetry")
        );
        for (file, expected) in [
            ("uv.lock", "uv"),
            ("poetry.lock", "Poetry"),
            ("pdm.lock", "PDM"),
            ("Pipfile", "Pipenv"),
        ] {
            let rig = Rig::new().file(&format!("project/{file}"), "");
            assert_eq!(name(rig), Some(expected));
        }
        let ours = manifest("[tool.scaffold]\n").file("project/uv.lock", "");
        assert_eq!(name(ours), None);
    }

    #[test]
    fn how_to_get_the_tool_is_said_where_it_is_not_there() {
        let typed = |rig: Rig| {
            let facts = rig.facts();
            facts.keeper().unwrap().typed(&facts)
        };
        let rig = || Rig::new().file("project/poetry.lock", "");
        assert_eq!(typed(rig()), ["pipx install poetry", "poetry install"]);
        let there = rig().program("tools/poetry", "\x7fELF").on_path(&["tools"]);
        assert_eq!(typed(there), ["poetry install"]);
        let hidden = rig().program("home/.local/bin/poetry", "\x7fELF");
        let path = hidden.path("home/.local/bin/poetry");
        assert_eq!(typed(hidden), [format!("{} install", path.display())]);
    }
}
