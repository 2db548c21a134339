//! How packages get into the project's environment: with the uv that made it, or with its own pip. What comes out is data for a fix.
//!
//! Called by the checks of this group. Where the project has locks with hashes, they are what is installed, and nothing else.

use crate::doctor::facts::Facts;
use crate::doctor::facts::asked::sources;
use crate::doctor::facts::distributions::Distribution;
use crate::doctor::facts::requirements::{Source, deploy_file, is_name};
use crate::doctor::fix::Action;
use crate::process::quoted;
use crate::python::Pip;

/// The way in.
pub(super) struct Installer<'a> {
    facts: &'a Facts,
    is_uv: bool,
    /// What starts pip for the environment; the environment's Python for uv.
    start: Vec<String>,
}

/// A command that is both shown and run.
#[derive(Debug, Clone)]
pub(super) struct Line(Vec<String>);

impl Line {
    /// As a step of a fix.
    pub(super) fn action(&self) -> Action {
        Action::run(self.0.iter().map(String::as_str))
    }

    /// As it is typed.
    pub(super) fn typed(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|it| quoted(it)).collect();
        words.join(" ")
    }
}

impl<'a> Installer<'a> {
    /// The one for the project's environment; `None` where there is neither pip in it, uv on `PATH`, nor pip with the Python that it was made from.
    pub(super) fn of(facts: &'a Facts) -> Option<Self> {
        let environment = facts.environment()?;
        let installed = facts.distributions().as_ref().ok()?;
        let has_uv = facts.host.find_program("uv").is_some();
        let has_pip = installed.get("pip").is_some();
        let is_uv = has_uv && (environment.setting("uv").is_some() || !has_pip);
        let python = facts.shown(environment.python()?);
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        let start = if is_uv {
            vec![python]
        } else if has_pip {
            words(&[&python, "-m", "pip"])
        } else {
            // As this program itself fills environments: pip is not in them, and works on them from outside.
            let base = facts.python_in_use()?;
            match base.pip()? {
                Pip::Wheel(wheel) => words(&[&python, "-I", &wheel.join("pip").to_string_lossy()]),
                Pip::Installed => {
                    let base = base.path.to_string_lossy();
                    let folder = facts.shown(&environment.folder);
                    words(&[&base, "-m", "pip", "--python", &folder])
                }
            }
        };
        Some(Self {
            facts,
            is_uv,
            start,
        })
    }

    /// Installs what the project's requirements files say; `None` where there are none that can be installed.
    pub(super) fn locks(&self) -> Option<Line> {
        self.of_locks(&[], [])
    }

    /// Installs the locks of a project of ours as they are once `scaffold lock` has written the one that is deployed.
    pub(super) fn locked(&self) -> Option<Line> {
        let sources = sources(self.facts);
        let deploy = self.facts.in_project(&deploy_file(self.facts));
        let has_something = |it: &&&Source| it.entries().next().is_some();
        let there = sources.iter().filter(has_something);
        let mut paths: Vec<String> = there.map(|it| self.facts.shown(it.path())).collect();
        let deploy = self.facts.shown(&deploy);
        if paths.contains(&deploy) {
            return self.locks();
        }
        paths.insert(0, deploy);
        let mut words = self.install();
        for path in paths {
            words.extend(["-r".to_owned(), path]);
        }
        Some(Line(words))
    }

    fn of_locks<'b>(
        &self,
        options: &[&'b str],
        names: impl IntoIterator<Item = &'b str>,
    ) -> Option<Line> {
        let sources = sources(self.facts);
        let sources: Vec<&Source> = sources
            .into_iter()
            .filter(|it| it.entries().next().is_some())
            .collect();
        let has_hashes = |source: &&Source| {
            let mut requirements = source.requirements();
            requirements.any(|(_, entry, _)| !entry.hashes.is_empty())
        };
        let are_hashed = sources.iter().any(has_hashes);
        let is_mixed = are_hashed && !sources.iter().all(|it| it.is_hashed());
        if sources.is_empty() || is_mixed {
            return None;
        }
        let mut words = self.install();
        words.extend(options.iter().map(|it| (*it).to_owned()));
        for name in names {
            words.extend(["--reinstall-package".to_owned(), name.to_owned()]);
        }
        if are_hashed {
            words.push("--require-hashes".to_owned());
        }
        for source in sources {
            words.extend(["-r".to_owned(), self.facts.shown(source.path())]);
        }
        Some(Line(words))
    }

    /// Installs these requirements.
    pub(super) fn requirements(&self, requirements: impl IntoIterator<Item = String>) -> Line {
        let mut words = self.install();
        words.extend(requirements);
        Line(words)
    }

    /// Installs a distribution once more, in the version that it has; `None` where it did not come from an index.
    pub(super) fn again(&self, distribution: &Distribution) -> Option<Line> {
        let name = distribution.name.as_str();
        let version = distribution.version.as_ref()?;
        if distribution.origin().is_some() || !is_name(name) {
            return None;
        }
        let is_locked = sources(self.facts).iter().any(|source| {
            let mut requirements = source.requirements();
            requirements.any(|(_, entry, it)| it.name == name && !entry.hashes.is_empty())
        });
        if is_locked {
            return if self.is_uv {
                self.of_locks(&[], [name])
            } else {
                self.of_locks(&["--force-reinstall", "--no-deps"], [])
            };
        }
        let mut words = self.install();
        if self.is_uv {
            words.extend(["--reinstall-package".to_owned(), name.to_owned()]);
        } else {
            words.push("--force-reinstall".to_owned());
        }
        words.push("--no-deps".to_owned());
        words.push(format!("{name}=={version}"));
        Some(Line(words))
    }

    /// Installs a project whose metadata is out of the way: as the locks say, else in the version that it had.
    pub(super) fn anew(&self, distribution: &Distribution) -> Option<Line> {
        let name = distribution.name.as_str();
        let is_asked = sources(self.facts).iter().any(|source| {
            let mut requirements = source.requirements();
            requirements.any(|(_, _, it)| it.name == name)
        });
        if is_asked {
            return self.locks();
        }
        if distribution.origin().is_some() || !is_name(name) {
            return None;
        }
        let requirement = match &distribution.version {
            Some(version) => format!("{name}=={version}"),
            None => name.to_owned(),
        };
        Some(self.requirements([requirement]))
    }

    /// Takes projects away.
    pub(super) fn without(&self, names: &[&str]) -> Line {
        let mut words = self.program("uninstall");
        if !self.is_uv {
            words.push("-y".to_owned());
        }
        let names = names.iter().filter(|it| is_name(it));
        words.extend(names.map(|it| (*it).to_owned()));
        Line(words)
    }

    /// Whether it takes away all metadata of a project when it installs that one again; pip takes away one.
    pub(super) fn replaces_all(&self) -> bool {
        self.is_uv
    }

    fn install(&self) -> Vec<String> {
        self.program("install")
    }

    fn program(&self, command: &str) -> Vec<String> {
        let command = command.to_owned();
        if self.is_uv {
            let words = ["uv", "pip"].map(str::to_owned).into_iter();
            let python = ["--python".to_owned()].into_iter();
            let python = python.chain(self.start.clone());
            return words.chain([command]).chain(python).collect();
        }
        self.start.iter().cloned().chain([command]).collect()
    }
}
