//! Whether there is a git, and whether it is new enough.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::host::{Host, System};

/// The oldest git that does what the hooks need: `core.hooksPath`.
const OLDEST: (u32, u32) = (2, 9);

/// The most that is read of a program to find its version, in bytes.
const LARGEST: u64 = 32 << 20;

pub(super) fn look(facts: &Facts) -> Outcome {
    let seen = seen(&facts.host);
    // Where nothing is kept in git, it is missed by the next project.
    let is_needed = facts.repository().is_some();
    Outcome::of(seen.map(|it| {
        if is_needed {
            it
        } else {
            it.severity(Severity::Warning)
        }
    }))
}

fn seen(host: &Host) -> Option<Symptom> {
    let Some(program) = host.find_program("git") else {
        return Some(installed(host, Symptom::new("no `git` is on PATH")));
    };
    if is_stand_in(host, &program) {
        let seen = format!(
            "`{}` only asks to install Apple's developer tools",
            program.display()
        );
        return Some(
            Symptom::new(seen)
                .seen_in(Evidence::path(program))
                .next("xcode-select --install"),
        );
    }
    let (version, numbers) = version(host, &program)?;
    (numbers < OLDEST).then(|| {
        let symptom = Symptom::new(format!("git is {version}"));
        installed(host, symptom).seen_in(Evidence::path(program))
    })
}

/// With how git is installed here (<https://git-scm.com/downloads>).
fn installed(host: &Host, symptom: Symptom) -> Symptom {
    let command = match System::current(host) {
        System::Debian | System::Ubuntu => "sudo apt-get install git",
        System::Fedora => "sudo dnf install git",
        System::Suse => "sudo zypper install git",
        System::Arch => "sudo pacman -S git",
        System::Alpine => "sudo apk add git",
        System::MacOs => "xcode-select --install",
        System::Windows => "winget install --id Git.Git --source winget",
        System::Other => return symptom,
    };
    symptom.next(command)
}

/// Whether this is what macOS has in git's place until the developer tools are installed.
fn is_stand_in(host: &Host, program: &Path) -> bool {
    let tools = [
        "/Library/Developer/CommandLineTools/usr/bin/git",
        "/Applications/Xcode.app/Contents/Developer/usr/bin/git",
        // Where another place was chosen for them.
        "/var/db/xcode_select_link",
    ];
    host.is_macos()
        && program == host.system_file("/usr/bin/git")
        && tools
            .iter()
            .all(|it| host.system_file(it).symlink_metadata().is_err())
}

/// What a git that is too old says of itself; `None` where it is new enough, or does not tell.
fn version(host: &Host, program: &Path) -> Option<(String, (u32, u32))> {
    // A command that came with git 2.23, wherever a system puts it.
    let prefix = program.parent()?.parent()?;
    let is_new = ["lib", "libexec", "mingw64/libexec"].iter().any(|folder| {
        let commands = prefix.join(folder).join("git-core");
        ["git-switch", "git-switch.exe"]
            .iter()
            .any(|it| commands.join(it).symlink_metadata().is_ok())
    });
    if is_new {
        return None;
    }
    let program = real(host, program);
    if program.metadata().ok()?.len() > LARGEST {
        return None;
    }
    let mut bytes = Vec::new();
    let open = File::open(&program).ok()?;
    open.take(LARGEST).read_to_end(&mut bytes).ok()?;
    said(&bytes)
}

/// On Windows, the one on `PATH` only starts another.
fn real(host: &Host, program: &Path) -> PathBuf {
    let beside = program.parent().and_then(Path::parent);
    let other = beside.map(|it| it.join("mingw64").join("bin").join("git.exe"));
    match other.filter(|it| host.is_windows() && it.is_file()) {
        Some(other) => other,
        None => program.to_owned(),
    }
}

/// The version in what git calls itself to servers: `git/2.47.3`.
fn said(bytes: &[u8]) -> Option<(String, (u32, u32))> {
    let words = b"git/";
    memchr::memmem::find_iter(bytes, words).find_map(|at| {
        let before = at.checked_sub(1).and_then(|it| bytes.get(it));
        if before.is_some_and(u8::is_ascii_graphic) {
            return None;
        }
        let rest = bytes.get(at + words.len()..)?;
        let rest = &rest[..rest.len().min(32)];
        let end = rest
            .iter()
            .position(|it| !it.is_ascii_digit() && *it != b'.')?;
        let text = std::str::from_utf8(&rest[..end]).ok()?;
        let mut numbers = text.split('.').map(str::parse);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some((text.to_owned(), (major, minor)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::said;
    use crate::host::Host;

    #[test]
    fn the_real_git_tells_its_version() {
        let host = Host::current().unwrap();
        let program = host.find_program("git").unwrap();
        let output = crate::process::Command::new(&host, &program)
            .arg("--version")
            .run()
            .unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        let program = program.canonicalize().unwrap();
        let (version, _) = said(&std::fs::read(program).unwrap()).unwrap();
        assert!(line.contains(&version), "{line}: {version}");
    }

    #[test]
    fn a_version_is_read_where_there_is_one() {
        let read = |bytes: &[u8]| said(bytes).map(|(_, numbers)| numbers);
        assert_eq!(read(b"\0git/2.8.6\0"), Some((2, 8)));
        assert_eq!(read(b"\0git/\0\0git/1.9.1.windows.1\0"), Some((1, 9)));
        assert_eq!(read(b"\0git/x.y\0"), None);
        assert_eq!(read(b"\0git/2"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            said(&[b"\0git/".as_slice(), &bytes].concat());
        }
    }
}
