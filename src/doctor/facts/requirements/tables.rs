//! What tools ask for in tables of their own: Poetry's in `pyproject.toml`, Pipenv's `Pipfile`, and the older lists of PDM and uv.
//!
//! Read by [`Requirements`](super::Requirements), and turned into requirements as PEP 508 writes them. What such a table says and a requirement
//! cannot (several ranges of versions, a Python that cannot be compared) is left open: a name without versions, or nothing at all.
//!
//! Sources: <https://python-poetry.org/docs/dependency-specification/>, <https://pipenv.pypa.io/en/latest/pipfile.html>.

use std::path::PathBuf;

use super::Requirement;
use crate::doctor::facts::Facts;
use crate::doctor::facts::keeper::Keeper;
use crate::doctor::facts::node::{Entry, Language, Node};

/// A requirement in such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The group of tools that it belongs to; `None` for what the code itself needs.
    pub(crate) group: Option<String>,
    /// As PEP 508 writes it.
    pub(crate) text: String,
    /// What it means.
    pub(crate) requirement: Requirement,
}

/// All of them, in order.
pub(super) fn kept(facts: &Facts) -> Vec<Kept> {
    let mut reader = Reader {
        file: facts.in_project("pyproject.toml"),
        kept: Vec::new(),
    };
    let document = facts.pyproject();
    let table = |keys: &[&str]| document.at(keys).map(Node::entries).unwrap_or_default();
    for (keys, is_default) in [
        (["tool", "pdm", "dev-dependencies"].as_slice(), None),
        (["tool", "uv", "dev-dependencies"].as_slice(), Some("dev")),
    ] {
        for group in table(keys) {
            reader.list(&group.key, &group.value);
        }
        if let (Some(name), Some(list)) = (is_default, document.at(keys)) {
            reader.list(name, list);
        }
    }
    let keeper = facts.keeper();
    // Told to keep the environment elsewhere, it puts nothing into one that is here.
    if keeper.is_some_and(Keeper::is_poetry) && facts.is_poetry_in_project() != Some(false) {
        // Where the standard's list is there, Poetry's own table only adds sources to it.
        if document.at(&["project", "dependencies"]).is_none() {
            reader.poetry(None, table(&["tool", "poetry", "dependencies"]));
        }
        reader.poetry(Some("dev"), table(&["tool", "poetry", "dev-dependencies"]));
        for group in table(&["tool", "poetry", "group"]) {
            let is_optional = group.value.at(&["optional"]).and_then(Node::truth);
            if is_optional != Some(true)
                && let Some(of_group) = group.value.at(&["dependencies"])
            {
                reader.poetry(Some(&group.key), of_group.entries());
            }
        }
    }
    if keeper.is_some_and(Keeper::is_pipenv) {
        reader.file = facts.in_project("Pipfile");
        let parsed = facts.parsed(&reader.file, Language::Toml);
        if let Some(Ok(document)) = parsed {
            let table = |key: &str| document.at(&[key]).map(Node::entries).unwrap_or_default();
            reader.pipenv(None, table("packages"));
            reader.pipenv(Some("dev"), table("dev-packages"));
        }
    }
    reader.kept
}

struct Reader {
    file: PathBuf,
    kept: Vec<Kept>,
}

impl Reader {
    /// A list of requirements as the standard writes them.
    fn list(&mut self, group: &str, list: &Node) {
        for item in list.items() {
            self.add(item.line, Some(group), item.text().map(str::to_owned));
        }
    }

    fn poetry(&mut self, group: Option<&str>, entries: &[Entry]) {
        for entry in entries.iter().filter(|it| it.key != "python") {
            let forms = match entry.value.items() {
                [] => std::slice::from_ref(&entry.value),
                several => several,
            };
            for form in forms {
                let text = of_poetry(&entry.key, form);
                self.add(entry.line, group, text);
            }
        }
    }

    fn pipenv(&mut self, group: Option<&str>, entries: &[Entry]) {
        for entry in entries {
            self.add(entry.line, group, of_pipenv(&entry.key, &entry.value));
        }
    }

    fn add(&mut self, line: u32, group: Option<&str>, text: Option<String>) {
        let Some(text) = text else { return };
        if let Ok(requirement) = Requirement::parse(&text) {
            self.kept.push(Kept {
                file: self.file.clone(),
                line,
                group: group.map(str::to_owned),
                text,
                requirement,
            });
        }
    }
}

