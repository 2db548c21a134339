//! A made-up machine with a made-up project, for the tests of the checks; and the cases that every code of the catalogue must have.
//!
//! Only for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalog;
use super::engine::{Verdict, examine};
use super::facts::{Facts, May};
use super::fix::{Bounds, Means, Step, perform};
use super::symptom::Symptom;
use crate::error::Result;
use crate::host::Host;

/// A machine with a project in `project`, the user's home in `home`, and the files of the system in `system`.
pub(crate) struct Rig {
    folder: tempfile::TempDir,
    /// The machine.
    pub(crate) host: Host,
    /// What the checks may do.
    pub(crate) may: May,
}

/// A code with a rig where it fires, and one where it just does not.
pub(crate) struct Case {
    /// The code.
    pub(crate) code: &'static str,
    /// Makes the condition.
    pub(crate) sick: fn(Rig) -> Rig,
    /// Comes near it.
    pub(crate) well: fn(Rig) -> Rig,
}

impl Rig {
    /// An empty project, `pyproject.toml` apart; no environment, nothing on `PATH`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let rig = Self {
            host: Host::made_up(root.join("project"))
                .with_home(root.join("home"))
                .with_root(root.join("system")),
            folder,
            may: May::default(),
        };
        for name in ["project", "home", "system"] {
            std::fs::create_dir(root.join(name)).unwrap();
        }
        rig.file(
            "project/pyproject.toml",
            "[project]\nname = \"x\"\nversion = \"0\"\nrequires-python = \">=3.12\"\n",
        )
    }

    /// A path on the machine: `project/app.py`, `home/.pip/pip.conf`, `system/etc/pip.conf`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(below)
    }

    /// With this file, in place of one that is there.
    pub(crate) fn file(self, below: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// With this folder.
    pub(crate) fn dir(self, below: &str) -> Self {
        std::fs::create_dir_all(self.path(below)).unwrap();
        self
    }

    /// With this file, which can be run.
    #[cfg(unix)]
    pub(crate) fn program(self, below: &str, content: impl AsRef<[u8]>) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let rig = self.file(below, content);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(rig.path(below), mode).unwrap();
        rig
    }

    /// With this link.
    #[cfg(unix)]
    pub(crate) fn link(self, below: &str, target: impl AsRef<Path>) -> Self {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
        self
    }

    /// Without this file or folder.
    pub(crate) fn without(self, below: &str) -> Self {
        let path = self.path(below);
        if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
        self
    }

    /// With the machine changed.
    pub(crate) fn with(mut self, change: impl FnOnce(Host) -> Host) -> Self {
        self.host = change(self.host);
        self
    }

    /// With this variable, where `{root}` stands for the folder around the made-up machine.
    pub(crate) fn variable(self, name: &str, value: &str) -> Self {
        let root = self.path("project");
        let root = root.parent().unwrap().display().to_string();
        let value = value.replace("{root}", &root);
        self.with(|host| host.with_variable(name, value))
    }

    /// With these folders of the made-up machine on `PATH`.
    pub(crate) fn on_path(self, folders: &[&str]) -> Self {
        let folders: Vec<PathBuf> = folders.iter().map(|it| self.path(it)).collect();
        let path = std::env::join_paths(folders).unwrap();
        self.with(|host| host.with_variable("PATH", path))
    }

    /// With an interpreter of this version (`3.12.4`) installed below this folder, as the files of one look.
    #[cfg(unix)]
    pub(crate) fn python(self, prefix: &str, version: &str) -> Self {
        let series = version.rsplitn(2, '.').last().unwrap();
        self.program(&format!("{prefix}/bin/python{series}"), "\x7fELF")
            .link(&format!("{prefix}/bin/python3"), format!("python{series}"))
            .link(&format!("{prefix}/bin/python"), "python3")
            .file(&format!("{prefix}/lib/python{series}/os.py"), "")
            .file(
                &format!("{prefix}/lib/python{series}/ensurepip/__init__.py"),
                "",
            )
            .file(
                &format!(
                    "{prefix}/lib/python{series}/ensurepip/_bundled/pip-24.2-py3-none-any.whl"
                ),
                "",
            )
            .file(&format!("{prefix}/lib/python{series}/venv/__init__.py"), "")
    }

    /// With a script as pip has it, for a Python of the made-up machine.
    #[cfg(unix)]
    pub(crate) fn with_pip(self, below: &str, python: &str) -> Self {
        let python = self.path(python);
        self.program(below, format!("#!{}\nimport pip\n", python.display()))
    }

    /// With `.venv` as `venv` makes it, from an interpreter of this version, which is installed in `python`.
    #[cfg(unix)]
    pub(crate) fn environment(self, version: &str) -> Self {
        let series = version.rsplitn(2, '.').last().unwrap();
        let rig = self.python("python", version);
        let home = rig.path("python/bin");
        let folder = rig.path("project/.venv");
        rig.file(
            "project/.venv/pyvenv.cfg",
            format!(
                "home = {home}\ninclude-system-site-packages = false\nversion = {version}\nexecutable = {home}/python{series}\ncommand = {home}/python3 -m venv {folder}\n",
                home = home.display(),
                folder = folder.display()
            ),
        )
        .link("project/.venv/bin/python", home.join(format!("python{series}")))
        .link("project/.venv/bin/python3", "python")
        .link(&format!("project/.venv/bin/python{series}"), "python")
        .file(
            "project/.venv/bin/activate",
            format!("VIRTUAL_ENV=\"{}\"\nexport VIRTUAL_ENV\n", folder.display()),
        )
        .dir(&format!("project/.venv/lib/python{series}/site-packages"))
    }

    /// With a distribution in the environment, as pip leaves it; `metadata` is added to its headers (`Requires-Dist: x>=1\n`).
    pub(crate) fn distribution(self, name: &str, version: &str, metadata: &str) -> Self {
        let packages = self.packages();
        let module = name.replace('-', "_").to_lowercase();
        let folder = format!("{module}-{version}.dist-info");
        self.file(&format!("{packages}/{module}/__init__.py"), "")
            .file(
                &format!("{packages}/{folder}/METADATA"),
                format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"),
            )
            .file(&format!("{packages}/{folder}/INSTALLER"), "pip\n")
            .file(
                &format!("{packages}/{folder}/WHEEL"),
                "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            )
            .file(
                &format!("{packages}/{folder}/RECORD"),
                format!(
                    "{module}/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n{folder}/METADATA,,\n{folder}/INSTALLER,,\n{folder}/WHEEL,,\n{folder}/RECORD,,\n"
                ),
            )
    }

    /// The folder of packages of the environment: `project/.venv/lib/python3.12/site-packages`.
    pub(crate) fn packages(&self) -> String {
        let library = std::fs::read_dir(self.path("project/.venv/lib")).unwrap();
        let name = library.flatten().next().unwrap().file_name();
        format!("project/.venv/lib/{}/site-packages", name.to_string_lossy())
    }

    /// Where a fix may work.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            project: self.path("project"),
            git: vec![self.path("project/.git")],
            closed: None,
            busy: None,
        }
    }

    /// Does what a fix comes to; there is no building here.
    #[track_caller]
    pub(crate) fn perform(&self, steps: &[Step]) {
        self.try_perform(steps, &|| Ok(())).unwrap();
    }

    /// The same with this way to build an environment.
    pub(crate) fn try_perform(&self, steps: &[Step], build: &dyn Fn() -> Result<()>) -> Result<()> {
        let project = self.path("project");
        perform(
            steps,
            &Means {
                host: &self.host,
                project: &project,
                build,
                note: &|_| {},
            },
        )
    }

    /// With the project in a git repository, which the real git makes.
    pub(crate) fn repository(self) -> Self {
        self.git(&["init", "--quiet", "--initial-branch=main"])
    }

    /// With this done by the real git in the project's folder.
    #[track_caller]
    pub(crate) fn git(self, arguments: &[&str]) -> Self {
        let real = Host::current().unwrap();
        let git = real.find_program("git").unwrap();
        let home = self.path("home").display().to_string();
        let output = crate::process::Command::new(&real, git)
            .current_dir(self.path("project"))
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", format!("{home}/.config"))
            .env("GIT_CONFIG_GLOBAL", format!("{home}/.gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args([
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.com",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .run()
            .unwrap();
        assert!(
            output.success(),
            "git {arguments:?}: {}",
            output.last_words(9)
        );
        self
    }

    /// What the checks see.
    pub(crate) fn facts(&self) -> Arc<Facts> {
        Arc::new(Facts::around(&self.host).allowing(self.may))
    }

    /// What a check comes to.
    pub(crate) fn verdict(&self, code: &str) -> Verdict {
        let check = catalog::check(code).unwrap();
        let mut examined = examine(&[check], &self.facts());
        examined.remove(0).verdict
    }

    /// What a check sees; nothing where it is healthy or has no say.
    #[track_caller]
    pub(crate) fn symptoms(&self, code: &str) -> Vec<Symptom> {
        match self.verdict(code) {
            Verdict::Found(symptoms) => symptoms,
            Verdict::Healthy | Verdict::Skipped(_) => Vec::new(),
            broken => panic!("{code}: {broken:?}"),
        }
    }
}
