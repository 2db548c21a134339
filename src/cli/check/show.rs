//! What a run of the gates came to, as output.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::found;
use crate::error::{Error, Result};
use crate::finding::{Finding, Severity};
use crate::gate::{self, Applied, GateOutcome, InIndex, InWorkTree, Report, State, Why, Written};
use crate::repo_path::RepoPath;
use crate::report::{self, Format};
use crate::ui::Ui;

/// Said where there is nothing to run.
pub(super) const NO_GATES: &str = "nothing to run: no stage has a gate for files (see [tool.scaffold.stages], and scaffold check --list)";

/// Prints a report; the exit code is the same in every format.
///
/// # Errors
/// When a gate found something, could not run, or mended something that is to be looked at.
pub(in crate::cli) fn report(report: &Report, format: Format, strict: bool, ui: &Ui) -> Result<()> {
    for line in &report.recovered {
        ui.say(line);
    }
    let mut findings = findings(report, format);
    if strict {
        for finding in &mut findings {
            finding.severity = Severity::Error;
        }
    }
    if format == Format::Text {
        gates(report, strict, ui);
    }
    if format == Format::Json {
        ui.print(&format!("{:#}\n", document(report, &findings)))?;
    } else {
        ui.print(&report::render(&findings, format, ui.data(), &gate::title))?;
    }
    outputs(report, format, ui)?;
    if let Some(applied) = &report.applied {
        mended(applied, ui);
    }
    if report.applied.as_ref().is_some_and(|it| it.interrupted) {
        return Err(Error::interrupted());
    }
    verdict(report, &findings)
}

/// Everything that was found, what kept gates from running, and what holds up what they mended.
fn findings(report: &Report, format: Format) -> Vec<Finding> {
    let mut findings = Vec::new();
    for gate in &report.gates {
        let found = gate.findings.iter().cloned();
        // SARIF has no other place for what a tool printed.
        let say_more = |it: Finding| match (&it.location, gate.output.is_empty()) {
            (None, false) if format == Format::Sarif => it.help(report::shown(&gate.output)),
            _ => it,
        };
        findings.extend(found.map(say_more));
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
    for held in &report.held {
        let message = match held.why {
            Why::Review if held.file.work_tree.has_fix() => {
                "mended; to be looked at before it is committed".to_owned()
            }
            _ => fate(&held.file),
        };
        findings.push(Finding::error(held.gate.clone(), message).in_file(&held.file.path));
    }
    findings
}

/// A line for each gate; native gates that passed share one.
fn gates(report: &Report, strict: bool, ui: &Ui) {
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
        let tail = palette.dim.apply_to(facts(files, cached).join(", "));
        let line = format!("{mark} {}{}  {tail}", place(project), names.join(", "));
        ui.say(line.trim_end());
    }
    let skipped = |gate: &&GateOutcome| matches!(gate.state, State::Skipped(_));
    for gate in report.gates.iter().filter(|it| !quiet(it) && !skipped(it)) {
        let (mark, what) = match &gate.state {
            State::Passed if !gate.findings.is_empty() && strict => (
                palette.bad.apply_to("✗"),
                count(gate.findings.len(), "finding"),
            ),
            State::Passed if !gate.findings.is_empty() => (
                palette.warning.apply_to("!"),
                count(gate.findings.len(), "warning"),
            ),
            State::Passed | State::Skipped(_) if gate.mended.is_empty() => {
                (palette.good.apply_to("✓"), String::new())
            }
            State::Passed | State::Skipped(_) => (
                palette.warning.apply_to("~"),
                format!("mended {}", count(gate.mended.len(), "file")),
            ),
            State::Failed => (
                palette.bad.apply_to("✗"),
                match gate.findings.len() {
                    0 => "failed".to_owned(),
                    number => count(number, "finding"),
                },
            ),
            State::Broken(_) => (palette.bad.apply_to("✗"), "could not run".to_owned()),
        };
        let mut facts = facts(gate.files, gate.cached);
        facts.extend(gate.elapsed.map(|it| format!("{:.2} s", it.as_secs_f64())));
        facts.extend(gate.remark.map(str::to_owned));
        let words = [what, palette.dim.apply_to(facts.join(", ")).to_string()];
        let words: Vec<String> = words.into_iter().filter(|it| !it.is_empty()).collect();
        let line = format!(
            "{mark} {}{}  {}",
            place(&gate.project),
            gate.gate,
            words.join("  ")
        );
        ui.say(line.trim_end());
    }
    let mut reasons: Vec<(&[u8], &str, Vec<&str>)> = Vec::new();
    for gate in &report.gates {
        let State::Skipped(why) = &gate.state else {
            continue;
        };
        let same = |it: &&mut (&[u8], &str, Vec<&str>)| it.0 == gate.project && it.1 == why;
        match reasons.iter_mut().find(same) {
            Some((_, _, names)) => names.push(&gate.gate),
            None => reasons.push((&gate.project, why, vec![&gate.gate])),
        }
    }
    for (project, why, names) in reasons {
        let line = format!("- {}{}  skipped: {why}", place(project), names.join(", "));
        ui.say(palette.dim.apply_to(line).to_string());
    }
}

