//! How a person gets a Python, or uv, on this kind of system: one line per way, to paste.
//!
//! Called by `plan` for its hints. The lines name what exists: a way that does not work there is left out.

use std::path::{Path, PathBuf};

use crate::host::Host;
use crate::python::{Interpreter, Series};

/// The system, as far as installing software differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Debian, whose releases have one Python each, without `ensurepip` until a package is added.
    Debian,
    /// Ubuntu and its kin: as Debian, with an archive of all other Pythons.
    Ubuntu,
    /// Fedora, Red Hat and their kin.
    Fedora,
    /// openSUSE.
    Suse,
    /// Arch Linux.
    Arch,
    /// Alpine Linux.
    Alpine,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Anything else.
    Other,
}

impl System {
    /// The system that this process runs on.
    pub(crate) fn current(host: &Host) -> Self {
        if host.is_windows() {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            let text = std::fs::read_to_string(Path::new("/etc/os-release"))
                .or_else(|_| std::fs::read_to_string(Path::new("/usr/lib/os-release")));
            Self::from_os_release(&text.unwrap_or_default())
        }
    }

    /// By `ID` and `ID_LIKE` of `os-release`
    /// (<https://www.freedesktop.org/software/systemd/man/latest/os-release.html>).
    pub(crate) fn from_os_release(text: &str) -> Self {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.map_or("", |it| it.trim_matches(['"', '\'', ' ']))
        };
        value("ID=")
            .split_whitespace()
            .chain(value("ID_LIKE=").split_whitespace())
            .find_map(|id| match id {
                "debian" => Some(Self::Debian),
                "ubuntu" => Some(Self::Ubuntu),
                "fedora" | "rhel" | "centos" => Some(Self::Fedora),
                "suse" | "opensuse" => Some(Self::Suse),
                "arch" => Some(Self::Arch),
                "alpine" => Some(Self::Alpine),
                _ => None,
            })
            .unwrap_or(Self::Other)
    }

    /// How to install uv.
    pub(crate) fn install_uv(self) -> String {
        let how = match self {
            Self::MacOs => "brew install uv",
            Self::Windows => "winget install --id=astral-sh.uv",
            Self::Arch => "sudo pacman -S uv",
            Self::Alpine => "apk add uv",
            _ => "curl -LsSf https://astral.sh/uv/install.sh | sh",
        };
        format!("{how}    # uv, which brings any Python that a project needs")
    }

    /// How to install a Python of this series from the system's own packages, where it has them.
    pub(crate) fn install_python(self, series: Series) -> Option<String> {
        let Series { major, minor } = series;
        match self {
            Self::Debian | Self::Arch | Self::Alpine => None,
            Self::Ubuntu => Some(format!(
                "sudo add-apt-repository ppa:deadsnakes/ppa && sudo apt install python{series}-venv"
            )),
            Self::Fedora => Some(format!("sudo dnf install python{series}")),
            Self::Suse => Some(format!("sudo zypper install python{major}{minor}")),
            Self::MacOs => Some(format!("brew install python@{series}")),
            Self::Windows => Some(format!("winget install Python.Python.{series}")),
            Self::Other => Some(format!(
                "install Python {series} from https://www.python.org/downloads/"
            )),
        }
    }

    /// How to install whatever Python the system calls its own.
    pub(crate) fn install_some_python(self, series: Series) -> Option<String> {
        match self {
            Self::Debian | Self::Ubuntu => Some("sudo apt install python3-venv".to_owned()),
            Self::Arch => Some("sudo pacman -S python".to_owned()),
            Self::Alpine => Some("apk add python3".to_owned()),
            _ => self.install_python(series),
        }
    }

    /// What is missing for an interpreter that can make no environment.
    pub(crate) fn complete(self, interpreter: &Interpreter) -> Option<String> {
        let series = interpreter.version.series;
        match self {
            Self::Debian | Self::Ubuntu => Some(format!("sudo apt install python{series}-venv")),
            Self::Fedora => Some("sudo dnf install python3-pip".to_owned()),
            Self::Alpine => Some("apk add py3-pip".to_owned()),
            _ => None,
        }
    }
}

/// What to type for pyenv: its name, or its path where it is installed and not on PATH. `None` where there is none.
pub(crate) fn pyenv(host: &Host) -> Option<String> {
    if host.find_program("pyenv").is_some() {
        return Some("pyenv".to_owned());
    }
    let root = host
        .variable("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| host.home().map(|home| home.join(".pyenv")))?;
    let program = root.join("bin").join("pyenv");
    program
        .is_file()
        .then(|| crate::process::quoted(&program.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::System;

    #[test]
    fn a_system_is_known_by_its_id_or_by_what_it_is_like() {
        for (text, expected) in [
            ("NAME=\"Debian GNU/Linux\"\nID=debian\n", System::Debian),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Ubuntu),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                System::Fedora,
            ),
            (
                "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
                System::Suse,
            ),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=alpine\n", System::Alpine),
            ("VARIANT_ID=debian\n", System::Other),
            ("", System::Other),
        ] {
            assert_eq!(System::from_os_release(text), expected, "{text}");
        }
    }
}
