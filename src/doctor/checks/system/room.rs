//! Room on disks, and the temporary folder.
//!
//! The look functions of SYS001 and SYS002.

use std::path::{Path, PathBuf};

use super::found;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::pip_config::unset;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::Volume;

/// Less than this is little, whatever the disk; in bytes. An environment takes some hundred megabytes, twice while it is made.
const LEAST: u64 = 1 << 30;

/// Less than one part in so many is little...
const PART: u64 = 50;

/// ...up to this; in bytes. The fiftieth part of a large disk is plenty.
const PLENTY: u64 = 10 << 30;

pub(super) fn little_left(facts: &Facts) -> Outcome {
    let host = &facts.host;
    let places = [
        ("the project", facts.project.clone()),
        ("the temporary folder", Some(temporary(facts).1)),
        ("the cache", host.cache_dir()),
    ];
    let mut symptoms = Vec::new();
    let mut seen: Vec<Volume> = Vec::new();
    let mut is_known = false;
    for (what, place) in places {
        let Some(place) = place else { continue };
        // Of what is to be made later, the folder above it.
        let Some(folder) = place.ancestors().find(|it| it.exists()) else {
            continue;
        };
        let Some(volume) = host.volume(folder) else {
            continue;
        };
        is_known = true;
        if seen.contains(&volume) {
            continue;
        }
        seen.push(volume);
        if let Some(left) = little(volume) {
            let message = format!("on the disk of {what} there is {left}");
            symptoms.push(Symptom::new(message).seen_in(Evidence::path(folder)));
        }
    }
    if is_known {
        Outcome::of(symptoms)
    } else {
        Outcome::Skipped("the system does not say how much room there is")
    }
}

/// What is left, where that is little. A volume that does not count (of the kernel, or without a limit) has enough.
fn little(volume: Volume) -> Option<String> {
    let is_small =
        volume.free < LEAST || (volume.free < volume.size / PART && volume.free < PLENTY);
    // A disk that is small as a whole says nothing by being smaller than this.
    let is_counted = volume.size >= LEAST || volume.free < volume.size / PART;
    if volume.size > 0 && !volume.is_read_only && is_small && is_counted {
        return Some(format!(
            "room for {} MiB of {} MiB",
            volume.free >> 20,
            volume.size >> 20
        ));
    }
    let is_full = volume.files > 0 && volume.free_files < volume.files / PART;
    (is_full && volume.free_files < 100_000).then(|| {
        format!(
            "room for {} files of {}, however small",
            volume.free_files, volume.files
        )
    })
}

/// The temporary folder, as programs find it, and the variable that names it.
fn temporary(facts: &Facts) -> (Option<&'static str>, PathBuf) {
    let host = &facts.host;
    let variables: &[&str] = if host.is_windows() {
        &["TMP", "TEMP"]
    } else {
        &["TMPDIR"]
    };
    variables
        .iter()
        .find_map(|name| Some((Some(*name), PathBuf::from(host.variable(name)?))))
        .unwrap_or_else(|| (None, host.system_file("/tmp")))
}

pub(super) fn temporary_folder(facts: &Facts) -> Outcome {
    let (variable, folder) = temporary(facts);
    if variable.is_none() && facts.host.is_windows() {
        return Outcome::Skipped("Windows has one where no variable names it");
    }
    let name = variable.unwrap_or("the temporary folder");
    let shown = facts.host.short(&folder);
    let say = |what: &str| {
        let symptom = Symptom::new(format!("{name} is `{shown}`, {what}"));
        let symptom = symptom.seen_in(Evidence::path(&folder));
        match variable {
            Some(name) => symptom.next(unset(&facts.host, name)),
            None => symptom,
        }
    };
    if !folder.exists() {
        return found(say("which is not there"));
    }
    if !folder.is_dir() {
        return found(say("which is no folder"));
    }
    let volume = facts.host.volume(&folder);
    if volume.is_some_and(|it| it.is_read_only) || !is_writable(&folder) {
        return found(say("which cannot be written"));
    }
    if volume.is_some_and(|it| it.is_noexec) {
        // Only what is compiled during an installation is started there.
        return found(say("on a disk that no program is started from").severity(Severity::Warning));
    }
    Outcome::Healthy
}

#[cfg(unix)]
fn is_writable(folder: &Path) -> bool {
    use rustix::fs::Access;
    rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(_folder: &Path) -> bool {
    true
}
