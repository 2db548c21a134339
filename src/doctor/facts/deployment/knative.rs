//! `service.yaml` of Knative and Cloud Run.
//!
//! <https://docs.cloud.google.com/run/docs/reference/yaml/v1>

use super::{Deployment, Function, Number, Source, mebibytes};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;

pub(super) fn read(facts: &Facts) -> Deployment {
    let mut deployment = Deployment::of("container");
    for name in ["service.yaml", "service.yml"] {
        let source = Source::new(facts.in_project(name));
        let document = facts.node(&source.file);
        let Some(specification) = document.at(&["spec", "template", "spec"]) else {
            continue;
        };
        let name = document.at(&["metadata", "name"]).and_then(Node::text);
        let place = source.place(specification.line, &[]);
        let mut function = Function::new(name.unwrap_or("service"), place);
        if let Some(setting) = source.number(specification, &[], "timeoutSeconds") {
            function.numbers.push(Number {
                limit: "timeout",
                name: "timeoutSeconds".to_owned(),
                setting,
            });
        }
        let containers = specification
            .at(&["containers"])
            .map_or(&[][..], Node::items);
        for container in containers {
            let limits = container.at(&["resources", "limits"]);
            let memory = limits.and_then(|it| source.text(it, &[], "memory"));
            let memory = memory.and_then(|it| {
                let value = mebibytes(&it.value)?;
                Some(it.map(value))
            });
            if let Some(setting) = memory {
                function.numbers.push(Number {
                    limit: "memory",
                    name: "memory".to_owned(),
                    setting,
                });
            }
        }
        deployment.functions.push(function);
    }
    deployment
}
