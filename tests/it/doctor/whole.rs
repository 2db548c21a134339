//! A project that `new` made, broken in every way that can be mended, one after the other: `doctor --fix --yes` makes it healthy again, and what
//! the user wrote around the broken place stays.

use std::path::PathBuf;

use super::fix::Made;
use crate::support::run;

/// What the user wrote, which no fix may touch.
const MINE: &str = "# mine, kept";

/// One way to break a project.
struct Breakage {
    /// The code that finds it.
    code: &'static str,
    /// Breaks it; gives the file in which the user's words must stay.
    break_it: fn(&Made) -> Option<PathBuf>,
}

impl Made {
    /// Replaces in a file what must be there, and adds the user's own words.
    #[track_caller]
    fn edit(&self, below: &str, old: &str, new: &str) -> PathBuf {
        let path = self.path(below);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{below} has no {old:?}:\n{text}");
        let edited = text.replacen(old, new, 1) + MINE + "\n";
        std::fs::write(&path, edited).unwrap();
        path
    }

    fn packages(&self) -> PathBuf {
        let library = std::fs::read_dir(self.path(".venv/lib")).unwrap();
        let name = library.flatten().next().unwrap().path();
        name.join("site-packages")
    }

    /// The folder of a distribution's metadata.
    fn dist_info(&self, name: &str) -> PathBuf {
        let entries = std::fs::read_dir(self.packages()).unwrap().flatten();
        let is_it = |it: &PathBuf| {
            let name_of = it.file_name().unwrap().to_string_lossy().into_owned();
            name_of.starts_with(&format!("{name}-")) && name_of.ends_with(".dist-info")
        };
        entries.map(|it| it.path()).find(is_it).unwrap()
    }

    /// Holds it to finding this breakage and mending it.
    #[track_caller]
    fn mends(&self, breakage: &Breakage) {
        let kept = (breakage.break_it)(self);
        let found = self.doctor(&[breakage.code]);
        assert!(
            found.stdout.contains(breakage.code),
            "{} is not found: {found:?}",
            breakage.code
        );
        let said = self.doctor(&["--fix", "--yes"]).code(0);
        let left = self.doctor(&[breakage.code, "--strict"]);
        assert_eq!(left.code, Some(0), "{}: {said:?}\n{left:?}", breakage.code);
        if let Some(file) = kept {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains(MINE), "{}: {text}", breakage.code);
        }
        // Whatever was committed is as it was, or as the fix says; start the next from there.
        self.sandbox.git("hello", &["add", "--all"]);
        let mut commit = self.sandbox.command("git");
        commit
            .args([
                "commit",
                "--quiet",
                "--no-verify",
                "--allow-empty",
                "-m",
                "mended",
            ])
            .current_dir(self.path(""));
        run(&mut commit).code(0);
    }
}

const ANYWHERE: &[Breakage] = &[
    Breakage {
        code: "GIT011",
        break_it: |made| Some(made.edit(".gitignore", ".env\n.env.*", "other")),
    },
    Breakage {
        code: "VER003",
        break_it: |made| {
            Some(made.edit(
                "pyproject.toml",
                "target-version = [\"py313\"]",
                "target-version = [\"py311\"] # mine, too",
            ))
        },
    },
    Breakage {
        code: "CFG001",
        break_it: |made| Some(made.edit(".flake8", "max-line-length = 88", "max-line-length = 79")),
    },
    Breakage {
        code: "VER001",
        break_it: |made| {
            Some(made.edit(
                ".github/workflows/ci.yml",
                "python-version-file: .python-version",
                "python-version: '3.11' # ours",
            ))
        },
    },
    Breakage {
        code: "DEP008",
        break_it: |made| {
            std::fs::create_dir(made.packages().join("~lack")).unwrap();
            None
        },
    },
    Breakage {
        code: "DEP001",
        break_it: |made| {
            std::fs::remove_dir_all(made.dist_info("black")).unwrap();
            None
        },
    },
    Breakage {
        code: "GIT004",
        break_it: |made| {
            use std::os::unix::fs::PermissionsExt;
            let hook = made.path(".git/hooks/pre-commit");
            std::fs::set_permissions(hook, PermissionsExt::from_mode(0o644)).unwrap();
            None
        },
    },
    Breakage {
        code: "GIT005",
        break_it: |made| {
            let hook = made.path(".git/hooks/pre-commit");
            let text = std::fs::read_to_string(&hook).unwrap();
            std::fs::write(&hook, text.replace('\n', "\r\n")).unwrap();
            None
        },
    },
    Breakage {
        code: "GIT007",
        break_it: |made| {
            std::fs::remove_file(made.path(".git/hooks/pre-commit")).unwrap();
            None
        },
    },
    Breakage {
        code: "GIT010",
        break_it: |made| {
            std::fs::write(made.path(".env"), "TOKEN=s3cr3t\n").unwrap();
            made.sandbox.git("hello", &["add", "--force", ".env"]);
            None
        },
    },
    Breakage {
        code: "VENV003",
        break_it: |made| {
            super::fix::break_environment(made);
            None
        },
    },
    Breakage {
        code: "VENV001",
        break_it: |made| {
            std::fs::remove_dir_all(made.path(".venv")).unwrap();
            None
        },
    },
];

#[test]
fn a_project_for_vercel_is_mended_whatever_breaks() {
    let made = Made::new(&["--python", "3.13"]);
    for breakage in ANYWHERE {
        made.mends(breakage);
    }
    for breakage in [
        Breakage {
            code: "PLAT009",
            break_it: |made| {
                made.edit(".vercelignore", "\n/.env*\n", "\n");
                Some(made.edit(".vercelignore", "\n.env\n.env.*\n", "\n"))
            },
        },
        Breakage {
            code: "REQ004",
            break_it: |made| {
                let file = made.path("requirements-dev.txt");
                let text = std::fs::read_to_string(&file).unwrap();
                let utf16: Vec<u8> = std::iter::once(0xfeff)
                    .chain(text.encode_utf16())
                    .flat_map(u16::to_le_bytes)
                    .collect();
                std::fs::write(&file, utf16).unwrap();
                None
            },
        },
    ] {
        made.mends(&breakage);
    }
}

#[test]
fn a_project_for_aws_lambda_is_mended_whatever_breaks() {
    let made = Made::new(&["--platform", "aws-lambda", "--python", "3.13"]);
    {
        let breakage = Breakage {
            code: "PLAT003",
            break_it: |made| Some(made.edit("template.yaml", "python3.13", "python3.12")),
        };
        made.mends(&breakage);
    }
}
