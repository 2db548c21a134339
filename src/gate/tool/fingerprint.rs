//! Everything outside the repository that decides what a tool says, as one number: the key under which its answers are kept.
//!
//! Called by the cache. It looks at the names, sizes and times of files and starts nothing: an answer is worth keeping only if this
//! costs far less than the tool.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::environment::packages;
use super::{Environment, Tool, imports};
use crate::gate::settings::Needs;
use crate::host::Host;

/// To be raised when what is hashed, or how an answer is read, changes.
const FORMAT: &[u8] = b"scaffold tool 1";

/// Variables that tell one terminal, shell or hook from the next and that no tool's answer depends on.
const VOLATILE: [&str; 16] = [
    "_",
    "COLUMNS",
    "LINES",
    "OLDPWD",
    "PWD",
    "SHLVL",
    "TERM",
    "TERM_PROGRAM",
    "TERM_SESSION_ID",
    "TERM_PROGRAM_VERSION",
    "TMUX",
    "TMUX_PANE",
    "WINDOWID",
    "SSH_AUTH_SOCK",
    "SSH_CLIENT",
    "SSH_CONNECTION",
];

/// See [`Tool::fingerprint`].
pub(super) fn fingerprint(tool: &Tool, environment: &Environment, host: &Host) -> Option<[u8; 32]> {
    let venv = environment.venv();
    let settings = venv.settings();
    if settings
        .get("include-system-site-packages")
        .is_some_and(|it| it == "true")
    {
        return None;
    }
    let mut hash = Hash(blake3::Hasher::new());
    hash.part(FORMAT);
    hash.part(env!("CARGO_PKG_VERSION").as_bytes());
    hash.part(tool.name.as_bytes());
    for (key, value) in &settings {
        hash.part(key.as_bytes());
        hash.part(value.as_bytes());
    }
    let python = venv.python().canonicalize().ok()?;
    hash.part(python.as_os_str().as_encoded_bytes());
    hash.looks(&python)?;
    variables(tool, host, &mut hash);
    for file in personal(tool, host) {
        hash.part(file.as_os_str().as_encoded_bytes());
        // Most people have none.
        hash.looks(&file).unwrap_or_default();
    }
    let folders = packages(venv);
    if folders.is_empty() {
        return None;
    }
    for folder in &folders {
        distributions(tool, environment, folder, &mut hash)?;
    }
    Some(hash.0.finalize().into())
}

/// The distributions of a folder of packages; `None` where one of them may change unseen.
fn distributions(
    tool: &Tool,
    environment: &Environment,
    folder: &Path,
    hash: &mut Hash,
) -> Option<()> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .map(|it| it.map(|it| it.file_name()))
        .collect::<Result<_, _>>()
        .ok()?;
    names.sort_unstable();
    let looks_across = tool.needs != Needs::Files;
    for name in &names {
        let bytes = name.as_encoded_bytes();
        let place = folder.join(name);
        if bytes.ends_with(b".dist-info") {
            hash.part(bytes);
            hash.looks(&place.join("RECORD")).unwrap_or_default();
            if let Ok(text) = std::fs::read_to_string(place.join("direct_url.json")) {
                hash.part(text.as_bytes());
                if is_editable(&text)
                    && (offers_plugins(tool, &place)
                        || (looks_across && !lies_in(&text, environment.root())))
                {
                    return None;
                }
            }
        } else if bytes.ends_with(b".pth") {
            hash.part(bytes);
            hash.part(&std::fs::read(&place).ok()?);
        } else if bytes.ends_with(b".egg-link") {
            // As old versions of setuptools install a folder.
            return None;
        } else if bytes.ends_with(b".egg-info") || bytes.ends_with(b".py") {
            hash.part(bytes);
            hash.looks(&place).unwrap_or_default();
        }
    }
    let is_elsewhere = |named: PathBuf| {
        !named.starts_with(environment.root()) && !named.starts_with(environment.venv().root())
    };
    let is_strange = looks_across && imports::editable(folder).into_iter().any(is_elsewhere);
    (!is_strange).then_some(())
}

/// Whether a `direct_url.json` (PEP 610) tells of an editable install.
fn is_editable(text: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value.is_some_and(|it| it.pointer("/dir_info/editable") == Some(&true.into()))
}

/// Whether it was installed from a folder of the repository, so that what it brings is part of the tree.
fn lies_in(text: &str, root: &Path) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value
        .as_ref()
        .and_then(|it| it.get("url")?.as_str()?.strip_prefix("file://"))
        .is_some_and(|path| Path::new(path).starts_with(root))
}

/// Whether a distribution says that it has plugins for the tool.
fn offers_plugins(tool: &Tool, distribution: &Path) -> bool {
    std::fs::read_to_string(distribution.join("entry_points.txt")).is_ok_and(|text| {
        text.lines().any(|line| {
            let group = line
                .trim()
                .strip_prefix('[')
                .and_then(|it| it.strip_suffix(']'));
            group.is_some_and(|it| tool.plugins.contains(&it.trim()))
        })
    })
}

/// The variables that the tool may read.
fn variables(tool: &Tool, host: &Host, hash: &mut Hash) {
    for (name, value) in host.variables() {
        let matters = match (tool.variables, name.to_str()) {
            (Some(names), Some(name)) => names.contains(&name) || name == "PYTHONWARNINGS",
            (Some(_), None) => false,
            (None, Some(name)) => !VOLATILE.contains(&name) && !name.starts_with("GIT_"),
            (None, None) => true,
        };
        if matters {
            hash.part(name.as_encoded_bytes());
            hash.part(value.as_encoded_bytes());
        }
    }
}

/// The files in which a user may configure the tool for all projects.
fn personal(tool: &Tool, host: &Host) -> Vec<PathBuf> {
    let names: &[&str] = match tool.name {
        "black" => &["black"],
        "ruff" | "ruff-format" => &["ruff/ruff.toml", "ruff/.ruff.toml", "ruff/pyproject.toml"],
        "autopep8" => &["pycodestyle", "pep8"],
        "pylint" => &["pylintrc"],
        "mypy" => &["mypy/config"],
        _ => &[],
    };
    let dotted: &[&str] = match tool.name {
        "pylint" => &[".pylintrc"],
        "mypy" => &[".mypy.ini"],
        "autopep8" => &[".pep8"],
        _ => &[],
    };
    // Ours lies beside theirs.
    let shared = host
        .config_dir()
        .and_then(|it| it.parent().map(Path::to_owned));
    let shared = shared
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    let home = host.home().into_iter();
    let home = home.flat_map(|folder| dotted.iter().map(|name| folder.join(name)));
    shared.chain(home).collect()
}

/// A hash of parts that never run together.
struct Hash(blake3::Hasher);

impl Hash {
    fn part(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(&length.to_le_bytes()).update(bytes);
    }

    /// The size and the time of a file.
    fn looks(&mut self, file: &Path) -> Option<()> {
        let metadata = std::fs::metadata(file).ok()?;
        let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        self.part(&metadata.len().to_le_bytes());
        self.part(&time.as_nanos().to_le_bytes());
        Some(())
    }
}
