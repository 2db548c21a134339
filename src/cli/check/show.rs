//! What a run of the gates came to, as output.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::found;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::gate::{self, Applied, GateOutcome, InIndex, InWorkTree, Report, State, Written};
use crate::report::{self, Format};
use crate::ui::Ui;

/// Prints a report; the exit code is the same in every format.
///
/// # Errors
/// When a gate found something, could not run, or mended something that is to be looked at.
pub(in crate::cli) fn report(report: &Report, format: Format, strict: bool, ui: &Ui) -> Result<()> {
    for line in &report.recovered {
        ui.say(line);
    }
    let findings = findings(report);
    if format == Format::Text {
        gates(report, ui);
    }
    if format == Format::Json {
        ui.print(&format!("{:#}\n", document(report, &findings)))?;
    } else {
        ui.print(&report::render(&findings, format, ui.data(), &gate::title))?;
    }
    if format == Format::Text {
        outputs(report, ui)?;
    }
    if let Some(applied) = &report.applied {
        mended(applied, ui);
    }
    if report.applied.as_ref().is_some_and(|it| it.interrupted) {
        return Err(Error::interrupted());
    }
    verdict(report, &findings, strict)
}

/// Everything that was found, and what kept gates from running.
fn findings(report: &Report) -> Vec<Finding> {
    let mut findings = Vec::new();
    for gate in &report.gates {
        findings.extend(gate.findings.iter().cloned());
        if let State::Broken(error) = &gate.state {
            let mut finding = Finding::error(gate.gate.clone(), error.message());
            finding.help = error
                .causes()
                .into_iter()
                .chain(error.hints().iter().cloned())
                .collect();
            findings.push(finding);
        }
    }
    findings
}

/// A line for each gate; native gates that passed share one.
fn gates(report: &Report, ui: &Ui) {
    let palette = ui.talk();
    let quiet = |gate: &GateOutcome| {
        gate.elapsed.is_none() && matches!(gate.state, State::Passed) && gate.mended.is_empty()
    };
    let mut shared: BTreeMap<(&[u8], usize, usize), Vec<&str>> = BTreeMap::new();
    for gate in report.gates.iter().filter(|it| quiet(it)) {
        shared
            .entry((&gate.project, gate.files, gate.cached))
            .or_default()
            .push(&gate.gate);
    }
    for ((project, files, cached), names) in shared {
        let mark = palette.good.apply_to("✓");
        let known = match cached {
            0 => String::new(),
            number => format!(", {number} known to pass"),
        };
        let tail = format!("{}{known}", count(files, "file"));
        let tail = palette.dim.apply_to(tail);
        ui.say(format!(
            "{mark} {}{}  {tail}",
            place(project),
            names.join(", ")
        ));
    }
    for gate in report.gates.iter().filter(|it| !quiet(it)) {
        let (mark, what) = match &gate.state {
            State::Passed if gate.mended.is_empty() => (palette.good.apply_to("✓"), String::new()),
            State::Passed => (
                palette.warning.apply_to("~"),
                format!("mended {}", count(gate.mended.len(), "file")),
            ),
            State::Failed => (
                palette.bad.apply_to("✗"),
                match gate.findings.len() {
                    0 => "failed".to_owned(),
                    number => format!("found {}", count(number, "thing")),
                },
            ),
            State::Broken(_) => (palette.bad.apply_to("✗"), "could not run".to_owned()),
            State::Skipped(why) => {
                let line = format!("- {}{}  skipped: {why}", place(&gate.project), gate.gate);
                ui.say(palette.dim.apply_to(line).to_string());
                continue;
            }
        };
        let mut facts = vec![count(gate.files, "file")];
        if gate.cached > 0 {
            facts.push(format!("{} known to pass", gate.cached));
        }
        facts.extend(gate.elapsed.map(|it| format!("{:.2} s", it.as_secs_f64())));
        facts.extend(gate.remark.map(str::to_owned));
        let facts = palette.dim.apply_to(facts.join(", "));
        let gap = if what.is_empty() { "" } else { "  " };
        ui.say(format!(
            "{mark} {}{}{gap}{what}  {facts}",
            place(&gate.project),
            gate.gate
        ));
    }
}

/// What tools printed, where their findings do not say it all.
fn outputs(report: &Report, ui: &Ui) -> Result<()> {
    for gate in &report.gates {
        if matches!(gate.state, State::Failed) && !gate.output.is_empty() {
            let heading = ui.data().heading.apply_to(format!("{}:", gate.gate));
            ui.print(&format!("{heading}\n{}\n", gate.output.trim_end()))?;
        }
    }
    Ok(())
}

