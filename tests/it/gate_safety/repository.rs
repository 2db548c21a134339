//! A repository that is dirty in many ways at once, the same for the same seed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::gates::Gates;
use super::node::{Layout, Node, at, change};
use super::random::Random;
use super::situation::{After, OUTSIDE, Situation};
use crate::support::{Sandbox, run};

/// How git converts what it checks out.
const ATTRIBUTES: [&str; 6] = [
    "",
    "",
    "* text=auto\n",
    "* text=auto\n*.txt eol=crlf\n*.py eol=lf\n",
    "*.cfg filter=rot\n",
    "*.md ident\n*.txt -text\n",
];

/// A dirty repository in a sandbox of its own.
pub(super) struct Repository {
    pub(super) sandbox: Sandbox,
    pub(super) seed: u64,
    pub(super) root: PathBuf,
    /// The folder of this work tree's own state.
    pub(super) git_dir: PathBuf,
    pub(super) random: Random,
    pub(super) gates: Gates,
    /// How often it was made dirty.
    rounds: usize,
}

impl Repository {
    /// Makes one up, with these gates. Beside others, it has the situation whose turn it is with this seed.
    pub(super) fn new(seed: u64, gates: Gates) -> Self {
        let mut repository = Self::clean(seed, gates);
        repository.soil();
        repository
    }

    /// One that has nothing but its configuration.
    pub(super) fn clean(seed: u64, gates: Gates) -> Self {
        let sandbox = Sandbox::in_memory();
        let mut random = Random::new(seed);
        let is_linked = random.one_in(6);
        let root = sandbox.path("main");
        let mut repository = Self {
            git_dir: root.join(".git"),
            sandbox,
            seed,
            root,
            random,
            gates,
            rounds: 0,
        };
        repository.begin();
        if is_linked {
            repository.git(&["worktree", "add", "--quiet", "-b", "other", "../linked"]);
            repository.root = repository.sandbox.path("linked");
            repository.git_dir.push("worktrees/linked");
        }
        repository
    }

    /// The first commit: configuration, how files are converted, and sometimes a submodule.
    fn begin(&mut self) {
        let root = self.root.clone();
        fs::create_dir(&root).unwrap();
        fs::write(self.outside(), OUTSIDE_TEXT).unwrap();
        let bin = self.sandbox.home().join("bin");
        self.gates.write_scripts(&bin);
        self.git(&["init", "--quiet", "--template="]);
        self.configure();
        let attributes = *self.random.pick(&ATTRIBUTES);
        let mut first = Layout::from([
            (
                b"pyproject.toml".to_vec(),
                Node::file(self.gates.configuration()),
            ),
            (b".gitattributes".to_vec(), Node::file(attributes)),
            (b".gitignore".to_vec(), Node::file("*.ignored\n")),
        ]);
        if self.random.one_in(3) {
            let module = "[submodule \"sub\"]\n\tpath = sub\n\turl = ./sub\n";
            first.insert(b".gitmodules".to_vec(), Node::file(module));
            first.insert(b"sub/inner.py".to_vec(), Node::file("inner \n\n"));
            change(&root, &Layout::new(), &first);
            self.git(&["init", "--quiet", "--template=", "sub"]);
            self.git(&["-C", "sub", "add", "inner.py"]);
            self.git(&["-C", "sub", "commit", "--quiet", "--message=inner"]);
        }
        change(&root, &Layout::new(), &first);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=first"]);
        if first.contains_key(b"sub/inner.py".as_slice()) {
            fs::write(root.join("sub/inner.py"), "inner, edited \n\n").unwrap();
            fs::write(root.join("sub/untracked.py"), "untracked \n\n").unwrap();
        }
    }

    fn configure(&mut self) {
        let rot = "tr a-zA-Z n-za-mN-ZA-M";
        let mut config = format!(
            "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[filter \"rot\"]\n\tclean = {rot}\n\tsmudge = {rot}\n"
        );
        if let Some(value) = self.random.pick(&[None, None, Some("true"), Some("input")]) {
            config.push_str(&format!("[core]\n\tautocrlf = {value}\n"));
        }
        let file = self.root.join(".git/config");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(config.as_bytes()).unwrap();
    }

    /// Makes it dirty (once more), with new files.
    pub(super) fn soil(&mut self) {
        let turn = usize::try_from(self.seed % 1000).unwrap() * 3 + self.rounds;
        let mut situations = vec![Situation::ALL[turn % Situation::ALL.len()]];
        for _ in 0..self.random.below(9) + 4 {
            situations.push(*self.random.pick(Situation::ALL));
        }
        let link = Node::link(self.outside().as_os_str().as_bytes());
        let (mut base, mut staged, mut work) = (Layout::new(), Layout::new(), Layout::new());
        let mut after = Vec::new();
        for (number, situation) in situations.iter().enumerate() {
            let mark = format!("s{}r{}n{number}", self.seed, self.rounds);
            let path = name(&mut self.random, &mark);
            let mut slot = situation.slot(&mut self.random, &mark, &path);
            for node in slot.work.values_mut() {
                if *node == Node::link(OUTSIDE) {
                    *node = link.clone();
                }
            }
            base.append(&mut slot.base);
            staged.append(&mut slot.staged);
            work.append(&mut slot.work);
            after.extend(slot.after);
        }
        self.rounds += 1;
        // Git trusts what it knows of a file only if that is older than the index.
        let age = self.random.one_in(2).then(|| Duration::from_hours(1));
        change(&self.root, &Layout::new(), &base);
        self.age(&base, age.map(|it| it * 2));
        self.git_with(&["add"], base.keys());
        self.git_with(
            &[
                "commit",
                "--quiet",
                "--no-verify",
                "--only",
                "--message=base",
            ],
            base.keys(),
        );
        change(&self.root, &base, &staged);
        self.age(&staged, age);
        self.git_with(&["add", "--all"], base.keys().chain(staged.keys()));
        let times: Vec<Option<SystemTime>> = after.iter().map(|it| self.time(it)).collect();
        change(&self.root, &staged, &work);
        for (after, time) in after.iter().zip(times) {
            self.do_after(after, time);
        }
    }

