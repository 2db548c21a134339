//! A project whose environment is as large as those that people complain about: 150 distributions, 21 000 files, 450 MB, each file with its
//! hash in a RECORD.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::peers::Bench;
use crate::tools::run;

/// How many distributions.
const DISTRIBUTIONS: usize = 150;

/// How many files each of them has, beside its metadata.
const FILES: usize = 140;

/// Bytes of a file, in turn: most are small, few are large; 21 400 on average.
const SIZES: [usize; 7] = [900, 2_400, 5_000, 9_000, 14_000, 38_000, 80_500];

/// Makes it in this folder.
pub(crate) fn project(bench: &Bench, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    run(Command::new(&bench.python)
        .args(["-m", "venv", "--without-pip"])
        .arg(folder.join(".venv")));
    let packages = folder.join(format!(".venv/lib/python{}/site-packages", bench.series));
    let mut requirements = String::new();
    for number in 0..DISTRIBUTIONS {
        distribution(&packages, number);
        requirements.push_str(&format!("part-{number:03}==1.{number}\n"));
    }
    let manifest = "[project]\nname = \"large\"\nversion = \"1\"\nrequires-python = \">=3.12\"\n";
    std::fs::write(folder.join("pyproject.toml"), manifest).unwrap();
    std::fs::write(folder.join("requirements.txt"), requirements).unwrap();
    std::fs::write(folder.join(".gitignore"), ".venv/\n.env\n").unwrap();
}

/// One that needs the next two, as pip leaves it.
fn distribution(packages: &Path, number: usize) {
    let name = format!("part_{number:03}");
    let module = packages.join(&name);
    let information = packages.join(format!("{name}-1.{number}.dist-info"));
    for folder in [&module, &information] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let mut record = String::new();
    let mut write = |path: PathBuf, content: &[u8]| {
        let hash = base64(&Sha256::digest(content));
        let below = path.strip_prefix(packages).unwrap().display().to_string();
        record.push_str(&format!("{below},sha256={hash},{}\n", content.len()));
        std::fs::write(path, content).unwrap();
    };
    for file in 0..FILES {
        let size = SIZES[(number + file) % SIZES.len()];
        let line = format!("value_{number}_{file} = {file}\n");
        let content: Vec<u8> = line.bytes().cycle().take(size).collect();
        write(module.join(format!("file_{file:03}.py")), &content);
    }
    let mut metadata = format!(
        "Metadata-Version: 2.4\nName: part-{number:03}\nVersion: 1.{number}\nSummary: one of many\nRequires-Python: >=3.9\n"
    );
    for other in [number + 1, number + 2] {
        if other < DISTRIBUTIONS {
            metadata.push_str(&format!("Requires-Dist: part-{other:03}>=1.0\n"));
        }
    }
    for extra in ["test", "docs", "dev"] {
        metadata.push_str(&format!("Provides-Extra: {extra}\n"));
        for other in [
            "pytest>=7",
            "sphinx!=5.2",
            "coverage[toml]>=6; python_version < \"3.11\"",
        ] {
            let (requirement, marker) = other.split_once("; ").unwrap_or((other, ""));
            let and = if marker.is_empty() { "" } else { " and " };
            metadata.push_str(&format!(
                "Requires-Dist: {requirement}; {marker}{and}extra == \"{extra}\"\n"
            ));
        }
    }
    metadata.push('\n');
    // Descriptions are long: what a reader of headers must not read.
    metadata.extend(std::iter::repeat_n(
        "All that there is to say of it.\n",
        600,
    ));
    write(information.join("METADATA"), metadata.as_bytes());
    let wheel = b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    write(information.join("WHEEL"), wheel);
    write(information.join("INSTALLER"), b"pip\n");
    let own = format!("{name}-1.{number}.dist-info/RECORD,,\n");
    std::fs::write(information.join("RECORD"), record + &own).unwrap();
}

/// As RECORD wants it: URL-safe, without padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let whole = group
            .iter()
            .fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let letter = (whole >> (18 - 6 * place)) & 63;
            text.push(char::from(LETTERS[letter as usize]));
        }
    }
    text
}