/// What became of each content that was mended.
fn mended(applied: &Applied, ui: &Ui) {
    for file in &applied.files {
        ui.say(format!("  {}", fate(file)));
    }
    for remark in &applied.remarks {
        ui.say(format!("  {remark}"));
    }
    if let Some(backup) = &applied.backup {
        let undo = applied
            .files
            .iter()
            .find_map(|file| applied.undo(&file.path));
        let how = undo.map_or_else(String::new, |line| format!(", such as: {line}"));
        ui.detail(format!("what was replaced is kept under {backup}{how}"));
    }
}

/// What became of a mended content, in a line.
fn fate(file: &Written) -> String {
    let path = &file.path;
    let staged = match &file.index {
        InIndex::Fixed => ", and staged",
        InIndex::NotMeant => "",
        InIndex::ChangedMeanwhile => "; not staged: the index was changed meanwhile",
        InIndex::NotStaged(why) => &format!("; not staged: {why}"),
        InIndex::Interrupted => "; not staged: interrupted",
    };
    match &file.work_tree {
        InWorkTree::Replaced => format!("{path}: mended{staged}"),
        InWorkTree::Merged => format!("{path}: mended beside your unstaged edits{staged}"),
        InWorkTree::Already => format!("{path}: mended already{staged}"),
        InWorkTree::Conflict => {
            format!(
                "{path}: your unstaged edits are on the same lines, so the file is left as it is{staged}"
            )
        }
        InWorkTree::EditedMeanwhile => {
            format!(
                "{path}: saved by somebody else meanwhile, so the file is left as it is{staged}"
            )
        }
        InWorkTree::LeftAlone(why) => format!("{path}: the file is left as it is, {why}{staged}"),
        InWorkTree::Refused(why) => format!("{path}: not mended, {why}"),
        InWorkTree::Interrupted => format!("{path}: interrupted"),
    }
}

fn verdict(report: &Report, findings: &[Finding], strict: bool) -> Result<()> {
    let broken: Vec<&str> = report
        .gates
        .iter()
        .filter(|it| matches!(it.state, State::Broken(_)))
        .map(|it| it.gate.as_str())
        .collect();
    if report.is_broken() {
        return Err(Error::new(format!("could not run: {}", broken.join(", "))));
    }
    let counts = |it: &&Finding| strict || it.severity == Severity::Error;
    let number = findings.iter().filter(counts).count();
    let failed = report.gates.iter().filter(|it| !it.is_clean()).count();
    if number > 0 || failed > 0 {
        return Err(found(number.max(failed)));
    }
    if report.is_unstaged {
        return Err(Error::findings(
            "what was mended is not all staged, so a commit would be without it",
        )
        .hint("what became of each file stands above")
        .hint("to stage a file as it is now: git add FILE"));
    }
    if report.needs_review {
        return Err(Error::findings(
            "files were mended, and are to be looked at before they are committed",
        )
        .hint("look at them: git diff")
        .hint("then stage them: git add --update"));
    }
    Ok(())
}

fn document(report: &Report, findings: &[Finding]) -> Value {
    let gates: Vec<Value> = report.gates.iter().map(gate_document).collect();
    let files: Vec<Value> = report
        .applied
        .iter()
        .flat_map(|it| &it.files)
        .map(|file| json!({ "path": file.path.to_string(), "has_fix": file.work_tree.has_fix(), "staged": file.index == InIndex::Fixed, "fate": fate(file) }))
        .collect();
    let mut document = report::document(findings);
    document["gates"] = json!(gates);
    document["mended"] = json!(files);
    document["backup"] = json!(report.applied.as_ref().and_then(|it| it.backup.clone()));
    document
}

fn gate_document(gate: &GateOutcome) -> Value {
    let (state, why) = match &gate.state {
        State::Passed => ("passed", None),
        State::Failed => ("failed", None),
        State::Broken(error) => ("broken", Some(error.message().to_owned())),
        State::Skipped(why) => ("skipped", Some(why.clone())),
    };
    json!({
        "gate": gate.gate,
        "project": String::from_utf8_lossy(&gate.project),
        "state": state,
        "why": why,
        "files": gate.files,
        "cached": gate.cached,
        "seconds": gate.elapsed.map(|it| it.as_secs_f64()),
        "mended": gate.mended.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "remark": gate.remark,
        "output": gate.output,
    })
}

/// The project of a gate, where it is not the repository's own folder.
pub(super) fn place(project: &[u8]) -> String {
    if project.is_empty() {
        String::new()
    } else {
        format!("{}: ", String::from_utf8_lossy(project))
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
