//! The tables of a `pyproject.toml`, with the line of everything in them.
//!
//! Called by the configuration. It knows the keys and their types, and nothing of what they do.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml_edit::{Item, TableLike, Value};

use super::{OWN_FILE, nearest, resolve};
use crate::error::{Error, Result};
use crate::gate::catalog;
use crate::gate::settings::{Needs, Settings};
use crate::gate::stage::Stage;
use crate::repo_path::RepoPath;

/// The options of a gate.
const OPTIONS: [&str; 10] = [
    "files",
    "exclude",
    "fix",
    "restage",
    "every-commit",
    "timeout",
    "args",
    "env",
    "command",
    "needs",
];

/// A text of a list, and where it stands.
type Placed<'a> = (&'a str, Option<Range<usize>>);

/// A parsed file.
pub(super) struct Document<'a> {
    file: &'a RepoPath,
    text: &'a str,
    root: toml_edit::Document<String>,
}

impl<'a> Document<'a> {
    /// # Errors
    /// When it is no TOML.
    pub(super) fn parse(file: &'a RepoPath, text: &'a str) -> Result<Self> {
        match toml_edit::Document::parse(text.to_owned()) {
            Ok(root) => Ok(Self { file, text, root }),
            Err(error) => {
                let line = line_at(text, error.span());
                let what = error.message().lines().collect::<Vec<_>>().join(", ");
                Err(Error::new(format!("{file}:{line}: {what}")))
            }
        }
    }

    /// An error at a place of the file.
    fn wrong(&self, span: Option<Range<usize>>, what: impl AsRef<str>) -> Error {
        let (file, line) = (self.file, line_at(self.text, span));
        Error::new(format!("{file}:{line}: {}", what.as_ref()))
    }

