//! `.env` against its example: by names alone.

use std::path::Path;

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::dotenv::Names;
use crate::doctor::facts::reading::Reading;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// What people call the example.
const EXAMPLES: [&str; 4] = [".env.example", ".env.sample", ".env.template", ".env.dist"];

/// CFG005.
pub(super) fn of_example(facts: &Facts) -> Outcome {
    let file = facts.in_project(".env");
    let bytes = match &*facts.read(&file) {
        Reading::Bytes(bytes) => bytes.clone(),
        Reading::Absent => return Outcome::Skipped("there is no `.env`"),
        // Some keep their environment in a folder of that name.
        Reading::Unreadable(_) if file.is_dir() => {
            return Outcome::Skipped("`.env` is a folder");
        }
        Reading::Unreadable(why) => {
            let words = format!("`.env` cannot be read: {why}");
            return Outcome::of([Symptom::new(words).seen_in(Evidence::path(file))]);
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        let words = "`.env` is not UTF-8: no tool reads its variables";
        return Outcome::of([Symptom::new(words).seen_in(Evidence::path(file))]);
    };
    let names = Names::parse(&text);
    if let Some(line) = names.mistakes.first() {
        let words = format!("line {line} of `.env` is not `NAME=value`");
        let evidence = Evidence::path(file).line(*line);
        return Outcome::of([Symptom::new(words).seen_in(evidence)]);
    }
    let symptoms = EXAMPLES.iter().filter_map(|example| {
        let example = facts.in_project(example);
        let wanted = Names::parse(&facts.text(&example)?);
        let blank = still_blank(facts, &file, &names, &example, &wanted);
        let missing = wanted.given.iter().filter(|(it, _)| !names.has(it));
        let missing: Vec<&(String, u32)> = missing.collect();
        let Some((_, line)) = missing.first() else {
            return blank;
        };
        let list: Vec<&str> = missing.iter().map(|(it, _)| it.as_str()).collect();
        let words = format!(
            "`{}` has {}, and `.env` has not",
            facts.shown(&example),
            list.join(", ")
        );
        let lines = list.iter().map(|it| format!("{it}="));
        let action = Action::edit(file.clone(), Edit::Append(lines.collect()));
        Some(
            Symptom::new(words)
                .seen_in(Evidence::path(example).line(*line))
                .fix(Fix::ask(
                    format!(
                        "add {} to `.env` with nothing in it: the values are yours to fill in",
                        list.join(", ")
                    ),
                    [action],
                )),
        )
    });
    Outcome::of(symptoms)
}

/// What has a value in the example and none here: a remark, since it may be meant.
fn still_blank(
    facts: &Facts,
    file: &Path,
    names: &Names,
    example: &Path,
    wanted: &Names,
) -> Option<Symptom> {
    let has_value = |it: &str| wanted.has(it) && wanted.empty.iter().all(|(name, _)| name != it);
    let blank = names.empty.iter().filter(|(it, _)| has_value(it));
    let blank: Vec<&(String, u32)> = blank.collect();
    let (_, line) = blank.first()?;
    let list: Vec<&str> = blank.iter().map(|(it, _)| it.as_str()).collect();
    let words = format!(
        "`.env` has nothing for {}, and `{}` has a value",
        list.join(", "),
        facts.shown(example)
    );
    let symptom = Symptom::new(words).seen_in(Evidence::path(file).line(*line));
    Some(symptom.severity(Severity::Information))
}
