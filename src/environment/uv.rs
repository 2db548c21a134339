//! uv as an installer: <https://docs.astral.sh/uv/pip/>.
//!
//! Called through [`super::provider`]. It asks the cache first and the network only for what is missing there: in a warm
//! install, asking the index whether anything changed is most of the time, and a lock with hashes has nothing to learn from
//! the answer.

use std::path::{Path, PathBuf};

use super::build::Project;
use super::decision::Python;
use super::diagnosis;
use super::provider::{Job, python_word};
use super::surroundings::{PATIENCE, command};
use crate::error::Result;
use crate::host::Host;
use crate::process::Command;
use crate::python::{Source, shim};

/// A uv on this machine, and what its settings allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uv {
    /// The program.
    program: PathBuf,
    /// Whether its settings let it download a Python by itself.
    downloads: bool,
    /// Whether its settings keep it off the network.
    offline: bool,
}

impl Uv {
    /// The uv on `PATH`, or where its installer puts it.
    pub(crate) fn find(host: &Host) -> Option<Self> {
        let name = if host.is_windows() { "uv.exe" } else { "uv" };
        let home = |below: &str| host.home().map(|it| it.join(below));
        let program = host
            .path_folders()
            .into_iter()
            .chain(
                [home(".local/bin"), home(".cargo/bin")]
                    .into_iter()
                    .flatten(),
            )
            .find_map(|folder| shim::program(host, &folder.join(name)))?;
        let settings = Settings::read(host);
        Some(Self {
            program,
            downloads: settings.downloads(),
            offline: settings.offline,
        })
    }

    /// Whether it would download a Python that is not installed.
    pub(crate) fn may_download(&self) -> bool {
        self.downloads && !self.offline
    }

    /// The program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    #[cfg(test)]
    pub(crate) fn made_up(downloads: bool) -> Self {
        Self {
            program: PathBuf::from("/usr/bin/uv"),
            downloads,
            offline: false,
        }
    }
}

/// uv's settings as far as they decide what it may do: <https://docs.astral.sh/uv/reference/settings/>.
#[derive(Debug, Default)]
struct Settings {
    python_downloads: Option<String>,
    python_preference: Option<String>,
    offline: bool,
}

impl Settings {
    /// The environment first, then the files, nearest first, as uv itself reads them.
    fn read(host: &Host) -> Self {
        let mut settings = Self {
            python_downloads: host.text("UV_PYTHON_DOWNLOADS").map(str::to_owned),
            python_preference: host.text("UV_PYTHON_PREFERENCE").map(str::to_owned),
            offline: switch(host, "UV_OFFLINE"),
        };
        if switch(host, "UV_NO_MANAGED_PYTHON") {
            settings.python_preference = Some("only-system".to_owned());
        }
        if switch(host, "UV_NO_CONFIG") {
            return settings;
        }
        let mut files = Vec::new();
        if let Some(file) = host.variable("UV_CONFIG_FILE") {
            files.push(PathBuf::from(file));
        } else {
            let folders = host.current_dir().ancestors();
            files.extend(folders.map(|it| it.join("uv.toml")).find(|it| it.is_file()));
            // Our own settings lie beside uv's.
            let user = host.config_dir();
            files.extend(user.and_then(|it| it.parent().map(|it| it.join("uv").join("uv.toml"))));
            if !host.is_windows() {
                files.push(PathBuf::from("/etc/uv/uv.toml"));
            }
        }
        for file in files {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let Ok(table) = text.parse::<toml_edit::DocumentMut>() else {
                continue;
            };
            let text = |key: &str| table.get(key)?.as_str().map(str::to_owned);
            let Self {
                python_downloads,
                python_preference,
                offline,
            } = &mut settings;
            *python_downloads = python_downloads.take().or_else(|| text("python-downloads"));
            *python_preference = python_preference
                .take()
                .or_else(|| text("python-preference"));
            *offline |= table.get("offline").and_then(toml_edit::Item::as_bool) == Some(true);
        }
        settings
    }

    fn downloads(&self) -> bool {
        let automatic = |it: &str| matches!(it, "automatic" | "auto" | "true" | "1");
        self.python_downloads.as_deref().is_none_or(automatic)
            && self.python_preference.as_deref() != Some("only-system")
    }
}

/// A variable that uv reads as yes or no.
fn switch(host: &Host, name: &str) -> bool {
    host.text(name).is_some_and(|it| {
        !matches!(
            it.to_ascii_lowercase().as_str(),
            "0" | "false" | "no" | "off"
        )
    })
}

fn call(uv: &Uv, job: Job<'_>) -> Command {
    command(job.host, &uv.program, job.project.folder).timeout(PATIENCE)
}

