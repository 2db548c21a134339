//! `scaffold check --list`: the gates and groups that there are.

use serde_json::json;

use crate::error::Result;
use crate::gate::{self, Scope};
use crate::git::WorkTree;
use crate::report::Format;
use crate::ui::Ui;

/// Prints them: those of the program, and those of the project's own.
///
/// # Errors
/// When a configuration is wrong.
pub(super) fn run(work_tree: &WorkTree, scope: &Scope, format: Format, ui: &Ui) -> Result<()> {
    let snapshot = gate::snapshot(work_tree, scope, &[])?;
    let gates = gate::list(&snapshot)?;
    if format == Format::Json {
        let gates: Vec<_> = gates
            .iter()
            .map(|it| {
                json!({
                    "gate": it.name,
                    "group": it.group,
                    "title": it.title,
                    "fixes": it.fixes,
                    "arguments": it.arguments,
                    "stages": it.stages.iter().map(|stage| stage.name()).collect::<Vec<_>>(),
                })
            })
            .collect();
        return ui.print(&format!("{:#}\n", json!({ "schema": 1, "gates": gates })));
    }
    let palette = ui.data();
    let width = gates.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut group = None;
    for it in &gates {
        if group != Some(&it.group) {
            let gap = if group.is_none() { "" } else { "\n" };
            text.push_str(&format!("{gap}{}\n", palette.heading.apply_to(&it.group)));
            group = Some(&it.group);
        }
        let stages: Vec<&str> = it.stages.iter().map(|stage| stage.name()).collect();
        let mut facts = Vec::new();
        if it.fixes {
            facts.push("mends".to_owned());
        }
        if !stages.is_empty() {
            facts.push(format!("at {}", stages.join(", ")));
        }
        let facts = if facts.is_empty() {
            String::new()
        } else {
            format!(" ({})", facts.join("; "))
        };
        let name = palette.command.apply_to(format!("{:width$}", it.name));
        text.push_str(&format!(
            "  {name}  {}{}\n",
            it.title,
            palette.dim.apply_to(facts)
        ));
        for argument in &it.arguments {
            text.push_str(&format!("  {:width$}  args: {argument}\n", ""));
        }
    }
    ui.print(&text)
}
