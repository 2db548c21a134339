//! `vercel.json`: settings of functions by pattern, and crons.

use super::{Deployment, Dialect, Function, Number, Place, Scheduled, Setting, Source};
use crate::doctor::facts::Facts;
use crate::doctor::fix::Key;

pub(super) fn read(facts: &Facts) -> Deployment {
    let mut deployment = Deployment::of("vercel");
    let source = Source::new(facts.in_project("vercel.json"));
    let document = facts.node(&source.file);
    for entry in document
        .at(&["functions"])
        .map_or(&[][..], |it| it.entries())
    {
        let pattern = entry.key.as_str();
        let above = ["functions", pattern];
        // A runtime of its own is none for Python.
        if entry.value.entry("runtime").is_some() {
            continue;
        }
        let mut function = Function::new(pattern, source.place(entry.line, &above));
        for (key, limit) in [("maxDuration", "max_duration"), ("memory", "memory")] {
            if let Some(setting) = source.number(&entry.value, &above, key) {
                function.numbers.push(Number {
                    limit,
                    name: key.to_owned(),
                    setting,
                });
            }
        }
        deployment.functions.push(function);
    }
    let crons = document.at(&["crons"]).map_or(&[][..], |it| it.items());
    for (number, cron) in crons.iter().enumerate() {
        let setting = |key: &str| {
            let text = cron.at(&[key])?;
            let keys = vec![
                Key::Name("crons".to_owned()),
                Key::Index(number),
                Key::Name(key.to_owned()),
            ];
            Some(Setting {
                value: text.text()?.to_owned(),
                text: text.text()?.to_owned(),
                place: Place {
                    keys,
                    ..Place::new(&source.file, text.line)
                },
            })
        };
        if let Some(expression) = setting("schedule") {
            deployment.schedules.push(Scheduled {
                expression,
                dialect: Dialect::Vercel,
                path: setting("path"),
            });
        }
    }
    deployment
}
