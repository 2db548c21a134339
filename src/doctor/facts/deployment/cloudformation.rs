//! Templates of `CloudFormation`: Lambda functions, their events and queues, in SAM's short form and in the long one.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>

use std::path::Path;

use super::{Deployment, Dialect, Function, Handler, Number, Queue, Scheduled, Setting, Source};
use super::{Place, literal, series};
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::{Entry, Node};

/// Where SAM looks for a template, in its order.
const TEMPLATES: [&str; 3] = ["template.yaml", "template.yml", "template.json"];

pub(super) fn read(facts: &Facts) -> Deployment {
    let mut deployment = Deployment::of("aws-lambda");
    let mut files = TEMPLATES.iter().map(|it| facts.in_project(it));
    let Some(file) = files.find(|it| it.is_file()) else {
        return deployment;
    };
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let document = facts.node(&file);
    let template = Template {
        source: Source::new(file),
        document: &document,
    };
    for resource in template.resources() {
        match kind(resource) {
            Some("AWS::Serverless::Function" | "AWS::Lambda::Function") => {
                let function = template.function(resource, &folder, &mut deployment.schedules);
                deployment.functions.push(function);
            }
            Some("AWS::Events::Rule") => {
                let setting = template.property(resource, "ScheduleExpression");
                deployment
                    .schedules
                    .extend(scheduled(setting, Dialect::Rule));
            }
            Some("AWS::Scheduler::Schedule") => {
                let setting = template.property(resource, "ScheduleExpression");
                deployment
                    .schedules
                    .extend(scheduled(setting, Dialect::Scheduler));
            }
            _ => {}
        }
    }
    for resource in template.resources() {
        if kind(resource) == Some("AWS::Lambda::EventSourceMapping") {
            template.mapping(resource, &mut deployment.functions);
        }
    }
    deployment
}

/// Folders that a build makes: without it, they are not there.
const MADE: [&str; 6] = ["dist", "build", "out", "target", "package", ".build"];

/// What a resource is.
fn kind(resource: &Entry) -> Option<&str> {
    resource.value.at(&["Type"])?.text()
}

fn scheduled(expression: Option<Setting<String>>, dialect: Dialect) -> Option<Scheduled> {
    Some(Scheduled {
        expression: expression?,
        dialect,
        path: None,
    })
}

struct Template<'a> {
    source: Source,
    document: &'a Node,
}

