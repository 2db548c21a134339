//! `serverless.yml` of the Serverless Framework and of its free fork, for AWS.
//!
//! <https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml>

use super::cloudformation::queue;
use super::series;
use super::{Deployment, Dialect, Function, Handler, Number, Scheduled, Setting, Source};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Entry, Node};

pub(super) fn read(facts: &Facts, deployment: &mut Deployment) {
    let mut files = ["serverless.yml", "serverless.yaml"]
        .map(|it| facts.in_project(it))
        .into_iter();
    let Some(file) = files.find(|it| it.is_file()) else {
        return;
    };
    let document = facts.node(&file);
    let source = Source::new(file);
    let empty = Node::empty();
    let provider = document.at(&["provider"]).unwrap_or(&empty);
    let functions = document.at(&["functions"]).map_or(&[][..], Node::entries);
    for entry in functions {
        let setting = |key: &str| -> Option<Setting<String>> {
            let (table, above) = if entry.value.entry(key).is_some() {
                (&entry.value, vec!["functions", entry.key.as_str()])
            } else {
                (provider, vec!["provider"])
            };
            source.text(table, &above, key)
        };
        let place = source.place(entry.line, &["functions", &entry.key]);
        let mut function = Function::new(&entry.key, place);
        function.takes_defaults = false;
        let runtime = setting("runtime");
        let is_python = runtime
            .as_ref()
            .is_none_or(|it| series(&it.value).is_some());
        function.other_runtime = runtime.clone().filter(|_| !is_python);
        function.runtime = runtime.and_then(|it| {
            let series = series(&it.value)?;
            Some(it.map(series))
        });
        for (key, limit) in [
            ("timeout", "timeout"),
            ("memorySize", "memory"),
            ("ephemeralStorageSize", "tmp"),
        ] {
            let number = setting(key).and_then(|it| {
                let value = it.value.parse().ok()?;
                Some(it.map(value))
            });
            if let Some(setting) = number {
                function.numbers.push(Number {
                    limit,
                    name: key.to_owned(),
                    setting,
                });
            }
        }
        function.architecture =
            setting("architecture").filter(|it| matches!(it.value.as_str(), "arm64" | "x86_64"));
        // A function with an image, or with a package of its own, has its code elsewhere.
        let is_elsewhere = ["image", "module"]
            .iter()
            .any(|it| entry.value.entry(it).is_some())
            || entry.value.at(&["package", "artifact"]).is_some();
        if is_python && !is_elsewhere {
            let root = facts.in_project("");
            // A plugin makes that file when it packs the function.
            let is_made =
                setting("handler").is_some_and(|it| it.value.starts_with("wsgi_handler."));
            let layers = is_made || setting_exists(&entry.value, provider, "layers");
            if let Some(handler) =
                setting("handler").filter(|_| entry.value.entry("handler").is_some())
            {
                function.handler = Handler::new(&root, handler, layers);
            }
        }
        let events = entry.value.at(&["events"]).map_or(&[][..], Node::items);
        for event in events {
            let Some(event) = event.entries().first() else {
                continue;
            };
            let place = source.place(event.line, &[]);
            match event.key.as_str() {
                "httpApi" => function.gateways.push(("gateway_http", place)),
                "http" => function.gateways.push(("gateway_rest", place)),
                "schedule" => deployment.schedules.extend(schedules(&source, event)),
                "sqs" => {
                    let resources = document.at(&["resources", "Resources"]);
                    let resources = resources.map_or(&[][..], Node::entries);
                    let address = event.value.entry("arn").unwrap_or(event);
                    function.queues.extend(queue(
                        &source,
                        resources,
                        &["resources", "Resources"],
                        address,
                    ));
                }
                _ => {}
            }
        }
        deployment.functions.push(function);
    }
}

fn setting_exists(function: &Node, provider: &Node, key: &str) -> bool {
    function.entry(key).is_some() || provider.entry(key).is_some()
}

/// `schedule: rate(…)`, or a table with one rate or a list of them.
fn schedules(source: &Source, event: &Entry) -> Vec<Scheduled> {
    let is_off = |it: &Node| it.at(&["enabled"]).and_then(Node::truth) == Some(false);
    if is_off(&event.value) {
        return Vec::new();
    }
    let rates = match event.value.entry("rate") {
        Some(rate) => &rate.value,
        None => &event.value,
    };
    let is_scheduler = event.value.at(&["method"]).and_then(Node::text) == Some("scheduler");
    let nodes: Vec<&Node> = match rates.items() {
        [] => vec![rates],
        items => items.iter().collect(),
    };
    let expressions = nodes.into_iter().filter_map(|it| {
        let text = it.text().filter(|it| !it.contains("${"))?;
        Some(Scheduled {
            expression: Setting {
                value: text.to_owned(),
                text: text.to_owned(),
                place: source.place(it.line, &[]),
            },
            dialect: if is_scheduler {
                Dialect::Scheduler
            } else {
                Dialect::Rule
            },
            path: None,
        })
    });
    expressions.collect()
}
