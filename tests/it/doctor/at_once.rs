//! A project that `new` made, broken in all the ways at once that lie in its files and in its repository: one `doctor --fix --yes` mends them
//! all, and what the user wrote around the broken places stays. No environment is built.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, SystemTime};

use super::fix::Made;
use super::states;
use crate::support::run;

/// What is looked at: an environment is none of it.
const GROUPS: [&str; 5] = ["REQ", "VER", "CFG", "GIT", "PLAT"];

/// What a project of somebody who writes comments holds.
struct Broken {
    made: Made,
    /// The files with the user's own words.
    kept: Vec<(&'static str, &'static str)>,
}

impl Broken {
    fn new(arguments: &[&str]) -> Self {
        let made = Made::new(&[&["--no-env", "--python", "3.13"], arguments].concat());
        let broken = Self {
            made,
            kept: Vec::new(),
        };
        assert_eq!(broken.found(), [""; 0], "it is healthy at first");
        broken
    }

    /// Replaces in a file what must be there, with the user's own words beside it.
    #[track_caller]
    fn edit(&mut self, below: &'static str, old: &str, new: &str, words: &'static str) {
        let path = self.made.path(below);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{below} has no {old:?}:\n{text}");
        assert!(new.contains(words), "{new}");
        std::fs::write(&path, text.replacen(old, new, 1)).unwrap();
        self.kept.push((below, words));
    }

    fn write(&mut self, below: &'static str, text: &str, words: &'static str) {
        assert!(text.contains(words), "{text}");
        std::fs::write(self.made.path(below), text).unwrap();
        self.kept.push((below, words));
    }

    fn git(&self, arguments: &[&str]) {
        self.made.sandbox.git("hello", arguments);
    }

    /// The codes of all that is wrong.
    fn found(&self) -> Vec<String> {
        let said = self
            .made
            .doctor(&[&GROUPS[..], &["--format", "json"]].concat());
        let states = states(&said).into_iter();
        states
            .filter(|(_, state)| !matches!(state.as_str(), "healthy" | "skipped"))
            .map(|(code, _)| code)
            .collect()
    }

    /// Holds it to finding these codes, and to a project without any after one run.
    #[track_caller]
    fn is_mended(&self, codes: &[&str]) {
        let found = self.found();
        for code in codes {
            assert!(found.iter().any(|it| it == code), "no {code}: {found:?}");
        }
        let said = self
            .made
            .doctor(&[&GROUPS[..], &["--fix", "--yes"]].concat());
        assert_eq!(self.found(), [""; 0], "{said:?}");
        for (file, words) in &self.kept {
            let text = std::fs::read_to_string(self.made.path(file)).unwrap();
            assert!(text.contains(words), "{file} has lost {words:?}:\n{text}");
        }
        let again = self.made.doctor(&[&GROUPS[..], &["--fix"]].concat());
        again.code(0).says("nothing that the doctor can mend");
    }
}

