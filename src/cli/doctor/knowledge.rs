//! What the doctor knows: the catalogue as a list, and one condition explained.

use serde_json::{Value, json};

use crate::doctor::{Check, Group, Mending, Needs, Scope, Severity};
use crate::error::{Error, Result};
use crate::report::Format;
use crate::ui::Ui;

/// Prints every condition, by group.
pub(super) fn list(checks: &[&Check], format: Format, ui: &Ui) -> Result<()> {
    refuse(format)?;
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
    refuse(format)?;
    if format == Format::Json {
        return ui.print(&format!("{:#}\n", entry(check)));
    }
    let palette = ui.data();
    let fix = match check.mending {
        Mending::Safe => "`scaffold doctor --fix` will do that by itself.",
        Mending::Ask => "`scaffold doctor --fix` will do that once you agree.",
        Mending::Manual => "That is yours to do.",
    };
    let looked = match needs(check.needs) {
        Some(option) => format!("\n\nIt is looked at only with `{option}`."),
        None => String::new(),
    };
    ui.print(&format!(
        "{} ({}): {}\n\nWhy it matters: {}.\n\n{} {fix}{looked}\n",
        palette.heading.apply_to(check.code),
        word(check.severity),
        check.title,
        check.why,
        check.remedy,
    ))
}

/// What the doctor knows is no finding.
fn refuse(format: Format) -> Result<()> {
    match format {
        Format::Text | Format::Json => Ok(()),
        Format::Sarif | Format::Github => {
            Err(Error::new("what the doctor knows comes as text or as JSON")
                .hint("--format text or --format json"))
        }
    }
}

fn entry(check: &Check) -> Value {
    json!({
        "code": check.code,
        "group": check.group.prefix(),
        "scope": scope(check.scope),
        "severity": word(check.severity),
        "fix": mending(check.mending),
        "needs": needs(check.needs),
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

/// The word for what it looks at.
pub(super) fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Machine => "machine",
        Scope::Project => "project",
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

/// What has to be asked for, for it to be looked at.
fn needs(needs: Needs) -> Option<&'static str> {
    match needs {
        Needs::Files => None,
        Needs::Deep => Some("--deep"),
        Needs::Online => Some("--online"),
    }
}