impl<'a> Template<'a> {
    fn resources(&self) -> &'a [Entry] {
        let resources = self.document.at(&["Resources"]);
        resources.map_or(&[], Node::entries)
    }

    /// A literal property of a resource.
    fn property(&self, resource: &Entry, key: &str) -> Option<Setting<String>> {
        let properties = resource.value.at(&["Properties"])?;
        let above = ["Resources", &resource.key, "Properties"];
        self.source.text(properties, &above, key)
    }

    /// The entry of a property; where SAM's `Globals` say it for all functions, that one.
    fn entry(&self, resource: &'a Entry, key: &str) -> Option<&'a Entry> {
        let own = resource.value.at(&["Properties"]);
        own.and_then(|it| it.entry(key))
            .or_else(|| self.globals(resource)?.entry(key))
    }

    fn globals(&self, resource: &'a Entry) -> Option<&'a Node> {
        let is_short = kind(resource) == Some("AWS::Serverless::Function");
        self.document
            .at(&["Globals", "Function"])
            .filter(|_| is_short)
    }

    /// A literal setting of a function, or of all.
    fn setting(&self, resource: &'a Entry, key: &str) -> Option<Setting<String>> {
        let own = resource.value.at(&["Properties"]);
        if own.is_some_and(|it| it.entry(key).is_some()) {
            return self.property(resource, key);
        }
        let globals = self.globals(resource)?;
        self.source.text(globals, &["Globals", "Function"], key)
    }

    fn number(&self, resource: &'a Entry, key: &str) -> Option<Setting<f64>> {
        let setting = self.setting(resource, key)?;
        let number = setting.value.parse().ok()?;
        Some(setting.map(number))
    }

    fn function(
        &self,
        resource: &'a Entry,
        folder: &Path,
        schedules: &mut Vec<Scheduled>,
    ) -> Function {
        let place = self
            .source
            .place(resource.line, &["Resources", &resource.key]);
        let mut function = Function::new(&resource.key, place);
        let runtime = self.setting(resource, "Runtime");
        let is_python = runtime
            .as_ref()
            .is_none_or(|it| series(&it.value).is_some());
        function.other_runtime = runtime.clone().filter(|_| !is_python);
        function.runtime = runtime.and_then(|it| {
            let series = series(&it.value)?;
            Some(it.map(series))
        });
        for (key, limit) in [("Timeout", "timeout"), ("MemorySize", "memory")] {
            if let Some(setting) = self.number(resource, key) {
                function.numbers.push(Number {
                    limit,
                    name: key.to_owned(),
                    setting,
                });
            }
        }
        self.storage(resource, &mut function);
        self.sums(resource, &mut function);
        function.architecture = self.architecture(resource);
        let is_image = self
            .setting(resource, "PackageType")
            .is_some_and(|it| it.value == "Image");
        if is_python && !is_image {
            self.code(resource, folder, &mut function);
        }
        self.events(resource, &mut function, schedules);
        function
    }

    fn storage(&self, resource: &'a Entry, function: &mut Function) {
        let above = ["Resources", &resource.key, "Properties", "EphemeralStorage"];
        let table = resource.value.at(&above[2..]);
        if let Some(setting) = table.and_then(|it| self.source.number(it, &above, "Size")) {
            function.numbers.push(Number {
                limit: "tmp",
                name: "EphemeralStorage".to_owned(),
                setting,
            });
        }
    }

    /// What is counted: the layers, and the bytes of the environment as far as they are written down.
    fn sums(&self, resource: &'a Entry, function: &mut Function) {
        let mut add = |limit, name: &str, entry: &Entry, value| {
            let place = Place::new(&self.source.file, entry.line);
            function.numbers.push(Number {
                limit,
                name: name.to_owned(),
                setting: Setting {
                    value,
                    text: String::new(),
                    place,
                },
            });
        };
        if let Some(layers) = self.entry(resource, "Layers") {
            let count = u32::try_from(layers.value.items().len()).unwrap_or(u32::MAX);
            add("layers", "Layers", layers, f64::from(count));
        }
        let variables = self
            .entry(resource, "Environment")
            .and_then(|it| it.value.entry("Variables"));
        if let Some(variables) = variables {
            let bytes = variables.value.entries().iter().map(|it| {
                let value = literal(it).map_or(0, str::len);
                it.key.len() + value
            });
            let bytes = u32::try_from(bytes.sum::<usize>()).unwrap_or(u32::MAX);
            add(
                "environment",
                "Environment",
                variables,
                f64::from(bytes) / 1024.0,
            );
        }
    }

    fn architecture(&self, resource: &'a Entry) -> Option<Setting<String>> {
        let entry = self.entry(resource, "Architectures")?;
        let [text] = entry.value.texts()[..] else {
            return None;
        };
        let is_known = matches!(text, "arm64" | "x86_64");
        is_known.then(|| Setting {
            value: text.to_owned(),
            text: text.to_owned(),
            place: Place::new(&self.source.file, entry.line),
        })
    }

    fn code(&self, resource: &'a Entry, folder: &Path, function: &mut Function) {
        let properties = resource.value.at(&["Properties"]);
        let has = |key: &str| properties.is_some_and(|it| it.entry(key).is_some());
        // What is built by a makefile may lie elsewhere when it runs.
        let is_built = resource.value.at(&["Metadata", "BuildMethod"]);
        if has("InlineCode") || is_built.is_some_and(|it| !is_python_build(it)) {
            return;
        }
        let is_short = kind(resource) == Some("AWS::Serverless::Function");
        let key = if is_short { "CodeUri" } else { "Code" };
        let code = match self.entry(resource, key) {
            Some(_) => match self.setting(resource, key) {
                Some(setting) => setting.value,
                None => return,
            },
            None if is_short => ".".to_owned(),
            None => return,
        };
        let is_made = code.split('/').any(|it| MADE.contains(&it));
        if code.contains("://") || code.ends_with(".zip") || is_made {
            return;
        }
        let root = folder.join(&code);
        function.code = Some(root.clone());
        let Some(setting) = self.setting(resource, "Handler") else {
            return;
        };
        let wraps = |it: &Entry| {
            let variables = it.value.at(&["Variables"]);
            variables.is_some_and(|it| it.entry("AWS_LAMBDA_EXEC_WRAPPER").is_some())
        };
        let may_be_elsewhere = self.entry(resource, "Layers").is_some()
            || self.entry(resource, "Environment").is_some_and(wraps);
        function.handler = Handler::new(&root, setting, may_be_elsewhere);
    }

    fn events(&self, resource: &'a Entry, function: &mut Function, schedules: &mut Vec<Scheduled>) {
        let events = resource.value.at(&["Properties", "Events"]);
        for event in events.map_or(&[][..], Node::entries) {
            let Some(kind) = event.value.at(&["Type"]).and_then(Node::text) else {
                continue;
            };
            let above = [
                "Resources",
                &resource.key,
                "Properties",
                "Events",
                &event.key,
                "Properties",
            ];
            let empty = Node::empty();
            let properties = event.value.at(&["Properties"]).unwrap_or(&empty);
            let place = self.source.place(event.line, &above[..5]);
            let mut schedule = |key: &str, dialect| {
                let setting = self.source.text(properties, &above, key);
                schedules.extend(scheduled(setting, dialect));
            };
            match kind {
                "HttpApi" => function.gateways.push(("gateway_http", place)),
                "Api" => function.gateways.push(("gateway_rest", place)),
                "Schedule" => schedule("Schedule", Dialect::Rule),
                "ScheduleV2" => schedule("ScheduleExpression", Dialect::Scheduler),
                "SQS" => {
                    let queue = properties.entry("Queue").and_then(|it| self.queue(it));
                    function.queues.extend(queue);
                }
                _ => {}
            }
        }
    }

    /// `!GetAtt Queue.Arn`, where that queue is one of the template's.
    fn queue(&self, entry: &Entry) -> Option<Queue> {
        queue(&self.source, self.resources(), &["Resources"], entry)
    }

    /// A function and a queue that are joined by a resource of their own.
    fn mapping(&self, resource: &'a Entry, functions: &mut [Function]) {
        let Some(properties) = resource.value.at(&["Properties"]) else {
            return;
        };
        let (Some(name), Some(source)) = (
            properties.entry("FunctionName"),
            properties.entry("EventSourceArn"),
        ) else {
            return;
        };
        let name = match name.value.entry("Ref") {
            Some(it) => it.value.text(),
            None => name.value.text(),
        };
        let function = functions
            .iter_mut()
            .find(|it| Some(it.name.as_str()) == name);
        if let Some((function, queue)) = function.zip(self.queue(source)) {
            function.queues.push(queue);
        }
    }
}

/// The queue that a reference to its address names, of these resources.
pub(super) fn queue(
    source: &Source,
    resources: &[Entry],
    above: &[&str],
    reference: &Entry,
) -> Option<Queue> {
    let named = match reference.value.entry("Fn::GetAtt") {
        Some(long) => &long.value,
        None if reference.tag.as_deref() == Some("!GetAtt") => &reference.value,
        None => return None,
    };
    let name = named.texts().first()?.split('.').next()?.to_owned();
    let resource = resources.iter().find(|it| it.key == name)?;
    let is_queue = resource.value.at(&["Type"]).and_then(Node::text) == Some("AWS::SQS::Queue");
    if !is_queue {
        return None;
    }
    let keys: Vec<&str> = above.iter().copied().chain([name.as_str()]).collect();
    let place = source.place(resource.line, &keys);
    let keys: Vec<&str> = keys.into_iter().chain(["Properties"]).collect();
    let visibility = match resource.value.at(&["Properties"]) {
        Some(properties) if properties.entry("VisibilityTimeout").is_some() => {
            Some(source.number(properties, &keys, "VisibilityTimeout")?)
        }
        _ => None,
    };
    Some(Queue {
        name,
        visibility,
        place,
    })
}

fn is_python_build(method: &Node) -> bool {
    method.text().is_some_and(|it| it.starts_with("python"))
}

impl Handler {
    /// `package.module.function` below this folder, as Lambda reads it.
    pub(super) fn new(
        root: &Path,
        setting: Setting<String>,
        may_be_elsewhere: bool,
    ) -> Option<Self> {
        let (module, symbol) = setting.value.rsplit_once('.')?;
        let module = module.replace('.', "/");
        let package = module.split('/').find(|it| !it.is_empty())?.to_owned();
        let (module, symbol) = (module.trim_start_matches('/').to_owned(), symbol.to_owned());
        Some(Self {
            files: vec![
                root.join(format!("{module}.py")),
                root.join(&module).join("__init__.py"),
            ],
            symbol,
            package,
            setting,
            may_be_elsewhere,
            is_synchronous: true,
        })
    }
}