    fn age(&self, layout: &Layout, age: Option<Duration>) {
        let Some(age) = age else { return };
        for (path, node) in layout {
            if let Node::File { .. } = node {
                let file = File::options()
                    .read(true)
                    .open(at(&self.root, path))
                    .unwrap();
                file.set_modified(SystemTime::now() - age).unwrap();
            }
        }
    }

    fn time(&self, after: &After) -> Option<SystemTime> {
        match after {
            After::SameTime(path) => {
                let metadata = at(&self.root, path).symlink_metadata().unwrap();
                Some(metadata.modified().unwrap())
            }
            _ => None,
        }
    }

    fn do_after(&self, after: &After, time: Option<SystemTime>) {
        match after {
            After::IntentToAdd(path) => self.git_with(&["add", "--intent-to-add"], [path]),
            After::AssumeUnchanged(path) => self.git_index("--assume-unchanged", path),
            After::SkipWorkTree(path) => self.git_index("--skip-worktree", path),
            After::HardLink(path) => {
                let mark = path.escape_ascii().to_string().replace('/', "%");
                let other = self.sandbox.home().join(format!("hard {mark}"));
                fs::hard_link(at(&self.root, path), other).unwrap();
            }
            After::SameTime(path) => {
                let file = File::options()
                    .append(true)
                    .open(at(&self.root, path))
                    .unwrap();
                file.set_modified(time.unwrap()).unwrap();
            }
        }
    }

    fn git_index(&self, flag: &str, path: &[u8]) {
        let arguments = ["update-index", flag, "-z", "--stdin"];
        self.with_input(&arguments, &[path, b"\0"].concat());
    }

    fn git_with<'a>(&self, arguments: &[&str], paths: impl IntoIterator<Item = &'a Vec<u8>>) {
        let mut list = Vec::new();
        for path in paths {
            list.extend_from_slice(path);
            list.push(0);
        }
        let mut arguments = arguments.to_vec();
        arguments.extend(["--pathspec-from-file=-", "--pathspec-file-nul"]);
        if !list.is_empty() {
            self.with_input(&arguments, &list);
        }
    }

    fn with_input(&self, arguments: &[&str], input: &[u8]) {
        let mut command = self.command("git");
        command.env("GIT_LITERAL_PATHSPECS", "1").args(arguments);
        run(command.stdin(file_of(input))).code(0);
    }

    /// A program in the top folder.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        let path = std::env::var_os("PATH").unwrap();
        let bin = self.sandbox.home().join("bin");
        let path = std::iter::once(bin).chain(std::env::split_paths(&path));
        command
            .current_dir(&self.root)
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("GIT_AUTHOR_DATE", DATE)
            .env("GIT_COMMITTER_DATE", DATE);
        command
    }

    /// What git prints; it must succeed.
    pub(super) fn git(&self, arguments: &[&str]) -> Vec<u8> {
        self.git_on(arguments, &[])
    }

    /// The same, with this on its standard input.
    pub(super) fn git_on(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = self.command("git");
        // Looking at it must not write what git remembers of it.
        command.env("GIT_OPTIONAL_LOCKS", "0");
        let output = command
            .args(arguments)
            .stdin(file_of(input))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// A file outside, to which links of the work tree may lead.
    pub(super) fn outside(&self) -> PathBuf {
        self.sandbox.home().join("outside.txt")
    }

    /// What lies outside, and is no business of any gate.
    pub(super) fn surroundings(&self) -> Layout {
        let mut all = super::node::everything(&self.sandbox.home());
        all.retain(|path, _| path.starts_with(b"hard ") || path == b"outside.txt");
        all
    }
}

const OUTSIDE_TEXT: &str = "of nobody's business \n\n";
const DATE: &str = "1790000000 +0000";

/// Bytes to be read from.
pub(super) fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// A name that somebody could give to a file; `mark` makes it the only one.
fn name(random: &mut Random, mark: &str) -> Vec<u8> {
    const FOLDERS: [&[u8]; 7] = [
        b"",
        b"",
        b"pkg/",
        b"pkg/in ner/",
        b"-d/",
        b"d\xc3\xa9/",
        b"--/x\ny/",
    ];
    const STEMS: [&[u8]; 18] = [
        b"plain",
        b"plain",
        b"plain",
        b"with space",
        b" ",
        b"new\nline",
        b"-dash",
        b"--exclude=",
        b"-",
        b"\xff\xfe",
        b"\xc3\xbcml\xc3\xa4ut",
        b"tab\t\"quote'",
        b"$(touch x)`y`",
        b":(top)*",
        b"[a-z]?*",
        b"back\\slash",
        b"#!",
        b".hidden",
    ];
    const ENDS: [&[u8]; 7] = [b".py", b".py", b".txt", b".txt", b".md", b".cfg", b""];
    [
        *random.pick(&FOLDERS),
        *random.pick(&STEMS),
        mark.as_bytes(),
        *random.pick(&ENDS),
    ]
    .concat()
}
