//! `--report`: all that was found as a file for a bug report, without what is the user's own: home, names, addresses' credentials, values of
//! environment variables.

use std::path::Path;

use serde_json::{Value, json};

use super::document;
use super::mend::Mended;
use super::redaction::Redaction;
use crate::doctor::{Examined, Facts};
use crate::error::{Error, Result};
use crate::fs;
use crate::host::System;
use crate::ui::Ui;

/// The file, unless another one is named.
pub(super) const FILE: &str = "scaffold-doctor.json";

/// What makes a file one of these, which a later report may replace.
const KIND: &str = "scaffold doctor report";

/// Writes the report.
///
/// # Errors
/// When the file cannot be written, or is something else.
pub(super) fn write(
    file: &Path,
    facts: &Facts,
    examined: &[Examined],
    mended: &[Mended],
    ui: &Ui,
) -> Result<()> {
    let path = facts.host.absolute(file);
    if let Some(there) = fs::read_text_if_any(&path)? {
        let there: Option<Value> = serde_json::from_str(&there).ok();
        if there.is_none_or(|it| it["kind"] != KIND) {
            return Err(Error::new(format!(
                "`{}` is there already, and is no report",
                facts.host.short(&path)
            ))
            .hint("scaffold doctor --report=ANOTHER.json"));
        }
    }
    let mut report = report(facts, examined, mended);
    Redaction::of(&facts.host).value(&mut report);
    report["kind"] = json!(KIND);
    fs::atomic::replace(&path, format!("{report:#}\n").as_bytes())?;
    ui.say(format!(
        "wrote {}; look through it before you send it",
        facts.host.short(&path)
    ));
    Ok(())
}

fn report(facts: &Facts, examined: &[Examined], mended: &[Mended]) -> Value {
    let host = &facts.host;
    let interpreters: Vec<String> = facts
        .interpreters()
        .iter()
        .map(|it| format!("{} ({:?}) {}", it.version, it.source, it.path.display()))
        .collect();
    let programs = ["git", "python3", "python", "uv", "pip", "pyenv", "docker"];
    let programs: Value = programs
        .iter()
        .map(|name| {
            let found = host.find_program(name);
            let place = found.map(|it| it.display().to_string());
            ((*name).to_owned(), json!(place))
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let names: Vec<String> = host
        .variables()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    json!({
        "kind": KIND,
        "system": format!("{:?}", System::current(host)),
        "os": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "ci": host.is_ci(),
        "variables": names,
        "programs": programs,
        "interpreters": interpreters,
        "doctor": document::document(examined, mended, facts),
    })
}