/// `flask = "^3"`, `flask = { version = "^3", extras = ["async"], python = ">=3.12" }`; `None` where it is optional, or cannot be told to hold.
fn of_poetry(name: &str, value: &Node) -> Option<String> {
    if value.at(&["optional"]).and_then(Node::truth) == Some(true) {
        return None;
    }
    let mut markers = Vec::new();
    if let Some(python) = value.at(&["python"]) {
        let range = range(python.text()?)?;
        // A marker compares with a version, not with all that begin like it.
        if range.contains('*') {
            return None;
        }
        markers.extend(range.split(',').filter(|it| !it.is_empty()).map(of_python));
    }
    if let Some(platform) = value.at(&["platform"]) {
        markers.push(format!("sys_platform == '{}'", platform.text()?));
    }
    if let Some(marker) = value.at(&["markers"]) {
        markers.push(format!("({})", marker.text()?));
    }
    let version = value.text().or_else(|| value.at(&["version"])?.text());
    // Several ranges are more than a requirement can say.
    let versions = version.and_then(range).unwrap_or_default();
    Some(written(name, value, &versions, &markers))
}

/// `flask = "*"`, `flask = { version = "==3", sys_platform = "== 'linux'" }`.
fn of_pipenv(name: &str, value: &Node) -> Option<String> {
    const VARIABLES: [&str; 9] = [
        "os_name",
        "sys_platform",
        "platform_machine",
        "platform_python_implementation",
        "platform_system",
        "python_version",
        "python_full_version",
        "implementation_name",
        "platform_release",
    ];
    let mut markers = Vec::new();
    if let Some(marker) = value.at(&["markers"]) {
        markers.push(format!("({})", marker.text()?));
    }
    for entry in value.entries() {
        if VARIABLES.contains(&&*entry.key) {
            markers.push(format!("{} {}", entry.key, entry.value.text()?));
        }
    }
    let version = value.text().or_else(|| value.at(&["version"])?.text());
    let versions = version.and_then(range).unwrap_or_default();
    Some(written(name, value, &versions, &markers))
}

fn written(name: &str, value: &Node, versions: &str, markers: &[String]) -> String {
    let extras = value.at(&["extras"]).map(Node::texts).unwrap_or_default();
    let extras = match extras.as_slice() {
        [] => String::new(),
        extras => format!("[{}]", extras.join(",")),
    };
    let marker = match markers {
        [] => String::new(),
        markers => format!("; {}", markers.join(" and ")),
    };
    format!("{name}{extras}{versions}{marker}")
}

/// `>=3.12` as a marker.
fn of_python(specifier: &str) -> String {
    let at = specifier.find(|it: char| it.is_ascii_digit()).unwrap_or(0);
    let (operator, version) = specifier.split_at_checked(at).unwrap_or(("==", specifier));
    format!("python_full_version {operator} '{version}'")
}

/// The versions that a constraint means, as PEP 440 writes them: `^1.2` is `>=1.2,<2`. Empty where any will do; `None` where it cannot be said.
fn range(constraint: &str) -> Option<String> {
    if constraint.contains('|') {
        return None;
    }
    let mut parts = Vec::new();
    for part in constraint.split(',').map(str::trim) {
        // `>= 1.2`
        let part: String = part.split_whitespace().collect();
        match part.chars().next() {
            None => {}
            Some('*') if part == "*" => {}
            Some('^') => parts.push(caret(part.trim_start_matches('^'))?),
            Some('~') if !part.starts_with("~=") => {
                parts.push(tilde(part.trim_start_matches('~'))?);
            }
            Some(digit) if digit.is_ascii_digit() => parts.push(format!("=={part}")),
            Some(_) => parts.push(part),
        }
    }
    Some(parts.join(","))
}

/// Nothing may change before the first number that is not 0.
fn caret(version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    let last = numbers.len().checked_sub(1)?;
    let at = numbers.iter().position(|it| *it != 0).unwrap_or(last);
    Some(format!(">={version},<{}", raised(&numbers, at)?))
}

/// Only the third number may change, or whatever follows where there are fewer.
fn tilde(version: &str) -> Option<String> {
    let numbers = numbers(version)?;
    let at = usize::from(numbers.len() > 1);
    Some(format!(">={version},<{}", raised(&numbers, at)?))
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    let release = version.split('-').next()?;
    release.split('.').map(|it| it.parse().ok()).collect()
}

