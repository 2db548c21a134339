//! What was found as findings, for the formats that `report` knows.

use std::path::Path;

use crate::doctor::{Examined, Facts, Severity, Verdict};
use crate::finding::{self, Finding};
use crate::repo_path::{RepoPath, path_to_bytes};

/// All that was found and is not left out; paths are relative to the top of the repository.
pub(super) fn findings(examined: &[Examined], facts: &Facts) -> Vec<Finding> {
    let root = facts.repository_top();
    let mut findings = Vec::new();
    for examined in examined {
        let check = examined.check;
        let Some(severity) = examined.severity() else {
            continue;
        };
        if let Verdict::Crashed(words) = &examined.verdict {
            let message =
                format!("the check of this is broken, and says nothing of yours: {words}");
            findings.push(of(Finding::error(check.code, message), severity));
        }
        if let Verdict::Hung(after) = &examined.verdict {
            let message = format!("not known: the check did not end within {after:?}");
            findings.push(of(Finding::error(check.code, message), severity));
        }
        for symptom in examined.symptoms() {
            let message = format!("{}: {}", check.title, symptom.message);
            let mut finding =
                Finding::error(check.code, message).help(format!("why: {}", check.why));
            for command in &symptom.next {
                finding = finding.help(command);
            }
            if symptom.next.is_empty() {
                finding = finding.help(check.remedy);
            }
            let place = symptom
                .evidence
                .iter()
                .find_map(|it| Some((inside(root.as_deref()?, &it.path)?, it.line)));
            if let Some((path, line)) = place {
                finding = finding.in_file(&path);
                if let Some(line) = line {
                    finding = finding.at(line, None);
                }
            }
            findings.push(of(finding, symptom.severity.unwrap_or(check.severity)));
        }
    }
    findings
}

fn of(mut finding: Finding, severity: Severity) -> Finding {
    finding.severity = match severity {
        Severity::Information => finding::Severity::Note,
        Severity::Warning => finding::Severity::Warning,
        Severity::Error => finding::Severity::Error,
    };
    finding
}

/// The path below the root.
fn inside(root: &Path, path: &Path) -> Option<RepoPath> {
    let below = path.strip_prefix(root).ok()?;
    if below.as_os_str().is_empty() {
        return None;
    }
    path_to_bytes(below).map(RepoPath::new)
}
