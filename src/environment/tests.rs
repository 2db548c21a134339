//! Environments made for real: both installers, every installed Python that counts, hostile surroundings, no network.

use std::path::Path;

use super::build::plain_commands;
use super::build::stopped_after;
use super::decision::{EnvironmentPlan, Python};
use super::testing::{
    DEAD_PROXY, DISTRIBUTIONS, LOCK, Place, distributions, locks, planned, project, tools, usable,
};
use super::{Built, Installer, Request, Uv, build};
use crate::error::{Error, Result};
use crate::host::{Host, System};
use crate::process::Command;
use crate::python::Interpreter;

const INSTALLERS: [Installer; 2] = [Installer::Uv, Installer::Pip];

fn some_python() -> Interpreter {
    usable(&Host::current().unwrap()).remove(0)
}

fn made(host: &Host, place: &Place, plan: &EnvironmentPlan) -> Result<Built> {
    build(
        host,
        plan,
        project(&place.folder(), &locks()),
        None,
        &|_| {},
    )
}

/// Runs Python code in an environment and gives what it prints.
fn python(host: &Host, built: &Built, code: &str) -> String {
    let output = Command::new(host, built.venv.python())
        .args(["-c", code])
        .run()
        .unwrap();
    assert!(output.success(), "{}", output.last_words(20));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn program(host: &Host, program: &Path) -> String {
    let output = Command::new(host, program).arg("--version").run().unwrap();
    assert!(output.success(), "{}", output.last_words(20));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn every_installer_and_python_makes_exactly_what_the_lock_says() {
    for base in usable(&Host::current().unwrap()) {
        for installer in INSTALLERS {
            let place = Place::new();
            let host = place.host();
            let built = made(&host, &place, &planned(&host, &base, installer)).unwrap();
            assert_eq!(
                distributions(&built.venv),
                DISTRIBUTIONS,
                "{installer:?} {base:?}"
            );
            let what = "import sys; print(sys.prefix, sys.version.split()[0], sys.base_prefix != sys.prefix)";
            let expected = format!("{} {} True", built.venv.root().display(), base.version);
            assert_eq!(python(&host, &built, what), expected);
            let pycodestyle = built.venv.programs().join("pycodestyle");
            assert_eq!(program(&host, &pycodestyle), "2.15.0");
            let settings = built.venv.settings();
            assert_eq!(settings["prompt"].trim_matches('\''), "hello");
            assert!(!built.venv.root().join(".scaffold-unfinished").exists());
        }
    }
}

#[test]
fn a_warm_cache_or_a_folder_of_wheels_needs_no_network() {
    let base = some_python();
    let place = Place::new();
    let host = place.offline();
    let built = made(&host, &place, &planned(&host, &base, Installer::Uv)).unwrap();
    assert_eq!(distributions(&built.venv), DISTRIBUTIONS);

    let place = Place::new();
    let host = place
        .offline()
        .with_variable("PIP_NO_INDEX", "1")
        .with_variable("PIP_FIND_LINKS", tools().wheels.as_os_str());
    let built = made(&host, &place, &planned(&host, &base, Installer::Pip)).unwrap();
    assert_eq!(distributions(&built.venv), DISTRIBUTIONS);
}

#[test]
fn what_the_surroundings_say_of_other_environments_does_not_leak_in() {
    let base = some_python();
    for installer in INSTALLERS {
        let place = Place::new();
        let elsewhere = place.beside("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        let poison = "raise SystemExit('poisoned')";
        std::fs::write(elsewhere.join("sitecustomize.py"), poison).unwrap();
        std::fs::write(place.path("venv.py"), poison).unwrap();
        std::fs::write(place.path("pip.py"), poison).unwrap();
        std::fs::write(elsewhere.join("constraints.txt"), "pycodestyle==2.14.0\n").unwrap();
        std::fs::write(elsewhere.join("pip.conf"), "[install]\nuser = true\n").unwrap();
        let constraints = elsewhere.join("constraints.txt");
        let mut host = place.host();
        for (name, value) in [
            ("PIP_CONFIG_FILE", elsewhere.join("pip.conf").as_path()),
            ("PIP_CONSTRAINT", &constraints),
            ("PIP_PREFIX", &elsewhere),
            ("PIP_TARGET", &elsewhere),
            ("PIP_USER", Path::new("1")),
            ("PYTHONDONTWRITEBYTECODE", Path::new("1")),
            ("PYTHONHOME", &elsewhere),
            ("PYTHONPATH", &elsewhere),
            ("UV_CONSTRAINT", &constraints),
            ("UV_EXCLUDE_NEWER", Path::new("2020-01-01")),
            ("UV_NO_BINARY", Path::new("1")),
            ("UV_OVERRIDE", &constraints),
            ("UV_PROJECT_ENVIRONMENT", &elsewhere),
            ("UV_PYTHON", Path::new("3.8")),
            ("UV_SYSTEM_PYTHON", Path::new("1")),
            ("UV_VENV_SEED", Path::new("1")),
            ("VIRTUAL_ENV", &elsewhere),
        ] {
            host = host.with_variable(name, value);
        }
        let built = made(&host, &place, &planned(&host, &base, installer)).unwrap();
        assert_eq!(distributions(&built.venv), DISTRIBUTIONS, "{installer:?}");
        assert_eq!(
            std::fs::read_dir(&elsewhere).unwrap().count(),
            3,
            "{installer:?}"
        );
    }
}

fn failed(host: &Host, place: &Place, installer: Installer) -> Error {
    let error = made(host, place, &planned(host, &some_python(), installer)).unwrap_err();
    assert!(!place.path(".venv").exists());
    error
}

#[test]
fn a_wrong_hash_is_refused_and_leaves_nothing() {
    for installer in INSTALLERS {
        let place = Place::new();
        let wrong = LOCK
            .replace("sha256:6", "sha256:0")
            .replace("sha256:9", "sha256:1");
        std::fs::write(place.path("requirements.txt"), wrong).unwrap();
        // Only the one wrong lock: beside the other, the two disagree, which is another failure.
        std::fs::write(place.path("requirements-dev.txt"), "").unwrap();
        let host = place
            .host()
            .with_variable("PIP_NO_INDEX", "1")
            .with_variable("PIP_FIND_LINKS", tools().wheels.as_os_str());
        let error = failed(&host, &place, installer);
        assert!(error.hints()[0].contains("other files"), "{error:?}");
        assert!(
            error.causes()[0].to_lowercase().contains("hash"),
            "{error:?}"
        );
    }
}

#[test]
fn offline_and_not_in_the_cache_is_said_so() {
    let place = Place::new();
    let empty = place.beside("empty");
    let host = place
        .offline()
        .with_variable("UV_CACHE_DIR", empty.as_os_str())
        .with_variable("UV_OFFLINE", "1");
    let error = failed(&host, &place, Installer::Uv);
    assert!(error.hints()[0].contains("go online once"), "{error:?}");

    let host = place
        .offline()
        .with_variable("UV_CACHE_DIR", empty.as_os_str());
    let error = failed(&host, &place, Installer::Uv);
    assert!(error.hints()[0].contains("HTTPS_PROXY"), "{error:?}");

    let host = place
        .offline()
        .with_variable("PIP_NO_INDEX", "1")
        .with_variable("PIP_FIND_LINKS", empty.as_os_str());
    let error = failed(&host, &place, Installer::Pip);
    assert!(error.hints()[0].contains("PIP_FIND_LINKS"), "{error:?}");
    assert!(
        error.hints().last().unwrap().contains("--require-hashes"),
        "{error:?}"
    );
}

#[test]
fn an_environment_that_is_there_is_not_touched() {
    let place = Place::new();
    std::fs::create_dir(place.path(".venv")).unwrap();
    std::fs::write(place.path(".venv/mine"), "mine").unwrap();
    let host = place.host();
    let plan = planned(&host, &some_python(), Installer::Uv);
    let error = made(&host, &place, &plan).unwrap_err();
    assert!(error.message().contains("already"), "{error:?}");
    assert_eq!(
        std::fs::read_to_string(place.path(".venv/mine")).unwrap(),
        "mine"
    );
}

/// A kill is the same as stopping between two of the steps, so that is what is done here.
#[cfg(unix)]
#[test]
fn one_that_was_killed_is_finished_by_the_plain_commands_and_by_the_next_build() {
    let base = some_python();
    // Each step for the quick one; the slow one in the middle.
    for (installer, steps) in [(Installer::Uv, 0..=2), (Installer::Pip, 1..=1)] {
        for steps in steps {
            let place = Place::new();
            let host = place.host();
            let plan = planned(&host, &base, installer);
            let (folder, locks) = (place.folder(), locks());
            let kill = || {
                stopped_after(&host, &plan, project(&folder, &locks), steps).unwrap();
                assert!(place.path(".venv/.scaffold-unfinished").is_file());
            };
            kill();
            let text = std::fs::read_to_string(place.path(".venv/.scaffold-unfinished")).unwrap();
            let commands = plain_commands(&host, &plan, project(&folder, &locks));
            assert!(
                text.ends_with(&format!("{}\n", commands.join("\n"))),
                "{text}"
            );
            let shell = Command::new(&host, "/bin/sh")
                .args(["-ec", &commands.join("\n")])
                .current_dir(&folder);
            let output = shell.run().unwrap();
            assert!(output.success(), "{commands:?}\n{}", output.last_words(20));
            let mut found = distributions(&place.venv(&host));
            // `python -m venv` brings a pip (with Python 3.11 also setuptools), which a lock of ours replaces.
            found.retain(|it| !it.starts_with("setuptools-") && !it.starts_with("pip-"));
            assert_eq!(found, DISTRIBUTIONS, "{commands:?}");
            assert!(!place.path(".venv/.scaffold-unfinished").exists());

            std::fs::remove_dir_all(place.path(".venv")).unwrap();
            kill();
            let built = made(&host, &place, &plan).unwrap();
            assert_eq!(distributions(&built.venv), DISTRIBUTIONS);
        }
    }
}

#[test]
fn a_python_that_uv_cannot_bring_is_replaced_by_what_is_there() {
    let place = Place::new();
    let host = place
        .offline()
        .with_variable("UV_PYTHON_INSTALL_DIR", place.beside("pythons").as_os_str());
    let base = some_python();
    let request = Request {
        // The one place where a Python is wanted that no test machine has: uv asks its own list of them.
        python: "3.14".parse().unwrap(),
        installer: Installer::Auto,
        allow_download: true,
    };
    if base.version.series == request.python {
        return;
    }
    let uv = Uv::find(&host);
    let machine = super::Machine {
        interpreters: std::slice::from_ref(&base),
        uv: uv.as_ref(),
        system: System::Other,
        pyenv: None,
    };
    let super::Decision::Build(plan) = super::plan(request, machine) else {
        panic!("uv is there")
    };
    assert_eq!(plan.python, Python::Downloaded(request.python));
    let built = made(&host, &place, &plan).unwrap();
    assert_eq!(distributions(&built.venv), DISTRIBUTIONS);
    assert_eq!(built.plan.python, Python::Installed(base));
    let messages: Vec<_> = built.remarks.iter().map(|it| it.message.as_str()).collect();
    assert!(
        messages[0].starts_with("could not get Python 3.14 from uv: "),
        "{messages:?}"
    );
    assert!(
        messages[1].contains("not what the platform runs"),
        "{messages:?}"
    );
    assert!(
        host.variable("HTTPS_PROXY")
            .is_some_and(|it| it == DEAD_PROXY)
    );
}
