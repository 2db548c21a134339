//! Findings for people: a line each, `path:line:column: message [code]`; meaning survives without colour.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::finding::{Finding, Severity};
use crate::ui::Palette;

/// One line for each finding; what to do about it below the first that it holds for.
pub(super) fn render(findings: &[&Finding], palette: &Palette) -> String {
    let mut text = String::new();
    let mut said = BTreeSet::new();
    for finding in findings {
        let style = match finding.severity {
            Severity::Error => &palette.bad,
            Severity::Warning => &palette.warning,
            Severity::Note => &palette.dim,
        };
        if let Some(place) = place(finding) {
            let (path, rest) = place;
            let (path, rest) = (palette.heading.apply_to(path), palette.dim.apply_to(rest));
            text.push_str(&format!("{path}{rest} "));
        }
        if let Some(word) = word(finding) {
            text.push_str(&format!("{} ", style.apply_to(word)));
        }
        let code = style.apply_to(format!("[{}]", shown(&finding.code)));
        let message = shown(&finding.message).replace('\n', "\n  ");
        text.push_str(&format!("{message} {code}\n"));
        for help in &finding.help {
            if said.insert((&finding.code, help)) {
                let help = shown(help).replace('\n', "\n        ");
                text.push_str(&format!("  {} {help}\n", palette.command.apply_to("help:")));
            }
        }
    }
    text
}

/// The same line as plain text on its own, for formats that have no better place for the place.
pub(super) fn line(finding: &Finding) -> String {
    let mut line = String::new();
    if let Some((path, rest)) = place(finding) {
        line = format!("{path}{rest} ");
    }
    line + &format!("{} [{}]", finding.message, finding.code)
}

/// The path, and what follows it: `:3:14:`.
fn place(finding: &Finding) -> Option<(String, String)> {
    let location = finding.location.as_ref()?;
    let mut rest = String::new();
    for number in [location.line, location.column]
        .into_iter()
        .map_while(|it| it)
    {
        // Writing to a string can't fail.
        let _ = write!(rest, ":{number}");
    }
    rest.push(':');
    Some((location.path.to_string(), rest))
}

/// Said of what is no error in a file, the usual case.
fn word(finding: &Finding) -> Option<&'static str> {
    match (finding.severity, &finding.location) {
        (Severity::Note, _) => Some("note:"),
        (Severity::Warning, _) => Some("warning:"),
        (Severity::Error, None) => Some("error:"),
        (Severity::Error, Some(_)) => None,
    }
}

/// A text that may come from a file or a tool, with nothing in it that a terminal obeys.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}
