//! Findings for GitHub Actions: a workflow command each, which GitHub shows beside the line of the file.
//!
//! GitHub annotates the first ten errors and the first ten warnings of a step, and shows all of them in its log, but of those
//! in the log only the message: so the message has the place as well.

use super::text;
use crate::finding::{Finding, Severity};

/// One line for each finding.
pub(super) fn render(findings: &[&Finding]) -> String {
    let mut output = String::new();
    for finding in findings {
        let mut properties = Vec::new();
        if let Some(location) = &finding.location {
            // Not the form for people: GitHub has to find the file.
            let path = String::from_utf8_lossy(location.path.as_bytes());
            properties.push(format!("file={}", property(&path)));
            properties.extend(location.line.map(|it| format!("line={it}")));
            properties.extend(location.column.map(|it| format!("col={it}")));
        }
        properties.push(format!("title={}", property(&finding.code)));
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let helps = finding.help.iter().map(|it| format!("\n{it}"));
        let message: String = std::iter::once(text::line(finding)).chain(helps).collect();
        output.push_str(&format!(
            "::{command} {}::{}\n",
            properties.join(","),
            data(&message)
        ));
    }
    output
}

/// What a tool printed, for the log: folded, and with nothing in it that GitHub obeys.
pub(crate) fn log(title: &str, text: &str) -> String {
    // No text holds its own digest, so none can end this by itself.
    let token = blake3::hash(text.as_bytes()).to_hex();
    let title = data(title);
    format!("::group::{title}\n::stop-commands::{token}\n{text}\n::{token}::\n::endgroup::\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
