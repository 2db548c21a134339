//! Azure Functions: `function_app.py` with its decorators, the older `NAME/function.json`, and `host.json`.
//!
//! <https://learn.microsoft.com/azure/azure-functions/functions-reference-python>

use super::{Deployment, Dialect, Function, Handler, Number, Place, Scheduled, Setting, Source};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::python::grammar::{Decoration, Module};

pub(super) fn read(facts: &Facts) -> Deployment {
    let mut deployment = Deployment::of("azure-functions");
    let file = facts.in_project("function_app.py");
    let module = facts.text(&file).and_then(|it| Module::read(&it));
    for decoration in module.iter().flat_map(|it| &it.decorators) {
        let kind = decoration.name.rsplit('.').next().unwrap_or_default();
        match kind {
            "timer_trigger" | "schedule" => {
                deployment.schedules.extend(schedule(&file, decoration));
            }
            "route" => {
                let place = Place::new(&file, decoration.line);
                let mut function = Function::new(&decoration.function, place.clone());
                function.gateways.push(("gateway_http", place));
                deployment.functions.push(function);
            }
            kind if kind.ends_with("_trigger") => {
                let place = Place::new(&file, decoration.line);
                let function = Function::new(&decoration.function, place);
                deployment.functions.push(function);
            }
            _ => {}
        }
    }
    older(facts, &mut deployment);
    let source = Source::new(facts.in_project("host.json"));
    let host = facts.node(&source.file);
    let limit = source.text(&host, &[], "functionTimeout");
    let limit = limit.and_then(|it| {
        let value = span(&it.value)?;
        Some(it.map(value))
    });
    for function in &mut deployment.functions {
        if let Some(setting) = limit.clone() {
            function.numbers.push(Number {
                limit: "timeout",
                name: "functionTimeout".to_owned(),
                setting,
            });
        }
    }
    deployment
}

fn schedule(file: &std::path::Path, decoration: &Decoration) -> Option<Scheduled> {
    let mut arguments = decoration.arguments.iter();
    let (_, text, line) =
        arguments.find(|(keyword, _, _)| keyword.as_deref().is_none_or(|it| it == "schedule"))?;
    Some(Scheduled {
        expression: Setting {
            value: text.clone(),
            text: text.clone(),
            place: Place::new(file, *line),
        },
        dialect: Dialect::Ncrontab,
        path: None,
    })
}

/// Functions that lie in a folder each, with a `function.json`.
fn older(facts: &Facts, deployment: &mut Deployment) {
    for name in &*facts.names(&facts.in_project("")) {
        let file = facts.in_project(name).join("function.json");
        if name.starts_with('.') || !file.is_file() {
            continue;
        }
        let document = facts.node(&file);
        let source = Source::new(file.clone());
        let mut function = Function::new(name, Place::new(&file, 1));
        let folder = facts.in_project(name);
        let script = source.text(&document, &[], "scriptFile");
        let entry = source.text(&document, &[], "entryPoint");
        if let Some(setting) = script.clone().filter(|it| it.value.ends_with(".py")) {
            function.handler = Some(Handler {
                files: vec![folder.join(&setting.value)],
                symbol: entry.map_or_else(|| "main".to_owned(), |it| it.value),
                package: String::new(),
                setting,
                may_be_elsewhere: false,
                is_synchronous: false,
            });
        }
        let bindings = document.at(&["bindings"]).map_or(&[][..], Node::items);
        for binding in bindings {
            let kind = binding
                .at(&["type"])
                .and_then(Node::text)
                .unwrap_or_default();
            if kind.eq_ignore_ascii_case("httpTrigger") {
                let place = Place::new(&file, binding.line);
                function.gateways.push(("gateway_http", place));
            }
            if kind.eq_ignore_ascii_case("timerTrigger")
                && let Some(mut expression) = source.text(binding, &[], "schedule")
            {
                expression.place.keys.clear();
                deployment.schedules.push(Scheduled {
                    expression,
                    dialect: Dialect::Ncrontab,
                    path: None,
                });
            }
        }
        deployment.functions.push(function);
    }
}

/// `00:10:00` in seconds; `None` for what has no end, and for days.
fn span(text: &str) -> Option<f64> {
    let numbers: Option<Vec<u32>> = text.split(':').map(|it| it.parse().ok()).collect();
    match numbers?[..] {
        [hours, minutes, seconds] => {
            Some(f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + f64::from(seconds))
        }
        _ => None,
    }
}
