//! A folder for what is measured, and nothing else; gone at the end, also after Ctrl-C.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};
use std::time::Duration;

/// Places that exist, for Ctrl-C.
static PLACES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder of its own, with a `home` in it where git knows who commits.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    kind: &'static str,
}

impl Place {
    /// In memory where this machine has such a file system, else among the temporary files: creating a few dozen files on
    /// a disk costs what the disk's history says, and not what the program does.
    pub(crate) fn in_memory(within: Option<&Path>) -> Self {
        let shared = Path::new("/dev/shm");
        match within {
            Some(within) => Self::new(within, "as asked"),
            None if shared.is_dir() => Self::new(shared, "memory"),
            None => Self::new(
                &std::env::temp_dir(),
                "temporary files, perhaps on a disk: expect noise",
            ),
        }
    }

    /// Among the temporary files.
    pub(crate) fn temporary(within: Option<&Path>) -> Self {
        match within {
            Some(within) => Self::new(within, "as asked"),
            None => Self::new(&std::env::temp_dir(), "temporary files"),
        }
    }

    fn new(within: &Path, kind: &'static str) -> Self {
        clean_up_on_interrupt();
        let folder = tempfile::Builder::new()
            .prefix("scaffold-bench-")
            .tempdir_in(within)
            .unwrap_or_else(|error| {
                panic!("cannot make a folder in {}: {error}", within.display())
            });
        PLACES.lock().unwrap().push(folder.path().to_owned());
        let place = Self { folder, kind };
        std::fs::create_dir(place.home()).unwrap();
        std::fs::write(
            place.home().join(".gitconfig"),
            "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n\
             [gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
        )
        .unwrap();
        place
    }

    /// A path in it.
    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(below)
    }

    /// The home folder of all that runs here.
    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Makes a folder anew, empty. After Ctrl-C this waits for the end.
    pub(crate) fn empty(&self, below: &str) -> PathBuf {
        let _places = PLACES.lock().unwrap();
        let folder = self.path(below);
        remove(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = self.folder.path().parent().unwrap_or(Path::new("/"));
        write!(f, "{} ({})", within.display(), self.kind)
    }
}

/// Removes a folder that may not be there.
pub(crate) fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::NotFound,
            "cannot remove {}: {error}",
            folder.display()
        );
    }
}

fn clean_up_on_interrupt() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        ctrlc::set_handler(|| {
            let places = PLACES.lock().unwrap();
            for _ in 0..50 {
                for place in places.iter() {
                    drop(std::fs::remove_dir_all(place));
                }
                if !places.iter().any(|it| it.exists()) {
                    break;
                }
                // What was being measured has been interrupted too, but may still be writing.
                std::thread::sleep(Duration::from_millis(100));
            }
            std::process::exit(130);
        })
        .unwrap();
    });
}
