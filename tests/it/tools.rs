//! Tools that tests need beside the program: the Pythons of this machine, a real uv, a small index of our own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The uv that tests run; taken from the registry once and kept below `target/`.
const UV: &str = "0.13.9";

/// A Python that is there.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    /// `(3, 12)`.
    pub(crate) series: (u8, u8),
    /// The program itself, no shim.
    pub(crate) path: PathBuf,
}

/// The Pythons from 3.11 on that have pip, one of each series, newest first.
pub(crate) fn pythons() -> &'static [Python] {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut candidates: Vec<PathBuf> = [
            "python3",
            "python3.14",
            "python3.13",
            "python3.12",
            "python3.11",
            "python",
        ]
        .map(PathBuf::from)
        .to_vec();
        if let Some(home) = std::env::home_dir() {
            let versions = std::fs::read_dir(home.join(".pyenv/versions"));
            let versions = versions.into_iter().flatten().flatten();
            candidates.extend(versions.map(|it| it.path().join("bin/python3")));
        }
        let mut found: Vec<Python> = candidates.iter().filter_map(|it| ask(it)).collect();
        found.sort_by_key(|it| std::cmp::Reverse(it.series));
        found.dedup_by_key(|it| it.series);
        found.retain(|it| ((3, 11)..=(3, 14)).contains(&it.series));
        assert!(
            !found.is_empty(),
            "the tests need Python 3.11 or later with pip and venv"
        );
        found
    })
}

fn ask(candidate: &Path) -> Option<Python> {
    let code = "import sys, pip, venv, ensurepip; print(*sys.version_info[:2], sys.executable)";
    let output = Command::new(candidate).args(["-c", code]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.trim().splitn(3, ' ');
    Some(Python {
        series: (words.next()?.parse().ok()?, words.next()?.parse().ok()?),
        path: PathBuf::from(words.next()?),
    })
}

/// The folder that holds `uv`.
pub(crate) fn uv_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let environment = root.join(format!("uv-{UV}"));
        let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
        // Several test processes may come here at once.
        let lock = std::fs::File::create(root.join("uv.lock")).unwrap();
        lock.lock().unwrap();
        let made = environment.join("made");
        if !made.exists() {
            let _ = std::fs::remove_dir_all(&environment);
            let python = &pythons()[0].path;
            succeed(Command::new(python).args(["-m", "venv"]).arg(&environment));
            let package = format!("uv=={UV}");
            succeed(
                Command::new(programs.join("python"))
                    .args(["-m", "pip", "install", "-q", &package]),
            );
            std::fs::write(made, "").unwrap();
        }
        programs
    })
}

/// A folder for caches that all runs share.
pub(crate) fn cache(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[track_caller]
fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{error}");
}

/// Writes a wheel into a folder, as an index that both installers take packages from. `metadata` are lines such as
/// `Requires-Dist: other`.
pub(crate) fn wheel(folder: &Path, name: &str, version: &str, metadata: &[&str]) -> PathBuf {
    const CODE: &str = "
import sys, zipfile
path, name, version, *metadata = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}.py': f'VERSION = {version!r}\\n',
    f'{info}/METADATA': '\\n'.join(['Metadata-Version: 2.1', f'Name: {name}', f'Version: {version}', *metadata, '']),
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
record = ''.join(f'{it},,\\n' for it in files) + f'{info}/RECORD,,\\n'
with zipfile.ZipFile(path, 'w') as wheel:
    for file, text in {**files, f'{info}/RECORD': record}.items():
        wheel.writestr(zipfile.ZipInfo(file), text)
";
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("{name}-{version}-py3-none-any.whl"));
    succeed(
        Command::new(&pythons()[0].path)
            .args(["-c", CODE])
            .arg(&path)
            .args([name, version])
            .args(metadata),
    );
    path
}
