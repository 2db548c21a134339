//! What pip is told besides its arguments: the `PIP_` variables and the files `pip.conf` (`pip.ini` on Windows) of the machine, the user and
//! the environment, in pip's own order (<https://pip.pypa.io/en/stable/topics/configuration/>).
//!
//! Read once by [`Facts::pip_config`]. Values may hold passwords: a check says names, and where. It must not judge.

use std::path::{Path, PathBuf};

use super::Facts;
use crate::doctor::symptom::{Evidence, Symptom};
use crate::host::Host;

/// Everything that pip is told, the weakest first.
#[derive(Debug, Default)]
pub(crate) struct PipConfig {
    settings: Vec<PipSetting>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PipSetting {
    /// `global`, or the command that it is for; a variable is for all of them.
    section: String,
    /// The option as it is typed, without `--`: `extra-index-url`.
    key: String,
    /// Its value; several are separated by white space.
    pub(crate) value: String,
    origin: Origin,
}

/// Where an option was set.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// In a file, at a line from 1.
    File(PathBuf, u32),
    /// By the variable of this name.
    Variable(String),
}

impl Facts {
    /// What pip is told on this machine, in this project.
    pub(crate) fn pip_config(&self) -> &PipConfig {
        self.pip_config.get_or_init(|| {
            let mut settings = Vec::new();
            for file in files(self) {
                if let Some(text) = self.text(&file) {
                    settings.extend(parse(&file, &text));
                }
            }
            settings.extend(variables(&self.host));
            PipConfig { settings }
        })
    }
}

impl PipConfig {
    /// What counts for an option when packages are installed: a variable before the section of the command before the common one, and in
    /// each the file that is read last.
    pub(crate) fn of_install(&self, key: &str) -> Option<&PipSetting> {
        let set = |is_of: &dyn Fn(&PipSetting) -> bool| {
            let mut settings = self.settings.iter().rev();
            settings.find(|it| it.key == key && is_of(it))
        };
        set(&|it| matches!(it.origin, Origin::Variable(_)))
            .or_else(|| set(&|it| it.section == "install"))
            .or_else(|| set(&|it| it.section == "global"))
            .filter(|it| !it.value.is_empty())
    }
}

impl PipSetting {
    /// Whether it switches something on, by the words that pip has for it.
    pub(crate) fn is_on(&self) -> bool {
        let value = self.value.to_ascii_lowercase();
        matches!(value.as_str(), "1" | "y" | "yes" | "t" | "true" | "on")
    }

    /// What set it: the variable's name, or the option as it stands in the file.
    pub(crate) fn name(&self) -> String {
        match &self.origin {
            Origin::Variable(name) => name.clone(),
            Origin::File(_, _) => self.key.clone(),
        }
    }

    /// Who says so: the variable, or the file.
    pub(crate) fn said_by(&self, facts: &Facts) -> String {
        match &self.origin {
            Origin::Variable(name) => name.clone(),
            Origin::File(file, _) => facts.shown(file),
        }
    }

    /// The symptom, with the place where this was set.
    pub(crate) fn show(&self, symptom: Symptom) -> Symptom {
        match &self.origin {
            Origin::Variable(_) => symptom,
            Origin::File(file, line) => symptom.seen_in(Evidence::path(file).line(*line)),
        }
    }

    /// What a person types to take it back, where a variable set it.
    pub(crate) fn unset(&self, host: &Host) -> Option<String> {
        match &self.origin {
            Origin::Variable(name) => Some(unset(host, name)),
            Origin::File(_, _) => None,
        }
    }
}

/// What a person types to be rid of a variable in this terminal.
pub(crate) fn unset(host: &Host, name: &str) -> String {
    if host.is_windows() {
        format!("Remove-Item Env:{name}")
    } else {
        format!("unset {name}")
    }
}

/// The files that pip reads, the weakest first.
fn files(facts: &Facts) -> Vec<PathBuf> {
    let host = &facts.host;
    let name = if host.is_windows() {
        "pip.ini"
    } else {
        "pip.conf"
    };
    let chosen = host.variable("PIP_CONFIG_FILE").map(Path::new);
    // The null device, by its name on each system, stands for no files at all.
    if chosen.is_some_and(|it| it == Path::new("/dev/null") || it == Path::new("nul")) {
        return Vec::new();
    }
    let mut files = of_machine(host, name);
    // A file that is chosen stands in place of the user's.
    if chosen.is_none_or(|it| !it.exists()) {
        files.extend(of_user(host, name));
    }
    let active = host.variable("VIRTUAL_ENV").map(PathBuf::from);
    let environment = facts.environment().map(|it| it.folder.clone()).or(active);
    files.extend(environment.map(|it| it.join(name)));
    files.extend(chosen.map(Path::to_owned));
    files
}

fn of_machine(host: &Host, name: &str) -> Vec<PathBuf> {
    let folder = |name: &str| host.variable(name).map(PathBuf::from);
    if host.is_windows() {
        return folder("ProgramData")
            .map(|it| it.join("pip").join(name))
            .into_iter()
            .collect();
    }
    if host.is_macos() {
        return vec![host.system_file("/Library/Application Support/pip/pip.conf")];
    }
    let mut files = match host.variable("XDG_CONFIG_DIRS") {
        Some(folders) => std::env::split_paths(folders)
            .filter(|it| it.is_absolute())
            .map(|it| it.join("pip").join(name))
            .collect(),
        None => vec![host.system_file("/etc/xdg/pip/pip.conf")],
    };
    files.push(host.system_file("/etc/pip.conf"));
    files
}

