//! What the doctor knows: the catalogue as a list, and one condition explained.

use serde_json::{Value, json};

use super::Format;
use crate::doctor::{Check, Group, Mending, Severity};
use crate::error::Result;
use crate::ui::Ui;

/// Prints every condition, by group.
pub(super) fn list(checks: &[&Check], format: Format, ui: &Ui) -> Result<()> {
    if format == Format::Json {
        let all: Vec<Value> = checks.iter().map(|check| entry(check)).collect();
        return ui.print(&format!("{:#}\n", json!({ "schema": 1, "checks": all })));
    }
    let palette = ui.data();
    let mut text = String::new();
    for group in Group::ALL {
        let of_group: Vec<&&Check> = checks.iter().filter(|it| it.group == group).collect();
        if of_group.is_empty() {
            continue;
        }
        text.push_str(&format!("{}\n", palette.heading.apply_to(group.title())));
        for check in of_group {
            text.push_str(&format!(
                "  {}  {:<11}  {:<10}  {}\n",
                palette.command.apply_to(format!("{:<8}", check.code)),
                word(check.severity),
                mending(check.mending),
                check.title
            ));
        }
    }
    ui.print(&text)
}

/// Prints what there is to say of a condition.
pub(super) fn explain(check: &Check, format: Format, ui: &Ui) -> Result<()> {
    if format == Format::Json {
        return ui.print(&format!("{:#}\n", entry(check)));
    }
    let palette = ui.data();
    let fix = match check.mending {
        Mending::Safe => "`scaffold doctor --fix` will do that by itself.",
        Mending::Ask => "`scaffold doctor --fix` will do that once you agree.",
        Mending::Manual => "That is yours to do.",
    };
    ui.print(&format!(
        "{} ({}): {}\n\nWhy it matters: {}.\n\n{} {fix}\n",
        palette.heading.apply_to(check.code),
        word(check.severity),
        check.title,
        check.why,
        check.remedy,
    ))
}

fn entry(check: &Check) -> Value {
    json!({
        "code": check.code,
        "group": check.group.prefix(),
        "severity": word(check.severity),
        "fix": mending(check.mending),
        "title": check.title,
        "why": check.why,
        "remedy": check.remedy,
    })
}

/// The word for how bad it is.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "information",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The word for what is done about it.
pub(super) fn mending(mending: Mending) -> &'static str {
    match mending {
        Mending::Safe => "safe",
        Mending::Ask => "ask",
        Mending::Manual => "manual",
    }
}
