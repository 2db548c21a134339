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
        let line = |start: usize, text: &str| {
            let before = text.as_bytes().iter().take(start);
            before.filter(|it| **it == b'\n').count() + 1
        };
        let document = Document::parse(text.to_owned()).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start, text));
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
        let Some(header) = header else {
            let gap = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            return Ok((text.len()..text.len(), format!("{gap}\n[tool.uv]\n{line}")));
        };
        let end = text[header.end..].find('\n').map(|it| header.end + it + 1);
        let end_of_file = text.len()..text.len();
        Ok(end.map_or((end_of_file, format!("\n{line}")), |end| (end..end, line)))
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
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::Manifest;

    fn manifest(text: &str) -> Manifest {
        Manifest::parse(Path::new("/p/pyproject.toml"), text).unwrap()
    }

    fn owned(list: &[&str]) -> Vec<String> {
        list.iter().map(|it| (*it).to_owned()).collect()
    }

    fn constrained(text: &str, list: &[&str]) -> String {
        manifest(text).with_constraints(&owned(list)).unwrap()
    }

    #[test]
    fn what_a_project_requires_is_read_with_included_groups() {
        let manifest = manifest(
            r#"
[project]
name = "demo"
dependencies = ["requests>=2", 'idna ; sys_platform == "win32"']
[dependency-groups]
Lint_Tools = ["flake8"]
dev = ["pytest", {include-group = "lint-tools"}, "black"]
empty = []
[tool.scaffold.answers]
platform = "vercel"
"#,
        );
        assert_eq!(
            manifest.dependencies().unwrap(),
            ["requests>=2", "idna ; sys_platform == \"win32\""]
        );
        assert_eq!(
            manifest.group("Dev").unwrap().unwrap(),
            ["pytest", "flake8", "black"]
        );
        assert_eq!(manifest.group("empty").unwrap().unwrap(), [""; 0]);
        assert_eq!(manifest.group("none").unwrap(), None);
        assert_eq!(manifest.answer("platform"), Some("vercel"));
        assert_eq!(manifest.answer("trigger"), None);
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (text, words) in [
            ("[project]\ndependencies = [1]", "no list of strings"),
            ("[project]\ndynamic = ['dependencies']", "`dynamic`"),
        ] {
            let error = manifest(text).dependencies().unwrap_err();
            assert!(error.message().contains(words), "{error}");
            assert!(
                error.message().starts_with("/p/pyproject.toml: "),
                "{error}"
            );
        }
        for (text, words) in [
            (
                "dev = [{include-group='a'}]\na = [{include-group='DEV'}]",
                "`dev` includes `a` includes `dev` again",
            ),
            (
                "dev = [{include-group='a'}]",
                "`dev` includes `a`, which does not exist",
            ),
            ("dev = [{x = 1}]", "neither a requirement nor"),
            ("dev = 'black'", "`dev` is no list"),
        ] {
            let manifest = manifest(&format!("[dependency-groups]\n{text}\n"));
            let error = manifest.group("dev").unwrap_err();
            assert!(error.message().contains(words), "{error}");
        }
        let text = "[project]\nname = \n".to_owned();
        let error = Manifest::parse(Path::new("/p/pyproject.toml"), &text).unwrap_err();
        assert!(
            error.message().starts_with("/p/pyproject.toml, line 2: "),
            "{error}"
        );
    }

    #[test]
    fn an_edit_of_the_list_keeps_its_comments_and_the_order_of_what_stays() {
        let text = "\
a = 1 # x
[tool.uv]
package = false
# why
constraint-dependencies = [
    # first of all
    'b==1', # of b
    \"a==1\",
    # of c
    \"c==1\", # after c
    # at the end
] # done
[z]
";
        assert_eq!(
            constrained(text, &["a==2", "aa==1", "b==1", "d==1 ; os_name == 'nt'"]),
            "\
a = 1 # x
[tool.uv]
package = false
# why
constraint-dependencies = [
    \"aa==1\",
    # first of all
    \"b==1\", # of b
    \"a==2\",
    # of c
    # after c
    \"d==1 ; os_name == 'nt'\",
    # at the end
] # done
[z]
"
        );
        assert_eq!(constrained(text, &["a==1", "b==1", "c==1"]), text);
    }

    #[test]
    fn a_list_that_is_not_there_yet_finds_its_place() {
        let list = "constraint-dependencies = [\n    \"a==1\",\n]\n";
        assert_eq!(
            constrained("[tool.uv] # ours\nx = 1\n[b]\n", &["a==1"]),
            format!("[tool.uv] # ours\n{list}x = 1\n[b]\n")
        );
        assert_eq!(
            constrained("[tool.uv]", &["a==1"]),
            format!("[tool.uv]\n{list}")
        );
        assert_eq!(
            constrained("[b]\nx = 1", &["a==1"]),
            format!("[b]\nx = 1\n\n[tool.uv]\n{list}")
        );
        let error = manifest("tool = {uv = {}}\n").with_constraints(&owned(&["a==1"]));
        assert!(error.is_err());
        let empty = "[tool.uv]\nconstraint-dependencies = []\n";
        assert_eq!(constrained(empty, &["a==1"]), format!("[tool.uv]\n{list}"));
        assert_eq!(constrained(&format!("[tool.uv]\n{list}"), &[]), empty);
    }

    #[test]
    fn foreign_line_ends_and_a_byte_order_mark_stay() {
        let text = "\u{feff}[tool.uv]\r\nconstraint-dependencies = [\r\n  'a==1',\r\n]\r\n# end";
        assert_eq!(
            constrained(text, &["a==2", "b==1"]),
            "\u{feff}[tool.uv]\r\nconstraint-dependencies = [\r\n  \"a==2\",\r\n  \"b==1\",\r\n]\r\n# end"
        );
    }

    fn pins() -> impl Strategy<Value = Vec<String>> {
        prop::collection::btree_map("[a-f]{1,2}", 0..3_u8, 0..6).prop_map(|pins| {
            pins.iter()
                .map(|(name, version)| match version {
                    0 => format!("{name}==1"),
                    1 => format!("{name}==2 ; sys_platform == 'win32'"),
                    _ => format!("{name}==3 ; implementation_name == \"cpython\""),
                })
                .collect()
        })
    }

    /// Lines around the list: comments, strings that look like it, odd spacing.
    fn around() -> impl Strategy<Value = String> {
        let lines = vec![
            "# constraint-dependencies = [1]\n",
            "k = \"constraint-dependencies = ['x']\"\t# ü\n",
            "\n",
            "   l = [ 1,\n 2, # two\n]\n",
            "'m n' = '''\nconstraint-dependencies = []\n'''\n",
            "o.p = { q = 1 }  \n",
        ];
        prop::sample::subsequence(lines, 0..6).prop_map(|lines| lines.concat())
    }

    fn styled(pins: &[String], style: u8) -> String {
        let quoted: Vec<String> = pins
            .iter()
            .map(|it| toml_edit::Value::from(it).to_string())
            .collect();
        match style {
            0 => format!("[{}]", quoted.join(", ")),
            1 => format!("[\n\t{} # c\n]", quoted.join(", # c\n\t")),
            _ => format!("[ # head\n  {}\n  # tail\n]", quoted.join(",\n  # c\n  ")),
        }
    }

    proptest! {
        #[test]
        fn an_edit_changes_the_list_and_not_one_other_byte(
            before in around(), between in around(), after in around(),
            (old, new) in (pins(), pins()), style in 0..3_u8, carriage in any::<bool>(),
        ) {
            let ends = |text: String| if carriage { text.replace('\n', "\r\n") } else { text };
            let head = ends(format!("{before}[tool.uv]\n{between}constraint-dependencies  =  "));
            let tail = ends(format!("  # of the list\n[after]\n{after}"));
            let text = format!("{head}{}{tail}", ends(styled(&old, style)));
            let edited = manifest(&text).with_constraints(&new).unwrap();
            prop_assert!(edited.starts_with(&head), "{edited}");
            prop_assert!(edited.ends_with(&tail), "{edited}");
            let mut found = manifest(&edited).constraints().unwrap();
            found.sort();
            prop_assert_eq!(found, new.clone());
            let comments = |text: &str| text.matches('#').count();
            prop_assert_eq!(comments(&edited), comments(&text));
            prop_assert_eq!(manifest(&edited).with_constraints(&new).unwrap(), edited);
        }
    }
}