/// How many files a gate was for; nothing of one that is for none, such as of a commit's message.
fn facts(files: usize, cached: usize) -> Vec<String> {
    let mut facts = Vec::new();
    if files > 0 {
        facts.push(count(files, "file"));
    }
    if cached > 0 {
        facts.push(format!("{cached} known to pass"));
    }
    facts
}

/// What tools printed, where their findings do not say it all.
fn outputs(report: &Report, format: Format, ui: &Ui) -> Result<()> {
    for gate in &report.gates {
        if !matches!(gate.state, State::Failed) || gate.output.is_empty() {
            continue;
        }
        let output = report::shown(&gate.output);
        match format {
            Format::Text => {
                let heading = ui.data().heading.apply_to(format!("{}:", gate.gate));
                ui.print(&format!("{heading}\n{output}\n"))?;
            }
            Format::Github => ui.print(&report::github_log(&gate.gate, &output))?,
            // They have it elsewhere.
            Format::Json | Format::Sarif => {}
        }
    }
    Ok(())
}

/// What became of each content that was mended.
fn mended(applied: &Applied, ui: &Ui) {
    for file in &applied.files {
        ui.say(format!("  {}: {}", file.path, fate(file)));
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
    let staged = match &file.index {
        InIndex::Fixed => ", and staged",
        InIndex::NotMeant => "",
        InIndex::ChangedMeanwhile => "; not staged: the index was changed meanwhile",
        InIndex::NotStaged(why) => &format!("; not staged: {why}"),
        InIndex::Interrupted => "; not staged: interrupted",
    };
    match &file.work_tree {
        InWorkTree::Replaced => format!("mended{staged}"),
        InWorkTree::Merged => format!("mended beside your unstaged edits{staged}"),
        InWorkTree::Already => format!("mended already{staged}"),
        InWorkTree::Conflict => {
            format!(
                "your unstaged edits are on the same lines, so the file is left as it is{staged}"
            )
        }
        InWorkTree::EditedMeanwhile => {
            format!("saved by somebody else meanwhile, so the file is left as it is{staged}")
        }
        InWorkTree::LeftAlone(why) => format!("the file is left as it is, {why}{staged}"),
        InWorkTree::Refused(why) => format!("not mended, {why}"),
        InWorkTree::Interrupted => "interrupted".to_owned(),
    }
}

fn verdict(report: &Report, findings: &[Finding]) -> Result<()> {
    let broken: Vec<&str> = report
        .gates
        .iter()
        .filter(|it| matches!(it.state, State::Broken(_)))
        .map(|it| it.gate.as_str())
        .collect();
    if report.is_broken() {
        return Err(Error::new(format!("could not run: {}", broken.join(", "))));
    }
    let counts = |it: &&Finding| it.severity == Severity::Error;
    let number = findings.iter().filter(counts).count();
    let failed = report.gates.iter().filter(|it| !it.is_clean()).count();
    let held = |why: Why| report.held.iter().any(|it| it.why == why);
    if number.saturating_sub(report.held.len()) > 0 || failed > 0 {
        return Err(found(number.max(failed)));
    }
    if held(Why::Unmended) {
        return Err(Error::findings("not everything was mended")
            .hint("what became of each file stands above")
            .hint("to try again: scaffold check --fix"));
    }
    if held(Why::Unstaged) {
        return Err(Error::findings(
            "what was mended is not all staged, so a commit would be without it",
        )
        .hint("what became of each file stands above")
        .hint("to stage a file as it is now: git add FILE"));
    }
    if held(Why::Review) {
        return Err(Error::findings(
            "files were mended, and are to be looked at before they are committed",
        )
        .hint("look at them: git diff")
        .hint("then stage each: git add FILE"));
    }
    Ok(())
}

fn document(report: &Report, findings: &[Finding]) -> Value {
    let gates: Vec<Value> = report.gates.iter().map(gate_document).collect();
    let files: Vec<Value> = report
        .applied
        .iter()
        .flat_map(|it| &it.files)
        .map(|file| {
            let mut entry = json!({
                "has_fix": file.work_tree.has_fix(),
                "staged": file.index == InIndex::Fixed,
                "fate": fate(file),
            });
            report::put_path(&mut entry, "path", &file.path);
            entry
        })
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
    let mut document = json!({
        "gate": gate.gate,
        "state": state,
        "why": why,
        "files": gate.files,
        "cached": gate.cached,
        "seconds": gate.elapsed.map(|it| it.as_secs_f64()),
        "remark": gate.remark,
        "output": gate.output,
    });
    report::put_path(
        &mut document,
        "project",
        &RepoPath::new(gate.project.clone()),
    );
    report::put_paths(&mut document, "mended", &gate.mended);
    document
}

/// The project of a gate, where it is not the repository's own folder.
pub(super) fn place(project: &[u8]) -> String {
    if project.is_empty() {
        String::new()
    } else {
        format!("{}: ", RepoPath::new(project))
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