/// Makes the empty environment; the folder may be there already.
pub(super) fn create(uv: &Uv, job: Job<'_>) -> Result<()> {
    let python = match job.python {
        Python::Installed(interpreter) => interpreter.path.clone().into_os_string(),
        Python::Downloaded(series) => series.to_string().into(),
    };
    let command = call(uv, job)
        .args([
            "venv",
            "--no-project",
            "--allow-existing",
            "--prompt",
            job.project.name,
        ])
        .arg("--python")
        .arg(python)
        .arg(job.venv.root());
    let output = command.run_reporting(job.note)?;
    let what = format!("uv cannot make an environment with {}", job.python);
    diagnosis::passed(output, &what).map(drop)
}

/// Installs the locks: from the cache alone where it has everything.
pub(super) fn install(uv: &Uv, job: Job<'_>) -> Result<()> {
    let install = || {
        call(uv, job)
            .args(["pip", "install"])
            .args(job.project.exactness())
            .arg("--python")
            .arg(job.venv.python())
            .args(job.project.arguments())
    };
    if !uv.offline && install().arg("--offline").run()?.success() {
        return Ok(());
    }
    let output = install().run_reporting(job.note)?;
    diagnosis::passed(output, "uv cannot install the locked requirements").map(drop)
}

/// The same by hand; `--python .venv` because another environment may be active in the shell.
pub(super) fn plain_commands(
    uv: &Uv,
    host: &Host,
    project: Project<'_>,
    python: &Python,
) -> Vec<Vec<String>> {
    let on_path = host.find_program("uv").is_some_and(|it| it == uv.program);
    let program = if on_path {
        "uv".to_owned()
    } else {
        uv.program.display().to_string()
    };
    let version = match python {
        Python::Installed(it) if it.source == Source::Uv => it.version.series.to_string(),
        other => python_word(host, other),
    };
    let words = |words: &[&str]| -> Vec<String> {
        std::iter::once(program.as_str())
            .chain(words.iter().copied())
            .map(str::to_owned)
            .collect()
    };
    let create = words(&["venv", "--clear", "--python", &version]);
    if project.is_bare() {
        return vec![create];
    }
    let mut install = words(&["pip", "install", "--python", ".venv"]);
    if project.is_exact() {
        install.push("--require-hashes".to_owned());
    }
    install.extend(project.arguments());
    vec![create, install]
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::Uv;
    use crate::host::Host;
    use crate::python::discovery::tests::Tree;

    #[test]
    fn it_is_found_on_path_through_shims_and_where_its_installer_puts_it() {
        let tree = Tree::new();
        let program = |host: &Host| Uv::find(host).map(|it| it.program);
        assert_eq!(program(&tree.host(&["bin"])), None);
        tree.program("home/.local/bin/uv");
        let by_installer = tree.path("home/.local/bin/uv");
        assert_eq!(program(&tree.host(&["bin"])), Some(by_installer.clone()));
        tree.shim("uv");
        tree.program("pyenv/versions/3.12.1/bin/uv");
        assert_eq!(program(&tree.host(&["pyenv/shims"])), Some(by_installer));
        tree.file("pyenv/version", "3.12.1");
        let shimmed = tree.path("pyenv/versions/3.12.1/bin/uv");
        assert_eq!(program(&tree.host(&["pyenv/shims"])), Some(shimmed));
        tree.script("bin/uv", "#!/bin/sh\nexec /opt/uv \"$@\"\n");
        let wrapper = tree.path("bin/uv");
        assert_eq!(program(&tree.host(&["bin", "pyenv/shims"])), Some(wrapper));
    }

    #[test]
    fn it_downloads_only_where_its_settings_let_it() {
        let tree = Tree::new();
        tree.program("bin/uv");
        let may = |host: &Host| Uv::find(host).unwrap().may_download();
        let host = || tree.host(&["bin"]);
        assert!(may(&host()));
        for (name, value) in [
            ("UV_PYTHON_DOWNLOADS", "never"),
            ("UV_PYTHON_DOWNLOADS", "manual"),
            ("UV_PYTHON_PREFERENCE", "only-system"),
            ("UV_NO_MANAGED_PYTHON", "1"),
            ("UV_OFFLINE", "true"),
        ] {
            assert!(!may(&host().with_variable(name, value)), "{name}={value}");
        }
        tree.file("home/.config/uv/uv.toml", "python-downloads = \"never\"\n");
        assert!(!may(&host()));
        assert!(may(
            &host().with_variable("UV_PYTHON_DOWNLOADS", "automatic")
        ));
        assert!(may(&host().with_variable("UV_NO_CONFIG", "1")));
        tree.file(
            "work/uv.toml",
            "python-downloads = \"automatic\"\noffline = false\n",
        );
        assert!(may(&host()));
    }
}
