//! DEP: what is installed, held to what pip and uv say of the same environment, and broken where they see nothing.

mod verdicts;

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::{Patient, states};
use crate::runtime::tools::{Python, once, run};
use crate::support::Finished;

/// Makes a wheel: `wheel.py FOLDER NAME VERSION [TOOL]`, where TOOL is a program that it brings.
const WHEEL: &str = r#"
import base64, hashlib, sys, zipfile
folder, name, version, *tools = sys.argv[1:]
info = f"{name}-{version}.dist-info"
files = {
    f"{name}/__init__.py": f"version = '{version}'\ndef main(): print(version)\n",
    f"{name}/data.txt": "data\n" * 1000,
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
if tools:
    files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{tools[0]} = {name}:main\n"
record = ""
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    for path, text in files.items():
        hash = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={hash},{len(text)}\n"
        wheel.writestr(path, text)
    wheel.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
"#;

/// Unpacks the pip that comes with Python, and compiles it.
const PIP: &str = r#"
import compileall, ensurepip, pathlib, sys, zipfile
wheel = next((pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
zipfile.ZipFile(wheel).extractall(sys.argv[1])
compileall.compile_dir(sys.argv[1], quiet=2)
"#;

/// The folder with that pip, made once.
fn pip() -> PathBuf {
    let python = Python::find(&[13, 12, 14, 11]);
    once("pip", &[&python.program.to_string_lossy(), PIP], |folder| {
        run(Command::new(&python.program).args(["-c", PIP]).arg(folder));
    })
}

/// A build backend for editable installations that needs nothing.
const BACKEND: &str = r#"
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    info = "lib-1.0.dist-info"
    with zipfile.ZipFile(f"{folder}/lib-1.0-py3-none-any.whl", "w") as wheel:
        import os
        wheel.writestr("lib.pth", os.getcwd() + "/code\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"lib.pth,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return "lib-1.0-py3-none-any.whl"
"#;

/// An environment with pip in it, and a folder of wheels that is all that pip finds.
struct Ward {
    patient: Patient,
    wheels: PathBuf,
}

impl Ward {
    fn new() -> Self {
        let mut patient = Patient::healthy();
        let wheels = patient.sandbox.path("wheels");
        std::fs::create_dir(&wheels).unwrap();
        // What ensurepip does, without the time that it takes.
        for entry in std::fs::read_dir(pip()).unwrap() {
            let entry = entry.unwrap();
            symlink(entry.path(), packages(&patient).join(entry.file_name())).unwrap();
        }
        patient.set("PIP_NO_INDEX", "1");
        patient.set("PIP_FIND_LINKS", &wheels);
        std::fs::write(patient.sandbox.path("wheel.py"), WHEEL).unwrap();
        Self { patient, wheels }
    }

    fn python(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.patient.path(".venv/bin/python"));
        command
            .args(arguments)
            .current_dir(self.patient.path(""))
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", &self.wheels)
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        command.output().unwrap()
    }

    #[track_caller]
    fn pip(&self, arguments: &[&str]) -> String {
        let output = self.python(&[&["-m", "pip"], arguments].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn wheel(&self, arguments: &[&str]) {
        let script = self.patient.sandbox.path("wheel.py");
        let mut words = vec![script.to_str().unwrap(), self.wheels.to_str().unwrap()];
        words.extend(arguments);
        assert!(self.python(&words).status.success());
    }

    fn packages(&self) -> PathBuf {
        packages(&self.patient)
    }

    /// The codes of this group that were found.
    fn found(&self, arguments: &[&str]) -> Vec<String> {
        let said = self
            .patient
            .doctor(&[&["DEP", "--format", "json"], arguments].concat());
        let found = states(&said).into_iter();
        let found = found.filter(|(_, it)| !matches!(it.as_str(), "healthy" | "skipped"));
        found.map(|(code, _)| code).collect()
    }

    #[track_caller]
    fn mend(&self, arguments: &[&str]) -> Finished {
        let said = self
            .patient
            .unwatched(&[&["DEP", "--fix", "--yes"], arguments].concat());
        assert_eq!(self.found(arguments), [""; 0], "{said:?}");
        said
    }
}

/// The folder of packages.
fn packages(patient: &Patient) -> PathBuf {
    let library = std::fs::read_dir(patient.path(".venv/lib")).unwrap();
    let folder = library.flatten().next().unwrap().path();
    folder.join("site-packages")
}

#[test]
fn installed_twice_where_pip_sees_nothing() {
    let ward = Ward::new();
    for version in ["1.0", "2.0"] {
        ward.wheel(&["foo", version]);
    }
    ward.pip(&["install", "foo==1.0"]);
    let old = ward.packages().join("foo-1.0.dist-info");
    let kept = ward.patient.sandbox.path("kept");
    std::fs::rename(&old, &kept).unwrap();
    ward.pip(&["install", "--ignore-installed", "foo==2.0"]);
    assert_eq!(ward.found(&[]), [""; 0]);
    std::fs::rename(&kept, &old).unwrap();
    ward.pip(&["check"]);
    assert_eq!(ward.found(&[]), ["DEP007"]);
    ward.mend(&[]);
    assert!(!old.exists());
    let output = ward.python(&["-c", "import foo; print(foo.version)"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2.0\n");
}

#[test]
fn what_an_interrupted_pip_leaves() {
    let ward = Ward::new();
    ward.wheel(&["flask", "3.0"]);
    ward.pip(&["install", "flask"]);
    std::fs::create_dir(ward.packages().join("~ask")).unwrap();
    std::fs::write(ward.packages().join("~ask/x.py"), "").unwrap();
    assert_eq!(ward.found(&[]), ["DEP008"]);
    ward.mend(&[]);
    assert!(!ward.packages().join("~ask").exists());
    assert!(
        ward.packages()
            .join("flask/x.py")
            .parent()
            .unwrap()
            .exists()
    );
}

#[test]
fn metadata_that_is_incomplete() {
    for file in ["RECORD", "METADATA"] {
        let ward = Ward::new();
        ward.wheel(&["foo", "1.0"]);
        ward.pip(&["install", "foo"]);
        std::fs::remove_file(ward.packages().join("foo-1.0.dist-info").join(file)).unwrap();
        assert_eq!(ward.found(&[]), ["DEP009"], "{file}");
        ward.mend(&[]);
        assert!(ward.pip(&["list"]).contains("foo"), "{file}");
        ward.pip(&["uninstall", "-y", "foo"]);
    }
}

#[test]
fn files_that_are_missing_or_changed() {
    let ward = Ward::new();
    ward.wheel(&["foo", "1.0"]);
    ward.pip(&["install", "foo"]);
    assert_eq!(ward.found(&["--deep"]), [""; 0]);
    let data = ward.packages().join("foo/data.txt");
    std::fs::remove_file(&data).unwrap();
    // Of the same length, so that only the content tells.
    let module = ward.packages().join("foo/__init__.py");
    let text = std::fs::read_to_string(&module).unwrap();
    std::fs::write(&module, text.replace("1.0", "1.1")).unwrap();
    ward.pip(&["check"]);
    assert_eq!(ward.found(&[]), [""; 0]);
    assert_eq!(ward.found(&["--deep"]), ["DEP010", "DEP011"]);
    ward.mend(&["--deep"]);
    assert!(data.exists());
}

#[test]
fn an_editable_source_that_moved() {
    let ward = Ward::new();
    let source = ward.patient.sandbox.path("source");
    std::fs::create_dir_all(source.join("code")).unwrap();
    let manifest = "[project]\nname = \"lib\"\nversion = \"1.0\"\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n";
    std::fs::write(source.join("pyproject.toml"), manifest).unwrap();
    std::fs::write(source.join("backend.py"), BACKEND).unwrap();
    std::fs::write(source.join("code/lib.py"), "").unwrap();
    ward.pip(&["install", "-e", source.to_str().unwrap()]);
    assert!(ward.python(&["-c", "import lib"]).status.success());
    assert_eq!(ward.found(&["--deep"]), [""; 0]);
    std::fs::rename(&source, ward.patient.sandbox.path("moved")).unwrap();
    assert!(!ward.python(&["-c", "import lib"]).status.success());
    ward.pip(&["check"]);
    assert_eq!(ward.found(&[]), ["DEP013"]);
}

#[test]
fn a_tool_that_cannot_be_run() {
    let ward = Ward::new();
    let manifest = "[project]\nname = \"x\"\n[tool.scaffold.stages]\npre-commit = [\"black\"]\n";
    std::fs::write(ward.patient.path("pyproject.toml"), manifest).unwrap();
    std::fs::write(ward.patient.path("requirements-dev.txt"), "black==26.1\n").unwrap();
    ward.wheel(&["black", "26.1", "black"]);
    assert_eq!(ward.found(&[]), ["DEP001", "DEP019"]);
    // Both are safe: the project's own requirements say what to install.
    ward.patient.unwatched(&["DEP", "--fix"]).code(0);
    assert_eq!(ward.found(&[]), [""; 0]);
    let script = ward.patient.path(".venv/bin/black");
    let runs = || {
        Command::new(&script)
            .output()
            .is_ok_and(|it| it.status.success())
    };
    assert!(runs());
    let text = std::fs::read_to_string(&script).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(&script, format!("#!/gone/bin/python3\n{rest}")).unwrap();
    assert!(!runs());
    assert_eq!(ward.found(&[]), ["DEP019"]);
    ward.mend(&[]);
    assert!(runs());
    std::fs::remove_file(&script).unwrap();
    assert_eq!(ward.found(&[]), ["DEP019"]);
}

#[test]
fn asked_for_and_not_there() {
    let ward = Ward::new();
    for (name, version) in [("foo", "1.0"), ("foo", "2.0"), ("bar", "1.0")] {
        ward.wheel(&[name, version]);
    }
    let file = ward.patient.path("requirements.txt");
    std::fs::write(&file, "foo==2.0\nbar\nwin==1 ; sys_platform == 'win32'\n").unwrap();
    ward.pip(&["install", "foo==1.0"]);
    ward.pip(&["check"]);
    assert_eq!(ward.found(&[]), ["DEP001", "DEP002"]);
    ward.patient.unwatched(&["DEP", "--fix"]).code(0);
    assert_eq!(ward.found(&[]), [""; 0]);
    ward.wheel(&["more", "1.0"]);
    ward.pip(&["install", "more"]);
    assert_eq!(ward.found(&[]), ["DEP003"]);
    ward.mend(&[]);
    assert!(!ward.pip(&["list"]).contains("more"));
}

#[test]
fn hostile_metadata_is_a_finding_and_no_more() {
    let patient = Patient::healthy();
    let packages = packages(&patient);
    let info = |name: &str| {
        let folder = packages.join(format!("{name}-1.dist-info"));
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let made = Command::new("mkfifo")
        .arg(info("pipe").join("METADATA"))
        .status();
    assert!(made.unwrap().success());
    symlink("METADATA", info("loop").join("METADATA")).unwrap();
    std::fs::create_dir(info("folder").join("METADATA")).unwrap();
    std::fs::write(info("bytes").join("METADATA"), vec![0xfe; 100_000]).unwrap();
    let deep = format!("x ; {}os_name == 'nt'", "(".repeat(100_000));
    for (name, need) in [
        ("deep", &*deep),
        ("extras", "x[a-]"),
        ("option", "--index-url"),
    ] {
        let text =
            format!("Name: {name}\nVersion: 1\nRequires-Dist: {need}\nRequires-Python: {need}\n\n");
        std::fs::write(info(name).join("METADATA"), text).unwrap();
    }
    let named = info("named");
    std::fs::write(named.join("METADATA"), "Name: --pre\nVersion: 1\n\n").unwrap();
    let record = "/dev/zero,sha256=a,\n../../../../../../../../dev/zero,sha256=a,1\n\"open\n,,,\n";
    std::fs::write(named.join("RECORD"), record).unwrap();
    symlink("/", packages.join("all.egg-info")).unwrap();
    std::fs::write(packages.join("x.pth"), "/dev\n\0\n../x.pth\n").unwrap();
    std::fs::write(packages.join("direct.egg-link"), "/proc/self\n").unwrap();
    let said = patient.unwatched(&["DEP", "--deep", "--format", "json"]);
    let states = states(&said);
    assert!(
        states.values().all(|it| it != "crashed" && it != "hung"),
        "{states:?}"
    );
    assert_eq!(states["DEP009"], "found");
    assert!(!said.stdout.contains("install --pre"), "{said:?}");
}
