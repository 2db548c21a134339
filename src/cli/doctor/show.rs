//! What was found, for people: a line for each group, and under it what is wrong; quiet about what is healthy.

use crate::doctor::{Evidence, Examined, Facts, Group, Needs, Severity, Verdict, ignore};
use crate::error::Result;
use crate::report::shown;
use crate::ui::{Palette, Ui};

/// Prints all results.
pub(super) fn print(examined: &[Examined], facts: &Facts, timings: bool, ui: &Ui) -> Result<()> {
    let page = Page {
        palette: ui.data(),
        facts,
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
    text.push_str(&page.summary(examined));
    ui.print(&text)
}

/// How many symptoms of one condition, and places of one symptom, are shown.
const MOST: usize = 5;

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
    facts: &'a Facts,
    timings: bool,
    /// Whether the healthy ones are shown as well.
    all: bool,
}

impl Page<'_> {
    fn group(&self, group: Group, examined: &[&Examined], text: &mut String) {
        let worst = examined.iter().filter_map(|it| it.severity()).max();
        let is_skipped = examined.iter().all(|it| is_skipped(it));
        let ignored = examined.iter().filter(|it| it.ignored.is_some()).count();
        let mut summary = match worst {
            None if is_skipped => "not looked at",
            None => "healthy",
            Some(Severity::Information) => "healthy, with a remark",
            Some(Severity::Warning) => "look at this",
            Some(Severity::Error) => "broken",
        }
        .to_owned();
        if ignored > 0 {
            summary.push_str(&format!(", {ignored} ignored"));
        }
        // What no check of a group has a say about is said once.
        if is_skipped && let Some(why) = self.reason(examined) {
            summary.push_str(&format!(": {why}"));
        }
        text.push_str(&format!(
            "{} {}: {summary}\n",
            self.mark(worst, is_skipped),
            self.palette.heading.apply_to(group.title()),
        ));
        for examined in examined {
            self.examined(examined, text);
        }
        if self.all || self.timings {
            self.quiet(examined, text);
        }
    }

    /// Why a group was not looked at, where that is worth a word: outside of a project it is said at the end.
    fn reason(&self, examined: &[&Examined]) -> Option<&'static str> {
        self.facts.project.as_ref()?;
        let why = |it: &&Examined| match it.verdict {
            Verdict::Skipped(why) => Some(why),
            _ => None,
        };
        examined.iter().find_map(why)
    }

    /// The checks of a group that found nothing, and those that have no say here.
    fn quiet(&self, examined: &[&Examined], text: &mut String) {
        let mut list = |heading: String, of: Vec<&&Examined>| {
            if of.is_empty() {
                return;
            }
            text.push_str(&format!("    {}\n", self.palette.dim.apply_to(heading)));
            for it in of {
                let code = self.palette.command.apply_to(it.check.code);
                let time = self.palette.dim.apply_to(self.time(it));
                text.push_str(&format!("      {code}  {}{time}\n", it.check.title));
            }
        };
        let healthy = examined.iter().filter(|it| it.verdict == Verdict::Healthy);
        list(
            "looked for, and not the case:".to_owned(),
            healthy.collect(),
        );
        let mut reasons: Vec<&str> = Vec::new();
        for it in examined {
            if let Verdict::Skipped(why) = it.verdict
                && !reasons.contains(&why)
            {
                reasons.push(why);
            }
        }
        for reason in reasons {
            let of = examined
                .iter()
                .filter(|it| it.verdict == Verdict::Skipped(reason));
            list(format!("not looked for ({reason}):"), of.collect());
        }
    }

    /// How long a check took, where that is to be said.
    fn time(&self, examined: &Examined) -> String {
        if self.timings {
            format!("  ({:.1} ms)", examined.elapsed.as_secs_f64() * 1000.0)
        } else {
            String::new()
        }
    }

    /// The last lines: what was looked at, and how it stands.
    fn summary(&self, examined: &[Examined]) -> String {
        let mut text = String::new();
        if self.facts.project.is_none() {
            text.push_str("This is no project: only the machine was looked at.\n");
        }
        for over in self.over(examined) {
            text.push_str(&over);
        }
        let ignored = super::count_ignored(examined);
        if ignored > 0 {
            let table = "[tool.scaffold.doctor.ignore]";
            text.push_str(&format!("{ignored} ignored, as {table} says.\n"));
        }
        if examined
            .iter()
            .all(|it| it.severity() < Some(Severity::Warning))
        {
            text.push_str("Nothing is wrong.\n");
        }
        text
    }

    /// What is found again because its time of being left out is over.
    fn over(&self, examined: &[Examined]) -> Vec<String> {
        let today = self.facts.today();
        let (ignored, _) = ignore::read(&self.facts.pyproject());
        let is_found = |code: &str| {
            let found = examined.iter().filter(|it| it.severity().is_some());
            found.map(|it| it.check.code).any(|it| it == code)
        };
        ignored
            .into_iter()
            .filter(|it| !it.holds_on(today) && is_found(it.code))
            .filter_map(|it| Some((it.code, it.until?)))
            .map(|(code, until)| {
                format!("{code} was ignored until {until}, and is not any more.\n")
            })
            .collect()
    }

    fn examined(&self, examined: &Examined, text: &mut String) {
        let severity = examined.severity();
        let is_told =
            severity.is_some() || (examined.ignored.is_some() && (self.all || self.timings));
        if !is_told {
            return;
        }
        let time = self.time(examined);
        let not = match examined.verdict {
            Verdict::Crashed(_) | Verdict::Hung(_) => "not known: ",
            _ => "",
        };
        let check = examined.check;
        text.push_str(&format!(
            "  {} {}  {not}{}{}\n",
            self.mark(severity, examined.ignored.is_some()),
            self.palette.command.apply_to(check.code),
            check.title,
            self.palette.dim.apply_to(time),
        ));
        if let Some(ignored) = &examined.ignored {
            let until = match ignored.until {
                Some(day) => format!(" (until {day})"),
                None => String::new(),
            };
            text.push_str(&format!(
                "      ignored: {}{until}\n",
                shown(&ignored.reason)
            ));
            return;
        }
        match &examined.verdict {
            Verdict::Found(_) => self.found(examined, text),
            Verdict::Crashed(words) => text.push_str(&format!(
                "      this check is broken, and says nothing of yours: {}\n",
                shown(words)
            )),
            Verdict::Hung(after) => text.push_str(&format!(
                "      this check did not end within {after:?}: {}\n",
                match check.needs {
                    Needs::Online => "the network may not answer",
                    _ => "a file may lie on a drive that does not answer",
                }
            )),
            Verdict::Healthy | Verdict::Skipped(_) => {}
        }
    }

    /// What was seen, where, why it matters, and what to type.
    fn found(&self, examined: &Examined, text: &mut String) {
        let symptoms = examined.symptoms();
        for symptom in symptoms.iter().take(MOST) {
            text.push_str(&format!("      {}\n", shown(&symptom.message)));
            for evidence in symptom.evidence.iter().take(MOST) {
                let place = shown(&self.place(evidence));
                text.push_str(&format!("        {}\n", self.palette.dim.apply_to(place)));
            }
        }
        if symptoms.len() > MOST {
            text.push_str(&format!(
                "      … and {} more: scaffold doctor {} --format json\n",
                symptoms.len() - MOST,
                examined.check.code
            ));
        }
        text.push_str(&format!("      why: {}\n", examined.check.why));
        let mut said: Vec<&str> = Vec::new();
        for command in symptoms.iter().take(MOST).flat_map(|it| &it.next) {
            if !said.contains(&command.as_str()) {
                said.push(command);
            }
        }
        if said.is_empty() {
            text.push_str(&format!("      to do: {}\n", examined.check.remedy));
        }
        for command in said {
            let command = self.palette.command.apply_to(shown(command));
            text.push_str(&format!("      type: {command}\n"));
        }
        if symptoms.iter().any(|it| it.fix.is_some()) {
            let code = examined.check.code;
            let fix = format!("scaffold doctor {code} --fix");
            let fix = self.palette.command.apply_to(fix);
            text.push_str(&format!("      or let the doctor do it: {fix}\n"));
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
        let mut place = self.facts.shown(&evidence.path);
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
