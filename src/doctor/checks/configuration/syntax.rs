//! Files of configuration that nobody can read.

use std::path::{Path, PathBuf};

use crate::doctor::facts::Facts;
use crate::doctor::facts::ini::Ini;
use crate::doctor::facts::node::{Language, Mistake};
use crate::doctor::facts::reading::Reading;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// The folders whose files are configuration, with the languages that are looked at there.
const FOLDERS: [(&str, &[Language]); 6] = [
    ("", &[Language::Toml, Language::Yaml, Language::Json]),
    (".github", &[Language::Yaml]),
    (".github/workflows", &[Language::Yaml]),
    (".vscode", &[Language::Json]),
    (".circleci", &[Language::Yaml]),
    (".devcontainer", &[Language::Json]),
];

/// The INI files that Python's tools read with `configparser`, or as strictly.
const INI: [&str; 9] = [
    "setup.cfg",
    "tox.ini",
    ".flake8",
    "pytest.ini",
    "mypy.ini",
    ".mypy.ini",
    ".coveragerc",
    ".isort.cfg",
    ".pylintrc",
];

/// A file that is larger is data and no configuration; in bytes.
const LARGEST: usize = 256 << 10;

/// More files than that in one folder are data.
const MOST: usize = 200;

/// CFG003.
pub(super) fn files(facts: &Facts) -> Outcome {
    let mut symptoms = Vec::new();
    for (folder, languages) in FOLDERS {
        let folder = facts.in_project(folder);
        for name in facts.names(&folder).iter().take(MOST) {
            if let Some(language) = Language::of(name).filter(|it| languages.contains(it)) {
                symptoms.extend(look(facts, folder.join(name), |path| {
                    let parsed = facts.parsed(path, language)?;
                    let mistake = parsed.err()?;
                    Some((language.name(), mistake))
                }));
            }
        }
    }
    for name in INI {
        symptoms.extend(look(facts, facts.in_project(name), |path| {
            let ini = Ini::parse(&facts.text(path)?);
            Some(("INI", ini.mistakes.into_iter().next()?))
        }));
    }
    Outcome::of(symptoms)
}

fn look(
    facts: &Facts,
    path: PathBuf,
    parse: impl Fn(&Path) -> Option<(&'static str, Mistake)>,
) -> Option<Symptom> {
    match &*facts.read(&path) {
        Reading::Absent => None,
        Reading::Unreadable(why) => path.is_file().then(|| {
            Symptom::new(format!("`{}` cannot be read: {why}", facts.shown(&path)))
                .seen_in(Evidence::path(path.clone()))
        }),
        Reading::Bytes(bytes) if is_binary(bytes) => {
            let language = Language::of(&path.to_string_lossy()).map_or("INI", Language::name);
            let words = format!(
                "`{}` cannot be read as {language}: it is no text",
                facts.shown(&path)
            );
            Some(Symptom::new(words).seen_in(Evidence::path(path)))
        }
        Reading::Bytes(bytes) if bytes.len() > LARGEST || is_template(bytes) => None,
        Reading::Bytes(bytes)
            if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") =>
        {
            let words = format!("`{}` is UTF-16, and has to be UTF-8", facts.shown(&path));
            Some(Symptom::new(words).seen_in(Evidence::path(path).line(1)))
        }
        Reading::Bytes(_) => {
            let (language, mistake) = parse(&path)?;
            let words = format!(
                "`{}` is no {language}: {}",
                facts.shown(&path),
                mistake.message
            );
            let evidence = Evidence::path(path.clone()).line(mistake.line);
            let says = facts.line(&path, mistake.line);
            // A line with a secret in it would be printed: only its place is said.
            Some(
                Symptom::new(words).seen_in(match says.filter(|it| is_plain(it)) {
                    Some(says) => evidence.says(says.trim().to_owned()),
                    None => evidence,
                }),
            )
        }
    }
}

/// Whether it is no text at all, as git tells it: by a zero at the beginning. UTF-16, which is full of them, is another mistake.
fn is_binary(bytes: &[u8]) -> bool {
    let beginning = bytes.get(..8_000).unwrap_or(bytes);
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    !is_utf16 && memchr::memchr(0, beginning).is_some()
}

/// Whether it is the source of a file in the language of its name: `{% if x %}`.
fn is_template(bytes: &[u8]) -> bool {
    [b"{%".as_slice(), b"{{ cookiecutter", b"{{cookiecutter"]
        .iter()
        .any(|it| memchr::memmem::find(bytes, it).is_some())
}

/// Whether a line is short and without a value that could be secret.
fn is_plain(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let words = [
        "secret",
        "token",
        "password",
        "passwd",
        "key",
        "://",
        "credential",
    ];
    line.len() <= 80 && words.iter().all(|it| !lower.contains(it))
}
