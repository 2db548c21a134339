//! `scaffold check --plan`: what would run on what, and why something would not.

use serde_json::json;

use super::show::{NO_GATES, count, place};
use crate::error::Result;
use crate::gate::{self, Engine, Needs, Request, Selected, Snapshot};
use crate::repo_path::RepoPath;
use crate::report::{self, Format};
use crate::ui::Ui;

/// Prints it.
///
/// # Errors
/// When a configuration is wrong.
pub(super) fn run(snapshot: &Snapshot, request: &Request, format: Format, ui: &Ui) -> Result<()> {
    let selected = gate::plan(snapshot, request)?;
    if format == Format::Json {
        let gates: Vec<_> = selected
            .iter()
            .map(|one| {
                let mut gate = json!({
                    "gate": one.gate,
                    "engine": engine(one),
                    "needs": needs(one.needs),
                    "fixes": request.fixing.of(one),
                    "skipped": one.skipped,
                });
                let project = RepoPath::new(one.project.folder.clone());
                report::put_path(&mut gate, "project", &project);
                let files = one.files.iter().map(|it| &snapshot.files[*it].path);
                report::put_paths(&mut gate, "files", files);
                gate
            })
            .collect();
        return ui.print(&format!("{:#}\n", json!({ "schema": 1, "plan": gates })));
    }
    let palette = ui.data();
    let mut text = String::new();
    for one in &selected {
        let name = palette.command.apply_to(&one.gate);
        let project = place(&one.project.folder);
        let line = match &one.skipped {
            Some(why) => format!("- {project}{name}  skipped: {why}\n"),
            None => format!(
                "+ {project}{name}  {}, {}{}\n",
                engine(one),
                count(one.files.len(), "file"),
                if request.fixing.of(one) {
                    ", mends"
                } else {
                    ""
                },
            ),
        };
        text.push_str(&line);
        if one.skipped.is_none() && ui.is_verbose() {
            for file in &one.files {
                text.push_str(&format!("    {}\n", snapshot.files[*file].path));
            }
        }
    }
    ui.print(&text)?;
    if selected.is_empty() {
        ui.say(NO_GATES);
    } else if !ui.is_verbose() && selected.iter().any(|it| it.skipped.is_none()) {
        ui.say("each file by its name: the same with --verbose");
    }
    Ok(())
}

fn engine(selected: &Selected) -> &'static str {
    match selected.engine {
        Engine::Native(_) => "native",
        Engine::Tool(_) => "tool",
        Engine::Custom => "command",
    }
}

fn needs(needs: Needs) -> &'static str {
    match needs {
        Needs::Files => "files",
        Needs::Tree => "tree",
        Needs::WorkTree => "worktree",
    }
}
