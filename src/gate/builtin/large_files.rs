//! `large-files`: nothing large gets into the history, where it stays for ever.
//!
//! Looks at what the commit adds; with `--all` at every file. A pointer of git-lfs is small and passes.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use super::{Builtin, Gate, Subject, arguments};
use crate::error::{Error, Result};
use crate::finding::Finding;

const ARGUMENTS: [&str; 2] = ["--max-kilobytes=N", "--all"];

pub(super) const BUILTIN: Builtin = Builtin {
    name: "large-files",
    title: "No large files",
    group: "hygiene",
    files: &[],
    fixes: false,
    arguments: &ARGUMENTS,
    configure,
};

/// Bytes of a kilobyte.
const KILOBYTE: u64 = 1024;

struct LargeFiles {
    /// The size that still passes, in kilobytes.
    most: u64,
    all: bool,
}

fn configure(given: &[String]) -> Result<Box<dyn Gate>> {
    let mut gate = LargeFiles {
        most: 500,
        all: false,
    };
    arguments::read(given, &ARGUMENTS, |name, value| {
        if name == "all" {
            gate.all = true;
            return Ok(());
        }
        gate.most = value.parse().map_err(|_| {
            Error::new(format!("`--max-kilobytes={value}` is not a number")).hint(
                "write the size that still passes, in units of 1024 bytes: --max-kilobytes=500",
            )
        })?;
        Ok(())
    })?;
    Ok(Box::new(gate))
}

impl Gate for LargeFiles {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        let is_asked = self.all || subject.file.is_added;
        if !is_asked || !subject.file.mode.is_file() {
            return Vec::new();
        }
        let size = u64::try_from(subject.bytes.len())
            .unwrap_or(u64::MAX)
            .div_ceil(KILOBYTE);
        if size <= self.most {
            return Vec::new();
        }
        let message = format!("file of {size} KiB, more than {} KiB", self.most);
        vec![
            Finding::error(BUILTIN.name, message)
                .in_file(&subject.file.path)
                .help("keep it out of the repository, hand it to git-lfs, or raise `--max-kilobytes` in the gate's `args`"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::builtin::Subject;
    use crate::gate::builtin::tests::{configured, file, found, refused};

    #[test]
    fn the_limit_itself_passes() {
        let gate = configured("large-files", &["--max-kilobytes=2"]);
        assert_eq!(found(&*gate, "a", &[0; 2048], false), [""; 0]);
        assert_eq!(
            found(&*gate, "a", &[0; 2049], false),
            ["-:- file of 3 KiB, more than 2 KiB"]
        );
        let gate = configured("large-files", &["--max-kilobytes=0"]);
        assert_eq!(found(&*gate, "a", b"", false), [""; 0]);
        assert_eq!(found(&*gate, "a", b"a", false).len(), 1);
        let gate = configured("large-files", &[]);
        let mut bytes = vec![0; 500 * 1024];
        assert_eq!(found(&*gate, "a", &bytes, false), [""; 0]);
        bytes.push(0);
        assert_eq!(found(&*gate, "a", &bytes, false).len(), 1);
    }

    #[test]
    fn what_is_in_the_repository_already_passes_unless_all_is_asked() {
        let mut known = file("a.bin");
        known.is_added = false;
        let check = |arguments: &[&str]| {
            let subject = Subject::new(&known, vec![0; 600 * 1024], false);
            configured("large-files", arguments).check(&subject).len()
        };
        assert_eq!(check(&[]), 0);
        assert_eq!(check(&["--all"]), 1);
        assert_eq!(check(&["--all", "--max-kilobytes=600"]), 0);
    }

    #[test]
    fn a_pointer_of_git_lfs_is_small() {
        let pointer = format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 734003200\n",
            "4d".repeat(32)
        );
        let gate = configured("large-files", &["--max-kilobytes=1"]);
        assert_eq!(
            found(&*gate, "film.mp4", pointer.as_bytes(), false),
            [""; 0]
        );
    }

    #[test]
    fn a_size_is_a_number() {
        for wrong in ["", "x", "-1", "1.5", "1k"] {
            let wrong = format!("--max-kilobytes={wrong}");
            assert!(refused("large-files", &[&wrong]).contains("is not a number"));
        }
    }
}
