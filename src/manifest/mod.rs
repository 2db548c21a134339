//! A project's `pyproject.toml`: what it requires, what this program recorded in it, and edits that change nothing else.
//!
//! Used by `environment` and `cli`. An edit replaces the bytes of one value; every other byte, comments, line ends and order
//! included, stays. It must not know what a resolver is.

mod list;

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Array, Document, Item, TableLike};

use crate::error::{Error, Result};
use crate::fs;

/// The file's name.
pub(crate) const FILE: &str = "pyproject.toml";

/// The key of `[tool.uv]` that holds versions which uv must not leave.
const CONSTRAINTS: &str = "constraint-dependencies";

/// A `pyproject.toml` that was read.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    path: PathBuf,
    document: Document<String>,
}

impl Manifest {
    /// The nearest one with a `[project]` table, in this folder or above it.
    ///
    /// # Errors
    /// When there is none, or one on the way is not valid TOML.
    pub(crate) fn find(folder: &Path) -> Result<Self> {
        for folder in folder.ancestors() {
            let path = folder.join(FILE);
            if let Some(text) = fs::read_text_if_any(&path)? {
                let manifest = Self::parse(&path, &text)?;
                if manifest.table("project").is_some() {
                    return Ok(manifest);
                }
            }
        }
        Err(Error::new(format!(
            "no {FILE} with a [project] table in `{}` or above it",
            folder.display()
        ))
        .hint("cd into a project, or make one: scaffold new NAME"))
    }

