//! What an installed Python lacks, and for which machine it was made.
//!
//! The look functions of PY007 to PY010 and of PY018.

use super::found;
use crate::doctor::check::Severity;
use crate::doctor::checks::making::made;
use crate::doctor::facts::Facts;
use crate::doctor::facts::binary_header::Machine;
use crate::doctor::facts::reading::names;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::System;
use crate::python::Interpreter;

const NO_PYTHON: Outcome = Outcome::Skipped("there is no Python to look at");

pub(super) fn externally_managed(facts: &Facts) -> Outcome {
    if facts.environment().is_some() {
        return Outcome::Healthy;
    }
    if facts.project.is_some()
        && let Some(why) = facts.environment_elsewhere()
    {
        return Outcome::Skipped(why);
    }
    let Some(python) = facts.typed_python() else {
        return NO_PYTHON;
    };
    let mark = python.standard_library.join("EXTERNALLY-MANAGED");
    if !mark.is_file() {
        return Outcome::Healthy;
    }
    let symptom = Symptom::new(format!(
        "`{}` says that only the system installs packages for it",
        python.path.display()
    ))
    .seen_in(Evidence::path(mark));
    let place = facts.in_project(".venv");
    found(if place.symlink_metadata().is_ok() {
        symptom
    } else {
        made(facts, symptom)
    })
}

pub(super) fn without_ensurepip(facts: &Facts) -> Outcome {
    if facts.environment().is_some() {
        return Outcome::Healthy;
    }
    if facts.project.is_some()
        && let Some(why) = facts.environment_elsewhere()
    {
        return Outcome::Skipped(why);
    }
    let Some(python) = facts.typed_python() else {
        return NO_PYTHON;
    };
    let is_complete =
        |it: &Interpreter| it.standard_library.join("ensurepip/__init__.py").is_file();
    if is_complete(python) || facts.has_program("uv") {
        return Outcome::Healthy;
    }
    let missing = python.standard_library.join("ensurepip");
    let series = python.version.series;
    let mut symptom = Symptom::new(format!(
        "Python {series} at `{}` has no `ensurepip`",
        python.path.display()
    ))
    .seen_in(Evidence::path(missing).says("is not there"));
    let system = System::current(&facts.host);
    symptom.next.extend(system.complete(python));
    symptom.next.push(system.install_uv());
    // One that another Python can stand in for is no end of the work, and without a project nothing waits for it.
    let other = facts
        .interpreters()
        .iter()
        .find(|it| is_complete(it) && facts.is_wanted(it.version.series));
    if let Some(other) = other {
        let evidence = Evidence::path(&other.path).says("can make environments");
        symptom = symptom.seen_in(evidence);
    }
    found(if other.is_some() || facts.project.is_none() {
        symptom.severity(Severity::Warning)
    } else {
        symptom
    })
}

/// Modules of the standard library that are left out where a library is missing at the build, with the Debian package of its headers.
const MODULES: [(&str, &str); 6] = [
    ("_ssl", "libssl-dev"),
    ("_ctypes", "libffi-dev"),
    ("_sqlite3", "libsqlite3-dev"),
    ("_bz2", "libbz2-dev"),
    ("_lzma", "liblzma-dev"),
    ("readline", "libreadline-dev"),
];

/// A module that every build with shared modules has: where it is not, the others are in the program itself.
const ALWAYS: &str = "_json";

pub(super) fn without_modules(facts: &Facts) -> Outcome {
    if facts.host.is_windows() {
        return Outcome::Skipped("nobody builds Python for Windows without them");
    }
    let Some(python) = facts.python_in_use() else {
        return NO_PYTHON;
    };
    let folder = python.standard_library.join("lib-dynload");
    let files = names(&folder);
    let has = |module: &str| {
        files.iter().any(|file| {
            file.strip_prefix(module)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    };
    if !has(ALWAYS) {
        return Outcome::Skipped("its modules are in the program itself");
    }
    let missing: Vec<(&str, &str)> = MODULES.into_iter().filter(|(it, _)| !has(it)).collect();
    if missing.is_empty() {
        return Outcome::Healthy;
    }
    let modules: Vec<String> = missing.iter().map(|(it, _)| format!("`{it}`")).collect();
    let mut symptom = Symptom::new(format!(
        "Python {} at `{}` has no {}",
        python.version,
        python.path.display(),
        modules.join(", ")
    ))
    .seen_in(Evidence::path(folder));
    if matches!(
        System::current(&facts.host),
        System::Debian | System::Ubuntu
    ) {
        let packages: Vec<&str> = missing.iter().map(|(_, it)| *it).collect();
        symptom = symptom.next(format!("sudo apt install {}", packages.join(" ")));
        if python.real.iter().any(|it| it == ".pyenv") {
            symptom = symptom.next(format!("pyenv install --force {}", python.version));
        }
    }
    found(symptom)
}

pub(super) fn of_another_machine(facts: &Facts) -> Outcome {
    let Some(python) = facts.python_in_use() else {
        return NO_PYTHON;
    };
    let machines = Machine::of(&python.real);
    let (Some(host), Some(first)) = (machine(facts), machines.first()) else {
        return Outcome::Skipped(
            "the head of the program, or the system, does not say the processor",
        );
    };
    // A 64-bit Windows for ARM does not tell a translated program like this one what it runs on.
    let is_certain = !facts.host.is_windows() || (!first.is_64_bit() && host.is_64_bit());
    if machines.contains(&host) || !is_certain {
        return Outcome::Healthy;
    }
    found(
        Symptom::new(format!(
            "Python {} is for {}, and this machine is {}",
            python.version,
            first.name(),
            host.name()
        ))
        .seen_in(Evidence::path(&python.real)),
    )
}

/// The machine that this is, which need not be the one that this program was made for: on a Mac that is known by Rosetta, which only those
/// with ARM processors have. Elsewhere a program for another processor seldom runs at all, so that ours is the machine's.
fn machine(facts: &Facts) -> Option<Machine> {
    const ROSETTA: &str = "/Library/Apple/usr/libexec/oah/libRosettaRuntime";
    if facts.host.is_macos() && facts.host.system_file(ROSETTA).exists() {
        return Some(Machine::Aarch64);
    }
    Machine::ours()
}

/// What python.org's installer for macOS leaves to a script of its own, below the installation.
const CERTIFICATES: &str = "etc/openssl/cert.pem";

pub(super) fn without_certificates(facts: &Facts) -> Outcome {
    if !facts.host.is_macos() {
        return Outcome::Skipped("python.org's installer is for macOS");
    }
    let Some(python) = facts.python_in_use() else {
        return NO_PYTHON;
    };
    let place = "Library/Frameworks/Python.framework/Versions/";
    // Homebrew has a framework too, elsewhere, and gives it certificates.
    if !python.prefix().to_string_lossy().contains(place) {
        return Outcome::Healthy;
    }
    let file = python.prefix().join(CERTIFICATES);
    if file.exists() || facts.host.variable("SSL_CERT_FILE").is_some() {
        return Outcome::Healthy;
    }
    let series = python.version.series;
    found(
        Symptom::new(format!(
            "Python {series} of python.org has no `{CERTIFICATES}`"
        ))
        .seen_in(Evidence::path(file).says("is not there"))
        .next(format!(
            "open \"/Applications/Python {series}/Install Certificates.command\""
        )),
    )
}