/// The version up to this number, which is one higher.
fn raised(numbers: &[u32], at: usize) -> Option<String> {
    let mut numbers = numbers.get(..=at)?.to_vec();
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Some(words.join("."))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, proptest};

    use super::{caret, range, tilde};
    use crate::doctor::testing::Rig;

    #[test]
    fn constraints_are_ranges() {
        for (written, expected) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^1", ">=1,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1.2", ">=1.2,<1.3"),
            ("~1", ">=1,<2"),
            ("~=1.2", "~=1.2"),
            ("*", ""),
            ("1.2.*", "==1.2.*"),
            ("1.2.3", "==1.2.3"),
            (">= 1.2, < 2", ">=1.2,<2"),
            ("!=1.3", "!=1.3"),
        ] {
            assert_eq!(range(written).as_deref(), Some(expected), "{written}");
        }
        assert_eq!(range("^1 || ^2"), None);
        assert_eq!(range("^1.x"), None);
    }

    fn kept(rig: &Rig) -> Vec<(Option<String>, String)> {
        let facts = rig.facts();
        let kept = facts.requirements().kept.iter();
        kept.map(|it| (it.group.clone(), it.text.clone())).collect()
    }

    fn named(group: Option<&str>, text: &str) -> (Option<String>, String) {
        (group.map(str::to_owned), text.to_owned())
    }

    #[test]
    fn what_poetry_asks_for_is_read() {
        let manifest = r#"
[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.0"
requests = { version = "*", extras = ["socks"], python = ">=3.12,<4" }
pywin32 = { version = ">=300", platform = "win32" }
later = { version = "1", optional = true }
own = { path = "../own", develop = true }
both = [{ version = "<=1.9", python = "~3.7" }, { version = "^2.0 || ^3.0", markers = "os_name == 'posix'" }]
odd = { version = "1", python = "3.*" }

[tool.poetry.dev-dependencies]
black = "*"

[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
mkdocs = "*"

[tool.poetry.group.test.dependencies]
pytest = "8.0"
"#;
        let rig = Rig::new().file("project/pyproject.toml", manifest);
        assert_eq!(
            kept(&rig),
            [
                named(None, "flask>=3.0,<4"),
                named(
                    None,
                    "requests[socks]; python_full_version >= '3.12' and python_full_version < '4'"
                ),
                named(None, "pywin32>=300; sys_platform == 'win32'"),
                named(None, "own"),
                named(
                    None,
                    "both<=1.9; python_full_version >= '3.7' and python_full_version < '3.8'"
                ),
                named(None, "both; (os_name == 'posix')"),
                named(Some("dev"), "black"),
                named(Some("test"), "pytest==8.0"),
            ]
        );
    }

    #[test]
    fn what_pipenv_and_old_lists_ask_for_is_read() {
        let pipfile = "[packages]\nflask = \"*\"\nrequests = { version = \"==2.0\", extras = [\"socks\"] }\n\
            pywin32 = { version = \"*\", sys_platform = \"== 'win32'\" }\n\n[dev-packages]\npytest = \">=8\"\n";
        let rig = Rig::new().file("project/Pipfile", pipfile);
        assert_eq!(
            kept(&rig),
            [
                named(None, "flask"),
                named(None, "requests[socks]==2.0"),
                named(None, "pywin32; sys_platform == 'win32'"),
                named(Some("dev"), "pytest>=8"),
            ]
        );
        let lists = "[tool.uv]\ndev-dependencies = [\"black>=24\"]\n\n[tool.pdm.dev-dependencies]\ntest = [\"pytest\", \"-e file:///x\"]\n";
        let rig = Rig::new().file("project/pyproject.toml", lists);
        assert_eq!(
            kept(&rig),
            [
                named(Some("test"), "pytest"),
                named(Some("dev"), "black>=24"),
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_constraint_is_read_without_harm(text in any::<String>(), version in "[0-9.*^~-]{0,12}") {
            let _ = (range(&text), range(&version), caret(&version), tilde(&version));
        }

        #[test]
        fn any_table_is_read_without_harm(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let quoted = text.escape_default().to_string().replace('\'', "");
            let table = format!("[packages]\nx = '{quoted}'\ny = {{ version = '{quoted}', markers = '{quoted}' }}\n");
            kept(&Rig::new().file("project/Pipfile", table));
            kept(&Rig::new().file("project/Pipfile", bytes));
        }
    }
}