    /// Reads this text, which is or will be the file at `path`.
    ///
    /// # Errors
    /// When it is not valid TOML; names the line.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self> {
        let line = |start: usize| {
            let before = text.as_bytes().iter().take(start);
            before.filter(|it| **it == b'\n').count() + 1
        };
        let document = Document::parse(text.to_owned()).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start));
            let words = error.message().lines().collect::<Vec<_>>().join("; ");
            Error::new(format!("{}, line {line}: {words}", path.display()))
                .hint("correct that line, and run the same command again")
        })?;
        Ok(Self {
            path: path.to_owned(),
            document,
        })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Its bytes.
    pub(crate) fn text(&self) -> &str {
        self.document.raw()
    }

    /// `[project] dependencies`, as PEP 508 strings.
    ///
    /// # Errors
    /// When it is no list of strings, or a build backend computes it.
    pub(crate) fn dependencies(&self) -> Result<Vec<String>> {
        let project = self.table("project");
        let dynamic = project
            .and_then(|it| it.get("dynamic")?.as_array())
            .is_some_and(|list| list.iter().any(|it| it.as_str() == Some("dependencies")));
        if dynamic {
            return Err(self
                .malformed("[project] dependencies are `dynamic`, so they cannot be read")
                .hint("write them in [project] dependencies"));
        }
        match project.and_then(|it| it.get("dependencies")) {
            None => Ok(Vec::new()),
            Some(item) => item
                .as_array()
                .and_then(strings)
                .ok_or_else(|| self.malformed("[project] dependencies is no list of strings")),
        }
    }

    /// A dependency group with all that it includes (PEP 735), `None` where there is none of that name.
    ///
    /// # Errors
    /// When it is malformed, includes a group that does not exist, or includes itself.
    pub(crate) fn group(&self, name: &str) -> Result<Option<Vec<String>>> {
        if self.group_item(name).is_none() {
            return Ok(None);
        }
        let mut requirements = Vec::new();
        self.collect_group(name, &mut Vec::new(), &mut requirements)?;
        Ok(Some(requirements))
    }

    fn collect_group(
        &self,
        name: &str,
        path: &mut Vec<String>,
        requirements: &mut Vec<String>,
    ) -> Result<()> {
        let normal = normalized(name);
        if path.contains(&normal) {
            let way = path.join("` includes `");
            return Err(self.malformed(&format!(
                "dependency group `{way}` includes `{normal}` again"
            )));
        }
        let entries = self
            .group_item(name)
            .ok_or_else(|| {
                let from = path.last().map_or("", String::as_str);
                self.malformed(&format!(
                    "dependency group `{from}` includes `{name}`, which does not exist"
                ))
            })?
            .as_array()
            .ok_or_else(|| self.malformed(&format!("dependency group `{name}` is no list")))?;
        path.push(normal);
        for entry in entries {
            let included = entry
                .as_inline_table()
                .and_then(|it| it.get("include-group")?.as_str());
            match (entry.as_str(), included) {
                (Some(requirement), _) => requirements.push(requirement.to_owned()),
                (None, Some(group)) => self.collect_group(group, path, requirements)?,
                (None, None) => {
                    return Err(self.malformed(&format!(
                        "dependency group `{name}` has an entry that is neither a requirement nor {{include-group = \"…\"}}"
                    )));
                }
            }
        }
        path.pop();
        Ok(())
    }

    fn group_item(&self, name: &str) -> Option<&Item> {
        let wanted = normalized(name);
        let groups = self.table("dependency-groups")?;
        let (_, item) = groups.iter().find(|(key, _)| normalized(key) == wanted)?;
        Some(item)
    }

    /// An answer that `scaffold new` recorded, where it is a string.
    pub(crate) fn answer(&self, key: &str) -> Option<&str> {
        let record = self.table("tool")?.get("scaffold")?.get("answers")?;
        record.get(key)?.as_str()
    }

    /// A setting of uv: `[tool.uv] KEY`.
    pub(crate) fn uv_setting(&self, key: &str) -> Option<&Item> {
        self.table("tool")?.get("uv")?.get(key)
    }

    /// `[tool.uv] constraint-dependencies`, `None` where there is no such list of strings.
    pub(crate) fn constraints(&self) -> Option<Vec<String>> {
        self.uv_setting(CONSTRAINTS)?.as_array().and_then(strings)
    }

    /// Whether the list has these entries, in whatever order.
    fn has_constraints(&self, constraints: &[String]) -> bool {
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list
        };
        self.constraints()
            .is_some_and(|it| sorted(&it) == sorted(constraints))
    }

    /// The text with `[tool.uv] constraint-dependencies` being this list. What stays in the list keeps its place and its
    /// comments; the same list gives the same text.
    ///
    /// # Errors
    /// When the file has no place for the list that can be found without rewriting it.
    pub(crate) fn with_constraints(&self, constraints: &[String]) -> Result<String> {
        if self.has_constraints(constraints) {
            return Ok(self.text().to_owned());
        }
        let (place, replacement) = self.constraints_edit(constraints)?;
        let newline = if self.text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let replacement = replacement.replace("\r\n", "\n").replace('\n', newline);
        let mut text = self.text().to_owned();
        text.replace_range(place, &replacement);
        let edited = Self::parse(&self.path, &text)?;
        if edited.has_constraints(constraints) {
            Ok(text)
        } else {
            Err(self
                .malformed(&format!("cannot find the place of [tool.uv] {CONSTRAINTS}"))
                .hint(format!("add it by hand, as an empty list, and try again:\n[tool.uv]\n{CONSTRAINTS} = []")))
        }
    }

    /// The text without `[tool.uv] constraint-dependencies`' entries: for a resolver that must be free of them.
    ///
    /// # Errors
    /// As [`Manifest::with_constraints`].
    pub(crate) fn without_constraints(&self) -> Result<String> {
        match self.uv_setting(CONSTRAINTS) {
            None => Ok(self.text().to_owned()),
            Some(_) => self.with_constraints(&[]),
        }
    }

    /// Which bytes to replace, and by what.
    fn constraints_edit(&self, constraints: &[String]) -> Result<(Range<usize>, String)> {
        if let Some(item) = self.uv_setting(CONSTRAINTS) {
            let place = item.span();
            // Rendering takes a value that owns its whitespace; a read document only points at it.
            let owned = self.document.clone().into_mut();
            let array = owned["tool"]["uv"][CONSTRAINTS].as_array();
            return match (place, array) {
                (Some(place), Some(array)) => Ok((place, list::edited(array, constraints))),
                _ => Err(self.malformed(&format!("[tool.uv] {CONSTRAINTS} is no list"))),
            };
        }
        let line = format!(
            "{CONSTRAINTS} = {}\n",
            list::edited(&Array::new(), constraints)
        );
        let text = self.text();
        let header = self
            .table("tool")
            .and_then(|it| it.get("uv")?.as_table()?.span());
        let end_of_file = text.len()..text.len();
        let whole_lines = text.is_empty() || text.ends_with('\n');
        let gap = if whole_lines { "" } else { "\n" };
        let Some(header) = header else {
            return Ok((end_of_file, format!("{gap}\n[tool.uv]\n{line}")));
        };
        Ok(match text[header.end..].find('\n') {
            Some(rest) => {
                let below = header.end + rest + 1;
                (below..below, line)
            }
            None => (end_of_file, format!("\n{line}")),
        })
    }

    fn table(&self, name: &str) -> Option<&dyn TableLike> {
        self.document.get(name)?.as_table_like()
    }

    fn malformed(&self, what: &str) -> Error {
        Error::new(format!("{}: {what}", self.path.display()))
    }
}

/// A name as PEP 503 says.
fn normalized(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

fn strings(array: &Array) -> Option<Vec<String>> {
    let strings = array.iter().map(|it| it.as_str().map(str::to_owned));
    strings.collect()
}

#[cfg(test)]
mod tests;
