//! Where the project lies, and the locale.
//!
//! The look functions of SYS003, SYS004 and SYS005.

use super::found;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::Series;

pub(super) fn locale(facts: &Facts) -> Outcome {
    let host = &facts.host;
    if host.text("PYTHONUTF8") == Some("1") {
        return Outcome::Healthy;
    }
    if host.is_windows() {
        return locale_of_windows(facts);
    }
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| Some((name, host.text(name)?)));
    // Without one, and with `C`, Python takes UTF-8 by itself (PEP 538, PEP 540).
    let Some((name, value)) = set else {
        return Outcome::Healthy;
    };
    let Some((_, charset)) = value.split_once('.') else {
        return Outcome::Healthy;
    };
    let charset = charset.split('@').next().unwrap_or_default();
    if charset.replace('-', "").eq_ignore_ascii_case("utf8") || charset.is_empty() {
        return Outcome::Healthy;
    }
    found(
        Symptom::new(format!("{name} is `{value}`"))
            .next("export LC_ALL=C.UTF-8")
            .next("export PYTHONUTF8=1"),
    )
}

/// From Python 3.15 on UTF-8 is what files are read as (PEP 686); until then every Windows has another code page, which is a remark only.
fn locale_of_windows(facts: &Facts) -> Outcome {
    match facts.python_in_use() {
        Some(python) if python.version.series < Series::new(3, 15) => found(
            Symptom::new(format!(
                "Python {} reads files by the code page of Windows where no encoding is named",
                python.version.series
            ))
            .severity(Severity::Information)
            .next("setx PYTHONUTF8 1"),
        ),
        Some(_) => Outcome::Healthy,
        None => Outcome::Skipped("there is no Python to look at"),
    }
}

pub(super) fn on_drive_of_windows(facts: &Facts) -> Outcome {
    let host = &facts.host;
    let kernel = facts.read(&host.system_file("/proc/version"));
    let kernel = kernel.text();
    if !kernel.to_ascii_lowercase().contains("microsoft") {
        return Outcome::Healthy;
    }
    let Some(project) = &facts.project else {
        return Outcome::Skipped("this is no project");
    };
    let drives = host.system_file("/mnt");
    let drive = project.strip_prefix(drives).ok();
    let drive = drive.and_then(|it| it.iter().next()?.to_str().map(str::to_owned));
    // Drives are mounted by their letters; other names below /mnt are disks of WSL itself.
    match drive.filter(|it| it.len() == 1 && it.bytes().all(|it| it.is_ascii_alphabetic())) {
        Some(drive) => found(
            Symptom::new(format!("it lies on the drive {}:", drive.to_uppercase()))
                .seen_in(Evidence::path(project)),
        ),
        None => Outcome::Healthy,
    }
}

/// So many characters of the 260 are left to what lies below the project, at the least: an environment's packages take over a hundred.
const BELOW: usize = 160;

pub(super) fn path_of_windows(facts: &Facts) -> Outcome {
    if !facts.host.is_windows() {
        return Outcome::Skipped("other systems have no such limits");
    }
    let Some(project) = &facts.project else {
        return Outcome::Skipped("this is no project");
    };
    let path = project.to_string_lossy();
    let length = path.encode_utf16().count();
    let long = (length + BELOW > 260).then(|| {
        Symptom::new(format!(
            "its folder has {length} characters, which leaves {} for what is in it",
            260_usize.saturating_sub(length)
        ))
        .seen_in(Evidence::path(project))
    });
    let strange = (!path.is_ascii()).then(|| {
        Symptom::new("its folder has other letters than ASCII")
            .seen_in(Evidence::path(project))
            .severity(Severity::Information)
    });
    Outcome::of(long.into_iter().chain(strange))
}
