//! Deciding how an environment is made: with which Python, by which installer, or why it cannot be.
//!
//! Called by `cli` before anything is written. A pure function of what was read: the interpreters, uv and its settings, the
//! system.

use super::advice;
use super::decision::{Decision, EnvironmentPlan, Python, Remark, Unable};
use super::provider::Provider;
use super::uv::Uv;
use crate::host::System;
use crate::python::version::{CEILING, FLOOR};
use crate::python::{Interpreter, Series};

/// Which installer the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Installer {
    /// uv where it is found, else pip.
    #[default]
    Auto,
    /// uv.
    Uv,
    /// pip, from the Python that is used.
    Pip,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    /// The Python that the project is for.
    pub(crate) python: Series,
    /// The installer.
    pub(crate) installer: Installer,
    /// Whether uv may download a Python where the wanted one is not installed.
    pub(crate) allow_download: bool,
}

/// What the machine has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine<'a> {
    /// The interpreters, as [`crate::python::interpreters`] sorts them.
    pub(crate) interpreters: &'a [Interpreter],
    /// uv, where there is one.
    pub(crate) uv: Option<&'a Uv>,
    /// The system, for the hints.
    pub(crate) system: System,
    /// What to type for pyenv, where there is one; for the hints too.
    pub(crate) pyenv: Option<&'a str>,
}

/// Decides: the wanted Python where it is installed; else the one that uv brings; else the newest one that the tools run on,
/// with a warning; else why nothing works.
pub(crate) fn plan(request: Request, machine: Machine<'_>) -> Decision {
    let wanted = request.python;
    let uv = match (request.installer, machine.uv) {
        (Installer::Pip, _) => None,
        (Installer::Uv, None) => {
            return Decision::Unable(Unable {
                reason: "uv is asked for and not found".to_owned(),
                ways: vec![
                    machine.system.install_uv(),
                    "use the option `--installer pip` (or `auto`)".to_owned(),
                ],
            });
        }
        (_, uv) => uv,
    };
    let mut usable = machine.interpreters.iter().filter_map(|interpreter| {
        let in_range = (FLOOR..=CEILING).contains(&interpreter.version.series);
        let provider = provider(interpreter, uv)?;
        (in_range && interpreter.version.release).then_some((interpreter, provider))
    });
    if let Some((interpreter, provider)) =
        usable.clone().find(|(it, _)| it.version.series == wanted)
    {
        return Decision::Build(EnvironmentPlan {
            python: Python::Installed(interpreter.clone()),
            provider,
            remarks: Vec::new(),
            otherwise: None,
        });
    }
    let newest = usable
        .next()
        .map(|(interpreter, provider)| EnvironmentPlan {
            remarks: vec![advice::substitute(interpreter, request, machine)],
            python: Python::Installed(interpreter.clone()),
            provider,
            otherwise: None,
        });
    match (uv, newest) {
        (Some(uv), newest) if request.allow_download && uv.may_download() => {
            Decision::Build(EnvironmentPlan {
                python: Python::Downloaded(wanted),
                provider: Provider::Uv(uv.clone()),
                remarks: vec![Remark {
                    warning: false,
                    message: format!("Python {wanted} is not installed: uv downloads it"),
                    ways: Vec::new(),
                }],
                otherwise: newest.map(Box::new),
            })
        }
        (_, Some(newest)) => Decision::Build(newest),
        (uv, None) => Decision::Unable(advice::unable(request, machine, uv)),
    }
}

