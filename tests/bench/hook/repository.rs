//! The repositories that hooks run in.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::content;
use crate::harness::place::{Place, remove};
use crate::peers::Bench;
use crate::tools::run;

/// The same six checks for all, on everything but texts that end in `.txt`: ours, and those of prek; and for lefthook, commands that
/// are never started, because all that it is asked here is to find out that there is nothing to do.
const CONFIGURATION: [(&str, &str); 4] = [
    (
        "pyproject.toml",
        "[project]\nname = \"measured\"\nversion = \"1\"\n\n\
         [tool.scaffold.stages]\npre-commit = [\"hygiene\", \"secrets\"]\n\n\
         [tool.scaffold.gates]\ntrailing-whitespace.exclude = [\"*.txt\"]\nend-of-file.exclude = [\"*.txt\"]\n\
         merge-conflict.exclude = [\"*.txt\"]\nlarge-files.exclude = [\"*.txt\"]\nprivate-key.exclude = [\"*.txt\"]\n",
    ),
    (
        ".pre-commit-config.yaml",
        "exclude: '\\.txt$'\nrepos:\n- repo: builtin\n  hooks:\n  - id: trailing-whitespace\n  - id: end-of-file-fixer\n  \
         - id: check-yaml\n  - id: check-merge-conflict\n  - id: check-added-large-files\n  - id: detect-private-key\n",
    ),
    (
        "lefthook.yml",
        "output: false\nno_auto_install: true\npre-commit:\n  parallel: true\n  commands:\n    \
         whitespace:\n      run: \"true {staged_files}\"\n      glob: \"*.{py,md,yaml}\"\n    \
         end:\n      run: \"true {staged_files}\"\n      glob: \"*.{py,md,yaml}\"\n    \
         conflict:\n      run: \"true {staged_files}\"\n      glob: \"*.{py,md,yaml}\"\n    \
         large:\n      run: \"true {staged_files}\"\n      glob: \"*.{py,md,yaml}\"\n    \
         key:\n      run: \"true {staged_files}\"\n      glob: \"*.{py,md,yaml}\"\n    \
         yaml:\n      run: \"true {staged_files}\"\n      glob: \"*.yaml\"\n",
    ),
    ("notes.txt", "What no check is for.\n"),
];

/// A repository in a place of its own, at `work`.
pub(crate) struct Repository<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) place: Place,
}

impl<'a> Repository<'a> {
    /// So many tracked files, those that configure among them; one commit, in a pack.
    pub(crate) fn make(bench: &'a Bench, files: usize) -> Self {
        Self::with(bench, files, &CONFIGURATION)
    }

    /// The same with other files that configure.
    pub(crate) fn with(bench: &'a Bench, files: usize, configuration: &[(&str, &str)]) -> Self {
        let place = Place::in_memory(bench.options.within.as_deref());
        place.empty("bin");
        place.empty("work");
        let it = Self { bench, place };
        for (path, text) in configuration {
            it.write(path, text);
        }
        for number in 0..files - configuration.len() {
            let (path, text) = content::file(number);
            it.write(&path, &text);
        }
        it.git(&["init", "--quiet"]);
        it.git(&["add", "--all"]);
        it.git(&["commit", "--quiet", "--message", "Start"]);
        it.git(&["repack", "-a", "-d", "--quiet"]);
        it
    }

    /// Puts so many commits on top, of which each changes one file, and the last leaves everything as it was.
    pub(crate) fn age(&self, commits: usize) {
        let mut stream = String::new();
        for number in 1..=commits {
            let text = if number == commits {
                CONFIGURATION[3].1.to_owned()
            } else {
                format!("Change {number}.\n")
            };
            write!(
                stream,
                "commit refs/heads/main\ncommitter Ada Lovelace <ada@example.com> {} +0000\ndata 6\nChange\n{}\
                 M 100644 inline notes.txt\ndata {}\n{text}\n",
                1_700_000_000 + number,
                if number == 1 { "from refs/heads/main^0\n" } else { "" },
                text.len()
            )
            .unwrap();
        }
        let file = self.place.path("stream");
        fs::write(&file, stream).unwrap();
        let mut command = self.bench.machine.command(&self.place, "git");
        command.args(["fast-import", "--quiet"]);
        let input = fs::File::open(file).unwrap();
        let status = command.stdin(input).status().unwrap();
        assert!(status.success(), "git fast-import: {status}");
        self.git(&["reset", "--quiet", "--hard"]);
        self.git(&["repack", "-a", "-d", "--quiet"]);
    }

    /// Everything as it was committed.
    pub(crate) fn reset(&self) {
        self.git(&["reset", "--quiet", "--hard"]);
        self.settle();
    }

    /// Changes something that no check is for, and stages it.
    pub(crate) fn stage_nothing_to_check(&self) {
        self.write("notes.txt", "What no check is for, changed.\n");
        self.git(&["add", "notes.txt"]);
        self.settle();
    }

    /// Changes the first so many files and stages them.
    pub(crate) fn stage(&self, count: usize) {
        self.edit(0..count, "LIMIT = 1\n");
        self.git(&["add", "--update"]);
        self.settle();
    }

    /// Changes these files in the work tree alone.
    pub(crate) fn edit(&self, numbers: impl IntoIterator<Item = usize>, line: &str) {
        for number in numbers {
            let (path, text) = content::file(number);
            let more = if path.ends_with(".py") {
                format!("\n\n{line}")
            } else {
                format!("# {line}")
            };
            self.write(&path, &(text + &more));
        }
    }

    /// A file's path and what is wrong with it, for each of the six checks.
    pub(crate) fn stage_what_is_wrong(&self) {
        self.write("space.py", "A = 1 \n");
        self.write("end.py", "A = 1");
        self.write("broken.yaml", "a: [1\n");
        self.write(
            "conflict.py",
            "<<<<<<< HEAD\nA = 1\n=======\nA = 2\n>>>>>>> other\n",
        );
        self.write(
            "large.py",
            &"# A long line that says nothing.\n".repeat(40_000),
        );
        let dashes = "-----";
        self.write(
            "key.py",
            &format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\n"),
        );
        self.git(&["add", "--all"]);
        // In a merge, so that markers count for everybody.
        fs::copy(
            self.file(".git/refs/heads/main"),
            self.file(".git/MERGE_HEAD"),
        )
        .unwrap();
        fs::write(self.file(".git/MERGE_MSG"), "Merge\n").unwrap();
    }

    /// Removes our results and our copies: the next run is the first.
    pub(crate) fn forget(&self) {
        remove(&self.place.home().join(".cache/scaffold"));
    }

    /// A command as a hook gets it from git.
    pub(crate) fn hook(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = self.bench.machine.command(&self.place, program);
        command
            .env("GIT_INDEX_FILE", ".git/index")
            .env("GIT_PREFIX", "")
            .env("GIT_EDITOR", ":")
            .args(arguments);
        command
    }

    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.place.path("work").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.file(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut command = self.bench.machine.command(&self.place, "git");
        run(command.args(arguments));
    }

    /// Writes an index that is younger than all files, with the cache of trees that a commit leaves.
    fn settle(&self) {
        std::thread::sleep(std::time::Duration::from_millis(20));
        self.git(&["update-index", "--refresh", "--force-write-index"]);
    }
}
