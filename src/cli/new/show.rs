//! What would be made, and what was.
//!
//! Called by `new`, for people and for programs. It must not decide anything.

use std::path::Path;

use serde_json::json;

use super::repository::Repository;
use super::{Arguments, Format};
use crate::error::Result;
use crate::host::Host;
use crate::project::plan::Plan;
use crate::template::composition::Content;
use crate::ui::Ui;

/// What a run does, one after another.
pub(super) fn steps(
    plan: &Plan,
    arguments: &Arguments,
    repository: &Repository<'_>,
) -> Vec<&'static str> {
    let mut steps = vec!["files"];
    if repository.is_made() {
        steps.push("git");
        if !plan.stages.is_empty() {
            steps.push("hooks");
        }
    }
    if !arguments.no_env {
        steps.extend(["environment", "gates"]);
    }
    steps
}

/// What `--dry-run` shows.
pub(super) fn dry_run(
    plan: &Plan,
    folder: &Path,
    arguments: &Arguments,
    repository: &Repository<'_>,
    host: &Host,
    ui: &Ui,
) -> Result<()> {
    if arguments.format == Format::Json {
        let mut value = plan.to_json(&steps(plan, arguments, repository));
        value["path"] = json!(folder.to_string_lossy());
        return ui.print(&format!("{value:#}\n"));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut text = format!("{name}/\n");
    let mut above: Vec<&str> = Vec::new();
    for file in &plan.files {
        let parts: Vec<&str> = file.path.split('/').collect();
        let (name, folders) = (parts[parts.len() - 1], &parts[..parts.len() - 1]);
        let shared = above
            .iter()
            .zip(folders)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, folder) in folders.iter().enumerate().skip(shared) {
            text.push_str(&format!("{}{folder}/\n", "  ".repeat(depth + 1)));
        }
        let link = match &file.content {
            Content::Link(to) => format!(" -> {to}"),
            Content::Bytes { .. } => String::new(),
        };
        text.push_str(&format!("{}{name}{link}\n", "  ".repeat(folders.len() + 1)));
        above = folders.to_vec();
    }
    ui.print(&text)?;
    ui.say(format!(
        "{} files in {}; nothing was written (--dry-run)",
        plan.files.len(),
        host.short(folder)
    ));
    Ok(())
}

/// That the project stands.
pub(super) fn made(plan: &Plan, folder: &Path, host: &Host, ui: &Ui) {
    ui.say(format!(
        "{} {} ({} files)",
        ui.talk().good.apply_to("✓ made"),
        ui.talk().command.apply_to(host.short(folder)),
        plan.files.len()
    ));
}

/// What to type now.
pub(super) fn next_steps(plan: &Plan, folder: &Path, environment: &[String], host: &Host, ui: &Ui) {
    let mut steps: Vec<(String, String)> = Vec::new();
    if folder != host.current_dir() {
        let path = crate::process::quoted(&host.short(folder));
        steps.push(("Go there".to_owned(), format!("cd {path}")));
    }
    steps.extend(
        environment
            .iter()
            .map(|command| ("Build the environment".to_owned(), command.clone())),
    );
    steps.extend(
        plan.next_steps
            .iter()
            .map(|it| (it.title.clone(), it.command.clone())),
    );
    if steps.is_empty() {
        return;
    }
    // Behind a long command there is no room: what it is for stands above it, once for all that follow each other.
    let is_long = |command: &str| command.chars().count() > LONGEST;
    let width = steps
        .iter()
        .map(|(_, command)| command.chars().count())
        .filter(|count| *count <= LONGEST)
        .max()
        .unwrap_or_default();
    ui.say("");
    ui.say(ui.talk().heading.apply_to("Next").to_string());
    let mut above = "";
    for (title, command) in &steps {
        let shown = ui.talk().command.apply_to(command);
        let meaning = ui.talk().dim.apply_to(title);
        if !is_long(command) {
            let padding = " ".repeat(width - command.chars().count());
            ui.say(format!("  {shown}{padding}  {meaning}"));
        } else if above == title {
            ui.say(format!("  {shown}"));
        } else {
            ui.say(format!(
                "  {}\n  {shown}",
                ui.talk().dim.apply_to(format!("# {title}"))
            ));
        }
        above = title;
    }
}

/// How long a command may be, in characters, to have its meaning behind it.
const LONGEST: usize = 40;