/// Who can make an environment with this interpreter.
fn provider(interpreter: &Interpreter, uv: Option<&Uv>) -> Option<Provider> {
    match uv {
        Some(uv) => Some(Provider::Uv(uv.clone())),
        None if interpreter.has_venv() => interpreter.pip().map(Provider::Pip),
        None => None,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets up its own machine")]
mod tests {
    use std::path::Path;

    use super::{Decision, EnvironmentPlan, Installer, Machine, Python, Request, Unable, plan};
    use crate::environment::Uv;
    use crate::host::System;
    use crate::python::{Interpreter, Source, Version};

    /// A machine with these Pythons; one whose version ends in `!` cannot make an environment by itself.
    struct MadeUp {
        folder: tempfile::TempDir,
        interpreters: Vec<Interpreter>,
    }

    impl MadeUp {
        fn new(versions: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let interpreters = versions
                .iter()
                .map(|text| Self::interpreter(folder.path(), text))
                .collect();
            Self {
                folder,
                interpreters,
            }
        }

        fn interpreter(folder: &Path, text: &str) -> Interpreter {
            let version = Version::parse(text.trim_end_matches('!')).unwrap();
            let prefix = folder.join(text);
            let path = prefix.join("bin").join("python3");
            let interpreter =
                Interpreter::made_up(&path.display().to_string(), version, Source::Path);
            let library = &interpreter.standard_library;
            let touch = |below: &str| {
                let file = library.join(below);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, "").unwrap();
            };
            touch("venv/__init__.py");
            if !text.ends_with('!') {
                touch("ensurepip/_bundled/pip-24.0-py3-none-any.whl");
            }
            interpreter
        }

        fn decide(&self, wanted: &str, installer: Installer, uv: Option<&Uv>) -> Decision {
            let request = Request {
                python: wanted.parse().unwrap(),
                installer,
                allow_download: true,
            };
            let machine = Machine {
                interpreters: &self.interpreters,
                uv,
                system: System::Debian,
                pyenv: None,
            };
            plan(request, machine)
        }

        fn plan(&self, wanted: &str, installer: Installer, uv: Option<&Uv>) -> EnvironmentPlan {
            match self.decide(wanted, installer, uv) {
                Decision::Build(plan) => plan,
                Decision::Unable(unable) => panic!("{unable:?}"),
            }
        }

        fn unable(&self, wanted: &str, installer: Installer, uv: Option<&Uv>) -> Unable {
            match self.decide(wanted, installer, uv) {
                Decision::Unable(unable) => unable,
                Decision::Build(plan) => panic!("{plan:?}"),
            }
        }

        fn shown(&self, plan: &EnvironmentPlan) -> String {
            let python = match &plan.python {
                Python::Installed(it) => it.version.to_string(),
                Python::Downloaded(series) => format!("{series} from uv"),
            };
            assert!(self.folder.path().exists());
            format!("{} with {python}", plan.provider)
        }
    }

    #[test]
    fn the_wanted_python_is_used_where_it_is_installed() {
        let machine = MadeUp::new(&["3.13.0", "3.12.1"]);
        let uv = Uv::made_up(true);
        for (installer, uv, expected) in [
            (Installer::Auto, Some(&uv), "uv with 3.12.1"),
            (Installer::Auto, None, "pip with 3.12.1"),
            (Installer::Pip, Some(&uv), "pip with 3.12.1"),
            (Installer::Uv, Some(&uv), "uv with 3.12.1"),
        ] {
            let plan = machine.plan("3.12", installer, uv);
            assert_eq!(machine.shown(&plan), expected);
            assert_eq!(plan.remarks, []);
        }
    }

    #[test]
    fn uv_needs_no_pip_and_pip_takes_one_that_has_it() {
        let machine = MadeUp::new(&["3.12.1!", "3.12.4"]);
        let uv = Uv::made_up(true);
        let plan = machine.plan("3.12", Installer::Auto, Some(&uv));
        assert_eq!(machine.shown(&plan), "uv with 3.12.1");
        let plan = machine.plan("3.12", Installer::Pip, Some(&uv));
        assert_eq!(machine.shown(&plan), "pip with 3.12.4");
    }

    #[test]
    fn uv_downloads_the_wanted_python_where_it_may() {
        let machine = MadeUp::new(&["3.11.7"]);
        let plan = machine.plan("3.12", Installer::Auto, Some(&Uv::made_up(true)));
        assert_eq!(machine.shown(&plan), "uv with 3.12 from uv");
        assert_eq!(
            plan.remarks[0].message,
            "Python 3.12 is not installed: uv downloads it"
        );
        assert!(!plan.remarks[0].warning);
        let otherwise = plan.otherwise.unwrap();
        assert_eq!(machine.shown(&otherwise), "uv with 3.11.7");
        assert!(otherwise.remarks[0].warning);

        let refused = machine.plan("3.12", Installer::Auto, Some(&Uv::made_up(false)));
        assert_eq!(machine.shown(&refused), "uv with 3.11.7");
        assert_eq!(refused.remarks[0].ways[0], "uv python install 3.12");
    }

    #[test]
    fn else_the_newest_that_the_tools_run_on_with_a_warning() {
        let machine = MadeUp::new(&["3.15.0", "3.14.0rc1", "3.13.0!", "3.12.1", "3.11.7"]);
        let plan = machine.plan("3.14", Installer::Auto, None);
        assert_eq!(machine.shown(&plan), "pip with 3.12.1");
        let [remark] = &plan.remarks[..] else {
            panic!("{plan:?}")
        };
        assert!(remark.warning);
        assert!(remark.message.contains("3.14") && remark.message.contains("3.12.1"));
        assert!(
            remark
                .ways
                .iter()
                .any(|it| it.contains("install uv") || it.contains("uv/install"))
        );
    }

    #[test]
    fn every_way_to_the_wanted_python_that_there_is_is_offered() {
        let machine = MadeUp::new(&["3.12.1"]);
        let ways = |uv: Option<&Uv>, pyenv, system| {
            let request = Request {
                python: "3.14".parse().unwrap(),
                installer: Installer::Auto,
                allow_download: false,
            };
            let machine = Machine {
                interpreters: &machine.interpreters,
                uv,
                system,
                pyenv,
            };
            match plan(request, machine) {
                Decision::Build(plan) => plan.remarks[0].ways.clone(),
                Decision::Unable(unable) => panic!("{unable:?}"),
            }
        };
        let uv = Uv::made_up(true);
        assert_eq!(
            ways(Some(&uv), Some("pyenv"), System::Fedora),
            [
                "uv python install 3.14",
                "pyenv install 3.14",
                "sudo dnf install python3.14"
            ]
        );
        let none = ways(None, Some("pyenv"), System::Debian);
        assert_eq!(none[0], "pyenv install 3.14");
        assert!(none[1].contains("uv/install"), "{none:?}");
        assert_eq!(
            ways(Some(&uv), None, System::Debian),
            ["uv python install 3.14"]
        );
    }

    #[test]
    fn debian_without_ensurepip_is_told_the_package() {
        let machine = MadeUp::new(&["3.11.2!"]);
        let unable = machine.unable("3.13", Installer::Auto, None);
        assert!(
            unable.reason.contains("has no pip to install with"),
            "{unable:?}"
        );
        assert_eq!(unable.ways[0], "sudo apt install python3.11-venv");
        assert!(unable.ways[1].contains("uv"), "{unable:?}");
        let unable = machine.unable("3.11", Installer::Pip, Some(&Uv::made_up(true)));
        assert!(unable.reason.ends_with("uv is not asked for"), "{unable:?}");
        assert!(
            unable
                .ways
                .contains(&"use the option `--installer uv`".to_owned())
        );
    }

    #[test]
    fn nothing_that_works_is_said_with_every_way_out() {
        let nothing = MadeUp::new(&[]).unable("3.13", Installer::Auto, None);
        assert_eq!(nothing.reason, "no Python is installed");
        assert_eq!(nothing.ways.len(), 2);
        let old = MadeUp::new(&["3.9.18"]).unable("3.13", Installer::Auto, None);
        assert_eq!(
            old.reason,
            "no Python from 3.11 to 3.14 is installed; the newest one found is 3.9.18"
        );
        let uv = Uv::made_up(false);
        let refused = MadeUp::new(&[]).unable("3.13", Installer::Auto, Some(&uv));
        assert_eq!(refused.ways[0], "uv python install 3.13");
        let no_uv = MadeUp::new(&["3.13.0"]).unable("3.13", Installer::Uv, None);
        assert_eq!(no_uv.reason, "uv is asked for and not found");
    }
}