    /// The same, with the nearest name that there is.
    fn unknown<'b>(
        &self,
        span: Option<Range<usize>>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'b str>,
    ) -> Error {
        let error = self.wrong(span, what);
        match nearest(name, known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// `[tool.scaffold]`, where there is one.
    ///
    /// # Errors
    /// When a table in it has a name that is nearly one of the two.
    pub(super) fn scaffold(&self) -> Result<Option<&dyn TableLike>> {
        const KNOWN: [&str; 3] = ["stages", "gates", "projects"];
        if self.file.file_name() == OWN_FILE.as_bytes() {
            let own: &dyn TableLike = self.root.as_table();
            if let Some((name, item)) = own.iter().find(|(name, _)| !KNOWN.contains(name)) {
                let what = format!("there is no table `{name}` here");
                return Err(self.unknown(place(Some(own), name, item), &what, name, KNOWN));
            }
            return Ok(Some(own));
        }
        let tool = self.root.get("tool").and_then(Item::as_table_like);
        let item = tool.and_then(|it| it.get("scaffold"));
        let scaffold = item.and_then(Item::as_table_like);
        if let Some(item) = item.filter(|_| scaffold.is_none()) {
            let at = place(tool, "scaffold", item);
            return Err(self.wrong(at, "`tool.scaffold` must be a table"));
        }
        for (name, item) in scaffold.iter().flat_map(|it| it.iter()) {
            if item.is_table_like()
                && !KNOWN.contains(&name)
                && KNOWN
                    .iter()
                    .any(|it| strsim::damerau_levenshtein(it, name) <= 1)
            {
                let what = format!("`tool.scaffold` has no table `{name}`");
                return Err(self.unknown(place(scaffold, name, item), &what, name, KNOWN));
            }
        }
        Ok(scaffold)
    }

    /// `[tool.scaffold.gates]`.
    ///
    /// # Errors
    /// When a name or a value in it is not understood.
    pub(super) fn gates(&self, scaffold: &dyn TableLike) -> Result<BTreeMap<String, Settings>> {
        let Some(item) = scaffold.get("gates") else {
            return Ok(BTreeMap::new());
        };
        let table = item
            .as_table_like()
            .ok_or_else(|| self.wrong(item.span(), "`tool.scaffold.gates` must be a table"))?;
        let mut gates = BTreeMap::new();
        for (name, item) in table.iter() {
            let at = item.span().or_else(|| place(Some(table), name, item));
            let options = item.as_table_like().ok_or_else(|| {
                self.wrong(
                    at.clone(),
                    format!("the options of `{name}` must be a table"),
                )
            })?;
            let settings = self.settings(name, options)?;
            if settings.command.is_none() && !catalog::exists(name) {
                let what = format!("there is no gate `{name}`, and no `command` makes one");
                let members = catalog::members(name);
                if !members.is_empty() {
                    let hint = format!("it is a group: set its gates, {}", members.join(", "));
                    return Err(self.wrong(at, what).hint(hint));
                }
                return Err(self.unknown(at, &what, name, catalog::names()));
            }
            if let Some(problem) = bad_name(name) {
                return Err(self.wrong(at, format!("`{name}` cannot name a gate: {problem}")));
            }
            gates.insert(name.to_owned(), settings);
        }
        Ok(gates)
    }

    fn settings(&self, gate: &str, table: &dyn TableLike) -> Result<Settings> {
        let mut settings = Settings::default();
        for (key, item) in table.iter() {
            let at = place(Some(table), key, item);
            let must = |what: &str| self.wrong(at.clone(), format!("`{key}` must {what}"));
            match key {
                "files" => settings.files = Some(self.globs(key, item, at.as_ref())?),
                "exclude" => settings.exclude = self.globs(key, item, at.as_ref())?,
                "fix" | "restage" | "every-commit" => {
                    let value = item.as_bool().ok_or_else(|| must("be true or false"))?;
                    match key {
                        "fix" => settings.fix = Some(value),
                        "restage" => settings.restage = Some(value),
                        _ => settings.every_commit = Some(value),
                    }
                }
                "timeout" => {
                    let value = item.as_float().or_else(|| {
                        item.as_integer()
                            .and_then(|it| u32::try_from(it).ok())
                            .map(f64::from)
                    });
                    settings.timeout = Some(
                        value
                            .filter(|it| *it > 0.0)
                            .and_then(|it| Duration::try_from_secs_f64(it).ok())
                            .ok_or_else(|| must("be a number of seconds above 0"))?,
                    );
                }
                "args" => settings.args = self.strings(key, item, at.as_ref())?,
                "env" => {
                    let table = item
                        .as_table_like()
                        .ok_or_else(|| must("be a table of texts"))?;
                    for (name, value) in table.iter() {
                        let text = value.as_str().ok_or_else(|| must("be a table of texts"))?;
                        if name.is_empty() || name.contains(['=', '\0']) || text.contains('\0') {
                            return Err(must("hold names and values that an environment can"));
                        }
                        settings.env.insert(name.to_owned(), text.to_owned());
                    }
                }
                "command" => {
                    if catalog::exists(gate) {
                        let what = format!("`{gate}` is a gate already, so it takes no `command`");
                        return Err(self.wrong(at, what).hint("give your own gate another name"));
                    }
                    let command = self.strings(key, item, at.as_ref())?;
                    if command.first().is_none_or(String::is_empty) {
                        return Err(must("name a program"));
                    }
                    settings.command = Some(command);
                }
                "needs" => {
                    settings.needs = Some(match item.as_str() {
                        Some("files") => Needs::Files,
                        Some("tree") => Needs::Tree,
                        Some("worktree") => Needs::WorkTree,
                        _ => return Err(must("be `files`, `tree` or `worktree`")),
                    });
                }
                _ => {
                    let what = format!("a gate has no option `{key}`");
                    return Err(self.unknown(at, &what, key, OPTIONS));
                }
            }
        }
        self.check_sense(gate, table, &settings)?;
        Ok(settings)
    }

    /// Whether the options of a gate make sense together, and for this gate: none may be written in vain.
    fn check_sense(&self, gate: &str, table: &dyn TableLike, settings: &Settings) -> Result<()> {
        let at = |key: &str| table.key(key).and_then(toml_edit::Key::span);
        let wrong = |key: &str, what: String| self.wrong(at(key), what);
        let is_in_vain = |key: &str| {
            if catalog::native(gate).is_some() {
                ["timeout", "env", "needs"].contains(&key)
            } else {
                // `command` is refused for all that are built in, in other words.
                catalog::reads_message(gate) && !["args", "command"].contains(&key)
            }
        };
        let mut written = OPTIONS.iter().filter(|it| table.contains_key(it));
        if let Some(key) = written.find(|it| is_in_vain(it)) {
            return Err(wrong(key, format!("`{gate}` has no use for `{key}`")).hint("leave it out"));
        }
        catalog::check_arguments(gate, &settings.args).map_err(|error| {
            let placed = wrong("args", format!("{gate}: {}", error.message()));
            let placed = error.hints().iter().fold(placed, Error::hint);
            error.causes().into_iter().fold(placed, Error::caused_by)
        })?;
        let can_fix = catalog::native(gate)
            .map(|it| it.fixes)
            .or_else(|| catalog::tool(gate).map(|it| it.can_fix));
        if can_fix == Some(false)
            && let Some(key) = ["fix", "restage"]
                .into_iter()
                .find(|it| table.get(it).and_then(Item::as_bool) == Some(*it == "fix"))
        {
            return Err(
                wrong(key, format!("`{gate}` mends nothing")).hint(format!("leave out `{key}`"))
            );
        }
        if settings.fix == Some(true) && settings.needs == Some(Needs::WorkTree) {
            let what =
                format!("`{gate}` mends files, which no tool may do in the work tree itself");
            return Err(wrong("fix", what)
                .hint("there, its changes could not be told from yours, and what they replace would be lost")
                .hint("say `needs = \"tree\"`, for a copy of everything that git knows; or leave out `fix`"));
        }
        if settings.every_commit == Some(true) && settings.needs == Some(Needs::WorkTree) {
            let what = format!("`{gate}` looks at the work tree, which is not any commit");
            return Err(wrong("every-commit", what)
                .hint("say `needs = \"tree\"`, or leave out `every-commit`"));
        }
        Ok(())
    }

    /// `[tool.scaffold.projects]`: globs of the folders below whose own word on gates does not count.
    ///
    /// # Errors
    /// When a key or a value in it is not understood.
    pub(super) fn projects(&self, scaffold: &dyn TableLike) -> Result<Vec<String>> {
        let Some(item) = scaffold.get("projects") else {
            return Ok(Vec::new());
        };
        let table = item
            .as_table_like()
            .ok_or_else(|| self.wrong(item.span(), "`projects` must be a table"))?;
        let mut exclude = Vec::new();
        for (key, item) in table.iter() {
            let at = place(Some(table), key, item);
            if key != "exclude" {
                let what = format!("`projects` has no option `{key}`");
                return Err(self.unknown(at, &what, key, ["exclude"]));
            }
            exclude = self.globs(key, item, at.as_ref())?;
        }
        Ok(exclude)
    }

    /// `[tool.scaffold.stages]`; `None` where there is no such table.
    ///
    /// # Errors
    /// When a name or a value in it is not understood.
    pub(super) fn stages(
        &self,
        scaffold: &dyn TableLike,
        gates: &BTreeMap<String, Settings>,
    ) -> Result<Option<BTreeMap<Stage, Vec<String>>>> {
        let Some(item) = scaffold.get("stages") else {
            return Ok(None);
        };
        let table = item
            .as_table_like()
            .ok_or_else(|| self.wrong(item.span(), "`tool.scaffold.stages` must be a table"))?;
        let mut stages = BTreeMap::new();
        for (name, item) in table.iter() {
            let at = place(Some(table), name, item);
            let stage = Stage::named(name).ok_or_else(|| {
                let what = format!("there is no stage `{name}`");
                self.unknown(at.clone(), &what, name, Stage::ALL.map(Stage::name))
            })?;
            let mut resolved: Vec<String> = Vec::new();
            for (name, at) in self.list(name, item, at.as_ref())? {
                let found = resolve([name], gates).map_err(|error| {
                    let placed = self.wrong(at.clone(), error.message());
                    error.hints().iter().fold(placed, Error::hint)
                })?;
                for gate in found {
                    if catalog::reads_message(&gate) != (stage == Stage::CommitMsg) {
                        let what = format!("`{gate}` cannot run at {stage}");
                        let hint = if stage == Stage::CommitMsg {
                            "at commit-msg there is a message to check, and no files"
                        } else {
                            "it checks the message of a commit: put it into `commit-msg`"
                        };
                        return Err(self.wrong(at, what).hint(hint));
                    }
                    if !resolved.contains(&gate) {
                        resolved.push(gate);
                    }
                }
            }
            stages.insert(stage, resolved);
        }
        Ok(Some(stages))
    }

    fn list<'b>(
        &self,
        key: &str,
        item: &'b Item,
        at: Option<&Range<usize>>,
    ) -> Result<Vec<Placed<'b>>> {
        let wrong = || self.wrong(at.cloned(), format!("`{key}` must be a list of texts"));
        item.as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|value: &Value| {
                let text = value
                    .as_str()
                    .filter(|it| !it.contains('\0'))
                    .ok_or_else(wrong)?;
                Ok((text, value.span()))
            })
            .collect()
    }

    fn strings(&self, key: &str, item: &Item, at: Option<&Range<usize>>) -> Result<Vec<String>> {
        let list = self.list(key, item, at)?;
        Ok(list.into_iter().map(|(text, _)| text.to_owned()).collect())
    }

    fn globs(&self, key: &str, item: &Item, at: Option<&Range<usize>>) -> Result<Vec<String>> {
        for (glob, at) in self.list(key, item, at)? {
            if let Err(error) = globset::Glob::new(glob) {
                let what = format!("`{glob}` is no glob");
                return Err(self.wrong(at, what).caused_by(error.kind().to_string()));
            }
        }
        self.strings(key, item, at)
    }
}

/// Why a gate cannot have this name; it stands in lists between commas, and in reports.
fn bad_name(name: &str) -> Option<&'static str> {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    if name.is_empty() || !name.chars().all(plain) {
        Some("letters, digits, `-`, `_` and `.` can")
    } else if catalog::groups().any(|group| group == name) {
        Some("it is the name of a group")
    } else {
        None
    }
}

/// Where a key stands.
fn place(table: Option<&dyn TableLike>, key: &str, item: &Item) -> Option<Range<usize>> {
    table
        .and_then(|it| it.key(key))
        .and_then(toml_edit::Key::span)
        .or_else(|| item.span())
}

/// The line of a place, from 1.
fn line_at(text: &str, span: Option<Range<usize>>) -> usize {
    let before = &text.as_bytes()[..span.map_or(0, |it| it.start.min(text.len()))];
    memchr::memchr_iter(b'\n', before).count() + 1
}
