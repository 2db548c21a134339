//! What was found, for people: a line for each group, and under it what is wrong; quiet about what is healthy.

use std::path::Path;

use crate::doctor::{Evidence, Examined, Group, Severity, Verdict};
use crate::error::Result;
use crate::host::Host;
use crate::ui::{Palette, Ui};

/// Prints all results.
pub(super) fn print(
    examined: &[Examined],
    project: Option<&Path>,
    host: &Host,
    timings: bool,
    ui: &Ui,
) -> Result<()> {
    let page = Page {
        palette: ui.data(),
        project,
        host,
        timings,
        all: ui.is_verbose(),
    };
    let mut text = String::new();
    for group in Group::ALL {
        let of_group: Vec<&Examined> = examined
            .iter()
            .filter(|it| it.check.group == group)
            .collect();
        if !of_group.is_empty() {
            page.group(group, &of_group, &mut text);
        }
    }
    if project.is_none() {
        text.push_str("This is no project: only the machine was looked at.\n");
    }
    if severities(examined).next().is_none() {
        text.push_str("Nothing is wrong.\n");
    }
    ui.print(&text)
}

fn severities(examined: &[Examined]) -> impl Iterator<Item = Severity> + '_ {
    examined.iter().filter_map(Examined::severity)
}

/// `1 error and 2 warnings`.
pub(super) fn counted(errors: usize, warnings: usize) -> String {
    let of = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    match (errors, warnings) {
        (_, 0) => of(errors, "error"),
        (0, _) => of(warnings, "warning"),
        _ => format!("{} and {}", of(errors, "error"), of(warnings, "warning")),
    }
}

struct Page<'a> {
    palette: &'a Palette,
    project: Option<&'a Path>,
    host: &'a Host,
    timings: bool,
    /// Whether the healthy ones are shown as well.
    all: bool,
}

impl Page<'_> {
    fn group(&self, group: Group, examined: &[&Examined], text: &mut String) {
        let worst = examined.iter().filter_map(|it| it.severity()).max();
        let summary = match worst {
            None if examined.iter().all(|it| is_skipped(it)) => "not looked at",
            None => "healthy",
            Some(Severity::Information) => "healthy, with a remark",
            Some(Severity::Warning) => "look at this",
            Some(Severity::Error) => "broken",
        };
        text.push_str(&format!(
            "{} {}: {summary}\n",
            self.mark(worst, examined.iter().all(|it| is_skipped(it))),
            self.palette.heading.apply_to(group.title()),
        ));
        for examined in examined {
            self.examined(examined, text);
        }
    }

    fn examined(&self, examined: &Examined, text: &mut String) {
        let severity = examined.severity();
        if severity.is_none() && !self.all && !self.timings {
            return;
        }
        let time = if self.timings {
            format!("  ({:.1} ms)", examined.elapsed.as_secs_f64() * 1000.0)
        } else {
            String::new()
        };
        text.push_str(&format!(
            "  {} {}  {}{}\n",
            self.mark(severity, is_skipped(examined)),
            self.palette.command.apply_to(examined.check.code),
            examined.check.title,
            self.palette.dim.apply_to(time),
        ));
        match &examined.verdict {
            Verdict::Found(symptoms) => {
                for symptom in symptoms {
                    text.push_str(&format!("      {}\n", symptom.message));
                    for evidence in &symptom.evidence {
                        let place = self.place(evidence);
                        text.push_str(&format!("      {}\n", self.palette.dim.apply_to(place)));
                    }
                }
                text.push_str(&format!("      why: {}\n", examined.check.why));
                let mut commands = symptoms.iter().flat_map(|it| &it.next).peekable();
                if commands.peek().is_none() {
                    text.push_str(&format!("      to do: {}\n", examined.check.remedy));
                }
                for command in commands {
                    let command = self.palette.command.apply_to(command);
                    text.push_str(&format!("      type: {command}\n"));
                }
            }
            Verdict::Skipped(why) => text.push_str(&format!("      skipped: {why}\n")),
            Verdict::Crashed(words) => text.push_str(&format!(
                "      this check is broken, and says nothing of yours: {words}\n"
            )),
            Verdict::Hung(after) => text.push_str(&format!(
                "      this check did not come back within {after:?}; a file may lie on a drive that does not answer\n"
            )),
            Verdict::Healthy => {}
        }
    }

    fn mark(&self, severity: Option<Severity>, skipped: bool) -> String {
        let palette = self.palette;
        match severity {
            Some(Severity::Error) => palette.bad.apply_to("✗").to_string(),
            Some(Severity::Warning) => palette.warning.apply_to("!").to_string(),
            Some(Severity::Information) => palette.dim.apply_to("i").to_string(),
            None if skipped => palette.dim.apply_to("-").to_string(),
            None => palette.good.apply_to("✓").to_string(),
        }
    }

    /// `PATH:LINE  what it says there`.
    fn place(&self, evidence: &Evidence) -> String {
        let inside = self
            .project
            .and_then(|it| evidence.path.strip_prefix(it).ok());
        let mut place = match inside.filter(|it| !it.as_os_str().is_empty()) {
            Some(inside) => inside.display().to_string(),
            None => self.host.short(&evidence.path),
        };
        if let Some(line) = evidence.line {
            place.push_str(&format!(":{line}"));
        }
        match &evidence.says {
            Some(words) => format!("{place}  {words}"),
            None => place,
        }
    }
}

fn is_skipped(examined: &Examined) -> bool {
    matches!(examined.verdict, Verdict::Skipped(_))
}
