//! How a person gets a Python, or uv, on each kind of system: one line per way, to paste.
//!
//! Called by the features for their hints. The lines name what exists: a way that does not work there is left out.

use super::{Interpreter, Series};
use crate::host::System;

impl System {
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
