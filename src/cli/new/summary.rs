//! What a person agrees to: every answer that decides something, shown before anything is made.
//!
//! Called by `new`, before a prompt asks for a yes. It must not know how a person is asked.

use super::repository::Repository;
use crate::host::Host;
use crate::project::interview::Interviewed;
use crate::project::plan::Plan;
use crate::project::question::{self, INSTALLER};
use crate::ui::Ui;

/// One answer.
struct Row {
    key: String,
    value: String,
    /// Whether it goes without saying.
    usual: bool,
}

/// All answers of a project, in the order in which they are shown.
pub(super) struct Summary {
    rows: Vec<Row>,
}

/// Keys before the variables of the layers; those after them, in the order of the questions, are [`AFTER`].
const BEFORE: [&str; 2] = ["platform", "trigger"];
const AFTER: [&str; 11] = [
    "example",
    "python",
    "docs",
    "ci",
    "editor",
    "hooks",
    "license",
    "year",
    "description",
    "author",
    "email",
];

impl Summary {
    /// Of the answers to an interview.
    pub(super) fn of(interviewed: &Interviewed<'_>) -> Self {
        let record = interviewed.answers.record();
        let variables = interviewed.answers.variables.keys().map(String::as_str);
        let keys = BEFORE.into_iter().chain(variables).chain(AFTER);
        let rows = keys.filter_map(|key| {
            let usual = interviewed.by_default.contains(key);
            // The year of today is no news.
            let value = record.get(key).filter(|_| key != "year" || !usual)?;
            Some(Row {
                key: key.to_owned(),
                value: shown(value),
                usual,
            })
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// Adds what becomes of the repository.
    pub(super) fn with_repository(mut self, repository: &Repository<'_>, host: &Host) -> Self {
        let (value, usual) = repository.foreseen(host);
        self.add("repository", value, usual);
        self
    }

    /// Adds the environment, and the installer that builds it; `None` where none is asked for.
    pub(super) fn with_environment(
        mut self,
        foreseen: Option<(String, String)>,
        usual_installer: bool,
    ) -> Self {
        match foreseen {
            Some((environment, installer)) => {
                self.add("environment", environment, true);
                self.add(INSTALLER.key, installer, usual_installer);
            }
            None => self.add("environment", "none (--no-env)".to_owned(), false),
        }
        self
    }

    fn add(&mut self, key: &str, value: String, usual: bool) {
        let key = key.to_owned();
        self.rows.push(Row { key, value, usual });
    }

    /// Says them, in lines of at most `width` columns: what was chosen has a mark, what goes without saying is dim.
    pub(super) fn say(&self, plan: &Plan, folder: &str, width: usize, ui: &Ui) {
        let talk = ui.talk();
        let count = plan.files.len();
        ui.say("");
        ui.say(format!(
            "{}  {}",
            talk.heading.apply_to(&plan.answers.name),
            talk.dim.apply_to(format!("{count} files in {folder}"))
        ));
        let titles: Vec<String> = self
            .rows
            .iter()
            .map(|it| question::title_of(&it.key))
            .collect();
        let column = titles.iter().map(String::len).max().unwrap_or_default();
        for (row, title) in self.rows.iter().zip(&titles) {
            let room = width.saturating_sub(column + 6).max(20);
            let value = console::truncate_str(&row.value, room, "…");
            let value = if row.usual {
                talk.dim.apply_to(value).to_string()
            } else {
                value.into_owned()
            };
            let mark = if row.usual { " " } else { "•" };
            ui.say(format!(
                "{} {title:column$}  {value}",
                talk.good.apply_to(mark)
            ));
        }
        if self.rows.iter().any(|row| !row.usual) {
            ui.say(talk.dim.apply_to("• not the default").to_string());
        }
        ui.say("");
    }
}

/// A value as a person reads it.
fn shown(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}
