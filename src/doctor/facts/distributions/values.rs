//! What the variables of markers are in the project's environment, and what wheels must be for there.
//!
//! Read from `pyvenv.cfg`, the machine and the first bytes of the interpreter. Nothing is started.

use super::tag::Target;
use crate::doctor::facts::Facts;
use crate::doctor::facts::environment::{Destination, Environment};
use crate::doctor::facts::reading::beginning;
use crate::doctor::facts::requirements::MarkerValues;

/// The values for markers.
pub(super) fn marker_values(facts: &Facts, environment: &Environment) -> MarkerValues {
    let text = |it: &str| Some(it.to_owned());
    let host = &facts.host;
    let (os_name, sys_platform, platform_system) = if host.is_windows() {
        ("nt", "win32", "Windows")
    } else if host.is_macos() {
        ("posix", "darwin", "Darwin")
    } else {
        ("posix", "linux", "Linux")
    };
    let implementation = environment.setting("implementation");
    let implementation = implementation.map_or("CPython", |it| &*it.value);
    MarkerValues {
        os_name: text(os_name),
        sys_platform: text(sys_platform),
        platform_machine: machine(facts).map(str::to_owned),
        platform_python_implementation: text(implementation),
        platform_system: text(platform_system),
        python_version: environment.series().map(|(it, _)| it.to_string()),
        python_full_version: full_version(environment),
        implementation_name: Some(implementation.to_ascii_lowercase()),
    }
}

/// `platform.machine()`, as far as this program was built for the same one.
fn machine(facts: &Facts) -> Option<&'static str> {
    let host = &facts.host;
    match std::env::consts::ARCH {
        "x86_64" if host.is_windows() => Some("AMD64"),
        "x86_64" => Some("x86_64"),
        "aarch64" if host.is_windows() => Some("ARM64"),
        "aarch64" if host.is_macos() => Some("arm64"),
        "aarch64" => Some("aarch64"),
        _ => None,
    }
}

/// `3.12.1`, from the `version` of venv, the `version_info` of virtualenv (`3.12.1.final.0`) and uv (`3.12.1`).
fn full_version(environment: &Environment) -> Option<String> {
    let (_, setting) = environment.series()?;
    let said = setting.value.split('+').next()?.trim();
    let mut parts = said.split('.');
    let [major, minor, patch] = [parts.next()?, parts.next()?, parts.next()?];
    let suffix = match (parts.next(), parts.next()) {
        (Some("alpha"), Some(number)) => format!("a{number}"),
        (Some("beta"), Some(number)) => format!("b{number}"),
        (Some("candidate"), Some(number)) => format!("rc{number}"),
        _ => String::new(),
    };
    Some(format!("{major}.{minor}.{patch}{suffix}"))
}

/// What a wheel must be for; `None` where that is not known.
pub(super) fn target(facts: &Facts, environment: &Environment) -> Option<Target> {
    let (series, _) = environment.series()?;
    let host = &facts.host;
    let systems: &[&str] = if host.is_windows() {
        &["win"]
    } else if host.is_macos() {
        &["macosx"]
    } else {
        &["manylinux", "musllinux", "linux"]
    };
    // Windows and macOS run programs for other machines too.
    let is_linux = !host.is_windows() && !host.is_macos();
    Some(Target {
        series,
        systems,
        machine: is_linux.then(|| elf_machine(environment)).flatten(),
    })
}

/// What wheels call the machine that the environment's Python is built for, by its ELF header.
fn elf_machine(environment: &Environment) -> Option<&'static str> {
    let Destination::File(program) = environment.destination()? else {
        return None;
    };
    let header = beginning(program, 20);
    let [0x7f, b'E', b'L', b'F', class, order, .., low, high] = header[..] else {
        return None;
    };
    if header.len() != 20 || order != 1 {
        return None;
    }
    match (u16::from_le_bytes([low, high]), class) {
        (62, 2) => Some("x86_64"),
        (3, 1) => Some("i686"),
        (183, 2) => Some("aarch64"),
        (40, 1) => Some("armv7l"),
        _ => None,
    }
}
