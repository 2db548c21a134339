//! Findings for people: meaning survives without colour.

use crate::finding::{Finding, Severity};
use crate::ui::Palette;

/// One line for each finding, its help indented below it.
pub(crate) fn render(findings: &[Finding], palette: &Palette) -> String {
    let mut text = String::new();
    for finding in findings {
        let (mark, style, word) = match finding.severity {
            Severity::Error => ("✗", &palette.bad, "error"),
            Severity::Warning => ("!", &palette.warning, "warning"),
        };
        let label = style.apply_to(format!("{mark} {word}[{}]", finding.code));
        text.push_str(&format!("{label} {}\n", finding.message));
        for help in &finding.help {
            text.push_str(&format!("  {} {help}\n", palette.command.apply_to("help:")));
        }
    }
    text
}
