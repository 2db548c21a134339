//! `.env` against its example: by names alone.

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
        let missing = wanted.names.iter().filter(|(it, _)| !names.has(it));
        let missing: Vec<&(String, u32)> = missing.collect();
        let (_, line) = missing.first()?;
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