fn of_user(host: &Host, name: &str) -> Vec<PathBuf> {
    let Some(home) = host.home() else {
        return Vec::new();
    };
    if host.is_windows() {
        let folder = host.variable("APPDATA").map(PathBuf::from);
        let own = folder.map(|it| it.join("pip").join(name));
        return [home.join("pip").join(name)]
            .into_iter()
            .chain(own)
            .collect();
    }
    let configuration = host
        .variable("XDG_CONFIG_HOME")
        .map_or_else(|| home.join(".config"), PathBuf::from);
    let of_macos = home.join("Library/Application Support/pip");
    let own = if host.is_macos() && of_macos.is_dir() {
        of_macos
    } else {
        configuration.join("pip")
    };
    vec![home.join(".pip").join(name), own.join(name)]
}

/// The options in a file, as `configparser` of Python reads it.
fn parse(file: &Path, text: &str) -> Vec<PipSetting> {
    let mut settings: Vec<PipSetting> = Vec::new();
    let mut section = String::new();
    let mut is_open = false;
    for (line, text) in (1..).zip(text.lines()) {
        let word = text.trim();
        if word.is_empty() || word.starts_with(['#', ';']) {
            continue;
        }
        if text.starts_with([' ', '\t'])
            && is_open
            && let Some(last) = settings.last_mut()
        {
            if !last.value.is_empty() {
                last.value.push('\n');
            }
            last.value.push_str(word);
            continue;
        }
        if let Some(name) = word.strip_prefix('[').and_then(|it| it.split(']').next()) {
            name.clone_into(&mut section);
            is_open = false;
        } else if let Some((key, value)) = word.split_once(['=', ':']) {
            is_open = true;
            settings.push(PipSetting {
                section: section.clone(),
                key: normalised(key),
                value: value.trim().to_owned(),
                origin: Origin::File(file.to_owned(), line),
            });
        }
    }
    settings
}

fn variables(host: &Host) -> Vec<PipSetting> {
    let set = host.variables().filter_map(|(name, value)| {
        let name = name.to_str()?;
        let key = name.strip_prefix("PIP_")?;
        Some(PipSetting {
            section: String::new(),
            key: normalised(key),
            value: value.to_string_lossy().trim().to_owned(),
            origin: Origin::Variable(name.to_owned()),
        })
    });
    set.filter(|it| !it.value.is_empty()).collect()
}

fn normalised(key: &str) -> String {
    let key = key.trim().to_ascii_lowercase().replace('_', "-");
    key.strip_prefix("--").map_or(key.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::parse;
    use crate::doctor::testing::Rig;

    fn user(rig: &Rig) -> Option<String> {
        let facts = rig.facts();
        let setting = facts.pip_config().of_install("user");
        setting.map(|it| it.value.clone())
    }

    #[test]
    fn the_strongest_counts() {
        let set = |rig: Rig, file: &str, value: &str| {
            rig.file(file, format!("[global]\nuser = {value}\n"))
        };
        let rig = set(Rig::new(), "system/etc/pip.conf", "machine");
        let rig = rig.with(crate::host::Host::on_linux);
        assert_eq!(user(&rig).as_deref(), Some("machine"));
        let rig = set(rig, "home/.pip/pip.conf", "old");
        assert_eq!(user(&rig).as_deref(), Some("old"));
        let rig = set(rig, "home/.config/pip/pip.conf", "own");
        assert_eq!(user(&rig).as_deref(), Some("own"));
        let rig = set(rig, "env/pip.conf", "site").variable("VIRTUAL_ENV", "{root}/env");
        assert_eq!(user(&rig).as_deref(), Some("site"));
        let rig = set(rig, "chosen.conf", "chosen");
        let rig = rig.variable("PIP_CONFIG_FILE", "{root}/chosen.conf");
        assert_eq!(user(&rig).as_deref(), Some("chosen"));
        // The command's own section counts more than the common one, wherever it stands.
        let rig = rig.file("system/etc/pip.conf", "[install]\nuser: yes\n");
        assert_eq!(user(&rig).as_deref(), Some("yes"));
        let rig = rig.variable("PIP_USER", "0");
        assert_eq!(user(&rig).as_deref(), Some("0"));
    }

    #[test]
    fn a_chosen_file_stands_in_place_of_the_users_and_the_null_device_of_all() {
        let rig = Rig::new()
            .file("home/.config/pip/pip.conf", "[global]\nuser = own\n")
            .file("chosen.conf", "[global]\n")
            .variable("PIP_CONFIG_FILE", "{root}/chosen.conf");
        assert_eq!(user(&rig), None);
        let rig = rig.variable("PIP_CONFIG_FILE", "{root}/none.conf");
        assert_eq!(user(&rig).as_deref(), Some("own"));
        let rig = rig.variable("PIP_CONFIG_FILE", "/dev/null");
        assert_eq!(user(&rig), None);
    }

    #[test]
    fn files_are_read_as_configparser_does() {
        let text = "# a\n[global]\nextra_index_url =\n    https://a/\n    https://b/\n\n[install]\n--no-index: 1\n  \n; b\nuser = true # c\n";
        let settings = parse(Path::new("pip.conf"), text);
        let told: Vec<_> = settings
            .iter()
            .map(|it| (it.section.as_str(), it.key.as_str(), it.value.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("global", "extra-index-url", "https://a/\nhttps://b/"),
                ("install", "no-index", "1"),
                ("install", "user", "true # c"),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(text in "(\\PC|[\\[\\]=:#;\n \t]){0,200}") {
            parse(Path::new("pip.conf"), &text);
        }
    }
}
