//! Where configuration comes from: the machine's file, the user's, and the environment.
//!
//! Called by `config`, which reads the files and puts them in order. It must not know what a setting means.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::syntax::Setting;
use super::{canonical, home, truth};
use crate::error::{Error, Result};
use crate::host::Host;

/// The configuration of the whole machine, unless the environment puts another file or nothing in its place.
pub(super) fn system_file(host: &Host) -> Option<PathBuf> {
    if host.text("GIT_CONFIG_NOSYSTEM").is_some_and(truth) {
        return None;
    }
    if let Some(file) = set(host, "GIT_CONFIG_SYSTEM") {
        return Some(file.into());
    }
    // git looks in `etc` beside the `bin` (on Windows: `cmd`) that it was installed to, but for `/usr/bin`.
    let beside = host
        .find_program("git")
        .and_then(|git| Some(git.parent()?.parent()?.join("etc").join("gitconfig")))
        .filter(|file| !file.starts_with("/usr/etc") && file.exists());
    beside.or_else(|| (!host.is_windows()).then(|| host.system_file("/etc/gitconfig")))
}

/// The user's files, weakest first, unless the environment puts another file or nothing in their place.
pub(super) fn user_files(host: &Host) -> Vec<PathBuf> {
    if let Some(file) = set(host, "GIT_CONFIG_GLOBAL") {
        return vec![file.into()];
    }
    let home = home(host);
    let xdg = host
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| home.as_ref().map(|home| home.join(".config")));
    let xdg = xdg.map(|folder| folder.join("git").join("config"));
    let own = home.map(|home| home.join(".gitconfig"));
    xdg.into_iter().chain(own).collect()
}

/// Settings given as `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_0`, `GIT_CONFIG_VALUE_0`, …
pub(super) fn from_environment(host: &Host) -> Result<Vec<Setting>> {
    let Some(count) = host.text("GIT_CONFIG_COUNT") else {
        return Ok(Vec::new());
    };
    let count: u16 = count
        .parse()
        .map_err(|_| Error::new(format!("GIT_CONFIG_COUNT is `{count}`, which is no count")))?;
    let settings = (0..count).map(|number| {
        let part = |part: &str| {
            let name = format!("GIT_CONFIG_{part}_{number}");
            set(host, &name)
                .map(|value| value.to_string_lossy().into_owned())
                .ok_or_else(|| {
                    Error::new(format!(
                        "GIT_CONFIG_COUNT is {count}, but there is no {name}"
                    ))
                })
        };
        Ok(Setting {
            key: canonical(&part("KEY")?),
            value: Some(part("VALUE")?),
        })
    });
    settings.collect()
}

/// A variable as git sees it: set to the empty string is set.
fn set<'a>(host: &'a Host, name: &str) -> Option<&'a OsStr> {
    host.variables()
        .find(|(it, _)| *it == OsStr::new(name))
        .map(|(_, value)| value)
}