#[test]
fn a_project_is_mended_whatever_is_wrong_with_its_files() {
    let mut broken = Broken::new(&[]);
    broken.edit(
        "pyproject.toml",
        "target-version = [\"py313\"]",
        "target-version = [\"py311\"] # mine: black",
        "# mine: black",
    );
    broken.edit(
        "pyproject.toml",
        "testpaths = [\"tests\"]",
        "testpaths = [\"tests\", \"gone\"] # mine: pytest",
        "# mine: pytest",
    );
    broken.edit(
        ".github/workflows/ci.yml",
        "python-version-file: .python-version",
        "python-version: '3.11' # mine",
        "# mine",
    );
    broken.edit(
        ".flake8",
        "max-line-length = 88",
        "# mine: wide\nmax-line-length = 79",
        "# mine: wide",
    );
    broken.write("Dockerfile", "# mine\nFROM python:3.11-slim\n", "# mine\n");
    broken.write(
        ".pre-commit-config.yaml",
        "repos:\n  - repo: https://github.com/psf/black # mine\n    rev: 23.1.0\n    hooks:\n      - id: black\n",
        "# mine",
    );
    broken.write(".env.example", "# mine\nTOKEN=\nOTHER=\n", "# mine\n");
    broken.write(
        ".env",
        "# mine\nTOKEN='s3cr3t' # mine, too\n",
        "TOKEN='s3cr3t' # mine, too",
    );
    broken.edit(".gitignore", ".env\n.env.*\n", "# mine\n", "# mine\n");
    broken.edit(
        ".gitignore",
        ".venv/\n__pycache__/\n",
        "# mine: caches\n",
        "# mine: caches\n",
    );
    broken.edit(
        ".gitattributes",
        "* text=auto eol=lf\n",
        "# mine\n",
        "# mine\n",
    );
    broken.edit(
        ".vercelignore",
        "\n.env\n.env.*\n",
        "\n# mine\n",
        "# mine\n",
    );
    broken.edit(
        ".vercelignore",
        "\n/.env*\n",
        "\n# mine, too\n",
        "# mine, too\n",
    );
    broken.edit(
        "vercel.json",
        "\"rewrites\"",
        "\"functions\": { \"api/*.py\": { \"maxDuration\":   3600 } },\n  \"cron\": [],\n  \"rewrites\"",
        "{ \"api/*.py\": { \"maxDuration\":   ",
    );
    let requirements = broken.made.path("requirements-dev.txt");
    let text = std::fs::read_to_string(&requirements).unwrap();
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(format!("# mine\n{text}").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&requirements, utf16).unwrap();
    broken.kept.push(("requirements-dev.txt", "# mine\n"));

    std::fs::create_dir(broken.made.path("api/__pycache__")).unwrap();
    broken.git(&["add", "--force", ".env"]);
    broken.git(&["config", "core.autocrlf", "true"]);
    broken.git(&["config", "core.hooksPath", "elsewhere"]);
    let hook = |name: &str| broken.made.path(".git/hooks").join(name);
    let text = std::fs::read_to_string(hook("pre-commit")).unwrap();
    std::fs::write(hook("pre-commit"), text.replace('\n', "\r\n")).unwrap();
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(hook("pre-push"), mode).unwrap();
    let lock = std::fs::File::create(broken.made.path(".git/index.lock")).unwrap();
    let long_ago = SystemTime::now() - Duration::from_hours(24);
    lock.set_modified(long_ago).unwrap();
    drop(lock);

    broken.is_mended(&[
        "CFG001", "CFG002", "CFG005", "GIT003", "GIT009", "GIT010", "GIT011", "GIT012", "PLAT009",
        "PLAT014", "PLAT020", "REQ004", "VER001", "VER002", "VER003", "VER004",
    ]);
    let mode = std::fs::metadata(hook("pre-push")).unwrap().permissions();
    assert_ne!(
        mode.mode() & 0o100,
        0,
        "the hooks are looked at once they count"
    );
    let text = std::fs::read_to_string(hook("pre-commit")).unwrap();
    assert!(!text.contains('\r'));

    // A program that installed the hooks, and is gone since.
    let program = broken.made.sandbox.path("gone");
    let real = env!("CARGO_BIN_EXE_scaffold");
    std::fs::hard_link(real, &program)
        .or_else(|_| std::fs::copy(real, &program).map(drop))
        .unwrap();
    for name in ["pre-commit", "pre-push"] {
        std::fs::remove_file(hook(name)).unwrap();
    }
    let mut install = broken.made.sandbox.command(&program);
    install
        .args(["hook", "install"])
        .current_dir(broken.made.path(""));
    run(&mut install).code(0);
    std::fs::remove_file(program).unwrap();
    std::fs::remove_file(hook("pre-commit")).unwrap();
    broken.is_mended(&["GIT006", "GIT007"]);
}

#[test]
fn a_template_of_sam_is_mended_and_keeps_its_comments() {
    let mut broken = Broken::new(&["--platform", "aws-lambda"]);
    broken.edit(
        "template.yaml",
        "Runtime: python3.13",
        "Runtime: python3.12 # mine: old",
        "# mine: old",
    );
    broken.edit(
        "template.yaml",
        "MemorySize: 256",
        "MemorySize: 20000   # mine: large",
        "   # mine: large",
    );
    broken.edit(
        "template.yaml",
        "Timeout: 10",
        "Timeout: 60 # mine: slow",
        "# mine: slow",
    );
    broken.is_mended(&["PLAT003", "PLAT014", "PLAT015"]);
}

/// What is deployed, with one thing wrong in it at a time: `scaffold lock` is what mends it, without asking an index.
#[test]
fn a_lock_is_compiled_again_whatever_is_wrong_with_it() {
    let broken = Broken::new(&["--example", "api"]);
    let lock = broken.made.path("requirements.txt");
    let sound = std::fs::read_to_string(&lock).unwrap();
    let pinned = sound
        .lines()
        .find(|it| it.starts_with("requests=="))
        .unwrap();
    let hashes: String = sound
        .split_once("idna==")
        .and_then(|(_, rest)| rest.split_once('\n'))
        .unwrap()
        .1
        .split_inclusive('\n')
        .take_while(|it| it.trim_start().starts_with("--hash="))
        .collect();
    let idna = sound
        .lines()
        .find(|it| it.starts_with("idna=="))
        .unwrap()
        .trim_end_matches(" \\");
    let unhashed = sound.replace(&format!("{idna} \\\n{hashes}"), &format!("{idna}\n"));
    let twice = format!(
        "{sound}requests==2.0.0 \\\n    --hash=sha256:{}\n",
        "0".repeat(64)
    );
    let wrong = [
        (sound.replace(pinned, "requests \\"), "REQ001"),
        (unhashed, "REQ002"),
        (twice, "REQ003"),
        (sound.replace(pinned, "requests==2.0.0 \\"), "REQ007"),
    ];
    for (text, code) in wrong {
        assert_ne!(text, sound, "{code}");
        std::fs::write(&lock, text).unwrap();
        broken.is_mended(&[code]);
        assert_eq!(std::fs::read_to_string(&lock).unwrap(), sound, "{code}");
    }
}
