//! Which kind of system this is, as far as installing software differs.
//!
//! Called by the features for their hints; how a thing is installed there is said by whoever knows the thing.

use super::Host;

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
        } else if host.is_macos() {
            Self::MacOs
        } else {
            let text = std::fs::read_to_string(host.system_file("/etc/os-release"))
                .or_else(|_| std::fs::read_to_string(host.system_file("/usr/lib/os-release")));
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
